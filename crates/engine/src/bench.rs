//! How fast a model is on this computer: time to load, to the first vector and to answer one question, items a second by
//! batch size, memory.
//!
//! The inputs are made here, always the same. Batch sizes take turns, so that a slow moment hits all of them; the first
//! turn warms up and does not count; every sample is kept. Memory that an earlier model grew into is not counted twice,
//! so a fair peak needs a process for each model. Deliberately absent: quality.

mod gauge;
mod sheet;
pub(crate) mod turns;

use std::time::{Duration, Instant};

use embedscope_models::{Input, Kind, Overrides, Pixels, Role, catalogue};
use embedscope_space::Cancel;
use serde::{Deserialize, Serialize};

use self::gauge::{Gauge, STEADY};
use crate::machine::{Machine, QUIET, Ticks};
use crate::{Engine, Error, memory};

/// What was measured of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bench {
    /// The model.
    pub model: String,
    /// What it was measured with.
    pub kind: Kind,
    /// Numbers in a vector.
    pub dim: usize,
    /// Times to load it, one for each run; 0 when it was loaded before.
    pub load_ms: Vec<f64>,
    /// Times of the very first vector after loading.
    pub first_ms: Vec<f64>,
    /// Times of one input alone, as a question is asked.
    pub query_ms: Vec<f64>,
    /// Speed by batch size.
    pub speeds: Vec<BatchSpeed>,
    /// The most memory this program ever used, with the process that holds the model, where the system tells.
    pub peak_memory_mb: Option<f64>,
    /// The memory of the graphics card in use after the last batch, by whomever; None where it computed on none or the card does not tell.
    #[serde(default)]
    pub card_memory_mb: Option<f64>,
    /// Room that its files take on the disk; None where it has none here.
    #[serde(default)]
    pub disk_mb: Option<f64>,
    /// Where it computed, in words.
    pub device: String,
    /// The computer.
    pub machine: Machine,
    /// The share of the computer's time that other programs took meanwhile, where the system tells.
    pub others_busy: Option<f64>,
    /// Times of one small product, always the same, between the samples.
    #[serde(default)]
    pub gauge_ms: Vec<f64>,
}

/// Speed at one batch size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchSpeed {
    /// Items handed over together.
    pub batch: usize,
    /// Tokens in them; None for pictures.
    pub tokens: Option<usize>,
    /// The time each batch took.
    pub samples_ms: Vec<f64>,
}

/// How long each batch size is measured, after one batch to warm up.
const MEASURED: Duration = Duration::from_millis(1500);
/// The fewest samples of a batch size, however long they take.
const FEWEST: usize = 3;
/// The most samples of a batch size, however short they are.
const MOST: usize = 500;
/// Questions that are timed, and after how many the machine itself is.
const QUERIES: usize = 40;
const GAUGED_EVERY: usize = 10;
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

impl Bench {
    /// The batch size with the most items a second.
    pub fn best(&self) -> Option<&BatchSpeed> {
        self.speeds.iter().max_by(|a, b| a.items_per_second().total_cmp(&b.items_per_second()))
    }

    /// The time within which this share of single inputs was embedded: 0.5 for the median.
    pub fn query_within(&self, share: f64) -> Option<f64> {
        quantile(&self.query_ms, share)
    }

    /// The shortest time to load it.
    pub fn least_load_ms(&self) -> Option<f64> {
        self.load_ms.iter().copied().reduce(f64::min)
    }

    /// The shortest time of the first vector after loading.
    pub fn least_first_ms(&self) -> Option<f64> {
        self.first_ms.iter().copied().reduce(f64::min)
    }

    /// Bytes of one vector as it is kept.
    pub fn vector_bytes(&self) -> usize {
        self.dim * size_of::<f32>()
    }

    /// Whether the times may not be trusted: other programs took much of the computer, or its own speed changed.
    pub fn was_disturbed(&self) -> bool {
        self.others_busy.is_some_and(|share| share > QUIET) || self.unsteadiness().is_some_and(|more| more > STEADY)
    }

