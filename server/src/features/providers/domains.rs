//! Mail domains: claimed, mailed, confirmed, given up. They are listed beside the providers that they are for.

use super::Keeper;
use super::pages::{LIST, listing};
use crate::actions::oidc::domains;
use crate::error::{AppError, Result};
use crate::web::actor::{May, may};
use crate::web::fields::Fields;
use crate::web::form::{Posted, refusal};
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::DomainId;
use tower_sessions::Session;

pub(super) async fn claim(
    renderer: Renderer,
    around: Around,
    caller: May<may::ManagePeople>,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    match refusal(domains::claim(&renderer.platform, &by, fields.one("domain")).await)? {
        Ok(_) => {
            tell(&session, "success", renderer.text("providers.claimed", &[])).await?;
            Ok(Redirect::to(LIST).into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = listing(&renderer, &around, &Keeper { caller: caller.caller }, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn send_mail(
    renderer: Renderer,
    caller: May<may::ManagePeople>,
    session: Session,
    Id(id): Id<DomainId>,
    fields: Fields,
) -> Result<Redirect> {
    let (kind, said) = match domains::send_proof(&renderer.platform, &caller.buyer(), id, fields.one("mailbox")).await {
        Ok(address) => ("success", renderer.text("providers.mailed", &[("address", &address)])),
        Err(AppError::TooMany { retry_after }) => {
            let minutes = retry_after.div_ceil(60);
            ("warning", renderer.text("providers.mailed_already", &[("minutes", &minutes)]))
        }
        Err(error) => return Err(error),
    };
    tell(&session, kind, said).await?;
    Ok(Redirect::to(LIST))
}

pub(super) async fn confirm(
    renderer: Renderer,
    caller: May<may::Operate>,
    session: Session,
    Id(id): Id<DomainId>,
) -> Result<Redirect> {
    let (kind, said) = match domains::confirm(&renderer.platform, &caller.buyer(), id).await {
        Ok(domain) => ("success", renderer.text("providers.confirmed", &[("domain", &domain)])),
        Err(AppError::NotNow("domain_elsewhere")) => ("error", renderer.text("providers.elsewhere", &[])),
        Err(error) => return Err(error),
    };
    tell(&session, kind, said).await?;
    Ok(Redirect::to(LIST))
}

pub(super) async fn remove(
    renderer: Renderer,
    caller: May<may::ManagePeople>,
    session: Session,
    Id(id): Id<DomainId>,
) -> Result<Redirect> {
    let domain = domains::remove(&renderer.platform, &caller.buyer(), id).await?;
    let said = renderer.text("providers.domain_removed", &[("domain", &domain)]);
    tell(&session, "success", said).await?;
    Ok(Redirect::to(LIST))
}
