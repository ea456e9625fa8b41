//! The supplier AI register, and the imports that feed it and the answers.

use crate::dialect::Dialect;
use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const UP: &[&str] = &[
    "CREATE TABLE import (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL REFERENCES organisation (id),
        kind text NOT NULL CHECK (kind IN ('answers', 'template', 'register')),
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
        CHECK ((state = 'preview') = (applied_at IS NULL)),
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id)
    )",
    "CREATE INDEX import_by_assessment ON import (assessment_id)",
    "CREATE TABLE import_row (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        import_id UUID NOT NULL,
        position bigint NOT NULL,
        place text NOT NULL,
        label text NOT NULL,
        verdict text NOT NULL CHECK (verdict IN ('new', 'changed', 'unchanged', 'conflict', 'ask', 'suggestion',
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
        assessment_id UUID,
        question_id text,
        import_id UUID,
        identity text NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        kind text NOT NULL CHECK (kind IN ('ai_system', 'model', 'embedded_feature', 'agent', 'ai_api', 'dataset', 'unknown')),
        status text NOT NULL CHECK (status IN ('proposed', 'trial', 'approved', 'restricted', 'reassessment', 'prohibited',
            'retired', 'declared', 'in_use', 'withdrawn')),
        fields JSON NOT NULL,
        revision bigint NOT NULL CHECK (revision > 0),
        visible boolean NOT NULL,
        created_at MOMENT NOT NULL,
        changed_at MOMENT NOT NULL,
        UNIQUE (organisation_id, id),
        FOREIGN KEY (organisation_id, vendor_id) REFERENCES vendor (organisation_id, id),
        FOREIGN KEY (organisation_id, assessment_id) REFERENCES assessment (organisation_id, id),
        FOREIGN KEY (organisation_id, import_id) REFERENCES import (organisation_id, id)
    )",
    "CREATE INDEX component_by_assessment ON component (assessment_id)",
    "CREATE INDEX component_by_name ON component (organisation_id, name)",
    "CREATE INDEX component_by_import ON component (import_id)",
    "CREATE TABLE component_fact (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        component_id UUID NOT NULL,
        field text NOT NULL,
        value text,
        source_kind text NOT NULL CHECK (source_kind IN ('answer', 'import', 'person')),
        source JSON NOT NULL,
        recorded_at MOMENT NOT NULL,
        FOREIGN KEY (organisation_id, component_id) REFERENCES component (organisation_id, id)
    )",
    "CREATE INDEX component_fact_by_component ON component_fact (component_id, field, recorded_at)",
    "CREATE TABLE ai_use (
        id UUID NOT NULL PRIMARY KEY,
        organisation_id UUID NOT NULL,
        component_id UUID,
        import_id UUID NOT NULL,
        place text NOT NULL,
        unit text NOT NULL,
        use_case text NOT NULL,
        in_use text NOT NULL CHECK (in_use IN ('yes', 'no', 'not_stated')),
        product text,
        users text,
        visible boolean NOT NULL,
        FOREIGN KEY (organisation_id, component_id) REFERENCES component (organisation_id, id),
        FOREIGN KEY (organisation_id, import_id) REFERENCES import (organisation_id, id)
    )",
    "CREATE INDEX ai_use_by_component ON ai_use (component_id)",
    "CREATE INDEX ai_use_by_import ON ai_use (import_id, in_use)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Dialect::run(manager, UP).await?;
        Dialect::refuse_changes(manager, "component_fact", &["UPDATE"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
