//! What was taken for what: the truth of every row beside what it was classified as.
//!
//! Classes are numbered from 0. Deliberately absent: classifying; see `logistic` and `vote`.

use crate::Error;

/// How many rows of each class were classified as each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    counts: Vec<u64>,
}

impl Confusion {
    /// No rows yet.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// Counts rows by their truth and what was found. Fails where one list is longer, and on classes beyond the last.
    pub fn add(&mut self, truth: &[usize], found: &[usize]) -> Result<(), Error> {
        if truth.len() != found.len() {
            return Err(Error::shape(format!("{} classes", truth.len()), found.len()));
        }
        if let Some(beyond) = truth.iter().chain(found).find(|class| **class >= self.classes) {
            return Err(Error::parameter("class", format!("below {}", self.classes), beyond));
        }
        for (&truth, &found) in truth.iter().zip(found) {
            self.counts[truth * self.classes + found] += 1;
        }
        Ok(())
    }

    fn count(&self, truth: usize, found: usize) -> u64 {
        self.counts[truth * self.classes + found]
    }

    /// Share of rows that were classified rightly; 0 where there are none.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.classes).map(|class| self.count(class, class)).sum();
        share(right, self.counts.iter().sum())
    }

    /// The mean over classes of the harmonic mean of precision and recall; classes that neither are nor were found do
    /// not count.
    pub fn macro_f1(&self) -> f64 {
        let scores: Vec<f64> = (0..self.classes)
            .filter_map(|class| {
                let is: u64 = (0..self.classes).map(|other| self.count(class, other)).sum();
                let found: u64 = (0..self.classes).map(|other| self.count(other, class)).sum();
                (is + found > 0).then(|| share(2 * self.count(class, class), is + found))
            })
            .collect();
        if scores.is_empty() { 0.0 } else { scores.iter().sum::<f64>() / scores.len() as f64 }
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degenerate_input_is_answered() {
        let mut table = Confusion::new(2);
        assert_eq!((table.accuracy(), table.macro_f1()), (0.0, 0.0));
        assert!(table.add(&[0], &[]).is_err());
        assert!(table.add(&[0], &[2]).is_err());
        table.add(&[1, 1], &[1, 1]).expect("as many");
        assert_eq!((table.accuracy(), table.macro_f1()), (1.0, 1.0));
        table.add(&[1, 0], &[0, 1]).expect("as many");
        assert_eq!((table.accuracy(), table.macro_f1()), (0.5, 1.0 / 3.0));
    }
}
