//! Business owners read their own engagements; and nobody reviews what they answered.

use crate::harness::way::{answer, ask, enter, enter_by, feature, replies, submit, whole_profile};
use crate::harness::{Server, Session};
use domain::access::Role;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

/// What both vendors said, and are called.
const SEARCHED: [&str; 4] = [
    "/api/v1/search/vendors?q=kim",
    "/api/v1/search/assessments?q=kim",
    "/api/v1/search/answers?q=%22drafts%20replies%22&facets=*",
    "/api/v1/search/findings?q=zebra&facets=*",
];

async fn count(session: &Session, path: &str) -> usize {
    session.read(path).await["items"].as_array().expect("items").len()
}

#[tokio::test]
async fn a_business_owner_reads_their_own_engagements_and_nothing_else() {
    let (server, admin) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let owner = server.person(BUYER, Role::BusinessOwner).await;
    let (own, other) = (ask(&buyer, "Northwind").await, ask(&buyer, "Southwind").await);
    for asked in [&own, &other] {
        let vendor = enter(&server, asked).await;
        answer(&vendor, &asked.assessment, &replies(&[feature("Drafter")])).await;
        submit(&vendor, &asked.assessment).await.expect(200, "submitted");
        let finding = json!({ "engagement": asked.engagement, "title": "Zebras unguarded", "severity": "minor" });
        server.program(BUYER, Role::Analyst).make("/api/v1/findings", &finding).await;
    }
    assert_eq!(count(&owner, "/api/v1/vendors").await, 0, "nothing is theirs yet");
    server.jobs_done().await;
    for path in SEARCHED {
        let found = owner.read(path).await;
        assert_eq!((&found["total"], &found["items"]), (&json!(0), &json!([])), "{path}");
    }
    let members = admin.read("/api/v1/members").await;
    let member = members["items"].as_array().expect("members").iter().find(|row| row["name"] == "The business-owner");
    let member = member.expect("the owner")["id"].clone();
    let engagement = json!({
        "name": "Support assistant", "business_function": "Customer service", "owner": "The owner",
        "owner_member": member, "profile": whole_profile()
    });
    buyer.put(&format!("/api/v1/engagements/{}", own.engagement), &engagement).await.expect(200, "owned");
    let stranger = json!({ "name": "X", "business_function": "Y", "owner": "Z", "owner_member": own.vendor });
    let path = format!("/api/v1/engagements/{}", other.engagement);
    buyer.put(&path, &stranger).await.expect(422, "no member of that id");

    for path in ["/api/v1/vendors", "/api/v1/assessments"] {
        assert_eq!(count(&owner, path).await, 1, "{path}");
    }
    // What is found, and what is counted beside it.
    server.jobs_done().await;
    for path in SEARCHED {
        let found = owner.read(path).await;
        assert_eq!(found["total"], 1, "{path}");
        let found = found.to_string();
        assert!(found.contains("Northwind") && !found.contains("Southwind"), "{path}: {found}");
    }
    let all = owner.read("/api/v1/search/assessments?facets=*").await;
    assert_eq!(all["facets"]["vendor"], json!([{ "value": "Northwind", "count": 1 }]));
    for asked in ["filter=owned_by:1", "facets=owned_by"] {
        owner.get(&format!("/api/v1/search/assessments?{asked}")).await.expect(422, "whose is not asked for");
    }
    let page = owner.get("/search/answers?q=drafter").await.expect(200, "the page").text;
    assert!(page.contains("Northwind") && !page.contains("Southwind") && !page.contains("href=\"/register"), "{page}");
    assert_eq!(count(&owner, &format!("/api/v1/assessments?vendor={}", other.vendor)).await, 0);
    let paths = |asked: &crate::harness::way::Asked| {
        [
            format!("/api/v1/vendors/{}", asked.vendor),
            format!("/api/v1/vendors/{}/contacts", asked.vendor),
            format!("/api/v1/vendors/{}/score", asked.vendor),
            format!("/api/v1/engagements/{}", asked.engagement),
            format!("/api/v1/assessments/{}", asked.assessment),
            format!("/api/v1/assessments/{}/answers", asked.assessment),
            format!("/api/v1/assessments/{}/evidence", asked.assessment),
            format!("/api/v1/assessments/{}/score", asked.assessment),
            format!("/vendors/{}", asked.vendor),
            format!("/engagements/{}", asked.engagement),
            format!("/assessments/{}", asked.assessment),
            format!("/assessments/{}/answers", asked.assessment),
            format!("/assessments/{}/score", asked.assessment),
        ]
    };
    for path in paths(&own) {
        owner.get(&path).await.expect(200, &path);
    }
    for path in paths(&other) {
        owner.get(&path).await.expect(404, &path);
    }
    for path in ["/vendors", "/assessments"] {
        let page = owner.get(path).await.expect(200, path).text;
        assert!(page.contains("Northwind") && !page.contains("Southwind"), "{path}");
        assert!(!page.contains("/templates"), "{path} leads where they may not go");
    }
    for path in ["/templates", "/register", "/audit", "/people", "/api/v1/components", "/api/v1/templates"] {
        owner.get(path).await.expect(403, path);
    }
    let review = format!("/api/v1/assessments/{}/reviews", own.assessment);
    owner.post(&review, &json!({ "step": "take" })).await.expect(403, "they read");
    owner.put(&format!("/api/v1/engagements/{}", own.engagement), &engagement).await.expect(403, "they read");
    server.finish().await;
}

#[tokio::test]
async fn nobody_reviews_answers_that_they_entered() {
    let (server, _) = Server::set_up(BUYER).await;
    let person = server.person(BUYER, Role::Procurement).await;
    let asked = ask(&person, "Northwind").await;
    let copied = person.post(&format!("/api/v1/assessments/{}/links", asked.assessment), &json!({})).await;
    let link = copied.expect(201, "a copied link").json()["url"].as_str().expect("a link").to_owned();
    person.submit(server.path(&link), &[]).await.expect(303, "in the same browser");
    answer(&person, &asked.assessment, &replies(&[feature("Drafter")])[..1]).await;
    let vendor = enter_by(&server, &link).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Drafter")])[1..]).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let review = format!("/api/v1/assessments/{}/reviews", asked.assessment);
    let refused = person.post(&review, &json!({ "step": "take" })).await.expect(403, "own work").json();
    assert_eq!(refused["code"].as_str().or(refused["type"].as_str()).map(|code| code.contains("own-work")), Some(true));
    let colleague = server.person(BUYER, Role::Procurement).await;
    colleague.post(&review, &json!({ "step": "take" })).await.expect(200, "somebody else takes it");
    server.finish().await;
}

#[tokio::test]
async fn whoever_asked_may_review() {
    let (server, _) = Server::set_up(BUYER).await;
    let person = server.person(BUYER, Role::Procurement).await;
    let asked = ask(&person, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let review = format!("/api/v1/assessments/{}/reviews", asked.assessment);
    person.post(&review, &json!({ "step": "take" })).await.expect(200, "who issued may review");
    server.finish().await;
}
