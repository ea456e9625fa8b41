//! Crosswalks: laws and frameworks, which questions speak to them, and a vendor's answers seen through them.

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
    Pages::new()
        .get("/crosswalks", pages::list)
        .get("/crosswalks/{framework}", pages::framework)
        .get("/assessments/{assessment}/through/{framework}", pages::through)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(api::list)).routes(routes!(api::framework)).routes(routes!(api::through))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::List>(), sampled::<views::Framework>(), sampled::<views::Through>()]
}
