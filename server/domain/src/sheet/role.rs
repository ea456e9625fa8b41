//! What a sheet is for.

use super::columns::{ColumnRole, Columns};
use super::grid::{CellValue, Sheet, Workbook};
use super::header::{self, Header};
use super::headings::Headings;
use super::own::{self, OwnSheet};
use serde::{Deserialize, Serialize};

/// What a sheet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Something is put to someone.
    Questionnaire,
    /// A table of records that are not questions.
    Register,
    /// States controls and asks nobody.
    Catalogue,
    /// Repeats questions for the reviewer's own use.
    Evaluation,
    /// Tells how to fill the rest in.
    Instructions,
    /// Lists that feed drop-downs.
    Lookup,
    /// Names and facts about the whole.
    Cover,
    /// None of these for certain.
    Unknown,
}

/// What a sheet is for, with its header when it has one, and the meaning of its columns when it asks questions.
pub(super) struct Understood {
    pub(super) role: Role,
    pub(super) header: Option<Header>,
    pub(super) columns: Option<Columns>,
}

/// Rows of facts that a cover has at most.
const COVER_ROWS: usize = 60;
/// Characters from which on a text is a sentence to read, not an entry.
const SENTENCE: usize = 80;

/// Finds out what a sheet is for.
pub(super) fn understand(sheet: &Sheet, workbook: &Workbook, words: &Headings) -> Understood {
    let plain = |role| Understood { role, header: None, columns: None };
    match own::kind_of(sheet) {
        Some(OwnSheet::Stamp) => return plain(Role::Lookup),
        Some(OwnSheet::Table) => {
            let header = own::table_header(sheet);
            return Understood { role: Role::Register, header, columns: None };
        }
        Some(OwnSheet::Answers) => {
            if let Some((header, columns)) = own::answers_header(sheet) {
                return Understood { role: Role::Questionnaire, header: Some(header), columns: Some(columns) };
            }
        }
        None => {}
    }
    if sheet.rows.is_empty() {
        return plain(Role::Unknown);
    }
    if let Some((header, columns)) = header::of_questions(sheet, words) {
        return Understood { role: Role::Questionnaire, header: Some(header), columns: Some(columns) };
    }
    if is_cover(sheet) {
        return plain(Role::Cover);
    }
    let fed = workbook.sheets.iter().any(|other| {
        other.name != sheet.name && other.drop_downs.iter().any(|list| list.from_sheet.as_ref() == Some(&sheet.name))
    });
    let Some(header) = header::of_records(sheet) else {
        return plain(if is_prose(sheet) {
            Role::Instructions
        } else if fed {
            Role::Lookup
        } else {
            Role::Unknown
        });
    };
    let explains_answers =
        header.headings.values().any(|heading| matches!(words.meaning(heading), Some((ColumnRole::Options, _))));
    let controls = header.headings.values().filter(|heading| words.is_control(heading)).count();
    let role = if fed || explains_answers {
        Role::Lookup
    } else if controls >= 2 {
        Role::Catalogue
    } else {
        Role::Register
    };
    Understood { role, header: Some(header), columns: None }
}

/// A few rows of a name and its value.
fn is_cover(sheet: &Sheet) -> bool {
    let pairs = sheet.rows.iter().filter(|row| row.cells.len() == 2).count();
    let short_name = |row: &super::grid::Row| match row.cells.first().map(|cell| &cell.value) {
        Some(CellValue::Text(text)) => text.chars().count() <= SENTENCE,
        _ => false,
    };
    let value_column = |row: &super::grid::Row| row.cells.get(1).map(|cell| &cell.value).cloned();
    let first_is_no_header = sheet.rows.first().and_then(value_column).is_some_and(|value| match value {
        CellValue::Text(text) => text.chars().any(|c| c.is_ascii_digit()) || text.chars().count() > 40,
        _ => true,
    });
    sheet.rows.len() <= COVER_ROWS
        && sheet.rows.iter().all(|row| row.cells.len() <= 3)
        && pairs * 10 >= sheet.rows.len() * 8
        && sheet.rows.iter().all(short_name)
        && first_is_no_header
}

/// Mostly sentences, mostly one to a row.
fn is_prose(sheet: &Sheet) -> bool {
    let long = |row: &&super::grid::Row| {
        row.cells.iter().any(|cell| matches!(&cell.value, CellValue::Text(text) if text.chars().count() >= SENTENCE))
    };
    let narrow = sheet.rows.iter().filter(|row| row.cells.len() <= 2).count();
    narrow * 10 >= sheet.rows.len() * 7 && sheet.rows.iter().filter(long).count() >= 1
}
