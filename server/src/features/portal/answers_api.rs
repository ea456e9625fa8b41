//! The API of answers, evidence, the workbook and submitting. A vendor's session reads and writes; whoever may read for
//! the buyer reads.

use super::evidence as files;
use super::workbook as out;
use crate::actions::audit::disclosed;
use crate::actions::evidence as beside;
use crate::actions::parties::Parties;
use crate::actions::questionnaire::Opened;
use crate::actions::save_answer::{self, Said, Saved};
use crate::actions::submit::{self as submitting, Attestation};
use crate::actions::{Actor, Vendor};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::Tenant;
use crate::web::api::{Body, IfMatch, Made, Tagged};
use crate::web::attachment::attachment;
use crate::web::failure::ProblemDocument;
use crate::web::language::Reads;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use crate::web::path::{Id, Pair};
use crate::web::portal::Party;
use crate::web::upload::Upload;
use axum::Json;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::Permission;
use domain::answer::{Reply, iso_date};
use domain::ids::{AssessmentId, EvidenceId};
use entity::{evidence, submission};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a vendor wants to stand there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerInput {
    /// A tagged object: `{"kind": "choice", "option": "yes"}`; null takes the present reply away.
    #[schema(value_type = Option<Object>)]
    reply: Option<Reply>,
    /// A comment beside it.
    #[serde(default)]
    comment: Option<String>,
}

impl From<AnswerInput> for Said {
    fn from(input: AnswerInput) -> Self {
        Self { reply: input.reply, comment: input.comment }
    }
}

/// How many questions are answered, and asked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Answered {
    answered: i64,
    of: i64,
}

/// An answer that was saved, and what it did to the questionnaire.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SavedAnswer {
    question: String,
    #[schema(value_type = Option<Object>)]
    reply: Option<Reply>,
    comment: Option<String>,
    /// The `ETag` for the next change.
    revision: i64,
    saved_at: String,
    progress: Answered,
    /// Conditional questions that are not asked.
    hidden: Vec<String>,
    /// Conditional questions that are asked.
    shown: Vec<String>,
}

impl SavedAnswer {
    pub fn of(question: String, saved: Saved) -> Self {
        let (answered, of) = saved.progress;
        Self {
            question,
            reply: saved.said.reply,
            comment: saved.said.comment,
            revision: saved.revision,
            saved_at: rfc3339(saved.saved_at),
            progress: Answered { answered, of },
            hidden: saved.hidden,
            shown: saved.shown,
        }
    }
}

/// What stands at a question.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AnswerItem {
    question: String,
    #[schema(value_type = Option<Object>)]
    reply: Option<Value>,
    comment: Option<String>,
    /// 0 where nothing was ever saved.
    revision: i64,
    changed_at: Option<String>,
    /// Where it came from: typed, or a cell of an import.
    #[schema(value_type = Option<Object>)]
    source: Option<Value>,
    /// Whether the question is asked, given the other answers.
    asked: bool,
    evidence: Vec<EvidenceItem>,
}

/// A file beside an answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EvidenceItem {
    id: Uuid,
    question: String,
    file_name: String,
    media_type: String,
    /// Bytes.
    size: i64,
    sha256: String,
    /// From when it is effective: `2026-11-21`.
    effective_on: String,
    added_at: String,
}

impl From<&evidence::Model> for EvidenceItem {
    fn from(row: &evidence::Model) -> Self {
        Self {
            id: row.id,
            question: row.question_id.clone(),
            file_name: row.file_name.clone(),
            media_type: row.media_type.clone(),
            size: row.size,
            sha256: row.sha256.clone(),
            effective_on: iso_date::write(row.effective_on),
            added_at: rfc3339(row.added_at),
        }
    }
}

fn answer_item(opened: &Opened, question: &str) -> AnswerItem {
    let row = opened.answers.get(question);
    AnswerItem {
        question: question.to_owned(),
        reply: row.and_then(|row| row.reply.clone()),
        comment: row.and_then(|row| row.comment.clone()),
        revision: row.map_or(0, |row| row.revision),
        changed_at: row.map(|row| rfc3339(row.changed_at)),
        source: row.map(|row| row.source.clone()),
        asked: opened.visibility.shows(question),
        evidence: opened.evidence.get(question).into_iter().flatten().map(EvidenceItem::from).collect(),
    }
}

/// Reads the assessment for whichever side asks. The buyer reads what was submitted: nothing while the vendor is at it.
async fn read(platform: &Platform, party: &Party, id: AssessmentId) -> Result<Opened> {
    match party {
        Party::Buyer(caller) => {
            let opened = Opened::read(platform, &caller.scope(), id).await?;
            let at_it = opened.state.waits_for_vendor() || opened.assessment.round == 0;
            if at_it { Err(AppError::NotNow(opened.state.name())) } else { Ok(opened) }
        }
        Party::Vendor(by) => Opened::read(platform, &by.scope, id).await,
    }
}

