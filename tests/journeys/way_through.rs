//! The whole way, by the API with a token and the vendor's link: from a new vendor to an entry found in the register.

use crate::harness::way::{
    Asked, answer, answer_path, ask, ask_about, enter, enter_by, feature, in_days, replies, submit, take_up,
};
use crate::harness::{Server, Session, Value, until};
use domain::access::Role;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

async fn state(buyer: &Session, asked: &Asked) -> Value {
    buyer.read(&format!("/api/v1/assessments/{}", asked.assessment)).await["state"].clone()
}

async fn step(buyer: &Session, asked: &Asked, body: Value) {
    let path = format!("/api/v1/assessments/{}/reviews", asked.assessment);
    let done = buyer.post(&path, &body).await;
    assert!(matches!(done.status, 200 | 201), "{body}: {}", done.text);
}

/// Entries that a search finds, by name.
async fn found(buyer: &Session, query: &str) -> Vec<String> {
    let found = buyer.read(&format!("/api/v1/components/search?{query}")).await;
    let items = found["items"].as_array().expect("items");
    items.iter().map(|item| item["component"]["name"].as_str().expect("a name").to_owned()).collect()
}

/// A submitted assessment, and the vendor's session.
async fn submitted(server: &Server, buyer: &Session, name: &str, rows: &[Value]) -> (Asked, Session) {
    let asked = ask(buyer, name).await;
    let vendor = enter(server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(rows)).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submit");
    (asked, vendor)
}

#[tokio::test]
async fn from_a_new_vendor_to_the_register() {
    let (server, _) = Server::set_up(BUYER).await;
    let procurement = server.program(BUYER, Role::Procurement);
    let analyst = server.program(BUYER, Role::Analyst);
    let asked = ask(&procurement, "Northwind Analytics").await;
    assert_eq!(state(&procurement, &asked).await, "sent");

    let mail = server.mail_to(&asked.address, 1).await;
    assert!(mail.subject.contains(BUYER), "{}", mail.subject);
    assert!(mail.text.contains("We look forward to your answers."), "{}", mail.text);
    assert!(mail.html.contains(&mail.link().expect("a link")), "both parts have the link");
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter"), feature("Ticket Sorter")])).await;
    assert_eq!(state(&procurement, &asked).await, "in_progress");
    let receipt = submit(&vendor, &asked.assessment).await.expect(200, "submit").json();
    assert_eq!(receipt["answers_sha256"].as_str().map(str::len), Some(64));
    assert_eq!(receipt["round"], 1);
    assert_eq!(state(&procurement, &asked).await, "submitted");
    let path = answer_path(&asked.assessment, "PROD-2");
    let change = json!({ "reply": { "kind": "choice", "option": "no" }, "comment": null });
    vendor.put(&path, &change).await.expect(409, "submitted answers are frozen");

    step(&analyst, &asked, json!({ "step": "take" })).await;
    let score = analyst.post(&format!("/api/v1/assessments/{}/score", asked.assessment), &json!({})).await;
    let score = score.expect(201, "score").json();
    assert_eq!(score["state"], "scored");
    let output = &score["output"];
    assert_eq!(output["domains"].as_array().map(Vec::len), Some(7));
    assert!(output["residual"].as_f64().is_some_and(|residual| residual > 0.0));
    step(&analyst, &asked, json!({ "step": "finish" })).await;
    assert_eq!(state(&analyst, &asked).await, "reviewed");

    assert!(found(&analyst, "q=drafter").await.is_empty(), "nothing enters the register unseen");
    take_up(&analyst).await;
    until("the declared features to be found", async || {
        (found(&analyst, "q=drafter").await == ["Reply Drafter"]).then_some(())
    })
    .await;
    assert_eq!(found(&analyst, "q=dratfer").await, ["Reply Drafter"], "a typing error");
    assert_eq!(found(&analyst, "q=tick").await, ["Ticket Sorter"], "a beginning");
    assert_eq!(found(&analyst, "filter=vendor:Northwind%20Analytics").await.len(), 2);
    let entry = analyst.read("/api/v1/components/search?q=drafter").await["items"][0]["component"].clone();
    assert_eq!(entry["fields"]["default_state"], "off");
    let history = analyst.read(&format!("/api/v1/components/{}/history", entry["id"].as_str().expect("an id"))).await;
    let of_answer = |fact: &Value| {
        (&fact["source"]["question"], &fact["source"]["assessment"]) == (&json!("REG-1"), &json!(asked.assessment))
    };
    let facts = history["items"].as_array().expect("facts");
    assert!(facts.len() >= 7 && facts.iter().all(of_answer), "each fact names the answer it came from: {history}");
    server.finish().await;
}

