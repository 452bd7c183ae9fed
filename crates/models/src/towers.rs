//! Embedders of two towers, one for texts and one for pictures, whose vectors lie in one space.
//!
//! What an architecture is made of is in its own file (`clip`, `siglip`). Vectors are normalised. Deliberately absent:
//! names of weights.

mod text;
mod vision;

pub(crate) use text::{Stands, TextTower, encoder};
pub(crate) use vision::{Gaze, GazeAttention, Head, VisionTower};

use embedscope_space::Vectors;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::json;

use crate::device::{Desk, failed};
use crate::folder::Folder;
use crate::image::Preprocess;
use crate::layers::{Activation, Block, Branch, Sight};
use crate::text::{Tokens, finished, normalise, numbers};
use crate::weights::{Weights, activation};
use crate::{
    About, Anatomy, Embedder, Error, Input, Kind, Pixels, Pooled, Role, Similarity, Stage, image, text as texts,
};

/// Both towers.
pub(crate) struct Towers {
    about: About,
    desk: Desk,
    tokens: Tokens,
    text: TextTower,
    preprocess: Preprocess,
    vision: VisionTower,
}

/// What `config.json` says.
#[derive(Deserialize)]
pub(crate) struct Config {
    pub(crate) text_config: TowerConfig,
    pub(crate) vision_config: TowerConfig,
}

/// What it says of a tower.
#[derive(Deserialize)]
pub(crate) struct TowerConfig {
    #[serde(default = "twelve")]
    num_hidden_layers: usize,
    num_attention_heads: Option<usize>,
    hidden_act: Option<String>,
    layer_norm_eps: Option<f64>,
    pub(crate) eos_token_id: Option<u32>,
    pub(crate) pad_token_id: Option<u32>,
}

fn twelve() -> usize {
    12
}

/// What all blocks of a tower have in common.
pub(crate) struct Shape {
    pub(crate) layers: usize,
    pub(crate) heads: usize,
    pub(crate) activation: Activation,
    pub(crate) epsilon: f64,
}

impl TowerConfig {
    /// What is told, or else these defaults.
    pub(crate) fn shape(&self, folder: &Folder, heads: usize, act: &str, epsilon: f64) -> Result<Shape, Error> {
        Ok(Shape {
            layers: self.num_hidden_layers,
            heads: self.num_attention_heads.unwrap_or(heads),
            activation: activation(folder, self.hidden_act.as_deref().unwrap_or(act))?,
            epsilon: self.layer_norm_eps.unwrap_or(epsilon),
        })
    }
}

impl Towers {
    /// Puts both towers together, each with what makes its inputs ready.
    pub(crate) fn new(
        folder: &Folder,
        architecture: &str,
        desk: Desk,
        (tokens, text): (Tokens, TextTower),
        (preprocess, vision): (Preprocess, VisionTower),
    ) -> Result<Self, Error> {
        let dim = text.projection.width();
        if dim != vision.dim() {
            let problem = format!("its towers end in {dim} and {} numbers", vision.dim());
            return Err(folder.unsupported(problem));
        }
        vision.patches.check(preprocess.grid(1)).map_err(|problem| folder.unsupported(problem))?;
        let about = About {
            id: folder.id().into(),
            kinds: vec![Kind::Text, Kind::Image],
            dim,
            max_tokens: Some(tokens.limit()),
            similarity: Similarity::Cosine,
            device: desk.words(),
            recipe: json!({
                "architecture": architecture,
                "files": folder.checksums()?,
                "max_tokens": tokens.limit(),
                "normalise": true,
                "precision": desk.place().precision.name(),
                "preprocess": preprocess.recipe(),
            }),
        };
        Ok(Self { about, desk, tokens, text, preprocess, vision })
    }

    fn failed(&self, source: candle_core::Error) -> Error {
        failed(&self.about.id, source)
    }

    fn untokenised(&self, problem: impl std::fmt::Display) -> Error {
        Error::Input { id: self.about.id.clone(), what: format!("a text its tokenizer refuses: {problem}") }
    }

    fn texts(&self, texts: &[&str]) -> Result<Vec<f32>, Error> {
        let ids = self
            .desk
            .together(|| texts.par_iter().map(|text| self.tokens.ids("", text)).collect::<Result<Vec<_>, _>>());
        let ids = ids.map_err(|problem| self.untokenised(problem))?;
        let rows = texts::packed(&self.desk, &ids, self.about.dim, |ids| self.text.vectors(ids));
        rows.map_err(|source| self.failed(source))
    }

