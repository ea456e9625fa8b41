//! What a vendor is used for, as it is judged: profile and inherent risk, the tier of the EU AI Act, accepted risks, the
//! impact assessment, the decision.

mod acceptance_views;
mod acceptances;
mod accepted_api;
mod accepted_dto;
mod blocks;
mod classification;
mod classification_api;
mod classification_views;
mod decision;
mod decision_views;
mod head;
mod history;
mod impact;
mod impact_views;
mod judgements_api;
mod profile;
mod profile_api;
mod profile_views;
mod report;
mod report_api;
mod report_views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(_: &Platform) -> Pages<AppState> {
    Pages::new()
        .get("/engagements/{engagement}/profile", profile::page)
        .post("/engagements/{engagement}/overrides", profile::replace)
        .post("/engagements/{engagement}/end", profile::end)
        .post("/engagements/{engagement}/resume", profile::resume)
        .get("/engagements/{engagement}/classification", classification::page)
        .post("/engagements/{engagement}/classification", classification::confirm)
        .post("/engagements/{engagement}/facts", classification::state)
        .get("/engagements/{engagement}/acceptances", acceptances::page)
        .post("/engagements/{engagement}/acceptances", acceptances::ask)
        .post("/acceptances/{acceptance}/words", acceptances::say)
        .get("/engagements/{engagement}/impact", impact::page)
        .post("/engagements/{engagement}/impact", impact::write)
        .post("/engagements/{engagement}/impact/approval", impact::approve)
        .get("/engagements/{engagement}/decision", decision::page)
        .post("/engagements/{engagement}/decision", decision::decide)
        .post("/conditions/{condition}/steps", decision::follow)
        .get("/decisions/{decision}/record", decision::record)
        .get("/vendors/{vendor}/report", report::page)
        .get("/vendors/{vendor}/report/export", report::export)
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(profile_api::profile))
        .routes(routes!(profile_api::replace))
        .routes(routes!(profile_api::end))
        .routes(routes!(profile_api::resume))
        .routes(routes!(profile_api::tier_of_vendor))
        .routes(routes!(classification_api::show, classification_api::confirm))
        .routes(routes!(classification_api::state))
        .routes(routes!(judgements_api::acceptances, judgements_api::ask))
        .routes(routes!(accepted_api::list))
        .routes(routes!(judgements_api::say))
        .routes(routes!(judgements_api::impact, judgements_api::write_impact))
        .routes(routes!(judgements_api::approve_impact))
        .routes(routes!(judgements_api::decisions, judgements_api::decide))
        .routes(routes!(judgements_api::record))
        .routes(routes!(judgements_api::follow))
        .routes(routes!(report_api::report))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![
        sampled::<profile_views::ProfilePage>(),
        sampled::<classification_views::TierPage>(),
        sampled::<acceptance_views::AcceptancesPage>(),
        sampled::<impact_views::ImpactPage>(),
        sampled::<decision_views::DecisionPage>(),
        sampled::<report_views::ReportPage>(),
    ]
}
