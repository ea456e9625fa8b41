//! One uploaded workbook or register.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub kind: String,
    pub document: Option<String>,
    pub follows: Option<Uuid>,
    pub assessment_id: Option<Uuid>,
    pub contact_id: Option<Uuid>,
    pub member_id: Option<Uuid>,
    pub file_name: String,
    pub size: i64,
    pub sha256: String,
    pub state: String,
    pub settings: Json,
    pub summary: Json,
    pub created_at: OffsetDateTime,
    pub applied_at: Option<OffsetDateTime>,
    pub undone_at: Option<OffsetDateTime>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
