//! The API of imports. `/imports/{import}` is one address for both kinds: a vendor's session reaches the workbooks of
//! its assessments, a caller for the buyer the uploads into their register.

use super::answers_api::vendor;
use crate::actions::answers_import::{self, Choice};
use crate::actions::register_import::{self, Settings};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, Tenant, VendorScope};
use crate::web::actor::Caller;
use crate::web::api::{Body, Made};
use crate::web::failure::{FieldProblem, ProblemDocument};
use crate::web::moment::rfc3339;
use crate::web::path::Id;
use crate::web::portal::{Party, Responders};
use crate::web::say;
use crate::web::upload::Upload;
use axum::Json;
use axum::extract::{Multipart, State};
use domain::access::Permission;
use domain::ids::ImportId;
use domain::problem::Problem;
use entity::{import, import_row};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// An uploaded workbook or register, and what would become of each row.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportDocument {
    id: Uuid,
    /// `answers` or `register`.
    kind: String,
    /// Null for a register.
    assessment: Option<Uuid>,
    file_name: String,
    sha256: String,
    /// `preview`, `applied` or `undone`; a register also `staging`.
    state: String,
    /// How many rows of each verdict; for a register, what was read.
    #[schema(value_type = Object)]
    summary: Value,
    created_at: String,
    applied_at: Option<String>,
    undone_at: Option<String>,
    rows: Vec<ImportRow>,
}

/// A row of an import.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportRow {
    id: Uuid,
    /// Sheet and cell: `Answers!D14`.
    place: String,
    /// `new`, `changed`, `unchanged`, `conflict`, `invalid` or `unknown`.
    verdict: String,
    question: Option<String>,
    label: String,
    /// Reply and comment as the workbook has them.
    #[schema(value_type = Option<Object>)]
    proposed: Option<Value>,
    /// Reply and comment as they stood at the time of the preview.
    #[schema(value_type = Option<Object>)]
    current: Option<Value>,
    problem: Option<FieldProblem>,
    applied: bool,
}

/// Which rows to apply.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplyInput {
    /// Ids of rows: a conflict among them is decided for the workbook. Absent: everything new and changed. Answers only.
    #[serde(default)]
    rows: Option<BTreeSet<Uuid>>,
    /// Where product cells are taken apart. Registers only.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    separators: Option<Value>,
}

/// What applying or undoing did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportOutcome {
    /// The import as it stands now.
    import: ImportDocument,
    /// Answers that were written or put back.
    changed: Option<usize>,
    /// Answers that stayed as they are, because they were changed since.
    stayed: Option<usize>,
}

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

async fn document(platform: &Platform, owner: &Owner, id: ImportId) -> Result<ImportDocument> {
    match owner {
        Owner::Vendor(scope) => read(platform, scope, id).await,
        Owner::Buyer(caller) => read(platform, &caller.scope(), id).await,
    }
}

async fn read(platform: &Platform, scope: &impl Tenant, id: ImportId) -> Result<ImportDocument> {
    let row: import::Model = repo::imports::get(platform.db.read(), scope, id).await?.ok_or(AppError::NotFound)?;
    let rows = repo::imports::rows(platform.db.read(), scope, id).await?;
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
        rows: rows.into_iter().map(|row| import_row(platform, row)).collect::<Result<_>>()?,
    })
}

fn import_row(platform: &Platform, row: import_row::Model) -> Result<ImportRow> {
    let problem: Option<Problem> = row.problem.map(serde_json::from_value).transpose()?;
    Ok(ImportRow {
        id: row.id,
        place: row.place,
        verdict: row.verdict,
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
        applied: row.applied,
    })
}

/// A workbook to be read.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a multipart form, which is read field by field")]
pub(super) struct WorkbookForm {
    /// The workbook.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
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
    Ok(Made(format!("/api/v1/imports/{id}"), read(&platform, &by.scope, id).await?))
}

/// An import as it stands.
#[utoipa::path(get, path = "/imports/{import}", operation_id = "read_import", tag = "imports", params(("import" = Uuid, Path)),
    responses((status = 200, body = ImportDocument), (status = 401, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
pub(super) async fn get(
    State(platform): State<Platform>,
    responders: Responders,
    caller: Result<Caller>,
    Id(id): Id<ImportId>,
) -> Result<Json<ImportDocument>> {
    let owner = owner(&platform, responders, caller, id, Permission::Read).await?;
    Ok(Json(document(&platform, &owner, id).await?))
}

/// Applies rows of a preview, all of them or none.
#[utoipa::path(post, path = "/imports/{import}/apply", operation_id = "apply_import", tag = "imports", params(("import" = Uuid, Path)),
    request_body = ApplyInput,
    responses((status = 200, body = ImportOutcome), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn apply(
    State(platform): State<Platform>,
    responders: Responders,
    caller: Result<Caller>,
    Id(id): Id<ImportId>,
    Body(input): Body<ApplyInput>,
) -> Result<Json<ImportOutcome>> {
    let owner = owner(&platform, responders, caller, id, Permission::EditRegister).await?;
    let changed = match &owner {
        Owner::Vendor(scope) => Some(answers_import::apply(&platform, *scope, id, &chosen(input.rows)).await?),
        Owner::Buyer(caller) => {
            let settings = settings(input.separators)?;
            register_import::apply(&platform, &caller.buyer(), id, &settings).await?;
            None
        }
    };
    Ok(Json(ImportOutcome { import: document(&platform, &owner, id).await?, changed, stayed: None }))
}

fn chosen(rows: Option<BTreeSet<Uuid>>) -> Choice {
    rows.map_or(Choice::Safe, Choice::Rows)
}

fn settings(separators: Option<Value>) -> Result<Settings> {
    let Some(separators) = separators else { return Ok(Settings::default()) };
    let read = serde_json::from_value(json!({ "separators": separators }));
    Ok(read.map_err(|error| Problem::new("separators", "not-the-json-expected").with("reason", error))?)
}

/// Takes an applied import back. What was changed since stays as it is.
#[utoipa::path(post, path = "/imports/{import}/undo", operation_id = "undo_import", tag = "imports", params(("import" = Uuid, Path)),
    responses((status = 200, body = ImportOutcome), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument)))]
pub(super) async fn undo(
    State(platform): State<Platform>,
    responders: Responders,
    caller: Result<Caller>,
    Id(id): Id<ImportId>,
) -> Result<Json<ImportOutcome>> {
    let owner = owner(&platform, responders, caller, id, Permission::EditRegister).await?;
    let (changed, stayed) = match &owner {
        Owner::Vendor(scope) => {
            let (changed, stayed) = answers_import::undo(&platform, *scope, id).await?;
            (Some(changed), Some(stayed))
        }
        Owner::Buyer(caller) => {
            register_import::undo(&platform, &caller.buyer(), id).await?;
            (None, None)
        }
    };
    Ok(Json(ImportOutcome { import: document(&platform, &owner, id).await?, changed, stayed }))
}
