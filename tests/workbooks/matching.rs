//! `candor match`: what each question would get, from files to standard output.

use crate::harness::binary;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(name)
}

fn run(template: &Path, file: &Path, json: bool) -> Output {
    let mut command = Command::new(binary());
    command.arg("match").arg("--template").arg(template).arg(file);
    if json {
        command.arg("--json");
    }
    command.output().expect("the binary")
}

fn matched(template: &str, file: &Path) -> Value {
    let output = run(&path(template), file, true);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty());
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

fn list<'a>(document: &'a Value, name: &str) -> &'a Vec<Value> {
    document[name].as_array().unwrap_or_else(|| panic!("{name}: {document}"))
}

/// Cells and what is said of them.
fn of<'a>(document: &'a Value, name: &str, what: &str) -> Vec<(&'a str, &'a str)> {
    let one = |entry: &'a Value| Some((entry["cell"].as_str()?, entry[what].as_str()?));
    list(document, name).iter().filter_map(one).collect()
}

#[test]
fn our_own_workbook_is_exact_whatever_other_programs_did_to_it() {
    for (name, questions) in
        [("own-resaved.ods", 11), ("own-resaved.xls", 11), ("own-answers.csv", 11), ("own-sorted.xlsx", 10)]
    {
        let found = matched("workbooks/own-template.json", &path("workbooks").join(name));
        assert_eq!(list(&found, "matched").len(), questions, "{name}: {found:#}");
        let table_without_sheet = name == "own-answers.csv";
        let exact = list(&found, "matched").iter().filter(|row| row["by"] == "hidden id" && row["certainty"] == 1.0);
        assert_eq!(exact.count(), questions - usize::from(table_without_sheet), "{name}");
        assert!(list(&found, "asked").is_empty() && list(&found, "contradictions").is_empty(), "{name}");
        assert_eq!(found["made"], "2026-11-18T11:06:40Z", "{name}");
        let policy = list(&found, "matched").iter().find(|row| row["question"] == "A.2.2-1").expect("a row");
        assert_eq!(policy["answer"], serde_json::json!({"kind": "choice", "option": "part"}), "{name}");
    }
    let sorted = matched("workbooks/own-template.json", &path("workbooks/own-sorted.xlsx"));
    assert_eq!(of(&sorted, "unmatched_rows", "why"), [("Réponses!D8", "no-question-id")]);
    assert_eq!(list(&sorted, "unmatched_questions")[0]["question"], "A.4.3-1");
}

#[test]
fn cells_of_our_own_that_do_not_fit_are_asked_about() {
    let found = matched("workbooks/own-template.json", &path("workbooks/own-odd-cells.xlsx"));
    let asked = of(&found, "asked", "why");
    for expected in [
        ("Answers!D4", "formula-without-value"),
        ("Answers!D6", "date-where-choice"),
        ("Answers!D10", "question-changed"),
        ("Table REG-1!B4", "not-an-option"),
    ] {
        let place =
            |(cell, why): &(&str, &str)| *why == expected.1 && cell.split('!').next() == expected.0.split('!').next();
        assert!(asked.iter().any(place), "{expected:?} in {asked:?}");
    }
}

#[test]
fn a_strangers_file_is_matched_asked_about_and_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("vendor.csv");
    let rows = "No.,Question,Answer,Comment\n\
        1,Is our data used to train or improve any AI model?,Never,\n\
        2,Do you maintain an up-to-date list of the models and data sets behind each AI feature?,No,Not applicable to us\n\
        3,Can we switch the AI off while the rest of the product keeps working?,Yes,\n\
        4,Is the canteen open on Sundays?,Yes,\n\
        5,How many days before you change an AI model or an AI supplier do you tell us?,2 weeks,\n";
    std::fs::write(&file, rows).expect("written");
    let found = matched("templates/ai-screening.json", &file);
    assert_eq!(of(&found, "matched", "question"), [("csv!C2", "A.7.2-1"), ("csv!C6", "A.8.5-1")], "{found:#}");
    assert_eq!(list(&found, "matched")[1]["answer"], serde_json::json!({"kind": "number", "number": 14.0}));
    assert_eq!(of(&found, "contradictions", "question"), [("csv!C3", "A.4.2-1")]);
    assert_eq!(of(&found, "asked", "why"), [("csv!C4", "not-an-option")]);
    assert_eq!(list(&found, "asked")[0]["options"], serde_json::json!(["per_feature", "all", "request"]));
    assert_eq!(of(&found, "unmatched_rows", "why"), [("csv!C5", "asks-something-else")]);
    let sentences = run(&path("templates/ai-screening.json"), &file, false);
    let sentences = String::from_utf8_lossy(&sentences.stdout).into_owned();
    assert!(sentences.contains("2 matched") && sentences.contains("the answer fits no option"), "{sentences}");
}

#[test]
fn what_cannot_be_read_is_refused_in_one_line() {
    let workbook = path("workbooks/own-answers.csv");
    for (template, file, said) in [
        (path("nowhere.json"), workbook.clone(), "nowhere.json"),
        (path("controls.json"), workbook, "controls.json"),
        (path("templates/ai-screening.json"), path("nowhere.xlsx"), "nowhere.xlsx"),
        (path("templates/ai-screening.json"), path("templates/ai-screening.json"), "ai-screening.json"),
    ] {
        let output = run(&template, &file, true);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        let line = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(line.trim_end().lines().count() == 1 && line.contains(said), "{line}");
    }
}
