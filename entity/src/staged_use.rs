//! What a use is to look like once an import is applied or taken back.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "staged_use")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub use_id: Uuid,
    pub organisation_id: Uuid,
    pub place: String,
    pub unit: String,
    pub use_case: String,
    pub product: Option<String>,
    pub users: Option<String>,
    pub status: String,
    pub tier: Option<String>,
    pub fields: Json,
    pub revision: i64,
    pub visible: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
