//! Repulsion of a flat layout through a grid, after FIt-SNE (Linderman and others 2019).
//!
//! Points are spread on the nodes of a grid, the nodes are convolved with the kernel by Fourier transforms, and the
//! result is read back at the points. Two things differ from the paper. Between nodes kernels are cubic splines, as in
//! particle-mesh Ewald sums (Essmann and others 1995): about ten times nearer than polynomials in boxes on the same
//! grid. And the force itself is the kernel, `x / (1 + r²)²`: nothing large has to cancel, so that `f32` is enough, and
//! `Z` falls out of the transform. Transforms of kernels are kept while the grid stays the same. Deliberately absent:
//! three dimensions.

use std::sync::Arc;

use rayon::prelude::*;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// Nodes that a point touches along one axis.
const REACH: usize = 4;
/// Distance of nodes, where the layout is neither too small nor too large for it.
const SPACING: f32 = 0.4;
/// Nodes along one side that stay free, so that no spline touches the rim and no difference the middle of the kernel.
const MARGIN: usize = 12;
/// The shortest and the longest transform: twice the nodes along one side.
const LENGTHS: (usize, usize) = (256, 3072);
/// Columns or rows that one task handles, a cache line of complex numbers.
const STRIPE: usize = 8;

type C = Complex<f32>;

/// A grid and everything on it that can be kept between steps.
pub(super) struct Grid {
    /// Distance of its nodes.
    spacing: f32,
    plans: Plans,
    /// Transforms of the splines through `1/(1+r²)` (real) and the two forces (imaginary), `[half, padded]`.
    near: Vec<f32>,
    /// What the spline says on average for `1/(1+r²)` of a point and itself: nearly 1.
    itself: f64,
    pull: [Vec<f32>; 2],
    /// Spread points, transformed along x: `[nodes, half]`.
    spread: Vec<C>,
    /// Forces, still transformed along x: `[half, nodes]`.
    columns: [Vec<C>; 2],
    /// Forces at the nodes: `[nodes, nodes]`, both axes side by side.
    field: Vec<[f32; 2]>,
}

/// Transforms of one length: `padded` is twice `nodes`, so that a circular convolution does not wrap.
struct Plans {
    nodes: usize,
    padded: usize,
    half: usize,
    forward: Arc<dyn RealToComplex<f32>>,
    backward: Arc<dyn ComplexToReal<f32>>,
    along: Arc<dyn Fft<f32>>,
    back: Arc<dyn Fft<f32>>,
}

/// The first nodes that a point touches, and the weights of those and the next along x and y.
#[derive(Clone, Copy, Default)]
struct Place {
    column: u32,
    row: u32,
    x: [f32; REACH],
    y: [f32; REACH],
}

impl Grid {
    pub(super) fn new() -> Self {
        Self {
            spacing: 0.0,
            plans: Plans::new(LENGTHS.0),
            near: Vec::new(),
            itself: 1.0,
            pull: [Vec::new(), Vec::new()],
            spread: Vec::new(),
            columns: [Vec::new(), Vec::new()],
            field: Vec::new(),
        }
    }

    /// Writes `Σ_j (y_i − y_j) / (1 + r²)²` for every `i` and returns `Z = Σ_{i≠j} 1 / (1 + r²)`.
    pub(super) fn repulsion(&mut self, layout: &[f32], forces: &mut [f32]) -> f64 {
        let (centre, extent) = bounds(layout);
        self.fit(extent);
        let corner = centre.map(|middle| middle - self.plans.nodes as f32 * self.spacing / 2.0);
        let places: Vec<Place> = layout.par_chunks(2).map(|point| self.place(point, corner)).collect();
        self.spread(&places);
        let z = self.convolve() - self.itself * places.len() as f64;
        self.collect();
        let nodes = self.plans.nodes;
        forces.par_chunks_mut(2).zip(&places).for_each(|(force, place)| {
            let mut sum = [0.0; 2];
            for (b, weight) in place.y.iter().enumerate() {
                let from = (place.row as usize + b) * nodes + place.column as usize;
                for (node, along) in self.field[from..from + REACH].iter().zip(place.x) {
                    sum[0] += weight * along * node[0];
                    sum[1] += weight * along * node[1];
                }
            }
            force.copy_from_slice(&sum);
        });
        z
    }

