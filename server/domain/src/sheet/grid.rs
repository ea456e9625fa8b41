//! The grid of non-empty cells of a workbook, the same for every file format.

use super::place::{Area, address};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The file formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Office Open XML workbook.
    Xlsx,
    /// The same with macros, which are never run.
    Xlsm,
    /// Excel 97-2003 (BIFF).
    Xls,
    /// Excel binary workbook.
    Xlsb,
    /// OpenDocument spreadsheet.
    Ods,
    /// Text separated by commas, semicolons or bars.
    Csv,
    /// Text separated by tabs.
    Tsv,
}

impl Format {
    /// The format's name, which is also its usual extension.
    pub fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xlsm => "xlsm",
            Self::Xls => "xls",
            Self::Xlsb => "xlsb",
            Self::Ods => "ods",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
        }
    }
}

/// Everything that was read from a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Workbook {
    /// By content, not by name.
    pub format: Format,
    /// Serial numbers count from 1904-01-01 instead of 1900.
    #[serde(default)]
    pub date_1904: bool,
    /// The day on which it was last saved, as the file says: `2026-11-21`. Files can say what they want, and most that
    /// are text say nothing.
    #[serde(default)]
    pub saved_on: Option<String>,
    /// In the file's order.
    pub sheets: Vec<Sheet>,
}

/// Whether a sheet can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// It is shown.
    Visible,
    /// A person can unhide it.
    Hidden,
    /// Only a program can unhide it.
    VeryHidden,
}

/// One sheet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Its name; `csv` for a text file.
    pub name: String,
    /// Whether it can be seen.
    pub visibility: Visibility,
    /// Rows that hold at least one cell, by number.
    pub rows: Vec<Row>,
    /// Merged cells; the value stands in the top left one.
    #[serde(default)]
    pub merged: Vec<Area>,
    /// Lists that cells offer to choose from.
    #[serde(default)]
    pub drop_downs: Vec<DropDown>,
}

/// A row that holds at least one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Counted from 1; records in a text file.
    pub number: u32,
    /// Hidden by hand or by a filter; its cells are data all the same.
    #[serde(default)]
    pub hidden: bool,
    /// By column.
    pub cells: Vec<Cell>,
}

/// A cell that holds something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Counted from 1.
    pub column: u32,
    /// What it holds.
    pub value: CellValue,
    /// It is computed; the value is the one that was stored with it.
    #[serde(default)]
    pub formula: bool,
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum CellValue {
    /// Text, as it stands in the file.
    Text(String),
    /// A number; in JSON as text, because JSON readers may round.
    Number(#[serde(with = "exact")] f64),
    /// True or false.
    Bool(bool),
    /// A date, a time, or both, in ISO 8601: `2026-11-21`, `2026-11-21T09:30:00`, `09:30:00`.
    Date(String),
    /// An error such as `#REF!`.
    Error(String),
    /// A formula that was saved without its value.
    NotComputed,
}

/// Numbers as texts that read back to the very same number.
mod exact {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(number: &f64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

/// A list that cells offer to choose from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DropDown {
    /// The cells that offer it.
    pub areas: Vec<Area>,
    /// What it offers, wherever the list stands.
    pub options: Vec<String>,
    /// The sheet that the list stands on, when it is not written into the drop-down itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_sheet: Option<String>,
}

impl Workbook {
    /// The sheet of that name, ignoring case as spreadsheet programs do.
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.name.to_lowercase() == name.to_lowercase())
    }
}

impl Sheet {
    /// An empty sheet.
    pub fn new(name: impl Into<String>, visibility: Visibility) -> Self {
        Self { name: name.into(), visibility, rows: Vec::new(), merged: Vec::new(), drop_downs: Vec::new() }
    }

    /// The rectangle that holds every cell; `None` for an empty sheet.
    pub fn range(&self) -> Option<Area> {
        let mut range: Option<Area> = None;
        for row in &self.rows {
            for column in row.cells.first().into_iter().chain(row.cells.last()).map(|cell| cell.column) {
                range = Some(range.map_or_else(|| Area::cell(row.number, column), |r| r.with(row.number, column)));
            }
        }
        range
    }

    /// The last column that holds a cell or offers a list; 0 where none does.
    pub fn width(&self) -> u32 {
        /// Lists that reach over whole rows say nothing about how wide a table is.
        const WIDEST_LIST: u32 = 64;
        let cells = self.rows.iter().filter_map(|row| row.cells.last()).map(|cell| cell.column);
        let lists = self.drop_downs.iter().flat_map(|list| &list.areas);
        let lists = lists.filter(|area| area.last_column - area.first_column <= WIDEST_LIST);
        cells.chain(lists.map(|area| area.last_column)).max().unwrap_or(0)
    }

    /// The row of that number, if it holds anything.
    pub fn row(&self, number: u32) -> Option<&Row> {
        self.rows.binary_search_by_key(&number, |row| row.number).ok().map(|at| &self.rows[at])
    }

    /// What the drop-down of a cell offers; `None` where it has none.
    pub fn options(&self, row: u32, column: u32) -> Option<&[String]> {
        let offers = |drop_down: &&DropDown| drop_down.areas.iter().any(|area| area.contains(row, column));
        self.drop_downs.iter().find(offers).map(|drop_down| drop_down.options.as_slice())
    }

    /// The address of one of its cells: `Answers!D14`.
    pub fn address(&self, row: u32, column: u32) -> String {
        address(&self.name, row, column)
    }
}

impl Row {
    /// The cell in that column, if it holds anything.
    pub fn cell(&self, column: u32) -> Option<&Cell> {
        self.cells.binary_search_by_key(&column, |cell| cell.column).ok().map(|at| &self.cells[at])
    }

    /// The cell's text, trimmed; `None` where it is blank.
    pub fn text(&self, column: u32) -> Option<Cow<'_, str>> {
        self.cell(column).and_then(|cell| cell.value.text())
    }
}

impl CellValue {
    /// The value as a person reads it, trimmed; `None` where there is nothing to read.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(Cow::Borrowed),
            Self::Number(number) => Some(Cow::Owned(number_text(*number))),
            Self::Bool(true) => Some(Cow::Borrowed("TRUE")),
            Self::Bool(false) => Some(Cow::Borrowed("FALSE")),
            Self::Date(text) | Self::Error(text) => Some(Cow::Borrowed(text)),
            Self::NotComputed => None,
        }
    }
}

/// A number with the 15 significant digits that spreadsheet programs show, without a trailing `.0`.
pub fn number_text(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_a_person_sees_them() {
        for (number, text) in [(5.0, "5"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (5.1, "5.1"), (1e15, "1000000000000000")] {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn the_range_is_where_the_cells_are() {
        let cell = |column| Cell { column, value: CellValue::Bool(true), formula: false };
        let mut sheet = Sheet::new("S", Visibility::Visible);
        assert_eq!(sheet.range(), None);
        sheet.rows.push(Row { number: 2, hidden: false, cells: vec![cell(3)] });
        sheet.rows.push(Row { number: 9, hidden: false, cells: vec![cell(2), cell(5)] });
        assert_eq!(sheet.range().map(|r| r.to_string()).as_deref(), Some("B2:E9"));
    }
}
