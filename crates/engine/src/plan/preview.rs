//! What an import would make of a plan: a cut shown on a real text, how many items there will be, and how long it takes.
//!
//! Deliberately absent: reading (`sample`), and keeping anything; a preview changes nothing.

use std::ops::Range;
use std::sync::Arc;

use embedscope_models::{Embedder, Kind, catalogue};
use embedscope_sources::cut::{TokenCounter, pieces};
use embedscope_sources::picture::tiles;
use rayon::prelude::*;

use super::estimate::{Estimate, Stratum, total};
use super::sample::{Lots, Sample, SampleText};
use super::{Plan, kind_of};
use crate::Engine;
use crate::import::ImportChoice;

/// Bytes of a text in which chunks are shown, and the most bytes that are shown of it.
const SHOWN_BYTES: usize = 4000;
const MOST_BYTES: usize = 6000;
/// The most chunks that are shown.
const SHOWN_CHUNKS: usize = 60;

/// What an import would make of a plan.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Preview {
    /// The files whose texts the cut can be shown on.
    pub texts: Vec<String>,
    /// The cut, shown on one of them; None where there is no text.
    pub shown: Option<ShownCut>,
    /// How many texts there will be, each chunk one.
    pub items: Estimate,
    /// How many pictures there are.
    pub pictures: u64,
    /// How many items bring their vector with them, in files of vectors.
    pub vectors: u64,
    /// Time for embedding everything with the chosen models, where their speed is known.
    pub estimate_ms: Option<f64>,
}

/// A cut, shown on the beginning of one text.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ShownCut {
    /// The file.
    pub file: String,
    /// The page of it, from 1, where it has pages.
    pub page: Option<u32>,
    /// The row of it, from 1, where it is a table.
    pub row: Option<u64>,
    /// The text in order, parted wherever a chunk begins or ends, as it will be embedded.
    pub spans: Vec<Span>,
    /// The chunks that begin in it.
    pub chunks: Vec<ShownChunk>,
    /// Whether the text goes on.
    pub goes_on: bool,
    /// The model whose tokens were counted; where there is none, tokens are estimated as words and marks.
    pub counted_by: Option<String>,
    /// The most tokens that model reads of a text.
    pub max_tokens: Option<usize>,
}

/// A part of a text that the same chunks hold.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Span {
    /// Its words.
    pub text: String,
    /// The first chunk that holds it.
    pub first: usize,
    /// How many chunks hold it, one after another: 0 between chunks and beyond the last, 2 or more where they overlap.
    pub chunks: usize,
}

/// A chunk, as a model sees it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ShownChunk {
    /// Its tokens, where a model counts them.
    pub tokens: Option<usize>,
    /// How many of them the model does not read.
    pub lost: usize,
}

impl Engine {
    /// What an import of this plan would make, shown on the text of `file`, or on the longest one known. Looks into a few
    /// files, once; what was looked at is remembered with the plan.
    pub fn preview(&self, plan: &Plan, choice: &ImportChoice, file: Option<&str>) -> Preview {
        let lots = plan.samples.of(plan, choice);
        let reader = self.reader(&choice.models);
        let counter: Option<TokenCounter> = reader.clone().map(|model| {
            let count: TokenCounter = Arc::new(move |text: &str| model.count_tokens(text));
            count
        });
        let items = items(plan, choice, &lots, counter.as_ref());
        let pictures = pictures(plan, choice);
        let vectors = plan.vectors.iter().map(|file| file.rows).sum();
        let texts: Vec<&Sample> = lots.samples().filter(|sample| !sample.texts.is_empty()).collect();
        let longest = |sample: &&&Sample| sample.texts.iter().map(|text| text.bytes).max();
        let shown = texts.iter().find(|sample| Some(sample.name.as_str()) == file).or(texts.iter().max_by_key(longest));
        let shown = shown.and_then(|sample| {
            let text = sample.texts.iter().max_by_key(|text| text.bytes)?;
            Some(show(sample, text, choice, reader.as_deref(), counter.as_ref()))
        });
        Preview {
            estimate_ms: self.expected_ms(plan, choice, &lots, items.count, pictures),
            texts: texts.iter().map(|sample| sample.name.clone()).collect(),
            shown,
            items,
            pictures,
            vectors,
        }
    }

    /// The first of these models that reads texts, if it can be used now: its tokens are counted.
    fn reader(&self, models: &[String]) -> Option<Arc<dyn Embedder>> {
        let may_read = |model: &&String| catalogue::find(model).is_none_or(|entry| entry.kinds.contains(&Kind::Text));
        let usable = models.iter().filter(may_read).filter(|model| self.is_usable(model));
        usable.filter_map(|model| self.embedder(model).ok()).find(|model| model.about().kinds.contains(&Kind::Text))
    }
}

