//! xlsb: the same package as xlsx with records instead of XML; cells, hidden rows, merged cells and drop-downs in one walk.

mod records;
mod sheet;

use super::super::ReadLimits;
use super::archive::Archive;
use super::bytes::{u16_at, u32_at};
use super::collect::{Collector, Out};
use super::dates::CellFormats;
use super::package::{self, Relation};
use super::refusal::Refusal;
use super::tokens::Book;
use domain::sheet::{Format, Visibility};
use records::{each_record, text_at};

/// What the cells of all sheets refer to.
struct Shared {
    texts: Vec<String>,
    formats: CellFormats,
    date_1904: bool,
    book: Book,
}

/// A worksheet that the workbook lists: its name, and the part it stands in.
struct Listed {
    name: String,
    visibility: Visibility,
    part: String,
}

/// Reads an xlsb.
pub(super) fn read(archive: &mut Archive<'_>, limits: &ReadLimits, out: Out<'_>) -> Result<(), Refusal> {
    let (path, relations) = package::workbook(archive, "xl/workbook.bin", limits)?;
    let (listed, mut shared) = workbook(archive, &path, &relations, limits)?;
    let texts = package::target(&relations, "sharedStrings", "xl/sharedStrings.bin");
    each_record(archive, texts, |kind, data| {
        if kind == 0x0013 {
            shared.texts.push(text_at(data, 1).unwrap_or_default().0);
        }
        Ok(())
    })?;
    let mut cells = false;
    each_record(archive, package::target(&relations, "styles", "xl/styles.bin"), |kind, data| {
        match kind {
            0x002C => {
                if let (Some(id), Some((code, _))) = (u16_at(data, 0), text_at(data, 2)) {
                    shared.formats.own(id.into(), &code);
                }
            }
            0x0269 => cells = true,
            0x026A => cells = false,
            0x002F if cells => shared.formats.cell(u16_at(data, 2).unwrap_or(0).into()),
            _ => {}
        }
        Ok(())
    })?;
    let mut collector = Collector::new(Format::Xlsb, shared.date_1904, limits, out)?;
    for listed in &listed {
        collector.sheet(&listed.name, listed.visibility)?;
        sheet::read(archive, &listed.part, &shared, &mut collector)?;
    }
    collector.end()
}

/// The workbook part: the sheets, and what formulas refer to by number.
fn workbook(
    archive: &mut Archive<'_>,
    path: &str,
    relations: &[Relation],
    limits: &ReadLimits,
) -> Result<(Vec<Listed>, Shared), Refusal> {
    let mut shared =
        Shared { texts: Vec::new(), formats: CellFormats::default(), date_1904: false, book: Book::default() };
    let mut listed = Vec::new();
    // Which of the books that are referred to is this one.
    let (mut own, mut books) = (Vec::new(), 0_u32);
    let found = each_record(archive, path, |kind, data| {
        match kind {
            0x0099 => shared.date_1904 = u32_at(data, 0).is_some_and(|flags| flags & 1 == 1),
            0x009C => {
                let Some((id, end)) = text_at(data, 8) else { return Ok(()) };
                let name = text_at(data, end).unwrap_or_default().0;
                shared.book.sheets.push(name.clone());
                let relation = relations.iter().find(|relation| relation.id == id);
                if let Some(relation) = relation.filter(|relation| relation.kind == "worksheet") {
                    let visibility = match u32_at(data, 0) {
                        Some(1) => Visibility::Hidden,
                        Some(2) => Visibility::VeryHidden,
                        _ => Visibility::Visible,
                    };
                    listed.push(Listed { name, visibility, part: relation.target.clone() });
                    if listed.len() > limits.sheets {
                        return Err(Refusal::TooManySheets { most: limits.sheets });
                    }
                }
            }
            0x0027 => shared.book.names.push(name(data).unwrap_or_default()),
            0x0163 | 0x0165 | 0x0166 | 0x029B => {
                if matches!(kind, 0x0165 | 0x0166) {
                    own.push(books);
                }
                books += 1;
            }
            0x016A => {
                let links = data.get(4..).unwrap_or_default().as_chunks::<12>().0.iter().map(|link| {
                    let (from, first, last) = (u32_at(link, 0)?, u32_at(link, 4)?, u32_at(link, 8)?);
                    (own.contains(&from) && first == last).then(|| usize::try_from(first).ok())?
                });
                shared.book.links.extend(links);
            }
            _ => {}
        }
        Ok(())
    })?;
    match found {
        Some(()) => Ok((listed, shared)),
        None => Err(Refusal::damaged(path, "the part is missing")),
    }
}

/// The formula of a name.
fn name(data: &[u8]) -> Option<Vec<u8>> {
    let (_, end) = text_at(data, 9)?;
    let length = usize::try_from(u32_at(data, end)?).ok()?;
    Some(data.get(end + 4..(end + 4).checked_add(length)?)?.to_vec())
}
