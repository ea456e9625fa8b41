//! The supplier AI register, and the imports that feed it and the answers.

use crate::dialect::Dialect;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE import (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        kind text NOT NULL CHECK (kind IN ('answers', 'template', 'register', 'bom')),
        document text,
        assessment_id UUID,
        contact_id UUID,
        member_id UUID,
        file_name text NOT NULL,
        size bigint NOT NULL,
        sha256 text NOT NULL,
        state text NOT NULL CHECK (state IN ('preview', 'applied', 'undone')),
        settings JSON NOT NULL,
        summary JSON NOT NULL,
        created_at MOMENT NOT NULL,
        applied_at MOMENT,
        undone_at MOMENT,
        UNIQUE (organisation_id, id),
        CHECK ((kind = 'answers') = (assessment_id IS NOT NULL)),
        CHECK ((kind IN ('register', 'bom')) = (document IS NOT NULL)),
        CHECK ((state = 'preview') = (applied_at IS NULL)),
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id)
    )",
    "CREATE INDEX import_by_assessment ON import (assessment_id)",
    "CREATE INDEX import_by_document ON import (organisation_id, document) WHERE document IS NOT NULL",
    "CREATE TABLE import_row (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        import_id UUID NOT NULL,
        position bigint NOT NULL,
        place text NOT NULL,
        label text NOT NULL,
        verdict text NOT NULL CHECK (verdict IN ('new', 'changed', 'unchanged', 'conflict', 'gone', 'ask', 'suggestion',
            'invalid', 'unknown', 'skipped')),
        question_id text,
        proposed JSON,
        current JSON,
        current_revision bigint NOT NULL,
        problem JSON,
        details JSON NOT NULL,
        applied boolean NOT NULL,
        UNIQUE (import_id, position),
        FOREIGN KEY (organisation_id, import_id) REFERENCES import (organisation_id, id)
    )",
    "CREATE TABLE workbook_mapping (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        vendor_id UUID,
        kind text NOT NULL CHECK (kind IN ('answers', 'template', 'register')),
        shape text NOT NULL,
        corrections JSON NOT NULL,
        file_name text NOT NULL,
        contact_id UUID,
        member_id UUID,
        changed_at MOMENT NOT NULL,
        CHECK ((kind = 'answers') = (vendor_id IS NOT NULL)),
        FOREIGN KEY (organisation_id, vendor_id) REFERENCES vendor (organisation_id, id)
    )",
    "CREATE UNIQUE INDEX workbook_mapping_of_vendor ON workbook_mapping (organisation_id, vendor_id, kind, shape)
        WHERE vendor_id IS NOT NULL",
    "CREATE UNIQUE INDEX workbook_mapping_of_buyer ON workbook_mapping (organisation_id, kind, shape)
        WHERE vendor_id IS NULL",
    "CREATE TABLE component (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        vendor_id UUID,
        vendor_name text,
        import_id UUID,
        name text NOT NULL CHECK (name <> ''),
        kind text NOT NULL CHECK (kind IN ('ai_system', 'model', 'embedded_feature', 'agent', 'ai_api', 'dataset', 'unknown')),
        status text NOT NULL CHECK (status IN ('proposed', 'trial', 'approved', 'restricted', 'reassessment', 'prohibited', 'retired')),
        fields JSON NOT NULL,
        open bigint NOT NULL CHECK (open >= 0),
        withdrawn boolean NOT NULL,
        revision bigint NOT NULL CHECK (revision > 0),
        visible boolean NOT NULL,
        created_at MOMENT NOT NULL,
        changed_at MOMENT NOT NULL,
        UNIQUE (organisation_id, id),
        FOREIGN KEY (organisation_id, vendor_id) REFERENCES vendor (organisation_id, id),
        FOREIGN KEY (organisation_id, import_id) REFERENCES import (organisation_id, id)
    )",
    "CREATE INDEX component_by_name ON component (organisation_id, name)",
    "CREATE INDEX component_by_change ON component (organisation_id, changed_at, id)",
    "CREATE INDEX component_by_lower_name ON component (organisation_id, lower(name))",
    "CREATE INDEX component_by_vendor ON component (vendor_id)",
    "CREATE INDEX component_by_import ON component (import_id)",
    "CREATE TABLE ai_use (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        component_id UUID,
        import_id UUID,
        place text NOT NULL,
        unit text NOT NULL,
        use_case text NOT NULL,
        in_use text NOT NULL CHECK (in_use IN ('yes', 'no', 'not_stated')),
        product text,
        users text,
        status text NOT NULL CHECK (status IN ('proposed', 'trial', 'approved', 'restricted', 'reassessment', 'prohibited', 'retired')),
        tier text,
        classification JSON,
        fields JSON NOT NULL,
        revision bigint NOT NULL CHECK (revision > 0),
        visible boolean NOT NULL,
        UNIQUE (organisation_id, id),
        CHECK (import_id IS NOT NULL OR component_id IS NOT NULL),
        FOREIGN KEY (organisation_id, component_id) REFERENCES component (organisation_id, id),
        FOREIGN KEY (organisation_id, import_id) REFERENCES import (organisation_id, id)
    )",
    "CREATE INDEX ai_use_by_component ON ai_use (organisation_id, component_id, id)",
    "CREATE INDEX ai_use_by_import ON ai_use (import_id, in_use)",
    "CREATE INDEX ai_use_by_statement ON ai_use (organisation_id, in_use, component_id, visible)",
    "CREATE INDEX ai_use_by_tier ON ai_use (organisation_id, tier, status, visible)",
    "CREATE TABLE component_source (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        component_id UUID NOT NULL,
        source text NOT NULL,
        reference text NOT NULL,
        said JSON NOT NULL,
        gone boolean NOT NULL,
        changed_at MOMENT NOT NULL,
        UNIQUE (organisation_id, source, reference),
        FOREIGN KEY (organisation_id, component_id) REFERENCES component (organisation_id, id)
    )",
    "CREATE INDEX component_source_by_component ON component_source (component_id)",
    "CREATE TABLE component_fact (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        component_id UUID NOT NULL,
        use_id UUID,
        field text NOT NULL,
        plan text,
        region text,
        value text NOT NULL CHECK (value <> ''),
        taken_back boolean NOT NULL,
        as_of DAY,
        last_seen DAY NOT NULL,
        certainty text NOT NULL CHECK (certainty IN ('certain', 'likely', 'uncertain')),
        source JSON NOT NULL,
        recorded_at MOMENT NOT NULL,
        recorded_by JSON NOT NULL,
        FOREIGN KEY (organisation_id, component_id) REFERENCES component (organisation_id, id),
        FOREIGN KEY (organisation_id, use_id) REFERENCES ai_use (organisation_id, id)
    )",
    "CREATE INDEX component_fact_by_component ON component_fact (component_id)",
    "CREATE TABLE component_choice (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        component_id UUID NOT NULL,
        use_id UUID,
        field text NOT NULL,
        plan text,
        region text,
        element text,
        fact_id UUID REFERENCES component_fact (id),
        facing JSON NOT NULL,
        reason text NOT NULL,
        recorded_at MOMENT NOT NULL,
        recorded_by JSON NOT NULL,
        FOREIGN KEY (organisation_id, component_id) REFERENCES component (organisation_id, id),
        FOREIGN KEY (organisation_id, use_id) REFERENCES ai_use (organisation_id, id)
    )",
    "CREATE INDEX component_choice_by_component ON component_choice (component_id)",
    "CREATE TABLE component_check (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        component_id UUID NOT NULL,
        fact_id UUID NOT NULL REFERENCES component_fact (id),
        holds boolean NOT NULL,
        note text NOT NULL,
        recorded_at MOMENT NOT NULL,
        recorded_by JSON NOT NULL,
        FOREIGN KEY (organisation_id, component_id) REFERENCES component (organisation_id, id)
    )",
    "CREATE INDEX component_check_by_component ON component_check (component_id)",
    "CREATE TABLE component_link (
        organisation_id UUID NOT NULL,
        component_id UUID NOT NULL,
        relation text NOT NULL CHECK (relation IN ('runs_on', 'part_of', 'trained_on', 'calls')),
        to_id UUID NOT NULL,
        PRIMARY KEY (component_id, relation, to_id),
        FOREIGN KEY (organisation_id, component_id) REFERENCES component (organisation_id, id),
        FOREIGN KEY (organisation_id, to_id) REFERENCES component (organisation_id, id)
    )",
    "CREATE INDEX component_link_by_to ON component_link (to_id)",
    "CREATE TABLE register_proposal (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        vendor_id UUID NOT NULL,
        engagement_id UUID NOT NULL,
        assessment_id UUID NOT NULL,
        question_id text NOT NULL,
        round bigint NOT NULL,
        state text NOT NULL CHECK (state IN ('open', 'done', 'superseded')),
        notes JSON NOT NULL,
        revision bigint NOT NULL CHECK (revision > 0),
        created_at MOMENT NOT NULL,
        closed_at MOMENT,
        UNIQUE (organisation_id, id),
        UNIQUE (assessment_id, question_id, round),
        CHECK ((state = 'open') = (closed_at IS NULL)),
        FOREIGN KEY (organisation_id, vendor_id) REFERENCES vendor (organisation_id, id),
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id)
    )",
    "CREATE INDEX register_proposal_by_state ON register_proposal (organisation_id, state, id)",
    "CREATE INDEX register_proposal_by_vendor ON register_proposal (vendor_id)",
    "CREATE TABLE register_proposal_line (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        proposal_id UUID NOT NULL,
        position bigint NOT NULL,
        verdict text NOT NULL CHECK (verdict IN ('added', 'changed', 'conflicting', 'gone', 'back')),
        component_id UUID,
        name text NOT NULL,
        field text,
        before text,
        after text,
        shown text,
        entry JSON,
        state text NOT NULL CHECK (state IN ('open', 'applied', 'declined')),
        decided_at MOMENT,
        UNIQUE (proposal_id, position),
        CHECK ((verdict IN ('changed', 'conflicting')) = (field IS NOT NULL)),
        CHECK ((state = 'open') = (decided_at IS NULL)),
        FOREIGN KEY (organisation_id, proposal_id) REFERENCES register_proposal (organisation_id, id),
        FOREIGN KEY (organisation_id, component_id) REFERENCES component (organisation_id, id)
    )",
    "CREATE TABLE saved_search (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        owner_kind text NOT NULL CHECK (owner_kind IN ('member', 'token')),
        owner_id UUID NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        asked text NOT NULL CHECK (asked <> ''),
        shared boolean NOT NULL,
        changed_at MOMENT NOT NULL,
        UNIQUE (organisation_id, owner_id, name)
    )",
    "CREATE TABLE register_columns (
        member_id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        chosen JSON NOT NULL,
        changed_at MOMENT NOT NULL,
        FOREIGN KEY (organisation_id, member_id) REFERENCES member (organisation_id, id)
    )",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::run(manager, UP).await?;
        // What was never shown can be thrown away with its import; nothing that was recorded is ever rewritten.
        Dialect::refuse_changes(manager, "component_fact", &["UPDATE"]).await?;
        Dialect::refuse_changes(manager, "component_choice", &["UPDATE", "DELETE"]).await?;
        Dialect::refuse_changes(manager, "component_check", &["UPDATE", "DELETE"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
