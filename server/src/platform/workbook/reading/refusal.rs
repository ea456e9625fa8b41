//! Why a file is not read: one sentence for a person, one stable code for scripts and wording.

use domain::problem::Problem;
use serde::{Deserialize, Serialize};

/// Why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Refusal {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// Something else than a spreadsheet.
    #[error("this is no workbook but {looks_like}; save it as .xlsx, .ods or .csv and try again")]
    NotAWorkbook {
        /// What the content looks like.
        looks_like: String,
    },
    /// Protected with a password to open it.
    #[error("the workbook is encrypted; remove the password needed to open it and try again")]
    Encrypted,
    /// The end is missing.
    #[error("the file ends too early: it was cut off while being copied or downloaded")]
    Truncated,
    /// It claims to be a workbook and cannot be read as one.
    #[error("{at}: the workbook is damaged ({reason}); open it in a spreadsheet program, save it again and try again", at = shown(.at))]
    Damaged {
        /// The part or sheet.
        at: String,
        /// What the reader met.
        reason: String,
    },
    /// The file has too many bytes.
    #[error("the file is too large: at most {most} bytes are read")]
    TooLarge {
        /// The limit.
        most: u64,
    },
    /// The parts of the zip are too large together.
    #[error("{at}: the file unpacks to more than {most} bytes", at = shown(.at))]
    InflatesTooFar {
        /// The part at which the limit was passed.
        at: String,
        /// The limit.
        most: u64,
    },
    /// The zip has too many parts.
    #[error("the file has more than {most} parts")]
    TooManyParts {
        /// The limit.
        most: usize,
    },
    /// Too many sheets.
    #[error("the workbook has more than {most} sheets")]
    TooManySheets {
        /// The limit.
        most: usize,
    },
    /// Too many rows on one sheet.
    #[error("{at}: the sheet has more than {most} rows that hold something")]
    TooManyRows {
        /// The first cell too far.
        at: String,
        /// The limit.
        most: usize,
    },
    /// A cell too far to the right.
    #[error("{at}: the sheet has cells beyond column {most}")]
    TooManyColumns {
        /// The first cell too far.
        at: String,
        /// The limit.
        most: u32,
    },
    /// Cells too far apart for a format that can only be read whole.
    #[error(
        "{at}: the cells lie too far apart, with more than {most} places between the first and the last; save the workbook as .xlsx and try again"
    )]
    TooFarApart {
        /// The sheet.
        at: String,
        /// The limit.
        most: u64,
    },
    /// Too many cells.
    #[error("{at}: the workbook has more than {most} cells that hold something")]
    TooManyCells {
        /// The first cell too many.
        at: String,
        /// The limit.
        most: usize,
    },
    /// One text is too long.
    #[error("{at}: the text is longer than {most} characters")]
    TextTooLong {
        /// The cell.
        at: String,
        /// The limit.
        most: usize,
    },
    /// All texts together are too long.
    #[error("{at}: the texts of the workbook have more than {most} bytes together")]
    TooMuchText {
        /// The first cell too many.
        at: String,
        /// The limit.
        most: u64,
    },
    /// Too many merged areas or drop-downs.
    #[error("{at}: the sheet has more than {most} merged areas or drop-downs", at = shown(.at))]
    TooManyAreas {
        /// The sheet.
        at: String,
        /// The limit.
        most: usize,
    },
    /// Reading took more memory than it may.
    #[error(
        "reading the file took more than {most} bytes of memory and was stopped; save it again without unused sheets and rows"
    )]
    ReaderRanOutOfMemory {
        /// The limit.
        most: u64,
    },
    /// Reading took more time than it may.
    #[error(
        "reading the file took more than {most} seconds and was stopped; save it again without unused sheets and rows"
    )]
    ReaderTimedOut {
        /// The limit.
        most: u64,
    },
    /// The reading process ended without an answer.
    #[error("the reader broke off ({reason}); open the file in a spreadsheet program, save it again and try again")]
    ReaderFailed {
        /// How it ended.
        reason: String,
    },
}

fn shown(at: &str) -> &str {
    if at.is_empty() { "file" } else { at }
}

impl Refusal {
    /// The damage at a place, with the reader's own words cut to a sensible length.
    pub(super) fn damaged(at: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        let reason: String = reason.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
        Self::Damaged { at: at.into(), reason }
    }
}

impl From<&Refusal> for Problem {
    /// The located problem: the code, the place, and the values that its wording needs.
    fn from(refusal: &Refusal) -> Self {
        let mut problem = Self::new("", "reader-failed");
        if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(refusal) {
            for (name, value) in fields {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                match name.as_str() {
                    "code" => problem.code = value,
                    "at" => problem.at = value,
                    _ => problem = problem.with(name, value),
                }
            }
        }
        problem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_located_problem_and_a_sentence() {
        let refusal = Refusal::TooManyRows { at: "Data!A200001".into(), most: 200_000 };
        let problem = Problem::from(&refusal);
        assert_eq!(problem, Problem::new("Data!A200001", "too-many-rows").with("most", 200_000));
        assert_eq!(refusal.to_string(), "Data!A200001: the sheet has more than 200000 rows that hold something");
        assert_eq!(Problem::from(&Refusal::Encrypted), Problem::new("", "encrypted"));
    }
}
