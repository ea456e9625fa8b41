//! Searching vendors, assessments, what vendors submitted, and findings. The register's entries are searched where they are listed.

mod api;
mod found;
mod pages;
mod rows;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(_: &Platform) -> Pages<AppState> {
    Pages::new()
        .get("/search/vendors", pages::vendors)
        .get("/search/assessments", pages::assessments)
        .get("/search/answers", pages::answers)
        .get("/search/findings", pages::findings)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::vendors))
        .routes(routes!(api::assessments))
        .routes(routes!(api::answers))
        .routes(routes!(api::findings))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::SearchPage>(), sampled::<views::Results>()]
}
