//! Where the request at hand comes from, for the audit log.
//!
//! It goes along with the task as a log line's span does, so that no action has to be told.

use std::future::Future;

tokio::task_local! {
    static ADDRESS: String;
}

/// Runs a request whose address, truncated, is this.
pub async fn with<F: Future>(address: String, request: F) -> F::Output {
    ADDRESS.scope(address, request).await
}

/// Whether a request is at hand, and no job or command.
pub fn is_request() -> bool {
    ADDRESS.try_with(|_| ()).is_ok()
}

/// The truncated address of the request at hand; none in jobs and on the command line.
pub fn address() -> Option<String> {
    ADDRESS.try_with(Clone::clone).ok().filter(|address| !address.is_empty())
}
