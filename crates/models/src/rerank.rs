//! The seam of rerankers, and cross-encoders behind it (Nogueira and Cho, 2019): a question and a text read together, to
//! one number.
//!
//! Reference: sentence-transformers' `CrossEncoder` over transformers' sequence classifiers of BERT and XLM-R. Deliberately
//! absent: classifiers with several labels.

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Error;
use crate::device::{Desk, failed};
use crate::folder::Folder;
use crate::layers::{Activation, Linear};
use crate::text::{Encoder, Rules, Tokens, numbers, unknown};
use crate::weights::Weights;

/// Says how well texts answer a question.
pub trait Reranker: Send + Sync {
    /// Its name, as it was asked for.
    fn id(&self) -> &str;

    /// Everything that decides its numbers, as canonical JSON.
    fn recipe(&self) -> &Value;

    /// One number for each text, in order; higher is better. From 0 to 1 where the model is meant so.
    fn score(&self, question: &str, texts: &[&str]) -> Result<Vec<f32>, Error>;
}

/// A transformer over both texts and a small head over its first token.
pub(crate) struct CrossEncoder {
    id: String,
    recipe: Value,
    desk: Desk,
    tokens: Tokens,
    encoder: Encoder,
    dense: Linear,
    out: Linear,
    bounded: bool,
}

#[derive(Deserialize)]
struct Config {
    model_type: Option<String>,
    #[serde(default)]
    architectures: Vec<String>,
    sbert_ce_default_activation_function: Option<String>,
    sentence_transformers: Option<Own>,
}

#[derive(Deserialize)]
struct Own {
    activation_fn: Option<String>,
}

#[derive(Deserialize)]
struct TokenizerConfig {
    model_max_length: Option<f64>,
}

impl CrossEncoder {
    /// Loads the model in a folder, to compute at this desk.
    pub(crate) fn load(folder: &Folder, desk: Desk) -> Result<Self, Error> {
        let config: Config = folder.needed("config.json")?;
        if !config.architectures.iter().any(|name| name.ends_with("ForSequenceClassification")) {
            return Err(folder.unsupported("it gives vectors; it cannot score pairs of texts"));
        }
        let weights = Weights::open(folder, "", desk.place())?;
        let (encoder, kind) = Encoder::load(folder, "", desk.place())?;
        let width = encoder.width();
        let (dense, out) = match kind.as_str() {
            "bert" => ("bert.pooler.dense", "classifier"),
            "roberta" | "xlm-roberta" | "camembert" => ("classifier.dense", "classifier.out_proj"),
            other => return Err(unknown(folder, other)),
        };
        let dense = weights.at(dense).linear(width, Some(Activation::Tanh))?;
        let out = weights.at(out).linear(dense.width(), None)?;
        if out.width() != 1 {
            return Err(folder.unsupported(format!("it tells {} classes apart instead of scoring", out.width())));
        }
        let function = config.sentence_transformers.and_then(|own| own.activation_fn);
        let function = function.or(config.sbert_ce_default_activation_function);
        let bounded = match function.as_deref().map(|name| name.rsplit('.').next().unwrap_or(name)) {
            None | Some("Sigmoid") => true,
            Some("Identity") => false,
            Some(other) => return Err(folder.unsupported(format!("its scores go through “{other}”"))),
        };
        let told = folder.json::<TokenizerConfig>("tokenizer_config.json")?.and_then(|told| told.model_max_length);
        let told = told.filter(|length| (1.0..1e6).contains(length)).map_or(usize::MAX, |length| length as usize);
        let limit = encoder.positions().min(told);
        let tokens = Tokens::open(folder, "", limit, encoder.entries(), Rules::default())?;
        let recipe = json!({
            "architecture": config.model_type,
            "bounded": bounded,
            "files": folder.checksums()?,
            "max_tokens": limit,
            "precision": "f32",
        });
        Ok(Self { id: folder.id().into(), recipe, desk, tokens, encoder, dense, out, bounded })
    }

    fn scores(&self, pairs: &[&(Vec<u32>, Vec<bool>)]) -> candle_core::Result<Vec<f32>> {
        let lengths: Vec<usize> = pairs.iter().map(|(ids, _)| ids.len()).collect();
        let ids: Vec<u32> = pairs.iter().flat_map(|(ids, _)| ids).copied().collect();
        let seconds: Vec<bool> = pairs.iter().flat_map(|(_, seconds)| seconds).copied().collect();
        let first = self.encoder.forward_pairs(&ids, &lengths, &seconds)?.to_device(self.desk.device())?;
        let mut scores = numbers(&self.out.forward(&self.dense.forward(&first)?)?)?;
        if self.bounded {
            scores.iter_mut().for_each(|score| *score = 1.0 / (1.0 + (-*score).exp()));
        }
        Ok(scores)
    }
}

impl Reranker for CrossEncoder {
    fn id(&self) -> &str {
        &self.id
    }

    fn recipe(&self) -> &Value {
        &self.recipe
    }

    fn score(&self, question: &str, texts: &[&str]) -> Result<Vec<f32>, Error> {
        let pair = |text: &&str| self.tokens.pair(question, text);
        let pairs = self.desk.together(|| texts.par_iter().map(pair).collect::<Result<Vec<_>, _>>());
        let pairs = pairs.map_err(|problem| Error::Input {
            id: self.id.clone(),
            what: format!("a text its tokenizer refuses: {problem}"),
        })?;
        let lengths: Vec<usize> = pairs.iter().map(|(ids, _)| ids.len()).collect();
        let packs = self.desk.packs(&lengths);
        let failed = |source| failed(&self.id, source);
        let work = |pack: &Vec<usize>| self.scores(&pack.iter().map(|&index| &pairs[index]).collect::<Vec<_>>());
        let parts = self.desk.each(&packs, work).map_err(failed)?;
        let mut scores = vec![0.0; texts.len()];
        for (&index, &score) in packs.iter().flatten().zip(parts.iter().flatten()) {
            scores[index] = score;
        }
        match scores.iter().position(|score| !score.is_finite()) {
            Some(at) => Err(failed(candle_core::Error::Msg(format!("the score of text {at} is not finite")))),
            None => Ok(scores),
        }
    }
}
