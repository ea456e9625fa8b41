//! The tier of the EU AI Act of an engagement: what the rules propose and why, what is stated, what a person confirms.

use super::classification_views::TierPage;
use super::head::{Names, head};
use super::history::{history, value_words};
use crate::actions::content::CLASSIFICATION;
use crate::actions::judging::tier::{self, Known, PURPOSE, named};
use crate::actions::register::areas;
use crate::error::{AppError, Result};
use crate::web::actor::{Caller, May, may};
use crate::web::classification::FactWords;
use crate::web::classify_form::{ConfirmedView, ProposedView, areas_field, fact_words, questions, stated, tier_field};
use crate::web::fields::Fields;
use crate::web::form::{Field, Posted};
use crate::web::moment::Moment;
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::classification::Tier;
use domain::ids::{EngagementId, MemberId, VendorId};
use domain::judging::tier::{Confirmation, Confirmed, FACTOR, is_prohibited};
use domain::register::By;
use std::collections::{BTreeMap, BTreeSet};
use tower_sessions::Session;
use uuid::Uuid;

/// What a fact is called that the rules do not ask about.
fn other_words(renderer: &Renderer, id: &str) -> String {
    let key = format!("engagements.fact.{id}");
    if renderer.platform.wording.knows(&key) { renderer.text(&key, &[]) } else { id.to_owned() }
}

pub(super) async fn page(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<EngagementId>,
) -> Result<Html<String>> {
    shown(&caller, &renderer, &around, id, &Posted::default(), false).await
}

async fn shown(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    id: EngagementId,
    posted: &Posted,
    meanwhile: bool,
) -> Result<Html<String>> {
    let (platform, scope) = (&renderer.platform, caller.scope());
    let known = Known::read(platform.db.read(), scope, id).await?;
    let found = CLASSIFICATION.classify(&known.facts);
    let names = Names::read(renderer, scope, VendorId(known.engagement.vendor_id)).await?;
    let (head, crumbs, tabs) = head(renderer, scope, &known.engagement, "/classification").await?;
    let confirmed: Option<(Confirmed, &entity::engagement_tier::Model)> = match known.tiers.last() {
        Some(row) => Some((serde_json::from_value(row.confirmed.clone())?, row)),
        None => None,
    };
    let proposed_areas = areas(&found);
    let then = confirmed.as_ref().map(|(confirmed, _)| (confirmed.proposed, list(&confirmed.proposed_areas)));
    let profile: BTreeMap<String, String> = serde_json::from_value(known.engagement.profile.clone())?;
    let events = history(renderer, scope, id, &names).await?;
    let fact = |id: &str| fact_words(id, || other_words(renderer, id));
    let value = |_: &str, value: &str| value.to_owned();
    let words = FactWords { fact: &fact, value: &value };
    let (questions, more) = questions(renderer, &found, &known.stated, posted);
    let before = confirmed.as_ref().map(|(confirmed, _)| confirmed);
    let tier_field = tier_field(renderer, before.map_or(found.tier, |confirmed| confirmed.tier), posted);
    let chosen = before.map_or_else(|| proposed_areas.clone(), |confirmed| list(&confirmed.areas));
    let mut view = TierPage {
        crumbs,
        head,
        tabs,
        seen: known.revision,
        once: platform.clock.id::<Uuid>().to_string(),
        may_score: caller.may(Permission::Score),
        errors: Vec::new(),
        meanwhile,
        is_prohibited: is_prohibited(&profile) || before.is_some_and(|confirmed| confirmed.tier == Tier::Prohibited),
        only_said: match (&confirmed, profile.get(FACTOR)) {
            (None, Some(value)) => Some(value_words(FACTOR, value)),
            _ => None,
        },
        proposed: ProposedView::of(
            renderer,
            &found,
            then.as_ref().map(|(tier, areas)| (*tier, areas.as_slice())),
            &words,
        ),
        purpose: purpose_field(renderer, &known, posted),
        questions,
        more,
        tier_field,
        areas_field: areas_field(renderer, &chosen, posted),
        reason: text_field(renderer, "reason", posted),
        document: text_field(renderer, "document", posted),
        events,
        confirmed: confirmed.map(|(confirmed, row)| confirmed_view(renderer, &names, &confirmed, row)),
    };
    let fixed = [&view.purpose, &view.tier_field, &view.areas_field, &view.reason, &view.document];
    view.errors = posted.errors_of(&fixed.into_iter().chain(&view.questions).chain(&view.more).collect::<Vec<_>>());
    let title = known.engagement.name.clone();
    renderer.page(&renderer.desk(around, caller, title), &view)
}

