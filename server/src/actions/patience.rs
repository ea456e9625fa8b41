//! Work that a request begins and need not see the end of: what takes long goes on by itself, and says how far it is.

use super::{Act, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::origin;
use crate::repo;
use domain::ids::ImportId;
use entity::import;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::oneshot;

/// What an import's settings call how far it is.
pub(super) const PROGRESS: &str = "progress";
/// What they call why work failed that nobody waited for.
const FAILED: &str = "failed";

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

/// Why work on an import failed that went on by itself: the code of what was not possible then, or `busy`, `storage-full`,
/// `invalid`, `internal`. None where it did not fail, or was begun again since.
pub fn failed(import: &import::Model) -> Option<&str> {
    import.settings.get(FAILED)?.as_str()
}

/// Settings of an import with which work begins again.
pub(super) fn without_failure(mut settings: Value) -> Value {
    if let Some(settings) = settings.as_object_mut() {
        settings.remove(FAILED);
    }
    settings
}

/// Begins the work on an import and gives what came of it; nothing where it takes longer than somebody waits
/// (`limits.patience_seconds`): then it goes on, and why it failed is kept with the import. It goes on as well when the
/// caller leaves.
pub(super) async fn begun<T: Send + 'static>(
    platform: &Platform,
    what: &'static str,
    (by, id): (&Buyer, ImportId),
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<Option<T>> {
    let (done, outcome) = oneshot::channel();
    let (whole, who) = (platform.clone(), by.clone());
    let work = async move {
        let outcome = work.await;
        if let Err(error) = &outcome {
            let is_heard = !done.is_closed();
            if let Err(error) = keep(&whole, &who, id, error, is_heard).await {
                tracing::error!(%error, what, "an import does not say that what was begun has failed");
            }
        }
        match done.send(outcome) {
            Err(Err(error @ AppError::Internal(_))) => {
                tracing::error!(%error, what, "what a request began and did not wait for has failed");
            }
            Err(Err(error)) => {
                tracing::warn!(%error, what, "what a request began and did not wait for has failed");
            }
            _ => {}
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

/// Keeps with an import that the work on it goes on no more, and, where nobody hears of it otherwise, why it failed.
async fn keep(platform: &Platform, by: &Buyer, id: ImportId, error: &AppError, is_heard: bool) -> Result<()> {
    let why = match error {
        // It was done, or goes on, all the same.
        AppError::NotFound | AppError::NotNow("applied" | "not_applied" | "begun_elsewhere") => return Ok(()),
        AppError::NotNow(code) => code,
        AppError::Busy => "busy",
        AppError::StorageFull => "storage-full",
        AppError::Invalid(_) => "invalid",
        _ => "internal",
    };
    let act = Act::begin(platform).await?;
    let import = repo::imports::hold(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    let mut settings = import.settings.clone();
    if let Some(settings) = settings.as_object_mut() {
        if !is_heard {
            settings.insert(FAILED.to_owned(), json!(why));
        }
        // What was staged of a list shows nowhere; what was written of a document does.
        if import.kind == "register" {
            settings.remove(PROGRESS);
        }
    }
    if settings == import.settings {
        return Ok(());
    }
    let mut row = import.into_active_model();
    row.settings = Set(settings);
    repo::imports::update(act.tx(), &by.scope, row).await?;
    act.commit().await
}
