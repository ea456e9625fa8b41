//! Several servers keep one index: what is read first may be written last.

use crate::harness::Parts;
use candor::actions::register::{Edit, NewEntry, add, edit};
use candor::actions::{Buyer, work};
use candor::platform::Platform;
use candor::platform::search::{Change, Documents, Health, Indexes, Page, Request, SearchError, SearchIndex, Standing};
use domain::ids::{ComponentId, OrganisationId};
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// An index to which an entry is written while somebody gives the entry another name.
struct Overtaken {
    platform: Platform,
    by: Buyer,
    /// The entry that is still to be renamed.
    entry: Mutex<Option<ComponentId>>,
    /// Names of documents, as they were written.
    written: Mutex<Vec<String>>,
}

fn absent<T: Send + 'static>() -> BoxFuture<'static, Result<T, SearchError>> {
    ready(Err(SearchError::Down("nothing is asked of it".to_owned()))).boxed()
}

impl SearchIndex for Overtaken {
    fn standing(&self) -> BoxFuture<'_, Result<Standing, SearchError>> {
        absent()
    }

    fn apply(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<(), SearchError>> {
        async move {
            let entry = self.entry.lock().expect("nobody panicked").take();
            if let Some(entry) = entry {
                let name = Edit { field: "name".to_owned(), values: vec!["Newer".to_owned()], ..Edit::default() };
                edit(&self.platform, &self.by, entry, None, &name).await.expect("renamed");
            }
            let names = changes.iter().filter_map(|change| match change {
                Change::Upsert(document) => Some(document.name().to_owned()),
                Change::Remove { .. } => None,
            });
            self.written.lock().expect("nobody panicked").extend(names);
            Ok(())
        }
        .boxed()
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

#[tokio::test]
async fn an_entry_that_changes_while_it_is_written_is_written_again() {
    let parts = Parts::fresh().await;
    let by = parts.organisation("Harbour Bank").await;
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

    let new = NewEntry { name: "Older".to_owned(), kind: "agent".to_owned(), ..NewEntry::default() };
    let entry = add(&parts.platform, &by, &new).await.expect("an entry");
    let index = Arc::new(Overtaken {
        platform: parts.platform.clone(),
        by,
        entry: Mutex::new(Some(entry.id)),
        written: Mutex::default(),
    });
    let search = Indexes::open(|_| Ok::<_, SearchError>(Arc::clone(&index) as Arc<dyn SearchIndex>)).expect("indexes");
    let platform = Platform { search, ..parts.platform.clone() };
    // Once: whoever renamed it has put in a change of their own, which another server may have made by now.
    work::run_due(&platform, "runner").await.expect("run");
    assert_eq!(*index.written.lock().expect("nobody panicked"), ["Older", "Newer"]);
}
