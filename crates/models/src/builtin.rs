//! The embedders that are part of the program: honest baselines that need no download and learn nothing.

mod image;
mod text;

use std::sync::Arc;

use crate::Embedder;

/// The built-in embedder with this id, `builtin-text` or `builtin-image`.
pub fn builtin(id: &str) -> Option<Arc<dyn Embedder>> {
    match id {
        text::ID => Some(Arc::new(text::TextBaseline::new())),
        image::ID => Some(Arc::new(image::ImageBaseline::new())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn the_catalogue_and_the_program_agree() {
        for entry in catalogue::entries() {
            let embedder = builtin(&entry.id);
            assert_eq!(embedder.is_some(), entry.is_builtin(), "{}", entry.id);
            if let Some(embedder) = embedder {
                let about = embedder.about();
                assert_eq!((&about.id, &about.kinds, about.dim), (&entry.id, &entry.kinds, entry.dim));
            }
        }
    }
}
