//! Signing in and out through single-use links, and setting an installation up.

mod pages;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::address::with_token_rate;
use crate::web::render::{Sampled, sampled};
use axum::Router;
use axum::routing::{get, post};

/// The routes.
pub fn routes(platform: &Platform) -> Router<AppState> {
    let with_tokens = Router::new()
        .route("/sign-in/{secret}", get(pages::link).post(pages::sign_in))
        .route("/set-up/{secret}", get(pages::setup).post(pages::set_up));
    Router::new()
        .route("/", get(pages::home))
        .route("/sign-in", get(pages::how))
        .route("/sign-out", post(pages::sign_out))
        .merge(with_token_rate(with_tokens, &platform.config))
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::How>(), sampled::<views::Link>(), sampled::<views::SetUpPage>()]
}
