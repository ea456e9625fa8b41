//! A vendor's page, and the forms that add and change one.

use super::forms::{
    contacts_field, factor_question, fresh_key, revision, theirs, vendor_fields, vendor_input, vendor_values,
    with_revision,
};
use super::merge::claimed_by;
use super::views::{AssessmentRow, ContactRow, Crumb, EngagementRow, Theirs, TierView, VendorForm, VendorPage};
use crate::actions::judging::inherent::{self, Stakes};
use crate::actions::{content, vendors};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::assessments::Filter;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{Caller, May, may};
use crate::web::due::Due;
use crate::web::engagement::tier_badges_of;
use crate::web::fields::Fields;
use crate::web::form::{Posted, refusal};
use crate::web::once;
use crate::web::path::Id;
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use crate::web::standing_out::standing_out_of;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::assessment::State as Stand;
use domain::ids::{AssessmentId, EngagementId, VendorId};
use domain::judging::profile::VendorTier;
use entity::engagement;
use std::collections::HashMap;
use tower_sessions::Session;
use uuid::Uuid;

/// Assessments that a vendor's page shows; the list of what was sent shows all.
const MOST_SHOWN: u64 = 50;

pub(super) async fn show(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Id(id): Id<VendorId>,
) -> Result<Response> {
    let shown = page(&platform, &renderer, &around, &caller, id, &Posted::default()).await;
    match merged_into(&platform, &caller, id, shown).await? {
        Shown::Itself(page) => Ok(page.into_response()),
        Shown::Merged(into) => Ok(Redirect::permanent(&format!("/vendors/{into}")).into_response()),
    }
}

/// A vendor that is there, or the one that it was merged into.
enum Shown<T> {
    Itself(T),
    Merged(VendorId),
}

/// Where something about a vendor is not found, looks whether the vendor was merged into another that the caller reaches.
async fn merged_into<T>(platform: &Platform, caller: &Caller, id: VendorId, found: Result<T>) -> Result<Shown<T>> {
    let (db, scope) = (platform.db.read(), caller.scope());
    match found {
        Err(AppError::NotFound) => {
            let into = repo::merges::merged_into(db, scope, id).await?.ok_or(AppError::NotFound)?;
            repo::vendors::get(db, scope, into).await?.ok_or(AppError::NotFound)?;
            Ok(Shown::Merged(into))
        }
        other => other.map(Shown::Itself),
    }
}

async fn page(
    platform: &Platform,
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    id: VendorId,
    posted: &Posted,
) -> Result<Html<String>> {
    let (db, scope) = (platform.db.read(), caller.scope());
    let vendor = repo::vendors::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let contacts = repo::vendors::contacts(db, scope, id).await?;
    let engagements = repo::vendors::engagements(db, scope, Some(id)).await?;
    let assessments = assessment_rows(platform, renderer, scope, id, &engagements).await?;
    let contact = |row: entity::contact::Model| ContactRow {
        name: row.name,
        added: domain::answer::iso_date::write(row.created_at.date()),
        email: row.email,
    };
    let filter = Filter { vendor: Some(id), ..Filter::default() };
    let contacts_field = contacts_field(renderer, posted);
    let stands_out = match caller.may(Permission::Read) {
        true => standing_out_of(renderer, scope, (id, &vendor.name)).await?,
        false => Vec::new(),
    };
    let view = VendorPage {
        crumbs: vec![Crumb::vendors(renderer)],
        standing_out: stands_out,
        edit_href: format!("/vendors/{id}/edit"),
        merge_href: format!("/vendors/{id}/merge"),
        claimed: claimed_by(platform, &vendor).await?,
        claimed_at: vendor.claimed_at.map(|at| domain::answer::iso_date::write(at.date())),
        report_href: format!("/vendors/{id}/report"),
        applicability_href: format!("/vendors/{id}/applicability"),
        contacts_href: format!("/vendors/{id}/contacts"),
        new_engagement_href: format!("/vendors/{id}/engagements/new"),
        new_assessment_href: address("/assessments/new", [("vendor", id.to_string().as_str())]),
        all_assessments_href: address("/assessments", [("vendor", id.to_string().as_str())]),
        all_assessments: repo::assessments::count(db, scope, filter).await?,
        name: vendor.name.clone(),
        website: vendor.website,
        note: vendor.note,
        added: domain::answer::iso_date::write(vendor.created_at.date()),
        contacts: contacts.into_iter().map(contact).collect(),
        engagements: engagement_rows(renderer, scope, engagements).await?,
        assessments,
        errors: posted.errors_of(&[&contacts_field]),
        contacts_field,
        once: platform.clock.id::<Uuid>().to_string(),
        tier: tier(platform, renderer, scope, id).await?,
        may_edit: caller.may(Permission::EditVendors),
        may_issue: caller.may(Permission::Issue),
    };
    renderer.page(&renderer.desk(around, caller, vendor.name), &view)
}

