//! Providers and mail domains for programs.

use super::Keeper;
use super::dto::{Domain, DomainBody, ProofAsked, ProofBody, Provider, ProviderBody};
use crate::actions::oidc::{domains as actions, providers};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::{Body, IfMatch, Made, Tagged};
use crate::web::failure::ProblemDocument;
use crate::web::paging::Items;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::ids::{DomainId, ProviderId};

/// Lists the organisation's providers by name; an operator's token, the installation's.
#[utoipa::path(get, path = "/providers", tag = "administration", responses((status = 200, body = Items<Provider>)))]
pub(super) async fn list(State(platform): State<Platform>, keeper: Keeper) -> Result<Json<Items<Provider>>> {
    let rows = repo::providers::list(platform.db.read(), keeper.scope()).await?;
    Ok(Json(Items { items: rows.into_iter().map(Provider::from).collect(), next: None }))
}

/// Adds a provider.
#[utoipa::path(post, path = "/providers", tag = "administration", request_body = ProviderBody,
    responses((status = 201, body = Provider), (status = 422, body = ProblemDocument)))]
pub(super) async fn add(
    State(platform): State<Platform>,
    keeper: Keeper,
    Body(body): Body<ProviderBody>,
) -> Result<Made<Provider>> {
    let id = providers::add(&platform, &keeper.buyer(), &body.into_input()?).await?;
    let row = repo::providers::get(platform.db.read(), keeper.scope(), id).await?.ok_or(AppError::NotFound)?;
    Ok(Made(format!("/api/v1/providers/{id}"), row.into()))
}

/// Shows a provider, without its secret.
#[utoipa::path(get, path = "/providers/{provider}", tag = "administration", params(("provider" = Uuid, Path)),
    responses((status = 200, body = Provider), (status = 404, body = ProblemDocument)))]
pub(super) async fn show(
    State(platform): State<Platform>,
    keeper: Keeper,
    Id(id): Id<ProviderId>,
) -> Result<Tagged<Provider>> {
    let row = repo::providers::get(platform.db.read(), keeper.scope(), id).await?.ok_or(AppError::NotFound)?;
    Ok(Tagged(row.revision, row.into()))
}

/// Changes a provider.
#[utoipa::path(put, path = "/providers/{provider}", tag = "administration", request_body = ProviderBody,
    params(("provider" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Provider), (status = 412, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn change(
    State(platform): State<Platform>,
    keeper: Keeper,
    Id(id): Id<ProviderId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<ProviderBody>,
) -> Result<Tagged<Provider>> {
    let row = providers::edit(&platform, &keeper.buyer(), id, revision, &body.into_input()?).await?;
    Ok(Tagged(row.revision, row.into()))
}

/// Takes a provider away; its members are managed by hand from then on.
#[utoipa::path(delete, path = "/providers/{provider}", tag = "administration", params(("provider" = Uuid, Path)),
    responses((status = 204), (status = 404, body = ProblemDocument)))]
pub(super) async fn remove(
    State(platform): State<Platform>,
    keeper: Keeper,
    Id(id): Id<ProviderId>,
) -> Result<StatusCode> {
    providers::remove(&platform, &keeper.buyer(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the organisation's mail domains by name.
#[utoipa::path(get, path = "/domains", tag = "administration", responses((status = 200, body = Items<Domain>)))]
pub(super) async fn domains(
    State(platform): State<Platform>,
    caller: May<may::ManagePeople>,
) -> Result<Json<Items<Domain>>> {
    let rows = repo::domains::list(platform.db.read(), caller.scope()).await?;
    Ok(Json(Items { items: rows.into_iter().map(Domain::from).collect(), next: None }))
}

/// Says that a mail domain is the organisation's; that is worth nothing until it is proved.
#[utoipa::path(post, path = "/domains", tag = "administration", request_body = DomainBody,
    responses((status = 201, body = Domain), (status = 422, body = ProblemDocument)))]
pub(super) async fn claim(
    State(platform): State<Platform>,
    caller: May<may::ManagePeople>,
    Body(body): Body<DomainBody>,
) -> Result<Made<Domain>> {
    let id = actions::claim(&platform, &caller.buyer(), &body.domain).await?;
    let rows = repo::domains::list(platform.db.read(), caller.scope()).await?;
    let row = rows.into_iter().find(|row| row.id == id.0).ok_or(AppError::NotFound)?;
    Ok(Made(format!("/api/v1/domains/{id}"), row.into()))
}

/// Gives a mail domain up.
#[utoipa::path(delete, path = "/domains/{domain}", tag = "administration", params(("domain" = Uuid, Path)),
    responses((status = 204), (status = 404, body = ProblemDocument)))]
pub(super) async fn remove_domain(
    State(platform): State<Platform>,
    caller: May<may::ManagePeople>,
    Id(id): Id<DomainId>,
) -> Result<StatusCode> {
    actions::remove(&platform, &caller.buyer(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mails a link that proves a domain to one of its own mailboxes.
#[utoipa::path(post, path = "/domains/{domain}/proof", tag = "administration", request_body = ProofBody,
    params(("domain" = Uuid, Path)),
    responses((status = 202, body = ProofAsked), (status = 404, body = ProblemDocument),
        (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument),
        (status = 429, body = ProblemDocument)))]
pub(super) async fn send_proof(
    State(platform): State<Platform>,
    caller: May<may::ManagePeople>,
    Id(id): Id<DomainId>,
    Body(body): Body<ProofBody>,
) -> Result<(StatusCode, Json<ProofAsked>)> {
    let to = actions::send_proof(&platform, &caller.buyer(), id, &body.mailbox).await?;
    Ok((StatusCode::ACCEPTED, Json(ProofAsked { to })))
}
