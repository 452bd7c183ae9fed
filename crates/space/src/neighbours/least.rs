//! The smallest of many keys, found without sorting them.
//!
//! Deliberately absent: order; what is found stands where it stood.

/// Keys looked at together: most hold nothing small, and one comparison without branches tells.
const STEP: usize = 16;

/// The places of the `most` smallest keys, and of some that are hardly larger: at most twice as many.
#[inline(always)]
pub(super) fn least(keys: &[f32], most: usize, shares: &mut Vec<f32>, places: &mut Vec<u32>) {
    // The smallest of each of many shares: as many of these as are wanted are a bound that no fewer keys keep.
    shares.clear();
    shares.resize((most * 5 / 2).next_multiple_of(STEP), f32::INFINITY);
    for keys in keys.chunks(shares.len()) {
        for (least, &key) in shares.iter_mut().zip(keys) {
            *least = if key < *least { key } else { *least };
        }
    }
    let limit = *shares.select_nth_unstable_by(most - 1, f32::total_cmp).1;
    places.clear();
    for (step, keys) in keys.chunks(STEP).enumerate() {
        if keys.iter().fold(false, |any, &key| any | (key <= limit)) {
            let near = (step * STEP..).zip(keys).filter(|(_, key)| **key <= limit);
            places.extend(near.map(|(place, _)| place as u32));
        }
    }
    if places.len() > 2 * most {
        let key = |place: u32| keys[place as usize];
        places.select_nth_unstable_by(most - 1, |&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
        places.truncate(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::normal;

    fn found(keys: &[f32], most: usize) -> Vec<u32> {
        let (mut shares, mut places) = (Vec::new(), Vec::new());
        least(keys, most, &mut shares, &mut places);
        places.sort_unstable();
        places
    }

    #[test]
    fn the_smallest_are_among_what_is_found() {
        for (rows, most) in [(1, 1), (7, 9), (100, 9), (1000, 48), (997, 200)] {
            let keys = normal(rows, 1, 3).into_vec();
            let mut sorted = keys.clone();
            sorted.sort_by(f32::total_cmp);
            let places = found(&keys, most);
            let wanted = keys.iter().filter(|&&key| key <= sorted[most.min(rows) - 1]).count();
            let among = places.iter().filter(|&&place| keys[place as usize] <= sorted[most.min(rows) - 1]).count();
            assert_eq!(among, wanted, "{rows} {most}");
            assert!(places.len() <= 2 * most);
        }
    }

    #[test]
    fn of_many_alike_the_first_are_found() {
        assert_eq!(found(&[4.0; 500], 5), [0, 1, 2, 3, 4]);
        assert!(found(&[], 5).is_empty());
    }
}
