//! What submissions propose to the register: listed, looked at, applied or declined.

use super::proposal_views::{LineView, ProposalPage, ProposalRow, ProposalsPage};
use super::views::Crumb;
use super::words;
use crate::actions::register::{Verdict, resolve};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::Posted;
use crate::web::moment::Moment;
use crate::web::paging::last_before_more;
use crate::web::path::Id;
use crate::web::question::answer_href;
use crate::web::render::Renderer;
use crate::web::say;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::problem::Problem;
use entity::{register_proposal, register_proposal_line};
use serde_json::Value;
use std::collections::BTreeSet;
use tower_sessions::Session;
use uuid::Uuid;

/// Proposals on a page.
const LISTED: u64 = 50;

pub(super) async fn list(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    let (db, scope) = (renderer.platform.db.read(), may.scope());
    let fields = Fields(query);
    let is_open = fields.one("state") != "closed";
    let after = fields.one("after").parse().ok();
    let mut rows = repo::register::proposals(db, scope, is_open, after, LISTED + 1).await?;
    let state = if is_open { "" } else { "&state=closed" };
    let next = last_before_more(&mut rows, LISTED).map(|last| format!("/register/proposals?after={}{state}", last.id));
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let tally = repo::register::tally(db, scope, &ids).await?;
    let names = repo::vendors::names(db, scope).await?;
    let view = ProposalsPage {
        crumbs: vec![Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) }],
        is_open,
        rows: rows
            .into_iter()
            .map(|row| {
                let counts = tally.get(&row.id);
                let counted = counts.into_iter().flatten().map(|((verdict, state), count)| (verdict, state, *count));
                let mut by_verdict = std::collections::BTreeMap::new();
                let mut waiting = 0;
                for (verdict, state, count) in counted {
                    *by_verdict.entry(verdict.clone()).or_insert(0) += count;
                    waiting += if state == "open" { count } else { 0 };
                }
                let lines = by_verdict.into_iter().map(|(verdict, count)| {
                    let count = i64::try_from(count).unwrap_or(i64::MAX);
                    renderer.counted(&format!("register.proposals.count.{verdict}"), count)
                });
                ProposalRow {
                    href: format!("/register/proposals/{}", row.id),
                    vendor: names.get(&row.vendor_id).cloned().unwrap_or_default(),
                    about: renderer
                        .text("register.from_answer", &[("question", &row.question_id), ("round", &row.round)]),
                    lines: lines.collect::<Vec<_>>().join(", "),
                    waiting,
                    state: renderer.text(&format!("register.proposals.state.{}", row.state), &[]),
                    moment: Moment::from(row.created_at),
                }
            })
            .collect(),
        next,
    };
    let title = renderer.text("register.proposals.title", &[]);
    renderer.page(&renderer.desk(&around, &may, title), &view)
}

pub(super) async fn page(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<Uuid>,
) -> Result<Html<String>> {
    one(&may, &renderer, &around, id, &Posted::default(), None).await
}

async fn one(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    id: Uuid,
    posted: &Posted,
    meanwhile: Option<String>,
) -> Result<Html<String>> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let row = repo::register::proposal(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let lines = repo::register::lines(db, scope, id).await?;
    let vendor = repo::vendors::get(db, scope, row.vendor_id.into()).await?;
    let notes: Vec<Problem> = serde_json::from_value(row.notes.clone())?;
    let is_open = row.state == "open";
    let picked: BTreeSet<&str> = posted.fields.all("line").collect();
    let view = ProposalPage {
        crumbs: vec![
            Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) },
            Crumb { href: "/register/proposals".to_owned(), text: renderer.text("register.proposals.title", &[]) },
        ],
        href: format!("/register/proposals/{id}"),
        vendor: vendor.as_ref().map(|vendor| vendor.name.clone()).unwrap_or_default(),
        vendor_href: vendor.map(|vendor| format!("/vendors/{}", vendor.id)),
        about: renderer.text("register.from_answer", &[("question", &row.question_id), ("round", &row.round)]),
        answer_href: answer_href(row.assessment_id, &row.question_id),
        state: renderer.text(&format!("register.proposals.state.{}", row.state), &[]),
        is_open,
        is_superseded: row.state == "superseded",
        may_edit: caller.may(Permission::EditRegister) && is_open,
        revision: row.revision,
        moment: Moment::from(row.created_at),
        meanwhile,
        errors: posted.errors(),
        notes: notes
            .iter()
            .map(|problem| format!("{}: {}", problem.at, say::problem(&renderer.platform.wording, problem)))
            .collect(),
        lines: lines.iter().map(|line| line_view(renderer, line, &row, &picked)).collect(),
    };
    let title = renderer.text("register.proposals.of", &[("vendor", &view.vendor)]);
    renderer.page(&renderer.desk(around, caller, title), &view)
}

