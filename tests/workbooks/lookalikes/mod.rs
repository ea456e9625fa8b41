//! Files that look like what people send, made from plans: what is found in them against what their author meant.
//!
//! `fixtures/workbooks/lookalikes` holds the plans, the files made of them, and the truth of each, which comes from the
//! plan and from nothing that Candor found.

mod compare;
mod corrected;
mod plan;
mod real;
mod write;

use candor::platform::workbook::{ReadLimits, read_here};
use compare::{Verdict, compare};
use domain::sheet::{Family, Vocabulary, inspect};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/workbooks/lookalikes")
}

fn names(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(ending));
    paths.sort();
    paths
}

/// What is found in a file, as `candor inspect --json` says it.
fn found(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let workbook =
        read_here(&bytes, &ReadLimits::default()).unwrap_or_else(|refusal| panic!("{}: {refusal}", path.display()));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    serde_json::to_value(inspect(&workbook, Vocabulary::shipped(), &name, "")).expect("JSON")
}

/// Prints file / found / truth / asked / wrong, and gives every wrong decision that nobody is asked about.
fn table(verdicts: &[(String, Verdict)]) -> Vec<String> {
    println!(
        "{:36} {:>11} {:>11} {:>9} {:>5} {:>11} {:>5}",
        "file", "found", "truth", "decisions", "asked", "wrong asked", "wrong"
    );
    for (name, verdict) in verdicts {
        let pair = |(questions, answered): (u64, u64), which: usize| if which == 0 { questions } else { answered };
        let found = format!("{}/{}", pair(verdict.questions, 0), pair(verdict.answered, 0));
        let truth = format!("{}/{}", pair(verdict.questions, 1), pair(verdict.answered, 1));
        let (asked, wrong_asked) = (verdict.asked, verdict.wrong_asked.len());
        println!(
            "{name:36} {found:>11} {truth:>11} {:>9} {asked:>5} {wrong_asked:>11} {:>5}",
            verdict.decisions,
            verdict.wrong.len()
        );
    }
    let decisions: usize = verdicts.iter().map(|(_, verdict)| verdict.decisions).sum();
    let asked: usize = verdicts.iter().map(|(_, verdict)| verdict.asked).sum();
    println!("{} files, {decisions} decisions, {asked} asked", verdicts.len());
    let wrong =
        verdicts.iter().flat_map(|(name, verdict)| verdict.wrong.iter().map(move |text| format!("{name}: {text}")));
    wrong.collect()
}

#[test]
fn look_alikes_are_read_as_they_were_meant() {
    let verdicts: Vec<(String, Verdict)> = names(&folder(), ".truth.json")
        .into_iter()
        .map(|path| {
            let truth: Value = serde_json::from_slice(&std::fs::read(&path).expect("its truth")).expect("JSON");
            let name = truth["file"].as_str().expect("a file").to_owned();
            let found = found(&folder().join(&name));
            assert_eq!(found["format"], truth["format"], "{name}");
            (name, compare(&found, &truth))
        })
        .collect();
    assert!(verdicts.len() >= 40, "{} files", verdicts.len());
    assert_eq!(table(&verdicts), Vec::<String>::new());
}

#[test]
fn every_row_between_questions_is_accounted_for() {
    for path in names(&folder(), ".truth.json") {
        let name = path.to_string_lossy().trim_end_matches(".truth.json").to_owned();
        let bytes = std::fs::read(&name).expect("its file");
        let workbook = read_here(&bytes, &ReadLimits::default()).expect("a workbook");
        let report = inspect(&workbook, Vocabulary::shipped(), "", "");
        for (sheet, found) in workbook.sheets.iter().zip(&report.sheets) {
            let items = found.items.as_deref().unwrap_or_default();
            let (Some(first), Some(last)) = (items.first(), items.last()) else { continue };
            for row in sheet.rows.iter().filter(|row| (first.row..=last.row).contains(&row.number)) {
                let known = items.iter().any(|item| item.row == row.number)
                    || found.skipped.iter().any(|skipped| skipped.row == row.number);
                assert!(known, "{name}: row {} of {}", row.number, sheet.name);
            }
        }
    }
}

#[test]
fn every_file_of_words_and_every_family_is_shipped() {
    let file = |path: PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    let files: Vec<String> = names(&folder().join("../vocabulary"), ".json").into_iter().map(file).collect();
    assert_eq!(files, Vocabulary::shipped_files().collect::<Vec<_>>());
    let mut families: Vec<String> = Family::shipped().iter().map(|family| format!("{}.json", family.key)).collect();
    families.sort();
    let files: Vec<String> = names(&folder().join("../families"), ".json").into_iter().map(file).collect();
    assert_eq!(files, families);
}

/// Makes the files and their truth again: needs LibreOffice for the formats that we do not write.
#[test]
#[ignore = "writes fixtures, with LibreOffice"]
fn make_the_look_alikes() {
    for path in names(&folder().join("plans"), ".txt") {
        let text = std::fs::read_to_string(&path).expect("a plan");
        write::write(&plan::read(&text), &folder());
    }
}
