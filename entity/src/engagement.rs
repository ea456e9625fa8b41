//! What a buyer uses a vendor for.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "engagement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub vendor_id: Uuid,
    pub name: String,
    pub business_function: String,
    pub owner: String,
    pub owner_member_id: Option<Uuid>,
    pub profile: Json,
    pub revision: i64,
    pub created_at: OffsetDateTime,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
