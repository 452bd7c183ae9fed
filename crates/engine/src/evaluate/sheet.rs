//! An evaluation to keep: as a table of values, as Markdown, and as one page that works offline.
//!
//! Deliberately absent: writing files; whoever asked does.

use std::sync::Arc;

use super::task::in_words;
use super::{Evaluation, Figure, Measured, Recommendation, page, span};
use crate::Error;
use crate::machine::QUIET;

/// As what evaluations are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvaluationForm {
    /// One page that works offline.
    Html,
    /// Markdown.
    Markdown,
    /// A table of values.
    Csv,
}

impl EvaluationForm {
    /// The form of files with this ending; None where there is none.
    pub fn of_ending(ending: &str) -> Option<Self> {
        Some(match ending.to_lowercase().as_str() {
            "html" | "htm" => Self::Html,
            "md" => Self::Markdown,
            "csv" => Self::Csv,
            _ => return None,
        })
    }

    /// Evaluations in this form, one after another.
    pub fn of(self, evaluations: &[Arc<Evaluation>]) -> Result<String, Error> {
        match self {
            Self::Html => Ok(page::of(evaluations)),
            Self::Markdown => Ok(evaluations.iter().map(|found| found.to_markdown()).collect::<Vec<_>>().join("\n")),
            Self::Csv => csv_of(evaluations),
        }
    }
}

/// One row for each model at each task: figures with the ranges of main ones, dimensions, load, speed and memory.
fn csv_of(evaluations: &[Arc<Evaluation>]) -> Result<String, Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |problem: &dyn std::fmt::Display| Error::Fault(format!("writing a table: {problem}"));
    let mut names: Vec<(&str, bool)> = Vec::new();
    for found in evaluations {
        for (at, name) in found.figure_names().into_iter().enumerate() {
            match names.iter_mut().find(|(known, _)| *known == name) {
                Some((_, is_main)) => *is_main |= at == 0,
                None => names.push((name, at == 0)),
            }
        }
    }
    let mut head = ["model", "task", "data", "baseline"].map(str::to_owned).to_vec();
    for (name, is_main) in &names {
        head.push((*name).to_owned());
        if *is_main {
            head.extend([format!("{name}_low"), format!("{name}_high")]);
        }
    }
    let costs = ["dim", "bytes", "load_ms", "items_per_second", "peak_memory_mb", "published", "published_on", "seed"];
    head.extend(costs.map(str::to_owned));
    writer.write_record(&head).map_err(|problem| failed(&problem))?;
    for found in evaluations {
        for result in &found.results {
            writer.write_record(found.record(result, &names)).map_err(|problem| failed(&problem))?;
        }
    }
    let bytes = writer.into_inner().map_err(|problem| failed(&problem))?;
    String::from_utf8(bytes).map_err(|problem| failed(&problem))
}

impl Evaluation {
    /// A model as a row of values: of every figure, and of main ones the range.
    fn record(&self, result: &Measured, names: &[(&str, bool)]) -> Vec<String> {
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let whole = |count: Option<usize>| count.map(|count| count.to_string()).unwrap_or_default();
        let mut row = vec![result.model.clone(), self.task.to_string(), self.data.clone(), result.baseline.to_string()];
        for (name, is_main) in names {
            let figure = result.figure(name);
            row.push(number(figure.map(|figure| figure.value)));
            if *is_main {
                let range = figure.and_then(|figure| figure.range);
                row.extend([number(range.map(|range| range.0)), number(range.map(|range| range.1))]);
            }
        }
        row.extend([whole(result.dim), whole(result.bytes)]);
        row.extend([number(result.load_ms), number(result.items_per_second), number(result.peak_memory_mb)]);
        row.push(number(result.published.map(|published| published.value)));
        row.push(result.published.map(|published| published.benchmark.clone()).unwrap_or_default());
        row.push(self.seed.to_string());
        row
    }

    /// The table, the differences and the protocol.
    fn to_markdown(&self) -> String {
        let table = self.table();
        let cells = |row: &[String]| format!("| {} |\n", row.join(" | ").replace('\n', " "));
        let mut text = format!("# {}: {}\n\n{}\n\n", self.task, self.data, self.size);
        for (at, row) in table.iter().enumerate() {
            text.push_str(&cells(&row.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>()));
            if at == 0 {
                text.push_str(&cells(&vec!["---".to_owned(); row.len()]));
            }
        }
        text.push('\n');
        for difference in &self.differences {
            text.push_str(&format!("- {}.\n", difference.sentence()));
        }
        if let Some(Recommendation { model, reasons }) = self.recommendation() {
            text.push_str(&format!("\nTake {model}. {}\n", reasons.join(" ")));
        }
        for note in self.published_note().into_iter().chain(self.warning()) {
            text.push_str(&format!("\n{note}\n"));
        }
        text.push_str(&format!("\n{}\n\n{}\n", self.task.protocol(), self.made_by()));
        text
    }

