//! What is wrong with a questionnaire before it is published.

use super::{Choice, Document, FORMAT, Kind, Question};
use crate::problem::{Problem, Problems};
use crate::register::FIELDS;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const QUESTION_KEYS: [&str; 17] = [
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
    "tags",
    "may_be_na",
    "may_decline",
    "evidence",
    "show_if",
    "poor_answer",
    "options",
];

/// Reads a document and checks it.
///
/// # Errors
/// Everything that is wrong, each located by a JSON Pointer or by the question's id.
pub fn read(json: &str) -> Result<Document, Problems> {
    let raw: Value = serde_json::from_str(json).map_err(|e| {
        Problems::one(Problem::new(format!("line {}, column {}", e.line(), e.column()), "not-json").with("reason", e))
    })?;
    let document: Document = serde_json::from_value(raw.clone())
        .map_err(|e| Problems::one(Problem::new("", "not-a-template").with("reason", e)))?;
    let mut problems = unknown_keys(&raw);
    problems.extend(check(&document));
    Problems::none_or(problems, document)
}

/// Keys of questions that nothing reads: a misspelt key would otherwise be ignored without a word.
fn unknown_keys(raw: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let sections = raw["sections"].as_array().map_or(&[][..], Vec::as_slice);
    for (s, section) in sections.iter().enumerate() {
        for (q, question) in section["questions"].as_array().map_or(&[][..], Vec::as_slice).iter().enumerate() {
            let own: &[&str] = match question["type"].as_str() {
                Some("text") => &["given", "max_length"],
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
pub fn check(document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    if document.format != FORMAT {
        problems.push(Problem::new("/format", "unknown-format").with("expected", FORMAT));
    }
    for (at, text) in [("/key", &document.key), ("/title", &document.title), ("/language", &document.language)] {
        if text.trim().is_empty() {
            problems.push(Problem::new(at, "required"));
        }
    }
    if document.version == 0 {
        problems.push(Problem::new("/version", "too-small").with("least", 1));
    }
    if document.questions().next().is_none() {
        problems.push(Problem::new("/sections", "no-questions"));
    }
    let mut sections = BTreeSet::new();
    for (s, section) in document.sections.iter().enumerate() {
        if !is_id(&section.id) {
            problems.push(Problem::new(format!("/sections/{s}/id"), "not-an-id"));
        }
        if !sections.insert(&section.id) {
            problems.push(Problem::new(format!("/sections/{s}/id"), "duplicate").with("given", &section.id));
        }
    }
    let mut earlier: BTreeMap<&str, &Question> = BTreeMap::new();
    for question in document.questions() {
        check_question(question, &earlier, &mut problems);
        if earlier.insert(&question.id, question).is_some() {
            problems.push(Problem::new(question.id.clone(), "duplicate"));
        }
    }
    problems
}

fn check_question(question: &Question, earlier: &BTreeMap<&str, &Question>, problems: &mut Vec<Problem>) {
    let id = question.id.as_str();
    let mut found = |code: &str| problems.push(Problem::new(id, code));
    if !is_id(id) {
        found("not-an-id");
    }
    if question.text.trim().is_empty() {
        found("text-required");
    }
    if !(0.0..=10.0).contains(&question.weight) {
        found("weight-out-of-range");
    }
    if question.controls.iter().collect::<BTreeSet<_>>().len() != question.controls.len() {
        found("duplicate-control");
    }
    let in_range = |value: f64| (0.0..=1.0).contains(&value);
    let scored;
    match &question.kind {
        Kind::Single { options } | Kind::Multiple { options } => {
            if options.len() < 2 {
                found("too-few-options");
            }
            if !distinct(options) {
                found("duplicate-option");
            }
            if options.iter().any(|o| o.label.trim().is_empty() || !is_id(&o.id)) {
                found("option-without-id-or-label");
            }
            if !options.iter().filter_map(|o| o.value).all(in_range) {
                found("value-out-of-range");
            }
            scored = options.iter().all(|o| o.value.is_some());
        }
        Kind::Number { min, max, ranges, .. } => {
            if !ranges.iter().all(|r| in_range(r.value)) {
                found("value-out-of-range");
            }
            if let (Some(min), Some(max)) = (min, max)
                && min > max
            {
                found("bounds-crossed");
            }
            scored = !ranges.is_empty();
        }
        Kind::Text { given, .. } | Kind::Date { given } | Kind::Url { given } | Kind::File { given } => {
            if given.is_some_and(|value| !in_range(value)) {
                found("value-out-of-range");
            }
            scored = given.is_some();
        }
        Kind::Table { columns, max_rows, feeds } => {
            scored = false;
            let ids: BTreeSet<_> = columns.iter().map(|c| c.id.as_str()).collect();
            if columns.is_empty() || ids.len() != columns.len() || columns.iter().any(|c| !is_id(&c.id)) {
                found("columns-need-distinct-ids");
            }
            if *max_rows == 0 {
                found("too-few-rows");
            }
            if columns.iter().any(|c| !distinct(&c.options)) {
                found("duplicate-option");
            }
            if feeds.is_some() {
                for column in columns.iter().filter(|c| !FIELDS.iter().any(|field| field.id == c.id)) {
                    problems.push(Problem::new(format!("{id}.{}", column.id), "not-a-register-field"));
                }
            }
        }
    }
    if question.weight > 0.0 && !scored {
        problems.push(Problem::new(id, "weight-on-an-unscored-question"));
    }
    if question.weight > 0.0 && scored && question.best() == 0.0 {
        problems.push(Problem::new(id, "weight-without-effect"));
    }
    for (other, options) in question.show_if.iter().flat_map(|condition| condition.references()) {
        match earlier.get(other) {
            None => problems.push(Problem::new(id, "condition-on-no-earlier-question").with("given", other)),
            Some(other) => {
                for option in options.iter().filter(|o| !other.options().iter().any(|known| known.id == **o)) {
                    problems.push(
                        Problem::new(id, "condition-on-no-option").with("given", format!("{}={option}", other.id)),
                    );
                }
            }
        }
    }
}

fn distinct(options: &[Choice]) -> bool {
    options.iter().map(|o| o.id.as_str()).collect::<BTreeSet<_>>().len() == options.len()
        && options.iter().map(|o| o.label.trim().to_lowercase()).collect::<BTreeSet<_>>().len() == options.len()
}

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '&'))
}
