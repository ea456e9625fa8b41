//! What a reader hands on, line by line, and how a workbook comes of it.

use super::super::ReadLimits;
use super::formula::{self, Term};
use super::lists;
use super::refusal::Refusal;
use domain::sheet::{Area, Cell, CellValue, DropDown, Format, Row, Sheet, Visibility, Workbook};
use std::collections::HashMap;

/// One thing that was read.
#[derive(Debug)]
pub(in super::super) enum Line {
    /// The file; comes first, and once.
    Workbook { format: Format, date_1904: bool },
    /// The day on which the file says that it was last saved: `2026-11-21`.
    Saved(String),
    /// What a name stands for: `Values!$B$2:$B$6`.
    Name(String, String),
    /// A sheet; what follows belongs to it.
    Sheet { name: String, visibility: Visibility },
    /// Cells of a row, and how those that were saved without a value can be put together.
    Row(Row, Vec<(u32, Vec<Term>)>),
    /// Merged cells.
    Merged(Vec<Area>),
    /// Cells, and the list that they offer.
    Offer(Vec<Area>, List),
}

/// A list of a drop-down as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum List {
    /// Its entries.
    Texts(Vec<String>),
    /// Where it stands, as a formula: `'My values'!$B$2:$B$6`, `Choices`, `"Yes,No"`.
    Formula(String),
}

/// A workbook while it is being read.
#[derive(Default)]
pub(in super::super) struct Gathered {
    workbook: Option<Workbook>,
    names: HashMap<String, String>,
    offers: Vec<(usize, Vec<Area>, List)>,
    pending: Vec<formula::Pending>,
}

impl Gathered {
    /// Takes the next line.
    ///
    /// # Errors
    /// When the lines are out of order, which only a broken reader makes them.
    pub(in super::super) fn take(&mut self, line: Line) -> Result<(), Refusal> {
        let lost = || Refusal::ReaderFailed { reason: "lines out of order".to_owned() };
        if let Line::Workbook { format, date_1904 } = line {
            if self.workbook.is_some() {
                return Err(lost());
            }
            self.workbook = Some(Workbook { format, date_1904, saved_on: None, sheets: Vec::new() });
            return Ok(());
        }
        let workbook = self.workbook.as_mut().ok_or_else(lost)?;
        let number = workbook.sheets.len().wrapping_sub(1);
        match (line, workbook.sheets.last_mut()) {
            (Line::Name(name, meaning), _) => {
                self.names.insert(name.to_lowercase(), meaning);
            }
            (Line::Saved(day), _) => workbook.saved_on = Some(day),
            (Line::Sheet { name, visibility }, _) => {
                let name = name_of_its_own(name, &workbook.sheets);
                workbook.sheets.push(Sheet::new(name, visibility));
            }
            (Line::Row(row, pending), Some(sheet)) => {
                let missing = |(column, terms)| formula::Pending { sheet: number, row: row.number, column, terms };
                self.pending.extend(pending.into_iter().map(missing));
                put(sheet, row);
            }
            (Line::Merged(areas), Some(sheet)) => sheet.merged.extend(areas),
            (Line::Offer(areas, list), Some(_)) => self.offers.push((number, areas, list)),
            _ => return Err(lost()),
        }
        Ok(())
    }

    /// The workbook, with its drop-downs and with values where formulas had been saved without.
    ///
    /// # Errors
    /// When nothing was read, or the values put together pass a limit.
    pub(in super::super) fn complete(self, limits: &ReadLimits) -> Result<Workbook, Refusal> {
        let Some(mut workbook) = self.workbook else {
            return Err(Refusal::ReaderFailed { reason: "nothing was read".to_owned() });
        };
        formula::complete(&mut workbook.sheets, self.pending, &self.names, limits)?;
        let resolved: Vec<(usize, DropDown)> = self
            .offers
            .into_iter()
            .filter_map(|(number, areas, list)| {
                let (options, from_sheet) = match list {
                    List::Texts(options) => (options, None),
                    List::Formula(formula) => {
                        lists::resolve(&formula, &workbook.sheets[number].name, &workbook.sheets, &self.names)?
                    }
                };
                (!options.is_empty()).then_some((number, DropDown { areas, options, from_sheet }))
            })
            .collect();
        for (number, drop_down) in resolved {
            workbook.sheets[number].drop_downs.push(drop_down);
        }
        Ok(workbook)
    }
}

/// No two sheets of a sound workbook share a name, whatever its case: an address would mean two cells.
fn name_of_its_own(name: String, sheets: &[Sheet]) -> String {
    let is_free = |name: &String| !sheets.iter().any(|sheet| sheet.name.to_lowercase() == name.to_lowercase());
    if is_free(&name) {
        return name;
    }
    (2..).map(|n: u32| format!("{name} ({n})")).find(is_free).unwrap_or(name)
}

/// Puts a row where it belongs: rows of a damaged file may come twice or out of order.
fn put(sheet: &mut Sheet, row: Row) {
    match sheet.rows.last() {
        Some(last) if last.number >= row.number => {}
        _ => return sheet.rows.push(row),
    }
    match sheet.rows.binary_search_by_key(&row.number, |row| row.number) {
        Err(at) => sheet.rows.insert(at, row),
        Ok(at) => {
            let there = &mut sheet.rows[at];
            there.hidden |= row.hidden;
            there.cells.extend(row.cells);
            in_order(&mut there.cells);
        }
    }
}

/// Cells by column; of several in one place the last counts.
pub(super) fn in_order(cells: &mut Vec<Cell>) {
    if cells.is_sorted_by(|one, next| one.column < next.column) {
        return;
    }
    cells.reverse();
    cells.sort_by_key(|cell| cell.column);
    cells.dedup_by_key(|cell| cell.column);
}

/// The value in a place.
pub(super) fn value_at(sheets: &[Sheet], sheet: usize, row: u32, column: u32) -> Option<&CellValue> {
    sheets.get(sheet)?.row(row)?.cell(column).map(|cell| &cell.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_of_one_name_are_told_apart() {
        let mut gathered = Gathered::default();
        let begin = Line::Workbook { format: Format::Xlsx, date_1904: false };
        gathered.take(begin).expect("begun");
        for name in ["Answers", "answers", "Answers (2)", "Answers"] {
            let sheet = Line::Sheet { name: name.to_owned(), visibility: Visibility::Visible };
            gathered.take(sheet).expect("a sheet");
        }
        let workbook = gathered.complete(&ReadLimits::default()).expect("a workbook");
        let names: Vec<&str> = workbook.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        assert_eq!(names, ["Answers", "answers (2)", "Answers (2) (2)", "Answers (3)"]);
    }
}