    /// The results as people read them; the first row is the head.
    pub fn table(&self) -> Vec<Vec<String>> {
        let names = self.figure_names();
        let head = ["model"].into_iter().chain(names.iter().map(|name| in_words(name)));
        let published = self.results.iter().any(|result| result.published.is_some());
        let head = head.chain(published.then_some("published"));
        let head = head.chain(["dim", "bytes", "items/s", "load ms", "memory MB"]).map(str::to_owned).collect();
        let row = |result: &Measured| {
            let figures = names.iter().map(|name| result.figure(name).map_or_else(|| "–".into(), shown));
            let others = published
                .then(|| result.published.map_or_else(|| "–".into(), |published| format!("{:.4}", published.value)));
            let count = |count: Option<usize>| count.map(|count| count as f64);
            let cost = [
                count(result.dim),
                count(result.bytes),
                result.items_per_second,
                result.load_ms,
                result.peak_memory_mb,
            ];
            let cost = cost.map(|value| value.map_or_else(|| "–".into(), |value| format!("{value:.0}")));
            [result.name()].into_iter().chain(figures).chain(others).chain(cost).collect()
        };
        std::iter::once(head).chain(self.results.iter().map(row)).collect()
    }

    /// Where published scores are from, if there are any.
    pub fn published_note(&self) -> Option<String> {
        let published = self.results.iter().find_map(|result| result.published)?;
        Some(format!(
            "Published: the MTEB's result for {} ({}), not measured here; the data was known by its name.",
            published.benchmark, published.figure
        ))
    }

    /// What is to be known before speeds are trusted; None where the machine was quiet, or does not tell.
    pub fn warning(&self) -> Option<String> {
        let most = self.results.iter().filter_map(|result| result.others_busy).fold(0.0, f64::max);
        let share = 100.0 * most;
        (most > QUIET).then(|| {
            format!("The machine was not quiet: other programs took up to {share:.0} % of it, so speeds may be off.")
        })
    }

    /// What made it: program, device and seed.
    pub(super) fn made_by(&self) -> String {
        format!("Embedscope {} · {} · seed {}", env!("CARGO_PKG_VERSION"), self.device, self.seed)
    }

    /// Every figure that somebody has, the main one first.
    pub fn figure_names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = Vec::new();
        for figure in self.results.iter().flat_map(|result| &result.figures) {
            if !names.contains(&figure.name) {
                names.push(figure.name);
            }
        }
        names
    }
}

impl Measured {
    /// The model's name, marked where it is a baseline.
    pub fn name(&self) -> String {
        if self.baseline { format!("{} (baseline)", self.model) } else { self.model.clone() }
    }

    /// What it reached in a line.
    pub fn line(&self) -> String {
        let main = self.figures.first().map(|figure| format!("{} {}", in_words(figure.name), shown(figure)));
        [self.name(), main.unwrap_or_default()].join("  ")
    }
}

/// A figure with its range, where it has one.
pub(super) fn shown(figure: &Figure) -> String {
    match figure.range {
        Some((low, high)) => format!("{:.4} ({})", figure.value, span(low, high)),
        None => format!("{:.4}", figure.value),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::judge::figure;
    use super::super::{Difference, Miss, Task};
    use super::*;

    pub(crate) fn evaluation(text: &str) -> Evaluation {
        let accuracy = |value| Figure { range: Some((value - 0.1, value + 0.1)), ..figure("accuracy", value) };
        let miss = Miss { rows: vec![0], asked: text.into(), wanted: text.into(), found: text.into(), loss: 0.5 };
        let model = |name: &str, value| Measured {
            figures: vec![accuracy(value)],
            misses: vec![miss.clone()],
            dim: Some(384),
            baseline: false,
            ..Measured::free(name)
        };
        Evaluation {
            task: Task::Classification,
            data: text.into(),
            size: "9 texts in 2 classes".into(),
            results: vec![model(text, 0.5), Measured::free("BM25")],
            differences: vec![Difference { a: text.into(), b: "BM25".into(), value: 0.1, range: (-0.1, 0.3) }],
            items: Vec::new(),
            behind: std::collections::BTreeMap::new(),
            seed: 7,
            device: "CPU".into(),
        }
    }

    #[test]
    fn every_form_says_the_same() {
        let found = evaluation("a|b");
        let two = [Arc::new(found.clone()), Arc::new(Evaluation { task: Task::Clustering, ..found.clone() })];
        let csv = EvaluationForm::Csv.of(&two[..1]).expect("writes");
        assert_eq!(csv.lines().count(), 3);
        assert!(csv.lines().nth(1).expect("a row").starts_with("a|b,classification,a|b,false,0.5,0.4,0.6"));
        assert_eq!(EvaluationForm::Csv.of(&two).expect("writes").lines().count(), 5);
        let markdown = EvaluationForm::Markdown.of(&two).expect("writes");
        assert!(markdown.starts_with("# classification: a|b\n") && markdown.contains("\n# clustering: a|b\n"));
        assert!(markdown.contains("| a\\|b | 0.5000 (0.400 to 0.600) | 384 | – |"), "{markdown}");
        assert!(markdown.contains("are not different") && markdown.contains("seed 7"));
        assert_eq!(found.table()[2][..2], ["BM25 (baseline)", "–"]);
        let page = EvaluationForm::Html.of(&two).expect("writes");
        assert_eq!((page.matches("<!DOCTYPE").count(), page.matches("<h1>").count()), (1, 2));
        let ends = ["HTML", "md", "csv", "pdf"].map(|end| EvaluationForm::of_ending(end).is_some());
        assert_eq!(ends, [true, true, true, false]);
    }
}
