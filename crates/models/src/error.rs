//! Why a model could not be found, loaded or run, in one sentence each.

use std::path::PathBuf;

/// What went wrong with a model.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody knows this model.
    #[error("no model is called “{id}”")]
    Unknown {
        /// The id asked for.
        id: String,
    },
    /// The model is known, but its files are not on this computer.
    #[error("{id} is not on this computer yet")]
    NotPresent {
        /// The model.
        id: String,
    },
    /// A file of the model cannot be read or says something impossible.
    #[error("{}: {problem}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The model asks for something this program does not do.
    #[error("{id} cannot be loaded: {problem}")]
    Unsupported {
        /// The model.
        id: String,
        /// The part that is not supported.
        problem: String,
    },
    /// The model was handed an input it cannot embed.
    #[error("{id} cannot embed {what}")]
    Input {
        /// The model.
        id: String,
        /// What was handed to it.
        what: String,
    },
    /// The hub could not be reached or refused.
    #[error("could not fetch {what}: {problem}")]
    Hub {
        /// The model or file.
        what: String,
        /// Why not.
        problem: String,
        /// Where the model's folder can be put by hand instead.
        place: PathBuf,
    },
    /// A download does not match its checksum.
    #[error("{what} is damaged: its checksum is not the expected one")]
    Checksum {
        /// The file.
        what: String,
    },
    /// The disk took no more.
    #[error("there is no room left on the disk for {what}")]
    Full {
        /// The file.
        what: String,
    },
    /// The computation failed.
    #[error("{id} failed while computing: {}", line(source))]
    Compute {
        /// The model.
        id: String,
        /// What candle said.
        source: candle_core::Error,
    },
    /// The memory of the graphics card is too small for what was handed over at once.
    #[error("{id} needs more memory than the graphics card has")]
    OutOfMemory {
        /// The model.
        id: String,
    },
    /// A provider or a program could not be asked, or did not answer as it should.
    #[error("{id} {problem}")]
    Remote {
        /// The model.
        id: String,
        /// What it did, or did not do.
        problem: String,
    },
    /// Texts would leave this computer, and the user has not allowed it.
    #[error("{id} would send texts to {host}, which nobody has allowed yet")]
    NotAllowed {
        /// The model.
        id: String,
        /// Who has it.
        provider: String,
        /// Where texts would go.
        host: String,
    },
    /// The system's keyring could not be used.
    #[error(
        "the key of {provider} could not be kept in the keyring of this system ({problem}); set {variable} instead"
    )]
    Keyring {
        /// Whose key it is.
        provider: String,
        /// The environment variable that serves as well.
        variable: String,
        /// Why not.
        problem: String,
    },
    /// The work was cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// What was said, without what follows its first line: candle adds how it came there, where the environment asks for that.
pub(crate) fn line(said: &impl ToString) -> String {
    said.to_string().lines().next().unwrap_or_default().to_owned()
}
