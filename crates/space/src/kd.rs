//! A k-d tree over the rows of a map: exact neighbours, and the nearest row that is not joined yet, without comparing
//! all pairs.
//!
//! For Euclid in up to three dimensions, where boxes leave most rows out. Deliberately absent: more dimensions, in
//! which every box is near, and changing the tree.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::Vectors;

/// Rows that are looked at one by one.
const LEAF: usize = 16;
/// Points that one task looks for.
const CHUNK: usize = 256;
/// A branch of several parts.
const MIXED: u32 = u32::MAX;

/// Points in the order of their leaves; branch `i` halves into `2i + 1` and `2i + 2`.
pub(crate) struct Tree<const D: usize> {
    points: Vec<[f32; D]>,
    rows: Vec<u32>,
    branches: Vec<Branch<D>>,
}

#[derive(Clone, Copy)]
struct Branch<const D: usize> {
    low: [f32; D],
    high: [f32; D],
    from: usize,
    to: usize,
}

/// What is joined so far and how far each point reaches, in the order of the tree.
pub(crate) struct Joined<'a> {
    cores: &'a [f64],
    /// The least reach in each branch.
    reach: &'a [f64],
    parts: Vec<u32>,
    /// The part that all points of a branch are in, or [`MIXED`].
    whole: Vec<u32>,
}

impl<const D: usize> Tree<D> {
    /// Of at least one row of `D` finite numbers.
    pub(crate) fn new(vectors: &Vectors) -> Self {
        let (points, _) = vectors.as_slice().as_chunks::<D>();
        let mut rows: Vec<u32> = (0..points.len() as u32).collect();
        let mut count = 1;
        while points.len().div_ceil(count) > LEAF {
            count *= 2;
        }
        halve(points, &mut rows, count);
        let points: Vec<[f32; D]> = rows.iter().map(|&row| points[row as usize]).collect();
        let mut branches = vec![Branch { low: [0.0; D], high: [0.0; D], from: 0, to: points.len() }; 2 * count - 1];
        for at in 0..branches.len() {
            let Branch { from, to, .. } = branches[at];
            if at + 1 < count {
                let middle = from + (to - from) / 2;
                (branches[2 * at + 1].from, branches[2 * at + 1].to) = (from, middle);
                (branches[2 * at + 2].from, branches[2 * at + 2].to) = (middle, to);
            }
        }
        branches.par_iter_mut().for_each(|branch| (branch.low, branch.high) = bounds(&points[branch.from..branch.to]));
        Self { points, rows, branches }
    }

    /// The `keep` nearest of each row, itself left out, ascending by distance.
    pub(crate) fn nearest(&self, keep: usize) -> Vec<Vec<(f32, u32)>> {
        let mut found: Vec<(u32, Vec<(f32, u32)>)> = (0..self.points.len())
            .into_par_iter()
            .with_min_len(CHUNK)
            .map(|at| {
                let mut list: Vec<(f64, u32)> = Vec::with_capacity(keep + 1);
                self.search(0, at, keep, &mut list);
                (self.rows[at], list.into_iter().map(|(square, row)| (square.sqrt() as f32, row)).collect())
            })
            .collect();
        found.par_sort_unstable_by_key(|(row, _)| *row);
        found.into_iter().map(|(_, list)| list).collect()
    }

    fn search(&self, branch: usize, at: usize, keep: usize, list: &mut Vec<(f64, u32)>) {
        let here = &self.points[at];
        let far = |list: &[(f64, u32)]| if list.len() < keep { f64::INFINITY } else { list[keep - 1].0 };
        if let Some((near, farther)) = self.nearer_first(branch, here) {
            for (distance, child) in [near, farther] {
                if distance < far(list) {
                    self.search(child, at, keep, list);
                }
            }
            return;
        }
        for other in self.branches[branch].from..self.branches[branch].to {
            let square = square(here, &self.points[other]);
            if other != at && square < far(list) {
                let candidate = (square, self.rows[other]);
                let place = list.partition_point(|known| *known < candidate);
                list.insert(place, candidate);
                list.truncate(keep);
            }
        }
    }

