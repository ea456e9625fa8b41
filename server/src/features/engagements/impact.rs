//! The impact assessment of an engagement: written in versions, approved by somebody else, out of date when what it rests
//! on changes.

use super::head::{Names, head};
use super::history::factor_words;
use super::impact_views::{AnswerLink, EffectFields, EffectRead, ImpactPage, Says, VersionRead};
use crate::actions::judging::impact;
use crate::actions::judging::world::{Version, World};
use crate::error::{AppError, Result};
use crate::web::actor::{Caller, May, may};
use crate::web::engagement::Event;
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::moment::Moment;
use crate::web::once;
use crate::web::path::Id;
use crate::web::question::answer_href;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::ids::{EngagementId, MemberId, VendorId};
use domain::judging::decision::Impact;
use domain::judging::impact::{Assessment, Effect, MOST_EFFECTS, Whom};
use domain::register::By;
use serde::Deserialize;
use std::collections::BTreeMap;
use tower_sessions::Session;
use utoipa::IntoParams;
use uuid::Uuid;

/// Rows that the form offers beyond the effects that are there.
const FURTHER: usize = 2;

/// Which version is read.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WantedVersion {
    /// Its number; the newest where absent.
    pub version: Option<i64>,
}

pub(super) async fn page(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<EngagementId>,
    Query(wanted): Query<WantedVersion>,
) -> Result<Html<String>> {
    shown(&caller, &renderer, &around, id, (None, wanted.version), false).await
}

/// A version to be read.
fn version_read(renderer: &Renderer, world: &World, number: i64) -> Result<VersionRead> {
    let version = world.impacts.iter().find(|version| version.row.number == number).ok_or(AppError::NotFound)?;
    let document = &version.document;
    let text = |key: &str| renderer.text(&format!("impact.{key}"), &[]);
    let says = |label: String, text: &str| Says { label, text: text.to_owned() };
    let of = |name: &str, words: &str| says(text(name), words);
    let mut all = vec![of("process", &document.process), of("period", &document.period)];
    all.extend(document.none.iter().map(|(whom, reason)| of(&format!("none.{}", whom.name()), reason)));
    all.extend([of("oversight", &document.oversight), of("remedies", &document.remedies)]);
    let judged = world.judged.as_ref();
    let answer = |id: &String| AnswerLink {
        href: judged
            .filter(|judged| judged.said.contains_key(id))
            .map(|judged| answer_href(judged.opened.assessment.id, id)),
        id: id.clone(),
    };
    let effect = |(number, effect): (usize, &Effect)| {
        let of = |name: &str, words: &str| says(text(&format!("effect.{name}")), words);
        let level = |words: &str, n: u8| renderer.text(&format!("engagements.{words}.{n}"), &[]);
        let reversible = if effect.is_reversible { "yes" } else { "no" };
        EffectRead {
            number,
            says: vec![
                of("whom", &text(&format!("effect.whom.{}", effect.whom.name()))),
                of("who", &effect.who),
                of("what", &effect.what),
                of("severity", &level("severity", effect.severity)),
                of("likelihood", &level("likelihood", effect.likelihood)),
                of("reversible", &text(&format!("effect.reversible.{reversible}"))),
                of("measures", &effect.measures),
            ],
            answers: effect.answers.iter().map(answer).collect(),
        }
    };
    Ok(VersionRead {
        number,
        newest_href: format!("/engagements/{}/impact", world.stakes.engagement.id),
        says: all,
        effects: (1..).zip(&document.effects).map(effect).collect(),
    })
}

/// What is written, as the fields of the form.
fn values(document: &Assessment) -> Vec<(String, String)> {
    let mut values = vec![
        ("process".to_owned(), document.process.clone()),
        ("period".to_owned(), document.period.clone()),
        ("oversight".to_owned(), document.oversight.clone()),
        ("remedies".to_owned(), document.remedies.clone()),
    ];
    for (whom, reason) in &document.none {
        values.push((format!("none.{}", whom.name()), reason.clone()));
    }
    for (n, effect) in document.effects.iter().enumerate() {
        let mut add = |field: &str, value: String| values.push((format!("effects.{n}.{field}"), value));
        add("whom", effect.whom.name().to_owned());
        add("who", effect.who.clone());
        add("what", effect.what.clone());
        add("severity", effect.severity.to_string());
        add("likelihood", effect.likelihood.to_string());
        add("measures", effect.measures.clone());
        add("answers", effect.answers.iter().cloned().collect::<Vec<_>>().join(" "));
        if effect.is_reversible {
            add("reversible", "yes".to_owned());
        }
    }
    values
}

