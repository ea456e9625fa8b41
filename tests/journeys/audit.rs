//! The audit log against somebody who changes it behind the product's back.

use crate::harness::Server;
use crate::harness::database::is_postgres;
use domain::access::Role;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

/// An installation whose log has a dozen entries; stopped.
async fn stopped() -> Server {
    let (mut server, _) = Server::set_up("Harbour Bank").await;
    for role in [Role::Procurement, Role::Analyst, Role::Auditor] {
        server.person("Harbour Bank", role).await;
    }
    assert!(server.terminate());
    server
}

/// The exit code of `candor audit verify`, and what it said.
fn verified(server: &Server) -> (Option<i32>, String) {
    let output = server.candor(&["audit", "verify"]);
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

async fn run(database: &DatabaseConnection, sql: &str) -> Result<u64, DbErr> {
    database.execute_unprepared(sql).await.map(|done| done.rows_affected())
}

async fn number(database: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(database.get_database_backend(), sql.to_owned());
    let row = database.query_one_raw(statement).await.expect("an answer").expect("a row");
    row.try_get_by_index(0).expect("a number")
}

async fn drop_triggers(database: &DatabaseConnection) {
    for (table, event) in [("audit_entry", "update"), ("audit_entry", "delete"), ("audit_detail", "update")] {
        let on = if is_postgres() { format!(" ON {table}") } else { String::new() };
        run(database, &format!("DROP TRIGGER {table}_refuses_{event}{on}")).await.expect("dropped");
    }
}

#[tokio::test]
async fn a_whole_log_is_found_whole() {
    let server = stopped().await;
    let (code, said) = verified(&server);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Harbour Bank") && said.contains("whole"), "{said}");
    server.abandon();
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_delete_entries() {
    let server = stopped().await;
    let database = server.behind_its_back().await;
    for sql in [
        "UPDATE audit_entry SET action = 'nothing' WHERE sequence = 3",
        "DELETE FROM audit_entry WHERE sequence = 3",
        "DELETE FROM audit_entry",
        "UPDATE audit_detail SET details = '{}'",
    ] {
        let refused = run(&database, sql).await.expect_err(sql);
        assert!(refused.to_string().contains("append-only"), "{sql}: {refused}");
    }
    database.close().await.expect("closed");
    assert_eq!(verified(&server).0, Some(0));
    server.abandon();
}

/// The tenant's own chain, beside the installation's.
const OWN: &str = " AND organisation_id = (SELECT id FROM organisation WHERE kind = 'tenant')";

#[tokio::test]
async fn a_changed_entry_is_named() {
    for (sql, entry) in [
        ("UPDATE audit_entry SET action = 'nothing.happened' WHERE sequence = 5", 5),
        ("UPDATE audit_entry SET actor_kind = 'contact' WHERE sequence = 1", 1),
        ("UPDATE audit_entry SET signature = previous_hash WHERE sequence = 4", 4),
        (
            "UPDATE audit_detail SET details = '{\"name\":\"another\"}'
             WHERE entry_id = (SELECT id FROM audit_entry WHERE sequence = 2",
            2,
        ),
    ] {
        let server = stopped().await;
        let database = server.behind_its_back().await;
        drop_triggers(&database).await;
        let sql = &format!("{sql}{OWN}{}", ")".repeat(sql.matches('(').count() - sql.matches(')').count()));
        assert_eq!(run(&database, sql).await.expect("changed"), 1, "{sql}");
        database.close().await.expect("closed");
        let (code, said) = verified(&server);
        assert_eq!(code, Some(1), "{sql}: {said}");
        assert!(said.contains(&format!("entry {entry} was changed")), "{sql}: {said}");
        server.abandon();
    }
}

#[tokio::test]
async fn a_missing_entry_is_named() {
    let server = stopped().await;
    let database = server.behind_its_back().await;
    drop_triggers(&database).await;
    remove(&database, "sequence = 4").await;
    database.close().await.expect("closed");
    let (code, said) = verified(&server);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("entry 4 is missing"), "{said}");
    server.abandon();
}

async fn remove(database: &DatabaseConnection, which: &str) {
    let details = format!("DELETE FROM audit_detail WHERE entry_id IN (SELECT id FROM audit_entry WHERE {which})");
    run(database, &details).await.expect("removed");
    assert!(run(database, &format!("DELETE FROM audit_entry WHERE {which}")).await.expect("removed") > 0);
}

#[tokio::test]
async fn a_tail_that_was_cut_off_is_missed() {
    let server = stopped().await;
    let database = server.behind_its_back().await;
    drop_triggers(&database).await;
    let last = number(&database, "SELECT max(sequence) FROM audit_entry").await;
    let cut = last - 1;
    remove(&database, &format!("sequence >= {cut}")).await;
    // Whoever cuts carefully sets the head in the database back too; the one written down outside remains.
    let head = format!(
        "UPDATE audit_head SET sequence = {0}, hash = (SELECT hash FROM audit_entry WHERE sequence = {0}{OWN})
         WHERE organisation_id = (SELECT id FROM organisation WHERE kind = 'tenant')",
        cut - 1
    );
    assert_eq!(run(&database, &head).await.expect("set back"), 1);
    database.close().await.expect("closed");
    let (code, said) = verified(&server);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("entry {cut} is missing")), "{said}");
    server.abandon();
}

