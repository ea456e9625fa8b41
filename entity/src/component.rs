//! An entry of the supplier AI register, with what is shown of it.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "component")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub vendor_id: Option<Uuid>,
    pub vendor_name: Option<String>,
    pub import_id: Option<Uuid>,
    pub name: String,
    pub kind: String,
    pub status: String,
    pub fields: Json,
    pub open: i64,
    pub withdrawn: bool,
    /// Since when it is withdrawn; none where it is not.
    pub withdrawn_at: Option<OffsetDateTime>,
    pub revision: i64,
    pub visible: bool,
    pub created_at: OffsetDateTime,
    pub changed_at: OffsetDateTime,
    pub back_at: Option<OffsetDateTime>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
