//! An embedder whose vectors are shortened, scaled, or put together from the pieces of long texts, as the user wishes.
//!
//! Works over any embedder. Deliberately absent: wishes that only the model itself can grant, such as its pooling.

use std::sync::Arc;

use embedscope_space::Vectors;

use crate::long::Long;
use crate::text::{finished, length, normalise};
use crate::{About, Anatomy, Embedder, Error, Input, Overrides, Role, Stage};

/// A vector this near to unit length was scaled to it.
const NEAR: f64 = 1e-3;

/// An embedder and what is done with its vectors.
pub(crate) struct Shaped {
    inner: Arc<dyn Embedder>,
    about: About,
    kept: Option<usize>,
    normalise: bool,
    long: Option<Long>,
}

impl Shaped {
    /// Wishes that can be granted of any embedder.
    pub(crate) const OF_ANY: [&'static str; 3] = ["dimensions", "long", "normalise"];
    /// Wishes that can be granted of any that computes here.
    pub(crate) const CAN: [&'static str; 4] = ["dimensions", "long", "normalise", "precision"];

    /// The embedder under the name it was asked for by, with what is wished done; itself where nothing is.
    pub(crate) fn over(inner: Arc<dyn Embedder>, id: &str, wishes: &Overrides) -> Result<Arc<dyn Embedder>, Error> {
        if *wishes == Overrides::default() {
            return Ok(inner);
        }
        let mut about = About { id: id.into(), ..inner.about().clone() };
        let unsupported = |problem: String| Error::Unsupported { id: id.into(), problem };
        if let Some(kept) = wishes.dimensions {
            if kept > about.dim {
                return Err(unsupported(format!("its vectors have {} numbers, fewer than {kept}", about.dim)));
            }
            about.dim = kept;
            about.recipe["dimensions"] = kept.into();
        }
        if let Some(wanted) = wishes.normalise {
            if !wanted && about.recipe["normalise"] == true {
                return Err(unsupported("its normalise cannot be changed".into()));
            }
            about.recipe["normalise"] = wanted.into();
        }
        if let Some(long) = wishes.long {
            if about.max_tokens.is_none() {
                return Err(unsupported("it reads texts of any length, so none is cut".into()));
            }
            about.recipe["long"] = long.name().into();
            about.max_tokens = None;
        }
        let &Overrides { dimensions: kept, long, .. } = wishes;
        Ok(Arc::new(Self { inner, about, kept, normalise: wishes.normalise == Some(true), long }))
    }

    fn shape(&self, mut rows: Vec<f32>, dim: usize) -> Vec<f32> {
        let Some(kept) = self.kept else {
            if self.normalise {
                normalise(&mut rows, dim);
            }
            return rows;
        };
        let mut short = Vec::with_capacity(rows.len() / dim * kept);
        for row in rows.chunks_exact(dim) {
            let start = short.len();
            short.extend_from_slice(&row[..kept]);
            if self.normalise || (length(row) - 1.0).abs() < NEAR {
                normalise(&mut short[start..], kept);
            }
        }
        short
    }
}

impl Embedder for Shaped {
    fn about(&self) -> &About {
        &self.about
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.inner.count_tokens(text)
    }

    fn embed(&self, inputs: &[Input<'_>], role: Role) -> Result<Vectors, Error> {
        let vectors = match self.long {
            Some(long) => long.embed(&*self.inner, inputs, role)?,
            None => self.inner.embed(inputs, role)?,
        };
        let dim = vectors.dim();
        finished(self.shape(vectors.into_vec(), dim), &self.about)
    }

    fn explain(&self, text: &str) -> Result<Anatomy, Error> {
        let mut anatomy = self.inner.explain(text)?;
        let dim = anatomy.vector.len();
        anatomy.vector = self.shape(anatomy.vector, dim);
        if self.kept.is_some() {
            anatomy.stages.push(Stage { name: "truncated".into(), shape: vec![anatomy.vector.len()] });
        } else if self.normalise {
            anatomy.stages.push(Stage { name: "normalised".into(), shape: vec![anatomy.vector.len()] });
        }
        Ok(anatomy)
    }

    fn batch_tokens(&self) -> Option<usize> {
        self.inner.batch_tokens()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load;

    fn open(id: &str) -> Result<Arc<dyn Embedder>, Error> {
        let nowhere = std::env::temp_dir().join("embedscope-no-models");
        load(id, &crate::Folders { models: nowhere.clone(), hub: nowhere }, Some(1))
    }

    #[test]
    fn the_first_numbers_are_kept_at_unit_length() {
        let (whole, short) = (open("builtin-text").expect("loads"), open("builtin-text?dimensions=64").expect("loads"));
        let texts = ["A cat sat on a mat by the door.", "Rain fell on the harbour all night."].map(Input::Text);
        let (whole, found) = (
            whole.embed(&texts, Role::Document).expect("embedded"),
            short.embed(&texts, Role::Document).expect("embedded"),
        );
        assert_eq!((short.about().dim, short.about().id.as_str()), (64, "builtin-text?dimensions=64"));
        assert_eq!(short.about().recipe["dimensions"], 64);
        for (whole, found) in whole.iter().zip(found.iter()) {
            assert!((length(found) - 1.0).abs() < 1e-6);
            let scale = f64::from(found[0]) * length(&whole[..64]);
            assert!((scale - f64::from(whole[0])).abs() < 1e-6);
        }
    }

    #[test]
    fn wishes_that_cannot_be_granted_are_refused_by_name() {
        let refused = |id: &str| open(id).err().expect("refused").to_string();
        assert!(refused("builtin-text?pooling=cls").contains("its pooling cannot be changed"));
        assert!(refused("builtin-text?dimensions=9999").contains("384 numbers, fewer than 9999"));
        assert!(refused("builtin-text?long=mean").contains("any length"));
        assert!(refused("builtin-text?precision=f16").contains("it computes in f32"));
        assert!(open("builtin-text?precision=f32").is_ok());
    }
}
