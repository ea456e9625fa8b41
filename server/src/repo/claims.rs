//! Vendor records as the vendor's own organisation sees them: which it has claimed, and who asks to join it.

use super::held::Held;
use super::scope::{ClaimantScope, SystemScope};
use domain::ids::{ContactId, VendorId};
use entity::{contact, vendor};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, Select,
};
use std::collections::HashMap;
use uuid::Uuid;

/// The vendor records that an organisation has claimed, by id.
pub async fn claimed(db: &impl ConnectionTrait, scope: ClaimantScope) -> Result<HashMap<Uuid, vendor::Model>, DbErr> {
    let rows = vendor::Entity::find().filter(vendor::Column::ClaimedBy.eq(scope.organisation().0)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// A vendor record whoever's it is, held until the transaction ends: for the program, which knows who is at the door.
pub async fn hold_vendor(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: VendorId,
) -> Result<Option<vendor::Model>, DbErr> {
    vendor::Entity::find_by_id(id.0).filter(vendor::Column::MergedInto.is_null()).held().one(db).await
}

fn joining_in(scope: ClaimantScope) -> Select<contact::Entity> {
    let to_vendor =
        contact::Entity::belongs_to(vendor::Entity).from(contact::Column::VendorId).to(vendor::Column::Id).into();
    contact::Entity::find()
        .join(JoinType::InnerJoin, to_vendor)
        .filter(vendor::Column::ClaimedBy.eq(scope.organisation().0))
        .filter(contact::Column::JoinAskedAt.is_not_null())
}

/// The contacts who ask to join an organisation, in the order in which they asked.
pub async fn joining(db: &impl ConnectionTrait, scope: ClaimantScope) -> Result<Vec<contact::Model>, DbErr> {
    joining_in(scope).order_by_asc(contact::Column::JoinAskedAt).all(db).await
}

/// One of them.
pub async fn joining_one(
    db: &impl ConnectionTrait,
    scope: ClaimantScope,
    id: ContactId,
) -> Result<Option<contact::Model>, DbErr> {
    joining_in(scope).filter(contact::Column::Id.eq(id.0)).one(db).await
}
