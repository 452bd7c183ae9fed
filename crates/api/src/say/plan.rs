//! Plans and previews in the wire's words.
//!
//! Deliberately absent: what the user chose on them; that comes the other way.

use embedscope_engine::sources::cut::Unit;
use embedscope_engine::sources::table::ColumnType;
use embedscope_engine::{Columns, Cut, Format, Plan, PlanTable, Preview, ShownCut};

use super::{kind, skipped};
use crate::wire;

/// The units, the proposed one first.
const UNITS: [Unit; 6] = [Unit::Words, Unit::Tokens, Unit::Sentences, Unit::Headings, Unit::Lines, Unit::None];

pub(crate) fn plan(id: u32, plan: &Plan) -> wire::PlanView {
    wire::PlanView {
        id,
        name: plan.name.clone(),
        groups: plan
            .groups
            .iter()
            .map(|group| wire::PlanGroup {
                title: format_title(group.format).into(),
                kind: kind(group.kind),
                files: group.files as u32,
                bytes: group.bytes as f64,
            })
            .collect(),
        skipped: plan.skipped.iter().map(skipped).collect(),
        tables: plan.tables.iter().map(table).collect(),
        folders: plan
            .folders
            .iter()
            .map(|(name, &files)| wire::FolderView { name: name.clone(), files: files as u32 })
            .collect(),
        duplicates: plan.duplicates.clone(),
        known: plan.known as u32,
        vanished: plan.vanished as u32,
        models: plan
            .models
            .iter()
            .map(|proposed| wire::PlanModel {
                kind: kind(proposed.kind),
                model: proposed.model.clone(),
                choices: proposed.choices.clone(),
            })
            .collect(),
        can_watch: plan.can_watch(),
        cuts: UNITS.map(|unit| cut(Cut::usual(unit))).to_vec(),
    }
}

pub(crate) fn table(table: &PlanTable) -> wire::TableView {
    let lists = table.columns.iter().zip(&table.types).filter(|(_, kind)| **kind == ColumnType::Vector);
    let mut vectors: Vec<String> = table.guess.vector.iter().cloned().collect();
    vectors.extend(lists.map(|(name, _)| name.clone()).filter(|name| Some(name) != table.guess.vector.as_ref()));
    let Columns { text, image, id, label, vector, table: inner } = table.guess.clone();
    wire::TableView {
        name: table.name.clone(),
        columns: table.columns.clone(),
        guess: wire::RolesView { text, image, id, label, vector, table: inner },
        vectors,
        others: table.others.clone(),
        describes: table.describes.clone(),
        head: table.head.clone(),
        said: table.said().into(),
    }
}

fn cut(cut: Cut) -> wire::CutView {
    let unit = match cut.unit {
        Unit::None => wire::Unit::None,
        Unit::Tokens => wire::Unit::Tokens,
        Unit::Words => wire::Unit::Words,
        Unit::Sentences => wire::Unit::Sentences,
        Unit::Headings => wire::Unit::Headings,
        Unit::Lines => wire::Unit::Lines,
    };
    wire::CutView { unit, size: cut.size as u32, overlap: cut.overlap as u32 }
}

pub(crate) fn preview(preview: Preview) -> wire::PreviewView {
    wire::PreviewView {
        texts: preview.texts,
        shown: preview.shown.map(shown),
        items: wire::EstimateView {
            count: preview.items.count as f64,
            error: preview.items.error.map(|error| error as f64),
        },
        pictures: preview.pictures as u32,
        vectors: preview.vectors as u32,
        estimate_ms: preview.estimate_ms,
    }
}

fn shown(shown: ShownCut) -> wire::ShownCutView {
    let page = shown.page.map(|page| format!("page {page}"));
    wire::ShownCutView {
        file: shown.file,
        place: page.or(shown.row.map(|row| format!("row {row}"))).unwrap_or_default().into(),
        spans: shown
            .spans
            .into_iter()
            .map(|span| wire::SpanView { text: span.text, first: span.first as u32, chunks: span.chunks as u32 })
            .collect(),
        chunks: shown
            .chunks
            .iter()
            .map(|chunk| wire::ChunkView { tokens: chunk.tokens.map(|tokens| tokens as u32), lost: chunk.lost as u32 })
            .collect(),
        goes_on: shown.goes_on,
        counted_by: shown.counted_by,
        max_tokens: shown.max_tokens.map(|most| most as u32),
    }
}

fn format_title(format: Format) -> &'static str {
    match format {
        Format::Text => "Plain texts",
        Format::Markdown => "Markdown",
        Format::Html => "Web pages",
        Format::Pdf => "PDF documents",
        Format::Docx => "Word documents",
        Format::Csv => "Tables",
        Format::Jsonl => "JSON lines",
        Format::Json => "JSON",
        Format::Parquet => "Parquet tables",
        Format::Arrow => "Arrow tables",
        Format::Sqlite => "SQLite tables",
        Format::Npy => "NumPy vectors",
        Format::Projector => "Projector vectors",
        Format::Safetensors => "Safetensors vectors",
        Format::Rst => "reStructuredText",
        Format::Tex => "TeX",
        Format::Code => "Source code",
        Format::Rtf => "Rich Text documents",
        Format::OpenDocument => "OpenDocument files",
        Format::Pptx => "Presentations",
        Format::Xlsx => "Workbooks",
        Format::Epub => "E-books",
        Format::Email => "E-mails",
        Format::Notebook => "Notebooks",
        Format::Subtitles => "Subtitles",
        Format::Xml => "XML files",
        Format::Picture => "Pictures",
    }
}
