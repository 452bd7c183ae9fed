//! Text embedders in the manner of sentence-transformers: tokens, an encoder, pooling, and the steps after it.
//!
//! A folder's own files say all of that (`modules`). Deliberately absent: pictures, and cutting long texts into pieces.

mod bert;
mod distilbert;
mod encoder;
mod gemma3;
mod gpt2;
mod modernbert;
mod modules;
mod mpnet;
mod nomic;
mod pooling;
mod qwen3;
mod roberta;
mod statics;
mod step;
mod tokens;
mod turning;
mod words;

pub(crate) use encoder::{Encoder, Places, unknown};
pub(crate) use modules::described;
pub(crate) use tokens::{Read, Rules, Tokens};
pub(crate) use words::is_named_so as is_word_file;

use candle_core::Tensor;
use embedscope_space::Vectors;
use rayon::prelude::*;
use serde_json::json;

use crate::device::{Desk, failed};
use crate::folder::Folder;
use crate::layers::starts;
use crate::shaped::Shaped;
use crate::{About, Anatomy, Embedder, Error, Input, Kind, Overrides, Pooled, Role, Similarity, Stage};
use modules::{Base, Modules, Prompts};
use pooling::Pooling;
use step::Step;

/// The ways of pooling that an anatomy compares.
const COMPARED: [Pooling; 3] = [Pooling::Mean, Pooling::Cls, Pooling::Max];

/// A sentence embedder.
pub(crate) struct TextModel {
    about: About,
    desk: Desk,
    tokens: Tokens,
    prompts: Prompts,
    encoder: Encoder,
    pooling: Vec<Pooling>,
    steps: Vec<Step>,
}

/// What an embedder is put together from.
struct Parts {
    desk: Desk,
    encoder: Encoder,
    tokens: Tokens,
    pooling: Vec<Pooling>,
    steps: Vec<Step>,
    prompts: Prompts,
    similarity: Similarity,
}

impl TextModel {
    /// Loads the model in a folder, to compute at this desk. What is wished of pooling, prompt, length and scaling goes
    /// before what the folder says.
    pub(crate) fn load(folder: &Folder, desk: Desk, overrides: &Overrides) -> Result<Self, Error> {
        let mut modules = Modules::read(folder)?;
        modules.wish(folder, overrides)?;
        let below = &modules.below;
        let (encoder, tokens, architecture) = match modules.base {
            Base::Transformer => {
                let (encoder, read) = desk.together(|| {
                    rayon::join(|| Encoder::load(folder, below, desk.place()), || Read::from(folder, below))
                });
                let (encoder, architecture) = encoder?;
                let limit = modules.max_tokens.map_or(encoder.positions(), |limit| limit.min(encoder.positions()));
                let rules = Rules { lower_case: modules.lower_case, ..Rules::default() };
                let tokens = read?.of_model(folder, limit, encoder.entries(), rules)?;
                (encoder, tokens, architecture)
            }
            Base::Static => {
                desk.only_single(folder.id())?;
                let (encoder, tokens) = statics::load(folder, below, desk.place())?;
                (encoder, tokens, "static".into())
            }
        };
        let mut dim = encoder.width() * modules.pooling.len();
        let mut steps = Vec::with_capacity(modules.steps.len());
        for module in &modules.steps {
            let step = Step::load(module, folder, dim, desk.place())?;
            dim = step.width().unwrap_or(dim);
            steps.push(step);
        }
        if let Some(kept) = modules.truncate.filter(|&kept| (1..dim).contains(&kept)) {
            steps.push(Step::Truncate(kept, matches!(steps.last(), Some(Step::Normalise))));
        }
        let Modules { prompts, pooling, similarity, .. } = modules;
        let parts = Parts { desk, encoder, tokens, pooling, steps, prompts, similarity };
        Self::assemble(folder, &architecture, parts)
    }

    /// Loads the vectors of words in a text file; the folder is the one it is in.
    pub(crate) fn of_words(folder: &Folder, file: &str, desk: Desk, overrides: &Overrides) -> Result<Self, Error> {
        overrides.only(folder.id(), &Shaped::CAN)?;
        desk.only_single(folder.id())?;
        let (encoder, tokens) = words::load(folder, file)?;
        let (pooling, prompts) = (vec![Pooling::Mean], Prompts::default());
        let parts = Parts { desk, encoder, tokens, pooling, steps: vec![], prompts, similarity: Similarity::Cosine };
        Self::assemble(folder, "words", parts)
    }

