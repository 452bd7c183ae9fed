//! Rows as bytes, for keys of very many pairs: four times as many numbers at a time as `f32`, and each key with a bound.
//!
//! A row is seen from the mean of all rows, turned so that no number is much larger than the others, and counted in steps
//! of its own, 127 of which reach its largest number. What rounding leaves is measured, and by the inequality of Cauchy and
//! Schwarz no true key is farther from the one told than that allows; so whoever keeps all pairs within the bound misses
//! none. Deliberately absent: processors without instructions for bytes, on which nothing is gained; Manhattan, which is no
//! product; questions that come one at a time (`index`).

mod kernel;

use std::ops::Range;

use rand::RngExt;
use rayon::prelude::*;

use crate::distances::{Block, Distances, dot};
use crate::metric::sum;
use crate::product::BLOCK;
use crate::wide::widely;
use crate::{Cancel, Error, Metric, sample};

/// The largest code.
const MOST: f32 = 127.0;
/// Bytes that one instruction adds up, and rows of a panel.
const STEP: usize = 4;
const PANEL: usize = 16;
/// Panels that are multiplied together.
const PANELS: usize = 2;
/// Numbers that are mixed with each other when a row is turned.
const MIXED: usize = 64;
/// By how much sums in `f32` may be off, as a share of what is summed.
const ROUNDING: f32 = 2e-6;

/// Rows in codes.
pub(crate) struct Codes {
    /// Which row stands at each place.
    order: Vec<u32>,
    /// Bytes of a row.
    width: usize,
    /// `[rows, width]`, signed.
    codes: Vec<i8>,
    rows: Vec<Coded>,
    /// What the product counts for in a key, and how far a key may be off whatever the rows are.
    weight: f32,
    slack: f32,
}

/// What a row has beside its codes. A key is `base + base − weight · product`.
#[derive(Clone, Copy, Default)]
struct Coded {
    base: f32,
    step: f32,
    /// The row seen from the mean is not longer than this, nor is what its codes stand for.
    length: f32,
    /// The length of what its codes leave out.
    rest: f32,
    /// What 128 added to every byte of the other row adds to the product.
    excess: i32,
}

/// Rows as what other rows are multiplied with, [`PANEL`] of them line by line. Rows that are near nothing fill the last
/// panels.
#[derive(Default)]
pub(crate) struct Panels {
    count: usize,
    lines: Vec<Line>,
    base: Vec<f32>,
    step: Vec<f32>,
    length: Vec<f32>,
    rest: Vec<f32>,
}

/// The next bytes of each row of a panel, with 128 added: what a register holds, and a line of the cache.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line([[u8; STEP]; PANEL]);

/// What comparing needs room for.
#[derive(Default)]
pub(crate) struct Room {
    codes: Vec<i8>,
    rows: Vec<Coded>,
    panels: Panels,
}

impl Codes {
    /// Whether this processor and the metric make codes of use.
    pub(crate) fn serve(distances: &Distances) -> bool {
        // Sums of products of bytes fit an i32 up to here.
        distances.metric() != Metric::Manhattan && distances.dim() <= 1 << 16 && kernel::is_quick()
    }

    /// The rows of `distances`, where codes [serve](Self::serve), in the given order.
    pub(crate) fn new(distances: &Distances, order: Vec<u32>, cancel: &Cancel) -> Result<Self, Error> {
        let (dim, count) = (distances.dim(), order.len());
        let turn = Turn::new(dim);
        let width = turn.width();
        let (weight, mean) = match distances.metric() {
            // Seen from their mean already.
            Metric::Euclidean => (2.0, vec![0.0; dim]),
            _ => (1.0, mean(distances)),
        };
        let square = sum(&mean, &mean, |x, y| x * y);
        let constant = if distances.metric() == Metric::Cosine { 0.5 } else { 0.0 } - square / 2.0;
        let mut codes = vec![0; count * width];
        let mut rows = vec![Coded::default(); count];
        let places = codes.par_chunks_mut((BLOCK * width).max(1)).zip(rows.par_chunks_mut(BLOCK));
        places.zip(order.par_chunks(BLOCK)).for_each_init(
            || (Block::default(), vec![0.0_f32; dim], vec![0.0_f32; width]),
            |(block, centred, turned), ((codes, rows), order)| {
                if cancel.is_cancelled() {
                    return;
                }
                distances.load(order.iter().map(|&row| row as usize), block);
                let places = codes.chunks_exact_mut(width.max(1)).zip(rows);
                for ((codes, coded), row) in places.zip(block.values().chunks_exact(dim.max(1))) {
                    widely(
                        #[inline(always)]
                        || {
                            centred.iter_mut().zip(row).zip(&mean).for_each(|((c, x), m)| *c = x - m);
                            let base = match distances.metric() {
                                Metric::Euclidean => sum(centred, centred, |x, y| x * y),
                                _ => constant - sum(centred, &mean, |x, m| x * m),
                            };
                            turn.apply(centred, turned);
                            *coded = Coded { base: base as f32, ..encode(turned, codes) };
                        },
                    );
                }
            },
        );
        cancel.check()?;
        let largest = rows.iter().map(|row| row.base.abs()).fold(1.0, f32::max);
        Ok(Self { order, width, codes, rows, weight, slack: 2.0 * ROUNDING * largest })
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.order.len()
    }