/// What the form says; rows without words are left out.
fn read(fields: &Fields) -> Assessment {
    let mut effects = Vec::new();
    for n in 0..=MOST_EFFECTS + FURTHER {
        let one = |field: &str| fields.one(&format!("effects.{n}.{field}")).trim().to_owned();
        if ["who", "what", "measures"].iter().all(|field| one(field).is_empty()) {
            continue;
        }
        effects.push(Effect {
            whom: Whom::ALL.into_iter().find(|whom| whom.name() == one("whom")).unwrap_or(Whom::Individuals),
            who: one("who"),
            what: one("what"),
            // What is no number is out of range.
            severity: one("severity").parse().unwrap_or(0),
            likelihood: one("likelihood").parse().unwrap_or(0),
            is_reversible: one("reversible") == "yes",
            measures: one("measures"),
            answers: one("answers").split([' ', ',', ';']).filter(|id| !id.is_empty()).map(str::to_owned).collect(),
        });
    }
    let text = |name: &str| fields.one(name).trim().to_owned();
    let reason = |whom: Whom| (whom, text(&format!("none.{}", whom.name())));
    let none: BTreeMap<Whom, String> =
        Whom::ALL.into_iter().map(reason).filter(|(_, reason)| !reason.is_empty()).collect();
    Assessment {
        process: text("process"),
        period: text("period"),
        effects,
        none,
        oversight: text("oversight"),
        remedies: text("remedies"),
    }
}

async fn shown(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    id: EngagementId,
    (posted, version): (Option<Posted>, Option<i64>),
    meanwhile: bool,
) -> Result<Html<String>> {
    let (platform, scope) = (&renderer.platform, caller.scope());
    let world = World::read(platform, platform.db.read(), scope, id).await?;
    let names = Names::read(renderer, scope, VendorId(world.stakes.engagement.vendor_id)).await?;
    let (head, crumbs, tabs) = head(renderer, scope, &world.stakes.engagement, "/impact").await?;
    let newest = world.impacts.last();
    let version = version.map(|number| version_read(renderer, &world, number)).transpose()?;
    let posted =
        posted.unwrap_or_else(|| Posted::fresh(newest.map(|version| values(&version.document)).unwrap_or_default()));
    let (kind, key) = match (world.impact(), newest.is_some()) {
        (Impact::NotAskedFor, _) => ("calm", "not_asked_for"),
        (Impact::Missing, false) => ("warn", "missing"),
        (Impact::Missing, true) => ("warn", "not_approved"),
        (Impact::OutOfDate, _) => ("danger", "out_of_date"),
        (Impact::Approved, _) => ("ok", "approved"),
    };
    let changed = world.approved_impact().map(|version| {
        let factors = version.changed.0.iter().map(|factor| factor_words(factor));
        let document = world.judged.as_ref().map(|judged| &judged.opened.version.document);
        let question = |id: &String| {
            let known = document.and_then(|document| document.question(id));
            known.map_or_else(|| id.clone(), |question| question.text.clone())
        };
        factors.chain(version.changed.1.iter().map(question)).collect()
    });
    let address = |version: &Version| format!("/engagements/{id}/impact?version={}", version.row.number);
    let mut events = Vec::new();
    for version in world.impacts.iter().rev() {
        if let Some(approval) = &version.approval {
            let moment = Moment::from(approval.recorded_at);
            events.push(Event {
                text: renderer.text("impact.event.approved", &[("number", &version.row.number)]),
                href: Some(address(version)),
                at: moment.at,
                when: moment.when,
                by: Some(names.of(By::Member(MemberId(approval.recorded_by)))),
                ..Event::default()
            });
        }
        let moment = Moment::from(version.row.written_at);
        events.push(Event {
            text: renderer.text("impact.event.written", &[("number", &version.row.number)]),
            href: Some(address(version)),
            at: moment.at,
            when: moment.when,
            by: Some(names.of_row(&version.row.written_by)),
            ..Event::default()
        });
    }
    let text = |key: &str| renderer.text(&format!("impact.{key}"), &[]);
    let most = platform.config.limits.comment_characters;
    let area = |name: &str| Field {
        required: true,
        rows: Some(3),
        max_length: Some(most),
        hint: Some(text(&format!("{name}_hint"))),
        ..posted.field(name, text(name))
    };
    let none = |whom: Whom| Field {
        rows: Some(2),
        max_length: Some(most),
        ..posted.field(&format!("none.{}", whom.name()), text(&format!("none.{}", whom.name())))
    };
    let mut view = ImpactPage {
        crumbs,
        head,
        tabs,
        may_write: caller.may(Permission::Score),
        may_approve: caller.may(Permission::Decide),
        kind,
        standing: text(&format!("standing.{key}")),
        changed: changed.unwrap_or_default(),
        // What is approved is the newest version, so not beside another one.
        waits: newest.is_some_and(|newest| {
            newest.approval.is_none() && version.as_ref().is_none_or(|read| read.number == newest.row.number)
        }),
        meanwhile,
        version,
        errors: Vec::new(),
        seen: newest.map_or(0, |version| version.row.number),
        once: platform.clock.id::<Uuid>().to_string(),
        process: area("process"),
        period: area("period"),
        effects: effect_fields(renderer, &posted),
        none: Whom::ALL.map(none).into(),
        oversight: area("oversight"),
        remedies: area("remedies"),
        events,
    };
    let row = |effect: &EffectFields| renderer.text("impact.effect", &[("number", &effect.number)]);
    let single = [&view.process, &view.period, &view.oversight, &view.remedies].into_iter().chain(&view.none);
    let rows = view.effects.iter().map(|effect| {
        let EffectFields { number: _, whom, who, what, severity, likelihood, reversible, measures, answers } = effect;
        (row(effect), vec![whom, who, what, severity, likelihood, reversible, measures, answers])
    });
    view.errors = posted.errors_of_rows(&single.collect::<Vec<_>>(), rows);
    let title = world.stakes.engagement.name.clone();
    renderer.page(&renderer.desk(around, caller, title), &view)
}

