//! csv and tsv: encoding, delimiter and records of a text file.

use super::super::ReadLimits;
use super::collect::{Collector, Computed, Out};
use super::refusal::Refusal;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use csv::{ReaderBuilder, StringRecord};
use domain::sheet::{CellValue, Format, Visibility};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// The name of the only sheet of a text file.
const SHEET: &str = "csv";
/// Records that are looked at to find the delimiter.
const SAMPLE: usize = 100;
/// Delimiters, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads delimited text.
pub(super) fn read(bytes: &[u8], limits: &ReadLimits, out: Out<'_>) -> Result<(), Refusal> {
    let text = decoded(bytes);
    if text.contains('\0') {
        return Err(Refusal::NotAWorkbook { looks_like: "binary data".into() });
    }
    let (delimiter, first) = match separator_line(&text) {
        Some((delimiter, length)) => (delimiter, length),
        None => (sniffed(&text), 0),
    };
    let body = &text[first..];
    let format = if delimiter == b'\t' { Format::Tsv } else { Format::Csv };
    let mut collector = Collector::new(format, false, limits, out)?;
    collector.sheet(SHEET, Visibility::Visible)?;
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(body.as_bytes());
    let mut record = StringRecord::new();
    let mut number = u32::from(first > 0);
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        if !reader.read_record(&mut record).map_err(|e| Refusal::damaged(SHEET, e))? {
            break;
        }
        number = number.saturating_add(1 + blank_lines(body, start));
        for (column, field) in (1..).zip(&record) {
            let field = field.trim_start_matches('\u{feff}');
            if !field.is_empty() {
                collector.add((number, false), column, CellValue::Text(field.to_owned()), Computed::No)?;
            }
        }
    }
    collector.end()
}

/// The text, by its byte-order mark, else as UTF-8 when it is that, else in the likeliest older encoding.
///
/// A file pasted together from several sources can mix UTF-8 with bytes of another encoding: then each part is read in
/// its own.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        if encoding != UTF_8 {
            return encoding.decode_without_bom_handling(&bytes[mark..]).0;
        }
        return mixed(&bytes[mark..]);
    }
    wide(bytes).map_or_else(|| mixed(bytes), Cow::Owned)
}

/// Text in UTF-16 whose mark got lost: either way round its signs and line ends leave zeros in every other byte.
pub(super) fn wide(bytes: &[u8]) -> Option<String> {
    if bytes.len() < 4 || bytes.len() % 2 == 1 || !bytes[..bytes.len().min(64 << 10)].contains(&0) {
        return None;
    }
    [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE].into_iter().find_map(|encoding| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
        let is_plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
        let ascii = text.chars().filter(char::is_ascii).count();
        // A tenth is little for any table; in text read the wrong way round next to nothing is.
        (text.chars().all(is_plain) && ascii * 10 >= text.chars().count()).then(|| text.into_owned())
    })
}

fn mixed(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let (mut foreign, mut multibyte) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        foreign += usize::from(!chunk.invalid().is_empty());
        multibyte += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
    }
    if multibyte <= foreign {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        return detector.guess(None, Utf8Detection::Deny).decode_without_bom_handling(bytes).0;
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    Cow::Owned(text)
}

/// Excel's own way to say it: a first line `sep=;`. The delimiter, and the length of the line.
fn separator_line(text: &str) -> Option<(u8, usize)> {
    let line = text.split_inclusive('\n').next()?;
    let delimiter = line.trim_end_matches(['\r', '\n']).strip_prefix("sep=")?;
    (delimiter.len() == 1).then(|| (delimiter.as_bytes()[0], line.len()))
}

/// The delimiter that splits most records into the same number of fields, more than one.
fn sniffed(text: &str) -> u8 {
    let mut best = (0, 0, DELIMITERS[0]);
    for delimiter in DELIMITERS {
        let mut reader =
            ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
        let widths: Vec<usize> = reader.records().take(SAMPLE).flatten().map(|record| record.len()).collect();
        let agreeing = |width: usize| widths.iter().filter(|w| **w == width).count();
        let usual = widths.iter().copied().filter(|w| *w > 1).max_by_key(|w| (agreeing(*w), *w));
        if let Some(usual) = usual {
            let score = (agreeing(usual), usual, delimiter);
            if (score.0, score.1) > (best.0, best.1) {
                best = score;
            }
        }
    }
    best.2
}

/// Blank lines in front of the record that is read from `start` on: they are no records to the reader, but people and
/// spreadsheet programs count them.
fn blank_lines(text: &str, start: usize) -> u32 {
    let bytes = text.as_bytes();
    let mut at = start;
    if at > 0 && bytes.get(at - 1) == Some(&b'\r') && bytes.get(at) == Some(&b'\n') {
        at += 1;
    }
    let mut lines = 0;
    loop {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => at += 2,
            (Some(b'\r' | b'\n'), _) => at += 1,
            _ => return lines,
        }
        lines += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<String> {
        let workbook = super::super::read_here(bytes, &ReadLimits::default()).expect("text");
        let sheet = &workbook.sheets[0];
        let row = |row: &domain::sheet::Row| {
            let cells = row.cells.iter().filter_map(|c| Some(format!("{}={}", c.column, c.value.text()?)));
            format!("{}: {}", row.number, cells.collect::<Vec<_>>().join(" "))
        };
        sheet.rows.iter().map(row).collect()
    }

    #[test]
    fn encodings_are_told_apart() {
        for bytes in [
            "\u{feff}ä,b\r\n1,2".as_bytes().to_vec(),
            "ä,b\n1,2".as_bytes().to_vec(),
            b"\xE4,b\n1,2".to_vec(),
            [b"\xFF\xFE".to_vec(), "ä,b\n1,2".encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(),
            "ä,b\n1,2".encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "ä,b\n1,2".encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ] {
            assert_eq!(cells(&bytes), ["1: 1=ä 2=b", "2: 1=1 2=2"]);
        }
        assert_eq!(cells(b"\xC3\xA4\xC3\xB6,it\x92s\n1,2")[0], "1: 1=äö 2=it’s");
    }

    #[test]
    fn delimiters_are_found_and_fields_may_hold_them() {
        assert_eq!(cells(b"a;b;c\n\"x;y\";1,5;\n"), ["1: 1=a 2=b 3=c", "2: 1=x;y 2=1,5"]);
        assert_eq!(cells(b"a\tb\n1\t2,3\n"), ["1: 1=a 2=b", "2: 1=1 2=2,3"]);
        assert_eq!(cells(b"sep=|\na|b\n"), ["2: 1=a 2=b"]);
        assert_eq!(cells(b"only one column\nyes\n"), ["1: 1=only one column", "2: 1=yes"]);
    }

    #[test]
    fn rows_count_records_and_blank_lines() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "", "\"1", "2\",3", ",,", "4,5"].join(end);
            let read = cells(text.as_bytes());
            assert_eq!(read.len(), 3, "{end:?} {read:?}");
            assert_eq!((&read[0][..2], &read[1][..2], &read[2][..2]), ("1:", "4:", "6:"), "{end:?} {read:?}");
        }
    }

    #[test]
    fn a_mark_inside_the_header_is_no_part_of_the_heading() {
        assert_eq!(cells("ID,\u{feff}Name\n".as_bytes()), ["1: 1=ID 2=Name"]);
    }
}
