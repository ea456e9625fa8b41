//! Numbers and texts out of binary records, little end first; `None` where the record is too short for them.

pub(super) fn u8_at(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

pub(super) fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// A text of so many UTF-16 units, and where it ends.
pub(super) fn utf16_at(bytes: &[u8], at: usize, units: usize) -> Option<(String, usize)> {
    let end = at.checked_add(units.checked_mul(2)?)?;
    let units = bytes.get(at..end)?.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
    Some((char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect(), end))
}

/// A text of so many characters with a byte of flags in front: one or two bytes for each. And where it ends.
pub(super) fn flagged_at(bytes: &[u8], at: usize, characters: usize) -> Option<(String, usize)> {
    if u8_at(bytes, at)? & 1 == 1 {
        return utf16_at(bytes, at + 1, characters);
    }
    let end = (at + 1).checked_add(characters)?;
    Some((bytes.get(at + 1..end)?.iter().map(|byte| char::from(*byte)).collect(), end))
}
