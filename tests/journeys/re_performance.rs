//! An auditor does a decision again: from the exported log, the anchor and the binary, without the installation, after
//! everything that the decision rested on has changed. `docs/re-performance.md` says the same in words.

use crate::harness::way::{answer, ask, confirm_tier, enter, feature, in_days, replies, submit, whole_profile};
use crate::harness::{Server, Value, candor};
use domain::access::Role;
use domain::audit::file::{DECIDED, Line};
use domain::judging::decision::{Record, recompute};
use domain::scoring::{canonical, score_documents, sha256};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

const BUYER: &str = "Harbour Bank";

/// What an auditor has on a machine of their own.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.file(name), text).expect("written");
        self.file(name)
    }

    /// Runs the binary where no installation is.
    fn run(&self, arguments: &[&str], files: &[&Path]) -> Output {
        let mut command = candor(arguments);
        command.args(files).current_dir(self.folder.path()).env("CANDOR_DATA_DIR", "/nonexistent");
        command.output().expect("the binary")
    }

    fn log_is_whole(&self, log: &Path) -> (Option<i32>, String) {
        let (anchor, decisions) = (self.file("anchor.json"), self.file("decisions"));
        let paths = [Path::new("--anchor"), &anchor, Path::new("--decisions"), &decisions, log];
        let output = self.run(&["audit", "verify"], &paths);
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    }

    fn record_holds(&self, record: &Path, hash: &str) -> Option<i32> {
        self.run(&["decision", "verify", "--sha256", hash], &[record]).status.code()
    }

    /// The one file with that ending among the decisions.
    fn decision(&self, ending: &str) -> PathBuf {
        let all = std::fs::read_dir(self.file("decisions")).expect("a folder");
        let paths = all.map(|entry| entry.expect("an entry").path());
        let mut found = paths.filter(|path| path.to_string_lossy().ends_with(ending));
        let path = found.next().unwrap_or_else(|| panic!("no {ending}"));
        assert!(found.next().is_none(), "one decision, one {ending}");
        path
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("readable")
}

/// Decides, changes everything since, and takes away what an auditor takes: anchor, log, and the record from its page.
async fn audited() -> (Desk, Vec<String>, String) {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (analyst, approver) = (server.person(BUYER, Role::Analyst).await, server.person(BUYER, Role::Approver).await);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let score = format!("/api/v1/assessments/{}/score", asked.assessment);
    analyst.post(&score, &json!({})).await.expect(201, "stored");
    let api = format!("/api/v1/engagements/{}", asked.engagement);
    confirm_tier(&analyst, &asked.engagement).await;
    let approve = json!({ "kind": "approved_with_conditions", "conditions": [
        { "what": "No training on our data", "clause": true, "due_on": in_days(30) }
    ] });
    let made = approver.post(&format!("{api}/decisions"), &approve).await.expect(201, "decided").json();
    let decision = made["id"].as_str().expect("an id").to_owned();

    // A year is long: another profile, other numbers of the analyst's, another score.
    let mut profile = whole_profile();
    profile["exposure"] = json!("public");
    profile["personal_data"] = json!("sensitive");
    let body = json!({ "name": "Desk", "business_function": "Service", "owner": "Lee", "profile": profile });
    buyer.put(&api, &body).await.expect(200, "changed");
    let own = json!({ "domain": "privacy_security", "severity": 5, "likelihood": 5, "reason": "Client files." });
    analyst.post(&format!("{api}/overrides"), &own).await.expect(200, "replaced");
    let now = analyst.post(&score, &json!({})).await.expect(201, "scored anew").json();

    let desk = Desk { folder: tempfile::tempdir().expect("a folder") };
    let anchor = server.candor(&["audit", "anchor"]);
    desk.put("anchor.json", &String::from_utf8(anchor.stdout).expect("UTF-8"));
    let auditor = server.person(BUYER, Role::Auditor).await;
    let record = auditor.get(&format!("/decisions/{decision}/record")).await.expect(200, "the record").text;
    let log = auditor.get("/audit/export").await.expect(200, "the log").text;
    assert!(!record.contains(now["output"]["inputs_sha256"].as_str().expect("a hash")), "it is scored otherwise now");
    server.finish().await;
    (desk, log.lines().map(str::to_owned).collect(), record)
}

