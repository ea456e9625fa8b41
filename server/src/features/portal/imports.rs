//! A filled-in workbook comes back: uploaded, looked through, applied in whole or in part, and taken back.

use super::evidence::megabytes;
use super::preview::{self, Seen};
use super::sheets;
use super::views::{ImportEntry, ImportsPage};
use super::visit::{Visit, base};
use super::words;
use crate::actions::answers_import::{self, Choice, Verdict};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::may;
use crate::web::fields::Fields;
use crate::web::form::Posted;
use crate::web::path::Pair;
use crate::web::portal::Responder;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use crate::web::upload::Upload;
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::ids::{AssessmentId, ImportId};
use domain::problem::{Problem, Problems};
use entity::{import, import_row};
use serde::Deserialize;
use tower_sessions::Session;
use uuid::Uuid;

pub(super) async fn list(visit: Visit<may::Answer>) -> Result<Html<String>> {
    upload_page(&visit, &Posted::default()).await
}

async fn upload_page(visit: &Visit<may::Answer>, posted: &Posted) -> Result<Html<String>> {
    let db = visit.renderer.platform.db.read();
    let earlier = repo::imports::of_assessment(db, &visit.scope, visit.scope.assessment).await?;
    let limits = &visit.renderer.platform.config.limits;
    let mut file = posted.field("file", visit.text("portal.imports.file", &[]));
    let most = megabytes(limits.workbook_bytes as u64);
    file.hint = Some(visit.text("portal.imports.file_hint", &[("most", &most)]));
    file.accept = Some(".xlsx,.xlsm,.ods,.xls,.xlsb,.csv,.tsv");
    file.required = true;
    let view = ImportsPage {
        open: visit.opened.state.waits_for_vendor(),
        errors: posted.errors(),
        file,
        earlier: earlier
            .into_iter()
            .map(|row| ImportEntry {
                href: format!("{}/imports/{}", visit.base(), row.id),
                state: visit.text(&format!("portal.import_state.{}", row.state), &[]),
                at: words::moment(row.created_at),
                file: row.file_name,
            })
            .collect(),
        base: visit.base(),
    };
    let title = visit.text("portal.imports.title", &[]);
    visit.page(&title, &view)
}

pub(super) async fn upload(
    renderer: Renderer,
    around: Around,
    responder: Responder<may::Answer>,
    multipart: Multipart,
) -> Result<Response> {
    let scope = responder.scope;
    let most = renderer.platform.config.limits.workbook_bytes;
    let read = async {
        let file = Upload::read(multipart, most).await?.file("file")?;
        answers_import::preview(&renderer.platform, &responder.vendor(), &file.name, file.bytes).await
    };
    let (status, problems) = match read.await {
        Ok(id) => return Ok(Redirect::to(&sheets::after_upload(&renderer.platform, scope, id).await?).into_response()),
        Err(AppError::Invalid(problems)) => (StatusCode::UNPROCESSABLE_ENTITY, problems),
        Err(AppError::TooLarge { most, .. }) => {
            let problem = Problem::new("file", "file-too-large").with("most", megabytes(most));
            (StatusCode::PAYLOAD_TOO_LARGE, Problems::one(problem))
        }
        Err(error) => return Err(error),
    };
    // Whatever is wrong is wrong with the file; where in it, its words say.
    let at_file = |problem: Problem| {
        let code = if problem.code == "required" { "file-required".to_owned() } else { problem.code };
        Problem { at: "file".to_owned(), code, with: problem.with }
    };
    let problems = Problems(problems.0.into_iter().map(at_file).collect());
    let posted = Posted::refused(&renderer, Fields::default(), &problems);
    let visit = Visit::<may::Answer>::begin(renderer, around, scope).await?;
    Ok((status, upload_page(&visit, &posted).await?).into_response())
}

/// What a preview's address may ask for.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    show: Option<Verdict>,
}

async fn read<P>(visit: &Visit<P>, id: ImportId) -> Result<(import::Model, Vec<import_row::Model>)> {
    let db = visit.renderer.platform.db.read();
    let import = repo::imports::get(db, &visit.scope, id).await?.ok_or(AppError::NotFound)?;
    let rows = repo::imports::rows(db, &visit.scope, id).await?;
    Ok((import, rows))
}

pub(super) async fn show(
    visit: Visit<may::Answer>,
    Pair(_, id): Pair<AssessmentId, ImportId>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>> {
    let (import, rows) = read(&visit, id).await?;
    preview::page(&visit, &import, &rows, &Seen { only: wish.show, ..Seen::default() })
}

pub(super) async fn apply(
    renderer: Renderer,
    around: Around,
    session: Session,
    Responder { scope, .. }: Responder<may::Answer>,
    Pair(_, id): Pair<AssessmentId, ImportId>,
    fields: Fields,
) -> Result<Response> {
    let chosen = || fields.all("apply").filter_map(|row| row.parse::<Uuid>().ok()).collect();
    let choice = if fields.one("which") == "safe" { Choice::Safe } else { Choice::Rows(chosen()) };
    let (status, seen) = match answers_import::apply(&renderer.platform, scope, id, &choice).await {
        Ok(count) => {
            let words = renderer.counted("portal.applied", i64::try_from(count).unwrap_or(i64::MAX));
            tell(&session, "success", words).await?;
            return Ok(Redirect::to(&format!("{}/imports/{id}", base(scope))).into_response());
        }
        Err(AppError::Changed(current)) => {
            let moved = current["questions"].as_array().into_iter().flatten();
            let moved = moved.filter_map(|question| question.as_str().map(str::to_owned)).collect();
            (StatusCode::CONFLICT, Seen { moved, ..Seen::default() })
        }
        Err(AppError::Invalid(problems)) => {
            let words = problems.0.iter().map(|problem| crate::web::say::problem(&renderer.platform.wording, problem));
            let refused = Some(words.collect::<Vec<_>>().join(" "));
            (StatusCode::UNPROCESSABLE_ENTITY, Seen { refused, chosen: Some(chosen()), ..Seen::default() })
        }
        Err(error) => return Err(error),
    };
    let visit = Visit::<may::Answer>::begin(renderer, around, scope).await?;
    let (import, rows) = read(&visit, id).await?;
    Ok((status, preview::page(&visit, &import, &rows, &seen)?).into_response())
}

pub(super) async fn undo(
    renderer: Renderer,
    session: Session,
    Responder { scope, .. }: Responder<may::Answer>,
    Pair(_, id): Pair<AssessmentId, ImportId>,
) -> Result<Redirect> {
    let (back, stayed) = answers_import::undo(&renderer.platform, scope, id).await?;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let mut words = renderer.counted("portal.put_back", count(back));
    if stayed > 0 {
        words = format!("{words} {}", renderer.counted("portal.stayed", count(stayed)));
    }
    tell(&session, "success", words).await?;
    Ok(Redirect::to(&format!("{}/imports/{id}", base(scope))))
}

/// Makes a fresh preview from the same file, after answers moved on.
pub(super) async fn read_again(
    renderer: Renderer,
    Responder { scope, .. }: Responder<may::Answer>,
    Pair(_, id): Pair<AssessmentId, ImportId>,
) -> Result<Redirect> {
    let platform = &renderer.platform;
    let import = repo::imports::get(platform.db.read(), &scope, id).await?.ok_or(AppError::NotFound)?;
    let bytes = platform.blobs.get(&import.sha256).await?;
    let fresh = answers_import::preview(platform, &scope.into(), &import.file_name, bytes).await?;
    Ok(Redirect::to(&format!("{}/imports/{fresh}", base(scope))))
}
