//! What the buyer found, for a vendor's programs that act in a person's session.

use super::answers_api::vendor;
use crate::actions::findings::{NewFile, Taking, add_file_as_vendor, take_as_vendor};
use crate::actions::threads::{self, About};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, VendorScope};
use crate::web::api::{Body, IfMatch, Made, Tagged};
use crate::web::failure::ProblemDocument;
use crate::web::finding::dto::{FindingDto, FindingFileDto, StepBody};
use crate::web::paging::Items;
use crate::web::path::Pair;
use crate::web::portal::Party;
use crate::web::upload::Upload;
use axum::Json;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use domain::access::Permission;
use domain::ids::{AssessmentId, FindingId};
use serde::Deserialize;
use utoipa::ToSchema;

/// Lists what was raised about what the vendor answers for.
#[utoipa::path(get, path = "/assessments/{assessment}/findings", tag = "findings",
    params(("assessment" = Uuid, Path)), responses((status = 200, body = Items<FindingDto>)))]
pub(super) async fn list(State(platform): State<Platform>, party: Party) -> Result<Json<Items<FindingDto>>> {
    let rows = repo::findings::all_raised(platform.db.read(), vendor(&party, Permission::Answer)?.scope).await?;
    Ok(Json(Items { items: rows.into_iter().map(FindingDto::for_vendor).collect(), next: None }))
}

async fn one(platform: &Platform, scope: VendorScope, id: FindingId) -> Result<Tagged<FindingDto>> {
    let row = repo::findings::get_raised(platform.db.read(), scope, id).await?.ok_or(AppError::NotFound)?;
    Ok(Tagged(row.revision, FindingDto::for_vendor(row)))
}

/// Shows a finding that was raised.
#[utoipa::path(get, path = "/assessments/{assessment}/findings/{finding}", tag = "findings",
    params(("assessment" = Uuid, Path), ("finding" = Uuid, Path)),
    responses((status = 200, body = FindingDto), (status = 404, body = ProblemDocument)))]
pub(super) async fn show(
    State(platform): State<Platform>,
    party: Party,
    Pair(_assessment, id): Pair<AssessmentId, FindingId>,
) -> Result<Tagged<FindingDto>> {
    one(&platform, vendor(&party, Permission::Answer)?.scope, id).await
}

/// Takes one of the vendor's steps: `plan`, `act`, `report`.
#[utoipa::path(post, path = "/assessments/{assessment}/findings/{finding}/steps", tag = "findings",
    request_body = StepBody,
    params(("assessment" = Uuid, Path), ("finding" = Uuid, Path),
        ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = FindingDto), (status = 403, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn step(
    State(platform): State<Platform>,
    party: Party,
    Pair(_assessment, id): Pair<AssessmentId, FindingId>,
    IfMatch(seen): IfMatch,
    Body(body): Body<StepBody>,
) -> Result<Tagged<FindingDto>> {
    let by = vendor(&party, Permission::Answer)?;
    // Whether there is such a finding comes before what is to be done with it.
    one(&platform, by.scope, id).await?;
    take_as_vendor(&platform, by, id, &Taking { seen, wanted: body.parsed()? }).await?;
    one(&platform, by.scope, id).await
}

/// A file that shows what was done.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form")]
pub(super) struct FindingFileForm {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Adds a file that shows what was done.
#[utoipa::path(post, path = "/assessments/{assessment}/findings/{finding}/files", tag = "findings",
    request_body(content = inline(FindingFileForm), content_type = "multipart/form-data"),
    params(("assessment" = Uuid, Path), ("finding" = Uuid, Path)),
    responses((status = 201, body = FindingFileDto), (status = 409, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn attach(
    State(platform): State<Platform>,
    party: Party,
    Pair(assessment, id): Pair<AssessmentId, FindingId>,
    multipart: Multipart,
) -> Result<Made<FindingFileDto>> {
    let by = vendor(&party, Permission::Answer)?;
    let mut upload = Upload::read(multipart, platform.config.limits.evidence_bytes).await?;
    let file = upload.file("file")?;
    let file = NewFile { file_name: file.name, bytes: file.bytes };
    let row = add_file_as_vendor(&platform, by, id, file).await?;
    Ok(Made(format!("/api/v1/assessments/{assessment}/findings/{id}"), row.into()))
}

/// A note to the other side.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VendorNoteBody {
    /// What to say.
    words: String,
}

/// Writes to the buyer about a finding.
#[utoipa::path(post, path = "/assessments/{assessment}/findings/{finding}/notes", tag = "findings",
    request_body = VendorNoteBody,
    params(("assessment" = Uuid, Path), ("finding" = Uuid, Path)),
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn note(
    State(platform): State<Platform>,
    party: Party,
    Pair(_assessment, id): Pair<AssessmentId, FindingId>,
    Body(body): Body<VendorNoteBody>,
) -> Result<StatusCode> {
    threads::answer(&platform, vendor(&party, Permission::Answer)?, &About::Finding(id), &body.words).await?;
    Ok(StatusCode::NO_CONTENT)
}
