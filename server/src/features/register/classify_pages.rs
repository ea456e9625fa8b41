//! Classification of a use under the EU AI Act: what the rules propose and why, the facts that they ask about, and what a
//! person confirms.

use super::classify_views::{ClassView, ClassifyPage, OpenField};
use super::factsheet::crumbs;
use super::told::Teller;
use super::words;
use crate::actions::content::CLASSIFICATION;
use crate::actions::register::{self, Confirmation, Kept, areas, confirm, state_facts};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::classification::{FactWords, area_words, tier_kind, tier_words};
use crate::web::classify_form::{ConfirmedView, ProposedView, areas_field, fact_words, questions, stated, tier_field};
use crate::web::fields::Fields;
use crate::web::form::{Field as Input, Posted};
use crate::web::moment::Moment;
use crate::web::path::Pair;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::classification::Tier;
use domain::ids::{ComponentId, UseId};
use domain::register::{By, Field};
use entity::{ai_use, component};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tower_sessions::Session;

async fn who(renderer: &Renderer, caller: &Caller, by: By) -> Result<String> {
    let member = match by {
        By::Member(id) => repo::people::member(renderer.platform.db.read(), caller.scope(), id).await?,
        _ => None,
    };
    Ok(member.map_or_else(|| renderer.text("register.by.former", &[]), |member| member.name))
}

fn moment(at: &str) -> Moment {
    OffsetDateTime::parse(at, &Rfc3339).map(Moment::from).unwrap_or_default()
}

/// A use's classification in short. Without `propose` the rules are not asked anew: what they said when it changed last stands
/// for it.
pub(super) fn brief(
    teller: &Teller<'_>,
    entry: &component::Model,
    used: &ai_use::Model,
    propose: bool,
) -> Result<(Tier, ClassView)> {
    let renderer = teller.renderer;
    let kept = Kept::of(used)?;
    let href = format!("/register/{}/uses/{}/classification", entry.id, used.id);
    let known = register::facts(entry, used, &kept);
    let proposed = propose.then(|| {
        let found = CLASSIFICATION.classify(&known);
        (found.tier, areas(&found))
    });
    let Some(confirmed) = kept.confirmed else {
        let kept = || used.proposed_tier.as_deref().map_or(Tier::Unknown, Tier::of_register);
        let (tier, areas) = proposed.unwrap_or_else(|| (kept(), Vec::new()));
        let view = ClassView {
            tier: tier_words(renderer, tier),
            kind: tier_kind(tier),
            areas: area_words(renderer, &areas),
            is_confirmed: false,
            note: renderer.text("classification.only_proposed", &[]),
            differs: None,
            href,
        };
        return Ok((tier, view));
    };
    let (by, at) = (teller.who(confirmed.by), moment(&confirmed.at));
    // What differed when it was confirmed was meant; only what is proposed anew is news.
    let news = proposed.filter(|now| *now != (confirmed.proposed, confirmed.proposed_areas.clone()));
    let view = ClassView {
        tier: tier_words(renderer, confirmed.tier),
        kind: tier_kind(confirmed.tier),
        areas: area_words(renderer, &confirmed.areas),
        is_confirmed: true,
        note: renderer.text("classification.confirmed_by", &[("by", &by), ("when", &at.when)]),
        differs: news.map(|(tier, areas)| {
            let said = [tier_words(renderer, tier), area_words(renderer, &areas)];
            let said: Vec<String> = said.into_iter().filter(|text| !text.is_empty()).collect();
            renderer.text("classification.now_proposed", &[("tier", &said.join(", "))])
        }),
        href,
    };
    Ok((confirmed.tier, view))
}

pub(super) async fn page(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Pair(id, of_use): Pair<ComponentId, UseId>,
) -> Result<Html<String>> {
    shown(&may, &renderer, &around, (id, of_use), &Posted::default(), None).await
}

/// A use of an entry, with the entry.
pub(super) async fn found(
    renderer: &Renderer,
    caller: &Caller,
    (id, of_use): (ComponentId, UseId),
) -> Result<(component::Model, ai_use::Model)> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let row = repo::register::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let used = repo::register::one_use(db, scope, of_use).await?;
    let used = used.filter(|used| used.component_id == Some(id.0)).ok_or(AppError::NotFound)?;
    Ok((row, used))
}

