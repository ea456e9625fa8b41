//! The records of a part.

use super::super::archive::Archive;
use super::super::bytes::{u32_at, utf16_at};
use super::super::refusal::Refusal;
use std::io::{BufRead, Read};

/// Hands every record of a part on, by its kind; `None` when there is no such part.
pub(super) fn each_record(
    archive: &mut Archive<'_>,
    path: &str,
    mut each: impl FnMut(u16, &[u8]) -> Result<(), Refusal>,
) -> Result<Option<()>, Refusal> {
    archive.read(path, |part| {
        let mut data = Vec::new();
        let damaged = |e: std::io::Error| Refusal::damaged(path, e);
        while let Some(first) = byte(part).map_err(damaged)? {
            let second = if first & 0x80 == 0 { 0 } else { needed(part).map_err(damaged)? };
            let kind = u16::from(first & 0x7F) | u16::from(second & 0x7F) << 7;
            let mut length = 0_u64;
            for step in 0..4 {
                let byte = needed(part).map_err(damaged)?;
                length |= u64::from(byte & 0x7F) << (7 * step);
                if byte & 0x80 == 0 {
                    break;
                }
            }
            data.clear();
            // Grows with what there is, not with what the record says of itself.
            (&mut *part).take(length).read_to_end(&mut data).map_err(damaged)?;
            if data.len() as u64 != length {
                return Err(Refusal::damaged(path, "it ends inside a record"));
            }
            each(kind, &data)?;
        }
        Ok(())
    })
}

fn byte(part: &mut dyn BufRead) -> std::io::Result<Option<u8>> {
    let byte = part.fill_buf()?.first().copied();
    part.consume(usize::from(byte.is_some()));
    Ok(byte)
}

fn needed(part: &mut dyn BufRead) -> std::io::Result<u8> {
    byte(part)?.ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
}

/// A text with its length in front, and where it ends; one that is not there is blank.
pub(super) fn text_at(data: &[u8], at: usize) -> Option<(String, usize)> {
    const NONE: u32 = u32::MAX;
    match u32_at(data, at)? {
        NONE => Some((String::new(), at + 4)),
        units => utf16_at(data, at + 4, usize::try_from(units).ok()?),
    }
}
