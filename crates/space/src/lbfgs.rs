//! The lowest point of a smooth function, by limited memory of how its slope changed (L-BFGS; Nocedal 1980).
//!
//! Steps are shortened until they descend enough (Armijo). Deliberately absent: bounds and second derivatives.

use std::collections::VecDeque;

use crate::{Cancel, Error};

/// Steps remembered.
const MEMORY: usize = 10;
/// The share of the promised descent that a step must bring.
const ENOUGH: f64 = 1e-4;
const SHORTENED: usize = 40;

/// Walks down from `start` until no slope is steeper than `tolerance`, for at most `iterations` steps. `value` fills
/// the slope at a place and gives the height there.
pub(crate) fn minimise(
    start: Vec<f64>,
    iterations: usize,
    tolerance: f64,
    cancel: &Cancel,
    mut value: impl FnMut(&[f64], &mut [f64]) -> Result<f64, Error>,
) -> Result<Vec<f64>, Error> {
    let mut place = start;
    let mut slope = vec![0.0; place.len()];
    let mut height = value(&place, &mut slope)?;
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
    for _ in 0..iterations {
        cancel.check()?;
        if slope.iter().all(|slope| slope.abs() <= tolerance) {
            break;
        }
        let mut direction = downhill(&slope, &memory);
        let mut promise = dot(&direction, &slope);
        if promise >= 0.0 {
            memory.clear();
            direction = slope.iter().map(|slope| -slope).collect();
            promise = dot(&direction, &slope);
        }
        let mut step = if memory.is_empty() { 1.0 / dot(&slope, &slope).sqrt().max(1.0) } else { 1.0 };
        let mut there = vec![0.0; place.len()];
        let mut steepness = vec![0.0; place.len()];
        let mut found = None;
        for _ in 0..SHORTENED {
            for ((there, place), direction) in there.iter_mut().zip(&place).zip(&direction) {
                *there = place + step * direction;
            }
            let level = value(&there, &mut steepness)?;
            if level <= height + ENOUGH * step * promise {
                found = Some(level);
                break;
            }
            step /= 2.0;
        }
        // No step descends any more: the arithmetic has no finer ones.
        let Some(level) = found else { break };
        let moved: Vec<f64> = direction.iter().map(|direction| step * direction).collect();
        let change: Vec<f64> = steepness.iter().zip(&slope).map(|(after, before)| after - before).collect();
        let curvature = dot(&moved, &change);
        if curvature > 0.0 {
            if memory.len() == MEMORY {
                memory.pop_front();
            }
            memory.push_back((moved, change, 1.0 / curvature));
        }
        (place, slope, height) = (there, steepness, level);
    }
    Ok(place)
}

/// The step that the remembered curvature suggests.
fn downhill(slope: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>, f64)>) -> Vec<f64> {
    let mut direction: Vec<f64> = slope.iter().map(|slope| -slope).collect();
    let mut shares = Vec::with_capacity(memory.len());
    for (moved, change, inverse) in memory.iter().rev() {
        let share = inverse * dot(moved, &direction);
        add(&mut direction, -share, change);
        shares.push(share);
    }
    if let Some((_, change, inverse)) = memory.back() {
        let scale = 1.0 / (inverse * dot(change, change));
        direction.iter_mut().for_each(|x| *x *= scale);
    }
    for ((moved, change, inverse), share) in memory.iter().zip(shares.into_iter().rev()) {
        let back = inverse * dot(change, &direction);
        add(&mut direction, share - back, moved);
    }
    direction
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += factor * what);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curved_valley_is_walked_to_its_end() {
        let rosenbrock = |at: &[f64], slope: &mut [f64]| {
            let (x, y) = (at[0], at[1]);
            slope[0] = -2.0 * (1.0 - x) - 400.0 * x * (y - x * x);
            slope[1] = 200.0 * (y - x * x);
            Ok((1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2))
        };
        let found = minimise(vec![-1.2, 1.0], 500, 1e-8, &Cancel::default(), rosenbrock).expect("descends");
        assert!(found.iter().all(|x| (x - 1.0).abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn it_can_be_stopped() {
        let cancel = Cancel::default();
        cancel.cancel();
        let flat = |at: &[f64], slope: &mut [f64]| {
            slope.copy_from_slice(at);
            Ok(1.0)
        };
        assert_eq!(minimise(vec![1.0], 5, 0.0, &cancel, flat), Err(Error::Cancelled));
    }
}
