//! Two models over the same items: what stays together, what moves apart, what each costs.
//!
//! Deliberately absent: saying which is better; that needs labels or a task.

mod difference;
mod groups;

use embedscope_space::compare::CompareParams;
use embedscope_space::health::{Health, HealthParams};
use embedscope_space::neighbours::Neighbours;
use embedscope_space::{Cancel, UNWATCHED};
use embedscope_workspace::{ItemId, SetId};

use crate::sets::{Cost, LiveSet};
use crate::{Engine, Error};
pub use difference::DifferenceMatrix;
pub use groups::MovedGroup;

/// What is the same in two sets and what changed.
#[derive(Clone, Debug)]
pub struct ModelComparison {
    /// The items both sets show, in the order of the first; everything below is about those.
    pub items: Vec<ItemId>,
    /// Neighbours looked at.
    pub k: usize,
    /// Share of each item's neighbours that both models agree on, 0 to 1.
    pub overlap: Vec<f32>,
    /// Its mean.
    pub overlap_mean: f64,
    /// Its mean for the 1, 2 … k nearest.
    pub curve: Vec<f64>,
    /// How many items have 0, 1 … k neighbours in common.
    pub histogram: Vec<usize>,
    /// Linear centred kernel alignment, debiased: 1 for the same shape, about 0 for unrelated ones (Kornblith et al. 2019).
    pub cka: f64,
    /// Rank correlation of all distances, −1 to 1.
    pub rsa: f64,
    /// What remains after the best shift, turn and scale, 0 (same shape) to 1.
    pub procrustes: f64,
    /// The items whose neighbours changed most; none whose neighbours are all the same.
    pub moved_most: Vec<Moved>,
    /// The first set's groups, the most changed first; empty where it has none yet.
    pub groups: Vec<MovedGroup>,
    /// The state of each space, first and second, over the same items.
    pub health: [Health; 2],
    /// What each model costs, first and second.
    pub costs: [ModelCost; 2],
}

/// An item whose neighbours changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The item.
    pub item: ItemId,
    /// What it goes by.
    pub name: String,
    /// Share of neighbours in common.
    pub overlap: f32,
    /// Its nearest item in the first set, and what that goes by.
    pub near_a: (ItemId, String),
    /// Its nearest item in the second set, and what that goes by.
    pub near_b: (ItemId, String),
}

/// What a model costs on this computer, as far as it was measured.
#[derive(Clone, Debug)]
pub struct ModelCost {
    /// The model.
    pub model: String,
    /// Numbers in a vector.
    pub dim: usize,
    /// What filling its set cost.
    pub cost: Cost,
}

const MOVED: usize = 20;
const LEAST_ITEMS: usize = 4;
/// Rows on which the figures about the whole are computed.
const SAMPLE: usize = 2000;
const SEED: u64 = 42;

impl Engine {
    /// Compares two sets by the `k` nearest neighbours of the items both show. Fails where they share fewer than four.
    pub fn compare(&self, a: SetId, b: SetId, k: usize) -> Result<ModelComparison, Error> {
        let (left, right) = (self.live_set(a)?, self.live_set(b)?);
        let (rows_a, rows_b) = self.common_rows(a, b)?;
        if rows_a.len() < LEAST_ITEMS {
            return Err(Error::Request(format!(
                "{} and {} have {} items in common, and comparing needs at least {LEAST_ITEMS}",
                left.model(),
                right.model(),
                rows_a.len()
            )));
        }
        let shown = left.items();
        let items: Vec<ItemId> = rows_a.iter().map(|&row| shown[row]).collect();
        let (vectors_a, vectors_b) = (left.vectors_of(&rows_a)?, right.vectors_of(&rows_b)?);
        let k = k.clamp(1, items.len() - 1);
        let params = CompareParams { k, metric: left.metric(), sample: SAMPLE, seed: SEED };
        let found = params.check()?.run(&vectors_a, &vectors_b, UNWATCHED, &Cancel::default())?;
        let mut histogram = vec![0; k + 1];
        for share in &found.overlap {
            histogram[((share * k as f32).round() as usize).min(k)] += 1;
        }
        let mut order: Vec<usize> = (0..items.len()).collect();
        order.sort_by(|&a, &b| found.overlap[a].total_cmp(&found.overlap[b]));
        let nearest = |row: usize, near: &Neighbours| -> Result<(ItemId, String), Error> {
            let other = near.of(row).first().map_or(row, |&other| other as usize);
            Ok((items[other], self.card(items[other])?.name()))
        };
        let [near_a, near_b] = &found.near;
        let moved = |row: usize| -> Result<Moved, Error> {
            Ok(Moved {
                item: items[row],
                name: self.card(items[row])?.name(),
                overlap: found.overlap[row],
                near_a: nearest(row, near_a)?,
                near_b: nearest(row, near_b)?,
            })
        };
        let changed = order.iter().filter(|&&row| found.overlap[row] < 1.0).take(MOVED);
        let moved_most = changed.map(|&row| moved(row)).collect::<Result<_, Error>>()?;
        let (clusters_a, clusters_b) = (left.clustering().unwrap_or_default(), right.clustering().unwrap_or_default());
        let sides = [
            groups::Side { clustering: &clusters_a, rows: &rows_a, near: near_a },
            groups::Side { clustering: &clusters_b, rows: &rows_b, near: near_b },
        ];
        let groups = groups::moved(&sides, &found.overlap)
            .into_iter()
            .map(|(group, examples)| {
                let examples = examples.into_iter().map(moved).collect::<Result<_, Error>>()?;
                Ok(MovedGroup { examples, ..group })
            })
            .collect::<Result<_, Error>>()?;
        let health = |vectors, metric| {
            HealthParams { metric, seed: SEED, ..HealthParams::default() }.check()?.run(
                vectors,
                UNWATCHED,
                &Cancel::default(),
            )
        };
        let health = [health(&vectors_a, left.metric())?, health(&vectors_b, right.metric())?];
        Ok(ModelComparison {
            k,
            overlap_mean: found.overlap_mean,
            overlap: found.overlap,
            curve: found.curve,
            histogram,
            cka: found.cka,
            rsa: found.rsa,
            procrustes: found.procrustes,
            moved_most,
            groups,
            health,
            costs: [cost(&left), cost(&right)],
            items,
        })
    }
}

fn cost(set: &LiveSet) -> ModelCost {
    ModelCost { model: set.model().to_owned(), dim: set.handle.facts().dim, cost: set.cost() }
}
