//! Vendors and assessments found by how they are scored: ranges, ratings and order follow the newest score, and nobody
//! learns from them what adds up engagements of others.

use crate::harness::meilisearch::Place;
use crate::harness::way::{Asked, enter, whole_profile};
use crate::harness::way::{answer, ask, ask_about, enter_by, feature, in_days, replies, submit, template_version};
use crate::harness::{Server, Session, Settings, until};
use candor::actions::content::shipped;
use domain::access::Role;
use serde_json::{Value, json};

const BUYER: &str = "Harbour Bank";
const NOTHING: [&str; 0] = [];

async fn search(session: &Session, what: &str, parameters: &[(&str, &str)]) -> Value {
    let request = session.request(reqwest::Method::GET, &format!("/api/v1/search/{what}")).query(parameters);
    session.send(request).await.expect(200, "a search").json()
}

/// One field of everything that is found, in its order.
async fn found(session: &Session, what: &str, parameters: &[(&str, &str)], field: &str) -> Vec<String> {
    let found = search(session, what, parameters).await;
    let items = found["items"].as_array().expect("items");
    assert_eq!(found["total"], items.len(), "{parameters:?}");
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// Answers, submits and stores the score; gives the residual risk.
async fn scored(vendor: &Session, analyst: &Session, assessment: &str) -> f64 {
    answer(vendor, assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(vendor, assessment).await.expect(200, "submitted");
    stored(analyst, assessment).await
}

async fn stored(analyst: &Session, assessment: &str) -> f64 {
    let stored =
        analyst.post(&format!("/api/v1/assessments/{assessment}/score"), &json!({})).await.expect(201, "stored");
    stored.json()["output"]["residual"].as_f64().expect("a number")
}

/// A second use of a vendor, with more at stake, that it is asked about too.
async fn asked_of_more(buyer: &Session, first: &Asked) -> [String; 2] {
    let mut profile = whole_profile();
    for (factor, value) in [
        ("personal_data", "sensitive"),
        ("autonomy", "acts_alone"),
        ("decision_role", "decides"),
        ("exposure", "public"),
    ] {
        profile[factor] = json!(value);
    }
    let engagement = json!({
        "name": "Lending decisions", "business_function": "Credit", "owner": "Sam Owner", "profile": profile
    });
    let engagement = buyer.make(&format!("/api/v1/vendors/{}/engagements", first.vendor), &engagement).await;
    let assessment = json!({
        "engagement": engagement, "template_version": template_version(buyer).await, "contact": first.contact,
        "due_on": in_days(21), "message": "And about lending.", "issue": true
    });
    [buyer.make("/api/v1/assessments", &assessment).await, engagement]
}

async fn followed(settings: Settings) {
    let (server, admin) = Server::set_up_with(BUYER, settings).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let analyst = server.person(BUYER, Role::Analyst).await;
    let first = ask(&buyer, "Northwind").await;
    let other = ask_about(&buyer, "Southwind", &whole_profile()).await;
    let [lending, lending_use] = asked_of_more(&buyer, &first).await;
    server.jobs_done().await;
    let all = search(&analyst, "vendors", &[("facets", "*")]).await;
    assert_eq!(all["facets"]["rating"], json!([{ "value": "unknown", "count": 2 }]), "nothing is scored yet");

    let support = scored(&enter(&server, &first).await, &analyst, &first.assessment).await;
    let mail = server.mail_to(&first.address, 2).await;
    let lent = scored(&enter_by(&server, &mail.link().expect("a link")).await, &analyst, &lending).await;
    assert!(lent > support, "more is at stake: {lent} and {support}");
    server.jobs_done().await;
    let at = |residual: f64| format!("residual:[{residual}..{residual}]");
    for (q, assessments, vendors) in [
        (at(support), vec![first.assessment.as_str()], vec![]),
        (at(lent), vec![lending.as_str()], vec![first.vendor.as_str()]),
        (format!("risk:>{support}"), vec![lending.as_str()], vec![first.vendor.as_str()]),
        (format!("score:<{support}"), vec![], vec![]),
        ("-has:residual".to_owned(), vec![other.assessment.as_str()], vec![other.vendor.as_str()]),
    ] {
        assert_eq!(found(&analyst, "assessments", &[("q", &q)], "assessment").await, assessments, "{q}");
        assert_eq!(found(&analyst, "vendors", &[("q", &q)], "vendor").await, vendors, "{q}");
    }
    let order = found(&analyst, "assessments", &[("sort", "-residual")], "assessment").await;
    assert_eq!(order, [&*lending, &*first.assessment, &*other.assessment], "the riskiest first, the unscored last");
    let portfolio = analyst.read("/api/v1/portfolio").await["items"][0].clone();
    let one = search(&analyst, "vendors", &[("q", "northwind")]).await["items"][0].clone();
    assert_eq!((&one["rating"], &one["residual"]), (&portfolio["rating"], &json!(lent)), "as the portfolio has it");
    let rating = format!("rating:{}", one["rating"].as_str().expect("a rating"));
    assert_eq!(found(&analyst, "vendors", &[("filter", &rating)], "name").await, ["Northwind"]);
    let by_word = found(&analyst, "assessments", &[("q", &rating), ("filter", &rating)], "assessment").await;
    assert!(by_word.contains(&lending) && !by_word.contains(&other.assessment), "{by_word:?}");
    assert_eq!(found(&analyst, "assessments", &[("filter", "rating:unknown")], "vendor_name").await, ["Southwind"]);
    let page = analyst.get("/search/vendors?sort=-residual").await.expect(200, "the page").text.replace("&#x3D;", "=");
    assert!(page.contains(&format!("{lent:.1}")) && page.contains("Unscored"), "{page}");
    assert!(page.find("Northwind") < page.find("Southwind"), "the riskiest first");
    let list = analyst.get("/vendors").await.expect(200, "the list").text;
    assert!(list.contains(&format!("{lent:.1}")), "the list of vendors says the same: {list}");

    // Whoever owns one of two engagements: theirs alone, and no question that would tell of the other.
    let owner = server.person(BUYER, Role::BusinessOwner).await;
    let members = admin.read("/api/v1/members").await;
    let member = members["items"].as_array().expect("members").iter().find(|row| row["name"] == "The business-owner");
    let engagement = json!({
        "name": "Support assistant", "business_function": "Customer service", "owner": "The owner",
        "owner_member": member.expect("the owner")["id"], "profile": whole_profile()
    });
    buyer.put(&format!("/api/v1/engagements/{}", first.engagement), &engagement).await.expect(200, "owned");
    server.jobs_done().await;
    let theirs = search(&owner, "vendors", &[("facets", "*")]).await;
    assert_eq!(theirs["items"][0]["residual"], json!(support), "{theirs}");
    assert_eq!(theirs["facets"].get("rating"), None, "{theirs}");
    for asked in
        ["q=residual:%3E1", "q=name:north%20(zebra%20OR%20-has:risk)", "sort=-residual", "range=residual:[1..]"]
    {
        let refused = owner.get(&format!("/api/v1/search/vendors?{asked}")).await.expect(422, asked);
        assert_eq!(refused.json()["errors"][0]["code"], "adds-up-others", "{asked}");
    }
    owner.get("/api/v1/search/vendors?filter=rating:low").await.expect(422, "nor by its rating");
    let own = found(&owner, "assessments", &[("q", "has:residual"), ("sort", "-residual")], "assessment").await;
    assert_eq!(own, [first.assessment.as_str()]);
    let page = owner.get("/search/vendors").await.expect(200, "the page").text;
    assert!(page.contains(&format!("{support:.1}")) && !page.contains(&format!("{lent:.1}")), "{page}");
    assert!(!page.contains("Riskiest first") && !page.contains("residual:"), "{page}");

    // A use that has ended counts no more, and a score by another policy is found at once.
    let ended = json!({ "reason": "We decide ourselves again." });
    buyer.post(&format!("/api/v1/engagements/{lending_use}/end"), &ended).await.expect(204, "ended");
    server.jobs_done().await;
    assert_eq!(found(&analyst, "vendors", &[("q", &at(support))], "name").await, ["Northwind"]);
    let administrator = server.program(BUYER, Role::Administrator);
    let mut policy: Value = serde_json::from_str(&shipped("policies/default.json")).expect("the policy");
    policy["version"] = json!(policy["version"].as_u64().expect("a number") + 1);
    policy["max_mitigation"] = json!(0.5);
    administrator.post("/api/v1/policies", &policy).await.expect(201, "published");
    until("the run to end", async || {
        let run = analyst.read("/api/v1/policies/runs").await["items"][0].clone();
        (run["state"] == "done").then_some(())
    })
    .await;
    server.jobs_done().await;
    let path = format!("/api/v1/assessments/{}/score", first.assessment);
    let now = analyst.read(&path).await["output"]["residual"].as_f64().expect("a number");
    assert!(now > support, "controls take less away: {now} and {support}");
    for what in ["vendors", "assessments"] {
        let field = if what == "vendors" { "vendor" } else { "assessment" };
        let wanted = if what == "vendors" { &first.vendor } else { &first.assessment };
        assert_eq!(found(&analyst, what, &[("q", &at(support))], field).await, NOTHING, "{what}");
        assert_eq!(found(&analyst, what, &[("q", &at(now))], field).await, [wanted.as_str()], "{what}");
    }
    server.finish().await;
}

#[tokio::test]
async fn vendors_and_assessments_are_found_by_their_scores() {
    followed(Settings::default()).await;
}

#[tokio::test]
async fn vendors_and_assessments_are_found_by_their_scores_on_a_meilisearch_server() {
    let Some(place) = Place::configured("scores") else { return };
    followed(place.settings()).await;
    place.remove().await;
}
