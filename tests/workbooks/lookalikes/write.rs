//! Files from plans.

use super::plan::{Plan, PlannedSheet, area, shown};
use rust_xlsxwriter::{DataValidation, Format, Formula, Workbook};
use serde_json::{Value, json};
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

/// Writes every file of a plan, each with its truth, into a folder.
pub fn write(plan: &Plan, folder: &Path) {
    for file in &plan.files {
        let name = &file[0];
        let ending = name.rsplit('.').next().unwrap_or_default();
        let path = folder.join(name);
        match ending {
            "xlsx" => std::fs::write(&path, xlsx(plan)).expect("a file"),
            "xlsm" => std::fs::write(&path, with_macros(&xlsx(plan))).expect("a file"),
            "csv" | "tsv" => std::fs::write(&path, text(&plan.sheets[0], ending, &file[1..])).expect("a file"),
            other => converted(plan, &path, other),
        }
        std::fs::write(folder.join(format!("{name}.truth.json")), truth(plan, name, ending)).expect("its truth");
    }
}

fn truth(plan: &Plan, name: &str, ending: &str) -> String {
    let with_lists = matches!(ending, "xlsx" | "xlsm");
    let mut sheets: Vec<Value> = plan.sheets.iter().map(|sheet| sheet.truth(&plan.sheets, with_lists)).collect();
    if matches!(ending, "csv" | "tsv") {
        sheets.truncate(1);
        sheets[0]["name"] = json!("csv");
    }
    let all = |answered: bool| {
        let counted = sheets.iter().filter(|sheet| !answered || sheet["defaulted"] != json!(true));
        let items = counted.filter_map(|sheet| sheet["items"].as_array()).flatten();
        items.filter(|item| !answered || !item["answer"].is_null()).count()
    };
    let totals = json!({ "questions": all(false), "answered": all(true) });
    let truth = json!({ "file": name, "format": ending, "totals": totals, "sheets": sheets });
    serde_json::to_string_pretty(&truth).expect("JSON") + "\n"
}

fn xlsx(plan: &Plan) -> Vec<u8> {
    let mut book = Workbook::new();
    let shows_date = Format::new().set_num_format("yyyy-mm-dd");
    for sheet in &plan.sheets {
        let made = book.add_worksheet();
        made.set_name(&sheet.name).expect("a name");
        if sheet.hidden {
            made.set_hidden(true);
        }
        for merge in &sheet.merges {
            let (top, first, bottom, last) = area(merge);
            made.merge_range(top - 1, (first - 1) as u16, bottom - 1, (last - 1) as u16, "", &Format::new())
                .expect("a merged cell");
        }
        for line in &sheet.lines {
            for (column, cell) in &line.cells {
                let (row, column) = (line.row - 1, (*column - 1) as u16);
                if let Some((formula, value)) = cell.strip_prefix('=').and_then(|rest| rest.split_once("=>")) {
                    made.write_formula(row, column, Formula::new(format!("={formula}")).set_result(value))
                        .expect("a formula");
                } else if let Some(date) = cell.strip_prefix('@') {
                    made.write_number_with_format(
                        row,
                        column,
                        date.parse::<f64>().expect("a serial number"),
                        &shows_date,
                    )
                    .expect("a date");
                } else if let Some(value) = cell.strip_prefix('#').and_then(|text| text.parse::<f64>().ok()) {
                    made.write_number(row, column, value).expect("a number");
                } else {
                    made.write_string(row, column, cell).expect("a text");
                }
            }
        }
        for row in &sheet.hidden_rows {
            made.set_row_hidden(row - 1).expect("a row");
        }
        for (cells, options) in &sheet.lists {
            let (top, first, bottom, last) = area(cells);
            let list = match options.strip_prefix('=') {
                Some(place) => {
                    let (name, cells) = place.split_once('!').expect("a sheet");
                    DataValidation::new().allow_list_formula(Formula::new(format!("='{name}'!{cells}")))
                }
                None => {
                    DataValidation::new().allow_list_strings(&options.split(';').collect::<Vec<_>>()).expect("a list")
                }
            };
            made.add_data_validation(top - 1, (first - 1) as u16, bottom - 1, (last - 1) as u16, &list)
                .expect("a list");
        }
    }
    if plan.sheets.first().is_some_and(|sheet| sheet.hidden) {
        let shown = plan.sheets.iter().position(|sheet| !sheet.hidden).expect("a visible sheet");
        book.worksheet_from_index(shown).expect("a sheet").set_active(true);
    }
    book.save_to_buffer().expect("a workbook")
}

/// The same parts, declared to be a workbook with macros.
fn with_macros(xlsx: &[u8]) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(xlsx)).expect("a zip");
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..from.len() {
        let mut part = from.by_index(n).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("its bytes");
        let name = part.name().expect("a name").into_owned();
        if name == "[Content_Types].xml" {
            let types = String::from_utf8(bytes).expect("text");
            bytes = types
                .replace(
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
                .into_bytes();
        }
        to.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        to.write_all(&bytes).expect("its bytes");
    }
    to.finish().expect("a zip").into_inner()
}

/// The plan as another program saves it.
fn converted(plan: &Plan, path: &Path, ending: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
    let source = folder.path().join(format!("{stem}.xlsx"));
    std::fs::write(&source, xlsx(plan)).expect("a file");
    let done = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}/profile", folder.path().display()))
        .args(["--headless", "--convert-to", ending, "--outdir"])
        .arg(path.parent().expect("a folder"))
        .arg(&source)
        .output()
        .expect("LibreOffice");
    assert!(done.status.success() && path.exists(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// The cells as delimited text: `;` or `|` as the delimiter, `bom`, `cp1252` or `utf16` as the encoding, `crlf`.
fn text(sheet: &PlannedSheet, ending: &str, how: &[String]) -> Vec<u8> {
    let has = |word: &str| how.iter().any(|said| said == word);
    let by = if ending == "tsv" {
        "\t"
    } else {
        how.iter().map(String::as_str).find(|said| matches!(*said, ";" | "|")).unwrap_or(",")
    };
    let end = if has("crlf") { "\r\n" } else { "\n" };
    let width = sheet.lines.iter().filter_map(|line| line.cells.keys().last()).max().copied().unwrap_or(1);
    let mut text = String::new();
    let mut next = 1;
    for line in &sheet.lines {
        while next < line.row {
            text.push_str(&by.repeat(width as usize - 1));
            text.push_str(end);
            next += 1;
        }
        let field = |column: u32| {
            let value = line.cells.get(&column).map(|cell| shown(cell)).unwrap_or_default();
            if value.contains(['"', '\n']) || value.contains(by) {
                format!("\"{}\"", value.replace('"', "\"\""))
            } else {
                value
            }
        };
        text.push_str(&(1..=width).map(field).collect::<Vec<_>>().join(by));
        text.push_str(end);
        next = line.row + 1;
    }
    if has("cp1252") {
        return text
            .chars()
            .map(|c| match c {
                '\u{2019}' => 0x92,
                '\u{2013}' => 0x96,
                '€' => 0x80,
                c => u8::try_from(u32::from(c)).expect("a letter of Windows-1252"),
            })
            .collect();
    }
    if has("utf16") {
        return [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    }
    if has("bom") { [b"\xef\xbb\xbf", text.as_bytes()].concat() } else { text.into_bytes() }
}
