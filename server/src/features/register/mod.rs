//! The supplier AI register: searching it, what an entry says and where that comes from, and lists brought in.

mod api;
mod components;
mod import_views;
mod imports;
mod search;
mod sheets;
mod views;
mod words;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::rate::{limit, uploads};
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Room for the form around an uploaded file.
const FORM_BYTES: usize = 64 << 10;

/// The pages.
pub fn routes(platform: &Platform) -> Pages<AppState> {
    let import = Pages::new()
        .get("/register/import", imports::list)
        .post("/register/import", imports::upload)
        .layer(from_fn_with_state(uploads(&platform.config), limit))
        .layer(DefaultBodyLimit::max(platform.config.limits.workbook_bytes + FORM_BYTES));
    Pages::new()
        .get("/register", search::page)
        .get("/register/not-in-use", search::not_in_use)
        .get("/register/imports/{import}", imports::preview)
        .get("/register/imports/{import}/sheets", sheets::show)
        .post("/register/imports/{import}/sheets", sheets::correct)
        .post("/register/imports/{import}/apply", imports::apply)
        .post("/register/imports/{import}/undo", imports::undo)
        .get("/register/{component}", components::page)
        .merge(import)
}

/// The API's operations, below `/api/v1`.
pub fn api(platform: &Platform) -> OpenApiRouter<AppState> {
    let upload = DefaultBodyLimit::max(platform.config.limits.workbook_bytes + FORM_BYTES);
    let rate = from_fn_with_state(uploads(&platform.config), limit);
    OpenApiRouter::new()
        .routes(routes!(api::components))
        .routes(routes!(api::search))
        .routes(routes!(api::component))
        .routes(routes!(api::history))
        .merge(OpenApiRouter::new().routes(routes!(api::import)).layer(rate).layer(upload))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![
        sampled::<views::SearchPage>(),
        sampled::<views::Results>(),
        sampled::<views::NotInUsePage>(),
        sampled::<views::ComponentPage>(),
        sampled::<import_views::ImportsPage>(),
        sampled::<import_views::ImportPage>(),
        sampled::<sheets::SheetsPage>(),
    ]
}
