//! What a person says of a file that is read wrongly: with it, the file is read as its author meant.

use super::compare::compare;
use super::{folder, names};
use candor::platform::workbook::{ReadLimits, read_here};
use domain::sheet::{
    CellValue, Corrections, Meanings, NOTHING, Outline, Role, SheetCorrection, Vocabulary, Workbook, inspect_with,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

fn read(name: &str) -> Workbook {
    read_here(&std::fs::read(folder().join(name)).expect("a file"), &ReadLimits::default()).expect("a workbook")
}

fn truth(name: &str) -> Value {
    let path = folder().join(format!("{name}.truth.json"));
    serde_json::from_slice(&std::fs::read(path).expect("its truth")).expect("JSON")
}

/// Every look-alike with its truth.
fn files() -> Vec<(String, Workbook, Value)> {
    let file =
        |path: PathBuf| path.file_name().expect("a name").to_string_lossy().trim_end_matches(".truth.json").to_owned();
    let names = names(&folder(), ".truth.json").into_iter().map(file);
    names.map(|name| (name.clone(), read(&name), truth(&name))).collect()
}

fn found(workbook: &Workbook, corrections: &Corrections) -> Value {
    corrections.check(workbook, Meanings::QUESTIONNAIRE).expect("it can be said");
    json!(inspect_with(workbook, Vocabulary::shipped(), "any", "", corrections))
}

/// Writes headings that nobody knows over the columns of every questionnaire.
fn scrambled(workbook: &mut Workbook, truth: &Value) {
    for wanted in questionnaires(truth) {
        let rows = header_rows(wanted);
        let sheet = workbook.sheets.iter_mut().find(|sheet| wanted["name"] == sheet.name.as_str()).expect("a sheet");
        for row in sheet.rows.iter_mut().filter(|row| rows.contains(&row.number)) {
            let number = row.number;
            for cell in &mut row.cells {
                cell.value = CellValue::Text(format!("Zzkq{} {number}", cell.column));
            }
        }
    }
}

/// Hidden sheets are left out: nobody is shown what to say of them.
fn questionnaires(report: &Value) -> impl Iterator<Item = &Value> {
    let sheets = report["sheets"].as_array().expect("sheets").iter();
    sheets.filter(|sheet| sheet["role"] == "questionnaire" && sheet["visible"] == true)
}

fn header_rows(wanted: &Value) -> Vec<u32> {
    let rows = wanted["header_rows"].as_array().into_iter().flatten();
    rows.filter_map(|row| row.as_u64().and_then(|row| u32::try_from(row).ok())).collect()
}

/// What a person would say who knows the truth.
fn told(workbook: &Workbook, truth: &Value) -> Corrections {
    let position = |name: &str| workbook.sheets.iter().position(|sheet| sheet.name == name).expect("a sheet") + 1;
    let sheet = |wanted: &Value| {
        let name = wanted["name"].as_str().expect("a name").to_owned();
        let mut columns = BTreeMap::new();
        for (role, place) in wanted["columns"].as_object().into_iter().flatten() {
            for letters in
                place.as_str().into_iter().chain(place.as_array().into_iter().flatten().filter_map(Value::as_str))
            {
                columns.insert(letters.to_owned(), role.clone());
            }
        }
        let rows = Some(header_rows(wanted));
        SheetCorrection { position: position(&name), name, role: Some(Role::Questionnaire), header_rows: rows, columns }
    };
    Corrections { sheets: questionnaires(truth).map(sheet).collect() }
}

/// Headings that are more than names of columns: options that are marked, titles of sections, those that a family is
/// known by. Nobody can say these by pointing.
const SPEAKING_HEADINGS: [&str; 13] = [
    "ai-caiq-shape",
    "auftragsverarbeitung",
    "caiq-3-shape",
    "caiq-4-shape",
    "chinese-marks",
    "glyph-marks",
    "hecvat-shape",
    "korean-marks",
    "levels",
    "marcas",
    "matrix",
    "repeated-header",
    // Columns are said once for a sheet; this one has two tables of different columns.
    "two-tables",
];

/// Headings are made unreadable; the reading that a person corrected is the truth all the same.
#[test]
fn headings_that_nobody_knows_are_read_once_a_person_said_where_and_what_they_are() {
    let mut mended = 0;
    for (name, mut workbook, truth) in files() {
        if SPEAKING_HEADINGS.iter().any(|speaking| name.starts_with(speaking)) {
            continue;
        }
        scrambled(&mut workbook, &truth);
        let alone = compare(&found(&workbook, &Corrections::default()), &truth);
        let report = found(&workbook, &told(&workbook, &truth));
        let verdict = compare(&report, &truth);
        assert_eq!((&verdict.wrong, &verdict.wrong_asked), (&Vec::new(), &Vec::new()), "{name}");
        mended += usize::from(!(alone.wrong.is_empty() && alone.wrong_asked.is_empty()));
        for sheet in questionnaires(&report) {
            assert_eq!((&sheet["certainty"], &sheet["reason"]), (&json!(1.0), &json!("a person said so")), "{name}");
            let asks = sheet["asks"].as_array().into_iter().flatten();
            assert_eq!(asks.filter(|ask| ask["about"] != "row").count(), 0, "{name}: {sheet}");
        }
    }
    assert!(mended >= 50, "only {mended} files were read wrongly without help");
}

/// Saying what was found anyway changes nothing but the certainty.
#[test]
fn a_person_who_confirms_everything_changes_nothing() {
    for (name, workbook, truth) in files().into_iter().filter(|(name, ..)| !name.starts_with("two-tables")) {
        let verdict = compare(&found(&workbook, &told(&workbook, &truth)), &truth);
        assert_eq!((verdict.wrong, verdict.wrong_asked), (Vec::new(), Vec::new()), "{name}");
    }
}

/// A column that was taken for another's role gives it up; columns that nobody spoke of stay as they were found.
#[test]
fn one_column_is_corrected_and_the_others_stay() {
    let workbook = read("shifted.xlsx");
    // As the plan has it: ids in D, questions in E, answers in F, comments in G.
    let columns = BTreeMap::from([("G".to_owned(), "answer".to_owned()), ("D".to_owned(), NOTHING.to_owned())]);
    let said = SheetCorrection { name: "Sheet1".into(), position: 1, columns, ..SheetCorrection::default() };
    let report = found(&workbook, &Corrections { sheets: vec![said] });
    let columns = &report["sheets"][0]["columns"];
    assert_eq!((&columns["question"], &columns["answer"]), (&json!("E"), &json!("G")));
    assert_eq!((&columns["id"], &columns["comment"]), (&Value::Null, &Value::Null));
    let second = &report["sheets"][0]["items"][1];
    assert_eq!((&second["cell"], &second["answer"]), (&json!("Sheet1!G11"), &json!("To be named")));
}

#[test]
fn a_sheet_that_was_taken_for_something_else_asks_or_does_not_as_a_person_says() {
    let workbook = read("catalogue.xlsx");
    let name = workbook.sheets[0].name.clone();
    let alone = found(&workbook, &Corrections::default());
    assert_eq!(alone["sheets"][0]["role"], "catalogue");
    let say = |role| Corrections {
        sheets: vec![SheetCorrection {
            name: name.clone(),
            position: 1,
            role: Some(role),
            ..SheetCorrection::default()
        }],
    };
    let asked = found(&workbook, &say(Role::Questionnaire));
    assert_eq!(asked["sheets"][0]["role"], "questionnaire");
    assert!(asked["totals"]["questions"].as_u64().is_some_and(|count| count > 0), "{asked}");
    let workbook = read("shifted.xlsx");
    let said =
        SheetCorrection { name: "Sheet1".into(), position: 1, role: Some(Role::Instructions), ..Default::default() };
    let silent = found(&workbook, &Corrections { sheets: vec![said] });
    assert_eq!((&silent["totals"]["questions"], &silent["sheets"][0]["asks"]), (&json!(0), &Value::Null));
}

/// Next quarter's file: other answers, one row more, other names of file and sheets.
#[test]
fn a_file_is_known_again_by_its_headings_whatever_was_answered() {
    let words = Vocabulary::shipped();
    let (mut shapes, mut known) = (BTreeMap::new(), 0);
    for (name, workbook, truth) in files() {
        let corrections = told(&workbook, &truth);
        let Some(shape) = Outline::of(&workbook, words).shape(&corrections) else { continue };
        let mut next = workbook.clone();
        for (n, sheet) in next.sheets.iter_mut().enumerate() {
            let named = |wanted: &&Value| wanted["name"] == sheet.name.as_str();
            let Some(wanted) = questionnaires(&truth).find(named) else { continue };
            let last = header_rows(wanted).last().copied().unwrap_or(0);
            let said = corrections.sheets.iter().find(|said| said.name == sheet.name).expect("said");
            for row in sheet.rows.iter_mut().filter(|row| row.number > last) {
                for cell in &mut row.cells {
                    if said.column(cell.column).is_some_and(|meaning| meaning == "answer" || meaning == "comment") {
                        cell.value = CellValue::Text(format!("Another answer {}", row.number));
                    }
                }
            }
            if let Some(mut added) = sheet.rows.last().cloned() {
                added.number += 1;
                sheet.rows.push(added);
            }
            sheet.name = format!("Q4 {n}");
        }
        assert_eq!(Outline::of(&next, words).shape(&corrections), Some(shape.clone()), "{name} a quarter later");
        let nothing = Corrections::default();
        let alone = Outline::of(&workbook, words).shape(&nothing);
        let alone_later = Outline::of(&next, words).shape(&nothing);
        known += usize::from(alone.is_some() && alone == alone_later);
        // The same with another column before all others is another layout.
        let mut moved = workbook.clone();
        for cell in moved.sheets.iter_mut().flat_map(|sheet| &mut sheet.rows).flat_map(|row| &mut row.cells) {
            cell.column += 1;
        }
        assert_ne!(Outline::of(&moved, words).shape(&corrections), Some(shape.clone()), "{name} with a column more");
        shapes.entry(shape).or_insert_with(Vec::new).push(name);
    }
    // Files of different names have one shape only where one plan was written in several formats.
    for names in shapes.values() {
        let stem = |name: &String| name.rsplit_once('.').expect("a format").0.to_owned();
        assert!(names.iter().all(|name| stem(name) == stem(&names[0])), "{names:?}");
    }
    assert!(shapes.len() >= 40, "{} shapes", shapes.len());
    assert!(known >= 95, "{known} files are known again without a word");
}
