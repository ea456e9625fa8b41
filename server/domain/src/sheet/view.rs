//! A sheet as a person sees it: merged cells show their text everywhere, cells know their drop-downs.

use super::grid::{Cell, CellValue, Row, Sheet};
use std::borrow::Cow;
use std::collections::HashMap;

/// Columns of one merged or listed area that are looked at; wider ones are banners or whole rows.
const WIDEST: u32 = 64;
/// Areas that begin above a row and are looked at for it; they overlap in damaged files only.
const OVERLAPS: usize = 8;

/// A sheet with an index of its merged cells and drop-downs.
pub(super) struct View<'a> {
    pub(super) sheet: &'a Sheet,
    merged: HashMap<u32, Vec<Span>>,
    lists: HashMap<u32, Vec<Span>>,
}

/// Rows of one column; `at` is where the text stands, or which list it is.
#[derive(Clone, Copy, Debug)]
struct Span {
    first: u32,
    last: u32,
    at: (u32, u32),
}

impl<'a> View<'a> {
    pub(super) fn new(sheet: &'a Sheet) -> Self {
        let mut merged: HashMap<u32, Vec<Span>> = HashMap::new();
        for area in &sheet.merged {
            let span = Span { first: area.first_row, last: area.last_row, at: (area.first_row, area.first_column) };
            for column in area.first_column..=area.last_column.min(area.first_column + WIDEST) {
                merged.entry(column).or_default().push(span);
            }
        }
        let mut lists: HashMap<u32, Vec<Span>> = HashMap::new();
        for (n, list) in sheet.drop_downs.iter().enumerate() {
            let at = (u32::try_from(n).unwrap_or(u32::MAX), 0);
            for area in &list.areas {
                for column in area.first_column..=area.last_column.min(area.first_column + WIDEST) {
                    lists.entry(column).or_default().push(Span { first: area.first_row, last: area.last_row, at });
                }
            }
        }
        for spans in merged.values_mut().chain(lists.values_mut()) {
            spans.sort_by_key(|span| span.first);
        }
        Self { sheet, merged, lists }
    }

    /// The row at that place among those that hold anything.
    pub(super) fn row_at(&self, index: usize) -> Option<&'a Row> {
        self.sheet.rows.get(index)
    }

    /// The cell's text, or that of the merged cell it is part of.
    pub(super) fn text(&self, row: &'a Row, column: u32) -> Option<Cow<'a, str>> {
        if let Some(text) = row.text(column) {
            return Some(text);
        }
        let (top, left) = self.anchor(row.number, column)?;
        let above = if top == row.number { row } else { self.sheet.row(top)? };
        above.text(left)
    }

    /// Where the text of a merged cell stands; `None` for a cell that is not merged, and for that place itself.
    pub(super) fn anchor(&self, row: u32, column: u32) -> Option<(u32, u32)> {
        find(&self.merged, row, column).map(|span| span.at).filter(|at| *at != (row, column))
    }

    /// The columns that the merged cell at a place spans: 1 where it is not merged.
    pub(super) fn width(&self, row: u32, column: u32) -> u32 {
        let Some(spans) = find(&self.merged, row, column).map(|span| span.at) else { return 1 };
        (column..=column + WIDEST)
            .take_while(|right| find(&self.merged, row, *right).is_some_and(|span| span.at == spans))
            .count()
            .try_into()
            .unwrap_or(1)
    }

    /// What the drop-down of a cell offers.
    pub(super) fn options(&self, row: u32, column: u32) -> Option<&'a [String]> {
        let span = find(&self.lists, row, column)?;
        self.sheet.drop_downs.get(span.at.0 as usize).map(|list| list.options.as_slice())
    }

    /// Whether any cell of a column has a drop-down.
    pub(super) fn has_lists(&self, column: u32) -> bool {
        self.lists.contains_key(&column)
    }
}

fn find(spans: &HashMap<u32, Vec<Span>>, row: u32, column: u32) -> Option<Span> {
    let spans = spans.get(&column)?;
    let after = spans.partition_point(|span| span.first <= row);
    spans[..after].iter().rev().take(OVERLAPS).find(|span| span.last >= row).copied()
}

/// A text without what programs leave in it: carriage returns, written out or not.
pub(super) fn clean(text: &str) -> String {
    let bare =
        |text: &str| text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}').to_owned();
    if !text.contains("_x000") && !text.contains('\r') {
        return bare(text);
    }
    let text = text.replace("_x000D_", "").replace("_x000A_", "\n");
    bare(&text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Whether a cell holds nothing that somebody entered: an empty date, an error, a formula without a value.
pub(super) fn is_void(cell: &Cell) -> bool {
    match &cell.value {
        CellValue::Date(text) => text == "00:00:00",
        CellValue::Error(_) | CellValue::NotComputed => true,
        CellValue::Text(text) => text.trim().is_empty(),
        CellValue::Number(_) | CellValue::Bool(_) => false,
    }
}
