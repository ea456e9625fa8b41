//! That an impact assessment was approved, and what it rested on.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "impact_approval")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub impact_id: Uuid,
    pub organisation_id: Uuid,
    pub basis: Json,
    pub recorded_at: OffsetDateTime,
    pub recorded_by: Uuid,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
