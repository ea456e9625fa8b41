//! Choosing the columns of the register's list: below the search field, and by the API.

use super::asked::Asked;
use super::search::{Refused, shown};
use super::views::ColumnsView;
use super::words;
use crate::actions::{Actor, saved_searches};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::actor::{Caller, May, may};
use crate::web::api::Body;
use crate::web::failure::ProblemDocument;
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field as Input, Posted};
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::register::columns::{OWN, columns};
use domain::register::{Field, Group};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tower_sessions::Session;
use utoipa::ToSchema;

/// The form; none for a program, which keeps none.
pub(super) fn columns_view(
    caller: &Caller,
    renderer: &Renderer,
    shown: &[&'static str],
    refused: Option<&Posted>,
) -> Option<ColumnsView> {
    if !matches!(caller.actor, Actor::Member(_)) {
        return None;
    }
    let ticked: BTreeSet<&str> = match refused {
        Some(posted) => posted.fields.all("column").collect(),
        None => shown.iter().copied().collect(),
    };
    let choice = |id: &'static str| Choice {
        key: id.to_owned(),
        text: words::field(renderer, id),
        note: None,
        chosen: ticked.contains(id),
    };
    let fields = |id: &str, label: String, of: Vec<&'static str>| Input {
        id: id.to_owned(),
        name: "column".to_owned(),
        label,
        options: of.into_iter().map(choice).collect(),
        side: true,
        ..Input::default()
    };
    let of_group =
        |group: Group| columns().filter(move |id| Field::named(id).is_some_and(|field| field.group == group));
    let groups = Group::ALL.into_iter().map(|group| {
        let (id, title) = (format!("columns-{}", group.name()), format!("register.group.{}", group.name()));
        fields(&id, renderer.text(&title, &[]), of_group(group).collect())
    });
    let own = fields("columns-own", renderer.text("register.columns.own", &[]), OWN.to_vec());
    let mut groups: Vec<Input> = groups.chain([own]).collect();
    let mut errors = Vec::new();
    if let (Some(posted), Some(first)) = (refused, groups.first_mut()) {
        "column".clone_into(&mut first.id);
        errors = posted.errors();
    }
    Some(ColumnsView {
        is_refused: refused.is_some(),
        errors,
        about: renderer.text("register.columns.about", &[("most", &renderer.platform.config.limits.register_columns)]),
        groups,
    })
}

pub(super) async fn choose(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let asked = Asked::kept_in(fields.one("asked"));
    let chosen = (!fields.has("standard")).then(|| fields.all("column").collect());
    match saved_searches::choose_columns(&renderer.platform, &may.buyer(), chosen).await {
        Ok(()) => {
            tell(&session, "success", renderer.text("register.columns.told", &[])).await?;
            Ok(Redirect::to(&asked.page_href()).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            shown(&may, &renderer, &around, &asked, Some(Refused::Columns(&posted))).await
        }
        Err(other) => Err(other),
    }
}

/// The columns of the register's list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListColumns {
    /// Those that the caller sees beside the name, in the order of the list.
    chosen: Vec<&'static str>,
    /// All there are, in the order of the list.
    columns: Vec<&'static str>,
    /// How many may be chosen.
    most: usize,
}

async fn told(platform: &Platform, caller: &Caller) -> Result<Json<ListColumns>> {
    let chosen = saved_searches::columns_of(platform, &caller.buyer()).await?;
    let most = platform.config.limits.register_columns;
    Ok(Json(ListColumns { chosen, columns: columns().collect(), most }))
}

/// The columns of the register's list: those that the caller chose, and those that there are.
#[utoipa::path(get, path = "/components/columns", tag = "register", responses((status = 200, body = ListColumns)))]
pub(super) async fn list(may: May<may::Read>, State(platform): State<Platform>) -> Result<Json<ListColumns>> {
    told(&platform, &may).await
}

/// Columns that somebody chooses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenColumns {
    /// Beside the name, in any order; null for those that everybody sees who chose nothing.
    chosen: Option<Vec<String>>,
}

/// Chooses the columns of the register's list for the person who asks; a program has no list.
#[utoipa::path(
    put,
    path = "/components/columns",
    tag = "register",
    request_body = ChosenColumns,
    responses(
        (status = 200, body = ListColumns),
        (status = 403, body = ProblemDocument, description = "A program asks", content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn set(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Body(body): Body<ChosenColumns>,
) -> Result<Json<ListColumns>> {
    let chosen = body.chosen.as_ref().map(|chosen| chosen.iter().map(String::as_str).collect());
    saved_searches::choose_columns(&platform, &may.buyer(), chosen).await?;
    told(&platform, &may).await
}