    /// Chooses nodes that cover `extent`. They change in steps, so that the kernels last for many layouts.
    fn fit(&mut self, extent: f32) {
        let (least, most) = LENGTHS;
        let wanted = 2 * ((extent / SPACING).ceil() as usize + MARGIN);
        let padded = (wanted..=most).find(|&length| length >= least && is_smooth(length)).unwrap_or(most);
        // A little less would do: stay.
        let now = self.plans.padded;
        let padded = if padded < now && 5 * padded > 4 * now { now } else { padded };
        let needed = extent / (padded / 2 - MARGIN) as f32;
        let in_steps = ((8.0 * needed.log2()).ceil() / 8.0).exp2().max(1e-9);
        let spacing = if needed <= SPACING && padded > least { SPACING } else { in_steps };
        if padded != now {
            self.plans = Plans::new(padded);
        }
        if padded != now || spacing != self.spacing {
            self.spacing = spacing;
            self.near = self.plans.kernel(|x, y| 1.0 / (1.0 + (x * x + y * y)), spacing, |value| value.re);
            self.itself = self.plans.at_itself(&self.near);
            let force = |x: f32, y: f32| x / ((1.0 + (x * x + y * y)) * (1.0 + (x * x + y * y)));
            self.pull = [
                self.plans.kernel(force, spacing, |value| value.im),
                self.plans.kernel(|x, y| force(y, x), spacing, |value| value.im),
            ];
        }
    }

    fn place(&self, point: &[f32], corner: [f32; 2]) -> Place {
        let along = |axis: usize| {
            let at = ((point[axis] - corner[axis]) / self.spacing).max(1.0);
            let node = (at as usize).min(self.plans.nodes - REACH + 1);
            let t = at - node as f32;
            let rest = 1.0 - t;
            let middle = |t: f32| (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0;
            (node as u32 - 1, [rest * rest * rest / 6.0, middle(t), middle(rest), t * t * t / 6.0])
        };
        let ((column, x), (row, y)) = (along(0), along(1));
        Place { column, row, x, y }
    }

    /// Spreads points on the nodes and transforms along x. Each task fills rows of its own from every point that
    /// touches them.
    fn spread(&mut self, places: &[Place]) {
        let plans = &self.plans;
        let mut ends = vec![0_u32; plans.nodes];
        places.iter().for_each(|place| ends[place.row as usize] += 1);
        for row in 1..ends.len() {
            ends[row] += ends[row - 1];
        }
        let starts: Vec<usize> = std::iter::once(0).chain(ends.iter().map(|&end| end as usize)).collect();
        let mut order = vec![0_u32; places.len()];
        for (point, place) in places.iter().enumerate().rev() {
            let end = &mut ends[place.row as usize];
            *end -= 1;
            order[*end as usize] = point as u32;
        }
        self.spread.resize(plans.nodes * plans.half, C::default());
        self.spread.par_chunks_mut(STRIPE * plans.half).enumerate().for_each_init(
            || (vec![0.0_f32; STRIPE * plans.padded], plans.forward.make_scratch_vec()),
            |(values, scratch), (stripe, out)| {
                values.fill(0.0);
                let first = stripe * STRIPE;
                let rows = first..first + out.len() / plans.half;
                for &point in &order[starts[(first + 1).saturating_sub(REACH)]..starts[rows.end]] {
                    let place = &places[point as usize];
                    for (b, weight) in place.y.iter().enumerate() {
                        let row = place.row as usize + b;
                        if rows.contains(&row) {
                            let from = (row - first) * plans.padded + place.column as usize;
                            let nodes = &mut values[from..from + REACH];
                            nodes.iter_mut().zip(place.x).for_each(|(node, along)| *node += weight * along);
                        }
                    }
                }
                for (values, out) in values.chunks_exact_mut(plans.padded).zip(out.chunks_exact_mut(plans.half)) {
                    plans.forward(values, out, scratch);
                }
            },
        );
    }

    /// Transforms along y, multiplies by the kernels and transforms back; returns `Σ_ij 1/(1+r²)` with `i = j`.
    fn convolve(&mut self) -> f64 {
        let Plans { nodes, padded, half, .. } = self.plans;
        let plans = &self.plans;
        let [left, right] = &mut self.columns;
        left.resize(half * nodes, C::default());
        right.resize(half * nodes, C::default());
        let scale = 1.0 / (padded * padded) as f32;
        let sums: Vec<f64> = left
            .par_chunks_mut(STRIPE * nodes)
            .zip(right.par_chunks_mut(STRIPE * nodes))
            .enumerate()
            .map_init(
                || (vec![C::default(); STRIPE * padded], vec![C::default(); padded], plans.scratch()),
                |(columns, product, scratch), (stripe, (left, right))| {
                    let first = stripe * STRIPE;
                    let count = STRIPE.min(half - first);
                    columns.fill(C::default());
                    for (y, row) in self.spread.chunks_exact(half).enumerate() {
                        for (at, &value) in row[first..first + count].iter().enumerate() {
                            columns[at * padded + y] = value;
                        }
                    }
                    let mut sum = 0.0;
                    for (at, column) in columns.chunks_exact_mut(padded).take(count).enumerate() {
                        plans.along.process_with_scratch(column, scratch);
                        let span = (first + at) * padded..(first + at + 1) * padded;
                        // Half of the spectrum stands for all of it: all but its first and last column count twice.
                        let times = if first + at == 0 || first + at == half - 1 { 1.0 } else { 2.0 };
                        let energy = column.iter().zip(&self.near[span.clone()]);
                        sum += times * energy.map(|(value, kernel)| f64::from(value.norm_sqr() * kernel)).sum::<f64>();
                        for (kernel, out) in [(&self.pull[0], &mut *left), (&self.pull[1], &mut *right)] {
                            for ((product, value), kernel) in
                                product.iter_mut().zip(&*column).zip(&kernel[span.clone()])
                            {
                                // The kernel's transform is imaginary.
                                *product = C::new(-value.im, value.re) * (kernel * scale);
                            }
                            plans.back.process_with_scratch(product, scratch);
                            out[at * nodes..(at + 1) * nodes].copy_from_slice(&product[..nodes]);
                        }
                    }
                    sum
                },
            )
            .collect();
        sums.iter().sum::<f64>() * f64::from(scale)
    }

    /// Transforms back along x: forces at the nodes.
    fn collect(&mut self) {
        let Plans { nodes, padded, half, .. } = self.plans;
        let plans = &self.plans;
        self.field.resize(nodes * nodes, [0.0; 2]);
        self.field.par_chunks_mut(STRIPE * nodes).enumerate().for_each_init(
            || (vec![C::default(); STRIPE * half], vec![0.0; padded], plans.backward.make_scratch_vec()),
            |(rows, values, scratch), (stripe, field)| {
                let first = stripe * STRIPE;
                let count = STRIPE.min(nodes - first);
                for axis in 0..2 {
                    for (x, column) in self.columns[axis].chunks_exact(nodes).enumerate() {
                        for (at, &value) in column[first..first + count].iter().enumerate() {
                            rows[at * half + x] = value;
                        }
                    }
                    for (row, field) in rows.chunks_exact_mut(half).zip(field.chunks_exact_mut(nodes)) {
                        plans.backward(row, values, scratch);
                        field.iter_mut().zip(&*values).for_each(|(node, &value)| node[axis] = value);
                    }
                }
            },
        );
    }
}

impl Plans {
    fn new(padded: usize) -> Self {
        let nodes = padded / 2;
        let (mut real, mut complex) = (RealFftPlanner::new(), FftPlanner::new());
        Self {
            nodes,
            padded,
            half: nodes + 1,
            forward: real.plan_fft_forward(padded),
            backward: real.plan_fft_inverse(padded),
            along: complex.plan_fft_forward(padded),
            back: complex.plan_fft_inverse(padded),
        }
    }

