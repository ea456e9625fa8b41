//! Which cell formats show numbers as dates.

use super::super::super::ReadLimits;
use super::super::archive::Archive;
use super::super::dates::CellFormats;
use super::super::refusal::Refusal;
use super::super::xml::{attribute, each_event};
use quick_xml::events::Event;

/// Reads the part; in a file without one every number is a number.
pub(super) fn read(archive: &mut Archive<'_>, path: &str, limits: &ReadLimits) -> Result<CellFormats, Refusal> {
    let mut formats = CellFormats::default();
    let mut cells = false;
    archive.read(path, |part| {
        each_event(path, part, limits, |event| {
            match &event {
                Event::Start(e) | Event::Empty(e) => {
                    let number = |name| attribute(e, name).and_then(|id| id.trim().parse().ok());
                    match e.local_name().as_ref() {
                        "cellXfs" => cells = matches!(event, Event::Start(_)),
                        "numFmt" => {
                            if let (Some(id), Some(code)) = (number("numFmtId"), attribute(e, "formatCode")) {
                                formats.own(id, &code);
                            }
                        }
                        "xf" if cells => formats.cell(number("numFmtId").unwrap_or(0)),
                        _ => {}
                    }
                }
                Event::End(e) if e.local_name().as_ref() == "cellXfs" => cells = false,
                _ => {}
            }
            Ok(())
        })
    })?;
    Ok(formats)
}
