//! Vendors side by side: up to five, the unscored as such, and none on another version of the questionnaire; on the page and
//! for programs.

use crate::harness::way::{answer, ask, ask_about, ask_with, enter, feature, replies, submit, whole_profile};
use crate::harness::{Server, Session, Value};
use domain::access::Role;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

fn wanted(ids: &[&str]) -> String {
    format!("/compare?{}", ids.iter().map(|id| format!("with={id}")).collect::<Vec<_>>().join("&"))
}

async fn submitted(server: &Server, asked: &crate::harness::way::Asked) {
    let vendor = enter(server, asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
}

/// A version of the same questionnaire that weighs one question otherwise.
async fn next_version(author: &Session, buyer: &Session, assessment: &str) -> String {
    let version = buyer.read(&format!("/api/v1/assessments/{assessment}")).await["template_version"].clone();
    let whole = buyer.read(&format!("/api/v1/templates/versions/{}", version.as_str().expect("an id"))).await;
    let mut document = whole["document"].clone();
    document["version"] = json!(document["version"].as_u64().expect("a number") + 1);
    let sections = document["sections"].as_array_mut().expect("sections");
    let mut questions = sections.iter_mut().flat_map(|section| section["questions"].as_array_mut().expect("questions"));
    questions.find(|question| question["id"] == "A.9.4-1").expect("the question")["weight"] = json!(9.5);
    let file = ("template.json", document.to_string().into_bytes());
    let made = author.upload("/api/v1/templates/import", &[], file).await.expect(201, "published").json();
    let template = whole["template"].as_str().expect("an id");
    let versions = buyer.read(&format!("/api/v1/templates/{template}/versions")).await;
    assert!(versions["items"].as_array().is_some_and(|rows| rows.len() == 2), "{made}");
    versions["items"][0]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn five_at_most_on_one_version_of_a_questionnaire() {
    let (server, admin) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let names = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir"];
    let mut all = Vec::new();
    for name in &names[..5] {
        all.push(ask(&buyer, name).await);
    }
    // The profile of the sixth is not complete.
    let mut open = whole_profile();
    open.as_object_mut().expect("factors").remove("criticality");
    all.push(ask_about(&buyer, names[5], &open).await);
    for asked in &all {
        submitted(&server, asked).await;
    }
    let ids: Vec<&str> = all.iter().map(|asked| asked.assessment.as_str()).collect();

    let five = analyst.read(&format!("/api/v1{}", wanted(&ids[..5]))).await;
    let sides = five["sides"].as_array().expect("sides").clone();
    let told: Vec<&Value> = sides.iter().map(|side| &side["assessment"]).collect();
    assert_eq!(told, ids[..5].iter().map(|id| json!(id)).collect::<Vec<_>>().iter().collect::<Vec<_>>(), "as asked");
    for (side, asked) in sides.iter().zip(&all) {
        let score = analyst.read(&format!("/api/v1/assessments/{}/score", asked.assessment)).await["output"].clone();
        let figures = &side["figures"];
        for figure in ["residual", "best_case", "rating", "band", "driver", "completeness", "confidence"] {
            assert_eq!(figures[figure], score[figure], "{figure} is the score's");
        }
        assert_eq!(figures["domains"].as_array().map(Vec::len), Some(7));
        assert!(figures["groups"]["A.6"].as_f64().is_some_and(|share| share > 0.0 && share <= 1.0), "{figures}");
        assert_eq!(side["state"], "scored");
    }
    let page = analyst.get(&wanted(&ids[..5])).await.expect(200, "five").text;
    assert!(!page.contains("At most five"), "five fit");
    assert_eq!(page.matches("<svg class=\"track\"").count(), 5, "a bar each");
    assert_eq!(page.matches("role=\"img\" aria-label=\"").count(), 5, "and each says in words what it shows");

    let six = analyst.get(&format!("/api/v1{}", wanted(&ids))).await.expect(422, "six");
    assert_eq!(six.refusals(), ["with: too-many"]);
    let page = analyst.get(&wanted(&ids)).await.expect(200, "the page says so").text;
    assert!(page.contains("page-notice") || page.contains("notice"), "{page}");
    assert_eq!(page.matches("<svg class=\"track\"").count(), 5, "the first five");

    let unscored = analyst.read(&format!("/api/v1{}", wanted(&[ids[0], ids[5]]))).await;
    let side = &unscored["sides"][1];
    assert_eq!(
        (&side["state"], &side["figures"], &side["missing"]),
        (&json!("unscored"), &json!(null), &json!(["criticality"]))
    );
    let page = analyst.get(&wanted(&[ids[0], ids[5]])).await.expect(200, "an unscored one").text;
    assert!(page.contains("Fir</a>") && page.contains("Unscored"), "it stands there as what it is");

    let author = server.program(BUYER, Role::Administrator);
    let version = next_version(&author, &buyer, ids[0]).await;
    let later = ask_with(&buyer, "Gorse", &whole_profile(), &version).await;
    submitted(&server, &later).await;
    let refused = analyst.get(&format!("/api/v1{}", wanted(&[ids[0], &later.assessment]))).await;
    assert_eq!(refused.expect(422, "another version").refusals(), ["with: other-version"]);
    let page = analyst.get(&wanted(&[ids[0], &later.assessment])).await.expect(200, "the page says so").text;
    assert_eq!(page.matches("<svg class=\"track\"").count(), 1, "and leaves it out");
    assert!(page.contains("Gorse"), "by name");

    let gone = "00000000-0000-7000-8000-000000000000";
    let refused = analyst.get(&format!("/api/v1{}", wanted(&[ids[0], gone]))).await;
    assert_eq!(refused.expect(422, "not there").refusals(), ["with: unknown"]);
    let none = analyst.read("/api/v1/compare").await;
    assert_eq!((&none["sides"], &none["template_version"]), (&json!([]), &json!(null)), "nothing is compared");
    drop(admin);
    server.finish().await;
}
