//! The main job, from a folder named on the command line to its map, a search, the matrix, a second model beside the first and
//! the question which of them is better.

use anyhow::{Context, Result, ensure};
use embedscope_tests::repository;
use fantoccini::Locator;
use fantoccini::actions::{InputSource, MouseActions, PointerAction};
use std::time::Duration;

use crate::desk::{Desk, starter_model_is_here};

const BUTTON_NAMED: &str = "//button[normalize-space()='{}']";

/// Reads the three figures of the element `counter`.
const READ_COUNTER: &str =
    r"const [shown, loaded, total] = counter.textContent.split('·').map((part) => Number(part.replace(/\D/g, '')));";

async fn press(desk: &Desk, name: &str) -> Result<()> {
    let path = BUTTON_NAMED.replace("{}", name);
    desk.see_path(&path).await?.click().await.with_context(|| format!("could not press “{name}”"))
}

/// Moves the pointer over the stage until it rests on an item; gives what the card says.
async fn hover_an_item(desk: &Desk) -> Result<String> {
    for step in 0..600_i64 {
        // A walk over the middle of the stage in steps that sooner or later come near a point.
        let (x, y) = (300 + (step * 37) % 680, 140 + (step * 23) % 560);
        let rest = MouseActions::new("mouse".into())
            .then(PointerAction::MoveTo { duration: None, x: x as f64, y: y as f64 })
            .then(PointerAction::Pause { duration: Duration::from_millis(200) });
        desk.page.perform_actions(rest).await?;
        if let Ok(card) = desk.page.find(Locator::Css("[aria-label='Item under the pointer']")).await {
            return Ok(card.text().await?);
        }
    }
    anyhow::bail!("no item was found under the pointer")
}

#[tokio::test]
async fn from_a_folder_to_two_models_side_by_side() -> Result<()> {
    let samples = repository().join("assets/samples");
    let desk = Desk::open(&[samples.to_str().context("a path in UTF-8")?]).await?;

    // The plan comes first, and nothing has begun.
    let plan = desk.see("dialog[open]").await?.text().await?;
    ensure!(plan.contains("Pictures") && plan.contains("120"), "the plan does not tell of the pictures: {plan}");
    desk.keep_picture("plan").await?;
    press(&desk, "Start").await?;

    // Everything arrives and the map comes to rest.
    desk.until(
        "all texts are on the map and no work is left",
        &format!(
            "const counter = document.querySelector('[data-testid=counter]');
             if (!counter || document.querySelector('.jobs, .cards .float')) return false;
             {READ_COUNTER}
             return shown >= 100 && shown === loaded && loaded === total;"
        ),
    )
    .await?;
    desk.keep_picture("map").await?;

    let card = hover_an_item(&desk).await?;
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

    press(&desk, "Matrix").await?;
    desk.see("section[aria-label='Similarity matrix'] canvas").await?;
    desk.keep_picture("matrix").await?;

    press(&desk, "Compare").await?;
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
    press(desk, "Evaluate").await?;
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
