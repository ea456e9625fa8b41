//! The page of an engagement's profile: what was said, what is at stake in each domain and why, an analyst's own numbers.

use super::head::{Names, head};
use super::history::{domain_words, factor_words, history, value_words};
use super::profile_views::{DomainRow, OwnView, ProfilePage, SaidView};
use crate::actions::content::REASONS;
use crate::actions::judging::inherent::{self, NewOverride, Stakes};
use crate::error::{AppError, Result};
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::ids::{EngagementId, VendorId};
use domain::judging::profile::VendorTier;
use domain::scoring::{DOMAINS, Inherent, Step};
use serde::Deserialize;
use serde_json::Value;
use tower_sessions::Session;
use uuid::Uuid;

/// Of which domain numbers are to be replaced.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    domain: Option<String>,
}

pub(super) async fn page(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<EngagementId>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let mut values = Vec::new();
    if let Some(domain) = asked.domain.filter(|domain| DOMAINS.contains(&domain.as_str())) {
        values.push(("domain".to_owned(), domain));
    }
    shown(&caller, &renderer, &around, id, &Posted::fresh(values), None).await
}

async fn shown(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    id: EngagementId,
    posted: &Posted,
    meanwhile: Option<String>,
) -> Result<Html<String>> {
    let (platform, scope) = (&renderer.platform, caller.scope());
    let db = platform.db.read();
    let stakes = Stakes::read(db, scope, id).await?;
    let vendor = VendorId(stakes.engagement.vendor_id);
    let tier = inherent::tier_of_vendor(db, scope, &stakes.parsed, vendor).await?;
    let names = Names::read(renderer, scope, vendor).await?;
    let (head, crumbs, tabs) = head(renderer, scope, &stakes.engagement, "/profile").await?;
    let worst = stakes.domains.iter().max_by(|one, other| {
        // The first on a tie.
        one.inherent.cmp(&other.inherent).then(std::cmp::Ordering::Greater)
    });
    let form = form(renderer, &stakes, posted);
    let end_reason = Field {
        rows: Some(2),
        max_length: Some(platform.config.limits.comment_characters),
        required: true,
        ..posted.field("end_reason", renderer.text("engagements.end.reason", &[]))
    };
    let fields = [&form[0], &form[1], &form[2], &form[3], &end_reason];
    let errors = posted.errors_of(&fields);
    let [domain, severity, likelihood, reason] = form;
    let title = stakes.engagement.name.clone();
    let view = ProfilePage {
        crumbs,
        head,
        tabs,
        may_edit: caller.may(Permission::EditVendors),
        may_score: caller.may(Permission::Score),
        has_ended: stakes.has_ended,
        missing: stakes.missing.iter().map(|factor| factor_words(factor)).collect(),
        band: worst.map(|domain| domain.band.clone()),
        inherent: worst.map_or(0, |domain| domain.inherent),
        worst: worst.map(|domain| domain_words(&domain.domain)).unwrap_or_default(),
        vendor_tier: tier.map(|tier| tier_words(renderer, &tier)),
        domains: stakes.domains.iter().map(|domain| row(renderer, &stakes, domain)).collect(),
        said: stakes.profile.iter().map(|(factor, value)| said(factor, value)).collect(),
        errors,
        meanwhile,
        seen: stakes.newest().to_string(),
        once: platform.clock.id::<Uuid>().to_string(),
        domain,
        severity,
        likelihood,
        reason,
        end_reason,
        events: history(renderer, scope, id, &names).await?,
    };
    renderer.page(&renderer.desk(around, caller, title), &view)
}

/// A vendor's tier in words.
pub(super) fn tier_words(renderer: &Renderer, tier: &VendorTier) -> String {
    match tier {
        VendorTier::NothingOpen => renderer.text("engagements.vendor_tier.none", &[]),
        VendorTier::Unscored { missing } => {
            let count = i64::try_from(missing.len()).unwrap_or(i64::MAX);
            renderer.counted("engagements.vendor_tier.unscored", count)
        }
        VendorTier::Tier { band, inherent, .. } => {
            let key = format!("rating.{band}");
            let rating = if renderer.platform.wording.knows(&key) { renderer.text(&key, &[]) } else { band.clone() };
            renderer.text("engagements.vendor_tier.tier", &[("rating", &rating), ("inherent", inherent)])
        }
    }
}

fn said(factor: &str, value: &str) -> SaidView {
    SaidView {
        question: factor_words(factor),
        value: value_words(factor, value),
        reason: REASONS.factors.get(factor).map(|words| words.reason.clone()).unwrap_or_default(),
    }
}

fn row(renderer: &Renderer, stakes: &Stakes, domain: &Inherent) -> DomainRow {
    let line = |step: &Step| {
        let (question, value) = (factor_words(&step.factor), value_words(&step.factor, &step.value));
        let points = if step.points > 0.0 { format!("+{}", step.points) } else { step.points.to_string() };
        renderer.text("engagements.step", &[("question", &question), ("value", &value), ("points", &points)])
    };
    let own = stakes.own(&domain.domain).map(|own| OwnView {
        computed: figures(domain.computed.severity, domain.computed.likelihood),
        by: own.by.clone(),
        reason: own.reason.clone(),
        beside: own.is_beside_others(&stakes.domains).then(|| figures(own.beside.severity, own.beside.likelihood)),
    });
    DomainRow {
        name: domain_words(&domain.domain),
        summary: REASONS.domains.get(&domain.domain).map(|words| words.summary.clone()).unwrap_or_default(),
        severity: domain.severity,
        severity_from: domain.severity_from.iter().map(line).collect(),
        likelihood: domain.likelihood,
        likelihood_from: domain.likelihood_from.iter().map(line).collect(),
        inherent: domain.inherent,
        band: domain.band.clone(),
        own,
        own_href: format!("?domain={}#own", domain.domain),
    }
}

