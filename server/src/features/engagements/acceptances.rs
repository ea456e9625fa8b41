//! Accepted risks of an engagement: asked for, approved, refused, taken back; how each stands today.

use super::acceptance_views::{AcceptanceRow, AcceptancesPage};
use super::blocks::{score_href, unscored};
use super::decision_views::Block;
use super::head::{Names, head};
use crate::actions::content::{JUDGING, REASONS};
use crate::actions::judging::acceptance::{self, NewAcceptance, Word};
use crate::actions::judging::world::{Accepted, World};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted, note_area};
use crate::web::moment::Moment;
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::say as words;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::answer::iso_date;
use domain::ids::{EngagementId, MemberId, VendorId};
use domain::judging::acceptance::{Cause, End, Scope, Standing};
use domain::judging::rules;
use domain::problem::{Problem, Problems};
use domain::register::By;
use domain::scoring::months_after;
use time::Date;
use tower_sessions::Session;
use uuid::Uuid;

/// Whether somebody may ask for an acceptance.
pub(super) fn may_ask(caller: &Caller) -> bool {
    caller.may(Permission::Score) || caller.may(Permission::Decide)
}

/// A day that was typed; nothing where the field is empty.
pub(super) fn day(at: &str, text: &str) -> Result<Option<Date>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let given = || text.chars().take(40).collect::<String>();
    let day = iso_date::read(text).map_err(|_| Problem::new(at, "not-a-date").with("given", given()))?;
    if (1900..=2200).contains(&day.year()) { Ok(Some(day)) } else { Err(Problem::new(at, "date-out-of-range")) }
}

/// A rating in words.
pub(super) fn rating_words(renderer: &Renderer, rating: &str) -> String {
    let key = format!("rating.{rating}");
    if renderer.platform.wording.knows(&key) { renderer.text(&key, &[]) } else { rating.to_owned() }
}

pub(super) async fn page(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<EngagementId>,
) -> Result<Html<String>> {
    shown(&caller, &renderer, &around, id, &Posted::default()).await
}

async fn shown(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    id: EngagementId,
    posted: &Posted,
) -> Result<Html<String>> {
    let (platform, scope) = (&renderer.platform, caller.scope());
    let world = World::read(platform, platform.db.read(), scope, id).await?;
    let names = Names::read(renderer, scope, VendorId(world.stakes.engagement.vendor_id)).await?;
    let (head, crumbs, tabs) = head(renderer, scope, &world.stakes.engagement, "/acceptances").await?;
    let why_not = if world.computed.is_none() || world.stored.is_none() {
        Some(unscored(renderer, caller, &world).await?)
    } else if !world.is_current {
        Some(Block {
            text: renderer.text("acceptances.not_stored", &[]),
            href: score_href(&world),
            action: renderer.text("decision.to_score", &[]),
        })
    } else {
        None
    };
    let output = world.computed.as_ref().map(|computed| &computed.output);
    let authority = output.map(|output| JUDGING.authority(&output.rating));
    let fields = form(renderer, &world, posted);
    let errors = posted.errors_of(&[&fields[0], &fields[1], &fields[2], &fields[3]]);
    let [findings, reason, conditions, expires_on] = fields;
    let rows: Vec<AcceptanceRow> =
        world.acceptances.iter().rev().map(|accepted| row(renderer, &world, &names, accepted, posted)).collect();
    // An acceptance that was ended has no form any more.
    let lost = posted.lost("why-", &renderer.text("acceptances.why", &[]), |id| {
        rows.iter().any(|row| row.is_open && row.why.id == id)
    });
    let view = AcceptancesPage {
        crumbs,
        head,
        tabs,
        may_ask: may_ask(caller),
        may_decide: caller.may(Permission::Decide),
        why_not,
        rating: output.map(|output| output.rating.clone()),
        residual: output.map(|output| format!("{:.1}", output.residual)).unwrap_or_default(),
        authority: authority
            .map(|authority| {
                renderer.text(
                    "acceptances.authority",
                    &[("approvers", &authority.approvers), ("months", &authority.months)],
                )
            })
            .unwrap_or_default(),
        rows,
        lost,
        errors,
        once: platform.clock.id::<Uuid>().to_string(),
        findings,
        reason,
        conditions,
        expires_on,
    };
    let title = world.stakes.engagement.name.clone();
    renderer.page(&renderer.desk(around, caller, title), &view)
}

