//! Questions answered in small facts, and work that is started.

use embedscope_engine::{Hit, ItemId, JobId, MapId, Moved, MovedGroup, Projection, SetId, Steer};

use super::Host;
use crate::say;
use crate::wire::{
    CompareRequest, ComparisonView, ErrorView, ExplainView, HealthView, HitView, ItemView, Method as WireMethod,
    ModelCostView, MovedGroupView, MovedView, ProjectRequest, SearchRequest, SearchView, StageView, SteerRequest,
};

/// The longer side of a thumbnail: a card's width on a screen of double density.
const THUMBNAIL_PX: u32 = 320;

impl Host {
    /// Embeds everything in the workspace with one more model; gives the job.
    pub fn start_embedding(&self, model: &str) -> Result<u32, ErrorView> {
        Ok(self.engine()?.start_embedding(model).map_err(say::error)?.0)
    }

    /// Lays out a map; gives the job.
    pub fn start_projection(&self, request: ProjectRequest) -> Result<u32, ErrorView> {
        let set = SetId(request.set);
        let seed = request.seed.into();
        let projection = match request.method {
            WireMethod::Pca => Projection::pca(set),
            WireMethod::Tsne => {
                let usual = Projection::tsne(set);
                Projection {
                    seed,
                    perplexity: request.perplexity.unwrap_or(usual.perplexity),
                    uniform: request.uniform.unwrap_or(usual.uniform),
                    iterations: request.iterations.map_or(usual.iterations, |steps| steps as usize),
                    ..usual
                }
            }
            WireMethod::Given => Projection::given(set),
            WireMethod::Umap => {
                let usual = Projection::umap(set);
                Projection {
                    seed,
                    neighbours: request.neighbours.map_or(usual.neighbours, |rows| rows as usize),
                    min_dist: request.min_dist.unwrap_or(usual.min_dist),
                    ..usual
                }
            }
        };
        let dims = request.dims.unwrap_or(2) as usize;
        Ok(self
            .engine()?
            .start_projection(Projection { dims, like: request.like.map(SetId), ..projection })
            .map_err(say::error)?
            .0)
    }

    /// Fetches a model; gives the job.
    pub fn start_fetch(&self, model: &str) -> Result<u32, ErrorView> {
        Ok(self.engine()?.start_fetch(model).0)
    }

    /// Asks a job to stop.
    pub fn cancel_job(&self, job: u32) -> Result<(), ErrorView> {
        self.engine()?.cancel_job(JobId(job)).map_err(say::error)
    }

    /// Puts a job to rest, or lets it go on.
    pub fn pause_job(&self, job: u32, paused: bool) -> Result<(), ErrorView> {
        let engine = self.engine()?;
        match paused {
            true => engine.pause_job(JobId(job)),
            false => engine.resume_job(JobId(job)),
        }
        .map_err(say::error)
    }

    /// Changes a map while it moves.
    pub fn steer_map(&self, request: &SteerRequest) -> Result<(), ErrorView> {
        let steer = Steer {
            exaggeration: request.exaggeration,
            min_dist: request.min_dist,
            perplexity: request.perplexity,
            neighbours: request.neighbours.map(|rows| rows as usize),
            seed: request.seed.map(u64::from),
        };
        self.engine()?.steer(MapId(request.map), steer).map_err(say::error)
    }

    /// Ends the laying out of a map early and keeps it as it is.
    pub fn settle_map(&self, map: u32) -> Result<(), ErrorView> {
        self.engine()?.settle(MapId(map)).map_err(say::error)
    }

    /// Goes on with a map that has ended, to the steps that are left or for more; gives the job.
    pub fn go_on_with_map(&self, map: u32, steps: Option<u32>) -> Result<u32, ErrorView> {
        let more = steps.map(|steps| steps as usize);
        Ok(self.engine()?.start_onward(MapId(map), more).map_err(say::error)?.0)
    }

    /// Hears that the page has drawn the last layout of a map.
    pub fn layout_drawn(&self, map: u32) -> Result<(), ErrorView> {
        let engine = self.engine()?;
        self.feed.drawn(&engine, MapId(map));
        Ok(())
    }

    /// One item.
    pub fn get_item(&self, item: u32) -> Result<ItemView, ErrorView> {
        let engine = self.engine()?;
        let item = ItemId(item);
        // Looked at here, where one item is asked for: for thousands it would take its time.
        let lost = engine.is_lost(item).map_err(say::error)?;
        engine.card(item).map(|card| ItemView { lost, ..say::card(card) }).map_err(say::error)
    }

