//! Links that sign in. GET looks; only a button uses a link up, since mail scanners look at links.

use super::views::Link;
use crate::actions::sign_in::{self, Door};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::web::actor::Caller;
use crate::web::fields::Fields;
use crate::web::render::Renderer;
use crate::web::session::{self, MEMBER, Origin, begin};
use crate::web::shell::{Around, Shell, home as home_of, tell};
use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::MemberId;
use tower_sessions::Session;

pub(super) async fn home(renderer: Renderer, home: Option<Home>, session: Session) -> Result<Redirect> {
    match home {
        Some(Home::At(place)) => Ok(Redirect::to(place)),
        Some(Home::Elsewhere) => {
            session.remove::<MemberId>(MEMBER).await.map_err(AppError::internal)?;
            tell(&session, "info", renderer.text("sign_in.membership_ended", &[])).await?;
            Ok(Redirect::to("/account"))
        }
        None => Ok(Redirect::to("/sign-in")),
    }
}

/// Where somebody's work begins.
pub(super) enum Home {
    /// Here.
    At(&'static str),
    /// In another organisation than the one that they acted for, which they belong to no longer.
    Elsewhere,
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Home
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>> {
        match Caller::from_request_parts(parts, state).await {
            Ok(caller) => Ok(Some(Self::At(home_of(&caller)))),
            Err(AppError::NotNow(_)) => Ok(Some(Self::Elsewhere)),
            Err(AppError::Unauthenticated) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

pub(super) async fn show(
    renderer: Renderer,
    around: Around,
    session: Session,
    Path(secret): Path<String>,
) -> Result<Response> {
    let browser = session::browser(&session).await?;
    let door = sign_in::look(&renderer.platform, &secret, browser.as_deref()).await?;
    let view = Link {
        works: door == Door::Open,
        elsewhere: door == Door::Elsewhere,
        late: door == Door::Late,
        again: format!("/sign-in/{secret}/again"),
        minutes: renderer.platform.config.limits.mail_link_minutes,
    };
    let status = if matches!(door, Door::Open | Door::Elsewhere) { StatusCode::OK } else { StatusCode::GONE };
    let page = renderer.page(&Shell::plain(&around, renderer.text("sign_in.title", &[])), &view)?;
    Ok((status, page).into_response())
}

pub(super) async fn enter(
    State(platform): State<Platform>,
    session: Session,
    origin: Origin,
    Path(secret): Path<String>,
) -> Result<Redirect> {
    let browser = session::browser(&session).await?;
    match sign_in::by_link(&platform, &secret, browser.as_deref()).await {
        Ok(entered) => {
            begin(&session, entered.signed_in, &Origin { way: entered.way.to_owned(), ..origin }).await?;
            Ok(Redirect::to(entered.return_to.as_deref().and_then(sign_in::local_path).unwrap_or("/")))
        }
        Err(AppError::Unauthenticated) => Ok(Redirect::to(&format!("/sign-in/{secret}"))),
        Err(error) => Err(error),
    }
}

pub(super) async fn again(
    State(platform): State<Platform>,
    session: Session,
    Path(secret): Path<String>,
) -> Result<Redirect> {
    let browser = session::keep_browser(&session, &platform.clock).await?;
    sign_in::ask_again(&platform, &secret, &browser).await?;
    Ok(Redirect::to("/sign-in/sent"))
}

pub(super) async fn sign_out(State(platform): State<Platform>, session: Session, fields: Fields) -> Result<Redirect> {
    if let Some(who) = session::signed_in(&session).await? {
        sign_in::signed_out(&platform, who).await?;
    }
    super::provider::leave(&session, sign_in::local_path(fields.one("return_to"))).await
}
