//! What can be wrong with numbers handed in: their shape, their values, the parameters.

/// Why a computation did not happen.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A matrix does not have the shape that was needed.
    #[error("expected {expected}, found {found}")]
    Shape {
        /// What was needed.
        expected: String,
        /// What was given.
        found: String,
    },
    /// There is too little data for the request.
    #[error("{what} needs at least {needed} rows, found {found}")]
    TooFew {
        /// The computation.
        what: &'static str,
        /// The least number of rows.
        needed: usize,
        /// The number given.
        found: usize,
    },
    /// A parameter is outside its range.
    #[error("{name} must be {expected}, found {found}")]
    Parameter {
        /// The parameter's name.
        name: &'static str,
        /// Its range in words.
        expected: String,
        /// The value given.
        found: String,
    },
    /// A value is NaN or infinite.
    #[error("row {row} holds a number that is not finite")]
    NotFinite {
        /// The first such row.
        row: usize,
    },
    /// An iteration that should settle did not.
    #[error("{what} did not converge")]
    NotConverged {
        /// The computation.
        what: &'static str,
    },
    /// The work was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    pub(crate) fn parameter(name: &'static str, expected: impl Into<String>, found: impl ToString) -> Self {
        Self::Parameter { name, expected: expected.into(), found: found.to_string() }
    }

    pub(crate) fn shape(expected: impl Into<String>, found: impl ToString) -> Self {
        Self::Shape { expected: expected.into(), found: found.to_string() }
    }
}
