//! What models are asked to do: the tasks, their figures and how each is measured.
//!
//! Deliberately absent: doing it; each task has a file of its own.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What models are asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Task {
    /// Say how alike two sentences are.
    Sts,
    /// Tell pairs that belong together from those that do not.
    Pairs,
    /// Find the documents that answer a question.
    Retrieval,
    /// Put items into known classes, from a few examples of each.
    Classification,
    /// Group items without being told how.
    Clustering,
    /// Find the picture of a caption, and the captions of a picture.
    TextImage,
    /// Say which of two things is nearer to a third.
    Triplets,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 7] = [
        Self::Sts,
        Self::Pairs,
        Self::Retrieval,
        Self::Classification,
        Self::Clustering,
        Self::TextImage,
        Self::Triplets,
    ];

    /// The figures it gives, the one by which models are compared first.
    pub fn figures(self) -> &'static [&'static str] {
        match self {
            Self::Sts => &["spearman", "pearson"],
            Self::Pairs => &["average_precision", "accuracy"],
            Self::Retrieval => &["ndcg@10", "recall@10", "recall@100", "mrr", "map"],
            Self::Classification => &["accuracy", "f1", "knn_accuracy"],
            Self::Clustering => &["v_measure", "ari"],
            Self::TextImage => &[
                "text_to_image_r@1",
                "text_to_image_r@5",
                "text_to_image_r@10",
                "image_to_text_r@1",
                "image_to_text_r@5",
                "image_to_text_r@10",
            ],
            Self::Triplets => &["triplets_right"],
        }
    }

    /// The figure by which models are compared.
    pub fn main_figure(self) -> &'static str {
        self.figures()[0]
    }

    /// How it is measured, in a sentence or two.
    pub fn protocol(self) -> &'static str {
        match self {
            Self::Sts => {
                "Correlation of the cosine of both sentences with the given score: by ranks (Spearman, ties share their mean rank) and by values (Pearson), as in the MTEB."
            }
            Self::Pairs => {
                "Average precision of the cosine, and the most pairs that one threshold puts on the right side, as in the MTEB."
            }
            Self::Retrieval => {
                "Every question against every document, title and text together, by the measure the model is made for; the first 1000 scored as trec_eval does, as in BEIR and the MTEB."
            }
            Self::Classification => {
                "Logistic regression on a few examples of each class, drawn anew ten times, tested on the rest; the mean of the ten, as in the MTEB. kNN votes among all examples."
            }
            Self::Clustering => {
                "Mini-batch k-means with as many clusters as there are classes, on ten draws of 16,384 items with repetition; the mean of the ten, as in the MTEB. The range is over the ten draws."
            }
            Self::TextImage => {
                "Cosine of every caption with every picture; R@k is the share of questions with a right answer among the first k, both ways."
            }
            Self::Triplets => {
                "The share of judgements in which the one that was judged nearer has the larger cosine, as the triplet evaluator of sentence-transformers has it; equal ones count as wrong."
            }
        }
    }
}

/// A figure as people call it: "V-measure" for "v_measure".
pub(super) fn in_words(figure: &str) -> &str {
    match figure {
        "spearman" => "Spearman correlation",
        "pearson" => "Pearson correlation",
        "average_precision" => "average precision",
        "ndcg@10" => "nDCG@10",
        "recall@10" => "Recall@10",
        "recall@100" => "Recall@100",
        "mrr" => "MRR",
        "map" => "MAP",
        "f1" => "F1",
        "knn_accuracy" => "kNN accuracy",
        "v_measure" => "V-measure",
        "ari" => "ARI",
        "text_to_image_r@1" => "text to picture R@1",
        "text_to_image_r@5" => "text to picture R@5",
        "text_to_image_r@10" => "text to picture R@10",
        "image_to_text_r@1" => "picture to text R@1",
        "image_to_text_r@5" => "picture to text R@5",
        "image_to_text_r@10" => "picture to text R@10",
        "triplets_right" => "share of judgements met",
        other => other,
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sts => "sts",
            Self::Pairs => "pair-classification",
            Self::Retrieval => "retrieval",
            Self::Classification => "classification",
            Self::Clustering => "clustering",
            Self::TextImage => "text-image",
            Self::Triplets => "triplets",
        })
    }
}

impl FromStr for Task {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(|task| task.to_string()).join(", ");
        Self::ALL.into_iter().find(|task| task.to_string() == name).ok_or_else(|| format!("not one of {}", names()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_have_names_that_go_both_ways() {
        for task in Task::ALL {
            assert_eq!(task.to_string().parse(), Ok(task));
        }
        assert!("taste".parse::<Task>().is_err());
    }
}
