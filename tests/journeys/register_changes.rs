//! What changed in the register since a day.

use super::register::state;
use crate::harness::database::is_postgres;
use crate::harness::{Server, Session, Value};
use domain::access::Role;
use sea_orm::ConnectionTrait;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

/// How many statements the page sends to the database.
async fn statements_of(person: &Session) -> u64 {
    let sent = async || {
        let counters = person.get("/metrics").await.text;
        let line = counters.lines().find_map(|line| line.strip_prefix("candor_db_statements_total{for=\"requests\"} "));
        line.expect("a counter").parse::<u64>().expect("a number")
    };
    let before = sent().await;
    person.get("/register/changes").await.expect(200, "what changed");
    sent().await - before
}

#[tokio::test]
async fn what_changed_since_a_day_stands_on_one_page() {
    let (server, _) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Analyst);
    let person = server.person(BUYER, Role::Auditor).await;
    let nothing = person.get("/register/changes").await.expect(200, "an empty register").text;
    assert!(nothing.contains("Nothing changed"), "{nothing}");

    let old = json!({ "name": "Meeting Notes", "kind": "embedded_feature", "vendor_name": "Northwind" });
    let old = program.make("/api/v1/components", &old).await;
    state(&program, &old, "purpose", &["Writes minutes"], "").await.expect(200, "said long ago");
    let behind = server.behind_its_back().await;
    let on = if is_postgres() { " ON component_fact" } else { "" };
    for statement in [
        format!("DROP TRIGGER component_fact_refuses_update{on}"),
        "UPDATE component SET created_at = '2020-03-01 00:00:00+00:00'".to_owned(),
        "UPDATE component_fact SET recorded_at = '2020-03-01 00:00:00+00:00'".to_owned(),
    ] {
        behind.execute_unprepared(&statement).await.expect("long ago");
    }
    behind.close().await.expect("closed");
    state(&program, &old, "purpose", &["Writes <b>minutes</b> & tasks"], "").await.expect(200, "said now");
    let new = json!({ "name": "Reply Drafter", "kind": "agent", "vendor_name": "Northwind" });
    program.make("/api/v1/components", &new).await;

    let page = person.get("/register/changes").await.expect(200, "what changed").text;
    let (new_part, old_part) = page.split_once("Meeting Notes").expect("the changed entry");
    assert!(new_part.contains("Reply Drafter") && new_part.contains("states 3 fields"), "the newest first: {new_part}");
    assert!(old_part.contains("<del>Writes minutes</del>"), "{old_part}");
    assert!(old_part.contains("<ins>Writes &lt;b&gt;minutes&lt;/b&gt; &amp; tasks</ins>"), "{old_part}");
    let whole = person.get("/register/changes?from=2020-01-01").await.expect(200, "since before it came").text;
    assert!(!whole.contains("<del>"), "since then it is new: {whole}");
    // A program is told the same, a page at a time.
    let first = program.read("/api/v1/components/changes?limit=1").await;
    let newest = &first["items"][0];
    assert_eq!((&newest["component"]["name"], &newest["is_new"]), (&json!("Reply Drafter"), &json!(true)));
    assert_eq!(newest["changes"].as_array().map(Vec::len), Some(3));
    let next = format!("/api/v1/components/changes?limit=1&cursor={}", first["next"].as_str().expect("another page"));
    let second = program.read(&next).await;
    assert_eq!((&second["items"][0]["component"]["name"], &second["next"]), (&json!("Meeting Notes"), &json!(null)));
    let change = &second["items"][0]["changes"][0];
    assert_eq!((&change["field"], &change["before"]), (&json!("purpose"), &json!("Writes minutes")), "{second}");
    assert_eq!(change["after"], "Writes <b>minutes</b> & tasks");
    let long_ago = program.read("/api/v1/components/changes?since=2020-01-01").await;
    assert!(long_ago["items"].as_array().expect("items").iter().all(|entry| entry["is_new"] == true), "{long_ago}");
    for (asked, code) in [("since=soon", "since: not-a-date"), ("cursor=x", "cursor: not-a-cursor")] {
        let refused = program.get(&format!("/api/v1/components/changes?{asked}")).await.expect(422, asked);
        assert_eq!(refused.refusals(), [code]);
    }
    let mut asked_often = 0;
    // However many entries changed, and whoever changed them, the page asks the database as often.
    for n in 0..6 {
        let analyst = server.person(BUYER, Role::Analyst).await;
        let entry = analyst.make("/api/v1/components", &json!({ "name": format!("Tool {n}"), "kind": "model" })).await;
        let to = json!({ "relation": "runs_on", "to": entry, "reason": "Seen" });
        analyst.post(&format!("/api/v1/components/{old}/links"), &to).await.expect(200, "linked");
        if n == 0 {
            // From here on there is one of every kind to be looked up.
            asked_often = statements_of(&person).await;
        }
    }
    assert_eq!(statements_of(&person).await, asked_often);
    let refused = person.get("/register/changes?from=soon").await.expect(422, "no day").text;
    assert!(refused.contains("value=\"soon\""), "what was typed is kept: {refused}");
    server.finish().await;
}

