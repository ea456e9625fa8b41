//! Vendors, their contacts, and engagements.

use super::held::Held;
use super::reach;
use super::rows;
use super::scope::{BuyerScope, SystemScope};
use domain::ids::{ContactId, EngagementId, VendorId};
use domain::register::fold::folded;
use entity::{contact, engagement, vendor};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, Set,
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A row that is found by its name however that is written.
fn findable(mut row: vendor::ActiveModel) -> vendor::ActiveModel {
    if let Set(name) = &row.name {
        row.folded_name = Set(folded(name));
    }
    row
}

/// Adds a vendor.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, row: vendor::ActiveModel) -> Result<(), DbErr> {
    vendor::Entity::insert(findable(row)).exec_without_returning(db).await?;
    Ok(())
}

/// Writes a changed vendor.
pub async fn update(db: &impl ConnectionTrait, scope: BuyerScope, row: vendor::ActiveModel) -> Result<(), DbErr> {
    vendor::Entity::update(findable(row))
        .validate()?
        .filter(vendor::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// The vendors in reach, without those that were merged into another.
fn within(scope: BuyerScope) -> Select<vendor::Entity> {
    vendor::Entity::find()
        .filter(vendor::Column::OrganisationId.eq(scope.organisation().0))
        .filter(vendor::Column::MergedInto.is_null())
        .apply_if(reach::vendors(&scope), |query, ids| query.filter(vendor::Column::Id.in_subquery(ids)))
}

/// A vendor.
pub async fn get(db: &impl ConnectionTrait, scope: BuyerScope, id: VendorId) -> Result<Option<vendor::Model>, DbErr> {
    within(scope).filter(vendor::Column::Id.eq(id.0)).one(db).await
}

/// A vendor, held until the transaction ends: the revision that is compared stays true.
pub async fn hold(db: &impl ConnectionTrait, scope: BuyerScope, id: VendorId) -> Result<Option<vendor::Model>, DbErr> {
    within(scope).filter(vendor::Column::Id.eq(id.0)).held().one(db).await
}

/// Names that are looked up by one statement.
const TOGETHER: usize = 500;

/// The vendor that a name means: the one of that very name; else the only one whose name is written otherwise and is the
/// same when it is folded. Of two of those, nobody knows which is meant.
pub async fn by_name(db: &impl ConnectionTrait, scope: BuyerScope, name: &str) -> Result<Option<vendor::Model>, DbErr> {
    Ok(by_names(db, scope, BTreeSet::from([name])).await?.remove(name))
}

/// The vendors that names mean, each as [`by_name`] finds it, by the name as it is given.
pub async fn by_names<'n>(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    names: BTreeSet<&'n str>,
) -> Result<HashMap<&'n str, vendor::Model>, DbErr> {
    let sought: BTreeSet<String> = names.iter().map(|name| folded(name)).collect();
    let sought: Vec<String> = sought.into_iter().collect();
    let mut alike: HashMap<String, Vec<vendor::Model>> = HashMap::new();
    for sought in sought.chunks(TOGETHER) {
        let of_names = vendor::Column::FoldedName.is_in(sought.iter().map(String::as_str));
        for row in within(scope).filter(of_names).all(db).await? {
            alike.entry(row.folded_name.clone()).or_default().push(row);
        }
    }
    let meant = |name: &'n str| {
        let sought = folded(name);
        let alike = alike.get(&sought)?;
        let very = alike.iter().find(|row| row.name == name);
        // Of names without a letter or digit nothing is left that could be the same.
        let only = || alike.first().filter(|_| alike.len() == 1 && !sought.is_empty());
        Some((name, very.or_else(only)?.clone()))
    };
    Ok(names.into_iter().filter_map(meant).collect())
}

/// Vendors by name, `limit` of them, after the one whose name and id are given.
pub async fn page(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    after: Option<VendorId>,
    limit: u64,
) -> Result<Vec<vendor::Model>, DbErr> {
    let mut query = within(scope);
    if let Some(after) = after {
        query = query.filter(vendor::Column::Id.gt(after.0));
    }
    query.order_by_asc(vendor::Column::Id).limit(limit).all(db).await
}

