//! A fact that is recorded once an import is applied or taken back.

use sea_orm::entity::prelude::*;
use time::{Date, OffsetDateTime};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "staged_fact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub import_id: Uuid,
    pub later: bool,
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
