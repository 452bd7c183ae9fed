//! Models measured by the labels of the workspace, by what its user judges, on data of files and by their speed; and the
//! move to another.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use embedscope_engine::{
    Answer, BatchSpeed, Bench, Difference, Evaluation, EvaluationChoice, EvaluationForm, Figure, JobId, JobReport,
    Measured, Miss, OwnChoice, SetId, write_whole,
};

use super::{Host, held};
use crate::say;
use crate::wire::{
    AnswerRequest, BatchView, DifferenceView, ErrorCode, ErrorView, EvaluationRequest, EvaluationView, FigureView,
    MeasuredView, MistakeView, MoveView, QuestionView, RecommendationView, Said, SpeedView,
};

/// The most examples of each class in one draw, as the MTEB has it.
const EXAMPLES: usize = 8;
const SEED: u64 = 42;

impl Host {
    /// Measures sets by the classes of their items; gives the job.
    pub fn start_evaluation(&self, request: EvaluationRequest) -> Result<u32, ErrorView> {
        let choice = OwnChoice {
            sets: request.sets.into_iter().map(SetId).collect(),
            by: request.by,
            task: None,
            fewer: request.fewer,
            examples: request.examples.max(1) as usize,
            seed: request.seed.into(),
        };
        Ok(self.engine()?.start_own_evaluation(choice).map_err(say::error)?.0)
    }

    /// Measures models on a file or folder that the user chose; gives the job.
    pub fn start_test(&self, task: &str, data: PathBuf, models: Vec<String>) -> Result<u32, ErrorView> {
        let unknown = |problem: String| ErrorView {
            code: ErrorCode::BadRequest,
            message: format!("There is no such task: {problem}").into(),
            hint: None,
        };
        let choice = EvaluationChoice {
            task: task.parse().map_err(unknown)?,
            data,
            models,
            text_column: None,
            label_column: None,
            examples: EXAMPLES,
            seed: SEED,
        };
        Ok(self.engine()?.start_evaluation(choice).map_err(say::error)?.0)
    }

    /// An item and two others of which one is nearer; None where there is nothing to ask.
    pub fn next_question(&self, sets: &[u32]) -> Result<Option<QuestionView>, ErrorView> {
        let sets: Vec<SetId> = sets.iter().copied().map(SetId).collect();
        let Some(question) = self.engine()?.next_question(&sets).map_err(say::error)? else { return Ok(None) };
        let [first, second] = question.others;
        Ok(Some(QuestionView {
            number: question.number as u32,
            anchor: say::card(question.anchor),
            first: say::card(first),
            second: say::card(second),
        }))
    }

    /// Keeps an answer; gives how many there are.
    pub fn answer_question(&self, request: &AnswerRequest) -> Result<u32, ErrorView> {
        let AnswerRequest { anchor, near, far, decided, number } = *request;
        let answer = Answer { anchor, near, far, decided };
        Ok(self.engine()?.answer(number as usize, answer).map_err(say::error)? as u32)
    }

    /// Takes the last answer back; gives how many are left.
    pub fn take_back_answer(&self) -> Result<u32, ErrorView> {
        Ok(self.engine()?.take_back_answer().map_err(say::error)? as u32)
    }

    /// How many answers were decided, about items that are still here.
    pub fn count_judgements(&self) -> Result<u32, ErrorView> {
        let answers = self.engine()?.judgements().map_err(say::error)?;
        Ok(answers.iter().filter(|answer| answer.decided).count() as u32)
    }

    /// What moving the workspace to a model takes.
    pub fn get_move(&self, model: &str) -> Result<MoveView, ErrorView> {
        let found = self.engine()?.reckon_move(model).map_err(say::error)?;
        Ok(MoveView {
            model: found.model,
            set: found.set.map(|set| set.0),
            items: found.items as u32,
            missing: found.missing as u32,
            seconds: found.seconds,
            bytes: found.bytes.map(|bytes| bytes as f64),
            fetch_mb: found.fetch_mb,
        })
    }

    /// Works with another set from now on; fails while it is not whole.
    pub fn use_set(&self, set: u32) -> Result<(), ErrorView> {
        self.engine()?.use_set(SetId(set)).map_err(say::error)
    }

    /// What a job has measured so far.
    pub fn get_evaluations(&self, job: u32) -> Result<Vec<EvaluationView>, ErrorView> {
        let job = self.engine()?.job(JobId(job)).map_err(say::error)?;
        Ok(job.report.evaluations.iter().map(|found| view(found)).collect())
    }

    /// Measures how fast models are; gives the job.
    pub fn start_bench(&self, models: Vec<String>) -> Result<u32, ErrorView> {
        Ok(self.engine()?.start_bench(models).map_err(say::error)?.0)
    }

