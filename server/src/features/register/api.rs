//! The register as JSON.

use super::search::find;
use crate::actions::register::{self, NewEntry};
use crate::actions::register_import::{self, Summary, Version, Which};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::api::{Body, Made, Tagged};
use crate::web::failure::ProblemDocument;
use crate::web::fields::Fields;
use crate::web::found::{Matches, Place, matches, request};
use crate::web::moment::rfc3339;
use crate::web::paging::{Cursor, Items};
use crate::web::path::Id;
use crate::web::upload::Upload;
use axum::Json;
use axum::extract::{Multipart, State};
use axum_extra::extract::Query;
use domain::ids::{ComponentId, ImportId, VendorId};
use domain::problem::Problem;
use domain::register::Subject;
use entity::component;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// An entry of the register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Component {
    /// Its id.
    id: Uuid,
    /// Its name.
    name: String,
    /// `ai_system`, `model`, `embedded_feature`, `agent`, `ai_api`, `dataset` or `unknown`.
    kind: String,
    /// `proposed`, `trial`, `approved`, `restricted`, `reassessment`, `prohibited` or `retired`.
    status: String,
    /// The vendor's record; null where none is known.
    vendor: Option<Uuid>,
    /// The vendor's name; null where none is known.
    vendor_name: Option<String>,
    /// The import that brought it; null where it came otherwise.
    import: Option<Uuid>,
    /// By field, what is shown: a text, or for a list its elements. Fields that nobody stated are absent.
    #[schema(value_type = BTreeMap<String, Object>)]
    fields: Value,
    /// How many facts wait for a person: sources differ, or what was chosen has changed.
    open: i64,
    /// Nobody names it any more.
    withdrawn: bool,
    /// Rises with each change.
    revision: i64,
    /// When it came.
    created_at: String,
    /// When it changed last.
    changed_at: String,
}

pub(super) fn shown(row: component::Model) -> Component {
    Component {
        id: row.id,
        name: row.name,
        kind: row.kind,
        status: row.status,
        vendor: row.vendor_id,
        vendor_name: row.vendor_name,
        import: row.import_id,
        fields: row.fields,
        open: row.open,
        withdrawn: row.withdrawn,
        revision: row.revision,
        created_at: rfc3339(row.created_at),
        changed_at: rfc3339(row.changed_at),
    }
}

/// A new entry: one line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComponent {
    /// What it is called.
    name: String,
    /// `ai_system`, `model`, `embedded_feature`, `agent`, `ai_api` or `dataset`.
    kind: String,
    /// The vendor's record.
    vendor: Option<Uuid>,
    /// Whose it is, where there is no record.
    vendor_name: Option<String>,
    /// The product that it is part of.
    product: Option<String>,
    /// Why it is entered, or how one knows of it.
    reason: Option<String>,
}

/// Adds an entry by hand; details follow as facts. A withdrawn one of the same vendor, name and product is brought back.
#[utoipa::path(
    post,
    path = "/components",
    tag = "register",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = NewComponent,
    responses(
        (status = 201, body = Component),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn add(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Body(body): Body<NewComponent>,
) -> Result<Made<Component>> {
    let entry = NewEntry {
        name: body.name,
        kind: body.kind,
        vendor: body.vendor.map(VendorId),
        vendor_name: body.vendor_name.unwrap_or_default(),
        product: body.product.unwrap_or_default(),
        reason: body.reason.unwrap_or_default(),
    };
    let id = register::add(&platform, &may.buyer(), &entry).await?.id;
    let row = repo::register::get(platform.db.read(), may.scope(), id).await?.ok_or(AppError::NotFound)?;
    Ok(Made(format!("/api/v1/components/{id}"), shown(row)))
}

/// The register's entries, in the order in which they came.
#[utoipa::path(
    get,
    path = "/components",
    tag = "register",
    params(Cursor),
    responses(
        (status = 200, body = Items<Component>),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn components(
    may: May<may::Read>,
    State(platform): State<Platform>,
    cursor: Query<Cursor>,
) -> Result<Json<Items<Component>>> {
    let limit = cursor.limit(platform.config.limits.api_page_rows);
    let after = cursor.after::<ComponentId>()?;
    let rows = repo::register::page(platform.db.read(), may.scope(), after, limit + 1).await?;
    Ok(Json(Items::of(rows, limit, |row| row.id, shown)))
}

/// One entry.
#[utoipa::path(
    get,
    path = "/components/{component}",
    tag = "register",
    params(("component" = Uuid, Path)),
    responses(
        (status = 200, body = Component, headers(("ETag" = String, description = "The revision"))),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn component(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
) -> Result<Tagged<Component>> {
    let row = repo::register::get(platform.db.read(), may.scope(), id).await?.ok_or(AppError::NotFound)?;
    Ok(Tagged(row.revision, shown(row)))
}

/// An entry that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundEntry {
    /// The entry.
    component: Component,
    /// How well and where it matches.
    #[serde(flatten)]
    place: Place,
}

/// Searches the register: typing errors, beginnings of words, phrases in quotes and a small language are understood.
#[utoipa::path(
    get,
    path = "/components/search",
    tag = "register",
    params(
        (
            "q" = Option<String>,
            Query,
            description = "What must be found; everything where absent. Words (the last one may be unfinished), `\"phrases\"`, \
                           `beginn*`, `-not`, `field:word`, `field:\"several words\"`, `field:[from..to]` for days and \
                           numbers (`2026`, `2026-11`, `2026-11-21`; either end may be left out), `has:field`, `this OR \
                           that`, brackets. Never refused: what is not understood is looked for as text and told in \
                           `notes`; of more than 1,000 characters or 40 terms the first are looked for"
        ),
        (
            "filter" = Option<Vec<String>>,
            Query,
            description = "`facet:value`, repeated. Values of one facet are alternatives; all facets named must hold. The \
                           value is everything after the first colon, commas included. Facets are the fields that have \
                           fixed values, and vendor, product, model, model_provider, residency"
        ),
        (
            "range" = Option<Vec<String>>,
            Query,
            description = "`field:[from..to]`, repeated; fields with days or numbers: changed, since, use_count ..."
        ),
        ("facets" = Option<Vec<String>>, Query, description = "Facets to be counted, repeated or with commas; none where absent, `*` for all"),
        ("sort" = Option<String>, Query, description = "`relevance` (default), `name`, `vendor`, `updated`, or a field with days or numbers, `-` before it for the most first"),
        ("limit" = Option<usize>, Query, description = "At most 100; 20 where absent"),
        ("offset" = Option<usize>, Query, description = "At most 10,000"),
    ),
    responses(
        (status = 200, body = Matches<FoundEntry>),
        (status = 422, body = ProblemDocument, description = "`filter`, `range`, `facets`, `sort`, `limit` or `offset` cannot be used: `errors` says which and what is known", content_type = "application/problem+json"),
        (status = 503, body = ProblemDocument, description = "The search engine does not answer: the register itself does", content_type = "application/problem+json"),
    )
)]
pub(super) async fn search(
    may: May<may::Read>,
    State(platform): State<Platform>,
    query: Query<Vec<(String, String)>>,
) -> Result<Json<Matches<FoundEntry>>> {
    let request = request(Subject::Entries, &Fields(query.0))?;
    let (page, found) = find(&platform, may.scope(), &request).await?;
    Ok(matches(request, page, found, |row, place| FoundEntry { component: shown(row), place }))
}

