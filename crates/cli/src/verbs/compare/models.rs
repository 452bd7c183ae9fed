//! Models over the same items: every two of them, what became of groups, and a report with maps laid as the first one.
//!
//! Deliberately absent: matrices.

use std::path::PathBuf;
use std::time::Instant;

use embedscope_engine::models::Fuse;
use embedscope_engine::{Combination, Engine, Kind, ModelComparison, SetSummary};
use serde::Serialize;

use super::Options;
use crate::answer::{Answer, Making, ms_since, shown, table};
use crate::failure::Failure;
use crate::progress::{Bar, watch};
use crate::setting::Setting;
use crate::verbs::written::room_in;

/// Models that stand side by side at most.
const MOST: usize = 4;
/// Groups and items told of each pair.
const TOLD: usize = 5;

#[derive(Serialize)]
struct Compared {
    models: Vec<String>,
    comparisons: Vec<Pair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<PathBuf>,
    #[serde(flatten)]
    making: Making,
}

#[derive(Serialize)]
struct Pair {
    a: String,
    b: String,
    items: usize,
    k: usize,
    overlap: f64,
    overlap_curve: Vec<f64>,
    cka: f64,
    rsa: f64,
    procrustes: f64,
    groups: Vec<Group>,
    moved: Vec<Moved>,
}

#[derive(Serialize)]
struct Group {
    name: String,
    items: usize,
    overlap: f64,
    became: String,
}

#[derive(Serialize)]
struct Moved {
    title: String,
    overlap: f64,
    near_a: String,
    near_b: String,
}

pub fn run(options: Options, setting: &Setting) -> Result<Answer, Failure> {
    let models = options.models;
    if !(2..=MOST).contains(&models.len()) {
        let problem = format!("{} models cannot be compared", models.len());
        return Err(Failure::call(problem, "name two to four with --models"));
    }
    if let Some(twice) = models.iter().enumerate().find_map(|(at, model)| models[..at].contains(model).then_some(model))
    {
        return Err(Failure::call(format!("{twice} is named twice"), "name every model once"));
    }
    if options.k == 0 {
        return Err(Failure::call("no neighbours are to be looked at", "name at least 1 with --k"));
    }
    if options.paths.is_empty() && options.keeping.workspace.is_none() {
        return Err(Failure::call("there is nothing to embed", "name files, or a workspace with --workspace"));
    }
    let engine = setting.engine_in(options.keeping.workspace)?;
    options.out.as_deref().map(|folder| room_in(folder, "report.html")).transpose()?;
    let began = Instant::now();
    let mut title = engine.workspace_name();
    if options.paths.is_empty() {
        for model in &models {
            watch(&engine, || engine.start_embedding(model))?;
        }
    } else {
        let plan = engine.plan(&options.paths)?;
        title.clone_from(&plan.name);
        let choice = options.reading.choice(&engine, &plan, models.clone(), true, setting.seed)?;
        watch(&engine, || engine.start_import(plan, choice))?;
    }
    let sets = sides(&engine, &models)?;
    let bar = Bar::new("Comparing");
    let mut found = Vec::new();
    for (at, a) in sets.iter().enumerate() {
        for b in &sets[at + 1..] {
            found.push(engine.compare(a.id, b.id, options.k)?);
        }
    }
    let comparisons = found.iter().map(pair).collect();
    let report = match &options.out {
        None => None,
        Some(folder) => {
            let [page, _] = engine.report_comparing(&title, &found, setting.seed)?.write(folder)?;
            Some(page)
        }
    };
    drop(bar);
    let load_ms = sets.iter().filter_map(|set| set.cost.load_ms).sum::<f64>();
    let making = Making { elapsed_ms: (ms_since(began) - load_ms).max(0.0), load_ms, seed: setting.seed };
    let answer = Compared { models, comparisons, report, making };
    let lines = lines(&answer);
    Ok(Answer::new(&answer, lines))
}

/// The set of each model, all over the same items: beside a model of pictures alone, one of texts alone sees their captions.
fn sides(engine: &Engine, models: &[String]) -> Result<Vec<SetSummary>, Failure> {
    let sets = engine.sets()?;
    let of = |model: &String| -> Result<SetSummary, Failure> {
        let id = engine.embedder(model)?.about().id.clone();
        let known = sets.iter().find(|set| set.model == id).cloned();
        known.ok_or_else(|| Failure::work(format!("{model} embeds nothing of this"), "choose others with --models"))
    };
    let mut pictures = None;
    for model in models {
        if engine.embedder(model)?.about().kinds == [Kind::Image] {
            pictures = Some(of(model)?.id);
        }
    }
    let side = |model: &String| match pictures {
        Some(set) if engine.embedder(model)?.about().kinds == [Kind::Text] => {
            let captions = Combination::Captions { set, model: model.clone(), how: Fuse::Text };
            let made = watch(engine, || engine.start_combining(captions))?;
            let set = made.sets.last().ok_or_else(|| Failure::work("no caption was embedded", "please report it"))?;
            Ok(engine.set(*set)?)
        }
        _ => of(model),
    };
    models.iter().map(side).collect()
}

fn pair(found: &ModelComparison) -> Pair {
    let [a, b] = [found.costs[0].model.clone(), found.costs[1].model.clone()];
    let moved = found.moved_most.iter().take(TOLD).map(|moved| Moved {
        title: moved.name.clone(),
        overlap: moved.overlap.into(),
        near_a: moved.near_a.1.clone(),
        near_b: moved.near_b.1.clone(),
    });
    let groups = found.groups.iter().map(|group| Group {
        name: group.name.clone(),
        items: group.items,
        overlap: group.overlap,
        became: group.sentence(&a, &b),
    });
    Pair {
        items: found.items.len(),
        k: found.k,
        overlap: found.overlap_mean,
        overlap_curve: found.curve.clone(),
        cka: found.cka,
        rsa: found.rsa,
        procrustes: found.procrustes,
        groups: groups.collect(),
        moved: moved.collect(),
        a,
        b,
    }
}

fn lines(answer: &Compared) -> Vec<String> {
    let head = ["models", "items", "neighbours in common", "CKA", "RSA", "Procrustes"].map(str::to_owned).to_vec();
    let rows = answer.comparisons.iter().map(|pair| {
        let figures = [pair.overlap, pair.cka, pair.rsa, pair.procrustes].map(|value| shown(Some(value), 3));
        [format!("{} and {}", pair.a, pair.b), pair.items.to_string()].into_iter().chain(figures).collect()
    });
    let mut lines = table(&std::iter::once(head).chain(rows).collect::<Vec<_>>());
    for pair in &answer.comparisons {
        lines.push(String::new());
        lines.push(format!("{} and {}, groups moved most", pair.a, pair.b));
        for group in pair.groups.iter().take(TOLD) {
            lines.push(format!("  {:.2}  {} ({} items). {}", group.overlap, group.name, group.items, group.became));
        }
        for moved in &pair.moved {
            lines.push(format!(
                "  {:.2}  “{}”: {} near “{}”, {} near “{}”",
                moved.overlap, moved.title, pair.a, moved.near_a, pair.b, moved.near_b
            ));
        }
    }
    lines.extend(answer.report.iter().map(|page| page.display().to_string()));
    lines
}
