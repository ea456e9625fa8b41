//! Signing in at an OpenID provider: there and back, and out again.

use super::views::{Onward, ProviderRefused, SignedOut};
use crate::actions::oidc::{self, Answer, Refused};
use crate::actions::sign_in::local_path;
use crate::error::{AppError, Result};
use crate::web::browser::Browser;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::session::{Origin, VOUCHED, Vouched, begin};
use crate::web::shell::{Around, Shell};
use axum::http::header::REFRESH;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::ids::ProviderId;
use serde::Deserialize;
use std::fmt::Display;
use tower_sessions::Session;

/// Where somebody wants to go, and as whom.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    return_to: Option<String>,
    email: Option<String>,
}

/// Sends the browser to the provider: through a page, since the policy that forms post to here alone holds for where
/// they are redirected to, too, and the sign-in form's answer leads here.
pub(super) async fn start(
    renderer: Renderer,
    around: Around,
    browser: Browser,
    Id(id): Id<ProviderId>,
    Query(wish): Query<Wish>,
) -> Result<Response> {
    let platform = &renderer.platform;
    let return_to = wish.return_to.as_deref().and_then(local_path).map(str::to_owned);
    let email = wish.email.as_deref().filter(|email| crate::platform::mail::is_address(email));
    match oidc::begin(platform, id, &browser.secret, return_to, email).await? {
        Ok(begun) => {
            let title = renderer.text("provider.onward", &[("provider", &begun.provider.name)]);
            let refresh = HeaderValue::from_str(&format!("0; url={}", begun.url)).map_err(AppError::internal)?;
            let view = Onward { provider: begun.provider.name, href: begun.url };
            let mut response = renderer.page(&Shell::plain(&around, title), &view)?.into_response();
            response.headers_mut().insert(REFRESH, refresh);
            browser.keep(response.headers_mut())?;
            Ok(response)
        }
        Err(refused) => refuse(&renderer, &around, &refused),
    }
}

/// What a provider's answer says in the address.
#[derive(Debug, Deserialize)]
pub(super) struct Returned {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Characters of an ID token that are kept with a session; signing out works without, with one more question.
const ID_TOKEN: usize = 8_192;

/// Lets in whom the provider vouches for.
pub(super) async fn end(
    renderer: Renderer,
    around: Around,
    browser: Browser,
    session: Session,
    origin: Origin,
    Query(said): Query<Returned>,
) -> Result<Response> {
    let answer = Answer { state: said.state, code: said.code, error: said.error, issuer: said.iss };
    match oidc::finish(&renderer.platform, &browser.secret, answer).await? {
        Ok(arrived) => {
            begin(&session, arrived.signed_in, &Origin { way: "provider".to_owned(), ..origin }).await?;
            let id_token = Some(arrived.id_token).filter(|token| token.len() <= ID_TOKEN).unwrap_or_default();
            let vouched = Vouched { provider: arrived.provider, id_token };
            session.insert(VOUCHED, vouched).await.map_err(AppError::internal)?;
            Ok(Redirect::to(arrived.return_to.as_deref().and_then(local_path).unwrap_or("/")).into_response())
        }
        Err(refused) => refuse(&renderer, &around, &refused),
    }
}

/// Says why, and what to do.
fn refuse(renderer: &Renderer, around: &Around, refused: &Refused) -> Result<Response> {
    let status = match refused.code {
        "switched-off" => StatusCode::NOT_FOUND,
        "silent" | "not-https" | "not-a-provider" | "client-refused" => StatusCode::BAD_GATEWAY,
        "unknown-state" | "code-refused" | "nonce" | "expired" | "signature" | "token" | "no-code" => {
            StatusCode::BAD_REQUEST
        }
        _ => StatusCode::FORBIDDEN,
    };
    let name = refused.provider.as_ref().map(|provider| provider.name.clone()).unwrap_or_default();
    let minutes = renderer.platform.config.limits.pending_sign_in_minutes;
    // What a claim should be and is are words, too.
    let worded: Vec<(&str, String)> = refused
        .with
        .iter()
        .map(|(key, value)| match *key {
            "expected" | "found" => (*key, renderer.text(&format!("provider.type.{value}"), &[])),
            _ => (*key, value.clone()),
        })
        .collect();
    let mut values: Vec<(&str, &dyn Display)> = vec![("provider", &name), ("minutes", &minutes)];
    values.extend(worded.iter().map(|(key, value)| (*key, value as &dyn Display)));
    let heading = renderer.text(&format!("provider.refused.{}.title", refused.code), &values);
    let view = ProviderRefused {
        advice: renderer.text(&format!("provider.refused.{}.advice", refused.code), &values),
        heading: heading.clone(),
        again: refused.provider.as_ref().map(oidc::Choice::href),
    };
    Ok((status, renderer.page(&Shell::plain(around, heading), &view)?).into_response())
}

/// Ends the session. Whoever came from a provider is offered to sign out there, too, unless they are on their way
/// somewhere.
pub(super) async fn leave(session: &Session, onward: Option<&str>) -> Result<Redirect> {
    let vouched: Option<Vouched> = session.get(VOUCHED).await.map_err(AppError::internal)?;
    session.flush().await.map_err(AppError::internal)?;
    if let Some(onward) = onward {
        return Ok(Redirect::to(onward));
    }
    let Some(vouched) = vouched else { return Ok(Redirect::to("/sign-in")) };
    session.insert(VOUCHED, vouched).await.map_err(AppError::internal)?;
    Ok(Redirect::to("/signed-out"))
}

pub(super) async fn signed_out(renderer: Renderer, around: Around, session: Session) -> Result<Html<String>> {
    let vouched: Option<Vouched> = match crate::web::session::who(&session).await? {
        None => session.get(VOUCHED).await.map_err(AppError::internal)?,
        // Signed in again meanwhile: what is kept belongs to that session.
        Some(_) => None,
    };
    let there = match vouched {
        Some(vouched) => oidc::sign_out(&renderer.platform, vouched.provider, &vouched.id_token).await?,
        None => None,
    };
    let (provider, href) = there.map_or((None, None), |(name, url)| (Some(name), Some(url)));
    let title = renderer.text("provider.signed_out", &[]);
    renderer.page(&Shell::plain(&around, title), &SignedOut { provider, href })
}
