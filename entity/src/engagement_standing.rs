//! Where an engagement stands, for lists; made anew from other rows.

use sea_orm::entity::prelude::*;
use time::{Date, OffsetDateTime};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "engagement_standing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub engagement_id: Uuid,
    pub vendor_id: Uuid,
    pub is_open: bool,
    pub inherent: Option<i64>,
    pub band: Option<String>,
    pub score_id: Option<Uuid>,
    pub scored_on: Option<Date>,
    pub residual: Option<f64>,
    pub best_case: Option<f64>,
    pub rating: Option<String>,
    pub driver: Option<String>,
    pub completeness: Option<f64>,
    pub confidence: Option<f64>,
    pub previous_residual: Option<f64>,
    pub previous_rating: Option<String>,
    pub proposed_findings: i64,
    pub open_major: i64,
    pub open_minor: i64,
    pub open_observations: i64,
    pub decision_id: Option<Uuid>,
    pub decision: Option<String>,
    pub next_review_on: Option<Date>,
    pub overtaken_by: String,
    pub ai_act_tier: Option<String>,
    pub unconfirmed_tier: Option<String>,
    pub tier_rules: i64,
    pub changed_at: OffsetDateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