    /// Which row stands at each place.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    /// At which place each row stands.
    pub(crate) fn places(&self) -> Vec<u32> {
        let mut places = vec![0; self.rows()];
        self.order.iter().zip(0..).for_each(|(&row, place)| places[row as usize] = place);
        places
    }

    /// Which row stands at each place, without the codes.
    pub(crate) fn into_order(self) -> Vec<u32> {
        self.order
    }

    /// All rows as what others are multiplied with.
    pub(crate) fn panels(&self) -> Panels {
        let mut panels = Panels::default();
        panels.resize(self.rows(), self.width);
        let sides = panels.base.par_chunks_mut(PANEL).zip(panels.step.par_chunks_mut(PANEL));
        let sides = sides.zip(panels.length.par_chunks_mut(PANEL).zip(panels.rest.par_chunks_mut(PANEL)));
        let panels_of = panels.lines.par_chunks_mut((self.width / STEP).max(1)).zip(sides).enumerate();
        panels_of.for_each(|(at, (lines, ((base, step), (length, rest))))| {
            let places = at * PANEL..self.rows().min((at + 1) * PANEL);
            for (within, place) in places.enumerate() {
                let coded = self.rows[place];
                lay(self.codes(place), lines, within);
                (base[within], step[within]) = (coded.base, coded.step);
                (length[within], rest[within]) = (coded.length, coded.rest);
            }
        });
        panels
    }

    /// The least keys that pairs of the given places can have, one row of `right` for each of `left`. `right` begins at
    /// a multiple of 32.
    pub(crate) fn least_keys(&self, left: Range<usize>, panels: &Panels, right: Range<usize>, keys: &mut Vec<f32>) {
        let questions = kernel::Rows {
            width: self.width,
            weight: self.weight,
            doubt: self.weight,
            slack: self.slack,
            codes: &self.codes[left.start * self.width..left.end * self.width],
            rows: &self.rows[left],
        };
        panels.multiply(&questions, right, keys);
    }

    /// About the keys of all pairs of the given places, one row of `others` for each of `places`.
    pub(crate) fn keys(&self, places: &[u32], others: &[u32], room: &mut Room, keys: &mut Vec<f32>) {
        room.codes.clear();
        places.iter().for_each(|&place| room.codes.extend_from_slice(self.codes(place as usize)));
        room.rows.clear();
        room.rows.extend(places.iter().map(|&place| self.rows[place as usize]));
        room.panels.resize(others.len(), self.width);
        for (at, &place) in others.iter().enumerate() {
            let coded = self.rows[place as usize];
            lay(self.codes(place as usize), &mut room.panels.lines[at / PANEL * (self.width / STEP)..], at % PANEL);
            (room.panels.base[at], room.panels.step[at]) = (coded.base, coded.step);
            (room.panels.length[at], room.panels.rest[at]) = (0.0, 0.0);
        }
        let questions = kernel::Rows {
            width: self.width,
            weight: self.weight,
            doubt: 0.0,
            slack: 0.0,
            codes: &room.codes,
            rows: &room.rows,
        };
        room.panels.multiply(&questions, 0..others.len(), keys);
    }

    fn codes(&self, place: usize) -> &[i8] {
        &self.codes[place * self.width..(place + 1) * self.width]
    }

    /// By how much the key of a pair can be larger than its least.
    pub(crate) fn span(&self, a: usize, b: usize) -> f32 {
        let (a, b) = (self.rows[a], self.rows[b]);
        2.0 * (self.weight * (a.length * b.rest + a.rest * b.length) + self.slack)
    }
}

