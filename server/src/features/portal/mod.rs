//! The vendor's side: a link, the questions, evidence, workbooks, and submitting.

mod answers_api;
mod autosave;
mod doors;
mod evidence;
mod files;
mod imports;
mod imports_api;
mod link;
mod overview;
mod preview;
mod question;
mod section;
mod submit;
mod typed;
mod views;
mod visit;
mod words;
mod workbook;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::address::with_token_rate;
use crate::web::render::Sampled;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(platform: &Platform) -> Router<AppState> {
    let limits = &platform.config.limits;
    let doors = Router::new()
        .route("/a/{secret}", get(link::look).post(link::enter_by))
        .route("/a/{secret}/renew", get(link::renewal_asked).post(link::ask_renewal));
    let form = Router::new()
        .route("/portal/{assessment}/sections/{section}", get(section::show).post(section::post))
        .route("/portal/{assessment}/answers/{question}/evidence", post(evidence::attach))
        // The largest file, and room for the form around it.
        .layer(DefaultBodyLimit::max(limits.evidence_bytes + limits.body_bytes));
    let uploads = Router::new()
        .route("/portal/{assessment}/imports", get(imports::list).post(imports::upload))
        .layer(DefaultBodyLimit::max(limits.workbook_bytes + limits.body_bytes));
    let pages = Router::new()
        .route("/portal/{assessment}", get(overview::show))
        .route("/portal/{assessment}/questions", get(overview::questions))
        .route("/portal/{assessment}/answers", get(submit::answers))
        .route("/portal/{assessment}/answers.json", get(submit::snapshot))
        .route("/portal/{assessment}/answers/{question}", put(autosave::save))
        .route("/portal/{assessment}/evidence/{evidence}", get(evidence::download))
        .route("/portal/{assessment}/workbook", get(workbook::download))
        .route("/portal/{assessment}/imports/{import}", get(imports::show))
        .route("/portal/{assessment}/imports/{import}/apply", post(imports::apply))
        .route("/portal/{assessment}/imports/{import}/undo", post(imports::undo))
        .route("/portal/{assessment}/imports/{import}/again", post(imports::read_again))
        .route("/portal/{assessment}/submit", get(submit::form).post(submit::submit))
        .route("/portal/{assessment}/receipt", get(submit::receipt))
        .layer(DefaultBodyLimit::max(limits.body_bytes))
        .merge(form)
        .merge(uploads)
        .layer(from_fn_with_state(platform.clone(), doors::say_which_door));
    with_token_rate(doors, &platform.config).merge(pages)
}

/// The API's operations, below `/api/v1`.
pub fn api(platform: &Platform) -> OpenApiRouter<AppState> {
    let limits = &platform.config.limits;
    let small = OpenApiRouter::new()
        .routes(routes!(answers_api::list))
        .routes(routes!(answers_api::get, answers_api::put))
        .routes(routes!(answers_api::workbook))
        .routes(routes!(answers_api::download, answers_api::remove))
        .routes(routes!(answers_api::submit))
        .routes(routes!(imports_api::get))
        .routes(routes!(imports_api::apply))
        .routes(routes!(imports_api::undo))
        .layer(DefaultBodyLimit::max(limits.body_bytes));
    let evidence = OpenApiRouter::new()
        .routes(routes!(answers_api::evidence, answers_api::attach))
        .layer(DefaultBodyLimit::max(limits.evidence_bytes + limits.body_bytes));
    let workbooks = OpenApiRouter::new()
        .routes(routes!(imports_api::upload))
        .layer(DefaultBodyLimit::max(limits.workbook_bytes + limits.body_bytes));
    small.merge(evidence).merge(workbooks)
}

/// The views.
pub fn views() -> Vec<Sampled> {
    views::all()
}