#[tokio::test]
async fn looking_at_a_link_changes_nothing() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let auditor = server.program(BUYER, Role::Auditor);
    let asked = ask(&buyer, "Northwind").await;
    let link = server.mail_to(&asked.address, 1).await.link().expect("a link");
    server.jobs_done().await;
    let log = auditor.read("/api/v1/audit?limit=200").await;
    let scanner = server.session();
    for _ in 0..3 {
        let page = scanner.get(server.path(&link)).await.expect(200, "a mail scanner looks");
        assert!(page.text.contains(BUYER), "who asks");
    }
    scanner.get(&format!("/portal/{}", asked.assessment)).await.expect(401, "looking lets nobody in");
    assert_eq!(state(&buyer, &asked).await, "sent");
    assert_eq!(auditor.read("/api/v1/audit?limit=200").await, log, "nothing was recorded");
    enter_by(&server, &link).await;
    assert_ne!(auditor.read("/api/v1/audit?limit=200").await, log, "entering was");
    enter_by(&server, &link).await;
    assert!(!server.log().contains(link.rsplit('/').next().expect("a secret")), "a secret stands in the log");
    server.finish().await;
}

#[tokio::test]
async fn a_link_opens_its_own_assessment_and_no_other() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (one, other) = (ask(&buyer, "Northwind").await, ask(&buyer, "Contoso").await);
    let vendor = enter(&server, &one).await;
    vendor.get(&format!("/portal/{}", one.assessment)).await.expect(200, "its own");
    vendor.get(&format!("/portal/{}", other.assessment)).await.expect(401, "another's page");
    vendor.get(&answer_path(&other.assessment, "PROD-1")).await.expect(401, "another's answer");
    vendor.get("/vendors").await.expect(303, "the desk");
    vendor.get("/api/v1/vendors").await.expect(401, "the desk's API");
    server.finish().await;
}

#[tokio::test]
async fn a_recalled_or_revoked_link_is_gone() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let link = server.mail_to(&asked.address, 1).await.link().expect("a link");
    let vendor = enter_by(&server, &link).await;
    let recalled = buyer.post(&format!("/api/v1/assessments/{}/recall", asked.assessment), &json!({})).await;
    assert!(recalled.status < 300, "{}", recalled.text);
    let gone = server.session().get(server.path(&link)).await.expect(410, "recalled");
    let never = server.session().get("/a/never-was-a-link").await.expect(410, "never was");
    let anonymous = |page: &crate::harness::Answer| page.text.replace(page.header("x-request-id"), "");
    assert_eq!(anonymous(&gone), anonymous(&never), "the holder cannot tell which it is");
    vendor.get(&format!("/portal/{}", asked.assessment)).await.expect(401, "the session ended with the link");
    server.finish().await;
}

#[tokio::test]
async fn missing_answers_are_named_and_nothing_is_frozen() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let all = replies(&[feature("Reply Drafter")]);
    answer(&vendor, &asked.assessment, &all[..6]).await;
    let refused = submit(&vendor, &asked.assessment).await.expect(422, "submit").refusals();
    assert!(refused.contains(&"A.9.4-1: answer-required".to_owned()), "{refused:?}");
    assert!(!refused.iter().any(|problem| problem.starts_with("PROD-")), "{refused:?}");
    assert_eq!(state(&buyer, &asked).await, "in_progress");
    answer(&vendor, &asked.assessment, &all[6..]).await;
    let unconfirmed = json!({ "name": "Kim", "title": "Boss", "confirmed": false });
    let path = format!("/api/v1/assessments/{}/submit", asked.assessment);
    let refused = vendor.post(&path, &unconfirmed).await.expect(422, "unconfirmed").refusals();
    assert_eq!(refused, ["confirmed: required"]);
    server.finish().await;
}

