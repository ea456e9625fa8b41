//! Why something was not done: the one error of actions, pages and the API.
//!
//! Failing code says what happened; `web::failure` alone decides how it looks.

use domain::assessment::NotNow;
use domain::problem::{Problem, Problems};
use sea_orm::DbErr;
use std::fmt;

/// Why something was not done.
#[derive(Debug)]
pub enum AppError {
    /// There is no such thing, or none that the caller may know of.
    NotFound,
    /// Nobody is signed in, or the link no longer works.
    Unauthenticated,
    /// The caller's role does not allow it.
    Forbidden,
    /// Nobody judges what they did themselves; a stable code for what that is.
    OwnWork(&'static str),
    /// The input is wrong, in the places named.
    Invalid(Problems),
    /// Somebody else changed it meanwhile; what stands there now, as JSON for the caller.
    Changed(serde_json::Value),
    /// Not possible in the state that the thing is in; a stable code.
    NotNow(&'static str),
    /// The request repeats another one's idempotency key with another content.
    KeyReused,
    /// More bytes than are accepted.
    TooLarge {
        /// What was too large.
        what: &'static str,
        /// The limit, in bytes.
        most: u64,
    },
    /// Too many requests; try again after so many seconds.
    TooMany {
        /// Seconds.
        retry_after: u64,
    },
    /// The disk, or what is allowed of it, is full.
    StorageFull,
    /// The database did not get to it in time; the same request may work in a moment.
    Busy,
    /// The search engine cannot be used just now; the reason is for the operator.
    SearchDown(String),
    /// What was published stands otherwise in the database: somebody changed it behind the product's back.
    NotAsPublished {
        /// What it is called.
        title: String,
        /// Which version of it.
        number: i64,
        /// For the log: what to restore, and both hashes.
        details: String,
    },
    /// A defect, or a part of the world that does not work; the cause is logged, never shown.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

/// What an action gives.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

impl AppError {
    /// One problem with the input.
    pub fn invalid(problem: Problem) -> Self {
        Self::Invalid(Problems::one(problem))
    }

    /// A defect, from any error.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::Unauthenticated => f.write_str("not signed in"),
            Self::Forbidden => f.write_str("not allowed"),
            Self::OwnWork(what) => write!(f, "nobody judges their own work: {what}"),
            Self::Invalid(problems) => write!(f, "invalid input: {problems}"),
            Self::Changed(_) => f.write_str("changed by somebody else meanwhile"),
            Self::NotNow(code) => write!(f, "not possible now: {code}"),
            Self::KeyReused => f.write_str("idempotency key used before with another request"),
            Self::TooLarge { what, most } => write!(f, "{what} is larger than {most} bytes"),
            Self::TooMany { retry_after } => write!(f, "too many requests; try again in {retry_after} s"),
            Self::StorageFull => f.write_str("storage is full"),
            Self::Busy => f.write_str("the database is busy"),
            Self::SearchDown(reason) => write!(f, "search does not work just now: {reason}"),
            Self::NotAsPublished { details, .. } => write!(f, "not as it was published: {details}"),
            Self::Internal(error) => write!(f, "internal error: {error}"),
        }
    }
}

impl std::error::Error for AppError {}

impl From<DbErr> for AppError {
    fn from(error: DbErr) -> Self {
        let text = error.to_string();
        if text.contains("database or disk is full") || text.contains("No space left on device") {
            Self::StorageFull
        } else if text.contains("database is locked")
            || text.contains("deadlock detected")
            || matches!(error, DbErr::ConnectionAcquire(_))
        {
            Self::Busy
        } else {
            Self::internal(error)
        }
    }
}

impl From<Problems> for AppError {
    fn from(problems: Problems) -> Self {
        Self::Invalid(problems)
    }
}

impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        Self::invalid(problem)
    }
}

impl From<NotNow> for AppError {
    fn from(refused: NotNow) -> Self {
        tracing::debug!(%refused, "event refused");
        Self::NotNow(refused.state.name())
    }
}

impl From<serde_json::Error> for AppError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

impl From<std::io::Error> for AppError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull { Self::StorageFull } else { Self::internal(error) }
    }
}
