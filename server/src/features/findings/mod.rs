//! Findings at the desk: the register of gaps across vendors, a finding with its life, and raising one by hand.

mod api;
mod dto;
mod export;
mod list;
mod new;
mod plan;
mod show;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::rate::{limit, uploads as upload_rate};
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(platform: &Platform) -> Pages<AppState> {
    let limits = &platform.config.limits;
    // A step may come with a file that shows what was done.
    let steps = Pages::new()
        .post("/findings/{finding}", show::step)
        .layer(DefaultBodyLimit::max(limits.evidence_bytes + limits.body_bytes))
        .layer(from_fn_with_state(upload_rate(&platform.config), limit));
    Pages::new()
        .get("/findings", list::list)
        .post("/findings", new::raise)
        .get("/findings/new", new::form)
        .get("/findings/plan", plan::show)
        .get("/findings/export", export::take_away)
        .get("/findings/{finding}", show::show)
        .post("/findings/{finding}/notes", show::note)
        .get("/findings/{finding}/files/{file}", show::file)
        .layer(DefaultBodyLimit::max(limits.body_bytes))
        .merge(steps)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::list, api::add))
        .routes(routes!(api::show))
        .routes(routes!(api::step))
        .routes(routes!(api::note))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::List>(), sampled::<views::Page>(), sampled::<views::NewForm>(), sampled::<views::PlanPage>()]
}
