//! Pages are registered here, so that a page cannot be served without being listed.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, Route, delete, get, post, put};
use std::convert::Infallible;
use tower::{Layer, Service};

/// A method and the path pattern that it is served at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Served {
    /// `/vendors/{vendor}`.
    pub path: String,
    /// `GET`.
    pub method: &'static str,
}

/// Pages being put together: axum's router, and the list of what is in it. Features get no other way in: a router of
/// axum's own tells nobody what it serves.
pub struct Pages<S> {
    router: Router<S>,
    served: Vec<Served>,
}

impl<S: Clone + Send + Sync + 'static> Default for Pages<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Pages<S> {
    /// No page yet.
    pub fn new() -> Self {
        Self { router: Router::new(), served: Vec::new() }
    }

    /// A page that is looked at.
    pub fn get<H: Handler<T, S>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.with("GET", path, get(handler))
    }

    /// A form that is sent.
    pub fn post<H: Handler<T, S>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.with("POST", path, post(handler))
    }

    /// Something that a page's script puts in its place.
    pub fn put<H: Handler<T, S>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.with("PUT", path, put(handler))
    }

    /// Something that a page's script takes away.
    pub fn delete<H: Handler<T, S>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.with("DELETE", path, delete(handler))
    }

    /// These pages and those.
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.served.extend(other.served);
        self
    }

    /// Puts a layer around the pages so far.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.router = self.router.layer(layer);
        self
    }

    /// The router, and the list of what it serves.
    pub fn into_parts(self) -> (Router<S>, Vec<Served>) {
        (self.router, self.served)
    }

    #[expect(clippy::disallowed_methods, reason = "the one place where a page enters a router: it is listed beside it")]
    fn with(mut self, method: &'static str, path: &str, handler: MethodRouter<S>) -> Self {
        self.router = self.router.route(path, handler);
        self.served.push(Served { path: path.to_owned(), method });
        self
    }
}
