//! A filled-in workbook comes back: uploaded, looked through, applied in whole or in part, and taken back.

use super::choosing::Chosen;
use super::evidence::megabytes;
use super::files::BYTES;
use super::filter::{Filter, Known};
use super::import_views::{ImportEntry, ImportsPage};
use super::preview::{self, Seen};
use super::sheets;
use super::visit::{Visit, base};
use super::words;
use crate::actions::Vendor;
use crate::actions::answers_import::{self, Choice, Group, Pick};
use crate::actions::parties::contact_name;
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::may;
use crate::web::attachment::attachment;
use crate::web::fields::Fields;
use crate::web::form::Posted;
use crate::web::once;
use crate::web::path::Pair;
use crate::web::portal::Responder;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use crate::web::upload::Upload;
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::ids::{AssessmentId, ContactId, ImportId};
use domain::problem::{Problem, Problems};
use entity::import;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use tower_sessions::Session;
use uuid::Uuid;

pub(super) async fn list(visit: Visit<may::Answer>) -> Result<Html<String>> {
    upload_page(&visit, &Posted::default()).await
}

async fn upload_page(visit: &Visit<may::Answer>, posted: &Posted) -> Result<Html<String>> {
    let platform = &visit.renderer.platform;
    let db = platform.db.read();
    let uploads = repo::imports::of_assessment(db, &visit.scope, visit.scope.assessment).await?;
    let counts = repo::imports::counts(db, &visit.scope, visit.scope.assessment).await?;
    let mut names: BTreeMap<Uuid, String> = BTreeMap::new();
    for contact in uploads.iter().filter_map(|row| row.contact_id).collect::<BTreeSet<_>>() {
        names.insert(contact, contact_name(db, visit.scope, ContactId(contact)).await?.unwrap_or_default());
    }
    let mut file = posted.field("file", visit.text("portal.imports.file", &[]));
    let most = megabytes(platform.config.limits.workbook_bytes as u64);
    file.hint = Some(visit.text("portal.imports.file_hint", &[("most", &most)]));
    file.accept = Some(".xlsx,.xlsm,.ods,.xls,.xlsb,.csv,.tsv");
    file.required = true;
    let entry = |row: import::Model| {
        let href = format!("{}/imports/{}", visit.base(), row.id);
        let (all, applied) = counts.get(&row.id).copied().unwrap_or_default();
        let since = row.undone_at.or(row.applied_at).map(words::moment);
        ImportEntry {
            file_href: format!("{href}/file"),
            href,
            size: words::size(row.size),
            hash: row.sha256,
            by: row.contact_id.and_then(|contact| names.get(&contact).cloned()).unwrap_or_default(),
            at: words::moment(row.created_at),
            state: visit.text(&format!("portal.import_state.{}", row.state), &[]),
            since,
            rows: visit.text("portal.imports.rows", &[("applied", &applied), ("all", &all)]),
            file: row.file_name,
        }
    };
    let view = ImportsPage {
        open: visit.opened.state.waits_for_vendor(),
        errors: posted.errors(),
        file,
        once: platform.clock.id::<ImportId>().to_string(),
        earlier: uploads.into_iter().map(entry).collect(),
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
        let mut upload = Upload::read(multipart, most).await?;
        // A form that was sent twice makes one preview.
        let once = once::of_form(upload.fields.one("once"));
        let file = upload.file("file")?;
        let by = Vendor { once, ..responder.vendor() };
        answers_import::preview(&renderer.platform, &by, &file.name, file.bytes).await
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
    #[serde(flatten)]
    filter: Filter,
    #[serde(default)]
    page: String,
}

async fn read<P>(visit: &Visit<P>, id: ImportId) -> Result<(import::Model, Vec<Known>)> {
    let db = visit.renderer.platform.db.read();
    let import = repo::imports::get(db, &visit.scope, id).await?.ok_or(AppError::NotFound)?;
    let rows = repo::imports::rows(db, &visit.scope, id).await?;
    Ok((import, Known::of(rows)?))
}

pub(super) async fn show(
    visit: Visit<may::Answer>,
    Pair(_, id): Pair<AssessmentId, ImportId>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>> {
    let (import, rows) = read(&visit, id).await?;
    preview::page(&visit, &import, &rows, &Seen { filter: wish.filter, page: wish.page, ..Seen::default() }).await
}

/// The file as it was uploaded, under its own name.
pub(super) async fn original(
    renderer: Renderer,
    Responder { scope, .. }: Responder<may::Answer>,
    Pair(_, id): Pair<AssessmentId, ImportId>,
) -> Result<Response> {
    let (import, bytes) = answers_import::original(&renderer.platform, scope, id).await?;
    Ok(attachment(&import.file_name, BYTES, bytes))
}

pub(super) async fn apply(
    renderer: Renderer,
    around: Around,
    session: Session,
    Responder { scope, .. }: Responder<may::Answer>,
    Pair(_, id): Pair<AssessmentId, ImportId>,
    fields: Fields,
) -> Result<Response> {
    let visit = Visit::<may::Answer>::begin(renderer, around, scope).await?;
    let platform = &visit.renderer.platform;
    let value = |name: &str| fields.one(name).to_owned();
    let filter =
        Filter { show: value("show"), section: value("section"), sure: value("sure"), q: value("q"), of: value("of") };
    let chosen = Chosen::of(&fields);
    let wanted = match fields.one("which") {
        "safe" => Ok(Choice::Safe),
        "shown" => shown(&visit, id, &filter, fields.one("count")).await?,
        _ => chosen.picks(&visit.opened).map(Choice::Rows),
    };
    let outcome = match wanted {
        Ok(choice) => answers_import::apply(platform, scope, id, &choice).await,
        Err(problems) => Err(Problems(problems).into()),
    };
    let seen = Seen { page: value("page"), filter, ..Seen::default() };
    let (status, seen) = match outcome {
        Ok(count) => {
            let words = visit.renderer.counted("portal.applied", i64::try_from(count).unwrap_or(i64::MAX));
            tell(&session, "success", words).await?;
            let address = seen.filter.address(&format!("{}/imports/{id}", base(scope)));
            return Ok(Redirect::to(&address).into_response());
        }
        Err(AppError::Changed(current)) => {
            let moved = current["questions"].as_array().into_iter().flatten();
            let moved = moved.filter_map(|question| question.as_str().map(str::to_owned)).collect();
            (StatusCode::CONFLICT, Seen { moved, chosen: Some(chosen), ..seen })
        }
        Err(AppError::Invalid(Problems(problems))) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Seen { problems, chosen: Some(chosen), ..seen })
        }
        Err(error) => return Err(error),
    };
    let (import, rows) = read(&visit, id).await?;
    Ok((status, preview::page(&visit, &import, &rows, &seen).await?).into_response())
}

/// Every row of a filter that can be applied as it stands. `count` is how many the page said there were.
async fn shown(
    visit: &Visit<may::Answer>,
    id: ImportId,
    filter: &Filter,
    count: &str,
) -> Result<std::result::Result<Choice, Vec<Problem>>> {
    let (_, rows) = read(visit, id).await?;
    if !matches!(filter.group(), Some(Group::Change | Group::Conflict | Group::Suggestion)) {
        return Ok(Err(vec![Problem::new("rows", "nothing-to-apply")]));
    }
    let kept = filter.kept(&rows, &visit.opened);
    let ready: BTreeMap<Uuid, Pick> =
        kept.iter().filter(|known| known.is_ready()).map(|known| (known.row.id, Pick::default())).collect();
    // Nobody confirms what was not shown.
    if count.parse() != Ok(ready.len()) {
        return Ok(Err(vec![Problem::new("rows", "rows-are-gone")]));
    }
    Ok(Ok(Choice::Rows(ready)))
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
