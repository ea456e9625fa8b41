//! One sheet part: cells and what stands beside them, in one walk.

use super::super::super::ReadLimits;
use super::super::archive::Archive;
use super::super::collect::{Collector, Computed};
use super::super::dates::without_midnight;
use super::super::formula;
use super::super::gathered::List;
use super::super::refusal::Refusal;
use super::super::xml::{Events, add_text, attribute, truth};
use super::Shared;
use super::strings::{Run, unescaped};
use domain::sheet::{Area, CellValue, LAST_ROW, column_number};
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::mem::take;

/// Reads one sheet part into the collector.
pub(super) fn read(
    archive: &mut Archive<'_>,
    path: &str,
    shared: &Shared,
    limits: &ReadLimits,
    into: &mut Collector<'_>,
) -> Result<(), Refusal> {
    let found = archive.read(path, |part| {
        let mut walk = Walk { path, shared, into, place: Place::default(), cell: None, formulas: HashMap::new() };
        let mut beside = Beside { most: limits.areas, ..Beside::default() };
        let mut events = Events::of(path, part, limits);
        let mut buffer = Vec::new();
        while let Some(event) = events.next(&mut buffer)? {
            if walk.take(&event)? {
                continue;
            }
            if let Some((areas, list)) = beside.take(path, &event)? {
                walk.into.offer(areas, list)?;
            }
        }
        into.merged(beside.merged)
    })?;
    found.ok_or_else(|| Refusal::damaged(path, "the part is missing"))
}

/// Where the walk is; counted from 1, and 0 before the first.
#[derive(Clone, Copy, Default)]
struct Place {
    row: u32,
    hidden: bool,
    column: u32,
}

/// The walk through the cells.
struct Walk<'w, 'c> {
    path: &'w str,
    shared: &'w Shared,
    into: &'w mut Collector<'c>,
    place: Place,
    cell: Option<Open>,
    /// Formulas that other cells share, by their number, and where they were written.
    formulas: HashMap<u64, (String, u32, u32)>,
}

/// How a cell's value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Text,
    Bool,
    Error,
    Date,
}

/// Which part of a cell is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    Value,
    Formula,
    Text,
}

/// A cell that is being read.
struct Open {
    row: u32,
    column: u32,
    kind: Kind,
    format: usize,
    inside: Inside,
    value: String,
    text: Option<Run>,
    formula: Option<String>,
    shared: Option<u64>,
}

impl Walk<'_, '_> {
    /// Whether the event belonged to rows and cells.
    fn take(&mut self, event: &Event<'_>) -> Result<bool, Refusal> {
        let Some(cell) = &mut self.cell else {
            match event {
                Event::Start(e) if e.local_name().as_ref() == "c" => self.open(e)?,
                // A cell without anything in it, but it takes its place.
                Event::Empty(e) if e.local_name().as_ref() == "c" => {
                    self.open(e)?;
                    self.cell = None;
                }
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "row" => self.row(e)?,
                _ => return Ok(false),
            }
            return Ok(true);
        };
        match event {
            Event::Start(e) | Event::Empty(e) if cell.inside == Inside::Nothing => {
                let is_empty = matches!(event, Event::Empty(_));
                let inside = match e.local_name().as_ref() {
                    "v" => Inside::Value,
                    "is" => {
                        cell.text = Some(Run::default());
                        Inside::Text
                    }
                    "f" => {
                        cell.formula = Some(String::new());
                        if attribute(e, "t").is_some_and(|kind| kind == "shared") {
                            cell.shared = attribute(e, "si").and_then(|number| number.trim().parse().ok());
                        }
                        Inside::Formula
                    }
                    _ => Inside::Nothing,
                };
                if !is_empty {
                    cell.inside = inside;
                }
            }
            Event::End(e) if matches!(e.local_name().as_ref(), "v" | "f" | "is") => cell.inside = Inside::Nothing,
            Event::End(e) if e.local_name().as_ref() == "c" => {
                if let Some(cell) = self.cell.take() {
                    self.close(cell)?;
                }
            }
            event => match cell.inside {
                Inside::Value => add_text(&mut cell.value, event),
                Inside::Formula => {
                    if let Some(formula) = &mut cell.formula {
                        add_text(formula, event);
                    }
                }
                Inside::Text => {
                    if let Some(text) = &mut cell.text {
                        text.take(event);
                    }
                }
                Inside::Nothing => {}
            },
        }
        Ok(true)
    }

