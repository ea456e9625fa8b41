//! What a workbook is known by when it comes again: its headings and where they stand, not its rows, not its answers, and
//! not what its file or its sheets are called.

use super::columns::ColumnRole;
use super::corrections::{Corrections, SheetCorrection};
use super::grid::{CellValue, Row, Sheet, Visibility, Workbook};
use super::header;
use super::view::View;
use super::vocabulary::{Vocabulary, plain};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Headings without a word that we know make a header when they are at least so many; two texts side by side are as
/// often a name and its value.
const FEWEST_STRANGE: usize = 3;

/// A fingerprint of a workbook's headings and layout, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shape(String);

impl Shape {
    /// As it is kept.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where the headings of a workbook stand as long as nobody says otherwise.
#[derive(Debug)]
pub struct Outline<'w> {
    workbook: &'w Workbook,
    /// Of each sheet, the row that looks most like its header.
    headers: Vec<Option<Heading<'w>>>,
}

/// A row that looks like a header.
#[derive(Debug)]
struct Heading<'w> {
    row: &'w Row,
    /// Columns in which it asks something: where the questions are said to stand in one of them, it is no header.
    asking: Vec<u32>,
}

impl<'w> Outline<'w> {
    /// Looks through a workbook once, for any number of [shapes](Outline::shape).
    pub fn of(workbook: &'w Workbook, words: &Vocabulary) -> Self {
        Self { workbook, headers: workbook.sheets.iter().map(|sheet| header_of(sheet, words)).collect() }
    }

    /// The workbook's shape, read with what a person said of it. It counts which texts stand over which columns; where a
    /// person pointed at the headings also in which row, because that is what will be pointed at again. A sheet
    /// without headings is known by its first question, once a person said where the questions stand. `None` where nothing is there to know it by.
    pub fn shape(&self, corrections: &Corrections) -> Option<Shape> {
        let mut hash = Sha256::new();
        let mut known = false;
        let said = corrections.by_sheet(self.workbook);
        for ((sheet, found), said) in self.workbook.sheets.iter().zip(&self.headers).zip(said) {
            let mut texts: Vec<(u32, u32, String)> = Vec::new();
            if sheet.visibility == Visibility::Visible {
                let question = said.and_then(|said| said.column_of(ColumnRole::Question.name()));
                let bare = |found: &&Heading<'_>| question.is_some_and(|column| found.asking.contains(&column));
                match said.and_then(|said| said.header_rows.as_deref()) {
                    None if found.as_ref().is_none_or(|found| bare(&found)) => {
                        texts.extend(said.and_then(|said| first_question(sheet, said)));
                    }
                    None => texts.extend(found.iter().flat_map(|found| headings(found.row, 0))),
                    Some([]) => texts.extend(said.and_then(|said| first_question(sheet, said))),
                    Some([first, ..]) => {
                        texts.extend(sheet.row(*first).into_iter().flat_map(|row| headings(row, *first)))
                    }
                }
            }
            known |= !texts.is_empty();
            // Lengths come before what they are of: no two outlines run together.
            hash.update(u32::try_from(texts.len()).unwrap_or(u32::MAX).to_be_bytes());
            for (row, column, text) in texts {
                hash.update(row.to_be_bytes());
                hash.update(column.to_be_bytes());
                hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(text.as_bytes());
            }
        }
        known.then(|| Shape(hex::encode(hash.finalize())))
    }
}

/// The folded texts of a row with their columns. Blank cells are no part of it; a person can fill them.
fn headings(row: &Row, number: u32) -> Vec<(u32, u32, String)> {
    let cells = row.cells.iter().filter(|cell| matches!(cell.value, CellValue::Text(_)));
    let texts = cells.filter_map(|cell| Some((number, cell.column, plain(&cell.value.text()?))));
    texts.filter(|(_, _, text)| !text.is_empty()).collect()
}

fn first_question(sheet: &Sheet, said: &SheetCorrection) -> Option<(u32, u32, String)> {
    let column = said.column_of(ColumnRole::Question.name()).filter(|column| *column <= sheet.width())?;
    sheet.rows.iter().find_map(|row| Some((0, column, plain(&row.text(column)?))))
}

/// The row that looks most like a header of questions by its words alone, else the first that looks like any table's: the
/// rows below it have no say in the one, and only by their width in the other.
fn header_of<'w>(sheet: &'w Sheet, words: &Vocabulary) -> Option<Heading<'w>> {
    if sheet.visibility != Visibility::Visible {
        return None;
    }
    let view = View::new(sheet);
    let mut best: Option<header::Candidate> = None;
    for candidate in header::candidates(&view, words) {
        if best.as_ref().is_none_or(|best| candidate.points > best.points) {
            best = Some(candidate);
        }
    }
    if let Some(best) = best {
        return sheet.rows.get(best.index).map(|row| Heading { row, asking: Vec::new() });
    }
    let (index, _) = header::of_records(&view, words).filter(|(_, header)| header.headings.len() >= FEWEST_STRANGE)?;
    let row = sheet.rows.get(index)?;
    let asking = row.cells.iter().filter(|cell| cell.value.text().is_some_and(|text| words.asks(&text)));
    Some(Heading { row, asking: asking.map(|cell| cell.column).collect() })
}
