//! What waits for somebody's decision: listed for whoever may decide it, told by mail, and gone once it is decided.

use crate::harness::way::{answer, ask, confirm_tier, enter, feature, in_days, replies, submit};
use crate::harness::{Server, Session};
use domain::access::Role;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

/// How much waits for somebody, by the API, and whether the navigation and the page say the same.
async fn waiting_for(who: &Session) -> usize {
    let found = who.read("/api/v1/waiting").await["items"].as_array().expect("items").len();
    let page = who.get("/waiting").await.expect(200, "the list").text;
    assert_eq!(page.contains("Nothing waits for you"), found == 0, "{page}");
    assert_eq!(page.contains(&format!("<span class=\"count\">{found}</span>")), found > 0, "{page}");
    found
}

#[tokio::test]
async fn who_may_approve_is_told_and_finds_it() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let approver = server.person_called(BUYER, Role::Approver, Some("anna@harbour.example")).await;
    let asker = server.person_called(BUYER, Role::Approver, Some("asker@harbour.example")).await;
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    confirm_tier(&analyst, &asked.engagement).await;
    let api = format!("/api/v1/engagements/{}", asked.engagement);
    let own = json!({ "domain": "privacy_security", "severity": 5, "likelihood": 5, "reason": "Client files." });
    analyst.post(&format!("{api}/overrides"), &own).await.expect(200, "replaced");
    analyst.post(&format!("/api/v1/assessments/{}/score", asked.assessment), &json!({})).await.expect(201, "stored");
    assert_eq!(waiting_for(&approver).await, 0);
    analyst.get("/waiting").await.expect(403, "an analyst decides nothing");

    let wanted = json!({ "reason": "zqsecretzq of the pilot", "expires_on": in_days(20) });
    let made = asker.post(&format!("{api}/acceptances"), &wanted).await.expect(201, "asked for").json();
    let id = made["id"].as_str().expect("an id").to_owned();
    server.jobs_done().await;
    let mail = server.mail_to("anna@harbour.example", 1).await;
    assert!(mail.subject.contains("waits for your decision"), "{}", mail.subject);
    let place = format!("/engagements/{}/acceptances#a-{id}", asked.engagement);
    assert!(mail.text.contains(&place), "{}", mail.text);
    for secret in ["zqsecretzq", "Northwind", "Support assistant"] {
        assert!(!mail.text.contains(secret) && !mail.html.contains(secret), "{secret}: {}", mail.text);
    }
    assert!(!server.mails().iter().any(|mail| mail.to.contains("asker@")), "nobody approves what they asked for");
    assert_eq!(waiting_for(&approver).await, 1);
    assert_eq!(waiting_for(&asker).await, 0, "nobody approves what they asked for");
    let page = approver.get("/waiting").await.expect(200, "the list").text;
    assert!(page.contains(&place) && page.contains("Northwind") && page.contains("Support assistant"), "{page}");
    let known = approver.read("/api/v1/waiting").await["items"][0].clone();
    assert_eq!((known["kind"].as_str(), known["id"].as_str()), (Some("acceptance"), Some(id.as_str())), "{known}");
    let word = format!("/api/v1/acceptances/{id}/words");
    approver.post(&word, &json!({ "word": "approved" })).await.expect(204, "approved");
    assert_eq!(waiting_for(&approver).await, 0, "what one has approved waits for others");

    let document = json!({
        "process": "Replies to customers", "period": "All year", "oversight": "The team lead", "remedies": "We call back",
        "effects": [{ "whom": "individuals", "who": "Customers", "what": "A wrong reply", "severity": 2, "likelihood": 2,
            "is_reversible": true, "measures": "Somebody reads each" }],
        "none": { "groups": "zqgroupzq", "society": "No reach" }
    });
    analyst.post(&format!("{api}/impact"), &document).await.expect(200, "written");
    let mail = server.mail_to("anna@harbour.example", 2).await;
    assert!(mail.subject.contains("an impact assessment waits"), "{}", mail.subject);
    assert!(!mail.text.contains("zqgroupzq"), "{}", mail.text);
    assert_eq!(waiting_for(&approver).await, 1);
    approver.post(&format!("{api}/impact/approval"), &json!({})).await.expect(204, "approved");
    assert_eq!(waiting_for(&approver).await, 0);
    server.finish().await;
}

