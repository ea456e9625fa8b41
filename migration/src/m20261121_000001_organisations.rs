//! Organisations, the people who sign in for them, and how these sign in.

use crate::dialect::Dialect;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The installation itself is a row among the organisations: its operators are members of it, and what concerns no
/// tenant alone (a failed sign-in of nobody known, a key that was changed) stands in its audit chain.
const UP: &[&str] = &[
    "CREATE TABLE organisation (
        id UUID NOT NULL PRIMARY KEY,
        name text NOT NULL CHECK (name <> ''),
        kind text NOT NULL CHECK (kind IN ('installation', 'tenant')),
        acts_as_buyer boolean NOT NULL,
        acts_as_vendor boolean NOT NULL,
        created_at MOMENT NOT NULL,
        CHECK ((kind = 'tenant') = (acts_as_buyer OR acts_as_vendor))
    )",
    "CREATE UNIQUE INDEX organisation_one_installation ON organisation (kind) WHERE kind = 'installation'",
    "CREATE TABLE person (
        id UUID NOT NULL PRIMARY KEY,
        name text NOT NULL CHECK (name <> ''),
        email text NOT NULL UNIQUE CHECK (email <> ''),
        email_verified_at MOMENT,
        password_hash text,
        created_at MOMENT NOT NULL
    )",
    "CREATE TABLE member (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        person_id UUID NOT NULL REFERENCES person (id),
        roles text NOT NULL CHECK (roles <> ''),
        managed_by UUID,
        revision bigint NOT NULL CHECK (revision > 0),
        created_at MOMENT NOT NULL,
        removed_at MOMENT,
        UNIQUE (organisation_id, person_id),
        UNIQUE (organisation_id, id)
    )",
    "CREATE INDEX member_by_person ON member (person_id)",
    "CREATE TABLE invitation (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        name text NOT NULL CHECK (name <> ''),
        email text NOT NULL CHECK (email <> ''),
        roles text NOT NULL CHECK (roles <> ''),
        invited_by UUID,
        delivery text NOT NULL CHECK (delivery IN ('queued', 'delivered', 'bounced')),
        failure text,
        created_at MOMENT NOT NULL,
        sent_at MOMENT,
        expires_at MOMENT NOT NULL,
        accepted_at MOMENT,
        revoked_at MOMENT,
        UNIQUE (organisation_id, id)
    )",
    "CREATE UNIQUE INDEX invitation_one_open ON invitation (organisation_id, email)
        WHERE accepted_at IS NULL AND revoked_at IS NULL",
    "CREATE TABLE invitation_link (
        token_hash BYTES NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        invitation_id UUID NOT NULL,
        purpose text NOT NULL CHECK (purpose IN ('mail', 'copy')),
        created_at MOMENT NOT NULL,
        FOREIGN KEY (organisation_id, invitation_id) REFERENCES invitation (organisation_id, id)
    )",
    "CREATE TABLE sign_in_link (
        id UUID NOT NULL PRIMARY KEY,
        person_id UUID NOT NULL REFERENCES person (id),
        only_member_id UUID REFERENCES member (id),
        token_hash BYTES NOT NULL UNIQUE,
        browser_hash BYTES,
        return_to text,
        created_at MOMENT NOT NULL,
        expires_at MOMENT NOT NULL,
        used_at MOMENT
    )",
    "CREATE INDEX sign_in_link_by_person ON sign_in_link (person_id)",
    "CREATE TABLE sign_in_attempt (
        id UUID NOT NULL PRIMARY KEY,
        account_hash BYTES NOT NULL,
        way text NOT NULL CHECK (way IN ('mail', 'password')),
        failed boolean NOT NULL,
        at MOMENT NOT NULL
    )",
    "CREATE INDEX sign_in_attempt_by_account ON sign_in_attempt (account_hash, at)",
    "CREATE TABLE api_token (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        name text NOT NULL,
        role text NOT NULL CHECK (role IN
            ('administrator', 'procurement', 'analyst', 'approver', 'auditor', 'business-owner', 'operator')),
        permissions text,
        made_by UUID,
        token_hash BYTES NOT NULL UNIQUE,
        created_at MOMENT NOT NULL,
        expires_at MOMENT,
        last_used_at MOMENT,
        revoked_at MOMENT
    )",
    "CREATE TABLE session (
        id text NOT NULL PRIMARY KEY,
        person_id UUID REFERENCES person (id),
        data JSON NOT NULL,
        created_at MOMENT NOT NULL,
        last_seen_at MOMENT NOT NULL,
        expires_at MOMENT NOT NULL,
        ends_at MOMENT NOT NULL
    )",
    "CREATE INDEX session_by_person ON session (person_id)",
    "CREATE TABLE setup_link (
        token_hash BYTES NOT NULL PRIMARY KEY,
        created_at MOMENT NOT NULL,
        expires_at MOMENT NOT NULL,
        used_at MOMENT
    )",
    "CREATE TABLE email_domain (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        domain text NOT NULL CHECK (domain <> ''),
        proof_hash BYTES,
        proof_expires_at MOMENT,
        created_at MOMENT NOT NULL,
        proved_at MOMENT,
        proved_by text,
        UNIQUE (organisation_id, domain),
        CHECK ((proved_at IS NULL) = (proved_by IS NULL))
    )",
    "CREATE UNIQUE INDEX email_domain_proved_once ON email_domain (domain) WHERE proved_at IS NOT NULL",
    "CREATE TABLE identity_provider (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        name text NOT NULL CHECK (name <> ''),
        issuer text NOT NULL CHECK (issuer <> ''),
        client_id text NOT NULL CHECK (client_id <> ''),
        client_secret BYTES,
        scopes text,
        roles_claim text,
        role_map JSON NOT NULL,
        default_roles text,
        enabled boolean NOT NULL,
        revision bigint NOT NULL CHECK (revision > 0),
        created_at MOMENT NOT NULL,
        removed_at MOMENT,
        UNIQUE (organisation_id, id)
    )",
    "CREATE TABLE identity (
        provider_id UUID NOT NULL REFERENCES identity_provider (id),
        subject text NOT NULL CHECK (subject <> ''),
        person_id UUID NOT NULL REFERENCES person (id),
        created_at MOMENT NOT NULL,
        last_used_at MOMENT NOT NULL,
        PRIMARY KEY (provider_id, subject)
    )",
    "CREATE INDEX identity_by_person ON identity (person_id)",
    "CREATE TABLE pending_sign_in (
        state_hash BYTES NOT NULL PRIMARY KEY,
        browser_hash BYTES NOT NULL,
        provider_id UUID NOT NULL REFERENCES identity_provider (id),
        nonce text NOT NULL,
        verifier text NOT NULL,
        return_to text,
        created_at MOMENT NOT NULL,
        expires_at MOMENT NOT NULL
    )",
    "CREATE INDEX pending_sign_in_by_browser ON pending_sign_in (browser_hash, created_at)",
    "CREATE INDEX pending_sign_in_by_end ON pending_sign_in (expires_at)",
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
