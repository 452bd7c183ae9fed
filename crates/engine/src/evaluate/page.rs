//! An evaluation as one HTML page: the table, what differs, and behind every model what it got wrong.
//!
//! Looks like the report of maps. Deliberately absent: anything fetched, and any script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::sheet::shown;
use super::{Evaluation, Measured, Miss};

const STYLE: &str = include_str!("page.css");
/// The widest bar, in the units of the drawing.
const WIDTH: f64 = 320.0;

impl Evaluation {
    /// The whole evaluation as one page that needs nothing else.
    pub fn to_html(&self) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    // Nothing may be fetched or run, whatever the data's texts contain.
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                    title { (self.data) " · " (self.task) " · Embedscope" }
                    style { (PreEscaped(crate::report::STYLE)) (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { (title(self)) }
                        p { (self.data) " · " (self.size) }
                    }
                    main {
                        section.block {
                            h2 { "Results" }
                            (self.bars())
                            (self.results_table())
                            p.note { (self.task.protocol()) }
                        }
                        @if !self.differences.is_empty() { section.block {
                            h2 { "Differences" }
                            ul.sentences { @for difference in &self.differences {
                                li.same[!difference.is_certain()] { (difference.sentence()) "." }
                            } }
                            p.note { "The same items are drawn again a thousand times for both models; the range holds 95 % of the draws. Where it reaches 0, this data cannot tell the two apart." }
                        } }
                        @for result in self.results.iter().filter(|result| !result.misses.is_empty()) { (wrong(result)) }
                    }
                    footer { (self.made_by()) }
                }
            }
        }
        .into_string()
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
                    tbody { @for miss in &result.misses { (row(miss)) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sheet::tests::evaluation;

    #[test]
    fn a_hostile_text_stays_text_and_nothing_runs() {
        let page = evaluation("</style><script>alert(1)</script>").to_html();
        assert!(!page.contains("<script") && page.matches("</style>").count() == 1);
        assert!(page.contains("are not different"));
    }
}
