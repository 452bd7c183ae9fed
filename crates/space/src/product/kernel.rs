//! Products of a few rows with a panel of a packed factor, held in registers: for AVX-512, and for AVX2 with FMA.
//!
//! Every sum is taken in the order of its terms, so what a row gets depends neither on the rows beside it nor on how the work is
//! shared. Deliberately absent: other machines, for which `packed` turns to the `gemm` crate.

use std::arch::x86_64::*;
use std::ops::Range;

use super::packed::Finish;

/// Work on a part of a product: some rows of the left factor, and panels of the right one that lie one after the other.
pub(super) struct Part {
    /// The left factor's first number, and how far its rows and columns are apart.
    pub(super) left: *const f32,
    pub(super) left_strides: [usize; 2],
    /// Terms of a sum.
    pub(super) inner: usize,
    /// The right factor's first panel, from the left.
    pub(super) right: *const f32,
    /// The product's first number in these columns, and how far its rows are apart.
    pub(super) out: *mut f32,
    pub(super) stride: usize,
    /// The rows and columns to compute; the first column starts a panel.
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
}

/// Rows that stay in the cache while all panels pass by: so many numbers of the left factor.
const HELD: usize = 1 << 18;

macro_rules! kernel {
    (
        $(#[$doc:meta])* $name:ident, $features:literal, $lanes:literal, [$($rows:literal)*], $most:literal,
        $zero:ident, $load:ident, $store:ident, $splat:ident, $fused:ident
    ) => {
        $(#[$doc])*
        pub(super) mod $name {
            use super::*;

            /// Numbers in a register.
            const LANES: usize = $lanes;
            /// Columns of a panel; the last has half as many where those suffice.
            pub(in super::super) const PANEL: usize = 2 * LANES;
            /// The most rows a tile has.
            const MOST: usize = $most;

            /// Computes the part, and has each run of a row's numbers finished while it is in the nearest cache.
            ///
            /// # Safety
            /// The machine has these features; every number that the part's strides reach is there, and nobody else uses those of
            /// the product meanwhile; panels are aligned to a register.
            #[target_feature(enable = $features)]
            pub(in super::super) unsafe fn compute<F: Finish>(part: &Part, finish: &F) {
                let Part { left_strides: [down, _], inner, ref rows, ref columns, .. } = *part;
                let blocks = rows.len().div_ceil((HELD / inner.max(1)).max(MOST)).max(1);
                let held = rows.len().div_ceil(blocks).max(1);
                for block in rows.clone().step_by(held) {
                    let block = block..rows.end.min(block + held);
                    // Tiles of nearly equal height: one row alone would take as long as several.
                    let height = block.len().div_ceil(block.len().div_ceil(MOST));
                    for column in columns.clone().step_by(PANEL) {
                        let count = PANEL.min(columns.end - column);
                        for row in block.clone().step_by(height) {
                            let count_rows = height.min(block.end - row);
                            // SAFETY: as promised, the tile's rows and columns are inside both factors and the product.
                            unsafe {
                                let left = part.left.add(row * down);
                                let right = part.right.add((column - columns.start) * inner);
                                let out = part.out.add(row * part.stride + column - columns.start);
                                match (count_rows, count > LANES) {
                                    $(($rows, true) => tile::<$rows, 2>(part, left, right, out, count),
                                    ($rows, false) => tile::<$rows, 1>(part, left, right, out, count),)*
                                    _ => unreachable!("a tile of {count_rows} rows"),
                                }
                                for index in 0..count_rows {
                                    let run = std::slice::from_raw_parts_mut(out.add(index * part.stride), count);
                                    finish.finish::<true>(row + index, column, run);
                                }
                            }
                        }
                    }
                }
            }

            /// `R` rows by `V` registers of columns, of which `count` are kept. By itself, as all registers are needed.
            #[inline(never)]
            #[target_feature(enable = $features)]
            unsafe fn tile<const R: usize, const V: usize>(
                part: &Part,
                mut left: *const f32,
                mut right: *const f32,
                out: *mut f32,
                count: usize,
            ) {
                let ([down, along], inner, stride) = (part.left_strides, part.inner, part.stride);
                let mut sums = [[$zero(); V]; R];
                // SAFETY: the caller's promise holds for `inner` steps along the rows and down the panel, and for `count` numbers
                // of each row of the product.
                unsafe {
                    for _ in 0..inner {
                        let mut panel = [$zero(); V];
                        for v in 0..V {
                            panel[v] = $load(right.add(v * LANES));
                        }
                        // Written out, for the compiler gives up on long loops and leaves the sums in memory.
                        $(if $rows <= R {
                            let value = $splat(*left.add(($rows - 1) * down));
                            for v in 0..V {
                                sums[$rows - 1][v] = $fused(value, panel[v], sums[$rows - 1][v]);
                            }
                        })*
                        left = left.add(along);
                        right = right.add(V * LANES);
                    }
                    $(if $rows <= R {
                        for v in 0..V {
                            let out = out.add(($rows - 1) * stride + v * LANES);
                            $store(out, count.saturating_sub(v * LANES), sums[$rows - 1][v]);
                        }
                    })*
                }
            }
        }
    };
}

kernel!(
    /// Tiles of 14 rows by 32 columns: 28 of the 32 registers are sums.
    avx512, "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma", 16, [1 2 3 4 5 6 7 8 9 10 11 12 13 14], 14,
    _mm512_setzero_ps, _mm512_load_ps, store_16, _mm512_set1_ps, _mm512_fmadd_ps
);

kernel!(
    /// Tiles of 6 rows by 16 columns: 12 of the 16 registers are sums.
    avx2, "avx2,fma", 8, [1 2 3 4 5 6], 6,
    _mm256_setzero_ps, _mm256_load_ps, store_8, _mm256_set1_ps, _mm256_fmadd_ps
);

/// Stores the first so many numbers of a register.
///
/// # Safety
/// They may be written.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn store_16(to: *mut f32, count: usize, numbers: __m512) {
    // SAFETY: the caller's promise; what is masked is not touched. What a masked store has written is read again later than
    // what a plain one has.
    unsafe {
        match count {
            0..16 => _mm512_mask_storeu_ps(to, (1 << count) - 1, numbers),
            _ => _mm512_storeu_ps(to, numbers),
        }
    }
}

/// As `store_16`.
///
/// # Safety
/// They may be written.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn store_8(to: *mut f32, count: usize, numbers: __m256) {
    const MASKS: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
    // SAFETY: the caller's promise; what is masked is not touched. Of the 16 masks, the 8 from there on are read.
    unsafe {
        match count {
            0..8 => _mm256_maskstore_ps(to, _mm256_loadu_si256(MASKS.as_ptr().add(8 - count).cast()), numbers),
            _ => _mm256_storeu_ps(to, numbers),
        }
    }
}

