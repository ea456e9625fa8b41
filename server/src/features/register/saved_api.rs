//! Searches that people and programs keep, as JSON: in the words of the search itself.

use super::asked::Asked;
use super::saved::{href, usable};
use crate::actions::saved_searches::{self, Search};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::actor::{Caller, May, may};
use crate::web::api::{Body, Made};
use crate::web::failure::ProblemDocument;
use crate::web::fields::Fields;
use crate::web::found::request;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use crate::web::path::Id;
use crate::web::render::Renderer;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::access::Permission;
use domain::ids::SavedSearchId;
use domain::register::Subject;
use entity::saved_search::Model;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A search of the register that somebody keeps.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedSearch {
    /// Its id.
    id: Uuid,
    /// What it is called.
    name: String,
    /// As `q` of the search.
    q: String,
    /// As `filter` of the search.
    filter: Vec<String>,
    /// As `range` of the search.
    range: Vec<String>,
    /// As `sort` of the search; null for the best match first.
    sort: Option<String>,
    /// Everybody who reads the register may use it.
    shared: bool,
    /// Who shares it; null for one's own.
    owner: Option<String>,
    /// The page that asks it.
    href: String,
    /// When it was kept or changed last.
    changed_at: String,
}

fn told((row, owner): (Model, Option<String>)) -> SavedSearch {
    let asked = Asked::kept_in(&row.asked);
    let of_facet = |(facet, values): (&domain::register::Topic, &std::collections::BTreeSet<String>)| {
        values.iter().map(|value| format!("{}:{value}", facet.id())).collect::<Vec<_>>()
    };
    SavedSearch {
        id: row.id,
        href: href(&row),
        filter: asked.chosen.iter().flat_map(of_facet).collect(),
        range: asked.ranges.iter().map(|(topic, (from, to))| format!("{}:[{from}..{to}]", topic.id())).collect(),
        q: asked.text,
        sort: asked.sort,
        shared: row.shared,
        owner,
        changed_at: rfc3339(row.changed_at),
        name: row.name,
    }
}

/// A search to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchToKeep {
    /// What it is called; one's own searches have different names.
    name: String,
    /// As `q` of the search.
    #[serde(default)]
    q: String,
    /// As `filter` of the search.
    #[serde(default)]
    filter: Vec<String>,
    /// As `range` of the search.
    #[serde(default)]
    range: Vec<String>,
    /// As `sort` of the search.
    sort: Option<String>,
    /// Everybody who reads the register may use it.
    #[serde(default)]
    shared: bool,
}

/// The search as it is kept; what cannot be asked cannot be kept.
fn kept(body: SearchToKeep) -> Result<Search> {
    let named = |name: &str, values: Vec<String>| values.into_iter().map(|value| (name.to_owned(), value)).collect();
    let mut fields: Vec<(String, String)> = named("filter", body.filter);
    fields.extend::<Vec<_>>(named("range", body.range));
    fields.extend(body.sort.iter().map(|sort| ("sort".to_owned(), sort.clone())));
    let request = request(Subject::Entries, &Fields(fields))?;
    let asked = Asked::requested(&body.q, &request, body.sort.as_deref());
    Ok(Search { name: body.name, asked: asked.kept_as(), is_shared: body.shared })
}

async fn one(caller: &Caller, renderer: &Renderer, id: SavedSearchId) -> Result<SavedSearch> {
    let found = usable(caller, renderer).await?.into_iter().find(|(row, _)| row.id == id.0);
    found.map(told).ok_or(AppError::NotFound)
}

/// The searches that the caller keeps, and those that others share. Given whole.
#[utoipa::path(get, path = "/components/searches", tag = "register",
    responses((status = 200, body = Items<SavedSearch>)))]
pub(super) async fn list(may: May<may::Read>, renderer: Renderer) -> Result<Json<Items<SavedSearch>>> {
    let items = usable(&may, &renderer).await?.into_iter().map(told).collect();
    Ok(Json(Items { items, next: None }))
}

/// A kept search.
#[utoipa::path(get, path = "/components/searches/{search}", tag = "register", params(("search" = Uuid, Path)),
    responses((status = 200, body = SavedSearch), (status = 404, body = ProblemDocument)))]
pub(super) async fn get(
    may: May<may::Read>,
    renderer: Renderer,
    Id(id): Id<SavedSearchId>,
) -> Result<Json<SavedSearch>> {
    Ok(Json(one(&may, &renderer, id).await?))
}

/// Keeps a search.
#[utoipa::path(
    post,
    path = "/components/searches",
    tag = "register",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = SearchToKeep,
    responses(
        (status = 201, body = SavedSearch),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn save(
    may: May<may::Read>,
    renderer: Renderer,
    Body(body): Body<SearchToKeep>,
) -> Result<Made<SavedSearch>> {
    let (id, _) = saved_searches::save(&renderer.platform, &may.buyer(), &kept(body)?, false).await?;
    Ok(Made(format!("/api/v1/components/searches/{id}"), one(&may, &renderer, id).await?))
}

/// Gives one's own search another name, or has it ask something else.
#[utoipa::path(
    put,
    path = "/components/searches/{search}",
    tag = "register",
    params(("search" = Uuid, Path)),
    request_body = SearchToKeep,
    responses(
        (status = 200, body = SavedSearch),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn replace(
    may: May<may::Read>,
    renderer: Renderer,
    Id(id): Id<SavedSearchId>,
    Body(body): Body<SearchToKeep>,
) -> Result<Json<SavedSearch>> {
    saved_searches::change(&renderer.platform, &may.buyer(), id, &kept(body)?).await?;
    Ok(Json(one(&may, &renderer, id).await?))
}

/// Forgets a search: one's own, or a shared one, by whoever may change the register.
#[utoipa::path(
    delete,
    path = "/components/searches/{search}",
    tag = "register",
    params(("search" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 403, body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn remove(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Id(id): Id<SavedSearchId>,
) -> Result<StatusCode> {
    saved_searches::remove(&platform, &may.buyer(), id, may.may(Permission::EditRegister)).await?;
    Ok(StatusCode::NO_CONTENT)
}
