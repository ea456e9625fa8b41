//! How far something is that goes on by itself, as JSON.

use crate::actions::Progress;
use entity::import;
use serde::Serialize;
use utoipa::ToSchema;

/// How far something is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportProgress {
    /// Steps that are done.
    done: usize,
    /// Steps altogether.
    of: usize,
}

impl ImportProgress {
    /// Of an import that is being taken in or back, or was broken off.
    pub fn of(import: &import::Model) -> Option<Self> {
        Progress::of(import).map(|Progress { done, of }| Self { done, of })
    }
}
