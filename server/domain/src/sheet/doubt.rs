//! What is not certain, and is asked.

use super::columns::ColumnRole;
use super::place::column_letters;
use serde::Serialize;

/// Something that was decided without certainty: a person is asked whether it is right.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Doubt {
    /// What it is about: `role`, `header`, a column's role such as `answer`, or `row`.
    pub about: String,
    /// Its row, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Letters of the columns that it could be, the one that was taken first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// Why it is not certain.
    pub reason: String,
    /// How certain it is all the same, from 0 to 1.
    pub certainty: f64,
}

impl Doubt {
    /// About which column has a role.
    pub(super) fn column(role: ColumnRole, columns: &[u32], reason: &str) -> Self {
        let certainty = if columns.len() > 1 { 0.6 } else { 0.7 };
        let columns = columns.iter().map(|column| column_letters(*column)).collect();
        Self { about: role.name().to_owned(), row: None, columns, reason: reason.to_owned(), certainty }
    }

    /// About what was not found at all.
    pub(super) fn missing(about: &str, reason: &str) -> Self {
        Self { about: about.to_owned(), row: None, columns: Vec::new(), reason: reason.to_owned(), certainty: 0.0 }
    }

    /// About the sheet's role.
    pub(super) fn role(certainty: f64, reason: impl Into<String>) -> Self {
        Self { about: "role".to_owned(), row: None, columns: Vec::new(), reason: reason.into(), certainty }
    }

    /// About the header.
    pub(super) fn note(reason: impl Into<String>) -> Self {
        Self { about: "header".to_owned(), row: None, columns: Vec::new(), reason: reason.into(), certainty: 0.7 }
    }

    /// About one row.
    pub(super) fn row(row: u32, reason: impl Into<String>) -> Self {
        Self { about: "row".to_owned(), row: Some(row), columns: Vec::new(), reason: reason.into(), certainty: 0.6 }
    }
}
