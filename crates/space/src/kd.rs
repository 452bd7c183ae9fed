//! A k-d tree over the rows of a map: exact neighbours without comparing all pairs.
//!
//! For Euclid in up to three dimensions, where boxes leave most rows out. Deliberately absent: more dimensions, in
//! which every box is near, and changing the tree; what joins all rows is in `spanning`.

mod spanning;

use rayon::prelude::*;

use crate::{Cancel, Error, Vectors};

/// Rows that are looked at one by one.
const LEAF: usize = 16;
/// Points that one task looks for.
const CHUNK: usize = 256;

/// A tree over rows of one, two or three numbers.
pub(crate) enum Map {
    Line(Tree<1>),
    Plane(Tree<2>),
    Room(Tree<3>),
}

impl Map {
    /// Of at least one row of finite numbers; nothing where a row has more than three.
    pub(crate) fn new(vectors: &Vectors) -> Option<Self> {
        Some(match vectors.dim() {
            1 => Self::Line(Tree::new(vectors)),
            2 => Self::Plane(Tree::new(vectors)),
            3 => Self::Room(Tree::new(vectors)),
            _ => return None,
        })
    }

    /// [`Tree::nearest`]
    pub(crate) fn nearest(&self, keep: usize) -> Vec<Vec<(f32, u32)>> {
        match self {
            Self::Line(tree) => tree.nearest(keep),
            Self::Plane(tree) => tree.nearest(keep),
            Self::Room(tree) => tree.nearest(keep),
        }
    }

    /// [`Tree::reach`]
    pub(crate) fn reach(&self, keep: usize) -> Vec<f64> {
        match self {
            Self::Line(tree) => tree.reach(keep),
            Self::Plane(tree) => tree.reach(keep),
            Self::Room(tree) => tree.reach(keep),
        }
    }

    /// [`Tree::spanning`]
    pub(crate) fn spanning(&self, cores: &[f64], cancel: &Cancel) -> Result<Vec<(f64, u32, u32)>, Error> {
        match self {
            Self::Line(tree) => tree.spanning(cores, cancel),
            Self::Plane(tree) => tree.spanning(cores, cancel),
            Self::Room(tree) => tree.spanning(cores, cancel),
        }
    }
}

/// Points in the order of their leaves; branch `i` halves into `2i + 1` and `2i + 2`. All numbers are kept in the `f64`
/// that they are compared in.
pub(crate) struct Tree<const D: usize> {
    points: Vec<[f64; D]>,
    rows: Vec<u32>,
    branches: Vec<Branch<D>>,
}

#[derive(Clone, Copy)]
struct Branch<const D: usize> {
    low: [f64; D],
    high: [f64; D],
    from: usize,
    to: usize,
}

/// The nearest so far, by squared distance: not in order, and up to twice as many as wanted, so that taking one in costs
/// little.
struct Nearest {
    keep: usize,
    list: Vec<(f64, u32)>,
    /// Nothing from here on can be among them.
    limit: f64,
}

impl Nearest {
    fn new(keep: usize) -> Self {
        Self { keep, list: Vec::with_capacity(2 * keep), limit: f64::INFINITY }
    }

    fn offer(&mut self, square: f64, row: u32) {
        self.list.push((square, row));
        if self.list.len() >= 2 * self.keep {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        if self.list.len() >= self.keep {
            let worst = self.list.select_nth_unstable_by(self.keep - 1, by_square).1.0;
            self.list.truncate(self.keep);
            self.limit = worst;
        }
    }
}

fn by_square(a: &(f64, u32), b: &(f64, u32)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
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
        let points: Vec<[f64; D]> = rows.iter().map(|&row| points[row as usize].map(f64::from)).collect();
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
        let list = |nearest: &mut Nearest| {
            nearest.list.sort_unstable_by(by_square);
            nearest.list.iter().map(|&(square, row)| (square.sqrt() as f32, row)).collect()
        };
        self.by_row(self.gather(keep, list))
    }

    /// The distance of each row to its `keep`-th nearest, itself not counted; to the farthest where there are fewer.
    pub(crate) fn reach(&self, keep: usize) -> Vec<f64> {
        // Rounded as neighbours' distances are, so that equal ones are equal however they were found.
        let farthest = |nearest: &mut Nearest| nearest.list.iter().map(|near| near.0).fold(0.0, f64::max);
        let reach: Vec<f64> = self.gather(keep, farthest);
        self.by_row(reach.into_iter().map(|square| f64::from(square.sqrt() as f32)).collect())
    }

