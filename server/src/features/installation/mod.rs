//! How the installation is, which organisations it holds, and who runs it. Nothing of what organisations keep in it.

mod operators;
mod organisations;
mod pages;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use utoipa_axum::router::OpenApiRouter;

/// The pages.
pub fn routes(_: &Platform) -> Pages<AppState> {
    Pages::new()
        .get("/installation", pages::show)
        .get("/installation/organisations", organisations::list)
        .post("/installation/organisations", organisations::make)
        .get("/installation/operators", operators::list)
        .post("/installation/operators", operators::invite)
        .post("/installation/operators/{member}/remove", operators::remove)
        .post("/installation/operators/invitations/{invitation}/revoke", operators::revoke)
}

/// The API's operations, below `/api/v1`: none; programs read `/readyz` and `/metrics`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::InstallationPage>(), sampled::<views::OrganisationsPage>(), sampled::<views::OperatorsPage>()]
}
