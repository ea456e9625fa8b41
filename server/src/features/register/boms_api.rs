//! Bills of materials, as JSON.

use crate::actions::register::bom::{self, About, Candidate, Change, Joins, Kept, Planned};
use crate::actions::{Progress, failed};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::{Body, Made};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::{Cursor, Items};
use crate::web::path::Id;
use crate::web::progress::ImportProgress;
use crate::web::upload::Upload;
use axum::Json;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum_extra::extract::Query;
use domain::ids::{ComponentId, ImportId};
use entity::import;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A posted bill of materials.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form in the API's document")]
pub struct BomFile {
    /// CycloneDX 1.4 to 1.7 in JSON or XML, or SPDX 3.0 in JSON-LD.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    /// The name of the vendor whose product it describes.
    vendor: Option<String>,
}

/// A bill of materials, and what it would change in the register, or changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct BomImport {
    /// Its id.
    id: Uuid,
    /// `preview`, `applied` or `undone`.
    state: String,
    /// The file's name.
    file_name: String,
    /// The file's hash.
    sha256: String,
    /// When it was uploaded.
    created_at: String,
    /// When it was applied.
    applied_at: Option<String>,
    /// When it was taken back.
    undone_at: Option<String>,
    /// How far it is written down, while it is being taken in or back, and where that was broken off: then it goes on when
    /// it is asked for again.
    progress: Option<ImportProgress>,
    /// Why it was not finished, where it went on by itself and failed: a code.
    failed: Option<String>,
    /// What it says of itself, what it does not say (`gaps`), and what a person should look at (`notes`).
    #[schema(value_type = Object)]
    document: About,
    /// A newer edition was applied before: what this one says is kept as history. Only of one that waits.
    is_older: bool,
    /// What becomes, or became, of each entry; empty in a list.
    entries: Vec<BomEntry>,
}

/// An entry of a bill of materials.
#[derive(Debug, Serialize, ToSchema)]
pub struct BomEntry {
    /// What the document calls it: for `joins`.
    reference: Option<String>,
    /// Its name.
    name: String,
    /// One of the kinds of the register.
    kind: String,
    /// The line that speaks of it; null for one that the document speaks of no more.
    line: Option<u32>,
    /// `new`, `changed`, `conflict` (others say otherwise), `unchanged` or `gone`.
    verdict: String,
    /// The entry of the register; null for one that is not there yet.
    component: Option<Uuid>,
    /// Entries of the register that are called alike.
    candidates: Vec<BomCandidate>,
    /// What is said otherwise than before; of a new one, what is said.
    changes: Vec<BomChange>,
}

/// An entry of the register that one of the document may be.
#[derive(Debug, Serialize, ToSchema)]
pub struct BomCandidate {
    /// Its id.
    id: Uuid,
    /// What it is called.
    name: String,
    /// Whose it is.
    vendor: Option<String>,
    /// What it is.
    kind: String,
}

/// A field that is said otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub struct BomChange {
    /// The field.
    field: String,
    /// What the document said before.
    before: Vec<String>,
    /// What it says now.
    after: Vec<String>,
    /// What other sources say.
    others: Vec<BomOther>,
}

/// What another source says.
#[derive(Debug, Serialize, ToSchema)]
pub struct BomOther {
    /// The value.
    value: String,
    /// The kind of source.
    source: String,
}

fn shown_change(change: Change) -> BomChange {
    let other = |(value, source)| BomOther { value, source };
    BomChange {
        field: change.field,
        before: change.before,
        after: change.after,
        others: change.others.into_iter().map(other).collect(),
    }
}

fn candidate(candidate: Candidate) -> BomCandidate {
    BomCandidate { id: candidate.id.0, name: candidate.name, vendor: candidate.vendor, kind: candidate.kind }
}

fn planned(one: Planned) -> BomEntry {
    BomEntry {
        component: (one.verdict != bom::Verdict::New).then_some(one.component.0),
        reference: Some(one.reference),
        name: one.name,
        kind: one.kind,
        line: (one.line > 0).then_some(one.line),
        verdict: one.verdict.name().to_owned(),
        candidates: one.candidates.into_iter().map(candidate).collect(),
        changes: one.changes.into_iter().map(shown_change).collect(),
    }
}

fn shown(row: import::Model, is_older: bool, entries: Vec<BomEntry>) -> Result<BomImport> {
    let document = About::of(&row)?;
    let progress = ImportProgress::of(&row);
    Ok(BomImport {
        progress,
        failed: failed(&row).map(str::to_owned),
        id: row.id,
        state: row.state,
        file_name: row.file_name,
        sha256: row.sha256,
        created_at: rfc3339(row.created_at),
        applied_at: row.applied_at.map(rfc3339),
        undone_at: row.undone_at.map(rfc3339),
        document,
        is_older,
        entries,
    })
}

