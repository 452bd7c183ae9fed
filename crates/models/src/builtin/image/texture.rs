//! Which fine patterns a picture is made of: rotation-invariant uniform local binary patterns (Ojala, Pietikäinen &
//! Mäenpää 2002) at two distances, in each quarter of the picture.

use super::canvas::{Canvas, SIDE};
use super::hellinger;

/// Zero to eight brighter neighbours in one stretch, and everything that is no single stretch.
const BINS: usize = 10;

const DISTANCES: [isize; 2] = [1, 3];

/// Numbers given by [`patterns`].
pub(super) const LEN: usize = 4 * DISTANCES.len() * BINS;

/// How much brighter (of 1) a neighbour must be to count; less is noise.
const BRIGHTER: f32 = 0.02;

/// Histograms of the patterns, those of one distance and quarter after another; at most 1 long together.
pub(super) fn patterns(canvas: &Canvas) -> Vec<f32> {
    let mut bins = vec![0.0; LEN];
    for (number, &distance) in DISTANCES.iter().enumerate() {
        for y in 0..SIDE {
            for x in 0..SIDE {
                let quarter = 2 * (2 * y / SIDE) + 2 * x / SIDE;
                bins[(4 * number + quarter) * BINS + pattern(canvas, x as isize, y as isize, distance)] += 1.0;
            }
        }
    }
    for histogram in bins.chunks_exact_mut(BINS) {
        hellinger(histogram);
    }
    let histograms = (LEN / BINS) as f32;
    bins.iter_mut().for_each(|share| *share /= histograms.sqrt());
    bins
}

fn pattern(canvas: &Canvas, x: isize, y: isize, distance: isize) -> usize {
    const AROUND: [(isize, isize); 8] = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];
    let threshold = canvas.light(x, y) + BRIGHTER;
    let brighter = AROUND.map(|(dx, dy)| canvas.light(x + dx * distance, y + dy * distance) > threshold);
    let changes = (0..8).filter(|&place| brighter[place] != brighter[(place + 1) % 8]).count();
    if changes <= 2 { brighter.iter().filter(|&&brighter| brighter).count() } else { BINS - 1 }
}
