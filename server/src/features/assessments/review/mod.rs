//! Reviewing: the queue, an assessment answer by answer, and what goes back to the vendor.

pub(super) mod api;
mod dto;
pub(super) mod judge;
mod page;
pub(super) mod queue;
mod rows;
pub(super) mod views;

pub(super) use page::{show, unfinished};
