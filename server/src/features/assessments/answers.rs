//! What the vendor submitted, to be read.

use super::head::{Known, Place};
use super::sections::Reading;
use super::views::answers::{Answers, Given, Section};
use crate::actions::content::CROSSWALKS;
use crate::actions::evidence as files;
use crate::actions::questionnaire::profile_of;
use crate::actions::submit::snapshot_of;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::attachment::attachment;
use crate::web::moment::minute;
use crate::web::path::{Id, Pair};
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::assessment::State as Stand;
use domain::ids::{AssessmentId, EvidenceId};
use std::collections::BTreeMap;

pub(super) async fn show(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Id(id): Id<AssessmentId>,
) -> Result<Response> {
    let mut known = Known::read(&platform, caller.scope(), id).await?;
    known.version = around.reads.edition(&known.version);
    if known.row.round == 0 {
        return Ok(Redirect::to(&known.href()).into_response());
    }
    Ok(page(&renderer, &around, &caller, &known).await?.into_response())
}

async fn page(renderer: &Renderer, around: &Around, caller: &Caller, known: &Known) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, scope) = (platform.db.read(), caller.scope());
    let submissions = repo::submissions::all(db, &scope, known.id).await?;
    let newest = submissions.first().ok_or(AppError::NotFound)?;
    let snapshot = snapshot_of(newest)?;
    let before = submissions.get(1).map(snapshot_of).transpose()?;
    let files = repo::evidence::ever(db, scope, known.id).await?;
    let asked = repo::assessments::reopened(db, &scope, known.id, newest.round - 1).await?;
    let profile = profile_of(&known.row);
    let reading = Reading {
        renderer,
        id: known.id,
        document: &known.version.document,
        profile: &profile,
        snapshot: &snapshot,
        before: before.as_ref(),
        files: &files,
        asked: &asked,
    };
    let (sections, hidden) = reading.read();
    let now_open = if known.state == Stand::Returned {
        repo::assessments::reopened(db, &scope, known.id, known.row.round).await?
    } else {
        BTreeMap::new()
    };
    let open = |answer: &Given| now_open.get(&answer.id).map(|note| (answer.number, note.clone().unwrap_or_default()));
    let view = Answers {
        head: known.head(renderer, Place::Answers),
        round: newest.round,
        submitted: minute(newest.submitted_at),
        attested: format!("{}, {}", newest.attested_name, newest.attested_title),
        hash: newest.answers_sha256.clone(),
        counts: ["given", "not_applicable", "declined", "none"].map(|stand| count(&sections, stand)),
        changed: all(&sections).filter(|answer| answer.before.is_some()).count(),
        lacking_evidence: all(&sections).filter(|answer| answer.lacks_evidence).count(),
        open: all(&sections).filter_map(open).collect(),
        through: CROSSWALKS
            .values()
            .map(|framework| {
                (format!("{}/through/{}", known.href(), framework.key), framework.title.read("en", "en").to_owned())
            })
            .collect(),
        sections,
        hidden,
    };
    let shell = renderer.desk(around, caller, known.title());
    renderer.page(&shell.showing(&platform.wording, &known.version, &around.path), &view)
}

fn all(sections: &[Section]) -> impl Iterator<Item = &Given> {
    sections.iter().flat_map(|section| &section.answers)
}

fn count(sections: &[Section], stand: &str) -> usize {
    all(sections).filter(|answer| answer.stand == stand).count()
}

/// A file that was submitted beside an answer, to be saved and never shown in the browser.
pub(super) async fn evidence(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Pair(assessment, id): Pair<AssessmentId, EvidenceId>,
) -> Result<Response> {
    let (row, bytes) = files::read_submitted(&platform, &caller.buyer(), assessment, id).await?;
    Ok(attachment(&row.file_name, &row.media_type, bytes))
}
