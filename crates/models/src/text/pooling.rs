//! From one vector a token to one vector a text.
//!
//! Deliberately absent: learned pooling.

/// A way of pooling, with the meaning it has in sentence-transformers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pooling {
    /// The vector of the first token.
    Cls,
    /// The greatest number in each place.
    Max,
    /// The mean.
    Mean,
    /// The sum divided by the square root of the count.
    MeanSqrtLen,
    /// The mean in which the n-th token counts n times.
    WeightedMean,
    /// The vector of the last token.
    LastToken,
}

impl Pooling {
    /// Every way and the two names configuration files have for it, in the order in which several are put together.
    pub(super) const NAMES: [(Self, &'static str, &'static str); 6] = [
        (Self::Cls, "cls", "pooling_mode_cls_token"),
        (Self::Max, "max", "pooling_mode_max_tokens"),
        (Self::Mean, "mean", "pooling_mode_mean_tokens"),
        (Self::MeanSqrtLen, "mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"),
        (Self::WeightedMean, "weightedmean", "pooling_mode_weightedmean_tokens"),
        (Self::LastToken, "lasttoken", "pooling_mode_lasttoken"),
    ];

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Cls => "cls",
            Self::Max => "max",
            Self::Mean => "mean",
            Self::MeanSqrtLen => "mean_sqrt_len_tokens",
            Self::WeightedMean => "weightedmean",
            Self::LastToken => "lasttoken",
        }
    }

    /// Appends the pooled vector of `tokens [n, width]` to `out`; zeros where there are no tokens.
    pub(super) fn pool(self, tokens: &[f32], width: usize, out: &mut Vec<f32>) {
        let count = tokens.len() / width;
        let start = out.len();
        out.resize(start + width, 0.0);
        let out = &mut out[start..];
        let rows = || tokens.chunks_exact(width);
        let mut add = |weight: fn(usize) -> f32, divisor: f32| {
            for (index, row) in rows().enumerate() {
                let weight = weight(index);
                out.iter_mut().zip(row).for_each(|(out, value)| *out += weight * value);
            }
            out.iter_mut().for_each(|out| *out /= divisor.max(1e-9));
        };
        let total = count as f32;
        match self {
            Self::Mean => add(|_| 1.0, total),
            Self::MeanSqrtLen => add(|_| 1.0, total.sqrt()),
            Self::WeightedMean => add(|index| (index + 1) as f32, total * (total + 1.0) / 2.0),
            Self::Cls => rows().take(1).for_each(|row| out.copy_from_slice(row)),
            Self::LastToken => rows().last().into_iter().for_each(|row| out.copy_from_slice(row)),
            Self::Max => {
                for (index, row) in rows().enumerate() {
                    out.iter_mut().zip(row).for_each(|(out, &value)| {
                        *out = if index == 0 { value } else { out.max(value) };
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_is_what_its_name_says() {
        let tokens = [1.0, -8.0, 3.0, -2.0, 5.0, -5.0, 7.0, -5.0];
        let expected: [(Pooling, [f32; 2]); 6] = [
            (Pooling::Cls, [1.0, -8.0]),
            (Pooling::Max, [7.0, -2.0]),
            (Pooling::Mean, [4.0, -5.0]),
            (Pooling::MeanSqrtLen, [8.0, -10.0]),
            (Pooling::WeightedMean, [5.0, -4.7]),
            (Pooling::LastToken, [7.0, -5.0]),
        ];
        for (pooling, expected) in expected {
            let mut out = vec![9.0];
            pooling.pool(&tokens, 2, &mut out);
            assert_eq!(out[0], 9.0);
            assert!((out[1] - expected[0]).abs() < 1e-6 && (out[2] - expected[1]).abs() < 1e-6, "{pooling:?}: {out:?}");
            pooling.pool(&[], 2, &mut out);
            assert_eq!(out[3..], [0.0, 0.0]);
            assert!(Pooling::NAMES.iter().any(|(way, name, _)| *way == pooling && *name == pooling.name()));
        }
    }
}
