//! Members, their roles and tokens, and what happens when two people, or one too many, change them.

use crate::harness::{Server, Session, Value};
use domain::access::Role;
use serde_json::json;

/// The members by address: id and revision.
async fn member(who: &Session, address: &str) -> (String, i64) {
    let members = who.read("/api/v1/members").await;
    let row = members["items"].as_array().expect("members").iter().find(|row| row["email"] == address);
    let row = row.unwrap_or_else(|| panic!("no {address} in {members}"));
    (row["id"].as_str().expect("an id").to_owned(), row["revision"].as_i64().expect("a revision"))
}

const ADA: &str = "ada@buyer.example";
const LEE: &str = "lee@buyer.example";

#[tokio::test]
async fn two_administrators_at_once_do_not_overwrite_each_other() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    let bea = server.person("Harbour Bank", Role::Administrator).await;
    let lee = server.person_called("Harbour Bank", Role::Analyst, Some(LEE)).await;
    let (id, revision) = member(&ada, LEE).await;
    let path = format!("/people/{id}");
    let seen = revision.to_string();
    assert!(ada.get(&path).await.expect(200, "the page").text.contains("Reviews answers"));
    let first = [("revision", seen.as_str()), ("roles", "procurement"), ("roles", "analyst")];
    ada.submit(&path, &first).await.expect(303, "saved first");
    let second = [("revision", seen.as_str()), ("roles", "auditor")];
    let conflict = bea.submit(&path, &second).await.expect(409, "saved second");
    assert!(conflict.text.contains("What stands there now: Procurement, Risk analyst"), "{}", conflict.text);
    assert!(conflict.text.contains("value=\"auditor\" checked"), "what they chose is kept: {}", conflict.text);
    let now = conflict.text.split("name=\"revision\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let again = [("revision", now.expect("the new revision")), ("roles", "auditor")];
    bea.submit(&path, &again).await.expect(303, "decided with both in sight");
    lee.get("/audit").await.expect(200, "an auditor at once");
    // By the API likewise.
    let api = format!("/api/v1/members/{id}");
    let stale = ada.patch(&api, revision, &json!({ "roles": ["approver"] })).await.expect(412, "stale");
    assert_eq!(stale.json()["current"]["roles"], json!(["auditor"]));
    let fresh = ada.get(&api).await.expect(200, "looked at");
    let tag: i64 = fresh.header("etag").trim_matches('"').parse().expect("a revision");
    ada.patch(&api, tag, &json!({ "roles": ["approver"] })).await.expect(200, "fresh");
    for (roles, refusal) in [(json!([]), "roles: choose-role"), (json!(["king"]), "roles: unknown")] {
        let refused = ada.patch(&api, tag + 1, &json!({ "roles": roles })).await.expect(422, refusal);
        assert_eq!(refused.refusals(), [refusal]);
    }
    let log = ada.read("/api/v1/audit?limit=200").await.to_string();
    assert!(log.contains("member.roles_changed"), "{log}");
    server.finish().await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    let (id, revision) = member(&ada, ADA).await;
    let path = format!("/people/{id}");
    let seen = revision.to_string();
    let refused = ada.submit(&path, &[("revision", &seen), ("roles", "auditor")]).await.expect(422, "demoted");
    assert!(refused.text.contains("Nobody else administers"), "{}", refused.text);
    ada.get(&format!("{path}/remove")).await.expect(200, "asked");
    let refused = ada.submit(&format!("{path}/remove"), &[("revision", &seen)]).await.expect(409, "removed");
    assert!(refused.text.contains("Nobody else administers"), "{}", refused.text);
    ada.delete(&format!("/api/v1/members/{id}")).await.expect(409, "by the API");
    // Two who let go of it at the same time: one stays.
    let bea = server.person_called("Harbour Bank", Role::Administrator, Some("bea@buyer.example")).await;
    let (other, _) = member(&ada, "bea@buyer.example").await;
    let (own, others) = (format!("/api/v1/members/{id}"), format!("/api/v1/members/{other}"));
    let body = json!({ "roles": ["auditor"] });
    let (one, two) = tokio::join!(ada.patch(&own, revision, &body), bea.patch(&others, 1, &body));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422], "{} {}", one.text, two.text);
    server.finish().await;
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_on_the_open_page() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    server.further_organisation("Second Bank").await;
    let lee = server.person_called("Harbour Bank", Role::Procurement, Some(LEE)).await;
    lee.get("/vendors/new").await.expect(200, "the page is open");
    let (id, revision) = member(&ada, LEE).await;
    let api = format!("/api/v1/members/{id}");
    ada.patch(&api, revision, &json!({ "roles": ["auditor"] })).await.expect(200, "taken away");
    let vendor = json!({ "name": "Northwind" });
    lee.submit("/vendors", &[("name", "Northwind")]).await.expect(403, "the page's form");
    lee.post("/api/v1/vendors", &vendor).await.expect(403, "a program in the page");
    ada.delete(&api).await.expect(204, "removed");
    lee.get("/api/v1/vendors").await.expect(401, "no member any more");
    lee.submit("/vendors", &[("name", "Northwind")]).await.expect(401, "nor on the page");
    ada.get(&api).await.expect(404, "removed");
    ada.get(&format!("/people/{id}")).await.expect(404, "removed");
    assert_eq!(ada.read("/api/v1/vendors").await["items"], json!([]));
    server.finish().await;
}

