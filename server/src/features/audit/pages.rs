//! The log, newest first; walking its chain; taking it away.

use super::asked::Asked;
use super::names::Names;
use super::told::Told;
use super::views::{AuditPage, EntryView, VerifiedView};
use crate::actions::audit::{JSON_LINES, export, verify_chain};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::repo::audit::{Entry, Filter};
use crate::web::actor::{Caller, May, may};
use crate::web::attachment::attachment;
use crate::web::moment::Moment;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::audit::Broken;
use entity::audit_entry;
use serde::Deserialize;

/// Entries on a page.
const ROWS: u64 = 50;
/// Characters of a hash that are shown.
const HASH: usize = 12;

/// Where a page begins.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Place {
    /// Entries before that sequence.
    before: Option<i64>,
}

pub(super) async fn list(
    may: May<may::ReadAudit>,
    renderer: Renderer,
    around: Around,
    Query(asked): Query<Asked>,
    Query(place): Query<Place>,
) -> Result<Response> {
    page(&may, &renderer, &around, (&asked, place.before), None).await
}

/// The whole log as a file. That it was taken away is its last entry.
pub(super) async fn take_away(may: May<may::ReadAudit>, State(platform): State<Platform>) -> Result<Response> {
    let exported = export(&platform, &may.buyer()).await?;
    Ok(attachment(&exported.file_name(platform.clock.today()), JSON_LINES, Body::from_stream(exported.lines)))
}

pub(super) async fn verify(may: May<may::ReadAudit>, renderer: Renderer, around: Around) -> Result<Response> {
    let outcome = match verify_chain(&renderer.platform, may.organisation).await {
        Ok(Ok(entries)) => VerifiedView { kind: "success", text: renderer.counted("audit.whole", entries), href: None },
        Ok(Err(broken)) => {
            let (sequence, key) = match &broken {
                Broken::Missing { sequence } => (*sequence, "audit.missing"),
                Broken::Changed { sequence, .. } => (*sequence, "audit.changed"),
            };
            let what = if let Broken::Changed { what, .. } = &broken { *what } else { "" };
            VerifiedView {
                kind: "error",
                text: renderer.text(key, &[("sequence", &sequence), ("what", &what)]),
                href: Some(Asked::default().href(Some(sequence + 1))),
            }
        }
        // The head that was written down outside the database is part of the proof: without it nothing is proved.
        Err(AppError::Internal(reason)) => {
            VerifiedView { kind: "error", text: renderer.text("audit.unreadable", &[("reason", &reason)]), href: None }
        }
        Err(error) => return Err(error),
    };
    page(&may, &renderer, &around, (&Asked::default(), None), Some(outcome)).await
}

async fn page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    (asked, before): (&Asked, Option<i64>),
    verified: Option<VerifiedView>,
) -> Result<Response> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let (filter, problems) = match asked.filter() {
        Ok(filter) => (Some(filter), None),
        Err(problems) => (None, Some(problems)),
    };
    let (mut rows, found) = match &filter {
        Some(filter) => (
            repo::audit::newest(db, scope, filter, before, ROWS + 1).await?,
            repo::audit::count(db, scope, filter).await?,
        ),
        None => (Vec::new(), 0),
    };
    let more = rows.len() as u64 > ROWS;
    rows.truncate(usize::try_from(ROWS).unwrap_or(usize::MAX));
    let names = Names::read(&renderer.platform, scope, rows.iter().map(|(entry, _)| entry)).await?;
    let older = rows.last().filter(|_| more).map(|(entry, _)| asked.href(Some(entry.sequence)));
    let is_filtered = filter.as_ref().is_none_or(|filter| !filter.is_all());
    let total = if is_filtered { repo::audit::count(db, scope, &Filter::default()).await? } else { found };
    let view = AuditPage {
        verified,
        total,
        found,
        is_filtered,
        is_refused: problems.is_some(),
        filter: asked.fields(renderer, scope, problems.as_ref()).await?,
        entries: rows.into_iter().map(|row| entry_view(caller, renderer, &names, row)).collect(),
        newest_href: before.is_some().then(|| asked.href(None)),
        older,
    };
    let mut shell = renderer.desk(around, caller, renderer.text("audit.title", &[]));
    for place in &mut shell.nav {
        place.current = place.href == "/audit";
    }
    let status = if view.is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, renderer.page(&shell, &view)?).into_response())
}

fn entry_view(caller: &Caller, renderer: &Renderer, names: &Names, (entry, detail): Entry) -> EntryView {
    let key = format!("audit.action.{}", entry.action);
    let said = detail.map(|detail| detail.details);
    let details = said.as_deref().and_then(|said| serde_json::from_str::<serde_json::Value>(said).ok());
    let address = details.as_ref().and_then(|details| details["address"].as_str()).map(str::to_owned);
    let told = details.as_ref().map(Told::of).filter(|told| !told.is_empty());
    EntryView {
        sequence: entry.sequence,
        moment: Moment::from(entry.at),
        actor: names.actor(renderer, &entry),
        behalf: names.behalf(renderer, &entry),
        address,
        action: if renderer.platform.wording.knows(&key) { renderer.text(&key, &[]) } else { entry.action.clone() },
        subject: names.subject(renderer, &entry),
        href: subject_href(caller, &entry),
        only_href: entry.subject_id.map(|id| Asked::about(id).href(None)),
        hash: hex::encode(&entry.hash).chars().take(HASH).collect(),
        full_hash: hex::encode(&entry.hash),
        erased: said.is_none(),
        told,
    }
}

/// Where the thing that was acted on stands, when it has a page that the caller may see.
fn subject_href(caller: &Caller, entry: &audit_entry::Model) -> Option<String> {
    let id = entry.subject_id?;
    let folder = match entry.subject_kind.as_str() {
        "assessment" => "assessments",
        "vendor" => "vendors",
        "engagement" => "engagements",
        "finding" => "findings",
        "template" => "templates",
        "component" => "register",
        "register_proposal" => "register/proposals",
        "import" if entry.action.starts_with("register_import.") => "register/imports",
        "import" if entry.action.starts_with("bom.") => "register/boms",
        "import" if entry.action.starts_with("template_import.") => "templates/imports",
        _ => return None,
    };
    caller.may(Permission::Read).then(|| format!("/{folder}/{id}"))
}
