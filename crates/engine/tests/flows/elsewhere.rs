//! An embedder that can no longer be asked ends the work, and what it gave before is kept.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use embedscope_engine::models::Error as ModelError;
use embedscope_engine::{About, Anatomy, Embedder, Input, JobState, Role, Vectors};

use crate::{Letters, engine, import};

/// Answers so many texts, then no more.
struct Failing {
    inner: Arc<Letters>,
    left: AtomicUsize,
    asked: AtomicUsize,
}

impl Embedder for Failing {
    fn about(&self) -> &About {
        self.inner.about()
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.inner.count_tokens(text)
    }

    fn embed(&self, inputs: &[Input<'_>], role: Role) -> Result<Vectors, ModelError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let left = self.left.load(Ordering::Relaxed);
        if inputs.len() > left {
            return Err(ModelError::Remote { id: self.about().id.clone(), problem: "does not answer".into() });
        }
        self.left.store(left - inputs.len(), Ordering::Relaxed);
        self.inner.embed(inputs, role)
    }

    fn explain(&self, text: &str) -> Result<Anatomy, ModelError> {
        self.inner.explain(text)
    }

    fn batch_tokens(&self) -> Option<usize> {
        Some(12)
    }
}

#[test]
fn who_cannot_be_asked_is_not_asked_about_every_item() {
    let home = tempfile::tempdir().expect("a folder");
    let texts = home.path().join("texts");
    fs::create_dir(&texts).expect("made");
    for number in 0..30 {
        fs::write(texts.join(format!("{number}.txt")), format!("The text number {number}")).expect("written");
    }
    let engine = engine(None, home.path());
    let failing = Arc::new(Failing { inner: Letters::new("letters"), left: 9.into(), asked: 0.into() });
    engine.add_embedder(failing.clone());
    let plan = engine.plan(&[texts]).expect("a plan");
    let job = import(&engine, plan, &["letters"]);
    assert_eq!(job.state, JobState::Failed);
    assert!(job.error.is_some_and(|error| error.to_string().contains("letters does not answer")));
    assert_eq!(failing.asked.load(Ordering::Relaxed), 4, "three batches of three, and one that failed");
    assert!(job.report.skipped.is_empty(), "{:?}", job.report.skipped);
    assert_eq!(engine.sets().expect("sets")[0].rows, 9, "what it gave is kept");
}
