//! What a score would be, vendors side by side, the statement of applicability and the report: looked at, and nothing kept.

use crate::harness::Server;
use crate::harness::way::{answer, ask, enter, feature, replies, submit};
use domain::access::Role;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

#[tokio::test]
async fn a_supposed_answer_moves_the_score_and_is_kept_nowhere() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let path = format!("/api/v1/assessments/{}", asked.assessment);
    let score = analyst.read(&format!("{path}/score")).await;

    let pilot = json!({ "profile": { "exposure": "pilot" }, "questions": { "A.2.2-1": { "level": "verified" } } });
    let moved = analyst.post(&format!("{path}/what-if"), &pilot).await.expect(200, "supposed").json();
    assert_eq!(moved["before"]["inputs_sha256"], score["output"]["inputs_sha256"], "it begins at what is");
    let residual = |of: &str| moved[of]["residual"].as_f64().expect("a number");
    assert!(residual("after") < residual("before"), "{moved}");
    let unknown = json!({ "questions": { "NONE-1": {} } });
    analyst.post(&format!("{path}/what-if"), &unknown).await.expect(422, "no such question");
    let page = format!("/assessments/{}/what-if", asked.assessment);
    let shown = analyst.submit(&page, &[("profile/exposure", "pilot")]).await.expect(200, "the form");
    assert!(shown.text.contains("What would move") && shown.text.contains("value=\"pilot\" selected"));
    analyst.submit(&page, &[("reply/A.2.2-1", "option:none_such")]).await.expect(422, "no such option");
    let after = analyst.read(&format!("{path}/score")).await;
    assert_eq!(after["output"], score["output"], "nothing was kept");

    let side = analyst.get(&format!("/compare?with={}", asked.assessment)).await.expect(200, "side by side").text;
    assert!(side.contains("Northwind") && side.contains("Effectiveness by control group"));
    let vendor = format!("/vendors/{}", asked.vendor);
    let stated = analyst.get(&format!("{vendor}/applicability")).await.expect(200, "the statement").text;
    assert_eq!(stated.matches("<th scope=\"row\"").count(), 38, "every control of Annex A");
    let file = analyst.get(&format!("{vendor}/applicability/export")).await.expect(200, "the workbook");
    assert!(file.bytes.starts_with(b"PK"), "a workbook");
    let report = analyst.get(&format!("{vendor}/report")).await.expect(200, "the report").text;
    assert!(report.contains("There is no stored score"), "what to do next");
    let file = analyst.get(&format!("{vendor}/report/export")).await.expect(200, "the report as a workbook");
    assert!(file.bytes.starts_with(b"PK"), "a workbook");
    let offered = analyst.get("/compare").await.expect(200, "nobody is chosen").text;
    assert!(offered.contains("Northwind"), "the questionnaire that was submitted last is offered");
    server.finish().await;
}
