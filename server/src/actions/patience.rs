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
use std::cell::RefCell;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::oneshot;

/// What an import's settings call how far it is.
pub(super) const PROGRESS: &str = "progress";
/// What they call the one whose turn it is to work on it.
pub(super) const TURN: &str = "turn";
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

/// Whose turn it is to work on an import, as its settings keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Whose {
    /// What whoever has it knows it by.
    pub token: String,
    /// They take the import in or back; otherwise they look what it would change.
    pub is_writing: bool,
}

impl Whose {
    /// As an import's settings say.
    pub(super) fn turn(settings: &Value) -> Option<Self> {
        serde_json::from_value(settings.get(TURN)?.clone()).ok()
    }
}

tokio::task_local! {
    /// The turn that work has taken which was begun here; the last one of several.
    static TAKEN: RefCell<Option<String>>;
}

/// Says that work on an import has taken its turn.
pub(super) fn took(token: &str) {
    // Work that nobody began here has nobody to keep why it failed.
    let _ = TAKEN.try_with(|taken| *taken.borrow_mut() = Some(token.to_owned()));
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
        let (outcome, taken) =
            TAKEN.scope(RefCell::default(), async { (work.await, TAKEN.with(|taken| taken.borrow().clone())) }).await;
        if let Err(error) = &outcome {
            let is_heard = !done.is_closed();
            if let Err(error) = keep(&whole, &who, (id, taken), error, is_heard).await {
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

/// Keeps with an import that the work on it goes on no more, and, where nobody hears of it otherwise, why it failed. Of
/// work that goes on by another's hand nothing is said.
async fn keep(
    platform: &Platform,
    by: &Buyer,
    (id, taken): (ImportId, Option<String>),
    error: &AppError,
    is_heard: bool,
) -> Result<()> {
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
    let import = repo::imports::get(act.tx(), &by.scope, id).await?.ok_or(AppError::NotFound)?;
    // Imports of one document share a turn, which stands with the oldest of them.
    let keeper = match (import.kind.as_str(), &import.document) {
        ("bom", Some(document)) => repo::imports::oldest(act.tx(), by.scope, document).await?.unwrap_or(id),
        _ => id,
    };
    let whose = repo::imports::hold(act.tx(), &by.scope, keeper).await?.ok_or(AppError::NotFound)?;
    if goes_on(Whose::turn(&whose.settings).as_ref(), taken.as_deref()) {
        return Ok(());
    }
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
        if is_own(Whose::turn(&import.settings).as_ref(), taken.as_deref()) {
            settings.remove(TURN);
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

/// Whether the work on an import goes on though one who worked on it, and had `taken` a turn, has failed.
fn goes_on(whose: Option<&Whose>, taken: Option<&str>) -> bool {
    whose.is_some_and(|whose| whose.is_writing && Some(whose.token.as_str()) != taken)
}

/// Whether a turn is that of the one who failed. Whoever looks meanwhile at what would change goes on looking.
fn is_own(whose: Option<&Whose>, taken: Option<&str>) -> bool {
    whose.is_some_and(|whose| Some(whose.token.as_str()) == taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_speaks_for_nobody_who_goes_on() {
        let of = |token: &str, is_writing: bool| Whose { token: token.to_owned(), is_writing };
        assert!(!goes_on(Some(&of("a", true)), Some("a")), "it was the one who worked on it");
        assert!(goes_on(Some(&of("b", true)), Some("a")), "another has taken it over");
        assert!(goes_on(Some(&of("b", true)), None), "it has not come so far");
        assert!(!goes_on(Some(&of("b", false)), Some("a")), "looking takes nothing in");
        assert!(!goes_on(None, Some("a")) && !goes_on(None, None));
        assert!(is_own(Some(&of("a", true)), Some("a")), "its own turn ends with it");
        assert!(!is_own(Some(&of("b", false)), Some("a")), "another looks");
        assert!(!is_own(Some(&of("b", false)), None), "refused before it had a turn, it takes nobody's");
        assert!(!is_own(None, Some("a")) && !is_own(None, None));
    }
}
