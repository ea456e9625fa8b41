//! A person with a spreadsheet program: types into the answer column of a downloaded workbook, and changes nothing else.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The column that answers stand in.
const ANSWER: &str = "D";
/// The sheet of questions; the first sheet says how to go about it.
const SHEET: &str = "xl/worksheets/sheet2.xml";

/// The workbook with texts typed in, by question.
pub fn type_in(file: &[u8], typed: &BTreeMap<String, String>) -> Vec<u8> {
    let mut parts = parts(file);
    let shared = String::from_utf8(parts["xl/sharedStrings.xml"].clone()).expect("UTF-8");
    let texts: Vec<&str> = shared.split("<si>").skip(1).map(|item| between(item, "<t", "</t>")).collect();
    let mut sheet = String::from_utf8(parts[SHEET].clone()).expect("UTF-8");
    for (question, text) in typed {
        let id = format!("{question}#");
        let at = texts.iter().position(|text| text.starts_with(&id)).unwrap_or_else(|| panic!("no row of {question}"));
        let row = sheet
            .split("<row r=\"")
            .skip(1)
            .find(|row| row.contains(&format!(" t=\"s\"><v>{at}</v>")))
            .and_then(|row| row.split('"').next())
            .unwrap_or_else(|| panic!("no row of {question}"))
            .to_owned();
        sheet = with_cell(&sheet, &format!("{ANSWER}{row}"), text);
    }
    parts.insert(SHEET.to_owned(), sheet.into_bytes());
    zipped(&parts)
}

/// What stands between the end of the tag that begins like this and the closing mark.
fn between<'a>(text: &'a str, opening: &str, closing: &str) -> &'a str {
    let start = text.find(opening).map_or(text.len(), |at| at + opening.len());
    let rest = text[start..].split_once('>').map_or("", |(_, rest)| rest);
    rest.split(closing).next().unwrap_or_default()
}

/// The sheet with a text in one cell; its look stays.
fn with_cell(sheet: &str, cell: &str, text: &str) -> String {
    let opening = format!("<c r=\"{cell}\"");
    let start = sheet.find(&opening).unwrap_or_else(|| panic!("no cell {cell}"));
    let tag = sheet[start..].find('>').expect("the end of the tag") + start;
    let end = if sheet[..tag].ends_with('/') {
        tag + 1
    } else {
        start + sheet[start..].find("</c>").expect("the end of the cell") + "</c>".len()
    };
    let look = sheet[start..tag].split(" s=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("0");
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let filled = format!("{opening} s=\"{look}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{escaped}</t></is></c>");
    format!("{}{filled}{}", &sheet[..start], &sheet[end..])
}

fn parts(file: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(file)).expect("a zip");
    let mut parts = BTreeMap::new();
    for n in 0..archive.len() {
        let mut part = archive.by_index(n).expect("a part");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("its content");
        parts.insert(part.name().expect("a name").into_owned(), content);
    }
    parts
}

fn zipped(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).expect("a part");
        writer.write_all(content).expect("its content");
    }
    writer.finish().expect("a zip").into_inner()
}
