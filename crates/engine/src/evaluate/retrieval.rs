//! Finding the documents that answer a question, among all of them.
//!
//! Scored as trec_eval does; of documents with the same score that with the later name stands first, as there. BM25, by
//! words alone, is the baseline to beat. Deliberately absent: indexes that miss answers.

use std::collections::HashSet;
use std::path::Path;

use embedscope_models::{Kind, Role, Similarity};
use embedscope_space::retrieval::Ranking;
use embedscope_space::{Metric, similarity};
use embedscope_words::bm25::Bm25;
use rayon::prelude::*;

use super::beir::{Beir, Question};
use super::contestant::Contestant;
use super::judge::figure;
use super::parts::Print;
use super::{Miss, Outcome, Score, Test, fewer, short};
use crate::Error;

/// Documents that are scored for each question.
const DEPTH: usize = 1000;
/// Where only signs are kept: candidates by how many of them agree with the question's, for each document that is scored.
const CANDIDATES: usize = 4;
/// Answers shown of a question that went wrong.
const SHOWN: usize = 3;

pub(super) struct Retrieval {
    data: Beir,
    /// The place of every document when names are in falling order.
    later_first: Vec<usize>,
}

/// What one question reached, and the first documents found.
struct Answer {
    ndcg: f64,
    recall_10: f64,
    recall_100: f64,
    reciprocal_rank: f64,
    average_precision: f64,
    first: Vec<usize>,
}

impl Retrieval {
    pub(super) fn read(folder: &Path) -> Result<Self, Error> {
        let data = Beir::read(folder)?;
        let mut order: Vec<usize> = (0..data.documents.len()).collect();
        order.sort_by(|&a, &b| data.documents[b].0.cmp(&data.documents[a].0));
        let mut later_first = vec![0; order.len()];
        order.into_iter().enumerate().for_each(|(place, document)| later_first[document] = place);
        Ok(Self { data, later_first })
    }

    /// `scores` holds one number for each document, larger for better; `found` says whether it is an answer at all.
    fn answer(&self, question: &Question, scores: &[f32], found: impl Fn(f32) -> bool) -> Answer {
        let mut order: Vec<usize> = (0..scores.len()).filter(|&document| found(scores[document])).collect();
        let better = |&a: &usize, &b: &usize| {
            scores[b].total_cmp(&scores[a]).then(self.later_first[a].cmp(&self.later_first[b]))
        };
        if order.len() > DEPTH {
            order.select_nth_unstable_by(DEPTH - 1, better);
            order.truncate(DEPTH);
        }
        order.sort_unstable_by(better);
        let grade = |document: &usize| question.grades.get(document).copied().unwrap_or(0.0);
        let grades: Vec<f64> = order.iter().map(grade).collect();
        let relevant: Vec<f64> = question.grades.values().chain(&question.missing).copied().collect();
        let ranking = Ranking { found: &grades, relevant: &relevant };
        order.truncate(SHOWN);
        Answer {
            ndcg: ranking.ndcg(10),
            recall_10: ranking.recall(10),
            recall_100: ranking.recall(100),
            reciprocal_rank: ranking.reciprocal_rank(),
            average_precision: ranking.average_precision(),
            first: order,
        }
    }

    fn outcome(&self, answers: Vec<Answer>) -> Outcome {
        let mean = |of: fn(&Answer) -> f64| answers.iter().map(of).sum::<f64>() / answers.len() as f64;
        let figures = vec![
            figure("ndcg@10", mean(|answer| answer.ndcg)),
            figure("recall@10", mean(|answer| answer.recall_10)),
            figure("recall@100", mean(|answer| answer.recall_100)),
            figure("mrr", mean(|answer| answer.reciprocal_rank)),
            figure("map", mean(|answer| answer.average_precision)),
        ];
        let shown = |documents: &[usize]| {
            let texts = documents.iter().map(|&document| short(&self.data.documents[document].1));
            (1..).zip(texts).map(|(rank, text)| format!("{rank}. {text}")).collect::<Vec<_>>().join("\n")
        };
        let misses = answers.iter().zip(&self.data.questions).enumerate().map(|(row, (answer, question))| {
            let mut right: Vec<(&usize, &f64)> = question.grades.iter().filter(|(_, grade)| **grade > 0.0).collect();
            right.sort_by(|a, b| b.1.total_cmp(a.1).then(a.0.cmp(b.0)));
            let right: Vec<usize> = right.into_iter().map(|(&document, _)| document).take(SHOWN).collect();
            Miss {
                rows: vec![row],
                asked: short(&question.text),
                wanted: shown(&right),
                found: shown(&answer.first),
                loss: 1.0 - answer.ndcg,
            }
        });
        let misses = misses.collect();
        let score = Score::Mean(answers.iter().map(|answer| answer.ndcg).collect());
        Outcome { figures, score, misses }
    }
}

