//! A decision on a vendor for an engagement, with its record.

use sea_orm::entity::prelude::*;
use time::{Date, OffsetDateTime};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub engagement_id: Uuid,
    pub number: i64,
    pub kind: String,
    pub reason: String,
    pub score_id: Option<Uuid>,
    pub profile_id: Option<Uuid>,
    pub impact_id: Option<Uuid>,
    pub basis: Json,
    pub next_review_on: Option<Date>,
    pub record: String,
    pub sha256: String,
    pub decided_at: OffsetDateTime,
    pub decided_by: Uuid,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
