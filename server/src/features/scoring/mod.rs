//! Scores, explained down to each answer.

mod api;
mod applicability;
mod applicability_api;
mod applicability_book;
mod applicability_views;
mod explain;
mod pages;
mod compare;
mod compare_api;
mod compare_views;
mod read;
mod trend;
mod trend_views;
mod views;
mod what_if;
mod what_if_api;
mod what_if_views;

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
        .get("/assessments/{assessment}/what-if", what_if::page)
        .post("/assessments/{assessment}/what-if", what_if::suppose)
        .get("/compare", compare::page)
        .get("/vendors/{vendor}/applicability", applicability::page)
        .get("/vendors/{vendor}/applicability/export", applicability::export)
        .get("/assessments/{assessment}/score/input", pages::input)
        .get("/assessments/{assessment}/score/policy", pages::policy)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::score, api::store))
        .routes(routes!(what_if_api::what_if))
        .routes(routes!(api::of_vendor))
        .routes(routes!(applicability_api::applicability))
        .routes(routes!(compare_api::compare))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![
        sampled::<views::ScorePage>(),
        sampled::<views::UnscoredPage>(),
        sampled::<what_if_views::WhatIfPage>(),
        sampled::<compare_views::ComparePage>(),
        sampled::<applicability_views::ApplicabilityPage>(),
    ]
}
