//! What a workbook was understood to be: every sheet with its role, every question with its cell, and every row between
//! questions that was passed over, with the reason.

use super::columns::ColumnRole;
use super::grid::{Row, Sheet, Visibility, Workbook};
use super::header::Header;
use super::headings::Headings;
use super::items;
use super::place::column_letters;
use super::role::{self, Role};
use serde::Serialize;
use std::collections::BTreeMap;

/// What was understood of a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// The file's name.
    pub file: String,
    /// The format, by content.
    pub format: &'static str,
    /// Hash of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// In the file's order.
    pub sheets: Vec<SheetReport>,
    /// Over all visible questionnaire sheets.
    pub totals: Totals,
}

/// What was understood of a sheet.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SheetReport {
    /// Its name.
    pub name: String,
    /// A person sees it without unhiding it.
    pub visible: bool,
    /// The rectangle that holds its cells; none for an empty sheet.
    pub range: Option<String>,
    /// What it is for.
    pub role: Role,
    /// Every row that is part of a header, repeated ones included.
    pub header_rows: Vec<u32>,
    /// Of a questionnaire: column letters by what they hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<BTreeMap<ColumnRole, Option<ColumnPlace>>>,
    /// Of a visible questionnaire: its questions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Item>>,
    /// Of a register: how many entries it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// Of a register: its headings by column letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headings: Option<BTreeMap<String, String>>,
    /// Rows between the first and the last question or entry that are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
    /// Every answer cell holds the same default of its drop-down: nothing was answered.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub defaulted: bool,
}

/// Where something stands: one column, or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ColumnPlace {
    /// A column's letter.
    One(String),
    /// One letter per option or level.
    Many(Vec<String>),
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Where its answer stands, or the question itself where there is no answer column: `CAIQ!C5`.
    pub cell: String,
    /// Its row.
    pub row: u32,
    /// As the sheet gives it.
    pub id: Option<String>,
    /// The heading it stands under; levels are joined by ` / `.
    pub section: Option<String>,
    /// Its text.
    pub question: String,
    /// The answer's text; none where it is blank or a drop-down's placeholder.
    pub answer: Option<String>,
    /// What is added to the answer.
    pub comment: Option<String>,
    /// What the file lets one choose from.
    pub options: Option<Vec<String>>,
    /// The cell of the same question on an earlier sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo_of: Option<String>,
}

/// A row that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its number.
    pub row: u32,
    /// Why.
    pub reason: String,
}

/// Counts over the workbook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Questions.
    pub questions: usize,
    /// Questions that somebody answered.
    pub answered: usize,
}

/// Says what was understood of a workbook. `file` and `sha256` are those of the file it was read from.
pub fn inspect(workbook: &Workbook, words: &Headings, file: &str, sha256: &str) -> Inspection {
    let mut sheets: Vec<SheetReport> = workbook.sheets.iter().map(|sheet| report(sheet, workbook, words)).collect();
    mark_echoes(&mut sheets);
    let mut totals = Totals::default();
    for sheet in &sheets {
        let items = sheet.items.as_deref().unwrap_or_default();
        totals.questions += items.len();
        if !sheet.defaulted {
            totals.answered += items.iter().filter(|item| item.answer.is_some()).count();
        }
    }
    Inspection { file: file.to_owned(), format: workbook.format.name(), sha256: sha256.to_owned(), sheets, totals }
}

fn report(sheet: &Sheet, workbook: &Workbook, words: &Headings) -> SheetReport {
    let understood = role::understand(sheet, workbook, words);
    let visible = sheet.visibility == Visibility::Visible;
    let mut report = SheetReport {
        name: sheet.name.clone(),
        visible,
        range: sheet.range().map(|range| range.to_string()),
        role: understood.role,
        header_rows: Vec::new(),
        columns: None,
        items: None,
        rows: None,
        headings: None,
        skipped: Vec::new(),
        defaulted: false,
    };
    let Some(header) = &understood.header else { return report };
    report.header_rows = std::iter::once(header.row).chain(header.repeats.iter().copied()).collect();
    match (understood.role, understood.columns) {
        (Role::Questionnaire, Some(mut columns)) => {
            let asked = items::read(sheet, workbook, header, &mut columns, words);
            report.columns = Some(places(&columns));
            report.skipped = asked.skipped;
            report.defaulted = asked.defaulted;
            report.items = visible.then_some(asked.items);
        }
        (Role::Register, _) => {
            let (rows, skipped) = entries(sheet, header, words);
            report.rows = Some(rows);
            report.skipped = skipped;
            let letters = header.headings.iter().map(|(column, text)| (column_letters(*column), one_line(text)));
            report.headings = Some(letters.collect());
        }
        _ => {}
    }
    report
}

/// The columns of a questionnaire; answer and question are always named.
fn places(columns: &super::Columns) -> BTreeMap<ColumnRole, Option<ColumnPlace>> {
    let mut places: BTreeMap<_, _> = [ColumnRole::Id, ColumnRole::Question, ColumnRole::Answer, ColumnRole::Comment]
        .into_iter()
        .chain([ColumnRole::Section, ColumnRole::Guidance])
        .map(|role| (role, None))
        .collect();
    for (role, found) in columns.each() {
        let mut letters: Vec<String> = found.iter().map(|column| column_letters(*column)).collect();
        let place =
            if letters.len() == 1 { letters.pop().map(ColumnPlace::One) } else { Some(ColumnPlace::Many(letters)) };
        places.insert(role, place);
    }
    places
}

fn one_line(text: &str) -> String {
    text.trim_start_matches('\u{feff}').split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The entries of a register, counted, and the rows under its header that are none.
fn entries(sheet: &Sheet, header: &Header, words: &Headings) -> (usize, Vec<Skipped>) {
    let first_column = header.headings.keys().next().copied().unwrap_or(1);
    let mut rows = 0;
    let mut skipped = Vec::new();
    for row in sheet.rows.iter().filter(|row| row.number > header.row) {
        let reason = if header.repeats.contains(&row.number) {
            Some("the header again")
        } else if row.cells.iter().all(|cell| cell.value.text().is_none_or(|text| text.is_empty())) {
            Some("nothing to read")
        } else if row.cells.iter().all(|cell| !header.headings.contains_key(&cell.column)) {
            Some("outside the table")
        } else if header.headings.len() >= 3 && row.cells.len() == 1 && !stands_alone(row, first_column, words) {
            Some("a line of text, not an entry")
        } else {
            None
        };
        match reason {
            None => rows += 1,
            Some(reason) => skipped.push(Skipped { row: row.number, reason: reason.to_owned() }),
        }
    }
    (rows, skipped)
}

/// The only cell of an entry is its name: short, in the first column, and no total or copyright line.
fn stands_alone(row: &Row, first_column: u32, words: &Headings) -> bool {
    row.text(first_column).is_some_and(|text| text.chars().count() <= 80 && !words.is_trailer(&text))
}

/// The same id and question on a later sheet echo the first.
fn mark_echoes(sheets: &mut [SheetReport]) {
    let mut homes: BTreeMap<(String, String), (usize, String)> = BTreeMap::new();
    for (n, sheet) in sheets.iter_mut().enumerate() {
        for item in sheet.items.iter_mut().flatten() {
            let Some(id) = item.id.clone() else { continue };
            let (home, cell) =
                homes.entry((id, item.question.clone())).or_insert_with(|| (n, item.cell.clone())).clone();
            if home != n {
                item.echo_of = Some(cell);
            }
        }
    }
}
