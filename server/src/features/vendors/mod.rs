//! Vendors, their contacts, and engagements.

mod api;
mod dto;
mod engagements;
mod forms;
mod list;
mod pages;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use axum::Router;
use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(_: &Platform) -> Router<AppState> {
    Router::new()
        .route("/vendors", get(list::list).post(pages::add))
        .route("/vendors/new", get(pages::new))
        .route("/vendors/{vendor}", get(pages::show))
        .route("/vendors/{vendor}/edit", get(pages::edit).post(pages::change))
        .route("/vendors/{vendor}/contacts", post(pages::add_contacts))
        .route("/vendors/{vendor}/engagements", post(engagements::add))
        .route("/vendors/{vendor}/engagements/new", get(engagements::new))
        .route("/engagements/{engagement}", get(engagements::edit).post(engagements::change))
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::list, api::add))
        .routes(routes!(api::show, api::change))
        .routes(routes!(api::contacts, api::add_contacts))
        .routes(routes!(api::engagements, api::add_engagement))
        .routes(routes!(api::engagement, api::change_engagement))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![
        sampled::<views::List>(),
        sampled::<views::VendorPage>(),
        sampled::<views::VendorForm>(),
        sampled::<views::EngagementForm>(),
    ]
}
