//! Invitations: sent, bounced, sent again, handed over, accepted once, refused to anybody else.

use crate::harness::post::{Post, Replies};
use crate::harness::{Server, Session, Settings, Value, until};
use domain::access::Role;
use sea_orm::ConnectionTrait;
use serde_json::json;

const LEE: &str = "lee@buyer.example";

async fn invite(who: &Session, address: &str, roles: &[&str]) -> String {
    who.make("/api/v1/invitations", &json!({ "name": "Lee", "email": address, "roles": roles })).await
}

/// The path of the invitation in a mail.
async fn mailed(server: &Server, address: &str, count: usize) -> String {
    let mail = server.mail_to(address, count).await;
    let link = mail.link_below("/join/").unwrap_or_else(|| panic!("no link in {}", mail.text));
    server.path(&link).to_owned()
}

/// The path of a link that was copied from the page.
async fn copied(server: &Server, who: &Session, invitation: &str) -> String {
    let page = who.submit(&format!("/people/invitations/{invitation}/link"), &[]).await.expect(200, "copied").text;
    let link = page.split("value=\"").find(|part| part.contains("/join/")).and_then(|part| part.split('"').next());
    server.path(link.unwrap_or_else(|| panic!("no link in {page}"))).to_owned()
}

async fn standing(who: &Session, invitation: &str) -> (String, String) {
    let row = who.read(&format!("/api/v1/invitations/{invitation}")).await;
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    (text("standing"), text("delivery"))
}

async fn behind(server: &Server, sql: &str) {
    let database = server.behind_its_back().await;
    database.execute_unprepared(sql).await.expect(sql);
    database.close().await.expect("closed");
}

async fn members(who: &Session) -> Vec<Value> {
    who.read("/api/v1/members").await["items"].as_array().expect("members").clone()
}

#[tokio::test]
async fn a_mailed_invitation_is_accepted_once_and_by_its_button() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    let form = [("name", "Lee"), ("email", LEE), ("roles", "analyst"), ("roles", "auditor"), ("once", "one-click")];
    ada.submit("/people/invitations", &form).await.expect(303, "invited");
    ada.submit("/people/invitations", &form).await.expect(303, "clicked twice");
    let link = mailed(&server, LEE, 1).await;
    let lee = server.session();
    for _ in 0..3 {
        let page = lee.get(&link).await.expect(200, "looked at");
        for told in ["Ada Admin", "Harbour Bank", "Risk analyst, Auditor", LEE] {
            assert!(page.text.contains(told), "{told}: {}", page.text);
        }
    }
    assert_eq!(members(&ada).await.len(), 1, "looking changes nothing");
    let entered = lee.submit(&link, &[]).await.expect(303, "accepted");
    assert_eq!(entered.location(), "/");
    lee.get("/audit").await.expect(200, "signed in, as an auditor too");
    let account = lee.get("/account").await.text;
    assert!(account.contains(">Verified<"), "a mailed link shows that the address is theirs: {account}");
    assert_eq!(server.mails().len(), 1, "two clicks, one invitation");
    let again = server.session();
    assert!(again.get(&link).await.expect(410, "looked at again").text.contains("accepted already"));
    again.submit(&link, &[]).await.expect(303, "pressed again");
    again.get("/audit").await.expect(303, "it signs nobody in twice");
    let listed = ada.read("/api/v1/invitations").await["items"].clone();
    assert_eq!(listed[0]["standing"], "accepted", "{listed}");
    let refused = ada.post("/api/v1/invitations", &json!({ "name": "Lee", "email": LEE, "roles": ["auditor"] })).await;
    assert_eq!(refused.expect(422, "a member").refusals(), ["email: already-a-member"]);
    assert!(!server.log().contains(link.rsplit('/').next().expect("a secret")), "a secret stands in the log");
    server.finish().await;
}

#[tokio::test]
async fn two_who_press_at_once_make_one_member() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    invite(&ada, LEE, &["analyst"]).await;
    let link = mailed(&server, LEE, 1).await;
    let (one, two) = (server.session(), server.session());
    tokio::join!(one.submit(&link, &[]), two.submit(&link, &[]));
    let inside = [one.get("/vendors").await.status, two.get("/vendors").await.status];
    assert_eq!(inside.iter().filter(|status| **status == 200).count(), 1, "{inside:?}");
    assert_eq!(members(&ada).await.len(), 2);
    server.finish().await;
}

