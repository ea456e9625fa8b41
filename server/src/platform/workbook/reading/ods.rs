//! ods: the content part as a stream; cells, hidden rows, merged cells and drop-downs in one walk.

mod cell;
mod list;

use super::super::ReadLimits;
use super::archive::Archive;
use super::collect::{Collector, Out};
use super::refusal::Refusal;
use super::xml::{attribute, each_event};
use cell::Open;
use domain::sheet::{Area, Format, LAST_COLUMN, LAST_ROW, Visibility};
use quick_xml::events::{BytesStart, Event};
use std::collections::{HashMap, HashSet};
use std::mem::take;

const CONTENT: &str = "content.xml";
const MANIFEST: &str = "META-INF/manifest.xml";
/// What holds tables or texts that are no sheet and no cell: live links to other programs, which are never followed, the
/// history of changes, drawings, notes, reading aids.
const NOT_READ: [&str; 9] =
    ["dde-links", "tracked-changes", "shapes", "frame", "custom-shape", "annotation", "ruby-text", "forms", "scenario"];

/// Reads an OpenDocument spreadsheet. Scripts are parts that nothing here looks for.
pub(super) fn read(archive: &mut Archive<'_>, limits: &ReadLimits, out: Out<'_>) -> Result<(), Refusal> {
    if archive.bytes(MANIFEST)?.is_some_and(|manifest| String::from_utf8_lossy(&manifest).contains("encryption-data")) {
        return Err(Refusal::Encrypted);
    }
    let mut walk = Walk {
        into: Collector::new(Format::Ods, false, limits, out)?,
        limits,
        conditions: HashMap::new(),
        unseen: HashSet::new(),
        style: None,
        passed_over: 0,
        tables: 0,
        row: Row::default(),
        cell: None,
        beside: Beside::default(),
    };
    let found = archive.read(CONTENT, |part| each_event(CONTENT, part, limits, |event| walk.take(&event)))?;
    found.ok_or_else(|| Refusal::damaged(CONTENT, "the part is missing"))?;
    walk.into.end()
}

/// The walk through the part.
struct Walk<'w> {
    into: Collector<'w>,
    limits: &'w ReadLimits,
    /// The conditions of validations, by name.
    conditions: HashMap<String, String>,
    /// Styles of sheets that cannot be seen, and the style that is being read.
    unseen: HashSet<String>,
    style: Option<String>,
    /// Elements open within one that is not read.
    passed_over: usize,
    /// Tables open; one within a cell is no sheet.
    tables: usize,
    row: Row,
    cell: Option<Open>,
    beside: Beside,
}

/// The row that is being read.
struct Row {
    /// Counted from 1, and how many rows it stands for.
    number: u32,
    repeated: u32,
    hidden: bool,
    /// The next cell's column, from 1.
    column: u32,
    cells: Vec<cell::Read>,
}

impl Default for Row {
    fn default() -> Self {
        Self { number: 1, repeated: 0, hidden: false, column: 1, cells: Vec::new() }
    }
}

/// What one table says beside its cells.
#[derive(Default)]
struct Beside {
    merged: Vec<Area>,
    /// Cells that a validation concerns, by its name.
    lists: HashMap<String, Vec<Area>>,
    areas: usize,
}

