//! Between a reply and what stands in its cells.

use super::words::AnswerWords;
use crate::answer::{Limits, Reply, from_text, iso_date, parse, parse_row};
use crate::problem::Problem;
use crate::questionnaire::{Choice, Column, Kind, Question};
use crate::sheet::grid::{Cell, CellValue, number_text};
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, Duration, Month};

/// A line that parts the reason of "not applicable" from a comment in the same cell.
const PART: &str = "---";

/// The option that a text in a cell names, as the portal would read it.
pub fn resolves(options: &[Choice], text: &str) -> Option<String> {
    let column = Column {
        id: "c".into(),
        label: String::new(),
        required: false,
        options: options.to_vec(),
        show_if: None,
        help: None,
    };
    let row = BTreeMap::from([("c".to_owned(), text.to_owned())]);
    parse_row("", &[column], row, &Limits::default()).ok()??.remove("c")
}

/// What stands in a cell for an option: its label, or its id where the label would be read as something else.
pub fn option_text<'a>(options: &[Choice], option: &'a Choice, several: bool) -> &'a str {
    let parts = several && option.label.contains([';', '\n']);
    if !parts && resolves(options, &option.label).as_ref() == Some(&option.id) { &option.label } else { &option.id }
}

/// The words that a question's cell can hold instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Specials<'a> {
    /// Where the question may not apply.
    pub not_applicable: Option<&'a str>,
    /// Where the vendor may decline.
    pub decline: Option<&'a str>,
}

/// The words that a question's cell can hold instead of an answer.
pub fn specials<'a>(question: &Question, words: &'a AnswerWords) -> Specials<'a> {
    let free = |word: &'a str, instead: &'a str| {
        if resolves_if_any(question.options(), word) { instead } else { word }
    };
    Specials {
        not_applicable: question.may_be_na.then(|| free(&words.not_applicable, &words.not_applicable_instead)),
        decline: question.may_decline.then(|| free(&words.decline, &words.decline_instead)),
    }
}

fn resolves_if_any(options: &[Choice], text: &str) -> bool {
    !options.is_empty() && resolves(options, text).is_some()
}

/// What stands in the comment cell of a reply that gives a reason.
pub fn join_reason(reason: Option<&str>, comment: Option<&str>) -> Option<String> {
    match (reason, comment) {
        (reason, None) => reason.map(str::to_owned),
        (reason, Some(comment)) => Some(format!("{}\n{PART}\n{comment}", reason.unwrap_or_default())),
    }
}

/// The reason and the comment in one comment cell.
pub fn split_reason(text: &str) -> (Option<String>, Option<String>) {
    let kept = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let lines: Vec<&str> = text.lines().collect();
    match lines.iter().position(|line| line.trim() == PART) {
        Some(at) => (kept(&lines[..at].join("\n")), kept(&lines[at + 1..].join("\n"))),
        None => (kept(text), None),
    }
}

/// What a question's cells say: the reply, and the comment beside it.
pub(super) struct Said {
    pub(super) reply: Option<Reply>,
    pub(super) comment: Option<String>,
}

/// Reads the answer cell and the comment beside it. Problems are located at the question's id.
pub(super) fn said(
    question: &Question,
    cell: Option<&Cell>,
    comment: Option<String>,
    words: &AnswerWords,
    limits: &Limits,
    date_1904: bool,
) -> Result<Said, Problem> {
    let at = |code: &str| Problem::new(question.id.clone(), code);
    let Some(cell) = cell else { return Ok(Said { reply: None, comment }) };
    let text = match &cell.value {
        CellValue::NotComputed => return Err(at("formula-without-value")),
        CellValue::Error(error) => return Err(at("error-cell").with("given", error)),
        value => value.text().unwrap_or_default(),
    };
    if text.is_empty() {
        return Ok(Said { reply: None, comment });
    }
    if let Some(special) = special(question, &text, words) {
        let (reason, comment) = comment.map_or((None, None), |comment| split_reason(&comment));
        let reply = match special {
            Special::NotApplicable => Reply::NotApplicable { reason: reason.unwrap_or_default() },
            Special::Declined => Reply::Declined { reason },
        };
        return Ok(Said { reply: Some(parse(question, reply, limits)?), comment });
    }
    let given = |problem: Problem| problem.with("given", text.chars().take(60).collect::<String>());
    let reply = match (&question.kind, &cell.value) {
        (Kind::Single { .. } | Kind::Multiple { .. }, value) => choice(question, value, &text, limits)?,
        (Kind::Number { .. }, CellValue::Number(number)) => parse(question, Reply::Number { number: *number }, limits)?,
        (Kind::Number { .. }, CellValue::Date(_)) => return Err(given(at("date-where-number"))),
        (Kind::Number { unit, .. }, _) => number(question, &text, unit.as_deref(), limits)?,
        (Kind::Date { .. }, value) => {
            let date = date(value, &text, date_1904).ok_or_else(|| given(at("not-a-date")))?;
            parse(question, Reply::Date { date }, limits)?
        }
        (Kind::File { .. }, _) if same(&text, &words.file_attached) => Reply::File,
        _ => match from_text(question, &text, limits)? {
            Some(reply) => reply,
            None => return Ok(Said { reply: None, comment }),
        },
    };
    Ok(Said { reply: Some(reply), comment })
}

