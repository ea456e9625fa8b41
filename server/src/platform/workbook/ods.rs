//! What calamine leaves out of ods: hidden rows, merged cells, drop-downs. Read from the content part as a stream, and put
//! beside the cells.

use super::ReadLimits;
use super::archive::{Archive, find};
use super::lists;
use super::parts::{Book, attribute, each_event};
use super::refusal::Refusal;
use domain::sheet::{Area, DropDown, LAST_COLUMN, LAST_ROW, Sheet, Workbook};
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::BufReader;
use std::mem::take;

const CONTENT: &str = "content.xml";

/// What one table says beside its cells.
#[derive(Default)]
struct Beside {
    name: String,
    /// First and last row of each run of hidden ones, rising.
    hidden: Vec<(u32, u32)>,
    merged: Vec<Area>,
    /// Cells that a validation concerns, by its name.
    lists: HashMap<String, Vec<Area>>,
}

/// Where the walk through a table is.
#[derive(Default)]
struct Place {
    /// Of the row, from 1, and how many rows it stands for.
    row: u32,
    rows: u32,
    /// The next cell's column, from 1.
    column: u32,
}

/// Adds hidden rows, merged cells and drop-downs to a workbook that was read.
///
/// # Errors
/// When the content part is damaged, or says more than the limits allow.
pub(super) fn complete(workbook: &mut Workbook, archive: &mut Archive<'_>, limits: &ReadLimits) -> Result<(), Refusal> {
    let (conditions, tables) = walk(archive, limits)?;
    for beside in &tables {
        let Some(sheet) = workbook.sheets.iter_mut().find(|sheet| sheet.name == beside.name) else { continue };
        for row in &mut sheet.rows {
            let after = beside.hidden.partition_point(|(_, last)| *last < row.number);
            row.hidden = beside.hidden.get(after).is_some_and(|(first, _)| *first <= row.number);
        }
        sheet.merged.clone_from(&beside.merged);
    }
    let drop_downs: Vec<(String, Vec<DropDown>)> = tables
        .into_iter()
        .map(|beside| {
            let found = beside.lists.into_iter().filter_map(|(name, areas)| {
                let (options, from_sheet) = offered(conditions.get(&name)?, &beside.name, &workbook.sheets)?;
                (!options.is_empty()).then_some(DropDown { areas, options, from_sheet })
            });
            let mut found: Vec<DropDown> = found.collect();
            found.sort_by_key(|drop_down| drop_down.areas.first().map(|area| (area.first_row, area.first_column)));
            (beside.name, found)
        })
        .collect();
    for (name, found) in drop_downs {
        if let Some(sheet) = workbook.sheets.iter_mut().find(|sheet| sheet.name == name) {
            sheet.drop_downs = found;
        }
    }
    Ok(())
}

