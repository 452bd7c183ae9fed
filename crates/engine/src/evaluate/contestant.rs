//! A model that takes part: it embeds what a task asks for, watched, measured and stopped at will.
//!
//! Equal texts are embedded once, and a model that takes part several times, with its vectors in fewer bytes, embeds once.
//! Deliberately absent: scoring.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use embedscope_models::{About, Embedder, Input, Pixels, Role, catalogue};
use embedscope_sources::Limits;
use embedscope_sources::picture::{self, Picture};
use embedscope_space::Vectors;
use embedscope_space::precision::Precision;
use rayon::prelude::*;

use super::{Measured, fewer};
use crate::jobs::Job;
use crate::machine::Ticks;
use crate::{Engine, Error, memory};

/// How long a batch may take, so that cancelling is prompt.
const BATCH: Duration = Duration::from_millis(250);
const FIRST_TOKENS: usize = 512;
const MOST_TOKENS: usize = 1 << 15;
const MOST_ROWS: usize = 512;
const PICTURES: usize = 8;

pub(super) struct Contestant<'a> {
    job: &'a Job,
    known: &'a mut Known,
    embedder: Arc<dyn Embedder>,
    /// As it was named, with its precision; and without.
    name: String,
    base: String,
    precision: Option<Precision>,
    before_mb: Option<f64>,
    /// What the computer had done when it came.
    came: Option<Ticks>,
    spent: Spent,
    /// What it was asked for so far, whole, where others will ask for the same.
    asked: Vec<Vectors>,
    /// Matrices handed out.
    given: usize,
}

/// What embedding cost.
#[derive(Clone, Default)]
struct Spent {
    load_ms: f64,
    most_mb: Option<f64>,
    vectors: usize,
    took: Duration,
}

/// What models computed that take part several times.
pub(super) struct Known {
    often: HashSet<String>,
    of: HashMap<String, (Vec<Vectors>, Spent)>,
}

impl Known {
    /// Of the contestants of these names.
    pub(super) fn of(names: &[String]) -> Self {
        let mut seen = HashSet::new();
        let bases = names.iter().map(|name| fewer::split(name).0);
        Self { often: bases.filter(|base| !seen.insert(base.clone())).collect(), of: HashMap::new() }
    }
}

impl<'a> Contestant<'a> {
    pub(super) fn new(engine: &Engine, job: &'a Job, name: &str, known: &'a mut Known) -> Result<Self, Error> {
        let (base, precision) = fewer::split(name);
        job.stage(format!("Loading {base}"), "items", 0, 0);
        let loaded = engine.load(&base)?;
        let first = Spent { load_ms: loaded.load_ms, ..Spent::default() };
        let spent = known.of.get(&base).map_or(first, |(_, spent)| spent.clone());
        Ok(Self {
            job,
            known,
            embedder: loaded.embedder,
            name: name.to_owned(),
            base,
            precision,
            before_mb: loaded.before_mb,
            came: Ticks::now(),
            spent,
            asked: Vec::new(),
            given: 0,
        })
    }

    /// Keeps what it computed where another will ask for the same.
    pub(super) fn leave(self) {
        if self.known.often.contains(&self.base) && !self.known.of.contains_key(&self.base) {
            self.known.of.insert(self.base, (self.asked, self.spent));
        }
    }

    /// Whether of what is kept only signs are.
    pub(super) fn is_bits(&self) -> bool {
        fewer::is_bits(self.precision)
    }

    pub(super) fn about(&self) -> &About {
        self.embedder.about()
    }

    pub(super) fn job(&self) -> &Job {
        self.job
    }

    /// One row for each text, in order; documents as they are kept, questions whole.
    pub(super) fn texts<T: AsRef<str>>(&mut self, texts: &[T], role: Role) -> Result<Vectors, Error> {
        let whole = match self.computed() {
            Some(whole) => whole,
            None => self.embedded(texts, role)?,
        };
        self.hand_out(whole, role == Role::Document)
    }

    /// One row for each picture file, in order, as they are kept; fails on the first that cannot be read.
    pub(super) fn pictures(&mut self, files: &[PathBuf]) -> Result<Vectors, Error> {
        let whole = match self.computed() {
            Some(whole) => whole,
            None => self.seen(files)?,
        };
        self.hand_out(whole, true)
    }

    /// What another contestant of the same model was given at this point; a task asks all of them for the same.
    fn computed(&self) -> Option<Vectors> {
        self.known.of.get(&self.base)?.0.get(self.given).cloned()
    }

    fn hand_out(&mut self, whole: Vectors, is_kept: bool) -> Result<Vectors, Error> {
        self.given += 1;
        if self.known.often.contains(&self.base) {
            self.asked.push(whole.clone());
        }
        fewer::kept(whole, self.precision.filter(|_| is_kept))
    }