#[tokio::test]
async fn numbers_that_an_analyst_set_are_marked_and_a_recalled_assessment_is_called_so() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    let score = format!("/assessments/{}/score", asked.assessment);
    let before = analyst.get(&score).await.expect(200, "the score").text;
    assert!(before.contains("still answering") && !before.contains("Set by an analyst"), "{before}");

    // The largest that there is, so this domain drives the residual risk.
    let own = json!({ "domain": "privacy_security", "severity": 5, "likelihood": 5, "reason": "zqclientzq files." });
    let overrides = format!("/api/v1/engagements/{}/overrides", asked.engagement);
    analyst.post(&overrides, &own).await.expect(200, "replaced");
    let after = analyst.get(&score).await.expect(200, "the score").text;
    let (verdict, rest) =
        after.split_once("figures_mean").or(after.split_once("<table")).expect("a verdict above the table");
    assert!(verdict.contains("Set by an analyst") && verdict.contains("zqclientzq"), "{verdict}");
    assert!(verdict.contains("The analyst set severity 5 and likelihood 5"), "{verdict}");
    assert_eq!(
        rest.matches("<small>Set by an analyst</small>").count(),
        2,
        "inherent and residual risk of that domain"
    );

    let recall = format!("/assessments/{}/recall", asked.assessment);
    let procurement = server.person(BUYER, Role::Procurement).await;
    procurement.submit(&recall, &[("reason", "Not needed")]).await.expect(303, "recalled");
    let recalled = analyst.get(&score).await.expect(200, "the score").text;
    assert!(recalled.contains("was recalled before anything was submitted"), "{recalled}");
    assert!(!recalled.contains("still answering"), "{recalled}");
    let decision = format!("/engagements/{}/decision", asked.engagement);
    let page = analyst.get(&decision).await.expect(200, "the decision").text;
    assert!(page.contains("recalled before anything was submitted") && page.contains("there is none yet"), "{page}");
    assert!(page.contains(&format!("href=\"/engagements/{}/classification\">To the tier", asked.engagement)), "{page}");
    let report = analyst.get(&format!("/vendors/{}/report", asked.vendor)).await.expect(200, "the report").text;
    assert!(report.contains("Set by an analyst") && report.contains("zqclientzq"), "{report}");
    server.finish().await;
}

#[tokio::test]
async fn an_acceptance_of_another_risk_than_there_is_by_now_waits_for_nobody() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let approver = server.person(BUYER, Role::Approver).await;
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    confirm_tier(&analyst, &asked.engagement).await;
    let api = format!("/api/v1/engagements/{}", asked.engagement);
    let set = async |severity: u8| {
        let own =
            json!({ "domain": "privacy_security", "severity": severity, "likelihood": 5, "reason": "Client files." });
        analyst.post(&format!("{api}/overrides"), &own).await.expect(200, "replaced");
        server.jobs_done().await;
    };
    set(4).await;
    analyst.post(&format!("/api/v1/assessments/{}/score", asked.assessment), &json!({})).await.expect(201, "stored");
    let wanted = json!({ "reason": "For the pilot", "expires_on": in_days(20) });
    let made = analyst.post(&format!("{api}/acceptances"), &wanted).await.expect(201, "asked for").json();
    server.jobs_done().await;
    assert_eq!(waiting_for(&approver).await, 1);
    let standing = async |name: &str| analyst.items(&format!("/api/v1/acceptances?standing={name}")).await;
    assert_eq!(standing("waiting").await[0]["id"], made["id"]);

    set(5).await;
    assert_eq!(waiting_for(&approver).await, 0, "nobody can approve it");
    let stale = standing("stale").await;
    assert_eq!((&stale[0]["id"], &stale[0]["engagement"]), (&made["id"], &json!(asked.engagement)), "{stale}");
    assert_eq!(standing("waiting").await, json!([]));
    set(4).await;
    assert_eq!(waiting_for(&approver).await, 1, "it is the risk that was to be accepted again");
    analyst.get("/api/v1/acceptances?standing=vague").await.expect(422, "no such standing");
    server.finish().await;
}
