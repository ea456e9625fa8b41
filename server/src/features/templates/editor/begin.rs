//! Beginning a draft: from nothing, from a published version, or as the next version of a template.

use super::places::base;
use super::views::Begin;
use crate::actions::drafts::{self, Start};
use crate::error::Result;
use crate::features::templates::views::Crumb;
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted, refusal};
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::ids::TemplateId;
use serde::Deserialize;
use tower_sessions::Session;
use uuid::Uuid;

/// What is copied.
#[derive(Debug, Default, Deserialize)]
pub(in crate::features::templates) struct From {
    #[serde(default)]
    version: String,
}

pub(in crate::features::templates) async fn form(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Query(from): Query<From>,
) -> Result<Html<String>> {
    let once = platform.clock.id::<Uuid>().to_string();
    let posted =
        Posted::fresh(vec![("once".into(), once), ("version".into(), from.version), ("language".into(), "en".into())]);
    page(&platform, &renderer, &around, &caller, &posted).await
}

async fn page(
    platform: &Platform,
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    posted: &Posted,
) -> Result<Html<String>> {
    let label = |name: &str| renderer.text(&format!("editor.begin.{name}"), &[]);
    let hint = |name: &str| Some(renderer.text(&format!("editor.begin.{name}_hint"), &[]));
    let chosen = posted.fields.one("version");
    let versions = repo::templates::versions(platform.db.read(), caller.scope(), None).await?;
    let option = |version: &entity::template_version::Model| Choice {
        key: version.id.to_string(),
        text: renderer.text("editor.begin.copied", &[("title", &version.title), ("number", &version.number)]),
        chosen: version.id.to_string() == chosen,
        ..Choice::default()
    };
    let view = Begin {
        crumbs: vec![Crumb::templates(renderer)],
        once: posted.fields.one("once").to_owned(),
        version: Field {
            blank: Some(label("nothing")),
            options: versions.iter().map(option).collect(),
            ..posted.field("version", label("version"))
        },
        title: Field { hint: hint("title"), ..posted.field("title", label("title")) },
        key: Field {
            required: true,
            hint: hint("key"),
            width: Some("medium"),
            max_length: Some(64),
            ..posted.field("key", label("key"))
        },
        language: Field { hint: hint("language"), width: Some("short"), ..posted.field("language", label("language")) },
        errors: Vec::new(),
    };
    let errors = posted.errors_of(&[&view.version, &view.title, &view.key, &view.language]);
    let title = renderer.text("editor.begin.heading", &[]);
    renderer.page(&renderer.desk(around, caller, title), &Begin { errors, ..view })
}

pub(in crate::features::templates) async fn begin(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    fields: Fields,
) -> Result<Response> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let (key, title) = (fields.one("key").to_owned(), fields.one("title").to_owned());
    let start = match fields.one("version").parse() {
        Ok(version) => Start::Copy { key, title, version },
        Err(_) => Start::Nothing { key, title, language: fields.one("language").to_owned() },
    };
    match refusal(drafts::begin(&platform, &by, start).await)? {
        Ok(id) => Ok(Redirect::to(&base(id)).into_response()),
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = page(&platform, &renderer, &around, &caller, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(in crate::features::templates) async fn next(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditTemplates>,
    Id(template): Id<TemplateId>,
) -> Result<Redirect> {
    match refusal(drafts::begin(&platform, &caller.buyer(), Start::Next(template)).await)? {
        Ok(id) => Ok(Redirect::to(&base(id))),
        Err(problems) => {
            let words = |problem| crate::web::say::problem(&renderer.platform.wording, problem);
            tell(&session, "error", problems.0.iter().map(words).collect::<Vec<_>>().join(" ")).await?;
            Ok(Redirect::to(&format!("/templates/{template}")))
        }
    }
}