enum Special {
    NotApplicable,
    Declined,
}

/// An option of the same words comes first; and where free text is asked for and the words are not offered, they are text.
fn special(question: &Question, text: &str, words: &AnswerWords) -> Option<Special> {
    if resolves_if_any(question.options(), text) {
        return None;
    }
    let free_text = matches!(question.kind, Kind::Text { .. } | Kind::LongText { .. });
    if same(text, &words.not_applicable) || same(text, &words.not_applicable_instead) {
        return (question.may_be_na || !free_text).then_some(Special::NotApplicable);
    }
    if same(text, &words.decline) || same(text, &words.decline_instead) {
        return (question.may_decline || !free_text).then_some(Special::Declined);
    }
    None
}

/// Ignoring case and the width of blanks.
pub(super) fn same(a: &str, b: &str) -> bool {
    fold(a) == fold(b)
}

/// Lower case, with single blanks.
pub(super) fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A choice. Programs turn an option such as `5.0` or `50%` into a number when a person picks it.
fn choice(question: &Question, value: &CellValue, text: &str, limits: &Limits) -> Result<Reply, Problem> {
    let refused = match from_text(question, text, limits) {
        Ok(Some(reply)) => return Ok(reply),
        Ok(None) => Problem::new(question.id.clone(), "required"),
        Err(problem) => problem,
    };
    match value {
        CellValue::Number(number) => {
            let mut meant = question.options().iter().filter(|option| as_number(&option.label) == Some(*number));
            match (meant.next(), meant.next(), &question.kind) {
                (Some(one), None, Kind::Multiple { .. }) => {
                    Ok(Reply::Choices { options: BTreeSet::from([one.id.clone()]) })
                }
                (Some(one), None, _) => Ok(Reply::Choice { option: one.id.clone() }),
                _ => Err(refused),
            }
        }
        CellValue::Date(date) => Err(Problem::new(question.id.clone(), "date-where-choice").with("given", date)),
        _ => Err(refused),
    }
}

fn as_number(label: &str) -> Option<f64> {
    let label = label.trim();
    match label.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok().and_then(|n| number_text(n / 100.0).parse().ok()),
        None => label.parse().ok(),
    }
}

/// A number that stands in its cell as text, with or without its unit.
fn number(question: &Question, text: &str, unit: Option<&str>, limits: &Limits) -> Result<Reply, Problem> {
    let bare = unit.and_then(|unit| text.strip_suffix(unit)).map_or(text, str::trim);
    from_text(question, bare, limits)?.ok_or_else(|| Problem::new(question.id.clone(), "not-a-number"))
}

/// The day of a date cell, of an ISO text, or of a serial number from 1950 on; smaller numbers could be years.
fn date(value: &CellValue, text: &str, date_1904: bool) -> Option<Date> {
    const FIRST_SERIAL: f64 = 18_264.0;
    const LAST_SERIAL: f64 = 109_575.0;
    match value {
        CellValue::Number(serial) if (FIRST_SERIAL..=LAST_SERIAL).contains(serial) => {
            let zero = if date_1904 {
                Date::from_calendar_date(1904, Month::January, 1)
            } else {
                Date::from_calendar_date(1899, Month::December, 30)
            };
            // At most 109,575, and cut to the whole day on purpose.
            zero.ok()?.checked_add(Duration::days(*serial as i64))
        }
        CellValue::Number(_) => None,
        _ => iso_date::read(text.split(['T', ' ']).next().unwrap_or_default()).ok(),
    }
}
