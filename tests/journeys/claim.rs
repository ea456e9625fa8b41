//! A vendor's own organisation: kept by whoever reads the contact's mail, joined when an administrator lets in.

use crate::harness::way::{
    Asked, add_vendor, answer, ask, enter, enter_by, in_days, replies, template_version, whole_profile,
};
use crate::harness::{Server, Session};
use candor::actions::{Buyer, sign_in};
use candor::repo::{self, SystemScope};
use domain::access::Role;
use domain::ids::OrganisationId;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

fn account(asked: &Asked) -> String {
    format!("/portal/{}/account", asked.assessment)
}

/// The contact, in through the mail, who keeps an account under this name.
async fn kept(server: &Server, asked: &Asked, name: &str) -> Session {
    let kim = enter(server, asked).await;
    kim.get(&account(asked)).await.expect(200, "offered");
    let done = kim.submit(&account(asked), &[("do", "keep"), ("name", name)]).await;
    assert_eq!((done.status, done.location()), (303, "/answering"), "{}", done.text);
    kim
}

/// A further browser of the member of an organisation with this address.
async fn elsewhere(server: &Server, organisation: &str, address: &str) -> Session {
    let platform = server.platform().await;
    let all = repo::organisations::all(platform.db.read(), SystemScope).await.expect("organisations");
    let id = OrganisationId(all.iter().find(|row| row.name == organisation).expect("the organisation").id);
    let members = repo::people::members(platform.db.read(), SystemScope.acting_for(id)).await.expect("members");
    let member = members.iter().find(|member| member.email == address).expect("the member").id;
    let token = sign_in::make_link(&platform, &Buyer::system(id), member).await.expect("a link");
    platform.db.close().await;
    let session = server.session();
    session.submit(&format!("/sign-in/{}", token.reveal()), &[]).await.expect(303, "signed in");
    session
}

#[tokio::test]
async fn an_account_is_kept_through_a_mailed_link_alone() {
    let (server, admin) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let copied = buyer.post(&format!("/api/v1/assessments/{}/links", asked.assessment), &json!({})).await;
    let copied = copied.expect(201, "copied").json()["url"].as_str().expect("a link").to_owned();
    let passed_on = enter_by(&server, &copied).await;
    assert_eq!(passed_on.get(&account(&asked)).await.status, 303, "a copied link proves nothing");
    passed_on.submit(&account(&asked), &[("do", "keep"), ("name", "Evil")]).await.expect(403, "and keeps nothing");

    let kim = kept(&server, &asked, "Northwind Inc.").await;
    let list = kim.get("/answering").await.expect(200, "home").text;
    assert!(list.contains(BUYER) && list.contains(&asked.assessment), "{list}");
    let page = admin.get(&format!("/vendors/{}", asked.vendor)).await.expect(200, "the buyer's page").text;
    assert!(page.contains("Northwind Inc."), "{page}");
    for path in ["/vendors", "/assessments", "/api/v1/vendors", "/register", "/audit"] {
        kim.get(path).await.expect(403, path);
    }
    let again = enter(&server, &asked).await;
    let offered = again.get(&account(&asked)).await.expect(200, "somebody with the same mail");
    assert!(offered.text.contains("/sign-in"), "a link signs nobody in to an account that there is");
    again.submit(&account(&asked), &[("do", "join")]).await.expect(403, "nor lets them join");
    again.get("/api/v1/answering").await.expect(401, "nor in");
    server.finish().await;
}

