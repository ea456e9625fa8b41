//! A questionnaire gets another version while an assessment is out: what changed is shown, and what a move would do.

use crate::harness::way::{answer, ask, enter, replies};
use crate::harness::{Server, Value};
use domain::access::Role;
use serde_json::json;

/// The question of that id in a template document.
fn question<'a>(document: &'a mut Value, id: &str) -> &'a mut Value {
    let sections = document["sections"].as_array_mut().expect("sections").iter_mut();
    let mut questions = sections.flat_map(|section| section["questions"].as_array_mut().expect("questions"));
    questions.find(|question| question["id"] == id).expect(id)
}

#[tokio::test]
async fn what_a_new_version_changes_and_would_do_to_answers_is_shown() {
    let (server, admin) = Server::set_up("Harbour Bank").await;
    let buyer = server.program("Harbour Bank", Role::Procurement);
    let author = server.program("Harbour Bank", Role::Administrator);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    // Among them PROD-1, a text, and A.9.4-1, a choice.
    answer(&vendor, &asked.assessment, &replies(&[])[..8]).await;
    let version = buyer.read(&format!("/api/v1/assessments/{}", asked.assessment)).await["template_version"].clone();
    let whole = buyer.read(&format!("/api/v1/templates/versions/{}", version.as_str().expect("an id"))).await;
    let template = whole["template"].as_str().expect("an id").to_owned();
    let page = format!("/templates/{template}/compare");
    assert!(admin.get(&page).await.expect(200, "one version").text.contains("one version"));

    let mut document = whole["document"].clone();
    document["version"] = json!(document["version"].as_u64().expect("a number") + 1);
    question(&mut document, "PROD-1")["text"]["en"] = json!("Which product do you sell us, and in which plan?");
    question(&mut document, "A.9.4-1")["weight"] = json!(9.5);
    question(&mut document, "PROD-2")["help"] = json!({ "en": "=HYPERLINK(\"x\") <b>", "zh-Hant": "說明" });
    document["sections"][0]["questions"].as_array_mut().expect("questions").push(json!({
        "id": "NEW-1", "type": "text", "required": true,
        "text": { "en": "Who may we call about it?", "zh-Hant": "我們可以致電誰了解此事？" }
    }));
    let file = ("template.json", document.to_string().into_bytes());
    author.upload("/api/v1/templates/import", &[], file).await.expect(201, "published");

    let found = buyer.read(&format!("/api/v1/templates/{template}/compare")).await;
    let diff = &found["diff"];
    assert_eq!((&diff["added"], &diff["removed"], &diff["moved"]), (&json!(["NEW-1"]), &json!([]), &json!([])));
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut changed = Vec::new();
    for one in diff["changed"].as_array().expect("questions") {
        for change in one["changes"].as_array().expect("changes") {
            changed.push([word(&one["question"]), word(&change["aspect"]), word(&change["part"])].join(" "));
        }
    }
    changed.sort();
    changed.dedup();
    assert_eq!(changed, ["A.9.4-1 rescored weight", "PROD-1 reworded text", "PROD-2 reworded help"]);
    let would = &found["moves"][0]["would"];
    assert_eq!(found["moves"][0]["assessment"], json!(asked.assessment));
    assert_eq!(would["to_confirm"], json!(["PROD-1"]));
    assert_eq!((&would["asked"], &would["required"]), (&json!(["NEW-1"]), &json!(["NEW-1"])));
    assert_eq!(would["kept"].as_array().map(Vec::len), Some(7), "{would}");
    assert_eq!((&would["misfits"], &would["removed"]), (&json!([]), &json!([])));

    let text = admin.get(&page).await.expect(200, "the page").text;
    assert!(text.contains("Which product do you sell us") && text.contains("Northwind"), "{text}");
    assert!(text.contains("One answer should be confirmed") && text.contains("NEW-1"), "{text}");
    assert!(!text.contains("<b>"), "what an author typed stays text");
    let turned = buyer.read(&format!("/api/v1/templates/{template}/compare?older=2&newer=1")).await;
    assert_eq!(turned["diff"], found["diff"], "asked the wrong way round, it is turned");
    let still = buyer.read(&format!("/api/v1/assessments/{}", asked.assessment)).await;
    assert_eq!(still["template_version"], version, "looking moves nothing");
    buyer.get(&format!("/api/v1/templates/{template}/compare?older=1&newer=7")).await.expect(404, "no version 7");
    server.finish().await;
}
