//! What a source says of an entry, or of one of our uses of it.

use sea_orm::entity::prelude::*;
use time::{Date, OffsetDateTime};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "component_fact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub component_id: Uuid,
    pub use_id: Option<Uuid>,
    pub field: String,
    pub plan: Option<String>,
    pub region: Option<String>,
    pub value: String,
    pub taken_back: bool,
    pub as_of: Option<Date>,
    pub last_seen: Date,
    pub certainty: String,
    pub source: Json,
    pub recorded_at: OffsetDateTime,
    pub recorded_by: Json,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
