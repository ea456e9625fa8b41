//! Questionnaires that are being written, for programs: a draft is read and replaced as a whole.

use super::api::TemplateVersion;
use crate::actions::drafts::{self, Publication, Start};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::api::{Body, IfMatch, Made, Tagged};
use crate::web::failure::{FieldProblem, ProblemDocument, field};
use crate::web::paging::Items;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::ids::{TemplateDraftId, TemplateId, TemplateVersionId};
use domain::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// A questionnaire that is being written.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateDraft {
    /// Its id.
    pub id: Uuid,
    /// The key that its template has or will have.
    pub key: String,
    /// What the vendor will see on top.
    pub title: String,
    /// When it was edited last.
    #[serde(with = "time::serde::rfc3339")]
    pub edited_at: OffsetDateTime,
}

/// A questionnaire that is being written, with what it says and what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeDraft {
    /// The draft.
    #[serde(flatten)]
    pub draft: TemplateDraft,
    /// The version that it began with.
    pub base_version: Option<Uuid>,
    /// Also the `ETag`.
    pub revision: i64,
    /// The template document (`candor-template/2`).
    #[schema(value_type = Object)]
    pub document: Value,
    /// What stands against publishing it.
    pub problems: Vec<FieldProblem>,
    /// What a careful reader would remark on.
    pub remarks: Vec<FieldProblem>,
}

/// What a draft begins with: one of `template`, to write its next version; `version` and `key`, to copy that; or `key`,
/// `title` and `language`, to begin with nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftBody {
    /// The template whose next version it is to be.
    #[serde(default)]
    template: Option<Uuid>,
    /// The published version that is copied.
    #[serde(default)]
    version: Option<Uuid>,
    /// Small letters, digits and hyphens, at most 64.
    #[serde(default)]
    key: String,
    /// What the vendor will see on top.
    #[serde(default)]
    title: String,
    /// The tag of the language that it is written in.
    #[serde(default)]
    language: String,
}

/// What a draft is to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentBody {
    /// The template document (`candor-template/2`), of the draft's key.
    #[schema(value_type = Object)]
    document: Value,
}

/// How a draft is published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PublicationBody {
    /// What is new in it.
    note: String,
    /// Also over a version that was published since the draft was begun.
    #[serde(default)]
    over_newer: bool,
}

/// Whether a template can be chosen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RetirementBody {
    /// It can no longer be chosen for new assessments.
    retired: bool,
}

async fn whole(platform: &Platform, caller: &Caller, id: TemplateDraftId) -> Result<WholeDraft> {
    let draft = drafts::get(platform, caller.scope(), id).await?;
    let found = drafts::find(&draft.document, &drafts::factors(platform, caller.scope()).await?);
    let told = |problems: &[Problem]| problems.iter().map(|problem| field(platform, problem)).collect();
    let row = draft.row;
    Ok(WholeDraft {
        document: serde_json::to_value(&draft.document)?,
        problems: told(&found.problems),
        remarks: told(&found.remarks),
        base_version: row.base_version_id,
        revision: row.revision,
        draft: TemplateDraft { id: row.id, key: row.name, title: row.title, edited_at: row.edited_at },
    })
}

/// Lists the questionnaires that are being written, the one edited last first.
#[utoipa::path(get, path = "/templates/drafts", tag = "templates",
    responses((status = 200, body = Items<TemplateDraft>)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    caller: May<may::EditTemplates>,
) -> Result<Json<Items<TemplateDraft>>> {
    let rows = repo::drafts::all(platform.db.read(), caller.scope()).await?;
    let item = |(id, key, title, edited_at)| TemplateDraft { id, key, title, edited_at };
    Ok(Json(Items { items: rows.into_iter().map(item).collect(), next: None }))
}

