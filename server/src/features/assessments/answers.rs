//! What the vendor submitted, to be read and, while it is in review, given back question by question.

use super::head::{Known, Place};
use super::sections::Reading;
use super::steps::{date_if_given, settled};
use super::views::answers::{Answers, Given, Section};
use crate::actions::content::CROSSWALKS;
use crate::actions::questionnaire::profile_of;
use crate::actions::submit::snapshot_of;
use crate::actions::{evidence as files, review};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::attachment::attachment;
use crate::web::fields::Fields;
use crate::web::form::{Field, Posted};
use crate::web::moment::minute;
use crate::web::path::{Id, Pair};
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::answer::iso_date;
use domain::assessment::State as Stand;
use domain::ids::{AssessmentId, EvidenceId};
use domain::problem::{Problem, Problems};
use std::collections::BTreeMap;
use tower_sessions::Session;

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
    Ok(page(&renderer, &around, &caller, &known, &Posted::default()).await?.into_response())
}

async fn page(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    known: &Known,
    posted: &Posted,
) -> Result<Html<String>> {
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
    let (mut sections, hidden) = reading.read();
    let now_open = if known.state == Stand::Returned {
        repo::assessments::reopened(db, &scope, known.id, known.row.round).await?
    } else {
        BTreeMap::new()
    };
    let can_return = known.state == Stand::InReview && caller.may(Permission::Review);
    for answer in sections.iter_mut().flat_map(|section| &mut section.answers) {
        answer.is_picked = posted.fields.all("question").any(|id| id == answer.id);
        answer.note = posted.fields.one(&format!("note:{}", answer.id)).to_owned();
        answer.note_error = posted.error(&answer.id);
    }
    let due_on = Field {
        min: Some(iso_date::write(platform.clock.today())),
        ..posted.field("due_on", renderer.text("assessments.return.due_on", &[]))
    };
    let notes: Vec<Field> = all(&sections)
        .map(|answer| Field {
            id: answer.anchor.clone(),
            label: renderer.text("assessments.return.note", &[("number", &answer.number)]),
            ..Field::default()
        })
        .collect();
    let fields: Vec<&Field> = notes.iter().chain([&due_on]).collect();
    let errors = posted.errors_of(&fields);
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
        action: format!("{}/answers", known.href()),
        can_return,
        errors,
        due_on,
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

/// The questions that are given back: those ticked, and those beside which somebody wrote.
fn picked(fields: &Fields) -> BTreeMap<String, Option<String>> {
    let note = |id: &str| Some(fields.one(&format!("note:{id}")).trim().to_owned()).filter(|note| !note.is_empty());
    let ticked = fields.all("question").map(|id| (id.to_owned(), note(id)));
    let noted = fields.below("note:").filter(|(_, text)| !text.trim().is_empty());
    ticked.chain(noted.map(|(id, _)| (id.to_owned(), note(id)))).collect()
}

pub(super) async fn give_back(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::Review>,
    Id(id): Id<AssessmentId>,
    fields: Fields,
) -> Result<Response> {
    let mut known = Known::read(&platform, caller.scope(), id).await?;
    known.version = around.reads.edition(&known.version);
    let picked = picked(&fields);
    let outcome = match date_if_given("due_on", fields.one("due_on")) {
        Ok(due_on) => review::give_back(&platform, &caller.buyer(), id, &picked, due_on).await,
        Err(problem) => Err(problem.into()),
    };
    if picked.is_empty() && matches!(outcome, Err(AppError::Invalid(_))) {
        let problems = Problems::one(Problem::new("questions", "no-question-chosen"));
        let posted = Posted::refused(&renderer, fields, &problems);
        let page = page(&renderer, &around, &caller, &known, &posted).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    if let Err(AppError::Invalid(problems)) = outcome {
        let posted = Posted::refused(&renderer, fields, &problems);
        let page = page(&renderer, &around, &caller, &known, &posted).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(settled(&renderer, &session, id, outcome, "assessments.told.returned").await?.into_response())
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
