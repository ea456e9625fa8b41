//! What is wrong with a questionnaire before it is published.

mod reach;
mod report;
mod rules;
mod wording;

pub use report::{Coverage, Size, coverage, first_words, size};
pub(super) use rules::{folded, is_id};
pub use wording::{is_tag, remarks};

use super::{Authored, FORMAT};
use crate::problem::{Problem, Problems};
use serde_json::Value;
use std::collections::BTreeMap;

/// Most questions of a document: the longest that anybody asks has a third of them.
pub const MOST_QUESTIONS: usize = 3_000;

const QUESTION_KEYS: [&str; 19] = [
    "id",
    "text",
    "type",
    "required",
    "why",
    "help",
    "weight",
    "weight_reason",
    "controls",
    "clauses",
    "domain",
    "audience",
    "tags",
    "may_be_na",
    "may_decline",
    "evidence",
    "show_if",
    "poor_answer",
    "options",
];

/// What a document is held against beside itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Factors of the scoring policy with their values; conditions may name these alone.
    pub factors: Option<&'a BTreeMap<String, Vec<String>>>,
    /// Ids of the controls and clauses that exist.
    pub controls: Option<&'a [String]>,
}

/// Reads a document and checks it.
///
/// # Errors
/// Everything that is wrong, each located by a JSON Pointer or by the question's id.
pub fn read(json: &str) -> Result<Authored, Problems> {
    read_knowing(json, Known::default())
}

/// Reads a document and checks it, also against what else is known.
///
/// # Errors
/// Everything that is wrong, each located by a JSON Pointer or by the question's id.
pub fn read_knowing(json: &str, known: Known<'_>) -> Result<Authored, Problems> {
    let raw: Value = serde_json::from_str(json).map_err(|wrong| Problems::of_json("not-json", &wrong))?;
    if let Some(format) = raw["format"].as_str().filter(|format| *format != FORMAT) {
        let problem = Problem::new("/format", "unknown-format").with("expected", FORMAT);
        return Err(Problems::one(problem.with("given", format.chars().take(60).collect::<String>())));
    }
    let mut problems = unknown_keys(&raw);
    let document =
        serde_json::from_value(raw).map_err(|e| Problems::one(Problem::new("", "not-a-template").with("reason", e)))?;
    problems.extend(check(&document, known));
    Problems::none_or(problems, document)
}

/// Keys of questions that nothing reads: a misspelt key would otherwise be ignored without a word.
fn unknown_keys(raw: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let sections = raw["sections"].as_array().map_or(&[][..], Vec::as_slice);
    for (s, section) in sections.iter().enumerate() {
        for (q, question) in section["questions"].as_array().map_or(&[][..], Vec::as_slice).iter().enumerate() {
            let own: &[&str] = match question["type"].as_str() {
                Some("text" | "long_text") => &["given", "max_length"],
                Some("number") => &["min", "max", "unit", "ranges"],
                Some("date" | "url" | "file") => &["given"],
                Some("table") => &["columns", "max_rows", "feeds"],
                _ => &[],
            };
            let keys = question.as_object().map(|object| object.keys()).into_iter().flatten();
            for key in keys.filter(|key| !QUESTION_KEYS.contains(&key.as_str()) && !own.contains(&key.as_str())) {
                problems.push(Problem::new(format!("/sections/{s}/questions/{q}/{key}"), "unknown-key"));
            }
        }
    }
    problems
}

/// Everything that is wrong with a document.
pub fn check(document: &Authored, known: Known<'_>) -> Vec<Problem> {
    let mut problems = rules::check(document, known);
    problems.extend(wording::languages(document));
    // Whether a branch can be reached is asked only of conditions that make sense.
    if problems.is_empty() {
        problems.extend(reach::unreachable(document));
    }
    problems
}
