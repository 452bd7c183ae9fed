//! `plan`: what an import would find and make, before anything is read in.
//!
//! Deliberately absent: importing; `embed` and `map` take the same options and do it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use embedscope_engine::sources::table::RowCount;
use embedscope_engine::{Estimate, Kind, Plan, PlanTable, Preview, Skipped};
use serde::Serialize;
use serde_json::{Value, json};

use crate::answer::{Answer, Making, ms_since, table};
use crate::failure::Failure;
use crate::setting::{Keeping, Setting};
use crate::verbs::embed::skipped_lines;
use crate::verbs::reading::Reading;

#[derive(Args)]
pub struct Options {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Ids or folders, separated by commas [default: one for texts, one for pictures]
    #[arg(long, value_delimiter = ',', value_name = "ID,ID…")]
    models: Vec<String>,
    /// Show the cut on the text of this file, named as in the plan [default: the longest text]
    #[arg(long, value_name = "NAME")]
    show: Option<String>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    keeping: Keeping,
}

#[derive(Serialize)]
struct Planned {
    name: String,
    files: usize,
    groups: Vec<Group>,
    left_out: Vec<Skipped>,
    tables: Vec<Value>,
    /// Files by the folder they lie in.
    folders: BTreeMap<String, usize>,
    /// Files of equal content, a list for each content.
    duplicates: Vec<Vec<String>>,
    /// Files that gave items of this workspace before, and those of them that have vanished.
    known: usize,
    vanished: usize,
    models: Vec<String>,
    cut: Value,
    #[serde(flatten)]
    preview: Preview,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Group {
    format: String,
    kind: Kind,
    files: usize,
    bytes: u64,
}

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    let engine = setting.engine_in(options.keeping.workspace)?;
    let began = Instant::now();
    let plan = engine.plan(&options.paths)?;
    let models = if options.models.is_empty() { plan.choice().models } else { options.models };
    let choice = options.reading.choice(&engine, &plan, models, false, setting.seed)?;
    let preview = engine.preview(&plan, &choice, options.show.as_deref());
    if let Some(name) = options.show.filter(|name| !preview.texts.contains(name)) {
        let hint = format!("texts can be shown of {}", preview.texts.join(", "));
        return Err(Failure::call(format!("the plan looked into no text named {name}"), hint));
    }
    let making = Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed };
    let answer = Planned {
        files: plan.files(),
        groups: plan
            .groups
            .iter()
            .map(|group| Group {
                format: format!("{:?}", group.format).to_lowercase(),
                kind: group.kind,
                files: group.files,
                bytes: group.bytes,
            })
            .collect(),
        tables: plan.tables.iter().map(described).collect(),
        models: choice.models,
        cut: json!({
            "unit": choice.cut.unit.to_string(), "size": choice.cut.size, "overlap": choice.cut.overlap
        }),
        preview,
        making,
        name: plan.name.clone(),
        left_out: plan.skipped.clone(),
        folders: plan.folders.clone(),
        duplicates: plan.duplicates.clone(),
        known: plan.known,
        vanished: plan.vanished,
    };
    let lines = lines(&answer, &plan);
    Ok(Answer::new(&answer, lines))
}

fn described(table: &PlanTable) -> Value {
    let guess = &table.guess;
    json!({
        "name": table.name,
        "columns": table.columns,
        "guess": {
            "text": guess.text, "image": guess.image, "id": guess.id, "label": guess.label, "vector": guess.vector,
            "table": guess.table,
        },
        "rows": table.rows.number(),
        "rows_counted": matches!(table.rows, RowCount::Counted(_)),
        "written": table.written,
        "tables": table.others,
        "describes": table.describes,
        "head": table.head,
    })
}

fn lines(answer: &Planned, plan: &Plan) -> Vec<String> {
    let mut rows = vec![["format", "files", "kB"].map(str::to_owned).to_vec()];
    rows.extend(
        answer
            .groups
            .iter()
            .map(|group| vec![group.format.clone(), group.files.to_string(), group.bytes.div_ceil(1000).to_string()]),
    );
    let mut lines = table(&rows);
    lines.extend(plan.tables.iter().map(|table| {
        let text = table.guess.text.as_ref().map_or_else(String::new, |text| format!("text “{text}” · "));
        format!("{}: {text}{}", table.name, table.said())
    }));
    if answer.known > 0 || answer.vanished > 0 {
        lines.push(format!("{} files are known, {} have vanished", answer.known, answer.vanished));
    }
    for names in &answer.duplicates {
        lines.push(format!("the same content: {}", names.join(", ")));
    }
    lines.extend(skipped_lines(&answer.left_out));
    let preview = &answer.preview;
    if let Some(shown) = &preview.shown {
        lines.push(format!("{}, cut by {}:", shown.file, answer.cut["unit"].as_str().unwrap_or_default()));
        for (number, chunk) in shown.chunks.iter().enumerate() {
            let holds = |first: usize, count: usize| (first..first + count).contains(&number);
            let parts = shown.spans.iter().filter(|span| holds(span.first, span.chunks));
            let text: String = parts.map(|span| span.text.as_str()).collect();
            let tokens = chunk.tokens.map_or_else(String::new, |tokens| format!(" ({tokens} tokens)"));
            let lost = if chunk.lost > 0 { format!(" {} of them not read", chunk.lost) } else { String::new() };
            lines.push(format!("  {}{tokens}{lost}: {}", number + 1, shortened(&text)));
        }
    }
    lines.push(format!(
        "{} texts, {} pictures, {} ready vectors",
        said(preview.items),
        preview.pictures,
        preview.vectors
    ));
    lines.push(match preview.estimate_ms {
        Some(ms) => format!("embedding with {} takes about {:.1} s", answer.models.join(" and "), ms / 1e3),
        None => "how long embedding takes is not known before the model is here".into(),
    });
    lines
}

/// An estimate with its error, where that is known.
fn said(estimate: Estimate) -> String {
    match estimate.error {
        Some(0) => estimate.count.to_string(),
        Some(error) => format!("about {} ± {error}", estimate.count),
        None => format!("roughly {}", estimate.count),
    }
}

/// A chunk on one line of a terminal.
fn shortened(text: &str) -> String {
    const LETTERS: usize = 72;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let letters = line.chars().count();
    if letters <= LETTERS {
        return line;
    }
    let start: String = line.chars().take(LETTERS / 2).collect();
    let end: String = line.chars().skip(letters - LETTERS / 2).collect();
    format!("{} … {}", start.trim_end(), end.trim_start())
}
