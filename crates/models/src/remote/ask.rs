//! One question to a provider and its answer, asked again where waiting helps.
//!
//! Too many requests, a server in trouble and a broken connection are waited out: as long as `Retry-After` says, else twice as
//! long each time. Redirections are not followed, for they could carry texts elsewhere. Deliberately absent: what is asked.

use std::time::{Duration, SystemTime};

use serde_json::Value;
use ureq::http::HeaderMap;
use ureq::{Agent, Body, http::Response};

use super::keys::Key;
use super::provider::Provider;

/// How often a question is asked again.
const AGAIN: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Who wants us to wait longer than this is not waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(120);
/// The largest answer that is read.
const MOST_BYTES: u64 = 256 << 20;
/// Letters of a provider's own words that are passed on.
const QUOTED: usize = 200;

/// A way to a provider.
pub(super) struct Line {
    agent: Agent,
    provider: Provider,
    key: Option<Key>,
    /// Passes the time; a test's does not.
    wait: Box<dyn Fn(Duration) + Send + Sync>,
}

/// Why there is no answer.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// These texts were refused; others may not be.
    Texts(String),
    /// The provider cannot be asked now.
    Service(String),
}

impl Line {
    pub(super) fn new(provider: Provider, key: Option<Key>) -> Self {
        Self::waiting(provider, key, PATIENCE, Box::new(std::thread::sleep))
    }

    pub(super) fn waiting(
        provider: Provider,
        key: Option<Key>,
        patience: Duration,
        wait: Box<dyn Fn(Duration) + Send + Sync>,
    ) -> Self {
        let mut config = Agent::config_builder()
            .timeout_global(Some(patience))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false);
        if provider.leaves_for().is_none() {
            config = config.proxy(None);
        }
        Self { agent: config.build().into(), provider, key, wait }
    }

    pub(super) fn provider(&self) -> &Provider {
        &self.provider
    }

    /// The answer to a question asked at an address.
    pub(super) fn ask(&self, address: &str, question: &Value) -> Result<Value, Refusal> {
        let body = question.to_string();
        let mut wait = FIRST_WAIT;
        for left in (0..=AGAIN).rev() {
            let problem = match self.send(address, &body) {
                Ok(response) => match self.look(response)? {
                    Ok(reply) => return Ok(reply),
                    Err(Trouble { problem, again }) => {
                        wait = again.unwrap_or(wait);
                        problem
                    }
                },
                Err(error) if is_hopeless(&error) => return Err(Refusal::Service(self.unreached(&error))),
                Err(error) => self.unreached(&error),
            };
            if left == 0 || wait > LONGEST_WAIT {
                return Err(Refusal::Service(problem));
            }
            (self.wait)(wait);
            wait *= 2;
        }
        Err(Refusal::Service("was never asked".into()))
    }

    fn send(&self, address: &str, body: &str) -> Result<Response<Body>, ureq::Error> {
        let mut request = self.agent.post(address).header("Content-Type", "application/json");
        if let Some(key) = &self.key {
            request = request.header("Authorization", format!("Bearer {}", key.reveal()));
        }
        request.send(body)
    }

    /// The answer, or trouble that may pass.
    fn look(&self, mut response: Response<Body>) -> Result<Result<Value, Trouble>, Refusal> {
        let status = response.status().as_u16();
        let again = retry_after(response.headers(), SystemTime::now());
        let bytes = match response.body_mut().with_config().limit(MOST_BYTES).read_to_vec() {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(Trouble { problem: self.unreached(&error), again })),
        };
        let reply = serde_json::from_slice::<Value>(&bytes);
        let said = reply.as_ref().map_or(String::new(), |reply| self.quoted(reply));
        let service = |problem: String| Err(Refusal::Service(problem));
        match status {
            200..300 => match reply {
                Ok(reply) => Ok(Ok(reply)),
                Err(_) => service("answered something that is no JSON".into()),
            },
            // What is said here may quote the key.
            401 | 403 => match (&self.key, &self.provider.key) {
                (Some(_), _) => service("refused the key".into()),
                (None, Some(variable)) => {
                    let name = &self.provider.name;
                    service(format!("wants a key; set {variable}, or keep one with `embedscope-cli models key {name}`"))
                }
                (None, None) => service("wants a key, and its settings name no variable for one".into()),
            },
            429 if said.contains("quota") => service(format!("has no quota left for you{said}")),
            408 | 429 | 500..600 => {
                let problem = match status {
                    429 => format!("has had too many requests{said}"),
                    _ => format!("is in trouble (status {status}){said}"),
                };
                Ok(Err(Trouble { problem, again }))
            }
            400 | 413 | 422 => Err(Refusal::Texts(format!("was refused{said}"))),
            404 => service(format!("does not have it{said}")),
            _ => service(format!("answered with status {status}{said}")),
        }
    }

    fn unreached(&self, error: &ureq::Error) -> String {
        match (error, self.provider.leaves_for()) {
            (ureq::Error::Timeout(_), _) => "does not answer".into(),
            (_, None) => format!("could not be reached at {} ({error}); is the server running?", self.provider.url),
            (_, Some(host)) => format!("could not be reached at {host} ({error})"),
        }
    }

    /// What an answer says went wrong, after a colon, without the key.
    fn quoted(&self, reply: &Value) -> String {
        let places = ["/error/message", "/error", "/message", "/detail", "/detail/0/msg", "/0/error/message"];
        let said = places.iter().find_map(|place| reply.pointer(place)?.as_str());
        let Some(said) = said.map(str::trim).filter(|said| !said.is_empty()) else { return String::new() };
        let said = match &self.key {
            Some(key) => said.replace(key.reveal(), "…"),
            None => said.into(),
        };
        let short: String = said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(QUOTED).collect();
        format!(": {short}")
    }
}

/// What waiting may help.
struct Trouble {
    problem: String,
    again: Option<Duration>,
}

/// Whether waiting does not help: nobody listens, or there is no such place.
fn is_hopeless(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Io(problem) => problem.kind() == std::io::ErrorKind::ConnectionRefused,
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::BadUri(_)
        | ureq::Error::Tls(_)
        | ureq::Error::Rustls(_) => true,
        _ => false,
    }
}

/// How long to wait, in seconds or until a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let told = headers.get("retry-after")?.to_str().ok()?.trim();
    match told.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => Some(httpdate::parse_http_date(told).ok()?.duration_since(now).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_seconds_or_as_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").expect("a date");
        let told = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", value.parse().expect("a header"));
            retry_after(&headers, now)
        };
        assert_eq!(told("7"), Some(Duration::from_secs(7)));
        assert_eq!(told("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(told("Sun, 06 Nov 1994 08:49:40 GMT"), Some(Duration::from_secs(3)));
        assert_eq!(told("Sun, 06 Nov 1994 08:49:30 GMT"), Some(Duration::ZERO));
        assert_eq!((told("soon"), told("-1")), (None, None));
    }
}
