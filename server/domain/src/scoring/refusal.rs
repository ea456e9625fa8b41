//! Why nothing was scored: which document, where in it, and what is wrong there.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One of the two documents that a score is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Document {
    /// The scoring policy.
    Policy,
    /// The profile, questions, overrides and certificates that the policy is applied to.
    Input,
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Policy => "policy",
            Self::Input => "input",
        })
    }
}

/// A document that cannot be scored. The first fault found is the one that is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The document at fault. A fault between the two (a profile with a factor that the policy does not have) is
    /// the input's.
    pub document: Document,
    /// JSON Pointer (RFC 6901) of the place; that of the absent member where one is missing; empty for the whole
    /// document.
    pub pointer: String,
    /// What is wrong there, and what is allowed instead.
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pointer.is_empty() {
            write!(f, "{}: {}", self.document, self.reason)
        } else {
            write!(f, "{} {}: {}", self.document, self.pointer, self.reason)
        }
    }
}

impl std::error::Error for Refusal {}
