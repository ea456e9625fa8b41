//! How an organisation's people sign in: its OpenID providers, and the mail domains that it has proved. For operators,
//! the installation's own providers, and the domains that wait to be confirmed.

mod api;
mod domains;
mod dto;
mod forms;
mod pages;
mod proof;
mod views;

use crate::error::AppError;
use crate::platform::Platform;
use crate::state::AppState;
use crate::web::actor::Caller;
use crate::web::rate::with_token_rate;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use domain::access::Permission;
use domain::ids::OrganisationId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(platform: &Platform) -> Pages<AppState> {
    let proofs = Pages::new().get("/domains/prove/{secret}", proof::look).post("/domains/prove/{secret}", proof::prove);
    Pages::new()
        .get("/providers", pages::list)
        .get("/providers/new", pages::new)
        .post("/providers/new", pages::add)
        .get("/providers/{provider}", pages::show)
        .post("/providers/{provider}", pages::edit)
        .post("/providers/{provider}/test", pages::test)
        .post("/providers/{provider}/forget", pages::forget)
        .get("/providers/{provider}/remove", pages::ask_remove)
        .post("/providers/{provider}/remove", pages::remove)
        .post("/domains", domains::claim)
        .post("/domains/{domain}/mail", domains::send_mail)
        .post("/domains/{domain}/confirm", domains::confirm)
        .post("/domains/{domain}/remove", domains::remove)
        .merge(with_token_rate(proofs, &platform.config))
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::list, api::add))
        .routes(routes!(api::show, api::change, api::remove))
        .routes(routes!(api::domains, api::claim))
        .routes(routes!(api::remove_domain))
        .routes(routes!(api::send_proof))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![
        sampled::<views::ProvidersPage>(),
        sampled::<views::ProviderForm>(),
        sampled::<views::RemovePage>(),
        sampled::<views::ProofPage>(),
    ]
}

/// Who may say how people sign in: whoever manages an organisation's people, and for the installation its operators.
#[derive(Clone, Debug)]
pub(super) struct Keeper {
    caller: Caller,
}

impl Keeper {
    /// Whether it is the installation whose providers these are.
    fn is_operator(&self) -> bool {
        self.caller.organisation == OrganisationId::INSTALLATION
    }
}

impl std::ops::Deref for Keeper {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Keeper
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let wanted = match caller.organisation {
            OrganisationId::INSTALLATION => Permission::Operate,
            _ => Permission::ManagePeople,
        };
        if caller.may(wanted) { Ok(Self { caller }) } else { Err(AppError::Forbidden) }
    }
}
