//! Models measured by the labels of the workspace.

use embedscope_engine::{Difference, Evaluation, Figure, ItemId, JobId, Measured, Miss, OwnChoice, SetId};

use super::Host;
use crate::say;
use crate::wire::{
    DifferenceView, ErrorView, EvaluationRequest, EvaluationView, FigureView, MeasuredView, MistakeView,
};

impl Host {
    /// Measures sets by the classes of their items; gives the job.
    pub fn start_evaluation(&self, request: EvaluationRequest) -> Result<u32, ErrorView> {
        let choice = OwnChoice {
            sets: request.sets.into_iter().map(SetId).collect(),
            by: request.by,
            examples: request.examples.max(1) as usize,
            seed: request.seed.into(),
        };
        Ok(self.engine()?.start_own_evaluation(choice).map_err(say::error)?.0)
    }

    /// What a job measured; empty until it is over.
    pub fn get_evaluations(&self, job: u32) -> Result<Vec<EvaluationView>, ErrorView> {
        let job = self.engine()?.job(JobId(job)).map_err(say::error)?;
        Ok(job.report.evaluations.iter().map(|found| view(found)).collect())
    }
}

fn view(found: &Evaluation) -> EvaluationView {
    EvaluationView {
        task: found.task.to_string(),
        size: found.size.clone(),
        protocol: found.task.protocol().into(),
        results: found.results.iter().map(|result| measured(result, &found.items)).collect(),
        differences: found.differences.iter().map(difference).collect(),
        seed: found.seed as u32,
    }
}

fn measured(result: &Measured, items: &[ItemId]) -> MeasuredView {
    let of = |rows: &[usize]| rows.iter().filter_map(|&row| items.get(row)).map(|item| item.0).collect::<Vec<u32>>();
    let figure = |figure: &Figure| FigureView {
        name: figure.name.into(),
        value: figure.value,
        range: figure.range,
        items: of(&figure.rows),
    };
    let mistake = |miss: &Miss| MistakeView {
        truth: miss.wanted.clone(),
        found: miss.found.clone(),
        count: miss.loss,
        items: of(&miss.rows),
    };
    MeasuredView {
        set: result.set.map_or(0, |set| set.0),
        model: result.model.clone(),
        baseline: result.baseline,
        figures: result.figures.iter().map(figure).collect(),
        mistakes: result.misses.iter().map(mistake).collect(),
    }
}

fn difference(difference: &Difference) -> DifferenceView {
    DifferenceView {
        a: difference.a.clone(),
        b: difference.b.clone(),
        value: difference.value,
        range: difference.range,
        certain: difference.is_certain(),
    }
}
