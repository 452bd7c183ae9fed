//! Clusters, said to the window, and what it asks for.

use embedscope_engine::{Clusters, Finding};

use crate::wire;

pub(crate) fn clusters(clusters: &Clusters) -> wire::ClustersView {
    wire::ClustersView {
        run: clusters.run.0,
        how: clusters.grouping.words().into(),
        layers: clusters
            .layers
            .iter()
            .map(|layer| wire::LayerView {
                least: layer.grain.min_cluster_size.map(|size| size as u32),
                reach: layer.grain.reach,
                clusters: layer.len() as u32,
                loose: layer.loose as u32,
                silhouette: layer.silhouette,
            })
            .collect(),
        shown: clusters.shown as u32,
    }
}

pub(crate) fn finding(asked: wire::Finding) -> Finding {
    match asked {
        wire::Finding::Kmeans { k } => Finding::Kmeans { k: k.map(|k| k as usize) },
        wire::Finding::Hdbscan { least } => Finding::Hdbscan { min_cluster_size: least as usize },
        wire::Finding::Dbscan { points } => Finding::Dbscan { min_points: points as usize },
        wire::Finding::Mixture { k } => Finding::Mixture { k: k as usize },
    }
}
