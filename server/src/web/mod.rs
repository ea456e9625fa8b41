//! HTTP tools without product knowledge: who is calling, sessions, forms, pages, failures, paging, uploads.

pub mod actor;
pub mod address;
pub mod api;
pub mod assets;
pub mod attachment;
pub mod browser;
pub mod due;
pub mod failure;
pub mod fields;
pub mod form;
pub mod moment;
pub mod once;
pub mod outline;
pub mod paging;
pub mod path;
pub mod portal;
pub mod query;
pub mod rate;
pub mod render;
pub mod reply;
pub mod routes;
pub mod say;
pub mod session;
pub mod shell;
pub mod tabs;
pub mod upload;
