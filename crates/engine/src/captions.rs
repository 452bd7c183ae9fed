//! What tables say of pictures: a row that names one is no text of its own, it belongs to the picture.
//!
//! Several rows of one picture are its captions, below each other. Deliberately absent: finding the picture that a row
//! names; the reader of the table does.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use embedscope_sources::read::{ReadOptions, read};
use embedscope_sources::scan::{Found, scan};
use embedscope_sources::{Content, Format, Limits};
use embedscope_space::Cancel;

use crate::Plan;

/// The longest caption, of all rows together.
const LONGEST: usize = 64 << 10;

/// What tables say of pictures, by the picture's path.
#[derive(Default)]
pub(crate) struct Captions(HashMap<PathBuf, Caption>);

/// What tables say of one picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caption {
    /// The words of its rows, one below the other.
    pub(crate) text: Option<String>,
    /// The other columns; of several rows the first that fills one.
    pub(crate) columns: BTreeMap<String, String>,
    /// The vector that a row brought, and which table.
    pub(crate) vector: Option<(PathBuf, Vec<f32>)>,
}

impl Captions {
    /// Reads the tables that have a column of pictures.
    pub(crate) fn of(
        plan: &Plan,
        columns: &dyn Fn(&str) -> bool,
        options: &dyn Fn(&Found) -> ReadOptions,
        limits: &Limits,
        cancel: &Cancel,
    ) -> Self {
        let mut captions = Self::default();
        for table in plan.files.iter().filter(|file| file.format.is_table() && columns(&file.name)) {
            // What is wrong with the table is said when it is read for its own sake.
            let _ = read(table, &options(table), limits, &mut |draft| {
                let Some(picture) = draft.picture else { return };
                if cancel.is_cancelled() {
                    return;
                }
                let caption = captions.0.entry(picture).or_default();
                if let Content::Text(text) = draft.content
                    && !text.trim().is_empty()
                {
                    match &mut caption.text {
                        Some(known) if known.len() + text.len() > LONGEST => {}
                        Some(known) => *known = format!("{known}\n{text}"),
                        None => caption.text = Some(text),
                    }
                }
                for (name, value) in draft.metadata {
                    caption.columns.entry(name).or_insert(value);
                }
                if let (None, Some(vector)) = (&caption.vector, draft.vector) {
                    caption.vector = Some((table.path.clone(), vector));
                }
            });
        }
        captions
    }

    /// What is said of a picture.
    pub(crate) fn get(&self, picture: &Path) -> Option<&Caption> {
        self.0.get(picture)
    }

    /// The pictures that tables name and that were not dropped themselves, named as if they had been.
    pub(crate) fn others(&self, plan: &Plan, limits: &Limits) -> Vec<Found> {
        let dropped: HashSet<&Path> = plan.files.iter().map(|file| file.path.as_path()).collect();
        let others: BTreeSet<&PathBuf> = self.0.keys().filter(|path| !dropped.contains(path.as_path())).collect();
        let tables = plan.files.iter().filter(|file| file.format.is_table());
        let folders: Vec<(&Path, &str)> = tables
            .filter_map(|table| {
                let folder = table.name.rsplit_once('/').map_or("", |(folder, _)| folder);
                Some((table.path.parent()?, folder))
            })
            .collect();
        others
            .into_iter()
            .filter_map(|path| {
                let mut found = scan(std::slice::from_ref(path), limits, &Cancel::default()).files.pop()?;
                let (folder, name) = folders.iter().find(|(folder, _)| path.starts_with(folder))?;
                let below = path.strip_prefix(folder).ok()?.components().map(|part| part.as_os_str().to_string_lossy());
                let parts = (!name.is_empty()).then(|| (*name).into()).into_iter().chain(below);
                found.name = parts.collect::<Vec<_>>().join("/");
                (found.format == Format::Picture).then_some(found)
            })
            .collect()
    }
}
