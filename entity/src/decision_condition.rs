//! A condition of an approval.

use sea_orm::entity::prelude::*;
use time::Date;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "decision_condition")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub decision_id: Uuid,
    pub position: i64,
    pub what: String,
    pub due_on: Option<Date>,
    pub owner: Option<Json>,
    pub finding_id: Option<Uuid>,
    pub clause: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
