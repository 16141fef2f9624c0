//! The crate's one error type.
//!
//! An error is for a request, option or file that cannot be understood. A request that does not fit
//! is not an error: it is a [`Verdict`](crate::Verdict) or an irreducible plan.

use serde::Serialize;

/// What went wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Error {
    /// Stable name of the kind of error.
    pub code: Code,
    /// The place, as a JavaScript-like path from the argument's root: `messages[3].content[0].text`. Empty for the root.
    pub path: String,
    /// What was found and what was expected, in one line.
    pub message: String,
    /// What the caller can do about it. May be empty.
    pub hint: String,
}

/// Stable kinds of [`Error`]; serialised in snake case, so that callers can match on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Code {
    /// A value has another type than the dialect allows.
    InvalidType,
    /// A value has the right type but is not allowed there.
    InvalidValue,
    /// A required field is absent.
    MissingField,
    /// A message has a role that the dialect does not know.
    UnknownRole,
    /// The model is in no catalogue and the options do not describe it.
    UnknownModel,
    /// The encoding's name is not known, or its vocabulary has not been loaded.
    UnknownEncoding,
    /// A vocabulary pack is damaged, truncated or of another version.
    CorruptPack,
    /// A tokenizer file needs something that this engine cannot do exactly.
    UnsupportedTokenizer,
    /// An option is out of range or contradicts another one.
    InvalidOption,
    /// The request's dialect is understood, but not for what was asked.
    UnsupportedDialect,
    /// A plan was made for another request, or was altered.
    PlanMismatch,
    /// A filled-in summary is empty, failed or larger than its slot.
    InvalidFill,
    /// A binding names a message that is no longer held; it sends the message again. Never seen by a user.
    Stale,
}

impl Error {
    /// An error of `code` at `path`.
    pub fn new(code: Code, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            path: path.into(),
            message: message.into(),
            hint: String::new(),
        }
    }

    /// The same error with advice for the caller.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl Code {
    /// The name under which the code is serialised.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidType => "invalid_type",
            Self::InvalidValue => "invalid_value",
            Self::MissingField => "missing_field",
            Self::UnknownRole => "unknown_role",
            Self::UnknownModel => "unknown_model",
            Self::UnknownEncoding => "unknown_encoding",
            Self::CorruptPack => "corrupt_pack",
            Self::UnsupportedTokenizer => "unsupported_tokenizer",
            Self::InvalidOption => "invalid_option",
            Self::UnsupportedDialect => "unsupported_dialect",
            Self::PlanMismatch => "plan_mismatch",
            Self::InvalidFill => "invalid_fill",
            Self::Stale => "stale",
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            code,
            path,
            message,
            hint,
        } = self;
        if path.is_empty() {
            write!(f, "{message} [{}]", code.as_str())?;
        } else {
            write!(f, "{path}: {message} [{}]", code.as_str())?;
        }
        if hint.is_empty() {
            Ok(())
        } else {
            write!(f, "; {hint}")
        }
    }
}

impl std::error::Error for Error {}

/// A result with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
