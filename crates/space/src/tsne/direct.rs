//! Repulsion summed over all pairs, exactly.
//!
//! Deliberately absent: any shortcut; `O(rows²)` for every step.

use rayon::prelude::*;

const LANES: usize = 16;
/// Fills the last lanes: so far away that it repels nothing, and its square still fits.
const FAR: f32 = 1e15;

/// Writes `Σ_j (y_i − y_j) / (1 + r²)²` for every `i` and returns `Z = Σ_{i≠j} 1 / (1 + r²)`. Points are `D` numbers.
pub(super) fn repulsion<const D: usize>(layout: &[f32], forces: &mut [f32]) -> f64 {
    let rows = layout.len() / D;
    let mut axes: [Vec<f32>; D] = std::array::from_fn(|axis| layout.iter().skip(axis).step_by(D).copied().collect());
    axes.iter_mut().for_each(|axis| axis.resize(rows.next_multiple_of(LANES), FAR));
    let arch = pulp::Arch::new();
    let parts: Vec<f64> = forces
        .par_chunks_mut(64 * D)
        .zip(layout.par_chunks(64 * D))
        .map(|(forces, points)| {
            let mut sum = 0.0;
            for (force, point) in forces.chunks_exact_mut(D).zip(points.chunks_exact(D)) {
                let point: [f32; D] = std::array::from_fn(|axis| point[axis]);
                let (near, found) = arch.dispatch(|| around(&point, &axes));
                sum += near - 1.0;
                force.copy_from_slice(&found);
            }
            sum
        })
        .collect();
    parts.iter().sum()
}

/// One point against all, itself included.
#[inline(always)]
fn around<const D: usize>(point: &[f32; D], axes: &[Vec<f32>; D]) -> (f64, [f32; D]) {
    let mut near = [0.0_f32; LANES];
    let mut force = [[0.0_f32; LANES]; D];
    for from in (0..axes[0].len()).step_by(LANES) {
        let mut apart = [[0.0_f32; LANES]; D];
        let mut square = [1.0_f32; LANES];
        for axis in 0..D {
            let others = &axes[axis][from..from + LANES];
            for lane in 0..LANES {
                apart[axis][lane] = point[axis] - others[lane];
                square[lane] += apart[axis][lane] * apart[axis][lane];
            }
        }
        for lane in 0..LANES {
            let weight = 1.0 / square[lane];
            near[lane] += weight;
            square[lane] = weight * weight;
        }
        for axis in 0..D {
            for lane in 0..LANES {
                force[axis][lane] += square[lane] * apart[axis][lane];
            }
        }
    }
    let near = near.iter().map(|&x| f64::from(x)).sum();
    (near, std::array::from_fn(|axis| force[axis].iter().sum()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::normal;

    #[test]
    fn sums_are_those_of_the_formula() {
        let layout = normal(37, 3, 1);
        let mut forces = vec![0.0; 37 * 3];
        let z = repulsion::<3>(layout.as_slice(), &mut forces);
        let (mut wanted_z, mut wanted) = (0.0, vec![0.0_f64; 37 * 3]);
        for i in 0..37 {
            for j in (0..37).filter(|&j| j != i) {
                let apart: Vec<f64> =
                    layout.row(i).iter().zip(layout.row(j)).map(|(a, b)| f64::from(*a) - f64::from(*b)).collect();
                let weight = 1.0 / (1.0 + apart.iter().map(|x| x * x).sum::<f64>());
                wanted_z += weight;
                (0..3).for_each(|axis| wanted[i * 3 + axis] += weight * weight * apart[axis]);
            }
        }
        assert!((z / wanted_z - 1.0).abs() < 1e-6);
        assert!(forces.iter().zip(wanted).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-5));
    }
}
