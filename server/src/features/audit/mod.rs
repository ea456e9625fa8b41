//! The audit log: reading it, checking that it is whole, taking it away.

mod api;
mod asked;
mod names;
mod pages;
mod told;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(_: &Platform) -> Pages<AppState> {
    Pages::new().get("/audit", pages::list).post("/audit/verify", pages::verify).get("/audit/export", pages::take_away)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(api::entries)).routes(routes!(api::export))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::AuditPage>()]
}