    /// The mean over all places of `Σ_ab w_a w_b K(a − b)`, `w` being the weights of one point. The mean of products of
    /// cubic weights is the spline of degree seven.
    fn at_itself(&self, kernel: &[f32]) -> f64 {
        let wave: Vec<f64> = (0..self.padded)
            .map(|at| {
                let angle = std::f64::consts::TAU * at as f64 / self.padded as f64;
                (1208.0 + 1191.0 * angle.cos() + 120.0 * (2.0 * angle).cos() + (3.0 * angle).cos()) / 2520.0
            })
            .collect();
        let columns = kernel.chunks_exact(self.padded).enumerate().map(|(x, column)| {
            let times = if x == 0 || x == self.half - 1 { 1.0 } else { 2.0 };
            times * wave[x] * column.iter().zip(&wave).map(|(&value, wave)| f64::from(value) * wave).sum::<f64>()
        });
        columns.sum::<f64>() / (self.padded * self.padded) as f64
    }

    fn scratch(&self) -> Vec<C> {
        vec![C::default(); self.along.get_inplace_scratch_len().max(self.back.get_inplace_scratch_len())]
    }

    fn forward(&self, values: &mut [f32], out: &mut [C], scratch: &mut [C]) {
        let done = self.forward.process_with_scratch(values, out, scratch);
        debug_assert!(done.is_ok(), "buffers have the lengths of the plan");
    }

    fn backward(&self, row: &mut [C], values: &mut [f32], scratch: &mut [C]) {
        // These two are real for real results; rounding left a trace.
        row[0].im = 0.0;
        row[self.half - 1].im = 0.0;
        let done = self.backward.process_with_scratch(row, values, scratch);
        debug_assert!(done.is_ok(), "buffers have the lengths of the plan");
    }

