//! Background work, and the answers already given to repeated requests.

use crate::dialect::Dialect;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE job (
        id UUID NOT NULL PRIMARY KEY,
        kind text NOT NULL,
        payload JSON NOT NULL,
        dedupe_key text,
        state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
        attempts bigint NOT NULL CHECK (attempts >= 0),
        run_at MOMENT NOT NULL,
        locked_by text,
        locked_until MOMENT,
        last_error text,
        created_at MOMENT NOT NULL,
        finished_at MOMENT,
        CHECK ((state = 'running') = (locked_by IS NOT NULL)),
        CHECK ((state = 'running') = (locked_until IS NOT NULL))
    )",
    "CREATE INDEX job_by_turn ON job (state, run_at)",
    "CREATE INDEX job_by_kind ON job (kind, state)",
    "CREATE UNIQUE INDEX job_waiting_once ON job (kind, dedupe_key) WHERE state = 'waiting' AND dedupe_key IS NOT NULL",
    "CREATE TABLE idempotent_request (
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        caller UUID NOT NULL,
        request_key text NOT NULL,
        request_sha256 text NOT NULL,
        status bigint NOT NULL,
        body text NOT NULL,
        created_at MOMENT NOT NULL,
        PRIMARY KEY (organisation_id, caller, request_key)
    )",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::run(manager, UP).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
