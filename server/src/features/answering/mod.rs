//! A vendor organisation's own desk: what its buyers ask it, and who asks to join.

mod api;
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
    Pages::new().get("/answering", pages::list).post("/answering/joining/{contact}", pages::answer_join)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(api::list)).routes(routes!(api::joining)).routes(routes!(api::answer_join))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::AskedPage>()]
}
