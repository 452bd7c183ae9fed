//! `embed --estimate`: what a provider would be sent, and what that would cost; nothing is sent.
//!
//! Deliberately absent: exact counts, for the tokenizer is the provider's.

use std::path::PathBuf;
use std::time::Instant;

use embedscope_engine::Engine;
use serde::Serialize;

use crate::answer::{Answer, Making, ms_since};
use crate::failure::Failure;
use crate::progress::watch;
use crate::setting::Setting;
use crate::verbs::reading::Reading;

#[derive(Serialize)]
struct Estimated {
    model: String,
    sends_to: Option<String>,
    allowed: bool,
    texts: usize,
    /// Roughly.
    tokens: u64,
    /// US dollars.
    cost: Option<f64>,
    #[serde(flatten)]
    making: Making,
}

/// Reads the items and says what a provider would be sent.
pub fn run(
    engine: &Engine,
    paths: &[PathBuf],
    reading: &Reading,
    model: &str,
    setting: &Setting,
) -> Result<Answer, Failure> {
    let began = Instant::now();
    let plan = engine.plan(paths)?;
    let choice = reading.choice(engine, &plan, Vec::new(), false, setting.seed)?;
    watch(engine, || engine.start_import(plan, choice))?;
    let sending = engine.sending(model)?.ok_or_else(|| {
        Failure::call(format!("{model} sends nothing, so there is nothing to estimate"), "leave --estimate out")
    })?;
    let cost = match sending.cost {
        Some(0.0) => "nothing".into(),
        Some(cost) => format!("about ${cost:.4}"),
        None => "a price that is not known".into(),
    };
    let place = sending.host.clone().unwrap_or_else(|| "a server on this computer".into());
    let line = format!("{} texts, about {} tokens, would be sent to {place} for {cost}", sending.texts, sending.tokens);
    let answer = Estimated {
        model: model.into(),
        sends_to: sending.host,
        allowed: sending.allowed,
        texts: sending.texts,
        tokens: sending.tokens,
        cost: sending.cost,
        making: Making { elapsed_ms: ms_since(began), load_ms: 0.0, seed: setting.seed },
    };
    Ok(Answer::new(&answer, [line]))
}
