//! Signing in and out through single-use links, and setting an installation up.

mod pages;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::rate::with_token_rate;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;

/// The routes.
pub fn routes(platform: &Platform) -> Pages<AppState> {
    let with_tokens = Pages::new()
        .get("/sign-in/{secret}", pages::link)
        .post("/sign-in/{secret}", pages::sign_in)
        .get("/set-up/{secret}", pages::setup)
        .post("/set-up/{secret}", pages::set_up);
    Pages::new()
        .get("/", pages::home)
        .get("/sign-in", pages::how)
        .post("/sign-out", pages::sign_out)
        .merge(with_token_rate(with_tokens, &platform.config))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::How>(), sampled::<views::Link>(), sampled::<views::SetUpPage>()]
}
