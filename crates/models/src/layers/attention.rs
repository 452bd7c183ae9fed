//! Scaled dot-product attention (Vaswani et al., 2017) over texts laid end to end, each seeing only itself.
//!
//! Keys and values may be shared by several query heads (Ainslie et al., 2023). Elsewhere than on the CPU candle's operations
//! serve, with padding and masks. Deliberately absent: the projections around it (`Linear`).

use std::ops::Range;

use candle_core::{CpuStorage, CustomOp1, D, Device, Layout, Result, Shape, Tensor};
use embedscope_space::product::{AsItIs, Finish, Packed, View, fused};
use embedscope_space::widely;
use rayon::prelude::*;

use super::activation::{LANES, exp};
use super::{Linear, Part, contiguous};
use crate::device::Place;

/// Queries whose scores are held at a time: so many that they stay in the cache.
const BLOCK: usize = 128;

/// How the numbers of a row are shared by heads: `[queries | keys | values]`, each head's numbers side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heads {
    /// Heads with queries of their own.
    pub(crate) queries: usize,
    /// Heads with keys and values of their own; a divisor of `queries`.
    pub(crate) keys: usize,
    /// Numbers in a head.
    pub(crate) width: usize,
}

impl Heads {
    /// As many heads of keys as of queries, which share `width` numbers; None where they cannot.
    pub(crate) fn sharing(width: usize, count: usize) -> Option<Self> {
        let heads = Self { queries: count, keys: count, width: width.checked_div(count)? };
        (width > 0 && width.is_multiple_of(count)).then_some(heads)
    }

    /// What scores are multiplied with, by the definition: `1/√width`.
    pub(crate) fn scale(self) -> f64 {
        (self.width as f64).powf(-0.5)
    }

    /// Numbers in the queries of a row.
    pub(crate) fn out(self) -> usize {
        self.queries * self.width
    }

    /// Numbers in a row of queries, keys and values.
    pub(crate) fn joined(self) -> usize {
        (self.queries + 2 * self.keys) * self.width
    }
}

/// Which rows of its sequence a row sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// All of them.
    All,
    /// Itself and those before it.
    Before,
    /// Those at most so far away.
    Near(usize),
}

impl Sight {
    fn of(self, row: usize, length: usize) -> Range<usize> {
        match self {
            Self::All => 0..length,
            Self::Before => 0..row + 1,
            Self::Near(reach) => row.saturating_sub(reach)..length.min(row.saturating_add(reach).saturating_add(1)),
        }
    }
}

/// What is added to a score for the distance from query to key, for each head.
#[derive(Clone, Debug)]
pub(crate) struct Bias {
    /// `[heads, 2 · reach + 1]`, from the farthest key before to the farthest after.
    values: Vec<f32>,
    reach: usize,
}

impl Bias {
    /// From `value(head, distance)`, the key's position less the query's; beyond `reach` it stays what it is there.
    pub(crate) fn new(heads: usize, reach: usize, value: impl Fn(usize, isize) -> f32) -> Self {
        let of = |head| (-(reach as isize)..=reach as isize).map(move |distance| (head, distance));
        Self { values: (0..heads).flat_map(of).map(|(head, distance)| value(head, distance)).collect(), reach }
    }

    /// What is added for a head, from the key that is `length − 1` before the query to the one as far after it.
    fn spread(&self, head: usize, length: usize, into: &mut Vec<f32>) {
        let row = &self.values[head * (2 * self.reach + 1)..][..2 * self.reach + 1];
        let least = self.reach + 1;
        into.clear();
        into.extend((0..2 * length - 1).map(|at| row[(at + least).saturating_sub(length).min(2 * self.reach)]));
    }
}

/// Queries, keys and values `[n, heads.joined()]`, the queries scaled already, to `[n, heads.out()]`. The rows are
/// sequences of the given lengths, one after the other.
pub(crate) fn attend(
    qkv: &Tensor,
    lengths: &[usize],
    heads: Heads,
    sight: Sight,
    bias: Option<&Bias>,
) -> Result<Tensor> {
    let attend = Attend { lengths, heads, sight, bias };
    if qkv.device().is_cpu() { qkv.apply_op1_no_bwd(&attend) } else { attend.elsewhere(qkv) }
}

