//! Vendors, their contacts, and engagements.

mod api;
mod dto;
mod engagements;
mod forms;
mod list;
mod merge;
mod merge_views;
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
        .get("/vendors", list::list)
        .post("/vendors", pages::add)
        .get("/vendors/new", pages::new)
        .get("/vendors/{vendor}", pages::show)
        .get("/vendors/{vendor}/edit", pages::edit)
        .post("/vendors/{vendor}/edit", pages::change)
        .get("/vendors/{vendor}/merge", merge::form)
        .post("/vendors/{vendor}/merge", merge::merge)
        .post("/vendors/{vendor}/contacts", pages::add_contacts)
        .post("/vendors/{vendor}/engagements", engagements::add)
        .get("/vendors/{vendor}/engagements/new", engagements::new)
        .get("/engagements/{engagement}", engagements::edit)
        .post("/engagements/{engagement}", engagements::change)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::list, api::add))
        .routes(routes!(api::show, api::change))
        .routes(routes!(api::merge))
        .routes(routes!(api::contacts, api::add_contacts))
        .routes(routes!(api::engagements, api::add_engagement))
        .routes(routes!(api::engagement, api::change_engagement))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![
        sampled::<views::List>(),
        sampled::<views::VendorPage>(),
        sampled::<merge_views::MergePage>(),
        sampled::<views::VendorForm>(),
        sampled::<views::EngagementForm>(),
    ]
}
