//! What a reviewer found of one answer.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "answer_review")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub assessment_id: Uuid,
    pub question_id: String,
    pub number: i64,
    pub round: i64,
    pub verdict: String,
    pub evidence: Json,
    pub answer_sha256: String,
    pub note: Option<String>,
    pub recorded_at: OffsetDateTime,
    pub recorded_by: Uuid,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
