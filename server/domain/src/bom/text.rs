//! The bytes of a document as text.

use super::refusal::Refusal;
use super::result::Place;
use std::borrow::Cow;

/// UTF-8 with or without a mark, or UTF-16 with one.
///
/// # Errors
/// `empty-file`, or `wrong-encoding` at the first byte that fits neither.
pub(super) fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let text = match bytes {
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        _ => {
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            let text = std::str::from_utf8(bytes).map_err(|wrong| {
                let good = &bytes[..wrong.valid_up_to()];
                let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
                let begin = good.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                let column = 1 + String::from_utf8_lossy(&good[begin..]).chars().count();
                let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
                let place = Place { path: String::new(), line: count(line), column: count(column) };
                let found = format!("the byte 0x{:02X}", bytes[wrong.valid_up_to()]);
                Refusal::new("wrong-encoding", place)
                    .with("expected", "UTF-8, or UTF-16 with its mark")
                    .with("found", found)
            })?;
            Cow::Borrowed(text)
        }
    };
    if text.trim().is_empty() { Err(Refusal::whole("empty-file")) } else { Ok(text) }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Refusal> {
    let broken = |found: &str| {
        let place = Place { path: String::new(), line: 1, column: 1 };
        Refusal::new("wrong-encoding", place)
            .with("expected", "UTF-16, as the mark at the beginning says")
            .with("found", found)
    };
    let (pairs, []) = bytes.as_chunks::<2>() else { return Err(broken("an odd number of bytes")) };
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| broken("half a surrogate pair"))
}

/// A text as the register keeps it: outer blanks and control characters removed, but for line ends and tabs.
pub(super) fn clean(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// At most so many characters; what is cut off is marked.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
