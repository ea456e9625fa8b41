//! Lists that are given a page at a time.

use crate::error::{AppError, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How much of a list, from where.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Cursor {
    /// How many items at most.
    pub limit: Option<u64>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// In the list's order.
    pub items: Vec<T>,
    /// Give it as `cursor` for the next page; null on the last one.
    pub next: Option<String>,
}

impl Cursor {
    /// The id after which the page begins.
    ///
    /// # Errors
    /// When the cursor is none that a page gave.
    pub fn after<T: From<Uuid>>(&self) -> Result<Option<T>> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let id = bytes.and_then(|bytes| Uuid::from_slice(&bytes).ok());
        id.map(|id| Some(id.into())).ok_or_else(|| AppError::invalid(Problem::new("cursor", "not-a-cursor")))
    }

    /// How many items, at most the installation's limit.
    pub fn limit(&self, most: u64) -> u64 {
        self.limit.unwrap_or(50).clamp(1, most)
    }
}

impl<T> Items<T> {
    /// A page out of one item more than it holds: the surplus says that there is another page.
    pub fn of<R>(mut rows: Vec<R>, limit: u64, id: impl Fn(&R) -> Uuid, item: impl Fn(R) -> T) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = more.then(|| rows.last().map(|row| URL_SAFE_NO_PAD.encode(id(row).as_bytes()))).flatten();
        Self { items: rows.into_iter().map(item).collect(), next }
    }
}
