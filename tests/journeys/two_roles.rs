//! Two roles on PostgreSQL, as `docs/postgres-roles.sql` makes them: the main way is gone as the one that serves, and the
//! database itself refuses it the log.

use crate::harness::way::{answer, ask, enter, feature, replies, submit};
use crate::harness::{Server, Settings, candor, root};
use candor::platform::clock::Clock;
use domain::access::Role;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

/// Where the second half of the script begins.
const AS_OWNER: &str = "-- As candor_owner";

async fn connect(url: &str) -> DatabaseConnection {
    Database::connect(url).await.unwrap_or_else(|e| panic!("{e}"))
}

/// Runs statements one by one: making a database wants to stand alone.
async fn run(url: &str, script: &str) {
    let database = connect(url).await;
    let lines: Vec<&str> = script.lines().filter(|line| !line.starts_with("--")).collect();
    for statement in lines.join("\n").split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        database.execute_unprepared(statement).await.unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
    database.close().await.expect("closed");
}

#[tokio::test]
async fn the_serving_role_goes_the_main_way_and_cannot_touch_the_log() {
    // SQLite has no roles.
    let Some(superuser) = std::env::var("CANDOR_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) else { return };
    let mark = Clock::system().id::<uuid::Uuid>().simple().to_string();
    let script = std::fs::read_to_string(root().join("docs/postgres-roles.sql")).expect("the script");
    let script = ["candor_owner", "candor_server"]
        .iter()
        .fold(script.replace("DATABASE candor", &format!("DATABASE candor_{mark}")), |script, role| {
            script.replace(role, &format!("{role}_{mark}"))
        });
    let (first, second) = script.split_once(AS_OWNER).expect("two halves");
    let second = second.split_once('\n').expect("a line").1;
    run(&superuser, first).await;
    let (_, place) = superuser.split_once('@').expect("postgres://user@host:port/database");
    let (place, _) = place.rsplit_once('/').expect("a database");
    let owner = format!("postgres://candor_owner_{mark}:choose-one@{place}/candor_{mark}");
    let serving = format!("postgres://candor_server_{mark}:choose-another@{place}/candor_{mark}");

    let migrated = candor(&["migrate"]).env("CANDOR_DATABASE__URL", &owner).output().expect("the binary");
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    run(&owner, second).await;

    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("url");
    std::fs::write(&secret, format!("{serving}\n")).expect("written");
    // The way in is a secret: it comes from a file, as containers are given secrets.
    let settings = Settings::default().with("migrate_on_start", false).with("database__url_file", secret.display());
    let (server, _) = Server::set_up_with("Harbour Bank", settings).await;
    let asked = ask(&server.program("Harbour Bank", Role::Procurement), "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Reply Drafter")])).await;
    submit(&vendor, &asked.assessment).await.expect(200, "submit");
    let analyst = server.program("Harbour Bank", Role::Analyst);
    let score = format!("/api/v1/assessments/{}/score", asked.assessment);
    analyst.post(&score, &serde_json::json!({})).await.expect(201, "score");
    assert!(server.candor(&["audit", "rotate-key"]).status.success());
    analyst
        .post(&format!("/api/v1/assessments/{}/reviews", asked.assessment), &serde_json::json!({ "step": "take" }))
        .await;

    let database = connect(&serving).await;
    for statement in [
        "UPDATE audit_entry SET action = 'nothing' WHERE sequence = 1",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry CASCADE",
        "UPDATE audit_detail SET details = '{}'",
        "DELETE FROM audit_detail",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_entry_refuses_update ON audit_entry",
        "DROP TABLE audit_entry",
        "CREATE TABLE anything (id int)",
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m', 0)",
    ] {
        let refused = database.execute_unprepared(statement).await.expect_err(statement).to_string();
        let by_the_database = refused.contains("permission denied") || refused.contains("must be owner");
        assert!(by_the_database, "{statement}: {refused}");
    }
    database.close().await.expect("closed");
    server.finish().await;
    let cleared = format!(
        "DROP DATABASE candor_{mark} WITH (FORCE); DROP ROLE candor_server_{mark}; DROP ROLE candor_owner_{mark}"
    );
    run(&superuser, &cleared).await;
}
