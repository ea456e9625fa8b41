//! What the database was told: an acknowledged answer survives a power cut, and no row points at nothing.

use crate::harness::Parts;
use crate::harness::database::is_postgres;
use candor::actions::vendors::{VendorInput, add};
use domain::ids::{EngagementId, VendorId};
use sea_orm::{ConnectionTrait, DbBackend, Set, Statement};

async fn pragma(connection: &impl ConnectionTrait, name: &str) -> String {
    let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
    let row = connection.query_one_raw(statement).await.expect("an answer").expect("a row");
    row.try_get_by_index::<String>(0)
        .or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()))
        .expect("a value")
}

#[tokio::test]
async fn sqlite_keeps_what_it_acknowledged() {
    if is_postgres() {
        return;
    }
    let parts = Parts::fresh().await;
    let transaction = parts.platform.db.begin().await.expect("begun");
    let writer = [pragma(&transaction, "synchronous").await, pragma(&transaction, "foreign_keys").await];
    // 2 is FULL: the log is on disk before a commit returns.
    assert_eq!(writer, ["2", "1"]);
    drop(transaction);
    let reader = parts.platform.db.read();
    assert_eq!(pragma(reader, "synchronous").await, "2");
    assert_eq!(pragma(reader, "foreign_keys").await, "1");
    assert_eq!(pragma(reader, "journal_mode").await, "wal");
    assert_eq!(pragma(reader, "busy_timeout").await, "5000");
}

#[tokio::test]
async fn only_the_demo_trades_durability_away() {
    if is_postgres() {
        return;
    }
    let parts = Parts::with(|config| config.database.durable = false, candor::platform::clock::Clock::system()).await;
    assert_eq!(pragma(parts.platform.db.read(), "synchronous").await, "0");
}

#[tokio::test]
async fn a_row_points_at_what_exists() {
    let parts = Parts::fresh().await;
    let by = parts.organisation("Harbour Bank").await;
    let platform = &parts.platform;
    let vendor = add(platform, &by, &VendorInput { name: "Northwind".to_owned(), ..VendorInput::default() }).await;
    let row = |vendor: VendorId| entity::engagement::ActiveModel {
        id: Set(platform.clock.id::<EngagementId>().0),
        organisation_id: Set(by.scope.organisation().0),
        vendor_id: Set(vendor.0),
        name: Set("Support chat".to_owned()),
        business_function: Set("Support".to_owned()),
        owner: Set("Kim".to_owned()),
        owner_member_id: Set(None),
        profile: Set(serde_json::json!({})),
        revision: Set(1),
        created_at: Set(platform.clock.now()),
    };
    let put = async |vendor: VendorId| {
        let transaction = platform.db.begin().await.expect("begun");
        let put = candor::repo::vendors::add_engagement(&transaction, by.scope, row(vendor)).await;
        drop(transaction);
        put.map(drop)
    };
    put(vendor.expect("a vendor")).await.expect("an engagement of a vendor that exists");
    let refused = put(platform.clock.id()).await.expect_err("an engagement of a vendor that does not");
    assert!(refused.to_string().to_lowercase().contains("foreign key"), "{refused}");
}

#[tokio::test]
async fn reading_waits_for_no_writer() {
    let parts = Parts::fresh().await;
    parts.organisation("Harbour Bank").await;
    let writing = parts.platform.db.begin().await.expect("begun");
    let seen = candor::repo::organisations::all(parts.platform.db.read(), candor::repo::SystemScope).await;
    assert_eq!(seen.expect("read while another writes").len(), 1);
    drop(writing);
}