    /// By which share the slower times (the ninth tenth) of one and the same work exceed the faster ones (the first tenth).
    pub fn unsteadiness(&self) -> Option<f64> {
        Some(quantile(&self.gauge_ms, 0.9)? / quantile(&self.gauge_ms, 0.1)? - 1.0)
    }

    /// Both runs of the same model together.
    pub fn and(mut self, other: Self) -> Self {
        self.load_ms.extend(other.load_ms);
        self.first_ms.extend(other.first_ms);
        self.query_ms.extend(other.query_ms);
        self.gauge_ms.extend(other.gauge_ms);
        for (speed, more) in self.speeds.iter_mut().zip(other.speeds) {
            speed.samples_ms.extend(more.samples_ms);
        }
        let most = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a.max(b)).or(a).or(b);
        self.peak_memory_mb = most(self.peak_memory_mb, other.peak_memory_mb);
        self.card_memory_mb = most(self.card_memory_mb, other.card_memory_mb);
        self.others_busy = most(self.others_busy, other.others_busy);
        self
    }
}

impl BatchSpeed {
    /// Items a second, in the median batch.
    pub fn items_per_second(&self) -> f64 {
        self.rate(self.batch, 0.5)
    }

    /// Tokens a second, in the median batch; None for pictures.
    pub fn tokens_per_second(&self) -> Option<f64> {
        self.tokens.map(|tokens| self.rate(tokens, 0.5))
    }

    /// Items a second of the slower and of the faster quarter of batches.
    pub fn spread(&self) -> (f64, f64) {
        (self.rate(self.batch, 0.75), self.rate(self.batch, 0.25))
    }

    fn rate(&self, amount: usize, share: f64) -> f64 {
        quantile(&self.samples_ms, share).map_or(0.0, |ms| amount as f64 / ms.max(1e-6) * 1e3)
    }
}

impl Engine {
    /// Room that a model's files take: those of a folder, else as the catalogue has it; None of what it does not know.
    fn disk_mb(model: &str) -> Option<f64> {
        let (base, _) = Overrides::split(model);
        let Ok(files) = std::fs::read_dir(base) else { return catalogue::find(base).map(|entry| entry.size_mb) };
        let bytes = files.flatten().filter_map(|file| file.metadata().ok()).filter(std::fs::Metadata::is_file);
        Some(bytes.map(|file| file.len()).sum::<u64>() as f64 / 1e6)
    }

    /// Measures a model, at each of these batch sizes; `progress` is told how much of the work is done.
    pub fn bench(
        &self,
        model: &str,
        batches: &[usize],
        progress: &dyn Fn(usize, usize),
        cancel: &Cancel,
    ) -> Result<Bench, Error> {
        let loaded = self.load(model)?;
        let embedder = &*loaded.embedder;
        let about = embedder.about();
        let kind = if about.kinds.contains(&Kind::Text) { Kind::Text } else { Kind::Image };
        let picture = pattern();
        let input = |index: usize| match kind {
            Kind::Text => Input::Text(SENTENCES[index % SENTENCES.len()]),
            Kind::Image => Input::Image(Pixels { width: SIDE, height: SIDE, rgb: &picture }),
        };
        let timed = |inputs: &[Input<'_>], role: Role| {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            let began = Instant::now();
            embedder.embed(inputs, role)?;
            Ok(began.elapsed().as_secs_f64() * 1e3)
        };
        let first = timed(&[input(0)], Role::Query)?;
        let before = Ticks::now();
        let mut query_ms = Vec::with_capacity(QUERIES);
        let mut gauge = Gauge::new()?;
        for index in 0..QUERIES {
            if index % GAUGED_EVERY == 0 {
                gauge.read()?;
            }
            query_ms.push(timed(&[input(index)], Role::Query)?);
        }
        let inputs: Vec<Vec<Input<'_>>> = batches.iter().map(|&batch| (0..batch.max(1)).map(input).collect()).collect();
        let mut speeds: Vec<BatchSpeed> = inputs
            .iter()
            .map(|inputs| {
                let count = |at: usize| embedder.count_tokens(SENTENCES[at % SENTENCES.len()]);
                let tokens = (kind == Kind::Text).then(|| (0..inputs.len()).map(count).sum());
                BatchSpeed { batch: inputs.len(), tokens, samples_ms: Vec::new() }
            })
            .collect();
        for inputs in &inputs {
            timed(inputs, Role::Document)?;
        }
        let is_over = |speed: &BatchSpeed| {
            let spent: f64 = speed.samples_ms.iter().sum();
            let count = speed.samples_ms.len();
            count >= MOST || (count >= FEWEST && spent >= MEASURED.as_secs_f64() * 1e3)
        };
        while !speeds.iter().all(is_over) {
            gauge.read()?;
            for (speed, inputs) in speeds.iter_mut().zip(&inputs).filter(|(speed, _)| !is_over(speed)) {
                speed.samples_ms.push(timed(inputs, Role::Document)?);
            }
            progress(speeds.iter().filter(|speed| is_over(speed)).count(), speeds.len());
        }
        let others_busy = before.zip(Ticks::now()).map(|(before, now)| now.others_since(&before));
        let held = embedder.memory().unwrap_or_default();
        Ok(Bench {
            model: about.id.clone(),
            kind,
            dim: about.dim,
            load_ms: vec![loaded.load_ms],
            first_ms: vec![first],
            query_ms,
            speeds,
            peak_memory_mb: memory::peak_mb().map(|mb| mb + held.peak_mb.unwrap_or_default()),
            card_memory_mb: held.card_mb,
            disk_mb: Self::disk_mb(model),
            device: about.device.clone(),
            machine: Machine::here(),
            others_busy,
            gauge_ms: gauge.samples_ms,
        })
    }
}

