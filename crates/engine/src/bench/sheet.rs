//! Speed to keep: as a table of values, as Markdown, and as one page that works offline.
//!
//! Deliberately absent: writing files; whoever asked does.

use maud::{DOCTYPE, Markup, html};

use super::{BatchSpeed, Bench, quantile};
use crate::evaluate::EvaluationForm;
use crate::machine::QUIET;
use crate::report::head;
use crate::{Error, Kind};

type Table = Vec<Vec<String>>;

const HOW: &str = "Medians; each model was warmed up by one batch of each size, batch sizes and models took turns, and no \
    sample was left out. One text or picture alone is a question.";
const STYLE: &str = "main header { padding-inline: 0; } td { font-variant-numeric: tabular-nums; }";

impl EvaluationForm {
    /// How fast models are, in this form.
    pub fn of_speed(self, benches: &[Bench]) -> Result<String, Error> {
        match self {
            Self::Html => Ok(page(benches)),
            Self::Markdown => Ok(markdown(benches)),
            Self::Csv => csv_of(benches),
        }
    }
}

impl Bench {
    /// Every model in a row, the first being the head: time to load, to the first vector and to answer, the best batch.
    pub fn table(benches: &[Self]) -> Table {
        let head =
            ["model", "load ms", "first ms", "question p50", "p95 ms", "best batch", "items/s", "tokens/s", "peak MB"];
        let head = head.into_iter().chain(["disk MB", "bytes"]).map(str::to_owned).collect();
        let row = |bench: &Self| {
            let best = bench.best();
            vec![
                bench.model.clone(),
                shown(bench.least_load_ms(), 0),
                shown(bench.least_first_ms(), 2),
                shown(bench.query_within(0.5), 2),
                shown(bench.query_within(0.95), 2),
                best.map_or_else(|| "–".into(), |best| best.batch.to_string()),
                shown(best.map(BatchSpeed::items_per_second), 1),
                shown(best.and_then(BatchSpeed::tokens_per_second), 0),
                shown(bench.peak_memory_mb, 0),
                shown(bench.disk_mb, 0),
                bench.vector_bytes().to_string(),
            ]
        };
        std::iter::once(head).chain(benches.iter().map(row)).collect()
    }

    /// Every model at every batch size, the first row being the head.
    pub fn batch_table(benches: &[Self]) -> Table {
        let head = ["model", "batch", "items/s", "half of the batches", "tokens/s"].map(str::to_owned).to_vec();
        let rows = benches.iter().flat_map(|bench| {
            bench.speeds.iter().map(|speed| {
                let (slow, fast) = speed.spread();
                vec![
                    bench.model.clone(),
                    speed.batch.to_string(),
                    format!("{:.1}", speed.items_per_second()),
                    format!("{slow:.1} to {fast:.1}"),
                    shown(speed.tokens_per_second(), 0),
                ]
            })
        });
        std::iter::once(head).chain(rows).collect()
    }

    /// What is to be known before these times are trusted; None where the machine was quiet.
    pub fn warning(&self) -> Option<String> {
        let others = self.others_busy.filter(|share| *share > QUIET).map(|share| 100.0 * share);
        let why = match others {
            Some(share) => format!("other programs took {share:.0} % of it"),
            None if !self.was_disturbed() => return None,
            None => {
                let [fast, slow] = [0.1, 0.9].map(|share| quantile(&self.gauge_ms, share).unwrap_or_default());
                format!("one and the same work took it {fast:.1} to {slow:.1} ms")
            }
        };
        Some(format!("{}: the machine was not quiet: {why}, so its times may be off", self.model))
    }

