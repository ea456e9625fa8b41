//! Invitations: what was sent and how it fared, and the page on which somebody accepts one.

mod api;
mod join;
mod pages;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::rate::with_token_rate;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The pages.
pub fn routes(platform: &Platform) -> Pages<AppState> {
    let limited = Pages::new()
        .get("/join/{secret}", join::show)
        .post("/join/{secret}", join::accept)
        .post("/join/{secret}/again", join::again);
    Pages::new()
        .get("/people/invitations", pages::list)
        .post("/people/invitations", pages::invite)
        .post("/people/invitations/{invitation}/resend", pages::resend)
        .post("/people/invitations/{invitation}/link", pages::copy_link)
        .post("/people/invitations/{invitation}/revoke", pages::revoke)
        .merge(with_token_rate(limited, &platform.config))
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(api::invitations, api::invite))
        .routes(routes!(api::invitation, api::revoke))
        .routes(routes!(api::resend))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::InvitationsPage>(), sampled::<views::JoinPage>(), sampled::<views::AskedAgain>()]
}
