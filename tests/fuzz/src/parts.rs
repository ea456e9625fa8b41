//! Parts of an archive, laid out one behind the other: a byte for the length of the name, the name, four bytes for the
//! length of the content, the content.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// A zip of the parts, not compressed.
pub fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut rest = bytes;
    while let Some((name, content, left)) = part(rest) {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        // A name that comes twice is passed over.
        if zip.start_file(String::from_utf8_lossy(name), options).is_ok() {
            zip.write_all(content).expect("memory");
        }
        rest = left;
    }
    zip.finish().expect("memory").into_inner()
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(*length))?;
    let (length, rest) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?.min(rest.len());
    let (content, rest) = rest.split_at(length);
    Some((name, content, rest))
}

/// The layout of an archive's parts: a seed.
pub fn laid_out(archive: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).expect("a zip");
    let mut bytes = Vec::new();
    for n in 0..zip.len() {
        let mut part = zip.by_index(n).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).expect("its content");
        bytes.push(u8::try_from(name.len()).expect("a short name"));
        bytes.extend(name.bytes());
        bytes.extend(u32::try_from(content.len()).expect("a small part").to_le_bytes());
        bytes.extend(content);
    }
    bytes
}
