//! The supplier AI register: searching it, what an entry says and where that comes from, saying more by hand, what
//! submissions propose, lists brought in, and the catalogue of features that stand inside bought software.

mod api;
mod asked;
mod bom_views;
mod boms;
mod boms_api;
mod catalogue_api;
mod catalogue_changes;
mod catalogue_pages;
mod catalogue_told;
mod catalogue_views;
mod catalogue_which;
mod changes;
mod changes_api;
mod classify_api;
mod classify_pages;
mod classify_views;
mod columns;
mod decide_pages;
mod edit_pages;
mod export;
mod facts_api;
mod factsheet;
mod factsheet_views;
mod form_views;
mod history_api;
mod import_views;
mod imports;
mod proposal_views;
mod proposals;
mod proposals_api;
mod rows;
mod saved;
mod saved_api;
mod search;
mod sheets;
mod told;
mod uses_api;
mod version_views;
mod versions;
mod versions_api;
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
        .get("/register/catalogue/which", catalogue_which::form)
        .post("/register/catalogue/which", catalogue_which::read)
        .post("/register/catalogue/adopt", catalogue_which::adopt)
        .layer(from_fn_with_state(uploads(&platform.config), limit))
        .layer(DefaultBodyLimit::max(platform.config.limits.workbook_bytes + FORM_BYTES));
    let most = usize::try_from(platform.config.limits.bom.file_bytes).unwrap_or(usize::MAX);
    let boms = Pages::new()
        .get("/register/boms", boms::list)
        .post("/register/boms", boms::upload)
        .layer(from_fn_with_state(uploads(&platform.config), limit))
        .layer(DefaultBodyLimit::max(most.saturating_add(FORM_BYTES)));
    Pages::new()
        .get("/register", search::page)
        .get("/register/export", export::take_away)
        .get("/register/not-in-use", search::not_in_use)
        .get("/register/catalogue", catalogue_pages::list)
        .get("/register/catalogue/features/{feature}", catalogue_pages::feature)
        .post("/register/catalogue/features/{feature}/leave", catalogue_pages::leave)
        .get("/register/catalogue/changes", catalogue_changes::page)
        .post("/register/catalogue/changes", catalogue_changes::apply)
        .post("/register/catalogue/changes/keep", catalogue_changes::keep)
        .post("/register/columns", columns::choose)
        .get("/register/searches", saved::list)
        .post("/register/searches", saved::save)
        .post("/register/searches/{search}", saved::change)
        .post("/register/searches/{search}/remove", saved::remove)
        .get("/register/imports/{import}", imports::preview)
        .get("/register/imports/{import}/sheets", sheets::show)
        .post("/register/imports/{import}/sheets", sheets::correct)
        .post("/register/imports/{import}/list", versions::choose)
        .post("/register/imports/{import}/apply", imports::apply)
        .post("/register/imports/{import}/undo", imports::undo)
        .get("/register/boms/{bom}", boms::show)
        .post("/register/boms/{bom}/apply", boms::apply)
        .post("/register/boms/{bom}/undo", boms::undo)
        .get("/register/new", edit_pages::new)
        .post("/register/new", edit_pages::add)
        .get("/register/bulk", edit_pages::many)
        .post("/register/bulk/field", edit_pages::many_field)
        .post("/register/bulk", edit_pages::change_many)
        .get("/register/changes", changes::page)
        .get("/register/proposals", proposals::list)
        .get("/register/proposals/{proposal}", proposals::page)
        .post("/register/proposals/{proposal}/apply", proposals::apply)
        .post("/register/proposals/{proposal}/decline", proposals::decline)
        .get("/register/{component}", factsheet::page)
        .get("/register/{component}/difference", factsheet::compared)
        .get("/register/{component}/edit", edit_pages::edit)
        .post("/register/{component}/edit", edit_pages::change)
        .post("/register/{component}/choose", edit_pages::choose)
        .post("/register/{component}/check", edit_pages::check)
        .get("/register/{component}/decide", decide_pages::decide)
        .post("/register/{component}/status", decide_pages::set_status)
        .post("/register/{component}/decision", decide_pages::set_decision)
        .get("/register/{component}/uses/new", decide_pages::new_use)
        .post("/register/{component}/uses", decide_pages::add_use)
        .get("/register/{component}/uses/{use}/classification", classify_pages::page)
        .post("/register/{component}/uses/{use}/classification", classify_pages::classify)
        .post("/register/{component}/uses/{use}/facts", classify_pages::answer)
        .get("/register/{component}/link", decide_pages::link)
        .post("/register/{component}/link", decide_pages::set_link)
        .merge(import)
        .merge(boms)
}

