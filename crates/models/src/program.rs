//! An embedder that is a program of the user's own, spoken to in lines of JSON over its input and output.
//!
//! The protocol is in `docs/models.md`. A program that says what it should not, gives vectors of another length, is silent for
//! too long or ends is killed, and the next question starts it again. Deliberately absent: pictures.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ChildStdin, ChildStdout, Command};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use embedscope_apart::{Life, Process};
use embedscope_space::Vectors;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::text::finished;
use crate::{About, Anatomy, Embedder, Error, Input, Kind, Role, Similarity};

/// A program, as the user's settings name it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// What it is called: `program:NAME` is the model.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// The longest time it may think about one question.
    #[serde(default = "a_minute")]
    pub seconds: f64,
}

fn a_minute() -> f64 {
    60.0
}

/// The longest line that is read.
const MOST_BYTES: u64 = 256 << 20;
/// Texts in one line.
const AT_A_TIME: usize = 64;
/// Letters of what it said that are passed on.
const QUOTED: usize = 200;

/// What a program says of itself.
#[derive(Deserialize)]
struct Described {
    dim: usize,
    max_tokens: Option<usize>,
    #[serde(default)]
    similarity: Similarity,
    /// Whatever changes when its vectors do.
    #[serde(default)]
    version: Value,
}

/// An embedder whose program is started when it is needed.
pub(crate) struct Running {
    about: About,
    program: Program,
    talk: Mutex<Option<Talk>>,
}

/// A process, and what it says line by line.
struct Talk {
    life: Life,
    input: ChildStdin,
    lines: Receiver<Vec<u8>>,
}

impl Running {
    /// Starts a program and asks it what it is. `id` is the name it is asked for by.
    pub(crate) fn start(id: &str, program: &Program) -> Result<Self, Error> {
        let failed = |problem: String| Error::Remote { id: id.into(), problem };
        let talk = Talk::start(program).map_err(failed)?;
        let (reply, talk) = talk.ask(&json!({ "describe": true }), program).map_err(failed)?;
        let described: Described = serde_json::from_value(reply)
            .map_err(|problem| failed(format!("did not describe itself as it should ({problem}) and was ended")))?;
        if !(1..=1 << 16).contains(&described.dim) {
            return Err(failed(format!("says its vectors have {} numbers and was ended", described.dim)));
        }
        let about = About {
            id: id.into(),
            kinds: vec![Kind::Text],
            dim: described.dim,
            max_tokens: described.max_tokens,
            similarity: described.similarity,
            device: "a program of your own".into(),
            recipe: json!({ "command": program.command, "dimensions": described.dim, "version": described.version }),
        };
        Ok(Self { about, program: program.clone(), talk: Mutex::new(Some(talk)) })
    }

    fn talk(&self) -> MutexGuard<'_, Option<Talk>> {
        self.talk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The vectors of texts that go in one line.
    fn rows(&self, texts: &[&str], role: Role) -> Result<Vec<f32>, Error> {
        let failed = |problem: String| Error::Remote { id: self.about.id.clone(), problem };
        let mut held = self.talk();
        // Taken out: it goes back only if it behaved.
        let talk = match held.take() {
            Some(talk) => talk,
            None => Talk::start(&self.program).map_err(failed)?,
        };
        let role = if role == Role::Query { "query" } else { "document" };
        let (reply, talk) = talk.ask(&json!({ "texts": texts, "role": role }), &self.program).map_err(failed)?;
        if let Some(refused) = reply["error"].as_str() {
            let what = format!("what it was given: {}", quoted(refused));
            *held = Some(talk);
            return Err(Error::Input { id: self.about.id.clone(), what });
        }
        let rows: Vec<Vec<f32>> = serde_json::from_value(reply["vectors"].clone())
            .map_err(|problem| failed(format!("answered without vectors ({problem}) and was ended")))?;
        if rows.len() != texts.len() {
            return Err(failed(format!("answered {} vectors for {} texts and was ended", rows.len(), texts.len())));
        }
        if let Some(row) = rows.iter().find(|row| row.len() != self.about.dim) {
            let problem = format!("gave {} numbers instead of {} and was ended", row.len(), self.about.dim);
            return Err(failed(problem));
        }
        *held = Some(talk);
        Ok(rows.concat())
    }
}

impl Embedder for Running {
    fn about(&self) -> &About {
        &self.about
    }

    fn count_tokens(&self, text: &str) -> usize {
        embedscope_words::words(text).count().max(1)
    }

    fn embed(&self, inputs: &[Input<'_>], role: Role) -> Result<Vectors, Error> {
        let texts = inputs.iter().map(|input| match input {
            Input::Text(text) => Ok(*text),
            Input::Image(_) => Err(Error::Input { id: self.about.id.clone(), what: "a picture".into() }),
        });
        let texts: Vec<&str> = texts.collect::<Result<_, _>>()?;
        let mut rows = Vec::with_capacity(texts.len() * self.about.dim);
        for some in texts.chunks(AT_A_TIME) {
            rows.extend(self.rows(some, role)?);
        }
        finished(rows, &self.about)
    }

    fn explain(&self, _text: &str) -> Result<Anatomy, Error> {
        let problem = "does not say what happens to a text on its way".into();
        Err(Error::Remote { id: self.about.id.clone(), problem })
    }
}

impl Talk {
    fn start(program: &Program) -> Result<Self, String> {
        let Some((name, arguments)) = program.command.split_first() else {
            return Err("has no command in the settings".into());
        };
        let Process { life, input, output } = Process::start(Command::new(name).args(arguments))
            .map_err(|problem| format!("could not be started: {name}: {problem}"))?;
        Ok(Self { life, input, lines: lines(output) })
    }

    /// The answer to one line, and the talk to go on with; or in words what it did instead.
    fn ask(mut self, question: &Value, program: &Program) -> Result<(Value, Self), String> {
        // A program that has ended says so by its silence.
        let _ = writeln!(self.input, "{question}").and_then(|()| self.input.flush());
        let patience = Duration::try_from_secs_f64(program.seconds).unwrap_or(Duration::MAX);
        let line = match self.lines.recv_timeout(patience) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => {
                let complaint = self.life.complaint();
                return Err(format!("said nothing for {} seconds and was ended{complaint}", program.seconds));
            }
            Err(RecvTimeoutError::Disconnected) => return Err(format!("has ended{}", self.life.last_words())),
        };
        let reply = serde_json::from_slice(&line).map_err(|_| {
            let said = quoted(&String::from_utf8_lossy(&line));
            format!("said what is no JSON and was ended: {said}")
        })?;
        Ok((reply, self))
    }
}

/// The lines of a stream, as they come.
fn lines(mut output: BufReader<ChildStdout>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        loop {
            let mut line = Vec::new();
            match (&mut output).take(MOST_BYTES).read_until(b'\n', &mut line) {
                Ok(1..) if sender.send(line).is_ok() => {}
                _ => break,
            }
        }
    });
    receiver
}

fn quoted(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(QUOTED).collect()
}

#[cfg(all(test, unix))]
mod tests;
