//! The zip around xlsx, xlsm, xlsb and ods. Whatever is inflated is counted while it is: what a zip says about itself
//! can lie. Nothing is ever written to a disk, so names in it are names and no paths.

use super::super::ReadLimits;
use super::refusal::Refusal;
use std::io::{BufReader, Cursor, Read};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

/// The opened zip of a workbook.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be inflated.
    left: u64,
    most: u64,
}

impl<'a> Archive<'a> {
    /// Opens the zip; inflates nothing.
    pub(super) fn open(bytes: &'a [u8], limits: &ReadLimits) -> Result<Self, Refusal> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| not_opened(bytes, &e))?;
        if zip.len() > limits.zip_entries {
            return Err(Refusal::TooManyParts { most: limits.zip_entries });
        }
        refuse_two_meanings(bytes, &zip)?;
        Ok(Self { zip, left: limits.inflated_bytes, most: limits.inflated_bytes })
    }

    /// Where a part stands. Names are compared as the Office programs do: ignoring case, and some tools write `\`.
    fn find(&self, name: &str) -> Option<usize> {
        let same = |other: &str| other.replace('\\', "/").trim_start_matches('/').eq_ignore_ascii_case(name);
        let named = |index| self.zip.name_for_index(index).and_then(Result::ok).is_some_and(|n| same(&n));
        self.zip.index_for_name(name).or_else(|| (0..self.zip.len()).find(|index| named(*index)))
    }

    /// Lets a part be read as a stream; `None` when there is no such part.
    pub(super) fn read<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Part<'_, 'a>) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        let Some(index) = self.find(name) else { return Ok(None) };
        if self.zip.by_index_data(index).is_ok_and(|entry| entry.encrypted()) {
            return Err(Refusal::Encrypted);
        }
        let part = self.zip.by_index(index).map_err(|e| Refusal::damaged(name, e))?;
        let mut counted = BufReader::with_capacity(BLOCK, Counted { part, left: self.left, exceeded: false });
        let result = read(&mut counted);
        let counted = counted.into_inner();
        self.left = counted.left;
        if counted.exceeded {
            return Err(Refusal::InflatesTooFar { at: name.to_owned(), most: self.most });
        }
        result.map(Some)
    }

    /// All bytes of one part; `None` when there is no such part.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        self.read(name, |part| {
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).map_err(|e| Refusal::damaged(name, e))?;
            Ok(bytes)
        })
    }
}

/// Bytes inflated at a time.
const BLOCK: usize = 64 << 10;

/// A part while it is being inflated. Named, because millions of small steps are taken through it.
pub(super) type Part<'p, 'a> = BufReader<Counted<ZipFile<'p, Cursor<&'a [u8]>>>>;

/// A part that breaks off once all that may be inflated has been.
pub(super) struct Counted<R> {
    part: R,
    left: u64,
    exceeded: bool,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.part.read(into)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                (self.left, self.exceeded) = (0, true);
                return Err(std::io::Error::other("the part unpacks too far"));
            }
        }
        Ok(read)
    }
}

/// The record behind the directory of a zip, which ends it.
const END_OF_DIRECTORY: &[u8] = b"PK\x05\x06";

/// Programs differ in which parts they see when a zip has two directories, or two parts of one name: what a person has
/// seen in it need not be what we would read.
fn refuse_two_meanings(bytes: &[u8], zip: &ZipArchive<Cursor<&[u8]>>) -> Result<(), Refusal> {
    if zip.offset() != 0 || zip.comment().windows(END_OF_DIRECTORY.len()).any(|window| window == END_OF_DIRECTORY) {
        return Err(Refusal::damaged("", "two archives stand in one file"));
    }
    let end = bytes.len().saturating_sub(zip.comment().len() + 22);
    let stated = bytes.get(end + 10..end + 12).map(|count| u16::from_le_bytes([count[0], count[1]]));
    match stated {
        Some(count) if count != u16::MAX && usize::from(count) != zip.len() => {
            Err(Refusal::damaged("", "it does not hold as many parts, or not as many of different names, as it says"))
        }
        _ => Ok(()),
    }
}

/// A zip that cannot be opened either ends too early or is damaged.
fn not_opened(bytes: &[u8], error: &ZipError) -> Refusal {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    if tail.windows(END_OF_DIRECTORY.len()).any(|window| window == END_OF_DIRECTORY) {
        Refusal::damaged("", error)
    } else {
        Refusal::Truncated
    }
}