#[tokio::test]
async fn all_buyers_questionnaires_open_without_a_link_and_nobody_else_s_do() {
    let (server, _) = Server::set_up(BUYER).await;
    server.further_organisation("Second Bank").await;
    let (first, second) = (server.program(BUYER, Role::Procurement), server.program("Second Bank", Role::Procurement));
    let (one, two) = (ask(&first, "Northwind").await, ask(&second, "North Wind").await);
    let stranger = ask(&first, "Southwind").await;
    let kim = kept(&server, &one, "Northwind Inc.").await;
    let mail = server.mail_to(&two.address, 2).await;
    kim.submit(server.path(&mail.link().expect("a link")), &[]).await.expect(303, "the second buyer's link");
    let page = kim.get(&account(&two)).await.expect(200, "to be added").text;
    let id = page.split("name=\"organisation\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let fields = [("do", "link"), ("organisation", id.expect("an organisation that Kim administers"))];
    kim.submit(&account(&two), &fields).await.expect(303, "added");

    let elsewhere = elsewhere(&server, "Northwind Inc.", &one.address).await;
    let items = elsewhere.read("/api/v1/answering").await;
    assert_eq!(items["items"].as_array().map(Vec::len), Some(2), "{items}");
    answer(&elsewhere, &two.assessment, &replies(&[])[..2]).await;
    elsewhere.get(&format!("/portal/{}", one.assessment)).await.expect(200, "without a link");
    let workbook = elsewhere.get(&format!("/api/v1/assessments/{}/workbook", two.assessment)).await;
    let upload = format!("/api/v1/assessments/{}/imports", two.assessment);
    let import = elsewhere.upload(&upload, &[], ("w.xlsx", workbook.bytes)).await.expect(201, "an import").json();
    let import = format!("/api/v1/imports/{}", import["id"].as_str().expect("an id"));
    elsewhere.get(&import).await.expect(200, "their own import");

    let nobody = kept(&server, &stranger, "Southwind Inc.").await;
    let unknown = "/portal/01939c5a-0000-7000-8000-000000000000";
    let refused = nobody.get(&format!("/portal/{}", one.assessment)).await.expect(404, "somebody else's");
    let unknown = nobody.get(unknown).await.expect(404, "no such thing");
    let bare = |text: &str| text.lines().filter(|line| !line.contains("equest")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(bare(&refused.text), bare(&unknown.text));
    nobody.get(&import).await.expect(404, "somebody else's import");
    nobody.get(&format!("/api/v1/assessments/{}/answers", one.assessment)).await.expect(404, "somebody else's answers");
    server.finish().await;
}

#[tokio::test]
async fn whoever_asks_to_join_waits_for_an_administrator() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let kim = kept(&server, &asked, "Northwind Inc.").await;
    // A buyer may add any contact: that alone must not open the vendor's books.
    let body = json!({ "contacts": [{ "name": "Lee", "email": "lee@elsewhere.example" }] });
    let path = format!("/api/v1/vendors/{}/contacts", asked.vendor);
    let contacts = buyer.post(&path, &body).await.expect(201, "a contact").json();
    let lee = contacts["items"].as_array().expect("contacts").iter().find(|row| row["name"] == "Lee").expect("Lee");
    let sent = json!({
        "engagement": asked.engagement, "template_version": template_version(&buyer).await, "contact": lee["id"],
        "due_on": in_days(9), "issue": true
    });
    let assessment = buyer.make("/api/v1/assessments", &sent).await;
    let theirs = Asked { assessment, address: "lee@elsewhere.example".to_owned(), ..asked.clone() };
    let lee = enter(&server, &theirs).await;
    assert!(lee.get(&account(&theirs)).await.expect(200, "offered").text.contains("Northwind Inc."));
    lee.submit(&account(&theirs), &[("do", "join")]).await.expect(303, "asked");
    lee.get(&format!("/portal/{}", asked.assessment)).await.expect(401, "not in yet");
    let told = server.mail_to(&asked.address, 2).await;
    assert!(told.subject.contains("join"), "{}", told.subject);
    let waiting = kim.read("/api/v1/answering/joining").await;
    let contact = waiting["items"][0]["contact"].as_str().expect("Lee").to_owned();
    kim.submit(&format!("/answering/joining/{contact}"), &[("do", "let_in")]).await.expect(303, "let in");
    assert!(server.mail_to("lee@elsewhere.example", 2).await.subject.contains("joined"));
    let lee = elsewhere(&server, "Northwind Inc.", "lee@elsewhere.example").await;
    lee.get(&format!("/portal/{}", asked.assessment)).await.expect(200, "in now");
    lee.get("/api/v1/answering/joining").await.expect(403, "a responder lets nobody in");
    server.finish().await;
}

#[tokio::test]
async fn a_colleague_asked_in_for_a_part_claims_nothing() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let kim = enter(&server, &asked).await;
    let body = json!({ "name": "Lee", "email": "lee@consultants.example", "questions": ["PROD-1"] });
    kim.post(&format!("/api/v1/assessments/{}/colleagues", asked.assessment), &body).await.expect(201, "asked in");
    let mail = server.mail_to("lee@consultants.example", 1).await;
    let lee = enter_by(&server, &mail.link().expect("a link")).await;
    assert_eq!(lee.get(&account(&asked)).await.status, 303, "nothing is offered");
    lee.submit(&account(&asked), &[("do", "keep"), ("name", "Evil")]).await.expect(403, "nothing is kept");
    add_vendor(&buyer, "Westwind", "w@westwind.example", &whole_profile()).await;
    server.finish().await;
}
