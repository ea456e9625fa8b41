//! The exported log, checked by the binary with nothing but the anchor: whole, and in the hands of somebody who changes it.

use crate::harness::way::{ask, enter, feature, replies, submit};
use crate::harness::{Server, candor, way};
use candor::platform::clock::Clock;
use candor::platform::signing::Signer;
use domain::access::Role;
use domain::audit::GENESIS;
use domain::audit::file::{Closing, Header, Line};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const OWNER: &str = "Harbour Bank";

/// An exported log and the anchor that was kept, in a folder of their own.
struct Taken {
    folder: TempDir,
    log: String,
}

impl Taken {
    async fn from(server: &Server) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("anchor.json"), anchor(server)).expect("written");
        let log = exported(server).await;
        Self { folder, log }
    }

    fn lines(&self) -> Vec<String> {
        self.log.lines().map(str::to_owned).collect()
    }

    /// The exit code and what was said of a log made of these lines.
    fn verified(&self, lines: &[String]) -> (Option<i32>, String) {
        let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        self.verified_text(&text)
    }

    fn verified_text(&self, text: &str) -> (Option<i32>, String) {
        let file = self.folder.path().join("log.jsonl");
        std::fs::write(&file, text).expect("written");
        verify(&file, &self.folder.path().join("anchor.json"))
    }
}

/// Runs the verifier where there is no installation.
fn verify(file: &Path, anchor: &Path) -> (Option<i32>, String) {
    let nowhere = tempfile::tempdir().expect("a folder");
    let paths = [file, anchor].map(|path| path.to_str().expect("UTF-8"));
    let output = candor(&["audit", "verify", paths[0], "--anchor", paths[1]])
        .current_dir(nowhere.path())
        .env("CANDOR_DATA_DIR", "/nonexistent")
        .output()
        .expect("the binary");
    assert_eq!(std::fs::read_dir(nowhere.path()).expect("a folder").count(), 0, "it left something behind");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), said)
}

