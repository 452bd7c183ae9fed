//! What a verb answers: one object for programs and a few lines for people.
//!
//! Deliberately absent: deciding which of the two is shown.

use std::time::Instant;

use serde::Serialize;
use serde_json::Value;

/// The answer of a verb, in both forms.
pub struct Answer {
    /// One object.
    pub json: Value,
    /// Lines, each ended.
    pub text: String,
}

impl Answer {
    /// An answer from its typed object and its lines.
    pub fn new(object: &impl Serialize, lines: impl IntoIterator<Item = String>) -> Self {
        let json = serde_json::to_value(object).expect("answers hold plain values under plain names");
        let text = lines.into_iter().map(|line| line + "\n").collect();
        Self { json, text }
    }
}

/// What every answer says of its making.
#[derive(Clone, Copy, Serialize)]
pub struct Making {
    /// Time of the work alone.
    pub elapsed_ms: f64,
    /// Time to load what it works with: a model, or matrices.
    pub load_ms: f64,
    /// The seed of every random choice.
    pub seed: u64,
}

/// Milliseconds since then.
pub fn ms_since(then: Instant) -> f64 {
    then.elapsed().as_secs_f64() * 1e3
}

/// Lines of columns that begin below each other; the first row is the head.
pub fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A number for people, or a dash where nothing was measured.
pub fn shown(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".into(), |value| format!("{value:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_begin_below_each_other() {
        let row = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>();
        let lines = table(&[row(&["model", "dim"]), row(&["a-long-name", "4"]), row(&["é", ""])]);
        assert_eq!(lines, ["model        dim", "a-long-name  4", "é"]);
    }
}
