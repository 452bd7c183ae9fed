//! An embedder whose vectors come from a provider: texts in requests of a size it takes, a few at a time.
//!
//! Deliberately absent: counting tokens exactly, which only the provider could; they are guessed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use embedscope_space::Vectors;
use serde_json::json;

use super::ask::{Line, Refusal};
use super::keys::Key;
use super::provider::{Provider, rough_tokens};
use crate::batches::by_tokens;
use crate::text::finished;
use crate::{About, Anatomy, Embedder, Error, Input, Kind, Overrides, Role, Similarity};

/// Requests under way at once; a server on this computer has our own cores.
const AT_ONCE: usize = 4;

/// What is sent to see whether the provider answers, and with how many numbers.
const TRIAL: &str = "Embedscope";

/// A model of a provider.
pub(crate) struct RemoteModel {
    about: About,
    line: Line,
    model: String,
    prompt: String,
    dimensions: Option<usize>,
}

impl RemoteModel {
    /// The model of a provider, once it has answered a trial. `id` is the name it is asked for by.
    ///
    /// Fails with [`Error::NotAllowed`] before anything is sent where the user has not allowed it, and with
    /// [`Error::Remote`] where the provider does not answer as it should.
    pub(crate) fn load(
        id: &str,
        provider: &Provider,
        model: &str,
        key: Option<Key>,
        overrides: &Overrides,
    ) -> Result<Self, Error> {
        provider.may_send(id)?;
        Self::over(id, model, Line::new(provider.clone(), key), overrides)
    }

    pub(super) fn over(id: &str, model: &str, line: Line, overrides: &Overrides) -> Result<Self, Error> {
        overrides.only(id, &["dimensions", "prompt"])?;
        let provider = line.provider();
        let hosted = provider.hosted(model).cloned().unwrap_or_default();
        let dimensions = overrides.dimensions;
        if dimensions.is_some() && (!provider.speaks.shortens() || (hosted.dim.is_some() && !hosted.dimensions)) {
            let problem = "its vectors cannot be shortened by the provider".into();
            return Err(Error::Unsupported { id: id.into(), problem });
        }
        let prompt = overrides.prompt.clone().unwrap_or_default();
        let mut recipe = json!({
            "dimensions": dimensions,
            "model": model,
            "provider": provider.name,
            "speaks": provider.speaks.name(),
            "url": provider.url,
        });
        if !prompt.is_empty() {
            recipe["prompt"] = prompt.clone().into();
        }
        let device = match provider.leaves_for() {
            Some(host) => host.to_owned(),
            None => format!("{} on this computer", provider.name),
        };
        let about = About {
            id: id.into(),
            kinds: vec![Kind::Text],
            dim: 0,
            max_tokens: None,
            similarity: Similarity::Cosine,
            device,
            recipe,
        };
        let mut this = Self { about, line, model: model.into(), prompt, dimensions };
        let row = this.ask(&[TRIAL], Role::Document).map_err(|refusal| match refusal {
            Refusal::Texts(problem) | Refusal::Service(problem) => this.failed(problem),
        })?;
        let dim = row.first().map_or(0, Vec::len);
        if let Some(expected) = dimensions.or(hosted.dim).filter(|&expected| expected != dim) {
            return Err(this.failed(format!("answered with {dim} numbers instead of {expected}")));
        }
        this.about.dim = dim;
        Ok(this)
    }

    fn failed(&self, problem: String) -> Error {
        Error::Remote { id: self.about.id.clone(), problem }
    }

    fn ask(&self, texts: &[&str], role: Role) -> Result<Vec<Vec<f32>>, Refusal> {
        let provider = self.line.provider();
        let address = provider.speaks.address(&provider.url, &self.model);
        let prompted: Vec<String>;
        let mut sent = texts;
        let borrowed: Vec<&str>;
        if !self.prompt.is_empty() {
            prompted = texts.iter().map(|text| format!("{}{text}", self.prompt)).collect();
            borrowed = prompted.iter().map(String::as_str).collect();
            sent = &borrowed;
        }
        let question = provider.speaks.request(&self.model, sent, role, self.dimensions);
        let reply = self.line.ask(&address, &question)?;
        let read = provider.speaks.read(&reply, texts.len());
        read.map_err(|problem| Refusal::Service(format!("answered what makes no sense: {problem}")))
    }

    /// The vectors of some texts, which go in one request.
    fn rows(&self, texts: &[&str], role: Role) -> Result<Vec<Vec<f32>>, Error> {
        let rows = self.ask(texts, role).map_err(|refusal| match refusal {
            Refusal::Texts(problem) => {
                let what = if texts.len() == 1 { "a text" } else { "some texts" };
                Error::Input { id: self.about.id.clone(), what: format!("{what} that {problem}") }
            }
            Refusal::Service(problem) => self.failed(problem),
        })?;
        match rows.iter().find(|row| row.len() != self.about.dim) {
            Some(row) => Err(self.failed(format!("answered with {} numbers instead of {}", row.len(), self.about.dim))),
            None => Ok(rows),
        }
    }
}

impl Embedder for RemoteModel {
    fn about(&self) -> &About {
        &self.about
    }

    fn count_tokens(&self, text: &str) -> usize {
        rough_tokens(text)
    }

    fn embed(&self, inputs: &[Input<'_>], role: Role) -> Result<Vectors, Error> {
        let texts = inputs.iter().map(|input| match input {
            // Providers refuse what is empty; a space is the nearest there is.
            Input::Text(text) => Ok(if text.is_empty() { " " } else { text }),
            Input::Image(_) => Err(Error::Input { id: self.about.id.clone(), what: "a picture".into() }),
        });
        let texts: Vec<&str> = texts.collect::<Result<_, _>>()?;
        let lengths: Vec<usize> = texts.iter().map(|text| rough_tokens(text)).collect();
        let provider = self.line.provider();
        let requests = by_tokens(&lengths, provider.tokens, provider.inputs);
        let at_once = if provider.leaves_for().is_some() { AT_ONCE } else { 1 };
        let answered = a_few_at_a_time(&requests, at_once, |request| {
            self.rows(&request.iter().map(|&index| texts[index]).collect::<Vec<_>>(), role)
        })?;
        let mut rows = vec![0.0; texts.len() * self.about.dim];
        for (&index, row) in requests.iter().flatten().zip(answered.iter().flatten()) {
            rows[index * self.about.dim..(index + 1) * self.about.dim].copy_from_slice(row);
        }
        finished(rows, &self.about)
    }

    fn explain(&self, _text: &str) -> Result<Anatomy, Error> {
        Err(self.failed("what happens to a text on its way is known to the provider only".into()))
    }

    fn batch_tokens(&self) -> Option<usize> {
        let provider = self.line.provider();
        Some(provider.tokens.min(provider.inputs * 64) * if provider.leaves_for().is_some() { AT_ONCE } else { 1 })
    }
}

/// Does the same for every part, some at once, and gives the results in order; begins nothing more after an error.
fn a_few_at_a_time<P: Sync, R: Send>(
    parts: &[P],
    at_once: usize,
    work: impl Fn(&P) -> Result<R, Error> + Sync,
) -> Result<Vec<R>, Error> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(parts.len()));
    let worker = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(part) = parts.get(index) else { break };
            let result = work(part);
            if result.is_err() {
                next.store(parts.len(), Ordering::Relaxed);
            }
            results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
        }
    };
    if at_once.min(parts.len()) <= 1 {
        worker();
    } else {
        std::thread::scope(|scope| {
            for _ in 0..at_once.min(parts.len()) {
                scope.spawn(worker);
            }
        });
    }
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
