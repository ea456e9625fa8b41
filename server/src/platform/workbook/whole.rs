//! xls and ods: no streaming reader exists, so these are read whole. What they may cost is limited from outside, by the
//! process that they are read in.

use super::ReadLimits;
use super::collect::Collector;
use super::refusal::Refusal;
use super::value::{from_data, visibility};
use calamine::{Dimensions, Ods, OdsError, Reader, SheetType, Xls, XlsError};
use domain::sheet::{Area, CellValue, Format, Sheet, Workbook};
use std::io::Cursor;

/// Reads an Excel 97-2003 workbook.
pub(super) fn read_xls(bytes: &[u8], limits: &ReadLimits) -> Result<Workbook, Refusal> {
    let opened: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|e| match e {
        XlsError::Password => Refusal::Encrypted,
        e => Refusal::damaged("", e),
    })?;
    let merged = |opened: &mut Xls<_>, name: &str| {
        let areas = opened.merge_cells_by_sheet_name(name).unwrap_or_default();
        areas.into_iter().take(limits.areas).map(area).collect()
    };
    sheets(opened, Format::Xls, limits, merged)
}

/// From calamine's corners, counted from 0, to ours.
fn area(cells: Dimensions) -> Area {
    Area {
        first_row: cells.start.0.saturating_add(1),
        first_column: cells.start.1.saturating_add(1),
        last_row: cells.end.0.saturating_add(1),
        last_column: cells.end.1.saturating_add(1),
    }
}

/// Reads an OpenDocument spreadsheet.
pub(super) fn read_ods(bytes: &[u8], limits: &ReadLimits) -> Result<Workbook, Refusal> {
    let opened: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|e| match e {
        OdsError::Password => Refusal::Encrypted,
        e => Refusal::damaged("", e),
    })?;
    sheets(opened, Format::Ods, limits, |_, _| Vec::new())
}

fn sheets<'a, R>(
    mut opened: R,
    format: Format,
    limits: &ReadLimits,
    merged: impl Fn(&mut R, &str) -> Vec<Area>,
) -> Result<Workbook, Refusal>
where
    R: Reader<Cursor<&'a [u8]>>,
    R::Error: std::fmt::Display,
{
    let listed = opened.sheets_metadata().to_vec();
    let mut collector = Collector::new(limits);
    let mut sheets = Vec::new();
    for about in listed.iter().filter(|about| about.typ == SheetType::WorkSheet) {
        if sheets.len() == limits.sheets {
            return Err(Refusal::TooManySheets { most: limits.sheets });
        }
        let mut sheet = Sheet::new(&about.name, visibility(about.visible));
        let mut cells = Collector::sheet(&about.name);
        let range = opened.worksheet_range(&about.name).map_err(|e| Refusal::damaged(&*about.name, e))?;
        let formulas = opened.worksheet_formula(&about.name).unwrap_or_default();
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place = (top + row as u32, left + column as u32);
            let formula = formulas.get_value(place).is_some_and(|formula| !formula.is_empty());
            if let Some(value) = from_data(value) {
                collector.add(&mut cells, (place.0 + 1, place.1 + 1), value, formula)?;
            }
        }
        let (top, left) = formulas.start().unwrap_or_default();
        for (row, column, formula) in formulas.used_cells() {
            let place = (top + row as u32, left + column as u32);
            if !formula.is_empty() && range.get_value(place).is_none_or(|value| from_data(value).is_none()) {
                collector.add(&mut cells, (place.0 + 1, place.1 + 1), CellValue::NotComputed, true)?;
            }
        }
        cells.into_sheet(&mut sheet, |_| false);
        sheet.merged = merged(&mut opened, &about.name);
        sheets.push(sheet);
    }
    Ok(Workbook { format, date_1904: false, saved_on: None, sheets })
}
