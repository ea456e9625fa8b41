//! Cells on their way into the grid, counted against the limits before anything is kept.

use super::ReadLimits;
use super::refusal::Refusal;
use domain::sheet::{Cell, CellValue, Row, Sheet, address};
use std::collections::BTreeMap;

/// What all sheets of one workbook have used up so far.
pub(super) struct Collector<'a> {
    limits: &'a ReadLimits,
    cells: usize,
    text: u64,
}

/// The cells of one sheet so far.
pub(super) struct SheetCells {
    name: String,
    rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(limits: &'a ReadLimits) -> Self {
        Self { limits, cells: 0, text: 0 }
    }

    pub(super) fn sheet(name: &str) -> SheetCells {
        SheetCells { name: name.to_owned(), rows: BTreeMap::new() }
    }

    /// Keeps one cell; blank texts are not kept. Row and column are counted from 1.
    pub(super) fn add(
        &mut self,
        sheet: &mut SheetCells,
        (row, column): (u32, u32),
        value: CellValue,
        formula: bool,
    ) -> Result<(), Refusal> {
        let at = || address(&sheet.name, row, column);
        if let CellValue::Text(text) = &value {
            if text.trim().is_empty() {
                return Ok(());
            }
            if text.len() > self.limits.text && text.chars().count() > self.limits.text {
                return Err(Refusal::TextTooLong { at: at(), most: self.limits.text });
            }
            self.text += text.len() as u64;
            if self.text > self.limits.all_text {
                return Err(Refusal::TooMuchText { at: at(), most: self.limits.all_text });
            }
        }
        if column > self.limits.columns {
            return Err(Refusal::TooManyColumns { at: at(), most: self.limits.columns });
        }
        self.cells += 1;
        if self.cells > self.limits.cells {
            return Err(Refusal::TooManyCells { at: at(), most: self.limits.cells });
        }
        if sheet.rows.len() == self.limits.rows && !sheet.rows.contains_key(&row) {
            return Err(Refusal::TooManyRows { at: at(), most: self.limits.rows });
        }
        sheet.rows.entry(row).or_default().insert(column, Cell { column, value, formula });
        Ok(())
    }
}

impl SheetCells {
    /// Puts the cells into the sheet, in order; `hidden` says which rows are.
    pub(super) fn into_sheet(self, sheet: &mut Sheet, hidden: impl Fn(u32) -> bool) {
        sheet.rows = self
            .rows
            .into_iter()
            .map(|(number, cells)| Row { number, hidden: hidden(number), cells: cells.into_values().collect() })
            .collect();
    }
}
