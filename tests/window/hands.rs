//! What a user's hands and eyes do in the window: press, point, draw around, type, count.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use fantoccini::Locator;
use fantoccini::actions::{InputSource, KeyAction, KeyActions, MouseActions, PointerAction};
use serde_json::Value;

use crate::desk::{Desk, PATIENCE};

/// Reads the three figures of the element `counter`.
pub const READ_COUNTER: &str =
    r"const [shown, loaded, total] = counter.textContent.split('·').map((part) => Number(part.replace(/\D/g, '')));";

const CARD: &str = "[aria-label='Item under the pointer']";
/// The middle of the stage, free of cards, counter and tools: left, top, right, bottom.
const MIDDLE: [i64; 4] = [300, 140, 980, 700];

impl Desk {
    /// Presses the button that says just this, by the keyboard: the pointer would miss it where a dialogue still grows.
    pub async fn press(&self, name: &str) -> Result<()> {
        let path = format!("//button[normalize-space()='{name}' or @aria-label='{name}']");
        self.see_path(&path).await?.send_keys("\u{e007}").await.with_context(|| format!("could not press “{name}”"))
    }

    /// Waits until a text is in sight, and gives the whole of what is.
    pub async fn read(&self, text: &str) -> Result<String> {
        let text = Value::from(text);
        let script = format!("const all = document.body.innerText; return all.includes({text}) && all;");
        Ok(self.until(&format!("{text} is in sight"), &script).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until at least so many points, and all there are, are drawn and no work is left.
    pub async fn see_points(&self, least: usize) -> Result<()> {
        let script = format!(
            "const counter = document.querySelector('[data-testid=counter]');
             if (!counter || document.querySelector('.jobs, .cards .float')) return false;
             {READ_COUNTER}
             return shown >= {least} && shown === loaded && loaded === total;"
        );
        self.until(&format!("all of {least} points are on the map and no work is left"), &script).await.map(drop)
    }

    /// Presses a key that is for the window and no field.
    pub async fn key(&self, key: char) -> Result<()> {
        let pressed =
            KeyActions::new("keys".into()).then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        Ok(self.page.perform_actions(pressed).await?)
    }

    /// The middle of the stage as it is seen.
    pub async fn look(&self) -> Result<Vec<u8>> {
        let [left, top, right, bottom] = MIDDLE.map(|edge| edge as u32);
        let seen = image::load_from_memory(&self.page.screenshot().await?)?;
        Ok(seen.crop_imm(left, top, right - left, bottom - top).into_rgb8().into_raw())
    }

    /// Waits until the middle of the stage stands still, and looks other than `before`.
    pub async fn see_another(&self, before: &[u8]) -> Result<Vec<u8>> {
        let began = Instant::now();
        let mut last = self.look().await?;
        while began.elapsed() < PATIENCE {
            let now = self.look().await?;
            if now == last && now != before {
                return Ok(now);
            }
            last = now;
        }
        bail!("the stage looks as it did before, or does not come to rest")
    }

    /// Moves the pointer over the stage until it rests on an item; gives what the card says.
    pub async fn hover_an_item(&self) -> Result<String> {
        let [left, top, right, bottom] = MIDDLE;
        for step in 0..600_i64 {
            // A walk over the middle of the stage in steps that sooner or later come near a point.
            let (x, y) = (left + (step * 37) % (right - left), top + (step * 23) % (bottom - top));
            let rest = MouseActions::new("mouse".into())
                .then(PointerAction::MoveTo { duration: None, x: x as f64, y: y as f64 })
                .then(PointerAction::Pause { duration: Duration::from_millis(200) });
            self.page.perform_actions(rest).await?;
            // A card may be gone again before it is read.
            if let Ok(card) = self.page.find(Locator::Css(CARD)).await
                && let Ok(said) = card.text().await
            {
                return Ok(said);
            }
        }
        bail!("no item was found under the pointer")
    }

    /// Draws around the middle of the stage with the lasso; gives how many items are in it.
    pub async fn draw_around_the_middle(&self) -> Result<usize> {
        self.key('l').await?;
        let [left, top, right, bottom] = MIDDLE.map(|edge| edge as f64);
        let move_to = |x, y| PointerAction::MoveTo { duration: Some(Duration::from_millis(60)), x, y };
        let drawn = MouseActions::new("mouse".into())
            .then(move_to(left, top))
            .then(PointerAction::Down { button: 0 })
            .then(move_to(right, top))
            .then(move_to(right, bottom))
            .then(move_to(left, bottom))
            .then(move_to(left, top + 40.0))
            .then(PointerAction::Up { button: 0 });
        self.page.perform_actions(drawn).await?;
        let said = self
            .until(
                "what was drawn around is selected",
                r"return document.querySelector('#lens')?.innerText.match(/([\d,]+) items? · lasso/)?.[1] ?? false;",
            )
            .await?;
        let count = said.as_str().unwrap_or_default().replace(',', "").parse()?;
        self.key('v').await?;
        Ok(count)
    }
}