/// Rows and places of a list that the API tells of at once.
const TOLD: u64 = 200_000;

/// A posted register.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form in the API's document")]
pub struct RegisterFile {
    /// A workbook, or a CSV file, with a table of AI uses.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    /// Which list it is: an import's id for a newer version of the list which that one brought, `new` for another list.
    /// Left out: the likeliest, which `follows` of the answer tells.
    list: Option<String>,
}

/// A register that was read: what it would bring. Nothing of it is in the register yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportPreview {
    /// The import, to be applied by `/imports/{id}/apply`.
    id: Uuid,
    /// Always `preview`.
    state: String,
    /// The file's name.
    file_name: String,
    /// The file's hash.
    sha256: String,
    /// By what the list is known in all its versions.
    list: String,
    /// The import of the version before, which this one would take the place of; null for another list.
    follows: Option<Uuid>,
    /// What each column was taken for, counts (of a newer version `changes`: how many are new, changed, in conflict with
    /// what others say, gone and unchanged), and separators that a person may confirm.
    #[schema(value_type = Object)]
    summary: Summary,
    /// Rows that cannot be read.
    invalid: Vec<InvalidRow>,
    /// Rows whose owner published nothing of them.
    withheld: Vec<InvalidRow>,
    /// Places to look at in rows that are read: the first thousand of each kind. `summary.remarks` counts all.
    remarks: Vec<InvalidRow>,
}

/// A row or cell, and what is to be said of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvalidRow {
    /// The cell.
    place: String,
    /// What the row says.
    label: String,
    /// What is wrong with it.
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

/// Reads a register and says what it would bring.
#[utoipa::path(
    post,
    path = "/components/import",
    tag = "register",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body(content = RegisterFile, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = ImportPreview),
        (status = 413, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn import(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    multipart: Multipart,
) -> Result<Made<ImportPreview>> {
    let mut upload = Upload::read(multipart, platform.config.limits.workbook_bytes).await?;
    let file = upload.file("file")?;
    let which = which_list(upload.fields.one("list"))?;
    let id = register_import::preview_as(&platform, &may.buyer(), (&file.name, file.bytes), which).await?;
    let preview = read_preview(&platform, may.scope(), id).await?;
    Ok(Made(format!("/api/v1/imports/{id}"), preview))
}

/// What a form says of which list an upload is.
pub(super) fn which_list(said: &str) -> Result<Which> {
    match said.trim() {
        "" => Ok(Which::Likeliest),
        "new" => Ok(Which::Another),
        id => match id.parse() {
            Ok(id) => Ok(Which::Newer(id)),
            Err(_) => Err(Problem::new("list", "unknown").with("given", id).into()),
        },
    }
}

/// An import as it was read.
pub(super) async fn read_preview(platform: &Platform, scope: BuyerScope, id: ImportId) -> Result<ImportPreview> {
    let db = platform.db.read();
    let row = repo::imports::get(db, &scope, id).await?.filter(|row| row.kind == "register");
    let row = row.ok_or(AppError::NotFound)?;
    let told = repo::imports::some_rows(db, &scope, id, &["invalid", "skipped", "ask"], None, TOLD).await?;
    let of = |verdict: &str| -> Vec<InvalidRow> {
        let rows = told.iter().filter(|row| row.verdict == verdict);
        let shown = |row: &entity::import_row::Model| InvalidRow {
            place: row.place.clone(),
            label: row.label.clone(),
            problem: row.problem.clone(),
        };
        rows.map(shown).collect()
    };
    Ok(ImportPreview {
        id: row.id,
        list: Version::of(&row)?.list,
        follows: row.follows,
        state: row.state,
        file_name: row.file_name,
        sha256: row.sha256,
        summary: serde_json::from_value(row.summary)?,
        invalid: of("invalid"),
        withheld: of("skipped"),
        remarks: of("ask"),
    })
}
