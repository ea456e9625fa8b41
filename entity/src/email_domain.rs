//! A mail domain that an organisation says, or has proved, to be its own.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "email_domain")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub domain: String,
    pub proof_hash: Option<Vec<u8>>,
    pub proof_expires_at: Option<OffsetDateTime>,
    pub created_at: OffsetDateTime,
    pub proved_at: Option<OffsetDateTime>,
    pub proved_by: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
