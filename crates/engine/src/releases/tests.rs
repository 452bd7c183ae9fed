//! Looking for a newer version, against a small server on this machine.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::*;

/// What the server does once it has heard a question.
#[derive(Clone)]
enum Answer {
    Status(u16, String),
    /// Says that much and no more, and does not hang up.
    Unfinished(&'static str),
}

/// A server, the settings of a user, and the questions that were heard so far.
struct Scene {
    releases: Releases,
    settings: SettingsFile,
    heard: Arc<Mutex<Vec<String>>>,
    _home: TempDir,
}

impl Scene {
    /// Switched on, and asked by version 0.2.0.
    fn new(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/repos/owner/name/releases/latest", listener.local_addr().expect("an address"));
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let hearing = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, hearing) = (answer.clone(), Arc::clone(&hearing));
                std::thread::spawn(move || reply(stream, answer, &hearing));
            }
        });
        let home = TempDir::new().expect("a folder");
        let settings = SettingsFile::at(home.path().join("settings.toml"));
        settings.set_ask_for_releases(true).expect("kept");
        let (version, today) = ("0.2.0".into(), "2026-11-30".into());
        Self {
            releases: Releases { address, version, today, offline: false, patience: PATIENCE },
            settings,
            heard,
            _home: home,
        }
    }

    fn published(tag: &str) -> Self {
        let body = serde_json::json!({ "tag_name": tag, "html_url": "https://example.org/", "assets": [] });
        Self::new(Answer::Status(200, body.to_string()))
    }

    fn look(&self) -> Result<Release, String> {
        self.releases.look(&self.settings).map_err(|error| error.to_string())
    }

    fn look_unasked(&self) -> Option<Release> {
        self.releases.look_unasked(&self.settings).expect("no failure")
    }

    fn questions(&self) -> usize {
        self.heard.lock().expect("no panic").len()
    }
}

/// The client may hang up at any time.
fn reply(mut stream: TcpStream, answer: Answer, heard: &Mutex<Vec<String>>) -> Option<()> {
    let lines = BufReader::new(stream.try_clone().ok()?).lines();
    let question: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    heard.lock().expect("no panic").push(question.join("\n"));
    match answer {
        Answer::Status(status, body) => write!(
            stream,
            "HTTP/1.1 {status} Said\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .ok(),
        Answer::Unfinished(said) => {
            stream.write_all(said.as_bytes()).ok()?;
            io::copy(&mut stream, &mut io::sink()).ok().map(drop)
        }
    }
}

#[test]
fn versions_are_compared_as_versions() {
    for (tag, expected) in [
        ("v0.10.0", Release::Newer("0.10.0".into())),
        ("0.2.1", Release::Newer("0.2.1".into())),
        ("v0.2.0", Release::Newest),
        ("v0.2.0+built.again", Release::Newest),
        ("v0.2.0-rc.1", Release::Newest),
        ("v0.1.9", Release::Newest),
    ] {
        assert_eq!(Scene::published(tag).look(), Ok(expected), "{tag}");
    }
    let mut early = Scene::published("v0.2.0");
    early.releases.version = "0.2.0-rc.1".into();
    assert_eq!(early.look(), Ok(Release::Newer("0.2.0".into())));
}

#[test]
fn a_repository_without_releases_has_none() {
    let scene = Scene::new(Answer::Status(404, r#"{"message":"Not Found"}"#.into()));
    assert_eq!(scene.look(), Ok(Release::Nothing));
}

#[test]
fn what_cannot_be_read_is_said_in_one_sentence() {
    let large = format!(r#"{{"tag_name":"v9.0.0","body":"{}"}}"#, "a".repeat(MOST_BYTES as usize));
    for (status, body, expected) in [
        (200, "<html>", "answered in an unexpected way"),
        (200, "{}", "answered in an unexpected way"),
        (200, r#"{"tag_name":"nightly"}"#, "answered in an unexpected way"),
        (200, large.as_str(), "answered in an unexpected way"),
        (403, "{}", "answered with status 403"),
        (500, "", "answered with status 500"),
    ] {
        let said = Scene::new(Answer::Status(status, body.into())).look().expect_err("refused");
        assert!(said.starts_with("could not look: 127.0.0.1:") && said.ends_with(expected), "{said}");
    }
}

#[test]
fn who_is_silent_is_not_waited_for() {
    for said in ["", "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{\"tag_name\":"] {
        let mut scene = Scene::new(Answer::Unfinished(said));
        scene.releases.patience = Duration::from_millis(200);
        let said = scene.look().expect_err("silence");
        assert!(said.ends_with("does not answer"), "{said}");
    }
}

#[test]
fn nothing_is_asked_over_plain_http() {
    let mut scene = Scene::published("v9.0.0");
    scene.releases.address = "http://releases.invalid/latest".into();
    let said = scene.look().expect_err("refused");
    assert!(said.contains("https only"), "{said}");
}

#[test]
fn nothing_is_asked_unless_it_is_switched_on_and_the_network_may_be_used() {
    let mut scene = Scene::published("v9.0.0");
    scene.settings.set_ask_for_releases(false).expect("kept");
    assert_eq!(scene.look_unasked(), None);
    assert!(scene.look().expect_err("off").contains("switched off"));
    scene.settings.set_ask_for_releases(true).expect("kept");
    scene.releases.offline = true;
    assert_eq!(scene.look_unasked(), None);
    assert!(scene.look().expect_err("offline").contains("HF_HUB_OFFLINE"));
    assert_eq!((scene.questions(), scene.settings.read().expect("read").asked_for_releases), (0, None));
}

#[test]
fn unasked_it_looks_once_a_day_and_sends_nothing_but_its_version() {
    let mut scene = Scene::published("v9.0.0");
    assert_eq!(scene.look_unasked(), Some(Release::Newer("9.0.0".into())));
    assert_eq!((scene.look_unasked(), scene.questions()), (None, 1));
    assert_eq!(scene.look(), Ok(Release::Newer("9.0.0".into())));
    scene.releases.today = "2026-12-01".into();
    assert_eq!((scene.look_unasked(), scene.look_unasked()), (Some(Release::Newer("9.0.0".into())), None));
    let heard = scene.heard.lock().expect("no panic");
    assert_eq!(heard.len(), 3);
    let mut lines: Vec<String> = heard[0].lines().map(str::to_lowercase).collect();
    assert_eq!(lines.remove(0), "get /repos/owner/name/releases/latest http/1.1");
    lines.retain(|line| !["host:", "accept:", "accept-encoding:"].iter().any(|name| line.starts_with(name)));
    assert_eq!(lines, ["user-agent: embedscope/0.2.0"]);
}

#[test]
fn the_program_asks_the_repository_it_is_built_from() {
    let releases = Releases::of_program();
    let name = releases.address.strip_prefix("https://api.github.com/repos/").expect("of GitHub");
    assert_eq!(name.split('/').count(), 4, "{name}");
    assert!(RELEASES_PAGE.starts_with("https://github.com/") && name.ends_with("/releases/latest"));
    assert_eq!(releases.today.len(), "2026-11-30".len());
}
