//! An analyst's own severity or likelihood in a domain, or that it is taken back.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "inherent_override")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub engagement_id: Uuid,
    pub number: i64,
    pub domain: String,
    pub severity: Option<i64>,
    pub likelihood: Option<i64>,
    pub computed_severity: i64,
    pub computed_likelihood: i64,
    pub reason: String,
    pub by_name: String,
    pub recorded_at: OffsetDateTime,
    pub recorded_by: Json,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
