//! Crosswalks: which points of a law or framework a control of ISO/IEC 42001 speaks to, as data
//! (`fixtures/crosswalks/*.json`).
//!
//! A row says on what ground it stands, where that was read, and when; a row that nobody held against its source has no
//! date, and is shown as our own unchecked reading.

use crate::answer::iso_date;
use crate::problem::{Problem, Problems};
use crate::questionnaire::{Question, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use time::Date;

/// The value of [`Crosswalk::format`] that this program reads.
pub const FORMAT: &str = "candor-crosswalk/1";

/// Languages that titles are worded in.
pub const LANGUAGES: [&str; 2] = ["en", "zh-Hant"];

/// From the controls and clauses of ISO/IEC 42001 to the points of a law or framework.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crosswalk {
    /// Always [`FORMAT`].
    pub format: String,
    /// A stable name: `eu-ai-act`.
    pub key: String,
    /// What the framework is called.
    pub title: Text,
    /// Which edition of it.
    pub edition: String,
    /// Where it was read.
    pub source: Source,
    /// Under which terms it is named here, and what a row does not claim.
    pub licence_note: String,
    /// In the framework's order.
    pub points: Vec<Point>,
    /// By control, as they were written.
    pub rows: Vec<Row>,
    /// Questions that ask for what a point says itself, whatever controls they name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Direct>,
}

/// A question, and the points that it asks about themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Direct {
    /// The question's id, in whichever questionnaire it stands.
    pub question: String,
    /// Ids of points.
    pub points: Vec<String>,
    /// What of the point it asks.
    pub basis: String,
    /// Where the points were read.
    pub source: String,
    /// When; absent in our own unchecked reading.
    pub checked: Option<String>,
}

/// Where a framework was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What was read, and how much of it.
    pub title: String,
    /// Its web address.
    pub url: String,
    /// When; absent where the framework's own text was not read.
    pub checked: Option<String>,
}

/// A point of a framework: an article, a subcategory, a principle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// As the framework counts it: `Art. 9`.
    pub id: String,
    /// In our own words.
    pub title: Text,
}

/// A control, and the points that it speaks to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The control or clause: `A.6.2.4`, `6.1.2`.
    pub control: String,
    /// Ids of points.
    pub points: Vec<String>,
    /// Why they belong together, and where that ends.
    pub basis: String,
    /// How far an answer about the control speaks to the points.
    pub strength: Strength,
    /// Where the points were read.
    pub source: String,
    /// When; absent in our own unchecked reading.
    pub checked: Option<String>,
}

/// How far an answer about a control speaks to a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// It is what the point asks for, as far as an answer can be.
    SameSubject,
    /// It is about a part of what the point asks for.
    Partly,
    /// It helps to meet the point, and is not what it asks for.
    Supports,
}

impl Strength {
    /// Its name in the data.
    pub fn name(self) -> &'static str {
        match self {
            Self::SameSubject => "same-subject",
            Self::Partly => "partly",
            Self::Supports => "supports",
        }
    }
}

impl Crosswalk {
    /// Reads a file and checks it against the controls and clauses that exist.
    ///
    /// # Errors
    /// Everything that is wrong, each located by a JSON Pointer.
    pub fn read(json: &str, controls: &[String]) -> Result<Self, Problems> {
        let crosswalk: Self =
            serde_json::from_str(json).map_err(|wrong| Problems::of_json("not-a-crosswalk", &wrong))?;
        Problems::none_or(crosswalk.check(controls), crosswalk)
    }

