//! Whether a model that was just loaded does what every model must: the same vector alone and in company, all of it finite.
//!
//! A mask, a limit or a shape that this program and the weights understand differently shows here. In half precision its vectors
//! must also be nearly those of single precision. Deliberately absent: whether the vectors are the right ones (the golden tests).

use embedscope_space::Vectors;

use crate::error::line;
use crate::text::cosine;
use crate::{Embedder, Error, Input, Kind, Pixels, Role};

/// The least cosine between the vectors of one text embedded alone and with another.
const ALIKE: f64 = 0.9999;

const TEXTS: [&str; 2] =
    ["A cat.", "The quick brown fox jumps over the lazy dog while a small cat looks on from the hill."];

/// The least cosine between a vector computed in half precision and in single precision.
const CLOSE: f64 = 0.999;

/// Refuses an embedder whose half precision changes its vectors too much; `exact` is the same one in single precision.
pub(crate) fn check_half(half: &dyn Embedder, exact: &dyn Embedder) -> Result<(), Error> {
    let rgb = noise();
    let picture = Input::Image(Pixels { width: WIDTH, height: HEIGHT, rgb: &rgb });
    let inputs = half.about().kinds.iter().flat_map(|kind| match kind {
        Kind::Text => TEXTS.map(Input::Text).to_vec(),
        Kind::Image => vec![picture],
    });
    let inputs: Vec<Input<'_>> = inputs.collect();
    let (found, expected) = (half.embed(&inputs, Role::Document)?, exact.embed(&inputs, Role::Document)?);
    let least = found.iter().zip(expected.iter()).map(|(found, expected)| cosine(found, expected)).fold(1.0, f64::min);
    if least >= CLOSE {
        return Ok(());
    }
    let problem = format!("half precision changes its vectors too much (cosine {least:.4} with f32); wish for none");
    Err(Error::Unsupported { id: half.about().id.clone(), problem })
}

/// A picture of this size in which everything differs.
fn noise() -> Vec<u8> {
    (0..WIDTH * HEIGHT * 3).map(|at| (at * 37 % 256) as u8).collect()
}

const WIDTH: u32 = 24;
const HEIGHT: u32 = 16;

/// Refuses an embedder that fails, gives numbers that are not finite, or gives a text another vector in company.
pub(crate) fn check(embedder: &dyn Embedder) -> Result<(), Error> {
    let about = embedder.about();
    let refused = |problem: String| Error::Unsupported { id: about.id.clone(), problem };
    let embed = |inputs: &[Input<'_>]| -> Result<Vectors, Error> {
        embedder.embed(inputs, Role::Document).map_err(|error| match error {
            Error::Compute { source, .. } => refused(format!("its weights do not give vectors ({})", line(&source))),
            other => other,
        })
    };
    if about.kinds.contains(&Kind::Text) {
        let together = embed(&TEXTS.map(Input::Text))?;
        for (text, together) in TEXTS.into_iter().zip(together.iter()) {
            let alone = embed(&[Input::Text(text)])?;
            let alike = cosine(alone.row(0), together);
            let nothing = |row: &[f32]| row.iter().all(|value| *value == 0.0);
            if alike <= ALIKE && !(nothing(together) && nothing(alone.row(0))) {
                let problem = "a text embedded alone and with another gets two vectors";
                return Err(refused(format!("{problem} (cosine {alike:.4}), so it is not understood here")));
            }
        }
    }
    if about.kinds.contains(&Kind::Image) {
        embed(&[Input::Image(Pixels { width: WIDTH, height: HEIGHT, rgb: &noise() })])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{About, Anatomy, Similarity};

    /// Gives a vector that leans with the number of inputs.
    struct Fake(About, f32);

    impl Embedder for Fake {
        fn about(&self) -> &About {
            &self.0
        }

        fn count_tokens(&self, text: &str) -> usize {
            text.len()
        }

        fn embed(&self, inputs: &[Input<'_>], _role: Role) -> Result<Vectors, Error> {
            let rows = inputs.iter().flat_map(|_| [1.0, self.1 * inputs.len() as f32]).collect();
            Vectors::new(rows, 2).map_err(|error| Error::Input { id: "fake".into(), what: error.to_string() })
        }

        fn explain(&self, _text: &str) -> Result<Anatomy, Error> {
            Err(Error::Cancelled)
        }
    }

    fn fake(lean: f32) -> Fake {
        let about = About {
            id: "fake".into(),
            kinds: vec![Kind::Text, Kind::Image],
            dim: 2,
            max_tokens: None,
            similarity: Similarity::Cosine,
            device: "paper".into(),
            recipe: serde_json::Value::Null,
        };
        Fake(about, lean)
    }

    #[test]
    fn a_vector_that_depends_on_its_company_is_refused() {
        assert!(check(&fake(0.0)).is_ok() && check(&fake(1e-4)).is_ok());
        let refused = check(&fake(0.1)).expect_err("refused").to_string();
        assert!(refused.starts_with("fake cannot be loaded: a text embedded alone"), "{refused}");
    }

    #[test]
    fn half_precision_may_cost_little() {
        // Gives every input a vector that leans with how exact it is.
        let (exact, close, far) = (fake(0.0), fake(0.01), fake(0.1));
        assert!(check_half(&close, &exact).is_ok());
        let refused = check_half(&far, &exact).expect_err("refused").to_string();
        assert!(refused.contains("half precision changes its vectors too much"), "{refused}");
    }
}