/// The vendor, where the role allows it; the buyer may not write a vendor's answers.
pub(super) fn vendor(party: &Party, permission: Permission) -> Result<&Vendor> {
    match party {
        Party::Vendor(by) if by.scope.may(permission) => Ok(by),
        _ => Err(AppError::Forbidden),
    }
}

/// Every question of the assessment, in the order in which they are asked, with what stands there. The list is bounded
/// by the questionnaire and comes whole: `next` is always null.
#[utoipa::path(get, path = "/assessments/{assessment}/answers", operation_id = "list_answers", tag = "answers",
    params(("assessment" = Uuid, Path)),
    responses((status = 200, body = Items<AnswerItem>), (status = 401, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    party: Party,
    Id(id): Id<AssessmentId>,
) -> Result<Json<Items<AnswerItem>>> {
    let opened = read(&platform, &party, id).await?;
    let items = opened.version.document.questions().map(|question| answer_item(&opened, &question.id)).collect();
    Ok(Json(Items { items, next: None }))
}

/// What stands at one question; the `ETag` is its revision.
#[utoipa::path(get, path = "/assessments/{assessment}/answers/{question}", operation_id = "read_answer", tag = "answers",
    params(("assessment" = Uuid, Path), ("question" = String, Path)),
    responses((status = 200, body = AnswerItem), (status = 404, body = ProblemDocument)))]
pub(super) async fn get(
    State(platform): State<Platform>,
    party: Party,
    Path((id, question)): Path<(AssessmentId, String)>,
) -> Result<Tagged<AnswerItem>> {
    let opened = read(&platform, &party, id).await?;
    opened.version.document.question(&question).ok_or(AppError::NotFound)?;
    let item = answer_item(&opened, &question);
    Ok(Tagged(item.revision, item))
}

