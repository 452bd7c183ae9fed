//! Texts longer than a model reads: cut into pieces that overlap, whose vectors are averaged.
//!
//! Deliberately absent: keeping the pieces as items of their own, which is how files are cut.

use embedscope_space::Vectors;

use crate::text::{finished, length, normalise};
use crate::{Embedder, Error, Input, Role};

/// How pieces become one vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Long {
    /// Their mean.
    Mean,
    /// Their mean, in which the first and the last piece count twice: what a text is about stands there most often.
    Weighted,
}

/// The part of a piece that the next one repeats.
const OVERLAP: f64 = 0.1;

impl Long {
    const NAMES: [(Self, &'static str); 2] = [(Self::Mean, "mean"), (Self::Weighted, "weighted")];

    /// Its name.
    pub fn name(self) -> &'static str {
        if self == Self::Mean { "mean" } else { "weighted" }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(long, _)| *long)
    }

    /// The vectors of inputs, of which long texts are read whole. They have unit length where the model's do.
    pub(crate) fn embed(self, embedder: &dyn Embedder, inputs: &[Input<'_>], role: Role) -> Result<Vectors, Error> {
        let about = embedder.about();
        let most = about.max_tokens.unwrap_or(usize::MAX);
        let mut parts: Vec<Input<'_>> = Vec::with_capacity(inputs.len());
        let mut counts = Vec::with_capacity(inputs.len());
        for input in inputs {
            let before = parts.len();
            match input {
                Input::Text(text) => {
                    parts.extend(pieces(text, most, |part| embedder.count_tokens(part)).into_iter().map(Input::Text));
                }
                Input::Image(_) => parts.push(*input),
            }
            counts.push(parts.len() - before);
        }
        let vectors = embedder.embed(&parts, role)?;
        let mut rows = vectors.iter();
        let mut means = Vec::with_capacity(inputs.len() * about.dim);
        for count in counts {
            let (mut sum, mut total, mut is_unit) = (vec![0.0_f32; about.dim], 0.0, true);
            for (at, row) in rows.by_ref().take(count).enumerate() {
                let weight = if self == Self::Weighted && (at == 0 || at + 1 == count) { 2.0 } else { 1.0 };
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
                total += weight;
                is_unit &= (length(row) - 1.0).abs() < 1e-3;
            }
            sum.iter_mut().for_each(|sum| *sum /= total.max(1.0));
            if is_unit && count > 1 {
                normalise(&mut sum, about.dim);
            }
            means.extend(sum);
        }
        finished(means, about)
    }
}

/// Parts of a text of at most so many tokens, cut at white space where there is any; each begins a little before the end of
/// the one before it. The text itself where it is short enough.
fn pieces(text: &str, most: usize, count: impl Fn(&str) -> usize) -> Vec<&str> {
    let tokens = count(text);
    if tokens <= most {
        return vec![text];
    }
    let letters = text.len() as f64 / tokens as f64;
    // Where the piece that begins here ends: shorter and shorter, until it fits or is a single letter.
    let end_of = |start: usize| {
        let mut share = most as f64;
        loop {
            let end = boundary(text, start, start + ((share * letters) as usize).max(1));
            if share * letters <= 1.0 || count(&text[start..end]) <= most {
                return end;
            }
            share *= 0.9;
        }
    };
    let (mut start, mut end) = (0, end_of(0));
    let mut parts = vec![&text[..end]];
    while end < text.len() {
        let back = ((end - start) as f64 * OVERLAP) as usize;
        let next = boundary(text, start, end - back).min(end);
        let beyond = end_of(next);
        // Where repeating a little leaves no room for anything new, nothing is repeated.
        (start, end) = if beyond > end { (next, beyond) } else { (end, end_of(end)) };
        parts.push(&text[start..end]);
    }
    parts
}

/// The last beginning of a word after `start` and not after `wanted`, else a letter's; never `start` itself.
fn boundary(text: &str, start: usize, wanted: usize) -> usize {
    if wanted >= text.len() {
        return text.len();
    }
    let wanted = text.floor_char_boundary(wanted);
    let space = text[start..wanted].rfind(char::is_whitespace).map(|at| start + at);
    let after = |at: usize| at + text[at..].chars().next().map_or(0, char::len_utf8);
    match space.map(after).filter(|&at| at > start) {
        Some(at) => at,
        None if wanted > start => wanted,
        None => after(start),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> usize {
        text.split_whitespace().count()
    }

    #[test]
    fn pieces_fit_cover_everything_and_overlap() {
        let text: String = (0..200).map(|number| format!("word{number} ")).collect();
        let parts = pieces(&text, 30, words);
        assert!(parts.len() > 6 && parts.iter().all(|part| words(part) <= 30), "{}", parts.len());
        for number in 0..200 {
            assert!(parts.iter().any(|part| part.contains(&format!("word{number} "))), "{number}");
        }
        let ends = |part: &&str| part.split_whitespace().last().map(str::to_owned);
        assert!(parts.windows(2).all(|pair| pair[1].contains(&ends(&pair[0]).expect("a word"))), "no overlap");
        assert_eq!(pieces("a b c", 3, words), ["a b c"]);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_to_its_end(text in "[a-c 猫é]{0,200}", most in 1_usize..20) {
            let parts = pieces(&text, most, |part| part.chars().count());
            let begins = |part: &&str| part.as_ptr() as usize - text.as_ptr() as usize;
            let mut covered = 0;
            for part in &parts {
                prop_assert!(begins(part) <= covered && begins(part) + part.len() >= covered);
                prop_assert!(part.chars().count() <= most || text.chars().count() <= most);
                covered = begins(part) + part.len();
            }
            prop_assert_eq!(covered, text.len());
        }
    }
}
