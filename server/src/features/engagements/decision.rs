//! The decision on an engagement: what stands in its way, what was decided, its conditions, and its record.

use super::acceptances::{day, rating_words};
use super::blocks::{blocks, deciders};
use super::decision_views::{ClauseChoice, ConditionFields, ConditionView, DecisionPage, DecisionView};
use super::head::{Names, head};
use super::history::factor_words;
use crate::actions::audit::disclosed;
use crate::actions::judging::decision::{self, Followed, NewCondition, NewDecision, followed};
use crate::actions::judging::record::overtaken_by;
use crate::actions::judging::world::World;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::repo::people::Member;
use crate::web::actor::{Caller, May, may};
use crate::web::attachment::attachment;
use crate::web::classification::{area_words, tier_words};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted, note_area};
use crate::web::moment::Moment;
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::say;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::answer::iso_date;
use domain::ids::{EngagementId, MemberId, VendorId};
use domain::judging::decision::{Clause, ConditionState, ConditionStep, ConfirmedTier, Kind, Overtaken, recompute};
use domain::problem::{Problem, Problems};
use domain::questionnaire::Severity;
use domain::register::By;
use domain::scoring::Output;
use entity::decision as decision_row;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tower_sessions::Session;
use uuid::Uuid;

/// Conditions that the form offers at least.
const ROWS: usize = 3;
/// Conditions that it offers beyond those that are filled in.
const FURTHER: usize = 2;
/// The button that asks for further rows of conditions, and decides nothing.
const MORE: &str = "more";

/// Whether somebody may follow conditions.
pub(super) fn may_follow(caller: &Caller) -> bool {
    caller.may(Permission::Review) || caller.may(Permission::Decide)
}

pub(super) async fn page(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<EngagementId>,
) -> Result<Html<String>> {
    shown(&caller, &renderer, &around, id, &Posted::default(), None).await
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
    let world = World::read(platform, db, scope, id).await?;
    let names = Names::read(renderer, scope, VendorId(world.stakes.engagement.vendor_id)).await?;
    let (head, crumbs, tabs) = head(renderer, scope, &world.stakes.engagement, "/decision").await?;
    let rows = repo::decisions::decisions(db, scope, id).await?;
    let current = rows.last();
    let (mut overtaken, mut conditions, mut holds) = (Vec::new(), Vec::new(), false);
    if let Some(row) = current {
        overtaken = overtaken_by(&world, row)?.iter().map(|what| overtaken_words(renderer, what)).collect();
        let all = followed(db, scope, &[row.id]).await?;
        conditions = all.iter().map(|one| condition_view(renderer, &names, one, posted)).collect();
        holds = recompute(&row.record, &row.sha256).is_ok();
    }
    let blocks = blocks(renderer, caller, &world).await?;
    let members = repo::people::members(db, scope).await?;
    let output = world.computed.as_ref().map(|computed| &computed.output);
    let (kind, reason, next_review_on) = form(renderer, posted);
    // A condition of a decision that another one replaced has no form any more.
    let lost = posted.lost("note-", &renderer.text("decision.note", &[]), |id| {
        conditions.iter().any(|condition: &ConditionView| condition.note.id == id)
    });
    let mut view = DecisionPage {
        crumbs,
        head,
        tabs,
        may_decide: caller.may(Permission::Decide),
        deciders: (!caller.may(Permission::Decide)).then(|| deciders(renderer, &members)),
        may_follow: may_follow(caller),
        current: current.map(|row| decision_view(renderer, &names, row)).transpose()?,
        holds,
        overtaken,
        conditions,
        earlier: rows.iter().rev().skip(1).map(|row| decision_view(renderer, &names, row)).collect::<Result<_>>()?,
        rating: output.map(|output| output.rating.clone()),
        residual: output.map(|output| format!("{:.1}", output.residual)).unwrap_or_default(),
        blocks,
        lost,
        errors: Vec::new(),
        // Who asked for more rows, or was refused, goes on from what they had before them.
        seen: match (&meanwhile, posted.fields.one("seen").parse()) {
            (None, Ok(seen)) => seen,
            _ => current.map_or(0, |row| row.number),
        },
        meanwhile,
        once: platform.clock.id::<Uuid>().to_string(),
        kind,
        reason,
        next_review_on,
        set: condition_fields(renderer, &world, &members, posted),
        set_error: posted.error("conditions"),
    };
    let rows = view.set.iter().map(|row| {
        let ConditionFields { number, what, due_on, owner, finding, clause } = row;
        let called = renderer.text("decision.condition_number", &[("number", number)]);
        (called, vec![what, due_on, owner, finding, clause])
    });
    let conditions =
        Field { id: "conditions".to_owned(), label: renderer.text("decision.conditions", &[]), ..Field::default() };
    view.errors = posted.errors_of_rows(&[&view.kind, &view.reason, &view.next_review_on, &conditions], rows);
    let title = world.stakes.engagement.name.clone();
    renderer.page(&renderer.desk(around, caller, title), &view)
}

