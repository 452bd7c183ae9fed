//! A hundred thousand points in the real window, where a table says they lie: seen, zoomed, hovered, drawn around, tagged,
//! explained, exported, filtered, and all there again when the window is opened anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use fantoccini::Locator;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::desk::{Desk, Home};

const POINTS: usize = 100_000;
const TOPICS: [&str; 10] =
    ["river", "bread", "violin", "planet", "harbour", "orchard", "glacier", "market", "engine", "lantern"];
/// How far the topics' middles lie from the middle of the map, and the items of a topic from its middle.
const RING: f64 = 5.0;
const SPREAD: f64 = 0.6;

/// A table of titles with the places they have on a map, in groups around a ring.
fn titles(folder: &Path) -> Result<PathBuf> {
    let mut chance = ChaCha8Rng::seed_from_u64(42);
    let mut table = String::from("x\ty\tlabel\ttitle\n");
    for row in 0..POINTS {
        let topic = row % TOPICS.len();
        let angle = topic as f64 * std::f64::consts::TAU / TOPICS.len() as f64;
        let mut spread = || (0..4).map(|_| chance.random_range(-SPREAD..SPREAD)).sum::<f64>();
        let (x, y) = (RING * angle.cos() + spread(), RING * angle.sin() + spread());
        let name = TOPICS[topic];
        writeln!(table, "{x:.4}\t{y:.4}\t{name}\tOn the {name}, note {row} of many")?;
    }
    let path = folder.join("titles.tsv");
    fs::write(&path, table)?;
    Ok(path)
}

#[tokio::test]
async fn a_hundred_thousand_points() -> Result<()> {
    let home = Home::new().await?;
    let table = titles(home.path())?;
    let desk = Desk::open(&home, &[table.to_str().context("a path in UTF-8")?]).await?;
    // Their places are in the table; no model has to find others.
    let places = desk.see_path("//label[normalize-space(span)='Vector']//select").await?.prop("value").await?;
    ensure!(places.as_deref() == Some("x,y"), "the plan does not see the places, but {places:?}");
    desk.see_path("//label[normalize-space(span)='Texts']//select").await?.select_by_value("").await?;
    desk.press("Start").await?;
    desk.see_points(POINTS).await?;
    desk.read("As given").await?;
    desk.keep_picture("crowd").await?;

    // Nearer, and back to all of them.
    let stage = desk.see("[role=application]").await?;
    let whole = desk.look().await?;
    stage.send_keys("+++++").await?;
    let near = desk.see_another(&whole).await?;
    stage.send_keys("0").await?;
    desk.see_another(&near).await?;
    let card = desk.hover_an_item().await?;
    ensure!(card.contains("row "), "the card does not say what is under the pointer: {card}");

    let count = desk.draw_around_the_middle().await?;
    ensure!((1000..POINTS).contains(&count), "{count} of all points are in the middle");
    desk.see("[aria-label='What is special here'] :is(dl, .words)").await?;
    let tag = desk.see("input[aria-label='Tag for the selected items']").await?;
    tag.send_keys("seen\u{e007}").await?;
    desk.read(&format!("“seen” put on {} items", grouped(count))).await?;
    desk.keep_picture("crowd-selected").await?;

    desk.press("Export…").await?;
    desk.see_path("//label[.//*[normalize-space()='CSV']]//input").await?.click().await?;
    desk.take_what_is_offered(desk.press("Save as…")).await?;
    desk.read(".csv is written").await?;
    let tagged = tags(home.path())?;
    ensure!(tagged.len() == count, "{} rows were written of {count}", tagged.len());
    ensure!(tagged.iter().all(|tag| tag == "seen"), "not every row that was written is tagged");

    // The table has all of them at once, and only those in sight are there.
    desk.key('4').await?;
    desk.read("100,000 items").await?;
    let lines = desk.page.find_all(Locator::Css("[role=grid] [role=row][id]")).await?.len();
    ensure!((5..100).contains(&lines), "{lines} rows are in the page");
    desk.see("input[aria-label='List items that hold these words']").await?.send_keys("harbour").await?;
    desk.read("10,000 of 100,000 items").await?;

    // All of it was kept.
    home.close(desk).await?;
    let desk = Desk::open(&home, &[]).await?;
    desk.see_points(POINTS).await?;
    desk.read("As given").await?;
    desk.see_path("//section[@aria-labelledby='tags']//button[contains(., 'seen')]").await?.click().await?;
    desk.read(&format!("{} items · tagged seen", grouped(count))).await?;
    desk.keep_picture("crowd-again").await
}

fn grouped(n: usize) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}

/// What stands under `tags` in the rows of the table that was written at home.
fn tags(home: &Path) -> Result<Vec<String>> {
    let written = fs::read_dir(home)?.flatten().map(|entry| entry.path());
    let mut written = written.filter(|path| path.extension().is_some_and(|ending| ending == "csv"));
    let mut rows = csv::Reader::from_path(written.next().context("nothing was written at home")?)?;
    let names = rows.headers()?.clone();
    let at = names.iter().position(|name| name == "tags").with_context(|| format!("no tags in {names:?}"))?;
    rows.records().map(|row| Ok(row?[at].to_owned())).collect()
}