impl Panels {
    /// Room for `count` rows of `width` bytes, with the last panels filled.
    fn resize(&mut self, count: usize, width: usize) {
        let padded = count.next_multiple_of(PANEL * PANELS);
        self.count = count;
        self.lines.resize(padded / PANEL * (width / STEP), Line([[0; STEP]; PANEL]));
        self.base.resize(padded, 0.0);
        self.base[count..].fill(f32::INFINITY);
        for side in [&mut self.step, &mut self.length, &mut self.rest] {
            side.resize(padded, 0.0);
            side[count..].fill(0.0);
        }
    }

    fn multiply(&self, rows: &kernel::Rows<'_>, right: Range<usize>, keys: &mut Vec<f32>) {
        assert!(right.start.is_multiple_of(PANEL * PANELS) && right.end <= self.count);
        let padded = right.start..right.end.next_multiple_of(PANEL * PANELS);
        let (height, width) = (rows.rows.len(), padded.len());
        keys.resize(height * width, 0.0);
        let columns = kernel::Columns {
            lines: &self.lines[padded.start / PANEL * (rows.width / STEP)..padded.end / PANEL * (rows.width / STEP)],
            base: &self.base[padded.clone()],
            step: &self.step[padded.clone()],
            length: &self.length[padded.clone()],
            rest: &self.rest[padded],
        };
        kernel::keys(rows, &columns, keys);
        // Columns that only fill a panel are left out.
        if width > right.len() {
            for row in 1..height {
                keys.copy_within(row * width..row * width + right.len(), row * right.len());
            }
            keys.truncate(height * right.len());
        }
    }
}

/// Lays the codes of a row into the lines of a panel.
fn lay(codes: &[i8], lines: &mut [Line], row: usize) {
    for (bytes, line) in codes.as_chunks::<STEP>().0.iter().zip(lines) {
        line.0[row] = bytes.map(|byte| byte.cast_unsigned() ^ 0x80);
    }
}

/// The mean of all rows in comparable form.
fn mean(distances: &Distances) -> Vec<f32> {
    let starts: Vec<usize> = (0..distances.rows()).step_by(BLOCK).collect();
    let part = |block: &mut Block, &from: &usize| {
        let mut sums = vec![0.0_f64; distances.dim()];
        let rows = distances.span(from..(from + BLOCK).min(distances.rows()), block).values;
        widely(
            #[inline(always)]
            || rows.chunks_exact(sums.len().max(1)).for_each(|row| crate::moments::add(&mut sums, row)),
        );
        sums
    };
    let parts: Vec<Vec<f64>> = starts.par_iter().map_init(Block::default, part).collect();
    let mut sums = vec![0.0; distances.dim()];
    parts.iter().for_each(|part| sums.iter_mut().zip(part).for_each(|(sum, x)| *sum += x));
    sums.into_iter().map(|sum| (sum / distances.rows().max(1) as f64) as f32).collect()
}

/// A rotation that spreads what a few numbers of a row hold over many: numbers are drawn, some with their sign changed, and
/// mixed by Hadamard matrices.
struct Turn {
    /// Which number stands where, and its sign; zeros where there is none.
    drawn: Vec<(u32, f32)>,
}

impl Turn {
    fn new(dim: usize) -> Self {
        let width = dim.next_multiple_of(MIXED);
        let mut chance = sample::generator(dim as u64);
        let places = sample::shuffled(width, dim as u64).into_iter();
        let drawn = places.map(|at| match (at < dim, chance.random::<bool>()) {
            (false, _) => (0, 0.0),
            (true, odd) => (at as u32, if odd { -1.0 } else { 1.0 }),
        });
        Self { drawn: drawn.collect() }
    }

    /// Numbers in a turned row.
    fn width(&self) -> usize {
        self.drawn.len()
    }

    #[inline(always)]
    fn apply(&self, row: &[f32], turned: &mut [f32]) {
        for (turned, &(at, sign)) in turned.iter_mut().zip(&self.drawn) {
            *turned = sign * row.get(at as usize).copied().unwrap_or_default();
        }
        for mixed in turned.as_chunks_mut::<MIXED>().0 {
            mix::<1>(mixed);
            mix::<2>(mixed);
            mix::<4>(mixed);
            mix::<8>(mixed);
            mix::<16>(mixed);
            mix::<32>(mixed);
            mixed.iter_mut().for_each(|x| *x /= (MIXED as f32).sqrt());
        }
    }
}

/// Sums and differences of numbers so far apart.
#[inline(always)]
fn mix<const APART: usize>(numbers: &mut [f32; MIXED]) {
    for pairs in numbers.chunks_exact_mut(2 * APART) {
        let (first, second) = pairs.split_at_mut(APART);
        for (a, b) in first.iter_mut().zip(second) {
            (*a, *b) = (*a + *b, *a - *b);
        }
    }
}