/// How much is at stake with a vendor.
async fn tier(
    platform: &Platform,
    renderer: &Renderer,
    scope: BuyerScope,
    vendor: VendorId,
) -> Result<Option<TierView>> {
    let (_, policy) = content::current_policy(platform, scope).await?;
    let Some(tier) = inherent::tier_of_vendor(platform.db.read(), scope, &policy, vendor).await? else {
        return Ok(None);
    };
    Ok(Some(match tier {
        VendorTier::NothingOpen => {
            TierView { band: None, note: renderer.text("vendors.tier.nothing_open", &[]), href: None }
        }
        VendorTier::Unscored { missing } => {
            let count = i64::try_from(missing.len()).unwrap_or(i64::MAX);
            TierView { band: None, note: renderer.counted("vendors.tier.unscored", count), href: None }
        }
        VendorTier::Tier { band, inherent, engagement, .. } => TierView {
            band: Some(band),
            note: renderer.text("vendors.tier.because", &[("inherent", &inherent)]),
            href: Some(format!("/engagements/{engagement}/profile")),
        },
    }))
}

async fn engagement_rows(
    renderer: &Renderer,
    scope: BuyerScope,
    rows: Vec<engagement::Model>,
) -> Result<Vec<EngagementRow>> {
    let platform = &renderer.platform;
    let db = platform.db.read();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut badges = tier_badges_of(renderer, scope, &ids).await?;
    let asked = content::current_policy(platform, scope).await?.1.factors.len();
    let mut found = Vec::new();
    for row in rows {
        let stakes = Stakes::read(db, scope, EngagementId(row.id)).await?;
        let worst = stakes.domains.iter().max_by_key(|domain| domain.inherent);
        found.push(EngagementRow {
            href: format!("/engagements/{}", row.id),
            tier_badges: badges.remove(&row.id).unwrap_or_default(),
            name: row.name,
            business_function: row.business_function,
            owner: row.owner,
            missing: stakes.missing.iter().map(|factor| factor_question(factor)).collect(),
            asked,
            band: worst.map(|domain| domain.band.clone()),
            profile_href: format!("/engagements/{}/profile", row.id),
            has_ended: stakes.has_ended,
        });
    }
    Ok(found)
}

async fn assessment_rows(
    platform: &Platform,
    renderer: &Renderer,
    scope: BuyerScope,
    vendor: VendorId,
    engagements: &[engagement::Model],
) -> Result<Vec<AssessmentRow>> {
    let db = platform.db.read();
    let filter = Filter { vendor: Some(vendor), ..Filter::default() };
    let rows = repo::assessments::by_due(db, scope, filter, 0, MOST_SHOWN).await?;
    let ids: Vec<AssessmentId> = rows.iter().map(|row| AssessmentId(row.id)).collect();
    let scores = repo::scores::newest_of(db, scope, &ids).await?;
    let scores: HashMap<_, _> = scores.into_iter().map(|score| (score.assessment_id, score)).collect();
    let mut found = Vec::new();
    for row in rows {
        let state: Stand = row.state.parse().map_err(AppError::internal)?;
        let score = scores.get(&row.id);
        let engagement = engagements.iter().find(|engagement| engagement.id == row.engagement_id);
        found.push(AssessmentRow {
            href: format!("/assessments/{}", row.id),
            template: platform.published.title(db, &scope, row.template_version_id.into()).await?,
            engagement: engagement.map(|engagement| engagement.name.clone()).unwrap_or_default(),
            state: row.state,
            due: Due::of(renderer, row.due_on, platform.clock.now(), state.waits_for_vendor()),
            rating: score.map(|score| score.rating.clone()),
            residual: score.map(|score| format!("{:.1}", score.residual)),
            score_href: format!("/assessments/{}/score", row.id),
        });
    }
    Ok(found)
}

