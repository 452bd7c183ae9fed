//! `explain`: what happens to a text on its way to a vector.

use std::time::Instant;

use clap::Args;
use embedscope_engine::Anatomy;
use serde::Serialize;

use crate::answer::{Answer, Making, ms_since, table};
use crate::failure::Failure;
use crate::setting::Setting;

#[derive(Args)]
pub struct Options {
    /// The text
    text: String,
    /// Id or folder of a model that reads texts
    #[arg(long)]
    model: String,
}

#[derive(Serialize)]
struct Explained {
    model: String,
    text: String,
    #[serde(flatten)]
    anatomy: Anatomy,
    #[serde(flatten)]
    making: Making,
}

pub fn run(options: &Options, setting: &Setting) -> Result<Answer, Failure> {
    let engine = setting.engine()?;
    let began = Instant::now();
    let embedder = engine.embedder(&options.model)?;
    let load_ms = ms_since(began);
    let began = Instant::now();
    let anatomy = engine.explain(&options.text, &options.model)?;
    let making = Making { elapsed_ms: ms_since(began), load_ms, seed: setting.seed };
    let answer = Explained { model: embedder.about().id.clone(), text: options.text.clone(), anatomy, making };
    let lines = lines(&answer.anatomy);
    Ok(Answer::new(&answer, lines))
}

fn lines(anatomy: &Anatomy) -> Vec<String> {
    let head = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
    let mut tokens = vec![head(["token", "id"])];
    tokens.extend(anatomy.tokens.iter().zip(&anatomy.ids).map(|(token, id)| vec![token.clone(), id.to_string()]));
    let mut stages = vec![head(["stage", "shape"])];
    stages.extend(anatomy.stages.iter().map(|stage| vec![stage.name.clone(), format!("{:?}", stage.shape)]));
    let mut pooled = vec![head(["pooling", "cosine to the vector"])];
    pooled.extend(anatomy.pooled.iter().map(|pooled| {
        let own = if pooled.own { " (its own)" } else { "" };
        vec![format!("{}{own}", pooled.pooling), format!("{:.3}", pooled.cosine)]
    }));
    let mut lines = table(&tokens);
    if anatomy.cut > 0 {
        lines.push(format!("{} more tokens were cut off", anatomy.cut));
    }
    for rows in [stages, pooled] {
        if rows.len() > 1 {
            lines.push(String::new());
            lines.extend(table(&rows));
        }
    }
    lines.push(String::new());
    lines.push(format!("length before normalising {:.3}, {} numbers", anatomy.norm, anatomy.vector.len()));
    lines
}
