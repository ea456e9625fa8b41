//! Reading real files, our own after other programs had them, and files made to do harm.

use super::made::{read_by_child, xlsx, zipped};
use super::round_trip::{document, written};
use crate::harness::{binary, fixture};
use candor::platform::workbook::{ReadLimits, Refusal, read_here};
use domain::answer::{Limits, Reply};
use domain::sheet::own::{OwnAnswers, read_answers};
use domain::sheet::{Area, CellValue, Format, Inspection, Role, Visibility, Vocabulary, Workbook, inspect};
use std::collections::BTreeMap;

fn read(bytes: &[u8]) -> Workbook {
    read_here(bytes, &ReadLimits::default()).expect("a readable workbook")
}

fn inspected(name: &str) -> Inspection {
    inspect(&read(&fixture(name)), Vocabulary::shipped(), name, "")
}

// --- strangers' files

#[test]
fn a_register_is_counted_and_its_headings_named() {
    let inspection = inspected("register/omb-2025-cots.csv");
    let sheet = &inspection.sheets[0];
    assert_eq!((inspection.format, sheet.name.as_str(), sheet.role), ("csv", "csv", Role::Register));
    assert_eq!((sheet.rows, sheet.header_rows.as_slice()), (Some(900), [1].as_slice()));
    assert_eq!(sheet.headings.as_ref().expect("headings")["C"], "Agency Use (Y/N)?");
    assert!(sheet.skipped.is_empty());
    assert_eq!(inspection.totals.questions, 0);
}

#[test]
fn a_checklist_under_titles_is_questions_with_a_default_that_nobody_chose() {
    for (name, count, answer) in [
        ("workbooks/azure-ai-landing-zone.en.xlsx", 177, "Not verified"),
        ("workbooks/azure-ai-landing-zone.ja.xlsx", 175, "未確認"),
        ("workbooks/azure-acr-security.en.xlsx", 188, "Not verified"),
    ] {
        let inspection = inspected(name);
        let sheet = &inspection.sheets[0];
        assert_eq!(
            (sheet.role, sheet.header_rows.as_slice(), sheet.defaulted),
            (Role::Questionnaire, [7].as_slice(), true)
        );
        assert_eq!((inspection.totals.questions, inspection.totals.answered), (count, 0), "{name}");
        let columns = serde_json::to_value(&sheet.columns).expect("JSON");
        assert_eq!((&columns["id"], &columns["question"], &columns["answer"]), (&"L".into(), &"C".into(), &"F".into()));
        let first = &sheet.items.as_ref().expect("items")[0];
        assert_eq!((first.cell.as_str(), first.answer.as_deref()), ("Checklist!F8", Some(answer)));
        assert_eq!(first.options.as_ref().map(Vec::len), Some(5), "from another sheet");
        assert_eq!(inspection.sheets[1].role, Role::Lookup);
    }
    let skipped = inspected("workbooks/azure-ai-landing-zone.ja.xlsx").sheets[0].skipped.clone();
    assert_eq!(skipped.iter().map(|skipped| skipped.row).collect::<Vec<_>>(), [62, 66]);
}

#[test]
fn a_column_headed_answer_that_holds_kinds_of_answers_is_none() {
    let inspection = inspected("workbooks/supply-chain-questionnaire.es.xlsx");
    let sheet = &inspection.sheets[1];
    let columns = serde_json::to_value(&sheet.columns).expect("JSON");
    assert_eq!((&columns["answer"], &columns["options"]), (&serde_json::Value::Null, &"G".into()));
    let items = sheet.items.as_ref().expect("items");
    assert_eq!((items.len(), items[0].row, items[74].row), (75, 4, 92));
    assert_eq!(
        (items[0].id.as_deref(), items[0].section.as_deref()),
        (Some("RG-PS-01"), Some("PRINCIPIOS DE SEGURIDAD"))
    );
    assert_eq!(items[0].options.as_ref().expect("options").join("|"), "Si|No|Parcial|N/A");
}