async fn shown(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    (id, of_use): (ComponentId, UseId),
    posted: &Posted,
    meanwhile: Option<String>,
) -> Result<Html<String>> {
    let (row, used) = found(renderer, caller, (id, of_use)).await?;
    let kept = Kept::of(&used)?;
    let known = register::facts(&row, &used, &kept);
    let found = CLASSIFICATION.classify(&known);
    let proposed_areas = areas(&found);
    let may_edit = caller.may(Permission::EditRegister);
    let confirmed = match &kept.confirmed {
        None => None,
        Some(confirmed) => Some(ConfirmedView {
            by: who(renderer, caller, confirmed.by).await?,
            moment: moment(&confirmed.at),
            reason: confirmed.reason.clone(),
            ..ConfirmedView::of(
                renderer,
                (confirmed.tier, &confirmed.areas),
                (confirmed.proposed, &confirmed.proposed_areas),
            )
        }),
    };
    let then = kept.confirmed.as_ref().map(|confirmed| (confirmed.proposed, confirmed.proposed_areas.as_slice()));
    let before = kept.confirmed.as_ref().map(|confirmed| (confirmed.tier, confirmed.areas.as_slice()));
    let (before_tier, before_areas) = before.unwrap_or((found.tier, &proposed_areas));
    let (questions, more) = questions(renderer, &found, &kept.answers, posted);
    let open = found.missing.iter().filter(|id| Field::named(id).is_some()).map(|field| {
        let of_use = Field::named(field).is_some_and(|field| field.is_of_use());
        let query = if of_use { format!("&use={}", used.id) } else { String::new() };
        OpenField {
            label: words::field(renderer, field),
            href: may_edit.then(|| format!("/register/{id}/edit?field={field}{query}")),
        }
    });
    let fact = |id: &str| fact_words(id, || words::field(renderer, id));
    let value = |field: &str, value: &str| words::value(renderer, field, value);
    let fact_words_of = FactWords { fact: &fact, value: &value };
    let mut view = ClassifyPage {
        crumbs: crumbs(renderer, id, &row.name),
        name: used.use_case.clone(),
        href: format!("/register/{id}/uses/{of_use}"),
        revision: row.revision,
        may_edit,
        meanwhile,
        errors: Vec::new(),
        confirmed,
        proposed: ProposedView::of(renderer, &found, then, &fact_words_of),
        questions,
        more,
        open: open.collect(),
        tier_field: tier_field(renderer, before_tier, posted),
        areas_field: areas_field(renderer, before_areas, posted),
        reason: Input {
            hint: Some(renderer.text("classification.reason_hint", &[])),
            rows: Some(3),
            max_length: Some(renderer.platform.config.limits.comment_characters),
            ..posted.field("reason", renderer.text("classification.reason", &[]))
        },
    };
    let fixed = [&view.tier_field, &view.areas_field, &view.reason];
    view.errors = posted.errors_of(&fixed.into_iter().chain(&view.questions).chain(&view.more).collect::<Vec<_>>());
    let title = renderer.text("classification.title", &[]);
    renderer.page(&renderer.desk(around, caller, title), &view)
}

pub(super) async fn answer(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Pair(id, of_use): Pair<ComponentId, UseId>,
    fields: Fields,
) -> Result<Response> {
    let answers = stated(&fields);
    let revision = fields.one("revision").parse().ok();
    let outcome = state_facts(&renderer.platform, &may.buyer(), (id, of_use), revision, &answers).await;
    done(&may, &renderer, (&around, &session), (id, of_use), fields, outcome, "classification.told.stated").await
}

pub(super) async fn classify(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Pair(id, of_use): Pair<ComponentId, UseId>,
    fields: Fields,
) -> Result<Response> {
    let confirmation = Confirmation {
        tier: fields.one("tier").to_owned(),
        areas: fields.all("areas").map(str::to_owned).collect(),
        reason: fields.one("reason").to_owned(),
    };
    let revision = fields.one("revision").parse().ok();
    let outcome = confirm(&renderer.platform, &may.buyer(), (id, of_use), revision, &confirmation).await;
    done(&may, &renderer, (&around, &session), (id, of_use), fields, outcome, "classification.told.confirmed").await
}

async fn done(
    caller: &Caller,
    renderer: &Renderer,
    (around, session): (&Around, &Session),
    (id, of_use): (ComponentId, UseId),
    fields: Fields,
    outcome: Result<()>,
    told: &str,
) -> Result<Response> {
    let href = format!("/register/{id}/uses/{of_use}/classification");
    match outcome {
        Ok(()) => {
            tell(session, "success", renderer.text(told, &[])).await?;
            Ok(Redirect::to(&href).into_response())
        }
        Err(AppError::Changed(_)) => {
            let told = Some(renderer.text("register.meanwhile", &[]));
            let page = shown(caller, renderer, around, (id, of_use), &Posted::fresh(fields.0), told).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(renderer, fields, &problems);
            let page = shown(caller, renderer, around, (id, of_use), &posted, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}
