//! What is at stake in a use: severity and likelihood with what gave them, an analyst's own numbers, the tier of the EU AI
//! Act, and that nothing is sent for a prohibited use.

use crate::harness::way::{add_vendor, ask, in_days, template_version, whole_profile};
use crate::harness::{Server, Value};
use domain::access::Role;
use reqwest::Method;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

fn domain<'a>(stakes: &'a Value, id: &str) -> &'a Value {
    stakes["domains"].as_array().expect("domains").iter().find(|row| row["domain"] == id).expect("the domain")
}

#[tokio::test]
async fn an_analysts_numbers_count_beside_the_computed_ones() {
    let (server, _) = Server::set_up(BUYER).await;
    let (buyer, analyst) = (server.program(BUYER, Role::Procurement), server.person(BUYER, Role::Analyst).await);
    let asked = ask(&buyer, "Northwind").await;
    let (page, api) =
        (format!("/engagements/{}", asked.engagement), format!("/api/v1/engagements/{}", asked.engagement));
    let before = analyst.read(&format!("{api}/profile")).await;
    let privacy = domain(&before, "privacy_security").clone();
    assert_eq!(
        privacy["inherent"],
        json!(4 * privacy["severity"].as_u64().expect("n") * privacy["likelihood"].as_u64().expect("n"))
    );
    assert!(privacy["severity_from"].to_string().contains("personal_data"), "what gave it: {privacy}");
    let shown = analyst.get(&format!("{page}/profile")).await.expect(200, "the page");
    assert!(shown.text.contains("What personal data can the AI reach?"), "in plain words");

    let own = [("domain", "privacy_security"), ("severity", "5"), ("likelihood", "5"), ("seen", "0")];
    let refused = analyst.submit(&format!("{page}/overrides"), &own).await.expect(422, "no reason");
    assert!(refused.text.contains("value=\"5\" selected"), "what was chosen stands there");
    let own = [own[0], own[1], own[2], own[3], ("reason", "They were breached in spring.")];
    analyst.submit(&format!("{page}/overrides"), &own).await.expect(303, "replaced");
    let late = [own[0], ("severity", "1"), own[2], ("seen", "7"), ("reason", "Mine")];
    let told = analyst.submit(&format!("{page}/overrides"), &late).await.expect(409, "somebody was faster");
    assert!(told.text.contains("They were breached in spring.") && told.text.contains(">Mine<"), "both are there");
    let stakes = analyst.read(&format!("{api}/profile")).await;
    let privacy = domain(&stakes, "privacy_security");
    assert_eq!((&privacy["inherent"], &privacy["replaced"]["beside_others"]), (&json!(100), &json!(false)));
    let score = analyst.read(&format!("/api/v1/assessments/{}/score", asked.assessment)).await;
    assert_eq!(domain(&score["output"], "privacy_security")["inherent"], json!(100.0), "the score takes it too");
    let tier = analyst.read(&format!("/api/v1/vendors/{}/tier", asked.vendor)).await;
    assert_eq!((&tier["tier"], &tier["inherent"]), (&json!("critical"), &json!(100)));

    let mut profile = whole_profile();
    profile["personal_data"] = json!("sensitive");
    let body = json!({ "name": "Desk", "business_function": "Service", "owner": "Lee", "profile": profile });
    buyer.put(&api, &body).await.expect(200, "the profile changed");
    let shown = analyst.get(&format!("{page}/profile")).await.expect(200, "the page").text;
    assert!(shown.contains("Made beside other numbers") && shown.contains("Ordinary → Sensitive"));
    let back = json!({ "domain": "privacy_security", "reason": "They closed the hole." });
    analyst.post(&format!("{api}/overrides"), &back).await.expect(200, "taken back");
    let stakes = analyst.read(&format!("{api}/profile")).await;
    assert_eq!(domain(&stakes, "privacy_security")["replaced"], Value::Null);
    let end = json!({ "reason": "We bought another one." });
    buyer.post(&format!("{api}/end"), &end).await.expect(204, "ended");
    buyer.post(&format!("{api}/end"), &end).await.expect(409, "once");
    let tier = analyst.read(&format!("/api/v1/vendors/{}/tier", asked.vendor)).await;
    assert_eq!(tier["state"], "nothing_open");
    server.finish().await;
}

