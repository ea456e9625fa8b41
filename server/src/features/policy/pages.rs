//! The page of the scoring policy.

use super::views::{PolicyPage, RunRow, VersionRow};
use crate::actions::{Buyer, rescore};
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::fields::Fields;
use crate::web::moment::Moment;
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::response::{Html, Redirect};
use domain::access::Permission;
use domain::judging::party::Party;
use domain::register::By;
use entity::{policy, rescore_run};
use std::collections::HashMap;
use tower_sessions::Session;
use uuid::Uuid;

/// Runs that the page shows.
const RUNS: u64 = 20;
/// Versions that the page shows.
const VERSIONS: u64 = 1_000;
/// Where it is.
const HERE: &str = "/policy";

pub(super) async fn show(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Read>,
) -> Result<Html<String>> {
    let (db, scope) = (platform.db.read(), caller.scope());
    let policies = repo::policies::page(db, scope, None, VERSIONS).await?;
    let current = policies.last().map(|row| row.id);
    let names: HashMap<Uuid, String> = policies.iter().map(|row| (row.id, named(&renderer, row))).collect();
    let mut runs = Vec::new();
    for row in repo::rescores::page(db, scope, None, RUNS).await? {
        let who: Party = serde_json::from_value(row.started_by.clone())?;
        let by = name(&renderer, scope, who.by).await?;
        runs.push(run(&renderer, row, &names, current, by));
    }
    let view = PolicyPage {
        versions: policies
            .iter()
            .rev()
            .map(|row| VersionRow {
                name: names[&row.id].clone(),
                is_current: Some(row.id) == current,
                published: Moment::from(row.published_at),
                sha256: row.sha256.clone(),
            })
            .collect(),
        is_running: runs.iter().any(|run| run.state == "running"),
        runs,
        may_run: caller.may(Permission::EditPolicy),
        once: platform.clock.id::<Uuid>().to_string(),
    };
    renderer.page(&renderer.desk(&around, &caller, renderer.text("policy.title", &[])), &view)
}

/// Whoever started a run.
async fn name(renderer: &Renderer, scope: BuyerScope, by: By) -> Result<String> {
    let db = renderer.platform.db.read();
    let known = match by {
        By::Member(id) => repo::people::member(db, scope, id).await?.map(|member| member.name),
        By::Token(id) => repo::tokens::token(db, scope, id).await?.map(|token| token.name),
        By::Contact(_) | By::System => None,
    };
    Ok(known.unwrap_or_else(|| renderer.text("policy.run.by_program", &[])))
}

fn named(renderer: &Renderer, row: &policy::Model) -> String {
    renderer.text("policy.version", &[("name", &row.name), ("version", &row.version)])
}

fn run(
    renderer: &Renderer,
    row: rescore_run::Model,
    names: &HashMap<Uuid, String>,
    current: Option<Uuid>,
    by: String,
) -> RunRow {
    let is_resumable = row.state == "stopped" && Some(row.policy_id) == current;
    RunRow {
        policy: names.get(&row.policy_id).cloned().unwrap_or_default(),
        state_text: renderer.text(&format!("policy.run.{}", row.state), &[]),
        kind: match row.state.as_str() {
            "running" => "info",
            "done" => "ok",
            _ => "warn",
        }
        .to_owned(),
        done: row.scored + row.unscored,
        total: row.total,
        progress: renderer
            .text("policy.run.progress", &[("done", &(row.scored + row.unscored)), ("total", &row.total)]),
        scored: renderer.counted("policy.run.scored", row.scored),
        unscored: renderer.counted("policy.run.unscored", row.unscored),
        started: Moment::from(row.started_at),
        ended: row.ended_at.map(Moment::from),
        by,
        stop_href: (row.state == "running").then(|| format!("{HERE}/runs/{}/stop", row.id)),
        resume_href: is_resumable.then(|| format!("{HERE}/runs/{}/resume", row.id)),
        state: row.state,
    }
}

/// Whoever sent a form of the page: sent twice, it acts once.
fn buyer(caller: &May<may::EditPolicy>, fields: &Fields) -> Buyer {
    Buyer { once: once::of_form(fields.one("once")), ..caller.buyer() }
}

async fn back(renderer: &Renderer, session: &Session, key: &str) -> Result<Redirect> {
    tell(session, "success", renderer.text(key, &[])).await?;
    Ok(Redirect::to(HERE))
}

pub(super) async fn start(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditPolicy>,
    fields: Fields,
) -> Result<Redirect> {
    rescore::start(&platform, &buyer(&caller, &fields)).await?;
    back(&renderer, &session, "policy.told.started").await
}

pub(super) async fn stop(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditPolicy>,
    Id(id): Id<Uuid>,
) -> Result<Redirect> {
    rescore::stop(&platform, &caller.buyer(), id).await?;
    back(&renderer, &session, "policy.told.stopped").await
}

pub(super) async fn resume(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditPolicy>,
    Id(id): Id<Uuid>,
) -> Result<Redirect> {
    rescore::resume(&platform, &caller.buyer(), id).await?;
    back(&renderer, &session, "policy.told.resumed").await
}
