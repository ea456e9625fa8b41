//! Templates and their published versions.

use super::scope::BuyerScope;
use domain::ids::{TemplateId, TemplateVersionId};
use entity::{template, template_version};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use time::OffsetDateTime;

/// Adds a template.
pub async fn add(db: &impl ConnectionTrait, _: BuyerScope, row: template::ActiveModel) -> Result<(), DbErr> {
    template::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Adds a published version.
pub async fn add_version(
    db: &impl ConnectionTrait,
    _: BuyerScope,
    row: template_version::ActiveModel,
) -> Result<(), DbErr> {
    template_version::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// A template.
pub async fn get(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: TemplateId,
) -> Result<Option<template::Model>, DbErr> {
    template::Entity::find_by_id(id.0).filter(template::Column::OrganisationId.eq(scope.organisation().0)).one(db).await
}

/// Takes a template out of what can be sent, or back into it.
pub async fn set_retired(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: TemplateId,
    at: Option<OffsetDateTime>,
) -> Result<(), DbErr> {
    template::Entity::update_many()
        .col_expr(template::Column::RetiredAt, Expr::value(at))
        .filter(template::Column::OrganisationId.eq(scope.organisation().0))
        .filter(template::Column::Id.eq(id.0))
        .exec(db)
        .await?;
    Ok(())
}

/// The template of that name.
pub async fn by_name(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    name: &str,
) -> Result<Option<template::Model>, DbErr> {
    template::Entity::find()
        .filter(template::Column::OrganisationId.eq(scope.organisation().0))
        .filter(template::Column::Name.eq(name))
        .one(db)
        .await
}

/// All templates by name.
pub async fn all(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<Vec<template::Model>, DbErr> {
    template::Entity::find()
        .filter(template::Column::OrganisationId.eq(scope.organisation().0))
        .order_by_asc(template::Column::Name)
        .all(db)
        .await
}

/// Published versions, newest first: of one template, or of all.
pub async fn versions(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    template: Option<TemplateId>,
) -> Result<Vec<template_version::Model>, DbErr> {
    let mut query =
        template_version::Entity::find().filter(template_version::Column::OrganisationId.eq(scope.organisation().0));
    if let Some(template) = template {
        query = query.filter(template_version::Column::TemplateId.eq(template.0));
    }
    query.order_by_desc(template_version::Column::Number).all(db).await
}

/// A published version.
pub async fn version(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    id: TemplateVersionId,
) -> Result<Option<template_version::Model>, DbErr> {
    template_version::Entity::find_by_id(id.0)
        .filter(template_version::Column::OrganisationId.eq(scope.organisation().0))
        .one(db)
        .await
}