    /// How fast the models are that a job has measured so far.
    pub fn get_speeds(&self, job: u32) -> Result<Vec<SpeedView>, ErrorView> {
        let job = self.engine()?.job(JobId(job)).map_err(say::error)?;
        Ok(job.report.benches.iter().map(|bench| speed(bench)).collect())
    }

    /// The name that is proposed for what a job measured, with this ending.
    pub fn evaluation_name(&self, job: u32, ending: &str) -> Result<String, ErrorView> {
        let job = self.engine()?.job(JobId(job)).map_err(say::error)?;
        let data = job.report.evaluations.first().map_or("speed", |found| found.data.as_str());
        // Data may be named as no file can be.
        let plain: String =
            data.chars().map(|c| if c.is_alphanumeric() || " -_".contains(c) { c } else { '-' }).collect();
        Ok(format!("{plain}.{ending}"))
    }

    /// Writes what a job measured as a page (`html`), Markdown (`md`) or a table (`csv`); gives the file's name.
    pub fn write_evaluations(&self, job: u32, ending: &str, chosen: &Path) -> Result<String, ErrorView> {
        let form = EvaluationForm::of_ending(ending).unwrap_or(EvaluationForm::Html);
        let job = self.engine()?.job(JobId(job)).map_err(say::error)?;
        let JobReport { evaluations, benches, .. } = &*job.report;
        let text = match evaluations.is_empty() {
            true => form.of_speed(&benches.iter().map(|bench| (**bench).clone()).collect::<Vec<_>>()),
            false => form.of(evaluations),
        };
        let text = text.map_err(say::error)?;
        let out = match chosen.extension() {
            Some(known) if known == ending => chosen.to_owned(),
            _ => chosen.with_added_extension(ending),
        };
        write_whole(&out, text).map_err(say::error)?;
        let name = out.file_name().unwrap_or_default().to_string_lossy().into_owned();
        *held(&self.evaluation) = Some(out);
        Ok(name)
    }
}

fn view(found: &Evaluation) -> EvaluationView {
    EvaluationView {
        task: found.task.to_string(),
        data: found.data.clone(),
        size: found.size.as_str().into(),
        protocol: found.task.protocol().into(),
        results: found.results.iter().map(|result| measured(result, found)).collect(),
        differences: found.differences.iter().map(difference).collect(),
        recommendation: found
            .recommendation()
            .map(|found| RecommendationView { model: found.model, reasons: Said::each(found.reasons) }),
        published_note: found.published_note().map(Into::into),
        seed: found.seed as u32,
    }
}

fn speed(bench: &Bench) -> SpeedView {
    let batch = |speed: &BatchSpeed| BatchView {
        batch: speed.batch as u32,
        items_per_second: speed.items_per_second(),
        spread: speed.spread(),
        tokens_per_second: speed.tokens_per_second(),
    };
    SpeedView {
        model: bench.model.clone(),
        load_ms: bench.least_load_ms(),
        first_ms: bench.least_first_ms(),
        query_p50_ms: bench.query_within(0.5),
        query_p95_ms: bench.query_within(0.95),
        best_batch: bench.best().map(|best| best.batch as u32),
        batches: bench.speeds.iter().map(batch).collect(),
        device: bench.device.as_str().into(),
        warning: bench.warning().map(Into::into),
    }
}

fn measured(result: &Measured, found: &Evaluation) -> MeasuredView {
    let of = |rows: &[usize]| -> Vec<u32> {
        let here = |&row: &usize| match found.items.get(row) {
            Some(item) => vec![item.0],
            None => found.behind.get(&row).into_iter().flatten().map(|item| item.0).collect(),
        };
        rows.iter().flat_map(here).collect::<BTreeSet<u32>>().into_iter().collect()
    };
    let wrong: Vec<usize> =
        result.misses.iter().filter(|miss| miss.loss > 0.0).flat_map(|miss| miss.rows.clone()).collect();
    // Figures of questions have no rows of their own: behind them are those that were answered wrongly.
    let figure = |figure: &Figure| FigureView {
        name: figure.name.into(),
        value: figure.value,
        range: figure.range,
        items: of(if figure.rows.is_empty() && found.items.is_empty() { &wrong } else { &figure.rows }),
    };
    let mistake = |miss: &Miss| MistakeView {
        row: miss.rows.first().map_or(0, |&row| row as u32),
        asked: miss.asked.clone(),
        truth: miss.wanted.clone(),
        found: miss.found.clone(),
        loss: miss.loss,
        items: of(&miss.rows),
    };
    MeasuredView {
        set: result.set.map(|set| set.0),
        model: result.model.clone(),
        baseline: result.baseline,
        figures: result.figures.iter().map(figure).collect(),
        dim: result.dim.map(|dim| dim as u32),
        bytes: result.bytes.map(|bytes| bytes as u32),
        items_per_second: result.items_per_second,
        published: result.published.map(|published| published.value),
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
