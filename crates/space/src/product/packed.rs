//! A right factor laid out once as products read it: in panels of a few columns, each row by row.
//!
//! Weights never change, and many rows meet the same vectors: what laying out costs is paid once. Machines that `kernel` has no
//! tiles for keep the factor in one piece for the `gemm` crate. Deliberately absent: factors of other numbers than `f32`.

use std::ops::Range;

use rayon::prelude::*;

#[cfg(target_arch = "x86_64")]
use super::kernel::{Part, avx2, avx512, turn};
use super::{View, general};

/// What happens to a product's numbers as soon as they are there.
pub trait Finish: Sync {
    /// Changes a run of numbers of a row of the product, from this column on. `FUSED` is what [`fused`] says. An implementation is
    /// `#[inline(always)]`, so that it is compiled for the registers of the tile it is called from.
    fn finish<const FUSED: bool>(&self, row: usize, column: usize, run: &mut [f32]);
}

/// Leaves the product as it is.
pub struct AsItIs;

impl Finish for AsItIs {
    #[inline(always)]
    fn finish<const FUSED: bool>(&self, _row: usize, _column: usize, _run: &mut [f32]) {}
}

/// Whether a multiplication with an addition is one step here, so that `f32::mul_add` is the fastest way and not the slowest.
pub fn fused() -> bool {
    Tiles::here() != Tiles::Gemm || cfg!(target_arch = "aarch64")
}

/// The numbers of a register, at a place where it is loaded fastest.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Line([f32; LINE]);

const LINE: usize = 16;

/// Whose tiles compute here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tiles {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Gemm,
}

impl Tiles {
    fn here() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            let avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512bw");
            match (avx2, avx512) {
                (true, true) => return Self::Avx512,
                (true, false) => return Self::Avx2,
                _ => {}
            }
        }
        Self::Gemm
    }

    /// Columns of each panel of a factor with so many.
    fn panels(self, width: usize) -> impl Iterator<Item = usize> + Clone {
        let (whole, half) = match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => (avx512::PANEL, avx512::PANEL / 2),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => (avx2::PANEL, avx2::PANEL / 2),
            Self::Gemm => (width.max(1), 0),
        };
        (0..width).step_by(whole).map(move |first| if width - first <= half { half } else { whole })
    }
}

/// Rows and columns that threads share a product by; the columns are a whole number of panels.
const SHARE: [usize; 2] = [112, 64];

/// A right factor `[inner, width]`.
#[derive(Clone, Debug)]
pub struct Packed {
    lines: Vec<Line>,
    inner: usize,
    width: usize,
    tiles: Tiles,
}

impl Default for Packed {
    /// Of no columns.
    fn default() -> Self {
        Self { lines: Vec::new(), inner: 0, width: 0, tiles: Tiles::here() }
    }
}

impl Packed {
    /// Lays a factor out with the threads of the pool it is called in; weights `[out, in]`, which multiply rows from the right, are
    /// given transposed.
    pub fn new(right: View<'_>) -> Self {
        let mut packed = Self::default();
        packed.refill_together(right);
        packed
    }