/// A browser of a person, signed in by mail.
async fn by_mail(server: &Server, address: &str) -> Session {
    let browser = server.session();
    browser.submit("/sign-in", &[("email", address)]).await.expect(303, "asked");
    let mail = server.mail_to(address, 1).await;
    let link = mail.link_below("/sign-in/").expect("a link");
    browser.submit(server.path(&link), &[]).await.expect(303, "signed in");
    browser
}

#[tokio::test]
async fn an_open_page_of_one_organisation_writes_nothing_into_another() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    server.further_organisation("Second Bank").await;
    server.person_called("Harbour Bank", Role::Procurement, Some(LEE)).await;
    server.person_called("Second Bank", Role::Procurement, Some(LEE)).await;
    let lee = by_mail(&server, LEE).await;
    lee.get("/vendors/new").await.expect(200, "the first organisation's page is open");
    let (id, _) = member(&ada, LEE).await;
    ada.delete(&format!("/api/v1/members/{id}")).await.expect(204, "removed there");
    let refused = lee.submit("/vendors", &[("name", "Northwind")]).await.expect(409, "from the open page");
    assert!(refused.text.contains("no longer a member"), "{}", refused.text);
    let home = lee.get("/").await.expect(303, "the start page");
    assert_eq!(home.location(), "/account");
    let account = lee.get("/account").await.expect(200, "what is left").text;
    assert!(account.contains("Second Bank") && !account.contains("Harbour Bank"), "{account}");
    assert_eq!(lee.read("/api/v1/vendors").await["items"], json!([]), "nothing was written into the other");
    server.finish().await;
}

#[tokio::test]
async fn nobody_but_the_installation_makes_operators() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    let (id, revision) = member(&ada, ADA).await;
    for role in ["operator", "responder"] {
        let body = json!({ "roles": ["administrator", role] });
        let refused = ada.patch(&format!("/api/v1/members/{id}"), revision, &body).await.expect(422, role);
        assert_eq!(refused.refusals(), ["roles: not-here"]);
        let body = json!({ "name": "Eve", "email": "eve@buyer.example", "roles": [role] });
        let refused = ada.post("/api/v1/invitations", &body).await.expect(422, role);
        assert_eq!(refused.refusals(), ["roles: not-here"]);
        let refused = ada.post("/api/v1/tokens", &json!({ "name": "x", "role": role })).await.expect(422, role);
        assert_eq!(refused.refusals(), ["role: not-here"]);
    }
    let bea = server.person("Harbour Bank", Role::Administrator).await;
    for path in ["/installation", "/installation/organisations", "/installation/operators"] {
        bea.get(path).await.expect(403, path);
    }
    bea.submit("/installation/operators", &[("name", "Bea"), ("email", "bea@x.example")]).await.expect(403, "invited");
    server.finish().await;
}

