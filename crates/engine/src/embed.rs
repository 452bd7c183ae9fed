//! Filling a set: every item its model can embed gets a vector, once for each content, in short batches.
//!
//! A batch is sized, from the speed measured so far, to take about a quarter of a second, so that cancelling is
//! prompt and points appear steadily; what batches give is on the disk half a second later. Pictures are decoded a
//! few at a time while the batch before them is embedded. Deliberately absent: recipes and models.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use embedscope_models::{Embedder, Input, Kind, Pixels, Role, batches, catalogue};
use embedscope_sources::{Limits, picture, picture::Picture};
use embedscope_space::{Cancel, Vectors};
use embedscope_workspace::{ContentHash, ItemFacts, ItemId, NewRun};
use rayon::prelude::*;

use crate::engine::Loaded;
use crate::items::kind_of;
use crate::jobs::Job;
use crate::machine::Ticks;
use crate::memory;
use crate::project::Growth;
use crate::sets::{Cost, LiveSet};
use crate::{Engine, Error, Event, Skipped};

const BATCH: Duration = Duration::from_millis(250);
const FIRST_WINDOW: usize = 64;
const WINDOW: usize = 1024;
const FIRST_TOKENS: usize = 512;
const MOST_TOKENS: usize = 1 << 15;
const MOST_ROWS: usize = 512;
/// Keeping waits for the disk a few times, however little is kept; what a crash may cost is this much work.
const KEPT_EVERY: Duration = Duration::from_millis(500);
const MOST_PICTURES: usize = 64;
/// Pixels decoded at once, unless a single picture has more.
const PIXELS: u64 = 16_000_000;

/// One content to embed, and every item that has it.
pub(crate) struct Wanted {
    hash: ContentHash,
    pub(crate) items: Vec<ItemId>,
}

/// A picture on its way to the model, or why it cannot be shown to it.
struct Decoded {
    name: String,
    picture: Result<Picture, String>,
}

/// Measures the work of filling a set as it goes.
struct Meter<'a> {
    cost: Cost,
    before_mb: Option<f64>,
    done: usize,
    total: usize,
    /// Vectors that are not kept yet, and when some were kept last.
    waiting: Vec<(&'a Wanted, Vec<f32>)>,
    kept: Option<Instant>,
}

impl Engine {
    /// Embeds what the set lacks. On an error or when cancelled, what was finished is kept and recorded.
    pub(crate) fn fill(&self, job: &Job, loaded: &Loaded, set: &LiveSet, maps: bool) -> Result<(), Error> {
        let embedder = &*loaded.embedder;
        let (texts, pictures) = self.wanted(set)?;
        let contents: Vec<&Wanted> = texts.iter().chain(&pictures).collect();
        let total: usize = contents.iter().map(|wanted| wanted.items.len()).sum();
        if total == 0 {
            return Ok(());
        }
        let mut growth = if maps { Some(Growth::new(self, set)?) } else { None };
        let before_mb = loaded.before_mb;
        let mut meter = Meter { cost: set.cost(), before_mb, done: 0, total, waiting: Vec::new(), kept: None };
        meter.cost.load_ms = Some(loaded.load_ms).filter(|&ms| ms > 0.0).or(meter.cost.load_ms);
        let (texts, pictures) = (self.show_known(set, texts, &mut meter)?, self.show_known(set, pictures, &mut meter)?);
        if meter.done > 0 {
            grow(&mut growth)?;
        }
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (before, came) = (meter.cost.clone(), Ticks::now());
        let about = embedder.about();
        let sent = self.leaves_for(&about.id).map(|host| format!(", which sends them to {host}")).unwrap_or_default();
        let stage = |what: &str| format!("Embedding {what} with {}{sent}", about.id);
        let outcome = (|| {
            if !texts.is_empty() {
                job.stage(stage("texts"), "items", meter.done, total);
                self.embed_texts(job, embedder, set, &texts, &mut meter, &mut growth)?;
            }
            if !pictures.is_empty() {
                job.stage(stage("pictures"), "items", meter.done, total);
                self.embed_pictures(job, embedder, set, &pictures, &mut meter, &mut growth)?;
            }
            Ok(())
        })();
        let outcome = self.keep_vectors(set, &mut meter).and(outcome);
        grow(&mut growth)?;
        if meter.cost != before {
            let busy = came.zip(Ticks::now()).map(|(came, now)| now.others_since(&came));
            meter.cost.others_busy = [busy, before.others_busy].into_iter().flatten().reduce(f64::max);
            set.set_cost(meter.cost.clone());
            self.inner.workspace.add_run(NewRun {
                kind: "embedding".into(),
                parents: self.inner.workspace.runs_of("import", None)?,
                set: Some(set.id()),
                params_json: filling(set),
                seed: None,
                device: embedder.about().device.clone(),
                started_ms: began.as_millis() as i64,
                elapsed_ms: meter.cost.embed_ms - before.embed_ms,
                result_json: serde_json::json!(meter.cost).to_string(),
                blob: None,
            })?;
        }
        if let Some(growth) = growth {
            growth.finish(outcome.is_err())?;
        }
        self.emit(&Event::WorkspaceChanged);
        outcome
    }

