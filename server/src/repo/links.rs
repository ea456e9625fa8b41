//! Links that let a contact answer an assessment.

use super::reach;
use super::scope::{BuyerScope, SystemScope, Tenant};
use domain::ids::{AssessmentId, VendorLinkId};
use entity::vendor_link;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QueryTrait};
use time::OffsetDateTime;

/// Adds a link.
pub async fn add(db: &impl ConnectionTrait, _: &impl Tenant, row: vendor_link::ActiveModel) -> Result<(), DbErr> {
    vendor_link::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The link of a token, whether or not it still works.
pub async fn by_token(
    db: &impl ConnectionTrait,
    _: SystemScope,
    token_hash: &[u8],
) -> Result<Option<vendor_link::Model>, DbErr> {
    vendor_link::Entity::find().filter(vendor_link::Column::TokenHash.eq(token_hash)).one(db).await
}

/// The link of a session, whether or not it still works.
pub async fn get(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: VendorLinkId,
) -> Result<Option<vendor_link::Model>, DbErr> {
    vendor_link::Entity::find_by_id(id.0).one(db).await
}

/// The links of an assessment, newest first.
pub async fn of_assessment(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessment: AssessmentId,
) -> Result<Vec<vendor_link::Model>, DbErr> {
    vendor_link::Entity::find()
        .filter(vendor_link::Column::OrganisationId.eq(scope.organisation().0))
        .filter(vendor_link::Column::AssessmentId.eq(assessment.0))
        .apply_if(reach::assessments(&scope), |query, ids| {
            query.filter(vendor_link::Column::AssessmentId.in_subquery(ids))
        })
        .order_by_desc(vendor_link::Column::Id)
        .all(db)
        .await
}

/// Notes that a link was used, the first time.
pub async fn mark_used(
    db: &impl ConnectionTrait,
    _: SystemScope,
    id: VendorLinkId,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    vendor_link::Entity::update_many()
        .col_expr(vendor_link::Column::FirstUsedAt, Expr::value(now))
        .filter(vendor_link::Column::Id.eq(id.0))
        .filter(vendor_link::Column::FirstUsedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Revokes every link of an assessment; says how many.
pub async fn revoke_all(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessment: AssessmentId,
    now: OffsetDateTime,
) -> Result<u64, DbErr> {
    let done = vendor_link::Entity::update_many()
        .col_expr(vendor_link::Column::RevokedAt, Expr::value(now))
        .filter(vendor_link::Column::OrganisationId.eq(scope.organisation().0))
        .filter(vendor_link::Column::AssessmentId.eq(assessment.0))
        .filter(vendor_link::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Revokes one link of an assessment.
pub async fn revoke(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    assessment: AssessmentId,
    link: VendorLinkId,
    now: OffsetDateTime,
) -> Result<bool, DbErr> {
    let done = vendor_link::Entity::update_many()
        .col_expr(vendor_link::Column::RevokedAt, Expr::value(now))
        .filter(vendor_link::Column::Id.eq(link.0))
        .filter(vendor_link::Column::OrganisationId.eq(scope.organisation().0))
        .filter(vendor_link::Column::AssessmentId.eq(assessment.0))
        .filter(vendor_link::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// How many links of that purpose were made for an assessment since a moment.
pub async fn made_since(
    db: &impl ConnectionTrait,
    _: SystemScope,
    assessment: AssessmentId,
    purpose: &str,
    since: OffsetDateTime,
) -> Result<u64, DbErr> {
    vendor_link::Entity::find()
        .filter(vendor_link::Column::AssessmentId.eq(assessment.0))
        .filter(vendor_link::Column::Purpose.eq(purpose))
        .filter(vendor_link::Column::CreatedAt.gt(since))
        .count(db)
        .await
}