    fn pictures(&self, pictures: &[Pixels<'_>]) -> Result<Vec<f32>, Error> {
        image::packed(
            &self.desk,
            &self.preprocess,
            &self.about.id,
            pictures,
            Some(self.vision.patches.rows()),
            |pixels, count| self.vision.vectors(pixels, self.preprocess.grid(count)),
        )
    }
}

impl Embedder for Towers {
    fn about(&self) -> &About {
        &self.about
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.tokens.count(text)
    }

    fn embed(&self, inputs: &[Input<'_>], _role: Role) -> Result<Vectors, Error> {
        let (mut texts, mut pictures) = (Vec::new(), Vec::new());
        for input in inputs {
            match input {
                Input::Text(text) => texts.push(*text),
                Input::Image(pixels) => pictures.push(*pixels),
            }
        }
        let dim = self.about.dim;
        let (texts, pictures) = (self.texts(&texts)?, self.pictures(&pictures)?);
        let (mut texts, mut pictures) = (texts.chunks_exact(dim), pictures.chunks_exact(dim));
        let rows = inputs.iter().filter_map(|input| match input.kind() {
            Kind::Text => texts.next(),
            Kind::Image => pictures.next(),
        });
        let mut rows: Vec<f32> = rows.flatten().copied().collect();
        normalise(&mut rows, dim);
        finished(rows, &self.about)
    }

    fn explain(&self, text: &str) -> Result<Anatomy, Error> {
        let seen = self.tokens.look("", text).map_err(|problem| self.untokenised(problem))?;
        let (count, width) = (seen.ids.len(), self.text.encoder.width());
        let work = || -> candle_core::Result<_> {
            let tokens = numbers(&self.text.encoder.forward(&seen.ids, &[count])?)?;
            let own = self.text.stands.of(&seen.ids) * width;
            let own = self.text.project(tokens[own..own + width].to_vec(), 1)?;
            let ways = texts::simple_ways(&tokens, width).into_iter().map(|(pooling, pooled)| {
                let other = self.text.project(pooled, 1)?;
                Ok(Pooled { pooling, own: false, cosine: texts::cosine(&own, &other) })
            });
            let mut pooled = ways.collect::<candle_core::Result<Vec<_>>>()?;
            pooled.push(Pooled {
                pooling: self.text.stands.name().into(),
                own: true,
                cosine: texts::cosine(&own, &own),
            });
            Ok((own, pooled))
        };
        let (mut vector, pooled) = self.desk.together(work).map_err(|source| self.failed(source))?;
        let norm = texts::length(&vector);
        normalise(&mut vector, self.about.dim);
        let stage = |name: &str, shape: &[usize]| Stage { name: name.into(), shape: shape.into() };
        let stages = vec![
            stage("tokens", &[count]),
            stage("token vectors", &[count, width]),
            stage(&format!("after {} layers", self.text.encoder.layers()), &[count, width]),
            stage(self.text.stands.name(), &[width]),
            stage("projected", &[self.about.dim]),
            stage("normalised", &[self.about.dim]),
        ];
        Ok(Anatomy {
            tokens: seen.tokens,
            ids: seen.ids,
            offsets: seen.offsets,
            cut: seen.cut,
            stages,
            pooled,
            norm,
            vector,
        })
    }
}

/// The blocks of a tower, whose names are the same in both and in every architecture.
pub(crate) fn blocks(weights: &Weights, shape: &Shape, width: usize, sight: Sight) -> Result<Vec<Block>, Error> {
    let heads = weights.heads(width, shape.heads)?;
    let block = |index| {
        let weights = weights.at(format!("encoder.layers.{index}"));
        let names = ["q_proj", "k_proj", "v_proj", "out_proj"];
        let mut attention = weights.at("self_attn").attention(names, width, heads, heads.scale())?;
        attention.sight = sight;
        let perceptron = weights.at("mlp").perceptron(["fc1", "fc2"], width, shape.activation)?;
        Ok(Block {
            attention: Branch::norm_first(weights.at("layer_norm1").norm(width, shape.epsilon)?, attention),
            perceptron: Branch::norm_first(weights.at("layer_norm2").norm(width, shape.epsilon)?, perceptron),
        })
    };
    (0..shape.layers).into_par_iter().map(block).collect()
}