    /// What `take` makes of the `keep` nearest of each point, in the order of the tree.
    fn gather<T: Send>(&self, keep: usize, take: impl Fn(&mut Nearest) -> T + Sync) -> Vec<T> {
        let points = (0..self.points.len()).into_par_iter().with_min_len(CHUNK);
        points
            .map_init(
                || Nearest::new(keep.max(1)),
                |nearest, at| {
                    nearest.list.clear();
                    nearest.limit = f64::INFINITY;
                    self.search(0, at, nearest);
                    nearest.shorten();
                    nearest.list.truncate(keep);
                    take(nearest)
                },
            )
            .collect()
    }

    fn search(&self, branch: usize, at: usize, nearest: &mut Nearest) {
        let here = &self.points[at];
        if let Some(halves) = self.nearer_first(branch, here) {
            for (distance, child) in halves {
                if distance < nearest.limit {
                    self.search(child, at, nearest);
                }
            }
            return;
        }
        for other in self.branches[branch].from..self.branches[branch].to {
            let square = square(here, &self.points[other]);
            if square < nearest.limit && other != at {
                nearest.offer(square, self.rows[other]);
            }
        }
    }

    /// Both halves of a branch with the squared distance of their boxes, the nearer first; nothing of a leaf.
    #[inline]
    fn nearer_first(&self, branch: usize, here: &[f64; D]) -> Option<[(f64, usize); 2]> {
        let (left, right) = (2 * branch + 1, 2 * branch + 2);
        if right >= self.branches.len() {
            return None;
        }
        let halves = [left, right].map(|child| (self.branches[child].away(here), child));
        Some(if halves[0].0 <= halves[1].0 { halves } else { [halves[1], halves[0]] })
    }

    /// Values in the order of the tree, brought back into the order of rows.
    fn by_row<T>(&self, values: Vec<T>) -> Vec<T> {
        let mut places: Vec<Option<T>> = values.iter().map(|_| None).collect();
        for (value, &row) in values.into_iter().zip(&self.rows) {
            places[row as usize] = Some(value);
        }
        places.into_iter().flatten().collect()
    }
}

impl<const D: usize> Branch<D> {
    /// The squared distance from a point to the box.
    #[inline]
    fn away(&self, here: &[f64; D]) -> f64 {
        let sides = self.low.iter().zip(&self.high);
        sides.zip(here).map(|((low, high), at)| (low - at).max(at - high).max(0.0).powi(2)).sum()
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

fn bounds<const D: usize>(points: &[[f64; D]]) -> ([f64; D], [f64; D]) {
    let (mut low, mut high) = ([f64::INFINITY; D], [f64::NEG_INFINITY; D]);
    for point in points {
        for axis in 0..D {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    (low, high)
}

#[inline]
fn square<const D: usize>(a: &[f64; D], b: &[f64; D]) -> f64 {
    let mut sum = 0.0;
    for axis in 0..D {
        let apart = a[axis] - b[axis];
        sum += apart * apart;
    }
    sum
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
            let tree = Tree::<3>::new(&vectors);
            let (found, reach) = (tree.nearest(keep), tree.reach(keep));
            for (row, list) in found.iter().enumerate() {
                let distance = |&other: &usize| Metric::Euclidean.distance(vectors.row(row), vectors.row(other));
                let mut others: Vec<f64> = (0..rows).filter(|&other| other != row).map(|other| distance(&other)).collect();
                others.sort_by(f64::total_cmp);
                prop_assert_eq!(list.len(), keep.min(rows - 1));
                prop_assert_eq!(reach[row], list.last().map_or(0.0, |&(farthest, _)| f64::from(farthest)));
                for (&(found, other), wanted) in list.iter().zip(others) {
                    prop_assert!((f64::from(found) - wanted).abs() < 1e-6);
                    prop_assert!((distance(&(other as usize)) - wanted).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn identical_points_are_no_trouble() {
        let same = Vectors::new(vec![2.0; 4000], 2).expect("rows");
        let tree = Tree::<2>::new(&same);
        let found = tree.nearest(5);
        assert!(tree.reach(5).iter().all(|&reach| reach == 0.0));
        assert!(found.iter().all(|list| list.len() == 5 && list.iter().all(|&(distance, _)| distance == 0.0)));
    }
}
