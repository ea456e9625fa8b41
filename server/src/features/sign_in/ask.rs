//! The sign-in page: for whoever gives an address their organisation's provider, or a mail with a link; a password where
//! they are on; and the installation's providers.

use super::views::{ProviderLink, Sent, SignInPage};
use crate::actions::{oidc, passwords, sign_in};
use crate::error::{AppError, Result};
use crate::web::fields::Fields;
use crate::web::form::{Posted, refusal};
use crate::web::query;
use crate::web::render::Renderer;
use crate::web::session::{self, Origin, begin};
use crate::web::shell::{Around, Shell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
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
    page(&renderer, &around, &posted, &Posted::default()).await
}

async fn page(renderer: &Renderer, around: &Around, mail: &Posted, password: &Posted) -> Result<Html<String>> {
    let providers = oidc::installation_wide(&renderer.platform).await?;
    page_with(renderer, around, mail, password, providers)
}

fn page_with(
    renderer: &Renderer,
    around: &Around,
    mail: &Posted,
    password: &Posted,
    providers: Vec<oidc::Choice>,
) -> Result<Html<String>> {
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
        providers: providers.into_iter().map(ProviderLink::from).collect(),
    };
    renderer.page(&Shell::plain(around, renderer.text("sign_in.title", &[])), &view)
}

pub(super) async fn mail(renderer: Renderer, around: Around, session: Session, fields: Fields) -> Result<Response> {
    let platform = &renderer.platform;
    let theirs = oidc::provider_for(platform, fields.one("email")).await?;
    match theirs.as_slice() {
        [] => {}
        [one] => return Ok(Redirect::to(&onward(one, &fields)).into_response()),
        _ => {
            let posted = Posted::fresh(fields.0);
            return Ok(page_with(&renderer, &around, &posted, &Posted::default(), theirs)?.into_response());
        }
    }
    let browser = session::keep_browser(&session, &platform.clock).await?;
    let return_to = Some(fields.one("return_to"));
    match refusal(sign_in::ask(platform, fields.one("email"), return_to, &browser).await)? {
        Ok(()) => Ok(Redirect::to("/sign-in/sent").into_response()),
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = page(&renderer, &around, &posted, &Posted::default()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Where an organisation's own provider is asked, as whom, and where that leads.
fn onward(provider: &oidc::Choice, fields: &Fields) -> String {
    let mut said = vec![("email", fields.one("email"))];
    said.extend(sign_in::local_path(fields.one("return_to")).map(|path| ("return_to", path)));
    query::address(&provider.href(), said)
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
            let page = page(&renderer, &around, &Posted::default(), &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error),
    }
}
