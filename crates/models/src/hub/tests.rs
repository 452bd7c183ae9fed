//! Fetching, against a small server on this machine.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::*;

const REPO: &str = "owner/name";

/// A hub on this computer that knows one repository.
struct FakeHub {
    files: BTreeMap<&'static str, Vec<u8>>,
    /// Bytes of a file after which every answer waits, and what it waits for.
    pause: Option<(usize, Mutex<mpsc::Receiver<()>>)>,
    /// Sends the right number of wrong bytes.
    damaging: bool,
    /// Accepts and says nothing.
    silent: bool,
    /// The request lines and ranges so far.
    heard: Mutex<Vec<String>>,
}

impl FakeHub {
    fn new() -> Self {
        let weights = (0..300_000_u32).map(|number| (number % 251) as u8).collect();
        let files = [
            ("config.json", b"{}".to_vec()),
            ("1_Pooling/config.json", b"{}".to_vec()),
            ("model.safetensors", weights),
            ("README.md", b"read me".to_vec()),
        ];
        Self { files: files.into(), pause: None, damaging: false, silent: false, heard: Mutex::default() }
    }

    fn start(self) -> (Arc<Self>, Hub) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let hub = Hub::new(&format!("http://{}/", listener.local_addr().expect("an address")));
        let fake = Arc::new(self);
        let answering = fake.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let fake = answering.clone();
                std::thread::spawn(move || fake.answer(stream));
            }
        });
        (fake, hub)
    }

    /// The client may hang up at any time.
    fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
        let request = lines.next()?.ok()?;
        let headers: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
        let range =
            headers.iter().find_map(|line| line.to_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
        self.heard.lock().expect("no panic").push(format!("{request} {}", range.as_deref().unwrap_or("")));
        if self.silent {
            io::copy(&mut stream, &mut io::sink()).ok()?;
            return None;
        }
        let path = request.split(' ').nth(1)?;
        if path.starts_with(&format!("/api/models/{REPO}/revision/main")) {
            let body = self.listing();
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
                .ok()?;
            return Some(());
        }
        let file = path.strip_prefix(&format!("/{REPO}/resolve/main/")).and_then(|name| self.files.get(name));
        let Some(bytes) = file else {
            write!(stream, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").ok()?;
            return Some(());
        };
        let (start, end) = range.as_deref().and_then(|range| range.split_once('-'))?;
        let start: usize = start.parse().ok()?;
        let end = end.parse().map_or(bytes.len(), |end: usize| end + 1);
        let mut body = bytes[start..end].to_vec();
        if self.damaging {
            body.iter_mut().for_each(|byte| *byte ^= 1);
        }
        let etag = if bytes.len() > SMALL { hex(bytes) } else { git(bytes) };
        write!(
            stream,
            "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Length: {}\r\nETag: \"{etag}\"\r\n\
             X-Repo-Commit: c0ffee\r\nContent-Range: bytes {start}-{}/{}\r\n\r\n",
            body.len(),
            end - 1,
            bytes.len()
        )
        .ok()?;
        if let Some((after, go_on)) = &self.pause
            && body.len() > *after
        {
            stream.write_all(&body[..*after]).ok()?;
            go_on.lock().expect("no panic").recv().ok();
            body.drain(..*after);
        }
        stream.write_all(&body).ok()
    }

    fn listing(&self) -> String {
        let sibling = |(path, bytes): (&&str, &Vec<u8>)| {
            let lfs = (bytes.len() > SMALL).then(|| serde_json::json!({ "sha256": hex(bytes) }));
            serde_json::json!({ "rfilename": path, "size": bytes.len(), "blobId": git(bytes), "lfs": lfs })
        };
        let siblings: Vec<_> = self.files.iter().map(sibling).collect();
        serde_json::json!({ "sha": "c0ffee", "siblings": siblings }).to_string()
    }
}

