//! The form of an engagement: what a vendor is used for, and its whole profile in plain words.

use super::forms::{
    engagement_fields, engagement_input, engagement_values, fresh_key, owner_field, profile_fields, revision, theirs,
    with_revision,
};
use super::views::{Crumb, EngagementForm, Theirs};
use crate::actions::{content, vendors};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::engagement::{engagement_tabs, overtaken_decision, tier_badges_of};
use crate::web::fields::Fields;
use crate::web::form::{Posted, refusal};
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::ids::{EngagementId, VendorId};
use entity::engagement;
use tower_sessions::Session;

/// Whose form it is.
struct Of<'a> {
    vendor: VendorId,
    engagement: Option<&'a engagement::Model>,
}

async fn form(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    of: Of<'_>,
    posted: &Posted,
    theirs: Vec<Theirs>,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let vendor = repo::vendors::get(platform.db.read(), caller.scope(), of.vendor).await?.ok_or(AppError::NotFound)?;
    let (_, policy) = content::current_policy(platform, caller.scope()).await?;
    let back = format!("/vendors/{}", of.vendor);
    let title = match of.engagement {
        Some(engagement) => engagement.name.clone(),
        None => renderer.text("vendors.engagement.new_title", &[("vendor", &vendor.name)]),
    };
    let [name, business_function, owner] = engagement_fields(renderer, posted);
    let members = repo::people::everybody(platform.db.read(), caller.scope()).await?;
    let owner_member = owner_field(renderer, posted, &members);
    let factors = profile_fields(renderer, &policy, posted);
    let all: Vec<_> = [&name, &business_function, &owner, &owner_member].into_iter().chain(&factors).collect();
    let errors = posted.errors_of(&all);
    let view = EngagementForm {
        crumbs: vec![Crumb::vendors(renderer), Crumb { href: back.clone(), text: vendor.name }],
        title: title.clone(),
        action: match of.engagement {
            Some(engagement) => format!("/engagements/{}", engagement.id),
            None => format!("{back}/engagements"),
        },
        cancel: back,
        is_new: of.engagement.is_none(),
        once: posted.fields.one("once").to_owned(),
        revision: posted.fields.one("revision").to_owned(),
        tabs: of.engagement.map(|row| engagement_tabs(renderer, row.id, "")).unwrap_or_default(),
        overtaken: match of.engagement {
            Some(row) => overtaken_decision(renderer, caller.scope(), EngagementId(row.id)).await?,
            None => None,
        },
        tier_badges: match of.engagement {
            Some(row) => tier_badges_of(renderer, caller.scope(), &[row.id]).await?.remove(&row.id).unwrap_or_default(),
            None => Vec::new(),
        },
        errors,
        name,
        business_function,
        owner,
        owner_member,
        factors,
        theirs,
        may_edit: caller.may(Permission::EditVendors),
    };
    renderer.page(&renderer.desk(around, caller, title), &view)
}

pub(super) async fn new(
    renderer: Renderer,
    around: Around,
    caller: May<may::EditVendors>,
    Id(vendor): Id<VendorId>,
) -> Result<Html<String>> {
    let posted = Posted::fresh(fresh_key(&renderer.platform));
    form(&renderer, &around, &caller, Of { vendor, engagement: None }, &posted, Vec::new()).await
}

pub(super) async fn add(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditVendors>,
    Id(vendor): Id<VendorId>,
    fields: Fields,
) -> Result<Response> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    match refusal(vendors::add_engagement(&platform, &by, vendor, &engagement_input(&fields)).await)? {
        Ok(_) => {
            let told = renderer.text("vendors.told.engagement", &[("name", &fields.one("name"))]);
            tell(&session, "success", told).await?;
            Ok(Redirect::to(&format!("/vendors/{vendor}")).into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = form(&renderer, &around, &caller, Of { vendor, engagement: None }, &posted, Vec::new()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn edit(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Id(id): Id<EngagementId>,
) -> Result<Html<String>> {
    let row = repo::vendors::engagement(platform.db.read(), caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    let of = Of { vendor: VendorId(row.vendor_id), engagement: Some(&row) };
    let posted = Posted::fresh(engagement_values(&row));
    form(&renderer, &around, &caller, of, &posted, Vec::new()).await
}

pub(super) async fn change(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditVendors>,
    Id(id): Id<EngagementId>,
    fields: Fields,
) -> Result<Response> {
    let row = repo::vendors::engagement(platform.db.read(), caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    let vendor = VendorId(row.vendor_id);
    let of = Of { vendor, engagement: Some(&row) };
    let input = engagement_input(&fields);
    match vendors::edit_engagement(&platform, &caller.buyer(), id, revision(&fields), &input).await {
        Ok(_) => {
            tell(&session, "success", renderer.text("vendors.told.changed", &[])).await?;
            Ok(Redirect::to(&format!("/vendors/{vendor}")).into_response())
        }
        Err(AppError::Changed(current)) => {
            let theirs = theirs(&renderer, &current, &fields);
            let posted = Posted::fresh(with_revision(fields, &current).0);
            let page = form(&renderer, &around, &caller, of, &posted, theirs).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = form(&renderer, &around, &caller, of, &posted, Vec::new()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}
