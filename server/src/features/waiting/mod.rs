//! What waits for the caller's decision: risk acceptances that were asked for, impact assessments that nobody has approved.

mod api;
mod pages;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(_: &Platform) -> Pages<AppState> {
    Pages::new().get("/waiting", pages::list)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(api::list))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::WaitingPage>()]
}
