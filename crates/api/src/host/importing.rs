//! From a plan to its import: what the user tries out on it, and the start.

use std::sync::Arc;

use embedscope_engine::sources::Tile;
use embedscope_engine::sources::cut::Unit;
use embedscope_engine::{Columns, Cut, ImportChoice, Plan, Preprocessing};

use super::Host;
use crate::say;
use crate::wire::{
    CutView, ErrorCode, ErrorView, Event, ImportRequest, PreviewRequest, PreviewView, RolesView, TableView, TileView,
    Unit as WireUnit,
};

impl Host {
    /// What an import would make: how a text is cut, how many items there will be, how long it takes.
    pub fn preview_import(&self, request: PreviewRequest) -> Result<PreviewView, ErrorView> {
        let plan = self.waiting_plan(request.import.plan)?;
        Ok(say::preview(self.engine()?.preview(&plan, &choice(request.import), request.file.as_deref())))
    }

    /// Another table of a file that holds several.
    pub fn look_at_table(&self, plan: u32, name: &str, table: &str) -> Result<TableView, ErrorView> {
        let plan = self.waiting_plan(plan)?;
        Ok(say::table(&self.engine()?.plan_table(&plan, name, table).map_err(say::error)?))
    }

    /// Imports what a plan found; gives the job.
    pub fn start_import(&self, request: ImportRequest) -> Result<u32, ErrorView> {
        let id = request.plan;
        let plan = self.waiting_plan(id)?;
        let (is_watched, choice) = (request.watch, choice(request));
        let engine = self.engine()?;
        let job = engine.start_import(plan.clone(), choice.clone()).map_err(say::error)?;
        if is_watched && let Err(problem) = engine.watch(&plan, &choice) {
            // The import goes on all the same.
            self.tell(Event::Notice { error: say::error(problem) });
        }
        self.plans().waiting.remove(&id);
        Ok(job.0)
    }

    /// Watches a folder no longer; its items stay.
    pub fn stop_watching(&self, id: u32) -> Result<(), ErrorView> {
        self.engine()?.stop_watching(id).map_err(say::error)
    }

    fn waiting_plan(&self, id: u32) -> Result<Arc<Plan>, ErrorView> {
        self.plans().waiting.get(&id).cloned().ok_or_else(|| ErrorView {
            code: ErrorCode::NotFound,
            message: "This plan was used or replaced by newer ones".into(),
            hint: Some("Drop the files again.".into()),
        })
    }
}

fn choice(request: ImportRequest) -> ImportChoice {
    let columns =
        |RolesView { text, image, id, label, vector, table }| Columns { text, image, id, label, vector, table };
    let CutView { unit, size, overlap } = request.cut;
    let unit = match unit {
        WireUnit::None => Unit::None,
        WireUnit::Tokens => Unit::Tokens,
        WireUnit::Words => Unit::Words,
        WireUnit::Sentences => Unit::Sentences,
        WireUnit::Headings => Unit::Headings,
        WireUnit::Lines => Unit::Lines,
    };
    let preprocessing = request.preprocessing;
    ImportChoice {
        models: request.models,
        columns: request.columns.into_iter().map(|chosen| (chosen.name, columns(chosen.roles))).collect(),
        cut: Cut { unit, size: size as usize, overlap: overlap as usize },
        preprocessing: Preprocessing {
            lower_case: preprocessing.lower_case,
            white_space: preprocessing.white_space,
            truncate: preprocessing.truncate,
        },
        folder_labels: request.folder_labels,
        tile: request.tile.map(|TileView { width, height }| Tile { width, height }),
        ..ImportChoice::default()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use embedscope_engine::Places;
    use tempfile::TempDir;

    use super::*;
    use crate::Desk;
    use crate::wire::{ColumnsChoice, PreprocessingView};

    fn request(plan: u32) -> ImportRequest {
        ImportRequest {
            plan,
            models: vec!["builtin-text".into()],
            columns: Vec::new(),
            cut: CutView { unit: WireUnit::Words, size: 4, overlap: 1 },
            preprocessing: PreprocessingView::default(),
            folder_labels: false,
            tile: None,
            watch: false,
        }
    }

    #[test]
    fn a_plan_can_be_tried_out_and_is_used_up_by_the_start() {
        let (home, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
        fs::write(folder.path().join("a.txt"), "One two three four five six seven.").expect("written");
        fs::write(folder.path().join("t.csv"), "say,more\nsome words,other words\nand words,yet others\n")
            .expect("written");
        let places = Places { settings: home.path().join("settings.toml"), logs: home.path().join("logs") };
        let host = Host::new(Desk { home: home.path().join("workspace"), sample: None, places });
        let engine = host.engine().expect("open");
        let plan = host.plan_paths(&[folder.path().to_owned()]).expect("a plan");
        assert_eq!((plan.cuts[0].unit, plan.tables[0].head.len()), (WireUnit::Words, 2));
        let file = Some("a.txt".to_owned());
        let asked = PreviewRequest { import: request(plan.id), file };
        let preview = host.preview_import(asked).expect("a preview");
        let shown = preview.shown.expect("a text");
        assert_eq!((shown.file.as_str(), shown.chunks.len(), preview.items.count), ("a.txt", 2, 4.0));
        assert_eq!(shown.spans.iter().map(|span| span.chunks).collect::<Vec<_>>(), [1, 2, 1]);

        let roles = RolesView { text: Some("more".into()), ..RolesView::default() };
        let columns = vec![ColumnsChoice { name: "t.csv".into(), roles }];
        let wrong = ImportRequest { models: vec!["none".into()], ..request(plan.id) };
        assert!(host.start_import(wrong).is_err());
        let job = host.start_import(ImportRequest { columns, ..request(plan.id) }).expect("the plan is still there");
        engine.wait(embedscope_engine::JobId(job)).expect("over");
        let mut texts = Vec::new();
        engine.each_card(|card| texts.push(card.text)).expect("read");
        assert_eq!(texts, ["One two three four", "four five six seven.", "other words", "yet others"]);
        let gone = host.start_import(request(plan.id)).expect_err("used up");
        assert_eq!(gone.code, ErrorCode::NotFound);
    }
}
