//! From what a form, a cell or JSON gives to a [`Reply`], or to located problems.

use super::{Reply, iso_date};
use crate::problem::Problem;
use crate::questionnaire::{Choice, Column, Kind, Question};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How long texts may be, in characters.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// A text answer, unless its question says less.
    pub text: usize,
    /// A comment, or a reason.
    pub comment: usize,
    /// A cell of a table.
    pub cell: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { text: 10_000, comment: 5_000, cell: 1_000 }
    }
}

/// Checks a reply against its question: kind, options, bounds, lengths.
///
/// # Errors
/// The first problem, located at the question's id (and the row and column of a table).
pub fn parse(question: &Question, reply: Reply, limits: &Limits) -> Result<Reply, Problem> {
    let at = |code: &str| Problem::new(question.id.clone(), code);
    match (reply, &question.kind) {
        (Reply::NotApplicable { reason }, _) => {
            if !question.may_be_na {
                return Err(at("not-applicable-not-offered"));
            }
            let reason = text_within(&question.id, &reason, limits.comment)?;
            reason.map(|reason| Reply::NotApplicable { reason }).ok_or_else(|| at("reason-required"))
        }
        (Reply::Declined { reason }, _) => {
            if !question.may_decline {
                return Err(at("declining-not-offered"));
            }
            let reason = reason.map_or(Ok(None), |r| text_within(&question.id, &r, limits.comment))?;
            Ok(Reply::Declined { reason })
        }
        (Reply::Choice { option }, Kind::Single { options }) => {
            if options.iter().any(|o| o.id == option) {
                Ok(Reply::Choice { option })
            } else {
                Err(at("not-an-option").with("given", short(&option)))
            }
        }
        (Reply::Choices { options: chosen }, Kind::Multiple { options }) => {
            if chosen.is_empty() {
                return Err(at("required"));
            }
            if let Some(stranger) = chosen.iter().find(|id| !options.iter().any(|o| o.id == **id)) {
                return Err(at("not-an-option").with("given", short(stranger)));
            }
            match options.iter().find(|o| o.exclusive && chosen.contains(&o.id)) {
                Some(alone) if chosen.len() > 1 => Err(at("not-beside-others").with("given", short(&alone.label))),
                _ => Ok(Reply::Choices { options: chosen }),
            }
        }
        (Reply::Text { text }, Kind::Text { max_length, .. } | Kind::LongText { max_length, .. }) => {
            let most = max_length.map_or(limits.text, |m| (m as usize).min(limits.text));
            text_within(&question.id, &text, most)?.map(|text| Reply::Text { text }).ok_or_else(|| at("required"))
        }
        (Reply::Number { number }, Kind::Number { min, max, .. }) => {
            if !number.is_finite() {
                return Err(at("not-a-number"));
            }
            if let Some(min) = min.filter(|min| number < *min) {
                return Err(at("too-small").with("least", min));
            }
            if let Some(max) = max.filter(|max| number > *max) {
                return Err(at("too-large").with("most", max));
            }
            Ok(Reply::Number { number })
        }
        (Reply::Date { date }, Kind::Date { .. }) => {
            if (1900..=2200).contains(&date.year()) {
                Ok(Reply::Date { date })
            } else {
                Err(at("date-out-of-range"))
            }
        }
        (Reply::Url { url }, Kind::Url { .. }) => {
            let url = text_within(&question.id, &url, 2_000)?.ok_or_else(|| at("required"))?;
            if is_web_address(&url) { Ok(Reply::Url { url }) } else { Err(at("not-a-web-address")) }
        }
        (Reply::File, Kind::File { .. }) => Ok(Reply::File),
        (Reply::Table { rows }, Kind::Table { columns, max_rows, .. }) => {
            table(question, rows, columns, *max_rows as usize, limits)
        }
        _ => Err(at("wrong-kind-of-answer").with("expected", question.kind.name())),
    }
}

