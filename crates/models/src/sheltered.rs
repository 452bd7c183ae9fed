//! An embedder on a graphics card, whose memory may run out: batches are halved until they fit and grow again.
//!
//! What does not fit alone is computed on the CPU, for which the model is loaded once more. Deliberately absent: telling that memory
//! ran out (`device`).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use embedscope_space::Vectors;

use crate::text::finished;
use crate::{About, Anatomy, Embedder, Error, Input, Role};

type Load = Box<dyn Fn() -> Result<Arc<dyn Embedder>, Error> + Send + Sync>;

/// An embedder and its shelter.
pub(crate) struct Sheltered {
    inner: Arc<dyn Embedder>,
    /// The most inputs that are tried at once.
    most: AtomicUsize,
    /// The same model on the CPU, once it was needed.
    twin: Mutex<Option<Arc<dyn Embedder>>>,
    load: Load,
}

impl Sheltered {
    /// The embedder; `load` gives the same model on the CPU.
    pub(crate) fn over(
        inner: Arc<dyn Embedder>,
        load: impl Fn() -> Result<Arc<dyn Embedder>, Error> + Send + Sync + 'static,
    ) -> Arc<dyn Embedder> {
        let (most, twin) = (AtomicUsize::new(usize::MAX), Mutex::new(None));
        Arc::new(Self { inner, most, twin, load: Box::new(load) })
    }

    fn twin(&self) -> Result<Arc<dyn Embedder>, Error> {
        let mut twin = self.twin.lock().unwrap_or_else(PoisonError::into_inner);
        match &*twin {
            Some(twin) => Ok(twin.clone()),
            None => Ok(twin.insert((self.load)()?).clone()),
        }
    }
}

impl Embedder for Sheltered {
    fn about(&self) -> &About {
        self.inner.about()
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.inner.count_tokens(text)
    }

    fn embed(&self, inputs: &[Input<'_>], role: Role) -> Result<Vectors, Error> {
        let mut rows = Vec::with_capacity(inputs.len() * self.about().dim);
        let mut rest = inputs;
        while !rest.is_empty() {
            let count = self.most.load(Ordering::Relaxed).clamp(1, rest.len());
            let (some, after) = rest.split_at(count);
            let found = match self.inner.embed(some, role) {
                Err(Error::OutOfMemory { .. }) if count > 1 => {
                    self.most.store(count / 2, Ordering::Relaxed);
                    continue;
                }
                Err(Error::OutOfMemory { .. }) => self.twin()?.embed(some, role)?,
                found => found?,
            };
            // A quarter more each time it fits.
            self.most.fetch_max(count + count.div_ceil(4), Ordering::Relaxed);
            rows.extend(found.into_vec());
            rest = after;
        }
        finished(rows, self.about())
    }

    fn explain(&self, text: &str) -> Result<Anatomy, Error> {
        match self.inner.explain(text) {
            Err(Error::OutOfMemory { .. }) => self.twin()?.explain(text),
            anatomy => anatomy,
        }
    }

    fn batch_tokens(&self) -> Option<usize> {
        self.inner.batch_tokens()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Similarity};

    /// Gives every text its length, if no more than `room` letters come at once.
    struct Card {
        about: About,
        room: usize,
        asked: Mutex<Vec<usize>>,
    }

    impl Card {
        fn new(room: usize) -> Arc<Self> {
            let about = About {
                id: "card".into(),
                kinds: vec![Kind::Text],
                dim: 1,
                max_tokens: None,
                similarity: Similarity::Dot,
                device: "a small card".into(),
                recipe: serde_json::Value::Null,
            };
            Arc::new(Self { about, room, asked: Mutex::default() })
        }
    }

    impl Embedder for Card {
        fn about(&self) -> &About {
            &self.about
        }

        fn count_tokens(&self, text: &str) -> usize {
            text.len()
        }

        fn embed(&self, inputs: &[Input<'_>], _role: Role) -> Result<Vectors, Error> {
            let lengths: Vec<usize> =
                inputs.iter().map(|input| if let Input::Text(text) = input { text.len() } else { 0 }).collect();
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(inputs.len());
            if lengths.iter().sum::<usize>() > self.room {
                return Err(Error::OutOfMemory { id: self.about.id.clone() });
            }
            finished(lengths.iter().map(|&length| length as f32).collect(), &self.about)
        }

        fn explain(&self, _text: &str) -> Result<Anatomy, Error> {
            Err(Error::OutOfMemory { id: self.about.id.clone() })
        }
    }

    #[test]
    fn what_does_not_fit_is_halved_and_at_last_computed_elsewhere() {
        let card = Card::new(8);
        let embedder = Sheltered::over(card.clone(), || Ok(Card::new(usize::MAX)));
        let texts = ["a", "bb", "ccc", "dddddddddddd", "eeee", "f", "g", "h"];
        let found = embedder.embed(&texts.map(Input::Text), Role::Document).expect("embedded");
        assert_eq!(found.as_slice(), [1.0, 2.0, 3.0, 12.0, 4.0, 1.0, 1.0, 1.0]);
        let asked = card.asked.lock().expect("asked").clone();
        assert_eq!(asked[..3], [8, 4, 2], "{asked:?}");
        assert!(
            asked.iter().sum::<usize>() > texts.len() && asked.windows(2).any(|pair| pair[0] < pair[1]),
            "{asked:?}"
        );
    }

    #[test]
    fn other_problems_stay_what_they_are() {
        let embedder = Sheltered::over(Card::new(0), || Err(Error::Cancelled));
        assert!(matches!(embedder.embed(&[Input::Text("a")], Role::Query), Err(Error::Cancelled)));
        assert!(embedder.embed(&[], Role::Query).is_ok_and(|found| found.rows() == 0));
    }
}
