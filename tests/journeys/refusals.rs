//! What `serve` refuses to start with, and what every answer of the server carries.

use crate::harness::{Server, candor};
use std::process::Output;

fn serve(settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = candor(&["serve"]);
    command.args(arguments).current_dir(folder.path()).env("CANDOR_DATA_DIR", folder.path());
    command.envs(settings.iter().copied()).output().expect("the binary")
}

/// What is said on standard error, in one line.
fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    said
}

#[test]
fn plain_http_beyond_loopback_is_refused_and_the_setting_named() {
    for (settings, arguments) in [
        (vec![], vec!["--listen", "0.0.0.0:0"]),
        (vec![("CANDOR_PUBLIC_URL", "http://candor.example")], vec!["--listen", "127.0.0.1:0"]),
        (vec![("CANDOR_PUBLIC_URL", "http://192.0.2.7:8080")], vec!["--listen", "127.0.0.1:0"]),
    ] {
        let said = refusal(&serve(&settings, &arguments));
        assert!(said.contains("public_url") && said.contains("https"), "{said}");
    }
}

#[test]
fn an_address_that_is_none_is_refused() {
    for address in ["candor.example", "ftp://candor.example", "https://candor.example/below"] {
        let said = refusal(&serve(&[("CANDOR_PUBLIC_URL", address)], &["--listen", "127.0.0.1:0"]));
        assert!(said.contains("public_url") && said.contains(address), "{said}");
    }
}

#[test]
fn an_unknown_setting_is_named() {
    let said = refusal(&serve(&[("CANDOR_PUBLIC_ULR", "https://candor.example")], &[]));
    assert!(said.contains("public_ulr"), "{said}");
    let said = refusal(&serve(&[("CANDOR_LIMITS__BODY_BITES", "1")], &[]));
    assert!(said.contains("body_bites"), "{said}");
}

#[test]
fn a_setting_of_the_wrong_kind_is_named() {
    let said = refusal(&serve(&[("CANDOR_LIMITS__BODY_BYTES", "many")], &[]));
    assert!(said.to_lowercase().contains("limits.body_bytes"), "{said}");
}

#[test]
fn a_settings_file_that_is_not_there_is_named() {
    let named = candor(&["--config", "/no/such/candor.toml", "serve"]).output().expect("the binary");
    assert!(refusal(&named).contains("/no/such/candor.toml"));
    let named = candor(&["serve"]).env("CANDOR_CONFIG", "/no/such/candor.toml").output().expect("the binary");
    assert!(refusal(&named).contains("/no/such/candor.toml"));
}

#[tokio::test]
async fn every_answer_is_guarded_and_names_its_request() {
    let (server, session) = Server::set_up("Harbour Bank").await;
    for path in ["/sign-in", "/healthz", "/no-such-page", "/api/v1/no-such-thing", "/assets/css/candor.css"] {
        let answer = session.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
    server.finish().await;
}

#[tokio::test]
async fn what_is_not_there_is_told_as_the_caller_reads() {
    let (server, session) = Server::set_up("Harbour Bank").await;
    let page = session.get("/no-such-page").await.expect(404, "a page");
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text.contains(page.header("x-request-id")), "the page names the request");
    let answer = session.get("/api/v1/no-such-thing").await.expect(404, "the API");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["type"], "urn:candor:problem:not-found");
    assert_eq!(problem["request_id"], answer.header("x-request-id"));
    server.finish().await;
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let (server, session) = Server::set_up("Harbour Bank").await;
    for (name, value) in [("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site")] {
        let request = session.request(reqwest::Method::POST, "/sign-out").header(name, value).form(&[("a", "b")]);
        session.send(request).await.expect(403, name);
    }
    let same = session.request(reqwest::Method::POST, "/sign-out").header("sec-fetch-site", "same-origin");
    session.send(same.form(&[("a", "b")])).await.expect(303, "the same site");
    server.finish().await;
}

#[tokio::test]
async fn the_set_up_link_works_once() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let link = server.set_up_link.clone().expect("a link");
    let stranger = server.session();
    stranger.get(server.path(&link)).await.expect(410, "looked at again");
    let fields = [("organisation", "Second Bank"), ("name", "Eve"), ("email", "eve@second.example")];
    stranger.submit(server.path(&link), &fields).await.expect(410, "used again");
    server.finish().await;
}

#[tokio::test]
async fn a_sign_in_link_is_used_up_by_its_button_and_by_nothing_else() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let platform = server.platform().await;
    let scope = candor::repo::SystemScope;
    let organisation = candor::repo::organisations::all(platform.db.read(), scope).await.expect("read").remove(0);
    let by = candor::actions::Buyer::system(domain::ids::OrganisationId(organisation.id));
    let member = candor::repo::people::members(platform.db.read(), by.scope).await.expect("read").remove(0);
    let member = member.id;
    let token = candor::actions::sign_in::make_link(&platform, &by, member).await.expect("a link");
    platform.db.close().await;
    let path = format!("/sign-in/{}", token.reveal());
    let scanner = server.session();
    for _ in 0..3 {
        scanner.get(&path).await.expect(200, "a mail scanner looks");
    }
    server.session().submit(&path, &[]).await.expect(303, "the button");
    let again = server.session().submit(&path, &[]).await.expect(303, "again");
    assert_eq!(again.location(), path, "back to the page that says that it is used up");
    scanner.get(&path).await.expect(410, "used up");
    assert!(!server.log().contains(token.reveal()), "a secret stands in the log");
    server.finish().await;
}

#[tokio::test]
async fn it_starts_again_where_it_was() {
    let (mut server, session) = Server::set_up("Harbour Bank").await;
    server.restart();
    let session = session.at(&server.url);
    let home = session.get("/").await;
    assert_eq!((home.status, home.location()), (303, "/assessments"), "the session outlives a kill");
    server.finish().await;
}
