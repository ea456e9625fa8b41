//! `candor score`: exit codes, and refusals that name the file, the place in it and the reason.

use crate::harness::{binary, fixture};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn score(policy: &Path, input: &Path, json: bool) -> Output {
    let mut command = Command::new(binary());
    command.arg("score").arg("--policy").arg(policy).arg("--input").arg(input);
    if json {
        command.arg("--json");
    }
    command.output().expect("the binary")
}

/// A worked case, its documents written to files.
fn case(name: &str) -> (TempDir, Value) {
    let cases: Vec<Value> = serde_json::from_slice(&fixture("scoring/cases.json")).expect("cases");
    let case = cases
        .into_iter()
        .find(|case| case["name"].as_str().is_some_and(|found| found.starts_with(name)))
        .unwrap_or_else(|| panic!("no case {name}"));
    let folder = tempfile::tempdir().expect("a folder");
    for document in ["policy", "input"] {
        std::fs::write(folder.path().join(format!("{document}.json")), case[document].to_string()).expect("written");
    }
    (folder, case)
}

fn files(folder: &TempDir) -> [std::path::PathBuf; 2] {
    [folder.path().join("policy.json"), folder.path().join("input.json")]
}

#[test]
fn one_document_on_standard_output_and_nothing_else() {
    let (folder, case) = case("by-hand");
    let [policy, input] = files(&folder);
    let output = score(&policy, &input, true);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty());
    let found: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(found["rating"], case["expect"]["rating"]);
    let (expected, found) = (&case["expect"]["residual"], &found["residual"]);
    assert!((expected.as_f64().expect("a number") - found.as_f64().expect("a number")).abs() < 1e-9);
    let table = score(&policy, &input, false);
    assert_eq!(table.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&table.stdout).contains(case["expect"]["rating"].as_str().expect("a rating")));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (folder, _) = case("random-00");
    let [policy, input] = files(&folder);
    assert_eq!(score(&policy, &input, true).stdout, score(&policy, &input, true).stdout);
}

/// What is said on standard error: one line.
fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    said
}

#[test]
fn a_refusal_names_file_place_and_reason() {
    for (document, change, place) in [
        ("policy", json!({ "max_mitigation": 1 }), "/max_mitigation"),
        ("policy", json!({ "no_such_key": 1 }), "/no_such_key"),
        ("input", json!({ "as_of": "31.8.2026" }), "/as_of"),
        ("input", json!({ "profile": [] }), "/profile"),
    ] {
        let (folder, case) = case("by-hand");
        let mut changed = case[document].clone();
        for (key, value) in change.as_object().expect("keys") {
            changed[key] = value.clone();
        }
        let file = folder.path().join(format!("{document}.json"));
        std::fs::write(&file, changed.to_string()).expect("written");
        let [policy, input] = files(&folder);
        let said = refusal(&score(&policy, &input, true));
        let rest = said.split(&format!("{}: {place}: ", file.display())).nth(1);
        assert!(rest.is_some_and(|reason| reason.trim().len() > 5), "{said}");
    }
}

#[test]
fn every_refused_case_is_refused_here_too() {
    let cases: Vec<Value> = serde_json::from_slice(&fixture("scoring/cases.json")).expect("cases");
    let mut refused = 0;
    for case_name in cases.iter().filter(|case| case.get("refuse").is_some()).filter_map(|case| case["name"].as_str()) {
        let (folder, _) = case(case_name);
        let [policy, input] = files(&folder);
        refusal(&score(&policy, &input, true));
        refused += 1;
    }
    assert!(refused > 5);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let (folder, _) = case("by-hand");
    let [policy, input] = files(&folder);
    let absent = folder.path().join("absent.json");
    assert!(refusal(&score(&policy, &absent, true)).contains("absent.json"));
    std::fs::write(&input, [b'{', 0xff]).expect("written");
    assert!(refusal(&score(&policy, &input, true)).contains("input.json: byte 1: not UTF-8"));
    std::fs::write(&input, "{\"as_of\": ").expect("written");
    assert!(refusal(&score(&policy, &input, true)).contains("input.json"));
}

#[test]
fn bad_use_is_told_apart() {
    let output = Command::new(binary()).args(["score", "--policy"]).output().expect("the binary");
    assert_eq!(output.status.code(), Some(2));
}