#[test]
fn what_stands_beside_the_cells_of_an_ods_is_read() {
    let workbook = read(&fixture("workbooks/beside-cells.ods"));
    let sheet = workbook.sheet("Questions").expect("the sheet");
    let merged: Vec<String> = sheet.merged.iter().map(ToString::to_string).collect();
    assert_eq!(merged, ["A1:C1", "A4:A5"]);
    let hidden: Vec<u32> = sheet.rows.iter().filter(|row| row.hidden).map(|row| row.number).collect();
    assert_eq!(hidden, [5], "filtered, and data all the same");
    let offered = |row| sheet.options(row, 3).map(|options| options.join("|"));
    assert_eq!(offered(4).as_deref(), Some("Yes|No|Partly; see comment"));
    assert_eq!(offered(5), offered(4));
    assert_eq!(offered(6).as_deref(), Some("In the EU|In Hong Kong|Elsewhere"), "from another sheet");
    assert_eq!((offered(3), offered(7)), (None, None));
}

#[test]
fn what_stands_beside_the_cells_of_binary_formats_is_read() {
    for name in ["beside-cells.xls", "beside-cells.xlsb"] {
        let workbook = read(&fixture(&format!("workbooks/{name}")));
        let visible: Vec<_> = workbook.sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.visibility)).collect();
        assert_eq!(visible[..2], [("Questions", Visibility::Visible), ("My lists", Visibility::Hidden)], "{name}");
        let sheet = &workbook.sheets[0];
        let merged: Vec<String> = sheet.merged.iter().map(ToString::to_string).collect();
        assert_eq!(merged, ["A1:C1", "A11:A12"], "{name}");
        let hidden: Vec<u32> = sheet.rows.iter().filter(|row| row.hidden).map(|row| row.number).collect();
        assert_eq!(hidden, [5], "{name}");
        let offered = |row, column| sheet.options(row, column).map(|options| options.join("|"));
        for (row, column, options) in [
            (4, 3, "Yes|No|Partly"),
            (5, 3, "Yes|No|Partly"),
            (6, 3, "In the EU|In Hong Kong|Elsewhere"),
            (7, 3, "Everybody|Only administrators|Nobody"),
            (4, 6, "Q1|Q2|Q3"),
            (9, 6, "Q1|Q2|Q3"),
        ] {
            assert_eq!(offered(row, column).as_deref(), Some(options), "{name} {row} {column}");
        }
        // A whole number between two others is no list.
        assert_eq!((offered(8, 3), offered(4, 7)), (None, None), "{name}");
        let from: Vec<_> = sheet.drop_downs.iter().map(|list| list.from_sheet.as_deref()).collect();
        assert_eq!(from, [None, Some("My lists"), Some("My lists"), Some("Questions")], "{name}");
        let value =
            |row, column| sheet.row(row).and_then(|row| row.cell(column)).map(|cell| (&cell.value, cell.formula));
        assert_eq!(value(8, 3), Some((&CellValue::Date("2026-03-01".into()), false)), "{name}");
        assert_eq!(value(9, 3), Some((&CellValue::Number(1.5), false)), "{name}");
        assert_eq!(value(4, 4), Some((&CellValue::Number(3.0), true)), "{name}");
    }
    let workbook = read(&fixture("workbooks/beside-cells.xlsb"));
    let value =
        |row| workbook.sheets[0].row(row).and_then(|row| row.cell(4)).map(|cell| (cell.value.clone(), cell.formula));
    assert_eq!(value(5), Some((CellValue::Bool(true), false)));
    assert_eq!(value(6), Some((CellValue::Error("#REF!".into()), false)));
    assert_eq!(value(7), Some((CellValue::Error("#N/A".into()), true)));
}

// --- our own, after other programs had them

fn answers(name: &str) -> OwnAnswers {
    read_answers(&read(&fixture(name)), &document(), &Limits::default()).expect("our own workbook")
}

