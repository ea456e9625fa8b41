//! The tier of the EU AI Act of an engagement: what the rules propose and why, what is stated, what a person confirms.

use super::classification_views::{ConfirmedView, TierPage};
use super::head::{Names, head};
use super::history::{history, value_words};
use crate::actions::content::CLASSIFICATION;
use crate::actions::judging::tier::{self, Known, PURPOSE};
use crate::actions::register::{TIERS, all_areas, areas};
use crate::error::{AppError, Result};
use crate::web::actor::{Caller, May, may};
use crate::web::classification::{
    FactWords, area_words, aside_views, english, proposal_view, tier_kind, tier_name, tier_words,
};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::moment::Moment;
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::classification::{Classification, Tier};
use domain::ids::{EngagementId, MemberId, VendorId};
use domain::judging::tier::{Confirmation, Confirmed, FACTOR, is_prohibited};
use domain::questionnaire::Text;
use domain::register::By;
use std::collections::BTreeMap;
use tower_sessions::Session;
use uuid::Uuid;

/// A tier by its name in forms and the API.
pub(super) fn named(name: &str) -> Option<Tier> {
    TIERS.iter().find(|(_, known)| *known == name).map(|(tier, _)| *tier)
}

/// What a fact is called.
fn fact_words(renderer: &Renderer, id: &str) -> String {
    match CLASSIFICATION.facts.iter().find(|known| known.id == id) {
        Some(question) => english(&question.question).to_owned(),
        None => {
            let key = format!("engagements.fact.{id}");
            if renderer.platform.wording.knows(&key) { renderer.text(&key, &[]) } else { id.to_owned() }
        }
    }
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
    let differs = confirmed.as_ref().is_some_and(|(confirmed, _)| {
        let then: Vec<String> = confirmed.proposed_areas.iter().cloned().collect();
        (confirmed.proposed, then) != (found.tier, proposed_areas.clone())
    });
    let profile: BTreeMap<String, String> = serde_json::from_value(known.engagement.profile.clone())?;
    let events = history(renderer, scope, id, &names).await?;
    let fact = |id: &str| fact_words(renderer, id);
    let value = |_: &str, value: &str| value.to_owned();
    let words = FactWords { fact: &fact, value: &value };
    let (questions, more) = questions(renderer, &found, &known, posted);
    let before = confirmed.as_ref().map(|(confirmed, _)| confirmed);
    let tier_field = tier_field(renderer, before.map_or(found.tier, |confirmed| confirmed.tier), posted);
    let chosen = before.map_or_else(|| proposed_areas.clone(), |confirmed| confirmed.areas.iter().cloned().collect());
    let view = TierPage {
        crumbs,
        head,
        tabs,
        seen: known.revision,
        once: platform.clock.id::<Uuid>().to_string(),
        may_score: caller.may(Permission::Score),
        errors: posted.errors(),
        meanwhile,
        is_prohibited: is_prohibited(&profile) || before.is_some_and(|confirmed| confirmed.tier == Tier::Prohibited),
        only_said: match (&confirmed, profile.get(FACTOR)) {
            (None, Some(value)) => Some(value_words(FACTOR, value)),
            _ => None,
        },
        differs,
        tier: tier_words(renderer, found.tier),
        kind: tier_kind(found.tier),
        areas: area_words(renderer, &proposed_areas),
        certainty: renderer.text(&format!("classification.certainty.{}", found.certainty.name()), &[]),
        exit: found.exit.map(|exit| format!("{} {}", english(&exit.reason), exit.article)),
        proposals: found.proposals.iter().map(|proposal| proposal_view(renderer, proposal, &words)).collect(),
        aside: aside_views(renderer, &found),
        purpose: purpose_field(renderer, &known, posted),
        questions,
        more,
        tier_field,
        areas_field: areas_field(renderer, &chosen, posted),
        reason: text_field(renderer, "reason", posted),
        document: text_field(renderer, "document", posted),
        rules: renderer.text(
            "classification.rules",
            &[
                ("title", &english(&CLASSIFICATION.title)),
                ("version", &CLASSIFICATION.version),
                ("date", &CLASSIFICATION.date),
                ("source", &CLASSIFICATION.source),
            ],
        ),
        events,
        confirmed: confirmed.map(|(confirmed, row)| confirmed_view(renderer, &names, &confirmed, row)),
    };
    let title = known.engagement.name.clone();
    renderer.page(&renderer.desk(around, caller, title), &view)
}

