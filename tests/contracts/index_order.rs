//! Several servers keep one index: what is read first may be written last.

use super::jobs::issued;
use crate::harness::Parts;
use candor::actions::register::{Edit, NewEntry, add, edit};
use candor::actions::vendors::{VendorInput, edit as edit_vendor};
use candor::actions::work;
use candor::platform::Platform;
use candor::platform::search::{Change, Documents, Health, Indexes, Page, Request, SearchError, SearchIndex, Standing};
use candor::repo;
use domain::ids::{OrganisationId, VendorId};
use domain::register::Subject;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// What somebody does while something is written.
type Meanwhile = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

/// An index to which something is written while somebody gives it another name.
#[derive(Default)]
struct Overtaken {
    /// What is still to be done.
    meanwhile: Mutex<Option<Meanwhile>>,
    /// Names in documents, as they were written: the thing's own, else the vendor's.
    written: Mutex<Vec<String>>,
}

impl Overtaken {
    fn by(meanwhile: impl FnOnce() -> BoxFuture<'static, ()> + Send + 'static) -> Arc<Self> {
        Arc::new(Self { meanwhile: Mutex::new(Some(Box::new(meanwhile))), ..Self::default() })
    }

    /// The same parts, with this index for one subject and quiet ones for all others.
    fn in_place_of(self: &Arc<Self>, subject: Subject, platform: &Platform) -> Platform {
        let index = |of| if of == subject { Arc::clone(self) } else { Arc::new(Self::default()) };
        let search = Indexes::open(|of| Ok::<_, SearchError>(index(of) as Arc<dyn SearchIndex>)).expect("indexes");
        Platform { search, ..platform.clone() }
    }

    fn written(&self) -> Vec<String> {
        self.written.lock().expect("nobody panicked").clone()
    }
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
            let meanwhile = self.meanwhile.lock().expect("nobody panicked").take();
            if let Some(meanwhile) = meanwhile {
                meanwhile().await;
            }
            let names = changes.iter().filter_map(|change| match change {
                Change::Upsert(document) => {
                    let said = |topic: &str| document.texts.iter().find(|(of, _)| of.id() == topic);
                    said("name").or_else(|| said("vendor")).map(|(_, text)| text.clone())
                }
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

#[tokio::test]
async fn an_entry_that_changes_while_it_is_written_is_written_again() {
    let parts = Parts::fresh().await;
    let by = parts.organisation("Harbour Bank").await;
    let new = NewEntry { name: "Older".to_owned(), kind: "agent".to_owned(), ..NewEntry::default() };
    let entry = add(&parts.platform, &by, &new).await.expect("an entry");
    let (platform, by) = (parts.platform.clone(), by.clone());
    let index = Overtaken::by(move || {
        async move {
            let name = Edit { field: "name".to_owned(), values: vec!["Newer".to_owned()], ..Edit::default() };
            edit(&platform, &by, entry.id, None, &name).await.expect("renamed");
        }
        .boxed()
    });
    // Once: whoever renamed it has put in a change of their own, which another server may have made by now.
    work::run_due(&index.in_place_of(Subject::Entries, &parts.platform), "runner").await.expect("run");
    assert_eq!(index.written(), ["Older", "Newer"]);
}

/// Has a vendor's things written to the index of a subject while the vendor is renamed; gives the names that were written.
async fn renamed_meanwhile(subject: Subject) -> Vec<String> {
    let parts = Parts::fresh().await;
    let by = parts.organisation("Harbour Bank").await;
    let quiet = Arc::new(Overtaken::default()).in_place_of(subject, &parts.platform);
    let assessment = issued(&parts.platform, &by).await;
    let row = repo::assessments::get(parts.platform.db.read(), &by.scope, assessment).await.expect("read");
    let vendor = VendorId(row.expect("the assessment").vendor_id);
    work::run_due(&quiet, "runner").await.expect("what was put in so far");
    let name = |name: &str| VendorInput { name: name.to_owned(), ..VendorInput::default() };
    edit_vendor(&parts.platform, &by, vendor, None, &name("Older")).await.expect("renamed");
    let platform = parts.platform.clone();
    let index = Overtaken::by(move || {
        async move {
            edit_vendor(&platform, &by, vendor, None, &name("Newer")).await.expect("renamed again");
        }
        .boxed()
    });
    // Once, as above.
    work::run_due(&index.in_place_of(subject, &parts.platform), "runner").await.expect("run");
    index.written()
}

#[tokio::test]
async fn a_vendor_that_changes_while_it_is_written_is_written_again() {
    assert_eq!(renamed_meanwhile(Subject::Vendors).await, ["Older", "Newer"]);
}

#[tokio::test]
async fn an_assessment_whose_vendor_changes_while_it_is_written_is_written_again() {
    assert_eq!(renamed_meanwhile(Subject::Assessments).await, ["Older", "Newer"]);
}
