//! The workbook part: the sheets, and what names stand for.

use super::super::super::ReadLimits;
use super::super::archive::Archive;
use super::super::package::Relation;
use super::super::refusal::Refusal;
use super::super::xml::{add_text, attribute, each_event, truth};
use domain::sheet::Visibility;
use quick_xml::events::Event;

/// A worksheet that the workbook lists.
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) visibility: Visibility,
    pub(super) part: String,
}

/// What the workbook part says.
#[derive(Default)]
pub(super) struct Book {
    /// Serial numbers count from 1904.
    pub(super) date_1904: bool,
    pub(super) computed_on_opening: bool,
    pub(super) sheets: Vec<Listed>,
    pub(super) names: Vec<(String, String)>,
}

/// Reads the workbook part.
pub(super) fn read(
    archive: &mut Archive<'_>,
    path: &str,
    relations: &[Relation],
    limits: &ReadLimits,
) -> Result<Book, Refusal> {
    let mut book = Book::default();
    let mut name: Option<(String, String)> = None;
    let found = archive.read(path, |part| {
        each_event(path, part, limits, |event| {
            match &event {
                Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                    "workbookPr" => book.date_1904 = attribute(e, "date1904").is_some_and(|v| truth(&v)),
                    "calcPr" => book.computed_on_opening = attribute(e, "fullCalcOnLoad").is_some_and(|v| truth(&v)),
                    "sheet" => {
                        let id = attribute(e, "id").unwrap_or_default();
                        let relation = relations.iter().find(|relation| relation.id == id);
                        // Sheets of charts, dialogs and old macros hold no cells that a person fills in.
                        if let (Some(name), Some(relation)) = (attribute(e, "name"), relation)
                            && relation.kind == "worksheet"
                        {
                            let visibility = match attribute(e, "state").as_deref() {
                                Some("hidden") => Visibility::Hidden,
                                Some("veryHidden") => Visibility::VeryHidden,
                                _ => Visibility::Visible,
                            };
                            let (name, part) = (name.into_owned(), relation.target.clone());
                            book.sheets.push(Listed { name, visibility, part });
                            if book.sheets.len() > limits.sheets {
                                return Err(Refusal::TooManySheets { most: limits.sheets });
                            }
                        }
                    }
                    "definedName" => name = attribute(e, "name").map(|name| (name.into_owned(), String::new())),
                    _ => {}
                },
                Event::End(e) if e.local_name().as_ref() == "definedName" => book.names.extend(name.take()),
                other => {
                    if let Some((_, meaning)) = &mut name {
                        add_text(meaning, other);
                    }
                }
            }
            Ok(())
        })
    })?;
    match found {
        Some(()) => Ok(book),
        None => Err(Refusal::damaged(path, "the part is missing")),
    }
}
