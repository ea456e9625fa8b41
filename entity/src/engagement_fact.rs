//! A fact of an engagement that its classification rests on, as somebody stated it.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "engagement_fact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub engagement_id: Uuid,
    pub number: i64,
    pub fact: String,
    pub value: Option<String>,
    pub recorded_at: OffsetDateTime,
    pub recorded_by: Json,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
