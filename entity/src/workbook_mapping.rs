//! What a person said of a workbook's sheets, to be said of the next one of the same shape.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "workbook_mapping")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub vendor_id: Option<Uuid>,
    pub kind: String,
    pub shape: String,
    pub corrections: Json,
    pub file_name: String,
    pub contact_id: Option<Uuid>,
    pub member_id: Option<Uuid>,
    pub changed_at: OffsetDateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
