//! Vendors, templates, assessments, answers, submissions and scores: the exchange itself.

use crate::dialect::Dialect;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Every table of a tenant carries the tenant, and refers to its parent by (tenant, id): a row that points into
/// another tenant cannot be written.
const UP: &[&str] = &[
    "CREATE TABLE vendor (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        name text NOT NULL CHECK (name <> ''),
        folded_name text NOT NULL,
        website text,
        note text,
        revision bigint NOT NULL CHECK (revision > 0),
        created_at MOMENT NOT NULL,
        claimed_by UUID REFERENCES organisation (id),
        claimed_at MOMENT,
        merged_into UUID,
        merged_at MOMENT,
        UNIQUE (organisation_id, id),
        CHECK ((claimed_by IS NULL) = (claimed_at IS NULL)),
        CHECK ((merged_into IS NULL) = (merged_at IS NULL)),
        CHECK (merged_into <> id),
        FOREIGN KEY (organisation_id, merged_into) REFERENCES vendor (organisation_id, id)
    )",
    "CREATE UNIQUE INDEX vendor_one_of_a_name ON vendor (organisation_id, name) WHERE merged_into IS NULL",
    "CREATE INDEX vendor_by_folded_name ON vendor (organisation_id, folded_name)",
    "CREATE INDEX vendor_by_claim ON vendor (claimed_by)",
    "CREATE TABLE contact (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        vendor_id UUID NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        email text NOT NULL CHECK (email <> ''),
        person_id UUID REFERENCES person (id),
        join_asked_at MOMENT,
        created_at MOMENT NOT NULL,
        UNIQUE (organisation_id, vendor_id, email),
        UNIQUE (organisation_id, id),
        FOREIGN KEY (organisation_id, vendor_id) REFERENCES vendor (organisation_id, id)
    )",
    "CREATE TABLE engagement (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        vendor_id UUID NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        business_function text NOT NULL,
        owner text NOT NULL,
        owner_member_id UUID,
        profile JSON NOT NULL,
        revision bigint NOT NULL CHECK (revision > 0),
        created_at MOMENT NOT NULL,
        UNIQUE (organisation_id, vendor_id, name),
        UNIQUE (organisation_id, id),
        FOREIGN KEY (organisation_id, owner_member_id) REFERENCES member (organisation_id, id),
        FOREIGN KEY (organisation_id, vendor_id) REFERENCES vendor (organisation_id, id)
    )",
    "CREATE TABLE template (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        name text NOT NULL,
        created_at MOMENT NOT NULL,
        retired_at MOMENT,
        UNIQUE (organisation_id, name),
        UNIQUE (organisation_id, id)
    )",
    "CREATE TABLE template_version (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        template_id UUID NOT NULL,
        number bigint NOT NULL CHECK (number > 0),
        title text NOT NULL,
        question_count bigint NOT NULL CHECK (question_count > 0),
        document text NOT NULL,
        sha256 text NOT NULL,
        note text,
        published_at MOMENT NOT NULL,
        UNIQUE (organisation_id, template_id, number),
        UNIQUE (organisation_id, id),
        FOREIGN KEY (organisation_id, template_id) REFERENCES template (organisation_id, id)
    )",
    "CREATE TABLE template_draft (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        name text NOT NULL CHECK (name <> ''),
        title text NOT NULL,
        base_version_id UUID,
        document text NOT NULL,
        revision bigint NOT NULL CHECK (revision > 0),
        edited_by UUID,
        edited_at MOMENT NOT NULL,
        created_at MOMENT NOT NULL,
        UNIQUE (organisation_id, name),
        UNIQUE (organisation_id, id),
        FOREIGN KEY (organisation_id, base_version_id) REFERENCES template_version (organisation_id, id),
        FOREIGN KEY (organisation_id, edited_by) REFERENCES member (organisation_id, id)
    )",
    "CREATE TABLE policy (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        name text NOT NULL,
        version bigint NOT NULL CHECK (version > 0),
        document text NOT NULL,
        sha256 text NOT NULL,
        published_at MOMENT NOT NULL,
        UNIQUE (organisation_id, name, version),
        UNIQUE (organisation_id, id)
    )",
    "CREATE TABLE assessment (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        vendor_id UUID NOT NULL,
        engagement_id UUID NOT NULL,
        template_version_id UUID NOT NULL,
        contact_id UUID NOT NULL,
        signatory_id UUID,
        state text NOT NULL CHECK (state IN ('draft', 'sent', 'in_progress', 'submitted', 'in_review', 'returned',
            'reviewed', 'closed', 'recalled')),
        due_on DAY NOT NULL,
        message text,
        profile JSON NOT NULL,
        round bigint NOT NULL CHECK (round >= 0),
        answered bigint NOT NULL CHECK (answered >= 0),
        asked bigint NOT NULL CHECK (asked >= 0),
        revision bigint NOT NULL CHECK (revision > 0),
        created_at MOMENT NOT NULL,
        issued_at MOMENT,
        opened_at MOMENT,
        submitted_at MOMENT,
        closed_at MOMENT,
        UNIQUE (organisation_id, id),
        CHECK ((state = 'draft') = (issued_at IS NULL) OR state = 'recalled'),
        CHECK (state NOT IN ('submitted', 'in_review', 'reviewed', 'closed') OR (submitted_at IS NOT NULL AND round > 0)),
        FOREIGN KEY (organisation_id, vendor_id) REFERENCES vendor (organisation_id, id),
        FOREIGN KEY (organisation_id, engagement_id) REFERENCES engagement (organisation_id, id),
        FOREIGN KEY (organisation_id, template_version_id) REFERENCES template_version (organisation_id, id),
        FOREIGN KEY (organisation_id, contact_id) REFERENCES contact (organisation_id, id),
        FOREIGN KEY (organisation_id, signatory_id) REFERENCES contact (organisation_id, id)
    )",
    "CREATE INDEX assessment_by_due ON assessment (organisation_id, due_on)",
    "CREATE INDEX assessment_by_vendor ON assessment (vendor_id, id)",
    "CREATE INDEX assessment_by_engagement ON assessment (organisation_id, engagement_id, id)",
    "CREATE TABLE vendor_link (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        assessment_id UUID NOT NULL,
        contact_id UUID NOT NULL,
        token_hash BYTES NOT NULL UNIQUE,
        purpose text NOT NULL CHECK (purpose IN
            ('invitation', 'copy', 'reminder', 'renewal', 'handover', 'signature', 'finding')),
        role text NOT NULL CHECK (role IN ('responder', 'contributor', 'signatory')),
        created_at MOMENT NOT NULL,
        expires_at MOMENT NOT NULL,
        first_used_at MOMENT,
        revoked_at MOMENT,
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id),
        FOREIGN KEY (organisation_id, contact_id) REFERENCES contact (organisation_id, id)
    )",
    "CREATE INDEX vendor_link_by_assessment ON vendor_link (organisation_id, assessment_id)",
    "CREATE TABLE message (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        assessment_id UUID NOT NULL,
        contact_id UUID NOT NULL,
        purpose text NOT NULL CHECK (purpose IN
            ('invitation', 'reminder', 'returned', 'renewal', 'receipt', 'handover', 'signature', 'finding_raised',
             'finding_back')),
        role text NOT NULL CHECK (role IN ('responder', 'contributor', 'signatory')),
        state text NOT NULL CHECK (state IN ('queued', 'delivered', 'failed')),
        failure text,
        created_at MOMENT NOT NULL,
        delivered_at MOMENT,
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id),
        FOREIGN KEY (organisation_id, contact_id) REFERENCES contact (organisation_id, id)
    )",
    "CREATE INDEX message_by_assessment ON message (organisation_id, assessment_id, id)",
    "CREATE TABLE assigned_question (
        assessment_id UUID NOT NULL,
        contact_id UUID NOT NULL,
        question_id text NOT NULL,
        organisation_id UUID NOT NULL,
        assigned_by UUID NOT NULL,
        created_at MOMENT NOT NULL,
        PRIMARY KEY (assessment_id, contact_id, question_id),
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id),
        FOREIGN KEY (organisation_id, contact_id) REFERENCES contact (organisation_id, id),
        FOREIGN KEY (organisation_id, assigned_by) REFERENCES contact (organisation_id, id)
    )",
    "CREATE TABLE answer (
        assessment_id UUID NOT NULL,
        question_id text NOT NULL,
        organisation_id UUID NOT NULL,
        reply JSON,
        comment text,
        source JSON NOT NULL,
        revision bigint NOT NULL CHECK (revision > 0),
        answered_by UUID NOT NULL,
        entered_by UUID REFERENCES person (id),
        changed_at MOMENT NOT NULL,
        PRIMARY KEY (assessment_id, question_id),
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id),
        FOREIGN KEY (organisation_id, answered_by) REFERENCES contact (organisation_id, id)
    )",
    "CREATE TABLE evidence (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        assessment_id UUID NOT NULL,
        question_id text NOT NULL,
        file_name text NOT NULL CHECK (file_name <> ''),
        media_type text NOT NULL,
        size bigint NOT NULL CHECK (size > 0),
        sha256 text NOT NULL,
        effective_on DAY NOT NULL,
        added_by UUID NOT NULL,
        entered_by UUID REFERENCES person (id),
        added_at MOMENT NOT NULL,
        removed_at MOMENT,
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id),
        FOREIGN KEY (organisation_id, added_by) REFERENCES contact (organisation_id, id)
    )",
    "CREATE INDEX evidence_by_assessment ON evidence (organisation_id, assessment_id)",
    "CREATE TABLE reopened_question (
        assessment_id UUID NOT NULL,
        round bigint NOT NULL,
        question_id text NOT NULL,
        organisation_id UUID NOT NULL,
        note text,
        PRIMARY KEY (assessment_id, round, question_id),
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id)
    )",
    "CREATE TABLE submission (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        assessment_id UUID NOT NULL,
        round bigint NOT NULL CHECK (round > 0),
        answers_sha256 text NOT NULL,
        snapshot text NOT NULL,
        attested_name text NOT NULL CHECK (attested_name <> ''),
        attested_title text NOT NULL,
        contact_id UUID NOT NULL,
        entered_by UUID REFERENCES person (id),
        submitted_at MOMENT NOT NULL,
        UNIQUE (organisation_id, assessment_id, round),
        UNIQUE (organisation_id, id),
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id),
        FOREIGN KEY (organisation_id, contact_id) REFERENCES contact (organisation_id, id)
    )",
    "CREATE TABLE score_input (
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        sha256 text NOT NULL,
        text text NOT NULL,
        PRIMARY KEY (organisation_id, sha256)
    )",
    "CREATE TABLE score (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        assessment_id UUID NOT NULL,
        submission_id UUID NOT NULL,
        policy_id UUID NOT NULL,
        as_of DAY NOT NULL,
        residual double precision NOT NULL CHECK (residual >= 0 AND residual <= 100),
        rating text NOT NULL,
        input_sha256 text NOT NULL,
        figures_sha256 text NOT NULL,
        created_at MOMENT NOT NULL,
        output text NOT NULL,
        UNIQUE (organisation_id, id),
        FOREIGN KEY (organisation_id, input_sha256) REFERENCES score_input (organisation_id, sha256),
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id),
        FOREIGN KEY (organisation_id, submission_id) REFERENCES submission (organisation_id, id),
        FOREIGN KEY (organisation_id, policy_id) REFERENCES policy (organisation_id, id)
    )",
    "CREATE INDEX score_by_assessment ON score (organisation_id, assessment_id, id)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::run(manager, UP).await?;
        for table in ["template_version", "policy", "submission", "score", "score_input"] {
            Dialect::refuse_changes(manager, table, &["UPDATE", "DELETE"]).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
