//! A stored score. What it was computed from stands once for all scores of the same: [`score_input`](super::score_input).

use sea_orm::entity::prelude::*;
use time::{Date, OffsetDateTime};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "score")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub assessment_id: Uuid,
    pub submission_id: Uuid,
    pub policy_id: Uuid,
    pub as_of: Date,
    pub residual: f64,
    pub rating: String,
    pub input_sha256: String,
    pub figures_sha256: String,
    pub created_at: OffsetDateTime,
    pub output: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