#[tokio::test]
async fn what_was_left_out_long_ago_is_no_news_when_its_vendor_is_renamed() {
    let (server, _) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Analyst);
    let person = server.person(BUYER, Role::Auditor).await;
    let vendor = program.make("/api/v1/vendors", &json!({ "name": "Fabrikam" })).await;
    let list = async |rows: &str| {
        let file = ("own.csv", format!("No.;Name;Vendor;Purpose\n{rows}").into_bytes());
        let read = program.upload("/api/v1/components/import", &[], file).await.expect(201, "read").json();
        let apply = format!("/api/v1/imports/{}/apply", read["id"].as_str().expect("an id"));
        program.post(&apply, &json!({})).await.expect(200, "applied");
    };
    list("1;Ada;Fabrikam;Ranks\n2;Bea;Fabrikam;Sorts\n3;Cleo;Fabrikam;Reads\n").await;
    list("2;Bea;Fabrikam;Sorts\n3;Cleo;Fabrikam;Reads\n").await;
    let left = async || {
        let told = program.read("/api/v1/components/changes").await;
        let items = told["items"].as_array().expect("items").iter();
        let mut left: Vec<(Value, Value)> =
            items.map(|one| (one["component"]["name"].clone(), one["is_left"].clone())).collect();
        left.sort_by_key(|(name, _)| name.to_string());
        left
    };
    let all = |ada: bool, bea: bool| {
        [("Ada", ada), ("Bea", bea), ("Cleo", false)].map(|(name, left)| (json!(name), json!(left)))
    };
    assert_eq!(left().await, all(true, false), "it was left out just now");
    let says = "No longer declared";
    let page = async || person.get("/register/changes").await.expect(200, "what changed").text;
    assert_eq!(page().await.matches(says).count(), 1);
    let behind = server.behind_its_back().await;
    let long_ago = "UPDATE component SET withdrawn_at = '2020-03-01 00:00:00+00:00', changed_at = '2020-03-01 00:00:00+00:00' \
        WHERE withdrawn";
    behind.execute_unprepared(long_ago).await.expect("long ago");
    behind.close().await.expect("closed");
    program.put(&format!("/api/v1/vendors/{vendor}"), &json!({ "name": "Southwind" })).await.expect(200, "renamed");
    assert_eq!(left().await, all(false, false), "it changed, and was left out long before");
    assert_eq!(page().await.matches(says).count(), 0);
    // Left out once more by a version that says otherwise of others: it is left out since then still.
    list("3;Cleo;Fabrikam;Reads much\n").await;
    assert_eq!(left().await, all(false, true));
    assert_eq!(program.read("/api/v1/components/changes?since=2020-01-01").await["items"][0]["is_back"], false);
    server.finish().await;
}
