//! Assessments at the desk: sending questionnaires, chasing them, reading what came back, and reviewing it.

mod answers;
mod api;
mod ask;
mod detail;
mod dto;
mod head;
mod list;
mod review;
mod sections;
mod sending;
mod steps;
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
        .get("/assessments", list::list)
        .post("/assessments", ask::draft)
        .get("/assessments/new", ask::form)
        .get("/assessments/{assessment}", detail::show)
        .get("/assessments/{assessment}/preview", sending::preview)
        .post("/assessments/{assessment}/issue", sending::issue)
        .post("/assessments/{assessment}/remind", sending::remind)
        .post("/assessments/{assessment}/links", sending::copy_link)
        .post("/assessments/{assessment}/links/{link}/revoke", sending::revoke_link)
        .get("/assessments/{assessment}/extend", steps::extend_form)
        .post("/assessments/{assessment}/extend", steps::extend)
        .get("/assessments/{assessment}/recall", steps::recall_form)
        .post("/assessments/{assessment}/recall", steps::recall)
        .get("/review", review::queue::show)
        .post("/assessments/{assessment}/take", review::judge::take)
        .get("/assessments/{assessment}/review", review::show)
        .post("/assessments/{assessment}/review", review::judge::give_back)
        .post("/assessments/{assessment}/review/{question}", review::judge::judge)
        .post("/assessments/{assessment}/finish", steps::finish)
        .post("/assessments/{assessment}/close", steps::close)
        .get("/assessments/{assessment}/answers", answers::show)
        .get("/assessments/{assessment}/evidence/{evidence}", answers::evidence)
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
        .routes(routes!(review::api::queue))
        .routes(routes!(review::api::show, review::api::judge))
        .routes(routes!(review::api::internal_notes, review::api::note))
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
        sampled::<review::views::ReviewPage>(),
        sampled::<review::views::OneAnswer>(),
        sampled::<review::views::Queue>(),
    ]
}
