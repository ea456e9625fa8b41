//! xls: calamine reads it whole, once its records have shown that it can; what stands beside the cells comes from them.

use super::super::ReadLimits;
use super::biff;
use super::collect::{Collector, Computed, Out};
use super::compound;
use super::refusal::Refusal;
use super::value::{from_data, visibility};
use calamine::{Data, Range, Reader, SheetType, Xls, XlsError};
use domain::sheet::{CellValue, Format};
use std::collections::HashSet;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads an Excel 97-2003 workbook.
pub(super) fn read(bytes: &[u8], limits: &ReadLimits, out: Out<'_>) -> Result<(), Refusal> {
    let Some(stream) = compound::stream(bytes, &["Workbook", "Book"]) else {
        return Err(Refusal::damaged("", "its directory or its sectors cannot be followed"));
    };
    let mut beside = biff::walk(&stream, limits)?.into_iter();
    drop(stream);
    // A record shorter than its kind makes the reader panic.
    let opened = catch_unwind(AssertUnwindSafe(|| Xls::new(Cursor::new(bytes))))
        .map_err(|_| Refusal::damaged("", "a record is shorter than what it must hold"))?;
    let mut opened: Xls<_> = opened.map_err(|e| match e {
        XlsError::Password => Refusal::Encrypted,
        e => Refusal::damaged("", e),
    })?;
    let mut collector = Collector::new(Format::Xls, opened.has_1904_epoch(), limits, out)?;
    let listed = opened.sheets_metadata().to_vec();
    for about in listed {
        let beside = beside.next().unwrap_or_default();
        if about.typ != SheetType::WorkSheet {
            continue;
        }
        collector.sheet(&about.name, visibility(about.visible))?;
        let damaged = |e: XlsError| Refusal::damaged(&*about.name, e);
        let range = opened.worksheet_range(&about.name).map_err(damaged)?;
        let formulas = opened.worksheet_formula(&about.name).unwrap_or_default();
        cells(&range, &formulas, &beside.hidden_rows, &mut collector)?;
        collector.merged(beside.merged)?;
        for (areas, list) in beside.offers {
            collector.offer(areas, list)?;
        }
    }
    collector.end()
}

fn cells(
    range: &Range<Data>,
    formulas: &Range<String>,
    hidden: &HashSet<u32>,
    into: &mut Collector<'_>,
) -> Result<(), Refusal> {
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let place = (top + row as u32, left + column as u32);
        let formula = formulas.get_value(place).is_some_and(|formula| !formula.is_empty());
        if let Some(value) = from_data(value) {
            let computed = if formula { Computed::Saved } else { Computed::No };
            into.add((place.0 + 1, hidden.contains(&(place.0 + 1))), place.1 + 1, value, computed)?;
        }
    }
    let (top, left) = formulas.start().unwrap_or_default();
    for (row, column, formula) in formulas.used_cells() {
        let place = (top + row as u32, left + column as u32);
        if !formula.is_empty() && range.get_value(place).is_none_or(|value| from_data(value).is_none()) {
            let hidden = hidden.contains(&(place.0 + 1));
            into.add((place.0 + 1, hidden), place.1 + 1, CellValue::NotComputed, Computed::Missing(Vec::new()))?;
        }
    }
    Ok(())
}
