//! Another organisation's things cannot be named in what is sent, and stand in no list.

use super::scene::{OTHER, OWNER, Scene};
use super::{Route, body};
use crate::harness::{Server, Session};
use domain::access::Role;
use serde_json::json;
use std::collections::BTreeMap;

/// An id out of a document.
pub(super) fn text(value: &serde_json::Value) -> String {
    value.as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn another_organisations_things_cannot_be_named_in_what_is_sent() {
    let (server, _) = Server::set_up(OWNER).await;
    let ids = Scene::set(&server).await.looked;
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
    Scene::set(&server).await;
    server.jobs_done().await;
    let (owner, other) = (server.program(OWNER, Role::Administrator), server.program(OTHER, Role::Administrator));
    let expected = [
        ("/api/v1/vendors", 3),
        ("/api/v1/assessments", 3),
        ("/api/v1/components", 3),
        ("/api/v1/components/search?q=drafter", 3),
        ("/api/v1/search/vendors", 3),
        ("/api/v1/search/assessments?q=kim", 3),
        ("/api/v1/search/answers?q=%22reply%20drafter%22", 1),
    ];
    for (path, own) in expected {
        let count = async |who: &Session| who.read(path).await["items"].as_array().map(Vec::len);
        assert_eq!((count(&owner).await, count(&other).await), (Some(own), Some(0)), "{path}");
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
