//! The package around the parts of xlsx, xlsm and xlsb: which part is which.
//!
//! Only parts of the package itself are ever looked for: a relation to somewhere outside is passed over.

use super::super::ReadLimits;
use super::archive::Archive;
use super::refusal::Refusal;
use super::xml::{attribute, each_event};
use domain::answer::iso_date;
use quick_xml::events::Event;

/// A relation of a part to another part of the package.
pub(super) struct Relation {
    pub(super) id: String,
    /// The last step of its kind: `worksheet`, `sharedStrings`.
    pub(super) kind: String,
    /// The name of the part.
    pub(super) target: String,
}

/// The name of the part of the workbook, and its relations.
pub(super) fn workbook(
    archive: &mut Archive<'_>,
    usual: &str,
    limits: &ReadLimits,
) -> Result<(String, Vec<Relation>), Refusal> {
    let path = relations(archive, "", "_rels/.rels", limits)?
        .into_iter()
        .find(|relation| relation.kind == "officeDocument")
        .map_or_else(|| usual.to_owned(), |relation| relation.target);
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));
    let related = relations(archive, folder, &joined(folder, &format!("_rels/{file}.rels")), limits)?;
    Ok((path, related))
}

/// The part of that kind, or where it usually stands.
pub(super) fn target<'r>(relations: &'r [Relation], kind: &str, usual: &'r str) -> &'r str {
    relations.iter().find(|relation| relation.kind == kind).map_or(usual, |relation| &relation.target)
}

/// The day on which the file says that it was last saved: Office keeps it in one part, OpenDocument in another. What cannot
/// be read there is not said.
pub(super) fn saved_on(archive: &mut Archive<'_>, limits: &ReadLimits) -> Option<String> {
    const PLACES: [(&str, &str); 2] = [("docProps/core.xml", "modified"), ("meta.xml", "date")];
    PLACES.into_iter().find_map(|(path, element)| {
        let (mut inside, mut found) = (false, None);
        let read = archive.read(path, |part| {
            each_event(path, part, limits, |event| {
                match event {
                    Event::Start(e) => inside = e.local_name().as_ref() == element,
                    Event::End(_) => inside = false,
                    Event::Text(text) if inside && found.is_none() => {
                        found = Some(text.xml10_content().trim().to_owned());
                    }
                    _ => {}
                }
                Ok(())
            })
        });
        let day = read.ok().and(found)?.get(..10)?.to_owned();
        iso_date::read(&day).is_ok().then_some(day)
    })
}

fn relations(
    archive: &mut Archive<'_>,
    folder: &str,
    name: &str,
    limits: &ReadLimits,
) -> Result<Vec<Relation>, Refusal> {
    let mut relations = Vec::new();
    archive.read(name, |part| {
        each_event(name, part, limits, |event| {
            if let Event::Start(e) | Event::Empty(e) = event
                && e.local_name().as_ref() == "Relationship"
                && attribute(&e, "TargetMode").is_none_or(|mode| mode != "External")
            {
                let kind = attribute(&e, "Type").unwrap_or_default();
                relations.push(Relation {
                    id: attribute(&e, "Id").unwrap_or_default().into_owned(),
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    target: joined(folder, &attribute(&e, "Target").unwrap_or_default()),
                });
            }
            Ok(())
        })
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
