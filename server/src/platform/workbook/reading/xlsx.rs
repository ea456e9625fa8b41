//! xlsx and xlsm: every part once, as a stream; cells, hidden rows, merged cells and drop-downs in one walk.

mod book;
mod sheet;
mod strings;
mod styles;

use super::super::ReadLimits;
use super::archive::Archive;
use super::collect::{Collector, Out};
use super::dates::CellFormats;
use super::package;
use super::refusal::Refusal;
use domain::sheet::Format;

/// What the cells of all sheets refer to.
struct Shared {
    texts: strings::Texts,
    formats: CellFormats,
    date_1904: bool,
    /// Whoever saved the file left computing to whoever opens it: a zero may stand for a value that nobody knows.
    computed_on_opening: bool,
}

/// Reads an xlsx or xlsm. Macros, links to other files and connections are parts that nothing here looks for.
pub(super) fn read(
    archive: &mut Archive<'_>,
    format: Format,
    limits: &ReadLimits,
    out: Out<'_>,
) -> Result<(), Refusal> {
    let (path, relations) = package::workbook(archive, "xl/workbook.xml", limits)?;
    let book = book::read(archive, &path, &relations, limits)?;
    let strings = package::target(&relations, "sharedStrings", "xl/sharedStrings.xml");
    let styles = package::target(&relations, "styles", "xl/styles.xml");
    let shared = Shared {
        texts: strings::read(archive, strings, limits)?,
        formats: styles::read(archive, styles, limits)?,
        date_1904: book.date_1904,
        computed_on_opening: book.computed_on_opening,
    };
    let mut collector = Collector::new(format, book.date_1904, limits, out)?;
    for (name, meaning) in &book.names {
        collector.name(name, meaning)?;
    }
    for listed in &book.sheets {
        collector.sheet(&listed.name, listed.visibility)?;
        sheet::read(archive, &listed.part, &shared, limits, &mut collector)?;
    }
    collector.end()
}
