//! The workbook on its way out, through a person's hands, and back.

use crate::harness::hand::type_in;
use crate::harness::way::{Asked, answer, ask, enter, feature, questionnaire, replies, submit};
use crate::harness::{Server, Session, Value, fixture};
use domain::access::Role;
use domain::answer::Reply;
use serde_json::json;
use std::collections::BTreeMap;

const BUYER: &str = "Harbour Bank";

fn imports(asked: &Asked) -> String {
    format!("/api/v1/assessments/{}/imports", asked.assessment)
}

async fn download(who: &Session, asked: &Asked) -> Vec<u8> {
    let file = who.get(&format!("/api/v1/assessments/{}/workbook", asked.assessment)).await.expect(200, "the workbook");
    assert!(file.header("content-disposition").contains("attachment"), "{}", file.header("content-disposition"));
    file.bytes
}

/// By question, its verdict and the reply that would be saved.
fn verdicts(preview: &Value) -> BTreeMap<String, (String, Value)> {
    let rows = preview["rows"].as_array().expect("rows");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(&row["question"]), (text(&row["verdict"]), row["proposed"]["reply"].clone()))).collect()
}

#[tokio::test]
async fn its_own_answers_come_back_unchanged() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let given = replies(&[feature("Reply Drafter"), feature("Ticket Sorter")]);
    answer(&vendor, &asked.assessment, &given).await;
    let file = download(&vendor, &asked).await;
    let preview = vendor.upload(&imports(&asked), &[], ("answers.xlsx", file)).await.expect(201, "read").json();
    let verdicts = verdicts(&preview);
    for (question, _) in &given {
        assert_eq!(verdicts[*question].0, "unchanged", "{question}: {preview}");
    }
    assert_eq!(verdicts.len(), given.len());
    server.finish().await;
}

#[tokio::test]
async fn answers_given_elsewhere_arrive_in_one_step() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let given = replies(&[feature("Reply Drafter")]);
    let file = filled(&download(&vendor, &asked).await, &given);
    let preview = vendor.upload(&imports(&asked), &[], ("answers.xlsx", file)).await.expect(201, "read").json();
    let found = verdicts(&preview);
    let simple = given.iter().filter(|(question, _)| *question != "REG-1");
    for (question, reply) in simple.clone() {
        assert_eq!(found[*question], ("new".to_owned(), reply.clone()), "{question}");
    }
    let before = vendor.read(&format!("/api/v1/assessments/{}/answers", asked.assessment)).await;
    assert!(before["items"].as_array().expect("items").iter().all(|item| item["revision"] == 0), "only a preview");

    let id = preview["id"].as_str().expect("an id");
    let applied = vendor.post(&format!("/api/v1/imports/{id}/apply"), &json!({})).await.expect(200, "applied").json();
    assert_eq!(applied["changed"], simple.count());
    let path = format!("/api/v1/assessments/{}/answers/PROD-2", asked.assessment);
    let answer = vendor.read(&path).await;
    assert_eq!(answer["source"]["kind"], "imported");
    assert_eq!(answer["reply"]["option"], "other_models");
    vendor.post(&format!("/api/v1/imports/{id}/apply"), &json!({})).await.expect(409, "applied already");
    vendor.post(&format!("/api/v1/imports/{id}/undo"), &json!({})).await.expect(200, "taken back");
    assert_eq!(vendor.read(&path).await["reply"], Value::Null);
    server.finish().await;
}

#[tokio::test]
async fn what_was_typed_meanwhile_is_a_conflict_and_is_not_written_over() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let choice = |option: &str| json!({ "kind": "choice", "option": option });
    let file = filled(&download(&vendor, &asked).await, &[("A.2.2-1", choice("current")), ("PROD-2", choice("both"))]);
    // A workbook's moment counts whole seconds.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    answer(&vendor, &asked.assessment, &[("A.2.2-1", choice("draft"))]).await;
    let preview = vendor.upload(&imports(&asked), &[], ("answers.xlsx", file)).await.expect(201, "read").json();
    let found = verdicts(&preview);
    assert_eq!((found["A.2.2-1"].0.as_str(), found["PROD-2"].0.as_str()), ("conflict", "new"));
    let id = preview["id"].as_str().expect("an id");
    vendor.post(&format!("/api/v1/imports/{id}/apply"), &json!({})).await.expect(200, "applied");
    let kept = vendor.read(&format!("/api/v1/assessments/{}/answers/A.2.2-1", asked.assessment)).await;
    assert_eq!(kept["reply"]["option"], "draft");
    server.finish().await;
}

#[tokio::test]
async fn files_that_are_not_this_workbook_are_refused_with_a_reason() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (asked, other) = (ask(&buyer, "Northwind").await, ask(&buyer, "Contoso").await);
    let (vendor, elsewhere) = (enter(&server, &asked).await, enter(&server, &other).await);
    let theirs = download(&elsewhere, &other).await;
    let mut cut = theirs.clone();
    cut.truncate(theirs.len() / 2);
    let stranger = fixture("workbooks/azure-ai-landing-zone.en.xlsx");
    for (name, file, code) in [
        ("other.xlsx", theirs, "workbook-of-another-assessment"),
        ("own.xlsx", fixture("workbooks/own-sorted.xlsx"), "workbook-of-another-template"),
        ("cut.xlsx", cut, "truncated"),
        ("stranger.xlsx", stranger, "not-our-workbook"),
        ("picture.png", b"\x89PNG\r\n\x1a\n and so on".to_vec(), "not-a-workbook"),
        ("empty.xlsx", vec![], "empty"),
    ] {
        let refused = vendor.upload(&imports(&asked), &[], (name, file)).await.expect(422, name);
        let refusals = refused.refusals();
        let expected = if code == "empty" { vec!["file: required", ": empty"] } else { vec![] };
        let fits =
            refusals.iter().any(|found| found.ends_with(&format!(": {code}")) || expected.contains(&found.as_str()));
        assert!(fits, "{name}: {refusals:?}");
    }
    server.finish().await;
}

#[tokio::test]
async fn nothing_can_be_imported_once_submitted() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let file = filled(&download(&vendor, &asked).await, &[("PROD-2", json!({ "kind": "choice", "option": "both" }))]);
    let preview = vendor.upload(&imports(&asked), &[], ("a.xlsx", file.clone())).await.expect(201, "read").json();
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submit");
    vendor.upload(&imports(&asked), &[], ("a.xlsx", file)).await.expect(409, "too late");
    let path = format!("/api/v1/imports/{}/apply", preview["id"].as_str().expect("an id"));
    let late = vendor.post(&path, &json!({})).await;
    assert!(matches!(late.status, 409 | 412), "{}", late.text);
    download(&vendor, &asked).await;
    server.finish().await;
}

/// The workbook with replies typed in, in the words that its lists offer.
fn filled(file: &[u8], replies: &[(&str, Value)]) -> Vec<u8> {
    let document = questionnaire();
    let typed = replies.iter().filter_map(|(id, reply)| {
        let question = document.question(id)?;
        let reply: Reply = serde_json::from_value(reply.clone()).expect("a reply");
        (!matches!(reply, Reply::Table { .. })).then(|| ((*id).to_owned(), reply.in_words(question)))
    });
    type_in(file, &typed.collect())
}
