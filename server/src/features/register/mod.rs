//! The supplier AI register: search, entries, imports.

use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::Sampled;
use axum::Router;
use utoipa_axum::router::OpenApiRouter;

/// The pages.
pub fn routes(_: &Platform) -> Router<AppState> {
    Router::new()
}

/// The API's operations, below `/api/v1`.
pub fn api(_: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}

/// The views.
pub fn views() -> Vec<Sampled> {
    Vec::new()
}
