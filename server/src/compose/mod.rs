//! The only place that lists routes, layers, views and jobs, and puts the parts together.

mod layers;
mod parts;
mod routes;
mod serve;

pub use parts::{open, open_without_search};
pub use routes::{api_document, router, routes, views};
pub use serve::{Serving, serve, tell_logs};