fn line_view(
    renderer: &Renderer,
    line: &register_proposal_line::Model,
    proposal: &register_proposal::Model,
    picked: &BTreeSet<&str>,
) -> LineView {
    let said = |field: &str, text: &str| words::value(renderer, field, text);
    let facts = match (line.verdict.as_str(), line.entry.as_ref().and_then(|entry| entry.get("fields"))) {
        ("added" | "back", Some(Value::Object(fields))) => fields
            .iter()
            .filter_map(|(field, told)| {
                let text = told.get(0)?.as_str()?;
                Some(format!("{}: {}", words::field(renderer, field), said(field, text)))
            })
            .collect(),
        _ => Vec::new(),
    };
    let shown = line.shown.as_deref().map(|shown| match &line.field {
        Some(field) => {
            let parts: Vec<String> = shown.split("; ").map(|part| said(field, part)).collect();
            renderer.text("register.proposals.shows", &[("value", &parts.join("; "))])
        }
        None => renderer.text("register.proposals.joins", &[("name", &shown)]),
    });
    LineView {
        id: line.id.to_string(),
        verdict: renderer.text(&format!("register.proposals.verdict.{}", line.verdict), &[]),
        kind: match line.verdict.as_str() {
            "added" | "back" => "ok",
            "conflicting" => "danger",
            "gone" => "warn",
            _ => "info",
        },
        name: line.name.clone(),
        href: line.component_id.map(|id| format!("/register/{id}")),
        field: line.field.as_deref().map(|field| words::field(renderer, field)),
        before: line.field.as_deref().zip(line.before.as_deref()).map(|(field, text)| said(field, text)),
        after: line.field.as_deref().zip(line.after.as_deref()).map(|(field, text)| said(field, text)),
        facts,
        shown,
        is_open: line.state == "open" && proposal.state == "open",
        state: renderer.text(&format!("register.proposals.line.{}", line.state), &[]),
        chosen: picked.contains(line.id.to_string().as_str()),
    }
}

pub(super) async fn apply(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<Uuid>,
    fields: Fields,
) -> Result<Response> {
    resolved(&may, &renderer, &around, &session, (id, Verdict::Apply), fields).await
}

pub(super) async fn decline(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<Uuid>,
    fields: Fields,
) -> Result<Response> {
    resolved(&may, &renderer, &around, &session, (id, Verdict::Decline), fields).await
}

async fn resolved(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    session: &Session,
    (id, verdict): (Uuid, Verdict),
    fields: Fields,
) -> Result<Response> {
    let chosen: BTreeSet<Uuid> = fields.all("line").filter_map(|line| line.parse().ok()).collect();
    let lines = (fields.one("all") != "yes").then_some(&chosen);
    let revision = fields.one("revision").parse().ok();
    match resolve(&renderer.platform, &caller.buyer(), id, revision, verdict, lines).await {
        Ok(_) => {
            let key = if verdict == Verdict::Apply { "register.told.applied" } else { "register.told.declined" };
            tell(session, "success", renderer.text(key, &[])).await?;
            Ok(Redirect::to(&format!("/register/proposals/{id}")).into_response())
        }
        Err(AppError::Changed(_)) => {
            let told = Some(renderer.text("register.meanwhile", &[]));
            let page = one(caller, renderer, around, id, &Posted::fresh(fields.0), told).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(renderer, fields, &problems);
            let page = one(caller, renderer, around, id, &posted, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}