impl Lots<'_> {
    pub(super) fn samples(&self) -> impl Iterator<Item = &Sample> {
        let documents = self.documents.iter().flat_map(|(_, samples)| samples);
        documents.chain(self.tables.iter().filter_map(|(_, sample)| sample.as_ref())).map(|sample| &**sample)
    }
}

/// How many pictures a plan gives; of sheets, as many as have room in them.
fn pictures(plan: &Plan, choice: &ImportChoice) -> u64 {
    let files = plan.files.par_iter().filter(|file| kind_of(file.format) == Kind::Image);
    files.map(|file| choice.tile.and_then(|tile| tiles(&file.path, tile)).map_or(1, u64::from)).sum()
}

/// How many texts a plan gives when they are cut like this.
fn items(plan: &Plan, choice: &ImportChoice, lots: &Lots<'_>, counter: Option<&TokenCounter>) -> Estimate {
    let each = |text: &SampleText| -> f64 {
        if choice.preprocessing.truncate {
            return 1.0;
        }
        let chunks = pieces(&text.text, &text.headings, &choice.cut, counter).len();
        chunks as f64 * text.bytes as f64 / text.text.len().max(1) as f64
    };
    let of_sample = |sample: &Sample| -> Vec<f64> { sample.texts.par_iter().map(each).collect() };
    let is_kept_whole =
        |sample: &Sample| sample.texts.iter().map(|text| text.text.len()).sum::<usize>() == sample.bytes;
    let mut strata = Vec::new();
    for (files, samples) in &lots.documents {
        let sizes = |name: &str| files.iter().find(|file| file.name == name).map_or(0, |file| file.bytes) as f64;
        let seen = samples.iter().map(|sample| {
            let kept: usize = sample.texts.iter().map(|text| text.bytes).sum();
            let chunks: f64 = of_sample(sample).iter().sum();
            (chunks * sample.bytes as f64 / kept.max(1) as f64, sizes(&sample.name))
        });
        strata.push(Stratum {
            members: files.len() as u64,
            size: files.iter().map(|file| file.bytes as f64).sum(),
            seen: seen.collect(),
            is_scaled: !samples.iter().all(|sample| sample.is_read && is_kept_whole(sample)),
        });
    }
    let (mut rows_beyond, mut seen_of_all) = (0, Vec::<(f64, f64)>::new());
    for (file, sample) in &lots.tables {
        let rows = plan.tables.iter().find(|table| table.name == file.name).map_or(0, |table| table.rows.number());
        let Some(sample) = sample else {
            rows_beyond += rows;
            continue;
        };
        let mut seen: Vec<(f64, f64)> = of_sample(sample).into_iter().map(|chunks| (chunks, 1.0)).collect();
        seen.extend((0..sample.whole).map(|_| (1.0, 1.0)));
        let blank = sample.rows.saturating_sub(seen.len() as u64);
        seen.extend((0..blank).map(|_| (0.0, 1.0)));
        let rows = if sample.is_read { seen.len() as u64 } else { rows.max(seen.len() as u64) };
        seen_of_all.extend(&seen);
        let is_scaled = !is_kept_whole(sample);
        strata.push(Stratum { members: rows, size: rows as f64, seen, is_scaled });
    }
    if rows_beyond > 0 {
        // Told from all other tables together, which is one look and says nothing of its error.
        let seen = vec![(seen_of_all.iter().map(|row| row.0).sum(), seen_of_all.len() as f64)];
        strata.push(Stratum { members: u64::MAX, size: rows_beyond as f64, seen, is_scaled: true });
    }
    total(&strata)
}

fn show(
    sample: &Sample,
    text: &SampleText,
    choice: &ImportChoice,
    reader: Option<&dyn Embedder>,
    counter: Option<&TokenCounter>,
) -> ShownCut {
    let whole = &*text.text;
    let (chunks, end) = shown_part(whole, &text.headings, choice, counter);
    let max_tokens = reader.and_then(|model| model.about().max_tokens);
    let is_kept_whole = whole.len() == text.bytes;
    let seen = |chunk: &Range<usize>| {
        // The last chunk of what was kept may go on.
        let is_known = is_kept_whole || chunk.end < whole.trim_end().len();
        let chunk = choice.preprocessing.apply(&whole[chunk.clone()]);
        let tokens = reader.filter(|_| is_known).map(|model| model.count_tokens(&chunk));
        let lost = tokens.zip(max_tokens).map_or(0, |(tokens, most)| tokens.saturating_sub(most));
        ShownChunk { tokens, lost }
    };
    ShownCut {
        file: sample.name.clone(),
        page: text.page,
        row: text.row,
        spans: spans(whole, &chunks, end)
            .into_iter()
            .map(|(part, first, chunks)| Span {
                text: choice.preprocessing.apply(&whole[part]).into_owned(),
                first,
                chunks,
            })
            .collect(),
        chunks: chunks.iter().map(seen).collect(),
        goes_on: end < whole.trim_end().len() || !is_kept_whole,
        counted_by: reader.map(|model| model.about().id.clone()),
        max_tokens,
    }
}

