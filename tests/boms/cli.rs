//! `candor bom`: exit codes, one document or one line.

use crate::harness::{binary, fixture, root};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn run(file: &Path, json: bool) -> Output {
    let mut command = Command::new(binary());
    command.arg("bom").arg(file);
    if json {
        command.arg("--json");
    }
    command.output().expect("the binary")
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    said
}

#[test]
fn one_document_says_what_was_read() {
    let file = root().join("fixtures/bom/real/cyclonedx-model-card.json");
    let output = run(&file, true);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty());
    let found: Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    let sha256 = hex::encode(Sha256::digest(fixture("bom/real/cyclonedx-model-card.json")));
    assert_eq!(
        (found["file"].as_str(), found["sha256"].as_str()),
        (Some("cyclonedx-model-card.json"), Some(sha256.as_str()))
    );
    assert_eq!((found["format"].as_str(), found["spec_version"].as_str()), (Some("cyclonedx"), Some("1.7")));
    let kinds: Vec<&str> =
        found["entries"].as_array().expect("entries").iter().filter_map(|entry| entry["kind"].as_str()).collect();
    assert_eq!(kinds, ["ai_system", "model", "dataset", "dataset"]);
    let model = &found["entries"][1];
    assert_eq!(
        (model["name"].as_str(), model["supplier"].as_str()),
        (Some("support-ticket-classifier"), Some("Example ML Team"))
    );
    let limits =
        model["facts"].as_array().expect("facts").iter().find(|fact| fact["field"] == "limitations").expect("one");
    assert_eq!(limits["place"]["line"], 70);
    assert_eq!(found["relations"][0]["kind"], "runs_on");
}

#[test]
fn a_person_reads_it_without_json() {
    let output = run(&root().join("fixtures/bom/own/reading-room.spdx3.json"), false);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    for line in [
        "reading-room.spdx3.json (SPDX 3.0.1 in JSON, sha256",
        "model: Folio OCR [line 42, /@graph/7]",
        "  safety_risk: low [line 75]",
        "  trained on Scanned pages [line 144, concluded]",
        "4 entries (1 ai_system, 1 model, 2 dataset) of 19 elements",
        "to be looked at: line 176: \"https://example.org/reading-room/lost\" leads to nothing in this document",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
}

#[test]
fn a_refusal_names_file_place_and_reason() {
    let said = refusal(&run(&root().join("fixtures/bom/real/cyclonedx-open-source-invalid.json"), true));
    assert!(
        said.contains("cyclonedx-open-source-invalid.json: line 9, column 5 (/metadata): not JSON: expected a name"),
        "{said}"
    );
    let said = refusal(&run(Path::new("no-such-file.json"), false));
    assert!(said.contains("no-such-file.json: it cannot be read"), "{said}");
}

#[test]
fn a_file_of_200_megabytes_is_not_even_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("large.json");
    std::fs::File::create(&file).and_then(|file| file.set_len(200 * 1024 * 1024)).expect("a sparse file");
    let said = refusal(&run(&file, true));
    assert!(said.contains("209715200 bytes, at most 67108864 are read"), "{said}");
}

#[test]
fn a_terminal_obeys_nothing_that_stands_in_a_document() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("escape.json");
    let text = super::of_components(
        r#"{"type": "machine-learning-model", "name": "a\u001b]0;b\u0007", "bom-ref": "x\u001b[2J"}"#,
    );
    std::fs::write(&file, text).expect("written");
    let output = run(&file, false);
    assert_eq!(output.status.code(), Some(0));
    assert!(!output.stdout.iter().any(|byte| byte.is_ascii_control() && *byte != b'\n'), "{:?}", output.stdout);
}

#[test]
fn who_stops_listening_has_heard_enough() {
    let bom = root().join("fixtures/bom/real/cyclonedx-model-card.json");
    let workbook = root().join("fixtures/workbooks/beside-cells.xlsb");
    for (command, file) in [("bom", &bom), ("inspect", &workbook)] {
        let mut child = Command::new(binary());
        let child = child.arg(command).arg(file).arg("--json").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().expect("the binary");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("ended");
        assert_eq!(
            (output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()),
            (Some(0), ""),
            "{command}"
        );
    }
}