    /// Lays out factors side by side, as one, on this thread. Panics where they have not the same number of rows.
    pub fn beside(parts: &[View<'_>]) -> Self {
        let mut packed = Self::default();
        packed.make_room(parts).for_each(|panel| panel.fill());
        packed
    }

    /// Lays out another factor in the same room, on this thread.
    pub fn refill(&mut self, right: View<'_>) {
        self.make_room(&[right]).for_each(|panel| panel.fill());
    }

    /// The same with the threads of the pool it is called in.
    pub(crate) fn refill_together(&mut self, right: View<'_>) {
        self.make_room(&[right]).collect::<Vec<_>>().into_par_iter().for_each(|panel| panel.fill());
    }

    /// Takes on the shape of these factors side by side; what the panels hold is not theirs until those are filled.
    fn make_room<'a>(&'a mut self, parts: &'a [View<'a>]) -> impl Iterator<Item = Panel<'a>> {
        self.inner = parts.first().map_or(0, |part| part.rows);
        self.width = parts.iter().map(|part| part.columns).sum();
        assert!(parts.iter().all(|part| part.rows == self.inner), "factors side by side are of one height");
        let (tiles, inner) = (self.tiles, self.inner);
        let panels = tiles.panels(self.width);
        let count = panels.clone().sum::<usize>() * inner;
        self.lines.resize(count.div_ceil(LINE), Line([0.0; LINE]));
        let mut rest = numbers_mut(&mut self.lines);
        let mut first = 0;
        panels.map(move |width| {
            let panel;
            (panel, rest) = std::mem::take(&mut rest).split_at_mut(width * inner);
            first += width;
            Panel { numbers: panel, first: first - width, width, parts, tiles }
        })
    }

    /// Multiplies each column with a factor of its own. Panics where there are not as many.
    pub fn scale_columns(&mut self, factors: &[f32]) {
        assert_eq!(factors.len(), self.width, "factors for columns");
        let mut rest = numbers_mut(&mut self.lines);
        let mut factors = factors.iter();
        for width in self.tiles.panels(self.width) {
            let (panel, after) = rest.split_at_mut(width * self.inner);
            let factors: Vec<f32> = factors.by_ref().take(width).copied().collect();
            for row in panel.chunks_exact_mut(width) {
                row.iter_mut().zip(&factors).for_each(|(value, factor)| *value *= factor);
            }
            rest = after;
        }
    }

    /// Numbers in a row that it multiplies.
    pub fn inner(&self) -> usize {
        self.inner
    }

    /// Numbers in a row of a product.
    pub fn width(&self) -> usize {
        self.width
    }

    /// `left · self`, finished, row after row, with the threads of the pool it is called in. Panics where the shapes differ.
    pub fn times(&self, left: View<'_>, finish: &impl Finish) -> Vec<f32> {
        let mut out = Vec::with_capacity(left.rows * self.width);
        let place = Place(out.as_mut_ptr());
        let [band, share] = SHARE;
        let bands = left.rows.div_ceil(band);
        let threads = rayon::current_num_threads();
        // Few rows are not worth a band for each thread: those share the columns.
        let share = if threads == 1 || bands >= 4 * threads { self.width.max(1) } else { share };
        let tasks: Vec<_> = (0..left.rows)
            .step_by(if threads == 1 { left.rows.max(1) } else { band })
            .flat_map(|row| (0..self.width).step_by(share).map(move |column| (row, column)))
            .collect();
        let work = |&(row, column): &(usize, usize)| {
            let rows = row..if threads == 1 { left.rows } else { left.rows.min(row + band) };
            // SAFETY: `out` has room for every row, and no two tasks have a number in common.
            unsafe {
                self.part(left, rows, column..self.width.min(column + share), place.after(column), self.width, finish)
            }
        };
        match tasks.as_slice() {
            [task] => work(task),
            tasks => tasks.par_iter().for_each(work),
        }
        // SAFETY: the tasks have written all of it.
        unsafe { out.set_len(left.rows * self.width) };
        out
    }

    /// As `times`, on this thread, into rows that are `stride` apart. Panics where they have no room.
    pub fn times_into(&self, left: View<'_>, out: &mut [f32], stride: usize, finish: &impl Finish) {
        if left.rows == 0 || self.width == 0 {
            return;
        }
        assert!(self.width <= stride && (left.rows - 1) * stride + self.width <= out.len(), "the product has no room");
        // SAFETY: there is room, as was just looked at, and `out` is borrowed mutably.
        unsafe { self.part(left, 0..left.rows, 0..self.width, Place(out.as_mut_ptr()), stride, finish) };
    }

    /// Some columns as they are laid out, panel by panel: the first of each and a view `[inner, columns]`. Panics where the first
    /// does not start a panel: any multiple of [`SPAN`] does.
    pub(crate) fn panels(&self, columns: Range<usize>) -> impl Iterator<Item = (usize, View<'_>)> {
        assert!(columns.start.is_multiple_of(SPAN) && columns.end <= self.width, "no columns {columns:?}");
        let mut first = 0;
        self.tiles.panels(self.width).filter_map(move |width| {
            let (start, end) = (first.max(columns.start), (first + width).min(columns.end));
            let view = (start < end).then(|| {
                let panel = &numbers(&self.lines)[first * self.inner..(first + width) * self.inner];
                View::of_rows(panel, width).part(0..self.inner, start - first..end - first)
            });
            first += width;
            view.map(|view| (start, view))
        })
    }

    /// The product's columns from `columns.start` on, on this thread: row after row of `columns.len()` numbers. Panics where they have
    /// no room, or where the first does not start a panel: any multiple of [`SPAN`] does.
    pub(crate) fn window_into(&self, left: View<'_>, columns: Range<usize>, out: &mut [f32]) {
        assert!(columns.start.is_multiple_of(SPAN) && columns.end <= self.width, "no window {columns:?}");
        assert!(left.rows * columns.len() <= out.len(), "the product has no room");
        if out.is_empty() {
            return;
        }
        let stride = columns.len();
        // SAFETY: there is room, as was just looked at, and `out` is borrowed mutably.
        unsafe { self.part(left, 0..left.rows, columns, Place(out.as_mut_ptr()), stride, &AsItIs) };
    }

    /// # Safety
    /// `out` is where these columns begin in the product's first row; rows are `stride` apart, and may be written in these rows and
    /// columns, and nobody else does so. The columns start a panel.
    unsafe fn part(
        &self,
        left: View<'_>,
        rows: Range<usize>,
        columns: Range<usize>,
        Place(out): Place,
        stride: usize,
        finish: &impl Finish,
    ) {
        assert_eq!(left.columns, self.inner, "rows of {} for a factor of {}", left.columns, self.inner);
        #[cfg(target_arch = "x86_64")]
        let part = || Part {
            left: left.values.as_ptr(),
            left_strides: left.strides,
            inner: self.inner,
            right: numbers(&self.lines)[columns.start * self.inner..].as_ptr(),
            out,
            stride,
            rows: rows.clone(),
            columns: columns.clone(),
        };
        match self.tiles {
            // SAFETY: the features were asked for when `tiles` was chosen; a view holds all its strides reach; a line is as
            // long as a register or twice that, and aligned to itself; the product is the caller's promise.
            #[cfg(target_arch = "x86_64")]
            Tiles::Avx512 => unsafe { avx512::compute(&part(), finish) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Tiles::Avx2 => unsafe { avx2::compute(&part(), finish) },
            Tiles::Gemm => {
                let right = View::of_rows(&numbers(&self.lines)[..self.inner * self.width], self.width);
                let (left, right) =
                    (left.part(rows.clone(), 0..self.inner), right.part(0..self.inner, columns.clone()));
                // SAFETY: the caller's promise.
                let out = unsafe {
                    let out = out.add(rows.start * stride);
                    general::multiply(left, right, out, stride);
                    out
                };
                pulp::Arch::new().dispatch(|| {
                    for index in 0..rows.len() {
                        // SAFETY: the caller's promise; the product was written just now.
                        let run = unsafe { std::slice::from_raw_parts_mut(out.add(index * stride), columns.len()) };
                        finish.finish::<{ cfg!(target_arch = "aarch64") }>(rows.start + index, columns.start, run);
                    }
                });
            }
        }
    }
}

