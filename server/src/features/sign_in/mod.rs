//! Signing in and out through single-use links, and setting an installation up.

mod pages;
mod views;

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::address::ByAddress;
use crate::web::render::{Sampled, sampled};
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;
use tower_governor::GovernorLayer;
use tower_governor::governor::GovernorConfigBuilder;

/// The routes.
///
/// # Panics
/// When the configured rate is nothing at all.
pub fn routes(platform: &Platform) -> Router<AppState> {
    let limits = &platform.config.limits;
    let rate = GovernorConfigBuilder::default()
        .per_millisecond(1_000 / limits.token_requests_per_second.max(1))
        .burst_size(limits.token_requests_burst.max(1))
        .key_extractor(ByAddress::trusting(&platform.config.trusted_proxies))
        .finish()
        .expect("period and burst are at least one");
    let with_tokens = Router::new()
        .route("/sign-in/{secret}", get(pages::link).post(pages::sign_in))
        .route("/set-up/{secret}", get(pages::setup).post(pages::set_up))
        .layer(GovernorLayer::new(Arc::new(rate)));
    Router::new()
        .route("/", get(pages::home))
        .route("/sign-in", get(pages::how))
        .route("/sign-out", post(pages::sign_out))
        .merge(with_tokens)
}

/// The views.
pub fn views() -> Vec<Sampled> {
    vec![sampled::<views::How>(), sampled::<views::Link>(), sampled::<views::SetUpPage>()]
}
