//! The score page, storing a score, and the documents with which anybody can compute it again.

use super::explain;
use super::read::{About, Asked, Found, Read, read};
use super::trend;
use super::views::UnscoredPage;
use crate::actions::audit::disclosed;
use crate::actions::content::REASONS;
use crate::actions::score::{self, Scored};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::attachment::attachment;
use crate::web::engagement::{TierBadge, tier_badges_of};
use crate::web::fields::Fields;
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, Shell, tell};
use axum::extract::State;
use axum::response::{Html, Redirect, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::ids::AssessmentId;
use serde_json::json;
use tower_sessions::Session;

pub(super) async fn show(
    may: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<AssessmentId>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let kept = repo::scores::of_assessment(platform.db.read(), may.scope(), id).await?;
    let role = renderer.roles(&may.roles);
    match read(platform, may.scope(), id, &asked).await? {
        Found::Unscored { about, missing } => {
            let title = renderer.text("score.title", &[("vendor", &about.vendor)]);
            let missing = missing.iter().map(|factor| {
                REASONS.factors.get(factor).map_or_else(|| factor.clone(), |words| words.question.clone())
            });
            let view = UnscoredPage {
                crumbs: explain::crumbs(&renderer, &about),
                about: explain::about(&about),
                tier_badges: badges(&renderer, &may, &about).await?,
                missing: missing.collect(),
                complete_href: format!("/engagements/{}", about.engagement.id),
                may_complete: may.may(Permission::EditVendors),
                kept: explain::kept(&kept, id, None)?,
            };
            renderer.page(&Shell::desk(&around, &may, role, title), &view)
        }
        Found::Scored(read) => {
            let title = renderer.text("score.title", &[("vendor", &read.about.vendor)]);
            let mut view = explain::page(&renderer, &read, &asked, &kept)?;
            view.tier_badges = badges(&renderer, &may, &read.about).await?;
            view.may_score = may.may(Permission::Score);
            view.trend = trend::trend(&renderer, may.scope(), &read, &view.heat.bands).await?;
            view.once = platform.clock.id::<uuid::Uuid>().to_string();
            renderer.page(&Shell::desk(&around, &may, role, title), &view)
        }
    }
}

async fn badges(renderer: &Renderer, caller: &Caller, about: &About) -> Result<Vec<TierBadge>> {
    let id = about.engagement.id;
    Ok(tier_badges_of(renderer, caller.scope(), &[id]).await?.remove(&id).unwrap_or_default())
}

pub(super) async fn store(
    may: May<may::Score>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<AssessmentId>,
    fields: Fields,
) -> Result<Redirect> {
    let platform = &renderer.platform;
    let by = may.buyer_once(once::of_form(fields.one("once")));
    let page = format!("/assessments/{id}/score");
    match score::store(platform, &by, id).await? {
        Scored::Unscored { .. } => {
            tell(&session, "warning", renderer.text("score.not_stored_unscored", &[])).await?;
            Ok(Redirect::to(&page))
        }
        Scored::Yes(_) => {
            let newest = repo::scores::of_assessment(platform.db.read(), may.scope(), id).await?;
            tell(&session, "success", renderer.text("score.stored_now", &[])).await?;
            Ok(Redirect::to(&newest.first().map_or(page.clone(), |row| format!("{page}?score={}", row.id))))
        }
    }
}

pub(super) async fn input(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<AssessmentId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let read = scored(&platform, &may, id, &asked).await?;
    note(&platform, &may, id, "input").await?;
    Ok(document(&format!("candor-score-input-{}-{id}.json", read.documents.input.as_of), read.input))
}

pub(super) async fn policy(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<AssessmentId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let read = scored(&platform, &may, id, &asked).await?;
    note(&platform, &may, id, "policy").await?;
    let plain: String = read.policy.name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    Ok(document(&format!("candor-policy-{plain}-{}.json", read.policy.version), read.policy.document))
}

async fn note(platform: &Platform, may: &May<may::ReadOwn>, id: AssessmentId, document: &str) -> Result<()> {
    let details = json!({ "document": document });
    let subject = ("assessment", id.0);
    disclosed(platform, &may.scope(), may.actor, "score_documents.downloaded", subject, &details).await
}

async fn scored(platform: &Platform, may: &May<may::ReadOwn>, id: AssessmentId, asked: &Asked) -> Result<Box<Read>> {
    match read(platform, may.scope(), id, asked).await? {
        Found::Scored(read) => Ok(read),
        Found::Unscored { .. } => Err(AppError::NotNow("unscored")),
    }
}

/// A JSON document to be kept as a file, byte for byte as it was hashed.
fn document(name: &str, text: String) -> Response {
    attachment(name, "application/json", text)
}