/// What was filled in before the files were changed.
fn filled_in() -> BTreeMap<&'static str, Reply> {
    let text = |text: &str| text.to_owned();
    BTreeMap::from([
        ("A.2.2-1", Reply::Choice { option: text("part") }),
        ("A.2.2-2", Reply::Choices { options: [text("buy"), text("dev")].into() }),
        ("A.4.3-1", Reply::Choice { option: text("one") }),
        ("A.4.3-2", Reply::Choice { option: text("long2") }),
        ("A.5.2-1", Reply::NotApplicable { reason: text("We only resell.\nNothing is built here.") }),
        ("A.5.2-2", Reply::Text { text: text("+49 30 Ann Lee") }),
        ("A.6.2-1", Reply::Number { number: 2.5 }),
        ("A.6.2-2", Reply::Date { date: domain::answer::iso_date::read("2026-02-28").expect("a date") }),
        ("A.8.2-1", Reply::Declined { reason: None }),
        ("A.8.2-2", Reply::File),
        (
            "REG-1",
            Reply::Table {
                rows: vec![
                    [("name", "Summaries"), ("kind", "embedded_feature"), ("purpose", "=short")]
                        .map(|(id, cell)| (text(id), text(cell)))
                        .into(),
                    [("name", "5.10"), ("purpose", "Ranks")].map(|(id, cell)| (text(id), text(cell))).into(),
                ],
            },
        ),
    ])
}

#[test]
fn answers_survive_other_programs_and_formats() {
    for (name, missing) in [
        ("own-resaved.ods", &[][..]),
        ("own-resaved.xls", &[]),
        ("own-answers.csv", &["REG-1"]),
        ("own-sorted.xlsx", &["A.4.3-1"]),
    ] {
        let read = answers(&format!("workbooks/{name}"));
        assert_eq!(read.stamp.map(|stamp| stamp.template_key).as_deref(), Some("every-kind"), "{name}");
        assert_eq!(read.missing, missing, "{name}");
        let wanted = filled_in();
        for found in &read.found {
            assert_eq!(
                found.outcome.as_ref().map(Option::as_ref),
                Ok(wanted.get(found.question_id.as_str())),
                "{name}"
            );
        }
        assert_eq!(read.found.len() + missing.len(), wanted.len(), "{name}");
        let comment =
            |id: &str| read.found.iter().find(|found| found.question_id == id).and_then(|f| f.comment.clone());
        assert_eq!(comment("A.5.2-1").as_deref(), Some("See the annex."), "{name}");
        assert_eq!(comment("A.4.3-2").as_deref(), Some("=SUM(A1:A2)"), "{name}");
    }
}

#[test]
fn a_row_without_an_id_is_reported_with_its_cell() {
    let read = answers("workbooks/own-sorted.xlsx");
    let unknown: Vec<_> = read.unknown.iter().map(|u| (u.cell.as_str(), u.reason.as_str(), u.text.as_str())).collect();
    assert_eq!(unknown, [("Réponses!D8", "no-question-id", "Yes")]);
    let cells: Vec<_> = read.found.iter().map(|found| found.cell.as_str()).collect();
    assert_eq!((cells[0], *cells.last().expect("a table")), ("Réponses!D12", "Our list!A3"));
}

#[test]
fn what_does_not_fit_is_refused_cell_by_cell() {
    let read = answers("workbooks/own-odd-cells.xlsx");
    let wrong: Vec<_> = read
        .found
        .iter()
        .filter_map(|found| found.outcome.as_ref().err())
        .map(|problem| (problem.at.as_str(), problem.code.as_str()))
        .collect();
    assert_eq!(
        wrong,
        [
            ("Answers!D4", "formula-without-value"),
            ("Answers!D5", "error-cell"),
            ("Answers!D6", "date-where-choice"),
            ("Answers!D7", "not-an-option"),
            ("Answers!E9", "reason-required"),
            ("Answers!D10", "question-changed"),
            ("Answers!D13", "not-a-web-address"),
            ("Table REG-1!B4", "not-an-option"),
        ]
    );
    let right = |id: &str| read.found.iter().find(|found| found.question_id == id).expect("its row").outcome.clone();
    assert_eq!(right("A.6.2-1"), Ok(Some(Reply::Number { number: 2.5 })));
    assert_eq!(right("A.6.2-2"), Ok(filled_in().remove("A.6.2-2")));
    let unknown: Vec<_> = read.unknown.iter().map(|u| (u.cell.as_str(), u.reason.as_str())).collect();
    assert_eq!(unknown, [("Answers!D14", "unknown-question"), ("Table REG-1!E4", "outside-the-table")]);
}

