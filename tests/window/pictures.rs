//! Thousands of pictures in the real window: drawn on the map, a few from afar and all from nearby; under the pointer, in the table, as groups.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use image::{GrayImage, Luma, imageops};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::desk::{Desk, Home};

/// Pictures in a row of the sheet, and rows of it.
const SIDE: u32 = 64;
const PIXELS: u32 = 24;
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
    ensure!(plan.contains("4,096 files"), "the plan does not count the pictures: {plan}");
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
    desk.read("1,024 items · cross").await?;
    desk.read("What is special here").await?;

    desk.key('4').await?;
    desk.read("4,096 items").await?;
    desk.until(
        "the table shows small pictures",
        "return [...document.querySelectorAll('[role=grid] img')].some((image) => image.naturalWidth > 0);",
    )
    .await
    .map(drop)
}