#[tokio::test]
async fn a_person_confirms_the_tier_and_a_prohibited_use_stops() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (program, analyst) = (server.program(BUYER, Role::Analyst), server.person(BUYER, Role::Analyst).await);
    let [_, contact, engagement] = add_vendor(&buyer, "Northwind", "kim@northwind.example", &whole_profile()).await;
    let api = format!("/api/v1/engagements/{engagement}");
    let stated = json!({ "facts": {
        "purpose": "Ranks applicants for jobs by their CVs", "eu_scope": "yes", "profiling": "yes"
    } });
    let known = analyst.post(&format!("{api}/facts"), &stated).await.expect(200, "stated").json();
    assert_eq!((&known["proposed"], &known["proposed_areas"]), (&json!("high"), &json!(["4(a)"])), "{known}");
    let high = json!({ "tier": "high", "areas": ["4(a)"] });
    program.post(&format!("{api}/classification"), &high).await.expect(403, "a program answers for nothing");
    let mild = json!({ "tier": "minimal", "reason": "It only helps." });
    let refused = analyst.post(&format!("{api}/classification"), &mild).await.expect(422, "people are profiled");
    assert!(refused.text.contains("profil"), "{}", refused.text);
    let stale = analyst.request(Method::POST, &format!("{api}/classification")).header("if-match", "\"1\"");
    analyst.send(stale.json(&high)).await.expect(412, "it rests on more by now");
    analyst.post(&format!("{api}/classification"), &high).await.expect(200, "confirmed");
    let row = buyer.read(&api).await;
    assert_eq!(row["profile"]["ai_act_tier"], "high", "the profile says it");
    let body = json!({
        "name": "Desk", "business_function": "Hiring", "owner": "Lee", "profile": whole_profile()
    });
    let refused = buyer.put(&api, &body).await.expect(422, "no form says another tier");
    assert!(refused.text.contains("tier-confirmed"), "{}", refused.text);

    let worse = json!({ "tier": "prohibited", "reason": "It reads emotions at work." });
    analyst.post(&format!("{api}/classification"), &worse).await.expect(200, "confirmed anew");
    let send = json!({
        "engagement": engagement, "template_version": template_version(&buyer).await, "contact": contact,
        "due_on": in_days(21), "issue": true
    });
    let refused = buyer.post("/api/v1/assessments", &send).await.expect(409, "nothing is sent");
    assert!(refused.text.contains("Art. 5"), "{}", refused.text);
    assert!(server.mails().iter().all(|mail| mail.to != "kim@northwind.example"), "and nothing was");
    let shown = analyst.get(&format!("/engagements/{engagement}/classification")).await.expect(200, "the page").text;
    assert!(shown.contains("Prohibited under Art. 5") && shown.contains("EU AI Act: High-risk confirmed"));
    server.finish().await;
}

#[tokio::test]
async fn a_tier_that_was_confirmed_milder_covers_no_practice_that_nobody_judged() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let (analyst, approver) = (server.person(BUYER, Role::Analyst).await, server.person(BUYER, Role::Approver).await);
    let [_, _, engagement] = add_vendor(&buyer, "Northwind", "kim@northwind.example", &whole_profile()).await;
    let api = format!("/api/v1/engagements/{engagement}");
    let used_for = async |purpose: &str| {
        // Stated, so that nothing but the purpose speaks for a tier or against one.
        let stated = json!({ "facts": { "purpose": purpose, "profiling": "no" } });
        analyst.post(&format!("{api}/facts"), &stated).await.expect(200, "stated").json()
    };
    let refused = async || {
        let approve = json!({ "kind": "approved" });
        approver.post(&format!("{api}/decisions"), &approve).await.expect(422, "nothing is scored").text
    };
    let course = "Ranks applicants for jobs by their CVs";
    assert_eq!(used_for(course).await["proposed_areas"], json!(["4(a)"]));
    let mild = json!({ "tier": "minimal", "reason": "It is a course with invented people." });
    analyst.post(&format!("{api}/classification"), &mild).await.expect(200, "confirmed, for it rests on words");
    assert!(!refused().await.contains("tier-not-confirmed"), "the reason was given for this");

    let known = used_for("Credit scoring of people who want a loan").await;
    assert_eq!((&known["proposed"], &known["proposed_areas"]), (&json!("high"), &json!(["5(b)"])), "{known}");
    assert!(refused().await.contains("tier-not-confirmed"), "as high as before, and another area");
    let shown = analyst.get(&format!("/engagements/{engagement}/decision")).await.expect(200, "the page").text;
    assert!(shown.contains("speaks against the tier of the EU AI Act that was confirmed"), "{shown}");
    used_for(course).await;
    assert!(!refused().await.contains("tier-not-confirmed"), "what was judged");
    server.finish().await;
}