/// Writes the codes of a row and leaves in it what they leave out. Tells all but the base.
#[inline(always)]
fn encode(row: &mut [f32], codes: &mut [i8]) -> Coded {
    let reach = row.iter().fold(0.0_f32, |reach, x| if x.abs() > reach { x.abs() } else { reach });
    let step = if reach > f32::MIN_POSITIVE * MOST { reach / MOST } else { 1.0 };
    let (over, length, mut total) = (1.0 / step, dot(row, row).sqrt(), 0_i32);
    for (code, x) in codes.iter_mut().zip(row.iter_mut()) {
        // To the nearest, by the digits of an f32: no processor is asked for a mode of rounding.
        let rounded = (*x * over + ROUNDS) - ROUNDS;
        *code = rounded as i8;
        total += rounded as i32;
        *x -= rounded * step;
    }
    let rest = dot(row, row).sqrt();
    // A little more than they are, for sums in f32 may be a little less.
    let length = 1.001 * (length + rest);
    Coded { base: 0.0, step, length, rest: 1.001 * rest + ROUNDING * length, excess: 128 * total }
}

/// Added and taken away again, it leaves no digit after the point.
const ROUNDS: f32 = 12_582_912.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vectors;
    use crate::sample::normal;

    fn codes(vectors: &Vectors, metric: Metric) -> (Distances<'_>, Option<Codes>) {
        let distances = Distances::new(vectors, metric).expect("finite");
        let order = (0..vectors.rows() as u32).rev().collect();
        let codes = || Codes::new(&distances, order, &Cancel::default()).expect("not cancelled");
        let codes = Codes::serve(&distances).then(codes);
        (distances, codes)
    }

    #[test]
    fn no_key_is_beyond_its_bounds() {
        let shifted = |factor: f32, more: f32| {
            let values = normal(90, 37, 5).into_vec().into_iter().map(|x| x * factor + more).collect();
            Vectors::new(values, 37).expect("rows")
        };
        for vectors in [shifted(1.0, 0.0), shifted(0.01, 3.0), shifted(1e-20, 0.0), shifted(0.0, 2.0)] {
            for metric in [Metric::Cosine, Metric::Dot, Metric::Euclidean] {
                let (distances, Some(codes)) = codes(&vectors, metric) else {
                    println!("skipped: this processor has no instructions for bytes");
                    return;
                };
                let (mut block, mut all, mut true_keys, mut least) =
                    (Block::default(), Block::default(), vec![], vec![]);
                distances.load(codes.order()[3..20].iter().map(|&row| row as usize), &mut block);
                distances.load(codes.order()[32..90].iter().map(|&row| row as usize), &mut all);
                distances.keys(&block, &all, &mut true_keys);
                let panels = codes.panels();
                codes.least_keys(3..20, &panels, 32..90, &mut least);
                assert_eq!(least.len(), true_keys.len());
                for (at, (&least, &key)) in least.iter().zip(&true_keys).enumerate() {
                    let span = codes.span(3 + at / 58, 32 + at % 58);
                    assert!(least <= key && key <= least + span, "{metric} {at}: {least} {key} {span}");
                }
                let (places, others): (Vec<u32>, Vec<u32>) = ((3..20).collect(), (32..90).collect());
                let mut about = Vec::new();
                codes.keys(&places, &others, &mut Room::default(), &mut about);
                let beyond = |(about, least): (&f32, &f32)| (about - least).max(0.0);
                let spans = (0..17 * 58).map(|at| codes.span(3 + at / 58, 32 + at % 58));
                assert!(
                    about.iter().zip(&least).map(beyond).zip(spans).all(|(beyond, span)| beyond <= span),
                    "{metric}"
                );
            }
        }
    }

    #[test]
    fn bounds_are_narrow_though_a_few_numbers_hold_most() {
        let values = normal(200, 384, 1).into_vec().into_iter().enumerate();
        let vectors = Vectors::new(values.map(|(at, x)| x / (1 + at % 384) as f32).collect(), 384).expect("rows");
        let (_, Some(codes)) = codes(&vectors, Metric::Cosine) else { return };
        assert!((0..199).all(|row| codes.span(row, row + 1) < 0.04), "{}", codes.span(0, 1));
    }

    #[test]
    fn there_are_none_for_manhattan() {
        assert!(codes(&normal(5, 3, 0), Metric::Manhattan).1.is_none());
    }
}
