//! The one-time link that sets an installation up, and the page that its first administrator finds behind it.

use super::views::{SetUpPage, Step, Welcome};
use crate::actions::organisations::{self, SetUp};
use crate::error::{AppError, Result};
use crate::web::actor::{May, may};
use crate::web::fields::Fields;
use crate::web::form::{Field, Posted};
use crate::web::render::Renderer;
use crate::web::session::{Origin, begin};
use crate::web::shell::Around;
use crate::web::shell::Shell;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use tower_sessions::Session;

pub(super) async fn show(renderer: Renderer, around: Around, Path(secret): Path<String>) -> Result<Response> {
    let works = organisations::setup_link_works(&renderer.platform, &secret).await?;
    let status = if works { StatusCode::OK } else { StatusCode::GONE };
    page(&renderer, &around, works, &Posted::default(), status)
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
            Ok(Redirect::to("/welcome").into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            page(&renderer, &around, true, &posted, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(AppError::NotFound) => page(&renderer, &around, false, &Posted::default(), StatusCode::GONE),
        Err(error) => Err(error),
    }
}

fn page(renderer: &Renderer, around: &Around, works: bool, posted: &Posted, status: StatusCode) -> Result<Response> {
    let field = |name: &str, kind: &'static str, autocomplete: &'static str| Field {
        kind,
        autocomplete: Some(autocomplete),
        required: true,
        ..posted.field(name, renderer.text(&format!("set_up.{name}"), &[]))
    };
    let view = SetUpPage {
        works,
        errors: posted.errors(),
        organisation: field("organisation", "text", "organization"),
        name: field("name", "text", "name"),
        email: field("email", "email", "email"),
    };
    let shell = Shell::plain(around, renderer.text("set_up.title", &[]));
    Ok((status, renderer.page(&shell, &view)?).into_response())
}

pub(super) async fn welcome(may: May<may::ManagePeople>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    let step = |key: &str, href: &str| Step {
        text: renderer.text(&format!("welcome.{key}"), &[]),
        note: renderer.text(&format!("welcome.{key}_note"), &[]),
        href: href.to_owned(),
        status: "open",
    };
    let mut steps = vec![step("invite", "/people/invitations")];
    if may.may(Permission::EditTemplates) {
        steps.push(step("templates", "/templates"));
    }
    if may.may(Permission::EditVendors) {
        steps.push(step("vendor", "/vendors/new"));
    }
    let view = Welcome {
        organisation: may.organisation_name.clone(),
        mail_folder: renderer
            .platform
            .mail
            .is_folder()
            .then(|| renderer.platform.config.data_dir.join("mail").display().to_string()),
        tasks: steps,
    };
    renderer.page(&renderer.desk(&around, &may, renderer.text("welcome.title", &[])), &view)
}