fn figures(severity: u8, likelihood: u8) -> String {
    format!("{severity} × {likelihood}")
}

/// Domain, severity, likelihood and reason of an override.
fn form(renderer: &Renderer, stakes: &Stakes, posted: &Posted) -> [Field; 4] {
    let text = |key: &str| renderer.text(&format!("engagements.own.{key}"), &[]);
    let chosen = posted.fields.one("domain");
    let own = stakes.own(chosen);
    let number = |name: &str, now: Option<u8>| {
        let typed = posted.fields.0.iter().any(|(field, _)| field == name);
        let now = now.map(|now| now.to_string()).unwrap_or_default();
        let value = if typed { posted.fields.one(name).to_owned() } else { now };
        let option = |n: u8| {
            let key = n.to_string();
            Choice {
                chosen: value == key,
                text: renderer.text(&format!("engagements.{name}.{n}"), &[]),
                key,
                note: None,
            }
        };
        Field {
            blank: Some(text("as_computed")),
            options: (1..=5).map(option).collect(),
            ..posted.field(name, text(name))
        }
    };
    let domain =
        |id: &&str| Choice { key: (*id).to_owned(), text: domain_words(id), note: None, chosen: chosen == *id };
    [
        Field {
            required: true,
            options: DOMAINS.iter().map(domain).collect(),
            ..posted.field("domain", text("domain"))
        },
        number("severity", own.and_then(|own| own.severity)),
        number("likelihood", own.and_then(|own| own.likelihood)),
        Field {
            required: true,
            hint: Some(text("reason_hint")),
            rows: Some(3),
            max_length: Some(renderer.platform.config.limits.comment_characters),
            ..posted.field("reason", text("reason"))
        },
    ]
}

/// A number from a form; what is none is out of range.
fn number(text: &str) -> Option<u8> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.parse().unwrap_or(0))
}

pub(super) async fn replace(
    caller: May<may::Score>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<EngagementId>,
    fields: Fields,
) -> Result<Response> {
    let new = NewOverride {
        domain: fields.one("domain").to_owned(),
        severity: number(fields.one("severity")),
        likelihood: number(fields.one("likelihood")),
        reason: fields.one("reason").to_owned(),
    };
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let seen = fields.one("seen").parse().ok();
    match inherent::replace(&renderer.platform, &by, id, seen, &new).await {
        Ok(()) => {
            let key = if new.severity.or(new.likelihood).is_some() { "replaced" } else { "taken_back" };
            tell(&session, "success", renderer.text(&format!("engagements.told.{key}"), &[])).await?;
            Ok(Redirect::to(&format!("/engagements/{id}/profile")).into_response())
        }
        Err(AppError::Changed(theirs)) => {
            let theirs = meanwhile(&renderer, &theirs);
            let page = shown(&caller, &renderer, &around, id, &Posted::fresh(fields.0), Some(theirs)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = shown(&caller, &renderer, &around, id, &posted, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// What somebody else said of a domain meanwhile.
fn meanwhile(renderer: &Renderer, theirs: &Value) -> String {
    let text = |name: &str| theirs[name].as_str().unwrap_or_default().to_owned();
    let number = |name: &str| theirs[name].as_i64().map_or_else(|| "–".to_owned(), |number| number.to_string());
    renderer.text(
        "engagements.own.meanwhile",
        &[
            ("by", &text("by")),
            ("domain", &domain_words(&text("domain"))),
            ("severity", &number("severity")),
            ("likelihood", &number("likelihood")),
            ("reason", &text("reason")),
        ],
    )
}

pub(super) async fn end(
    caller: May<may::EditVendors>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<EngagementId>,
    fields: Fields,
) -> Result<Response> {
    turn(&caller, &renderer, (&around, &session), id, fields, true).await
}

pub(super) async fn resume(
    caller: May<may::EditVendors>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<EngagementId>,
    fields: Fields,
) -> Result<Response> {
    turn(&caller, &renderer, (&around, &session), id, fields, false).await
}

async fn turn(
    caller: &Caller,
    renderer: &Renderer,
    (around, session): (&Around, &Session),
    id: EngagementId,
    fields: Fields,
    ends: bool,
) -> Result<Response> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    match inherent::end(&renderer.platform, &by, id, ends, fields.one("end_reason")).await {
        Ok(()) => {
            let key = if ends { "ended" } else { "resumed" };
            tell(session, "success", renderer.text(&format!("engagements.told.{key}"), &[])).await?;
            Ok(Redirect::to(&format!("/engagements/{id}/profile")).into_response())
        }
        Err(AppError::Invalid(mut problems)) => {
            for problem in problems.0.iter_mut().filter(|problem| problem.at == "reason") {
                problem.at = "end_reason".to_owned();
            }
            let posted = Posted::refused(renderer, fields, &problems);
            let page = shown(caller, renderer, around, id, &posted, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}
