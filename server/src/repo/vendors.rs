//! Vendors, their contacts, and engagements.

use super::scope::BuyerScope;
use domain::ids::{ContactId, EngagementId, VendorId};
use entity::{contact, engagement, vendor};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Adds a vendor.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, row: vendor::ActiveModel) -> Result<(), DbErr> {
    vendor::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Writes a changed vendor.
pub async fn update(db: &impl ConnectionTrait, scope: BuyerScope, row: vendor::ActiveModel) -> Result<(), DbErr> {
    vendor::Entity::update(row)
        .validate()?
        .filter(vendor::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// A vendor.
pub async fn get(db: &impl ConnectionTrait, scope: BuyerScope, id: VendorId) -> Result<Option<vendor::Model>, DbErr> {
    vendor::Entity::find_by_id(id.0).filter(vendor::Column::OrganisationId.eq(scope.organisation().0)).one(db).await
}

/// The vendor of that very name.
pub async fn by_name(db: &impl ConnectionTrait, scope: BuyerScope, name: &str) -> Result<Option<vendor::Model>, DbErr> {
    vendor::Entity::find()
        .filter(vendor::Column::OrganisationId.eq(scope.organisation().0))
        .filter(vendor::Column::Name.eq(name))
        .one(db)
        .await
}

/// Vendors by name, `limit` of them, after the one whose name and id are given.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    after: Option<VendorId>,
    limit: u64,
) -> Result<Vec<vendor::Model>, DbErr> {
    let mut query = vendor::Entity::find().filter(vendor::Column::OrganisationId.eq(scope.organisation().0));
    if let Some(after) = after {
        query = query.filter(vendor::Column::Id.gt(after.0));
    }
    query.order_by_asc(vendor::Column::Id).limit(limit).all(db).await
}

/// All vendors by name.
pub async fn all(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<vendor::Model>, DbErr> {
    vendor::Entity::find()
        .filter(vendor::Column::OrganisationId.eq(scope.organisation().0))
        .order_by_asc(vendor::Column::Name)
        .all(db)
        .await
}

/// Names of vendors by id.
pub async fn names(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<HashMap<uuid::Uuid, String>, DbErr> {
    let rows: Vec<(uuid::Uuid, String)> = vendor::Entity::find()
        .select_only()
        .columns([vendor::Column::Id, vendor::Column::Name])
        .filter(vendor::Column::OrganisationId.eq(scope.organisation().0))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Adds contacts.
pub async fn add_contacts(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    rows: Vec<contact::ActiveModel>,
) -> Result<(), DbErr> {
    if !rows.is_empty() {
        contact::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The contacts of a vendor, by name.
pub async fn contacts(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendor: VendorId,
) -> Result<Vec<contact::Model>, DbErr> {
    contact::Entity::find()
        .filter(contact::Column::OrganisationId.eq(scope.organisation().0))
        .filter(contact::Column::VendorId.eq(vendor.0))
        .order_by_asc(contact::Column::Name)
        .all(db)
        .await
}

/// A contact.
pub async fn contact(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: ContactId,
) -> Result<Option<contact::Model>, DbErr> {
    contact::Entity::find_by_id(id.0).filter(contact::Column::OrganisationId.eq(scope.organisation().0)).one(db).await
}

/// Adds an engagement.
pub async fn add_engagement(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    row: engagement::ActiveModel,
) -> Result<(), DbErr> {
    engagement::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Writes a changed engagement.
pub async fn update_engagement(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    row: engagement::ActiveModel,
) -> Result<(), DbErr> {
    engagement::Entity::update(row)
        .validate()?
        .filter(engagement::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// An engagement.
pub async fn engagement(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: EngagementId,
) -> Result<Option<engagement::Model>, DbErr> {
    engagement::Entity::find_by_id(id.0)
        .filter(engagement::Column::OrganisationId.eq(scope.organisation().0))
        .one(db)
        .await
}

/// The engagements of a vendor, or of all vendors, by name.
pub async fn engagements(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendor: Option<VendorId>,
) -> Result<Vec<engagement::Model>, DbErr> {
    let mut query = engagement::Entity::find().filter(engagement::Column::OrganisationId.eq(scope.organisation().0));
    if let Some(vendor) = vendor {
        query = query.filter(engagement::Column::VendorId.eq(vendor.0));
    }
    query.order_by_asc(engagement::Column::Name).all(db).await
}
