//! Which colours a picture has, and where.

use std::f32::consts::TAU;

use super::canvas::{Canvas, SIDE};
use super::hellinger;

const HUES: usize = 8;
const GREYS: usize = 8;

/// Eight hues, dark and light, and eight greys.
const BINS: usize = 2 * HUES + GREYS;

/// Numbers given by [`histograms`]: the whole picture and its four quarters.
pub(super) const HISTOGRAMS: usize = 5 * BINS;

/// Rows and columns of [`layout`].
const GRID: usize = 4;

/// Numbers given by [`layout`].
pub(super) const LAYOUT: usize = 3 * GRID * GRID;

/// The chroma from which a pixel counts as coloured only; below, part of it counts as grey.
const COLOURFUL: f32 = 40.0;

/// Colour histograms of the whole and of the quarters, each quarter counting half. Every pixel is shared out between
/// the bins nearest to it, so that a small shift of colour makes a small change.
pub(super) fn histograms(canvas: &Canvas) -> Vec<f32> {
    let mut bins = vec![0.0; HISTOGRAMS];
    for (place, pixel) in canvas.lab.iter().enumerate() {
        let (row, column) = (place / SIDE, place % SIDE);
        let quarter = 1 + 2 * (2 * row / SIDE) + 2 * column / SIDE;
        share_out(pixel, &mut bins[quarter * BINS..(quarter + 1) * BINS]);
    }
    for quarter in 1..5 {
        for bin in 0..BINS {
            bins[bin] += bins[quarter * BINS + bin];
        }
    }
    for (number, histogram) in bins.chunks_exact_mut(BINS).enumerate() {
        hellinger(histogram);
        if number > 0 {
            histogram.iter_mut().for_each(|share| *share /= 2.0);
        }
    }
    bins
}

fn share_out(&[light, a, b]: &[f32; 3], bins: &mut [f32]) {
    let coloured = (a.hypot(b) / COLOURFUL).min(1.0);
    let bright = ((light - 30.0) / 40.0).clamp(0.0, 1.0);
    let (hue, next) = between((b.atan2(a) / TAU).rem_euclid(1.0) * HUES as f32);
    for (hue, share) in [(hue % HUES, 1.0 - next), ((hue + 1) % HUES, next)] {
        bins[hue] += coloured * share * (1.0 - bright);
        bins[HUES + hue] += coloured * share * bright;
    }
    let (grey, next) = between((light / 100.0).clamp(0.0, 1.0) * (GREYS - 1) as f32);
    let greys = &mut bins[2 * HUES..];
    greys[grey] += (1.0 - coloured) * (1.0 - next);
    greys[(grey + 1).min(GREYS - 1)] += (1.0 - coloured) * next;
}

/// The whole number below and how far it is from there to the next.
fn between(value: f32) -> (usize, f32) {
    (value as usize, value.fract())
}

/// The mean colour of each field of a 4 × 4 grid, in units of about half the range of a colour; at most about 1 long.
pub(super) fn layout(canvas: &Canvas) -> Vec<f32> {
    let mut means = vec![0.0; LAYOUT];
    let field = SIDE / GRID;
    for (place, [light, a, b]) in canvas.lab.iter().enumerate() {
        let at = 3 * (place / SIDE / field * GRID + place % SIDE / field);
        for (mean, value) in means[at..at + 3].iter_mut().zip([light - 50.0, *a, *b]) {
            *mean += value / 50.0 / (field * field * GRID) as f32;
        }
    }
    means
}
