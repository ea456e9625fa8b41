//! The audit log: hash-chained entries, and their details, which can be erased without breaking the chain.

use crate::dialect::Dialect;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE audit_head (
        organisation_id UUID NOT NULL PRIMARY KEY REFERENCES organisation (id),
        sequence bigint NOT NULL CHECK (sequence >= 0),
        hash BYTES NOT NULL
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

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::run(manager, UP).await?;
        Dialect::refuse_changes(manager, "audit_entry", &["UPDATE", "DELETE"]).await?;
        // Details may be erased (a person's right), never rewritten.
        Dialect::refuse_changes(manager, "audit_detail", &["UPDATE"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