    /// Both halves of a branch with the squared distance of their boxes, the nearer first; nothing of a leaf.
    fn nearer_first(&self, branch: usize, here: &[f32; D]) -> Option<((f64, usize), (f64, usize))> {
        let (left, right) = (2 * branch + 1, 2 * branch + 2);
        if right >= self.branches.len() {
            return None;
        }
        let halves = [left, right].map(|child| (self.branches[child].away(here), child));
        Some(if halves[0].0 <= halves[1].0 { (halves[0], halves[1]) } else { (halves[1], halves[0]) })
    }

    /// Values of rows in the order of the tree.
    pub(crate) fn ordered<T: Copy>(&self, values: &[T]) -> Vec<T> {
        self.rows.iter().map(|&row| values[row as usize]).collect()
    }

    /// The least of `cores` (in the order of the tree) in each branch.
    pub(crate) fn least(&self, cores: &[f64]) -> Vec<f64> {
        let least = |branch: &Branch<D>| cores[branch.from..branch.to].iter().copied().fold(f64::INFINITY, f64::min);
        self.branches.par_iter().map(least).collect()
    }

    /// The state of a round: `cores` and `reach` as above, and the part of each row.
    pub(crate) fn joined<'a>(&self, cores: &'a [f64], reach: &'a [f64], parts: &[u32]) -> Joined<'a> {
        let parts = self.ordered(parts);
        let mut whole = vec![MIXED; self.branches.len()];
        for at in (0..self.branches.len()).rev() {
            let Branch { from, to, .. } = self.branches[at];
            whole[at] = match whole.get(2 * at + 2) {
                Some(&right) => {
                    if whole[2 * at + 1] == right {
                        right
                    } else {
                        MIXED
                    }
                }
                None if parts[from..to].iter().all(|&part| part == parts[from]) => parts[from],
                None => MIXED,
            };
        }
        Joined { cores, reach, parts, whole }
    }

    /// For each wanted row, in the order of the tree, the nearest by mutual reachability that is in another part:
    /// `(length, row, other)`. `bounds` holds for each part the bits of a length beyond which nobody need look; it
    /// falls as rows are found.
    pub(crate) fn leaving(
        &self,
        joined: &Joined,
        wanted: &(dyn Fn(usize) -> bool + Sync),
        bounds: &[AtomicU64],
    ) -> Vec<(f64, u32, u32)> {
        (0..self.points.len())
            .into_par_iter()
            .with_min_len(CHUNK)
            .filter(|&at| wanted(self.rows[at] as usize))
            .filter_map(|at| {
                let bound = &bounds[joined.parts[at] as usize];
                let mut least = (f64::INFINITY, at);
                self.leave(0, at, joined, bound, &mut least);
                bound.fetch_min(least.0.to_bits(), Ordering::Relaxed);
                least.0.is_finite().then(|| (least.0, self.rows[at], self.rows[least.1]))
            })
            .collect()
    }

    fn leave(&self, branch: usize, at: usize, joined: &Joined, bound: &AtomicU64, least: &mut (f64, usize)) {
        let (here, core) = (&self.points[at], joined.cores[at]);
        let open = |branch: usize, away: f64, least: &(f64, usize)| {
            let length = away.sqrt().max(core).max(joined.reach[branch]);
            let bound = f64::from_bits(bound.load(Ordering::Relaxed));
            joined.whole[branch] != joined.parts[at] && length < least.0 && length <= bound
        };
        if let Some((near, farther)) = self.nearer_first(branch, here) {
            for (away, child) in [near, farther] {
                if open(child, away, least) {
                    self.leave(child, at, joined, bound, least);
                }
            }
            return;
        }
        for other in self.branches[branch].from..self.branches[branch].to {
            if joined.parts[other] != joined.parts[at] {
                // Rounded as neighbours' distances are, so that equal edges are equal however they were found.
                let distance = f64::from(square(here, &self.points[other]).sqrt() as f32);
                let length = distance.max(core).max(joined.cores[other]);
                if length < least.0 {
                    *least = (length, other);
                }
            }
        }
    }
}

impl<const D: usize> Branch<D> {
    /// The squared distance from a point to the box.
    fn away(&self, here: &[f32; D]) -> f64 {
        (0..D)
            .map(|axis| {
                let (low, high, x) = (f64::from(self.low[axis]), f64::from(self.high[axis]), f64::from(here[axis]));
                let beyond = (low - x).max(x - high).max(0.0);
                beyond * beyond
            })
            .sum()
    }
}

