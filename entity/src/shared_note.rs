//! What both sides write to each other about a question or a finding.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "shared_note")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub assessment_id: Option<Uuid>,
    pub question_id: Option<String>,
    pub finding_id: Option<Uuid>,
    pub words: String,
    pub written_at: OffsetDateTime,
    pub member_id: Option<Uuid>,
    pub contact_id: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