impl Test for Retrieval {
    fn size(&self) -> String {
        self.data.size()
    }

    fn kinds(&self) -> Vec<Kind> {
        vec![Kind::Text]
    }

    fn content(&self, print: &mut Print) -> Result<(), Error> {
        print.add(&self.data)
    }

    fn texts(&self, row: usize) -> Vec<&str> {
        let question = &self.data.questions[row];
        let right = question.grades.iter().filter(|(_, grade)| **grade > 0.0);
        let right = right.map(|(&document, _)| self.data.documents[document].1.as_str());
        std::iter::once(question.text.as_str()).chain(right).collect()
    }

    fn measure(&self, contestant: &mut Contestant<'_>) -> Result<Outcome, Error> {
        let documents: Vec<&str> = self.data.documents.iter().map(|(_, text)| text.as_str()).collect();
        let questions: Vec<&str> = self.data.questions.iter().map(|question| question.text.as_str()).collect();
        let documents = contestant.texts(&documents, Role::Document)?;
        let questions = contestant.texts(&questions, Role::Query)?;
        let metric = match contestant.about().similarity {
            Similarity::Cosine => Metric::Cosine,
            Similarity::Dot => Metric::Dot,
            Similarity::Euclidean => Metric::Euclidean,
            Similarity::Manhattan => Metric::Manhattan,
        };
        let sign = if metric.is_similarity() { 1.0 } else { -1.0 };
        // Signs alone choose candidates; the whole question puts them in order (Yamada et al., 2021).
        let many = CANDIDATES * DEPTH;
        let is_chosen = contestant.is_bits() && documents.rows() > many;
        let signs = if is_chosen { Some(fewer::signs(&questions)?) } else { None };
        let mut answers = Vec::with_capacity(questions.rows());
        similarity::blocks(&questions, &documents, metric, |first, rows| {
            contestant.job().look()?;
            let of = |(at, scores): (usize, &[f32])| {
                let mut scores: Vec<f32> = scores.iter().map(|score| sign * score).collect();
                if let Some(signs) = &signs {
                    let candidates = similarity::nearest(signs.row(first + at), &documents, many, Metric::Dot)?;
                    let candidates: HashSet<usize> = candidates.into_iter().map(|(document, _)| document).collect();
                    let others = scores.iter_mut().enumerate().filter(|(document, _)| !candidates.contains(document));
                    others.for_each(|(_, score)| *score = f32::NEG_INFINITY);
                }
                Ok(self.answer(&self.data.questions[first + at], &scores, |score| score > f32::NEG_INFINITY))
            };
            let found = rows.as_slice().par_chunks(documents.rows()).enumerate().map(of);
            answers.extend(found.collect::<Result<Vec<Answer>, Error>>()?);
            Ok::<_, Error>(())
        })?;
        Ok(self.outcome(answers))
    }

    fn without_models(&self) -> Result<Vec<(&'static str, Outcome)>, Error> {
        let texts: Vec<&str> = self.data.documents.iter().map(|(_, text)| text.as_str()).collect();
        let index = Bm25::new(&texts);
        let answer = |question: &Question| self.answer(question, &index.scores(&question.text), |score| score > 0.0);
        Ok(vec![("BM25", self.outcome(self.data.questions.par_iter().map(answer).collect()))])
    }
}
