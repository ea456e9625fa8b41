//! That a person chose between facts.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "component_choice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub component_id: Uuid,
    pub use_id: Option<Uuid>,
    pub field: String,
    pub plan: Option<String>,
    pub region: Option<String>,
    pub element: Option<String>,
    pub fact_id: Option<Uuid>,
    pub facing: Json,
    pub reason: String,
    pub recorded_at: OffsetDateTime,
    pub recorded_by: Json,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
