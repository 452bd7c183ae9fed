//! The Davies-Bouldin index (1979): how wide clusters are beside how far their centres lie apart; smaller is better.
//!
//! Deliberately absent: metrics other than Euclid, for which the index is not defined.

use rayon::prelude::*;

use crate::{Cancel, Error, Vectors};

/// The mean over clusters of how much each overlaps with the one it overlaps with most; 0 where clusters or centres
/// coincide. Rows labelled below 0 are noise and left out. Fails with fewer than two clusters.
pub fn davies_bouldin(vectors: &Vectors, labels: &[i32], cancel: &Cancel) -> Result<f64, Error> {
    if labels.len() != vectors.rows() {
        return Err(Error::shape(format!("{} labels", vectors.rows()), labels.len()));
    }
    vectors.check_finite()?;
    let mut members = std::collections::BTreeMap::<i32, Vec<usize>>::new();
    for (row, &label) in labels.iter().enumerate().filter(|(_, label)| **label >= 0) {
        members.entry(label).or_default().push(row);
    }
    if members.len() < 2 {
        return Err(Error::parameter("labels", "at least two clusters", members.len()));
    }
    let clusters: Vec<(Vec<f64>, f64)> =
        members.into_values().collect::<Vec<_>>().par_iter().map(|rows| centre_and_width(vectors, rows)).collect();
    cancel.check()?;
    let worst = |(centre, width): &(Vec<f64>, f64)| {
        let beside = clusters.iter().map(|(other, wide)| (width + wide, distance(centre, other)));
        beside.map(|(wide, apart)| if apart > 0.0 { wide / apart } else { 0.0 }).fold(0.0, f64::max)
    };
    Ok(clusters.par_iter().map(worst).collect::<Vec<_>>().iter().sum::<f64>() / clusters.len() as f64)
}

/// The mean of the rows and their mean distance to it.
fn centre_and_width(vectors: &Vectors, rows: &[usize]) -> (Vec<f64>, f64) {
    let n = rows.len() as f64;
    let mut centre = vec![0.0; vectors.dim()];
    for &row in rows {
        centre.iter_mut().zip(vectors.row(row)).for_each(|(sum, &x)| *sum += f64::from(x) / n);
    }
    let wide = |&row: &usize| {
        let squares = vectors.row(row).iter().zip(&centre).map(|(&x, mean)| (f64::from(x) - mean).powi(2));
        squares.sum::<f64>().sqrt()
    };
    let width = rows.iter().map(wide).sum::<f64>() / n;
    (centre, width)
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::normal;

    #[test]
    fn clusters_that_stand_apart_score_lower() {
        let near = normal(100, 3, 1);
        let labels: Vec<i32> = (0..100).map(|row| i32::from(row >= 50)).collect();
        let far = near.as_slice().iter().enumerate().map(|(at, x)| x + if at >= 150 { 40.0 } else { 0.0 }).collect();
        let far = Vectors::new(far, 3).expect("rows");
        let score = |vectors| davies_bouldin(vectors, &labels, &Cancel::default()).expect("two clusters");
        assert!(score(&far) < 0.1 && score(&near) > 1.0);
        let turned: Vec<f32> = far.iter().flat_map(|p| [p[2] * 3.0, p[0] * 3.0, p[1] * 3.0]).collect();
        assert!((score(&far) - score(&Vectors::new(turned, 3).expect("rows"))).abs() < 1e-6);
    }

    #[test]
    fn degenerate_input_is_answered() {
        let same = Vectors::new(vec![1.0; 8], 2).expect("rows");
        assert_eq!(davies_bouldin(&same, &[0, 0, 1, 1], &Cancel::default()), Ok(0.0));
        assert!(davies_bouldin(&same, &[0, 0, 0, -1], &Cancel::default()).is_err());
        assert!(davies_bouldin(&same, &[0, 1], &Cancel::default()).is_err());
        let bad = Vectors::new(vec![f32::NAN; 2], 1).expect("rows");
        assert!(davies_bouldin(&bad, &[0, 1], &Cancel::default()).is_err());
    }
}
