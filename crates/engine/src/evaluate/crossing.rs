//! Pictures by their captions, and captions by their pictures.
//!
//! Chance is the baseline: no built-in model reads both. Deliberately absent: other languages' captions, which are just
//! other captions.

use std::path::Path;

use embedscope_models::{Kind, Role};
use embedscope_space::{Metric, Vectors, similarity};
use rayon::prelude::*;

use super::captions::Captioned;
use super::contestant::Contestant;
use super::judge::figure;
use super::parts::Print;
use super::{Figure, Miss, Outcome, Score, Test, counted, short};
use crate::Error;

const DEPTHS: [usize; 3] = [1, 5, 10];
const TO_IMAGE: [&str; 3] = ["text_to_image_r@1", "text_to_image_r@5", "text_to_image_r@10"];
const TO_TEXT: [&str; 3] = ["image_to_text_r@1", "image_to_text_r@5", "image_to_text_r@10"];

pub(super) struct Crossing {
    data: Captioned,
}

impl Crossing {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        Ok(Self { data: Captioned::read(path)? })
    }
}

/// The best rank of a right answer to every question, from 0, and the answer that came first.
fn ranks(
    questions: &Vectors,
    answers: &Vectors,
    is_right: impl Fn(usize, usize) -> bool + Sync,
) -> Result<Vec<(usize, usize)>, Error> {
    let mut ranks = Vec::with_capacity(questions.rows());
    similarity::blocks(questions, answers, Metric::Cosine, |first, rows| {
        let of = |(at, scores): (usize, &[f32])| {
            let better = |a: usize, b: usize| scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
            let best = |a: usize, b: usize| if better(b, a) { b } else { a };
            let right = (0..scores.len()).filter(|&answer| is_right(first + at, answer)).reduce(best);
            let rank = right.map_or(scores.len(), |right| (0..scores.len()).filter(|&a| better(a, right)).count());
            (rank, (0..scores.len()).reduce(best).unwrap_or_default())
        };
        ranks.par_extend(rows.as_slice().par_chunks(answers.rows()).enumerate().map(of));
        Ok::<_, Error>(())
    })?;
    Ok(ranks)
}

fn recalls(names: [&'static str; 3], ranks: &[(usize, usize)]) -> impl Iterator<Item = Figure> {
    let share = |k: usize| ranks.iter().filter(|(rank, _)| *rank < k).count() as f64 / ranks.len() as f64;
    names.into_iter().zip(DEPTHS.map(share)).map(|(name, share)| figure(name, share))
}

impl Test for Crossing {
    fn size(&self) -> String {
        let captions = counted(self.data.captions.len(), "captions");
        format!("{} with {captions}", counted(self.data.pictures.len(), "pictures"))
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![Kind::Text, Kind::Image]
    }

    fn content(&self, print: &mut Print) -> Result<(), Error> {
        print.add(&self.data.captions)?;
        print.add_files(&self.data.pictures)
    }

    fn texts(&self, row: usize) -> Vec<&str> {
        vec![&self.data.captions[row].0]
    }

    fn measure(&self, contestant: &mut Contestant<'_>) -> Result<Outcome, Error> {
        let Captioned { pictures, captions } = &self.data;
        let said: Vec<&str> = captions.iter().map(|(said, _)| said.as_str()).collect();
        let texts = contestant.texts(&said, Role::Query)?;
        let images = contestant.pictures(pictures)?;
        let to_image = ranks(&texts, &images, |caption, picture| captions[caption].1 == picture)?;
        let to_text = ranks(&images, &texts, |picture, caption| captions[caption].1 == picture)?;
        let name = |picture: usize| {
            pictures[picture].file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let misses = to_image.iter().enumerate().map(|(caption, &(rank, first))| Miss {
            rows: vec![caption],
            asked: short(&captions[caption].0),
            wanted: name(captions[caption].1),
            found: format!("{} first, the right one at place {}", name(first), rank + 1),
            loss: rank as f64,
        });
        let misses = misses.collect();
        let hits = to_image.iter().map(|&(rank, _)| f64::from(u8::from(rank == 0))).collect();
        let figures = recalls(TO_IMAGE, &to_image).chain(recalls(TO_TEXT, &to_text)).collect();
        Ok(Outcome { figures, score: Score::Mean(hits), misses })
    }

    /// Of guessing without looking.
    fn without_models(&self) -> Result<Vec<(&'static str, Outcome)>, Error> {
        let Captioned { pictures, captions } = &self.data;
        let mut of_picture = vec![0_usize; pictures.len()];
        captions.iter().for_each(|(_, picture)| of_picture[*picture] += 1);
        let (n, m) = (pictures.len() as f64, captions.len());
        let to_image = DEPTHS.map(|k| (k as f64 / n).min(1.0));
        let to_text = DEPTHS.map(|k| {
            let missed = |right: &usize| {
                (0..k.min(m))
                    .map(|drawn| (m.saturating_sub(right + drawn)) as f64 / (m - drawn) as f64)
                    .product::<f64>()
            };
            1.0 - of_picture.iter().map(missed).sum::<f64>() / n
        });
        let named = TO_IMAGE.into_iter().zip(to_image).chain(TO_TEXT.into_iter().zip(to_text));
        let figures = named.map(|(name, value)| figure(name, value)).collect();
        let score = Score::Mean(vec![to_image[0]; m]);
        Ok(vec![("chance", Outcome { figures, score, misses: Vec::new() })])
    }
}
