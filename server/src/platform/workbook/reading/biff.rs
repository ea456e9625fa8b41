//! What calamine leaves out of xls: hidden rows, merged cells, drop-downs. Read from the records by ourselves, before
//! calamine sees the file, together with what it would cost to read.

use super::super::ReadLimits;
use super::bytes::{flagged_at, u8_at, u16_at, u32_at};
use super::gathered::List;
use super::refusal::Refusal;
use super::tokens::{Book, Width};
use domain::sheet::{Area, address};
use std::collections::HashSet;

/// What one sheet says beside its cells.
#[derive(Default)]
pub(super) struct Beside {
    pub(super) hidden_rows: HashSet<u32>,
    pub(super) merged: Vec<Area>,
    pub(super) offers: Vec<(Vec<Area>, List)>,
}

/// The records of a stream, one behind the other; it ends with the first that is cut off.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (u16_at(self.0, 0)?, usize::from(u16_at(self.0, 2)?));
        let data = self.0.get(4..4 + length)?;
        self.0 = &self.0[4 + length..];
        Some((kind, data))
    }
}

const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;

/// Walks through the sheets, in the order in which the workbook lists them.
///
/// # Errors
/// When the workbook is encrypted, or its cells are more or further apart than the limits allow.
pub(super) fn walk(stream: &[u8], limits: &ReadLimits) -> Result<Vec<Beside>, Refusal> {
    let mut book = Book::default();
    let mut starts = Vec::new();
    // Which of the books that are referred to is this one, and which book and sheets each link means.
    let (mut own, mut books, mut links) = (None, 0_u16, Vec::<[u8; 6]>::new());
    let mut is_newest = false;
    for (kind, data) in Records(stream) {
        match kind {
            0x002F if u16_at(data, 0) != Some(0) => return Err(Refusal::Encrypted),
            BEGIN if starts.is_empty() => is_newest = u16_at(data, 0) == Some(0x0600),
            0x0085 => {
                let name = u8_at(data, 6).and_then(|length| flagged_at(data, 7, usize::from(length)));
                starts.push(u32_at(data, 0).and_then(|at| usize::try_from(at).ok()));
                book.sheets.push(name.map(|(name, _)| name.replace('\0', "")).unwrap_or_default());
            }
            0x01AE => {
                if data.len() == 4 && u16_at(data, 2) == Some(0x0401) {
                    own = Some(books);
                }
                books = books.saturating_add(1);
            }
            0x0017 => links.extend(data.get(2..).unwrap_or_default().as_chunks::<6>().0),
            0x0018 => book.names.push(name(data).unwrap_or_default()),
            END => break,
            _ => {}
        }
    }
    book.links = links
        .iter()
        .map(|link| {
            let (from, first, last) = (u16_at(link, 0), u16_at(link, 2)?, u16_at(link, 4)?);
            (from.is_some() && from == own && first == last).then(|| usize::from(first))
        })
        .collect();
    let mut cells = 0;
    let sheets = starts.into_iter().enumerate().map(|(number, start)| {
        let records = Records(start.and_then(|start| stream.get(start..)).unwrap_or_default());
        sheet(records, &book.sheets[number], is_newest.then_some(&book), limits, &mut cells)
    });
    sheets.collect()
}

/// The formula of a name.
fn name(data: &[u8]) -> Option<Vec<u8>> {
    let letters = usize::from(u8_at(data, 3)?);
    let length = usize::from(u16_at(data, 4)?);
    let (_, end) = flagged_at(data, 14, letters)?;
    Some(data.get(end..end + length)?.to_vec())
}