    fn assemble(folder: &Folder, architecture: &str, parts: Parts) -> Result<Self, Error> {
        let Parts { desk, encoder, tokens, pooling, steps, prompts, similarity } = parts;
        let start = encoder.width() * pooling.len();
        let dim = steps.iter().fold(start, |dim, step| step.width().unwrap_or(dim));
        let limit = Some(tokens.limit()).filter(|&limit| limit < usize::MAX);
        let about = About {
            id: folder.id().into(),
            kinds: vec![Kind::Text],
            dim,
            max_tokens: limit,
            similarity,
            device: desk.words(),
            recipe: json!({
                "architecture": architecture,
                "dimensions": dim,
                "files": folder.checksums()?,
                "max_tokens": limit,
                "normalise": steps.iter().any(|step| matches!(step, Step::Normalise)),
                "pooling": pooling.iter().map(|pooling| pooling.name()).collect::<Vec<_>>(),
                "precision": desk.place().precision.name(),
                "prompts": {"document": prompts.document, "query": prompts.query},
            }),
        };
        Ok(Self { about, desk, tokens, prompts, encoder, pooling, steps })
    }

    fn failed(&self, source: candle_core::Error) -> Error {
        failed(&self.about.id, source)
    }

    fn untokenised(&self, problem: impl std::fmt::Display) -> Error {
        Error::Input { id: self.about.id.clone(), what: format!("a text its tokenizer refuses: {problem}") }
    }

    /// The vectors of texts given as tokens, one after the other.
    fn vectors(&self, texts: &[&[u32]]) -> candle_core::Result<Vec<f32>> {
        let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
        if self.pooling == [Pooling::Cls] && !lengths.contains(&0) {
            let first = self.encoder.forward_to(&texts.concat(), &lengths, &starts(&lengths))?;
            return self.after_pooling(numbers(&first)?, texts.len());
        }
        let rows = self.encoder.forward(&texts.concat(), &lengths)?.flatten_all()?.to_vec1::<f32>()?;
        let mut rest = rows.as_slice();
        let mut pooled = Vec::with_capacity(texts.len() * self.encoder.width() * self.pooling.len());
        for length in lengths {
            let (tokens, after) = rest.split_at(length * self.encoder.width());
            self.pooling.iter().for_each(|pooling| pooling.pool(tokens, self.encoder.width(), &mut pooled));
            rest = after;
        }
        self.after_pooling(pooled, texts.len())
    }

    fn after_pooling(&self, pooled: Vec<f32>, count: usize) -> candle_core::Result<Vec<f32>> {
        self.steps.iter().try_fold(pooled, |vectors, step| step.apply(vectors, count))
    }
}

impl Embedder for TextModel {
    fn about(&self) -> &About {
        &self.about
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.tokens.count(text)
    }

