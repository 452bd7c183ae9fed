//! A hundred thousand points in the real window: seen, zoomed, hovered, drawn around, tagged, explained and exported.

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

/// A table of titles with the places they have on a map, in groups around a ring.
fn titles(folder: &Path) -> Result<PathBuf> {
    let mut chance = ChaCha8Rng::seed_from_u64(42);
    let mut table = String::from("x\ty\tlabel\ttitle\n");
    for row in 0..POINTS {
        let topic = row % TOPICS.len();
        let angle = topic as f64 * std::f64::consts::TAU / TOPICS.len() as f64;
        let mut spread = || (0..4).map(|_| chance.random_range(-0.6..0.6)).sum::<f64>();
        let (x, y) = (5.0 * angle.cos() + spread(), 5.0 * angle.sin() + spread());
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
    let plan = desk.see("dialog[open]").await?.text().await?;
    ensure!(plan.contains("100,000 rows"), "the plan does not count the rows: {plan}");
    desk.press("Start").await?;
    desk.see_points(POINTS).await?;
    desk.keep_picture("crowd").await?;

    // Nearer, and back to all of them.
    let stage = desk.see("[role=application]").await?;
    let whole = desk.look().await?;
    stage.send_keys("+++++").await?;
    let near = desk.see_another(&whole).await?;
    let card = desk.hover_an_item().await?;
    ensure!(card.contains("On the "), "the card does not say what is under the pointer: {card}");
    stage.send_keys("0").await?;
    desk.see_another(&near).await?;

    let count = desk.draw_around_the_middle().await?;
    ensure!(count > 1000, "only {count} of all points are in the middle");
    desk.see("[aria-label='What is special here'] :is(dl, .words)").await?;
    desk.keep_picture("crowd-selected").await?;

    let tag = desk.see("input[aria-label='Tag for the selected items']").await?;
    tag.send_keys("seen\u{e007}").await?;
    desk.read(&format!("“seen” is on {} items", grouped(count))).await?;

    desk.press("Export…").await?;
    desk.see_path("//label[.//*[normalize-space()='CSV']]//input").await?.click().await?;
    desk.take_what_is_offered(desk.press("Save as…")).await?;
    desk.read("is written").await?;
    let written = exported(home.path())?;
    let mut rows = csv::Reader::from_path(&written)?;
    let names = rows.headers()?.clone();
    let tags = names.iter().position(|name| name == "tags").with_context(|| format!("no tags in {names:?}"))?;
    let mut read = 0;
    for row in rows.records() {
        let row = row?;
        ensure!(&row[tags] == "seen", "{row:?} is not tagged");
        read += 1;
    }
    ensure!(read == count, "{read} rows were written of {count}");

    // The table has all of them at once, and only those in sight are there.
    desk.key('4').await?;
    desk.read("100,000 items").await?;
    let lines = desk.page.find_all(Locator::Css("[role=grid] [role=row][id]")).await?.len();
    ensure!((5..100).contains(&lines), "{lines} rows are in the page");
    Ok(())
}

fn grouped(n: usize) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}

/// The table that was written somewhere in the home.
fn exported(home: &Path) -> Result<PathBuf> {
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "csv") {
                return Ok(path);
            }
        }
    }
    anyhow::bail!("nothing was written at home")
}
