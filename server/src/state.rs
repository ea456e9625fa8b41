//! What every handler is given.

use crate::platform::Platform;
use axum::extract::FromRef;
use metrics_exporter_prometheus::PrometheusHandle;

/// The parts, as axum hands them to handlers. Cloning is cheap.
#[derive(Clone)]
pub struct AppState {
    /// The parts that actions work with.
    pub platform: Platform,
    /// The counters, to be read out.
    pub metrics: PrometheusHandle,
}

impl FromRef<AppState> for Platform {
    fn from_ref(state: &AppState) -> Self {
        state.platform.clone()
    }
}

impl FromRef<AppState> for PrometheusHandle {
    fn from_ref(state: &AppState) -> Self {
        state.metrics.clone()
    }
}