/// Columns that are a whole number of panels on every machine.
pub(crate) const SPAN: usize = 128;

/// A few columns of a factor, and where they are laid out.
struct Panel<'a> {
    numbers: &'a mut [f32],
    first: usize,
    width: usize,
    parts: &'a [View<'a>],
    tiles: Tiles,
}

impl Panel<'_> {
    fn fill(self) {
        let Self { numbers, first, width, parts, tiles } = self;
        let mut start = 0;
        for part in parts {
            let columns = first.max(start)..(first + width).min(start + part.columns);
            if !columns.is_empty() {
                let part = part.part(0..part.rows, columns.start - start..columns.end - start);
                tiles.lay_out(part, numbers, width, columns.start - first);
            }
            start += part.columns;
        }
        let held = (start - first).min(width);
        if held < width {
            numbers.chunks_exact_mut(width).for_each(|row| row[held..].fill(0.0));
        }
    }
}

/// Where threads write a product, each its own part of it.
#[derive(Clone, Copy)]
struct Place(*mut f32);

impl Place {
    /// So many columns further.
    ///
    /// # Safety
    /// The product has so many.
    unsafe fn after(self, columns: usize) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { self.0.add(columns) })
    }
}

// SAFETY: it is only written to, by tasks that have no number in common.
unsafe impl Send for Place {}
// SAFETY: as above.
unsafe impl Sync for Place {}

/// Rows that are laid out side by side, so that every line of the cache that is read is used whole.
const SIDE: usize = 16;

impl Tiles {
    /// A few columns of a factor as those of a panel of this width from `at` on.
    fn lay_out(self, part: View<'_>, panel: &mut [f32], width: usize, at: usize) {
        let (count, [down, along]) = (part.columns, part.strides);
        for (band, rows) in panel.chunks_mut(SIDE * width).enumerate() {
            let from = &part.values[band * SIDE * down..];
            if along == 1 {
                for (row, to) in rows.chunks_exact_mut(width).enumerate() {
                    to[at..at + count].copy_from_slice(&from[row * down..][..count]);
                }
                continue;
            }
            let is_square = down == 1 && rows.len() == SIDE * width;
            let turned = if is_square { self.turn(from, along, count, &mut rows[at..], width) } else { 0 };
            for column in turned..count {
                for (row, to) in rows.chunks_exact_mut(width).enumerate() {
                    to[at + column] = from[row * down + column * along];
                }
            }
        }
    }

