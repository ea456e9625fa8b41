//! The API of imports. `/imports/{import}` is one address for both kinds: a vendor's session reaches the workbooks of
//! its assessments, a caller for the buyer the uploads into their register.

use super::answers_api::vendor;
use super::files::BYTES;
use super::filter::{Filter, Known};
use super::imports_dto::{
    ApplyInput, ChosenRow, ImportCandidate, ImportDocument, ImportOutcome, ImportRow, ImportSummary, Part, RowInput,
    WorkbookForm,
};
use crate::actions::answers_import::{self, Candidate, Choice, Group, Pick};
use crate::actions::failed;
use crate::actions::parties::contact_name;
use crate::actions::questionnaire::Opened;
use crate::actions::register_import::{self, Settings};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope, Tenant, VendorScope};
use crate::web::actor::Caller;
use crate::web::api::{Body, Made};
use crate::web::attachment::attachment;
use crate::web::failure::{FieldProblem, ProblemDocument};
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use crate::web::path::Id;
use crate::web::portal::{Party, Responders};
use crate::web::progress::ImportProgress;
use crate::web::say;
use crate::web::upload::Upload;
use axum::Json;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::ids::{AssessmentId, ContactId, ImportId};
use domain::problem::Problem;
use entity::import;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Rows of a list that cannot be read, were withheld, or are to be looked at.
const TOLD: [&str; 3] = ["invalid", "skipped", "ask"];

/// Whose import it is.
enum Owner {
    Vendor(VendorScope),
    Buyer(Box<Caller>),
}

/// Finds which side's import it is: the session's own workbooks first, then the register of the caller.
async fn owner(
    platform: &Platform,
    responders: Responders,
    caller: Result<Caller>,
    id: ImportId,
    permission: Permission,
) -> Result<Owner> {
    let (whole, narrowed): (Vec<_>, Vec<_>) = responders.0.into_iter().partition(|scope| scope.may(Permission::Answer));
    let unknown = match (whole.is_empty(), narrowed.is_empty()) {
        (false, _) => AppError::NotFound,
        (true, false) => AppError::Forbidden,
        (true, true) => AppError::Unauthenticated,
    };
    for scope in whole {
        if repo::imports::get(platform.db.read(), &scope, id).await?.is_some() {
            return Ok(Owner::Vendor(scope));
        }
    }
    let caller = match caller {
        Err(AppError::Unauthenticated) => return Err(unknown),
        other => other?,
    };
    if !caller.may(permission) {
        // Whoever answers for a vendor learns nothing of imports that are not theirs.
        return Err(if caller.may(Permission::Answer) { AppError::NotFound } else { AppError::Forbidden });
    }
    let import = repo::imports::get(platform.db.read(), &caller.scope(), id).await?;
    import.filter(|import| import.kind == "register").ok_or(AppError::NotFound)?;
    Ok(Owner::Buyer(Box::new(caller)))
}

async fn document(
    platform: &Platform,
    owner: &Owner,
    id: ImportId,
    filter: &Filter,
    part: &Part,
) -> Result<ImportDocument> {
    match owner {
        Owner::Vendor(scope) => read(platform, scope, id, filter, part).await,
        Owner::Buyer(caller) => read(platform, &caller.scope(), id, filter, part).await,
    }
}

async fn read(
    platform: &Platform,
    scope: &impl Tenant,
    id: ImportId,
    filter: &Filter,
    part: &Part,
) -> Result<ImportDocument> {
    let db = platform.db.read();
    let row: import::Model = repo::imports::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    // What a list would change is read by itself, page by page.
    let rows = match row.kind.as_str() {
        "register" => repo::imports::some_rows(db, scope, id, &TOLD, None, u64::from(u32::MAX)).await?,
        _ => repo::imports::rows(db, scope, id).await?,
    };
    let rows = Known::of(rows)?;
    let mut groups: BTreeMap<&'static str, usize> = Group::ALL.into_iter().map(|group| (group.name(), 0)).collect();
    for known in &rows {
        *groups.entry(known.verdict.group().name()).or_default() += 1;
    }
    let kept = match row.assessment_id {
        Some(assessment) => filter.kept(&rows, &Opened::read(platform, scope, AssessmentId(assessment)).await?),
        None => rows.iter().collect(),
    };
    let from = match part.cursor {
        Some(after) => {
            let at = kept.iter().position(|known| known.row.id == after);
            at.map(|at| at + 1).ok_or_else(|| Problem::new("cursor", "not-a-cursor"))?
        }
        None => 0,
    };
    let most = platform.config.limits.api_page_rows;
    let limit = usize::try_from(part.limit.unwrap_or(most).clamp(1, most)).unwrap_or(1);
    let page: Vec<&Known> = kept.iter().skip(from).take(limit).copied().collect();
    let next = page.last().map(|last| last.row.id).filter(|_| from + page.len() < kept.len());
    let uploaded_by = match row.contact_id {
        Some(contact) => contact_name(db, SystemScope.acting_for(scope.organisation()), ContactId(contact)).await?,
        None => None,
    };
    let (progress, failed) = (ImportProgress::of(&row), failed(&row).map(str::to_owned));
    Ok(ImportDocument {
        id: row.id,
        kind: row.kind,
        assessment: row.assessment_id,
        file_name: row.file_name,
        sha256: row.sha256,
        state: row.state,
        summary: row.summary,
        created_at: rfc3339(row.created_at),
        applied_at: row.applied_at.map(rfc3339),
        undone_at: row.undone_at.map(rfc3339),
        saved_on: row.settings["saved_on"].as_str().map(str::to_owned),
        uploaded_by,
        progress,
        failed,
        groups,
        rows: page.into_iter().map(|known| import_row(platform, known)).collect::<Result<_>>()?,
        next,
    })
}