#[tokio::test]
async fn a_double_click_submits_once() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    let (one, other) = tokio::join!(submit(&vendor, &asked.assessment), submit(&vendor, &asked.assessment));
    let (one, other) = (one.expect(200, "first"), other.expect(200, "second"));
    assert_eq!(one.json(), other.json(), "the same receipt");
    server.finish().await;
}

#[tokio::test]
async fn named_questions_reopen_and_no_other() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.program(BUYER, Role::Analyst);
    let rows = [feature("Reply Drafter"), feature("Ticket Sorter")];
    let (asked, vendor) = submitted(&server, &buyer, "Northwind", &rows).await;
    take_up(&analyst).await;
    until("the feature to be found", async || (found(&analyst, "q=sorter").await == ["Ticket Sorter"]).then_some(()))
        .await;
    step(&analyst, &asked, json!({ "step": "take" })).await;
    let hidden = json!({ "step": "return", "questions": { "A.7.2-2": "And how?" } });
    let refused = analyst.post(&format!("/api/v1/assessments/{}/reviews", asked.assessment), &hidden).await;
    assert_eq!(refused.expect(422, "it is not asked").refusals(), ["A.7.2-2: unknown"]);
    let questions = json!({ "REG-1": "Is the sorter still offered?" });
    step(&analyst, &asked, json!({ "step": "return", "questions": questions, "due_on": in_days(7) })).await;
    assert_eq!(state(&buyer, &asked).await, "returned");
    let mail = server.mail_to(&asked.address, 3).await;
    assert!(mail.link().is_some(), "invitation, receipt, and now the questions: {}", mail.subject);

    let other = json!({ "reply": { "kind": "choice", "option": "no" }, "comment": null });
    vendor.put(&answer_path(&asked.assessment, "PROD-2"), &other).await.expect(409, "not reopened");
    let table = json!({ "reply": { "kind": "table", "rows": [feature("Reply Drafter")] }, "comment": null });
    vendor.put(&answer_path(&asked.assessment, "REG-1"), &table).await.expect(200, "reopened");
    let again = submit(&vendor, &asked.assessment).await.expect(200, "resubmitted").json();
    assert_eq!(again["round"], 2);
    take_up(&analyst).await;
    until("the feature that is no longer declared to be found no more", async || {
        found(&analyst, "q=sorter").await.is_empty().then_some(())
    })
    .await;
    assert_eq!(found(&analyst, "q=drafter&filter=status:proposed").await, ["Reply Drafter"]);
    let entries = analyst.read("/api/v1/components").await;
    let withdrawn: Vec<_> =
        entries["items"].as_array().expect("items").iter().map(|entry| &entry["withdrawn"]).collect();
    assert_eq!(withdrawn, [false, true], "the same entries, one of them withdrawn");
    server.finish().await;
}