fn sheet(
    records: Records<'_>,
    name: &str,
    book: Option<&Book>,
    limits: &ReadLimits,
    cells: &mut usize,
) -> Result<Beside, Refusal> {
    let mut beside = Beside::default();
    let mut range: Option<Area> = None;
    let mut depth = 0_u32;
    for (kind, data) in records {
        match kind {
            BEGIN => depth += 1,
            END => depth = depth.saturating_sub(1),
            // Charts within the sheet have records of the same kinds.
            _ if depth > 1 => continue,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        match kind {
            // What calamine sets memory aside for: the rectangle that the sheet says it has.
            0x0200 => {
                let (first, last, column) = match data.len() {
                    10 => (u16_at(data, 0).map(u32::from), u16_at(data, 2).map(u32::from), u16_at(data, 6)),
                    _ => (u32_at(data, 0), u32_at(data, 4), u16_at(data, 10)),
                };
                let (Some(first), Some(last), Some(column)) = (first, last, column) else { continue };
                if last > 0 && first >= last {
                    return Err(Refusal::damaged(name, "its last row stands before its first"));
                }
                spread(
                    name,
                    Area { last_row: last.max(1), last_column: u32::from(column).max(1), ..Area::cell(1, 1) },
                    limits,
                )?;
            }
            0x0203 | 0x0204 | 0x00D6 | 0x0205 | 0x027E | 0x00FD | 0x00BD | 0x0006 => {
                let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2)) else { continue };
                let (row, first) = (u32::from(row) + 1, u32::from(column) + 1);
                let last = match kind {
                    0x00BD => u32::from(u16_at(data, data.len().saturating_sub(2)).unwrap_or(column)) + 1,
                    _ => first,
                };
                if last > limits.columns {
                    return Err(Refusal::TooManyColumns { at: address(name, row, last), most: limits.columns });
                }
                *cells += usize::try_from(last.saturating_sub(first)).unwrap_or(0) + 1;
                if *cells > limits.cells {
                    return Err(Refusal::TooManyCells { at: address(name, row, first), most: limits.cells });
                }
                let grown =
                    range.map_or_else(|| Area::cell(row, first), |range| range.with(row, first)).with(row, last);
                spread(name, grown, limits)?;
                range = Some(grown);
            }
            0x0208 if u16_at(data, 12).is_some_and(|flags| flags & 0x20 != 0) => {
                beside.hidden_rows.extend(u16_at(data, 0).map(|row| u32::from(row) + 1));
            }
            0x00E5 => beside.merged.extend(
                data.get(2..).unwrap_or_default().as_chunks::<8>().0.iter().filter_map(|cells| rectangle(cells)),
            ),
            0x01BE => beside.offers.extend(book.and_then(|book| validation(data, book))),
            _ => {}
        }
    }
    Ok(beside)
}

/// Refuses a sheet whose cells lie so far apart that the rectangle around them cannot be held.
fn spread(name: &str, around: Area, limits: &ReadLimits) -> Result<(), Refusal> {
    let side = |first: u32, last: u32| u64::from(last - first) + 1;
    let held = side(around.first_row, around.last_row) * side(around.first_column, around.last_column);
    if held > limits.spread {
        return Err(Refusal::TooFarApart { at: name.to_owned(), most: limits.spread });
    }
    Ok(())
}

/// First row, last row, first column and last column.
fn rectangle(cells: &[u8]) -> Option<Area> {
    let side = |at| Some(u32::from(u16_at(cells, at)?) + 1);
    let area = Area { first_row: side(0)?, last_row: side(2)?, first_column: side(4)?, last_column: side(6)? };
    (area.first_row <= area.last_row && area.first_column <= area.last_column).then_some(area)
}

/// A data validation that offers a list.
fn validation(data: &[u8], book: &Book) -> Option<(Vec<Area>, List)> {
    const LIST: u32 = 3;
    if u32_at(data, 0)? & 0xF != LIST {
        return None;
    }
    // Titles and texts of the prompt and of the error, which are nothing to us.
    let mut at = 4;
    for _ in 0..4 {
        at = flagged_at(data, at + 2, usize::from(u16_at(data, at)?))?.1;
    }
    let mut formulas = [&data[..0]; 2];
    for formula in &mut formulas {
        let start = at + 4;
        let end = start + usize::from(u16_at(data, at)?);
        *formula = data.get(start..end)?;
        at = end;
    }
    let count = usize::from(u16_at(data, at)?);
    let areas: Vec<Area> =
        data.get(at + 2..)?.as_chunks::<8>().0.iter().take(count).filter_map(|cells| rectangle(cells)).collect();
    let first = areas.first()?;
    let list = book.list(formulas[0], (first.first_row - 1, first.first_column - 1), Width::Old)?;
    Some((areas, list))
}
