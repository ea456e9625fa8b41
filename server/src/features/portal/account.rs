//! An account, offered and never demanded: an organisation for the vendor, or a place in the one that there is.

use super::views::{AccountPage, Administered};
use super::visit::Visit;
use crate::actions::claim::{self, Offer};
use crate::error::{AppError, Result};
use crate::web::fields::Fields;
use crate::web::form::{Posted, refusal};
use crate::web::portal::Responder;
use crate::web::render::Renderer;
use crate::web::session::{Origin, begin, who};
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use tower_sessions::Session;

pub(super) async fn show(visit: Visit, session: Session) -> Result<Response> {
    let who = who(&session).await?;
    match claim::offer(&visit.renderer.platform, visit.scope, who.as_ref()).await? {
        Some(offer) => Ok(page(&visit, &offer, None)?.into_response()),
        None => Ok(Redirect::to(&visit.base()).into_response()),
    }
}

fn page(visit: &Visit, offer: &Offer, posted: Option<&Posted>) -> Result<Html<String>> {
    let called = match offer {
        Offer::Keep { vendor, .. } => vendor.clone(),
        _ => String::new(),
    };
    let fresh = Posted::fresh(vec![("name".to_owned(), called)]);
    let posted = posted.unwrap_or(&fresh);
    let mut name = posted.field("name", visit.text("portal.account.name", &[]));
    name.hint = Some(visit.text("portal.account.name_hint", &[]));
    name.max_length = Some(visit.renderer.platform.config.limits.name_characters);
    name.required = true;
    let (kind, organisation, administered) = match offer {
        Offer::Keep { administered, .. } => ("keep", None, administered.as_slice()),
        Offer::Join(organisation) => ("join", Some(organisation.clone()), [].as_slice()),
        Offer::Asked(organisation) => ("asked", Some(organisation.clone()), [].as_slice()),
        Offer::SignIn => ("sign_in", None, [].as_slice()),
    };
    let view = AccountPage {
        kind,
        organisation,
        buyer: visit.parties.buyer.clone(),
        administered: administered
            .iter()
            .map(|(id, name)| Administered {
                id: id.to_string(),
                label: visit.text("portal.account.link", &[("name", name)]),
            })
            .collect(),
        errors: posted.errors_of(&[&name]),
        name,
        action: format!("{}/account", visit.base()),
        base: visit.base(),
    };
    visit.page(&visit.text("portal.account.title", &[]), &view)
}

pub(super) async fn take_up(
    renderer: Renderer,
    around: Around,
    session: Session,
    origin: Origin,
    responder: Responder,
    fields: Fields,
) -> Result<Response> {
    let scope = responder.scope;
    let visit = Visit::begin(renderer, around, scope).await?;
    let platform = &visit.renderer.platform;
    let who = who(&session).await?;
    match fields.one("do") {
        "link" => {
            let who = who.ok_or(AppError::Forbidden)?;
            let organisation = fields.one("organisation").parse().map_err(|_| AppError::NotFound)?;
            claim::link(platform, scope, &who, organisation).await?;
            tell(&session, "success", visit.text("portal.account.linked", &[])).await?;
            Ok(Redirect::to("/answering").into_response())
        }
        "join" => {
            claim::ask_to_join(platform, scope, who.as_ref()).await?;
            Ok(Redirect::to(&format!("{}/account", visit.base())).into_response())
        }
        _ => match refusal(claim::keep(platform, scope, who.as_ref(), fields.one("name")).await)? {
            Ok(signed_in) => {
                if let Some(signed_in) = signed_in {
                    begin(&session, signed_in, &Origin { way: "link".to_owned(), ..origin }).await?;
                }
                tell(&session, "success", visit.text("portal.account.kept", &[])).await?;
                Ok(Redirect::to("/answering").into_response())
            }
            Err(problems) => {
                let offer = claim::offer(platform, scope, who.as_ref()).await?.ok_or(AppError::Forbidden)?;
                let posted = Posted::refused(&visit.renderer, fields, &problems);
                let page = page(&visit, &offer, Some(&posted))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
        },
    }
}