#[test]
fn a_strangers_workbook_is_none_of_ours() {
    let workbook = read(&fixture("workbooks/azure-acr-security.en.xlsx"));
    let problems = read_answers(&workbook, &document(), &Limits::default()).expect_err("a stranger's");
    assert_eq!(problems.0[0].code, "not-our-workbook");
}

#[test]
fn our_own_workbook_is_inspected_like_any_other() {
    let given = BTreeMap::from([("A.2.2-1".to_owned(), Default::default())]);
    let inspection = inspect(&read(&written(&document(), &given)), Vocabulary::shipped(), "own.xlsx", "");
    let roles: Vec<_> =
        inspection.sheets.iter().map(|sheet| (sheet.name.as_str(), sheet.visible, sheet.role)).collect();
    assert_eq!(
        roles,
        [
            ("Start here", true, Role::Instructions),
            ("Answers", true, Role::Questionnaire),
            ("Table REG-1", true, Role::Register),
            ("candor", false, Role::Lookup),
        ]
    );
    let items = inspection.sheets[1].items.as_ref().expect("items");
    assert_eq!((items.len(), inspection.totals.answered), (11, 0));
    assert_eq!((items[0].id.as_deref(), items[0].section.as_deref()), (Some("A.2.2-1"), Some("Choices")));
    assert_eq!((items[0].cell.as_str(), items[10].section.as_deref()), ("Answers!D4", Some("Everything else")));
    let options = items[0].options.as_ref().expect("a drop-down");
    assert_eq!(options.join("|"), "Yes|Partly, in draft|No|Not applicable|We decline to say");
    assert_eq!((inspection.sheets[2].rows, inspection.sheets[2].header_rows.as_slice()), (Some(0), [2].as_slice()));
}

// --- files made by hand

#[test]
fn what_stands_beside_the_cells_is_read_too() {
    let bytes = xlsx(
        r#"<sheetData>
             <row r="2"><c r="C2" t="inlineStr"><is><t>Yes &amp; no</t></is></c></row>
             <row r="3" hidden="1"><c r="C3"><f>1+1</f></c><c r="D3" t="e"><v>#REF!</v></c><c r="E3"><f>2+2</f><v>4</v></c></row>
           </sheetData>
           <mergeCells count="1"><mergeCell ref="C2:D2"/></mergeCells>
           <dataValidations count="1"><dataValidation type="list" sqref="C5:C9 E5"><formula1>"a &amp; b,c"</formula1></dataValidation></dataValidations>
           <extLst><ext><x14:dataValidations xmlns:x14="x" xmlns:xm="y"><x14:dataValidation type="list">
             <x14:formula1><xm:f>Data!$C$2:$C$3</xm:f></x14:formula1><xm:sqref>F2:F4</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"#,
        &[],
    );
    let workbook = read(&bytes);
    let sheet = &workbook.sheets[0];
    assert_eq!((workbook.format, sheet.range().map(|r| r.to_string()).as_deref()), (Format::Xlsx, Some("C2:E3")));
    let row = sheet.row(3).expect("a row");
    assert!(row.hidden && !sheet.row(2).expect("a row").hidden);
    assert_eq!(sheet.row(2).and_then(|row| row.text(3)).as_deref(), Some("Yes & no"));
    assert_eq!(row.cell(3).map(|cell| (&cell.value, cell.formula)), Some((&CellValue::NotComputed, true)));
    assert_eq!(row.cell(4).map(|cell| &cell.value), Some(&CellValue::Error("#REF!".into())));
    assert_eq!(row.cell(5).map(|cell| (&cell.value, cell.formula)), Some((&CellValue::Number(4.0), true)));
    assert_eq!(sheet.merged.iter().map(ToString::to_string).collect::<Vec<_>>(), ["C2:D2"]);
    assert_eq!(sheet.options(7, 3).map(|options| options.join("|")).as_deref(), Some("a & b|c"));
    assert_eq!(sheet.options(3, 6).map(|options| options.join("|")).as_deref(), Some("Yes & no"));
    assert_eq!(sheet.options(6, 5), None);
}