#[tokio::test]
async fn an_invitation_opened_by_somebody_else_is_refused() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    let invitation = invite(&ada, LEE, &["approver"]).await;
    let link = mailed(&server, LEE, 1).await;
    let eve = server.person_called("Harbour Bank", Role::Procurement, Some("eve@buyer.example")).await;
    let page = eve.get(&link).await.expect(409, "opened by somebody else");
    for told in ["for somebody else", LEE, "eve@buyer.example", "/sign-out"] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
    eve.submit(&link, &[]).await.expect(303, "pressed by somebody else");
    assert_eq!(standing(&ada, &invitation).await.0, "open");
    let roles: Vec<_> = members(&ada).await.into_iter().filter(|row| row["email"] == "eve@buyer.example").collect();
    assert_eq!(roles[0]["roles"], json!(["procurement"]));
    // Signed out, they come back to it.
    let out = eve.submit("/sign-out", &[("return_to", &link)]).await.expect(303, "signed out");
    assert_eq!(out.location(), link);
    eve.get(&link).await.expect(200, "nobody is signed in any more");
    server.finish().await;
}

#[tokio::test]
async fn a_copied_link_proves_nothing_of_the_address() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    let invitation = invite(&ada, LEE, &["analyst"]).await;
    let link = copied(&server, &ada, &invitation).await;
    let lee = server.session();
    lee.get(&link).await.expect(200, "looked at");
    lee.submit(&link, &[]).await.expect(303, "accepted");
    let account = lee.get("/account").await.expect(200, "signed in").text;
    assert!(account.contains("Not verified"), "{account}");
    lee.submit("/account", &[("name", "Eve")]).await.expect(403, "nor does it let in to all that is theirs");
    server.finish().await;
}

#[tokio::test]
async fn a_copied_link_lets_nobody_in_as_somebody_who_is_here() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    server.further_organisation("Second Bank").await;
    server.person_called("Harbour Bank", Role::Approver, Some(LEE)).await;
    // Second Bank's administrator invites somebody of Harbour Bank, and keeps the link.
    let eve = server.person("Second Bank", Role::Administrator).await;
    let invitation = invite(&eve, LEE, &["analyst"]).await;
    let link = copied(&server, &eve, &invitation).await;
    let browser = server.session();
    let page = browser.get(&link).await.expect(200, "opened");
    assert!(page.text.contains("Sign in first") && !page.text.contains("Harbour Bank"), "{}", page.text);
    browser.submit(&link, &[]).await.expect(303, "pressed");
    browser.get("/account").await.expect(303, "nobody is signed in");
    assert_eq!(standing(&eve, &invitation).await.0, "open");
    // The real one signs in by mail, comes back, and accepts.
    browser.submit("/sign-in", &[("email", LEE), ("return_to", &link)]).await.expect(303, "asked");
    let mail =
        until("the sign-in mail", async || server.mails().into_iter().find_map(|mail| mail.link_below("/sign-in/")));
    let sign_in = mail.await;
    let entered = browser.submit(server.path(&sign_in), &[]).await.expect(303, "signed in");
    assert_eq!(entered.location(), link);
    browser.submit(&link, &[]).await.expect(303, "accepted");
    let account = browser.get("/account").await.text;
    assert!(account.contains("Harbour Bank") && account.contains("Second Bank"), "{account}");
    server.finish().await;
}

#[tokio::test]
async fn a_revoked_invitation_is_over_and_an_expired_one_offers_another() {
    let (server, ada) = Server::set_up("Harbour Bank").await;
    let first = invite(&ada, LEE, &["analyst"]).await;
    let refused = ada.post("/api/v1/invitations", &json!({ "name": "Lee", "email": LEE, "roles": ["auditor"] })).await;
    assert_eq!(refused.expect(422, "twice").refusals(), ["email: already-invited"]);
    let link = mailed(&server, LEE, 1).await;
    ada.delete(&format!("/api/v1/invitations/{first}")).await.expect(204, "revoked");
    ada.delete(&format!("/api/v1/invitations/{first}")).await.expect(409, "revoked already");
    ada.submit(&format!("/people/invitations/{first}/resend"), &[]).await.expect(409, "revoked is over");
    let lee = server.session();
    assert!(lee.get(&link).await.expect(410, "opened").text.contains("taken back"));
    lee.submit(&link, &[]).await.expect(303, "pressed");
    lee.submit(&format!("{link}/again"), &[]).await.expect(303, "asked for again");
    lee.get("/account").await.expect(303, "nobody is signed in");

    let second = invite(&ada, LEE, &["analyst"]).await;
    let link = mailed(&server, LEE, 2).await;
    behind(&server, "UPDATE invitation SET expires_at = created_at WHERE revoked_at IS NULL").await;
    let page = lee.get(&link).await.expect(410, "opened");
    assert!(page.text.contains("has expired") && page.text.contains("/again"), "{}", page.text);
    lee.submit(&link, &[]).await.expect(303, "pressed");
    assert_eq!(standing(&ada, &second).await.0, "expired");
    lee.submit(&format!("{link}/again"), &[]).await.expect(200, "asked for another");
    let fresh = mailed(&server, LEE, 3).await;
    lee.submit(&fresh, &[]).await.expect(303, "accepted");
    lee.get("/vendors").await.expect(200, "signed in");
    // Not as often as one likes.
    let third = invite(&ada, "sam@buyer.example", &["analyst"]).await;
    let mut statuses = Vec::new();
    for n in 1..=6 {
        server.mail_to("sam@buyer.example", n.min(5)).await;
        server.jobs_done().await;
        statuses.push(ada.submit(&format!("/people/invitations/{third}/resend"), &[]).await.status);
    }
    assert_eq!(statuses, [303, 303, 303, 303, 429, 429]);
    lee.get("/join/nothing").await.expect(410, "no such invitation");
    lee.submit("/join/nothing", &[]).await.expect(303, "nor behind its button");
    server.finish().await;
}

