//! `builtin-image`: a picture as its colours, edges and texture; pictures that look alike at a glance lie close.
//!
//! The picture is squeezed to 64 × 64 pixels whatever its shape. Four blocks, each with a weight of its own, are laid
//! end to end and the whole is scaled to length 1: colours and where they are ([`colour`], 120 + 48 numbers), edges
//! by direction ([`gradient`], 225) and fine patterns ([`texture`], 80). Deliberately absent: anything learned; it does
//! not know what a picture shows, nor that a thing turned around is the same thing.

mod canvas;
mod colour;
mod gradient;
mod texture;

use embedscope_space::Vectors;
use rayon::prelude::*;
use serde_json::json;

use crate::{About, Anatomy, Embedder, Error, Input, Kind, Pixels, Role, Similarity};
use canvas::Canvas;

/// Its id in the catalogue.
pub(super) const ID: &str = "builtin-image";

const DIM: usize = colour::HISTOGRAMS + colour::LAYOUT + gradient::LEN + texture::LEN;

/// How much each block counts; chosen by nearest neighbours among photographs of clothes and handwritten digits.
const COLOURS: f32 = 0.4;
const LAYOUT: f32 = 0.5;
const GRADIENT: f32 = 1.0;
const TEXTURE: f32 = 0.6;

pub(super) struct ImageBaseline {
    about: About,
}

impl ImageBaseline {
    pub(super) fn new() -> Self {
        let about = About {
            id: ID.into(),
            kinds: vec![Kind::Image],
            dim: DIM,
            max_tokens: None,
            similarity: Similarity::Cosine,
            device: "CPU".into(),
            recipe: json!({ "dim": DIM, "model": ID, "version": 1 }),
        };
        Self { about }
    }
}

impl Embedder for ImageBaseline {
    fn about(&self) -> &About {
        &self.about
    }

    fn count_tokens(&self, _: &str) -> usize {
        0
    }

    fn embed(&self, inputs: &[Input<'_>], _: Role) -> Result<Vectors, Error> {
        let rows = inputs.par_iter().map(|input| match input {
            Input::Image(picture) => describe(picture),
            Input::Text(_) => Err(refused("a text".into())),
        });
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        Vectors::new(rows.concat(), DIM).map_err(|wrong| refused(wrong.to_string()))
    }

    fn explain(&self, _: &str) -> Result<Anatomy, Error> {
        Err(refused("a text".into()))
    }
}

fn refused(what: String) -> Error {
    Error::Input { id: ID.into(), what }
}

fn describe(picture: &Pixels<'_>) -> Result<Vec<f32>, Error> {
    let canvas = Canvas::new(picture).map_err(refused)?;
    let blocks = [
        (COLOURS, colour::histograms(&canvas)),
        (LAYOUT, colour::layout(&canvas)),
        (GRADIENT, gradient::directions(&canvas)),
        (TEXTURE, texture::patterns(&canvas)),
    ];
    let mut values: Vec<f32> =
        blocks.into_iter().flat_map(|(weight, block)| block.into_iter().map(move |value| weight * value)).collect();
    unit(&mut values);
    Ok(values)
}

/// Scales to length 1; nothing but zeros stays as it is.
fn unit(values: &mut [f32]) {
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        values.iter_mut().for_each(|value| *value /= length);
    }
}

/// The square roots of the shares of a histogram, so that the inner product of two is their Hellinger affinity
/// (Arandjelović & Zisserman 2012), centred. Its length is at most 1.
fn hellinger(counts: &mut [f32]) {
    let all: f32 = counts.iter().sum();
    if all > 0.0 {
        counts.iter_mut().for_each(|count| *count = (*count / all).sqrt());
        centre(counts);
    }
}

/// Takes away the mean, which pictures have in common and which would make all of them look alike.
fn centre(values: &mut [f32]) {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    values.iter_mut().for_each(|value| *value -= mean);
}

#[cfg(test)]
mod tests;
