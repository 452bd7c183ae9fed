//! Products of bytes turned into the least keys they allow: `vpdpbusd`, by name, for compilers find it in no plain loop.
//!
//! Deliberately absent: where codes come from, and other processors; see `codes`.

use super::{Coded, Line, PANEL, PANELS, STEP};

/// The rows that are multiplied.
pub(super) struct Rows<'a> {
    pub(super) width: usize,
    pub(super) weight: f32,
    /// What counts for the weight where keys are the least, and 0 where they are about what they are.
    pub(super) doubt: f32,
    pub(super) slack: f32,
    /// `[rows, width]`.
    pub(super) codes: &'a [i8],
    pub(super) rows: &'a [Coded],
}

/// What they are multiplied with: whole pairs of panels, and a number of each property for each of their rows.
pub(super) struct Columns<'a> {
    pub(super) lines: &'a [Line],
    pub(super) base: &'a [f32],
    pub(super) step: &'a [f32],
    pub(super) length: &'a [f32],
    pub(super) rest: &'a [f32],
}

/// Whether this processor multiplies bytes faster than it does `f32`.
pub(super) fn is_quick() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni")
    }
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// `base + base − weight · product − what they leave open` of every row with every column, row by row; only where
/// [`is_quick`].
pub(super) fn keys(rows: &Rows<'_>, columns: &Columns<'_>, keys: &mut [f32]) {
    let count = columns.base.len();
    assert!(is_quick() && count.is_multiple_of(PANELS * PANEL) && rows.width.is_multiple_of(STEP));
    assert!(
        rows.codes.len() == rows.rows.len() * rows.width && columns.lines.len() == count / PANEL * (rows.width / STEP)
    );
    assert!([columns.step, columns.length, columns.rest].iter().all(|side| side.len() == count));
    assert!(keys.len() == rows.rows.len() * count);
    #[cfg(target_arch = "x86_64")]
    for pair in 0..count / (PANELS * PANEL) {
        let mut row = 0;
        while row < rows.rows.len() {
            // SAFETY: the processor has the instructions, and the assertions above keep every row and panel that a tile
            // reads, and every key that it writes, inside of their slices.
            row += unsafe {
                match rows.rows.len() - row {
                    8.. => x86::eight(rows, columns, row, pair, keys),
                    _ => x86::one(rows, columns, row, pair, keys),
                }
            };
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{Coded, Columns, PANEL, PANELS, Rows, STEP};

    /// The keys of some rows from `row` on, as many as are named, and of the columns of one pair of panels. Every sum is
    /// named too: what is asked for by a number that the compiler does not know is kept in memory.
    macro_rules! tile {
        ($name:ident, $rows:literal: $($at:literal)*) => {
            /// Returns how many rows these are.
            ///
            /// # Safety
            ///
            /// The rows and the panels exist, and so do their keys.
            #[target_feature(enable = "avx512f,avx512vnni")]
            pub(super) unsafe fn $name(
                rows: &Rows<'_>,
                columns: &Columns<'_>,
                row: usize,
                pair: usize,
                keys: &mut [f32],
            ) -> usize {
                let (width, first, count) = (rows.width, pair * PANELS * PANEL, columns.base.len());
                let own = &rows.rows[row..row + $rows];
                let codes: [*const i8; $rows] = [$(rows.codes[(row + $at) * width..].as_ptr()),*];
                let steps = width / STEP;
                let lines = columns.lines[first / PANEL * steps..].as_ptr();
                let mut sums = [$([_mm512_set1_epi32(own[$at].excess.wrapping_neg()); PANELS]),*];
                let mut step = 0_usize;
                while step < steps {
                    // SAFETY: a panel has as many lines as there are steps.
                    let right = unsafe {
                        [
                            _mm512_load_si512(lines.wrapping_add(step).cast()),
                            _mm512_load_si512(lines.wrapping_add(steps).wrapping_add(step).cast()),
                        ]
                    };
                    $(
                        // SAFETY: a row has `STEP` bytes for each step.
                        let left = unsafe { codes[$at].cast::<i32>().wrapping_add(step).read_unaligned() };
                        let left = _mm512_set1_epi32(left);
                        sums[$at][0] = _mm512_dpbusd_epi32(sums[$at][0], right[0], left);
                        sums[$at][1] = _mm512_dpbusd_epi32(sums[$at][1], right[1], left);
                    )*
                    step = step.wrapping_add(1);
                }
                $(
                    let place = (row + $at) * count + first;
                    finish(rows, columns, own[$at], first, sums[$at][0], &mut keys[place..]);
                    finish(rows, columns, own[$at], first + PANEL, sums[$at][1], &mut keys[place + PANEL..]);
                )*
                $rows
            }
        };
    }

    tile!(eight, 8: 0 1 2 3 4 5 6 7);
    tile!(one, 1: 0);

    /// From products to keys: those of one row and the columns of a panel, which begin at `from`.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn finish(rows: &Rows<'_>, columns: &Columns<'_>, own: Coded, from: usize, product: __m512i, keys: &mut [f32]) {
        let within = |side: &[f32]| side[from..from + PANEL].as_ptr();
        // SAFETY: each slice has as many numbers as a register.
        let [base, step, length, rest] = unsafe {
            [
                _mm512_loadu_ps(within(columns.base)),
                _mm512_loadu_ps(within(columns.step)),
                _mm512_loadu_ps(within(columns.length)),
                _mm512_loadu_ps(within(columns.rest)),
            ]
        };
        let product = _mm512_mul_ps(_mm512_cvtepi32_ps(product), step);
        let key = _mm512_add_ps(base, _mm512_set1_ps(own.base - rows.slack));
        let key = _mm512_fnmadd_ps(_mm512_set1_ps(rows.weight * own.step), product, key);
        let key = _mm512_fnmadd_ps(_mm512_set1_ps(rows.doubt * own.length), rest, key);
        let key = _mm512_fnmadd_ps(_mm512_set1_ps(rows.doubt * own.rest), length, key);
        // SAFETY: likewise.
        unsafe { _mm512_storeu_ps(keys[..PANEL].as_mut_ptr(), key) };
    }
}
