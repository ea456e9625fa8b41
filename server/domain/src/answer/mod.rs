//! Answers: what a vendor said, in one type, whether it was typed, chosen or read from a cell.

mod parse;
mod shown;

pub use parse::{Limits, from_text, parse, parse_row};
pub use shown::{Profile, Visibility, visibility};

use crate::questionnaire::{Kind, Question};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A vendor's reply to one question.
///
/// In JSON a tagged object: `{"kind": "choice", "option": "yes"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reply {
    /// One option of a single choice.
    Choice {
        /// The option's id.
        option: String,
    },
    /// Options of a multiple choice; at least one.
    Choices {
        /// The options' ids.
        options: BTreeSet<String>,
    },
    /// Free text.
    Text {
        /// Trimmed, not empty.
        text: String,
    },
    /// A number.
    Number {
        /// Finite.
        number: f64,
    },
    /// A calendar date.
    Date {
        /// `2026-11-21`.
        #[serde(with = "iso_date")]
        date: time::Date,
    },
    /// A web address.
    Url {
        /// http or https.
        url: String,
    },
    /// The attached evidence is the answer.
    File,
    /// Rows of a table; at least one.
    Table {
        /// Column id to cell, empty cells left out.
        rows: Vec<BTreeMap<String, String>>,
    },
    /// "It does not apply", which counts as nothing until a reviewer accepts it.
    NotApplicable {
        /// Why; not empty.
        reason: String,
    },
    /// "We decline to say": an answer, and a finding of its own.
    Declined {
        /// Why, where the vendor gives a reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

/// ISO 8601 calendar dates in JSON: `2026-11-21`.
pub mod iso_date {
    use serde::{Deserialize, Deserializer, Serializer, de, ser};
    use time::Date;
    use time::macros::format_description;

    const FORM: &[time::format_description::BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

    /// Reads `2026-11-21`.
    ///
    /// # Errors
    /// When the text is no such date.
    pub fn read(text: &str) -> Result<Date, time::error::Parse> {
        Date::parse(text, FORM)
    }

    /// Writes `2026-11-21`.
    pub fn write(date: Date) -> String {
        format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
    }

    /// For `#[serde(with)]`.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(date: &Date, to: S) -> Result<S::Ok, S::Error> {
        if !(0..=9999).contains(&date.year()) {
            return Err(ser::Error::custom("a year outside 0000-9999"));
        }
        to.serialize_str(&write(*date))
    }

    /// For `#[serde(with)]`.
    ///
    /// # Errors
    /// When the text is no date.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        let text = String::deserialize(from)?;
        read(&text).map_err(de::Error::custom)
    }
}

impl Reply {
    /// The reply's value `v_q`, 0..1, by the question's own rules (scoring.md, "Value of an answer").
    ///
    /// Declined and not-applicable replies have none; neither has a reply of another kind than the question's.
    pub fn value(&self, question: &Question) -> Option<f64> {
        match (self, &question.kind) {
            (Self::Choice { option }, Kind::Single { options }) => {
                options.iter().find(|o| o.id == *option).map(|o| o.value.unwrap_or(0.0))
            }
            (Self::Choices { options: chosen }, Kind::Multiple { options }) => Some(
                options.iter().filter(|o| chosen.contains(&o.id)).filter_map(|o| o.value).sum::<f64>().clamp(0.0, 1.0),
            ),
            (Self::Number { number }, Kind::Number { ranges, .. }) => Some(
                ranges
                    .iter()
                    .find(|r| r.at_least.is_none_or(|low| *number >= low) && r.below.is_none_or(|high| *number < high))
                    .map_or(0.0, |r| r.value),
            ),
            (Self::Text { .. }, Kind::Text { given, .. } | Kind::LongText { given, .. })
            | (Self::Date { .. }, Kind::Date { given })
            | (Self::Url { .. }, Kind::Url { given })
            | (Self::File, Kind::File { given }) => Some(given.unwrap_or(0.0)),
            (Self::Table { .. }, Kind::Table { .. }) => Some(0.0),
            _ => None,
        }
    }

    /// Whether this option is chosen.
    pub fn chooses(&self, option: &str) -> bool {
        match self {
            Self::Choice { option: chosen } => chosen == option,
            Self::Choices { options } => options.contains(option),
            _ => false,
        }
    }

    /// The reply as a person reads it: labels instead of ids.
    pub fn in_words(&self, question: &Question) -> String {
        let label = |id: &str| {
            question.options().iter().find(|o| o.id == id).map_or_else(|| id.to_owned(), |o| o.label.clone())
        };
        match self {
            Self::Choice { option } => label(option),
            Self::Choices { options } => question
                .options()
                .iter()
                .filter(|o| options.contains(&o.id))
                .map(|o| o.label.as_str())
                .collect::<Vec<_>>()
                .join("; "),
            Self::Text { text } => text.clone(),
            Self::Number { number } => number.to_string(),
            Self::Date { date } => iso_date::write(*date),
            Self::Url { url } => url.clone(),
            Self::File => String::new(),
            Self::Table { rows } => rows.len().to_string(),
            Self::NotApplicable { reason } => reason.clone(),
            Self::Declined { reason } => reason.clone().unwrap_or_default(),
        }
    }
}
