//! Lines on their way from the child: as JSON, with cells as short as they can be.

use super::super::reading::{Line, List, Refusal, Term};
use domain::sheet::{Area, Cell, CellValue, Format, Row, Visibility};
use serde::{Deserialize, Serialize};
use std::io::Write;

/// One line of the child's answer.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wire {
    Workbook(Format, bool),
    Saved(String),
    Name(String, String),
    Sheet(String, Visibility),
    /// Number, whether it is hidden, its cells, and what cells without a value are put together from.
    Row(u32, bool, Vec<WireCell>, Vec<(u32, Vec<Term>)>),
    Merged(Vec<Area>),
    Offer(Vec<Area>, List),
    Refused(Refusal),
    End,
}

/// Column, a letter for the kind of value (a capital one if it is computed), and the value.
type WireCell = (u32, char, String);

impl From<Line> for Wire {
    fn from(line: Line) -> Self {
        match line {
            Line::Workbook { format, date_1904 } => Self::Workbook(format, date_1904),
            Line::Saved(day) => Self::Saved(day),
            Line::Name(name, meaning) => Self::Name(name, meaning),
            Line::Sheet { name, visibility } => Self::Sheet(name, visibility),
            Line::Row(row, pending) => {
                Self::Row(row.number, row.hidden, row.cells.into_iter().map(short).collect(), pending)
            }
            Line::Merged(areas) => Self::Merged(areas),
            Line::Offer(areas, list) => Self::Offer(areas, list),
        }
    }
}

impl Wire {
    /// The line again.
    ///
    /// # Errors
    /// When it is none that a child writes.
    pub(super) fn line(self) -> Result<Line, &'static str> {
        Ok(match self {
            Self::Workbook(format, date_1904) => Line::Workbook { format, date_1904 },
            Self::Saved(day) => Line::Saved(day),
            Self::Name(name, meaning) => Line::Name(name, meaning),
            Self::Sheet(name, visibility) => Line::Sheet { name, visibility },
            Self::Row(number, hidden, cells, pending) => {
                let cells = cells.into_iter().map(long).collect::<Option<_>>().ok_or("a cell of no kind")?;
                Line::Row(Row { number, hidden, cells }, pending)
            }
            Self::Merged(areas) => Line::Merged(areas),
            Self::Offer(areas, list) => Line::Offer(areas, list),
            Self::Refused(_) | Self::End => return Err("the last line before others"),
        })
    }
}

fn short(cell: Cell) -> WireCell {
    let (kind, value) = match cell.value {
        CellValue::Text(text) => ('t', text),
        CellValue::Number(number) => ('n', number.to_string()),
        CellValue::Bool(truth) => ('b', truth.to_string()),
        CellValue::Date(text) => ('d', text),
        CellValue::Error(text) => ('e', text),
        CellValue::NotComputed => ('x', String::new()),
    };
    (cell.column, if cell.formula { kind.to_ascii_uppercase() } else { kind }, value)
}

fn long((column, kind, value): WireCell) -> Option<Cell> {
    let read = match kind.to_ascii_lowercase() {
        't' => CellValue::Text(value),
        'n' => CellValue::Number(value.parse().ok()?),
        'b' => CellValue::Bool(value.parse().ok()?),
        'd' => CellValue::Date(value),
        'e' => CellValue::Error(value),
        'x' => CellValue::NotComputed,
        _ => return None,
    };
    Some(Cell { column, value: read, formula: kind.is_ascii_uppercase() })
}

/// Writes one line.
pub(super) fn write(out: &mut impl Write, line: &Wire) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
