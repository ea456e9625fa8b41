//! What an entry is to look like once an import is applied or taken back.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "staged_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub component_id: Uuid,
    pub organisation_id: Uuid,
    pub vendor_id: Option<Uuid>,
    pub vendor_name: Option<String>,
    pub name: String,
    pub kind: String,
    pub status: String,
    pub fields: Json,
    pub open: i64,
    pub withdrawn: bool,
    pub revision: i64,
    pub visible: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
