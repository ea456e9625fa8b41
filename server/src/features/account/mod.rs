//! What concerns oneself: one's name, organisations, sessions and password.

mod agent;
mod pages;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::rate::with_token_rate;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;

/// The pages.
pub fn routes(platform: &Platform) -> Pages<AppState> {
    let limited = Pages::new().post("/account/password", pages::set_password);
    Pages::new()
        .get("/account", pages::show)
        .post("/account", pages::rename)
        .post("/account/organisation", pages::switch)
        .post("/account/sessions/end", pages::end_all)
        .post("/account/sessions/{session}/end", pages::end_one)
        .merge(with_token_rate(limited, &platform.config))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::AccountPage>()]
}