fn effect_fields(renderer: &Renderer, posted: &Posted) -> Vec<EffectFields> {
    let text = |key: &str| renderer.text(&format!("impact.effect.{key}"), &[]);
    let last = posted.fields.below("effects.").filter_map(|(rest, _)| rest.split('.').next()?.parse().ok()).max();
    let rows = last.map_or(FURTHER, |last: usize| (last + 1 + FURTHER).min(MOST_EFFECTS));
    let row = |n: usize| {
        let name = |field: &str| format!("effects.{n}.{field}");
        let value = |field: &str| posted.fields.one(&name(field)).to_owned();
        let number = |field: &str, words: &str| {
            let option = |n: u8| {
                let key = n.to_string();
                let text = renderer.text(&format!("engagements.{words}.{n}"), &[]);
                Choice { chosen: value(field) == key, text, note: None, key }
            };
            Field {
                blank: Some(text("choose")),
                options: (1..=5).map(option).collect(),
                ..posted.field(&name(field), text(field))
            }
        };
        let whom = |whom: Whom| Choice {
            key: whom.name().to_owned(),
            text: text(&format!("whom.{}", whom.name())),
            note: None,
            chosen: value("whom") == whom.name(),
        };
        EffectFields {
            number: n + 1,
            whom: Field { options: Whom::ALL.map(whom).into(), ..posted.field(&name("whom"), text("whom")) },
            who: posted.field(&name("who"), text("who")),
            what: Field { rows: Some(2), ..posted.field(&name("what"), text("what")) },
            severity: number("severity", "severity"),
            likelihood: number("likelihood", "likelihood"),
            reversible: Field {
                checked: value("reversible") == "yes",
                ..posted.field(&name("reversible"), text("reversible"))
            },
            measures: Field { rows: Some(2), ..posted.field(&name("measures"), text("measures")) },
            answers: Field { hint: Some(text("answers_hint")), ..posted.field(&name("answers"), text("answers")) },
        }
    };
    (0..rows).map(row).collect()
}

pub(super) async fn write(
    caller: May<may::Score>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<EngagementId>,
    fields: Fields,
) -> Result<Response> {
    let document = read(&fields);
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let seen = fields.one("seen").parse().ok();
    // What was typed, without the rows that say nothing: the places of problems are counted in it.
    let typed = Fields(values(&document));
    match impact::write(&renderer.platform, &by, id, seen, &document).await {
        Ok(_) => {
            tell(&session, "success", renderer.text("impact.told.written", &[])).await?;
            Ok(Redirect::to(&format!("/engagements/{id}/impact")).into_response())
        }
        Err(AppError::Changed(_)) => {
            let posted = Posted::fresh(typed.0);
            let page = shown(&caller, &renderer, &around, id, (Some(posted), None), true).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, typed, &problems);
            let page = shown(&caller, &renderer, &around, id, (Some(posted), None), false).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

pub(super) async fn approve(
    caller: May<may::Decide>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<EngagementId>,
    fields: Fields,
) -> Result<Redirect> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    match impact::approve(&renderer.platform, &by, id, fields.one("seen").parse().ok()).await {
        Ok(()) => tell(&session, "success", renderer.text("impact.told.approved", &[])).await?,
        Err(AppError::Changed(_)) => tell(&session, "warning", renderer.text("impact.told.newer", &[])).await?,
        Err(other) => return Err(other),
    }
    Ok(Redirect::to(&format!("/engagements/{id}/impact")))
}
