//! How the installation is: jobs, index, database, storage. Nothing of what organisations keep in it.

mod pages;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use utoipa_axum::router::OpenApiRouter;

/// The pages.
pub fn routes(_: &Platform) -> Pages<AppState> {
    Pages::new().get("/installation", pages::show)
}

/// The API's operations, below `/api/v1`: none; programs read `/readyz` and `/metrics`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::InstallationPage>()]
}
