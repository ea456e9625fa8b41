//! A risk that somebody asked to be accepted.

use sea_orm::entity::prelude::*;
use time::{Date, OffsetDateTime};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "risk_acceptance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub engagement_id: Uuid,
    pub score_id: Uuid,
    pub scope: String,
    pub reason: String,
    pub conditions: Json,
    pub expires_on: Date,
    pub residual: f64,
    pub rating: String,
    pub basis: Json,
    pub approvers: i64,
    pub asked_at: OffsetDateTime,
    pub asked_by: Json,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
