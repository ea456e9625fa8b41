//! One sheet part of an xlsb.

use super::super::archive::Archive;
use super::super::bytes::{f64_at, u8_at, u32_at};
use super::super::collect::{Collector, Computed};
use super::super::gathered::List;
use super::super::refusal::Refusal;
use super::super::tokens::Width;
use super::Shared;
use super::records::{each_record, text_at};
use domain::sheet::{Area, CellValue, LAST_COLUMN, LAST_ROW};

/// Where the walk is, counted from 1.
#[derive(Default)]
struct Place {
    row: u32,
    hidden: bool,
    column: u32,
}

/// Reads one sheet part into the collector.
pub(super) fn read(
    archive: &mut Archive<'_>,
    path: &str,
    shared: &Shared,
    into: &mut Collector<'_>,
) -> Result<(), Refusal> {
    let mut place = Place::default();
    let found = each_record(archive, path, |kind, data| {
        let short = || Refusal::damaged(path, "a record is shorter than what it must hold");
        match kind {
            0x0000 => {
                let number = u32_at(data, 0).ok_or_else(short)?;
                if number >= LAST_ROW {
                    return Err(Refusal::damaged(path, "a row has no number that it can have"));
                }
                let hidden = u8_at(data, 11).is_some_and(|flags| flags & 0x10 != 0);
                place = Place { row: number + 1, hidden, column: 0 };
            }
            0x0001..=0x0012 | 0x003E if place.row == 0 => {
                return Err(Refusal::damaged(path, "a cell stands in front of the first row"));
            }
            0x0001..=0x0012 | 0x003E => cell(kind, data, &mut place, shared, into)?.ok_or_else(short)?,
            0x00B0 => into.merged(rectangle(data, 0).into_iter().collect())?,
            0x0040 => {
                if let Some((areas, list)) = validation(data, shared) {
                    into.offer(areas, list)?;
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    found.ok_or_else(|| Refusal::damaged(path, "the part is missing"))
}

/// One cell; `None` when its record is too short.
fn cell(
    kind: u16,
    data: &[u8],
    place: &mut Place,
    shared: &Shared,
    into: &mut Collector<'_>,
) -> Result<Option<()>, Refusal> {
    // Cells of the kinds from 12 on follow the one before and do not say in which column they stand.
    let follows = (0x000C..=0x0012).contains(&kind);
    let column = if follows { Some(place.column + 1) } else { u32_at(data, 0).and_then(|n| n.checked_add(1)) };
    let at = if follows { 4 } else { 8 };
    let (Some(column), Some(format)) = (column, u32_at(data, at - 4)) else { return Ok(None) };
    if column > LAST_COLUMN {
        return Err(Refusal::damaged(into.at(place.row, 1), "a cell of the row lies beyond the last column"));
    }
    place.column = column;
    // The format takes three bytes of the four.
    let format = usize::try_from(format & 0x00FF_FFFF).unwrap_or(0);
    let number = |number| shared.formats.value(number, format, shared.date_1904);
    let text = |at| text_at(data, at).map(|(text, _)| CellValue::Text(text));
    let value = match kind {
        0x0001 | 0x000C => return Ok(Some(())),
        0x0002 | 0x000D => u32_at(data, at).map(|packed| number(unpacked(packed))),
        0x0003 | 0x000B | 0x000E => u8_at(data, at).map(error),
        0x0004 | 0x000A | 0x000F => u8_at(data, at).map(|truth| CellValue::Bool(truth != 0)),
        0x0005 | 0x0009 | 0x0010 => f64_at(data, at).map(number),
        0x0006 | 0x0008 | 0x0011 => text(at),
        // Behind a byte that says whether parts of the text have a look of their own.
        0x003E => text(at + 1),
        _ => match u32_at(data, at) {
            None => None,
            Some(number) => {
                let known = usize::try_from(number).ok().and_then(|number| shared.texts.get(number));
                let unknown =
                    || Refusal::damaged(into.at(place.row, column), format!("there is no shared text {number}"));
                Some(CellValue::Text(known.ok_or_else(unknown)?.clone()))
            }
        },
    };
    let Some(value) = value else { return Ok(None) };
    let computed = if (0x0008..=0x000B).contains(&kind) { Computed::Saved } else { Computed::No };
    into.add((place.row, place.hidden), column, value, computed).map(Some)
}

/// A number in four bytes: an integer or the upper half of a floating point number, perhaps a hundredth.
fn unpacked(packed: u32) -> f64 {
    let number = if packed & 2 == 0 {
        f64::from_bits(u64::from(packed & !3) << 32)
    } else {
        f64::from(packed.cast_signed() >> 2)
    };
    if packed & 1 == 0 { number } else { number / 100.0 }
}

fn error(code: u8) -> CellValue {
    let name = match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2B => "#GETTING_DATA",
        _ => "#N/A",
    };
    CellValue::Error(name.to_owned())
}

/// First row, last row, first column and last column.
fn rectangle(data: &[u8], at: usize) -> Option<Area> {
    let side = |n| u32_at(data, at + n)?.checked_add(1);
    let area = Area { first_row: side(0)?, last_row: side(4)?, first_column: side(8)?, last_column: side(12)? };
    let is_within = area.last_row <= LAST_ROW && area.last_column <= LAST_COLUMN;
    (is_within && area.first_row <= area.last_row && area.first_column <= area.last_column).then_some(area)
}

/// A data validation that offers a list.
fn validation(data: &[u8], shared: &Shared) -> Option<(Vec<Area>, List)> {
    const LIST: u32 = 3;
    if u32_at(data, 0)? & 0xF != LIST {
        return None;
    }
    let count = usize::try_from(u32_at(data, 4)?).ok()?;
    let mut at = 8 + count.checked_mul(16).filter(|length| *length <= data.len())?;
    let areas: Vec<Area> = (0..count).filter_map(|n| rectangle(data, 8 + n * 16)).collect();
    // Titles and texts of the error and of the prompt, which are nothing to us.
    for _ in 0..4 {
        at = text_at(data, at)?.1;
    }
    let length = usize::try_from(u32_at(data, at)?).ok()?;
    let formula = data.get(at + 4..(at + 4).checked_add(length)?)?;
    let first = areas.first()?;
    let list = shared.book.list(formula, (first.first_row - 1, first.first_column - 1), Width::New)?;
    Some((areas, list))
}
