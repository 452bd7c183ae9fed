//! CLIP (Radford et al., 2021); reference: transformers' `CLIPModel`.
//!
//! A causal tower for texts whose end stands for them, and one for pictures with a learned first row. An own one over the
//! shared layers: candle-transformers' reads no configuration file and knows only one activation. Deliberately absent:
//! towers of other kinds than transformers, and logits.

use crate::Error;
use crate::device::Desk;
use crate::folder::Folder;
use crate::image::{Patches, Preprocess};
use crate::layers::Sight;
use crate::text::{Rules, Tokens};
use crate::towers::{Config, Head, Shape, Stands, TextTower, TowerConfig, Towers, VisionTower, blocks, encoder};
use crate::weights::Weights;

/// The end-of-text token that old configurations name by mistake; there, the token with the highest number is meant.
const OLD_END: u32 = 2;

/// Loads the model in a folder, to compute at this desk.
pub(crate) fn load(folder: &Folder, desk: Desk) -> Result<Towers, Error> {
    let config: Config = folder.needed("config.json")?;
    let weights = Weights::open(folder, "", desk.place())?;
    let preprocess = Preprocess::read(folder)?;
    let text = text(folder, &config.text_config, &weights)?;
    let vision = vision(&shape(folder, &config.vision_config, 12)?, &weights)?;
    let tokens = Tokens::open(folder, "", text.encoder.positions(), text.encoder.entries(), Rules::default())?;
    Towers::new(folder, "clip", desk, (tokens, text), (preprocess, vision))
}

/// What older files leave out is what ViT-B/32 has.
fn shape(folder: &Folder, config: &TowerConfig, heads: usize) -> Result<Shape, Error> {
    config.shape(folder, heads, "quick_gelu", 1e-5)
}

fn text(folder: &Folder, config: &TowerConfig, weights: &Weights) -> Result<TextTower, Error> {
    let encoder = encoder(&weights.at("text_model"), &shape(folder, config, 8)?, Sight::Before)?;
    let stands = match config.eos_token_id {
        Some(end) if end != OLD_END => Stands::First(end),
        _ => Stands::Highest,
    };
    let projection = weights.at("text_projection").linear(encoder.width(), None)?;
    Ok(TextTower { encoder, stands, projection })
}

fn vision(shape: &Shape, weights: &Weights) -> Result<VisionTower, Error> {
    let tower = weights.at("vision_model");
    let embeddings = tower.at("embeddings");
    let mut positions = embeddings.numbers("position_embedding.weight")?;
    let mut leading = embeddings.numbers("class_embedding")?;
    if positions.len() < leading.len() {
        return Err(embeddings.bad("position_embedding.weight", "is too small"));
    }
    let rest = positions.split_off(leading.len());
    leading.iter_mut().zip(&positions).for_each(|(class, position)| *class += position);
    let patches = Patches::new(&embeddings, "patch_embedding", leading, rest)?;
    let width = patches.width();
    Ok(VisionTower {
        patches,
        before: Some(tower.at("pre_layrnorm").norm(width, shape.epsilon)?),
        blocks: blocks(&tower, shape, width, Sight::All)?,
        after: tower.at("post_layernorm").norm(width, shape.epsilon)?,
        head: Head::First(weights.at("visual_projection").linear(width, None)?),
    })
}