/// A square of 16 by 16 numbers with rows and columns changed over; rows are so far apart.
///
/// # Safety
/// The machine has AVX-512; the first square may be read and the second written.
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) unsafe fn turn(from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize) {
    let mut rows = [_mm512_setzero_ps(); 16];
    for (row, numbers) in rows.iter_mut().enumerate() {
        // SAFETY: the caller's promise.
        *numbers = unsafe { _mm512_loadu_ps(from.add(row * from_stride)) };
    }
    // Two rows, then four, then all sixteen are brought together, quarter of a register by quarter.
    let mut fours = rows;
    for first in (0..16).step_by(4) {
        let [a, b, c, d] = [rows[first], rows[first + 1], rows[first + 2], rows[first + 3]];
        let (low, high) = (_mm512_castps_pd(_mm512_unpacklo_ps(a, b)), _mm512_castps_pd(_mm512_unpackhi_ps(a, b)));
        let (other_low, other_high) =
            (_mm512_castps_pd(_mm512_unpacklo_ps(c, d)), _mm512_castps_pd(_mm512_unpackhi_ps(c, d)));
        fours[first] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, other_low));
        fours[first + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, other_low));
        fours[first + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(high, other_high));
        fours[first + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(high, other_high));
    }
    for at in 0..4 {
        let (a, b, c, d) = (fours[at], fours[4 + at], fours[8 + at], fours[12 + at]);
        let even = (_mm512_shuffle_f32x4::<0x88>(a, b), _mm512_shuffle_f32x4::<0x88>(c, d));
        let odd = (_mm512_shuffle_f32x4::<0xdd>(a, b), _mm512_shuffle_f32x4::<0xdd>(c, d));
        let turned = [
            (at, _mm512_shuffle_f32x4::<0x88>(even.0, even.1)),
            (at + 4, _mm512_shuffle_f32x4::<0x88>(odd.0, odd.1)),
            (at + 8, _mm512_shuffle_f32x4::<0xdd>(even.0, even.1)),
            (at + 12, _mm512_shuffle_f32x4::<0xdd>(odd.0, odd.1)),
        ];
        for (row, numbers) in turned {
            // SAFETY: the caller's promise.
            unsafe { _mm512_storeu_ps(to.add(row * to_stride), numbers) };
        }
    }
}
