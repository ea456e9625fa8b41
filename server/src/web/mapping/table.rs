//! Some rows of a sheet as they look.

use super::Outcome;
use super::view::{Cell, Row};
use domain::sheet::{Area, Sheet};
use std::collections::BTreeMap;

/// Rows shown at once.
const ROWS_SHOWN: usize = 40;
/// Rows above the headings that are shown with them.
const ROWS_ABOVE: usize = 5;
/// Columns shown.
pub(super) const COLUMNS_SHOWN: u32 = 60;
/// Characters of a cell that are shown at once.
const CLIPPED: usize = 140;
/// Characters of a cell that can be had.
const LONGEST: usize = 4_000;

/// Rows by their place among those that hold something: from, and up to but not with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window(usize, usize);

impl Window {
    /// The rows from the one that is wished for; else around the headings.
    pub(super) fn of(sheet: &Sheet, wished: Option<u32>, header_rows: &[u32]) -> Self {
        let at = |row: u32| sheet.rows.partition_point(|other| other.number < row);
        let from = match (wished, header_rows.first()) {
            (Some(row), _) => at(row),
            (None, Some(first)) => at(*first).saturating_sub(ROWS_ABOVE),
            (None, None) => 0,
        };
        let from = from.min(sheet.rows.len().saturating_sub(1));
        Self(from, (from + ROWS_SHOWN).min(sheet.rows.len()))
    }

    /// Numbers of the first row shown, the last one, and the sheet's last.
    pub(super) fn bounds(self, sheet: &Sheet) -> (u32, u32, u32) {
        let number = |at: usize| sheet.rows.get(at).map_or(0, |row| row.number);
        (number(self.0), number(self.1.saturating_sub(1)), sheet.rows.last().map_or(0, |row| row.number))
    }

    /// Where the rows before begin.
    pub(super) fn previous(self, sheet: &Sheet) -> Option<u32> {
        let from = self.0.saturating_sub(ROWS_SHOWN);
        (self.0 > 0).then(|| sheet.rows[from].number)
    }

    /// Where the rows behind begin.
    pub(super) fn next(self, sheet: &Sheet) -> Option<u32> {
        sheet.rows.get(self.1).map(|row| row.number)
    }

    /// The rows, with the colours of columns from the left.
    pub(super) fn rows(self, sheet: &Sheet, hues: &[usize], outcomes: &BTreeMap<u32, Outcome>) -> Vec<Row> {
        let (first, last, _) = self.bounds(sheet);
        let merged: Vec<&Area> =
            sheet.merged.iter().filter(|area| area.first_row <= last && area.last_row >= first).collect();
        let mut before = self.0.checked_sub(1).and_then(|at| sheet.rows.get(at)).map_or(0, |row| row.number);
        let mut rows = Vec::new();
        for row in &sheet.rows[self.0..self.1] {
            let outcome = outcomes.get(&row.number);
            rows.push(Row {
                number: row.number,
                blank: (row.number - before).saturating_sub(1),
                hidden: row.hidden,
                kind: outcome.map_or("", |outcome| outcome.kind),
                mark: outcome.map(|outcome| outcome.mark.clone()).unwrap_or_default(),
                reason: outcome.and_then(|outcome| outcome.reason.clone()),
                doubt: None,
                cells: cells(row, hues, &merged),
            });
            before = row.number;
        }
        rows
    }
}

fn cells(row: &domain::sheet::Row, hues: &[usize], merged: &[&Area]) -> Vec<Cell> {
    let mut cells = Vec::new();
    let mut free = 1;
    for (column, hue) in (1_u32..).zip(hues) {
        if column < free {
            continue;
        }
        let area = merged.iter().find(|area| area.contains(row.number, column));
        let mut cell = Cell { hue: *hue, ..Cell::default() };
        if let Some(area) = area {
            let last = area.last_column.min(u32::try_from(hues.len()).unwrap_or(u32::MAX));
            let span = last.saturating_sub(column) + 1;
            cell.span = if span > 1 { span } else { 0 };
            cell.joined = area.first_row < row.number;
            free = column + span;
        }
        if let Some(text) = row.text(column) {
            if text.chars().count() > CLIPPED {
                cell.text = text.chars().take(CLIPPED).chain(['…']).collect();
                cell.full = Some(text.chars().take(LONGEST).collect());
            } else {
                cell.text = text.into_owned();
            }
        }
        cells.push(cell);
    }
    cells
}