/// One layer of those of queries, keys and values, with the scale taken into the queries.
pub(crate) fn join_projections(
    [query, key, value]: [Part<'_>; 3],
    heads: Heads,
    scale: f64,
    place: &Place,
) -> Result<Linear> {
    let widths = [query, key, value].map(|part| part.weight.columns());
    if widths.iter().sum::<usize>() != heads.joined() || widths[0] != heads.out() {
        candle_core::bail!("queries, keys and values of {widths:?} cannot be shared by {heads:?}");
    }
    Linear::of(&[Part { factor: scale as f32, ..query }, key, value], place, None)
}

struct Attend<'a> {
    lengths: &'a [usize],
    heads: Heads,
    sight: Sight,
    bias: Option<&'a Bias>,
}

impl Attend<'_> {
    /// One sequence: `qkv [length, joined]` to `out [length, width]`.
    fn sequence(&self, qkv: &[f32], out: &mut [f32], room: &mut Room) {
        let Heads { queries, keys, width } = self.heads;
        let (joined, whole) = (self.heads.joined(), self.heads.out());
        let length = out.len() / whole;
        let part =
            |of: &Range<usize>, at: usize| View::new(&qkv[of.start * joined + at * width..], of.len(), width, joined);
        let fused = fused();
        let Room { keys: packed_keys, values, scores, biases, shares } = room;
        for shared in 0..keys {
            let mut held = 0..0;
            for first in (0..length).step_by(BLOCK) {
                let rows = first..length.min(first + BLOCK);
                let seen = self.sight.of(rows.start, length).start..self.sight.of(rows.end - 1, length).end;
                if held != seen {
                    packed_keys.refill(part(&seen, queries + shared).transposed());
                    values.refill(part(&seen, queries + keys + shared));
                    held = seen.clone();
                }
                let stride = seen.len().next_multiple_of(LANES);
                scores.resize(rows.len() * stride, 0.0);
                for head in shared * (queries / keys)..(shared + 1) * (queries / keys) {
                    if let Some(bias) = self.bias {
                        bias.spread(head, length, biases);
                    }
                    packed_keys.times_into(part(&rows, head), scores, stride, &AsItIs);
                    shares.clear();
                    widely(
                        #[inline(always)]
                        || {
                            for (row, scores) in rows.clone().zip(scores.chunks_exact_mut(stride)) {
                                if self.bias.is_some() {
                                    let from = &biases[length - 1 + seen.start - row..];
                                    for (score, bias) in scores[..seen.len()].iter_mut().zip(from) {
                                        *score += bias;
                                    }
                                }
                                let own = self.sight.of(row, length);
                                scores[..own.start - seen.start].fill(f32::NEG_INFINITY);
                                scores[own.end - seen.start..].fill(f32::NEG_INFINITY);
                                shares.push(if fused { softmax::<true>(scores) } else { softmax::<false>(scores) });
                            }
                        },
                    );
                    let weights = View::new(scores, rows.len(), seen.len(), stride);
                    values.times_into(weights, &mut out[rows.start * whole + head * width..], whole, &Shared(shares));
                }
            }
        }
    }
}

/// What attention works with, kept from one sequence to the next.
#[derive(Default)]
struct Room {
    keys: Packed,
    values: Packed,
    scores: Vec<f32>,
    biases: Vec<f32>,
    shares: Vec<f32>,
}

/// Multiplies each row with a factor of its own.
struct Shared<'a>(&'a [f32]);

impl Finish for Shared<'_> {
    #[inline(always)]
    fn finish<const FUSED: bool>(&self, row: usize, _column: usize, run: &mut [f32]) {
        run.iter_mut().for_each(|value| *value *= self.0[row]);
    }
}

/// What is added to the score of a key that is not seen: finite, so that no row can become 0/0.
const UNSEEN: f32 = -1e30;

