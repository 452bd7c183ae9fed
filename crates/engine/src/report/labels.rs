//! Cluster names on a map: each where its points are densest, none over another.
//!
//! Deliberately absent: drawing.

/// A name and where its middle stands.
#[derive(Debug, PartialEq)]
pub struct Label {
    /// The cluster.
    pub class: u16,
    /// The name.
    pub text: String,
    /// The middle of the text, in the map's pixels.
    pub x: f32,
    /// The text's base line.
    pub y: f32,
}

/// Letters of Inter Semi Bold are about this wide, in parts of the type's size.
const LETTER: f32 = 0.58;
const GAP: f32 = 4.0;

/// Names placed in the order of `clusters` (the largest first); an empty one and one that finds no room are left out.
/// `points` are x, y of each item in pixels inside `width × height`.
pub fn place(
    points: &[[f32; 2]],
    classes: &[u16],
    clusters: &[String],
    size: f32,
    width: f32,
    height: f32,
) -> Vec<Label> {
    let mut placed: Vec<(Label, [f32; 4])> = Vec::new();
    for (class, text) in (0_u16..).zip(clusters).filter(|(_, text)| !text.is_empty()) {
        let own: Vec<[f32; 2]> =
            points.iter().zip(classes).filter(|&(_, &of)| of == class).map(|(&point, _)| point).collect();
        let Some([x, y]) = densest(&own) else { continue };
        let half = text.chars().map(|c| if c.is_ascii() { LETTER } else { 1.0 }).sum::<f32>() * size / 2.0;
        let room = [0.0, -1.6, 1.6, -3.2, 3.2, -4.8, 4.8].iter().find_map(|step| {
            let x = x.clamp(half + GAP, (width - half - GAP).max(half + GAP));
            let y = (y + step * size).clamp(size + GAP, height - GAP);
            let space = [x - half - GAP, y - size, x + half + GAP, y + GAP];
            placed.iter().all(|(_, other)| apart(&space, other)).then_some((x, y, space))
        });
        if let Some((x, y, space)) = room {
            placed.push((Label { class, text: text.clone(), x, y }, space));
        }
    }
    placed.into_iter().map(|(label, _)| label).collect()
}

/// The point with the least distance to its nearest fellows: one real point, so that a name never stands in a void.
fn densest(points: &[[f32; 2]]) -> Option<[f32; 2]> {
    // A few hundred points tell where the crowd is.
    let step = points.len().div_ceil(400).max(1);
    let sample: Vec<[f32; 2]> = points.iter().step_by(step).copied().collect();
    let near = (sample.len() / 4).max(1);
    sample
        .iter()
        .map(|a| {
            let mut distances: Vec<f32> = sample.iter().map(|b| (a[0] - b[0]).hypot(a[1] - b[1])).collect();
            distances.sort_by(f32::total_cmp);
            (distances[..near].iter().sum::<f32>(), *a)
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, point)| point)
}

fn apart(a: &[f32; 4], b: &[f32; 4]) -> bool {
    a[2] < b[0] || b[2] < a[0] || a[3] < b[1] || b[3] < a[1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_on_their_crowd_and_apart() {
        let points = [[100.0, 100.0], [102.0, 100.0], [101.0, 101.0], [300.0, 20.0], [103.0, 102.0], [104.0, 101.0]];
        let classes = [0, 0, 0, 0, 1, 1];
        let names = ["first".to_owned(), "second".to_owned()];
        let labels = place(&points, &classes, &names, 12.0, 400.0, 200.0);
        assert_eq!(labels.len(), 2);
        assert!((labels[0].x - 101.0).abs() < 3.0, "the far point does not pull the name away");
        assert!((labels[0].y - labels[1].y).abs() >= 12.0);
    }

    #[test]
    fn a_cluster_without_points_has_no_name() {
        assert!(place(&[], &[], &["nobody".to_owned()], 12.0, 100.0, 100.0).is_empty());
    }
}
