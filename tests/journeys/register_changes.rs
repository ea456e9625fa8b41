//! What changed in the register since a day.

use super::register::state;
use crate::harness::Server;
use crate::harness::database::is_postgres;
use domain::access::Role;
use sea_orm::ConnectionTrait;
use serde_json::json;

const BUYER: &str = "Harbour Bank";

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
    let (new, old) = page.split_once("Meeting Notes").expect("the changed entry");
    assert!(new.contains("Reply Drafter") && new.contains("states 3 fields"), "the newest first: {new}");
    assert!(old.contains("<del>Writes minutes</del>"), "{old}");
    assert!(old.contains("<ins>Writes &lt;b&gt;minutes&lt;/b&gt; &amp; tasks</ins>"), "{old}");
    let whole = person.get("/register/changes?from=2020-01-01").await.expect(200, "since before it came").text;
    assert!(!whole.contains("<del>"), "since then it is new: {whole}");
    let refused = person.get("/register/changes?from=soon").await.expect(422, "no day").text;
    assert!(refused.contains("value=\"soon\""), "what was typed is kept: {refused}");
    server.finish().await;
}
