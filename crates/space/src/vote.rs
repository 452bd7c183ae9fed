//! Classifying by the nearest: every row takes the class that most of its nearest examples have.
//!
//! Deliberately absent: rows that vote about each other; see `agreement::neighbour_accuracy`.

use rayon::prelude::*;

use crate::{Error, Metric, Vectors, similarity};

/// The class of every row of `unknown`: the most frequent among its `k` nearest `examples`, of equally frequent ones the
/// smallest. Fails without examples, and where they and their classes are not as many.
pub fn vote(
    examples: &Vectors,
    classes: &[usize],
    unknown: &Vectors,
    k: usize,
    metric: Metric,
) -> Result<Vec<usize>, Error> {
    if classes.len() != examples.rows() {
        return Err(Error::shape(format!("{} classes", examples.rows()), classes.len()));
    }
    if examples.rows() == 0 || k == 0 {
        return Err(Error::TooFew { what: "a vote", needed: 1, found: 0 });
    }
    let count = classes.iter().max().map_or(0, |last| last + 1);
    let mut found = Vec::with_capacity(unknown.rows());
    similarity::blocks(unknown, examples, metric, |_, rows| {
        let near = |row: &[f32]| {
            let mut order: Vec<usize> = (0..row.len()).collect();
            let nearer = |&a: &usize, &b: &usize| {
                let order = row[a].total_cmp(&row[b]);
                (if metric.is_similarity() { order.reverse() } else { order }).then(a.cmp(&b))
            };
            if k < order.len() {
                order.select_nth_unstable_by(k - 1, nearer);
                order.truncate(k);
            }
            let mut votes = vec![0_usize; count];
            order.iter().for_each(|&example| votes[classes[example]] += 1);
            // The last of the largest from behind is the smallest class.
            (0..count).rev().max_by_key(|&class| votes[class]).unwrap_or_default()
        };
        found.par_extend(rows.as_slice().par_chunks(examples.rows()).map(near));
        Ok::<_, Error>(())
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_decide_and_ties_go_to_the_smallest_class() {
        let examples = Vectors::new(vec![0.0, 1.0, 2.0, 10.0, 11.0], 1).expect("rows");
        let unknown = Vectors::new(vec![0.4, 10.2], 1).expect("rows");
        let classes = [2, 2, 0, 1, 0];
        assert_eq!(vote(&examples, &classes, &unknown, 3, Metric::Euclidean), Ok(vec![2, 0]));
        assert_eq!(vote(&examples, &classes, &unknown, 1, Metric::Euclidean), Ok(vec![2, 1]));
        assert_eq!(vote(&examples, &classes, &unknown, 2, Metric::Euclidean), Ok(vec![2, 0]));
    }

    #[test]
    fn degenerate_input_is_answered() {
        let one = Vectors::new(vec![1.0], 1).expect("row");
        assert!(vote(&Vectors::empty(1), &[], &one, 1, Metric::Cosine).is_err());
        assert!(vote(&one, &[], &one, 1, Metric::Cosine).is_err());
        assert_eq!(vote(&one, &[0], &Vectors::empty(1), 5, Metric::Cosine), Ok(vec![]));
    }
}