    /// The texts and pictures that the set could show and does not.
    pub(crate) fn wanted(&self, set: &LiveSet) -> Result<(Vec<Wanted>, Vec<Wanted>), Error> {
        let kinds = set.kinds();
        let shown: std::collections::HashSet<ItemId> = set.items().into_iter().collect();
        let mut wanted = (Vec::new(), Vec::new());
        let mut places: HashMap<ContentHash, usize> = HashMap::new();
        for ItemFacts { id, kind, hash, .. } in self.inner.workspace.facts(ItemId(0))? {
            let kind = kind_of(kind);
            if !kinds.contains(&kind) || shown.contains(&id) {
                continue;
            }
            let list: &mut Vec<Wanted> = if kind == Kind::Image { &mut wanted.1 } else { &mut wanted.0 };
            let place = *places.entry(hash).or_insert(list.len());
            match list.get_mut(place).filter(|known| known.hash == hash) {
                Some(known) => known.items.push(id),
                None => list.push(Wanted { hash, items: vec![id] }),
            }
        }
        Ok(wanted)
    }

    /// Shows the items whose content was embedded before; gives the others.
    fn show_known(&self, set: &LiveSet, wanted: Vec<Wanted>, meter: &mut Meter<'_>) -> Result<Vec<Wanted>, Error> {
        let hashes: Vec<ContentHash> = wanted.iter().map(|wanted| wanted.hash).collect();
        let rows = set.handle.rows_for(&hashes)?;
        let (mut members, mut others) = (Vec::new(), Vec::new());
        for (wanted, row) in wanted.into_iter().zip(rows) {
            match row {
                Some(row) => members.extend(wanted.items.iter().map(|&item| (item, row))),
                None => others.push(wanted),
            }
        }
        if !members.is_empty() {
            meter.done += members.len();
            self.show(set, &members)?;
        }
        Ok(others)
    }

    pub(crate) fn show(&self, set: &LiveSet, members: &[(ItemId, usize)]) -> Result<(), Error> {
        let from_row = set.add(members)?;
        self.emit(&Event::SetGrew { set: set.id(), from_row, rows: set.rows() });
        Ok(())
    }

