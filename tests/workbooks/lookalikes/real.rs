//! Strangers' files against what careful readers found in them (`*.truth.json` beside the files, made with independent
//! tools; see `fixtures/workbooks/SOURCES.md`).

use super::compare::Verdict;
use super::{found, names, table};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/workbooks/real")
}

/// The column of a role in the truth files' own words; a letter, perhaps with a remark behind it.
fn letter(truth: &Value, keys: &[&str]) -> Value {
    let text = keys.iter().find_map(|key| truth["columns"][*key].as_str());
    text.map_or(Value::Null, |text| json!(text.split(' ').next().unwrap_or(text)))
}

#[test]
fn strangers_files_are_read_exactly() {
    let mut verdicts = Vec::new();
    let truths = names(&fixtures(), ".truth.json");
    assert!(truths.len() >= 10, "{} files", truths.len());
    for path in truths {
        let truth: Value = serde_json::from_slice(&std::fs::read(&path).expect("its truth")).expect("JSON");
        let name = truth["file"].as_str().expect("a file");
        let folders = [fixtures(), fixtures().join(".."), fixtures().join("../../register")];
        let file = folders.iter().map(|folder| folder.join(name)).find(|file| file.exists()).expect(name);
        let report = found(&file);
        let wanted = truth["sheet"].as_str().unwrap_or("csv");
        let sheets = report["sheets"].as_array().expect("sheets");
        let sheet = sheets.iter().find(|sheet| sheet["name"] == wanted).expect(wanted);
        assert_eq!(report["format"], truth["format"], "{name}");
        assert_eq!(sheet["header_rows"], truth["header_rows"], "{name}");
        if truth["kind"] == "ai_register" {
            register(name, &truth, sheet, &report);
        } else {
            questionnaire(name, &truth, sheet, &report);
        }
        verdicts.push((name.to_owned(), verdict(&truth, &report)));
    }
    assert_eq!(table(&verdicts), Vec::<String>::new());
}

/// What the table over all files says of one that was found right.
fn verdict(truth: &Value, report: &Value) -> Verdict {
    let count = |value: &Value| value.as_u64().unwrap_or(0);
    let answered = truth.get("n_answered_semantic").unwrap_or(&truth["n_answered"]);
    let is_register = truth["kind"] == "ai_register";
    let sheets = report["sheets"].as_array().into_iter().flatten();
    // Each heading of a register; of a questionnaire its columns and counts, and each sample's id, text and answer.
    let parts = |key: &str| truth[key].as_array().map_or(0, Vec::len);
    Verdict {
        questions: (count(&report["totals"]["questions"]), if is_register { 0 } else { count(&truth["n_questions"]) }),
        answered: (count(&report["totals"]["answered"]), if is_register { 0 } else { count(answered) }),
        decisions: 4 + if is_register { parts("columns") } else { 9 + 3 * parts("samples") },
        asked: sheets.filter_map(|sheet| sheet["asks"].as_array()).map(Vec::len).sum(),
        ..Verdict::default()
    }
}

fn register(name: &str, truth: &Value, sheet: &Value, report: &Value) {
    assert_eq!((&sheet["role"], &sheet["rows"]), (&json!("register"), &truth["n_rows"]), "{name}");
    let wanted = truth["columns"].as_array().expect("headings");
    let headings: Vec<String> = sheet["headings"].as_object().expect("headings").values().map(plain).collect();
    let mut missing = wanted.iter().map(plain).filter(|heading| !headings.contains(heading));
    assert_eq!(missing.next(), None, "{name}");
    assert_eq!((headings.len(), &report["totals"]["questions"]), (wanted.len(), &json!(0)), "{name}");
}

fn plain(text: &Value) -> String {
    let text = text.as_str().unwrap_or_default().trim_start_matches('\u{feff}');
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn questionnaire(name: &str, truth: &Value, sheet: &Value, report: &Value) {
    assert_eq!(sheet["role"], "questionnaire", "{name}");
    let columns = &sheet["columns"];
    assert_eq!(columns["id"], letter(truth, &["guid", "id"]), "{name}");
    assert_eq!(columns["question"], letter(truth, &["question"]), "{name}");
    assert_eq!(columns["answer"], letter(truth, &["answer"]), "{name}");
    assert_eq!(columns["comment"], letter(truth, &["comment"]), "{name}");
    assert_eq!(columns["options"], letter(truth, &["answer_type"]), "{name}");
    let items = sheet["items"].as_array().expect("items");
    assert_eq!(
        (&json!(items.len()), &report["totals"]["questions"]),
        (&truth["n_questions"], &truth["n_questions"]),
        "{name}"
    );
    let answered = truth.get("n_answered_semantic").unwrap_or(&truth["n_answered"]);
    assert_eq!(&report["totals"]["answered"], answered, "{name}");
    let texts = items.iter().filter(|item| !item["answer"].is_null()).count();
    assert_eq!(json!(texts), truth["n_answered"], "{name}: defaults keep their text");
    let ids: std::collections::BTreeSet<&str> = items.iter().filter_map(|item| item["id"].as_str()).collect();
    assert_eq!(json!(ids.len()), truth["n_unique_ids"], "{name}");
    assert_eq!(
        (&items[0]["row"], &items[items.len() - 1]["row"]),
        (&truth["first_question_row"], &truth["last_question_row"]),
        "{name}"
    );
    for sample in truth["samples"].as_array().expect("samples") {
        let row = &sample["row"];
        let item = items.iter().find(|item| item["row"] == *row).expect("its row");
        assert_eq!(item["id"], sample["id"], "{name} row {row}");
        assert_eq!(
            item["answer"].as_str().unwrap_or_default(),
            sample["answer"].as_str().unwrap_or_default(),
            "{name} row {row}"
        );
        let question = item["question"].as_str().expect("its text");
        let start = sample["question_prefix"].as_str().expect("its text").trim_end();
        assert!(question.starts_with(start), "{name} row {row}: {question}");
    }
}
