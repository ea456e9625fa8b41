//! Another organisation's things are not found: not by their addresses, not in what is sent, and told apart from things
//! that never were by nothing.

use super::{NOTHING, Route, body, guarded};
use crate::harness::way::{answer, ask, enter, feature, replies, submit};
use crate::harness::{Answer, Server, Session, fixture, until};
use domain::access::Role;
use serde_json::json;
use std::collections::BTreeMap;

const OWNER: &str = "Harbour Bank";
const OTHER: &str = "Second Bank";

/// Ids of one organisation's things, by the names of parameters.
async fn things(server: &Server) -> BTreeMap<&'static str, String> {
    let buyer = server.program(OWNER, Role::Procurement);
    let analyst = server.program(OWNER, Role::Analyst);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(server, &asked).await;
    let path = format!("/api/v1/assessments/{}/evidence", asked.assessment);
    let fields = [("question", "A.2.2-1"), ("effective_on", "2026-01-31")];
    let evidence = vendor.upload(&path, &fields, ("policy.txt", b"Our policy".to_vec())).await.expect(201, "evidence");
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submit");
    let import = analyst.upload("/api/v1/components/import", &[], ("uses.csv", fixture("register/omb-2025-cots.csv")));
    let import = import.await.expect(201, "import").json();
    let component = until("the declared feature", async || {
        let listed = analyst.read("/api/v1/components").await;
        listed["items"][0]["id"].as_str().map(str::to_owned)
    });
    let assessment = buyer.read(&format!("/api/v1/assessments/{}", asked.assessment)).await;
    let template = buyer.read("/api/v1/templates").await["items"][0]["id"].as_str().expect("a template").to_owned();
    let text = |value: &serde_json::Value| value.as_str().expect("an id").to_owned();
    BTreeMap::from([
        ("vendor", asked.vendor),
        ("engagement", asked.engagement),
        ("contact", asked.contact),
        ("assessment", asked.assessment),
        ("version", text(&assessment["template_version"])),
        ("template", template),
        ("evidence", text(&evidence.json()["id"])),
        ("import", text(&import["id"])),
        ("component", component.await),
        ("question", "PROD-1".to_owned()),
        ("section", "product".to_owned()),
    ])
}

/// What an answer says, without what names the request and what was asked for.
fn anonymous(answer: &Answer, ids: &BTreeMap<&str, String>) -> String {
    let text = answer.text.replace(answer.header("x-request-id"), "REQUEST");
    ids.values()
        .filter(|id| id.len() == NOTHING.len())
        .fold(text, |text, id| text.replace(id.as_str(), "ID"))
        .replace(NOTHING, "ID")
}

/// Things that a page or an operation is about.
fn is_about_something(route: &Route, ids: &BTreeMap<&str, String>) -> bool {
    route.parameters().iter().any(|name| ids.contains_key(name))
}

async fn told_apart(who: &Session, routes: &[Route], ids: &BTreeMap<&str, String>) -> Vec<String> {
    let nothing = BTreeMap::from([("question", "PROD-1".to_owned()), ("section", "product".to_owned())]);
    let mut wrong = Vec::new();
    for route in routes {
        let theirs = route.send(who, ids, &body(route, &nothing)).await;
        let never = route.send(who, &nothing, &body(route, &nothing)).await;
        if (theirs.status, anonymous(&theirs, ids)) != (never.status, anonymous(&never, ids)) {
            wrong.push(format!("{}: {} and {}", route.name(), theirs.status, never.status));
        }
        if theirs.status < 400 && theirs.status != 303 {
            wrong.push(format!("{}: {}", route.name(), theirs.status));
        }
    }
    wrong
}

#[tokio::test]
async fn another_organisations_things_never_were() {
    let (server, _) = Server::set_up(OWNER).await;
    server.further_organisation(OTHER).await;
    let ids = things(&server).await;
    let routes: Vec<Route> =
        guarded(&server.session()).await.into_iter().filter(|route| is_about_something(route, &ids)).collect();
    let owner = server.person(OWNER, Role::Administrator).await;
    let mut seen = 0;
    for route in routes.iter().filter(|route| route.looks()) {
        seen += usize::from(route.send(&owner, &ids, &json!({})).await.status == 200);
    }
    assert!(seen > 10, "the owner sees only {seen} of them, so this would try nothing");
    for role in [Role::Administrator, Role::Analyst, Role::Procurement] {
        let person = server.person(OTHER, role).await;
        assert_eq!(told_apart(&person, &routes, &ids).await, Vec::<String>::new(), "{role}");
    }
    server.finish().await;
}

#[tokio::test]
async fn another_organisations_things_cannot_be_named_in_what_is_sent() {
    let (server, _) = Server::set_up(OWNER).await;
    server.further_organisation(OTHER).await;
    let ids = things(&server).await;
    let program = server.program(OTHER, Role::Procurement);
    let route = Route { method: "POST".to_owned(), path: "/api/v1/assessments".to_owned(), takes_file: false };
    let theirs = route.send(&program, &ids, &body(&route, &ids)).await.expect(422, "theirs");
    let never = route.send(&program, &ids, &body(&route, &BTreeMap::new())).await.expect(422, "never were");
    assert_eq!(theirs.refusals(), never.refusals());
    assert_eq!(theirs.refusals(), ["engagement: unknown", "template_version: unknown", "contact: unknown"]);
    server.finish().await;
}

#[tokio::test]
async fn lists_and_searches_hold_ones_own_alone() {
    let (server, _) = Server::set_up(OWNER).await;
    server.further_organisation(OTHER).await;
    things(&server).await;
    server.jobs_done().await;
    let (owner, other) = (server.program(OWNER, Role::Administrator), server.program(OTHER, Role::Administrator));
    for path in ["/api/v1/vendors", "/api/v1/assessments", "/api/v1/components", "/api/v1/components/search?q=drafter"]
    {
        let count = async |who: &Session| who.read(path).await["items"].as_array().map(Vec::len);
        assert_eq!((count(&owner).await, count(&other).await), (Some(1), Some(0)), "{path}");
    }
    let log = other.read("/api/v1/audit?limit=200").await.to_string();
    assert!(!log.contains("Northwind"), "{log}");
    server.finish().await;
}

#[tokio::test]
async fn names_are_single_within_an_organisation_and_free_in_another() {
    let (server, _) = Server::set_up(OWNER).await;
    server.further_organisation(OTHER).await;
    for organisation in [OWNER, OTHER] {
        let program = server.program(organisation, Role::Procurement);
        program.make("/api/v1/vendors", &json!({ "name": "Northwind" })).await;
        let again = program.post("/api/v1/vendors", &json!({ "name": "Northwind" })).await.expect(422, "again");
        assert_eq!(again.refusals(), ["name: already-there"]);
    }
    server.finish().await;
}
