//! The sheet of a table question, read back to its rows.

use super::mark::table_key_of;
use super::read::Unknown;
use super::reply::same;
use crate::answer::{Limits, Reply, parse, parse_row};
use crate::problem::Problem;
use crate::questionnaire::{Column, Kind, Question};
use crate::sheet::grid::{CellValue, Row, Sheet, Workbook};
use std::collections::BTreeMap;

/// Rows that are looked at for the headings of a table whose keys are gone.
const LOOKED_AT: usize = 20;

/// What the sheet of a table question says.
pub(super) struct TableSaid {
    /// Its first cell to fill in, or the first one filled in.
    pub(super) cell: String,
    /// The rows; none when all are blank. A problem is located at its cell.
    pub(super) outcome: Result<Option<Reply>, Problem>,
    /// Cells beside the table.
    pub(super) unknown: Vec<Unknown>,
}

struct Layout<'a> {
    sheet: &'a Sheet,
    /// Column ids by column of the sheet.
    columns: BTreeMap<u32, &'a str>,
    /// The row of keys, or of headings.
    above: u32,
}

/// Reads a table question; `None` when the workbook has no sheet for it.
pub(super) fn said(workbook: &Workbook, question: &Question, limits: &Limits) -> Option<TableSaid> {
    let Kind::Table { columns, max_rows, .. } = &question.kind else { return None };
    let layout = by_keys(workbook, question, columns).or_else(|| by_headings(workbook, columns))?;
    let sheet = layout.sheet;
    let is_header = |row: &Row| {
        row.number == layout.above
            || layout.columns.iter().all(|(at, id)| {
                columns
                    .iter()
                    .any(|column| column.id == *id && row.text(*at).is_some_and(|text| is_label(&text, column)))
            })
    };
    let mut kept: Vec<(u32, BTreeMap<String, String>)> = Vec::new();
    let mut unknown = Vec::new();
    let mut problem: Option<Problem> = None;
    let mut first: Option<String> = None;
    for row in sheet.rows.iter().filter(|row| !is_header(row)) {
        let (cells, beside) = cells(row, &layout);
        unknown.extend(beside.into_iter().map(|(column, text)| Unknown {
            cell: sheet.address(row.number, column),
            reason: "outside-the-table".to_owned(),
            text,
        }));
        let read = cells.and_then(|cells| parse_row("", columns, cells, limits));
        match read {
            Ok(None) => {}
            Ok(Some(cells)) => {
                first.get_or_insert_with(|| first_cell(sheet, row, &layout));
                kept.push((row.number, cells));
            }
            Err(found) => {
                first.get_or_insert_with(|| first_cell(sheet, row, &layout));
                problem.get_or_insert_with(|| located(found, sheet, row.number, &layout));
            }
        }
    }
    let leftmost = layout.columns.keys().next().copied().unwrap_or(1);
    let cell = first.unwrap_or_else(|| sheet.address(layout.above + 2, leftmost));
    let outcome = match problem {
        Some(problem) => Err(problem),
        None if kept.is_empty() => Ok(None),
        None => {
            let too_far = kept.get(*max_rows as usize).map(|(row, _)| sheet.address(*row, leftmost));
            let rows = kept.into_iter().map(|(_, cells)| cells).collect();
            parse(question, Reply::Table { rows }, limits)
                .map(Some)
                .map_err(|problem| problem.moved_to(too_far.unwrap_or_else(|| cell.clone())))
        }
    };
    let outcome = outcome.map_err(|problem| problem.with("question", &question.id));
    Some(TableSaid { cell, outcome, unknown })
}

/// The heading of a required column has a star behind it.
fn is_label(text: &str, column: &Column) -> bool {
    same(text.trim_end_matches(['*', ' ']), &column.label) || same(text, &column.label)
}

fn by_keys<'a>(workbook: &'a Workbook, question: &Question, columns: &'a [Column]) -> Option<Layout<'a>> {
    for sheet in &workbook.sheets {
        for row in &sheet.rows {
            let mut found = BTreeMap::new();
            for cell in &row.cells {
                let text = cell.value.text().unwrap_or_default();
                if let Some((_, id)) = table_key_of(&text).filter(|(table, _)| *table == question.id)
                    && let Some(column) = columns.iter().find(|column| column.id == id)
                {
                    found.insert(cell.column, column.id.as_str());
                }
            }
            if !found.is_empty() {
                return Some(Layout { sheet, columns: found, above: row.number });
            }
        }
    }
    None
}

/// A row that holds every heading of the table, word for word, and no keys above it.
fn by_headings<'a>(workbook: &'a Workbook, columns: &'a [Column]) -> Option<Layout<'a>> {
    for sheet in &workbook.sheets {
        let keyed =
            |row: &Row| row.cells.iter().any(|cell| cell.value.text().is_some_and(|t| table_key_of(&t).is_some()));
        if sheet.rows.iter().take(LOOKED_AT).any(keyed) {
            continue;
        }
        for row in sheet.rows.iter().take(LOOKED_AT) {
            let place = |column: &'a Column| {
                let cell =
                    row.cells.iter().find(|cell| cell.value.text().is_some_and(|text| is_label(&text, column)))?;
                Some((cell.column, column.id.as_str()))
            };
            let found: Option<BTreeMap<u32, &str>> = columns.iter().map(place).collect();
            if let Some(columns) = found.filter(|found| found.len() == columns.len()) {
                return Some(Layout { sheet, columns, above: row.number });
            }
        }
    }
    None
}

/// Cells by column id (or what is wrong with one), and texts beside the table by column.
type Cells = (Result<BTreeMap<String, String>, Problem>, Vec<(u32, String)>);

fn cells(row: &Row, layout: &Layout<'_>) -> Cells {
    let mut inside = BTreeMap::new();
    let mut beside = Vec::new();
    let mut problem = None;
    for cell in &row.cells {
        let text = cell.value.text().unwrap_or_default().into_owned();
        let Some(id) = layout.columns.get(&cell.column) else {
            beside.push((cell.column, text));
            continue;
        };
        let code = match &cell.value {
            CellValue::NotComputed => Some("formula-without-value"),
            CellValue::Error(_) => Some("error-cell"),
            _ => None,
        };
        if let Some(code) = code {
            problem.get_or_insert_with(|| Problem::new(format!(".{id}"), code).with("given", &text));
        }
        inside.insert((*id).to_owned(), text);
    }
    beside.retain(|(_, text)| !text.is_empty());
    (problem.map_or(Ok(inside), Err), beside)
}

fn first_cell(sheet: &Sheet, row: &Row, layout: &Layout<'_>) -> String {
    let column = row.cells.iter().map(|cell| cell.column).find(|column| layout.columns.contains_key(column));
    sheet.address(row.number, column.unwrap_or(1))
}

/// From `.column` to the cell of that column.
fn located(problem: Problem, sheet: &Sheet, row: u32, layout: &Layout<'_>) -> Problem {
    let id = problem.at.trim_start_matches('.').to_owned();
    let column = layout.columns.iter().find(|(_, column)| **column == id).map(|(at, _)| *at);
    match column.or_else(|| layout.columns.keys().next().copied()) {
        Some(column) => problem.moved_to(sheet.address(row, column)).with("column", id),
        None => problem,
    }
}
