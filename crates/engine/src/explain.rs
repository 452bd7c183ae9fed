//! What happens to a text on its way to a vector.

use embedscope_models::Anatomy;

use crate::{Engine, Error};

impl Engine {
    /// The tokens, stages and poolings of a text in a model.
    pub fn explain(&self, text: &str, model: &str) -> Result<Anatomy, Error> {
        Ok(self.embedder(model)?.explain(text)?)
    }
}
