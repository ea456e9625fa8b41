//! The zip around xlsx, xlsm, xlsb and ods: walked and counted before any reader of workbooks sees it.

use super::ReadLimits;
use super::refusal::Refusal;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// The opened zip of a workbook.
pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Opens the zip and inflates every part once, into nothing, counting what really comes out.
pub(super) fn open_and_count<'a>(bytes: &'a [u8], limits: &ReadLimits) -> Result<Archive<'a>, Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| not_opened(bytes, &e))?;
    if archive.len() > limits.zip_entries {
        return Err(Refusal::TooManyParts { most: limits.zip_entries });
    }
    let mut total = 0;
    let mut block = vec![0; 64 << 10];
    for index in 0..archive.len() {
        let name =
            archive.name_for_index(index).and_then(Result::ok).map_or_else(String::new, |name| name.into_owned());
        if archive.by_index_data(index).is_ok_and(|entry| entry.encrypted()) {
            return Err(Refusal::Encrypted);
        }
        let mut part = archive.by_index(index).map_err(|e| Refusal::damaged(name.as_str(), e))?;
        let (mut size, mut start) = (0_u64, Vec::new());
        loop {
            let read = part.read(&mut block).map_err(|e| Refusal::damaged(name.as_str(), e))?;
            if read == 0 {
                break;
            }
            if start.len() < START {
                start.extend_from_slice(&block[..read.min(START - start.len())]);
            }
            size += read as u64;
            if total + size > limits.inflated_bytes {
                return Err(Refusal::InflatesTooFar { at: name, most: limits.inflated_bytes });
            }
        }
        total += size;
        refuse_lying_counts(&name, &start, size)?;
    }
    Ok(archive)
}

/// Bytes of a part that are looked at for its root element.
const START: usize = 4 << 10;

/// A table of shared texts states how many follow, and readers set aside memory for that number: refuse a number that
/// the part is too small to hold.
fn refuse_lying_counts(name: &str, start: &[u8], size: u64) -> Result<(), Refusal> {
    /// `<si/>`: no text takes less.
    const SMALLEST: u64 = 5;
    if !name.to_lowercase().ends_with(".xml") {
        return Ok(());
    }
    let start = String::from_utf8_lossy(start);
    let mut reader = Reader::from_str(&start);
    loop {
        match reader.read_event() {
            Ok(Event::Start(root) | Event::Empty(root)) => {
                if root.local_name().as_ref() == "sst" {
                    for attribute in root.attributes().flatten().filter(|a| a.key.as_ref() == "uniqueCount") {
                        let count: u64 = attribute.value.trim().parse().unwrap_or(u64::MAX);
                        if count > size / SMALLEST + 1 {
                            return Err(Refusal::damaged(
                                name,
                                format!("it states {count} texts and cannot hold them"),
                            ));
                        }
                    }
                }
                return Ok(());
            }
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
    }
}

/// A zip that cannot be opened either ends too early or is damaged.
fn not_opened(bytes: &[u8], error: &ZipError) -> Refusal {
    const END_OF_DIRECTORY: &[u8] = b"PK\x05\x06";
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    if tail.windows(END_OF_DIRECTORY.len()).any(|window| window == END_OF_DIRECTORY) {
        Refusal::damaged("", error)
    } else {
        Refusal::Truncated
    }
}

/// Where a part stands. Names are compared as the Office programs do: ignoring case, and some tools write `\`.
pub(super) fn find(archive: &Archive<'_>, name: &str) -> Option<usize> {
    let same = |other: &str| other.replace('\\', "/").trim_start_matches('/').eq_ignore_ascii_case(name);
    archive.index_for_name(name).or_else(|| {
        (0..archive.len()).find(|index| archive.name_for_index(*index).and_then(Result::ok).is_some_and(|n| same(&n)))
    })
}

/// All bytes of one part; `None` when there is no such part. The sizes were counted by [`open_and_count`].
pub(super) fn part(archive: &mut Archive<'_>, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
    let Some(index) = find(archive, name) else { return Ok(None) };
    let mut bytes = Vec::new();
    let mut part = archive.by_index(index).map_err(|e| Refusal::damaged(name, e))?;
    part.read_to_end(&mut bytes).map_err(|e| Refusal::damaged(name, e))?;
    Ok(Some(bytes))
}
