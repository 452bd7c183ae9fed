//! Fills a report from the workspace: of every set its truest kind of map, its clusters and its figures.
//!
//! Deliberately absent: how a report looks.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use embedscope_models::{Kind, catalogue};
use embedscope_space::neighbours::NeighboursParams;
use embedscope_space::{Cancel, UNWATCHED};
use embedscope_workspace::ItemId;
use rayon::prelude::*;

use super::{Comparison, Figure, Report, ReportItem, Section};
use crate::{
    Card, Engine, Error, Layout, MapSummary, Method, ModelComparison, NO_CLASS, SetSummary, Skipped, draw, write_whole,
};

const NEAREST: usize = 5;
const COMPARED_BY: usize = 10;
const MOVED: usize = 8;
const THUMBNAIL_PX: u32 = 96;
/// Of a map of more items, a report holds a fair sample: a page with all of them could not be sent, nor opened.
const MOST_ITEMS: usize = 100_000;
const SAMPLE_SEED: u64 = 42;

impl Engine {
    /// Reports every set that has a map, and compares every two; `skipped` is what an import left out.
    pub fn report(&self, title: &str, skipped: &[Skipped], seed: u64) -> Result<Report, Error> {
        let shown = self.shown()?;
        let mut found = Vec::new();
        for (at, (a, _)) in shown.iter().enumerate() {
            for (b, _) in &shown[at + 1..] {
                if self.common_rows(a.id, b.id)?.0.len() > COMPARED_BY {
                    found.push(self.compare(a.id, b.id, COMPARED_BY)?);
                }
            }
        }
        let report = self.report_comparing(title, &found, seed)?;
        let skipped = skipped.iter().map(|skipped| (skipped.name.clone(), skipped.reason.clone())).collect();
        Ok(Report { skipped, ..report })
    }

    /// The same with comparisons that were made already, and no others.
    pub fn report_comparing(&self, title: &str, found: &[ModelComparison], seed: u64) -> Result<Report, Error> {
        let report = self.report_of(title, seed, None)?;
        let comparisons = found.iter().map(|found| self.comparison(found)).collect::<Result<_, _>>()?;
        Ok(Report { comparisons, ..report })
    }

    /// Maps alone: of all items, or of some, each with what is nearest among them.
    pub(crate) fn report_of(&self, title: &str, seed: u64, only: Option<&HashSet<ItemId>>) -> Result<Report, Error> {
        let shown = self.shown()?;
        // The first map leads: those over the same items are turned to lie as it does.
        let leader = shown.first().map(|(_, map)| map);
        let sections = shown.iter().map(|(set, map)| self.section(set, map, leader, only));
        let mut sections: Vec<Section> = sections.collect::<Result<_, _>>()?;
        sections.retain(|section| !section.items.is_empty());
        Ok(Report {
            title: title.to_owned(),
            items: only.map_or(self.count()? as usize, HashSet::len),
            sections,
            comparisons: Vec::new(),
            skipped: Vec::new(),
            seed,
            made_by: format!("Embedscope {} · {}", env!("CARGO_PKG_VERSION"), self.device()),
        })
    }

    /// Every set that has a flat map, the largest first, with the map that is reported of it.
    fn shown(&self) -> Result<Vec<(SetSummary, MapSummary)>, Error> {
        let maps = self.maps();
        let mut shown = Vec::new();
        for set in self.sets()? {
            let own = || maps.iter().filter(|map| map.set == set.id && map.dims == 2 && map.rows > 0);
            let map = own().rfind(|map| map.method != Method::Pca).or_else(|| own().next_back());
            shown.extend(map.map(|map| (set, map.clone())));
        }
        shown.sort_by_key(|(set, _)| std::cmp::Reverse(set.rows));
        Ok(shown)
    }

    fn section(
        &self,
        set: &SetSummary,
        map: &MapSummary,
        leader: Option<&MapSummary>,
        only: Option<&HashSet<ItemId>>,
    ) -> Result<Section, Error> {
        let live = self.live_set(set.id)?;
        let Layout { positions, .. } = match leader.filter(|leader| leader.id != map.id) {
            Some(leader) => self.layout_aligned(map.id, leader.id)?,
            None => self.layout(map.id)?,
        };
        let shown = live.items();
        let is_wanted = |row: &usize| only.is_none_or(|only| only.contains(&shown[*row]));
        let mut rows: Vec<usize> = (0..positions.rows()).filter(is_wanted).collect();
        let all = rows.len();
        if all > MOST_ITEMS {
            rows = draw::rows(all, MOST_ITEMS, SAMPLE_SEED).into_iter().map(|at| rows[at]).collect();
        }
        if rows.is_empty() {
            return Ok(Section::default());
        }
        let vectors = live.vectors()?.select(&rows);
        let metric = live.metric();
        let neighbours = NeighboursParams { k: NEAREST, metric, ..Default::default() }.check()?.run(
            &vectors,
            UNWATCHED,
            &Cancel::default(),
        )?;
        let cards = self.cards(&rows.iter().map(|&row| shown[row]).collect::<Vec<_>>())?;
        let items = cards
            .into_par_iter()
            .enumerate()
            .map(|(row, card)| {
                let near = neighbours.k * row..neighbours.k * (row + 1);
                let nearest = neighbours.indices[near.clone()].iter().zip(&neighbours.distances[near]);
                let similar = |(&other, &far): (&u32, &f32)| (other as usize, metric.shown(f64::from(far)) as f32);
                // What is nearest in a sample need not be what is nearest.
                let nearest = if all > MOST_ITEMS { Vec::new() } else { nearest.map(similar).collect() };
                self.report_item(card, nearest)
            })
            .collect();
        let clustering = live.clustering().unwrap_or_default();
        let class = |row: usize| clustering.labels.get(row).and_then(|&label| u16::try_from(label).ok());
        let method = match map.method {
            Method::Pca => format!("PCA, {}", map.parameters),
            Method::Given => map.parameters.clone(),
            Method::Tsne | Method::Umap => {
                format!("{}, {}, {} steps", map.method, map.parameters.replace(" · ", ", "), map.iteration)
            }
        };
        Ok(Section {
            model: set.model.clone(),
            baseline: catalogue::find(&set.model).is_some_and(|entry| entry.baseline),
            dim: set.dim,
            method,
            places: positions.select(&rows).into_vec(),
            sampled_from: if all > MOST_ITEMS { all } else { 0 },
            items,
            classes: rows.iter().map(|&row| class(row).unwrap_or(NO_CLASS)).collect(),
            clusters: clustering.names.clone(),
            figures: figures(map, clustering.silhouette),
            left_out: set.left_out.iter().map(|&(kind, count)| counted(kind, count)).collect::<Vec<_>>().join(", "),
            cut_texts: set.cost.cut_texts as usize,
            load_ms: set.cost.load_ms,
            items_per_second: set.cost.items_per_second(),
            memory_mb: set.cost.memory_mb,
        })
    }

