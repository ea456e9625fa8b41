//! A vendor's reply to a question.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "answer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub assessment_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub question_id: String,
    pub organisation_id: Uuid,
    pub reply: Option<Json>,
    pub comment: Option<String>,
    pub source: Json,
    pub revision: i64,
    pub answered_by: Uuid,
    pub entered_by: Option<Uuid>,
    pub changed_at: OffsetDateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