/// Files larger than this are kept beside the repository, by their SHA-256.
const SMALL: usize = 1000;

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Git's name of a content.
fn git(bytes: &[u8]) -> String {
    let blob = [format!("blob {}\0", bytes.len()).as_bytes(), bytes].concat();
    Sha1::digest(blob).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn folders(root: &Path) -> Folders {
    Folders { models: root.join("models"), hub: root.join("hub") }
}

fn quietly(hub: &Hub, id: &str, folders: &Folders) -> Result<PathBuf, Error> {
    hub.fetch(id, folders, &|_| {}, &Cancel::default())
}

#[test]
fn what_a_model_needs_arrives_whole_and_only_once() {
    let root = tempfile::tempdir().expect("a folder");
    let folders = folders(root.path());
    let (fake, hub) = FakeHub::new().start();
    let seen = RefCell::new(Vec::new());
    let place = hub.fetch(REPO, &folders, &|now| seen.borrow_mut().push(now), &Cancel::default()).expect("fetched");
    for file in ["config.json", "1_Pooling/config.json", "model.safetensors"] {
        assert_eq!(std::fs::read(place.join(file)).expect("readable"), fake.files[file]);
    }
    assert!(!place.join("README.md").exists());
    let seen = seen.into_inner();
    assert!(seen.windows(2).all(|pair| pair[0].done_bytes <= pair[1].done_bytes), "{seen:?}");
    let last = FetchProgress { file: "model.safetensors".into(), done_bytes: 300_004, total_bytes: 300_004 };
    assert_eq!(seen.last(), Some(&last));

    let asked = fake.heard.lock().expect("no panic").len();
    assert_eq!(quietly(&hub, REPO, &folders).expect("here already"), place);
    assert_eq!(fake.heard.lock().expect("no panic").len(), asked);
}

#[test]
fn what_the_hub_does_not_have_is_said_in_one_sentence() {
    let root = tempfile::tempdir().expect("a folder");
    let (_, hub) = FakeHub::new().start();
    let error = quietly(&hub, "owner/other", &folders(root.path())).expect_err("not there").to_string();
    assert_eq!(error, format!("could not fetch owner/other: {} does not have it", hub.host()));
}

#[test]
fn a_damaged_file_is_named_and_thrown_away() {
    let root = tempfile::tempdir().expect("a folder");
    let folders = folders(root.path());
    let (_, hub) = FakeHub { damaging: true, ..FakeHub::new() }.start();
    // Small files have no SHA-256, and Git's name of their content serves as well.
    let error = quietly(&hub, REPO, &folders).expect_err("damaged");
    assert!(matches!(&error, Error::Checksum { what } if what == "1_Pooling/config.json of owner/name"), "{error:?}");
    let (_, hub) = FakeHub { files: [("model.safetensors", vec![3; 2000])].into(), ..FakeHub::new() }.start();
    assert!(matches!(quietly(&hub, REPO, &folders), Err(Error::Unsupported { .. })), "nothing to configure it");
    let (_, hub) =
        FakeHub { files: [("model.safetensors", vec![3; 2000])].into(), damaging: true, ..FakeHub::new() }.start();
    let other = self::folders(&root.path().join("other"));
    let error = quietly(&hub, REPO, &other).expect_err("damaged");
    assert!(matches!(&error, Error::Checksum { what } if what == "model.safetensors of owner/name"), "{error:?}");
    let (_, sound) = FakeHub::new().start();
    let place = quietly(&sound, REPO, &folders).expect("fetched anew");
    assert_eq!(std::fs::metadata(place.join("model.safetensors")).expect("there").len(), 300_000);
}

#[test]
fn an_unreachable_hub_and_a_forbidden_network_say_what_to_do() {
    let root = tempfile::tempdir().expect("a folder");
    let folders = folders(root.path());
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port now closed");
    let hub = Hub::new(&format!("http://{port}"));
    let error = quietly(&hub, "all-MiniLM-L6-v2", &folders).expect_err("nobody listens");
    assert!(error.to_string().contains(&format!("could not reach {port}")), "{error}");
    assert!(matches!(error, Error::Hub { place, .. } if place == folders.models.join("all-MiniLM-L6-v2")));

    let hub = Hub { offline: true, ..hub };
    let error = quietly(&hub, "all-MiniLM-L6-v2", &folders).expect_err("offline").to_string();
    assert!(error.contains("HF_HUB_OFFLINE"), "{error}");
}

#[test]
fn a_silent_hub_is_given_up() {
    let root = tempfile::tempdir().expect("a folder");
    let (_, hub) = FakeHub { silent: true, ..FakeHub::new() }.start();
    let hub = Hub { patience: Duration::from_millis(100), ..hub };
    let error = quietly(&hub, REPO, &folders(root.path())).expect_err("silence").to_string();
    assert!(error.contains("does not answer"), "{error}");
}

#[test]
fn a_cancelled_fetch_ends_at_once_and_is_gone_on_with() {
    let root = tempfile::tempdir().expect("a folder");
    let folders = folders(root.path());
    let (go_on, wait) = mpsc::channel();
    let (fake, hub) = FakeHub { pause: Some((100_000, Mutex::new(wait))), ..FakeHub::new() }.start();
    let cancel = Cancel::default();
    let watch = |now: FetchProgress| {
        if now.done_bytes > 50_000 {
            cancel.cancel();
        }
    };
    let cancelled = hub.fetch(REPO, &folders, &watch, &cancel);
    assert!(matches!(cancelled, Err(Error::Cancelled)), "{cancelled:?}");
    drop(go_on);
    let place = quietly(&hub, REPO, &folders).expect("fetched");
    assert_eq!(std::fs::read(place.join("model.safetensors")).expect("readable"), fake.files["model.safetensors"]);
    let heard = fake.heard.lock().expect("no panic");
    let resumed = |line: &String| {
        let range = line.rsplit(' ').next().and_then(|range| range.strip_suffix('-'));
        line.contains("model.safetensors") && range.is_some_and(|start| start != "0")
    };
    assert!(heard.iter().any(resumed), "nothing was kept: {heard:?}");
}

#[test]
fn names_no_hub_could_know_are_refused() {
    let root = tempfile::tempdir().expect("a folder");
    let hub = Hub::new("http://127.0.0.1:9");
    for id in ["../no/such", "a/b/c", "", "builtin-text"] {
        assert!(matches!(quietly(&hub, id, &folders(root.path())), Err(Error::Unknown { .. })), "{id}");
    }
}

/// A hub that answers a search, and holds models that can be looked at.
fn shelf() -> (Arc<Mutex<Vec<String>>>, Hub) {
    let header = |shape: &str| {
        let tensor = format!(
            r#"{{"__metadata__": {{}}, "embeddings.w": {{"dtype": "F16", "shape": {shape}, "data_offsets": [0, 9]}}}}"#
        );
        [&(tensor.len() as u64).to_le_bytes(), tensor.as_bytes(), &[7; 4000]].concat()
    };
    let modules = r#"[{"path": "", "type": "x.Transformer"}, {"path": "1_Pooling", "type": "x.Pooling"}, {"path": "2_Dense", "type": "x.Dense"}]"#;
    let text = |name: &str, content: &str| (name.to_owned(), content.as_bytes().to_vec());
    let good = vec![
        text("config.json", r#"{"model_type": "bert", "hidden_size": 32, "max_position_embeddings": 512}"#),
        text("modules.json", modules),
        text("1_Pooling/config.json", r#"{"pooling_mode": "cls"}"#),
        text("2_Dense/config.json", r#"{"out_features": 16}"#),
        text("sentence_bert_config.json", r#"{"max_seq_length": 128}"#),
        ("model.safetensors".to_owned(), header("[1000, 32]")),
    ];
    let odd = vec![
        text("config.json", r#"{"model_type": "mamba", "architectures": ["MambaForSequenceClassification"]}"#),
        ("model.safetensors".to_owned(), header("[5]")),
    ];
    let pickled = vec![text("pytorch_model.bin", "pickle"), text("config.json", "{}")];
    let shelf: BTreeMap<&str, Vec<(String, Vec<u8>)>> =
        [("owner/good", good), ("owner/odd", odd), ("owner/pickled", pickled)].into();
    let found = serde_json::json!([
        {"id": "owner/good", "downloads": 12, "tags": ["bert", "license:mit"], "gated": "auto",
         "siblings": [{"rfilename": "model.safetensors"}]},
        {"id": "owner/odd", "tags": ["mamba"]},
        {"id": "owner/pickled", "tags": ["bert"], "siblings": [{"rfilename": "pytorch_model.bin"}]},
        {"id": "sentence-transformers/all-MiniLM-L6-v2", "tags": ["bert"]},
        {"id": "../../hostile", "tags": ["bert"]},
    ]);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let hub = Hub::new(&format!("http://{}/", listener.local_addr().expect("an address")));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let noted = heard.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines().map_while(Result::ok);
            let Some(request) = lines.next() else { continue };
            let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let range = headers.iter().find_map(|line| {
                let range = line.to_lowercase().strip_prefix("range: bytes=")?.to_owned();
                let (first, last) = range.split_once('-')?;
                Some((first.parse::<usize>().ok()?, last.parse::<usize>().ok()?))
            });
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            noted.lock().expect("no panic").push(path.clone());
            let bytes: Option<Vec<u8>> = if path.starts_with("/api/models?") {
                Some(found.to_string().into_bytes())
            } else if let Some(repo) = path.strip_prefix("/api/models/").and_then(|rest| rest.split_once("/revision/"))
            {
                shelf.get(repo.0).map(|files| {
                    let sibling = |(name, bytes): &(String, Vec<u8>)| serde_json::json!({"rfilename": name, "size": bytes.len()});
                    let siblings: Vec<_> = files.iter().map(sibling).collect();
                    let told = serde_json::json!({"sha": "c0ffee", "siblings": siblings, "gated": false, "tags": ["license:mit"]});
                    told.to_string().into_bytes()
                })
            } else {
                path.split_once("/resolve/c0ffee/").and_then(|(repo, name)| {
                    let files = shelf.get(repo.trim_start_matches('/'))?;
                    files.iter().find(|(known, _)| known == name).map(|(_, bytes)| bytes.clone())
                })
            };
            let (status, body) = match (bytes, range) {
                (None, _) => ("404 Not Found", Vec::new()),
                (Some(bytes), None) => ("200 OK", bytes),
                (Some(bytes), Some((first, last))) => ("206 Partial Content", bytes[first..=last].to_vec()),
            };
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all(&[head.as_bytes(), &body].concat()).ok();
        }
    });
    (heard, hub)
}

#[test]
fn a_search_says_what_can_be_loaded() {
    let root = tempfile::tempdir().expect("a folder");
    let (heard, hub) = shelf();
    let found = hub.search("small & quick", &folders(root.path())).expect("answered");
    let asked = heard.lock().expect("no panic")[0].clone();
    assert!(asked.contains("search=small+%26+quick") || asked.contains("search=small%20%26%20quick"), "{asked}");
    let ids: Vec<&str> = found.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids, ["owner/good", "owner/odd", "owner/pickled", "sentence-transformers/all-MiniLM-L6-v2"]);
    let [good, odd, pickled, known] = &found[..] else { panic!("four") };
    assert_eq!((good.family.as_deref(), good.licence.as_deref(), good.downloads), (Some("bert"), Some("mit"), 12));
    assert!(good.gated && good.problem.is_none());
    assert!(odd.problem.as_deref().is_some_and(|problem| problem.contains("architecture")));
    assert!(pickled.problem.as_deref().is_some_and(|problem| problem.contains("safetensors")));
    assert_eq!(known.known_as.as_deref(), Some("all-MiniLM-L6-v2"));
}

#[test]
fn a_model_is_looked_at_by_the_heads_of_its_files() {
    let root = tempfile::tempdir().expect("a folder");
    let folders = folders(root.path());
    let (heard, hub) = shelf();
    let good = hub.inspect("owner/good", &folders).expect("answered");
    assert_eq!((good.family.as_deref(), good.dim, good.max_tokens), (Some("bert"), Some(16), Some(128)));
    assert_eq!((good.parameters, good.precision.as_deref()), (Some(32_000), Some("F16")));
    assert_eq!((good.pooling, good.licence.as_deref()), (vec!["cls".to_owned()], Some("mit")));
    assert!(good.problems.is_empty() && good.bytes > 4000, "{:?}", good.problems);
    assert!(!folders.hub.exists() && !folders.models.exists(), "nothing was fetched");
    let weights = heard.lock().expect("no panic").iter().filter(|path| path.ends_with("model.safetensors")).count();
    assert_eq!(weights, 2, "the length, and the list");

    let odd = hub.inspect("owner/odd", &folders).expect("answered").problems.join(" ");
    assert!(odd.contains("“mamba” is not known") && odd.contains("MambaForSequenceClassification"), "{odd}");
    let pickled = hub.inspect("owner/pickled", &folders).expect("answered").problems.join(" ");
    assert!(pickled.contains("safetensors"), "{pickled}");
    assert!(hub.inspect("owner/nothing", &folders).expect_err("absent").to_string().contains("does not have it"));
    assert!(matches!(hub.inspect("builtin-text", &folders), Err(Error::Unknown { .. })));
}

#[test]
fn what_was_fetched_can_be_removed() {
    let root = tempfile::tempdir().expect("a folder");
    let folders = folders(root.path());
    let (_, hub) = FakeHub::new().start();
    let place = quietly(&hub, REPO, &folders).expect("fetched");
    assert!(place.is_dir());
    assert!(remove(REPO, &folders).expect("removed") >= 300_000);
    assert!(!place.exists() && locate(REPO, &folders).is_err());
    assert_eq!(remove(REPO, &folders).expect("gone before"), 0);
    for id in ["builtin-text", "../hub", "a/b/c"] {
        assert!(matches!(remove(id, &folders), Err(Error::Unknown { .. })), "{id}");
    }
}

#[test]
fn what_arrived_unchecked_counts_for_nothing_until_it_is() {
    let root = tempfile::tempdir().expect("a folder");
    let folders = folders(root.path());
    let (fake, hub) = FakeHub::new().start();
    let place = quietly(&hub, REPO, &folders).expect("fetched");
    let left = || std::fs::read_dir(folders.repo(REPO)).expect("a folder").flatten().map(|entry| entry.file_name());
    assert_eq!(left().filter(|name| name == "embedscope.unchecked").count(), 0);

    // As a kill leaves it between the last byte and the check, where the hub had sent too little.
    let weights = place.join("model.safetensors").canonicalize().expect("there");
    std::fs::write(&weights, &fake.files["model.safetensors"][..1000]).expect("written");
    std::fs::write(folders.unchecked(REPO), "").expect("written");
    assert!(matches!(locate(REPO, &folders), Err(Error::NotPresent { .. })));
    let asked = fake.heard.lock().expect("no panic").len();
    assert_eq!(quietly(&hub, REPO, &folders).expect("fetched anew"), place);
    assert_eq!(std::fs::read(place.join("model.safetensors")).expect("there"), fake.files["model.safetensors"]);
    let heard = fake.heard.lock().expect("no panic")[asked..].join(" ");
    assert!(!heard.contains("config.json"), "what was sound stayed: {heard}");
}

/// `/dev/full` takes nothing, as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_room_is_all_it_takes_to_go_on() {
    let root = tempfile::tempdir().expect("a folder");
    let folders = folders(root.path());
    let (fake, hub) = FakeHub::new().start();
    let blobs = folders.repo(REPO).join("blobs");
    std::fs::create_dir_all(&blobs).expect("made");
    let part = blobs.join(hex(&fake.files["model.safetensors"])).with_extension("part");
    std::os::unix::fs::symlink("/dev/full", &part).expect("linked");
    let error = quietly(&hub, REPO, &folders).expect_err("full");
    assert_eq!(error.to_string(), "there is no room left on the disk for model.safetensors of owner/name");
    assert!(matches!(locate(REPO, &folders), Err(Error::NotPresent { .. })));
    assert!(!folders.unchecked(REPO).exists());

    std::fs::remove_file(&part).expect("room");
    let place = quietly(&hub, REPO, &folders).expect("fetched");
    assert_eq!(std::fs::read(place.join("model.safetensors")).expect("there"), fake.files["model.safetensors"]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_said() {
    let root = tempfile::tempdir().expect("a folder");
    let folders = folders(root.path());
    // Nothing can be made below a file, whoever asks.
    std::fs::write(&folders.hub, "").expect("written");
    let (_, hub) = FakeHub::new().start();
    let error = quietly(&hub, REPO, &folders).expect_err("a file in the way").to_string();
    assert!(error.starts_with("could not fetch") && !error.contains('\n'), "{error}");
}

#[test]
fn a_mirror_is_not_shown_what_was_kept_for_another_hub() {
    let home = tempfile::TempDir::new().expect("a folder");
    let folders = Folders { models: home.path().join("models"), hub: home.path().join("hub") };
    std::fs::write(home.path().join("token"), "hf_of_other_programs").expect("written");
    assert!(
        Hub::of(None, None).has_token(&folders) && Hub::of(Some("https://named.example"), None).has_token(&folders)
    );
    let mirror = Hub::of(None, Some("https://hub.example/"));
    assert_eq!((mirror.host(), mirror.has_token(&folders)), ("hub.example", false));
    assert_eq!(Hub::of(Some("https://named.example"), Some("https://hub.example")).host(), "named.example");
}
