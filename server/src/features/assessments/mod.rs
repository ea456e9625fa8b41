//! Assessments at the desk: sending questionnaires, chasing them, reading what came back, and reviewing it.

mod answers;
mod api;
mod ask;
mod detail;
mod dto;
mod head;
mod list;
mod sections;
mod sending;
mod steps;
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
        .route("/assessments", get(list::list).post(ask::draft))
        .route("/assessments/new", get(ask::form))
        .route("/assessments/{assessment}", get(detail::show))
        .route("/assessments/{assessment}/preview", get(sending::preview))
        .route("/assessments/{assessment}/issue", post(sending::issue))
        .route("/assessments/{assessment}/remind", post(sending::remind))
        .route("/assessments/{assessment}/links", post(sending::copy_link))
        .route("/assessments/{assessment}/links/{link}/revoke", post(sending::revoke_link))
        .route("/assessments/{assessment}/extend", get(steps::extend_form).post(steps::extend))
        .route("/assessments/{assessment}/recall", get(steps::recall_form).post(steps::recall))
        .route("/assessments/{assessment}/take", post(steps::take))
        .route("/assessments/{assessment}/finish", post(steps::finish))
        .route("/assessments/{assessment}/close", post(steps::close))
        .route("/assessments/{assessment}/answers", get(answers::show).post(answers::give_back))
        .route("/assessments/{assessment}/evidence/{evidence}", get(answers::evidence))
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::list, api::add))
        .routes(routes!(api::show))
        .routes(routes!(api::issue))
        .routes(routes!(api::remind))
        .routes(routes!(api::extend))
        .routes(routes!(api::recall))
        .routes(routes!(api::links))
        .routes(routes!(api::reviews))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![
        sampled::<views::list::List>(),
        sampled::<views::forms::AskForm>(),
        sampled::<views::forms::Preview>(),
        sampled::<views::forms::Extend>(),
        sampled::<views::forms::Recall>(),
        sampled::<views::forms::CopiedLink>(),
        sampled::<views::detail::Detail>(),
        sampled::<views::answers::Answers>(),
    ]
}
