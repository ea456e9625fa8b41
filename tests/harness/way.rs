//! The way that every assessment takes, by the API and the vendor's link: asked, entered, answered, submitted.

use super::{Answer, Server, Session, Value};
use candor::actions::content::{REASONS, shipped};
use candor::platform::clock::Clock;
use domain::answer::iso_date;
use domain::questionnaire::{Authored, Document};
use serde_json::json;
use time::Duration;

/// An assessment that was sent.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The vendor.
    pub vendor: String,
    /// What it is used for.
    pub engagement: String,
    /// Who is asked.
    pub contact: String,
    /// Their address.
    pub address: String,
    /// The assessment.
    pub assessment: String,
}

/// A profile in which every factor of the default policy has a value.
pub fn whole_profile() -> Value {
    let chosen = [
        ("ai_act_tier", "limited"),
        ("personal_data", "ordinary"),
        ("confidential_data", "internal"),
        ("trains_on_our_data", "unknown"),
        ("autonomy", "advises"),
        ("decision_role", "informs"),
        ("people_affected", "customers"),
        ("generative", "reviewed"),
        ("exposure", "organisation"),
        ("criticality", "important"),
        ("replaceability", "hard"),
    ];
    assert_eq!(chosen.len(), REASONS.factors.len(), "the policy has other factors now");
    chosen
        .into_iter()
        .map(|(factor, value)| (factor.to_owned(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A day so many days from today.
pub fn in_days(days: i64) -> String {
    iso_date::write(Clock::system().today() + Duration::days(days))
}

/// Adds a vendor with a contact and an engagement; gives the three ids.
pub async fn add_vendor(buyer: &Session, name: &str, address: &str, profile: &Value) -> [String; 3] {
    let contact = json!({ "name": "Kim Vendor", "email": address });
    let vendor = buyer.make("/api/v1/vendors", &json!({ "name": name, "contacts": [contact] })).await;
    let contacts = buyer.read(&format!("/api/v1/vendors/{vendor}/contacts")).await;
    let contact = contacts["items"][0]["id"].as_str().expect("a contact").to_owned();
    let engagement = json!({
        "name": "Support assistant", "business_function": "Customer service", "owner": "Lee Owner", "profile": profile
    });
    let engagement = buyer.make(&format!("/api/v1/vendors/{vendor}/engagements"), &engagement).await;
    [vendor, contact, engagement]
}

/// The newest version of the shipped questionnaire that most tests ask.
pub async fn template_version(buyer: &Session) -> String {
    version_of(buyer, "ai-screening").await
}

/// The newest version of a shipped questionnaire.
pub async fn version_of(buyer: &Session, key: &str) -> String {
    let templates = buyer.read("/api/v1/templates").await;
    let template = templates["items"].as_array().expect("templates").iter().find(|row| row["key"] == key);
    let template = template.expect("the shipped questionnaire")["id"].as_str().expect("an id").to_owned();
    let versions = buyer.read(&format!("/api/v1/templates/{template}/versions")).await;
    versions["items"][0]["id"].as_str().expect("a version").to_owned()
}

/// Asks a new vendor, with this profile of its engagement.
pub async fn ask_about(buyer: &Session, name: &str, profile: &Value) -> Asked {
    ask_with(buyer, name, profile, &template_version(buyer).await).await
}

/// Asks a new vendor this version of a questionnaire.
pub async fn ask_with(buyer: &Session, name: &str, profile: &Value, version: &str) -> Asked {
    let word: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let address = format!("kim@{word}.example");
    let [vendor, contact, engagement] = add_vendor(buyer, name, &address, profile).await;
    let assessment = json!({
        "engagement": engagement, "template_version": version, "contact": contact,
        "due_on": in_days(21), "message": "We look forward to your answers.", "issue": true
    });
    let assessment = buyer.make("/api/v1/assessments", &assessment).await;
    Asked { vendor, engagement, contact, address, assessment }
}

/// Asks a new vendor.
pub async fn ask(buyer: &Session, name: &str) -> Asked {
    ask_about(buyer, name, &whole_profile()).await
}

/// The contact, in through the link in the mail that they got.
pub async fn enter(server: &Server, asked: &Asked) -> Session {
    let mail = server.mail_to(&asked.address, 1).await;
    enter_by(server, &mail.link().expect("a link")).await
}

/// A contact, in through a link.
pub async fn enter_by(server: &Server, link: &str) -> Session {
    let session = server.session();
    let entered = session.submit(server.path(link), &[]).await.expect(303, "the button behind the link");
    assert!(entered.location().starts_with("/portal/"), "{}", entered.location());
    session
}

/// Replies of a vendor with its house in order, to every question that it is asked. The table declares these rows.
pub fn replies(rows: &[Value]) -> Vec<(&'static str, Value)> {
    let choice = |option: &str| json!({ "kind": "choice", "option": option });
    let choices = |options: &[&str]| json!({ "kind": "choices", "options": options });
    vec![
        ("PROD-1", json!({ "kind": "text", "text": "Northwind Desk, Enterprise plan" })),
        ("PROD-2", choice("other_models")),
        ("ROLE-1", choices(&["provider"])),
        ("PLACE-1", choice("embedded")),
        ("PROD-3", choices(&["converses", "generates"])),
        ("AREA-1", choices(&["none"])),
        ("A.9.4-1", choice("yes_enforced")),
        ("A.2.2-1", choice("current")),
        ("A.3.2-1", choice("yes")),
        ("A.5.2-1", choice("current")),
        ("A.5.4-1", choices(&["fairness", "privacy"])),
        ("CERT-1", choice("in_progress")),
        ("A.7.2-1", choice("never")),
        ("A.7.2-3", choice("no")),
        ("A.7.2-4", json!({ "kind": "number", "number": 30.0 })),
        ("A.6.2.4-1", choice("shared")),
        ("A.6.2.4-2", choice("internal")),
        ("A.6.2.4-3", choice("own_12m")),
        ("A.6.2.6-1", choice("continuous")),
        ("A.6.2.8-1", choices(&["user", "version"])),
        ("A.9.2-1", choice("always")),
        ("A.9.2-2", choice("all")),
        ("A.8.2-1", choice("always")),
        ("A.8.3-1", choice("customers")),
        ("A.10.3-1", choice("regular")),
        ("A.10.2-1", choice("all")),
        ("A.8.5-1", json!({ "kind": "number", "number": 90.0 })),
        ("A.8.4-1", choice("24h")),
        ("A.8.4-2", choice("no")),
        ("A.4.2-1", choice("current")),
        ("REG-1", json!({ "kind": "table", "rows": rows })),
    ]
}

/// One AI feature, as a row of the table question.
pub fn feature(name: &str) -> Value {
    json!({
        "name": name, "kind": "embedded_feature", "product": "Northwind Desk", "purpose": "Drafts replies to customers",
        "default_state": "off", "trains_on_customer_data": "no", "residency": "EU"
    })
}

/// Takes everything that submissions propose over into the register.
pub async fn take_up(analyst: &Session) {
    let open = analyst.read("/api/v1/components/proposals").await;
    for proposal in open["items"].as_array().expect("items") {
        let path = format!("/api/v1/components/proposals/{}/apply", proposal["id"].as_str().expect("an id"));
        analyst.post(&path, &json!({})).await.expect(200, "applied");
    }
}

/// Where a question's answer is read and written.
pub fn answer_path(assessment: &str, question: &str) -> String {
    format!("/api/v1/assessments/{assessment}/answers/{question}")
}

/// Saves replies, one request each, as autosave does.
pub async fn answer(vendor: &Session, assessment: &str, replies: &[(&str, Value)]) {
    for (question, reply) in replies {
        let body = json!({ "reply": reply, "comment": null });
        vendor.put(&answer_path(assessment, question), &body).await.expect(200, question);
    }
}

/// Confirms the tier of the EU AI Act of a use, the one that [`whole_profile`] says.
pub async fn confirm_tier(analyst: &Session, engagement: &str) {
    let limited = json!({ "tier": "limited", "reason": "People write with it, and know that." });
    analyst.post(&format!("/api/v1/engagements/{engagement}/classification"), &limited).await.expect(200, "confirmed");
}

/// Attests and submits.
pub async fn submit(vendor: &Session, assessment: &str) -> Answer {
    let attestation = json!({ "name": "Kim Vendor", "title": "Head of product security", "confirmed": true });
    vendor.post(&format!("/api/v1/assessments/{assessment}/submit"), &attestation).await
}

/// The shipped questionnaire as it stands in the repository.
pub fn questionnaire() -> Document {
    let authored: Authored = serde_json::from_str(&shipped("templates/ai-screening.json")).expect("a questionnaire");
    authored.edition("en")
}