/// Between the two values nearest to the place, in proportion; None of nothing.
fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    let above = (below + 1).min(sorted.len() - 1);
    Some(sorted[below] * (1.0 - part) + sorted[above] * part)
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn bench(samples: &[f64]) -> Bench {
        let speed = |batch: usize, ms: &[f64]| BatchSpeed { batch, tokens: Some(batch * 10), samples_ms: ms.to_vec() };
        Bench {
            model: "m".into(),
            kind: Kind::Text,
            dim: 384,
            load_ms: vec![100.0],
            first_ms: vec![9.0],
            query_ms: samples.to_vec(),
            speeds: vec![speed(1, samples), speed(8, &[20.0, 20.0])],
            peak_memory_mb: Some(200.0),
            card_memory_mb: None,
            disk_mb: None,
            device: "CPU".into(),
            machine: Machine::here(),
            others_busy: Some(0.01),
            gauge_ms: vec![1.0, 1.02, 1.04],
        }
    }

    #[test]
    fn figures_are_those_of_the_median_sample() {
        let found = bench(&[4.0, 5.0, 100.0]);
        assert_eq!(found.speeds[0].items_per_second(), 200.0);
        assert_eq!(found.speeds[1].tokens_per_second(), Some(4000.0));
        assert_eq!(found.best().map(|best| best.batch), Some(8));
        assert_eq!((found.query_within(0.5), found.vector_bytes()), (Some(5.0), 1536));
        let (slow, fast) = found.speeds[0].spread();
        assert!(slow < 200.0 && fast > 200.0);
    }

    #[test]
    fn runs_are_put_together_with_all_their_samples() {
        let other = Bench { others_busy: Some(0.4), peak_memory_mb: None, ..bench(&[6.0]) };
        let both = bench(&[4.0, 5.0]).and(other);
        assert_eq!((both.speeds[0].samples_ms.len(), both.load_ms.len()), (3, 2));
        assert!(both.was_disturbed() && both.peak_memory_mb == Some(200.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn a_machine_that_changes_its_speed_is_not_quiet() {
        let steady = bench(&[4.0]);
        assert!(!steady.was_disturbed() && steady.warning().is_none());
        let slower = Bench { gauge_ms: vec![1.5; 3], ..steady.clone() };
        assert!(!slower.was_disturbed(), "slow all along is steady");
        let both = steady.and(slower);
        assert!(both.was_disturbed() && both.warning().is_some_and(|said| said.contains("1.0 to 1.5 ms")));
        assert_eq!(Bench { gauge_ms: Vec::new(), ..both }.unsteadiness(), None, "as in runs of before");
    }
}
