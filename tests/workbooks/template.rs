//! `candor template import` of a stranger's workbook: its questions become a template that the check lets through.

use crate::harness::binary;
use domain::questionnaire::check::read;
use domain::questionnaire::{Authored, Kind};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/workbooks")
}

fn import(file: &Path) -> Output {
    Command::new(binary()).args(["template", "import"]).arg(file).output().expect("the binary")
}

fn made(name: &str) -> Authored {
    let output = import(&fixtures().join(name));
    assert_eq!(output.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    read(&String::from_utf8(output.stdout).expect("text")).expect("nothing is wrong with it")
}

#[test]
fn a_checklist_becomes_a_template_with_its_sections_and_options() {
    let document = made("supply-chain-questionnaire.es.xlsx");
    // As the truth beside the file has it: 75 questions, of which RG-PS-01 is the first, and Si, No, Parcial, N/A.
    assert_eq!((document.questions().count(), document.languages.as_slice()), (75, ["es".to_owned()].as_slice()));
    let first = document.question("RG-PS-01").expect("the first question");
    let Kind::Single { options } = &first.kind else { panic!("{:?}", first.kind) };
    let labels: Vec<String> = options.iter().map(|option| option.label.read("es", "es").to_owned()).collect();
    assert_eq!(labels, ["Si", "No", "Parcial"]);
    assert!(first.may_be_na && options.iter().all(|option| option.unscored) && first.weight == 0.0);
    assert_eq!(document.sections[0].title.read("es", "es"), "PRINCIPIOS DE SEGURIDAD");
}

#[test]
fn what_nobody_would_choose_is_no_option_and_scattered_banners_are_gathered() {
    let document = made("azure-ai-landing-zone.ja.xlsx");
    // 175 questions, whose two columns of areas change with nearly every row; the list begins with "not verified yet".
    assert_eq!((document.questions().count(), document.languages.as_slice()), (175, ["ja".to_owned()].as_slice()));
    assert!(document.sections.len() < 30, "{} sections", document.sections.len());
    for question in document.questions() {
        let Kind::Single { options } = &question.kind else { panic!("{:?}", question.kind) };
        assert!(options.iter().all(|option| option.label.read("ja", "ja") != "未確認"), "{}", question.id);
    }
}

#[test]
fn every_workbook_that_asks_becomes_a_template_and_no_question_is_lost() {
    let mut tried = 0;
    for entry in std::fs::read_dir(fixtures().join("lookalikes")).expect("the folder") {
        let path = entry.expect("a file").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if path.is_dir() || name.ends_with(".json") || name.ends_with(".txt") {
            continue;
        }
        let inspected = Command::new(binary()).arg("inspect").arg(&path).arg("--json").output().expect("the binary");
        let inspected: Value = serde_json::from_slice(&inspected.stdout).expect("JSON");
        let sheets = inspected["sheets"].as_array().expect("sheets").iter();
        let items: Vec<&Value> = sheets.filter_map(|sheet| sheet["items"].as_array()).flatten().collect();
        let own = items.iter().filter(|item| item["echo_of"].is_null() && item["question"] != "").count();
        let output = import(&path);
        if own == 0 {
            assert_eq!(output.status.code(), Some(2), "{name}");
            assert_eq!(String::from_utf8_lossy(&output.stderr).trim_end().lines().count(), 1, "{name}");
            continue;
        }
        tried += 1;
        assert_eq!(output.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let document = read(&String::from_utf8(output.stdout).expect("text"));
        let document = document.unwrap_or_else(|problems| panic!("{name}: {problems}"));
        assert_eq!(document.questions().count(), own, "{name}");
        assert_eq!(
            String::from_utf8_lossy(&output.stderr).lines().count(),
            items.len() - own,
            "{name}: the rest is named"
        );
        let asked: BTreeSet<String> =
            document.questions().map(|question| question.text.read("", document.written_in()).to_owned()).collect();
        for item in items.iter().filter(|item| item["echo_of"].is_null()) {
            let text = item["question"].as_str().unwrap_or_default().trim();
            assert!(text.is_empty() || asked.contains(text), "{name}: {text}");
        }
    }
    assert!(tried >= 20, "only {tried}");
}
