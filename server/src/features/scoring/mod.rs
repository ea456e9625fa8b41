//! Scores, explained down to each answer.

mod api;
mod explain;
mod pages;
mod read;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use axum::Router;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(_: &Platform) -> Router<AppState> {
    Router::new()
        .route("/assessments/{assessment}/score", get(pages::show).post(pages::store))
        .route("/assessments/{assessment}/score/input", get(pages::input))
        .route("/assessments/{assessment}/score/policy", get(pages::policy))
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
