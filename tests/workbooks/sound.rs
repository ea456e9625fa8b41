//! What is true of every workbook that was read, whatever its file was: of the grid, of what is understood, and of what is
//! matched.

use domain::answer::Limits;
use domain::questionnaire::Authored;
use domain::sheet::matching::{Calibration, Knowledge, Thesaurus, match_workbook};
use domain::sheet::{CellValue, ColumnPlace, ColumnRole, Inspection, Vocabulary, Workbook, inspect};
use std::collections::{BTreeMap, BTreeSet};

/// The grid is in order: sheets have names of their own, rows and columns rise, and every number is one that a
/// spreadsheet has.
pub fn grid(workbook: &Workbook) {
    let names: BTreeSet<String> = workbook.sheets.iter().map(|sheet| sheet.name.to_lowercase()).collect();
    assert_eq!(names.len(), workbook.sheets.len(), "two sheets of one name");
    for sheet in &workbook.sheets {
        assert!(sheet.rows.is_sorted_by(|one, next| one.number < next.number), "{}: rows", sheet.name);
        for row in &sheet.rows {
            assert!((1..=domain::sheet::LAST_ROW).contains(&row.number), "{}: row {}", sheet.name, row.number);
            assert!(row.cells.is_sorted_by(|one, next| one.column < next.column), "row {}", row.number);
            assert!(!row.cells.is_empty(), "row {} holds nothing", row.number);
            for cell in &row.cells {
                assert!((1..=domain::sheet::LAST_COLUMN).contains(&cell.column), "column {}", cell.column);
                if let CellValue::Text(text) | CellValue::Date(text) | CellValue::Error(text) = &cell.value {
                    assert!(!text.contains('\0'), "a zero in row {}", row.number);
                }
            }
        }
        for area in sheet.merged.iter().chain(sheet.drop_downs.iter().flat_map(|list| &list.areas)) {
            assert!(area.first_row <= area.last_row && area.first_column <= area.last_column, "{area}");
        }
    }
}

/// What a sheet was understood to be accounts for every row, and takes answers only from where it says.
pub fn understood(workbook: &Workbook) -> Inspection {
    let report = inspect(workbook, Vocabulary::shipped(), "any", "");
    assert_eq!(report.sheets.len(), workbook.sheets.len());
    let (mut questions, mut answered) = (0, 0);
    for (sheet, found) in workbook.sheets.iter().zip(&report.sheets) {
        assert_eq!(sheet.name, found.name);
        let items = found.items.as_deref().unwrap_or_default();
        questions += items.len();
        answered += if found.defaulted { 0 } else { items.iter().filter(|item| item.answer.is_some()).count() };
        let skipped: BTreeMap<u32, &str> = found.skipped.iter().map(|row| (row.row, row.reason.as_str())).collect();
        assert_eq!(skipped.len(), found.skipped.len(), "{}: a row is passed over twice", sheet.name);
        assert!(skipped.values().all(|reason| !reason.is_empty()), "{}: without a reason", sheet.name);
        let rows: BTreeSet<u32> = items.iter().map(|item| item.row).collect();
        if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
            for row in sheet.rows.iter().filter(|row| (*first..=*last).contains(&row.number)) {
                let holds = row.cells.iter().any(|cell| cell.value.text().is_some());
                let known = rows.contains(&row.number) || skipped.contains_key(&row.number);
                assert!(known || !holds, "{}: nothing is said of row {}", sheet.name, row.number);
            }
        }
        let answers = found.columns.as_ref().and_then(|columns| columns.get(&ColumnRole::Answer)).cloned().flatten();
        let letters = match answers {
            None => Vec::new(),
            Some(ColumnPlace::One(letter)) => vec![letter],
            Some(ColumnPlace::Many(letters)) => letters,
        };
        // A second table can have its columns elsewhere, and answers where the first has none; the report names those of
        // the first.
        let has_several_tables = found.header_rows.windows(2).any(|pair| pair[0] + 1 != pair[1]);
        let mut seen = BTreeSet::new();
        for item in items {
            assert!(sheet.row(item.row).is_some(), "{}: row {} holds nothing", sheet.name, item.row);
            let cell = item.cell.strip_prefix(&format!("{}!", sheet.name)).expect("a cell of its sheet");
            let letter = cell.strip_suffix(&item.row.to_string()).expect("a cell of its row");
            assert!(domain::sheet::column_number(letter).is_some(), "{cell}");
            assert!(seen.insert((&item.cell, &item.id, &item.question)), "{cell} stands twice");
            if item.answer.is_some() {
                assert!(!letters.is_empty() || has_several_tables, "{cell}: an answer from a column that is none");
                let named = letters.iter().any(|answer| answer == letter);
                assert!(named || has_several_tables, "{cell}: not from {letters:?}");
            }
        }
    }
    assert_eq!((report.totals.questions, report.totals.answered), (questions, answered));
    assert!(serde_json::to_string(&report).is_ok());
    report
}

/// No question gets two rows, and no row that asks something is lost or told of twice.
pub fn matched(workbook: &Workbook, report: &Inspection, template: &Authored) {
    let knowledge = Knowledge {
        words: Vocabulary::shipped(),
        thesaurus: Thesaurus::shipped(),
        calibration: Calibration::shipped(),
        crosswalks: &BTreeMap::new(),
        limits: &Limits::default(),
    };
    let matching = match_workbook(workbook, report, template, &knowledge);
    let taken: Vec<&str> = matching
        .matched
        .iter()
        .map(|row| row.question.as_str())
        .chain(matching.contradictions.iter().map(|row| row.question.as_str()))
        .collect();
    let distinct: BTreeSet<&str> = taken.iter().copied().collect();
    assert_eq!(distinct.len(), taken.len(), "two cells into one question: {taken:?}");
    let known: BTreeSet<&str> = template.questions().map(|question| question.id.as_str()).collect();
    assert!(distinct.is_subset(&known), "a question that the template does not have");
    let certain =
        matching.matched.iter().map(|row| row.certainty).chain(matching.contradictions.iter().map(|row| row.certainty));
    assert!(certain.into_iter().all(|certainty| (0.0..=1.0).contains(&certainty)));
    let mut fates: BTreeMap<&str, usize> = BTreeMap::new();
    let cells = (matching.matched.iter().map(|row| &row.cell))
        .chain(matching.contradictions.iter().map(|row| &row.cell))
        .chain(matching.asked.iter().map(|row| &row.cell))
        .chain(matching.suggested.iter().map(|row| &row.cell))
        .chain(matching.unmatched_rows.iter().map(|row| &row.cell));
    for cell in cells {
        *fates.entry(cell).or_default() += 1;
    }
    // Several questions in one cell share the place of their answer.
    let mut items: BTreeMap<(&str, u32, &str), usize> = BTreeMap::new();
    for sheet in &report.sheets {
        for item in sheet.items.iter().flatten() {
            *items.entry((&sheet.name, item.row, &item.cell)).or_default() += 1;
        }
    }
    for ((sheet, row, cell), count) in items {
        let told = fates.get(cell).copied().unwrap_or(0);
        // A row that repeats the question of another is passed over, and that is said too.
        let repeats = matching.skipped.iter().filter(|skipped| (skipped.sheet.as_str(), skipped.row) == (sheet, row));
        assert!(told <= count && told + repeats.count() >= count, "what becomes of {cell}: told {told} of {count}");
    }
}
