//! Real files and look-alikes, changed at random: in their bytes, in the parts of their archives, and in their cells.

use super::hostile::unzipped;
use super::made::zipped;
use super::sound;
use crate::harness::fixture;
use candor::platform::workbook::{ReadLimits, read_here};
use domain::questionnaire::Authored;
use domain::sheet::{Cell, CellValue, Workbook};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::sync::LazyLock;

/// Files of every format, each with its own tricks.
const FILES: [&str; 16] = [
    "workbooks/azure-acr-security.en.xlsx",
    "workbooks/supply-chain-questionnaire.es.xlsx",
    "workbooks/beside-cells.xls",
    "workbooks/beside-cells.xlsb",
    "workbooks/beside-cells.ods",
    "workbooks/own-sorted.xlsx",
    "workbooks/own-resaved.xls",
    "workbooks/own-resaved.ods",
    "workbooks/own-answers.csv",
    "workbooks/lookalikes/caiq-4-shape.xlsx",
    "workbooks/lookalikes/glyph-marks.xls",
    "workbooks/lookalikes/shifted.ods",
    "workbooks/lookalikes/several-in-cell.xlsx",
    "workbooks/lookalikes/two-tables.xlsx",
    "workbooks/lookalikes/zh-hans.csv",
    "workbooks/real/usda-2023.csv",
];

/// One change of bytes.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Delete(Index, usize),
    Duplicate(Index, usize),
    /// Something else in the place of a number.
    Number(Index, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    let numbers = vec!["0", "-1", "4294967295", "99999999999999999999", "1048577", "NaN", ""];
    prop_oneof![
        (at(), 1..=255_u8).prop_map(|(at, by)| Change::Flip(at, by)),
        (at(), proptest::collection::vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (at(), 1..200_usize).prop_map(|(at, length)| Change::Delete(at, length)),
        (at(), 1..2_000_usize).prop_map(|(at, length)| Change::Duplicate(at, length)),
        (at(), select(numbers)).prop_map(|(at, number)| Change::Number(at, number)),
    ]
}

fn apply(bytes: &mut Vec<u8>, changes: &[Change]) {
    for change in changes {
        if bytes.is_empty() {
            return;
        }
        match change {
            Change::Flip(at, by) => {
                let at = at.index(bytes.len());
                bytes[at] ^= by;
            }
            Change::Insert(at, more) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
            Change::Delete(at, length) => {
                let at = at.index(bytes.len());
                bytes.drain(at..bytes.len().min(at + length));
            }
            Change::Duplicate(at, length) => {
                let at = at.index(bytes.len());
                let again = bytes[at..bytes.len().min(at + length)].to_vec();
                bytes.splice(at..at, again);
            }
            Change::Number(at, number) => {
                let at = at.index(bytes.len());
                let is_digit = |byte: &u8| byte.is_ascii_digit();
                let Some(start) = bytes[at..].iter().position(is_digit).map(|offset| at + offset) else { continue };
                let end = bytes[start..].iter().position(|byte| !is_digit(byte)).map_or(bytes.len(), |n| start + n);
                bytes.splice(start..end, number.bytes());
            }
        }
    }
}

/// Whatever the bytes are: they are read within the limits and make sense, or a sentence says why not.
fn reads_or_refuses(bytes: &[u8]) {
    let limits = ReadLimits::default();
    match read_here(bytes, &limits) {
        Ok(workbook) => {
            let cells: usize = workbook.sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.cells.len()).sum();
            assert!(cells <= limits.cells && workbook.sheets.len() <= limits.sheets);
            sound::grid(&workbook);
            sound::understood(&workbook);
        }
        Err(refusal) => {
            let said = refusal.to_string();
            assert!((10..700).contains(&said.len()) && !said.contains('\n'), "{said}");
        }
    }
}

fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK")
}

/// So many cases, or as many as `PROPTEST_CASES` says.
fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(cases), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(120))]

    #[test]
    fn changed_bytes_are_read_or_refused(
        name in select(FILES.to_vec()),
        changes in proptest::collection::vec(change(), 1..6),
    ) {
        let mut bytes = fixture(name);
        apply(&mut bytes, &changes);
        reads_or_refuses(&bytes);
    }

    #[test]
    fn changed_parts_are_read_or_refused(
        name in select(FILES.into_iter().filter(|name| is_zip(&fixture(name))).collect::<Vec<_>>()),
        changes in proptest::collection::vec((any::<Index>(), change()), 1..6),
    ) {
        let mut parts = unzipped(&fixture(name));
        for (part, change) in &changes {
            let part = part.index(parts.len());
            apply(&mut parts[part].1, std::slice::from_ref(change));
        }
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        reads_or_refuses(&zipped(&parts));
    }
}

// --- cells

