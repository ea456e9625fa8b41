//! The texts that cells share.

use super::super::super::ReadLimits;
use super::super::archive::Archive;
use super::super::refusal::Refusal;
use super::super::xml::{Events, add_text, attribute};
use quick_xml::events::Event;
use std::borrow::Cow;

/// The shared texts, one behind the other. How many the file says that there are is never asked.
#[derive(Default)]
pub(super) struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    /// The text of that number, counted from 0.
    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.all[start..end])
    }
}

/// Reads the part; a file without one shares no texts.
pub(super) fn read(archive: &mut Archive<'_>, path: &str, limits: &ReadLimits) -> Result<Texts, Refusal> {
    let texts = archive.read(path, |part| {
        let mut texts = Texts::default();
        let mut events = Events::of(path, part, limits);
        let mut buffer = Vec::new();
        let mut run = Run::default();
        while let Some(event) = events.next(&mut buffer)? {
            match &event {
                Event::Start(e) if e.local_name().as_ref() == "si" => run = Run::default(),
                Event::End(e) if e.local_name().as_ref() == "si" => {
                    texts.all.push_str(&run.text);
                    texts.ends.push(texts.all.len());
                }
                Event::Empty(e) if e.local_name().as_ref() == "si" => texts.ends.push(texts.all.len()),
                event => run.take(event),
            }
        }
        Ok(texts)
    })?;
    Ok(texts.unwrap_or_default())
}

/// A text in runs of one look each, without the reading aids of East Asian scripts.
#[derive(Default)]
pub(super) struct Run {
    pub(super) text: String,
    piece: Option<(String, bool)>,
    aid: bool,
}

impl Run {
    /// Takes what stands inside the element of the text.
    pub(super) fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(e) => match e.local_name().as_ref() {
                "rPh" => self.aid = true,
                "t" if !self.aid => {
                    let kept = attribute(e, "space").is_some_and(|space| space == "preserve");
                    self.piece = Some((String::new(), kept));
                }
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "rPh" => self.aid = false,
                "t" => {
                    if let Some((piece, kept)) = self.piece.take() {
                        let piece = if kept { &piece } else { piece.trim_matches([' ', '\t', '\r', '\n']) };
                        self.text.push_str(&unescaped(piece));
                    }
                }
                _ => {}
            },
            event => {
                if let Some((piece, _)) = &mut self.piece {
                    add_text(piece, event);
                }
            }
        }
    }
}

/// Characters that XML cannot hold are written as `_x000D_`, in UTF-16, and so is the underscore of a text that only
/// looks so.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    const LENGTH: usize = 7;
    let unit = |at: usize| {
        let escape = text.get(at..at + LENGTH)?.strip_prefix("_x")?.strip_suffix('_')?;
        u16::from_str_radix(escape, 16).ok().filter(|_| escape.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    if !text.as_bytes().contains(&b'_') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(next) = text[at..].find('_').map(|offset| at + offset) {
        let mut units = Vec::new();
        let mut end = next;
        while let Some(unit) = unit(end) {
            units.push(unit);
            end += LENGTH;
        }
        if units.is_empty() {
            at = next + 1;
            continue;
        }
        plain.push_str(&text[kept..next]);
        plain.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        (kept, at) = (end, end);
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    plain.push_str(&text[kept..]);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved_once() {
        for (written, meant) in [
            ("a_x000D_\nb", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDCF7_", "📷"),
            ("_xD83D_x", "\u{fffd}x"),
            ("snake_case_x12_", "snake_case_x12_"),
            ("_x+0041_", "_x+0041_"),
            ("_ä_x0041_", "_äA"),
        ] {
            assert_eq!(unescaped(written), meant, "{written}");
        }
    }
}