/// The API's operations, below `/api/v1`.
pub fn api(platform: &Platform) -> OpenApiRouter<AppState> {
    let upload = DefaultBodyLimit::max(platform.config.limits.workbook_bytes + FORM_BYTES);
    let most = usize::try_from(platform.config.limits.bom.file_bytes).unwrap_or(usize::MAX);
    let bom = DefaultBodyLimit::max(most.saturating_add(FORM_BYTES));
    let rate = from_fn_with_state(uploads(&platform.config), limit);
    OpenApiRouter::new()
        .routes(routes!(api::components, api::add))
        .routes(routes!(api::search))
        .routes(routes!(saved_api::list, saved_api::save))
        .routes(routes!(saved_api::get, saved_api::replace, saved_api::remove))
        .routes(routes!(columns::list, columns::set))
        .routes(routes!(changes_api::changes))
        .routes(routes!(api::component))
        .routes(routes!(history_api::history))
        .routes(routes!(facts_api::facts, facts_api::state))
        .routes(routes!(facts_api::fields))
        .routes(routes!(facts_api::choose))
        .routes(routes!(facts_api::check))
        .routes(routes!(facts_api::set_status))
        .routes(routes!(facts_api::decide))
        .routes(routes!(facts_api::link))
        .routes(routes!(uses_api::uses, uses_api::add_use))
        .routes(routes!(classify_api::classification, classify_api::confirm_tier))
        .routes(routes!(classify_api::facts))
        .routes(routes!(history_api::difference))
        .routes(routes!(facts_api::bulk))
        .routes(routes!(proposals_api::list))
        .routes(routes!(proposals_api::one))
        .routes(routes!(proposals_api::apply))
        .routes(routes!(proposals_api::decline))
        .routes(routes!(catalogue_api::features))
        .routes(routes!(catalogue_api::feature))
        .routes(routes!(catalogue_api::which))
        .routes(routes!(catalogue_api::adopt))
        .routes(routes!(catalogue_api::leave))
        .routes(routes!(catalogue_api::changes))
        .routes(routes!(catalogue_api::keep))
        .routes(routes!(versions_api::lists))
        .routes(routes!(versions_api::choose))
        .routes(routes!(versions_api::changes))
        .routes(routes!(boms_api::one))
        .routes(routes!(boms_api::apply))
        .routes(routes!(boms_api::undo))
        .merge(OpenApiRouter::new().routes(routes!(boms_api::list, boms_api::upload)).layer(rate.clone()).layer(bom))
        .merge(OpenApiRouter::new().routes(routes!(api::import)).layer(rate).layer(upload))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![
        sampled::<views::SearchPage>(),
        sampled::<views::Results>(),
        sampled::<saved::SearchesPage>(),
        sampled::<views::NotInUsePage>(),
        sampled::<factsheet_views::SheetPage>(),
        sampled::<factsheet_views::DifferencePage>(),
        sampled::<form_views::RegisterForm>(),
        sampled::<form_views::DecidePage>(),
        sampled::<form_views::LinkPage>(),
        sampled::<changes::ChangesPage>(),
        sampled::<proposal_views::ProposalsPage>(),
        sampled::<proposal_views::ProposalPage>(),
        sampled::<import_views::ImportsPage>(),
        sampled::<import_views::ImportPage>(),
        sampled::<sheets::SheetsPage>(),
        sampled::<classify_views::ClassifyPage>(),
        sampled::<catalogue_views::CataloguePage>(),
        sampled::<catalogue_views::FeaturePage>(),
        sampled::<catalogue_views::WhichPage>(),
        sampled::<catalogue_views::ChangesPage>(),
        sampled::<bom_views::BomsPage>(),
        sampled::<bom_views::BomPage>(),
    ]
}
