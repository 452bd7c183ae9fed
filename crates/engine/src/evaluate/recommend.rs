//! Which model to take, with its reasons from what was measured: the cheapest of those that nothing is certainly better than.
//!
//! Deliberately absent: one overall score, and advice without measurement (the models' catalogue gives that).

use super::task::in_words;
use super::{Evaluation, Measured};

/// A model and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// The model, as it took part.
    pub model: String,
    /// Each a sentence.
    pub reasons: Vec<String>,
}

/// Smaller differences in speed are not worth a sentence.
const FASTER: f64 = 1.2;

impl Evaluation {
    /// The contestant to take; None where fewer than two with vectors took part.
    pub fn recommendation(&self) -> Option<Recommendation> {
        let able: Vec<&Measured> = self.results.iter().filter(|result| result.dim.is_some()).collect();
        // One alone is better than nobody.
        let best = *able.first().filter(|_| able.len() > 1)?;
        let equal: Vec<&Measured> =
            able.iter().copied().filter(|other| other.model == best.model || !self.is_certain(best, other)).collect();
        // Of equal ones the smaller vectors, then the faster model, then the better figure, which is their order.
        let bytes = |result: &Measured| result.bytes.unwrap_or(usize::MAX);
        let speed = |result: &Measured| result.items_per_second.unwrap_or_default();
        let chosen =
            equal.iter().copied().min_by(|a, b| bytes(a).cmp(&bytes(b)).then(speed(b).total_cmp(&speed(a))))?;
        let mut reasons = Vec::new();
        let main = |result: &Measured| result.figures.first().map_or(0.0, |figure| figure.value);
        let figure = in_words(self.task.main_figure());
        match equal.len() {
            1 => {
                let others = if able.len() == self.results.len() { "every other" } else { "every other with vectors" };
                reasons.push(format!("Its {figure} of {:.3} is certainly better than {others}.", main(chosen)));
            }
            _ if chosen.model == best.model => reasons.push(format!(
                "Its {figure} of {:.3} is the highest, and none that is not certainly worse keeps fewer bytes.",
                main(chosen)
            )),
            _ => reasons.push(format!(
                "Its {figure} of {:.3} is not certainly below the highest, {:.3} of {}.",
                main(chosen),
                main(best),
                best.model
            )),
        }
        if let Some(bytes) = chosen.bytes {
            let more = equal.iter().filter_map(|other| other.bytes).max().filter(|&most| most > bytes);
            reasons.push(match more {
                Some(most) => format!("A vector takes {bytes} bytes, where an equal one takes {most}."),
                None => format!("A vector takes {bytes} bytes."),
            });
        }
        if let Some(own) = chosen.items_per_second {
            let slower = equal.iter().filter(|other| other.model != chosen.model);
            let slowest = slower.filter_map(|other| other.items_per_second).fold(f64::INFINITY, f64::min);
            reasons.push(match own / slowest {
                times if times.is_finite() && times >= FASTER => {
                    format!(
                        "It embeds {own:.0} items a second here, {times:.1} times as many as the slowest of equals."
                    )
                }
                _ => format!("It embeds {own:.0} items a second here."),
            });
        }
        reasons.extend(self.against_baselines(chosen));
        Some(Recommendation { model: chosen.model.clone(), reasons })
    }

    /// Whether a learned model earns its cost.
    fn against_baselines(&self, chosen: &Measured) -> Option<String> {
        let is_rival = |result: &&Measured| result.baseline && result.model != "chance" && result.model != chosen.model;
        let best = self.results.iter().find(is_rival);
        Some(match best {
            Some(best) if self.is_certain(best, chosen) => {
                format!("But the baseline {} is certainly better than it.", best.model)
            }
            _ if chosen.baseline => {
                "It is a baseline: no model here is certainly better than comparing words, letters or colours.".into()
            }
            Some(best) if self.is_certain(chosen, best) => {
                format!("It is certainly better than the best baseline, {}.", best.model)
            }
            Some(best) => format!("This data cannot tell it from the best baseline, {}.", best.model),
            None => return None,
        })
    }

    fn is_certain(&self, better: &Measured, other: &Measured) -> bool {
        let of = |a: &Measured, b: &Measured| {
            self.differences.iter().any(|found| found.a == a.model && found.b == b.model && found.is_certain())
        };
        of(better, other)
    }
}

#[cfg(test)]
mod tests {
    use super::super::judge::figure;
    use super::super::{Difference, Task};
    use super::*;

    fn contestant(model: &str, value: f64, bytes: usize, baseline: bool) -> Measured {
        let figures = vec![figure("ndcg@10", value)];
        Measured {
            figures,
            dim: Some(bytes / 4),
            bytes: Some(bytes),
            items_per_second: Some(1e5 / bytes as f64),
            baseline,
            ..Measured::free(model)
        }
    }

    fn evaluation(results: Vec<Measured>, certain: &[(&str, &str)]) -> Evaluation {
        let mut differences = Vec::new();
        for (at, a) in results.iter().enumerate() {
            for b in &results[at + 1..] {
                let low = if certain.contains(&(a.model.as_str(), b.model.as_str())) { 0.01 } else { -0.01 };
                let (a, b) = (a.model.clone(), b.model.clone());
                differences.push(Difference { a, b, value: 0.02, range: (low, 0.05) });
            }
        }
        Evaluation {
            task: Task::Retrieval,
            data: "scifact".into(),
            size: "300 questions".into(),
            results,
            differences,
            items: Vec::new(),
            behind: std::collections::BTreeMap::new(),
            seed: 42,
            device: "CPU".into(),
        }
    }

    #[test]
    fn of_equals_the_smaller_is_taken_and_the_reasons_are_measured() {
        let results = vec![
            contestant("large", 0.66, 4096, false),
            contestant("small", 0.65, 1536, false),
            contestant("words", 0.4, 1024, true),
        ];
        let found = evaluation(results, &[("large", "words"), ("small", "words")]).recommendation().expect("one");
        assert_eq!(found.model, "small");
        let said = found.reasons.join(" ");
        assert!(said.contains("Its nDCG@10 of 0.650 is not certainly below the highest, 0.660 of large"), "{said}");
        assert!(said.contains("1536 bytes, where an equal one takes 4096") && said.contains("2.7 times"), "{said}");
        assert!(said.contains("certainly better than the best baseline, words"), "{said}");
    }

    #[test]
    fn a_baseline_that_nothing_beats_is_recommended_and_bm25_never_is() {
        let bm25 = Measured { figures: vec![figure("ndcg@10", 0.9)], ..Measured::free("BM25") };
        let results = vec![bm25, contestant("model", 0.6, 1536, false), contestant("words", 0.6, 1024, true)];
        let found = evaluation(results, &[]).recommendation().expect("one");
        assert_eq!(found.model, "words");
        assert!(found.reasons.last().expect("said").contains("no model here is certainly better"));
        assert_eq!(evaluation(vec![Measured::free("BM25")], &[]).recommendation(), None);
        let bm25 = Measured { figures: vec![figure("ndcg@10", 0.9)], ..Measured::free("BM25") };
        let results = vec![bm25, contestant("model", 0.6, 1024, false), contestant("words", 0.5, 1536, true)];
        let found = evaluation(results, &[("BM25", "model"), ("model", "words")]).recommendation().expect("one");
        let said = found.reasons.last().expect("said");
        assert!(found.model == "model" && said.contains("the baseline BM25 is certainly better than it"), "{said}");
    }
}