impl Attend<'_> {
    /// The same by candle's operations: sequences are padded to the longest, and what is not seen is masked.
    fn elsewhere(&self, qkv: &Tensor) -> Result<Tensor> {
        let (lengths, Heads { queries, keys, width }, device) = (self.lengths, self.heads, qkv.device());
        let (count, longest) = (lengths.len(), lengths.iter().max().copied().unwrap_or_default());
        if longest == 0 {
            return Tensor::zeros((0, self.heads.out()), qkv.dtype(), device);
        }
        let (mut padded, mut kept, mut start) = (Vec::with_capacity(count * longest), Vec::new(), 0);
        for (text, &length) in lengths.iter().enumerate() {
            // What stands in for rows that are not there is never seen.
            padded.extend((0..longest).map(|at| (start + at.min(length.max(1) - 1)).min(qkv.dims()[0] - 1) as u32));
            kept.extend((0..length).map(|at| (text * longest + at) as u32));
            start += length;
        }
        let rows = qkv.index_select(&Tensor::from_vec(padded, count * longest, device)?, 0)?;
        let part = |start: usize, heads: usize| {
            let part = rows.narrow(1, start * width, heads * width)?.contiguous()?;
            let part = part.reshape((count, longest, heads, 1, width))?;
            let shared = if heads == queries { part } else { part.repeat((1, 1, 1, queries / heads, 1))? };
            shared.reshape((count, longest, queries, width))?.transpose(1, 2)?.contiguous()
        };
        let (query, key, value) = (part(0, queries)?, part(queries, keys)?, part(queries + keys, keys)?);
        let mut scores = query.matmul(&key.transpose(2, 3)?.contiguous()?)?;
        if lengths.iter().any(|&length| length != longest) {
            let mask =
                lengths.iter().flat_map(|&length| (0..longest).map(move |at| if at < length { 0.0 } else { UNSEEN }));
            scores = scores.broadcast_add(&Tensor::from_vec(mask.collect(), (count, 1, 1, longest), device)?)?;
        }
        if self.sight != Sight::All || self.bias.is_some() {
            scores = scores.broadcast_add(&self.mask(longest)?.to_device(device)?)?;
        }
        let scores = scores.broadcast_sub(&scores.max_keepdim(D::Minus1)?)?.exp()?;
        let weights = scores.broadcast_div(&scores.sum_keepdim(D::Minus1)?)?;
        let out =
            weights.matmul(&value)?.transpose(1, 2)?.contiguous()?.reshape((count * longest, self.heads.out()))?;
        out.index_select(&Tensor::new(kept, device)?, 0)
    }

    /// What is added to scores for where keys stand, `[1, heads, longest, longest]`.
    fn mask(&self, longest: usize) -> Result<Tensor> {
        let heads = if self.bias.is_some() { self.heads.queries } else { 1 };
        let mut mask = vec![UNSEEN; heads * longest * longest];
        let mut biases = Vec::new();
        for (at, row) in mask.chunks_exact_mut(longest).enumerate() {
            let (head, query) = (at / longest, at % longest);
            let seen = self.sight.of(query, longest);
            row[seen.clone()].fill(0.0);
            if let Some(bias) = self.bias {
                bias.spread(head, longest, &mut biases);
                let from = &biases[longest - 1 + seen.start - query..];
                row[seen].iter_mut().zip(from).for_each(|(value, bias)| *value += bias);
            }
        }
        Tensor::from_vec(mask, (1, heads, longest, longest), &Device::Cpu)
    }
}

impl CustomOp1 for Attend<'_> {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(&self, qkv: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, joined) = layout.shape().dims2()?;
        let Heads { queries, keys, width } = self.heads;
        let shared = keys > 0 && width > 0 && queries > 0 && queries.is_multiple_of(keys);
        if self.lengths.iter().sum::<usize>() != rows || !shared || joined != self.heads.joined() {
            candle_core::bail!("{rows} rows of {joined} are not those sequences with {:?}", self.heads);
        }
        let whole = self.heads.out();
        let mut qkv = contiguous(qkv, layout)?;
        let mut out = vec![0.0; rows * whole];
        let mut rest = out.as_mut_slice();
        let mut sequences = Vec::with_capacity(self.lengths.len());
        for length in self.lengths {
            let (rows, out);
            (rows, qkv) = qkv.split_at(length * joined);
            (out, rest) = rest.split_at_mut(length * whole);
            sequences.push((rows, out));
        }
        sequences.into_par_iter().for_each_init(Room::default, |room, (rows, out)| self.sequence(rows, out, room));
        Ok((CpuStorage::F32(out), Shape::from((rows, whole))))
    }
}

