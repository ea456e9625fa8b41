//! What a file is, by its content; its name is never asked.

use super::archive::Archive;
use super::refusal::Refusal;
use domain::sheet::Format;

/// The container of a file, as its first bytes show it.
pub(super) enum Container {
    /// A zip: xlsx, xlsm, xlsb or ods, or no workbook.
    Zip,
    /// An OLE compound file with a BIFF workbook.
    Xls,
    /// Text.
    Text,
}

const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Looks at the bytes.
pub(super) fn container(bytes: &[u8]) -> Result<Container, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Container::Zip);
    }
    if bytes.starts_with(OLE) {
        return compound(bytes);
    }
    if let Some(kind) = infer::get(bytes) {
        let text_like = matches!(kind.matcher_type(), infer::MatcherType::Text);
        if !text_like || kind.mime_type().contains("html") || kind.mime_type().contains("xml") {
            return Err(not_a_workbook(kind.mime_type()));
        }
    }
    text(bytes)
}

fn not_a_workbook(looks_like: &str) -> Refusal {
    Refusal::NotAWorkbook { looks_like: looks_like.to_owned() }
}

/// Names in the directory of a compound file are UTF-16.
fn compound(bytes: &[u8]) -> Result<Container, Refusal> {
    let holds = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    if holds("EncryptedPackage") || holds("EncryptionInfo") {
        Err(Refusal::Encrypted)
    } else if ["Workbook", "WORKBOOK", "Book", "BOOK"].into_iter().any(holds) {
        Ok(Container::Xls)
    } else if holds("WordDocument") {
        Err(not_a_workbook("a Word document"))
    } else if holds("PowerPoint Document") {
        Err(not_a_workbook("a PowerPoint presentation"))
    } else if bytes.len() < 1_536 {
        Err(Refusal::Truncated)
    } else {
        Err(not_a_workbook("a compound file without a workbook in it"))
    }
}

/// Text that could be a table; binary data, markup and JSON are not.
fn text(bytes: &[u8]) -> Result<Container, Refusal> {
    if encoding_rs::Encoding::for_bom(bytes).is_some_and(|(encoding, _)| encoding != encoding_rs::UTF_8) {
        return Ok(Container::Text);
    }
    if super::text::wide(bytes).is_some() {
        return Ok(Container::Text);
    }
    let start = &bytes[..bytes.len().min(64 << 10)];
    let strange = start.iter().filter(|b| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)).count();
    if start.contains(&0) || strange * 200 > start.len() {
        return Err(not_a_workbook("binary data"));
    }
    let lossy = String::from_utf8_lossy(start);
    let trimmed = lossy.trim_start_matches('\u{feff}').trim_start();
    if trimmed.is_empty() && start.len() == bytes.len() {
        return Err(Refusal::Empty);
    }
    let lower: String = trimmed.chars().take(200).collect::<String>().to_lowercase();
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        return Err(not_a_workbook("a web page (HTML)"));
    }
    if lower.starts_with("<?xml") || lower.starts_with("<!doctype") {
        return Err(not_a_workbook("an XML document"));
    }
    if lower.starts_with("%pdf") {
        return Err(not_a_workbook("a PDF document"));
    }
    if lower.starts_with(['{', '[']) && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() {
        return Err(not_a_workbook("a JSON document"));
    }
    Ok(Container::Text)
}

/// What a file says of itself is shown only where it looks like a media type (RFC 6838, 4.2).
fn is_media_type(text: &str) -> bool {
    let name = |name: &str| {
        (1..=127).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c))
    };
    text.split_once('/').is_some_and(|(kind, subtype)| name(kind) && name(subtype))
}

/// Which workbook a zip holds.
pub(super) fn zipped(archive: &mut Archive<'_>) -> Result<Format, Refusal> {
    if let Some(mime) = archive.bytes("mimetype")? {
        let mime = String::from_utf8_lossy(&mime).trim().to_owned();
        return match mime.as_str() {
            "application/vnd.oasis.opendocument.spreadsheet"
            | "application/vnd.oasis.opendocument.spreadsheet-template" => Ok(Format::Ods),
            other if is_media_type(other) => Err(not_a_workbook(other)),
            _ => Err(not_a_workbook("a zip archive")),
        };
    }
    let Some(types) = archive.bytes("[Content_Types].xml")? else {
        return Err(not_a_workbook("a zip archive"));
    };
    let types = String::from_utf8_lossy(&types).to_lowercase();
    if types.contains("sheet.binary.macroenabled.main") {
        Ok(Format::Xlsb)
    } else if types.contains("sheet.macroenabled.main+xml") || types.contains("template.macroenabled.main+xml") {
        Ok(Format::Xlsm)
    } else if types.contains("spreadsheetml.sheet.main+xml") || types.contains("spreadsheetml.template.main+xml") {
        Ok(Format::Xlsx)
    } else if types.contains("wordprocessingml") {
        Err(not_a_workbook("a Word document"))
    } else if types.contains("presentationml") {
        Err(not_a_workbook("a PowerPoint presentation"))
    } else {
        Err(not_a_workbook("an Office package without a workbook in it"))
    }
}