#[tokio::test]
async fn a_bounce_is_shown_and_a_temporary_failure_is_tried_again() {
    let replies = Replies::from([
        ("gone@buyer.example", vec!["550 5.1.1 No such mailbox here"]),
        ("busy@buyer.example", vec!["450 4.2.0 Greylisted, come back"]),
    ]);
    let post = Post::start(replies);
    let settings = Settings::default().with("mail__smtp_url", &post.url);
    let (server, ada) = Server::set_up_with("Harbour Bank", settings).await;
    let gone = invite(&ada, "gone@buyer.example", &["analyst"]).await;
    let busy = invite(&ada, "busy@buyer.example", &["analyst"]).await;
    until("the bounce", async || (standing(&ada, &gone).await.1 == "bounced").then_some(())).await;
    let row = ada.read(&format!("/api/v1/invitations/{gone}")).await;
    assert!(row["failure"].as_str().is_some_and(|words| words.contains("No such mailbox here")), "{row}");
    let page = ada.get("/people/invitations").await.expect(200, "the page").text;
    assert!(page.contains("Bounced") && page.contains("No such mailbox here"), "{page}");
    until("the second try", async || (standing(&ada, &busy).await.1 == "delivered").then_some(())).await;
    // The mailbox exists now: the invitation is sent again.
    ada.submit(&format!("/people/invitations/{gone}/resend"), &[]).await.expect(303, "sent again");
    until("the delivery", async || (standing(&ada, &gone).await.1 == "delivered").then_some(())).await;
    let row = ada.read(&format!("/api/v1/invitations/{gone}")).await;
    assert!(row["failure"].is_null(), "{row}");
    assert_eq!(post.taken().len(), 2);
    assert!(!server.log().contains("gone@buyer.example"), "an address stands in the log: {}", server.log());
    // Where mail reaches people, nobody makes links to sign in as them.
    let me = members(&ada).await[0]["id"].as_str().expect("an id").to_owned();
    ada.submit(&format!("/people/{me}/link"), &[]).await.expect(409, "a link");
    let log = ada.read("/api/v1/audit?limit=200").await.to_string();
    for action in ["invitation.made", "invitation.bounced", "invitation.resent", "invitation.delivered"] {
        assert!(log.contains(action), "{action}: {log}");
    }
    server.finish().await;
}

#[tokio::test]
async fn an_operator_makes_an_organisation_and_stays_outside() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let operator = server.person("Harbour Bank", Role::Operator).await;
    operator.get("/installation/organisations").await.expect(200, "the list");
    let refused = operator.submit("/installation/organisations", &[("organisation", "Northwind")]).await;
    assert!(refused.expect(422, "half a form").text.contains("Northwind"), "what was typed is kept");
    let form = [
        ("organisation", "Northwind"),
        ("acts", "vendor"),
        ("name", "Kim"),
        ("email", "kim@northwind.example"),
        ("once", "one-click"),
    ];
    operator.submit("/installation/organisations", &form).await.expect(303, "made");
    operator.submit("/installation/organisations", &form).await.expect(303, "clicked twice");
    let page = operator.get("/installation/organisations").await.text;
    assert_eq!(page.matches(">Northwind<").count(), 1, "{page}");
    assert!(!page.contains("kim@northwind.example\"") && !page.contains("Ada Admin"), "names and counts: {page}");
    let link = mailed(&server, "kim@northwind.example", 1).await;
    let kim = server.session();
    assert!(kim.get(&link).await.expect(200, "looked at").text.contains("Vendor administrator"));
    kim.submit(&link, &[]).await.expect(303, "accepted");
    kim.get("/people").await.expect(200, "administers it");
    kim.get("/vendors").await.expect(403, "and asks nobody");
    operator.get("/people").await.expect(403, "an operator is no member");
    // Operators make operators.
    let form = [("name", "Ola"), ("email", "ola@host.example")];
    operator.submit("/installation/operators", &form).await.expect(303, "invited");
    let link = mailed(&server, "ola@host.example", 1).await;
    let ola = server.session();
    ola.submit(&link, &[]).await.expect(303, "accepted");
    ola.get("/installation").await.expect(200, "an operator");
    server.finish().await;
}