    fn embedded<T: AsRef<str>>(&mut self, texts: &[T], role: Role) -> Result<Vectors, Error> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut different: Vec<&str> = Vec::new();
        let rows: Vec<usize> = texts
            .iter()
            .map(|text| {
                *places.entry(text.as_ref()).or_insert_with(|| {
                    different.push(text.as_ref());
                    different.len() - 1
                })
            })
            .collect();
        let most = self.about().max_tokens.unwrap_or(usize::MAX);
        let lengths: Vec<usize> =
            self.embedder.count_each(&different).into_iter().map(|length| length.clamp(1, most)).collect();
        let mut order: Vec<usize> = (0..different.len()).collect();
        order.sort_by_key(|&text| lengths[text]);
        let dim = self.about().dim;
        let mut values = vec![0.0; different.len() * dim];
        let (mut done, mut budget) = (0, FIRST_TOKENS);
        self.job.stage(format!("Embedding texts with {}", self.about().id), "items", 0, order.len());
        while done < order.len() {
            self.job.look()?;
            // Sorted, so the last of a batch is its longest.
            let fitting = (done + 1..=order.len().min(done + MOST_ROWS))
                .take_while(|&end| (end - done) * lengths[order[end - 1]] <= budget)
                .last();
            let batch = &order[done..fitting.unwrap_or(done + 1)];
            let inputs: Vec<Input<'_>> = batch.iter().map(|&text| Input::Text(different[text])).collect();
            let (found, took) = self.embed(&inputs, role)?;
            for (&text, row) in batch.iter().zip(found.iter()) {
                values[text * dim..(text + 1) * dim].copy_from_slice(row);
            }
            let tokens: usize = batch.iter().map(|&text| lengths[text]).sum();
            let paced = (tokens as f64 * BATCH.as_secs_f64() / took.as_secs_f64().max(1e-6)) as usize;
            budget = paced.min(budget * 2).clamp(FIRST_TOKENS / 4, MOST_TOKENS);
            done += batch.len();
            self.job.progress(done, order.len());
        }
        Ok(Vectors::new(values, dim)?.select(&rows))
    }

    fn seen(&mut self, files: &[PathBuf]) -> Result<Vectors, Error> {
        let limits = Limits::default();
        let mut values = Vec::with_capacity(files.len() * self.about().dim);
        self.job.stage(format!("Embedding pictures with {}", self.about().id), "items", 0, files.len());
        for (at, files_of_batch) in files.chunks(PICTURES).enumerate() {
            self.job.look()?;
            let load = |file: &PathBuf| picture::load(file, &limits).map_err(Error::file(file));
            let pictures: Vec<Picture> = files_of_batch.par_iter().map(load).collect::<Result<_, _>>()?;
            let inputs: Vec<Input<'_>> = pictures
                .iter()
                .map(|&Picture { width, height, ref rgb }| Input::Image(Pixels { width, height, rgb }))
                .collect();
            values.extend_from_slice(self.embed(&inputs, Role::Document)?.0.as_slice());
            self.job.progress(((at + 1) * PICTURES).min(files.len()), files.len());
        }
        Ok(if values.is_empty() { Vectors::empty(self.about().dim) } else { Vectors::new(values, self.about().dim)? })
    }

    /// What it has cost so far; figures are yet to come.
    pub(super) fn cost(&self) -> Measured {
        let about = self.about();
        let seconds = self.spent.took.as_secs_f64();
        Measured {
            model: if self.precision.is_some() { self.name.clone() } else { about.id.clone() },
            baseline: catalogue::find(&about.id).is_some_and(|entry| entry.baseline),
            dim: Some(about.dim),
            bytes: Some(fewer::bytes(about.dim, self.precision)),
            load_ms: Some(self.spent.load_ms),
            items_per_second: (seconds > 0.0).then(|| self.spent.vectors as f64 / seconds),
            peak_memory_mb: self.spent.most_mb,
            others_busy: self.came.zip(Ticks::now()).map(|(came, now)| now.others_since(&came)),
            ..Measured::free("")
        }
    }

    fn embed(&mut self, inputs: &[Input<'_>], role: Role) -> Result<(Vectors, Duration), Error> {
        let began = Instant::now();
        let found = self.embedder.embed(inputs, role)?;
        let took = began.elapsed();
        self.spent.took += took;
        self.spent.vectors += inputs.len();
        if let Some(growth) = memory::growth_mb(self.before_mb, &*self.embedder) {
            self.spent.most_mb = Some(self.spent.most_mb.map_or(growth, |most| most.max(growth)));
        }
        Ok((found, took))
    }
}
