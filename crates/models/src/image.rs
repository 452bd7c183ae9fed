//! Picture embedders: pixels made ready as the model was trained with, a network, and its pooled features.
//!
//! Deliberately absent: reading picture files, and models that also know words (`clip`).

mod preprocess;
mod resnet;

pub(crate) use preprocess::Preprocess;

use embedscope_space::Vectors;
use serde_json::json;

use crate::device::Desk;
use crate::folder::Folder;
use crate::text::finished;
use crate::{About, Anatomy, Embedder, Error, Input, Kind, Pixels, Role, Similarity};
use resnet::ResNet;

/// Pictures a thread computes at a time: enough to use weights more than once, few enough to stay small in memory.
const PACK: usize = 4;

/// A convolutional network whose pooled features are the vector.
pub(crate) struct PictureModel {
    about: About,
    desk: Desk,
    preprocess: Preprocess,
    network: ResNet,
}

impl PictureModel {
    /// Loads the ResNet in a folder; `threads` as in [`crate::load`].
    pub(crate) fn load(folder: &Folder, threads: Option<usize>) -> Result<Self, Error> {
        let desk = Desk::new(folder.id(), threads)?;
        let network = ResNet::load(folder, desk.device())?;
        let preprocess = Preprocess::read(folder)?;
        let about = About {
            id: folder.id().into(),
            kinds: vec![Kind::Image],
            dim: network.width(),
            max_tokens: None,
            similarity: Similarity::Cosine,
            device: desk.words(),
            recipe: json!({
                "architecture": "resnet",
                "files": folder.checksums()?,
                "pooling": ["mean"],
                "normalise": false,
                "precision": "f32",
                "preprocess": preprocess.recipe(),
            }),
        };
        Ok(Self { about, desk, preprocess, network })
    }
}

impl Embedder for PictureModel {
    fn about(&self) -> &About {
        &self.about
    }

    fn count_tokens(&self, _text: &str) -> usize {
        0
    }

    fn embed(&self, inputs: &[Input<'_>], _role: Role) -> Result<Vectors, Error> {
        let pictures = inputs.iter().map(|input| match input {
            Input::Image(pixels) => Ok(*pixels),
            Input::Text(_) => Err(Error::Input { id: self.about.id.clone(), what: "a text".into() }),
        });
        let pictures: Vec<Pixels<'_>> = pictures.collect::<Result<_, _>>()?;
        let rows = packed(&self.desk, &self.preprocess, &self.about.id, &pictures, |pixels, count| {
            self.network.forward(pixels, self.preprocess.grid(count))
        })?;
        finished(rows, &self.about)
    }

    fn explain(&self, _text: &str) -> Result<Anatomy, Error> {
        Err(Error::Input { id: self.about.id.clone(), what: "a text".into() })
    }
}

/// Makes pictures ready and computes them in packs that keep every thread busy; the rows are in order.
pub(crate) fn packed(
    desk: &Desk,
    preprocess: &Preprocess,
    id: &str,
    pictures: &[Pixels<'_>],
    vectors: impl Fn(Vec<f32>, usize) -> candle_core::Result<Vec<f32>> + Sync,
) -> Result<Vec<f32>, Error> {
    let share = pictures.len().div_ceil(desk.threads()).clamp(1, PACK);
    let packs: Vec<&[Pixels<'_>]> = pictures.chunks(share).collect();
    let parts = desk.each(&packs, |pack| {
        let mut pixels = Vec::new();
        for picture in *pack {
            preprocess.apply(*picture, &mut pixels).map_err(|what| Error::Input { id: id.into(), what })?;
        }
        vectors(pixels, pack.len()).map_err(|source| Error::Compute { id: id.into(), source })
    })?;
    Ok(parts.concat())
}
