//! Thousands of pictures in the real window: drawn on the map, a few from afar and all from nearby; under the pointer, in the table, as groups.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use image::{GrayImage, Luma, imageops};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::desk::{Desk, Home};

/// Pictures in a row of the sheet, and rows of it.
const SIDE: u32 = 100;
const PIXELS: u32 = 24;
/// Where entries stand in the system's menus.
const FILE: usize = 0;
const FIGURE: usize = 1;
const EDIT: usize = 1;
const UNDO: usize = 0;
const VIEW: usize = 4;
const TABLE: usize = 3;
const SHAPES: [&str; 4] = ["disc", "square", "stripe", "cross"];

/// A sheet of small pictures of four shapes, each somewhere else and of another grey.
fn sheet() -> GrayImage {
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let mut sheet = GrayImage::new(SIDE * PIXELS, SIDE * PIXELS);
    for at in 0..SIDE * SIDE {
        let (left, top) = (at % SIDE * PIXELS, at / SIDE * PIXELS);
        let centre = [chance.random_range(9.0..15.0_f32), chance.random_range(9.0..15.0_f32)];
        let (radius, grey) = (chance.random_range(4.0..9.0_f32), chance.random_range(110..=255));
        for y in 0..PIXELS {
            for x in 0..PIXELS {
                let [dx, dy] = [(x as f32 - centre[0]).abs(), (y as f32 - centre[1]).abs()];
                let inside = match at % SHAPES.len() as u32 {
                    0 => dx.hypot(dy) < radius,
                    1 => dx.max(dy) < radius,
                    2 => dy < radius / 3.0,
                    _ => dx.min(dy) < 2.0 && dx.max(dy) < radius,
                };
                if inside {
                    sheet.put_pixel(left + x, top + y, Luma([grey]));
                }
            }
        }
    }
    sheet
}

/// The sheet cut into files, a folder for each shape.
fn cut(folder: &Path) -> Result<PathBuf> {
    let (sheet, all) = (sheet(), folder.join("shapes"));
    for shape in SHAPES {
        fs::create_dir_all(all.join(shape))?;
    }
    for at in 0..SIDE * SIDE {
        let one = imageops::crop_imm(&sheet, at % SIDE * PIXELS, at / SIDE * PIXELS, PIXELS, PIXELS).to_image();
        one.save(all.join(SHAPES[at as usize % SHAPES.len()]).join(format!("{at:04}.png")))?;
    }
    Ok(all)
}

#[tokio::test]
async fn thousands_of_pictures() -> Result<()> {
    let home = Home::new().await?;
    let folder = cut(home.path())?;
    let desk = Desk::open(&home, &[folder.to_str().context("a path in UTF-8")?]).await?;
    let plan = desk.see("dialog[open]").await?.text().await?;
    ensure!(plan.contains("10,000 files"), "the plan does not count the pictures: {plan}");
    desk.see_path("//label[contains(., 'Folder names as labels')]//input").await?.click().await?;
    desk.press("Start").await?;
    desk.see_points((SIDE * SIDE) as usize).await?;
    desk.keep_picture("pictures").await?;

    // From nearby the points are pictures; without them, points again.
    let stage = desk.see("[role=application]").await?;
    let whole = desk.look().await?;
    stage.send_keys("++++++").await?;
    let near = desk.see_another(&whole).await?;
    desk.keep_picture("pictures-near").await?;
    desk.key('p').await?;
    let points = desk.see_another(&near).await?;
    // From afar a few stand for all.
    stage.send_keys("0").await?;
    let points = desk.see_another(&points).await?;
    desk.key('p').await?;
    let few = desk.see_another(&points).await?;
    desk.keep_picture("pictures-few").await?;
    stage.send_keys("++++++").await?;
    desk.see_another(&few).await?;
    desk.hover_an_item().await?;
    desk.until(
        "the card shows the picture",
        "return !!document.querySelector(`[aria-label='Item under the pointer'] img`)?.naturalWidth;",
    )
    .await?;

    // Those of a folder are chosen by its colour, and explained.
    desk.see("select[aria-label='Colour by']").await?.select_by_value("column:label").await?;
    desk.see_path("//section[@aria-label='Colour']//button[starts-with(normalize-space(), 'cross')]")
        .await?
        .click()
        .await?;
    desk.read("2,500 items · cross").await?;
    desk.read("What is special here").await?;

    // The system's own menus take the choice back, and lead to the table; a press on a heading sorts it.
    desk.choose_in_menu(EDIT, UNDO).await?;
    desk.until("nothing is selected", "return !document.body.innerText.includes('2,500 items · cross');").await?;
    desk.choose_in_menu(VIEW, TABLE).await?;
    desk.read("10,000 items").await?;
    desk.until(
        "the table shows small pictures",
        "return [...document.querySelectorAll('[role=grid] img')].some((image) => image.naturalWidth > 0);",
    )
    .await?;
    let heading = "//*[@role='columnheader'][.//button[normalize-space()='label']]";
    desk.see_path(&format!("{heading}//button[normalize-space()='label']")).await?.click().await?;
    desk.see_path(&format!("{heading}[@aria-sort='ascending']")).await?;
    desk.until(
        "the first rows are of the first label",
        "return [...document.querySelectorAll('[role=grid] [role=row][id]')].slice(0, 3).every((row) => row.innerText.includes('cross'));",
    )
    .await?;
    desk.keep_picture("pictures-table").await?;

    // The map as a picture for a paper.
    desk.key('1').await?;
    desk.choose_in_menu(FILE, FIGURE).await?;
    desk.take_what_is_offered(desk.press("Save as…")).await?;
    desk.read(".png is written").await?;
    let figure = fs::read_dir(home.path())?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|ending| ending == "png"));
    let figure = image::open(figure.context("no figure was written at home")?)?.into_rgb8();
    let ground = *figure.get_pixel(0, 0);
    let drawn = figure.pixels().filter(|pixel| **pixel != ground).count();
    ensure!(drawn > 10_000, "{drawn} pixels of the figure are not its ground");
    Ok(())
}
