//! Versions of lists, as JSON.

use super::api::{ImportPreview, read_preview, which_list};
use crate::actions::register_import::{self, Changed, Compared, VERDICTS, Version};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::Body;
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::{Items, last_before_more};
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use domain::ids::ImportId;
use domain::problem::Problem;
use domain::register::Separator;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A list in the register.
#[derive(Debug, Serialize, ToSchema)]
pub struct List {
    /// The import that was applied last: name it as `list` to upload a newer version.
    import: Uuid,
    /// By what the list is known in all its versions.
    list: String,
    /// The file that was read last.
    file_name: String,
    /// When that was applied.
    applied_at: Option<String>,
}

/// The lists in the register, those applied last first. They come whole: `next` is always null.
#[utoipa::path(get, path = "/components/import", operation_id = "list_lists", tag = "register",
    responses((status = 200, body = Items<List>), (status = 401, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json")))]
pub(super) async fn lists(may: May<may::Read>, State(platform): State<Platform>) -> Result<Json<Items<List>>> {
    let list = |row: entity::import::Model| {
        Ok(List {
            list: Version::of(&row)?.list,
            import: row.id,
            file_name: row.file_name,
            applied_at: row.applied_at.map(rfc3339),
        })
    };
    let rows = register_import::lists(&platform, may.scope()).await?;
    Ok(Json(Items { items: rows.into_iter().map(list).collect::<Result<_>>()?, next: None }))
}

/// Which list an import is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChooseInput {
    /// An import's id, for a newer version of the list that it brought; `new` for another list; left out: the likeliest.
    #[serde(default)]
    list: String,
    /// Where product cells are taken apart; left out: as before.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    separators: Option<Vec<Separator>>,
}

/// Says which list an import is, and works out anew what it would change.
#[utoipa::path(post, path = "/components/import/{import}/list", operation_id = "choose_list", tag = "register",
    params(("import" = Uuid, Path)), request_body = ChooseInput,
    responses((status = 200, body = ImportPreview), (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json")))]
pub(super) async fn choose(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Id(id): Id<ImportId>,
    Body(input): Body<ChooseInput>,
) -> Result<Json<ImportPreview>> {
    let which = which_list(&input.list)?;
    register_import::choose(&platform, &may.buyer(), id, which, input.separators).await?;
    Ok(Json(read_preview(&platform, may.scope(), id).await?))
}

/// Which changes are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `new`, `changed`, `conflict`, `gone` or `unchanged`; left out: all but `unchanged`.
    verdict: Option<String>,
    /// What `next` said.
    cursor: Option<String>,
    /// Items at most.
    limit: Option<u64>,
}

/// What a newer version of a list changes of an entry, or of a row that names none.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListChange {
    /// `new`, `changed`, `conflict` (others say otherwise), `gone` or `unchanged`.
    verdict: String,
    /// What it is called.
    name: String,
    /// Where the list names it; of what is gone, where it named it.
    cell: String,
    /// The entry; null for a new one, and for a row that names none.
    component: Option<Uuid>,
    /// What is said otherwise. `field` is `use` for a use that came or went.
    changes: Vec<FieldChange>,
}

/// A field that a list says otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldChange {
    /// The field.
    field: String,
    /// The use that is spoken of; null for the entry itself.
    of_use: Option<String>,
    /// Where it is said now; null where it is said no more.
    cell: Option<String>,
    /// What the list said before.
    before: Vec<String>,
    /// What it says now.
    after: Vec<String>,
    /// What other sources say.
    others: Vec<OtherSays>,
}

/// What another source says.
#[derive(Debug, Serialize, ToSchema)]
pub struct OtherSays {
    /// The value.
    value: String,
    /// The kind of source.
    source: String,
}

fn field_change(change: Changed) -> FieldChange {
    let others = change.others.into_iter().map(|(value, source)| OtherSays { value, source });
    FieldChange {
        field: change.field,
        of_use: change.of_use,
        cell: change.cell,
        before: change.before,
        after: change.after,
        others: others.collect(),
    }
}

/// What a newer version of a list changes, in the list's order; what is gone stands last.
#[utoipa::path(get, path = "/components/import/{import}/changes", operation_id = "list_import_changes", tag = "register",
    params(("import" = Uuid, Path), Wanted),
    responses((status = 200, body = Items<ListChange>), (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json")))]
pub(super) async fn changes(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Id(id): Id<ImportId>,
    wanted: Query<Wanted>,
) -> Result<Json<Items<ListChange>>> {
    let (db, scope) = (platform.db.read(), may.scope());
    let import = repo::imports::get(db, &scope, id).await?;
    import.filter(|import| import.kind == "register").ok_or(AppError::NotFound)?;
    let verdicts: Vec<&str> = match &wanted.verdict {
        None => VERDICTS.into_iter().filter(|verdict| *verdict != "unchanged").collect(),
        Some(wanted) => match VERDICTS.into_iter().find(|verdict| verdict == wanted) {
            Some(verdict) => vec![verdict],
            None => return Err(Problem::new("verdict", "not-an-option").with("given", wanted).into()),
        },
    };
    let after = wanted.cursor.as_deref().map(str::parse).transpose();
    let after = after.map_err(|_| Problem::new("cursor", "not-a-cursor"))?;
    let most = platform.config.limits.api_page_rows;
    let limit = wanted.limit.unwrap_or(most).clamp(1, most);
    let mut rows = repo::imports::some_rows(db, &scope, id, &verdicts, after, limit + 1).await?;
    let next = last_before_more(&mut rows, limit).map(|last| last.position.to_string());
    let item = |row: entity::import_row::Model| {
        let kept: Compared = serde_json::from_value(row.details)?;
        Ok(ListChange {
            verdict: row.verdict,
            name: row.label,
            cell: row.place,
            component: kept.component.map(|id| id.0),
            changes: kept.changes.into_iter().map(field_change).collect(),
        })
    };
    Ok(Json(Items { items: rows.into_iter().map(item).collect::<Result<_>>()?, next }))
}
