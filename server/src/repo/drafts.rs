//! Questionnaires that are being written.

use super::held::Held;
use super::scope::BuyerScope;
use domain::ids::TemplateDraftId;
use entity::template_draft;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use time::OffsetDateTime;
use uuid::Uuid;

fn one(scope: BuyerScope, id: TemplateDraftId) -> Select<template_draft::Entity> {
    template_draft::Entity::find_by_id(id.0).filter(template_draft::Column::OrganisationId.eq(scope.organisation().0))
}

/// Adds a draft.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, row: template_draft::ActiveModel) -> Result<(), DbErr> {
    template_draft::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// A draft.
pub async fn get(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: TemplateDraftId,
) -> Result<Option<template_draft::Model>, DbErr> {
    one(scope, id).one(db).await
}

/// A draft, held until the transaction ends.
pub async fn hold(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: TemplateDraftId,
) -> Result<Option<template_draft::Model>, DbErr> {
    one(scope, id).held().one(db).await
}

/// The draft of that name.
pub async fn by_name(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    name: &str,
) -> Result<Option<template_draft::Model>, DbErr> {
    template_draft::Entity::find()
        .filter(template_draft::Column::OrganisationId.eq(scope.organisation().0))
        .filter(template_draft::Column::Name.eq(name))
        .one(db)
        .await
}

/// All drafts without what they say, the one edited last first: id, name, title, when it was edited.
pub async fn all(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
) -> Result<Vec<(Uuid, String, String, OffsetDateTime)>, DbErr> {
    template_draft::Entity::find()
        .select_only()
        .column(template_draft::Column::Id)
        .column(template_draft::Column::Name)
        .column(template_draft::Column::Title)
        .column(template_draft::Column::EditedAt)
        .filter(template_draft::Column::OrganisationId.eq(scope.organisation().0))
        .order_by_desc(template_draft::Column::EditedAt)
        .into_tuple()
        .all(db)
        .await
}

/// How many drafts there are.
pub async fn count(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<u64, DbErr> {
    template_draft::Entity::find()
        .filter(template_draft::Column::OrganisationId.eq(scope.organisation().0))
        .count(db)
        .await
}

/// Writes a draft over the one that stands there. The caller holds it.
pub async fn write(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: TemplateDraftId,
    (title, document): (String, String),
    (by, at): (Option<Uuid>, OffsetDateTime),
) -> Result<(), DbErr> {
    template_draft::Entity::update_many()
        .col_expr(template_draft::Column::Title, Expr::value(title))
        .col_expr(template_draft::Column::Document, Expr::value(document))
        .col_expr(template_draft::Column::Revision, Expr::col(template_draft::Column::Revision).add(1))
        .col_expr(template_draft::Column::EditedBy, Expr::value(by))
        .col_expr(template_draft::Column::EditedAt, Expr::value(at))
        .filter(template_draft::Column::OrganisationId.eq(scope.organisation().0))
        .filter(template_draft::Column::Id.eq(id.0))
        .exec(db)
        .await?;
    Ok(())
}

/// Takes a draft away.
pub async fn remove(db: &impl ConnectionTrait, scope: BuyerScope, id: TemplateDraftId) -> Result<(), DbErr> {
    template_draft::Entity::delete_many()
        .filter(template_draft::Column::OrganisationId.eq(scope.organisation().0))
        .filter(template_draft::Column::Id.eq(id.0))
        .exec(db)
        .await?;
    Ok(())
}