#[test]
fn values_that_were_not_saved_come_from_the_cells_that_are_named() {
    let sheet = |calculated: &str| {
        format!(
            r#"<sheetData>
             <row r="1"><c r="A1" t="inlineStr"><is><t>Northwind &amp; Sons</t></is></c><c r="B1"><v>5</v></c></row>
             <row r="2"><c r="A2"><f>A1</f></c><c r="B2"><f>"No. "&amp;B1&amp;" of "&amp;A2</f><v></v></c><c r="C2"><f>B1*2</f></c></row>
             <row r="3"><c r="A3"><f t="shared" ref="A3:A5" si="0">$B1</f></c><c r="B3"><f>C3</f></c><c r="C3"><f>B3</f></c></row>
             <row r="4"><c r="A4"><f t="shared" si="0"/></c><c r="B4"><f>Z9</f></c><c r="C4"><f>[1]Sheet1!A1</f></c></row>
             <row r="5"><c r="A5"><f t="shared" si="0"/></c><c r="B5" t="str"><f>Z9&amp;""</f><v></v></c><c r="C5"><f>A1</f><v>{calculated}</v></c></row>
           </sheetData>"#
        )
    };
    let values = |workbook: &Workbook| -> BTreeMap<String, String> {
        let cells = workbook.sheets[0].rows.iter().flat_map(|row| row.cells.iter().map(|cell| (row.number, cell)));
        let formulas = cells.filter(|(_, cell)| cell.formula);
        formulas
            .map(|(row, cell)| {
                let text = cell.value.text().map_or_else(|| "?".to_owned(), |text| text.into_owned());
                (Area::cell(row, cell.column).to_string(), text)
            })
            .collect()
    };
    let expected = [
        ("A2", "Northwind & Sons"),
        ("A3", "5"),
        ("A4", "No. 5 of Northwind & Sons"),
        ("A5", "?"),
        ("B2", "No. 5 of Northwind & Sons"),
        ("B3", "?"),
        ("B4", "?"),
        ("C2", "?"),
        ("C3", "?"),
        ("C4", "?"),
        ("C5", "0"),
    ];
    let expected: BTreeMap<String, String> = expected.map(|(cell, text)| (cell.to_owned(), text.to_owned())).into();
    assert_eq!(values(&read(&xlsx(&sheet("0"), &[]))), expected);
    // A program that leaves computing to whoever opens the file writes zeros where it knows no value.
    let left_to_others = super::made::package(&sheet("0"), r#"<calcPr fullCalcOnLoad="1"/>"#, "", &[]);
    assert_eq!(values(&read(&left_to_others))["C5"], "Northwind & Sons");
}

fn refused(bytes: &[u8]) -> Refusal {
    read_here(bytes, &ReadLimits::default()).expect_err("no workbook")
}

fn code(refusal: &Refusal) -> String {
    domain::problem::Problem::from(refusal).code
}

#[test]
fn what_is_no_workbook_is_refused_for_what_it_is() {
    let whole = fixture("workbooks/azure-acr-security.en.xlsx");
    let mut encrypted = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    encrypted.resize(2_048, 0);
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let noise: Vec<u8> = (0..4_096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    for (bytes, expected) in [
        (b"".to_vec(), "empty"),
        (b"  \n".to_vec(), "empty"),
        (noise, "not-a-workbook"),
        (b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>".to_vec(), "not-a-workbook"),
        (b"%PDF-1.7\n1 0 obj".to_vec(), "not-a-workbook"),
        (br#"{"a": [1, 2]}"#.to_vec(), "not-a-workbook"),
        (zipped(&[("readme.txt", b"hello")]), "not-a-workbook"),
        (whole[..whole.len() / 2].to_vec(), "truncated"),
        (encrypted, "encrypted"),
    ] {
        assert_eq!(code(&refused(&bytes)), expected, "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(20)]));
    }
    let damaged = xlsx("<sheetData><row r=\"1\"><c r=\"A1\"><v>1</c></row>", &[]);
    assert_eq!(code(&refused(&damaged)), "damaged");
    let said = refused(b"<html></html>").to_string();
    assert_eq!(said, "this is no workbook but text/html; save it as .xlsx, .ods or .csv and try again");
}

#[test]
fn every_limit_refuses_at_its_place() {
    let cells = |count: usize| (0..count).map(|n| format!("<c r=\"A{0}\"><v>1</v></c>", n + 1)).collect::<String>();
    let rows = xlsx(&format!("<sheetData><row>{}</row></sheetData>", cells(30)), &[]);
    let limits = ReadLimits { rows: 20, cells: 25, sheets: 1, ..ReadLimits::default() };
    assert_eq!(read_here(&rows, &limits), Err(Refusal::TooManyRows { at: "Data!A21".into(), most: 20 }));
    let limits = ReadLimits { cells: 25, ..ReadLimits::default() };
    assert_eq!(read_here(&rows, &limits), Err(Refusal::TooManyCells { at: "Data!A26".into(), most: 25 }));
    let limits = ReadLimits { inflated_bytes: 1_000, ..ReadLimits::default() };
    assert!(matches!(read_here(&rows, &limits), Err(Refusal::InflatesTooFar { most: 1_000, .. })));
    let limits = ReadLimits { zip_entries: 4, ..ReadLimits::default() };
    assert_eq!(read_here(&rows, &limits), Err(Refusal::TooManyParts { most: 4 }));
    let limits = ReadLimits { file_bytes: 100, ..ReadLimits::default() };
    assert_eq!(read_here(&rows, &limits), Err(Refusal::TooLarge { most: 100 }));
    let limits = ReadLimits { text: 3, ..ReadLimits::default() };
    assert_eq!(read_here(b"a,b\nlong text,c\n", &limits), Err(Refusal::TextTooLong { at: "csv!A2".into(), most: 3 }));
    let limits = ReadLimits { all_text: 6, ..ReadLimits::default() };
    assert_eq!(read_here(b"abc,def\nghi,j\n", &limits), Err(Refusal::TooMuchText { at: "csv!A2".into(), most: 6 }));
}

/// Two cells at opposite corners: as a whole range they would take half a terabyte.
fn two_cells() -> Vec<u8> {
    xlsx(
        r#"<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>"#,
        &[],
    )
}

#[test]
fn far_apart_cells_cost_nothing() {
    assert_eq!(refused(&two_cells()), Refusal::TooManyColumns { at: "Data!XFD1048576".into(), most: 1_000 });
    let limits = ReadLimits { columns: 16_384, ..ReadLimits::default() };
    let workbook = read_here(&two_cells(), &limits).expect("two cells");
    assert_eq!(workbook.sheets[0].rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 1_048_576]);
}

// --- the reading process

#[test]
fn the_child_reads_what_we_would_read_here() {
    for name in ["workbooks/azure-ai-landing-zone.ja.xlsx", "workbooks/own-resaved.xls", "workbooks/own-answers.csv"] {
        let bytes = fixture(name);
        assert_eq!(read_by_child(&binary(), &bytes, &ReadLimits::default()), Ok(read(&bytes)), "{name}");
    }
    assert_eq!(read_by_child(&binary(), b"", &ReadLimits::default()), Err(Refusal::Empty));
    assert_eq!(
        read_by_child(&binary(), &two_cells(), &ReadLimits::default()),
        Err(Refusal::TooManyColumns { at: "Data!XFD1048576".into(), most: 1_000 })
    );
}

#[test]
fn a_child_that_breaks_off_is_a_refusal() {
    let bytes = fixture("workbooks/azure-ai-landing-zone.en.xlsx");
    let starved = ReadLimits { memory_bytes: 1 << 20, ..ReadLimits::default() };
    assert_eq!(read_by_child(&binary(), &bytes, &starved), Err(Refusal::ReaderRanOutOfMemory { most: 1 << 20 }));
    let hurried = ReadLimits { wall_seconds: 0, ..ReadLimits::default() };
    assert_eq!(read_by_child(&binary(), &bytes, &hurried), Err(Refusal::ReaderTimedOut { most: 0 }));
    let silent = read_by_child(std::path::Path::new("/bin/true"), &bytes, &ReadLimits::default());
    assert!(matches!(silent, Err(Refusal::ReaderFailed { .. })), "{silent:?}");
}
