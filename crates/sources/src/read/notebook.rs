//! Jupyter notebooks: the texts and code of the cells, headings remembered.
//!
//! Deliberately absent: outputs.

use serde_json::Value;

use super::markdown;
use super::outlet::{Metadata, Outlet};
use crate::prose::Prose;
use crate::{Reason, charset};

pub(super) fn read(bytes: &[u8], outlet: &mut Outlet) -> Result<(), Reason> {
    let notebook: Value =
        serde_json::from_str(&charset::decode(bytes, None)).map_err(|error| super::broken(error.to_string()))?;
    let cells = notebook.get("cells").and_then(Value::as_array);
    let mut prose = Prose::default();
    for cell in cells.ok_or_else(|| super::broken("it holds no cells"))? {
        let source = source(cell);
        match cell.get("cell_type").and_then(Value::as_str) {
            Some("markdown") => prose.append(&markdown::prose(&source).0),
            _ => prose.append(&Prose::plain(source.trim_end().to_owned())),
        }
    }
    let about = |name: &str| notebook.get("metadata")?.get(name)?.as_str().map(str::to_owned);
    let metadata = about("title").map(|title| ("title".to_owned(), title));
    outlet.document(&prose, &Metadata::from_iter(metadata))
}

/// One string, or a list of lines.
fn source(cell: &Value) -> String {
    match cell.get("source") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}
