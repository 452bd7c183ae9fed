//! The real program fetching a model from a small hub on this machine, and killed half-way.
//!
//! What is left can be gone on from, is checked, and is never taken for a model. Moments are chosen by what has arrived, not by
//! time. Deliberately absent: a full disk, which the library's own tests stand in for.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

const REPO: &str = "owner/tiny";
const WEIGHTS: &str = "model.safetensors";

/// A hub that has one model, a golden one.
struct Hub {
    model: PathBuf,
    address: String,
    /// What the next answer with weights waits for half-way.
    pause: Mutex<Option<Receiver<()>>>,
    /// Files asked for, with the first byte.
    heard: Mutex<Vec<(String, usize)>>,
}

impl Hub {
    fn start() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let hub = Arc::new(Self {
            model: Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/goldens/bert-mean"),
            address: format!("http://{}", listener.local_addr().expect("an address")),
            pause: Mutex::default(),
            heard: Mutex::default(),
        });
        let answering = hub.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let hub = answering.clone();
                thread::spawn(move || hub.answer(stream));
            }
        });
        hub
    }

    fn files(&self) -> Vec<String> {
        let mut names = vec!["1_Pooling/config.json".to_owned()];
        let entries = fs::read_dir(&self.model).expect("a golden model").flatten();
        let files = entries.filter(|entry| entry.path().is_file());
        names.extend(files.filter_map(|entry| entry.file_name().into_string().ok()));
        names
    }

    fn bytes(&self, file: &str) -> Vec<u8> {
        fs::read(self.model.join(file)).expect("read")
    }

    /// The hub's name of what is in a file.
    fn tag(&self, file: &str) -> String {
        Sha256::digest(self.bytes(file)).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The client may hang up at any time.
    fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
        let request = lines.next()?.ok()?;
        let headers: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        let path = request.split(' ').nth(1)?;
        let Some(file) = path.strip_prefix(&format!("/{REPO}/resolve/main/")) else {
            let sibling = |file: String| {
                let lfs = (file == WEIGHTS).then(|| serde_json::json!({ "sha256": self.tag(&file) }));
                serde_json::json!({ "rfilename": file, "size": self.bytes(&file).len(), "lfs": lfs })
            };
            let siblings: Vec<_> = self.files().into_iter().map(sibling).collect();
            let told = serde_json::json!({ "sha": "c0ffee", "siblings": siblings }).to_string();
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{told}", told.len())
                .ok()?;
            return Some(());
        };
        let range =
            headers.iter().find_map(|line| line.to_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
        let (first, last) = range.as_deref()?.split_once('-')?;
        let bytes = self.bytes(file);
        let first: usize = first.parse().ok()?;
        let end = last.parse().map_or(bytes.len(), |last: usize| last + 1);
        self.heard.lock().expect("no panic").push((file.to_owned(), first));
        write!(
            stream,
            "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Length: {}\r\nETag: \"{}\"\r\n\
             X-Repo-Commit: c0ffee\r\nContent-Range: bytes {first}-{}/{}\r\n\r\n",
            end - first,
            self.tag(file),
            end - 1,
            bytes.len()
        )
        .ok()?;
        let mut body = &bytes[first..end];
        // What comes first is a question for its size, of one byte.
        if file == WEIGHTS
            && body.len() > 1
            && let Some(go_on) = self.pause.lock().expect("no panic").take()
        {
            let (half, rest) = body.split_at(body.len() / 2);
            stream.write_all(half).ok()?;
            go_on.recv().ok();
            body = rest;
        }
        stream.write_all(body).ok()
    }

    fn program(&self, home: &Path, words: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_embedscope-cli"));
        self.at(&mut program, home);
        program.args(words);
        program
    }

    fn at(&self, program: &mut Command, home: &Path) {
        for name in ["HF_TOKEN", "HF_HUB_OFFLINE", "HF_HOME", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            program.env_remove(name);
        }
        program.env("HF_ENDPOINT", &self.address).env("HF_HUB_CACHE", home.join("hub"));
        program.env("EMBEDSCOPE_CACHE", home.join("ours")).env("XDG_CONFIG_HOME", home.join("config"));
        program.current_dir(home).stdin(Stdio::null());
    }
}

/// The unfinished files of a cache.
fn parts(home: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(home.join("hub/models--owner--tiny/blobs")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ending| ending == "part")).collect()
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Fetches what is missing, and embeds with it.
fn finish(hub: &Hub, home: &Path) {
    succeeded(&hub.program(home, &["models", "fetch", REPO]).output().expect("runs"));
    assert_eq!(parts(home), Vec::<PathBuf>::new());
    let snapshot = home.join("hub/models--owner--tiny/snapshots/c0ffee");
    for file in hub.files() {
        assert_eq!(fs::read(snapshot.join(&file)).expect("there"), hub.bytes(&file), "{file}");
    }
    fs::write(home.join("a.txt"), "the cat sat").expect("written");
    let embed = ["embed", "a.txt", "--model", REPO, "--out", "v.npy"];
    succeeded(&hub.program(home, &embed).env("HF_HUB_OFFLINE", "1").output().expect("runs"));
}

fn is_refused(hub: &Hub, home: &Path) {
    fs::write(home.join("a.txt"), "the cat sat").expect("written");
    let refused = hub.program(home, &["embed", "a.txt", "--model", REPO, "--out", "v.npy"]).output().expect("runs");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("owner/tiny is not on this computer yet"), "{said}");
}

/// Starts a fetch and kills it when half of the weights are on their way; gives how much of them is kept at least.
fn killed(hub: &Hub, home: &Path) -> u64 {
    let (go_on, wait) = mpsc::channel();
    *hub.pause.lock().expect("no panic") = Some(wait);
    let mut fetch = hub.program(home, &["models", "fetch", REPO]);
    let mut fetch = fetch.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("runs");
    let quarter = hub.bytes(WEIGHTS).len() as u64 / 4;
    let arrived = || parts(home).iter().filter_map(|part| fs::metadata(part).ok()).map(|part| part.len()).max();
    while arrived().unwrap_or(0) < quarter {
        assert!(fetch.try_wait().expect("asked").is_none(), "it ended by itself");
        thread::yield_now();
    }
    fetch.kill().expect("killed");
    fetch.wait().expect("ended");
    drop(go_on);
    quarter
}

#[test]
fn a_fetch_that_was_killed_is_gone_on_with() {
    let home = TempDir::new().expect("a folder");
    let hub = Hub::start();
    let kept = killed(&hub, home.path());
    is_refused(&hub, home.path());
    finish(&hub, home.path());
    let heard = hub.heard.lock().expect("no panic");
    let last = heard.iter().rfind(|(file, _)| file == WEIGHTS).expect("asked for");
    assert!(last.1 as u64 >= kept, "it began anew: {heard:?}");
}

#[test]
fn what_was_spoilt_after_a_kill_is_thrown_away() {
    let home = TempDir::new().expect("a folder");
    let hub = Hub::start();
    killed(&hub, home.path());
    let part = parts(home.path()).pop().expect("kept");
    let mut bytes = fs::read(&part).expect("read");
    bytes[1000] ^= 1;
    fs::write(&part, bytes).expect("written");
    let damaged = hub.program(home.path(), &["models", "fetch", REPO]).output().expect("runs");
    let said = String::from_utf8_lossy(&damaged.stderr).into_owned();
    assert!(!damaged.status.success() && said.contains("model.safetensors of owner/tiny is damaged"), "{said}");
    is_refused(&hub, home.path());
    finish(&hub, home.path());
}
