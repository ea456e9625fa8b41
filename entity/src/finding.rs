//! A nonconformity or an observation, as it stands.

use sea_orm::entity::prelude::*;
use time::{Date, OffsetDateTime};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "finding")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub vendor_id: Uuid,
    pub engagement_id: Uuid,
    pub assessment_id: Option<Uuid>,
    pub question_id: Option<String>,
    pub answer_sha256: Option<String>,
    pub settled_over: Option<String>,
    pub title: String,
    pub description: String,
    pub controls: Json,
    pub subdomain: Option<String>,
    pub by_rule: bool,
    pub triggers: Json,
    pub rule_is_silent: bool,
    pub state: String,
    pub was_raised: bool,
    pub severity: String,
    pub severity_rank: i64,
    pub effort: Option<String>,
    pub effort_rank: i64,
    pub reduction: Option<f64>,
    pub owner: Option<Json>,
    pub owner_contact_id: Option<Uuid>,
    pub due_on: Option<Date>,
    pub plan: Option<Json>,
    pub done: Json,
    pub hands: Json,
    pub steps: i64,
    pub revision: i64,
    pub created_at: OffsetDateTime,
    pub changed_at: OffsetDateTime,
    pub raised_at: Option<OffsetDateTime>,
    pub closed_at: Option<OffsetDateTime>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