    /// The computer, in words.
    fn made_on(&self) -> String {
        let machine = &self.machine;
        let memory = machine.memory_mb.map(|mb| format!("{:.0} GB", mb / 1e3));
        let threads = Some(format!("{} threads", machine.threads));
        let parts =
            [machine.processor.clone(), threads, memory, Some(machine.system.clone()), Some(self.device.clone())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

fn shown(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".into(), |value| format!("{value:.digits$}"))
}

fn made_by() -> String {
    format!("Embedscope {}", env!("CARGO_PKG_VERSION"))
}

fn page(benches: &[Bench]) -> String {
    let table = |rows: Table| -> Markup {
        html! { table {
            thead { tr { @for cell in rows.first().into_iter().flatten() { th { (cell) } } } }
            tbody { @for row in rows.iter().skip(1) { tr { @for cell in row { td { (cell) } } } } }
        } }
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            (head("Speed of models", "", STYLE))
            body {
                main {
                    header {
                        h1 { "Speed of models" }
                        @if let Some(first) = benches.first() { p { (first.made_on()) } }
                    }
                    section.block {
                        h2 { "On this computer" }
                        (table(Bench::table(benches)))
                        @for warning in benches.iter().filter_map(Bench::warning) { p { (warning) "." } }
                        p.note { (HOW) }
                    }
                    section.block {
                        h2 { "By batch size" }
                        (table(Bench::batch_table(benches)))
                        p.note { "Half of the batches lie between the two speeds of the fourth column." }
                    }
                }
                footer { (made_by()) }
            }
        }
    }
    .into_string()
}

fn markdown(benches: &[Bench]) -> String {
    let table = |rows: Table| {
        let line = |cells: &[String]| {
            format!("| {} |\n", cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | "))
        };
        let rule = line(&vec!["---".to_owned(); rows.first().map_or(0, Vec::len)]);
        let lines: Vec<String> = rows.iter().map(|row| line(row)).collect();
        lines.first().cloned().unwrap_or_default() + &rule + &lines.get(1..).unwrap_or_default().concat()
    };
    let made_on = benches.first().map(Bench::made_on).unwrap_or_default();
    let warnings: String = benches.iter().filter_map(Bench::warning).map(|warning| format!("- {warning}.\n")).collect();
    let tables = [Bench::table(benches), Bench::batch_table(benches)].map(table).join("\n");
    format!("# Speed of models\n\n{made_on}\n\n{tables}\n{warnings}\n{HOW}\n\n{}\n", made_by())
}

/// One row for each model at each batch size.
fn csv_of(benches: &[Bench]) -> Result<String, Error> {
    let failed = |problem: &dyn std::fmt::Display| Error::Fault(format!("writing a table: {problem}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "model",
        "kind",
        "dim",
        "vector_bytes",
        "load_ms",
        "first_vector_ms",
        "query_ms_p50",
        "query_ms_p95",
        "batch",
        "items_per_second",
        "slower_quarter",
        "faster_quarter",
        "tokens_per_second",
        "samples",
        "peak_memory_mb",
        "disk_mb",
        "device",
        "processor",
        "threads",
        "others_busy",
        "unsteadiness",
    ];
    writer.write_record(head).map_err(|problem| failed(&problem))?;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for bench in benches {
        for speed in &bench.speeds {
            let (slow, fast) = speed.spread();
            let row = [
                bench.model.clone(),
                if bench.kind == Kind::Text { "text" } else { "pictures" }.to_owned(),
                bench.dim.to_string(),
                bench.vector_bytes().to_string(),
                number(bench.least_load_ms()),
                number(bench.least_first_ms()),
                number(bench.query_within(0.5)),
                number(bench.query_within(0.95)),
                speed.batch.to_string(),
                speed.items_per_second().to_string(),
                slow.to_string(),
                fast.to_string(),
                number(speed.tokens_per_second()),
                speed.samples_ms.len().to_string(),
                number(bench.peak_memory_mb),
                number(bench.disk_mb),
                bench.device.clone(),
                bench.machine.processor.clone().unwrap_or_default(),
                bench.machine.threads.to_string(),
                number(bench.others_busy),
                number(bench.unsteadiness()),
            ];
            writer.write_record(row).map_err(|problem| failed(&problem))?;
        }
    }
    let bytes = writer.into_inner().map_err(|problem| failed(&problem))?;
    String::from_utf8(bytes).map_err(|problem| failed(&problem))
}

#[cfg(test)]
mod tests {
    use super::super::tests::bench;
    use super::*;

    #[test]
    fn every_form_says_how_fast_and_whether_the_machine_was_quiet() {
        let loud = Bench { others_busy: Some(0.4), model: "<b>|m".into(), ..bench(&[4.0, 5.0]) };
        let of = |form: EvaluationForm| form.of_speed(&[bench(&[4.0, 5.0]), loud.clone()]).expect("written");
        let page = of(EvaluationForm::Html);
        assert!(page.contains("&lt;b&gt;|m: the machine was not quiet") && !page.contains("<script"));
        let text = of(EvaluationForm::Markdown);
        assert!(text.contains("| <b>\\|m |"), "{text}");
        assert_eq!(text.matches("not quiet").count(), 1);
        let table = of(EvaluationForm::Csv);
        assert_eq!(table.lines().count(), 5);
        assert!(table.lines().nth(1).is_some_and(|line| line.starts_with("m,text,384,1536,100,9,4.5")), "{table}");
    }
}
