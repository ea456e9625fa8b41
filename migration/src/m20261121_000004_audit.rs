//! The audit log: hash-chained entries, and their details, which can be erased without breaking the chain.

use crate::dialect::Dialect;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};
use sea_orm_migration::sea_orm::ConnectionTrait;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE audit_head (
        organisation_id UUID NOT NULL PRIMARY KEY REFERENCES organisation (id),
        sequence bigint NOT NULL CHECK (sequence >= 0),
        hash BYTES NOT NULL,
        signing_key BYTES
    )",
    "CREATE TABLE audit_entry (
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        sequence bigint NOT NULL CHECK (sequence > 0),
        id UUID NOT NULL UNIQUE,
        at MOMENT NOT NULL,
        actor_kind text NOT NULL CHECK (actor_kind IN ('member', 'contact', 'token', 'system')),
        actor_id UUID,
        action text NOT NULL,
        subject_kind text NOT NULL,
        subject_id UUID,
        commitment BYTES NOT NULL,
        previous_hash BYTES NOT NULL,
        hash BYTES NOT NULL,
        signature BYTES NOT NULL,
        PRIMARY KEY (organisation_id, sequence)
    )",
    "CREATE INDEX audit_entry_by_subject ON audit_entry (organisation_id, subject_id)",
    "CREATE TABLE audit_detail (
        entry_id UUID NOT NULL PRIMARY KEY REFERENCES audit_entry (id),
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        salt BYTES NOT NULL,
        details text NOT NULL
    )",
];

/// The installation itself and the beginning of its chain, which has no entry before it. The databases write bytes
/// differently.
fn installation(dialect: Dialect) -> [String; 2] {
    let (id, hash) = match dialect {
        Dialect::Sqlite => ("x'00000000000070008000000000000001'", "zeroblob(32)"),
        Dialect::Postgres => ("'00000000-0000-7000-8000-000000000001'", "decode(repeat('00', 32), 'hex')"),
    };
    [
        format!(
            "INSERT INTO organisation (id, name, kind, acts_as_buyer, acts_as_vendor, created_at)
             VALUES ({id}, 'Installation', 'installation', false, false, '2026-11-21T00:00:00Z')"
        ),
        format!("INSERT INTO audit_head (organisation_id, sequence, hash) VALUES ({id}, 0, {hash})"),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::run(manager, UP).await?;
        let connection = manager.get_connection();
        for statement in installation(Dialect::of(connection)) {
            connection.execute_unprepared(&statement).await?;
        }
        Dialect::refuse_changes(manager, "audit_entry", &["UPDATE", "DELETE"]).await?;
        // Details may be erased (a person's right), never rewritten.
        Dialect::refuse_changes(manager, "audit_detail", &["UPDATE"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
