//! An evaluation as one HTML page: the table, what differs, and behind every model what it got wrong.
//!
//! Looks like the report of maps. Deliberately absent: anything fetched, and any script.

use std::collections::BTreeSet;
use std::sync::Arc;

use maud::{DOCTYPE, Markup, html};

use super::sheet::shown;
use super::{Evaluation, Measured, Miss};
use crate::report::head;

const STYLE: &str = include_str!("page.css");
/// The widest bar, in the units of the drawing.
const WIDTH: f64 = 320.0;
/// The chart of quality against bytes, in the same units.
const HEIGHT: f64 = 140.0;
const INSET: f64 = 34.0;

/// Evaluations one below the other, as one page that needs nothing else.
pub(super) fn of(evaluations: &[Arc<Evaluation>]) -> String {
    let names: BTreeSet<&str> = evaluations.iter().map(|found| found.data.as_str()).collect();
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&names.into_iter().collect::<Vec<_>>().join(", "), "", STYLE))
            body {
                main { @for found in evaluations { (found.section()) } }
                @if let Some(last) = evaluations.last() { footer { (last.made_by()) } }
            }
        }
    }
    .into_string()
}

impl Evaluation {
    fn section(&self) -> Markup {
        html! {
            header {
                h1 { (title(self)) }
                p { (self.data) " · " (self.size) }
            }
            section.block {
                h2 { "Results" }
                (self.bars())
                (self.results_table())
                p.note { (self.task.protocol()) }
                @for note in self.published_note().into_iter().chain(self.warning()) { p.note { (note) } }
            }
            @if let Some(found) = self.recommendation() { section.block {
                h2 { "Take " (found.model) }
                ul.sentences { @for reason in &found.reasons { li { (reason) } } }
            } }
            @if self.sizes() > 1 { section.block {
                h2 { "Quality against bytes" }
                (self.frontier())
                p.note { "Left is smaller, up is better. What is asked stays whole; what is kept takes so many bytes a vector." }
            } }
            @if !self.differences.is_empty() { section.block {
                h2 { "Differences" }
                ul.sentences { @for difference in &self.differences {
                    li.same[!difference.is_certain()] { (difference.sentence()) "." }
                } }
                p.note { "The same items are drawn again a thousand times for both models; the range holds 95 % of the draws. Where it reaches 0, this data cannot tell the two apart." }
            } }
            @for result in self.results.iter().filter(|result| result.misses.iter().any(is_wrong)) { (wrong(result)) }
        }
    }

    /// The main figure of everyone, with its range as a line through the end of the bar.
    fn bars(&self) -> Markup {
        let at = |value: f64| value.clamp(0.0, 1.0) * WIDTH;
        html! {
            dl.bars { @for result in &self.results { @if let Some(figure) = result.figures.first() {
                dt { (result.model) @if result.baseline { " " span.tag { "baseline" } } }
                dd {
                    svg viewBox={ "0 0 " (WIDTH) " 12" } role="img" aria-label={ (result.model) ": " (shown(figure)) } {
                        rect.track width=(WIDTH) height="12" {}
                        rect.bar width=(at(figure.value)) height="12" {}
                        @if let Some((low, high)) = figure.range {
                            line.range x1=(at(low)) x2=(at(high)) y1="6" y2="6" {}
                        }
                    }
                    span { (format!("{:.3}", figure.value)) }
                }
            } } }
        }
    }

    /// How many different sizes of vectors took part.
    fn sizes(&self) -> usize {
        self.results.iter().filter_map(|result| result.bytes).collect::<BTreeSet<usize>>().len()
    }

    /// Everyone by bytes (each step to the right doubles them) and main figure.
    fn frontier(&self) -> Markup {
        let points: Vec<(&Measured, f64, f64)> = self
            .results
            .iter()
            .filter_map(|result| Some((result, (result.bytes? as f64).log2(), result.figures.first()?.value)))
            .collect();
        let ends = |of: fn(&(&Measured, f64, f64)) -> f64| {
            points.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
        };
        let ((left, right), (low, high)) = (ends(|point| point.1), ends(|point| point.2));
        let at = |x: f64, low: f64, high: f64| if high > low { (x - low) / (high - low) } else { 0.5 };
        let x = |bytes: f64| INSET + at(bytes, left, right) * (WIDTH - 2.0 * INSET);
        let y = |value: f64| HEIGHT - INSET - at(value, low, high) * (HEIGHT - 2.0 * INSET);
        html! {
            svg.frontier viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label={ (self.task.main_figure()) " against bytes of a vector" } {
                @for (result, bytes, value) in &points {
                    circle.point cx=(format!("{:.1}", x(*bytes))) cy=(format!("{:.1}", y(*value))) r="3.5" {
                        title { (result.model) ": " (format!("{value:.3}")) ", " (result.bytes.unwrap_or_default()) " bytes" }
                    }
                    @let is_right = x(*bytes) > WIDTH / 2.0;
                    text x=(format!("{:.1}", x(*bytes))) y=(format!("{:.1}", y(*value) - 6.0)) text-anchor=(if is_right { "end" } else { "start" }) {
                        (result.model)
                    }
                }
                text x="2" y="10" { (format!("{high:.3}")) }
                text x="2" y=(HEIGHT - 12.0) { (format!("{low:.3}")) }
                text x=(INSET) y=(HEIGHT - 1.0) { (format!("{:.0} bytes", left.exp2())) }
                text x=(WIDTH - INSET) y=(HEIGHT - 1.0) text-anchor="end" { (format!("{:.0}", right.exp2())) }
            }
        }
    }

    fn results_table(&self) -> Markup {
        let table = self.table();
        html! {
            table {
                thead { tr { @for cell in table.first().into_iter().flatten() { th { (cell) } } } }
                tbody { @for row in table.iter().skip(1) { tr { @for cell in row { td { (cell) } } } } }
            }
        }
    }
}

/// What it said where others were wrong is no mistake of its own.
fn is_wrong(miss: &Miss) -> bool {
    miss.loss > 0.0
}

fn title(evaluation: &Evaluation) -> String {
    let name = evaluation.task.to_string();
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn wrong(result: &Measured) -> Markup {
    let row = |miss: &Miss| {
        html! { tr { td { (miss.asked) } td { (miss.wanted) } td { (miss.found) } td { (format!("{:.2}", miss.loss)) } } }
    };
    html! {
        section.block {
            details {
                summary { "Where " (result.model) " was most wrong" }
                table.misses {
                    thead { tr { th { "Asked" } th { "Right" } th { "Found" } th { "Loss" } } }
                    tbody { @for miss in result.misses.iter().filter(|miss| is_wrong(miss)) { (row(miss)) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::sheet::tests::evaluation;

    #[test]
    fn a_hostile_text_stays_text_and_nothing_runs() {
        let page = super::of(&[Arc::new(evaluation("</style><script>alert(1)</script>"))]);
        assert!(!page.contains("<script") && page.matches("</style>").count() == 1);
        assert!(page.contains("are not different"));
    }
}
