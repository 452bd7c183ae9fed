//! What is wished of a model other than its own files say, for the verbs that embed.
//!
//! Deliberately absent: granting it; the model refuses what it cannot do.

use clap::{Args, ValueEnum};
use embedscope_engine::models::{Long, Overrides};

use crate::failure::Failure;

#[derive(Args)]
pub struct Wishes {
    /// How tokens become one vector: cls, mean, max, mean_sqrt_len_tokens, weightedmean, lasttoken; several joined by + [default: the model's own]
    #[arg(long, value_name = "NAME")]
    pooling: Option<String>,
    /// What is put before every text; "" for nothing [default: the model's own]
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,
    /// Whether vectors are scaled to unit length [default: the model's own]
    #[arg(long, value_name = "true|false")]
    normalize: Option<bool>,
    /// The most tokens of a text that count [default: the model's own]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_length: Option<u32>,
    /// Keep only the first numbers of every vector, at unit length again
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    dimensions: Option<u32>,
    /// Read texts longer than the model reads in overlapping pieces whose vectors are averaged; weighted: the first and the last count twice
    #[arg(long, value_enum)]
    long: Option<Pieces>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Pieces {
    Mean,
    Weighted,
}

impl Wishes {
    /// The model's name with what is wished of it behind.
    pub fn of(&self, model: &str) -> Result<String, Failure> {
        let (base, mut wishes) = Overrides::split(model);
        let number = |wanted: Option<u32>| wanted.map(|number| number as usize);
        let ours = Overrides {
            pooling: self.pooling.clone(),
            prompt: self.prompt.clone(),
            normalise: self.normalize,
            max_tokens: number(self.max_length),
            dimensions: number(self.dimensions),
            long: self.long.map(|pieces| match pieces {
                Pieces::Mean => Long::Mean,
                Pieces::Weighted => Long::Weighted,
            }),
            ..Overrides::default()
        };
        if ours == Overrides::default() {
            return Ok(model.to_owned());
        }
        if wishes != Overrides::default() {
            return Err(Failure::call(format!("{model} says already what is wished of it"), "say it in one place"));
        }
        wishes = ours;
        Ok(wishes.join(base))
    }
}
