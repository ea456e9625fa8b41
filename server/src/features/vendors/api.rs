//! Vendors, contacts and engagements for programs.

use super::dto::{Contact, ContactsBody, Engagement, EngagementBody, Vendor, VendorBody, pasted};
use crate::actions::merge::{self, Going};
use crate::actions::{content, vendors};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::{Body, IfMatch, Made, Tagged};
use crate::web::failure::ProblemDocument;
use crate::web::paging::{Cursor, Items};
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::ids::{EngagementId, VendorId};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Lists vendors in the order in which they were added.
#[utoipa::path(get, path = "/vendors", tag = "vendors", params(Cursor),
    responses((status = 200, body = Items<Vendor>)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Query(cursor): Query<Cursor>,
) -> Result<Json<Items<Vendor>>> {
    let limit = cursor.limit(platform.config.limits.api_page_rows);
    let rows = repo::vendors::page(platform.db.read(), caller.scope(), cursor.after()?, limit + 1).await?;
    Ok(Json(Items::of(rows, limit, |row| row.id, Vendor::from)))
}

/// Adds a vendor with its contacts.
#[utoipa::path(post, path = "/vendors", tag = "vendors", request_body = VendorBody,
    responses((status = 201, body = Vendor), (status = 422, body = ProblemDocument)))]
