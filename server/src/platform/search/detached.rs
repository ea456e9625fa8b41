//! No index at all: for commands that run beside a server, which holds the embedded index for itself.

use super::{Change, Documents, Health, Page, Request, SearchError, SearchIndex, Standing};
use domain::ids::OrganisationId;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use uuid::Uuid;

/// An index that is not there: asked for anything, it says so. Jobs that need it wait for the server.
#[derive(Clone, Copy, Debug)]
pub struct Detached;

fn absent<T: Send + 'static>() -> BoxFuture<'static, Result<T, SearchError>> {
    ready(Err(SearchError::Down("this command does not open the search index".to_owned()))).boxed()
}

impl SearchIndex for Detached {
    fn standing(&self) -> BoxFuture<'_, Result<Standing, SearchError>> {
        absent()
    }

    fn apply(&self, _: Vec<Change>) -> BoxFuture<'_, Result<(), SearchError>> {
        absent()
    }

    fn search<'a>(&'a self, _: OrganisationId, _: &'a Request) -> BoxFuture<'a, Result<Page, SearchError>> {
        absent()
    }

    fn matching<'a>(
        &'a self,
        _: OrganisationId,
        _: &'a Request,
        _: Option<Uuid>,
        _: usize,
    ) -> BoxFuture<'a, Result<Vec<Uuid>, SearchError>> {
        absent()
    }

    fn in_order<'a>(
        &'a self,
        _: OrganisationId,
        _: &'a Request,
    ) -> BoxFuture<'a, Result<Option<Vec<Uuid>>, SearchError>> {
        absent()
    }

    fn orders_everything(&self) -> bool {
        false
    }

    fn rebuild<'a>(&'a self, _: Documents<'a>) -> BoxFuture<'a, Result<u64, SearchError>> {
        absent()
    }

    fn clear(&self) -> BoxFuture<'_, Result<(), SearchError>> {
        absent()
    }

    fn doubt(&self) -> BoxFuture<'_, Result<(), SearchError>> {
        absent()
    }

    fn document_count(&self, _: OrganisationId) -> BoxFuture<'_, Result<u64, SearchError>> {
        absent()
    }

    fn health(&self) -> BoxFuture<'_, Result<Health, SearchError>> {
        absent()
    }
}