impl Walk<'_> {
    fn take(&mut self, event: &Event<'_>) -> Result<(), Refusal> {
        if self.passed_over > 0 {
            match event {
                Event::Start(_) => self.passed_over += 1,
                Event::End(_) => self.passed_over -= 1,
                _ => {}
            }
            return Ok(());
        }
        match event {
            Event::Start(e) if NOT_READ.contains(&e.local_name().as_ref()) => {
                self.passed_over = 1;
                Ok(())
            }
            Event::Start(e) => self.start(e, false),
            Event::Empty(e) => self.start(e, true),
            Event::End(e) => self.end(e.local_name().as_ref()),
            event => {
                if let Some(cell) = &mut self.cell {
                    cell.letters(event, self.limits.text);
                }
                Ok(())
            }
        }
    }

    fn start(&mut self, element: &BytesStart<'_>, is_empty: bool) -> Result<(), Refusal> {
        match element.local_name().as_ref() {
            "content-validation" => {
                if let (Some(name), Some(condition)) = (attribute(element, "name"), attribute(element, "condition")) {
                    self.conditions.insert(name.into_owned(), condition.into_owned());
                }
            }
            "named-range" => {
                if let (Some(name), Some(range)) =
                    (attribute(element, "name"), attribute(element, "cell-range-address"))
                    && let Some(meaning) = list::range(&range)
                {
                    self.into.name(&name, &meaning)?;
                }
            }
            "style" if !is_empty => self.style = attribute(element, "name").map(std::borrow::Cow::into_owned),
            "table-properties" if attribute(element, "display").is_some_and(|shown| shown == "false") => {
                self.unseen.extend(self.style.clone());
            }
            "table" if !is_empty => {
                self.tables += 1;
                if self.tables == 1 {
                    let unseen = attribute(element, "style-name").is_some_and(|style| self.unseen.contains(&*style));
                    let visibility = if unseen { Visibility::Hidden } else { Visibility::Visible };
                    self.into.sheet(&attribute(element, "name").unwrap_or_default(), visibility)?;
                    self.row = Row::default();
                }
            }
            _ if self.tables != 1 => {}
            "table-row" => {
                let row = &mut self.row;
                row.number = row.number.saturating_add(take(&mut row.repeated)).min(LAST_ROW + 1);
                row.repeated = repeated(element, "number-rows-repeated", LAST_ROW);
                row.hidden = attribute(element, "visibility").is_some_and(|how| how != "visible");
                row.column = 1;
            }
            "table-cell" | "covered-table-cell" => {
                self.areas(element)?;
                self.cell = Some(Open::of(element));
                if is_empty {
                    self.close();
                }
            }
            name => {
                if let Some(cell) = &mut self.cell {
                    cell.start(name, element, self.limits.text);
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Refusal> {
        match name {
            "style" => self.style = None,
            "table" => {
                if self.tables == 1 {
                    self.end_table()?;
                }
                self.tables = self.tables.saturating_sub(1);
            }
            "table-row" if self.tables == 1 => self.end_row()?,
            "table-cell" | "covered-table-cell" if self.tables == 1 => self.close(),
            "p" => {
                if let Some(cell) = &mut self.cell {
                    cell.end_of_paragraph();
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes what a cell says beside its value.
    fn areas(&mut self, element: &BytesStart<'_>) -> Result<(), Refusal> {
        let columns = repeated(element, "number-columns-repeated", LAST_COLUMN);
        let (row, column) = (self.row.number, self.row.column);
        let area = Area {
            first_row: row,
            first_column: column,
            last_row: last(row, self.row.repeated, LAST_ROW),
            last_column: last(column, columns, LAST_COLUMN),
        };
        let high = repeated(element, "number-rows-spanned", LAST_ROW);
        let wide = repeated(element, "number-columns-spanned", LAST_COLUMN);
        if high > 1 || wide > 1 {
            self.beside.areas += 1;
            self.beside.merged.push(Area {
                last_row: last(row, high, LAST_ROW),
                last_column: last(column, wide, LAST_COLUMN),
                ..area
            });
        }
        if let Some(name) = attribute(element, "content-validation-name") {
            let areas = self.beside.lists.entry(name.into_owned()).or_default();
            // Cells under one another are one area, as the program that wrote them meant it.
            match areas.last_mut() {
                Some(above)
                    if above.last_row.checked_add(1) == Some(area.first_row)
                        && (above.first_column, above.last_column) == (area.first_column, area.last_column) =>
                {
                    above.last_row = area.last_row;
                }
                _ => {
                    self.beside.areas += 1;
                    areas.push(area);
                }
            }
        }
        if self.beside.areas > self.limits.areas {
            return Err(Refusal::TooManyAreas { at: self.into.at(row, column), most: self.limits.areas });
        }
        Ok(())
    }

    fn close(&mut self) {
        if let Some(cell) = self.cell.take() {
            let (column, columns) = (self.row.column, cell.columns);
            self.row.column = column.saturating_add(columns).min(LAST_COLUMN + 1);
            self.row.cells.extend(cell.read(column));
        }
    }

    /// Hands on the cells of a row, as often as the row and its cells are repeated.
    fn end_row(&mut self) -> Result<(), Refusal> {
        let cells = take(&mut self.row.cells);
        if cells.is_empty() {
            return Ok(());
        }
        for row in self.row.number..=last(self.row.number, self.row.repeated, LAST_ROW) {
            for cell in &cells {
                for column in cell.column..=last(cell.column, cell.columns, LAST_COLUMN) {
                    self.into.add((row, self.row.hidden), column, cell.value.clone(), cell.computed())?;
                }
            }
        }
        Ok(())
    }

    fn end_table(&mut self) -> Result<(), Refusal> {
        let beside = take(&mut self.beside);
        self.into.merged(beside.merged)?;
        let lists = beside.lists.into_iter();
        let mut offers: Vec<_> =
            lists.filter_map(|(name, areas)| Some((areas, list::offered(self.conditions.get(&name)?)?))).collect();
        offers.sort_by_key(|(areas, _)| areas.first().map(|area| (area.first_row, area.first_column)));
        for (areas, list) in offers {
            self.into.offer(areas, list)?;
        }
        Ok(())
    }
}

/// How often something is repeated, or how far it spans: 1 unless the attribute says more.
fn repeated(element: &BytesStart<'_>, name: &str, most: u32) -> u32 {
    attribute(element, name).and_then(|count| count.trim().parse().ok()).unwrap_or(1).clamp(1, most)
}

fn last(first: u32, count: u32, most: u32) -> u32 {
    first.saturating_add(count.saturating_sub(1)).min(most)
}
