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
    for (name, file, code) in [
        ("other.xlsx", theirs, "workbook-of-another-assessment"),
        ("own.xlsx", fixture("workbooks/own-sorted.xlsx"), "workbook-of-another-template"),
        ("cut.xlsx", cut, "truncated"),
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

/// A questionnaire of somebody else's, answered, as one would come out of a mail.
const ANOTHER: &str = "\
No.,Question,Your answer,Comment
1,Which product do these answers describe?,\"Northwind Desk, Enterprise plan\",
2,Do you have a written AI policy approved by your management?,\"Yes, reviewed within the last 12 months\",Signed in March
3,\"For how many days is what customers enter into the AI kept by default?\",30 days,
4,Do you have fire extinguishers in every office?,Yes,
5,Is customer data used for training AI models?,Never,
6,Who is accountable for the AI in the product?,Our CTO,
7,Are our people told that they are dealing with AI?,,
";

#[tokio::test]
async fn a_strangers_workbook_answers_what_it_surely_answers_and_asks_about_the_rest() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let text = |text: &str| json!({ "kind": "text", "text": text });
    answer(
        &vendor,
        &asked.assessment,
        &[("PROD-1", text("Northwind Desk")), ("PROD-2", json!({ "kind": "choice", "option": "both" }))],
    )
    .await;
    let upload = async || vendor.upload(&imports(&asked), &[], ("theirs.csv", ANOTHER.as_bytes().to_vec())).await;
    let preview = upload().await.expect(201, "read").json();
    let rows = preview["rows"].as_array().expect("rows");
    let of = |cell: &str| rows.iter().find(|row| row["place"] == cell).unwrap_or_else(|| panic!("{cell}: {preview}"));
    let verdict = |cell: &str| (of(cell)["verdict"].clone(), of(cell)["question"].clone());
    assert_eq!(verdict("csv!C2"), (json!("conflict"), json!("PROD-1")), "what stands there is not overwritten unasked");
    assert_eq!(verdict("csv!C3"), (json!("new"), json!("A.2.2-1")));
    assert_eq!(verdict("csv!C4"), (json!("new"), json!("A.7.2-4")));
    assert_eq!(verdict("csv!C5"), (json!("unknown"), json!(null)), "it asks something else");
    assert_eq!(verdict("csv!C6"), (json!("ask"), json!("A.7.2-1")));
    assert_eq!(verdict("csv!C7"), (json!("ask"), json!("A.3.2-1")), "no option says it: which is meant?");
    assert_eq!(verdict("csv!C8"), (json!("skipped"), json!(null)), "nobody wrote anything there");

    let places: Vec<&str> = rows.iter().filter_map(|row| row["place"].as_str()).collect();
    assert_eq!(
        places,
        ["csv!C2", "csv!C3", "csv!C4", "csv!C5", "csv!C6", "csv!C7", "csv!C8"],
        "as they stand in the file"
    );
    let id = preview["id"].as_str().expect("an id").to_owned();
    let page = vendor.get(&format!("/portal/{}/imports/{id}", asked.assessment)).await.expect(200, "the page").text;
    assert!(page.contains("Is customer data used for training AI models?"), "the row's own words: {page}");
    vendor.post(&format!("/api/v1/imports/{id}/apply"), &json!({})).await.expect(200, "what is sure");
    let reply = async |question: &str| {
        let path = format!("/api/v1/assessments/{}/answers/{question}", asked.assessment);
        vendor.read(&path).await["reply"].clone()
    };
    assert_eq!(reply("A.2.2-1").await["option"], "current");
    assert_eq!(reply("A.7.2-4").await["number"], 30.0);
    assert_eq!(reply("A.7.2-1").await, json!(null), "a doubt is nobody's answer");
    assert_eq!(reply("PROD-1").await["text"], "Northwind Desk");

    let again = upload().await.expect(201, "again").json();
    let rows = again["rows"].as_array().expect("rows");
    let doubtful = rows.iter().find(|row| row["place"] == "csv!C6").expect("still asked")["id"].clone();
    let id = again["id"].as_str().expect("an id");
    vendor.post(&format!("/api/v1/imports/{id}/apply"), &json!({ "rows": [doubtful] })).await.expect(200, "yes, it is");
    assert_eq!(reply("A.7.2-1").await["option"], "never");
    vendor.post(&format!("/api/v1/imports/{id}/undo"), &json!({})).await.expect(200, "taken back");
    assert_eq!(reply("A.7.2-1").await, json!(null));
    server.finish().await;
}
