//! What a score would be, vendors side by side, the statement of applicability and the report: looked at, and nothing kept.

use crate::harness::way::{answer, ask, enter, feature, replies, submit};
use crate::harness::{Server, Value};
use domain::access::Role;
use serde_json::json;
use std::collections::BTreeSet;

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
    assert!(report.contains("The score of the newest submission is not stored."), "what to do next");
    let file = analyst.get(&format!("{vendor}/report/export")).await.expect(200, "the report as a workbook");
    assert!(file.bytes.starts_with(b"PK"), "a workbook");
    let offered = analyst.get("/compare").await.expect(200, "nobody is chosen").text;
    assert!(offered.contains("Northwind"), "the questionnaire that was submitted last is offered");
    server.finish().await;
}

#[tokio::test]
async fn every_kind_of_answer_and_its_evidence_can_be_supposed_otherwise() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    let path = format!("/api/v1/assessments/{}", asked.assessment);
    let beside = [("question", "A.2.2-1"), ("effective_on", "2020-01-31")];
    let file = ("policy.txt", b"Our policy".to_vec());
    vendor.upload(&format!("{path}/evidence"), &beside, file).await.expect(201, "evidence");
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let what_if = format!("{path}/what-if");
    let effect = async |changes: Value, control: &str| {
        let moved = analyst.post(&what_if, &json!({ "questions": changes })).await.expect(200, "supposed").json();
        let controls = moved["after"]["controls"].as_array().expect("controls").clone();
        let of = controls.iter().find(|row| row["control"] == control).expect("the control");
        of["effectiveness"].as_f64().expect("a number")
    };
    let same = |one: f64, other: f64| assert!((one - other).abs() < 1e-9, "{one} is not {other}");
    // The only question about A.6.2.7 asks for an address, worth 1 when it is given; on the vendor's word, 0.6.
    same(effect(json!({}), "A.6.2.7").await, 0.0);
    let address = json!({ "A.6.2.7-1": { "reply": { "kind": "url", "url": "https://northwind.example/docs" } } });
    same(effect(address, "A.6.2.7").await, 0.6);
    // A.2.2 has one question, answered best. Its file is so old that nothing is left of it, though a reviewer accepts it.
    same(effect(json!({}), "A.2.2").await, 0.6);
    same(effect(json!({ "A.2.2-1": { "evidence": "accepted" } }), "A.2.2").await, 0.6);
    same(effect(json!({ "A.2.2-1": { "level": "verified" } }), "A.2.2").await, 0.9);
    same(effect(json!({ "A.2.2-1": { "level": "verified", "effective_on": "2020-01-31" } }), "A.2.2").await, 0.6);
    same(effect(json!({ "A.2.2-1": { "unanswered": true } }), "A.2.2").await, 0.0);
    let later = json!({ "questions": { "A.2.2-1": { "level": "verified", "effective_on": "2199-01-01" } } });
    let refused = analyst.post(&what_if, &later).await.expect(422, "still to come").refusals();
    assert_eq!(refused, ["questions.A.2.2-1.effective_on: in-the-future"]);

    // The form holds them all, and what weighs nothing but decides what is asked.
    let page = format!("/assessments/{}/what-if", asked.assessment);
    let form = analyst.get(&page).await.expect(200, "the form").text;
    for field in ["reply/A.6.2.7-1", "reply/PROD-2", "instead/A.7.2-4", "instead/A.5.4-1", "level/A.2.2-1"] {
        assert!(form.contains(&format!("name=\"{field}\"")), "{field}");
    }
    for field in ["reply/PROD-1", "level/PROD-2", "reply/REG-1"] {
        assert!(!form.contains(&format!("name=\"{field}\"")), "{field} moves nothing");
    }
    let fields = [("reply/A.6.2.7-1", "~answered"), ("instead/A.7.2-4", "~na"), ("level/A.2.2-1", "verified")];
    let shown = analyst.submit(&page, &fields).await.expect(200, "supposed").text;
    assert!(shown.contains("Answered, whatever it says") && shown.contains("Does not apply, and a reviewer agrees"));
    assert!(shown.contains("value=\"~answered\" selected") && shown.contains("value=\"~na\" selected"), "kept");
    let dated = [("reply/CERT-1", "option:accredited"), ("reply/CERT-2", "~answered"), ("level/CERT-2", "verified")];
    analyst.submit(&page, &dated).await.expect(200, "a date that nobody named");
    let nothing = analyst.submit(&page, &[("reply/PROD-2", "option:no")]).await.expect(200, "no AI at all").text;
    assert!(nothing.contains("Would not be asked any more"), "{nothing}");
    let old = [("level/A.2.2-1", "attached:refused"), ("effective_on", "soon")];
    let told = analyst.submit(&page, &old).await.expect(422, "no day").text;
    assert!(told.contains("href=\"#effective_on\"") && told.contains("value=\"attached:refused\" selected"), "{told}");
    server.finish().await;
}

#[tokio::test]
async fn every_line_of_a_score_leads_to_the_answer_behind_it() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    let here = format!("/assessments/{}", asked.assessment);
    let early = analyst.get(&format!("{here}/score")).await.expect(200, "what counts until now").text;
    assert!(early.contains(&format!("href=\"{here}/answers#q-")), "{early}");
    let led = analyst.get(&format!("{here}/answers")).await.expect(303, "nothing is submitted");
    assert_eq!(led.location(), here);

    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let read = analyst.get(&format!("{here}/review")).await.expect(200, "what was submitted").text;
    for page in ["score", "what-if"] {
        let shown = analyst.get(&format!("{here}/{page}")).await.expect(200, page).text;
        let questions: BTreeSet<&str> =
            shown.split("#q-").skip(1).filter_map(|rest| rest.split_once('"')).map(|(id, _)| id).collect();
        assert!(questions.len() > 10, "{page}: {questions:?}");
        assert!(!shown.contains(&format!("href=\"{here}#q-")), "{page} leads to where no answer stands");
        let answered: Vec<_> = questions.iter().filter(|id| read.contains(&format!("id=\"q-{id}\""))).collect();
        assert!(answered.len() > 10, "{page}: of {questions:?} only {answered:?} stand there");
    }
    server.finish().await;
}
