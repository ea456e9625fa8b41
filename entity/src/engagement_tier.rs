//! The tier of the EU AI Act that a person confirmed for an engagement.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "engagement_tier")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub engagement_id: Uuid,
    pub number: i64,
    pub tier: String,
    pub proposed: String,
    pub confirmed: Json,
    pub facts: Json,
    pub profile_id: Option<Uuid>,
    pub recorded_at: OffsetDateTime,
    pub recorded_by: Uuid,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