/// All vendors by name.
pub async fn all(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<vendor::Model>, DbErr> {
    within(scope).order_by_asc(vendor::Column::Name).all(db).await
}

fn named(scope: BuyerScope, part: &str) -> Select<vendor::Entity> {
    let query = within(scope);
    if part.is_empty() {
        return query;
    }
    let literal = part.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let name = Func::lower(Expr::col((vendor::Entity, vendor::Column::Name)));
    query.filter(Expr::expr(name).like(LikeExpr::new(format!("%{literal}%")).escape('\\')))
}

/// Vendors with this part in their name, or all, by name.
pub async fn search(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    part: &str,
    offset: u64,
    limit: u64,
) -> Result<Vec<vendor::Model>, DbErr> {
    named(scope, part)
        .order_by_asc(vendor::Column::Name)
        .order_by_asc(vendor::Column::Id)
        .offset(offset)
        .limit(limit)
        .all(db)
        .await
}

/// How many vendors have this part in their name.
pub async fn count(db: &impl ConnectionTrait, scope: BuyerScope, part: &str) -> Result<u64, DbErr> {
    named(scope, part).count(db).await
}

/// The contacts of the vendors in reach.
fn contacts_within(scope: BuyerScope) -> Select<contact::Entity> {
    contact::Entity::find()
        .filter(contact::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(reach::vendors(&scope), |query, ids| query.filter(contact::Column::VendorId.in_subquery(ids)))
}

/// The engagements in reach.
fn engagements_within(scope: BuyerScope) -> Select<engagement::Entity> {
    engagement::Entity::find()
        .filter(engagement::Column::OrganisationId.eq(scope.organisation().0))
        .apply_if(scope.only_owner(), |query, owner| query.filter(engagement::Column::OwnerMemberId.eq(owner.0)))
}

/// How many contacts each of these vendors has.
pub async fn contact_counts(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendors: &[VendorId],
) -> Result<HashMap<Uuid, i64>, DbErr> {
    let rows: Vec<(Uuid, i64)> = contacts_within(scope)
        .select_only()
        .column(contact::Column::VendorId)
        .column_as(Expr::col(contact::Column::Id).count(), "n")
        .filter(contact::Column::VendorId.is_in(vendors.iter().map(|id| id.0)))
        .group_by(contact::Column::VendorId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// How many engagements each of these vendors has.
pub async fn engagement_counts(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendors: &[VendorId],
) -> Result<HashMap<Uuid, i64>, DbErr> {
    let rows: Vec<(Uuid, i64)> = engagements_within(scope)
        .select_only()
        .column(engagement::Column::VendorId)
        .column_as(Expr::col(engagement::Column::Id).count(), "n")
        .filter(engagement::Column::VendorId.is_in(vendors.iter().map(|id| id.0)))
        .group_by(engagement::Column::VendorId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Contacts by their ids.
pub async fn contacts_by_id(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[ContactId],
) -> Result<HashMap<Uuid, contact::Model>, DbErr> {
    let rows = contacts_within(scope).filter(contact::Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Engagements by their ids.
pub async fn engagements_by_id(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[EngagementId],
) -> Result<HashMap<Uuid, engagement::Model>, DbErr> {
    let rows =
        engagements_within(scope).filter(engagement::Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Names of vendors by id.
pub async fn names(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<HashMap<Uuid, String>, DbErr> {
    let rows: Vec<(Uuid, String)> =
        within(scope).select_only().columns([vendor::Column::Id, vendor::Column::Name]).into_tuple().all(db).await?;
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
    contacts_within(scope)
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
    contacts_within(scope).filter(contact::Column::Id.eq(id.0)).one(db).await
}

/// The contact of a vendor with that address.
pub async fn contact_by_email(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendor: VendorId,
    email: &str,
) -> Result<Option<contact::Model>, DbErr> {
    contacts_within(scope)
        .filter(contact::Column::VendorId.eq(vendor.0))
        .filter(contact::Column::Email.eq(email))
        .one(db)
        .await
}

/// Writes a changed contact.
pub async fn update_contact(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    row: contact::ActiveModel,
) -> Result<(), DbErr> {
    contact::Entity::update(row)
        .validate()?
        .filter(contact::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
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
    engagements_within(scope).filter(engagement::Column::Id.eq(id.0)).one(db).await
}

/// An engagement, held until the transaction ends.
pub async fn hold_engagement(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: EngagementId,
) -> Result<Option<engagement::Model>, DbErr> {
    engagements_within(scope).filter(engagement::Column::Id.eq(id.0)).held().one(db).await
}

/// The engagements of a vendor, or of all vendors, by name.
pub async fn engagements(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendor: Option<VendorId>,
) -> Result<Vec<engagement::Model>, DbErr> {
    let mut query = engagements_within(scope);
    if let Some(vendor) = vendor {
        query = query.filter(engagement::Column::VendorId.eq(vendor.0));
    }
    query.order_by_asc(engagement::Column::Name).all(db).await
}

/// Vendors by their ids.
pub async fn of_ids(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    ids: &[VendorId],
) -> Result<Vec<vendor::Model>, DbErr> {
    within(scope).filter(vendor::Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await
}

/// The contacts of these vendors, by name.
pub async fn contacts_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendors: &[VendorId],
) -> Result<Vec<contact::Model>, DbErr> {
    contacts_within(scope)
        .filter(contact::Column::VendorId.is_in(vendors.iter().map(|id| id.0)))
        .order_by_asc(contact::Column::Name)
        .order_by_asc(contact::Column::Id)
        .all(db)
        .await
}

/// The engagements with these vendors.
pub async fn engagements_of(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    vendors: &[VendorId],
) -> Result<Vec<engagement::Model>, DbErr> {
    engagements_within(scope)
        .filter(engagement::Column::VendorId.is_in(vendors.iter().map(|id| id.0)))
        .order_by_asc(engagement::Column::Id)
        .all(db)
        .await
}

/// Vendors of all organisations after an id, merged ones too: for rebuilding the search index.
pub async fn scan(
    db: &impl ConnectionTrait,
    _: SystemScope,
    after: Option<VendorId>,
    limit: u64,
) -> Result<Vec<vendor::Model>, DbErr> {
    rows::scan::<vendor::Entity>(db, vendor::Column::Id, after.map(|after| after.0), limit).await
}

/// Vendors by id whatever their organisation, merged ones too: for the job that keeps the search index.
pub async fn of_ids_anywhere(
    db: &impl ConnectionTrait,
    _: SystemScope,
    ids: &[VendorId],
) -> Result<Vec<vendor::Model>, DbErr> {
    vendor::Entity::find().filter(vendor::Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await
}
