//! Accepting an invitation. GET looks; only the button accepts.

use super::views::{AskedAgain, JoinPage};
use crate::actions::invitations::{self, Offer, Standing};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::invitations::Way;
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::session::{self, Origin, begin};
use crate::web::shell::{Around, Shell};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::answer::iso_date;
use tower_sessions::Session;

pub(super) async fn show(
    renderer: Renderer,
    around: Around,
    session: Session,
    Path(secret): Path<String>,
) -> Result<Response> {
    match invitations::offer(&renderer.platform, &secret).await {
        Ok(offer) => page(&renderer, &around, &session, &secret, offer).await,
        Err(AppError::NotFound) => {
            let view = JoinPage { state: "unknown", ..JoinPage::default() };
            Ok((StatusCode::GONE, rendered(&renderer, &around, &view)?).into_response())
        }
        Err(error) => Err(error),
    }
}

/// What the page is about, and its status.
async fn state(session: &Session, offer: &Offer) -> Result<(&'static str, StatusCode, String)> {
    let here = session::who(session).await?;
    let email = here.as_ref().map(|who| who.email.clone()).unwrap_or_default();
    let is_whole = session::signed_in(session).await?.is_some_and(|who| who.only_member.is_none());
    let state = match offer.standing {
        Standing::Accepted => ("accepted", StatusCode::GONE),
        Standing::Revoked => ("revoked", StatusCode::GONE),
        Standing::Expired => ("expired", StatusCode::GONE),
        Standing::Open if here.is_some() && email != offer.row.email => ("another", StatusCode::CONFLICT),
        Standing::Open if offer.is_member => ("member", StatusCode::CONFLICT),
        Standing::Open if offer.is_known && offer.way == Way::Copy && !is_whole => ("sign_in_first", StatusCode::OK),
        Standing::Open => ("open", StatusCode::OK),
    };
    Ok((state.0, state.1, email))
}

async fn page(renderer: &Renderer, around: &Around, session: &Session, secret: &str, offer: Offer) -> Result<Response> {
    let (state, status, here) = state(session, &offer).await?;
    let path = format!("/join/{secret}");
    let view = JoinPage {
        state,
        organisation: offer.organisation,
        inviter: offer.inviter.unwrap_or_else(|| renderer.text("invitations.installation", &[])),
        roles: renderer.roles(&offer.roles),
        name: offer.row.name,
        email: offer.row.email,
        until: iso_date::write(offer.row.expires_at.date()),
        here,
        again: format!("{path}/again"),
        sign_in: address("/sign-in", [("return_to", path.as_str())]),
        href: path,
    };
    Ok((status, rendered(renderer, around, &view)?).into_response())
}

fn rendered(renderer: &Renderer, around: &Around, view: &JoinPage) -> Result<Html<String>> {
    renderer.page(&Shell::plain(around, renderer.text("join.title", &[])), view)
}

pub(super) async fn accept(
    renderer: Renderer,
    session: Session,
    origin: Origin,
    Path(secret): Path<String>,
) -> Result<Redirect> {
    let here = session::signed_in(&session).await?;
    match invitations::accept(&renderer.platform, &secret, here).await {
        Ok(signed_in) => {
            begin(&session, signed_in, &Origin { way: "invitation".to_owned(), ..origin }).await?;
            Ok(Redirect::to("/"))
        }
        // The page says what stands in the way.
        Err(AppError::NotNow(_) | AppError::NotFound) => Ok(Redirect::to(&format!("/join/{secret}"))),
        Err(error) => Err(error),
    }
}

pub(super) async fn again(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    Path(secret): Path<String>,
) -> Result<Response> {
    match invitations::ask_again(&platform, &secret).await {
        Ok(()) => {
            let shell = Shell::plain(&around, renderer.text("join.title", &[]));
            Ok(renderer.page(&shell, &AskedAgain {})?.into_response())
        }
        Err(AppError::NotNow(_) | AppError::NotFound) => Ok(Redirect::to(&format!("/join/{secret}")).into_response()),
        Err(error) => Err(error),
    }
}
