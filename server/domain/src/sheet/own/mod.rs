//! Workbooks that we made: how they are marked, so that their answers are found again after rows were sorted, columns
//! moved, sheets renamed, and other programs saved them.
//!
//! Three marks, each enough where the others were lost: a stamp (whose workbook this is) in a hidden sheet and above the
//! hidden ids; a hidden row of column keys on every sheet to fill in; a hidden id with a checksum in every question's row.

mod mark;
mod read;
mod reply;
mod table;
mod words;

pub use mark::{AnswerColumn, Mark, RowKey, Stamp, column_key, row_key, row_key_of, table_key, table_key_of};
pub use read::{Found, OwnAnswers, Unknown, read_answers};
pub use reply::{Specials, join_reason, option_text, resolves, specials, split_reason};
pub use words::AnswerWords;

use super::columns::{ColumnRole, Columns};
use super::grid::{CellValue, Row, Sheet};
use super::header::Header;

/// The very hidden sheet that holds the stamp and long lists.
pub const STAMP_SHEET: &str = "candor";

/// Which of our sheets one is, by its marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnSheet {
    /// The questions.
    Answers,
    /// The rows of one table question.
    Table,
    /// The hidden sheet.
    Stamp,
}

/// Whether a text is one of our marks and nothing that anybody wrote.
pub(super) fn is_key(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with(mark::KEY) || text.starts_with(mark::STAMP)
}

/// Which of our sheets this is; `None` for a stranger's.
pub(super) fn kind_of(sheet: &Sheet) -> Option<OwnSheet> {
    let texts = sheet.rows.iter().flat_map(|row| &row.cells).filter_map(|cell| match &cell.value {
        CellValue::Text(text) => Some(text.trim()),
        _ => None,
    });
    let mut found = None;
    for text in texts.filter(|text| is_key(text)) {
        if column_key(text).is_some() {
            return Some(OwnSheet::Answers);
        }
        let kind = if table_key_of(text).is_some() { Some(OwnSheet::Table) } else { Some(OwnSheet::Stamp) };
        found = if found == Some(OwnSheet::Table) { found } else { kind };
    }
    found
}

/// The header of a table's sheet: the first row under its keys.
pub(super) fn table_header(sheet: &Sheet) -> Option<Header> {
    let keyed = |row: &&Row| row.cells.iter().any(|cell| cell.value.text().is_some_and(|t| table_key_of(&t).is_some()));
    let keys = sheet.rows.iter().find(keyed)?;
    let row = sheet.rows.iter().find(|row| row.number > keys.number)?;
    let headings = row.cells.iter().filter_map(|cell| Some((cell.column, cell.value.text()?.into_owned())));
    Some(Header::simple(row.number, headings.collect()))
}

/// The header and the columns of our answer sheet, by its keys.
pub(super) fn answers_header(sheet: &Sheet) -> Option<(Header, Columns)> {
    let (keyed, keys) = sheet.rows.iter().enumerate().find_map(|(n, row)| {
        let keys = read::keys_of(row);
        keys.contains_key(&AnswerColumn::Answer).then_some((n, keys))
    })?;
    let mut columns = Columns::default();
    for (column, at) in &keys {
        let role = match column {
            AnswerColumn::Id => ColumnRole::Id,
            AnswerColumn::Question => ColumnRole::Question,
            AnswerColumn::Answer => ColumnRole::Answer,
            AnswerColumn::Comment => ColumnRole::Comment,
            AnswerColumn::Guidance => ColumnRole::Guidance,
            AnswerColumn::Evidence => ColumnRole::Evidence,
            AnswerColumn::Number => continue,
        };
        columns.set(role, Some(*at));
    }
    let row = sheet.rows.get(keyed + 1).filter(|row| read::is_stamped(row, &keys)).unwrap_or(&sheet.rows[keyed]);
    let visible = row.cells.iter().filter(|cell| keys.get(&AnswerColumn::Id) != Some(&cell.column));
    let headings = visible.filter_map(|cell| Some((cell.column, cell.value.text()?.into_owned())));
    Some((Header::simple(row.number, headings.collect()), columns))
}