/// The chunks that begin in what is shown of a text, and where that ends.
fn shown_part(
    text: &str,
    headings: &[usize],
    choice: &ImportChoice,
    counter: Option<&TokenCounter>,
) -> (Vec<Range<usize>>, usize) {
    let all = pieces(text, headings, &choice.cut, counter);
    let kept = if choice.preprocessing.truncate { 1 } else { all.len() };
    let shown: Vec<Range<usize>> =
        all.iter().take(kept).take(SHOWN_CHUNKS).take_while(|chunk| chunk.start < SHOWN_BYTES).cloned().collect();
    let last = shown.last().map_or(0, |chunk| chunk.end);
    let end = if shown.len() < all.len() && !choice.preprocessing.truncate { last } else { last.max(SHOWN_BYTES) };
    (shown, text.floor_char_boundary(end.min(MOST_BYTES)))
}

/// A text up to `end`, parted at every border of a chunk: each part, the first chunk that holds it, and how many do.
fn spans(text: &str, chunks: &[Range<usize>], end: usize) -> Vec<(Range<usize>, usize, usize)> {
    let end = end.min(text.len());
    let mut borders: Vec<usize> = chunks.iter().flat_map(|chunk| [chunk.start, chunk.end]).chain([0, end]).collect();
    borders.retain(|&at| at <= end);
    borders.sort_unstable();
    borders.dedup();
    let parts = borders.windows(2).map(|pair| pair[0]..pair[1]);
    parts
        .map(|part| {
            let holds = |chunk: &Range<usize>| chunk.start <= part.start && part.end <= chunk.end;
            let first = chunks.iter().position(|chunk| holds(chunk) || chunk.start >= part.end).unwrap_or(chunks.len());
            let count = chunks.iter().filter(|chunk| holds(chunk)).count();
            (part, first, count)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use embedscope_sources::Preprocessing;
    use embedscope_sources::cut::{Cut, Unit};

    use super::*;

    fn parts(text: &str, unit: Unit, size: usize, overlap: usize) -> Vec<(&str, usize, usize)> {
        let chunks = pieces(text, &[], &Cut { unit, size, overlap }, None);
        spans(text, &chunks, text.len()).into_iter().map(|(part, first, count)| (&text[part], first, count)).collect()
    }

    #[test]
    fn spans_part_a_text_at_its_borders() {
        assert_eq!(
            parts("a b c d e", Unit::Words, 3, 1),
            [("a b ", 0, 1), ("c", 0, 2), (" d e", 1, 1)],
            "the word both chunks hold stands alone"
        );
        assert_eq!(parts("One. Two.", Unit::Sentences, 1, 0), [("One.", 0, 1), (" ", 1, 0), ("Two.", 1, 1)]);
        assert_eq!(parts("a b c d", Unit::Words, 3, 2)[1], ("b c", 0, 2));
    }

    #[test]
    fn what_is_shown_is_bounded() {
        let text = "ä word or two. ".repeat(2000);
        let mut choice = ImportChoice { cut: Cut::usual(Unit::None), ..ImportChoice::default() };
        for unit in [Unit::None, Unit::Words, Unit::Sentences, Unit::Lines] {
            choice.cut = Cut::usual(unit);
            let (chunks, end) = shown_part(&text, &[], &choice, None);
            assert!(!chunks.is_empty() && chunks.len() <= SHOWN_CHUNKS && end <= MOST_BYTES, "{unit}");
            let shown: String =
                spans(&text, &chunks, end).into_iter().map(|(part, ..)| text[part].to_owned()).collect();
            assert_eq!(shown, text[..end], "{unit}");
        }
        choice.preprocessing = Preprocessing { truncate: true, ..Preprocessing::default() };
        choice.cut = Cut { unit: Unit::Words, size: 5, overlap: 0 };
        let (chunks, end) = shown_part(&text, &[], &choice, None);
        assert_eq!((chunks.len(), end), (1, text.floor_char_boundary(SHOWN_BYTES)), "what is left out is shown too");
    }
}
