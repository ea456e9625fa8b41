//! Files beside answers: sent with the plain form or on their own, taken away, and read.

use super::question;
use super::visit::Visit;
use crate::actions::Vendor;
use crate::actions::evidence::{self, NewEvidence};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::VendorScope;
use crate::web::actor::may;
use crate::web::attachment::attachment;
use crate::web::path::Pair;
use crate::web::portal::Responder;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use crate::web::upload::{File, Upload};
use axum::extract::{Multipart, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::answer::iso_date;
use domain::ids::{AssessmentId, EvidenceId};
use domain::problem::Problem;
use domain::questionnaire::Section;
use serde_json::json;

/// Attaches a file on its own; asked for as a fragment, answers with the list of files as it now stands.
pub(super) async fn attach(
    renderer: Renderer,
    around: Around,
    responder: Responder,
    Path((_, id)): Path<(String, String)>,
    multipart: Multipart,
) -> Result<Response> {
    let mut upload = Upload::read(multipart, renderer.platform.config.limits.evidence_bytes).await?;
    let date = upload.fields.one("effective_from").to_owned();
    let scope = responder.scope;
    add(&renderer.platform, &responder.vendor(), &id, upload.file("file")?, &date).await?;
    let visit = Visit::<may::AnswerAssigned>::begin(renderer, around, scope).await?;
    let section = visit.opened.version.document.sections.iter().find_map(|section| {
        let question = section.questions.iter().find(|question| question.id == id)?;
        Some((section, question))
    });
    let (section, question) = section.ok_or(AppError::NotFound)?;
    if visit.around.fragment.as_deref() != Some("evidence") {
        return Ok(Redirect::to(&format!("{}/sections/{}#q-{id}", visit.base(), section.id)).into_response());
    }
    let files = question::evidence(&visit, question, false);
    let context = json!({ "evidence": files });
    let list = visit.renderer.platform.templates.render("partials/evidence", &context).map_err(AppError::internal)?;
    Ok(Html(list).into_response())
}

/// Adds a file whose date is still text.
///
/// # Errors
/// `effective-date-required` or `not-a-date` at `effective_on`, and what [`evidence::add`] refuses.
pub(super) async fn add(
    platform: &Platform,
    by: &Vendor,
    question: &str,
    file: File,
    date: &str,
) -> Result<entity::evidence::Model> {
    let date = date.trim();
    if date.is_empty() {
        return Err(Problem::new("effective_on", "effective-date-required").into());
    }
    let effective_on =
        iso_date::read(date).map_err(|_| Problem::new("effective_on", "not-a-date").with("given", date))?;
    evidence::add(platform, by, question, NewEvidence { file_name: file.name, bytes: file.bytes, effective_on }).await
}

/// What became of the files of a plain form.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// What is wrong with those that were not taken, by question.
    pub problems: Vec<(String, Problem)>,
    /// What broke off the taking; to be told after the answers beside the files were saved.
    pub failure: Option<AppError>,
}

/// Takes away and adds the files of a plain form.
pub(super) async fn from_form(
    platform: &Platform,
    scope: VendorScope,
    section: &Section,
    upload: &mut Upload,
) -> Taken {
    let mut taken = Taken::default();
    if let Ok(id) = upload.fields.one("remove_evidence").parse::<EvidenceId>() {
        match evidence::remove(platform, scope, id).await {
            Ok(row) => upload.fields.0.push(("removed_from".to_owned(), row.question_id)),
            // Clicked twice: it is gone, as was asked.
            Err(AppError::NotFound) => {}
            Err(error) => taken.failure = Some(error),
        }
    }
    for file in std::mem::take(&mut upload.files) {
        let Some(id) = file.field.strip_prefix("evidence:").map(str::to_owned) else { continue };
        if !section.questions.iter().any(|question| question.id == id) {
            continue;
        }
        let date = upload.fields.one(&format!("effective:{id}")).to_owned();
        match add(platform, &scope.into(), &id, file, &date).await {
            Ok(_) => {}
            Err(AppError::Invalid(refused)) => {
                taken.problems.extend(refused.0.into_iter().map(|problem| (id.clone(), problem.moved_to(id.clone()))));
            }
            Err(AppError::TooLarge { most, .. }) => {
                let problem = Problem::new(id.clone(), "file-too-large").with("most", megabytes(most));
                taken.problems.push((id, problem));
            }
            Err(error) => taken.failure = Some(error),
        }
    }
    taken
}

/// Whole megabytes of a limit.
pub(super) fn megabytes(bytes: u64) -> u64 {
    bytes >> 20
}

pub(super) async fn download(
    State(platform): State<Platform>,
    Responder { scope, .. }: Responder,
    Pair(_, id): Pair<AssessmentId, EvidenceId>,
) -> Result<Response> {
    let (row, bytes) = evidence::read(&platform, scope, scope.assessment, id).await?;
    Ok(attachment(&row.file_name, &row.media_type, bytes))
}