/// Orders rows so that every half of a half lies on one side along the axis on which the whole is widest.
fn halve<const D: usize>(points: &[[f32; D]], rows: &mut [u32], leaves: usize) {
    if leaves < 2 {
        return;
    }
    let (mut low, mut high) = ([f32::INFINITY; D], [f32::NEG_INFINITY; D]);
    for &row in rows.iter() {
        for axis in 0..D {
            low[axis] = low[axis].min(points[row as usize][axis]);
            high[axis] = high[axis].max(points[row as usize][axis]);
        }
    }
    let width = |axis: usize| f64::from(high[axis]) - f64::from(low[axis]);
    let widest = (0..D).max_by(|&a, &b| width(a).total_cmp(&width(b))).unwrap_or(0);
    let middle = rows.len() / 2;
    rows.select_nth_unstable_by(middle, |&a, &b| {
        points[a as usize][widest].total_cmp(&points[b as usize][widest]).then(a.cmp(&b))
    });
    let (left, right) = rows.split_at_mut(middle);
    rayon::join(|| halve(points, left, leaves / 2), || halve(points, right, leaves / 2));
}

fn bounds<const D: usize>(points: &[[f32; D]]) -> ([f32; D], [f32; D]) {
    let (mut low, mut high) = ([f32::INFINITY; D], [f32::NEG_INFINITY; D]);
    for point in points {
        for axis in 0..D {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    (low, high)
}

fn square<const D: usize>(a: &[f32; D], b: &[f32; D]) -> f64 {
    (0..D).map(|axis| (f64::from(a[axis]) - f64::from(b[axis])).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Metric;
    use crate::sample::normal;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn the_nearest_are_those_of_all_pairs(rows in 1_usize..200, keep in 1_usize..20, seed in 0_u64..99) {
            let vectors = normal(rows, 3, seed);
            let found = Tree::<3>::new(&vectors).nearest(keep);
            for (row, list) in found.iter().enumerate() {
                let distance = |&other: &usize| Metric::Euclidean.distance(vectors.row(row), vectors.row(other));
                let mut others: Vec<f64> = (0..rows).filter(|&other| other != row).map(|other| distance(&other)).collect();
                others.sort_by(f64::total_cmp);
                prop_assert_eq!(list.len(), keep.min(rows - 1));
                for (&(found, other), wanted) in list.iter().zip(others) {
                    prop_assert!((f64::from(found) - wanted).abs() < 1e-6);
                    prop_assert!((distance(&(other as usize)) - wanted).abs() < 1e-6);
                }
            }
        }

        #[test]
        fn who_leaves_takes_the_shortest_way(rows in 2_usize..150, seed in 0_u64..99) {
            let vectors = normal(rows, 2, seed);
            let (parts, cores): (Vec<u32>, Vec<f64>) = (0..rows).map(|row| (row as u32 % 3, (row % 7) as f64 * 0.1)).unzip();
            let tree = Tree::<2>::new(&vectors);
            let ordered = tree.ordered(&cores);
            let reach = tree.least(&ordered);
            let joined = tree.joined(&ordered, &reach, &parts);
            let bounds: Vec<AtomicU64> = parts.iter().map(|_| AtomicU64::new(f64::INFINITY.to_bits())).collect();
            let mut best = [f64::INFINITY; 3];
            for (length, row, other) in tree.leaving(&joined, &|_| true, &bounds) {
                prop_assert_ne!(parts[row as usize], parts[other as usize]);
                best[parts[row as usize] as usize] = length.min(best[parts[row as usize] as usize]);
            }
            let mut wanted = [f64::INFINITY; 3];
            for (a, b) in (0..rows).flat_map(|a| (0..rows).map(move |b| (a, b))).filter(|&(a, b)| parts[a] != parts[b]) {
                let length = Metric::Euclidean.distance(vectors.row(a), vectors.row(b)).max(cores[a]).max(cores[b]);
                wanted[parts[a] as usize] = length.min(wanted[parts[a] as usize]);
            }
            prop_assert!(best.iter().zip(wanted).all(|(a, b)| a == &b || (a - b).abs() < 1e-6), "{:?} {:?}", best, wanted);
        }
    }

    #[test]
    fn identical_points_are_no_trouble() {
        let same = Vectors::new(vec![2.0; 4000], 2).expect("rows");
        let found = Tree::<2>::new(&same).nearest(5);
        assert!(found.iter().all(|list| list.len() == 5 && list.iter().all(|&(distance, _)| distance == 0.0)));
    }
}