fn anchor(server: &Server) -> String {
    let output = server.candor(&["audit", "anchor"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

async fn exported(server: &Server) -> String {
    let answer = server.program(OWNER, Role::Auditor).get("/api/v1/audit/export").await.expect(200, "export");
    assert!(answer.header("content-disposition").starts_with("attachment;"), "{:?}", answer.headers);
    assert_eq!(answer.header("content-type"), "application/jsonl");
    answer.text
}

/// An installation with a scored assessment.
async fn scored() -> Server {
    let (server, _) = Server::set_up(OWNER).await;
    let asked = ask(&server.program(OWNER, Role::Procurement), "Northwind").await;
    let vendor = enter(&server, &asked).await;
    way::answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submit");
    let analyst = server.program(OWNER, Role::Analyst);
    let score = format!("/api/v1/assessments/{}/score", asked.assessment);
    assert!(analyst.post(&score, &serde_json::json!({})).await.status < 300);
    server.jobs_done().await;
    server
}

fn position(lines: &[String], action: &str) -> usize {
    let mark = format!("\"action\":\"{action}\"");
    lines.iter().position(|line| line.contains(&mark)).unwrap_or_else(|| panic!("no {action}"))
}

#[tokio::test]
async fn a_log_proves_itself_without_the_installation() {
    let server = scored().await;
    let taken = Taken::from(&server).await;
    let (code, said) = taken.verified(&taken.lines());
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("whole") && said.contains("1 scores computed again"), "{said}");
    let entries = taken.lines().len() - 2;
    assert!(said.contains(&format!("{entries} entries")), "{said}");
    // The page gives the same, one entry later: that it was exported is an entry of its own.
    let auditor = server.person(OWNER, Role::Auditor).await;
    let page = auditor.get("/audit/export").await.expect(200, "export").text;
    assert!(page.lines().count() > taken.lines().len());
    assert!(page.lines().rev().nth(1).expect("the last entry").contains("\"action\":\"audit.exported\""));
    assert_eq!(taken.verified_text(&page).0, Some(0));
    server.finish().await;
}

#[tokio::test]
async fn every_change_is_named_where_it_was_made() {
    let server = scored().await;
    let taken = Taken::from(&server).await;
    let lines = taken.lines();
    let last = lines.len() - 1;
    let mut tried = 0;
    let mut broken = |what: &str, changed: Vec<String>, line: usize, entry: usize, word: &str| {
        let (code, said) = taken.verified(&changed);
        let names = said.contains(&format!("line {}: entry {entry} ", line + 1)) && said.contains(word);
        assert!(code == Some(1) && names, "{what}: {code:?}, {said}");
        tried += 1;
    };
    // Each entry left out; the first is line 2.
    for at in 1..last {
        let mut changed = lines.clone();
        changed.remove(at);
        let what = format!("without line {}", at + 1);
        broken(&what, changed, at, at, "is missing");
    }
    let with = |at: usize, change: &dyn Fn(&mut Line)| {
        let mut line: Line = serde_json::from_str(&lines[at]).expect("an entry");
        change(&mut line);
        let mut changed = lines.clone();
        changed[at] = serde_json::to_string(&line).expect("JSON");
        changed
    };
    let other: Line = serde_json::from_str(&lines[3]).expect("an entry");
    broken("swapped details", with(2, &|line| line.details.clone_from(&other.details)), 2, 2, "details");
    broken(
        "swapped details with their salt",
        with(2, &|line| (line.salt, line.details) = (other.salt.clone(), other.details.clone())),
        2,
        2,
        "details",
    );
    broken("another subject", with(4, &|line| line.entry.subject_kind = "nothing".into()), 4, 4, "hash");
    broken(
        "another action, hashed again",
        with(4, &|line| {
            line.entry.action = "nothing".into();
            line.hash = hex::encode(line.entry.hash());
        }),
        4,
        4,
        "signature",
    );
    broken("another signature", with(5, &|line| line.signature.clone_from(&other.signature)), 5, 5, "signature");
    let at = position(&lines, "assessment.scored");
    broken("no score", with(at, &|line| line.score = None), at, at, "score is missing");
    let cheaper = |line: &mut Line| {
        let score = line.score.as_mut().expect("a score");
        score.output = score.output.replacen("\"residual\":", "\"residual\":1", 1);
    };
    broken("another score", with(at, &cheaper), at, at, "score");
    let policy = |line: &mut Line| {
        let score = line.score.as_mut().expect("a score");
        score.policy = score.policy.replacen("0.5", "0.6", 1).replacen("0.25", "0.26", 1);
    };
    broken("another policy", with(at, &policy), at, at, "policy or input");
    broken(
        "a score that nothing names",
        with(2, &|line| line.score = Some(score_of(&lines[at]))),
        2,
        2,
        "does not name",
    );
    let mut swapped = lines.clone();
    swapped.swap(3, 4);
    broken("two entries swapped", swapped, 3, 3, "is missing");
    let mut doubled = lines.clone();
    doubled.insert(3, lines[3].clone());
    broken("an entry twice", doubled, 4, 4, "is missing");
    let mut garbled = lines.clone();
    garbled[4].truncate(60);
    broken("half a line", garbled, 4, 4, "cannot be read");
    let mut more = lines.clone();
    more.push(lines[last].clone());
    broken("something after the end", more, last + 1, last, "after the end");
    broken("no end", lines[..last].to_vec(), last, last, "is missing");
    let mut other_end = lines.clone();
    other_end[last] = other_end[last].replacen("\"sequence\":", "\"sequence\":1", 1);
    broken("an end that lies ahead", other_end, last, last, "is missing");
    println!("{tried} changes tried, each named");
    server.finish().await;
}

fn score_of(line: &str) -> domain::audit::file::Score {
    serde_json::from_str::<Line>(line).expect("an entry").score.expect("a score")
}

/// The log signed once more from some entry on, with the key of this signer; the rest cut off before `until`.
fn signed_again(lines: &[String], signer: &Signer, from: usize, until: usize) -> Vec<String> {
    let key = signer.current();
    let mut header: Header = serde_json::from_str(&lines[0]).expect("the beginning");
    header.keys = vec![hex::encode(key.public())];
    let mut again = vec![serde_json::to_string(&header).expect("JSON")];
    let mut previous = hex::encode(GENESIS);
    let mut organisation = None;
    for (at, line) in lines.iter().enumerate().take(until).skip(1) {
        let mut line: Line = serde_json::from_str(line).expect("an entry");
        if at >= from {
            line.entry.previous.clone_from(&previous);
            let hash = line.entry.hash();
            line.hash = hex::encode(hash);
            line.signature = hex::encode(key.sign(&hash));
        }
        previous.clone_from(&line.hash);
        organisation = Some(line.entry.organisation);
        again.push(serde_json::to_string(&line).expect("JSON"));
    }
    let head = domain::audit::file::ClosingHead {
        organisation: organisation.expect("an entry"),
        sequence: i64::try_from(until - 1).expect("small"),
        hash: previous,
    };
    let signature = hex::encode(key.sign(&head.message()));
    again.push(serde_json::to_string(&Closing { head, signature }).expect("JSON"));
    again
}

fn key_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(name)
}

#[tokio::test]
async fn a_forged_key_and_a_cut_tail_are_told_from_the_anchor() {
    let server = scored().await;
    let taken = Taken::from(&server).await;
    let lines = taken.lines();
    let last = lines.len() - 1;
    let forger = Signer::open(&key_file(taken.folder.path(), "forged.key"), &Clock::system()).expect("a key");
    let (code, said) = taken.verified(&signed_again(&lines, &forger, 1, last));
    assert!(code == Some(1) && said.contains("line 2: entry 1 was changed"), "{said}");
    let (code, said) = taken.verified(&signed_again(&lines, &forger, 6, last));
    assert!(code == Some(1) && said.contains("line 7: entry 6 was changed"), "{said}");
    // Whoever has the key itself can cut the end off and sign the new one; the anchor remembers how far it went.
    let own = Signer::open(&server.data_dir().join("installation.key"), &Clock::system()).expect("the key");
    assert_eq!(taken.verified(&signed_again(&lines, &own, last, last)).0, Some(0), "the forgery itself is well made");
    let (code, said) = taken.verified(&signed_again(&lines, &own, last, 8));
    assert!(code == Some(1) && said.contains("entry 8 is missing"), "{said}");
    // The same with an entry rewritten before the anchored head.
    let (code, said) = taken.verified(&signed_again(&lines, &own, 3, last).tap(|line| line.replace("link", "mail")));
    assert_eq!(code, Some(1), "{said}");
    server.finish().await;
}

trait Tap {
    fn tap(self, change: impl Fn(&str) -> String) -> Self;
}

impl Tap for Vec<String> {
    /// Changes the details of the third entry alone.
    fn tap(mut self, change: impl Fn(&str) -> String) -> Self {
        let mut line: Line = serde_json::from_str(&self[3]).expect("an entry");
        line.details = line.details.map(|details| change(&details) + " ");
        self[3] = serde_json::to_string(&line).expect("JSON");
        self
    }
}

#[tokio::test]
async fn what_is_no_log_is_refused_as_such() {
    let server = scored().await;
    let taken = Taken::from(&server).await;
    for (text, word) in [("", "line 1"), ("{}\n", "line 1"), ("\u{1}\u{2}", "line 1")] {
        let (code, said) = taken.verified_text(text);
        assert!(code == Some(2) && said.contains("log.jsonl") && said.contains(word), "{text:?}: {said}");
    }
    let log = taken.folder.path().join("log.jsonl");
    std::fs::write(&log, &taken.log).expect("written");
    let (code, said) = verify(&log, &taken.folder.path().join("none.json"));
    assert!(code == Some(2) && said.contains("none.json"), "{said}");
    let anchor = taken.folder.path().join("other.json");
    std::fs::write(&anchor, "{\"format\":\"candor-audit-anchor-1\",\"keys\":[],\"heads\":[]}").expect("written");
    let (code, said) = verify(&log, &anchor);
    assert!(code == Some(2) && said.contains("keys"), "{said}");
    // Another installation's anchor knows nothing of this organisation.
    let (elsewhere, _) = Server::set_up("Second Bank").await;
    std::fs::write(&anchor, self::anchor(&elsewhere)).expect("written");
    let (code, said) = verify(&log, &anchor);
    assert!(code == Some(2) && said.contains("no head of organisation"), "{said}");
    elsewhere.finish().await;
    server.finish().await;
}

#[tokio::test]
async fn a_new_key_takes_over_while_the_server_runs_and_old_entries_stay_verifiable() {
    let server = scored().await;
    let before = Taken::from(&server).await;
    let old_key = std::fs::read_to_string(server.data_dir().join("installation.key")).expect("the key");
    let rotated = server.candor(&["audit", "rotate-key"]);
    let said = String::from_utf8_lossy(&rotated.stdout).into_owned();
    assert!(rotated.status.success(), "{said}{}", String::from_utf8_lossy(&rotated.stderr));
    assert!(said.contains("2 chains handed over"), "{said}");
    assert!(!said.contains(old_key.trim()), "a secret was printed");
    // The running server goes on with the key that the chains name; a new chain begins with it.
    let program = server.program(OWNER, Role::Procurement);
    program.make("/api/v1/vendors", &serde_json::json!({ "name": "Fabrikam" })).await;
    server.further_organisation("Second Bank").await;
    let after = Taken::from(&server).await;
    let (code, said) = after.verified(&after.lines());
    assert_eq!(code, Some(0), "{said}");
    // An anchor from before knows the old key alone, and learns the new one from the entry that both signed.
    let (code, said) = before.verified(&after.lines());
    assert_eq!(code, Some(0), "{said}");
    let lines = after.lines();
    let at = position(&lines, "audit.key_rotated");
    // Nobody else can have themselves named: an entry that hands over to a key that has not signed is refused.
    let own = Signer::open(&server.data_dir().join("installation.key"), &Clock::system()).expect("the key");
    assert_eq!(own.keys().len(), 2);
    let mut line: Line = serde_json::from_str(&lines[at]).expect("an entry");
    line.details =
        line.details.map(|details| details.replace(&hex::encode(own.keys()[1]), &hex::encode(own.keys()[0])));
    let mut changed = lines.clone();
    changed[at] = serde_json::to_string(&line).expect("JSON");
    assert_eq!(after.verified(&changed).0, Some(1));
    // Once more, and the file keeps what it retired.
    assert!(server.candor(&["audit", "rotate-key"]).status.success());
    let text = std::fs::read_to_string(server.data_dir().join("installation.key")).expect("the key");
    assert_eq!(text.matches("retired ").count(), 2, "{}", text.lines().count());
    assert!(!text.contains(old_key.trim()), "the old secret is gone");
    program.make("/api/v1/vendors", &serde_json::json!({ "name": "Contoso" })).await;
    server.finish().await;
}

#[tokio::test]
async fn a_rotation_that_broke_off_is_finished_by_doing_it_again() {
    let server = scored().await;
    let file = server.data_dir().join("installation.key");
    let old = std::fs::read_to_string(&file).expect("the key");
    assert!(server.candor(&["audit", "rotate-key"]).status.success());
    let new = std::fs::read_to_string(&file).expect("the key");
    // As if it had been killed between the commit and the file: the new key waits beside the old one.
    std::fs::write(server.data_dir().join("installation.key.next"), new.lines().next().expect("a key"))
        .expect("written");
    std::fs::write(&file, &old).expect("written");
    let program = server.program(OWNER, Role::Procurement);
    program.make("/api/v1/vendors", &serde_json::json!({ "name": "Fabrikam" })).await;
    let again = server.candor(&["audit", "rotate-key"]);
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(again.status.success() && said.contains("0 chains handed over"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).expect("the key"), new);
    assert!(!server.data_dir().join("installation.key.next").exists());
    server.finish().await;
}
