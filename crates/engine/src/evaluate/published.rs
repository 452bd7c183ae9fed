//! What others have published of models on well-known data, to stand beside what is measured here.
//!
//! The scores are those of the MTEB's results (CC0 1.0), each for one file or folder that is known by its name. Deliberately
//! absent: scores that cannot be cited, and any doubt whether data of that name is that data; the report says by what it was known.

use std::sync::LazyLock;

use serde::Deserialize;

use super::Task;

/// A published score.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Published {
    task: String,
    data: String,
    model: String,
    /// The figure's name, the main one of its task.
    pub figure: String,
    /// Its value, 0 to 1.
    pub value: f64,
    /// The benchmark's name for the data, with its split.
    pub benchmark: String,
}

static SCORES: LazyLock<Vec<Published>> = LazyLock::new(|| {
    let table = include_str!("../../../../assets/published.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(table.as_bytes());
    reader.deserialize().filter_map(Result::ok).collect()
});

/// What was published of a model on the data of this name; nothing of a model that is not as published.
pub(super) fn find(model: &str, data: &str, task: Task) -> Option<&'static Published> {
    let name = data.rsplit_once('.').map_or(data, |(stem, _)| stem).to_lowercase();
    let is_of = |score: &&Published| score.task == task.to_string() && score.data == name && score.model == model;
    SCORES.iter().find(is_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_names_a_main_figure() {
        let lines = include_str!("../../../../assets/published.csv").lines();
        assert_eq!(SCORES.len(), lines.filter(|line| !line.starts_with('#')).count() - 1);
        for score in SCORES.iter() {
            let task: Task = score.task.parse().expect("a task");
            assert!(score.figure == task.main_figure() && (-1.0..=1.0).contains(&score.value), "{score:?}");
        }
    }

    #[test]
    fn data_is_known_by_its_name_and_a_changed_model_has_no_score() {
        let found = find("all-MiniLM-L6-v2", "stsb-en-dev.csv", Task::Sts).expect("published");
        assert_eq!((found.value, found.benchmark.as_str()), (0.8672, "STSBenchmarkMultilingualSTS dev en"));
        assert!(find("BM25", "scifact", Task::Retrieval).is_some());
        assert_eq!(find("all-MiniLM-L6-v2?precision=int8", "stsb-en-dev.csv", Task::Sts), None);
        assert_eq!(find("all-MiniLM-L6-v2", "scifact", Task::Sts), None);
    }
}
