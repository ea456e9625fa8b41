//! Who works here: members and their roles, sign-in links, API tokens, and what each role may do.

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
        .get("/people", pages::list)
        .post("/people", pages::add)
        .post("/people/tokens", pages::make_token)
        .post("/people/{member}/link", pages::make_link)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(api::members, api::add)).routes(routes!(api::tokens, api::make_token))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::PeoplePage>()]
}

/// Days that a token may live at most.
const LONGEST_DAYS: i64 = 3_650;