pub(super) async fn add(
    State(platform): State<Platform>,
    caller: May<may::EditVendors>,
    Body(body): Body<VendorBody>,
) -> Result<Made<Vendor>> {
    let id = vendors::add(&platform, &caller.buyer(), &body.into()).await?;
    let row = repo::vendors::get(platform.db.read(), caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    Ok(Made(format!("/api/v1/vendors/{id}"), row.into()))
}

/// Shows a vendor.
#[utoipa::path(get, path = "/vendors/{vendor}", tag = "vendors", params(("vendor" = Uuid, Path)),
    responses((status = 200, body = Vendor), (status = 308, description = "Merged into the vendor at `Location`"),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn show(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Id(id): Id<VendorId>,
) -> Result<Response> {
    let (db, scope) = (platform.db.read(), caller.scope());
    if let Some(row) = repo::vendors::get(db, scope, id).await? {
        return Ok(Tagged(row.revision, Vendor::from(row)).into_response());
    }
    let into = repo::merges::merged_into(db, scope, id).await?.ok_or(AppError::NotFound)?;
    repo::vendors::get(db, scope, into).await?.ok_or(AppError::NotFound)?;
    Ok(Redirect::permanent(&format!("/api/v1/vendors/{into}")).into_response())
}

/// Changes a vendor; contacts that are given are added to those that are there.
#[utoipa::path(put, path = "/vendors/{vendor}", tag = "vendors", request_body = VendorBody,
    params(("vendor" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Vendor), (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn change(
    State(platform): State<Platform>,
    caller: May<may::EditVendors>,
    Id(id): Id<VendorId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<VendorBody>,
) -> Result<Tagged<Vendor>> {
    let row = vendors::edit(&platform, &caller.buyer(), id, revision, &body.into()).await?;
    Ok(Tagged(row.revision, row.into()))
}

/// What is merged into a vendor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MergeBody {
    /// The duplicate, which goes.
    merge: Uuid,
    /// The revision in which the duplicate was seen.
    #[serde(default)]
    revision: Option<i64>,
}

/// Merges a duplicate into a vendor, which stays: contacts, engagements, assessments, components and links move over.
#[utoipa::path(post, path = "/vendors/{vendor}/merge", tag = "vendors", request_body = MergeBody,
    params(("vendor" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Vendor), (status = 404, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn merge(
    State(platform): State<Platform>,
    caller: May<may::EditVendors>,
    Id(id): Id<VendorId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<MergeBody>,
) -> Result<Tagged<Vendor>> {
    let going = Going { vendor: VendorId(body.merge), revision: body.revision };
    let row = merge::merge(&platform, &caller.buyer(), id, revision, going).await?;
    Ok(Tagged(row.revision, row.into()))
}

async fn contacts_of(platform: &Platform, caller: &May<impl Send>, id: VendorId) -> Result<Items<Contact>> {
    let db = platform.db.read();
    repo::vendors::get(db, caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    let rows = repo::vendors::contacts(db, caller.scope(), id).await?;
    Ok(Items { items: rows.into_iter().map(Contact::from).collect(), next: None })
}

/// Lists a vendor's contacts by name.
#[utoipa::path(get, path = "/vendors/{vendor}/contacts", tag = "vendors", params(("vendor" = Uuid, Path)),
    responses((status = 200, body = Items<Contact>), (status = 404, body = ProblemDocument)))]
pub(super) async fn contacts(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Id(id): Id<VendorId>,
) -> Result<Json<Items<Contact>>> {
    contacts_of(&platform, &caller, id).await.map(Json)
}

/// Adds contacts to a vendor: all, or none.
#[utoipa::path(post, path = "/vendors/{vendor}/contacts", tag = "vendors", request_body = ContactsBody,
    params(("vendor" = Uuid, Path)),
    responses((status = 201, body = Items<Contact>, description = "All contacts of the vendor"),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn add_contacts(
    State(platform): State<Platform>,
    caller: May<may::EditVendors>,
    Id(id): Id<VendorId>,
    Body(body): Body<ContactsBody>,
) -> Result<Made<Items<Contact>>> {
    vendors::add_contacts(&platform, &caller.buyer(), id, &pasted(&body.contacts)).await?;
    Ok(Made(format!("/api/v1/vendors/{id}/contacts"), contacts_of(&platform, &caller, id).await?))
}

/// Lists what a vendor is used for, by name.
#[utoipa::path(get, path = "/vendors/{vendor}/engagements", tag = "vendors", params(("vendor" = Uuid, Path)),
    responses((status = 200, body = Items<Engagement>), (status = 404, body = ProblemDocument)))]
pub(super) async fn engagements(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Id(id): Id<VendorId>,
) -> Result<Json<Items<Engagement>>> {
    let (db, scope) = (platform.db.read(), caller.scope());
    repo::vendors::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let (_, policy) = content::current_policy(&platform, scope).await?;
    let rows = repo::vendors::engagements(db, scope, Some(id)).await?;
    let items: Result<_> = rows.into_iter().map(|row| Engagement::of(row, &policy)).collect();
    Ok(Json(Items { items: items?, next: None }))
}

async fn engagement_of(platform: &Platform, caller: &May<impl Send>, id: EngagementId) -> Result<Engagement> {
    let row = repo::vendors::engagement(platform.db.read(), caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    let (_, policy) = content::current_policy(platform, caller.scope()).await?;
    Engagement::of(row, &policy)
}

/// Adds an engagement with its profile.
#[utoipa::path(post, path = "/vendors/{vendor}/engagements", tag = "vendors", request_body = EngagementBody,
    params(("vendor" = Uuid, Path)),
    responses((status = 201, body = Engagement), (status = 422, body = ProblemDocument)))]
pub(super) async fn add_engagement(
    State(platform): State<Platform>,
    caller: May<may::EditVendors>,
    Id(vendor): Id<VendorId>,
    Body(body): Body<EngagementBody>,
) -> Result<Made<Engagement>> {
    let id = vendors::add_engagement(&platform, &caller.buyer(), vendor, &body.into()).await?;
    Ok(Made(format!("/api/v1/engagements/{id}"), engagement_of(&platform, &caller, id).await?))
}

/// Shows an engagement.
#[utoipa::path(get, path = "/engagements/{engagement}", tag = "vendors", params(("engagement" = Uuid, Path)),
    responses((status = 200, body = Engagement), (status = 404, body = ProblemDocument)))]
pub(super) async fn engagement(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Id(id): Id<EngagementId>,
) -> Result<Tagged<Engagement>> {
    let engagement = engagement_of(&platform, &caller, id).await?;
    Ok(Tagged(engagement.revision, engagement))
}

/// Changes an engagement.
#[utoipa::path(put, path = "/engagements/{engagement}", tag = "vendors", request_body = EngagementBody,
    params(("engagement" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Engagement), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn change_engagement(
    State(platform): State<Platform>,
    caller: May<may::EditVendors>,
    Id(id): Id<EngagementId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<EngagementBody>,
) -> Result<Tagged<Engagement>> {
    vendors::edit_engagement(&platform, &caller.buyer(), id, revision, &body.into()).await?;
    let engagement = engagement_of(&platform, &caller, id).await?;
    Ok(Tagged(engagement.revision, engagement))
}