    /// Some items, in the order asked for.
    pub fn list_items(&self, items: &[u32]) -> Result<Vec<ItemView>, ErrorView> {
        let items: Vec<ItemId> = items.iter().copied().map(ItemId).collect();
        Ok(self.engine()?.cards(&items).map_err(say::error)?.into_iter().map(say::card).collect())
    }

    /// The `k` items nearest to one, itself left out.
    pub fn get_neighbours(&self, set: u32, item: u32, k: u32) -> Result<Vec<HitView>, ErrorView> {
        let hits = self.engine()?.neighbours(SetId(set), ItemId(item), k as usize).map_err(say::error)?;
        hits.iter().map(|hit| self.hit(hit)).collect()
    }

    /// The items nearest in meaning to a text.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchView, ErrorView> {
        let found = self.engine()?.search(SetId(request.set), &request.text, request.k as usize).map_err(say::error)?;
        Ok(SearchView {
            hits: found.hits.iter().map(|hit| self.hit(hit)).collect::<Result<_, _>>()?,
            searched: found.searched as u32,
            exact: found.exact,
            typical: found.typical.map(Into::into),
            elapsed_ms: found.elapsed_ms,
        })
    }

    pub(super) fn hit(&self, hit: &Hit) -> Result<HitView, ErrorView> {
        let item = self.engine()?.card(hit.item).map(say::card).map_err(say::error)?;
        Ok(HitView { item, similarity: hit.similarity.into() })
    }

    /// Two sets over the items both show.
    pub fn compare(&self, request: &CompareRequest) -> Result<ComparisonView, ErrorView> {
        let compared = self.compared(request)?;
        let moved = |moved: &Moved| {
            Ok(MovedView {
                item: ItemView { title: moved.name.clone(), ..self.get_item(moved.item.0)? },
                overlap: moved.overlap.into(),
                near_a: moved.near_a.1.clone(),
                near_b: moved.near_b.1.clone(),
            })
        };
        let moved_most = compared.moved_most.iter().map(moved).collect::<Result<_, ErrorView>>()?;
        let group = |group: &MovedGroup| {
            Ok(MovedGroupView {
                name: group.name.clone(),
                items: group.items as u32,
                overlap: group.overlap,
                near_a: group.near_a.clone(),
                near_b: group.near_b.clone(),
                parts: group.parts.clone(),
                examples: group.examples.iter().map(moved).collect::<Result<_, ErrorView>>()?,
            })
        };
        let groups = compared.groups.iter().map(group).collect::<Result<_, ErrorView>>()?;
        let models = compared
            .costs
            .iter()
            .zip(&compared.health)
            .map(|(cost, health)| ModelCostView {
                model: cost.model.clone(),
                dim: cost.dim as u32,
                load_ms: cost.cost.load_ms,
                items_per_second: cost.cost.items_per_second(),
                memory_mb: cost.cost.memory_mb,
                vector_bytes: (cost.dim * size_of::<f32>()) as u32,
                health: HealthView {
                    anisotropy: health.anisotropy,
                    effective_rank: health.effective_rank,
                    hubness_skew: health.hubness_skew,
                    norm_mean: health.norm_mean,
                },
            })
            .collect();
        Ok(ComparisonView {
            items: compared.items.len() as u32,
            k: compared.k as u32,
            overlap: compared.overlap_mean,
            curve: compared.curve.clone(),
            histogram: compared.histogram.iter().map(|&count| count as u32).collect(),
            cka: compared.cka,
            rsa: compared.rsa,
            procrustes: compared.procrustes,
            moved_most,
            groups,
            models,
        })
    }

    /// What happens to a text on its way to a vector.
    pub fn explain(&self, text: &str, model: &str) -> Result<ExplainView, ErrorView> {
        let anatomy = self.engine()?.explain(text, model).map_err(say::error)?;
        Ok(ExplainView {
            tokens: anatomy.tokens,
            ids: anatomy.ids,
            cut: anatomy.cut as u32,
            stages: anatomy
                .stages
                .into_iter()
                .map(|stage| StageView {
                    name: stage.name.into(),
                    shape: stage.shape.iter().map(|&n| n as u32).collect(),
                })
                .collect(),
            norm: anatomy.norm,
        })
    }

    /// The small picture of an item, as a JPEG file's bytes.
    pub fn thumbnail(&self, item: u32) -> Result<Vec<u8>, ErrorView> {
        self.engine()?.thumbnail(ItemId(item), THUMBNAIL_PX).map_err(say::error)
    }
}
