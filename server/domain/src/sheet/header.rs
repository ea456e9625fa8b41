//! Where a table's header stands: under titles, anywhere from the left, once or repeated.

use super::columns::{ColumnRole, Columns};
use super::grid::{CellValue, Row, Sheet};
use super::headings::{Headings, plain};
use super::own;
use std::collections::BTreeMap;

/// Rows with something in them that are looked at for a header; titles and instructions above it are fewer.
const LOOKED_AT: usize = 60;
/// Characters that a heading has at most; longer texts are content.
const LONGEST: usize = 200;
/// Rows under a candidate that say how wide the table is.
const WIDTH_SAMPLE: usize = 50;

/// A header row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its row.
    pub row: u32,
    /// Rows further down that repeat it.
    pub repeats: Vec<u32>,
    /// Its texts, by column.
    pub headings: BTreeMap<u32, String>,
}

/// The header of the questions of a sheet: it names a question column and at least one other that is known.
pub(super) fn of_questions(sheet: &Sheet, words: &Headings) -> Option<(Header, Columns)> {
    let mut best: Option<(usize, Header, Columns)> = None;
    for row in sheet.rows.iter().take(LOOKED_AT) {
        let Some(headings) = headings_of(row) else { continue };
        let columns = Columns::assign(&headings, words);
        let known = columns.each().count();
        let names_questions = columns.of(ColumnRole::Question).is_some() && known >= 2;
        if names_questions && best.as_ref().is_none_or(|(most, ..)| known > *most) {
            best = Some((known, with_repeats(sheet, row.number, headings), columns));
        }
    }
    best.map(|(_, header, columns)| (header, columns))
}

/// The header of any table: the first row of distinct texts about as wide as the rows under it.
pub(super) fn of_records(sheet: &Sheet) -> Option<Header> {
    for (n, row) in sheet.rows.iter().enumerate().take(LOOKED_AT) {
        let Some(headings) = headings_of(row).filter(|headings| headings.len() >= 2) else { continue };
        let below: Vec<usize> = sheet.rows[n + 1..].iter().take(WIDTH_SAMPLE).map(|row| row.cells.len()).collect();
        let distinct: std::collections::BTreeSet<_> = headings.values().map(|text| plain(text)).collect();
        let follows = sheet.rows.get(n + 1).is_some_and(|next| next.number == row.number + 1);
        if follows && distinct.len() == headings.len() && headings.len() * 10 >= widest(&below) * 6 {
            return Some(with_repeats(sheet, row.number, headings));
        }
    }
    None
}

/// The width that nearly all of the rows stay within.
fn widest(widths: &[usize]) -> usize {
    let mut widths = widths.to_vec();
    widths.sort_unstable();
    widths.get(widths.len() * 9 / 10).or(widths.last()).copied().unwrap_or(0)
}

/// The texts of a row that could be a header: all of them texts, none of them long, none of them our own keys.
fn headings_of(row: &Row) -> Option<BTreeMap<u32, String>> {
    let mut headings = BTreeMap::new();
    for cell in &row.cells {
        let CellValue::Text(text) = &cell.value else { return None };
        if text.chars().count() > LONGEST || own::is_key(text) {
            return None;
        }
        headings.insert(cell.column, text.trim().to_owned());
    }
    Some(headings)
}

fn with_repeats(sheet: &Sheet, row: u32, headings: BTreeMap<u32, String>) -> Header {
    let repeats = sheet.rows.iter().filter(|other| other.number > row && repeats(other, &headings));
    let repeats = repeats.map(|row| row.number).collect();
    Header { row, repeats, headings }
}

/// A repeated header says the same in all columns but the first, which can hold a section's title instead.
fn repeats(row: &Row, headings: &BTreeMap<u32, String>) -> bool {
    headings.len() >= 2
        && headings.iter().skip(1).all(|(column, heading)| row.text(*column).is_some_and(|text| text == *heading))
}