    /// Lays out columns of `SIDE` numbers, each `along` after the one before, as far as there is a fast way; says how many.
    fn turn(self, from: &[f32], along: usize, count: usize, rows: &mut [f32], width: usize) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                let turned = count / SIDE * SIDE;
                for first in (0..turned).step_by(SIDE) {
                    assert!(
                        (first + SIDE - 1) * along + SIDE <= from.len()
                            && (SIDE - 1) * width + first + SIDE <= rows.len()
                    );
                    // SAFETY: the assertion keeps both squares inside; the features were asked for when `tiles` was chosen.
                    unsafe { turn(from.as_ptr().add(first * along), along, rows.as_mut_ptr().add(first), width) };
                }
                turned
            }
            _ => 0,
        }
    }
}

/// The numbers of lines, one after the other.
fn numbers(lines: &[Line]) -> &[f32] {
    // SAFETY: a line is its numbers and nothing else.
    unsafe { std::slice::from_raw_parts(lines.as_ptr().cast(), lines.len() * LINE) }
}

fn numbers_mut(lines: &mut [Line]) -> &mut [f32] {
    // SAFETY: as above, and the lines are borrowed mutably.
    unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), lines.len() * LINE) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All tiles that compute on this machine, in turn.
    fn every(parts: &[View<'_>]) -> Vec<Packed> {
        let mut tiles = vec![Tiles::here(), Tiles::Gemm];
        #[cfg(target_arch = "x86_64")]
        if Tiles::here() == Tiles::Avx512 {
            tiles.push(Tiles::Avx2);
        }
        let packed = |tiles| {
            let mut packed = Packed { tiles, ..Packed::default() };
            packed.make_room(parts).for_each(|panel| panel.fill());
            packed
        };
        tiles.into_iter().map(packed).collect()
    }

    fn numbers(count: usize, seed: u64) -> Vec<f32> {
        crate::sample::normal(1, count.max(1), seed).into_vec()
    }

    /// Adds what tells where a number stands.
    struct Place;

    impl Finish for Place {
        #[inline(always)]
        fn finish<const FUSED: bool>(&self, row: usize, column: usize, run: &mut [f32]) {
            run.iter_mut().enumerate().for_each(|(at, value)| *value += (100 * row + column + at) as f32);
        }
    }

    proptest! {
        #[test]
        fn products_match_sums_and_rows_know_nothing_of_each_other(
            rows in 1_usize..40, inner in 1_usize..40, width in 1_usize..80, seed in 0_u64..99,
        ) {
            let (left, right) = (numbers(rows * inner, seed), numbers(inner * width, seed + 1));
            let left = View::of_rows(&left, inner);
            for packed in every(&[View::of_rows(&right, inner).transposed()]) {
                let found = packed.times(left, &Place);
                for (at, &value) in found.iter().enumerate() {
                    let (row, column) = (at / width, at % width);
                    let wanted: f32 = left.row(row).zip(&right[column * inner..]).map(|(a, b)| a * b).sum();
                    prop_assert!((value - wanted - (100 * row + column) as f32).abs() < 2e-3, "{:?}", packed.tiles);
                }
                if packed.tiles != Tiles::Gemm {
                    let mut alone = vec![0.0; width + 3];
                    packed.times_into(left.part(rows - 1..rows, 0..inner), &mut alone, width + 3, &AsItIs);
                    let together = packed.times(left, &AsItIs);
                    prop_assert_eq!(&together[(rows - 1) * width..], &alone[..width]);
                }
            }
        }

        #[test]
        fn factors_side_by_side_are_one(inner in 1_usize..40, widths in prop::collection::vec(1_usize..50, 1..4)) {
            let parts: Vec<Vec<f32>> = widths.iter().map(|width| numbers(inner * width, *width as u64)).collect();
            let views: Vec<View<'_>> = parts.iter().map(|part| View::of_rows(part, inner).transposed()).collect();
            let joined = parts.concat();
            let factors = numbers(joined.len() / inner, 7);
            let left = numbers(3 * inner, 8);
            let pairs = every(&views).into_iter().zip(every(&[View::of_rows(&joined, inner).transposed()]));
            for (mut beside, whole) in pairs {
                let times = |packed: &Packed| packed.times(View::of_rows(&left, inner), &AsItIs);
                prop_assert_eq!(times(&beside), times(&whole));
                beside.scale_columns(&factors);
                let wanted = times(&whole);
                for ((found, wanted), factor) in times(&beside).iter().zip(&wanted).zip(factors.iter().cycle()) {
                    prop_assert!((found - wanted * factor).abs() < 1e-3);
                }
            }
        }
    }

    #[test]
    fn nothing_to_multiply() {
        for packed in every(&[View::new(&[], 0, 3, 3)]) {
            assert_eq!(packed.times(View::new(&[], 2, 0, 0), &AsItIs), [0.0; 6]);
            assert!(packed.times(View::new(&[], 0, 0, 0), &AsItIs).is_empty());
        }
    }
}
