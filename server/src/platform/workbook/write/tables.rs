//! The sheets of table questions: a row for each entry, drop-downs where entries are chosen.

use super::lists::Lists;
use super::look::{Look, print_set_up, row_height};
use super::words::{WorkbookWords, filled};
use super::{AnswerCell, WriteError, fits};
use domain::answer::Reply;
use domain::questionnaire::{Column, Document, Kind, Question};
use domain::sheet::own::{STAMP_SHEET, option_text, table_key};
use rust_xlsxwriter::{Note, Worksheet};
use std::collections::{BTreeMap, BTreeSet};

const KEYS: u32 = 0;
const HEADINGS: u32 = 1;
const FIRST: u32 = 2;
const WIDTH: f64 = 26.0;
/// Columns that can be read beside each other on one printed page.
const ACROSS: usize = 8;
/// Characters of a sheet's name.
const LONGEST_NAME: usize = 31;
/// Rows that are drawn to be filled in; a table that takes more has drop-downs further down all the same.
const DRAWN: u32 = 60;

/// A name for the sheet of each table question, by its id.
pub(super) fn sheet_names(document: &Document, words: &WorkbookWords) -> BTreeMap<String, String> {
    let mut taken: BTreeSet<String> =
        [&words.start_sheet, &words.answers_sheet].into_iter().map(|name| name.to_lowercase()).collect();
    taken.insert(STAMP_SHEET.to_owned());
    let tables = document.questions().filter(|question| matches!(question.kind, Kind::Table { .. }));
    let mut names = BTreeMap::new();
    for question in tables {
        let wanted = filled(&words.table_sheet, &question.id);
        let mut name: String = wanted.chars().take(LONGEST_NAME).collect();
        for n in 2_u32.. {
            if taken.insert(name.to_lowercase()) {
                break;
            }
            let end = format!(" {n}");
            name = wanted.chars().take(LONGEST_NAME - end.len()).collect::<String>() + &end;
        }
        names.insert(question.id.clone(), name);
    }
    names
}

pub(super) fn sheets(
    document: &Document,
    answers: &BTreeMap<String, AnswerCell>,
    names: &BTreeMap<String, String>,
    look: &Look,
    lists: &mut Lists,
) -> Result<Vec<Worksheet>, WriteError> {
    let mut sheets = Vec::new();
    for question in document.questions() {
        if let (Kind::Table { columns, max_rows, .. }, Some(name)) = (&question.kind, names.get(&question.id)) {
            let given = answers.get(&question.id).and_then(|answer| answer.reply.as_ref());
            sheets.push(sheet(question, columns, *max_rows, given, name, look, lists)?);
        }
    }
    Ok(sheets)
}

fn sheet(
    question: &Question,
    columns: &[Column],
    max_rows: u32,
    given: Option<&Reply>,
    name: &str,
    look: &Look,
    lists: &mut Lists,
) -> Result<Worksheet, WriteError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    let rows: &[BTreeMap<String, String>] = match given {
        Some(Reply::Table { rows }) => rows,
        _ => &[],
    };
    let heights = columns.iter().map(|column| (column.label.as_str(), WIDTH - 2.0));
    sheet.set_row_height(HEADINGS, row_height(heights))?;
    for (row, cells) in (FIRST..).zip(rows) {
        sheet.set_row_height(row, row_height(cells.values().map(|cell| (cell.as_str(), WIDTH))))?;
    }
    for (column, at) in columns.iter().zip(0_u16..) {
        sheet.set_column_width(at, WIDTH)?;
        sheet.write_string(KEYS, at, table_key(&question.id, &column.id))?;
        let heading = if column.required { format!("{} *", column.label) } else { column.label.clone() };
        sheet.write_string_with_format(HEADINGS, at, fits(&question.id, &heading)?, &look.header)?;
        if let Some(help) = &column.help {
            sheet.insert_note(HEADINGS, at, &Note::new(help.as_str()))?;
        }
        if !column.options.is_empty() {
            let texts: Vec<String> =
                column.options.iter().map(|option| option_text(&column.options, option, false).to_owned()).collect();
            let whose = format!("{}.{}", question.id, column.id);
            let list = lists.offer(&whose, STAMP_SHEET, &texts)?;
            sheet.add_data_validation(FIRST, at, FIRST + max_rows.max(1) - 1, at, &list)?;
        }
        for row in FIRST..FIRST + max_rows.min(DRAWN) {
            sheet.write_blank(row, at, &look.fill_in)?;
        }
        for (row, cells) in (FIRST..).zip(rows) {
            if let Some(cell) = cells.get(&column.id) {
                let chosen = column.options.iter().find(|option| option.id == *cell);
                let text = chosen.map_or(cell.as_str(), |option| option_text(&column.options, option, false));
                sheet.write_string_with_format(row, at, fits(&question.id, text)?, &look.fill_in)?;
            }
        }
    }
    sheet.set_row_hidden(KEYS)?;
    sheet.set_freeze_panes(FIRST, 1)?;
    let pages = u16::try_from(columns.len().div_ceil(ACROSS)).unwrap_or(1);
    print_set_up(&mut sheet, pages.max(1), Some((HEADINGS, HEADINGS)))?;
    Ok(sheet)
}
