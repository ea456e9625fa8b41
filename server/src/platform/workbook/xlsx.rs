//! xlsx, xlsm and xlsb: cell by cell as a stream, never as a whole range (whose size a hostile file chooses).

use super::ReadLimits;
use super::archive::Archive;
use super::collect::Collector;
use super::lists;
use super::parts::{self, Book};
use super::refusal::Refusal;
use super::value::{from_data_ref, visibility};
use calamine::{Reader, SheetType, Xlsb, Xlsx};
use domain::sheet::{CellValue, DropDown, Format, Sheet, Workbook};
use std::io::Cursor;

/// Reads an xlsx or xlsm.
pub(super) fn read(
    bytes: &[u8],
    mut archive: Archive<'_>,
    format: Format,
    limits: &ReadLimits,
) -> Result<Workbook, Refusal> {
    let book = parts::book(&mut archive)?;
    let mut opened: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| Refusal::damaged("", e))?;
    let listed = opened.sheets_metadata().to_vec();
    let mut collector = Collector::new(limits);
    let mut sheets = Vec::new();
    let mut formulas = Vec::new();
    for about in listed.iter().filter(|about| about.typ == SheetType::WorkSheet) {
        if sheets.len() == limits.sheets {
            return Err(Refusal::TooManySheets { most: limits.sheets });
        }
        let mut sheet = Sheet::new(&about.name, visibility(about.visible));
        let damaged = |e| Refusal::damaged(&*about.name, e);
        let mut cells = Collector::sheet(&about.name);
        let mut reader = opened.worksheet_cells_reader(&about.name).map_err(damaged)?;
        while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(damaged)? {
            let formula = cell.formula.is_some();
            let value = from_data_ref(&cell.value).or_else(|| formula.then_some(CellValue::NotComputed));
            if let Some(value) = value {
                collector.add(&mut cells, (cell.pos.0 + 1, cell.pos.1 + 1), value, formula)?;
            }
        }
        drop(reader);
        let extras = match book.sheet_parts.get(&about.name) {
            Some(path) => parts::extras(&mut archive, path, limits)?,
            None => parts::Extras::default(),
        };
        cells.into_sheet(&mut sheet, |row| extras.hidden_rows.contains(&row));
        sheet.merged = extras.merged;
        formulas.push(extras.lists);
        sheets.push(sheet);
    }
    offer(&mut sheets, formulas, &book);
    Ok(Workbook { format, date_1904: book.date_1904, saved_on: None, sheets })
}

/// Puts the drop-downs into the sheets, their lists resolved.
fn offer(sheets: &mut [Sheet], formulas: Vec<Vec<(Vec<domain::sheet::Area>, String)>>, book: &Book) {
    let resolved: Vec<Vec<DropDown>> = formulas
        .into_iter()
        .enumerate()
        .map(|(n, formulas)| {
            let own = &sheets[n].name;
            formulas
                .into_iter()
                .filter_map(|(areas, formula)| {
                    let (options, from_sheet) = lists::resolve(&formula, own, sheets, book)?;
                    Some(DropDown { areas, options, from_sheet })
                })
                .filter(|drop_down| !drop_down.options.is_empty())
                .collect()
        })
        .collect();
    for (sheet, drop_downs) in sheets.iter_mut().zip(resolved) {
        sheet.drop_downs = drop_downs;
    }
}

/// Reads an xlsb: cells only, its other records are not understood.
pub(super) fn read_binary(bytes: &[u8], limits: &ReadLimits) -> Result<Workbook, Refusal> {
    let mut opened: Xlsb<_> = Xlsb::new(Cursor::new(bytes)).map_err(|e| Refusal::damaged("", e))?;
    let listed = opened.sheets_metadata().to_vec();
    let mut collector = Collector::new(limits);
    let mut sheets = Vec::new();
    for about in listed.iter().filter(|about| about.typ == SheetType::WorkSheet) {
        if sheets.len() == limits.sheets {
            return Err(Refusal::TooManySheets { most: limits.sheets });
        }
        let mut sheet = Sheet::new(&about.name, visibility(about.visible));
        let damaged = |e| Refusal::damaged(&*about.name, e);
        let mut cells = Collector::sheet(&about.name);
        let mut reader = opened.worksheet_cells_reader(&about.name).map_err(damaged)?;
        while let Some(cell) = reader.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            if let Some(value) = from_data_ref(cell.get_value()) {
                collector.add(&mut cells, (row + 1, column + 1), value, false)?;
            }
        }
        cells.into_sheet(&mut sheet, |_| false);
        sheets.push(sheet);
    }
    Ok(Workbook { format: Format::Xlsb, date_1904: false, saved_on: None, sheets })
}
