//! The sign-in page: a mail with a link for whoever gives an address, a password where they are on, and the installation's
//! providers.

use super::views::{Sent, SignInPage};
use crate::actions::{passwords, sign_in};
use crate::error::{AppError, Result};
use crate::web::fields::Fields;
use crate::web::form::{Posted, refusal};
use crate::web::render::Renderer;
use crate::web::session::{self, Origin, begin};
use crate::web::shell::{Around, Shell};
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::problem::{Problem, Problems};
use serde::Deserialize;
use tower_sessions::Session;

/// What the page's address says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    return_to: String,
}

pub(super) async fn show(renderer: Renderer, around: Around, Query(asked): Query<Asked>) -> Result<Html<String>> {
    let posted = Posted::fresh(vec![("return_to".to_owned(), asked.return_to)]);
    page(&renderer, &around, &posted, &Posted::default())
}

fn page(renderer: &Renderer, around: &Around, mail: &Posted, password: &Posted) -> Result<Html<String>> {
    let field = |posted: &Posted, id: &str, name: &str, kind: &'static str, autocomplete: &'static str| {
        let mut field = posted.field(name, renderer.text(&format!("sign_in.field.{name}"), &[]));
        id.clone_into(&mut field.id);
        field.kind = kind;
        field.autocomplete = Some(autocomplete);
        field.required = true;
        field
    };
    let return_to = [mail, password].map(|posted| posted.fields.one("return_to")).concat();
    let view = SignInPage {
        return_to: sign_in::local_path(&return_to).unwrap_or_default().to_owned(),
        email: field(mail, "email", "email", "email", "email"),
        errors: mail.errors(),
        passwords: renderer.platform.config.sign_in.passwords,
        password_email: field(password, "password-email", "email", "email", "username"),
        password: field(password, "password", "password", "password", "current-password"),
        password_errors: password.errors(),
        providers: Vec::new(),
    };
    renderer.page(&Shell::plain(around, renderer.text("sign_in.title", &[])), &view)
}

pub(super) async fn mail(renderer: Renderer, around: Around, session: Session, fields: Fields) -> Result<Response> {
    let platform = &renderer.platform;
    let browser = session::keep_browser(&session, &platform.clock).await?;
    let return_to = Some(fields.one("return_to"));
    match refusal(sign_in::ask(platform, fields.one("email"), return_to, &browser).await)? {
        Ok(()) => Ok(Redirect::to("/sign-in/sent").into_response()),
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = page(&renderer, &around, &posted, &Posted::default())?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn sent(renderer: Renderer, around: Around) -> Result<Html<String>> {
    let minutes = renderer.platform.config.limits.mail_link_minutes;
    renderer.page(&Shell::plain(&around, renderer.text("sign_in.sent", &[])), &Sent { minutes })
}

pub(super) async fn password(
    renderer: Renderer,
    around: Around,
    session: Session,
    origin: Origin,
    fields: Fields,
) -> Result<Response> {
    match passwords::sign_in(&renderer.platform, fields.one("email"), fields.one("password")).await {
        Ok(signed_in) => {
            begin(&session, signed_in, &Origin { way: "password".to_owned(), ..origin }).await?;
            Ok(Redirect::to(sign_in::local_path(fields.one("return_to")).unwrap_or("/")).into_response())
        }
        Err(AppError::Unauthenticated) => {
            let wrong = Problems::one(Problem::new("password", "does-not-fit"));
            let kept = fields.0.into_iter().filter(|(name, _)| name != "password").collect();
            let posted = Posted::refused(&renderer, Fields(kept), &wrong);
            let page = page(&renderer, &around, &Posted::default(), &posted)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error),
    }
}