fn import_row(platform: &Platform, known: &Known) -> Result<ImportRow> {
    let (row, details) = (known.row.clone(), known.details.clone());
    let problem: Option<Problem> = row.problem.map(serde_json::from_value).transpose()?;
    let candidate = |candidate: Candidate| ImportCandidate {
        question: candidate.question,
        certainty: candidate.certainty,
        reply: candidate.reply,
        refused: candidate.refused,
        options: candidate.options,
        revision: candidate.revision,
    };
    Ok(ImportRow {
        id: row.id,
        place: row.place,
        verdict: row.verdict,
        group: known.verdict.group().name(),
        question: row.question_id,
        label: row.label,
        proposed: row.proposed,
        current: row.current,
        problem: problem.map(|problem| FieldProblem {
            message: say::problem(&platform.wording, &problem),
            with: problem.with.iter().map(|(name, value)| (name.clone(), json!(value))).collect(),
            at: problem.at,
            code: problem.code,
        }),
        text: details.text,
        given: details.given,
        comment: details.comment,
        certainty: details.certainty,
        by: details.by,
        shared: details.shared,
        by_way: details.by_way,
        candidates: details.candidates.into_iter().map(candidate).collect(),
        applied: row.applied,
    })
}

/// Reads a filled-in workbook and says what each row would do. Nothing of it is an answer yet.
#[utoipa::path(post, path = "/assessments/{assessment}/imports", operation_id = "preview_answers", tag = "imports",
    params(("assessment" = Uuid, Path)),
    request_body(content = inline(WorkbookForm), content_type = "multipart/form-data"),
    responses((status = 201, body = ImportDocument), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 413, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn upload(
    State(platform): State<Platform>,
    party: Party,
    multipart: Multipart,
) -> Result<Made<ImportDocument>> {
    let by = vendor(&party, Permission::Answer)?;
    let file = Upload::read(multipart, platform.config.limits.workbook_bytes).await?.file("file")?;
    let id = answers_import::preview(&platform, by, &file.name, file.bytes).await?;
    Ok(Made(
        format!("/api/v1/imports/{id}"),
        read(&platform, &by.scope, id, &Filter::default(), &Part::default()).await?,
    ))
}

/// The workbooks that were uploaded for an assessment, newest first. The list comes whole: `next` is always null.
#[utoipa::path(get, path = "/assessments/{assessment}/imports", operation_id = "list_imports", tag = "imports",
    params(("assessment" = Uuid, Path)),
    responses((status = 200, body = Items<ImportSummary>), (status = 401, body = ProblemDocument),
        (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
pub(super) async fn list(State(platform): State<Platform>, party: Party) -> Result<Json<Items<ImportSummary>>> {
    let scope = vendor(&party, Permission::Answer)?.scope;
    let db = platform.db.read();
    let counts = repo::imports::counts(db, &scope, scope.assessment).await?;
    let mut items = Vec::new();
    for row in repo::imports::of_assessment(db, &scope, scope.assessment).await? {
        let (rows, applied) = counts.get(&row.id).copied().unwrap_or_default();
        let uploaded_by = match row.contact_id {
            Some(contact) => contact_name(db, scope, ContactId(contact)).await?,
            None => None,
        };
        items.push(ImportSummary {
            id: row.id,
            file_name: row.file_name,
            size: row.size,
            sha256: row.sha256,
            state: row.state,
            uploaded_by,
            created_at: rfc3339(row.created_at),
            applied_at: row.applied_at.map(rfc3339),
            undone_at: row.undone_at.map(rfc3339),
            rows,
            applied,
        });
    }
    Ok(Json(Items { items, next: None }))
}

/// An import as it stands, with the rows that the filter keeps.
#[utoipa::path(get, path = "/imports/{import}", operation_id = "read_import", tag = "imports",
    params(("import" = Uuid, Path), Filter, Part),
    responses((status = 200, body = ImportDocument), (status = 401, body = ProblemDocument), (status = 404, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn get(
    State(platform): State<Platform>,
    responders: Responders,
    caller: Result<Caller>,
    Id(id): Id<ImportId>,
    filter: Query<Filter>,
    part: Query<Part>,
) -> Result<Json<ImportDocument>> {
    let owner = owner(&platform, responders, caller, id, Permission::Read).await?;
    Ok(Json(document(&platform, &owner, id, &filter, &part).await?))
}

/// The workbook as it was uploaded. Answers only.
#[utoipa::path(get, path = "/imports/{import}/file", operation_id = "download_import", tag = "imports",
    params(("import" = Uuid, Path)),
    responses((status = 200, description = "The file, as an attachment", content_type = "application/octet-stream"),
        (status = 401, body = ProblemDocument), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
pub(super) async fn file(
    State(platform): State<Platform>,
    responders: Responders,
    caller: Result<Caller>,
    Id(id): Id<ImportId>,
) -> Result<Response> {
    match owner(&platform, responders, caller, id, Permission::Read).await? {
        Owner::Vendor(scope) => {
            let (import, bytes) = answers_import::original(&platform, scope, id).await?;
            Ok(attachment(&import.file_name, BYTES, bytes))
        }
        Owner::Buyer(_) => Err(AppError::NotFound),
    }
}

/// Applies rows of a preview, all of them or none.
#[utoipa::path(post, path = "/imports/{import}/apply", operation_id = "apply_import", tag = "imports", params(("import" = Uuid, Path)),
    request_body = ApplyInput,
    responses((status = 200, body = ImportOutcome),
        (status = 202, body = ImportOutcome, description = "It takes long and goes on: `progress`"),
        (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn apply(
    State(platform): State<Platform>,
    responders: Responders,
    caller: Result<Caller>,
    Id(id): Id<ImportId>,
    Body(input): Body<ApplyInput>,
) -> Result<(StatusCode, Json<ImportOutcome>)> {
    let owner = owner(&platform, responders, caller, id, Permission::EditRegister).await?;
    let (status, changed) = match &owner {
        Owner::Vendor(scope) => {
            (StatusCode::OK, Some(answers_import::apply(&platform, *scope, id, &chosen(input.rows)).await?))
        }
        Owner::Buyer(caller) => {
            let settings = settings(input.separators)?;
            (status(register_import::begin_apply(&platform, &caller.buyer(), id, settings).await?), None)
        }
    };
    let import = document(&platform, &owner, id, &Filter::default(), &Part::default()).await?;
    Ok((status, Json(ImportOutcome { import, changed, stayed: None })))
}

/// What takes long goes on.
fn status(done: Option<()>) -> StatusCode {
    done.map_or(StatusCode::ACCEPTED, |()| StatusCode::OK)
}

fn chosen(rows: Option<Vec<RowInput>>) -> Choice {
    let Some(rows) = rows else { return Choice::Safe };
    let pick = |row: RowInput| match row {
        RowInput::AsItStands(row) => (row, Pick::default()),
        RowInput::Chosen(ChosenRow { row, question, option, revision }) => (row, Pick { question, option, revision }),
    };
    Choice::Rows(rows.into_iter().map(pick).collect())
}

fn settings(separators: Option<Value>) -> Result<Settings> {
    let Some(separators) = separators else { return Ok(Settings::default()) };
    let read = serde_json::from_value(json!({ "separators": separators }));
    Ok(read.map_err(|error| Problem::new("separators", "not-the-json-expected").with("reason", error))?)
}

/// Takes an applied import back. What was changed since stays as it is.
#[utoipa::path(post, path = "/imports/{import}/undo", operation_id = "undo_import", tag = "imports", params(("import" = Uuid, Path)),
    responses((status = 200, body = ImportOutcome),
        (status = 202, body = ImportOutcome, description = "It takes long and goes on: `progress`"),
        (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
pub(super) async fn undo(
    State(platform): State<Platform>,
    responders: Responders,
    caller: Result<Caller>,
    Id(id): Id<ImportId>,
) -> Result<(StatusCode, Json<ImportOutcome>)> {
    let owner = owner(&platform, responders, caller, id, Permission::EditRegister).await?;
    let (status, changed, stayed) = match &owner {
        Owner::Vendor(scope) => {
            let (changed, stayed) = answers_import::undo(&platform, *scope, id).await?;
            (StatusCode::OK, Some(changed), Some(stayed))
        }
        Owner::Buyer(caller) => {
            (status(register_import::begin_undo(&platform, &caller.buyer(), id).await?), None, None)
        }
    };
    let import = document(&platform, &owner, id, &Filter::default(), &Part::default()).await?;
    Ok((status, Json(ImportOutcome { import, changed, stayed })))
}
