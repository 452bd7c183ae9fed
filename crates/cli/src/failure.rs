//! Why a call did not lead to an answer: what, where, and what to do about it.
//!
//! Deliberately absent: failures of single files; those are listed and the rest goes on.

use std::fmt;

use clap::error::ErrorKind;
use embedscope_engine::models::Error as ModelError;
use embedscope_engine::space::Error as SpaceError;
use embedscope_engine::{Error, WorkspaceError};
use serde_json::{Value, json};

/// Exit status of work that failed.
const FAILED: u8 = 1;
/// Exit status of a call that makes no sense.
pub const WRONG_CALL: u8 = 2;

/// A failure as it is told.
#[derive(Debug)]
pub struct Failure {
    code: &'static str,
    message: String,
    hint: String,
    /// Every single thing that is wrong, where there may be many.
    details: Vec<String>,
    /// The exit status.
    pub exit: u8,
}

impl Failure {
    /// The call makes no sense.
    pub fn call(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: "bad_request", message: message.into(), hint: hint.into(), details: Vec::new(), exit: WRONG_CALL }
    }

    /// The work failed.
    pub fn work(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: "failed", message: message.into(), hint: hint.into(), details: Vec::new(), exit: FAILED }
    }

    /// The failure that another process of this program told in JSON.
    pub fn retold(error: &Value, exit: Option<i32>) -> Self {
        let word = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        match exit {
            Some(2) => Self::call(word("message"), word("hint")),
            _ => Self::work(word("message"), word("hint")),
        }
    }

    /// The failure as programs read it.
    pub fn to_json(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.message, "hint": self.hint });
        if !self.details.is_empty() {
            error["details"] = json!(self.details);
        }
        json!({ "error": error })
    }

    /// The failure with every single thing that is wrong, for programs.
    pub fn detailed(self, details: Vec<String>) -> Self {
        Self { details, ..self }
    }

    /// The failure under another code.
    pub fn coded(self, code: &'static str) -> Self {
        Self { code, ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.hint.is_empty() { "" } else { "; " };
        write!(f, "embedscope-cli: {}{end}{}", self.message, self.hint)
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Request(_) => Self::call(message, ""),
            Error::NotFound { .. } => Self::work(message, "").coded("not_found"),
            Error::Cancelled => Self::work(message, "").coded("cancelled"),
            Error::Model(problem) => problem.into(),
            Error::Space(problem) => problem.into(),
            Error::Workspace(problem) => problem.into(),
            Error::File { .. } => Self::work(message, "see that the path is right and may be used"),
            Error::Settings(_) | Error::Releases(_) => Self::work(message, ""),
            Error::Nothing(_) => Self::work(message, "name documents, tables or pictures"),
            Error::Fault(_) => Self::work(message, "please report it"),
        }
    }
}

impl From<&WorkspaceError> for Failure {
    fn from(error: &WorkspaceError) -> Self {
        let message = error.to_string();
        match error {
            // These say themselves what to do.
            WorkspaceError::InUse { .. } => Self::work(message, "").coded("in_use"),
            WorkspaceError::Damaged { .. } => Self::work(message, "").coded("damaged"),
            WorkspaceError::Full
            | WorkspaceError::ReadOnly
            | WorkspaceError::Newer { .. }
            | WorkspaceError::Older { .. } => Self::work(message, ""),
            WorkspaceError::Occupied { .. } => Self::call(message, ""),
            WorkspaceError::Absent { .. } => Self::call(message, "name a folder that --workspace made"),
            WorkspaceError::NotFound { .. } => Self::work(message, "").coded("not_found"),
            _ => Self::work(message, "see that the folder may be read and written"),
        }
    }
}

impl From<&ModelError> for Failure {
    fn from(error: &ModelError) -> Self {
        let message = error.to_string();
        match error {
            ModelError::Unknown { .. } => Self::call(message, "`embedscope-cli models` lists what there is"),
            ModelError::NotPresent { id } => {
                Self::work(message, format!("fetch it with `embedscope-cli models fetch {id}`")).coded("model_missing")
            }
            ModelError::Hub { place, .. } => {
                let by_hand = format!("connect, or put the model's folder at {}", place.display());
                Self::work(message, format!("{by_hand}; the built-in models need neither")).coded("network")
            }
            ModelError::Checksum { .. } => Self::work(message, "fetch the model again"),
            ModelError::Full { .. } => Self::work(message, "make room and fetch it again; what has arrived is kept"),
            ModelError::File { .. } => {
                let again = "a model of the hub is fetched anew after `embedscope-cli models delete`";
                Self::work(message, format!("choose another model with --model; {again}"))
            }
            ModelError::Input { .. } => Self::call(message, "choose a model for it with --model"),
            ModelError::NotAllowed { provider, .. } => {
                Self::work(message, format!("allow it with `embedscope-cli models allow {provider}`"))
                    .coded("not_allowed")
            }
            ModelError::Remote { .. } => Self::work(message, "see docs/models.md").coded("remote"),
            ModelError::Keyring { .. } => Self::work(message, ""),
            ModelError::Cancelled => Self::work(message, "").coded("cancelled"),
            _ => Self::work(message, "choose another model with --model"),
        }
    }
}

impl From<&SpaceError> for Failure {
    fn from(error: &SpaceError) -> Self {
        let message = error.to_string();
        match error {
            SpaceError::Parameter { .. } => Self::call(message, "see `--help` of the verb"),
            SpaceError::NotFinite { .. } => Self::work(message, "`embedscope-cli health` counts such rows"),
            SpaceError::Cancelled => Self::work(message, "").coded("cancelled"),
            _ => Self::work(message, "see that the files belong together"),
        }
    }
}

// By value as well, for `?`.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self::from(&error)
    }
}

impl From<SpaceError> for Failure {
    fn from(error: SpaceError) -> Self {
        Self::from(&error)
    }
}

impl From<clap::Error> for Failure {
    /// The first paragraph of what clap says, as one sentence.
    fn from(error: clap::Error) -> Self {
        let hint = "`embedscope-cli help` shows the verbs and their options";
        if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            return Self::call("no verb was named", hint);
        }
        let said = error.render().to_string();
        let paragraph = said.split("\n\n").next().unwrap_or_default();
        let words: Vec<&str> = paragraph.split_whitespace().collect();
        let sentence = words.join(" ");
        Self::call(sentence.strip_prefix("error: ").unwrap_or(&sentence), hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_sentence_and_one_object() {
        let failure = Failure::from(ModelError::NotPresent { id: "m".into() });
        assert_eq!(
            failure.to_string(),
            "embedscope-cli: m is not on this computer yet; fetch it with `embedscope-cli models fetch m`"
        );
        assert_eq!(failure.to_json()["error"]["code"], "model_missing");
        assert_eq!(failure.exit, 1);
    }

    #[test]
    fn a_wrong_number_is_a_wrong_call() {
        let wrong = SpaceError::Parameter { name: "k", expected: "at least 1".into(), found: "0".into() };
        assert_eq!(Failure::from(wrong).exit, 2);
    }
}
