//! The sign-in pages. GET looks; only a button uses a link up, since mail scanners look at links.

use super::views::{How, Link, SetUpPage};
use crate::actions::organisations::{self, SetUp};
use crate::actions::sign_in;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::actor::Caller;
use crate::web::fields::Fields;
use crate::web::render::Renderer;
use crate::web::say;
use crate::web::session::{Origin, begin};
use crate::web::shell::{Around, Shell};
use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::problem::Problems;
use serde_json::{Value, json};
use tower_sessions::Session;

pub(super) async fn home(caller: Option<Home>) -> Redirect {
    Redirect::to(caller.map_or("/sign-in", |home| home.0))
}

/// Where somebody's work begins.
pub(super) struct Home(&'static str);

impl<S: Send + Sync> OptionalFromRequestParts<S> for Home
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>> {
        match Caller::from_request_parts(parts, state).await {
            Ok(caller) if caller.may(Permission::ReadOwn) => Ok(Some(Self("/assessments"))),
            Ok(caller) if caller.may(Permission::Answer) => Ok(Some(Self("/answering"))),
            Ok(_) => Ok(Some(Self("/installation"))),
            Err(AppError::Unauthenticated) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

pub(super) async fn how(renderer: Renderer, around: Around) -> Result<Html<String>> {
    renderer.page(&Shell::plain(&around, renderer.text("sign_in.title", &[])), &How {})
}

pub(super) async fn link(renderer: Renderer, around: Around, Path(secret): Path<String>) -> Result<Response> {
    let works = sign_in::link_works(&renderer.platform, &secret).await?;
    let page = renderer.page(&Shell::plain(&around, renderer.text("sign_in.title", &[])), &Link { works })?;
    Ok((if works { StatusCode::OK } else { StatusCode::GONE }, page).into_response())
}

pub(super) async fn sign_in(
    State(platform): State<Platform>,
    session: Session,
    origin: Origin,
    Path(secret): Path<String>,
) -> Result<Redirect> {
    match sign_in::by_link(&platform, &secret).await {
        Ok(signed_in) => {
            begin(&session, signed_in, &Origin { way: "link".to_owned(), ..origin }).await?;
            Ok(Redirect::to("/"))
        }
        Err(AppError::Unauthenticated) => Ok(Redirect::to(&format!("/sign-in/{secret}"))),
        Err(error) => Err(error),
    }
}

pub(super) async fn sign_out(session: Session) -> Result<Redirect> {
    super::provider::leave(&session).await
}

pub(super) async fn setup(renderer: Renderer, around: Around, Path(secret): Path<String>) -> Result<Response> {
    let works = organisations::setup_link_works(&renderer.platform, &secret).await?;
    let status = if works { StatusCode::OK } else { StatusCode::GONE };
    setup_page(&renderer, &around, works, &Fields::default(), None, status)
}

pub(super) async fn set_up(
    renderer: Renderer,
    around: Around,
    session: Session,
    origin: Origin,
    Path(secret): Path<String>,
    fields: Fields,
) -> Result<Response> {
    let input = SetUp {
        organisation: fields.one("organisation").to_owned(),
        name: fields.one("name").to_owned(),
        email: fields.one("email").to_owned(),
    };
    match organisations::set_up(&renderer.platform, &secret, &input).await {
        Ok(signed_in) => {
            begin(&session, signed_in, &Origin { way: "link".to_owned(), ..origin }).await?;
            Ok(Redirect::to("/people").into_response())
        }
        Err(AppError::Invalid(problems)) => {
            setup_page(&renderer, &around, true, &fields, Some(problems), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(AppError::NotFound) => setup_page(&renderer, &around, false, &fields, None, StatusCode::GONE),
        Err(error) => Err(error),
    }
}

fn setup_page(
    renderer: &Renderer,
    around: &Around,
    works: bool,
    fields: &Fields,
    problems: Option<Problems>,
    status: StatusCode,
) -> Result<Response> {
    let problems = problems.map(|problems| problems.0).unwrap_or_default();
    let words = |at: &str| {
        problems
            .iter()
            .find(|problem| problem.at == at)
            .map(|problem| say::problem(&renderer.platform.wording, problem))
    };
    let field = |name: &str, kind: &str, autocomplete: &str| -> Value {
        json!({
            "id": name, "name": name, "label": renderer.text(&format!("set_up.{name}"), &[]), "hint": null,
            "error": words(name), "value": fields.one(name), "required": true, "type": kind, "autocomplete": autocomplete,
        })
    };
    let errors = problems
        .iter()
        .map(|problem| json!({ "href": format!("#{}", problem.at), "text": say::problem(&renderer.platform.wording, problem) }))
        .collect();
    let form = json!({
        "organisation": field("organisation", "text", "organization"),
        "name": field("name", "text", "name"),
        "email": field("email", "email", "email"),
    });
    let shell = Shell::plain(around, renderer.text("set_up.title", &[]));
    Ok((status, renderer.page(&shell, &SetUpPage { works, errors, form })?).into_response())
}