pub(super) async fn add_contacts(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditVendors>,
    Id(id): Id<VendorId>,
    fields: Fields,
) -> Result<Response> {
    let pasted = fields.one("contacts").to_owned();
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    match refusal(vendors::add_contacts(&platform, &by, id, &pasted).await)? {
        Ok(added) => {
            let count = i64::try_from(added.len()).unwrap_or(i64::MAX);
            tell(&session, "success", renderer.counted("vendors.told.contacts", count)).await?;
            Ok(Redirect::to(&format!("/vendors/{id}")).into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = page(&platform, &renderer, &around, &caller, id, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn new(renderer: Renderer, around: Around, caller: May<may::EditVendors>) -> Result<Html<String>> {
    let posted = Posted::fresh(fresh_key(&renderer.platform));
    form(&renderer, &around, &caller, None, &posted, Vec::new())
}

/// The form: of a new vendor, or of one that there is (its id and name).
fn form(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    vendor: Option<(VendorId, &str)>,
    posted: &Posted,
    theirs: Vec<Theirs>,
) -> Result<Html<String>> {
    let fields = vendor_fields(renderer, posted);
    let mut crumbs = vec![Crumb::vendors(renderer)];
    if let Some((id, name)) = vendor {
        crumbs.push(Crumb { href: format!("/vendors/{id}"), text: name.to_owned() });
    }
    let title = renderer.text(if vendor.is_some() { "vendors.edit_title" } else { "vendors.new_title" }, &[]);
    let action = vendor.map_or_else(|| "/vendors".to_owned(), |(id, _)| format!("/vendors/{id}/edit"));
    let view = VendorForm {
        crumbs,
        title: title.clone(),
        cancel: vendor.map_or_else(|| "/vendors".to_owned(), |(id, _)| format!("/vendors/{id}")),
        action,
        is_new: vendor.is_none(),
        once: posted.fields.one("once").to_owned(),
        revision: posted.fields.one("revision").to_owned(),
        errors: posted.errors_of(&[&fields.name, &fields.website, &fields.note, &fields.contacts]),
        form: fields,
        theirs,
    };
    renderer.page(&renderer.desk(around, caller, title), &view)
}

pub(super) async fn add(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditVendors>,
    fields: Fields,
) -> Result<Response> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    match refusal(vendors::add(&platform, &by, &vendor_input(&fields)).await)? {
        Ok(id) => {
            let told = renderer.text("vendors.told.added", &[("name", &fields.one("name"))]);
            tell(&session, "success", told).await?;
            Ok(Redirect::to(&format!("/vendors/{id}")).into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = form(&renderer, &around, &caller, None, &posted, Vec::new())?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn edit(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditVendors>,
    Id(id): Id<VendorId>,
) -> Result<Html<String>> {
    let vendor = repo::vendors::get(platform.db.read(), caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    let posted = Posted::fresh(vendor_values(&vendor));
    form(&renderer, &around, &caller, Some((id, &vendor.name)), &posted, Vec::new())
}

pub(super) async fn change(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditVendors>,
    Id(id): Id<VendorId>,
    fields: Fields,
) -> Result<Response> {
    let vendor = repo::vendors::get(platform.db.read(), caller.scope(), id).await?.ok_or(AppError::NotFound);
    let vendor = match merged_into(&platform, &caller, id, vendor).await? {
        Shown::Itself(vendor) => vendor,
        // Merged while the form was open: what was typed concerns a record that is no more.
        Shown::Merged(into) => {
            tell(&session, "warning", renderer.text("vendors.merge.meanwhile", &[])).await?;
            return Ok(Redirect::to(&format!("/vendors/{into}")).into_response());
        }
    };
    let known = Some((id, vendor.name.as_str()));
    let outcome = vendors::edit(&platform, &caller.buyer(), id, revision(&fields), &vendor_input(&fields)).await;
    match outcome {
        Ok(_) => {
            tell(&session, "success", renderer.text("vendors.told.changed", &[])).await?;
            Ok(Redirect::to(&format!("/vendors/{id}")).into_response())
        }
        Err(AppError::Changed(current)) => {
            let theirs = theirs(&renderer, &current, &fields);
            let posted = Posted::fresh(with_revision(fields, &current).0);
            Ok((StatusCode::CONFLICT, form(&renderer, &around, &caller, known, &posted, theirs)?).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = form(&renderer, &around, &caller, known, &posted, Vec::new())?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}
