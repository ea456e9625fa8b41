//! Templates and their published versions: reading, importing, exporting, and the editor that makes them.

mod api;
mod compare;
mod compare_views;
mod drafts_api;
mod editor;
mod pages;
mod views;
mod workbooks;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Characters of a template document would be a fairer limit; bytes are what a body has. The largest known
/// questionnaires are below one megabyte.
const DOCUMENT_BYTES: usize = 4 << 20;

/// The pages.
pub fn routes(platform: &Platform) -> Pages<AppState> {
    let limits = &platform.config.limits;
    // A workbook, and room for the form around it.
    let most = DefaultBodyLimit::max(limits.workbook_bytes + limits.body_bytes);
    let import = Pages::new().post("/templates/import", pages::import).layer(most);
    Pages::new()
        .get("/templates", pages::list)
        .get("/templates/import", pages::import_form)
        .get("/templates/imports/{workbook}", workbooks::show)
        .post("/templates/imports/{workbook}", workbooks::correct)
        .post("/templates/imports/{workbook}/begin", workbooks::begin)
        .merge(import)
        .merge(editor::routes())
        .get("/templates/{template}", pages::template)
        .get("/templates/{template}/compare", compare::page)
        .get("/templates/versions/{version}", pages::version)
        .get("/templates/versions/{version}/export", pages::export)
}

/// The API's operations, below `/api/v1`.
pub fn api(platform: &Platform) -> OpenApiRouter<AppState> {
    let limits = &platform.config.limits;
    let import = OpenApiRouter::new()
        .routes(routes!(api::import))
        .layer(DefaultBodyLimit::max(limits.workbook_bytes + limits.body_bytes));
    OpenApiRouter::new()
        .routes(routes!(api::list))
        .routes(routes!(api::versions))
        .routes(routes!(compare::document))
        .routes(routes!(api::version))
        .routes(routes!(drafts_api::list, drafts_api::begin))
        .routes(routes!(drafts_api::show, drafts_api::replace, drafts_api::discard))
        .routes(routes!(drafts_api::publish))
        .routes(routes!(drafts_api::retire))
        .layer(DefaultBodyLimit::max(DOCUMENT_BYTES))
        .merge(import)
}

/// The views.
pub fn views() -> Vec<Sampled> {
    let mut views = vec![
        sampled::<views::List>(),
        sampled::<views::TemplatePage>(),
        sampled::<views::VersionPage>(),
        sampled::<compare_views::ComparePage>(),
        sampled::<views::ImportForm>(),
        sampled::<workbooks::WorkbookPage>(),
    ];
    views.extend(editor::views());
    views
}
