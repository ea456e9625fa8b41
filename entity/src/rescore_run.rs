//! Stored scores being computed anew under another version of the policy.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rescore_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub policy_id: Uuid,
    pub state: String,
    pub total: i64,
    pub scored: i64,
    pub unscored: i64,
    pub after_id: Option<Uuid>,
    pub started_at: OffsetDateTime,
    pub started_by: Json,
    pub changed_at: OffsetDateTime,
    pub ended_at: Option<OffsetDateTime>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
