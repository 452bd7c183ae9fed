//! How fast a model is on this computer: time to load, items a second by batch size, memory.
//!
//! The inputs are made here, always the same. Memory that an earlier model grew into is not counted twice, so a fair
//! peak needs a process for each model. Deliberately absent: quality.

use std::time::{Duration, Instant};

use embedscope_models::{Input, Kind, Pixels, Role};
use embedscope_space::Cancel;

use crate::{Engine, Error, memory};

/// What was measured of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct Bench {
    /// The model.
    pub model: String,
    /// What it was measured with.
    pub kind: Kind,
    /// Numbers in a vector.
    pub dim: usize,
    /// Time to load it; 0 when it was loaded before.
    pub load_ms: f64,
    /// Speed by batch size.
    pub speeds: Vec<BatchSpeed>,
    /// The most memory this program ever used, where the system tells.
    pub peak_memory_mb: Option<f64>,
}

/// Speed at one batch size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchSpeed {
    /// Items handed over together.
    pub batch: usize,
    /// Items a second.
    pub items_per_second: f64,
    /// Tokens a second; None for pictures.
    pub tokens_per_second: Option<f64>,
}

/// How long each batch size is measured, after one batch to warm up.
const MEASURED: Duration = Duration::from_millis(1500);
const SIDE: u32 = 256;

const SENTENCES: [&str; 8] = [
    "The harbour was quiet until the first boats came in.",
    "How long does it take for bread dough to rise in a cold kitchen?",
    "A neural network turns words into numbers, and numbers that are near mean words that are alike.",
    "Rain is expected in the north on Tuesday, with strong winds along the coast.",
    "She tuned the old piano herself.",
    "The committee will publish its report on the state of the bridges by the end of the year, after a long delay.",
    "Der Zug nach Norden fährt heute von einem anderen Gleis.",
    "Two cats slept on the warm bonnet of the car.",
];

impl Engine {
    /// Measures a model, at each of these batch sizes.
    pub fn bench(&self, model: &str, batches: &[usize], cancel: &Cancel) -> Result<Bench, Error> {
        let loaded = self.load(model)?;
        let embedder = &*loaded.embedder;
        let about = embedder.about();
        let kind = if about.kinds.contains(&Kind::Text) { Kind::Text } else { Kind::Image };
        let picture = pattern();
        let input = |index: usize| match kind {
            Kind::Text => Input::Text(SENTENCES[index % SENTENCES.len()]),
            Kind::Image => Input::Image(Pixels { width: SIDE, height: SIDE, rgb: &picture }),
        };
        let mut speeds = Vec::new();
        for &batch in batches {
            let inputs: Vec<Input<'_>> = (0..batch.max(1)).map(input).collect();
            let tokens: usize = match kind {
                Kind::Text => (0..inputs.len()).map(|i| embedder.count_tokens(SENTENCES[i % SENTENCES.len()])).sum(),
                Kind::Image => 0,
            };
            embedder.embed(&inputs, Role::Document)?;
            let (began, mut rounds) = (Instant::now(), 0);
            while rounds == 0 || began.elapsed() < MEASURED {
                if cancel.is_cancelled() {
                    return Err(Error::Cancelled);
                }
                embedder.embed(&inputs, Role::Document)?;
                rounds += 1;
            }
            let per_second = |amount: usize| (amount * rounds) as f64 / began.elapsed().as_secs_f64();
            speeds.push(BatchSpeed {
                batch: inputs.len(),
                items_per_second: per_second(inputs.len()),
                tokens_per_second: (kind == Kind::Text).then(|| per_second(tokens)),
            });
        }
        Ok(Bench {
            model: about.id.clone(),
            kind,
            dim: about.dim,
            load_ms: loaded.load_ms,
            speeds,
            peak_memory_mb: memory::peak_mb(),
        })
    }
}

/// A picture with edges and gradients.
fn pattern() -> Vec<u8> {
    (0..SIDE * SIDE)
        .flat_map(|at| {
            let (x, y) = (at % SIDE, at / SIDE);
            [x as u8, y as u8, if (x / 32 + y / 32) % 2 == 0 { 220 } else { 30 }]
        })
        .collect()
}
