//! Sign-in providers and mail domains: who may set them, whose they are, and what never comes out again.

use crate::harness::{Server, Session};
use domain::access::Role;
use serde_json::{Value, json};

fn provider(name: &str) -> Value {
    json!({
        "name": name, "issuer": "http://localhost:9", "client_id": "candor", "client_secret": "hush-hush",
        "roles_claim": "groups", "role_map": { "risk": ["analyst", "procurement"] }, "default_roles": ["auditor"],
    })
}

async fn claim(session: &Session, domain: &str) -> String {
    session.make("/api/v1/domains", &json!({ "domain": domain })).await
}

/// Asks for the mail, and gives the path of the link in it.
async fn proof_link(server: &Server, session: &Session, id: &str, to: &str, count: usize) -> String {
    let asked = session.post(&format!("/api/v1/domains/{id}/proof"), &json!({ "mailbox": "postmaster" })).await;
    assert_eq!(asked.expect(202, "asked for a proof").json()["to"], to);
    let mail = server.mail_to(to, count).await;
    let link = mail.text.split_whitespace().find(|word| word.contains("/domains/prove/")).expect("a link in the mail");
    server.path(link).to_owned()
}

#[tokio::test]
async fn a_domain_belongs_to_the_one_organisation_that_proves_it_first() {
    let (server, first) = Server::set_up("Harbour Bank").await;
    server.further_organisation("Peak Insurance").await;
    let second = server.person("Peak Insurance", Role::Administrator).await;
    let (ours, theirs) = (claim(&first, "shared.example").await, claim(&second, "Shared.Example.").await);
    let our_link = proof_link(&server, &first, &ours, "postmaster@shared.example", 1).await;

    let postmaster = server.session();
    let page = postmaster.get(&our_link).await.expect(200, "looking");
    assert!(page.text.contains("Harbour Bank") && page.text.contains("shared.example"));
    postmaster.get(&our_link).await.expect(200, "looking uses nothing up");
    postmaster.submit(&our_link, &[]).await.expect(200, "proved");
    postmaster.submit(&our_link, &[]).await.expect(410, "once");
    assert_eq!(first.read("/api/v1/domains").await["items"][0]["proved_by"], "mail");

    let their_link = proof_link(&server, &second, &theirs, "postmaster@shared.example", 2).await;
    let refused = postmaster.submit(&their_link, &[]).await.expect(409, "proved elsewhere");
    assert!(!refused.text.contains("Harbour Bank"), "nobody is named");
    assert_eq!(second.read("/api/v1/domains").await["items"][0]["proved_at"], Value::Null);

    // Given up by the one, it can be proved by the other.
    first
        .send(first.request(reqwest::Method::DELETE, &format!("/api/v1/domains/{ours}")))
        .await
        .expect(204, "given up");
    postmaster.submit(&their_link, &[]).await.expect(200, "proved");
    server.finish().await;
}

#[tokio::test]
async fn domains_that_are_none_are_refused_and_mails_are_not_repeated() {
    let (server, admin) = Server::set_up("Harbour Bank").await;
    for text in ["", "example", "127.0.0.1", "a b.example", "http://a.example", "bücher.example", "*.example.org"] {
        let refused = admin.post("/api/v1/domains", &json!({ "domain": text })).await.expect(422, text);
        assert_eq!(refused.json()["errors"][0]["at"], "domain", "{text}");
    }
    let id = claim(&admin, "harbour.example").await;
    admin.post("/api/v1/domains", &json!({ "domain": "HARBOUR.example" })).await.expect(422, "twice");
    let proof = format!("/api/v1/domains/{id}/proof");
    admin.post(&proof, &json!({ "mailbox": "ceo" })).await.expect(422, "a mailbox that proves nothing");
    admin.post(&proof, &json!({ "mailbox": "hostmaster" })).await.expect(202, "asked");
    admin.post(&proof, &json!({ "mailbox": "admin" })).await.expect(429, "a moment later");
    server.mail_to("hostmaster@harbour.example", 1).await;
    server.finish().await;
}