/// `exp(x − highest)` in place, and what it must be multiplied with to come to 1 in all; as many scores as fill registers.
#[inline(always)]
fn softmax<const FUSED: bool>(scores: &mut [f32]) -> f32 {
    let mut highests = [f32::NEG_INFINITY; LANES];
    for scores in scores.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            highests[lane] = highests[lane].max(scores[lane]);
        }
    }
    let highest = highests.into_iter().fold(f32::NEG_INFINITY, f32::max);
    let mut sums = [0.0; LANES];
    for scores in scores.as_chunks_mut::<LANES>().0 {
        for lane in 0..LANES {
            scores[lane] = exp::<FUSED>(scores[lane] - highest);
            sums[lane] += scores[lane];
        }
    }
    1.0 / sums.into_iter().sum::<f32>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slope(head: usize, distance: isize) -> f32 {
        (head as f32 + 1.0) * distance as f32 / 16.0
    }

    /// By the definition, one query at a time, in double precision.
    fn by_definition(qkv: &[f32], lengths: &[usize], heads: Heads, sight: Sight, reach: Option<usize>) -> Vec<f64> {
        let at = |row: usize, head: usize, i: usize| f64::from(qkv[row * heads.joined() + head * heads.width + i]);
        let mut out = Vec::new();
        let mut first = 0;
        for &length in lengths {
            for query in 0..length {
                for head in 0..heads.queries {
                    let shared = heads.queries + head * heads.keys / heads.queries;
                    let seen: Vec<usize> = (0..length)
                        .filter(|&key| match sight {
                            Sight::All => true,
                            Sight::Before => key <= query,
                            Sight::Near(reach) => key.abs_diff(query) <= reach,
                        })
                        .collect();
                    let score = |key: usize| {
                        let inner: f64 =
                            (0..heads.width).map(|i| at(first + query, head, i) * at(first + key, shared, i)).sum();
                        let distance = key as isize - query as isize;
                        inner
                            + reach.map_or(0.0, |reach| {
                                f64::from(slope(head, distance.clamp(-(reach as isize), reach as isize)))
                            })
                    };
                    let weights: Vec<f64> = seen.iter().map(|&key| score(key).exp()).collect();
                    let total: f64 = weights.iter().sum();
                    out.extend((0..heads.width).map(|i| {
                        let values = seen.iter().map(|&key| at(first + key, shared + heads.keys, i));
                        weights.iter().zip(values).map(|(weight, value)| weight / total * value).sum::<f64>()
                    }));
                }
            }
            first += length;
        }
        out
    }

    fn noise(count: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..count).map(|_| next()).collect()
    }

    fn check(lengths: &[usize], heads: Heads, sight: Sight, reach: Option<usize>, seed: u32) -> f64 {
        let rows: usize = lengths.iter().sum();
        let qkv = noise(rows * heads.joined(), seed);
        let expected = by_definition(&qkv, lengths, heads, sight, reach);
        let tensor = Tensor::from_vec(qkv, (rows, heads.joined()), &Device::Cpu).expect("a tensor");
        let bias = reach.map(|reach| Bias::new(heads.queries, reach, slope));
        let found = attend(&tensor, lengths, heads, sight, bias.as_ref()).expect("attended");
        let elsewhere = Attend { lengths, heads, sight, bias: bias.as_ref() }.elsewhere(&tensor).expect("attended");
        if rows > 0 {
            let apart = (&found - &elsewhere).and_then(|apart| apart.abs()?.max_all()?.to_scalar::<f32>());
            assert!(apart.as_ref().is_ok_and(|apart| *apart < 1e-5), "elsewhere: {apart:?}");
        }
        let found: Vec<f32> = found.flatten_all().and_then(|out| out.to_vec1()).expect("numbers");
        assert_eq!(found.len(), expected.len());
        found.iter().zip(&expected).map(|(found, expected)| (f64::from(*found) - expected).abs()).fold(0.0, f64::max)
    }

    proptest! {
        #[test]
        fn it_is_what_its_definition_says(
            lengths in prop::collection::vec(0_usize..40, 1..4), keys in 1_usize..4, sharing in 1_usize..3,
            sight in prop_oneof![Just(Sight::All), Just(Sight::Before), (0_usize..9).prop_map(Sight::Near)],
            reach in prop::option::of(1_usize..9), seed in 0_u32..1000,
        ) {
            let heads = Heads { queries: keys * sharing, keys, width: 8 };
            let apart = check(&lengths, heads, sight, reach, seed);
            prop_assert!(apart < 1e-5, "{apart} apart");
        }
    }

    #[test]
    fn a_long_text_is_cut_into_blocks_without_a_trace() {
        let heads = Heads { queries: 1, keys: 1, width: 4 };
        for sight in [Sight::All, Sight::Before, Sight::Near(7)] {
            assert!(check(&[BLOCK + 70, 3], heads, sight, Some(5), 1) < 1e-5, "{sight:?}");
        }
    }

    #[test]
    fn lengths_that_do_not_add_up_are_refused() {
        let qkv = Tensor::zeros((4, 12), candle_core::DType::F32, &Device::Cpu).expect("a tensor");
        let attended = |lengths: &[usize], heads| attend(&qkv, lengths, heads, Sight::All, None).is_ok();
        assert!(!attended(&[3], Heads { queries: 1, keys: 1, width: 4 }));
        assert!(!attended(&[4], Heads { queries: 3, keys: 1, width: 4 }));
        assert!(attended(&[1, 3], Heads { queries: 2, keys: 2, width: 2 }));
        assert!(Heads::sharing(12, 5).is_none() && Heads::sharing(12, 0).is_none());
    }
}