/// The position of the decision's entry in the log.
fn decided_at(lines: &[String]) -> usize {
    let mark = format!("\"action\":\"{DECIDED}\"");
    lines.iter().position(|line| line.contains(&mark)).expect("the decision is in the log")
}

/// The record with a question that weighs less, its score computed anew: well made throughout.
fn forged(record: &str) -> String {
    let mut record: Record = serde_json::from_str(record).expect("a record");
    let (policy, input) = (record.policy.clone().expect("a policy"), record.input.as_mut().expect("an input"));
    let question =
        input["questions"].as_array_mut().expect("questions").iter_mut().find(|row| row["weight"] == json!(3));
    question.expect("one that weighs 3")["weight"] = json!(1);
    let output = score_documents(&canonical(&policy), &canonical(input)).expect("a score");
    record.output = Some(serde_json::to_string(&output).expect("JSON"));
    record.freeze().expect("it holds by itself").text
}

#[tokio::test]
async fn an_auditor_performs_a_decision_again_without_the_installation() {
    let (desk, lines, from_page) = audited().await;
    let log = desk.put("log.jsonl", &lines.iter().map(|line| format!("{line}\n")).collect::<String>());

    // 1. The log is whole up to the anchor, and gives the decision's documents.
    let (code, said) = desk.log_is_whole(&log);
    assert!(code == Some(0) && said.contains("1 decisions re-performed"), "{code:?}: {said}");
    assert!(said.contains("decision 1 on Support assistant of Northwind: approved_with_conditions"), "{said}");

    // 2. The record is the one from its page, and its hash is the one in the chain.
    let record = desk.decision(".record.json");
    assert_eq!(read(&record), from_page);
    let at = decided_at(&lines);
    let entry: Line = serde_json::from_str(&lines[at]).expect("an entry");
    let details: Value = serde_json::from_str(entry.details.as_ref().expect("details")).expect("JSON");
    let hash = details["sha256"].as_str().expect("a hash").to_owned();
    assert_eq!(sha256(&read(&record)), hash);
    assert_eq!(desk.record_holds(&record, &hash), Some(0));

    // 3. Policy and input give the same score, byte for byte.
    let (policy, input) = (desk.decision(".policy.json"), desk.decision(".input.json"));
    let paths = [Path::new("--policy"), &policy, Path::new("--input"), &input];
    let again = desk.run(&["score", "--json"], &paths);
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(String::from_utf8(again.stdout).expect("UTF-8"), read(&desk.decision(".score.json")));

    // A record that somebody rewrote holds by itself, and not against the chain.
    let forged = forged(&from_page);
    assert!(recompute(&forged, &sha256(&forged)).is_ok(), "the forgery itself is well made");
    let file = desk.put("forged.json", &forged);
    assert_eq!(desk.run(&["decision", "verify"], &[&file]).status.code(), Some(0));
    assert_eq!(desk.record_holds(&file, &hash), Some(1));
    let raised = from_page.replacen("\"weight\":3", "\"weight\":2", 1);
    assert_ne!(raised, from_page);
    let raised = desk.put("raised.json", &raised);
    assert_eq!(desk.run(&["decision", "verify"], &[&raised]).status.code(), Some(1), "not even by itself");

    // So does the log, wherever it is put in.
    let with = |change: &dyn Fn(&mut Line)| {
        let mut line: Line = serde_json::from_str(&lines[at]).expect("an entry");
        change(&mut line);
        let mut changed = lines.clone();
        changed[at] = serde_json::to_string(&line).expect("JSON");
        desk.put("changed.jsonl", &changed.iter().map(|line| format!("{line}\n")).collect::<String>())
    };
    let broken = |log: &Path, word: &str| {
        let (code, said) = desk.log_is_whole(log);
        let names = said.contains(&format!("line {}: entry {at} ", at + 1)) && said.contains(word);
        assert!(code == Some(1) && names, "{word}: {code:?}, {said}");
    };
    broken(&with(&|line| line.record = Some(forged.clone())), "its record is not the one that was decided on");
    broken(&with(&|line| line.record = None), "its record is missing");
    let other_hash = sha256(&forged);
    let consistent = |line: &mut Line| {
        line.record = Some(forged.clone());
        line.details = line.details.as_ref().map(|details| details.replace(&hash, &other_hash));
    };
    broken(&with(&consistent), "details");
}
