//! Cells on their way out of a reader, counted against the limits before anything is handed on.

use super::super::ReadLimits;
use super::formula::Term;
use super::gathered::{Line, List, in_order};
use super::refusal::Refusal;
use domain::sheet::{Area, Cell, CellValue, Format, Row, Visibility, address};

/// Whether a cell is computed.
pub(super) enum Computed {
    /// It holds what was typed.
    No,
    /// By a formula whose value was saved with it.
    Saved,
    /// By a formula that was saved without its value; how it can be put together from other cells, unless that would
    /// take computing.
    Missing(Vec<Term>),
}

/// Where lines go.
pub(super) type Out<'a> = &'a mut dyn FnMut(Line) -> Result<(), Refusal>;

/// What all sheets of one workbook have used up so far, and the row that is being read.
pub(super) struct Collector<'a> {
    limits: &'a ReadLimits,
    out: Out<'a>,
    sheets: usize,
    cells: usize,
    text: u64,
    sheet: String,
    rows: usize,
    areas: usize,
    row: Row,
    pending: Vec<(u32, Vec<Term>)>,
}

impl<'a> Collector<'a> {
    /// Begins the workbook.
    pub(super) fn new(format: Format, date_1904: bool, limits: &'a ReadLimits, out: Out<'a>) -> Result<Self, Refusal> {
        out(Line::Workbook { format, date_1904 })?;
        let row = Row { number: 0, hidden: false, cells: Vec::new() };
        let (sheet, pending) = (String::new(), Vec::new());
        Ok(Self { limits, out, sheets: 0, cells: 0, text: 0, sheet, rows: 0, areas: 0, row, pending })
    }

    /// Notes what a name stands for.
    pub(super) fn name(&mut self, name: &str, meaning: &str) -> Result<(), Refusal> {
        (self.out)(Line::Name(name.to_owned(), meaning.to_owned()))
    }

    /// Begins the next sheet.
    pub(super) fn sheet(&mut self, name: &str, visibility: Visibility) -> Result<(), Refusal> {
        self.end_row()?;
        if self.sheets == self.limits.sheets {
            return Err(Refusal::TooManySheets { most: self.limits.sheets });
        }
        self.sheets += 1;
        (self.rows, self.areas) = (0, 0);
        self.sheet = name.replace('\0', "");
        (self.out)(Line::Sheet { name: self.sheet.clone(), visibility })
    }

    /// Takes one cell of the current sheet; blank texts are passed over. Row and column are counted from 1.
    pub(super) fn add(
        &mut self,
        (row, hidden): (u32, bool),
        column: u32,
        mut value: CellValue,
        computed: Computed,
    ) -> Result<(), Refusal> {
        // No database keeps a zero in a text, and nobody sees it in a cell.
        if let CellValue::Text(text) | CellValue::Date(text) | CellValue::Error(text) = &mut value
            && text.as_bytes().contains(&0)
        {
            text.retain(|c| c != '\0');
        }
        if let CellValue::Text(text) = &value {
            if text.trim().is_empty() {
                return Ok(());
            }
            if text.len() > self.limits.text && text.chars().count() > self.limits.text {
                return Err(Refusal::TextTooLong { at: self.at(row, column), most: self.limits.text });
            }
            self.text += text.len() as u64;
            if self.text > self.limits.all_text {
                return Err(Refusal::TooMuchText { at: self.at(row, column), most: self.limits.all_text });
            }
        }
        if column > self.limits.columns {
            return Err(Refusal::TooManyColumns { at: self.at(row, column), most: self.limits.columns });
        }
        self.cells += 1;
        if self.cells > self.limits.cells {
            return Err(Refusal::TooManyCells { at: self.at(row, column), most: self.limits.cells });
        }
        if self.row.number != row {
            self.end_row()?;
            if self.rows == self.limits.rows {
                return Err(Refusal::TooManyRows { at: self.at(row, column), most: self.limits.rows });
            }
            self.rows += 1;
            (self.row.number, self.row.hidden) = (row, hidden);
        }
        let formula = !matches!(computed, Computed::No);
        if let Computed::Missing(terms) = computed
            && !terms.is_empty()
        {
            self.pending.push((column, terms));
        }
        self.row.cells.push(Cell { column, value, formula });
        Ok(())
    }

    /// Notes merged cells of the current sheet.
    pub(super) fn merged(&mut self, areas: Vec<Area>) -> Result<(), Refusal> {
        self.end_row()?;
        self.count_areas(areas.len())?;
        (self.out)(Line::Merged(areas))
    }

    /// Notes cells of the current sheet that offer a list.
    pub(super) fn offer(&mut self, areas: Vec<Area>, list: List) -> Result<(), Refusal> {
        self.end_row()?;
        self.count_areas(areas.len())?;
        (self.out)(Line::Offer(areas, list))
    }

    /// Ends the last row.
    pub(super) fn end(mut self) -> Result<(), Refusal> {
        self.end_row()
    }

    fn count_areas(&mut self, more: usize) -> Result<(), Refusal> {
        self.areas += more;
        if self.areas > self.limits.areas {
            return Err(Refusal::TooManyAreas { at: self.sheet.clone(), most: self.limits.areas });
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Refusal> {
        let number = std::mem::take(&mut self.row.number);
        if self.row.cells.is_empty() {
            return Ok(());
        }
        let mut cells = std::mem::take(&mut self.row.cells);
        in_order(&mut cells);
        self.row.cells = Vec::with_capacity(cells.len());
        (self.out)(Line::Row(Row { number, hidden: self.row.hidden, cells }, std::mem::take(&mut self.pending)))
    }

    /// The address of a cell of the current sheet.
    pub(super) fn at(&self, row: u32, column: u32) -> String {
        address(&self.sheet, row, column)
    }
}