    /// Everything that is wrong with it.
    pub fn check(&self, controls: &[String]) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut tell = |at: String, given: &str, code: &str| {
            problems.push(Problem::new(at, code).with("given", given.chars().take(60).collect::<String>()));
        };
        if self.format != FORMAT {
            tell("/format".into(), &self.format, "unknown-format");
        }
        let texts = std::iter::once(("/title".to_owned(), &self.title));
        let texts =
            texts.chain(self.points.iter().enumerate().map(|(n, point)| (format!("/points/{n}/title"), &point.title)));
        for (at, text) in texts {
            for language in LANGUAGES {
                if text.exactly(language, LANGUAGES[0]).is_none_or(|words| words.trim().is_empty()) {
                    tell(at.clone(), language, "not-translated");
                }
            }
        }
        let mut known = BTreeSet::new();
        for (n, point) in self.points.iter().enumerate() {
            if !known.insert(point.id.as_str()) {
                tell(format!("/points/{n}/id"), &point.id, "twice");
            }
        }
        let dates = std::iter::once(("/source/checked".to_owned(), &self.source.checked));
        let dates =
            dates.chain(self.rows.iter().enumerate().map(|(n, row)| (format!("/rows/{n}/checked"), &row.checked)));
        let dates = dates
            .chain(self.questions.iter().enumerate().map(|(n, row)| (format!("/questions/{n}/checked"), &row.checked)));
        for (at, date) in dates {
            if let Some(date) = date.as_ref().filter(|date| read_date(date).is_none()) {
                tell(at, date, "not-a-date");
            }
        }
        for (n, row) in self.rows.iter().enumerate() {
            if !controls.contains(&row.control) {
                tell(format!("/rows/{n}/control"), &row.control, "unknown-control");
            }
        }
        let rows = self.rows.iter().enumerate();
        let rows = rows.map(|(n, row)| (format!("/rows/{n}"), &row.control, &row.points, &row.basis, &row.source));
        let asked = self.questions.iter().enumerate();
        let asked =
            asked.map(|(n, row)| (format!("/questions/{n}"), &row.question, &row.points, &row.basis, &row.source));
        let mut pairs = BTreeSet::new();
        for (at, from, points, basis, source) in rows.chain(asked) {
            if points.is_empty() {
                tell(format!("{at}/points"), "", "required");
            }
            for (text, name) in [(from, "question"), (basis, "basis"), (source, "source")] {
                if text.trim().is_empty() {
                    tell(format!("{at}/{name}"), "", "required");
                }
            }
            for (p, point) in points.iter().enumerate() {
                if !known.contains(point.as_str()) {
                    tell(format!("{at}/points/{p}"), point, "unknown-point");
                }
                if !pairs.insert((from.as_str(), point.as_str())) {
                    tell(format!("{at}/points/{p}"), point, "twice");
                }
            }
        }
        problems
    }

    /// The rows about a point.
    pub fn rows_of<'a>(&'a self, point: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.points.iter().any(|id| id == point))
    }

    /// The questions that ask about a point itself.
    pub fn questions_of<'a>(&'a self, point: &'a str) -> impl Iterator<Item = &'a Direct> {
        self.questions.iter().filter(move |row| row.points.iter().any(|id| id == point))
    }

    /// Whether a question speaks to a point: itself, or through its controls and clauses.
    pub fn touches<T>(&self, question: &Question<T>, point: &str) -> bool {
        self.questions_of(point).any(|row| row.question == question.id)
            || self
                .rows_of(point)
                .any(|row| question.controls.contains(&row.control) || question.clauses.contains(&row.control))
    }

    /// The points that none of these questions speaks to, in the framework's order.
    pub fn untouched<'a, T: 'a>(&'a self, questions: impl IntoIterator<Item = &'a Question<T>>) -> Vec<&'a Point> {
        let questions: Vec<_> = questions.into_iter().collect();
        let is_touched = |point: &&Point| questions.iter().any(|question| self.touches(question, &point.id));
        self.points.iter().filter(|point| !is_touched(point)).collect()
    }
}

fn read_date(text: &str) -> Option<Date> {
    iso_date::read(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn sample() -> Value {
        json!({
            "format": FORMAT, "key": "act", "title": { "en": "Act", "zh-Hant": "法" }, "edition": "1",
            "source": { "title": "Act", "url": "https://act.example", "checked": "2026-11-21" }, "licence_note": "Free",
            "points": [{ "id": "1", "title": { "en": "One", "zh-Hant": "一" } }],
            "rows": [{ "control": "A.2.2", "points": ["1"], "basis": "Both", "strength": "partly",
                "source": "https://act.example", "checked": null }]
        })
    }

    fn codes(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut value = sample();
        change(&mut value);
        match Crosswalk::read(&value.to_string(), &["A.2.2".to_owned()]) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.0.into_iter().map(|p| format!("{} {}", p.at, p.code)).collect(),
        }
    }

    #[test]
    fn a_right_one_is_read() {
        assert_eq!(codes(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn what_is_wrong_is_found_in_its_place() {
        assert_eq!(codes(|c| c["rows"][0]["control"] = "A.9.9".into()), ["/rows/0/control unknown-control"]);
        assert_eq!(codes(|c| c["rows"][0]["points"] = json!(["2"])), ["/rows/0/points/0 unknown-point"]);
        assert_eq!(codes(|c| c["rows"][0]["points"] = json!(["1", "1"])), ["/rows/0/points/1 twice"]);
        assert_eq!(codes(|c| c["rows"][0]["checked"] = "21.11.2026".into()), ["/rows/0/checked not-a-date"]);
        assert_eq!(codes(|c| c["points"][0]["title"] = json!({ "en": "One" })), ["/points/0/title not-translated"]);
        assert_eq!(codes(|c| c["rows"][0]["basis"] = " ".into()), ["/rows/0/basis required"]);
        let asks =
            json!([{ "question": "Q", "points": ["1", "2"], "basis": "It asks", "source": "", "checked": null }]);
        let wrong = ["/questions/0/source required", "/questions/0/points/1 unknown-point"];
        assert_eq!(codes(|c| c["questions"] = asks), wrong);
        assert_eq!(codes(|c| c["format"] = "candor-crosswalk/2".into()), ["/format unknown-format"]);
    }
}