    /// One part of the transform of the cubic spline through a kernel at the differences of nodes, `[half, padded]`.
    fn kernel(&self, kernel: impl Fn(f32, f32) -> f32 + Sync, spacing: f32, part: fn(&C) -> f32) -> Vec<f32> {
        let Self { nodes, padded, half, .. } = *self;
        // Differences beyond half the length are negative ones; the middle one never occurs.
        let apart = |at: usize| if at < nodes { at as f32 } else { at as f32 - padded as f32 } * spacing;
        // A spline's coefficients are its values divided, once for either end of a difference, by this transform.
        let spline: Vec<f32> =
            (0..padded).map(|at| (2.0 + (std::f32::consts::TAU * at as f32 / padded as f32).cos()) / 3.0).collect();
        let mut rows = vec![C::default(); padded * half];
        rows.par_chunks_mut(half).enumerate().for_each_init(
            || (vec![0.0; padded], self.forward.make_scratch_vec()),
            |(values, scratch), (y, out)| {
                let value = |x: usize| if x == nodes || y == nodes { 0.0 } else { kernel(apart(x), apart(y)) };
                values.iter_mut().enumerate().for_each(|(x, out)| *out = value(x));
                self.forward(values, out, scratch);
            },
        );
        let mut parts = vec![0.0; half * padded];
        parts.par_chunks_mut(padded).enumerate().for_each_init(
            || (vec![C::default(); padded], self.scratch()),
            |(column, scratch), (x, out)| {
                column.iter_mut().enumerate().for_each(|(y, value)| *value = rows[y * half + x]);
                self.along.process_with_scratch(column, scratch);
                for ((out, value), along) in out.iter_mut().zip(&*column).zip(&spline) {
                    *out = part(value) / (along * along * spline[x] * spline[x]);
                }
            },
        );
        parts
    }
}

/// The middle of the layout and the larger of its two sides.
fn bounds(layout: &[f32]) -> ([f32; 2], f32) {
    let start = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
    let wider = |(low, high): ([f32; 2], [f32; 2]), point: &[f32]| {
        ([low[0].min(point[0]), low[1].min(point[1])], [high[0].max(point[0]), high[1].max(point[1])])
    };
    let (low, high) = layout.chunks_exact(2).fold(start, wider);
    let extent = (high[0] - low[0]).max(high[1] - low[1]);
    ([(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0], extent * 1.0001)
}

/// Whether it is even and only 2, 3 and 5 divide it, which transforms like best.
fn is_smooth(number: usize) -> bool {
    let without = |mut number: usize, factor: usize| {
        while number.is_multiple_of(factor) {
            number /= factor;
        }
        number
    };
    number.is_multiple_of(2) && [2, 3, 5].into_iter().fold(number, without) == 1
}

#[cfg(test)]
mod tests {
    use super::super::direct;
    use super::*;
    use crate::sample::normal;

    #[test]
    fn the_grid_comes_near_the_exact_sum_at_every_size() {
        // The last is wider than the finest grid.
        for (size, rows, off) in
            [(1e-4, 400, 1e-5), (1.0, 700, 1e-5), (12.0, 900, 0.02), (60.0, 900, 0.02), (150.0, 300, 0.2)]
        {
            let layout: Vec<f32> = normal(rows, 2, 5).into_vec().into_iter().map(|x| x * size).collect();
            let (mut exact, mut found) = (vec![0.0; 2 * rows], vec![0.0; 2 * rows]);
            let wanted = direct::repulsion::<2>(&layout, &mut exact);
            let mut grid = Grid::new();
            let z = grid.repulsion(&layout, &mut found);
            let norm = |values: &mut dyn Iterator<Item = f32>| values.map(|x| f64::from(x * x)).sum::<f64>().sqrt();
            let error = norm(&mut exact.iter().zip(&found).map(|(a, b)| a - b)) / norm(&mut exact.iter().copied());
            assert!(error < off, "size {size}: forces off by {error}");
            assert!((z / wanted - 1.0).abs() < off / 10.0, "size {size}: Z {z} for {wanted}");
            assert_eq!(z, grid.repulsion(&layout, &mut exact), "kept kernels give the same");
            assert_eq!(exact, found);
        }
    }

    #[test]
    fn coincident_points_give_numbers() {
        let (layout, mut forces) = (vec![3.0; 40], vec![1.0; 40]);
        let z = Grid::new().repulsion(&layout, &mut forces);
        assert!((z - 380.0).abs() < 1.0 && forces.iter().all(|force| force.abs() < 1e-3), "{z} {forces:?}");
    }
}
