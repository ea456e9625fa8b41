//! One change that a submission proposes.

use sea_orm::entity::prelude::*;
use time::OffsetDateTime;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "register_proposal_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub organisation_id: Uuid,
    pub proposal_id: Uuid,
    pub position: i64,
    pub verdict: String,
    pub component_id: Option<Uuid>,
    pub name: String,
    pub field: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    pub shown: Option<String>,
    pub entry: Option<Json>,
    pub state: String,
    pub decided_at: Option<OffsetDateTime>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
