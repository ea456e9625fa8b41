//! All vendors by how they stand: rating, trend, open findings.

mod api;
mod dto;
mod pages;
mod read;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(_: &Platform) -> Pages<AppState> {
    Pages::new().get("/portfolio", pages::list)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(api::list))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::PortfolioPage>()]
}