fn form(renderer: &Renderer, world: &World, posted: &Posted) -> [Field; 4] {
    let text = |key: &str| renderer.text(&format!("acceptances.{key}"), &[]);
    let most = renderer.platform.config.limits.comment_characters;
    let finding = |row: &entity::finding::Model| {
        let key = row.id.to_string();
        Choice {
            chosen: posted.fields.all("findings").any(|chosen| chosen == key),
            text: row.title.clone(),
            note: None,
            key,
        }
    };
    let months = world.computed.as_ref().map(|computed| JUDGING.authority(&computed.output.rating).months);
    let latest = months.and_then(|months| months_after(world.today, u64::from(months)));
    [
        Field {
            hint: Some(text("findings_hint")),
            options: world.findings.iter().map(finding).collect(),
            ..posted.field("findings", text("findings"))
        },
        Field {
            required: true,
            rows: Some(3),
            max_length: Some(most),
            hint: Some(text("reason_hint")),
            ..posted.field("reason", text("reason"))
        },
        Field { rows: Some(3), hint: Some(text("conditions_hint")), ..posted.field("conditions", text("conditions")) },
        Field {
            required: true,
            kind: "date",
            min: world.today.next_day().map(iso_date::write),
            max: latest.map(iso_date::write),
            ..posted.field("expires_on", text("expires_on"))
        },
    ]
}

/// The id of the field for what goes with a word about an acceptance.
fn why_id(acceptance: &Uuid) -> String {
    format!("why-{acceptance}")
}

fn row(renderer: &Renderer, world: &World, names: &Names, accepted: &Accepted, posted: &Posted) -> AcceptanceRow {
    let acceptance = &accepted.acceptance;
    let scope = match &acceptance.scope {
        Scope::Residual => renderer.text("acceptances.residual", &[]),
        Scope::Findings { findings } => {
            let titles: Vec<String> = findings.iter().map(|id| finding_title(renderer, world, id)).collect();
            renderer.text("acceptances.of_findings", &[("findings", &titles.join("; "))])
        }
    };
    let (kind, standing) = match &accepted.standing {
        None => ("dashed", renderer.text("acceptances.standing.unscored", &[])),
        Some(Standing::Waiting { missing }) => {
            ("info", renderer.counted("acceptances.standing.waiting", i64::from(*missing)))
        }
        Some(Standing::InForce) => ("ok", renderer.text("acceptances.standing.in_force", &[])),
        Some(Standing::Stale { .. }) => ("danger", renderer.text("acceptances.standing.stale", &[])),
        Some(Standing::Expired) => ("warn", renderer.text("acceptances.standing.expired", &[])),
        Some(Standing::NothingLeft) => ("calm", renderer.text("acceptances.standing.nothing_left", &[])),
        Some(Standing::Ended { how: End::Refused }) => ("calm", renderer.text("acceptances.standing.refused", &[])),
        Some(Standing::Ended { how: End::Withdrawn }) => ("calm", renderer.text("acceptances.standing.withdrawn", &[])),
    };
    let causes = match &accepted.standing {
        Some(Standing::Stale { causes }) => causes.iter().map(|cause| cause_words(renderer, world, cause)).collect(),
        _ => Vec::new(),
    };
    let asked = renderer.text(
        "acceptances.asked",
        &[("by", &names.of(acceptance.asked_by.by)), ("when", &Moment::from(accepted.row.asked_at).when)],
    );
    let said = accepted.approvals.iter().map(|approval| {
        let by = names.of(By::Member(MemberId(approval.recorded_by)));
        let reason = approval.reason.clone().unwrap_or_default();
        let when = Moment::from(approval.recorded_at).when;
        let key = format!("acceptances.word.{}", approval.verdict);
        renderer.text(&key, &[("by", &by), ("when", &when), ("reason", &reason)])
    });
    AcceptanceRow {
        id: accepted.row.id.to_string(),
        scope,
        kind,
        standing,
        causes,
        residual: format!("{:.1}", accepted.row.residual),
        rating: accepted.row.rating.clone(),
        expires_on: iso_date::write(acceptance.expires_on),
        reason: acceptance.reason.clone(),
        conditions: acceptance.conditions.clone(),
        said: std::iter::once(asked).chain(said).collect(),
        waits: matches!(accepted.standing, Some(Standing::Waiting { .. })),
        is_open: acceptance.ended.is_none(),
        why: note_area(renderer, posted, &why_id(&accepted.row.id), "reason", renderer.text("acceptances.why", &[])),
    }
}

