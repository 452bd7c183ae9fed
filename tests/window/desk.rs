//! A desk to try the real program at: a display, a driver, a home, and the window on it.
//!
//! Deliberately absent: what a user does there (`hands`) and the system's own dialogues (`dialogue`).

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use embedscope_tests::repository;
use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

/// How long anything on the desk may take before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(120);
const SCREEN: &str = "1440x900x24";

/// Tests take turns: windows that are drawn in software at once would only wait for one another.
static TURN: Mutex<()> = Mutex::const_new(());

/// Where the program keeps everything; windows that are opened in the same home share it.
pub struct Home {
    folder: TempDir,
    /// Where it looks for models.
    models: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

/// Ends with everything on it when dropped.
pub struct Desk {
    /// The page in the window.
    pub page: Client,
    /// The display's number.
    pub display: u32,
    _driver: Ended,
    _display: Ended,
}

/// A child process that does not outlive its owner.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

impl Home {
    /// One where nothing was ever done; models are the user's own. Waits until no other test has one.
    pub async fn new() -> Result<Self> {
        let turn = TURN.lock().await;
        Ok(Self { folder: tempfile::tempdir()?, models: models(), _turn: turn })
    }

    /// The same, without any model but the built-in ones.
    pub async fn without_models() -> Result<Self> {
        let home = Self::new().await?;
        Ok(Self { models: home.folder.path().join("cache"), ..home })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The workspace that is there from the beginning.
    pub fn workspace(&self) -> PathBuf {
        self.path().join("data/org.embedscope.desktop/workspace")
    }

    /// Closes a window and waits until its workspace is free for others.
    pub async fn close(&self, desk: Desk) -> Result<()> {
        drop(desk);
        let lock = File::options().write(true).open(self.workspace().join("lock"))?;
        let began = Instant::now();
        while lock.try_lock().is_err() {
            ensure!(began.elapsed() < PATIENCE, "the closed window still holds its workspace");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

impl Desk {
    /// Opens the program with `arguments`.
    pub async fn open(home: &Home, arguments: &[&str]) -> Result<Self> {
        let program = program()?;
        let (display, number) = display()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let driver = Command::new("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".into()])
            .env("DISPLAY", format!(":{number}"))
            // What the system's dialogues offer first.
            .current_dir(home.path())
            .env("EMBEDSCOPE_CACHE", &home.models)
            .env("HOME", home.path())
            .env("XDG_DATA_HOME", home.path().join("data"))
            .env("XDG_CONFIG_HOME", home.path().join("config"))
            .env("XDG_CACHE_HOME", home.path().join("cache"))
            .env("XDG_STATE_HOME", home.path().join("state"))
            // What is tried here needs no network.
            .env("HF_HUB_OFFLINE", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            // What tells the shell to let itself be driven.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env_remove("WAYLAND_DISPLAY")
            .spawn()
            .context("WebKitWebDriver (Debian package webkit2gtk-driver)")?;
        let driver = Ended(driver);

        let mut capabilities = Capabilities::new();
        capabilities.insert("webkitgtk:browserOptions".into(), json!({ "binary": program, "args": arguments }));
        let address = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let mut page = builder.connect(&address).await;
        for _ in 0..100 {
            if page.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            page = builder.connect(&address).await;
        }
        Ok(Self { page: page.context("the window did not open")?, display: number, _driver: driver, _display: display })
    }

    /// Waits for what a user would look for, named by a CSS selector.
    pub async fn see(&self, selector: &str) -> Result<Element> {
        self.wait_for(Locator::Css(selector)).await
    }

    /// The same, named by an XPath.
    pub async fn see_path(&self, path: &str) -> Result<Element> {
        self.wait_for(Locator::XPath(path)).await
    }

    async fn wait_for(&self, what: Locator<'_>) -> Result<Element> {
        let found = self.page.wait().at_most(PATIENCE).for_element(what).await;
        found.with_context(|| format!("never saw {what:?}"))
    }

    /// Waits until a script's answer is true.
    pub async fn until(&self, what: &str, script: &str) -> Result<Value> {
        let started = Instant::now();
        let mut last = Value::Null;
        while started.elapsed() < PATIENCE {
            last = self.page.execute(script, vec![]).await?;
            if last.as_bool() != Some(false) && !last.is_null() {
                return Ok(last);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let said = self.page.execute("return document.body.innerText;", vec![]).await?;
        bail!("never came true: {what} (last answer {last}); the window says {said}")
    }

    /// Keeps a picture of the window among the test's artifacts.
    pub async fn keep_picture(&self, name: &str) -> Result<()> {
        let folder = repository().join("tests/artifacts");
        std::fs::create_dir_all(&folder)?;
        let began = Instant::now();
        // What is in the page is not always painted yet.
        loop {
            let picture = self.page.screenshot().await?;
            if picture.len() > 10_000 {
                return Ok(std::fs::write(folder.join(format!("{name}.png")), picture)?);
            }
            ensure!(began.elapsed() < PATIENCE, "the picture of {name} is empty");
        }
    }
}

/// The program beside this test, as `cargo build` left it.
fn program() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).context("the test stands in target/<profile>/deps")?;
    let program = folder.join("embedscope");
    ensure!(program.is_file(), "{} is not built; run `cargo build --package embedscope`", program.display());
    Ok(program)
}

/// Whether the starter text model was set up on this machine.
pub fn starter_model_is_here() -> bool {
    models().join("models/all-MiniLM-L6-v2/model.safetensors").is_file()
}

/// The cache that holds the starter model, if any.
fn models() -> PathBuf {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from);
    from("EMBEDSCOPE_CACHE")
        .or_else(|| from("XDG_CACHE_HOME").map(|cache| cache.join("embedscope")))
        .or_else(|| from("HOME").map(|home| home.join(".cache/embedscope")))
        .unwrap_or_default()
}

/// A display nobody else uses, and its number.
fn display() -> Result<(Ended, u32)> {
    let child = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("Xvfb (Debian package xvfb)")?;
    let mut child = Ended(child);
    let mut number = String::new();
    BufReader::new(child.0.stdout.take().context("Xvfb's output")?).read_line(&mut number)?;
    let number = number.trim().parse().context("Xvfb did not start")?;
    Ok((child, number))
}
