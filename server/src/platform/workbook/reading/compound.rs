//! The compound file around an old workbook: a small file system of sectors.

use super::bytes::{u16_at, u32_at};

/// No sector follows.
const END: u32 = 0xFFFF_FFFE;
/// Sector numbers from here on mean something else.
const SPECIAL: u32 = 0xFFFF_FFFA;
/// Streams below this are kept in the small sectors of a stream of their own.
const SMALL: usize = 4096;
const SMALL_SECTOR: usize = 64;

/// The sectors of a compound file.
struct Sectors<'a> {
    bytes: &'a [u8],
    size: usize,
    /// For each sector the one that follows it.
    next: Vec<u32>,
}

impl<'a> Sectors<'a> {
    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = usize::try_from(number).ok()?.checked_add(1)?.checked_mul(self.size)?;
        let rest = self.bytes.get(start..)?;
        Some(&rest[..rest.len().min(self.size)]).filter(|sector| !sector.is_empty())
    }

    /// What a chain of sectors holds, up to a length. One that goes in a circle ends when it is longer than the file.
    fn chain(&self, first: u32, length: usize) -> Option<Vec<u8>> {
        let mut held = Vec::new();
        let mut number = first;
        while number != END && held.len() < length {
            let sector = self.sector(number)?;
            held.extend_from_slice(&sector[..sector.len().min(length - held.len())]);
            if held.len() > self.bytes.len() {
                return None;
            }
            number = *self.next.get(usize::try_from(number).ok()?)?;
        }
        Some(held)
    }
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number))
}

/// The stream with one of these names, the likeliest first; `None` when there is none or the file is damaged.
pub(super) fn stream(bytes: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    let size = match u16_at(bytes, 30)? {
        9 => 512,
        12 => 4096,
        _ => return None,
    };
    let mut sectors = Sectors { bytes, size, next: Vec::new() };
    let mut tables: Vec<u32> = numbers(bytes.get(76..512)?).collect();
    let mut more = u32_at(bytes, 68)?;
    while more < SPECIAL {
        tables.extend(numbers(sectors.sector(more)?));
        more = tables.pop()?;
        if tables.len() > bytes.len() / 4 {
            return None;
        }
    }
    for table in tables.into_iter().filter(|table| *table < SPECIAL) {
        let next = sectors.sector(table)?;
        sectors.next.extend(numbers(next));
        if sectors.next.len() > bytes.len() {
            return None;
        }
    }
    let directory = sectors.chain(u32_at(bytes, 48)?, usize::MAX)?;
    let entries: Vec<&[u8]> = directory.chunks_exact(128).collect();
    let length = |entry: &[u8]| u32_at(entry, 120).and_then(|length| usize::try_from(length).ok());
    let entry = names.iter().find_map(|wanted| {
        entries.iter().find(|entry| {
            let letters = entry[..64].as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
            let name = String::from_utf16_lossy(&letters.take_while(|unit| *unit != 0).collect::<Vec<_>>());
            name.eq_ignore_ascii_case(wanted)
        })
    })?;
    let (first, wanted) = (u32_at(entry, 116)?, length(entry)?);
    if wanted >= SMALL {
        return sectors.chain(first, wanted);
    }
    let root = entries.first()?;
    let held = sectors.chain(u32_at(root, 116)?, length(root)?)?;
    let next = sectors.chain(u32_at(bytes, 60)?, usize::MAX)?;
    // The small sectors begin at once: a sector of nothing in front makes them look like the large ones.
    let held = [&[0; SMALL_SECTOR][..], &held].concat();
    Sectors { bytes: &held, size: SMALL_SECTOR, next: numbers(&next).collect() }.chain(first, wanted)
}
