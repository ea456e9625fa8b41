//! One cell of an OpenDocument table.

use super::super::collect::Computed;
use super::super::dates::without_midnight;
use super::super::formula::{self, Term};
use super::super::value::finite;
use super::super::xml::{add_text, attribute};
use super::repeated;
use domain::sheet::{CellValue, LAST_COLUMN};
use quick_xml::events::{BytesStart, Event};

/// A cell that is being read.
pub(super) struct Open {
    /// How many columns it stands for.
    pub(super) columns: u32,
    stated: Stated,
    formula: Option<String>,
    text: String,
    paragraphs: usize,
    in_paragraph: bool,
}

/// What a cell says of its value before its text comes.
enum Stated {
    Nothing,
    Value(CellValue),
    /// A text; where the attribute does not hold it, what the cell shows.
    Text(Option<String>),
    /// What the cell shows is the name of an error.
    Error,
}

/// A cell that was read.
pub(super) struct Read {
    pub(super) column: u32,
    pub(super) columns: u32,
    pub(super) value: CellValue,
    /// It is computed; from what, if its value is missing.
    formula: Option<Vec<Term>>,
}

impl Read {
    pub(super) fn computed(&self) -> Computed {
        match &self.formula {
            None => Computed::No,
            Some(_) if self.value != CellValue::NotComputed => Computed::Saved,
            Some(terms) => Computed::Missing(terms.clone()),
        }
    }
}

impl Open {
    /// A cell, by its element.
    pub(super) fn of(element: &BytesStart<'_>) -> Self {
        let formula = attribute(element, "formula");
        Self {
            columns: repeated(element, "number-columns-repeated", LAST_COLUMN),
            stated: stated(element),
            formula: formula.map(|formula| formula.split_once('=').map_or("", |(_, formula)| formula).to_owned()),
            text: String::new(),
            paragraphs: 0,
            in_paragraph: false,
        }
    }

    /// An element within the cell.
    pub(super) fn start(&mut self, name: &str, element: &BytesStart<'_>, most: usize) {
        match name {
            "p" => {
                if self.paragraphs > 0 {
                    self.text.push('\n');
                }
                self.paragraphs += 1;
                self.in_paragraph = true;
            }
            // More blanks than a cell may hold letters are only counted as too many.
            "s" => {
                let count = repeated(element, "c", u32::MAX) as usize;
                self.text.extend(std::iter::repeat_n(' ', count.min(most)));
            }
            "tab" => self.text.push('\t'),
            "line-break" => self.text.push('\n'),
            _ => {}
        }
    }

    /// Letters within the cell; what comes after too many is not kept.
    pub(super) fn letters(&mut self, event: &Event<'_>, most: usize) {
        if self.in_paragraph && self.text.len() <= most.saturating_mul(4) {
            add_text(&mut self.text, event);
        }
    }

    pub(super) fn end_of_paragraph(&mut self) {
        self.in_paragraph = false;
    }

    /// The cell, unless it holds nothing.
    pub(super) fn read(self, column: u32) -> Option<Read> {
        let value = match self.stated {
            Stated::Value(value) => Some(value),
            Stated::Text(Some(text)) => Some(CellValue::Text(text)),
            Stated::Text(None) => Some(CellValue::Text(self.text)),
            Stated::Error => Some(CellValue::Error(self.text.trim().to_owned())),
            Stated::Nothing => None,
        };
        let value = match value {
            Some(value) => value,
            None if self.formula.is_some() => CellValue::NotComputed,
            None => return None,
        };
        let formula = self.formula.map(|written| match value {
            CellValue::NotComputed => formula::terms(&written, (0, 0)),
            _ => Vec::new(),
        });
        Some(Read { column, columns: self.columns, value, formula })
    }
}

fn stated(element: &BytesStart<'_>) -> Stated {
    let (mut kind, mut number, mut date, mut time, mut truth, mut text, mut is_error) =
        (None, None, None, None, None, None, false);
    for attribute in element.attributes().with_checks(false).flatten() {
        let value = || match attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0) {
            Ok(value) => value.into_owned(),
            Err(_) => attribute.value.to_string(),
        };
        match attribute.key.as_ref() {
            "office:value-type" => kind = Some(value()),
            "calcext:value-type" => is_error = value() == "error",
            "office:value" => number = value().trim().parse().ok(),
            "office:date-value" => date = Some(value()),
            "office:time-value" => time = Some(value()),
            "office:boolean-value" => truth = Some(value().eq_ignore_ascii_case("true")),
            "office:string-value" => text = Some(value()),
            _ => {}
        }
    }
    if is_error {
        return Stated::Error;
    }
    let value = match kind.as_deref() {
        Some("string") => return Stated::Text(text),
        Some("date") => date.map(|date| CellValue::Date(without_midnight(&date))),
        Some("time") => time.map(|time| clock(&time).map_or(CellValue::Text(time), CellValue::Date)),
        Some("boolean") => truth.map(CellValue::Bool),
        _ => number.map(finite),
    };
    value.map_or(Stated::Nothing, Stated::Value)
}

/// A time of day from hours, minutes and seconds that passed since midnight: `PT09H30M00S`.
fn clock(time: &str) -> Option<String> {
    let (hours, rest) = time.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let seconds = seconds.split(['.', ',']).next()?;
    let (hours, minutes, seconds): (u8, u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?, seconds.parse().ok()?);
    (hours < 24 && minutes < 60 && seconds < 60).then(|| format!("{hours:02}:{minutes:02}:{seconds:02}"))
}