    fn row(&mut self, element: &BytesStart<'_>) -> Result<(), Refusal> {
        let row = match attribute(element, "r") {
            Some(number) => number.trim().parse().unwrap_or(0),
            None => self.place.row + 1,
        };
        if !(1..=LAST_ROW).contains(&row) {
            return Err(Refusal::damaged(self.path, "a row has no number that it can have"));
        }
        let hidden = attribute(element, "hidden").is_some_and(|hidden| truth(&hidden));
        self.place = Place { row, hidden, column: 0 };
        Ok(())
    }

    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), Refusal> {
        let (mut format, mut kind, mut at) = (0, Kind::Number, (self.place.row.max(1), self.place.column + 1));
        for attribute in element.attributes().with_checks(false).flatten() {
            match attribute.key.as_ref() {
                "r" => at = corner(&attribute.value).ok_or_else(|| self.nowhere(&attribute.value))?,
                "s" => format = attribute.value.trim().parse().unwrap_or(0),
                "t" => {
                    kind = match &*attribute.value {
                        "s" => Kind::Shared,
                        "str" | "inlineStr" => Kind::Text,
                        "b" => Kind::Bool,
                        "e" => Kind::Error,
                        "d" => Kind::Date,
                        _ => Kind::Number,
                    }
                }
                _ => {}
            }
        }
        let (row, column) = at;
        self.place.column = column;
        let (inside, value) = (Inside::Nothing, String::new());
        self.cell = Some(Open { row, column, kind, format, inside, value, text: None, formula: None, shared: None });
        Ok(())
    }

    fn nowhere(&self, address: &str) -> Refusal {
        Refusal::damaged(self.path, format!("a cell stands at {address}"))
    }

    fn close(&mut self, mut cell: Open) -> Result<(), Refusal> {
        let value = self.value(&mut cell)?;
        let computed = match &cell.formula {
            None => Computed::No,
            Some(written) => {
                if let Some(number) = cell.shared.filter(|_| !written.is_empty()) {
                    self.formulas.insert(number, (written.clone(), cell.row, cell.column));
                }
                let unknown = match &value {
                    None => true,
                    Some(value) => self.shared.computed_on_opening && *value == CellValue::Number(0.0),
                };
                if unknown { Computed::Missing(self.terms(&cell, written)) } else { Computed::Saved }
            }
        };
        let value = match value {
            Some(value) => value,
            None if cell.formula.is_some() => CellValue::NotComputed,
            None => return Ok(()),
        };
        let hidden = self.place.hidden && self.place.row == cell.row;
        self.into.add((cell.row, hidden), cell.column, value, computed)
    }

    fn terms(&self, cell: &Open, written: &str) -> Vec<formula::Term> {
        match cell.shared.and_then(|number| self.formulas.get(&number)) {
            Some((shared, row, column)) if written.is_empty() => {
                let moved = (i64::from(cell.row) - i64::from(*row), i64::from(cell.column) - i64::from(*column));
                formula::terms(shared, moved)
            }
            _ => formula::terms(written, (0, 0)),
        }
    }

    /// `None` for a cell that holds nothing.
    fn value(&self, cell: &mut Open) -> Result<Option<CellValue>, Refusal> {
        if let Some(text) = cell.text.take() {
            return Ok(Some(CellValue::Text(text.text)));
        }
        let value = take(&mut cell.value);
        if cell.kind == Kind::Text {
            let is_blank = value.is_empty() && cell.formula.is_none();
            return Ok((!is_blank).then(|| CellValue::Text(unescaped(&value).into_owned())));
        }
        let written = value.trim();
        if written.is_empty() {
            return Ok(None);
        }
        let damaged = |reason: String| Refusal::damaged(self.into.at(cell.row, cell.column), reason);
        Ok(Some(match cell.kind {
            Kind::Shared => {
                let text = written.parse().ok().and_then(|number| self.shared.texts.get(number));
                CellValue::Text(text.ok_or_else(|| damaged(format!("there is no shared text {written}")))?.to_owned())
            }
            Kind::Bool => match written {
                "1" => CellValue::Bool(true),
                "0" => CellValue::Bool(false),
                word if word.eq_ignore_ascii_case("true") => CellValue::Bool(true),
                word if word.eq_ignore_ascii_case("false") => CellValue::Bool(false),
                other => return Err(damaged(format!("it is true or false and holds {other}"))),
            },
            Kind::Error => CellValue::Error(written.to_owned()),
            Kind::Date => CellValue::Date(without_midnight(written)),
            Kind::Number | Kind::Text => match written.parse() {
                Ok(number) => self.shared.formats.value(number, cell.format, self.shared.date_1904),
                Err(_) => CellValue::Text(value),
            },
        }))
    }
}