fn decision_view(renderer: &Renderer, names: &Names, row: &decision_row::Model) -> Result<DecisionView> {
    let kind: Kind = row.kind.parse().map_err(AppError::internal)?;
    let record: Value = serde_json::from_str(&row.record)?;
    let assessment = record["subject"]["assessment"].as_str();
    let output: Option<Output> = record["output"].as_str().map(serde_json::from_str).transpose()?;
    Ok(DecisionView {
        number: row.number,
        what: renderer.text(&format!("decision.kind.{}", row.kind), &[]),
        kind: match kind {
            Kind::Approved => "ok",
            Kind::ApprovedWithConditions => "info",
            Kind::OnHold => "warn",
            Kind::Rejected => "danger",
            Kind::Withdrawn => "calm",
        },
        by: names.of(By::Member(MemberId(row.decided_by))),
        moment: Moment::from(row.decided_at),
        reason: row.reason.clone(),
        next_review_on: row.next_review_on.map(iso_date::write),
        rating: row.basis["rating"].as_str().map(str::to_owned),
        residual: output.as_ref().map(|output| format!("{:.1}", output.residual)),
        policy: output.as_ref().map(|output| {
            let (name, version) = (&output.policy.id, output.policy.version);
            renderer.text("score.policy_version", &[("name", name), ("version", &version)])
        }),
        as_of: output.as_ref().map(|output| iso_date::write(output.as_of)),
        assessment_href: assessment.map(|assessment| format!("/assessments/{assessment}")),
        score_href: assessment
            .zip(row.score_id)
            .map(|(assessment, score)| format!("/assessments/{assessment}/score?score={score}")),
        record_href: format!("/decisions/{}/record", row.id),
        sha256: row.sha256.clone(),
    })
}

/// The id of the field for what goes with a step of a condition.
fn note_id(condition: &Uuid) -> String {
    format!("note-{condition}")
}

fn condition_view(renderer: &Renderer, names: &Names, one: &Followed, posted: &Posted) -> ConditionView {
    let step_words = |row: &entity::condition_step::Model| {
        let (by, when) = (names.of_row(&row.recorded_by), Moment::from(row.recorded_at).when);
        let said = row.step["note"].as_str().or(row.step["reason"].as_str()).map(str::to_owned);
        let clause = row.clause.as_ref().map(|clause| renderer.text(&format!("decision.clause.{clause}"), &[]));
        let said = said.or(clause).unwrap_or_default();
        let key = format!("decision.step.{}", row.step["step"].as_str().unwrap_or("meet"));
        renderer.text(&key, &[("by", &by), ("when", &when), ("said", &said)])
    };
    let choice = |clause: &Clause| ClauseChoice {
        key: clause.name().to_owned(),
        text: renderer.text(&format!("decision.clause.{}", clause.name()), &[]),
    };
    let next = Clause::ALL.into_iter().filter(|next| one.clause.is_some_and(|clause| clause.may_become(*next)));
    ConditionView {
        id: one.row.id.to_string(),
        what: one.row.what.clone(),
        state: renderer.text(&format!("decision.condition.{}", one.state.name()), &[]),
        kind: match one.state {
            ConditionState::Open => "warn",
            ConditionState::Met => "ok",
            ConditionState::Waived => "calm",
        },
        due_on: one.row.due_on.map(iso_date::write),
        owner: match &one.row.owner {
            Some(owner) => names.of_row(owner),
            None => renderer.text("decision.condition_nobody", &[]),
        },
        clause: one.clause.map(|clause| renderer.text(&format!("decision.clause.{}", clause.name()), &[])),
        clauses: next.collect::<Vec<_>>().iter().map(choice).collect(),
        is_open: one.state == ConditionState::Open,
        said: one.steps.iter().map(step_words).collect(),
        seen: one.steps.last().map_or(0, |step| step.number),
        note: note_area(renderer, posted, &note_id(&one.row.id), "note", renderer.text("decision.note", &[])),
    }
}

