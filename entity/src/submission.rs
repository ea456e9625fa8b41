//! A frozen set of answers.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "submission")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub assessment_id: Uuid,
    pub round: i64,
    pub answers_sha256: String,
    pub snapshot: String,
    pub attested_name: String,
    pub attested_title: String,
    pub contact_id: Uuid,
    pub entered_by: Option<Uuid>,
    pub submitted_at: OffsetDateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
