//! Formulas of drop-downs in the binary formats: a written list, a range, or a name for either. Everything else would
//! have to be computed.

use super::bytes::{flagged_at, u8_at, u16_at, u32_at, utf16_at};
use super::gathered::List;
use domain::sheet::Area;

/// How wide the fields of a format are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// xls: 65,536 rows and 256 columns.
    Old,
    /// xlsb: 1,048,576 rows and 16,384 columns.
    New,
}

/// What formulas refer to by number.
#[derive(Default)]
pub(super) struct Book {
    /// The sheets, in order.
    pub(super) sheets: Vec<String>,
    /// Links, each to one sheet of this very file or to anything else.
    pub(super) links: Vec<Option<usize>>,
    /// The formulas of names.
    pub(super) names: Vec<Vec<u8>>,
}

impl Book {
    /// The list that a formula stands for; `first` is the first cell that offers it, counted from 0.
    pub(super) fn list(&self, formula: &[u8], first: (u32, u32), width: Width) -> Option<List> {
        self.meant(formula, first, width, true)
    }

    fn meant(&self, formula: &[u8], first: (u32, u32), width: Width, may_be_name: bool) -> Option<List> {
        let (token, rest) = formula.split_first()?;
        // Three classes of every reference, of which this is the first.
        let token = if token & 0x40 == 0 { *token } else { (token | 0x20) & 0x3F };
        match token {
            0x17 => written(rest, width),
            0x23 => {
                let number = match width {
                    Width::Old => u32::from(u16_at(rest, 0)?),
                    Width::New => u32_at(rest, 0)?,
                };
                let formula = self.names.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
                may_be_name.then(|| self.meant(formula, (0, 0), width, false))?
            }
            0x24 | 0x25 => area(rest, token == 0x25, width).map(|area| List::Formula(area.to_string())),
            0x2C | 0x2D => {
                let moved = shifted(rest, token == 0x2D, first, width)?;
                Some(List::Formula(moved.to_string()))
            }
            0x3A | 0x3B => {
                let sheet = self.sheets.get((*self.links.get(usize::from(u16_at(rest, 0)?))?)?)?;
                let area = area(rest.get(2..)?, token == 0x3B, width)?;
                Some(List::Formula(format!("'{}'!{area}", sheet.replace('\'', "''"))))
            }
            _ => None,
        }
    }
}

/// Entries with a separator between them: a zero in the older format, a comma in the newer one.
fn written(rest: &[u8], width: Width) -> Option<List> {
    let (text, end) = match width {
        Width::Old => flagged_at(rest, 1, usize::from(u8_at(rest, 0)?))?,
        Width::New => utf16_at(rest, 2, usize::from(u16_at(rest, 0)?))?,
    };
    let separator = if text.contains('\0') { '\0' } else { ',' };
    let options = text.split(separator).map(|option| option.trim().to_owned()).filter(|option| !option.is_empty());
    (end == rest.len()).then(|| List::Texts(options.collect()))
}

/// The raw rows and columns of a reference: of both corners, which for one cell are the same.
fn corners(rest: &[u8], is_area: bool, width: Width) -> Option<([u32; 2], [u16; 2])> {
    let step = if width == Width::Old { 2 } else { 4 };
    let row = |n| match width {
        Width::Old => u16_at(rest, n * step).map(u32::from),
        Width::New => u32_at(rest, n * step),
    };
    Some(if is_area {
        ([row(0)?, row(1)?], [u16_at(rest, 2 * step)?, u16_at(rest, 2 * step + 2)?])
    } else {
        ([row(0)?; 2], [u16_at(rest, step)?; 2])
    })
}

/// Two bits say whether row and column are relative.
const COLUMN: u16 = 0x3FFF;

fn area(rest: &[u8], is_area: bool, width: Width) -> Option<Area> {
    let (rows, columns) = corners(rest, is_area, width)?;
    let columns = columns.map(|column| u32::from(column & COLUMN));
    placed(rows, columns)
}

/// A reference as seen from the cell that holds it.
fn shifted(rest: &[u8], is_area: bool, first: (u32, u32), width: Width) -> Option<Area> {
    let (rows, columns) = corners(rest, is_area, width)?;
    let (last_row, last_column) = if width == Width::Old { (0xFFFF, 0xFF) } else { (0xF_FFFF, 0x3FFF) };
    let row = |n: usize| if columns[n] & 0x8000 == 0 { rows[n] } else { first.0.wrapping_add(rows[n]) & last_row };
    let column = |n: usize| {
        let column = u32::from(columns[n] & COLUMN);
        if columns[n] & 0x4000 == 0 { column } else { first.1.wrapping_add(column) & last_column }
    };
    placed([row(0), row(1)], [column(0), column(1)])
}

fn placed(rows: [u32; 2], columns: [u32; 2]) -> Option<Area> {
    let area = Area {
        first_row: rows[0].checked_add(1)?,
        first_column: columns[0] + 1,
        last_row: rows[1].checked_add(1)?,
        last_column: columns[1] + 1,
    };
    (area.first_row <= area.last_row && area.first_column <= area.last_column).then_some(area)
}
