//! Why a document is not read.

use super::result::Place;
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::fmt;

/// Why a document is not read: where, what was expected, what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// A stable code, such as `malformed-json`.
    pub code: &'static str,
    /// Where; `None` when it is the whole file.
    pub place: Option<Place>,
    /// What the sentence needs: `expected`, `found`, `most`, `given`.
    pub with: BTreeMap<&'static str, String>,
}

impl Refusal {
    /// A refusal at a place.
    pub(super) fn new(code: &'static str, place: Place) -> Self {
        Self { code, place: Some(place), with: BTreeMap::new() }
    }

    /// A refusal of the whole file.
    pub(super) fn whole(code: &'static str) -> Self {
        Self { code, place: None, with: BTreeMap::new() }
    }

    /// The same with one more value.
    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.with.insert(name, value.to_string());
        self
    }

    /// As every bad input is reported: at the path, with line and column among the values.
    pub fn problem(&self) -> Problem {
        let mut problem = Problem::new(self.place.as_ref().map_or("", |place| &place.path), self.code);
        if let Some(place) = &self.place {
            problem = problem.with("line", place.line).with("column", place.column);
        }
        self.with.iter().fold(problem, |problem, (name, value)| problem.with(*name, value))
    }

    fn value(&self, name: &str) -> &str {
        self.with.get(name).map_or("", String::as_str)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "line {}, column {}", place.line, place.column)?;
            if !place.path.is_empty() {
                write!(f, " ({})", middle_left_out(&place.path))?;
            }
            f.write_str(": ")?;
        }
        let (expected, found, most, given) =
            (self.value("expected"), self.value("found"), self.value("most"), self.value("given"));
        match self.code {
            "malformed-json" => write!(f, "not JSON: expected {expected}, found {found}"),
            "malformed-xml" => write!(f, "not XML: {found}"),
            "not-a-bom" => write!(f, "not a bill of materials that is read here: expected {expected}, found {found}"),
            "version-not-read" => write!(f, "this version is not read: expected {expected}, found {found}"),
            "wrong-type" | "member-required" => write!(f, "expected {expected}, found {found}"),
            "nested-too-deep" => write!(f, "nested more than {most} levels deep"),
            "bom-too-many-values" => write!(f, "more than {most} values"),
            "too-many-entries" => write!(f, "more than {most} models, datasets, services and AI systems"),
            "too-many-relations" => {
                write!(f, "more than {most} relations between models, datasets, services and AI systems")
            }
            "too-many-facts" => write!(f, "more than {most} facts about models, datasets, services and AI systems"),
            "bom-too-large" => write!(f, "{given} bytes, at most {most} are read"),
            "empty-file" => f.write_str("the file is empty"),
            "wrong-encoding" => write!(f, "expected {expected}, found {found}"),
            "document-type" => f.write_str(
                "a document type declaration (<!DOCTYPE ...>) is not read: it can name other files and entities",
            ),
            "unknown-entity" => write!(f, "the entity &{found}; is not known: only &amp; &lt; &gt; &quot; &apos; are"),
            other => f.write_str(other),
        }
    }
}

impl std::error::Error for Refusal {}

/// A path that fits a line: of a very deep one the beginning and the end.
fn middle_left_out(path: &str) -> String {
    const ENDS: usize = 80;
    let length = path.chars().count();
    if length <= 2 * ENDS {
        return path.to_owned();
    }
    path.chars().take(ENDS).chain(" … ".chars()).chain(path.chars().skip(length - ENDS)).collect()
}
