//! The vendor's side: a link, the questions, evidence, workbooks, and submitting.

mod account;
mod answers_api;
mod autosave;
mod choosing;
mod colleagues;
mod colleagues_api;
mod doors;
mod evidence;
mod files;
mod filter;
mod findings;
mod findings_api;
mod import_views;
mod imports;
mod imports_api;
mod imports_dto;
mod link;
mod overview;
mod preview;
mod question;
mod section;
mod sheets;
mod submit;
mod threads;
mod typed;
mod views;
mod visit;
mod words;
mod workbook;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::rate::{limit, uploads as upload_rate, with_token_rate};
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(platform: &Platform) -> Pages<AppState> {
    let limits = &platform.config.limits;
    let doors = Pages::new()
        .get("/a/{secret}", link::look)
        .post("/a/{secret}", link::enter_by)
        .get("/a/{secret}/renew", link::renewal_asked)
        .post("/a/{secret}/renew", link::ask_renewal);
    let rate = from_fn_with_state(upload_rate(&platform.config), limit);
    let form = Pages::new()
        .get("/portal/{assessment}/sections/{section}", section::show)
        .post("/portal/{assessment}/sections/{section}", section::post)
        .post("/portal/{assessment}/answers/{question}/evidence", evidence::attach)
        .post("/portal/{assessment}/findings/{finding}", findings::step)
        // The largest file, and room for the form around it.
        .layer(DefaultBodyLimit::max(limits.evidence_bytes + limits.body_bytes))
        .layer(rate.clone());
    let uploads = Pages::new()
        .get("/portal/{assessment}/imports", imports::list)
        .post("/portal/{assessment}/imports", imports::upload)
        .layer(DefaultBodyLimit::max(limits.workbook_bytes + limits.body_bytes))
        .layer(rate);
    let pages = Pages::new()
        .get("/portal/{assessment}", overview::show)
        .get("/portal/{assessment}/questions", overview::questions)
        .get("/portal/{assessment}/answers", submit::answers)
        .get("/portal/{assessment}/answers.json", submit::snapshot)
        .put("/portal/{assessment}/answers/{question}", autosave::save)
        .get("/portal/{assessment}/account", account::show)
        .post("/portal/{assessment}/account", account::take_up)
        .get("/portal/{assessment}/colleagues", colleagues::show)
        .post("/portal/{assessment}/colleagues", colleagues::hand_over)
        .post("/portal/{assessment}/colleagues/{contact}/take-back", colleagues::take_back)
        .post("/portal/{assessment}/signatory", colleagues::name_signatory)
        .post("/portal/{assessment}/signature", colleagues::ask_for_signature)
        .get("/portal/{assessment}/evidence/{evidence}", evidence::download)
        .get("/portal/{assessment}/findings", findings::list)
        .get("/portal/{assessment}/findings/{finding}", findings::show)
        .post("/portal/{assessment}/findings/{finding}/notes", findings::note)
        .get("/portal/{assessment}/findings/{finding}/files/{file}", findings::file)
        .get("/portal/{assessment}/workbook", workbook::download)
        .get("/portal/{assessment}/imports/{import}", imports::show)
        .get("/portal/{assessment}/imports/{import}/file", imports::original)
        .post("/portal/{assessment}/imports/{import}/apply", imports::apply)
        .post("/portal/{assessment}/imports/{import}/undo", imports::undo)
        .post("/portal/{assessment}/imports/{import}/again", imports::read_again)
        .get("/portal/{assessment}/imports/{import}/sheets", sheets::show)
        .post("/portal/{assessment}/imports/{import}/sheets", sheets::correct)
        .get("/portal/{assessment}/submit", submit::form)
        .post("/portal/{assessment}/submit", submit::submit)
        .get("/portal/{assessment}/receipt", submit::receipt)
        .layer(DefaultBodyLimit::max(limits.body_bytes))
        .merge(form)
        .merge(uploads)
        .layer(from_fn_with_state(platform.clone(), doors::say_which_door));
    with_token_rate(doors, &platform.config).merge(pages)
}

/// The API's operations, below `/api/v1`.
pub fn api(platform: &Platform) -> OpenApiRouter<AppState> {
    let limits = &platform.config.limits;
    let rate = from_fn_with_state(upload_rate(&platform.config), limit);
    let small = OpenApiRouter::new()
        .routes(routes!(answers_api::list))
        .routes(routes!(answers_api::get, answers_api::put))
        .routes(routes!(answers_api::workbook))
        .routes(routes!(answers_api::download, answers_api::remove))
        .routes(routes!(answers_api::submit))
        .routes(routes!(threads::list, threads::say))
        .routes(routes!(findings_api::list))
        .routes(routes!(findings_api::show))
        .routes(routes!(findings_api::step))
        .routes(routes!(findings_api::note))
        .routes(routes!(colleagues_api::list, colleagues_api::hand_over))
        .routes(routes!(colleagues_api::take_back))
        .routes(routes!(colleagues_api::name_signatory))
        .routes(routes!(colleagues_api::ask_for_signature))
        .routes(routes!(imports_api::get))
        .routes(routes!(imports_api::file))
        .routes(routes!(imports_api::apply))
        .routes(routes!(imports_api::undo))
        .layer(DefaultBodyLimit::max(limits.body_bytes));
    let evidence = OpenApiRouter::new()
        .routes(routes!(answers_api::evidence, answers_api::attach))
        .routes(routes!(findings_api::attach))
        .layer(DefaultBodyLimit::max(limits.evidence_bytes + limits.body_bytes));
    let workbooks = OpenApiRouter::new()
        .routes(routes!(imports_api::list, imports_api::upload))
        .layer(DefaultBodyLimit::max(limits.workbook_bytes + limits.body_bytes));
    small.merge(evidence.merge(workbooks).layer(rate))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    let mut views = views::all();
    views.push(sampled::<sheets::SheetsPage>());
    views.push(sampled::<findings::FindingsPage>());
    views.push(sampled::<findings::FindingPage>());
    views
}
