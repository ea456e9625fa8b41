//! Nobody gets anywhere without saying who they are.

use super::{body, guarded, is_door};
use crate::harness::{Server, Session};
use domain::access::Role;
use std::collections::BTreeMap;

#[tokio::test]
async fn without_identity_there_is_a_door_and_nothing_else() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let stranger = server.session();
    let none = BTreeMap::new();
    let mut wrong = Vec::new();
    for route in guarded(&stranger).await {
        let answer = route.send(&stranger, &none, &body(&route, &none)).await;
        let to_the_door = answer.status == 303 && is_door(answer.location()) && route.looks() && !route.is_api();
        if answer.status != 401 && !to_the_door {
            wrong.push(format!("{}: {} {}", route.name(), answer.status, answer.location()));
        }
        if route.is_api() && answer.status == 401 {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{}", route.name());
            assert_eq!(answer.json()["type"], "urn:candor:problem:unauthenticated", "{}", route.name());
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    server.finish().await;
}

#[tokio::test]
async fn a_token_that_is_none_opens_nothing() {
    let (server, administrator) = Server::set_up("Harbour Bank").await;
    for token in ["", "nonsense", "Bearer", &"a".repeat(10_000)] {
        let program = Session::new(&server.url, Some(token.to_owned()));
        program.get("/api/v1/vendors").await.expect(401, token);
    }
    // A wrong token is not made up for by a good session.
    let both = administrator.request(reqwest::Method::GET, "/api/v1/vendors").bearer_auth("nonsense");
    administrator.send(both).await.expect(401, "a wrong token beside a session");
    server.finish().await;
}

#[tokio::test]
async fn a_token_ends_when_its_time_is_over() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let program = server.program("Harbour Bank", Role::Auditor);
    program.get("/api/v1/vendors").await.expect(200, "a good token");
    let database = server.behind_its_back().await;
    let sql = "UPDATE api_token SET expires_at = created_at";
    sea_orm::ConnectionTrait::execute_unprepared(&database, sql).await.expect("set back");
    database.close().await.expect("closed");
    program.get("/api/v1/vendors").await.expect(401, "its time is over");
    server.finish().await;
}

#[tokio::test]
async fn whoever_signs_out_is_out() {
    let (server, administrator) = Server::set_up("Harbour Bank").await;
    administrator.get("/api/v1/vendors").await.expect(200, "signed in");
    let kept = administrator.clone();
    administrator.submit("/sign-out", &[]).await.expect(303, "signed out");
    kept.get("/api/v1/vendors").await.expect(401, "signed out");
    server.finish().await;
}