#[tokio::test]
async fn tokens_outlive_their_maker_and_end_when_revoked() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    let bea = server.person_called("Harbour Bank", Role::Administrator, Some("bea@buyer.example")).await;
    let body = json!({ "name": "Nightly export", "role": "analyst", "permissions": ["read"], "days": 30 });
    let made = bea.post("/api/v1/tokens", &body).await.expect(201, "made").json();
    let program = Session::new(&server.url, made["token"].as_str().map(str::to_owned));
    program.get("/api/v1/vendors").await.expect(200, "it reads");
    program.post("/api/v1/vendors", &json!({ "name": "Northwind" })).await.expect(403, "and does nothing else");
    program.get("/account").await.expect(403, "a program has no account");
    for (body, refusal) in [
        (json!({ "name": "x", "role": "auditor", "permissions": ["issue"] }), "permissions: beyond-role"),
        (json!({ "name": "x", "role": "auditor", "permissions": [] }), "permissions: required"),
        (json!({ "name": "x", "role": "auditor", "permissions": ["fly"] }), "permissions: unknown"),
        (json!({ "name": "x", "role": "auditor", "days": 0 }), "days: too-small"),
        (json!({ "name": "", "role": "auditor" }), "name: required"),
    ] {
        assert_eq!(ada.post("/api/v1/tokens", &body).await.expect(422, refusal).refusals(), [refusal]);
    }
    let (id, _) = member(&ada, "bea@buyer.example").await;
    assert!(ada.get(&format!("/people/{id}")).await.text.contains("Nightly export"), "listed with its maker");
    ada.delete(&format!("/api/v1/members/{id}")).await.expect(204, "the maker is removed");
    program.get("/api/v1/vendors").await.expect(200, "the token stays");
    let page = ada.get("/people/tokens").await.expect(200, "the list").text;
    assert!(page.contains("Nightly export") && page.contains("The administrator"), "{page}");
    let listed = ada.read("/api/v1/tokens").await["items"][0].clone();
    assert!(listed["last_used_at"].is_string() && listed["made_by"] == Value::String(id), "{listed}");
    let token = listed["id"].as_str().expect("an id").to_owned();
    ada.submit(&format!("/people/tokens/{token}/revoke"), &[]).await.expect(303, "revoked");
    program.get("/api/v1/vendors").await.expect(401, "it ends at once");
    ada.delete(&format!("/api/v1/tokens/{token}")).await.expect(409, "revoked already");
    server.finish().await;
}

#[tokio::test]
async fn another_organisations_people_are_not_found() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    server.further_organisation("Second Bank").await;
    let eve = server.person("Second Bank", Role::Administrator).await;
    let (id, revision) = member(&ada, ADA).await;
    let body = json!({ "name": "Lee", "email": LEE, "roles": ["analyst"] });
    let invitation = ada.make("/api/v1/invitations", &body).await;
    let token = ada.make("/api/v1/tokens", &json!({ "name": "x", "role": "auditor" })).await;
    eve.patch(&format!("/api/v1/members/{id}"), revision, &json!({ "roles": ["auditor"] })).await.expect(404, "roles");
    eve.delete(&format!("/api/v1/members/{id}")).await.expect(404, "removed");
    eve.get(&format!("/people/{id}/remove")).await.expect(404, "asked");
    eve.submit(&format!("/people/{id}/link"), &[]).await.expect(404, "a link");
    eve.get(&format!("/api/v1/invitations/{invitation}")).await.expect(404, "an invitation");
    eve.delete(&format!("/api/v1/invitations/{invitation}")).await.expect(404, "revoked");
    for what in ["resend", "link", "revoke"] {
        eve.submit(&format!("/people/invitations/{invitation}/{what}"), &[]).await.expect(404, what);
    }
    eve.delete(&format!("/api/v1/tokens/{token}")).await.expect(404, "a token");
    for path in ["/api/v1/members", "/api/v1/invitations", "/api/v1/tokens"] {
        let listed = eve.read(path).await.to_string();
        assert!(!listed.contains(ADA) && !listed.contains(LEE) && !listed.contains(&token), "{path}: {listed}");
    }
    server.finish().await;
}