#[tokio::test]
async fn a_secret_goes_in_and_never_comes_out() {
    let (server, admin) = Server::set_up("Harbour Bank").await;
    let id = admin.make("/api/v1/providers", &provider("Staff")).await;
    let path = format!("/api/v1/providers/{id}");
    let shown = admin.read(&path).await;
    assert_eq!(shown["has_secret"], true);
    assert_eq!(shown["role_map"], json!({ "risk": ["procurement", "analyst"] }));
    let page = admin.get(&format!("/providers/{id}")).await.expect(200, "the page");
    let audit = admin.get("/audit").await.expect(200, "the log");
    for text in [shown.to_string(), page.text, audit.text, server.log()] {
        assert!(!text.contains("hush-hush"));
    }
    // Another name keeps it; another issuer is not sent it.
    let mut other = provider("Everybody");
    other["client_secret"] = json!("");
    assert_eq!(admin.put(&path, &other).await.expect(200, "renamed").json()["has_secret"], true);
    other["issuer"] = json!("http://localhost:10");
    assert_eq!(admin.put(&path, &other).await.expect(200, "moved").json()["has_secret"], false);

    let database = server.behind_its_back().await;
    let query = sea_orm::Statement::from_string(
        sea_orm::ConnectionTrait::get_database_backend(&database),
        "SELECT details FROM audit_detail".to_owned(),
    );
    let rows = sea_orm::ConnectionTrait::query_all_raw(&database, query).await.expect("rows");
    assert!(!rows.is_empty());
    for row in rows {
        let details: String = row.try_get("", "details").expect("text");
        assert!(!details.contains("hush-hush"), "{details}");
    }
    database.close().await.expect("closed");
    server.finish().await;
}

#[tokio::test]
async fn two_administrators_do_not_overwrite_each_other() {
    let (server, admin) = Server::set_up("Harbour Bank").await;
    let id = admin.make("/api/v1/providers", &provider("Staff")).await;
    let path = format!("/api/v1/providers/{id}");
    let request = |body: &Value| admin.request(reqwest::Method::PUT, &path).header("If-Match", "\"1\"").json(body);
    admin.send(request(&provider("Mine"))).await.expect(200, "the first");
    admin.send(request(&provider("Theirs"))).await.expect(412, "the second");
    let form = [("name", "Theirs"), ("issuer", "http://localhost:9"), ("client_id", "candor"), ("revision", "1")];
    let page = admin.submit(&format!("/providers/{id}"), &form).await.expect(409, "the page");
    assert!(page.text.contains("Mine") && page.text.contains("Theirs"), "both are shown");
    assert_eq!(admin.read(&path).await["name"], "Mine");
    server.finish().await;
}

#[tokio::test]
async fn what_cannot_work_is_refused_where_it_stands() {
    let (server, admin) = Server::set_up("Harbour Bank").await;
    let with = |name: &str, value: Value| {
        let mut body = provider("Staff");
        body[name] = value;
        body
    };
    for (body, at) in [
        (with("issuer", json!("http://login.example")), "issuer"),
        (with("issuer", json!("https://login.example/?a=b")), "issuer"),
        (with("issuer", json!("https://user@login.example")), "issuer"),
        (with("issuer", json!("file:///etc/passwd")), "issuer"),
        (with("name", json!(" ")), "name"),
        (with("client_id", json!("")), "client_id"),
        (with("roles_claim", json!("")), "roles_claim"),
        (with("role_map", json!({})), "role_map"),
        (with("role_map", json!({ "risk": ["boss"] })), "/role_map/risk"),
        (with("role_map", json!({ "risk": ["operator"] })), "role_map:1"),
        (with("role_map", json!({ "risk": ["responder"] })), "role_map:1"),
        (with("default_roles", json!(["operator"])), "default_roles"),
    ] {
        let refused = admin.post("/api/v1/providers", &body).await.expect(422, at);
        assert_eq!(refused.json()["errors"][0]["at"], at, "{}", refused.text);
    }
    let typed =
        [("name", "Staff <b>"), ("issuer", "nonsense"), ("client_id", "x"), ("role_map", "a = analyst\nb boss")];
    let page = admin.submit("/providers/new", &typed).await.expect(422, "the page");
    assert!(page.text.contains("Staff &lt;b&gt;") && page.text.contains("b boss"), "what was typed is kept");
    server.finish().await;
}