/// Begins a draft; where one of the template's next version is under way, gives that one.
#[utoipa::path(post, path = "/templates/drafts", tag = "templates", request_body = DraftBody,
    responses((status = 201, body = WholeDraft), (status = 404, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn begin(
    State(platform): State<Platform>,
    caller: May<may::EditTemplates>,
    Body(body): Body<DraftBody>,
) -> Result<Made<WholeDraft>> {
    let start = match (body.template, body.version) {
        (Some(template), _) => Start::Next(TemplateId(template)),
        (None, Some(version)) => Start::Copy { key: body.key, title: body.title, version: TemplateVersionId(version) },
        (None, None) => Start::Nothing { key: body.key, title: body.title, language: body.language },
    };
    let id = drafts::begin(&platform, &caller.buyer(), start).await?;
    Ok(Made(format!("/api/v1/templates/drafts/{id}"), whole(&platform, &caller, id).await?))
}

/// Shows a draft, with what is wrong with it.
#[utoipa::path(get, path = "/templates/drafts/{draft}", tag = "templates", params(("draft" = Uuid, Path)),
    responses((status = 200, body = WholeDraft), (status = 404, body = ProblemDocument)))]
pub(super) async fn show(
    State(platform): State<Platform>,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
) -> Result<Tagged<WholeDraft>> {
    let draft = whole(&platform, &caller, id).await?;
    Ok(Tagged(draft.revision, draft))
}

/// Replaces what a draft says. It may be wrong or unfinished; what is wrong is in the answer.
#[utoipa::path(put, path = "/templates/drafts/{draft}", tag = "templates", request_body = DocumentBody,
    params(("draft" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = WholeDraft), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn replace(
    State(platform): State<Platform>,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<DocumentBody>,
) -> Result<Tagged<WholeDraft>> {
    drafts::replace(&platform, &caller.buyer(), id, revision, body.document).await?;
    let draft = whole(&platform, &caller, id).await?;
    Ok(Tagged(draft.revision, draft))
}

/// Discards a draft. What nobody gets back is discarded as it was seen, or not at all.
#[utoipa::path(delete, path = "/templates/drafts/{draft}", tag = "templates",
    params(("draft" = Uuid, Path), ("If-Match" = String, Header, description = "The revision that was seen")),
    responses((status = 204), (status = 404, body = ProblemDocument), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn discard(
    State(platform): State<Platform>,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
    IfMatch(revision): IfMatch,
) -> Result<StatusCode> {
    drafts::get(&platform, caller.scope(), id).await?;
    let revision = revision.ok_or_else(|| Problem::new("If-Match", "required"))?;
    drafts::discard(&platform, &caller.buyer(), id, revision).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Publishes a draft as the next version of its template; the draft is no more.
#[utoipa::path(post, path = "/templates/drafts/{draft}/publish", tag = "templates", request_body = PublicationBody,
    params(("draft" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 201, body = TemplateVersion), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn publish(
    State(platform): State<Platform>,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<PublicationBody>,
) -> Result<Made<TemplateVersion>> {
    let publication = Publication { revision, note: body.note, over_newer: body.over_newer };
    let version = drafts::publish(&platform, &caller.buyer(), id, &publication).await?;
    let row = repo::templates::version(platform.db.read(), caller.scope(), version).await?;
    let row = row.ok_or(AppError::NotFound)?;
    Ok(Made(format!("/api/v1/templates/versions/{version}"), row.into()))
}

/// Takes a template out of what can be sent, or back into it. Assessments that were sent go on.
#[utoipa::path(put, path = "/templates/{template}/retirement", tag = "templates", request_body = RetirementBody,
    params(("template" = Uuid, Path)), responses((status = 204), (status = 404, body = ProblemDocument)))]
pub(super) async fn retire(
    State(platform): State<Platform>,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateId>,
    Body(body): Body<RetirementBody>,
) -> Result<StatusCode> {
    drafts::retire(&platform, &caller.buyer(), id, body.retired).await?;
    Ok(StatusCode::NO_CONTENT)
}