    fn report_item(&self, card: Card, nearest: Vec<(usize, f32)>) -> ReportItem {
        // A picture that has gone since is shown as a point.
        let thumbnail = if card.kind == Kind::Image { self.thumbnail(card.id, THUMBNAIL_PX).ok() } else { None };
        let source = if card.place.is_empty() { card.file } else { format!("{}, {}", card.file, card.place) };
        ReportItem { title: card.title, text: card.text, source, thumbnail, nearest }
    }

    fn comparison(&self, found: &ModelComparison) -> Result<Comparison, Error> {
        let k = found.k;
        let figures = vec![
            figure(
                "neighbours in common",
                format!("{:.0} %", found.overlap_mean * 100.0),
                format!("Of each item's {k} nearest, this share is the same for both models."),
            ),
            figure(
                "CKA",
                format!("{:.3}", found.cka),
                "How alike the two spaces are as a whole: 1 is the same shape, 0 unrelated.".into(),
            ),
            figure(
                "RSA",
                format!("{:.3}", found.rsa),
                "Whether pairs that are far apart for one model are far apart for the other: 1 is the same order."
                    .into(),
            ),
        ];
        let figures = figures.into_iter().chain([figure(
            "Procrustes",
            format!("{:.3}", found.procrustes),
            "What remains after the best shift, turn and scale: 0 is the same shape, 1 nothing fits.".into(),
        )]);
        let moved = found.moved_most.iter().take(MOVED).map(|moved| {
            (moved.name.clone(), f64::from(moved.overlap), moved.near_a.1.clone(), moved.near_b.1.clone())
        });
        let [a, b] = [&found.costs[0].model, &found.costs[1].model];
        let groups = found.groups.iter().take(MOVED);
        Ok(Comparison {
            a: a.clone(),
            b: b.clone(),
            figures: figures.collect(),
            groups: groups
                .map(|group| (group.name.clone(), group.items, group.overlap, group.sentence(a, b)))
                .collect(),
            moved: moved.collect(),
        })
    }
}

impl Report {
    /// Writes `report.html` and `map.png` into a folder, which is made where it is missing; gives their paths.
    pub fn write(&self, folder: &Path) -> Result<[PathBuf; 2], Error> {
        std::fs::create_dir_all(folder).map_err(Error::file(folder))?;
        let paths = ["report.html", "map.png"].map(|name| folder.join(name));
        write_whole(&paths[0], self.to_html())?;
        write_whole(&paths[1], self.to_png()?)?;
        Ok(paths)
    }
}

fn figures(map: &MapSummary, silhouette: Option<f64>) -> Vec<Figure> {
    let mut figures = Vec::new();
    if let Some(truth) = map.truth {
        let k = truth.k;
        figures.push(figure(
            "trustworthiness",
            format!("{:.3}", truth.trustworthiness),
            format!("Whether each point's {k} nearest on the map are also near in the full space; 1 is all of them."),
        ));
        figures.push(figure(
            "continuity",
            format!("{:.3}", truth.continuity),
            format!("Whether each item's {k} nearest in the full space are also near on the map; 1 is all of them."),
        ));
        figures.push(figure(
            "neighbours kept",
            format!("{:.0} %", truth.neighbour_preservation * 100.0),
            format!("The share of each item's {k} nearest that are among its {k} nearest on the map."),
        ));
        figures.push(figure(
            "Shepard correlation",
            format!("{:.3}", truth.shepard),
            "Whether far apart on the map means far apart in the full space; 1 is always.".into(),
        ));
    }
    if let Some(share) = map.explained_variance {
        figures.push(figure(
            "variance",
            format!("{:.0} %", share * 100.0),
            "The share of all differences that the two axes show.".into(),
        ));
    }
    if let Some(apart) = silhouette {
        figures.push(figure(
            "silhouette",
            format!("{apart:.3}"),
            "How well the groups stand apart in the full space: 1 is clearly, 0 is not at all.".into(),
        ));
    }
    figures
}

fn figure(name: &str, value: String, meaning: String) -> Figure {
    Figure { name: name.to_owned(), value, meaning }
}

fn counted(kind: Kind, count: usize) -> String {
    let what = match (kind, count) {
        (Kind::Text, 1) => "text",
        (Kind::Text, _) => "texts",
        (Kind::Image, 1) => "picture",
        (Kind::Image, _) => "pictures",
    };
    format!("{count} {what}")
}