fn confirmed_view(
    renderer: &Renderer,
    names: &Names,
    confirmed: &Confirmed,
    row: &entity::engagement_tier::Model,
) -> ConfirmedView {
    let list = |areas: &std::collections::BTreeSet<String>| areas.iter().cloned().collect::<Vec<_>>();
    let same = (confirmed.proposed, &confirmed.proposed_areas) == (confirmed.tier, &confirmed.areas);
    let proposed = [tier_words(renderer, confirmed.proposed), area_words(renderer, &list(&confirmed.proposed_areas))];
    let proposed: Vec<String> = proposed.into_iter().filter(|text| !text.is_empty()).collect();
    let grounds = confirmed.grounds.iter().map(|ground| format!("Art. {ground}")).collect::<Vec<_>>();
    ConfirmedView {
        tier: tier_words(renderer, confirmed.tier),
        kind: tier_kind(confirmed.tier),
        areas: area_words(renderer, &list(&confirmed.areas)),
        by: names.of(By::Member(MemberId(row.recorded_by))),
        moment: Moment::from(row.recorded_at),
        reason: confirmed.reason.clone(),
        proposed: (!same).then(|| proposed.join(", ")),
        grounds: grounds.join(", "),
        document: confirmed.document.clone(),
    }
}

/// What is asked about: first what would settle something, then all else.
fn questions(
    renderer: &Renderer,
    found: &Classification<'_>,
    known: &Known,
    posted: &Posted,
) -> (Vec<Field>, Vec<Field>) {
    let mut asked: (Vec<Field>, Vec<Field>) = Default::default();
    for question in &CLASSIFICATION.facts {
        let name = format!("fact.{}", question.id);
        let typed = posted.fields.0.iter().any(|(field, _)| *field == name);
        let said =
            if typed { posted.fields.one(&name) } else { known.stated.get(&question.id).map_or("", String::as_str) };
        let option = |key: &str, words: &str| Choice {
            key: key.to_owned(),
            text: renderer.text(words, &[]),
            note: None,
            chosen: said == key,
        };
        let field = Field {
            required: true,
            side: true,
            options: vec![
                option("yes", "register.value.yes"),
                option("no", "register.value.no"),
                option("", "register.value.unknown"),
            ],
            ..posted.field(&name, english(&question.question))
        };
        let opens = found.missing.contains(question.id.as_str());
        if opens { asked.0.push(field) } else { asked.1.push(field) }
    }
    asked
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

fn tier_field(renderer: &Renderer, before: Tier, posted: &Posted) -> Field {
    let said = match posted.fields.one("tier") {
        "" => tier_name(before),
        said => said,
    };
    let option = |(tier, name): (Tier, &str)| Choice {
        key: name.to_owned(),
        text: tier_words(renderer, tier),
        note: Some(renderer.text(&format!("classification.about.{name}"), &[])),
        chosen: said == name,
    };
    Field {
        required: true,
        options: TIERS.map(option).into(),
        ..posted.field("tier", renderer.text("classification.tier", &[]))
    }
}

fn areas_field(renderer: &Renderer, before: &[String], posted: &Posted) -> Field {
    let is_posted = !posted.fields.one("tier").is_empty();
    let is_chosen = |area: &str| {
        if is_posted { posted.fields.all("areas").any(|said| said == area) } else { before.iter().any(|b| b == area) }
    };
    let option = |(area, title): (&str, &Text)| Choice {
        key: area.to_owned(),
        text: english(title).to_owned(),
        note: Some(area_words(renderer, &[area.to_owned()])),
        chosen: is_chosen(area),
    };
    Field {
        hint: Some(renderer.text("classification.areas_hint", &[])),
        side: true,
        options: all_areas().into_iter().map(option).collect(),
        ..posted.field("areas", renderer.text("classification.areas", &[]))
    }
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
    let facts: BTreeMap<String, String> =
        fields.below("fact.").map(|(fact, value)| (fact.to_owned(), value.to_owned())).collect();
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
