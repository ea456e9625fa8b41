//! What was said of workbooks' sheets, by the shape of the file: what one vendor said is never read for another.

use super::scope::{BuyerScope, Tenant};
use domain::ids::VendorId;
use domain::sheet::Shape;
use entity::workbook_mapping::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

/// Whose and what for: answers of a vendor, or a template or a register of the buyer itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Of {
    /// `answers`, `template` or `register`.
    pub kind: &'static str,
    /// The vendor that answers; none for the buyer itself.
    pub vendor: Option<VendorId>,
}

fn within(scope: &impl Tenant, of: Of) -> Select<Entity> {
    let query =
        Entity::find().filter(Column::OrganisationId.eq(scope.organisation().0)).filter(Column::Kind.eq(of.kind));
    match of.vendor {
        Some(vendor) => query.filter(Column::VendorId.eq(vendor.0)),
        None => query.filter(Column::VendorId.is_null()),
    }
}

/// The newest of them.
pub async fn newest(db: &impl ConnectionTrait, scope: &impl Tenant, of: Of, most: u64) -> Result<Vec<Model>, DbErr> {
    within(scope, of).order_by_desc(Column::ChangedAt).order_by_desc(Column::Id).limit(most).all(db).await
}

/// That of a shape.
pub async fn of_shape(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    of: Of,
    shape: &Shape,
) -> Result<Option<Model>, DbErr> {
    within(scope, of).filter(Column::Shape.eq(shape.as_str())).one(db).await
}

/// Adds one.
pub async fn add(db: &impl ConnectionTrait, _: &impl Tenant, row: ActiveModel) -> Result<(), DbErr> {
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Removes one.
pub async fn remove(db: &impl ConnectionTrait, scope: &impl Tenant, id: Uuid) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// Gives what one vendor said to another that it becomes one with; what both said of one shape stays as the other said it.
pub async fn move_to(db: &impl ConnectionTrait, scope: BuyerScope, from: VendorId, to: VendorId) -> Result<(), DbErr> {
    let own = Column::OrganisationId.eq(scope.organisation().0);
    let known = Entity::find().filter(own.clone()).filter(Column::VendorId.eq(to.0)).all(db).await?;
    let shapes: Vec<String> = known.into_iter().map(|row| row.shape).collect();
    let moved = Entity::update_many().col_expr(Column::VendorId, Expr::value(to.0)).filter(own.clone());
    moved.filter(Column::VendorId.eq(from.0)).filter(Column::Shape.is_not_in(shapes)).exec(db).await?;
    Entity::delete_many().filter(own).filter(Column::VendorId.eq(from.0)).exec(db).await?;
    Ok(())
}
