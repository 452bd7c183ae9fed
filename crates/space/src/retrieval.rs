//! How well a ranking finds what is relevant, one question at a time, as trec_eval scores it.
//!
//! Deliberately absent: ranking, and the mean over questions.

/// The answer to one question beside what would have been right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranking<'a> {
    /// How relevant each answer is, best ranked first; 0 or less for what is not relevant.
    pub found: &'a [f64],
    /// How relevant everything is that could have been found, in any order; the same scale.
    pub relevant: &'a [f64],
}

impl Ranking<'_> {
    /// Discounted gain of the first `k` answers as a share of the best possible (Järvelin and Kekäläinen 2002), 0 to
    /// 1; the gain is the relevance itself. 0 where nothing is relevant.
    pub fn ndcg(&self, k: usize) -> f64 {
        let mut best = self.relevant.to_vec();
        best.sort_by(|a, b| b.total_cmp(a));
        share(gain(self.found, k), gain(&best, k))
    }

    /// Share of what is relevant among the first `k` answers.
    pub fn recall(&self, k: usize) -> f64 {
        let hits = self.found.iter().take(k).filter(|grade| **grade > 0.0).count();
        share(hits as f64, self.count() as f64)
    }

    /// One over the rank of the first relevant answer; its mean over questions is the MRR. 0 where there is none.
    pub fn reciprocal_rank(&self) -> f64 {
        self.found.iter().position(|&grade| grade > 0.0).map_or(0.0, |at| 1.0 / (at + 1) as f64)
    }

    /// The precision at every relevant answer, summed, by the number of relevant ones; its mean over questions is the
    /// MAP.
    pub fn average_precision(&self) -> f64 {
        let hits = self.found.iter().enumerate().filter(|(_, grade)| **grade > 0.0);
        let precision: f64 = (1..).zip(hits).map(|(hits, (at, _))| f64::from(hits) / (at + 1) as f64).sum();
        share(precision, self.count() as f64)
    }

    fn count(&self) -> usize {
        self.relevant.iter().filter(|grade| **grade > 0.0).count()
    }
}

fn gain(grades: &[f64], k: usize) -> f64 {
    let gains = grades.iter().take(k).enumerate();
    gains.map(|(at, &grade)| grade.max(0.0) / ((at + 2) as f64).log2()).sum()
}

fn share(part: f64, whole: f64) -> f64 {
    // The sum of nothing is −0, which would be shown.
    if whole > 0.0 { part / whole + 0.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn scores_are_bounded_and_the_best_order_scores_one(
            grades in proptest::collection::vec(0_u8..4, 1..30), k in 1_usize..40,
        ) {
            let found: Vec<f64> = grades.iter().map(|&grade| f64::from(grade)).collect();
            let ranking = Ranking { found: &found, relevant: &found };
            let scores = [ranking.ndcg(k), ranking.recall(k), ranking.reciprocal_rank(), ranking.average_precision()];
            prop_assert!(scores.iter().all(|score| (0.0..=1.0 + 1e-12).contains(score)), "{:?}", scores);
            let mut best = found.clone();
            best.sort_by(|a, b| b.total_cmp(a));
            let ideal = Ranking { found: &best, relevant: &found };
            let any = f64::from(u8::from(found.iter().any(|grade| *grade > 0.0)));
            prop_assert!((ideal.ndcg(k) - any).abs() < 1e-12 && (ideal.average_precision() - any).abs() < 1e-12);
        }
    }

    #[test]
    fn nothing_found_or_relevant_scores_nothing() {
        for (found, relevant) in [(&[][..], &[1.0][..]), (&[0.0, 0.0], &[]), (&[], &[])] {
            let ranking = Ranking { found, relevant };
            assert_eq!([ranking.ndcg(10), ranking.recall(10)], [0.0; 2]);
            assert_eq!([ranking.reciprocal_rank(), ranking.average_precision()], [0.0; 2]);
        }
    }
}
