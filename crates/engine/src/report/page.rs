//! The report as one HTML page: maps that answer to the pointer, figures that explain themselves.
//!
//! Deliberately absent: anything fetched; style, script and pictures stand in the page.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::json;

use super::drawing::{Drawing, HEIGHT, WIDTH, class_name, count_line, data_url, radius, short};
use super::palette::COLOURS;
use super::{Comparison, Figure, Report, Section};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Letters of a text that a card shows at most, and at least.
const CARD_LETTERS: usize = 280;
const CARD_LETTERS_LEAST: usize = 60;
/// Letters of all cards of a map together.
const MOST_LETTERS: usize = 6_000_000;
/// Small pictures of a map that are in its page; those beyond are points.
const MOST_PICTURES: usize = 3_000;

/// The head of a page that looks like a report: its title, what it may do beyond being styled, and styles of its own.
/// Nothing may be fetched, whatever the texts on it contain.
pub(crate) fn head(title: &str, may: &str, style: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta http-equiv="Content-Security-Policy"
                content={ "default-src 'none'; style-src 'unsafe-inline'; " (may) };
            title { (title) " · Embedscope" }
            style { (PreEscaped(STYLE)) (PreEscaped(style)) }
        }
    }
}

/// The whole page.
pub fn page(report: &Report) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&report.title, "img-src data:; script-src 'unsafe-inline'", &class_colours()))
            body {
                header {
                    h1 { (report.title) }
                    p { (summary(report)) }
                }
                main {
                    @if report.sections.is_empty() { p { "Nothing could be mapped." } }
                    @for (index, section) in report.sections.iter().enumerate() { (map(index, section)) }
                    @if !report.sections.is_empty() { (models(&report.sections)) }
                    @for comparison in &report.comparisons { (compared(comparison)) }
                    @if !report.skipped.is_empty() { (skipped(&report.skipped)) }
                }
                footer { (report.made_by) " · seed " (report.seed) }
                div #card hidden {}
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

fn class_colours() -> String {
    COLOURS.iter().enumerate().map(|(class, colour)| format!(".dot.c{class}{{background:{colour}}}")).collect()
}

fn summary(report: &Report) -> String {
    let maps = match report.sections.len() {
        1 => "1 map".to_owned(),
        count => format!("{count} maps"),
    };
    let items = report.items;
    match report.skipped.len() {
        0 => format!("{items} items on {maps}"),
        count => format!("{items} items on {maps} · {} skipped", files(count)),
    }
}

fn files(count: usize) -> String {
    match count {
        1 => "1 file".to_owned(),
        _ => format!("{count} files"),
    }
}

fn map(index: usize, section: &Section) -> Markup {
    let drawing = Drawing::of(section);
    let letters = card_letters(section.items.len());
    let mut pictures = 0;
    let items: Vec<_> = section
        .items
        .iter()
        .map(|item| {
            let text: String = item.text.chars().take(letters).collect();
            let picture = item.thumbnail.as_deref().filter(|_| pictures < MOST_PICTURES).map(data_url);
            pictures += usize::from(picture.is_some());
            json!({
                "title": item.title,
                "text": if item.text == item.title { "" } else { text.as_str() },
                "source": item.source,
                "near": item.nearest.iter().map(|(other, similarity)| json!([other, (similarity * 100.0).round() / 100.0])).collect::<Vec<_>>(),
                "picture": picture,
            })
        })
        .collect();
    let labels = drawing.labels().iter();
    let data = json!({
        "width": WIDTH,
        "height": HEIGHT,
        "radius": radius(section.items.len()),
        "colours": COLOURS,
        "at": drawing.points().iter().flatten().map(|&value| short(value)).collect::<Vec<_>>(),
        "classes": section.classes,
        "labels": labels.map(|label| json!({ "class": label.class, "text": label.text, "x": label.x, "y": label.y })).collect::<Vec<_>>(),
        "items": items,
    });
    // "</" inside a script would end it and "<!--" hide its end, whatever the text around it says.
    let data = data.to_string().replace('<', "\\u003c");
    let heading = format!("map-{index}");
    html! {
        section.map aria-labelledby=(heading) {
            div.stage {
                canvas tabindex="0" role="img" aria-label={ "Map of " (section.items.len()) " items by " (section.model) ". Arrow keys move it, plus and minus zoom, 0 shows all." } {}
                div.over {
                    h2 id=(heading) { (section.model) @if section.baseline { " " span.tag { "baseline" } } }
                    p { (section.method) }
                }
                p.count { (count_line(section)) }
                p.hint { "Drag to move. Click, then turn the wheel to look closer." }
                div.look {
                    button type="button" data-do="closer" aria-label="Closer" { "+" }
                    button type="button" data-do="farther" aria-label="Farther" { "−" }
                    button type="button" data-do="all" { "All" }
                }
                noscript { p.note { "This map is drawn by a script in the page; this browser runs none." } }
                script type="application/json" { (PreEscaped(data)) }
            }
            aside {
                div.find {
                    input type="search" placeholder="Find words" aria-label={ "Find words on the map of " (section.model) };
                    span.told role="status" {}
                }
                (figures(&section.figures))
                h3 { "Groups" }
                ul.groups { @for (class, name) in (0_u16..).zip(&section.clusters) {
                    li { button type="button" data-class=(class) aria-pressed="false" {
                        span class={ "dot " (class_name(class)) } {} span.name { (name) }
                        span.number { (section.classes.iter().filter(|&&of| of == class).count()) }
                    } }
                } }
                @if section.cut_texts > 0 {
                    p.note { (section.cut_texts) " texts are longer than the model reads; their end does not count." }
                }
            }
        }
    }
}

/// Letters of a text that a card shows: fewer where there are many, so that a page stays one that can be sent.
fn card_letters(items: usize) -> usize {
    (MOST_LETTERS / items.max(1)).clamp(CARD_LETTERS_LEAST, CARD_LETTERS)
}

fn figures(figures: &[Figure]) -> Markup {
    html! {
        dl.figures { @for figure in figures {
            div title=(figure.meaning) { dt { (figure.name) } dd { (figure.value) } p { (figure.meaning) } }
        } }
    }
}

fn models(sections: &[Section]) -> Markup {
    let optional = |value: Option<String>| value.unwrap_or_else(|| "–".into());
    html! {
        section.block {
            h2 { "Models" }
            table {
                thead { tr { th { "Model" } th { "Items" } th { "Dimensions" } th { "Load" } th { "Items/s" } th { "Memory" } } }
                tbody { @for section in sections { tr {
                    td { (section.model) @if section.baseline { " " span.tag { "baseline" } } }
                    td { (section.items.len()) }
                    td { (section.dim) }
                    td { (optional(section.load_ms.map(|ms| format!("{:.2} s", ms / 1000.0)))) }
                    td { (optional(section.items_per_second.map(|speed| format!("{speed:.0}")))) }
                    td { (optional(section.memory_mb.map(|mb| format!("{mb:.0} MB")))) }
                } } }
            }
            p.note { "Measured on this computer while the report was made. A baseline learns nothing: what a model does better than it, it understands; what it does not, words and colours alone can do." }
        }
    }
}

fn compared(comparison: &Comparison) -> Markup {
    html! {
        section.block {
            h2 { (comparison.a) " and " (comparison.b) }
            (figures(&comparison.figures))
            @if !comparison.groups.is_empty() { table {
                thead { tr { th { "Groups moved most" } th { "Items" } th { "In common" } th { "What became of it" } } }
                tbody { @for (name, items, overlap, became) in &comparison.groups { tr {
                    td { (name) } td { (items) } td { (format!("{overlap:.2}")) } td { (became) }
                } } }
            } }
            @if !comparison.moved.is_empty() { table {
                thead { tr { th { "Moved most" } th { "In common" } th { "Nearest by " (comparison.a) } th { "Nearest by " (comparison.b) } } }
                tbody { @for (name, overlap, a, b) in &comparison.moved { tr {
                    td { (name) } td { (format!("{overlap:.2}")) } td { (a) } td { (b) }
                } } }
            } }
        }
    }
}

fn skipped(skipped: &[(String, String)]) -> Markup {
    html! {
        section.block {
            details {
                summary { (files(skipped.len())) " skipped" }
                table { tbody { @for (name, reason) in skipped { tr { td { (name) } td { (reason) } } } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ReportItem;

    #[test]
    fn a_hostile_text_stays_text() {
        let hostile = "</script><script>alert(1)</script>";
        let item = ReportItem { title: hostile.into(), text: format!("{hostile} and more"), ..Default::default() };
        let section = Section {
            model: hostile.into(),
            places: vec![0.0, 0.0],
            items: vec![item],
            classes: vec![0],
            clusters: vec![hostile.into()],
            ..Default::default()
        };
        let report = Report {
            title: hostile.into(),
            sections: vec![section],
            skipped: vec![(hostile.into(), hostile.into())],
            ..Default::default()
        };
        let page = report.to_html();
        assert!(!page.contains("<script>alert"));
        assert_eq!(page.matches("</script>").count(), 2, "the data and the page's own script, nothing else");
    }

    #[test]
    fn cards_of_many_items_are_short() {
        assert_eq!(card_letters(0), CARD_LETTERS);
        assert_eq!(card_letters(20_000), CARD_LETTERS);
        assert_eq!(card_letters(50_000), 120);
        assert_eq!(card_letters(1_000_000), CARD_LETTERS_LEAST);
    }

    #[test]
    fn a_page_fetches_nothing() {
        let section = Section {
            model: "m".into(),
            places: vec![0.0, 0.0],
            items: vec![ReportItem { thumbnail: Some(vec![1, 2, 3]), ..Default::default() }],
            classes: vec![0],
            ..Default::default()
        };
        let page = Report { sections: vec![section], ..Default::default() }.to_html();
        assert!(page.contains("default-src 'none'") && page.contains("data:image/jpeg;base64,AQID"));
        assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("fetch("));
    }

    #[test]
    fn every_class_has_its_colour() {
        assert!(class_colours().contains(super::super::palette::colour(11)));
    }
}
