//! The scoring policy: its versions, and the runs that compute stored scores anew.

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
    Pages::new()
        .get("/policy", pages::show)
        .post("/policy/runs", pages::start)
        .post("/policy/runs/{run}/stop", pages::stop)
        .post("/policy/runs/{run}/resume", pages::resume)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::policies, api::publish))
        .routes(routes!(api::runs, api::start))
        .routes(routes!(api::run))
        .routes(routes!(api::stop))
        .routes(routes!(api::resume))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::PolicyPage>()]
}
