//! The main job, from a folder named on the command line to its map, a search, the matrix, a second model beside the first and
//! the question which of them is better.

use anyhow::{Context, Result, ensure};
use embedscope_tests::repository;

use crate::desk::{Desk, Home, starter_model_is_here};
use crate::hands::READ_COUNTER;

#[tokio::test]
async fn from_a_folder_to_two_models_side_by_side() -> Result<()> {
    let samples = repository().join("assets/samples");
    let home = Home::new().await?;
    let desk = Desk::open(&home, &[samples.to_str().context("a path in UTF-8")?]).await?;

    // The plan comes first, and nothing has begun.
    let plan = desk.see("dialog[open]").await?.text().await?;
    ensure!(plan.contains("Pictures") && plan.contains("120"), "the plan does not tell of the pictures: {plan}");
    desk.keep_picture("plan").await?;
    desk.press("Start").await?;

    // Everything arrives and the map comes to rest.
    desk.see_points(100).await?;
    desk.keep_picture("map").await?;

    let card = desk.hover_an_item().await?;
    ensure!(card.contains("Nearest in the full space"), "the card does not tell what is near: {card}");
    desk.keep_picture("hover").await?;

    // A meaning in other words than the text's own.
    let search = desk.see("input[aria-label='Search by meaning']").await?;
    search.click().await?;
    search.send_keys("baking bread at home").await?;
    let found =
        desk.until("the search is answered", "return document.querySelector('#lens ol')?.innerText ?? false;").await?;
    ensure!(found.as_str().is_some_and(|text| text.to_lowercase().contains("bread")), "no bread in: {found}");
    desk.keep_picture("search").await?;

    // From the system's theme to light, and to dark.
    for theme in ["Theme: as the system. Change", "Theme: light. Change"] {
        desk.see(&format!("[aria-label='{theme}']")).await?.click().await?;
    }
    desk.until(
        "the window is dark and at rest",
        "return document.documentElement.dataset.theme === 'dark' && document.getAnimations().length === 0;",
    )
    .await?;
    desk.keep_picture("map-dark").await?;
    desk.see("[aria-label='Theme: dark. Change']").await?.click().await?;

    desk.press("Matrix").await?;
    desk.see("section[aria-label='Similarity matrix'] canvas").await?;
    desk.keep_picture("matrix").await?;

    desk.press("Compare").await?;
    if starter_model_is_here() {
        compare(&desk).await?;
    } else {
        println!("skipped: comparing, because the starter model is not here and its peer is the only text model");
    }
    evaluate(&desk).await
}

/// Embeds with a second model and looks at both side by side.
async fn compare(desk: &Desk) -> Result<()> {
    desk.see_path("//li[.//p[normalize-space()='builtin-text']]//button").await?.click().await?;
    desk.until(
        "both maps are whole and at rest, and compared",
        &format!(
            "const whole = (letter) => {{
               const counter = document.querySelector(`[aria-label='Map ${{letter}}'] .tally`);
               if (!counter) return false;
               {READ_COUNTER}
               return shown >= 100 && shown === loaded && loaded === total;
             }};
             return whole('A') && whole('B') && document.body.innerText.includes('Moved most')
               && !document.querySelector('.jobs');"
        ),
    )
    .await?;
    desk.keep_picture("compare").await
}

/// Asks which model is better on the collection's own labels, and reads what came of it.
async fn evaluate(desk: &Desk) -> Result<()> {
    desk.see_path("//*[@role='tab'][normalize-space()='Which is better']").await?.click().await?;
    desk.press("Evaluate").await?;
    // Each is told of as soon as it is measured.
    let both = if starter_model_is_here() { "said.includes('all-MiniLM-L6-v2')" } else { "true" };
    let result = desk
        .until(
            "the models are measured",
            &format!(
                "const said = document.querySelector(`[aria-label='Evaluation'] [aria-label='Classification']`)?.innerText ?? '';
                 return said.includes('builtin-text') && {both} ? said : false;"
            ),
        )
        .await?;
    let said = result.as_str().unwrap_or_default();
    ensure!(said.contains("tested"), "the result does not say on what: {said}");
    if starter_model_is_here() {
        let judged = ["is better than", "are not different"].iter().any(|verdict| said.contains(verdict));
        ensure!(judged, "two models are not told apart: {said}");
    }
    desk.keep_picture("evaluation").await
}
