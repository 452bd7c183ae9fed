//! CLIP (Radford et al., 2021): a tower for texts and one for pictures whose vectors lie in one space.
//!
//! An own one over the shared layers: candle-transformers' reads no configuration file and knows only one activation.
//! Vectors are normalised. Deliberately absent: towers of other kinds than transformers, and logits.

mod text;
mod vision;

use candle_core::Device;
use embedscope_space::Vectors;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::json;

use crate::device::Desk;
use crate::folder::Folder;
use crate::image::Preprocess;
use crate::layers::{Activation, Attending, Block, Order};
use crate::text::{Tokens, finished, normalise};
use crate::weights::Weights;
use crate::{
    About, Anatomy, Embedder, Error, Input, Kind, Pixels, Pooled, Role, Similarity, Stage, image, text as texts,
};
use text::TextTower;
use vision::VisionTower;

/// Both towers.
pub(crate) struct Clip {
    about: About,
    desk: Desk,
    tokens: Tokens,
    text: TextTower,
    preprocess: Preprocess,
    vision: VisionTower,
}

#[derive(Deserialize)]
struct Config {
    text_config: TowerConfig,
    vision_config: TowerConfig,
}

/// What both towers' configurations say; what older files leave out is what ViT-B/32 has.
#[derive(Deserialize)]
struct TowerConfig {
    #[serde(default = "twelve")]
    num_hidden_layers: usize,
    num_attention_heads: Option<usize>,
    #[serde(default = "quick_gelu")]
    hidden_act: String,
    #[serde(default = "epsilon")]
    layer_norm_eps: f64,
    #[serde(default = "two")]
    eos_token_id: u32,
}

fn twelve() -> usize {
    12
}

fn quick_gelu() -> String {
    "quick_gelu".into()
}

fn epsilon() -> f64 {
    1e-5
}

fn two() -> u32 {
    2
}

impl Clip {
    /// Loads the model in a folder; `threads` as in [`crate::load`].
    pub(crate) fn load(folder: &Folder, threads: Option<usize>) -> Result<Self, Error> {
        let desk = Desk::new(folder.id(), threads)?;
        let config: Config = folder.needed("config.json")?;
        let weights = Weights::open(folder, "", desk.device())?;
        let text = TextTower::load(folder, &config.text_config, &weights)?;
        let vision = VisionTower::load(folder, &config.vision_config, &weights)?;
        if text.dim() != vision.dim() {
            let problem = format!("its towers end in {} and {} numbers", text.dim(), vision.dim());
            return Err(folder.unsupported(problem));
        }
        let tokens = Tokens::open(folder, "", text.positions(), false)?;
        let preprocess = Preprocess::read(folder)?;
        vision.check(preprocess.grid(1)).map_err(|problem| folder.unsupported(problem))?;
        let about = About {
            id: folder.id().into(),
            kinds: vec![Kind::Text, Kind::Image],
            dim: text.dim(),
            max_tokens: Some(tokens.limit()),
            similarity: Similarity::Cosine,
            device: desk.words(),
            recipe: json!({
                "architecture": "clip",
                "files": folder.checksums()?,
                "max_tokens": tokens.limit(),
                "normalise": true,
                "precision": "f32",
                "preprocess": preprocess.recipe(),
            }),
        };
        Ok(Self { about, desk, tokens, text, preprocess, vision })
    }

    fn failed(&self, source: candle_core::Error) -> Error {
        Error::Compute { id: self.about.id.clone(), source }
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
        image::packed(&self.desk, &self.preprocess, &self.about.id, pictures, |pixels, count| {
            self.vision.vectors(pixels, self.preprocess.grid(count))
        })
    }
}

impl Embedder for Clip {
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
        let (count, width) = (seen.ids.len(), self.text.width());
        let work = || -> candle_core::Result<_> {
            let tokens = self.text.tokens(&seen.ids, &[count])?;
            let own = self.text.end(&seen.ids) * width;
            let own = self.text.project(tokens[own..own + width].to_vec(), 1)?;
            let ways = texts::simple_ways(&tokens, width).into_iter().map(|(pooling, pooled)| {
                let other = self.text.project(pooled, 1)?;
                Ok(Pooled { pooling, own: false, cosine: texts::cosine(&own, &other) })
            });
            let mut pooled = ways.collect::<candle_core::Result<Vec<_>>>()?;
            pooled.push(Pooled { pooling: "end of text".into(), own: true, cosine: texts::cosine(&own, &own) });
            Ok((own, pooled))
        };
        let (mut vector, pooled) = self.desk.together(work).map_err(|source| self.failed(source))?;
        let norm = texts::length(&vector);
        normalise(&mut vector, self.about.dim);
        let stage = |name: &str, shape: &[usize]| Stage { name: name.into(), shape: shape.into() };
        let stages = vec![
            stage("tokens", &[count]),
            stage("token vectors", &[count, width]),
            stage(&format!("after {} layers", self.text.layers()), &[count, width]),
            stage("the end-of-text token", &[width]),
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

/// The blocks of a tower, whose names are the same in both.
fn blocks(
    folder: &Folder,
    config: &TowerConfig,
    weights: &Weights,
    width: usize,
    heads: usize,
) -> Result<Vec<Block>, Error> {
    let activation = Activation::named(&config.hidden_act)
        .ok_or_else(|| folder.unsupported(format!("its activation is “{}”", config.hidden_act)))?;
    let block = |index| {
        let weights = weights.at(format!("encoder.layers.{index}"));
        let attention = weights.at("self_attn");
        let up = weights.at("mlp.fc1").linear(width, Some(activation))?;
        Ok(Block {
            qkv: attention.projections(["q_proj", "k_proj", "v_proj"], width, heads)?,
            out: attention.at("out_proj").linear(width, None)?,
            attention_norm: weights.at("layer_norm1").norm(width, config.layer_norm_eps)?,
            down: weights.at("mlp.fc2").linear(up.width(), None)?,
            up,
            perceptron_norm: weights.at("layer_norm2").norm(width, config.layer_norm_eps)?,
        })
    };
    (0..config.num_hidden_layers).map(block).collect()
}

fn attending(heads: usize, causal: bool) -> Attending {
    Attending { heads, causal, order: Order::NormFirst }
}

/// Where tensors live until a device is chosen.
const DEVICE: Device = Device::Cpu;
