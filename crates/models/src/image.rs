//! Picture embedders: pixels made ready as the model was trained with, a network, and its pooled features.
//!
//! Deliberately absent: reading picture files, and models that also know words (`clip`).

mod convnext;
mod folded;
mod interpolate;
mod mobilenet;
mod patches;
mod preprocess;
mod resnet;
mod vit;

pub(crate) use patches::Patches;
pub(crate) use preprocess::Preprocess;

use embedscope_space::Vectors;
use serde_json::json;

use crate::device::{Desk, failed};
use crate::folder::Folder;
use crate::layers::Grid;
use crate::text::finished;
use crate::weights::Weights;
use crate::{About, Anatomy, Embedder, Error, Input, Kind, Pixels, Role, Similarity};
use convnext::ConvNext;
use mobilenet::MobileNet;
use resnet::ResNet;
use vit::Vit;

/// A network whose features are the vector.
pub(crate) struct PictureModel {
    about: About,
    desk: Desk,
    preprocess: Preprocess,
    network: Network,
}

enum Network {
    ResNet(ResNet),
    Vit(Vit),
    ConvNext(ConvNext),
    MobileNet(MobileNet),
}

impl Network {
    /// Loads the network in a folder for pictures of one size: of the kind transformers names, or else of that the names
    /// of the weights give away.
    fn load(folder: &Folder, kind: Option<&str>, desk: &Desk, grid: Grid) -> Result<Self, Error> {
        let kind = match kind {
            Some(kind) => kind,
            None => {
                let weights = Weights::open(folder, "", desk.place())?;
                let has = |name: &str| weights.shape(name).is_some();
                if has("patch_embed.proj.weight") {
                    "vit"
                } else if has("stem.0.weight") && has("stem.1.weight") {
                    "convnext"
                } else if MobileNet::knows(&weights) {
                    "mobilenet"
                } else {
                    "resnet"
                }
            }
        };
        if ["mobilenet", "resnet"].contains(&kind) {
            desk.only_single(folder.id())?;
        }
        Ok(match kind {
            "convnext" => Self::ConvNext(ConvNext::load(folder, desk.place())?),
            "mobilenet" => Self::MobileNet(MobileNet::load(folder, desk.place())?),
            "resnet" => Self::ResNet(ResNet::load(folder, desk.place())?),
            _ => Self::Vit(Vit::load(folder, desk.place(), grid)?),
        })
    }

    /// Its name and how it pools.
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::ResNet(_) => ("resnet", "mean"),
            Self::Vit(_) => ("vit", "cls"),
            Self::ConvNext(_) => ("convnext", "mean"),
            Self::MobileNet(_) => ("mobilenet", "mean"),
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::ResNet(network) => network.width(),
            Self::Vit(network) => network.width(),
            Self::ConvNext(network) => network.width(),
            Self::MobileNet(network) => network.width(),
        }
    }

    /// Rows a picture becomes, of those that compute with rows.
    fn rows(&self) -> Option<usize> {
        match self {
            Self::Vit(network) => Some(network.rows()),
            Self::ResNet(_) | Self::ConvNext(_) | Self::MobileNet(_) => None,
        }
    }

    fn forward(&self, pixels: Vec<f32>, grid: Grid) -> candle_core::Result<Vec<f32>> {
        match self {
            Self::ResNet(network) => network.forward(pixels, grid),
            Self::Vit(network) => network.forward(pixels, grid),
            Self::ConvNext(network) => network.forward(pixels, grid),
            Self::MobileNet(network) => network.forward(pixels, grid),
        }
    }
}

impl PictureModel {
    /// Whether an architecture, by transformers' word for it, is one of these.
    pub(crate) fn knows(kind: &str) -> bool {
        ["resnet", "vit", "dinov2", "dinov2_with_registers", "convnext"].contains(&kind)
    }

    /// Loads the model in a folder, to compute at this desk.
    pub(crate) fn load(folder: &Folder, kind: Option<&str>, desk: Desk) -> Result<Self, Error> {
        let preprocess = Preprocess::read(folder)?;
        let network = Network::load(folder, kind, &desk, preprocess.grid(1))?;
        let (architecture, pooling) = network.words();
        let about = About {
            id: folder.id().into(),
            kinds: vec![Kind::Image],
            dim: network.width(),
            max_tokens: None,
            similarity: Similarity::Cosine,
            device: desk.words(),
            recipe: json!({
                "architecture": architecture,
                "files": folder.checksums()?,
                "pooling": [pooling],
                "normalise": false,
                "precision": desk.place().precision.name(),
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
        let rows =
            packed(&self.desk, &self.preprocess, &self.about.id, &pictures, self.network.rows(), |pixels, count| {
                self.network.forward(pixels, self.preprocess.grid(count))
            })?;
        finished(rows, &self.about)
    }

    fn explain(&self, _text: &str) -> Result<Anatomy, Error> {
        Err(Error::Input { id: self.about.id.clone(), what: "a text".into() })
    }
}

/// Makes pictures ready and computes them in packs that keep every thread busy, knowing, where it is known, how many rows
/// each becomes; the vectors are in order.
pub(crate) fn packed(
    desk: &Desk,
    preprocess: &Preprocess,
    id: &str,
    pictures: &[Pixels<'_>],
    rows: Option<usize>,
    vectors: impl Fn(Vec<f32>, usize) -> candle_core::Result<Vec<f32>> + Sync,
) -> Result<Vec<f32>, Error> {
    let packs = desk.shares(pictures.len(), rows);
    let parts = desk.each(&packs, |pack| {
        let mut pixels = Vec::new();
        for picture in &pictures[pack.clone()] {
            preprocess.apply(*picture, &mut pixels).map_err(|what| Error::Input { id: id.into(), what })?;
        }
        vectors(pixels, pack.len()).map_err(|source| failed(id, source))
    })?;
    Ok(parts.concat())
}
