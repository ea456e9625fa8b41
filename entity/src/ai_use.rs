//! One of an organisation's uses of a component, or its statement that there is none.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ai_use")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub component_id: Option<Uuid>,
    pub import_id: Option<Uuid>,
    pub place: String,
    pub unit: String,
    pub use_case: String,
    pub in_use: String,
    pub product: Option<String>,
    pub users: Option<String>,
    pub status: String,
    pub tier: Option<String>,
    pub classification: Option<Json>,
    pub proposed_tier: Option<String>,
    pub proposed_by: i64,
    pub fields: Json,
    pub revision: i64,
    pub visible: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
