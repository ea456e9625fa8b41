//! Problems in words.

use crate::platform::wording::{ENGLISH, Wording};
use domain::problem::Problem;
use std::fmt::Display;

/// What a problem says to a person: the text of `problem.<code>`, with its values.
pub fn problem(wording: &Wording, problem: &Problem) -> String {
    let key = format!("problem.{}", problem.code);
    if !wording.knows(&key) {
        tracing::warn!(code = problem.code, "a problem without wording");
        return wording.text(ENGLISH, "problem.other", &[("code", &problem.code)]);
    }
    let values: Vec<(&str, &dyn Display)> = problem.with.iter().map(|(n, v)| (n.as_str(), v as &dyn Display)).collect();
    wording.text(ENGLISH, &key, &values)
}

/// Why something is not possible now, by the code of [`crate::error::AppError::NotNow`].
pub fn not_now(wording: &Wording, code: &str) -> String {
    let key = format!("failure.not-now.detail.{code}");
    wording.text(ENGLISH, if wording.knows(&key) { &key } else { "failure.not-now.detail" }, &[])
}