/// One change of cells; rows and cells are meant among those that hold something.
#[derive(Clone, Debug)]
enum Turn {
    SwapCells(Index, Index, Index, Index),
    SwapRows(Index, Index),
    DropRow(Index),
    DropCell(Index, Index),
    RepeatRow(Index),
    Move(Index, u32),
    Rename(Index, Index, &'static str),
    DropColumn(Index),
}

fn turn() -> impl Strategy<Value = Turn> {
    let at = any::<Index>;
    let words = vec![
        "Answer", "Question", "ID", "Response", "Comments", "Yes/No", "Section", "回答", "N/A", "x", "1.2", "=", "",
        "\u{feff}",
    ];
    prop_oneof![
        (at(), at(), at(), at()).prop_map(|(a, b, c, d)| Turn::SwapCells(a, b, c, d)),
        (at(), at()).prop_map(|(a, b)| Turn::SwapRows(a, b)),
        at().prop_map(Turn::DropRow),
        (at(), at()).prop_map(|(a, b)| Turn::DropCell(a, b)),
        at().prop_map(Turn::RepeatRow),
        (at(), 1..50_u32).prop_map(|(a, by)| Turn::Move(a, by)),
        (at(), at(), select(words)).prop_map(|(a, b, word)| Turn::Rename(a, b, word)),
        at().prop_map(Turn::DropColumn),
    ]
}

fn turned(workbook: &mut Workbook, sheet: Index, turns: &[Turn]) {
    let sheet = sheet.index(workbook.sheets.len());
    let rows = &mut workbook.sheets[sheet].rows;
    for turn in turns {
        if rows.is_empty() {
            return;
        }
        let row = |at: &Index| at.index(rows.len());
        match turn {
            Turn::SwapCells(a, b, c, d) => {
                let (one, other) = (row(a), row(c));
                let (left, right) = (b.index(rows[one].cells.len()), d.index(rows[other].cells.len()));
                let value = rows[one].cells[left].value.clone();
                let value = std::mem::replace(&mut rows[other].cells[right].value, value);
                rows[one].cells[left].value = value;
            }
            Turn::SwapRows(a, b) => {
                let (one, other) = (row(a), row(b));
                let cells = std::mem::take(&mut rows[one].cells);
                let cells = std::mem::replace(&mut rows[other].cells, cells);
                if one == other {
                    continue;
                }
                rows[one].cells = cells;
            }
            Turn::DropRow(a) => {
                let at = row(a);
                rows.remove(at);
            }
            Turn::DropCell(a, b) => {
                let at = row(a);
                let cell = b.index(rows[at].cells.len());
                rows[at].cells.remove(cell);
                if rows[at].cells.is_empty() {
                    rows.remove(at);
                }
            }
            Turn::RepeatRow(a) => {
                let at = row(a);
                let mut again = rows[at].clone();
                again.number += 1;
                rows[at + 1..].iter_mut().for_each(|row| row.number += 1);
                rows.insert(at + 1, again);
            }
            Turn::Move(a, by) => {
                let at = row(a);
                rows[at..].iter_mut().for_each(|row| row.number += by);
            }
            Turn::Rename(a, b, word) => {
                let at = row(a);
                let cell = b.index(rows[at].cells.len());
                rows[at].cells[cell].value = CellValue::Text((*word).to_owned());
            }
            Turn::DropColumn(a) => {
                let at = row(a);
                let column = rows[at].cells.first().map_or(1, |cell: &Cell| cell.column);
                rows.iter_mut().for_each(|row| row.cells.retain(|cell| cell.column != column));
                rows.retain(|row| !row.cells.is_empty());
            }
        }
    }
}

/// Every file once, as it is.
static READ: LazyLock<Vec<Workbook>> = LazyLock::new(|| {
    FILES.iter().map(|name| read_here(&fixture(name), &ReadLimits::default()).expect("a workbook")).collect()
});

static TEMPLATES: LazyLock<Vec<Authored>> = LazyLock::new(|| {
    let read = |name| serde_json::from_slice(&fixture(name)).expect("a template");
    ["templates/ai-screening.json", "workbooks/own-template.json"].map(read).into()
});

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn changed_cells_are_understood_and_matched_soundly(
        file in 0..FILES.len(),
        sheet in any::<Index>(),
        turns in proptest::collection::vec(turn(), 1..12),
        template in 0..2_usize,
    ) {
        let mut workbook = READ[file].clone();
        turned(&mut workbook, sheet, &turns);
        sound::grid(&workbook);
        let report = sound::understood(&workbook);
        sound::matched(&workbook, &report, &TEMPLATES[template]);
    }
}

#[test]
fn every_file_as_it_is_is_sound() {
    for workbook in READ.iter() {
        sound::grid(workbook);
        let report = sound::understood(workbook);
        for template in TEMPLATES.iter() {
            sound::matched(workbook, &report, template);
        }
    }
}
