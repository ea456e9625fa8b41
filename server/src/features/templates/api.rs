//! Templates for programs.

use super::DOCUMENT_BYTES;
use crate::actions::Buyer;
use crate::actions::content;
use crate::actions::template_workbook::{self, Begun};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::Made;
use crate::web::failure::ProblemDocument;
use crate::web::paging::Items;
use crate::web::path::Id;
use crate::web::upload::Upload;
use axum::Json;
use axum::extract::{Multipart, State};
use domain::ids::{TemplateId, TemplateVersionId};
use domain::problem::Problem;
use domain::questionnaire::Authored;
use entity::{template, template_version};
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// A questionnaire as authored.
#[derive(Debug, Serialize, ToSchema)]
pub struct Template {
    /// Its id.
    pub id: Uuid,
    /// Its stable name among the organisation's templates.
    pub key: String,
    /// When its first version was published.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Since when it can no longer be chosen for new assessments.
    #[serde(with = "time::serde::rfc3339::option")]
    pub retired_at: Option<OffsetDateTime>,
}

impl From<template::Model> for Template {
    fn from(row: template::Model) -> Self {
        Self { id: row.id, key: row.name, created_at: row.created_at, retired_at: row.retired_at }
    }
}

/// A published version; it never changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateVersion {
    /// Its id: what an assessment names.
    pub id: Uuid,
    /// The template.
    pub template: Uuid,
    /// From 1.
    pub number: i64,
    /// What the vendor sees on top.
    pub title: String,
    /// How many questions it has.
    pub questions: i64,
    /// SHA-256 of the document, in canonical form.
    pub sha256: String,
    /// What is new in it, in its author's words.
    pub note: Option<String>,
    /// When it was published.
    #[serde(with = "time::serde::rfc3339")]
    pub published_at: OffsetDateTime,
}

impl From<template_version::Model> for TemplateVersion {
    fn from(row: template_version::Model) -> Self {
        Self {
            id: row.id,
            template: row.template_id,
            number: row.number,
            title: row.title,
            questions: row.question_count,
            sha256: row.sha256,
            note: row.note,
            published_at: row.published_at,
        }
    }
}

/// A published version with what it asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeVersion {
    /// The version.
    #[serde(flatten)]
    pub version: TemplateVersion,
    /// The template document (`candor-template/2`).
    #[schema(value_type = Object)]
    pub document: Value,
}

/// A template document as a file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the multipart form")]
pub struct TemplateFile {
    /// The JSON document, or the workbook.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Lists templates by key.
#[utoipa::path(get, path = "/templates", tag = "templates", responses((status = 200, body = Items<Template>)))]
pub(super) async fn list(State(platform): State<Platform>, caller: May<may::Read>) -> Result<Json<Items<Template>>> {
    let rows = repo::templates::all(platform.db.read(), caller.scope()).await?;
    Ok(Json(Items { items: rows.into_iter().map(Template::from).collect(), next: None }))
}

/// Lists the published versions of a template, newest first.
#[utoipa::path(get, path = "/templates/{template}/versions", tag = "templates", params(("template" = Uuid, Path)),
    responses((status = 200, body = Items<TemplateVersion>), (status = 404, body = ProblemDocument)))]
pub(super) async fn versions(
    State(platform): State<Platform>,
    caller: May<may::Read>,
    Id(id): Id<TemplateId>,
) -> Result<Json<Items<TemplateVersion>>> {
    let db = platform.db.read();
    repo::templates::get(db, caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    let rows = repo::templates::versions(db, caller.scope(), Some(id)).await?;
    Ok(Json(Items { items: rows.into_iter().map(TemplateVersion::from).collect(), next: None }))
}

/// Shows a published version with its document.
#[utoipa::path(get, path = "/templates/versions/{version}", tag = "templates", params(("version" = Uuid, Path)),
    responses((status = 200, body = WholeVersion), (status = 404, body = ProblemDocument)))]
pub(super) async fn version(
    State(platform): State<Platform>,
    caller: May<may::Read>,
    Id(id): Id<TemplateVersionId>,
) -> Result<Json<WholeVersion>> {
    let version = platform.published.get(platform.db.read(), &caller.scope(), id).await?;
    let row = template_version::Model::clone(&version.row);
    let document = serde_json::from_str(&row.document)?;
    Ok(Json(WholeVersion { version: row.into(), document }))
}

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Imported {
    /// A template document is published.
    Published(TemplateVersion),
    /// A workbook is a draft.
    Begun(BegunDraft),
}

/// The draft that a workbook became.
#[derive(Debug, Serialize, ToSchema)]
pub struct BegunDraft {
    /// Its id: it is read at `/templates/drafts/{draft}`.
    draft: Uuid,
    /// Questions in it.
    questions: usize,
    /// Cells of the workbook that hold no question of their own.
    left_out: usize,
}

/// Takes a template document or a buyer's own workbook. A document is published as the next version of the template of
/// its key; a workbook of any kind becomes a draft, to be looked through and published.
#[utoipa::path(post, path = "/templates/import", tag = "templates",
    request_body(content = TemplateFile, content_type = "multipart/form-data"),
    responses((status = 201, body = Imported), (status = 413, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn import(
    State(platform): State<Platform>,
    caller: May<may::EditTemplates>,
    multipart: Multipart,
) -> Result<Made<Imported>> {
    let most = platform.config.limits.workbook_bytes;
    let file = Upload::read(multipart, most).await?.file("file")?;
    if !is_document(&file.bytes) {
        let by = caller.buyer();
        let import = template_workbook::read(&platform, &by, &file.name, file.bytes).await?;
        // The key of a repeated request belongs to the upload.
        let Begun { draft, summary } = template_workbook::begin(&platform, &Buyer { once: None, ..by }, import).await?;
        let body = BegunDraft { draft: draft.0, questions: summary.questions, left_out: summary.left_out };
        return Ok(Made(format!("/api/v1/templates/drafts/{draft}"), Imported::Begun(body)));
    }
    let id = content::import_template(&platform, &caller.buyer(), &text(&file.bytes)?).await?;
    let row = repo::templates::version(platform.db.read(), caller.scope(), id).await?.ok_or(AppError::NotFound)?;
    Ok(Made(format!("/api/v1/templates/versions/{id}"), Imported::Published(row.into())))
}

/// Whether a file is one of our documents, by its first letter: no workbook and no table begins so.
pub(super) fn is_document(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]);
    bytes.is_empty() || start.trim_start_matches('\u{feff}').trim_start().starts_with('{')
}

/// A file as text; what begins with a byte order mark loses it.
///
/// # Errors
/// When it is larger than a document may be, or no text.
pub(super) fn text(bytes: &[u8]) -> Result<String> {
    if bytes.len() > DOCUMENT_BYTES {
        return Err(AppError::TooLarge { what: "document", most: DOCUMENT_BYTES as u64 });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| Problem::new("file", "not-json").with("reason", error))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// A stored document as it is exported, in all of its languages: indented, so that a person can compare two.
pub(super) fn written(stored: &str) -> Result<String> {
    let document: Authored = serde_json::from_str(stored)?;
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