/// With the day since which it is so, where that is known.
fn dated(renderer: &Renderer, what: String, on: &Option<String>) -> String {
    match on {
        Some(on) => renderer.text("decision.overtaken.since", &[("what", &what), ("on", on)]),
        None => what,
    }
}

/// A confirmed tier with its points of Annex III.
fn confirmed_words(renderer: &Renderer, tier: &Option<ConfirmedTier>) -> String {
    let Some(tier) = tier else { return renderer.text("decision.overtaken.no_tier", &[]) };
    let areas: Vec<String> = tier.areas.iter().cloned().collect();
    let parts = [tier_words(renderer, tier.tier), area_words(renderer, &areas)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

pub(super) fn overtaken_words(renderer: &Renderer, what: &Overtaken) -> String {
    match what {
        Overtaken::Profile { factors, on } => {
            let factors: Vec<String> = factors.iter().map(|factor| factor_words(factor)).collect();
            dated(renderer, renderer.text("decision.overtaken.profile", &[("factors", &factors.join(" "))]), on)
        }
        Overtaken::Tier { from, to, on } => {
            let (from, to) = (confirmed_words(renderer, from), confirmed_words(renderer, to));
            dated(renderer, renderer.text("decision.overtaken.tier", &[("from", &from), ("to", &to)]), on)
        }
        Overtaken::TierDoubted => renderer.text("decision.overtaken.tier_doubted", &[]),
        Overtaken::Overrides { on } => dated(renderer, renderer.text("decision.overtaken.overrides", &[]), on),
        Overtaken::Policy { from, to, on } => {
            let (from, to) = (format!("{} {}", from.id, from.version), format!("{} {}", to.id, to.version));
            dated(renderer, renderer.text("decision.overtaken.policy", &[("from", &from), ("to", &to)]), on)
        }
        Overtaken::Submission { on } => dated(renderer, renderer.text("decision.overtaken.submission", &[]), on),
        Overtaken::Rating { from, to } => {
            let to = to.as_deref().unwrap_or("unscored");
            let (from, to) = (rating_words(renderer, from), rating_words(renderer, to));
            renderer.text("decision.overtaken.rating", &[("from", &from), ("to", &to)])
        }
        Overtaken::Findings { raised } => {
            let count = i64::try_from(raised.len()).unwrap_or(i64::MAX);
            renderer.counted("decision.overtaken.findings", count)
        }
        Overtaken::Acceptances { lapsed } => {
            let count = i64::try_from(lapsed.len()).unwrap_or(i64::MAX);
            renderer.counted("decision.overtaken.acceptances", count)
        }
        Overtaken::Impact => renderer.text("decision.overtaken.impact", &[]),
        Overtaken::ReviewDue { on } => renderer.text("decision.overtaken.review", &[("on", on)]),
    }
}

fn form(renderer: &Renderer, posted: &Posted) -> (Field, Field, Field) {
    let text = |key: &str| renderer.text(&format!("decision.{key}"), &[]);
    let option = |kind: Kind| Choice {
        key: kind.name().to_owned(),
        text: text(&format!("kind.{}", kind.name())),
        note: None,
        chosen: posted.fields.one("kind") == kind.name(),
    };
    let kind = Field { required: true, options: Kind::ALL.map(option).into(), ..posted.field("kind", text("what")) };
    let reason = Field {
        hint: Some(text("reason_hint")),
        rows: Some(4),
        max_length: Some(renderer.platform.config.limits.comment_characters),
        ..posted.field("reason", text("reason"))
    };
    let next = Field {
        kind: "date",
        hint: Some(text("next_review_hint")),
        min: renderer.platform.clock.today().next_day().map(iso_date::write),
        ..posted.field("next_review_on", text("next_review"))
    };
    (kind, reason, next)
}

fn condition_fields(renderer: &Renderer, world: &World, members: &[Member], posted: &Posted) -> Vec<ConditionFields> {
    let text = |key: &str| renderer.text(&format!("decision.{key}"), &[]);
    let rows = rows_of_conditions(world, &posted.fields).min(renderer.platform.config.limits.conditions);
    let row = |n: usize| {
        let name = |field: &str| format!("conditions.{n}.{field}");
        let is = |field: &str, key: &str| posted.fields.one(&name(field)) == key;
        let member = |known: &Member| {
            let key = known.id.to_string();
            Choice { chosen: is("owner", &key), text: known.name.clone(), note: None, key }
        };
        let finding = |known: &entity::finding::Model| {
            let key = known.id.to_string();
            Choice { chosen: is("finding", &key), text: known.title.clone(), note: None, key }
        };
        ConditionFields {
            number: n.saturating_add(1),
            what: Field { rows: Some(2), ..posted.field(&name("what"), text("condition_what")) },
            due_on: Field { kind: "date", ..posted.field(&name("due_on"), text("condition_due")) },
            owner: Field {
                blank: Some(text("condition_nobody")),
                options: members.iter().map(member).collect(),
                ..posted.field(&name("owner"), text("condition_owner"))
            },
            finding: Field {
                blank: Some(text("condition_no_finding")),
                options: world.findings.iter().map(finding).collect(),
                ..posted.field(&name("finding"), text("condition_finding"))
            },
            clause: Field { checked: is("clause", "yes"), ..posted.field(&name("clause"), text("condition_clause")) },
        }
    };
    // What was typed into a row is never taken away, however far down it stands; of empty ones there are no more than allowed.
    let filled = rows_posted(&posted.fields).into_iter().filter(|n| is_filled(&posted.fields, *n));
    let shown: BTreeSet<usize> = (0..rows).chain(filled).collect();
    shown.into_iter().map(row).collect()
}

/// How many conditions the form offers: two more than there are, and one for each nonconformity that is open and not
/// accepted. Who asks for more gets two more than stand there.
fn rows_of_conditions(world: &World, fields: &Fields) -> usize {
    let after = |last: Option<&usize>| last.map_or(0, |last| last.saturating_add(1));
    let (posted, accepted) = (rows_posted(fields), world.accepted_findings());
    let filled = posted.iter().filter(|n| is_filled(fields, **n)).max();
    let open = world.findings.iter().filter(|row| {
        decision::severity(&row.severity) != Severity::Observation && !accepted.contains(row.id.to_string().as_str())
    });
    let shown = after(posted.last()) + if fields.has(MORE) { FURTHER } else { 0 };
    [ROWS, after(filled) + FURTHER, open.count(), shown].into_iter().max().unwrap_or(ROWS)
}

/// The rows of conditions that a form has.
fn rows_posted(fields: &Fields) -> BTreeSet<usize> {
    fields.below("conditions.").filter_map(|(rest, _)| rest.split('.').next()?.parse().ok()).collect()
}

/// Whether a row of a condition says anything.
fn is_filled(fields: &Fields, n: usize) -> bool {
    ["what", "due_on", "finding"].iter().any(|field| fields.has(&format!("conditions.{n}.{field}")))
}

/// What the form says. Rows without words are left out; `kept` says which row each condition stands in.
fn read(fields: &Fields) -> (Result<NewDecision, Problems>, Vec<usize>) {
    let (mut problems, mut conditions, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for n in rows_posted(fields).into_iter().filter(|n| is_filled(fields, *n)) {
        let name = |field: &str| format!("conditions.{n}.{field}");
        let due_on = day(&name("due_on"), fields.one(&name("due_on"))).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        kept.push(n);
        conditions.push(NewCondition {
            what: fields.one(&name("what")).to_owned(),
            due_on,
            owner: fields.one(&name("owner")).parse().ok(),
            finding: fields.one(&name("finding")).parse().ok(),
            is_clause: fields.one(&name("clause")) == "yes",
        });
    }
    let next_review_on = day("next_review_on", fields.one("next_review_on")).unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    let new = NewDecision {
        kind: fields.one("kind").parse().ok(),
        reason: fields.one("reason").to_owned(),
        conditions,
        next_review_on,
    };
    (Problems::none_or(problems, new), kept)
}

/// The problems at the rows in which the conditions stand.
fn at_rows(mut problems: Problems, kept: &[usize]) -> Problems {
    for problem in &mut problems.0 {
        let moved = problem.at.strip_prefix("conditions.").and_then(|rest| {
            let (n, field) = rest.split_once('.')?;
            Some(format!("conditions.{}.{field}", kept.get(n.parse::<usize>().ok()?)?))
        });
        if let Some(moved) = moved {
            problem.at = moved;
        }
    }
    problems
}

pub(super) async fn decide(
    caller: May<may::Decide>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<EngagementId>,
    fields: Fields,
) -> Result<Response> {
    let platform = &renderer.platform;
    if fields.has(MORE) {
        return Ok(shown(&caller, &renderer, &around, id, &Posted::fresh(fields.0), None).await?.into_response());
    }
    let (new, kept) = read(&fields);
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let seen = fields.one("seen").parse().ok();
    let (outcome, is_placed) = match new {
        Ok(new) => (decision::decide(platform, &by, id, seen, &new).await, false),
        Err(problems) => (Err(problems.into()), true),
    };
    match outcome {
        Ok(_) => {
            tell(&session, "success", renderer.text("decision.told.decided", &[])).await?;
            Ok(Redirect::to(&format!("/engagements/{id}/decision")).into_response())
        }
        Err(AppError::Changed(theirs)) => {
            let by = theirs["decided_by"].as_str().and_then(|id| id.parse().ok()).map(MemberId);
            let name = match by {
                Some(by) => repo::people::member(platform.db.read(), caller.scope(), by).await?.map(|known| known.name),
                None => None,
            };
            let kind = renderer.text(&format!("decision.kind.{}", theirs["kind"].as_str().unwrap_or("on_hold")), &[]);
            let told = renderer.text(
                "decision.meanwhile",
                &[
                    ("by", &name.unwrap_or_default()),
                    ("kind", &kind),
                    ("reason", &theirs["reason"].as_str().unwrap_or_default()),
                ],
            );
            let page = shown(&caller, &renderer, &around, id, &Posted::fresh(fields.0), Some(told)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let problems = if is_placed { problems } else { at_rows(problems, &kept) };
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = shown(&caller, &renderer, &around, id, &posted, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// A step of a condition, by name; the text goes with it.
pub(super) fn step_named(name: &str, text: &str) -> Option<ConditionStep> {
    let text = || text.to_owned();
    match name {
        "meet" => Some(ConditionStep::Meet { note: text() }),
        "waive" => Some(ConditionStep::Waive { reason: text() }),
        "take_back" => Some(ConditionStep::TakeBack { reason: text() }),
        other => {
            let clause = other.strip_prefix("clause:")?;
            let clause = Clause::ALL.into_iter().find(|known| known.name() == clause)?;
            Some(ConditionStep::Clause { clause })
        }
    }
}

/// Whether somebody may take a step: who may decide waives, and whoever follows takes all others.
pub(super) fn may_step(caller: &Caller, step: &ConditionStep) -> bool {
    match step {
        ConditionStep::Waive { .. } => caller.may(Permission::Decide),
        _ => may_follow(caller),
    }
}

pub(super) async fn follow(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<Uuid>,
    fields: Fields,
) -> Result<Response> {
    if !may_follow(&caller) {
        return Err(AppError::Forbidden);
    }
    let platform = &renderer.platform;
    let found = repo::decisions::condition(platform.db.read(), caller.scope(), id).await?;
    let (_, row) = found.ok_or(AppError::NotFound)?;
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let outcome = match step_named(fields.one("step"), fields.one("note")) {
        None => Err(Problem::new("step", "not-an-option").into()),
        Some(step) if !may_step(&caller, &step) => Err(AppError::Forbidden),
        Some(step) => decision::step(platform, &by, id, fields.one("seen").parse().ok(), &step).await,
    };
    let (note, typed) = (note_id(&id), fields.one("note"));
    let (status, posted) = match outcome {
        Ok(()) => {
            tell(&session, "success", renderer.text("decision.told.followed", &[])).await?;
            return Ok(Redirect::to(&format!("/engagements/{}/decision", row.engagement_id)).into_response());
        }
        Err(AppError::Changed(_)) => {
            let told = renderer.text("decision.condition_meanwhile", &[]);
            (StatusCode::CONFLICT, Posted::note_told(&note, typed, told))
        }
        Err(AppError::NotNow(code)) => {
            (StatusCode::CONFLICT, Posted::note_told(&note, typed, say::not_now(&platform.wording, code)))
        }
        Err(AppError::Invalid(problems)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Posted::note_refused(&renderer, &note, typed, &problems))
        }
        Err(other) => return Err(other),
    };
    let page = shown(&caller, &renderer, &around, row.engagement_id.into(), &posted, None).await?;
    Ok((status, page).into_response())
}

pub(super) async fn record(
    caller: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(id): Id<Uuid>,
) -> Result<Response> {
    let row = taken_away(&platform, &caller, id).await?;
    Ok(attachment(&format!("candor-decision-{}-{}.json", row.number, row.id), "application/json", row.record))
}

/// A decision whose record is handed out; that it was stands in the log before.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such decision.
pub(super) async fn taken_away(platform: &Platform, caller: &Caller, id: Uuid) -> Result<decision_row::Model> {
    let row = repo::decisions::decision(platform.db.read(), caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    let details = json!({ "decision": row.id, "sha256": row.sha256 });
    let subject = ("engagement", row.engagement_id);
    disclosed(platform, &caller.scope(), caller.actor, "decision.record_downloaded", subject, &details).await?;
    Ok(row)
}
