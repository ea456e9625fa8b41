//! What is wrong with an input, and where: the one shape in which bad input is refused.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// One thing that is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where: a field's name, a cell (`Answers!D14`) or a JSON Pointer. Empty when it is the whole input.
    pub at: String,
    /// A stable code that wording and scripts key on, such as `required` or `too-long`.
    pub code: String,
    /// Values that the wording needs, such as the limit that was passed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, String>,
}

impl Problem {
    /// A problem at a place.
    pub fn new(at: impl Into<String>, code: impl Into<String>) -> Self {
        Self { at: at.into(), code: code.into(), with: BTreeMap::new() }
    }

    /// The same problem with one more value for its wording.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.with.insert(name.into(), value.to_string());
        self
    }

    /// The same problem at another place.
    #[must_use]
    pub fn moved_to(mut self, at: impl Into<String>) -> Self {
        self.at = at.into();
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() {
            f.write_str(&self.code)?;
        } else {
            write!(f, "{}: {}", self.at, self.code)?;
        }
        for (name, value) in &self.with {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

/// Everything that is wrong with an input; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// A text that is no JSON, or JSON of another shape: `line 3, column 14`, and the reason in English.
    pub fn of_json(code: &str, wrong: &serde_json::Error) -> Self {
        let at = format!("line {}, column {}", wrong.line(), wrong.column());
        Self::one(Problem::new(at, code).with("reason", wrong))
    }

    /// One problem as the whole list.
    pub fn one(problem: Problem) -> Self {
        Self(vec![problem])
    }

    /// `value` when nothing was found wrong.
    ///
    /// # Errors
    /// The problems, when there are any.
    pub fn none_or<T>(problems: Vec<Problem>, value: T) -> Result<T, Self> {
        if problems.is_empty() { Ok(value) } else { Err(Self(problems)) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
