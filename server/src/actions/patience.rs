//! Work that a request begins and need not see the end of: what takes long goes on by itself, and says how far it is.

use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::origin;
use entity::import;
use serde::{Deserialize, Serialize};
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::oneshot;

/// What an import's settings call how far it is.
pub(super) const PROGRESS: &str = "progress";

/// How far an import is written down that is being taken in or back, or was broken off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps that are done.
    pub done: usize,
    /// Steps altogether.
    pub of: usize,
}

impl Progress {
    /// Of an import; none where nothing of it was written down, or all of it.
    pub fn of(import: &import::Model) -> Option<Self> {
        serde_json::from_value(import.settings.get(PROGRESS)?.clone()).ok()
    }
}

/// Begins the work and gives what came of it; nothing where it takes longer than somebody waits
/// (`limits.patience_seconds`): then it goes on, and its failure is logged. It goes on as well when the caller leaves.
pub(super) async fn begun<T: Send + 'static>(
    platform: &Platform,
    what: &'static str,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<Option<T>> {
    let (done, outcome) = oneshot::channel();
    let work = async move {
        let Err(unheard) = done.send(work.await) else { return };
        if let Err(error) = unheard {
            tracing::error!(%error, what, "what a request began and did not wait for has failed");
        }
    };
    let work: Pin<Box<dyn Future<Output = ()> + Send>> = match origin::address() {
        Some(address) => Box::pin(origin::with(address, work)),
        None => Box::pin(work),
    };
    tokio::spawn(work);
    let patience = Duration::from_secs(platform.config.limits.patience_seconds);
    match tokio::time::timeout(patience, outcome).await {
        Ok(outcome) => outcome.map_err(AppError::internal)?.map(Some),
        Err(_) => Ok(None),
    }
}
