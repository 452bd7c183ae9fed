//! SigLIP (Zhai et al., 2023) and SigLIP 2 at a fixed resolution (Tschannen et al., 2025); reference: transformers'
//! `SiglipModel`.
//!
//! Texts are filled up to one length, every token seeing every other, and the last one stands for the text; pictures are
//! pooled by an attention of their own. An own one over the shared layers: candle-transformers' gives the towers, not the
//! preparation of texts. Deliberately absent: resolutions that go with the picture, and logits.

use serde::Deserialize;

use crate::Error;
use crate::device::Desk;
use crate::folder::Folder;
use crate::image::{Patches, Preprocess};
use crate::layers::Sight;
use crate::text::{Rules, Tokens};
use crate::towers::{Config, Gaze, Head, Shape, Stands, TextTower, TowerConfig, Towers, VisionTower, blocks, encoder};
use crate::weights::Weights;

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenizerConfig {
    tokenizer_class: String,
    pad_token: Option<Token>,
    padding_side: Option<String>,
    do_lower_case: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Token {
    Plain(String),
    Described { content: String },
}

/// Loads the model in a folder, to compute at this desk.
pub(crate) fn load(folder: &Folder, desk: Desk) -> Result<Towers, Error> {
    let config: Config = folder.needed("config.json")?;
    let weights = Weights::open(folder, "", desk.place())?;
    let preprocess = Preprocess::read(folder)?;
    let shape = |config: &TowerConfig| config.shape(folder, 12, "gelu_pytorch_tanh", 1e-6);
    let encoder = encoder(&weights.at("text_model"), &shape(&config.text_config)?, Sight::All)?;
    let projection = weights.at("text_model.head").linear(encoder.width(), None)?;
    let text = TextTower { encoder, stands: Stands::Last, projection };
    let vision = vision(&shape(&config.vision_config)?, &weights)?;
    let rules = rules(folder, &config.text_config)?;
    let tokens = Tokens::open(folder, "", text.encoder.positions(), text.encoder.entries(), rules)?;
    Towers::new(folder, "siglip", desk, (tokens, text), (preprocess, vision))
}

/// The first SigLIP was trained on bare words in lower case, the second on lower case.
fn rules(folder: &Folder, config: &TowerConfig) -> Result<Rules, Error> {
    let told = folder.json::<TokenizerConfig>("tokenizer_config.json")?.unwrap_or_default();
    if told.padding_side.as_deref() == Some("left") {
        return Err(folder.unsupported("its texts are filled up on the left"));
    }
    let named = match &told.pad_token {
        Some(Token::Plain(token) | Token::Described { content: token }) => Tokens::number(folder, "", token)?,
        None => None,
    };
    let bare_words = told.tokenizer_class.starts_with("SiglipTokenizer");
    Ok(Rules {
        lower_case: told.do_lower_case.unwrap_or(true),
        unpunctuated: bare_words,
        filler: Some(named.or(config.pad_token_id).unwrap_or(1)),
        ..Rules::default()
    })
}

fn vision(shape: &Shape, weights: &Weights) -> Result<VisionTower, Error> {
    let tower = weights.at("vision_model");
    let embeddings = tower.at("embeddings");
    let positions = embeddings.numbers("position_embedding.weight")?;
    let patches = Patches::new(&embeddings, "patch_embedding", Vec::new(), positions)?;
    let width = patches.width();
    let head = tower.at("head");
    let norm = head.at("layernorm").norm(width, shape.epsilon)?;
    Ok(VisionTower {
        before: None,
        blocks: blocks(&tower, shape, width, Sight::All)?,
        after: tower.at("post_layernorm").norm(width, shape.epsilon)?,
        head: Head::Gaze(Box::new(Gaze {
            attention: head.gaze("probe", "attention", width, shape.heads)?,
            norm,
            perceptron: head.at("mlp").perceptron(["fc1", "fc2"], width, shape.activation)?,
        })),
        patches,
    })
}
