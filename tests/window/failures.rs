//! What stands in the way, in the real window: files that are broken, a model that is missing and cannot be fetched, a
//! workspace that another window has, one whose vectors are not what was written, and one whose index is gone.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::desk::{Desk, Home};

/// Texts, and three files that give nothing.
fn folder(home: &Path) -> Result<PathBuf> {
    let folder = home.join("notes");
    fs::create_dir_all(&folder)?;
    for (name, text) in [
        ("bread", "The bread is baked in a wood oven."),
        ("flour", "Flour, water and salt make a dough."),
        ("comet", "A comet passes the sun every seventy years."),
        ("orbit", "The telescope follows an orbit around the planet."),
        ("loan", "The bank declined the loan without a reason."),
        ("card", "A lost card is blocked within minutes."),
    ] {
        fs::write(folder.join(format!("{name}.txt")), text)?;
    }
    fs::write(folder.join("torn.jpg"), [0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F'])?;
    fs::write(folder.join("torn.pdf"), "%PDF-1.7\n1 0 obj\n<< /Type /Catalog")?;
    fs::write(folder.join("empty.txt"), "")?;
    Ok(folder)
}

#[tokio::test]
async fn what_is_broken_missing_or_taken_is_said_and_worked_around() -> Result<()> {
    let home = Home::without_models().await?;
    let notes = folder(home.path())?;
    let desk = Desk::open(&home, &[notes.to_str().context("a path in UTF-8")?]).await?;

    // A model that is not here and cannot be fetched is told of; the plan waits for another choice.
    let models = desk.see_path("//label[normalize-space(span)='Texts']//select").await?;
    models.select_by_value("all-MiniLM-L6-v2").await?;
    desk.press("Start").await?;
    desk.read("HF_HUB_OFFLINE forbids using the network").await?;
    desk.keep_picture("offline").await?;
    models.select_by_value("builtin-text").await?;
    desk.press("Start").await?;
    desk.see_points(6).await?;

    // What gave nothing is listed with its reason.
    desk.see_path("//button[contains(., 'left out')]").await?.click().await?;
    let left_out = desk.see("dialog[open]").await?.text().await?;
    for name in ["torn.jpg", "torn.pdf", "empty.txt"] {
        ensure!(left_out.contains(name), "{name} is not told of: {left_out}");
    }
    desk.keep_picture("left-out").await?;
    desk.press("Close").await?;

    // A second window may read what the first has, and may write when it is closed.
    let second = Desk::open(&home, &[]).await?;
    second.read("is open in another window").await?;
    second.keep_picture("in-use").await?;
    second.press("Open for reading").await?;
    second.read("Reading only").await?;
    second.keep_picture("reading").await?;
    second.see_points(6).await?;
    second.press("Reading only").await?;
    home.close(desk).await?;
    second.press("Open for writing").await?;
    second.see_points(6).await?;
    home.close(second).await?;

    // A vector that is not what was written is found when one looks, and mended.
    let workspace = home.workspace();
    spoil(&fs::read_dir(workspace.join("vectors"))?.next().context("a matrix")??.path())?;
    let third = Desk::open(&home, &[]).await?;
    third.see_points(6).await?;
    third.key('w').await?;
    third.press("Check").await?;
    third.read("not as written").await?;
    third.keep_picture("spoilt").await?;
    third.press("Mend").await?;
    third.read("Mended; everything is as it was written.").await?;
    home.close(third).await?;

    // Without an index nothing can be shown; another workspace can.
    fs::write(workspace.join("workspace.sqlite"), "this is no index")?;
    let fourth = Desk::open(&home, &[]).await?;
    fourth.read("is damaged and cannot be opened as it is").await?;
    fourth.keep_picture("damaged").await?;
    fourth.press("Mend and open").await?;
    fourth.see("#begin").await.map(drop)
}

/// Changes a few bytes in the middle of a file.
fn spoil(path: &Path) -> Result<()> {
    let mut bytes = fs::read(path)?;
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4].fill(0x7f);
    Ok(fs::write(path, bytes)?)
}