/// Row and column of an address such as `C5`; quicker than the general reading of areas.
fn corner(address: &str) -> Option<(u32, u32)> {
    let (letters, digits) = address.split_at(address.find(|c: char| c.is_ascii_digit())?);
    let row = digits.parse().ok().filter(|row| (1..=LAST_ROW).contains(row))?;
    Some((row, column_number(letters)?))
}

/// What stands beside the cells.
#[derive(Default)]
struct Beside {
    merged: Vec<Area>,
    validation: Option<Validation>,
    most: usize,
}

/// A data validation while it is being read, in its plain form and in the one of the 2009 extension.
#[derive(Default)]
struct Validation {
    offers: bool,
    areas: String,
    formula: String,
    inside: Vec<String>,
}

impl Beside {
    /// The drop-down that the event completes.
    fn take(&mut self, path: &str, event: &Event<'_>) -> Result<Option<(Vec<Area>, List)>, Refusal> {
        match event {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "mergeCell" => {
                self.merged.extend(attribute(e, "ref").and_then(|area| area.parse::<Area>().ok()));
                if self.merged.len() > self.most {
                    return Err(Refusal::TooManyAreas { at: path.to_owned(), most: self.most });
                }
            }
            Event::Start(e) if e.local_name().as_ref() == "dataValidation" => {
                self.validation = Some(Validation {
                    offers: attribute(e, "type").is_some_and(|kind| kind == "list"),
                    areas: attribute(e, "sqref").unwrap_or_default().into_owned(),
                    ..Validation::default()
                });
            }
            Event::Start(e) => {
                if let Some(validation) = &mut self.validation {
                    validation.inside.push(e.local_name().as_ref().to_owned());
                }
            }
            Event::End(e) if e.local_name().as_ref() == "dataValidation" => {
                let done = self.validation.take().filter(|done| done.offers && !done.formula.is_empty());
                return Ok(done.map(|done| {
                    let areas = done.areas.split_whitespace().filter_map(|area| area.parse().ok()).collect();
                    (areas, List::Formula(done.formula))
                }));
            }
            Event::End(_) => {
                if let Some(validation) = &mut self.validation {
                    validation.inside.pop();
                }
            }
            event => {
                if let Some(validation) = &mut self.validation {
                    if validation.inside.iter().any(|element| element == "formula1") {
                        add_text(&mut validation.formula, event);
                    } else if validation.inside.last().is_some_and(|element| element == "sqref") {
                        add_text(&mut validation.areas, event);
                    }
                }
            }
        }
        Ok(None)
    }
}
