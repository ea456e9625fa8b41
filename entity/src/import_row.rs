//! One row of an import, with what would become of it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub import_id: Uuid,
    pub position: i64,
    pub place: String,
    pub label: String,
    pub verdict: String,
    pub question_id: Option<String>,
    pub proposed: Option<Json>,
    pub current: Option<Json>,
    pub current_revision: i64,
    pub problem: Option<Json>,
    pub details: Json,
    pub applied: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