    fn embed_texts<'a>(
        &self,
        job: &Job,
        embedder: &dyn Embedder,
        set: &LiveSet,
        wanted: &'a [Wanted],
        meter: &mut Meter<'a>,
        growth: &mut Option<Growth<'_>>,
    ) -> Result<(), Error> {
        let most = embedder.about().max_tokens.unwrap_or(usize::MAX);
        let asked = embedder.batch_tokens();
        let mut budget = asked.unwrap_or(FIRST_TOKENS);
        let (mut start, mut window) = (0, FIRST_WINDOW);
        while start < wanted.len() {
            let contents = &wanted[start..wanted.len().min(start + window)];
            (start, window) = (start + contents.len(), WINDOW);
            let first: Vec<ItemId> = contents.iter().map(|wanted| wanted.items[0]).collect();
            let texts: Vec<String> = self
                .inner
                .workspace
                .items(&first)?
                .into_iter()
                .map(|item| item.item.text.unwrap_or_default())
                .collect();
            let lengths = embedder.count_each(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            let read: Vec<usize> = lengths.iter().map(|&length| length.clamp(1, most)).collect();
            for batch in batches::by_tokens(&read, budget, MOST_ROWS) {
                job.look()?;
                let inputs: Vec<Input<'_>> = batch.iter().map(|&i| Input::Text(&texts[i])).collect();
                let contents: Vec<&Wanted> = batch.iter().map(|&i| &contents[i]).collect();
                let tokens: usize = batch.iter().map(|&i| read[i]).sum();
                let took = self.embed_batch(job, embedder, set, &contents, &inputs, meter)?;
                meter.cost.tokens += tokens as u64;
                meter.cost.cut_texts += batch.iter().filter(|&&i| lengths[i] > most).count() as u32;
                budget =
                    asked.unwrap_or_else(|| paced(tokens, took).min(budget * 2).clamp(FIRST_TOKENS / 4, MOST_TOKENS));
                job.progress(meter.done, meter.total);
                grow(growth)?;
            }
        }
        Ok(())
    }

    fn embed_pictures<'a>(
        &self,
        job: &Job,
        embedder: &dyn Embedder,
        set: &LiveSet,
        wanted: &'a [Wanted],
        meter: &mut Meter<'a>,
        growth: &mut Option<Growth<'_>>,
    ) -> Result<(), Error> {
        let rows = AtomicUsize::new(2);
        let stop = Cancel::default();
        thread::scope(|scope| {
            let (hand_on, decoded) = mpsc::sync_channel(1);
            let decoder = scope.spawn({
                let (rows, stop) = (&rows, &stop);
                move || {
                    let mut start = 0;
                    while start < wanted.len() && !stop.is_cancelled() {
                        let batch = self.decode(&wanted[start..], rows.load(Ordering::Relaxed))?;
                        start += batch.len();
                        if hand_on.send(batch).is_err() {
                            break;
                        }
                    }
                    Ok::<(), Error>(())
                }
            });
            let mut start = 0;
            let outcome = decoded.iter().try_for_each(|batch| {
                job.look()?;
                let contents = &wanted[start..start + batch.len()];
                start += batch.len();
                let (mut fine, mut inputs) = (Vec::new(), Vec::new());
                for (wanted, Decoded { name, picture }) in contents.iter().zip(&batch) {
                    match picture {
                        Ok(picture) => {
                            fine.push(wanted);
                            let Picture { width, height, rgb } = picture;
                            inputs.push(Input::Image(Pixels { width: *width, height: *height, rgb }));
                        }
                        Err(reason) => {
                            meter.done += wanted.items.len();
                            skip(job, name, reason);
                        }
                    }
                }
                if !fine.is_empty() {
                    let took = self.embed_batch(job, embedder, set, &fine, &inputs, meter)?;
                    let now = rows.load(Ordering::Relaxed);
                    rows.store(paced(fine.len(), took).min(now * 2).clamp(1, MOST_PICTURES), Ordering::Relaxed);
                }
                job.progress(meter.done, meter.total);
                grow(growth)
            });
            stop.cancel();
            drop(decoded);
            let decoding = decoder.join().unwrap_or_else(|_| Err(Error::Fault("decoding pictures".into())));
            outcome.and(decoding)
        })
    }

    /// Decodes the next pictures, at most `rows` and no more pixels than fit.
    fn decode(&self, wanted: &[Wanted], rows: usize) -> Result<Vec<Decoded>, Error> {
        let first: Vec<ItemId> = wanted.iter().take(rows).map(|wanted| wanted.items[0]).collect();
        let mut files: Vec<(String, PathBuf)> = Vec::new();
        let mut pixels = 0;
        for item in self.inner.workspace.items(&first)? {
            let (width, height) = item.item.size_px.unwrap_or_default();
            pixels += u64::from(width) * u64::from(height);
            if pixels > PIXELS && !files.is_empty() {
                break;
            }
            files.push((item.item.origin.name, item.item.origin.file));
        }
        let limits = Limits::default();
        let load = |(name, file): (String, PathBuf)| {
            let picture = picture::load(&file, &limits).map_err(|reason| reason.to_string());
            Decoded { name, picture }
        };
        Ok(files.into_par_iter().map(load).collect())
    }

    /// Embeds a batch, keeps its vectors and shows their items; gives the time the model took.
    fn embed_batch<'a>(
        &self,
        job: &Job,
        embedder: &dyn Embedder,
        set: &LiveSet,
        contents: &[&'a Wanted],
        inputs: &[Input<'_>],
        meter: &mut Meter<'a>,
    ) -> Result<Duration, Error> {
        let began = Instant::now();
        let mut vectors: Vec<(&'a Wanted, Vec<f32>)> = Vec::with_capacity(contents.len());
        match embed(embedder, inputs) {
            Ok(rows) => vectors.extend(contents.iter().zip(rows.iter()).map(|(&wanted, row)| (wanted, row.to_vec()))),
            // Who cannot be asked about one cannot be asked about the others.
            Err(problem @ Spoilt::All(_)) => return Err(problem.into()),
            // One input may spoil a batch: each is tried alone, and those that fail are left out.
            Err(_) if inputs.len() > 1 => {
                for (&wanted, input) in contents.iter().zip(inputs) {
                    job.look()?;
                    match embed(embedder, std::slice::from_ref(input)) {
                        Ok(row) => vectors.push((wanted, row.into_vec())),
                        Err(Spoilt::Some(problem)) => self.leave_out(job, wanted, &problem)?,
                        // What was answered until now may have been paid for.
                        Err(problem) => {
                            meter.waiting.extend(vectors);
                            return Err(problem.into());
                        }
                    }
                }
            }
            Err(Spoilt::Some(problem)) => self.leave_out(job, contents[0], &problem)?,
        }
        let took = began.elapsed();
        meter.done += contents.iter().map(|wanted| wanted.items.len()).sum::<usize>();
        meter.cost.vectors += vectors.len() as u64;
        meter.cost.embed_ms += took.as_secs_f64() * 1e3;
        if let Some(growth) = memory::growth_mb(meter.before_mb, embedder) {
            meter.cost.memory_mb = Some(meter.cost.memory_mb.map_or(growth, |most| most.max(growth)));
        }
        job.report(|report| report.embedded += vectors.len());
        meter.waiting.extend(vectors);
        if meter.kept.is_none_or(|kept| kept.elapsed() >= KEPT_EVERY) {
            self.keep_vectors(set, meter)?;
        }
        Ok(took)
    }

    /// Keeps the vectors that wait, and shows their items.
    fn keep_vectors(&self, set: &LiveSet, meter: &mut Meter<'_>) -> Result<(), Error> {
        let vectors = std::mem::take(&mut meter.waiting);
        let rows: Vec<(ContentHash, &[f32])> =
            vectors.iter().map(|(wanted, vector)| (wanted.hash, vector.as_slice())).collect();
        set.handle.append(&rows)?;
        let hashes: Vec<ContentHash> = rows.iter().map(|&(hash, _)| hash).collect();
        let places = set.handle.rows_for(&hashes)?;
        let members: Vec<(ItemId, usize)> = vectors
            .iter()
            .zip(places)
            .filter_map(|((wanted, _), row)| row.map(|row| wanted.items.iter().map(move |&item| (item, row))))
            .flatten()
            .collect();
        if !members.is_empty() {
            self.show(set, &members)?;
        }
        meter.kept = Some(Instant::now());
        Ok(())
    }

    fn leave_out(&self, job: &Job, wanted: &Wanted, problem: &str) -> Result<(), Error> {
        let name = self.inner.workspace.item(wanted.items[0])?.item.origin.name;
        skip(job, &name, problem);
        Ok(())
    }
}

/// What the run of a filling keeps: what the model reads, its id and the revision the catalogue names. What decides the
/// numbers, with the hashes of the model's files, is the set's recipe.
fn filling(set: &LiveSet) -> String {
    let mut params = serde_json::json!(set.nature());
    params["model"] = set.model().into();
    params["revision"] = catalogue::find(set.model()).map(|entry| entry.revision.as_str()).into();
    params.to_string()
}

/// Why a batch has no vectors.
enum Spoilt {
    /// Some of its inputs, or all, cannot be embedded.
    Some(String),
    /// The embedder can no longer be asked.
    All(embedscope_models::Error),
}

impl From<Spoilt> for Error {
    fn from(spoilt: Spoilt) -> Self {
        match spoilt {
            Spoilt::Some(problem) => Self::Request(problem),
            Spoilt::All(problem) => problem.into(),
        }
    }
}

/// The vectors of a batch, all finite, or why not.
fn embed(embedder: &dyn Embedder, inputs: &[Input<'_>]) -> Result<Vectors, Spoilt> {
    let vectors = embedder.embed(inputs, Role::Document).map_err(|problem| match problem {
        embedscope_models::Error::Remote { .. } => Spoilt::All(problem),
        other => Spoilt::Some(other.to_string()),
    })?;
    if vectors.rows() != inputs.len() || vectors.dim() != embedder.about().dim {
        return Err(Spoilt::Some(format!("{} gave {vectors:?} for {} items", embedder.about().id, inputs.len())));
    }
    match vectors.as_slice().iter().all(|value| value.is_finite()) {
        true => Ok(vectors),
        false => Err(Spoilt::Some(format!("{} gave a vector that is not finite", embedder.about().id))),
    }
}

fn skip(job: &Job, name: &str, reason: &str) {
    let skipped = Skipped { name: name.to_owned(), reason: reason.to_owned() };
    job.report(|report| report.skipped.push(skipped));
}

/// How much fits into a batch's time, when `amount` took this long. Callers at most double what they hand over, so that
/// one lucky batch does not lead to a long one.
fn paced(amount: usize, took: Duration) -> usize {
    (amount as f64 / took.as_secs_f64().max(1e-6) * BATCH.as_secs_f64()) as usize
}

fn grow(growth: &mut Option<Growth<'_>>) -> Result<(), Error> {
    growth.as_mut().map_or(Ok(()), Growth::grow)
}