/// Saves an answer. With `If-Match` it is refused when somebody else saved another one meanwhile; the problem's
/// `current` then says what stands there.
#[utoipa::path(put, path = "/assessments/{assessment}/answers/{question}", operation_id = "save_answer", tag = "answers",
    params(("assessment" = Uuid, Path), ("question" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = AnswerInput,
    responses((status = 200, body = SavedAnswer), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn put(
    State(platform): State<Platform>,
    party: Party,
    Pair(_assessment, question): Pair<AssessmentId, String>,
    IfMatch(expected): IfMatch,
    Body(input): Body<AnswerInput>,
) -> Result<Tagged<SavedAnswer>> {
    let saved = save_answer::save(
        &platform,
        vendor(&party, Permission::AnswerAssigned)?.scope,
        &question,
        input.into(),
        expected,
    )
    .await?;
    Ok(Tagged(saved.revision, SavedAnswer::of(question, saved)))
}

/// The files of an assessment, oldest first. The list comes whole: `next` is always null.
#[utoipa::path(get, path = "/assessments/{assessment}/evidence", operation_id = "list_evidence", tag = "answers",
    params(("assessment" = Uuid, Path)),
    responses((status = 200, body = Items<EvidenceItem>), (status = 404, body = ProblemDocument)))]
pub(super) async fn evidence(
    State(platform): State<Platform>,
    party: Party,
    Id(id): Id<AssessmentId>,
) -> Result<Json<Items<EvidenceItem>>> {
    let opened = read(&platform, &party, id).await?;
    let mut files: Vec<&evidence::Model> = opened.evidence.values().flatten().collect();
    files.sort_by_key(|file| file.id);
    Ok(Json(Items { items: files.into_iter().map(EvidenceItem::from).collect(), next: None }))
}

/// A file to be attached.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a multipart form, which is read field by field")]
pub(super) struct EvidenceForm {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The question's id.
    question: String,
    /// From when it is effective: `2026-11-21`.
    effective_on: String,
}

/// Attaches a file to a question.
#[utoipa::path(post, path = "/assessments/{assessment}/evidence", operation_id = "attach_evidence", tag = "answers",
    params(("assessment" = Uuid, Path)),
    request_body(content = inline(EvidenceForm), content_type = "multipart/form-data"),
    responses((status = 201, body = EvidenceItem), (status = 403, body = ProblemDocument), (status = 413, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn attach(
    State(platform): State<Platform>,
    party: Party,
    Id(id): Id<AssessmentId>,
    multipart: Multipart,
) -> Result<Made<EvidenceItem>> {
    let by = vendor(&party, Permission::AnswerAssigned)?;
    let mut upload = Upload::read(multipart, platform.config.limits.evidence_bytes).await?;
    let file = upload.file("file")?;
    let (question, date) = (upload.fields.one("question"), upload.fields.one("effective_on"));
    let row = files::add(&platform, by, question, file, date).await?;
    Ok(Made(format!("/api/v1/assessments/{id}/evidence/{}", row.id), EvidenceItem::from(&row)))
}

/// The content of a file.
#[utoipa::path(get, path = "/assessments/{assessment}/evidence/{evidence}", operation_id = "download_evidence", tag = "answers",
    params(("assessment" = Uuid, Path), ("evidence" = Uuid, Path)),
    responses((status = 200, description = "The file, as an attachment", content_type = "application/octet-stream"),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn download(
    State(platform): State<Platform>,
    party: Party,
    Path((assessment, id)): Path<(AssessmentId, EvidenceId)>,
) -> Result<Response> {
    let (row, bytes) = match &party {
        Party::Buyer(caller) => beside::read_submitted(&platform, &caller.buyer(), assessment, id).await?,
        Party::Vendor(by) => beside::read(&platform, by.scope, assessment, id).await?,
    };
    Ok(attachment(&row.file_name, &row.media_type, bytes))
}

/// Takes a file away from an answer; submissions that named it keep it.
#[utoipa::path(delete, path = "/assessments/{assessment}/evidence/{evidence}", operation_id = "remove_evidence", tag = "answers",
    params(("assessment" = Uuid, Path), ("evidence" = Uuid, Path)),
    responses((status = 204), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
pub(super) async fn remove(
    State(platform): State<Platform>,
    party: Party,
    Pair(_assessment, id): Pair<AssessmentId, EvidenceId>,
) -> Result<StatusCode> {
    beside::remove(&platform, vendor(&party, Permission::AnswerAssigned)?.scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The questionnaire as a workbook, with the answers that stand there now, in the language that `language` or
/// `Accept-Language` names, where it is there in that one.
#[utoipa::path(get, path = "/assessments/{assessment}/workbook", operation_id = "download_workbook", tag = "answers",
    params(("assessment" = Uuid, Path), ("language" = Option<String>, Query)),
    responses((status = 200, description = "An .xlsx file",
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = 404, body = ProblemDocument)))]
pub(super) async fn workbook(
    State(platform): State<Platform>,
    party: Party,
    reads: Reads,
    Id(id): Id<AssessmentId>,
) -> Result<Response> {
    match &party {
        Party::Buyer(caller) => {
            read(&platform, &party, id).await?;
            written(&platform, &reads, &caller.scope(), caller.actor, id).await
        }
        Party::Vendor(_) => {
            let scope = vendor(&party, Permission::Answer)?.scope;
            written(&platform, &reads, &scope, Actor::Contact(scope.contact), id).await
        }
    }
}

async fn written(
    platform: &Platform,
    reads: &Reads,
    scope: &impl Tenant,
    actor: Actor,
    id: AssessmentId,
) -> Result<Response> {
    let mut opened = Opened::read(platform, scope, id).await?;
    reads.open(&mut opened);
    let parties = Parties::of(platform, scope, &opened.assessment).await?;
    disclosed(platform, scope, actor, "workbook.downloaded", ("assessment", id.0), &json!({})).await?;
    out::answer(platform, &opened, &parties)
}

/// Who attests.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AttestationInput {
    name: String,
    /// For what they may speak.
    title: String,
    /// They say that the answers are true and complete to the best of their knowledge.
    confirmed: bool,
}

/// What was submitted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Submission {
    assessment: Uuid,
    /// Which submission of the assessment it is, from 1.
    round: i64,
    /// SHA-256 over the canonical JSON (RFC 8785) of the answers.
    answers_sha256: String,
    attested_name: String,
    attested_title: String,
    submitted_at: String,
}

impl From<submission::Model> for Submission {
    fn from(row: submission::Model) -> Self {
        Self {
            assessment: row.assessment_id,
            round: row.round,
            answers_sha256: row.answers_sha256,
            attested_name: row.attested_name,
            attested_title: row.attested_title,
            submitted_at: rfc3339(row.submitted_at),
        }
    }
}

/// Attests and submits: required questions without an answer are named in `errors`. Repeated, it submits once.
#[utoipa::path(post, path = "/assessments/{assessment}/submit", operation_id = "submit_assessment", tag = "answers",
    params(("assessment" = Uuid, Path)),
    request_body = AttestationInput,
    responses((status = 200, body = Submission), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn submit(
    State(platform): State<Platform>,
    party: Party,
    Body(input): Body<AttestationInput>,
) -> Result<Json<Submission>> {
    let attestation = Attestation { name: input.name, title: input.title, confirmed: input.confirmed };
    let row = submitting::submit(&platform, vendor(&party, Permission::Submit)?.scope, &attestation).await?;
    Ok(Json(row.into()))
}