#[tokio::test]
async fn providers_and_domains_of_others_are_not_there() {
    let (server, first) = Server::set_up("Harbour Bank").await;
    server.further_organisation("Peak Insurance").await;
    let second = server.person("Peak Insurance", Role::Administrator).await;
    let provider_id = first.make("/api/v1/providers", &provider("Staff")).await;
    let domain_id = claim(&first, "harbour.example").await;
    let nobody = "01890000-0000-7000-8000-000000000000";
    for (theirs, none) in [(&provider_id, nobody), (&domain_id, nobody)] {
        for pattern in ["/providers/{}", "/api/v1/providers/{}", "/providers/{}/remove"] {
            let (one, other) =
                (second.get(&pattern.replace("{}", theirs)).await, second.get(&pattern.replace("{}", none)).await);
            assert_eq!((one.status, other.status), (404, 404), "{pattern}");
        }
        for pattern in [
            "/providers/{}",
            "/providers/{}/test",
            "/providers/{}/forget",
            "/providers/{}/remove",
            "/domains/{}/mail",
            "/domains/{}/remove",
        ] {
            let fields = [("name", "x"), ("issuer", "http://localhost:9"), ("client_id", "x"), ("mailbox", "admin")];
            second.submit(&pattern.replace("{}", theirs), &fields).await.expect(404, pattern);
        }
        second.submit(&format!("/domains/{theirs}/confirm"), &[]).await.expect(403, "no operator");
    }
    assert_eq!(first.read("/api/v1/providers").await["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(second.read("/api/v1/providers").await["items"].as_array().map(Vec::len), Some(0));
    let analyst = server.person("Harbour Bank", Role::Analyst).await;
    for path in ["/providers", "/providers/new", "/api/v1/providers", "/api/v1/domains"] {
        analyst.get(path).await.expect(403, path);
    }
    server.finish().await;
}

#[tokio::test]
async fn operators_keep_the_installations_providers_and_confirm_domains() {
    let (server, admin) = Server::set_up("Harbour Bank").await;
    server.further_organisation("Peak Insurance").await;
    let second = server.person("Peak Insurance", Role::Administrator).await;
    let operator = server.person("", Role::Operator).await;
    let with = |name: &str, value: Value| {
        let mut body = provider("Everybody");
        body["role_map"] = json!({ "ops": ["operator"] });
        body["default_roles"] = json!([]);
        body[name] = value;
        body
    };
    let refused = operator.post("/api/v1/providers", &with("default_roles", json!(["operator"]))).await;
    assert_eq!(refused.expect(422, "everybody an operator").refusals(), ["default_roles: not-here"]);
    let refused = operator.post("/api/v1/providers", &with("role_map", json!({ "a": ["analyst"] }))).await;
    assert_eq!(refused.expect(422, "a tenant's role").refusals(), ["role_map:1: not-here"]);
    let id = operator.make("/api/v1/providers", &with("enabled", json!(true))).await;
    admin.get(&format!("/api/v1/providers/{id}")).await.expect(404, "not the tenant's");
    operator.get("/providers/new").await.expect(200, "the form");

    let (ours, theirs) = (claim(&admin, "shared.example").await, claim(&second, "shared.example").await);
    let page = operator.get("/providers").await.expect(200, "the list");
    assert!(page.text.contains("Harbour Bank") && page.text.contains("Peak Insurance"));
    operator.submit(&format!("/domains/{ours}/confirm"), &[]).await.expect(303, "confirmed");
    operator.submit(&format!("/domains/{theirs}/confirm"), &[]).await.expect(303, "told, not confirmed");
    let stands = async |who: &Session| who.read("/api/v1/domains").await["items"][0]["proved_by"].clone();
    assert_eq!((stands(&admin).await, stands(&second).await), (json!("operator"), Value::Null));
    admin.submit(&format!("/domains/{theirs}/confirm"), &[]).await.expect(403, "nobody confirms their own");
    server.finish().await;
}
