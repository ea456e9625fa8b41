//! Scores, explained down to each answer.

mod api;
mod explain;
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
    Pages::new()
        .get("/assessments/{assessment}/score", pages::show)
        .post("/assessments/{assessment}/score", pages::store)
        .get("/assessments/{assessment}/score/input", pages::input)
        .get("/assessments/{assessment}/score/policy", pages::policy)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::score, api::store))
        .routes(routes!(api::of_vendor))
        .routes(routes!(api::policies))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::ScorePage>(), sampled::<views::UnscoredPage>()]
}
