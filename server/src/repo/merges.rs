//! Two records of one vendor becoming one: what hangs on the one that goes is hung on the one that stays.

use super::scope::BuyerScope;
use domain::ids::{ComponentId, ContactId, VendorId};
use entity::{
    assessment, assigned_question, component, contact, engagement, engagement_standing, finding, message,
    register_proposal, vendor, vendor_link,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use time::OffsetDateTime;
use uuid::Uuid;

/// The vendor that another was merged into; none where it was not.
pub async fn merged_into(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: VendorId,
) -> Result<Option<VendorId>, DbErr> {
    let row = vendor::Entity::find_by_id(id.0)
        .filter(vendor::Column::OrganisationId.eq(scope.organisation().0))
        .one(db)
        .await?;
    Ok(row.and_then(|row| row.merged_into).map(VendorId))
}

/// What hangs on a vendor, counted: contacts, engagements, assessments, components.
pub async fn counts(db: &impl ConnectionTrait, scope: BuyerScope, id: VendorId) -> Result<[u64; 4], DbErr> {
    let own = scope.organisation().0;
    Ok([
        contact::Entity::find()
            .filter(contact::Column::OrganisationId.eq(own))
            .filter(contact::Column::VendorId.eq(id.0))
            .count(db)
            .await?,
        engagement::Entity::find()
            .filter(engagement::Column::OrganisationId.eq(own))
            .filter(engagement::Column::VendorId.eq(id.0))
            .count(db)
            .await?,
        assessment::Entity::find()
            .filter(assessment::Column::OrganisationId.eq(own))
            .filter(assessment::Column::VendorId.eq(id.0))
            .count(db)
            .await?,
        component::Entity::find()
            .filter(component::Column::OrganisationId.eq(own))
            .filter(component::Column::VendorId.eq(id.0))
            .count(db)
            .await?,
    ])
}

/// Moves a contact to another vendor.
pub async fn move_contact(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: ContactId,
    to: VendorId,
) -> Result<(), DbErr> {
    contact::Entity::update_many()
        .col_expr(contact::Column::VendorId, Expr::value(to.0))
        .filter(contact::Column::Id.eq(id.0))
        .filter(contact::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// Lets one contact take another's place wherever something is still to come: who is asked, who signs, links, assigned
/// questions, and mail that waits. What was done stays with whoever did it.
pub async fn replace_contact(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    from: ContactId,
    to: ContactId,
) -> Result<(), DbErr> {
    let own = scope.organisation().0;
    for column in [assessment::Column::ContactId, assessment::Column::SignatoryId] {
        assessment::Entity::update_many()
            .col_expr(column, Expr::value(to.0))
            .filter(column.eq(from.0))
            .filter(assessment::Column::OrganisationId.eq(own))
            .exec(db)
            .await?;
    }
    vendor_link::Entity::update_many()
        .col_expr(vendor_link::Column::ContactId, Expr::value(to.0))
        .filter(vendor_link::Column::ContactId.eq(from.0))
        .filter(vendor_link::Column::OrganisationId.eq(own))
        .exec(db)
        .await?;
    message::Entity::update_many()
        .col_expr(message::Column::ContactId, Expr::value(to.0))
        .filter(message::Column::ContactId.eq(from.0))
        .filter(message::Column::OrganisationId.eq(own))
        .filter(message::Column::State.eq("queued"))
        .exec(db)
        .await?;
    // The two are of different vendors, so no assessment has questions assigned to both.
    assigned_question::Entity::update_many()
        .col_expr(assigned_question::Column::ContactId, Expr::value(to.0))
        .filter(assigned_question::Column::ContactId.eq(from.0))
        .filter(assigned_question::Column::OrganisationId.eq(own))
        .exec(db)
        .await?;
    Ok(())
}

/// Moves an engagement to another vendor, under this name.
pub async fn move_engagement(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: Uuid,
    to: VendorId,
    name: &str,
) -> Result<(), DbErr> {
    engagement::Entity::update_many()
        .col_expr(engagement::Column::VendorId, Expr::value(to.0))
        .col_expr(engagement::Column::Name, Expr::value(name))
        .col_expr(engagement::Column::Revision, Expr::col(engagement::Column::Revision).add(1))
        .filter(engagement::Column::Id.eq(id))
        .filter(engagement::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// Moves every assessment of a vendor to another; says how many.
pub async fn move_assessments(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    from: VendorId,
    to: VendorId,
) -> Result<u64, DbErr> {
    let done = assessment::Entity::update_many()
        .col_expr(assessment::Column::VendorId, Expr::value(to.0))
        .filter(assessment::Column::VendorId.eq(from.0))
        .filter(assessment::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Moves every finding of a vendor, and where its engagements stand, to another.
pub async fn move_judgements(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    from: VendorId,
    to: VendorId,
) -> Result<(), DbErr> {
    finding::Entity::update_many()
        .col_expr(finding::Column::VendorId, Expr::value(to.0))
        .filter(finding::Column::VendorId.eq(from.0))
        .filter(finding::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    engagement_standing::Entity::update_many()
        .col_expr(engagement_standing::Column::VendorId, Expr::value(to.0))
        .filter(engagement_standing::Column::VendorId.eq(from.0))
        .filter(engagement_standing::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}

/// Moves every component of a vendor, and what its submissions propose, to another, under its name; gives which
/// components.
pub async fn move_components(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    from: VendorId,
    to: (VendorId, &str),
    now: OffsetDateTime,
) -> Result<Vec<ComponentId>, DbErr> {
    register_proposal::Entity::update_many()
        .col_expr(register_proposal::Column::VendorId, Expr::value(to.0.0))
        .filter(register_proposal::Column::OrganisationId.eq(scope.organisation().0))
        .filter(register_proposal::Column::VendorId.eq(from.0))
        .exec(db)
        .await?;
    hang_components(db, scope, from, to, now).await
}

/// Hangs every component of a vendor on another, or on itself under its new name; gives which components. What an import
/// is staging stays as it is, since that is known by its first revision: [`super::register::staged::name_vendors`] follows
/// when it is shown.
pub async fn hang_components(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    from: VendorId,
    (to, name): (VendorId, &str),
    now: OffsetDateTime,
) -> Result<Vec<ComponentId>, DbErr> {
    let is_shown = Condition::any().add(component::Column::Visible.eq(true)).add(component::Column::Revision.gt(1));
    let of_vendor = Condition::all().add(component::Column::VendorId.eq(from.0)).add(is_shown);
    let ids: Vec<Uuid> = component::Entity::find()
        .select_only()
        .column(component::Column::Id)
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(of_vendor.clone())
        .order_by_asc(component::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    component::Entity::update_many()
        .col_expr(component::Column::VendorId, Expr::value(to.0))
        .col_expr(component::Column::VendorName, Expr::value(name))
        .col_expr(component::Column::Revision, Expr::col(component::Column::Revision).add(1))
        .col_expr(component::Column::ChangedAt, Expr::value(now))
        .filter(component::Column::OrganisationId.eq(scope.organisation().0))
        .filter(of_vendor)
        .exec(db)
        .await?;
    Ok(ids.into_iter().map(ComponentId).collect())
}

/// Leads whatever was merged into a vendor before on to another.
pub async fn lead_on(db: &impl ConnectionTrait, scope: BuyerScope, from: VendorId, to: VendorId) -> Result<(), DbErr> {
    vendor::Entity::update_many()
        .col_expr(vendor::Column::MergedInto, Expr::value(to.0))
        .filter(vendor::Column::MergedInto.eq(from.0))
        .filter(vendor::Column::OrganisationId.eq(scope.organisation().0))
        .exec(db)
        .await?;
    Ok(())
}
