//! Which texts to embed together: batches of similar length within a budget of tokens.
//!
//! Deliberately absent: counting the tokens (the embedder) and embedding them (the engine).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Batches of indices into `lengths`, shortest texts first; every index is in exactly one batch.
///
/// A batch has at most `max_rows` rows, and rows times its longest length stay within `budget`; a text longer than the
/// budget is a batch of its own. Texts of the same length stay in order.
pub fn by_tokens(lengths: &[usize], budget: usize, max_rows: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&index| lengths[index]);
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for index in order {
        // Sorted, so the newest is the longest.
        let fits =
            |batch: &Vec<usize>| batch.len() < max_rows && (batch.len() + 1).saturating_mul(lengths[index]) <= budget;
        match batches.last_mut().filter(|batch| fits(batch)) {
            Some(batch) => batch.push(index),
            None => batches.push(vec![index]),
        }
    }
    batches
}

/// At most `count` batches of indices into `lengths`, of nearly the same length in all: the longest texts first, each put where
/// there is least yet.
pub(crate) fn evenly(lengths: &[usize], count: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&index| Reverse(lengths[index]));
    let mut batches = vec![Vec::new(); count.min(lengths.len())];
    let mut fill: BinaryHeap<_> = (0..batches.len()).map(|batch| Reverse((0, batch))).collect();
    for index in order {
        let Some(mut least) = fill.peek_mut() else { break };
        let Reverse((total, batch)) = &mut *least;
        batches[*batch].push(index);
        *total += lengths[index].max(1);
    }
    batches
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_text_is_in_one_batch_within_the_limits(
            lengths in prop::collection::vec(0_usize..300, 0..200), budget in 0_usize..2000, max_rows in 0_usize..40,
        ) {
            let batches = by_tokens(&lengths, budget, max_rows);
            let mut seen: Vec<usize> = batches.iter().flatten().copied().collect();
            let walked: Vec<usize> = seen.iter().map(|&index| lengths[index]).collect();
            prop_assert!(walked.is_sorted());
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>());
            for batch in &batches {
                let longest = batch.iter().map(|&index| lengths[index]).max().unwrap_or_default();
                prop_assert!(batch.len() == 1 || (batch.len() <= max_rows && batch.len() * longest <= budget));
            }
            for pair in batches.windows(2) {
                let next = lengths[pair[1][0]];
                prop_assert!(pair[0].len() >= max_rows || (pair[0].len() + 1) * next > budget, "a batch could be fuller");
            }
        }

        #[test]
        fn even_batches_differ_by_no_more_than_a_text(
            lengths in prop::collection::vec(1_usize..300, 0..200), count in 1_usize..20,
        ) {
            let batches = evenly(&lengths, count);
            let mut seen: Vec<usize> = batches.iter().flatten().copied().collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>());
            prop_assert!(batches.len() <= count && batches.iter().all(|batch| !batch.is_empty()));
            let totals = || batches.iter().map(|batch| batch.iter().map(|&index| lengths[index]).sum::<usize>());
            let longest = lengths.iter().max().copied().unwrap_or_default();
            prop_assert!(totals().max().unwrap_or_default() - totals().min().unwrap_or_default() <= longest);
        }
    }
}
