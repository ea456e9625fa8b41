//! Organisations, their members, and how these sign in.

use crate::dialect::Dialect;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const UP: [&str; 6] = [
    "CREATE TABLE organisation (
        id UUID NOT NULL PRIMARY KEY,
        name text NOT NULL CHECK (name <> ''),
        acts_as_buyer boolean NOT NULL,
        acts_as_vendor boolean NOT NULL,
        created_at MOMENT NOT NULL,
        CHECK (acts_as_buyer OR acts_as_vendor)
    )",
    "CREATE TABLE member (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        name text NOT NULL CHECK (name <> ''),
        email text NOT NULL CHECK (email <> ''),
        role text NOT NULL CHECK (role IN
            ('administrator', 'procurement', 'analyst', 'approver', 'auditor', 'business-owner', 'operator')),
        created_at MOMENT NOT NULL,
        UNIQUE (organisation_id, email),
        UNIQUE (organisation_id, id)
    )",
    "CREATE TABLE sign_in_link (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        member_id UUID NOT NULL,
        token_hash BYTES NOT NULL UNIQUE,
        created_at MOMENT NOT NULL,
        expires_at MOMENT NOT NULL,
        used_at MOMENT,
        FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
    )",
    "CREATE TABLE api_token (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        name text NOT NULL,
        role text NOT NULL CHECK (role IN
            ('administrator', 'procurement', 'analyst', 'approver', 'auditor', 'business-owner', 'operator')),
        token_hash BYTES NOT NULL UNIQUE,
        created_at MOMENT NOT NULL,
        expires_at MOMENT,
        last_used_at MOMENT,
        revoked_at MOMENT
    )",
    "CREATE TABLE session (
        id text NOT NULL PRIMARY KEY,
        data JSON NOT NULL,
        expires_at MOMENT NOT NULL
    )",
    "CREATE TABLE setup_link (
        token_hash BYTES NOT NULL PRIMARY KEY,
        created_at MOMENT NOT NULL,
        expires_at MOMENT NOT NULL,
        used_at MOMENT
    )",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::run(manager, &UP).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
