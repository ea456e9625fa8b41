//! A questionnaire written by a program, beside a person in the editor.

use crate::harness::{Answer, Server, Session};
use domain::access::Role;
use reqwest::Method;
use serde_json::{Value, json};

const DRAFTS: &str = "/api/v1/templates/drafts";

/// What a published questionnaire of one question says.
fn document(key: &str, condition: &str) -> Value {
    json!({
        "format": "candor-template/2", "key": key, "version": 1, "title": "Basics", "summary": "Where we begin.",
        "languages": ["en"], "minutes": 2,
        "sections": [{ "id": "S-1", "title": "Policy", "questions": [
            { "id": "P-1", "text": "Is there a policy for AI?", "type": "single", "why": "We look for it first.",
              "options": [{ "id": "yes", "label": "Yes", "unscored": true }, { "id": "no", "label": "No", "unscored": true }] },
            { "id": "P-2", "text": "When was it signed?", "type": "date", "why": "Old ones lapse.", "show_if": condition },
        ] }],
    })
}

async fn send(program: &Session, method: Method, path: &str, revision: i64, body: &Value) -> Answer {
    program.send(program.request(method, path).header("if-match", format!("\"{revision}\"")).json(body)).await
}

#[tokio::test]
async fn a_draft_is_replaced_published_and_retired() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let program = server.program("Harbour Bank", Role::Administrator);
    let begin = json!({ "key": "by-program", "title": "Basics", "language": "en" });
    let begun = program.post(DRAFTS, &begin).await.expect(201, "a draft");
    let path = begun.location().to_owned();
    let begun = begun.json();
    assert_eq!((begun["revision"].as_i64(), begun["key"].as_str()), (Some(1), Some("by-program")));
    assert!(begun["problems"].as_array().is_some_and(|all| all.iter().any(|one| one["code"] == "no-questions")));
    assert_eq!(program.read(DRAFTS).await["items"][0]["id"], begun["id"]);

    // What is wrong is kept, and told as the check tells it.
    let wrong = json!({ "document": document("by-program", "{P-9} = 'yes'") });
    let kept = send(&program, Method::PUT, &path, 1, &wrong).await.expect(200, "a condition on nothing");
    assert_eq!(kept.header("etag"), "\"2\"");
    let problems = kept.json()["problems"].clone();
    assert_eq!(problems[0]["at"], "P-2");
    assert!(problems[0]["message"].as_str().is_some_and(|text| text.contains("“P-9”, which is no earlier question")));

    // Somebody who saw the revision before loses nothing and overwrites nothing.
    let right = json!({ "document": document("by-program", "{P-1} = 'yes'") });
    let stale = send(&program, Method::PUT, &path, 1, &right).await.expect(412, "a revision of before");
    assert_eq!(stale.json()["current"]["revision"], 2);
    let other = json!({ "document": document("another", "{P-1} = 'yes'") });
    let refused = send(&program, Method::PUT, &path, 2, &other).await.expect(422, "another key");
    assert_eq!(refused.refusals(), ["document/key: another-key"]);
    let none = json!({ "document": { "format": "candor-template/2" } });
    let refused = send(&program, Method::PUT, &path, 2, &none).await.expect(422, "no document");
    assert_eq!(refused.refusals(), ["document: not-a-template"]);

    let publish = format!("{path}/publish");
    let note = json!({ "note": "The first version" });
    let refused = send(&program, Method::POST, &publish, 2, &note).await.expect(422, "a condition on nothing");
    assert!(refused.refusals().iter().all(|one| one.starts_with("P-2: condition-")), "{:?}", refused.refusals());
    send(&program, Method::PUT, &path, 2, &right).await.expect(200, "mended");
    send(&program, Method::POST, &publish, 2, &note).await.expect(412, "a revision of before");
    let published = send(&program, Method::POST, &publish, 3, &note).await.expect(201, "published").json();
    assert_eq!((published["number"].as_i64(), published["note"].as_str()), (Some(1), Some("The first version")));
    program.get(&path).await.expect(404, "the draft is no more");

    // Its next version, begun and thought better of; what nobody gets back is not discarded unseen.
    let template = published["template"].as_str().expect("a template").to_owned();
    let next = program.post(DRAFTS, &json!({ "template": template })).await.expect(201, "the next version");
    let next = next.location().to_owned();
    assert_eq!(program.delete(&next).await.expect(422, "unseen").refusals(), ["If-Match: required"]);
    send(&program, Method::DELETE, &next, 7, &json!({})).await.expect(412, "another revision");
    send(&program, Method::DELETE, &next, 1, &json!({})).await.expect(204, "discarded");
    program.get(&next).await.expect(404, "discarded");

    let retirement = format!("/api/v1/templates/{template}/retirement");
    program.put(&retirement, &json!({ "retired": true })).await.expect(204, "retired");
    let listed = program.read("/api/v1/templates").await;
    let row = listed["items"].as_array().and_then(|all| all.iter().find(|row| row["id"] == template)).cloned();
    assert!(row.is_some_and(|row| row["retired_at"].is_string()));
    program.put(&retirement, &json!({ "retired": false })).await.expect(204, "brought back");
    server.finish().await;
}
