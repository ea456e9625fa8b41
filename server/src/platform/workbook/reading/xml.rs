//! XML of a part as a stream: bounded in depth, whole to its end, without declarations of its own.

use super::super::ReadLimits;
use super::refusal::Refusal;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::borrow::Cow;
use std::io::BufRead;

/// The events of one part.
pub(super) struct Events<R> {
    reader: Reader<R>,
    at: String,
    depth: usize,
    deepest: usize,
}

impl<R: BufRead> Events<R> {
    pub(super) fn of(at: &str, part: R, limits: &ReadLimits) -> Self {
        Self { reader: Reader::from_reader(part), at: at.to_owned(), depth: 0, deepest: limits.xml_depth }
    }

    /// The next event; `None` at the end.
    ///
    /// Declarations of entities, which Office programs never write, are refused; so is a part that ends inside an
    /// element.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Option<Event<'b>>, Refusal> {
        buffer.clear();
        let event = match self.reader.read_event_into(buffer) {
            Ok(event) => event,
            Err(e) => return Err(Refusal::damaged(&*self.at, e)),
        };
        match &event {
            Event::Start(_) => {
                self.depth += 1;
                if self.depth > self.deepest {
                    let reason = format!("elements nest deeper than {}", self.deepest);
                    return Err(Refusal::damaged(&*self.at, reason));
                }
            }
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::DocType(_) => return Err(Refusal::damaged(&*self.at, "it declares entities")),
            Event::Eof if self.depth > 0 => return Err(Refusal::damaged(&*self.at, "it ends inside an element")),
            Event::Eof => return Ok(None),
            _ => {}
        }
        Ok(Some(event))
    }
}

/// Hands every event of a part on.
pub(super) fn each_event(
    at: &str,
    part: impl BufRead,
    limits: &ReadLimits,
    mut each: impl FnMut(Event<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut events = Events::of(at, part, limits);
    let mut buffer = Vec::new();
    while let Some(event) = events.next(&mut buffer)? {
        each(event)?;
    }
    Ok(())
}

/// An attribute by its local name.
pub(super) fn attribute<'e>(element: &'e BytesStart<'_>, name: &str) -> Option<Cow<'e, str>> {
    let mut attributes = element.attributes();
    let found = attributes.with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    if !found.value.contains(['&', '\n', '\r', '\t']) {
        return Some(found.value);
    }
    Some(match found.normalized_value(XmlVersion::Implicit1_0) {
        Ok(value) => Cow::Owned(value.into_owned()),
        Err(_) => found.value,
    })
}

/// The character that an entity stands for; nothing for one that is not known.
pub(super) fn resolved(entity: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = entity.resolve_char_ref() {
        return character.to_string();
    }
    quick_xml::escape::resolve_predefined_entity(&entity.xml10_content()).unwrap_or_default().to_owned()
}

/// Adds what an event within an element says in letters.
pub(super) fn add_text(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(more) => text.push_str(&more.xml10_content()),
        Event::CData(more) => text.push_str(&more.xml10_content()),
        Event::GeneralRef(entity) => text.push_str(&resolved(entity)),
        _ => {}
    }
}

/// An attribute that is on or off.
pub(super) fn truth(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}