/// Reads a reply from one piece of text, as a cell or a form field gives it; `None` when it is blank.
///
/// Options are recognised by id or by label, ignoring case and outer blanks; several are separated by `;` or a new line.
///
/// # Errors
/// The problem, located at the question's id.
pub fn from_text(question: &Question, text: &str, limits: &Limits) -> Result<Option<Reply>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let at = |code: &str| Problem::new(question.id.clone(), code).with("given", short(text));
    let reply = match &question.kind {
        Kind::Single { options } => {
            Reply::Choice { option: option(options, text).ok_or_else(|| at("not-an-option"))?.id.clone() }
        }
        Kind::Multiple { options } => {
            let mut chosen = BTreeSet::new();
            match option(options, text) {
                Some(whole) => {
                    chosen.insert(whole.id.clone());
                }
                None => {
                    for part in text.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
                        chosen.insert(option(options, part).ok_or_else(|| at("not-an-option"))?.id.clone());
                    }
                }
            }
            Reply::Choices { options: chosen }
        }
        Kind::Text { .. } | Kind::LongText { .. } => Reply::Text { text: text.to_owned() },
        Kind::Number { .. } => Reply::Number { number: text.parse().map_err(|_| at("not-a-number"))? },
        Kind::Date { .. } => Reply::Date { date: iso_date::read(text).map_err(|_| at("not-a-date"))? },
        Kind::Url { .. } => Reply::Url { url: text.to_owned() },
        Kind::File { .. } => return Err(at("attach-a-file")),
        Kind::Table { .. } => return Err(at("table-has-its-own-place")),
    };
    parse(question, reply, limits).map(Some)
}

fn table(
    question: &Question,
    rows: Vec<BTreeMap<String, String>>,
    columns: &[Column],
    max_rows: usize,
    limits: &Limits,
) -> Result<Reply, Problem> {
    let mut kept = Vec::new();
    for (n, row) in rows.into_iter().enumerate() {
        let row = parse_row(&format!("{}[{}]", question.id, n + 1), columns, row, limits)?;
        kept.extend(row);
    }
    if kept.is_empty() {
        return Err(Problem::new(question.id.clone(), "required"));
    }
    if kept.len() > max_rows {
        return Err(Problem::new(question.id.clone(), "too-many-rows").with("most", max_rows));
    }
    Ok(Reply::Table { rows: kept })
}

/// Checks one row of a table; `None` when all its cells are blank. Entries of a column with options become option ids.
///
/// # Errors
/// The first problem, located at `at.column`.
pub fn parse_row(
    at: &str,
    columns: &[Column],
    mut row: BTreeMap<String, String>,
    limits: &Limits,
) -> Result<Option<BTreeMap<String, String>>, Problem> {
    row.retain(|_, cell| !cell.trim().is_empty());
    if row.is_empty() {
        return Ok(None);
    }
    let mut kept = BTreeMap::new();
    let mut missing = Vec::new();
    for column in columns {
        let place = format!("{at}.{}", column.id);
        match row.remove(&column.id) {
            None if column.required => missing.push(column),
            None => {}
            Some(cell) => {
                let cell = text_within(&place, &cell, limits.cell)?.unwrap_or_default();
                let cell = if column.options.is_empty() {
                    cell
                } else {
                    option(&column.options, &cell)
                        .ok_or_else(|| Problem::new(place, "not-an-option").with("given", short(&cell)))?
                        .id
                        .clone()
                };
                kept.insert(column.id.clone(), cell);
            }
        }
    }
    // A cell is wanted only in rows in which its column is asked, which the other cells decide.
    if let Some(column) = missing.iter().find(|c| c.show_if.as_ref().is_none_or(|condition| condition.holds_in(&kept)))
    {
        return Err(Problem::new(format!("{at}.{}", column.id), "required"));
    }
    match row.keys().next() {
        Some(stranger) => Err(Problem::new(format!("{at}.{}", short(stranger)), "unknown-column")),
        None => Ok(Some(kept)),
    }
}

/// The option that a text names, by id or label.
fn option<'a>(options: &'a [Choice], text: &str) -> Option<&'a Choice> {
    let folded = fold(text);
    options
        .iter()
        .find(|o| o.id == text)
        .or_else(|| options.iter().find(|o| fold(&o.label) == folded || fold(&o.id) == folded))
}

/// Lower case, blanks of any width and number made one.
fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn text_within(at: &str, text: &str, most: usize) -> Result<Option<String>, Problem> {
    let text = text.trim().replace("\r\n", "\n");
    if let Some(bad) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(Problem::new(at, "control-character").with("code", format!("U+{:04X}", u32::from(bad))));
    }
    let length = text.chars().count();
    if length > most {
        return Err(Problem::new(at, "too-long").with("most", most).with("given", length));
    }
    Ok((!text.is_empty()).then_some(text))
}

fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && host.contains('.') && !url.chars().any(|c| c.is_whitespace() || c.is_control())
    })
}

/// The beginning of a stranger's text, for a message.
fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
