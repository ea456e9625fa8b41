//! Merging a vendor with a duplicate of it: which other, which stays, and what would move.

use super::merge_views::{MergePage, Record};
use super::views::Crumb;
use crate::actions::merge::{self, Going};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::ids::{OrganisationId, VendorId};
use domain::problem::Problems;
use entity::vendor;
use serde::Deserialize;
use tower_sessions::Session;

/// What the page's address may ask for.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    other: String,
}

pub(super) async fn form(
    renderer: Renderer,
    around: Around,
    caller: May<may::EditVendors>,
    Id(id): Id<VendorId>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>> {
    let posted = Posted::fresh(vec![("other".into(), wish.other), ("keep".into(), id.to_string())]);
    page(&renderer, &around, &caller, id, &posted, false).await
}

async fn page(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    id: VendorId,
    posted: &Posted,
    changed: bool,
) -> Result<Html<String>> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let vendor = repo::vendors::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let wanted = posted.fields.one("other").parse::<VendorId>().ok().filter(|other| *other != id);
    let other = match wanted {
        Some(other) => repo::vendors::get(db, scope, other).await?,
        None => None,
    };
    let mut names: Vec<_> = repo::vendors::names(db, scope).await?.into_iter().filter(|(n, _)| *n != id.0).collect();
    names.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    let option = |(n, name): (uuid::Uuid, String)| Choice {
        chosen: other.as_ref().is_some_and(|other| other.id == n),
        key: n.to_string(),
        text: name,
        note: None,
    };
    let other_field = Field {
        options: names.into_iter().map(option).collect(),
        blank: Some(renderer.text("vendors.merge.choose", &[])),
        required: true,
        ..posted.field("other", renderer.text("vendors.merge.other", &[]))
    };
    let mut records = Vec::new();
    if let Some(other) = &other {
        for row in [&vendor, other] {
            records.push(record(&renderer.platform, renderer, caller, row, posted).await?);
        }
    }
    let view = MergePage {
        crumbs: vec![Crumb::vendors(renderer), Crumb { href: format!("/vendors/{id}"), text: vendor.name.clone() }],
        name: vendor.name.clone(),
        action: format!("/vendors/{id}/merge"),
        cancel: format!("/vendors/{id}"),
        errors: posted.errors(),
        other_field,
        other: other.map(|other| other.id.to_string()).unwrap_or_default(),
        records,
        changed,
    };
    let title = renderer.text("vendors.merge.title", &[("name", &vendor.name)]);
    renderer.page(&renderer.desk(around, caller, title), &view)
}

async fn record(
    platform: &Platform,
    renderer: &Renderer,
    caller: &Caller,
    row: &vendor::Model,
    posted: &Posted,
) -> Result<Record> {
    let id = VendorId(row.id);
    let [contacts, engagements, assessments, components] =
        repo::merges::counts(platform.db.read(), caller.scope(), id).await?;
    let claimed = claimed_by(platform, row).await?;
    Ok(Record {
        id: row.id.to_string(),
        keep_label: renderer.text("vendors.merge.keep", &[("name", &row.name)]),
        name: row.name.clone(),
        website: row.website.clone(),
        added: domain::answer::iso_date::write(row.created_at.date()),
        claimed,
        revision: row.revision,
        chosen: posted.fields.one("keep") == row.id.to_string(),
        contacts,
        engagements,
        assessments,
        components,
    })
}

/// The name of the organisation that has claimed a vendor.
pub(super) async fn claimed_by(platform: &Platform, row: &vendor::Model) -> Result<Option<String>> {
    let Some(organisation) = row.claimed_by.map(OrganisationId) else { return Ok(None) };
    let found = repo::organisations::get(platform.db.read(), repo::SystemScope, organisation).await?;
    Ok(found.map(|row| row.name))
}

pub(super) async fn merge(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditVendors>,
    Id(id): Id<VendorId>,
    fields: Fields,
) -> Result<Response> {
    let seen = |id: VendorId| fields.one(&format!("revision:{id}")).parse().ok();
    let other = fields.one("other").parse::<VendorId>().map_err(|_| AppError::NotFound)?;
    let (stays, goes) = if fields.one("keep") == other.to_string() { (other, id) } else { (id, other) };
    let going = Going { vendor: goes, revision: seen(goes) };
    match merge::merge(&platform, &caller.buyer(), stays, seen(stays), going).await {
        Ok(row) => {
            let words = renderer.text("vendors.merge.done", &[("name", &row.name)]);
            tell(&session, "success", words).await?;
            Ok(Redirect::to(&format!("/vendors/{stays}")).into_response())
        }
        Err(AppError::Changed(_)) => {
            let page = page(&renderer, &around, &caller, id, &Posted::fresh(fields.0), true).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Invalid(Problems(problems))) => {
            let posted = Posted::refused(&renderer, fields, &Problems(problems));
            let page = page(&renderer, &around, &caller, id, &posted, false).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}