/// The conditions of validations by name, and the tables.
fn walk(archive: &mut Archive<'_>, limits: &ReadLimits) -> Result<(HashMap<String, String>, Vec<Beside>), Refusal> {
    let index = find(archive, CONTENT).ok_or_else(|| Refusal::damaged(CONTENT, "the part is missing"))?;
    let stream = archive.by_index(index).map_err(|e| Refusal::damaged(CONTENT, e))?;
    let (mut conditions, mut tables) = (HashMap::new(), Vec::new());
    let mut inside: Option<(Beside, Place)> = None;
    // A table within a cell is no sheet.
    let (mut depth, mut areas) = (0_u32, 0);
    each_event(CONTENT, BufReader::new(stream), |event| {
        let (is_empty, element) = match &event {
            Event::Start(element) => (false, element),
            Event::Empty(element) => (true, element),
            Event::End(end) if end.local_name().as_ref() == "table" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    tables.extend(inside.take().map(|(beside, _)| beside));
                }
                return Ok(());
            }
            _ => return Ok(()),
        };
        match element.local_name().as_ref() {
            "content-validation" => {
                if let (Some(name), Some(condition)) = (attribute(element, "name"), attribute(element, "condition")) {
                    conditions.insert(name, condition);
                }
            }
            "table" if !is_empty => {
                depth += 1;
                if depth == 1 {
                    let beside = Beside { name: attribute(element, "name").unwrap_or_default(), ..Beside::default() };
                    inside = Some((beside, Place { row: 1, rows: 0, column: 1 }));
                }
            }
            "table-row" if depth == 1 => {
                if let Some((beside, place)) = &mut inside {
                    place.row = place.row.saturating_add(take(&mut place.rows)).min(LAST_ROW);
                    place.rows = repeated(element, "number-rows-repeated", LAST_ROW);
                    place.column = 1;
                    if attribute(element, "visibility").is_some_and(|how| how != "visible") {
                        beside.hidden.push((place.row, last(place.row, place.rows, LAST_ROW)));
                    }
                }
            }
            "table-cell" | "covered-table-cell" if depth == 1 => {
                if let Some((beside, place)) = &mut inside {
                    areas += cell(beside, place, element);
                    if areas > limits.areas {
                        return Err(Refusal::TooManyAreas { at: beside.name.clone(), most: limits.areas });
                    }
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok((conditions, tables))
}

/// Notes what a cell says, and steps over it; how many areas that made.
fn cell(beside: &mut Beside, place: &mut Place, element: &BytesStart<'_>) -> usize {
    let columns = repeated(element, "number-columns-repeated", LAST_COLUMN);
    let area = Area {
        first_row: place.row,
        first_column: place.column,
        last_row: last(place.row, place.rows, LAST_ROW),
        last_column: last(place.column, columns, LAST_COLUMN),
    };
    place.column = place.column.saturating_add(columns).min(LAST_COLUMN + 1);
    let mut made = 0;
    let (high, wide) =
        (repeated(element, "number-rows-spanned", LAST_ROW), repeated(element, "number-columns-spanned", LAST_COLUMN));
    if high > 1 || wide > 1 {
        made += 1;
        beside.merged.push(Area {
            last_row: last(area.first_row, high, LAST_ROW),
            last_column: last(area.first_column, wide, LAST_COLUMN),
            ..area
        });
    }
    if let Some(name) = attribute(element, "content-validation-name") {
        let areas = beside.lists.entry(name).or_default();
        // Cells under one another are one area, as the program that wrote them meant it.
        match areas.last_mut() {
            Some(above)
                if above.last_row.checked_add(1) == Some(area.first_row)
                    && (above.first_column, above.last_column) == (area.first_column, area.last_column) =>
            {
                above.last_row = area.last_row;
            }
            _ => {
                made += 1;
                areas.push(area);
            }
        }
    }
    made
}

/// How often something is repeated, or how far it spans: 1 unless the attribute says more.
fn repeated(element: &BytesStart<'_>, name: &str, most: u32) -> u32 {
    attribute(element, name).and_then(|count| count.trim().parse().ok()).unwrap_or(1).clamp(1, most)
}

fn last(first: u32, count: u32, most: u32) -> u32 {
    first.saturating_add(count.saturating_sub(1)).min(most)
}

/// What a condition offers: `cell-content-is-in-list("Yes";"No")`, or of a range: `([$Lists.$A$1:.$A$5])`.
fn offered(condition: &str, own: &str, sheets: &[Sheet]) -> Option<(Vec<String>, Option<String>)> {
    let (_, list) = condition.split_once("cell-content-is-in-list(")?;
    let list = list.trim_end().strip_suffix(')')?.trim();
    if list.starts_with('"') {
        let mut options = Vec::new();
        let mut rest = list;
        while let Some(text) = rest.strip_prefix('"') {
            let end = closing(text)?;
            options.push(text[..end].replace("\"\"", "\""));
            rest = text[end + 1..].trim_start().trim_start_matches([';', ',']).trim_start();
        }
        return rest.is_empty().then_some((options, None));
    }
    let range = list.strip_prefix('[')?.strip_suffix(']')?;
    let (first, last) = range.split_once(':').unwrap_or((range, ""));
    let (sheet, first) = first.rsplit_once('.')?;
    let last = last.rsplit_once('.').map_or(last, |(_, last)| last);
    let area = if last.is_empty() { first.to_owned() } else { format!("{first}:{last}") };
    let formula = if sheet.is_empty() { area } else { format!("{sheet}!{area}") };
    lists::resolve(&formula, own, sheets, &Book::default())
}

/// Where a quoted text ends; a doubled quote is one of the text's own.
fn closing(text: &str) -> Option<usize> {
    let mut quotes = text.match_indices('"').map(|(at, _)| at).peekable();
    while let Some(at) = quotes.next() {
        if quotes.peek() == Some(&(at + 1)) {
            quotes.next();
        } else {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::sheet::{Cell, CellValue, Row, Visibility};

    #[test]
    fn lists_are_found_where_they_stand() {
        let mut values = Sheet::new("My Values", Visibility::Hidden);
        for (number, text) in [(2, "Yes"), (3, "No")] {
            let cell = Cell { column: 2, value: CellValue::Text(text.into()), formula: false };
            values.rows.push(Row { number, hidden: false, cells: vec![cell] });
        }
        let sheets = [values];
        let options = |list: &str| {
            let condition = format!("of:cell-content-is-in-list({list})");
            offered(&condition, "Own", &sheets).map(|(options, _)| options.join("|"))
        };
        assert_eq!(options(r#""Yes";"No; never";"""?""""#).as_deref(), Some("Yes|No; never|\"?\""));
        assert_eq!(options("[$'My Values'.$B$2:.$B$9]").as_deref(), Some("Yes|No"));
        assert_eq!(options("[$'My Values'.$B$3]").as_deref(), Some("No"));
        for other in ["\"Yes", "[#REF!]", "INDIRECT([.A1])", ""] {
            assert_eq!(options(other), None, "{other}");
        }
        assert_eq!(offered("of:cell-content-is-whole-number()", "Own", &sheets), None);
    }
}
