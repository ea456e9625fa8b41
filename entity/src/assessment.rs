//! One template version issued to one vendor for one engagement.

use sea_orm::entity::prelude::*;
use time::{Date, OffsetDateTime};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "assessment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub vendor_id: Uuid,
    pub engagement_id: Uuid,
    pub template_version_id: Uuid,
    pub contact_id: Uuid,
    pub signatory_id: Option<Uuid>,
    pub state: String,
    pub due_on: Date,
    pub message: Option<String>,
    pub profile: Json,
    pub round: i64,
    pub answered: i64,
    pub asked: i64,
    pub revision: i64,
    pub created_at: OffsetDateTime,
    pub issued_at: Option<OffsetDateTime>,
    pub opened_at: Option<OffsetDateTime>,
    pub submitted_at: Option<OffsetDateTime>,
    pub closed_at: Option<OffsetDateTime>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
