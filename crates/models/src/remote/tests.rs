//! Asking a small server on this computer that answers in every way it should not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::ask::{Line, Refusal};
use super::embedder::RemoteModel;
use super::*;
use crate::{Embedder, Error, Input, Overrides, Role};

/// What the server says to one request.
enum Say {
    /// Vectors of this many numbers.
    Vectors(usize),
    /// A status, more headers and a body.
    Status(u16, &'static str, String),
    /// Nothing, until the client hangs up.
    Silence,
}

/// A request as it was heard.
#[derive(Clone, Debug)]
struct Heard {
    path: String,
    authorization: Option<String>,
    body: Value,
}

/// What is said to which request.
type Answering = Box<dyn Fn(usize, &Heard) -> Say + Send + Sync>;

struct Server {
    heard: Mutex<Vec<Heard>>,
    answer: Answering,
}

/// A server and where it is.
fn serve(answer: impl Fn(usize, &Heard) -> Say + Send + Sync + 'static) -> (Arc<Server>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let server = Arc::new(Server { heard: Mutex::default(), answer: Box::new(answer) });
    let answering = server.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let server = answering.clone();
            std::thread::spawn(move || server.talk(stream));
        }
    });
    (server, url)
}

impl Server {
    /// The client may hang up at any time.
    fn talk(&self, mut stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let mut request = String::new();
        reader.read_line(&mut request).ok()?;
        let (mut length, mut authorization) = (0, None);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim().split_once(": ") else { break };
            match name.to_lowercase().as_str() {
                "content-length" => length = value.parse().ok()?,
                "authorization" => authorization = Some(value.to_owned()),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let path = request.split(' ').nth(1)?.to_owned();
        let heard = Heard { path, authorization, body: serde_json::from_slice(&body).ok()? };
        let number = {
            let mut all = self.heard.lock().expect("no panic");
            all.push(heard.clone());
            all.len()
        };
        let (status, headers, body) = match (self.answer)(number, &heard) {
            Say::Vectors(dim) => (200, "", vectors(&heard.body, dim).to_string()),
            Say::Status(status, headers, body) => (status, headers, body),
            Say::Silence => {
                std::io::copy(&mut stream, &mut std::io::sink()).ok()?;
                return None;
            }
        };
        let length = body.len();
        write!(stream, "HTTP/1.1 {status} So\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
            .ok()
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no panic").clone()
    }
}

/// The length of a text, and zeros.
fn vectors(body: &Value, dim: usize) -> Value {
    let rows = body["input"].as_array().expect("texts").iter().enumerate().map(|(index, text)| {
        let mut row = vec![0.0; dim];
        row[0] = text.as_str().expect("a text").len() as f32;
        json!({ "index": index, "embedding": row })
    });
    json!({ "data": rows.collect::<Vec<_>>() })
}

fn provider(url: &str) -> Provider {
    let own = ProviderSettings {
        name: "mine".into(),
        url: Some(url.into()),
        key: Some("MINE_KEY".into()),
        inputs: Some(2),
        ..ProviderSettings::default()
    };
    Providers::with(&[own]).expect("fine").find("mine").cloned().expect("there")
}

type Waits = Arc<Mutex<Vec<Duration>>>;

/// A line on which waiting takes no time, and the waits there were.
fn line(url: &str, key: Option<&str>) -> (Line, Waits) {
    let waits = Waits::default();
    let noted = waits.clone();
    let wait = Box::new(move |time| noted.lock().expect("no panic").push(time));
    let key = key.and_then(Key::new);
    (Line::waiting(provider(url), key, Duration::from_millis(200), wait), waits)
}

fn model(url: &str, overrides: &Overrides) -> (Result<RemoteModel, Error>, Waits) {
    let (line, waits) = line(url, Some("sk-secret"));
    (RemoteModel::over("mine:m", "m", line, overrides), waits)
}

fn loaded(url: &str) -> RemoteModel {
    model(url, &Overrides::default()).0.expect("answers")
}

/// What a provider that always says this is told to be wrong with, and how often it was asked.
fn refused(say: impl Fn() -> Say + Send + Sync + 'static, key: Option<&str>) -> (String, usize, Vec<Duration>) {
    let (server, url) = serve(move |_, _| say());
    let (line, waits) = line(&url, key);
    let problem = match RemoteModel::over("mine:m", "m", line, &Overrides::default()) {
        Err(error @ Error::Remote { .. }) => error.to_string(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("loaded"),
    };
    let waits = waits.lock().expect("no panic").clone();
    (problem, server.heard().len(), waits)
}

fn embed(model: &RemoteModel, texts: &[&str]) -> Result<Vec<f32>, Error> {
    let inputs: Vec<Input<'_>> = texts.iter().copied().map(Input::Text).collect();
    Ok(model.embed(&inputs, Role::Document)?.iter().map(|row| row[0]).collect())
}

#[test]
fn texts_go_in_requests_it_takes_and_come_back_in_order() {
    let (server, url) = serve(|_, _| Say::Vectors(3));
    let model = loaded(&url);
    assert_eq!((model.about().dim, model.about().recipe["model"].as_str()), (3, Some("m")));
    assert_eq!(embed(&model, &["12345", "1", "123", "", "12"]).expect("embedded"), [5.0, 1.0, 3.0, 1.0, 2.0]);
    let heard = server.heard();
    assert_eq!(heard.len(), 4, "a trial, and five texts by two");
    for request in &heard {
        assert_eq!((request.path.as_str(), &request.body["model"]), ("/v1/embeddings", &json!("m")));
        assert_eq!(request.authorization.as_deref(), Some("Bearer sk-secret"));
        assert!(request.body["input"].as_array().is_some_and(|texts| (1..=2).contains(&texts.len())));
    }
}

#[test]
fn fewer_numbers_and_a_prompt_are_asked_for() {
    let (server, url) = serve(|_, request| Say::Vectors(request.body["dimensions"].as_u64().unwrap_or(9) as usize));
    let wishes = Overrides { dimensions: Some(4), prompt: Some("p: ".into()), ..Overrides::default() };
    let model = model(&url, &wishes).0.expect("answers");
    assert_eq!(model.about().dim, 4);
    assert_eq!(embed(&model, &["a"]).expect("embedded"), [4.0]);
    assert_eq!(server.heard()[1].body["input"], json!(["p: a"]));
}

#[test]
fn too_many_requests_are_waited_out_as_long_as_it_says() {
    let (server, url) = serve(|number, _| match number {
        2 => Say::Status(429, "Retry-After: 7\r\n", json!({"error": {"message": "slow down"}}).to_string()),
        3 => Say::Status(503, "", String::new()),
        _ => Say::Vectors(2),
    });
    let (model, waits) = model(&url, &Overrides::default());
    assert_eq!(embed(&model.expect("answers"), &["ab"]).expect("embedded"), [2.0]);
    assert_eq!(*waits.lock().expect("no panic"), [Duration::from_secs(7), Duration::from_secs(14)]);
    assert_eq!(server.heard().len(), 4);
}

#[test]
fn a_server_in_trouble_is_given_up_after_longer_and_longer_waits() {
    let (problem, asked, waits) = refused(|| Say::Status(500, "", "<html>".into()), Some("k"));
    assert!(problem.contains("status 500"), "{problem}");
    assert_eq!((asked, waits.len()), (6, 5));
    assert!(waits.windows(2).all(|pair| pair[1] == pair[0] * 2), "{waits:?}");
    let (problem, asked, _) = refused(|| Say::Status(429, "Retry-After: 3600\r\n", String::new()), Some("k"));
    assert!(problem.contains("too many requests") && asked == 1, "an hour is too long: {problem}");
}

#[test]
fn a_key_that_is_missing_or_wrong_is_said_at_once_and_never_quoted() {
    let wrong = || Say::Status(401, "", json!({"error": {"message": "Incorrect key sk-secret"}}).to_string());
    let (problem, asked, _) = refused(wrong, Some("sk-secret"));
    assert_eq!((problem.as_str(), asked), ("mine:m refused the key", 1));
    let (problem, ..) = refused(wrong, None);
    assert!(problem.contains("MINE_KEY") && problem.contains("models key mine"), "{problem}");
    let quoting = || Say::Status(418, "", json!({"error": "no tea for sk-secret"}).to_string());
    let (problem, ..) = refused(quoting, Some("sk-secret"));
    assert!(problem.contains("no tea for …") && !problem.contains("secret"), "{problem}");
    let broke = || Say::Status(429, "", json!({"error": {"message": "You exceeded your current quota"}}).to_string());
    assert_eq!(refused(broke, Some("k")).1, 1, "waiting does not help");
}

#[test]
fn answers_that_make_no_sense_are_said() {
    for (body, words) in [
        ("hello", "no JSON"),
        ("{}", "no list"),
        (r#"{"data": []}"#, "0 vectors for 1 texts"),
        (r#"{"data": [{"embedding": ["a"]}]}"#, "not made of numbers"),
    ] {
        let (problem, ..) = refused(move || Say::Status(200, "", body.into()), Some("k"));
        assert!(problem.contains(words), "{problem}");
    }
    let (problem, asked, _) = refused(|| Say::Status(404, "", json!({"message": "no such model"}).to_string()), None);
    assert!(problem.contains("does not have it: no such model") && asked == 1, "{problem}");
    let elsewhere = || Say::Status(307, "Location: http://127.0.0.1:9/\r\n", String::new());
    assert!(refused(elsewhere, Some("k")).0.contains("status 307"));
}

#[test]
fn a_vector_of_another_length_ends_the_work() {
    let (_, url) = serve(|number, _| Say::Vectors(if number == 1 { 3 } else { 2 }));
    let error = embed(&loaded(&url), &["a"]).expect_err("two lengths");
    assert_eq!(error.to_string(), "mine:m answered with 2 numbers instead of 3");
    let (_, url) = serve(|_, _| Say::Vectors(3));
    let wishes = Overrides { dimensions: Some(2), ..Overrides::default() };
    let Err(error) = model(&url, &wishes).0 else { panic!("its wish was not granted") };
    assert!(error.to_string().contains("3 numbers instead of 2"), "{error}");
}

#[test]
fn texts_it_refuses_are_told_from_a_provider_that_fails() {
    let (_, url) = serve(|number, _| match number {
        1 => Say::Vectors(2),
        _ => Say::Status(400, "", json!({"error": {"message": "input too long"}}).to_string()),
    });
    let error = embed(&loaded(&url), &["a"]).expect_err("refused");
    assert!(matches!(&error, Error::Input { what, .. } if what.contains("input too long")), "{error:?}");
}

#[test]
fn a_silent_server_and_none_at_all_are_given_up() {
    let (problem, asked, _) = refused(|| Say::Silence, Some("k"));
    assert!(problem.contains("does not answer") && asked == 6, "{problem} after {asked}");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|closed| closed.local_addr()).expect("a port now closed");
    let (line, waits) = line(&format!("http://{port}"), None);
    let refusal = line.ask(&format!("http://{port}"), &json!({})).expect_err("nobody listens");
    assert!(matches!(&refusal, Refusal::Service(problem) if problem.contains("is the server running?")), "{refusal:?}");
    assert!(waits.lock().expect("no panic").is_empty());
}

#[test]
fn nothing_is_sent_elsewhere_before_it_is_allowed() {
    let own =
        ProviderSettings { name: "far".into(), url: Some("https://example.invalid".into()), ..Default::default() };
    let providers = Providers::with(&[own]).expect("fine");
    let far = providers.find("far").expect("there");
    let Err(refused) = RemoteModel::load("far:m", far, "m", None, &Overrides::default()) else { panic!("sent") };
    assert!(matches!(&refused, Error::NotAllowed { host, .. } if host == "example.invalid"), "{refused:?}");
}
