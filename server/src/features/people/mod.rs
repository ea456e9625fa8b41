//! Who works here: members and their roles, API tokens, and what each role may do.

mod api;
mod member;
mod members;
mod roles;
mod tokens;
mod tokens_api;
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
        .get("/people", members::list)
        .get("/people/roles", roles::show)
        .get("/people/tokens", tokens::list)
        .post("/people/tokens", tokens::make)
        .post("/people/tokens/{token}/revoke", tokens::revoke)
        .get("/people/{member}", member::show)
        .post("/people/{member}", member::set_roles)
        .get("/people/{member}/remove", member::ask_remove)
        .post("/people/{member}/remove", member::remove)
        .post("/people/{member}/link", member::make_link)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::members))
        .routes(routes!(api::member, api::set_roles, api::remove))
        .routes(routes!(tokens_api::tokens, tokens_api::make))
        .routes(routes!(tokens_api::revoke))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![
        sampled::<views::MembersPage>(),
        sampled::<views::MemberPage>(),
        sampled::<views::RemovePage>(),
        sampled::<views::TokensPage>(),
        sampled::<views::RolesPage>(),
    ]
}

/// Days that a token may live at most.
const LONGEST_DAYS: i64 = 3_650;
