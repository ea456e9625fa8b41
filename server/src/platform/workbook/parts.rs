//! What calamine leaves out of xlsx and xlsm: hidden rows, merged cells, drop-downs, named ranges. Read from the parts
//! by ourselves, as streams.

use super::ReadLimits;
use super::archive::{Archive, find, part};
use super::refusal::Refusal;
use domain::answer::iso_date;
use domain::sheet::Area;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::{HashMap, HashSet};
use std::io::BufReader;

/// Where the sheets of a workbook stand, and what its names mean.
#[derive(Default)]
pub(super) struct Book {
    /// Serial numbers count from 1904.
    pub(super) date_1904: bool,
    /// Part of each sheet, by the sheet's name.
    pub(super) sheet_parts: HashMap<String, String>,
    /// What a name stands for, by its lower-case form: `Values!$B$2:$B$6`.
    pub(super) names: HashMap<String, String>,
}

/// What one sheet part says beside its cells.
#[derive(Default)]
pub(super) struct Extras {
    pub(super) hidden_rows: HashSet<u32>,
    pub(super) merged: Vec<Area>,
    /// Cells, and the formula of the list that they offer.
    pub(super) lists: Vec<(Vec<Area>, String)>,
}

/// Reads the workbook part and its relations.
pub(super) fn book(archive: &mut Archive<'_>) -> Result<Book, Refusal> {
    let root = part(archive, "_rels/.rels")?.unwrap_or_default();
    let path = relations("", &root)?
        .into_iter()
        .find(|relation| relation.kind.ends_with("/officeDocument"))
        .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));
    let related = part(archive, &format!("{folder}/_rels/{file}.rels"))?.unwrap_or_default();
    let targets: HashMap<String, String> =
        relations(folder, &related)?.into_iter().map(|relation| (relation.id, relation.target)).collect();
    let Some(xml) = part(archive, &path)? else {
        return Err(Refusal::damaged(path, "the part is missing"));
    };
    let mut book = Book::default();
    let mut name: Option<(String, String)> = None;
    each_event(&path, &xml[..], |event| {
        match event {
            Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                "workbookPr" => book.date_1904 = attribute(&e, "date1904").is_some_and(|v| truth(&v)),
                "sheet" => {
                    let target = attribute(&e, "id").and_then(|id| targets.get(&id));
                    if let (Some(name), Some(target)) = (attribute(&e, "name"), target) {
                        book.sheet_parts.insert(name, target.clone());
                    }
                }
                "definedName" => name = attribute(&e, "name").map(|name| (name.to_lowercase(), String::new())),
                _ => {}
            },
            Event::Text(text) => {
                if let Some((_, meaning)) = &mut name {
                    meaning.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(entity) => {
                if let Some((_, meaning)) = &mut name {
                    meaning.push_str(&resolved(&entity));
                }
            }
            Event::End(e) if e.local_name().as_ref() == "definedName" => {
                book.names.extend(name.take());
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(book)
}

/// The day on which the file says that it was last saved: Office keeps it in one part, OpenDocument in another. What cannot
/// be read there is not said.
pub(super) fn saved_on(archive: &mut Archive<'_>) -> Option<String> {
    const PLACES: [(&str, &str); 2] = [("docProps/core.xml", "modified"), ("meta.xml", "date")];
    let (path, element, xml) =
        PLACES.into_iter().find_map(|(path, element)| Some((path, element, part(archive, path).ok()??)))?;
    let (mut inside, mut found) = (false, None);
    let read = each_event(path, &xml[..], |event| {
        match event {
            Event::Start(e) => inside = e.local_name().as_ref() == element,
            Event::End(_) => inside = false,
            Event::Text(text) if inside && found.is_none() => found = Some(text.xml10_content().trim().to_owned()),
            _ => {}
        }
        Ok(())
    });
    let day = read.ok().and(found)?.get(..10)?.to_owned();
    iso_date::read(&day).is_ok().then_some(day)
}

/// Reads one sheet part for what stands beside its cells.
pub(super) fn extras(archive: &mut Archive<'_>, path: &str, limits: &ReadLimits) -> Result<Extras, Refusal> {
    let mut found = Extras::default();
    let mut areas = 0;
    let mut row = 0;
    let mut list: Option<List> = None;
    let index = find(archive, path).ok_or_else(|| Refusal::damaged(path, "the part is missing"))?;
    let stream = archive.by_index(index).map_err(|e| Refusal::damaged(path, e))?;
    let mut counted = |more: usize| {
        areas += more;
        if areas > limits.areas {
            Err(Refusal::TooManyAreas { at: path.to_owned(), most: limits.areas })
        } else {
            Ok(())
        }
    };
    each_event(path, BufReader::new(stream), |event| {
        match event {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "row" => {
                row = attribute(&e, "r").and_then(|r| r.trim().parse().ok()).unwrap_or(row + 1);
                if attribute(&e, "hidden").is_some_and(|v| truth(&v)) {
                    found.hidden_rows.insert(row);
                }
            }
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "mergeCell" => {
                counted(1)?;
                found.merged.extend(attribute(&e, "ref").and_then(|area| area.parse::<Area>().ok()));
            }
            Event::Start(e) if e.local_name().as_ref() == "dataValidation" => {
                list = Some(List {
                    offers: attribute(&e, "type").as_deref() == Some("list"),
                    areas: attribute(&e, "sqref").unwrap_or_default(),
                    ..List::default()
                });
            }
            Event::Start(e) => {
                if let Some(list) = &mut list {
                    list.inside.push(e.local_name().as_ref().to_owned());
                }
            }
            Event::End(e) if e.local_name().as_ref() == "dataValidation" => {
                if let Some(list) = list.take().filter(|list| list.offers && !list.formula.is_empty()) {
                    let places: Vec<Area> =
                        list.areas.split_whitespace().filter_map(|area| area.parse().ok()).collect();
                    counted(places.len())?;
                    found.lists.push((places, list.formula));
                }
            }
            Event::End(_) => {
                if let Some(list) = &mut list {
                    list.inside.pop();
                }
            }
            Event::Text(text) => {
                if let Some(list) = &mut list {
                    list.push(&text.xml10_content());
                }
            }
            Event::GeneralRef(entity) => {
                if let Some(list) = &mut list {
                    list.push(&resolved(&entity));
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

/// A data validation while it is being read, in its plain form and in the one of the 2009 extension.
#[derive(Default)]
struct List {
    offers: bool,
    areas: String,
    formula: String,
    inside: Vec<String>,
}

impl List {
    fn push(&mut self, text: &str) {
        if self.inside.iter().any(|element| element == "formula1") {
            self.formula.push_str(text);
        } else if self.inside.last().is_some_and(|element| element == "sqref") {
            self.areas.push_str(text);
        }
    }
}

struct Relation {
    id: String,
    kind: String,
    target: String,
}

fn relations(folder: &str, xml: &[u8]) -> Result<Vec<Relation>, Refusal> {
    let mut relations = Vec::new();
    each_event(".rels", xml, |event| {
        if let Event::Start(e) | Event::Empty(e) = event
            && e.local_name().as_ref() == "Relationship"
        {
            let target = attribute(&e, "Target").unwrap_or_default();
            relations.push(Relation {
                id: attribute(&e, "Id").unwrap_or_default(),
                kind: attribute(&e, "Type").unwrap_or_default(),
                target: joined(folder, &target),
            });
        }
        Ok(())
    })?;
    Ok(relations)
}

/// A relation's target as the name of a part.
fn joined(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

pub(super) fn each_event(
    at: &str,
    xml: impl std::io::BufRead,
    mut each: impl FnMut(Event<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut reader = Reader::from_reader(xml);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|e| Refusal::damaged(at, e))? {
            Event::Eof => return Ok(()),
            event => each(event)?,
        }
    }
}

/// An attribute by its local name.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(XmlVersion::Implicit1_0).map_or_else(|_| found.value.to_string(), |v| v.into_owned()))
}

fn resolved(entity: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(character)) = entity.resolve_char_ref() {
        return character.to_string();
    }
    quick_xml::escape::resolve_predefined_entity(&entity.xml10_content()).unwrap_or_default().to_owned()
}

fn truth(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}
