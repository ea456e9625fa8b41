//! Lists that are given a page at a time: by cursor to programs, by number to people.

use super::query::address;
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
    /// All that there is, on one page.
    pub fn all(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// A page out of one item more than it holds: the surplus says that there is another page.
    pub fn of<R>(mut rows: Vec<R>, limit: u64, id: impl Fn(&R) -> Uuid, item: impl Fn(R) -> T) -> Self {
        let next = last_before_more(&mut rows, limit).map(|row| URL_SAFE_NO_PAD.encode(id(row).as_bytes()));
        Self { items: rows.into_iter().map(item).collect(), next }
    }
}

/// Leaves of rows, of which one more than a page holds was read, those of the page, and gives the last of them where there
/// is another page after it.
pub fn last_before_more<R>(rows: &mut Vec<R>, page: u64) -> Option<&R> {
    let page = usize::try_from(page).unwrap_or(usize::MAX);
    let has_more = rows.len() > page;
    rows.truncate(page);
    rows.last().filter(|_| has_more)
}

/// Where a page of a list stands, as `partials/pagination` reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pages {
    /// The first row, from 1; 0 of an empty list.
    pub from: u64,
    /// The last row.
    pub to: u64,
    /// Rows of the whole list.
    pub total: Option<u64>,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

/// A page by its number, from 1; what is no number is the first.
#[derive(Clone, Copy, Debug)]
pub struct Numbered {
    page: u64,
    rows: u64,
}

impl Numbered {
    /// The page that an address names, of so many rows.
    pub fn of(page: &str, rows: u64) -> Self {
        Self { page: page.parse().unwrap_or(1).clamp(1, 1_000_000), rows: rows.max(1) }
    }

    /// Rows before it.
    pub fn offset(self) -> u64 {
        (self.page - 1) * self.rows
    }

    /// Rows on it at most.
    pub fn limit(self) -> u64 {
        self.rows
    }

    /// Where it stands. `query` is the rest of the address, to which `page` is added.
    pub fn pages(self, total: u64, path: &str, query: &[(&str, &str)]) -> Pages {
        let href = |page: u64| {
            let page = page.to_string();
            let given = query.iter().copied().filter(|(_, value)| !value.is_empty());
            address(path, given.chain([("page", page.as_str())]))
        };
        let to = (self.offset() + self.rows).min(total);
        Pages {
            from: (self.offset() + 1).min(to),
            to,
            total: Some(total),
            previous: (self.page > 1).then(|| href(self.page - 1)),
            next: (to < total).then(|| href(self.page + 1)),
        }
    }
}