fn confirmed_view(
    renderer: &Renderer,
    names: &Names,
    confirmed: &Confirmed,
    row: &entity::engagement_tier::Model,
) -> ConfirmedView {
    let grounds = confirmed.grounds.iter().map(|ground| format!("Art. {ground}")).collect::<Vec<_>>();
    ConfirmedView {
        by: names.of(By::Member(MemberId(row.recorded_by))),
        moment: Moment::from(row.recorded_at),
        reason: confirmed.reason.clone(),
        grounds: grounds.join(", "),
        document: confirmed.document.clone(),
        ..ConfirmedView::of(
            renderer,
            (confirmed.tier, &list(&confirmed.areas)),
            (confirmed.proposed, &list(&confirmed.proposed_areas)),
        )
    }
}

/// Points of Annex III in their order.
fn list(areas: &BTreeSet<String>) -> Vec<String> {
    areas.iter().cloned().collect()
}

fn purpose_field(renderer: &Renderer, known: &Known, posted: &Posted) -> Field {
    let name = format!("fact.{PURPOSE}");
    let typed = posted.fields.0.iter().any(|(field, _)| *field == name);
    let mut field = Field {
        hint: Some(renderer.text("engagements.purpose_hint", &[])),
        rows: Some(3),
        max_length: Some(renderer.platform.config.limits.comment_characters),
        ..posted.field(&name, renderer.text("engagements.fact.purpose", &[]))
    };
    if !typed {
        field.value = known.stated.get(PURPOSE).cloned().unwrap_or_default();
    }
    field
}

fn text_field(renderer: &Renderer, name: &str, posted: &Posted) -> Field {
    Field {
        hint: Some(renderer.text(&format!("engagements.tier.{name}_hint"), &[])),
        rows: Some(3),
        max_length: Some(renderer.platform.config.limits.comment_characters),
        ..posted.field(name, renderer.text(&format!("engagements.tier.{name}"), &[]))
    }
}

pub(super) async fn state(
    caller: May<may::Score>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<EngagementId>,
    fields: Fields,
) -> Result<Response> {
    let facts = stated(&fields);
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let outcome = tier::state(&renderer.platform, &by, id, fields.one("seen").parse().ok(), &facts).await;
    done(&caller, &renderer, (&around, &session), id, fields, outcome, "classification.told.stated").await
}

pub(super) async fn confirm(
    caller: May<may::Score>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<EngagementId>,
    fields: Fields,
) -> Result<Response> {
    let given = Confirmation {
        tier: named(fields.one("tier")),
        areas: fields.all("areas").map(str::to_owned).collect(),
        reason: fields.one("reason").to_owned(),
        document: fields.one("document").to_owned(),
    };
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let outcome = tier::confirm(&renderer.platform, &by, id, fields.one("seen").parse().ok(), &given).await;
    done(&caller, &renderer, (&around, &session), id, fields, outcome, "classification.told.confirmed").await
}

async fn done(
    caller: &Caller,
    renderer: &Renderer,
    (around, session): (&Around, &Session),
    id: EngagementId,
    fields: Fields,
    outcome: Result<()>,
    told: &str,
) -> Result<Response> {
    match outcome {
        Ok(()) => {
            tell(session, "success", renderer.text(told, &[])).await?;
            Ok(Redirect::to(&format!("/engagements/{id}/classification")).into_response())
        }
        Err(AppError::Changed(_)) => {
            let page = shown(caller, renderer, around, id, &Posted::fresh(fields.0), true).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(renderer, fields, &problems);
            let page = shown(caller, renderer, around, id, &posted, false).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}