async fn read<P>(platform: &Platform, may: &May<P>, id: ImportId) -> Result<BomImport> {
    let (db, scope) = (platform.db.read(), may.scope());
    let row = repo::imports::get(db, &scope, id).await?.ok_or(AppError::NotFound)?;
    if Progress::of(&row).is_some() {
        return shown(row, false, Vec::new());
    }
    if row.state == "preview" {
        let plan = bom::preview(platform, &may.buyer(), &row, None).await?;
        return shown(row, plan.is_older, plan.entries.into_iter().map(planned).collect());
    }
    About::of(&row)?;
    let rows = repo::imports::rows(db, &scope, id).await?;
    let entries = rows.into_iter().map(|row| {
        let kept: Kept = serde_json::from_value(row.details)?;
        Ok(BomEntry {
            reference: None,
            name: row.label,
            kind: kept.kind,
            line: row.place.parse().ok().filter(|line| *line > 0),
            verdict: row.verdict,
            component: Some(kept.component.0),
            candidates: Vec::new(),
            changes: kept.changes.into_iter().map(shown_change).collect(),
        })
    });
    let entries = entries.collect::<Result<_>>()?;
    shown(row, false, entries)
}

/// Bills of materials that were read, the newest first.
#[utoipa::path(get, path = "/components/boms", tag = "register", params(Cursor),
    responses((status = 200, body = Items<BomImport>)))]
pub(super) async fn list(
    may: May<may::Read>,
    State(platform): State<Platform>,
    cursor: Query<Cursor>,
) -> Result<Json<Items<BomImport>>> {
    let limit = cursor.limit(platform.config.limits.api_page_rows);
    let rows = repo::imports::boms(platform.db.read(), &may.scope(), cursor.after()?, limit + 1).await?;
    let rows: Vec<BomImport> = rows.into_iter().map(|row| shown(row, false, Vec::new())).collect::<Result<_>>()?;
    Ok(Json(Items::of(rows, limit, |row| row.id, |row| row)))
}

/// Reads a bill of materials and says what it would change. Nothing of it is in the register yet.
#[utoipa::path(post, path = "/components/boms", tag = "register",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body(content = BomFile, content_type = "multipart/form-data"),
    responses((status = 201, body = BomImport), (status = 413, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn upload(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    multipart: Multipart,
) -> Result<Made<BomImport>> {
    let most = usize::try_from(platform.config.limits.bom.file_bytes).unwrap_or(usize::MAX);
    let mut upload = Upload::read(multipart, most).await?;
    let file = upload.file("file")?;
    let id = bom::upload(&platform, &may.buyer(), (&file.name, file.bytes), upload.fields.one("vendor")).await?;
    Ok(Made(format!("/api/v1/components/boms/{id}"), read(&platform, &may, id).await?))
}

/// A bill of materials: what it would change, or changed.
#[utoipa::path(get, path = "/components/boms/{bom}", tag = "register", params(("bom" = Uuid, Path)),
    responses((status = 200, body = BomImport), (status = 404, body = ProblemDocument)))]
pub(super) async fn one(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Id(id): Id<ImportId>,
) -> Result<Json<BomImport>> {
    Ok(Json(read(&platform, &may, id).await?))
}

/// Which entries of the register the document's are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinInput {
    /// By `reference`: the id of an entry of the register, or null for a new one. What is not named here becomes the one
    /// candidate of the same kind and vendor, where there is exactly one, and a new entry otherwise.
    #[serde(default)]
    #[schema(value_type = Object)]
    joins: BTreeMap<String, Option<Uuid>>,
}

/// Takes what it says into the register.
#[utoipa::path(post, path = "/components/boms/{bom}/apply", tag = "register", request_body = JoinInput,
    params(("bom" = Uuid, Path)),
    responses((status = 200, body = BomImport), (status = 202, body = BomImport, description = "It takes long and goes on: `progress`"),
        (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn apply(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Id(id): Id<ImportId>,
    Body(body): Body<JoinInput>,
) -> Result<(StatusCode, Json<BomImport>)> {
    let joins: Joins = body.joins.into_iter().map(|(reference, id)| (reference, id.map(ComponentId))).collect();
    let done = bom::begin_apply(&platform, &may.buyer(), id, Some(joins)).await?;
    answer(&platform, &may, id, done.is_some()).await
}

/// What became of it; while it goes on, how far it is.
async fn answer<P>(
    platform: &Platform,
    may: &May<P>,
    id: ImportId,
    is_done: bool,
) -> Result<(StatusCode, Json<BomImport>)> {
    if is_done {
        return Ok((StatusCode::OK, Json(read(platform, may, id).await?)));
    }
    let row = repo::imports::get(platform.db.read(), &may.scope(), id).await?.ok_or(AppError::NotFound)?;
    Ok((StatusCode::ACCEPTED, Json(shown(row, false, Vec::new())?)))
}

/// Takes it back: the edition before speaks again; entries that nobody else spoke of are hidden.
#[utoipa::path(post, path = "/components/boms/{bom}/undo", tag = "register", params(("bom" = Uuid, Path)),
    responses((status = 200, body = BomImport), (status = 202, body = BomImport, description = "It takes long and goes on: `progress`"),
        (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument)))]
pub(super) async fn undo(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Id(id): Id<ImportId>,
) -> Result<(StatusCode, Json<BomImport>)> {
    let done = bom::begin_undo(&platform, &may.buyer(), id).await?;
    answer(&platform, &may, id, done.is_some()).await
}