#[tokio::test]
async fn whoever_saves_second_is_told_what_stands_there() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let (one, other) = (enter(&server, &asked).await, enter(&server, &asked).await);
    let path = answer_path(&asked.assessment, "A.2.2-1");
    let save = async |who: &Session, option: &str, revision: &str| {
        let body = json!({ "reply": { "kind": "choice", "option": option }, "comment": null });
        who.send(who.request(reqwest::Method::PUT, &path).header("if-match", revision).json(&body)).await
    };
    let first = save(&one, "current", "\"0\"").await.expect(200, "first");
    assert_eq!(first.header("etag"), "\"1\"");
    let refused = save(&other, "draft", "\"0\"").await.expect(412, "second").json();
    assert_eq!(refused["current"]["reply"]["option"], "current");
    save(&other, "current", "\"0\"").await.expect(200, "the same answer is no conflict");
    save(&other, "draft", "\"1\"").await.expect(200, "knowing what stands there");
    server.finish().await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_one_is_refused_with_its_place() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    for (question, reply, refusal) in [
        ("A.2.2-1", json!({ "kind": "choice", "option": "perhaps" }), "A.2.2-1: not-an-option"),
        ("A.2.2-1", json!({ "kind": "text", "text": "yes" }), "A.2.2-1: wrong-kind-of-answer"),
        ("A.7.2-4", json!({ "kind": "number", "number": 4000.0 }), "A.7.2-4: too-large"),
        ("PROD-1", json!({ "kind": "text", "text": "x".repeat(301) }), "PROD-1: too-long"),
        ("PROD-2", json!({ "kind": "not_applicable", "reason": "no" }), "PROD-2: not-applicable-not-offered"),
    ] {
        let body = json!({ "reply": reply, "comment": null });
        let refused = vendor.put(&answer_path(&asked.assessment, question), &body).await.expect(422, refusal);
        assert_eq!(refused.refusals(), [refusal]);
        assert!(refused.json()["errors"][0]["message"].as_str().is_some_and(|words| words.len() > 10));
    }
    let none = vendor.get(&answer_path(&asked.assessment, "A.2.2-1")).await.expect(200, "nothing was saved").json();
    assert_eq!(none["revision"], 0);
    let body = json!({ "reply": null, "comment": null });
    vendor.put(&answer_path(&asked.assessment, "NO-SUCH"), &body).await.expect(404, "no such question");
    server.finish().await;
}

#[tokio::test]
async fn an_engagement_without_a_whole_profile_is_unscored() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.program(BUYER, Role::Analyst);
    let asked = ask_about(&buyer, "Northwind", &json!({ "personal_data": "ordinary" })).await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submit");
    let score = analyst.read(&format!("/api/v1/assessments/{}/score", asked.assessment)).await;
    assert_eq!((&score["state"], &score["output"]), (&json!("unscored"), &Value::Null));
    assert!(score["missing"].as_array().is_some_and(|missing| missing.contains(&json!("autonomy"))), "{score}");
    let path = format!("/api/v1/assessments/{}/score", asked.assessment);
    analyst.post(&path, &json!({})).await.expect(409, "there is no score to keep");
    server.finish().await;
}

#[tokio::test]
async fn a_stored_score_can_be_computed_again_from_its_input() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.program(BUYER, Role::Analyst);
    let (asked, _) = submitted(&server, &buyer, "Northwind", &[feature("Reply Drafter")]).await;
    let path = format!("/api/v1/assessments/{}/score", asked.assessment);
    let stored = analyst.post(&path, &json!({})).await.expect(201, "stored").json();
    let folder = tempfile::tempdir().expect("a folder");
    let [policy, input] = ["policy.json", "input.json"].map(|name| folder.path().join(name));
    std::fs::write(&policy, candor::actions::content::shipped("policies/default.json")).expect("written");
    std::fs::write(&input, stored["input"].to_string()).expect("written");
    let [policy, input] = [&policy, &input].map(|file| file.to_string_lossy().into_owned());
    let again = server.candor(&["score", "--policy", &policy, "--input", &input, "--json"]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    let again: Value = serde_json::from_slice(&again.stdout).expect("JSON");
    assert_eq!(again, stored["output"]);
    server.finish().await;
}

#[tokio::test]
async fn a_repeated_request_makes_one_thing() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let send = async |name: &str| {
        let request = buyer.request(reqwest::Method::POST, "/api/v1/vendors").header("idempotency-key", "k1");
        buyer.send(request.json(&json!({ "name": name }))).await
    };
    let first = send("Northwind").await.expect(201, "first").json();
    let again = send("Northwind").await.expect(201, "again").json();
    assert_eq!(first["id"], again["id"]);
    send("Contoso").await.expect(409, "the key with another request");
    let vendors = buyer.read("/api/v1/vendors").await;
    assert_eq!(vendors["items"].as_array().map(Vec::len), Some(1));
    server.finish().await;
}