    fn embed(&self, inputs: &[Input<'_>], role: Role) -> Result<Vectors, Error> {
        let texts = inputs.iter().map(|input| match input {
            Input::Text(text) => Ok(*text),
            Input::Image(_) => Err(Error::Input { id: self.about.id.clone(), what: "a picture".into() }),
        });
        let texts: Vec<&str> = texts.collect::<Result<_, _>>()?;
        let prompt = self.prompts.of(role);
        let ids = self
            .desk
            .together(|| texts.par_iter().map(|text| self.tokens.ids(prompt, text)).collect::<Result<Vec<_>, _>>());
        let ids = ids.map_err(|problem| self.untokenised(problem))?;
        let rows = packed(&self.desk, &ids, self.about.dim, |texts| self.vectors(texts));
        finished(rows.map_err(|source| self.failed(source))?, &self.about)
    }

    fn explain(&self, text: &str) -> Result<Anatomy, Error> {
        let prompt = self.prompts.of(Role::Document);
        let seen = self.tokens.look(prompt, text).map_err(|problem| self.untokenised(problem))?;
        let (count, width) = (seen.ids.len(), self.encoder.width());
        let work = || -> candle_core::Result<_> {
            let tokens: Vec<f32> = self.encoder.forward(&seen.ids, &[count])?.flatten_all()?.to_vec1()?;
            let pooled = |ways: &[Pooling]| {
                let mut pooled = Vec::new();
                ways.iter().for_each(|way| way.pool(&tokens, width, &mut pooled));
                pooled
            };
            let mut stages = vec![
                Stage { name: "tokens".into(), shape: vec![count] },
                Stage { name: "token vectors".into(), shape: vec![count, width] },
            ];
            if self.encoder.layers() > 0 {
                let name = format!("after {} layers", self.encoder.layers());
                stages.push(Stage { name, shape: vec![count, width] });
            }
            let mut vector = pooled(&self.pooling);
            let names: Vec<&str> = self.pooling.iter().map(|pooling| pooling.name()).collect();
            stages.push(Stage { name: format!("pooled: {}", names.join(", ")), shape: vec![vector.len()] });
            let mut norm = length(&vector);
            for step in &self.steps {
                norm = length(&vector);
                vector = step.apply(vector, 1)?;
                stages.push(Stage { name: step.name().into(), shape: vec![vector.len()] });
            }
            if !matches!(self.steps.last(), Some(Step::Normalise)) {
                norm = length(&vector);
            }
            let mut ways = Vec::new();
            if let [own] = self.pooling[..] {
                ways.extend(COMPARED);
                ways.extend((!ways.contains(&own)).then_some(own));
            }
            let compared = ways.into_iter().map(|way| {
                let other = self.after_pooling(pooled(&[way]), 1)?;
                Ok(Pooled { pooling: way.name().into(), own: self.pooling == [way], cosine: cosine(&vector, &other) })
            });
            let compared = compared.collect::<candle_core::Result<_>>()?;
            Ok((stages, compared, norm, vector))
        };
        let (stages, pooled, norm, vector) = self.desk.together(work).map_err(|source| self.failed(source))?;
        let tokens::Seen { tokens, ids, offsets, cut } = seen;
        Ok(Anatomy { tokens, ids, offsets, cut, stages, pooled, norm, vector })
    }
}

/// Computes texts given as tokens in packs that keep every thread busy, and puts the rows of `dim` numbers in order.
pub(crate) fn packed(
    desk: &Desk,
    texts: &[Vec<u32>],
    dim: usize,
    vectors: impl Fn(&[&[u32]]) -> candle_core::Result<Vec<f32>> + Sync,
) -> candle_core::Result<Vec<f32>> {
    let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
    let packs = desk.packs(&lengths);
    let parts =
        desk.each(&packs, |pack| vectors(&pack.iter().map(|&index| texts[index].as_slice()).collect::<Vec<_>>()))?;
    let mut rows = vec![0.0; texts.len() * dim];
    for (pack, part) in packs.iter().zip(&parts) {
        for (&index, row) in pack.iter().zip(part.chunks_exact(dim)) {
            rows[index * dim..(index + 1) * dim].copy_from_slice(row);
        }
    }
    Ok(rows)
}

/// The rows as vectors, if every number is finite.
pub(crate) fn finished(rows: Vec<f32>, about: &About) -> Result<Vectors, Error> {
    let failed = |problem: String| Error::Compute { id: about.id.clone(), source: candle_core::Error::Msg(problem) };
    if let Some(at) = rows.iter().position(|value| !value.is_finite()) {
        return Err(failed(format!("the vector of input {} is not finite", at / about.dim)));
    }
    if rows.is_empty() {
        return Ok(Vectors::empty(about.dim));
    }
    Vectors::new(rows, about.dim).map_err(|error| failed(error.to_string()))
}

/// The rows scaled to unit length, each on its own.
pub(crate) fn normalise(rows: &mut [f32], dim: usize) {
    for row in rows.chunks_exact_mut(dim) {
        let scale = (1.0 / length(row).max(1e-12)) as f32;
        row.iter_mut().for_each(|value| *value *= scale);
    }
}

/// The token vectors `[n, width]` pooled in the ways that are compared, with their names.
pub(crate) fn simple_ways(tokens: &[f32], width: usize) -> Vec<(String, Vec<f32>)> {
    let pooled = |way: Pooling| {
        let mut pooled = Vec::new();
        way.pool(tokens, width, &mut pooled);
        (way.name().into(), pooled)
    };
    COMPARED.map(pooled).into()
}

pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let inner: f64 = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
    inner / (length(a) * length(b)).max(f64::MIN_POSITIVE)
}

pub(crate) fn length(vector: &[f32]) -> f64 {
    vector.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>().sqrt()
}

/// The numbers of a tensor, row after row.
pub(crate) fn numbers(tensor: &Tensor) -> candle_core::Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}