#[tokio::test]
async fn details_can_be_erased_without_breaking_the_chain() {
    let server = stopped().await;
    let database = server.behind_its_back().await;
    let erased = run(
        &database,
        "DELETE FROM audit_detail WHERE entry_id IN (SELECT id FROM audit_entry WHERE action = 'member.added')",
    );
    assert!(erased.await.expect("erased") > 0);
    database.close().await.expect("closed");
    assert_eq!(verified(&server).0, Some(0));
    server.abandon();
}

#[tokio::test]
async fn another_installations_key_does_not_fit() {
    let server = stopped().await;
    std::fs::write(server.data_dir().join("installation.key"), "7".repeat(64)).expect("written");
    let (code, said) = verified(&server);
    assert_ne!(code, Some(0), "{said}");
    server.abandon();
}

#[tokio::test]
async fn a_written_head_that_was_changed_is_no_reason_to_be_content() {
    let server = stopped().await;
    let folder = server.data_dir().join("audit");
    // The tenant's head: the installation's own chain has one entry here, so that its head says 1 anyway.
    let installation = domain::ids::OrganisationId::INSTALLATION.to_string();
    let mut files = std::fs::read_dir(&folder).expect("heads").map(|file| file.expect("a head").path());
    let file = files.find(|file| !file.to_string_lossy().contains(&installation)).expect("a head");
    let text = std::fs::read_to_string(&file).expect("a head");
    let (_, rest) = text.split_once(' ').expect("a sequence");
    std::fs::write(&file, format!("2 {rest}")).expect("written");
    let (code, said) = verified(&server);
    assert_ne!(code, Some(0), "{said}");
    server.abandon();
}

#[tokio::test]
async fn each_organisation_has_a_chain_of_its_own() {
    let (mut server, _) = Server::set_up("Harbour Bank").await;
    server.further_organisation("Second Bank").await;
    assert!(server.terminate());
    let database = server.behind_its_back().await;
    drop_triggers(&database).await;
    let sql = "UPDATE audit_entry SET action = 'nothing' WHERE sequence = 1 AND organisation_id =
               (SELECT id FROM organisation WHERE name = 'Second Bank')";
    assert_eq!(run(&database, sql).await.expect("changed"), 1);
    database.close().await.expect("closed");
    let (code, said) = verified(&server);
    assert_eq!(code, Some(1));
    for (name, outcome) in [("Harbour Bank", "whole"), ("Second Bank", "entry 1 was changed")] {
        assert!(said.lines().any(|line| line.contains(name) && line.contains(outcome)), "{said}");
    }
    server.abandon();
}