/// What a finding that an acceptance covers is called.
fn finding_title(renderer: &Renderer, world: &World, id: &str) -> String {
    let known = world.findings.iter().find(|row| row.id.to_string() == id);
    known.map_or_else(|| renderer.text("acceptances.finding_gone", &[]), |row| row.title.clone())
}

fn cause_words(renderer: &Renderer, world: &World, cause: &Cause) -> String {
    match cause {
        Cause::ResidualRose { from, to } => {
            renderer.text("acceptances.cause.residual", &[("from", &format!("{from:.1}")), ("to", &format!("{to:.1}"))])
        }
        Cause::RatingWorse { from, to } => renderer.text(
            "acceptances.cause.rating",
            &[("from", &rating_words(renderer, from)), ("to", &rating_words(renderer, to))],
        ),
        Cause::KnockOut { id } => {
            let title = REASONS.knock_outs.get(id).map_or(id, |words| &words.title);
            renderer.text("acceptances.cause.knock_out", &[("title", title)])
        }
        Cause::Evidence { question, .. } => {
            let document = world.judged.as_ref().map(|judged| &judged.opened.version.document);
            let text = document.and_then(|document| document.question(question));
            let text = text.map_or(question, |question| &question.text);
            renderer.text("acceptances.cause.evidence", &[("question", text)])
        }
        Cause::FindingWorse { finding, from, to } => {
            let words = |weight| renderer.text(&format!("finding.severity.{}", rules::name(weight)), &[]);
            let (from, to) = (words(*from), words(*to));
            let title = finding_title(renderer, world, finding);
            renderer.text("acceptances.cause.finding_worse", &[("from", &from), ("to", &to), ("finding", &title)])
        }
        Cause::FindingReopened { finding } => {
            let title = finding_title(renderer, world, finding);
            renderer.text("acceptances.cause.finding_reopened", &[("finding", &title)])
        }
    }
}

pub(super) async fn ask(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<EngagementId>,
    fields: Fields,
) -> Result<Response> {
    if !may_ask(&caller) {
        return Err(AppError::Forbidden);
    }
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let outcome = match day("expires_on", fields.one("expires_on")) {
        Err(problem) => Err(AppError::from(Problems::one(problem))),
        Ok(expires_on) => {
            let new = NewAcceptance {
                findings: fields.all("findings").filter_map(|id| id.parse().ok()).collect(),
                reason: fields.one("reason").to_owned(),
                conditions: fields.one("conditions").lines().map(str::to_owned).collect(),
                expires_on,
            };
            acceptance::ask(&renderer.platform, &by, id, &new).await
        }
    };
    match outcome {
        Ok(_) => {
            tell(&session, "success", renderer.text("acceptances.told.asked", &[])).await?;
            Ok(Redirect::to(&format!("/engagements/{id}/acceptances")).into_response())
        }
        Err(AppError::Invalid(mut problems)) => {
            // What is wrong with the scope is told where the findings are chosen.
            for problem in problems.0.iter_mut().filter(|problem| problem.at == "scope") {
                problem.at = "findings".to_owned();
            }
            for problem in problems.0.iter_mut().filter(|problem| problem.at.starts_with("conditions")) {
                problem.at = "conditions".to_owned();
            }
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = shown(&caller, &renderer, &around, id, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

pub(super) async fn say(
    caller: May<may::Decide>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<Uuid>,
    fields: Fields,
) -> Result<Response> {
    let platform = &renderer.platform;
    let row = repo::decisions::acceptance(platform.db.read(), caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let word = Word::named(fields.one("word"));
    let outcome = match word {
        None => Err(Problem::new("word", "not-an-option").into()),
        Some(word) => acceptance::say(platform, &by, id, word, fields.one("reason")).await,
    };
    let (why, typed) = (why_id(&id), fields.one("reason"));
    let (status, posted) = match outcome {
        Ok(()) => {
            let key = format!("acceptances.told.{}", word.map_or("approved", Word::name));
            tell(&session, "success", renderer.text(&key, &[])).await?;
            return Ok(Redirect::to(&format!("/engagements/{}/acceptances", row.engagement_id)).into_response());
        }
        Err(AppError::NotNow(code)) => {
            (StatusCode::CONFLICT, Posted::note_told(&why, typed, words::not_now(&platform.wording, code)))
        }
        Err(AppError::Invalid(problems)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Posted::note_refused(&renderer, &why, typed, &problems))
        }
        Err(other) => return Err(other),
    };
    let page = shown(&caller, &renderer, &around, row.engagement_id.into(), &posted).await?;
    Ok((status, page).into_response())
}
