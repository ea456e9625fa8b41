//! The indexes of all subjects together.

use super::{Detached, Health, Page, Request, SearchError, SearchIndex};
use domain::ids::OrganisationId;
use domain::register::Subject;
use futures::future::try_join_all;
use std::sync::Arc;

/// An index for each subject.
#[derive(Clone)]
pub struct Indexes([Arc<dyn SearchIndex>; 5]);

impl Indexes {
    /// Opens one after the other.
    ///
    /// # Errors
    /// The first that cannot be opened.
    pub fn open<E>(mut open: impl FnMut(Subject) -> Result<Arc<dyn SearchIndex>, E>) -> Result<Self, E> {
        let [entries, vendors, assessments, answers, findings] = Subject::ALL.map(&mut open);
        Ok(Self([entries?, vendors?, assessments?, answers?, findings?]))
    }

    /// None at all: see [`Detached`].
    pub fn detached() -> Self {
        Self(Subject::ALL.map(|_| Arc::new(Detached) as Arc<dyn SearchIndex>))
    }

    /// The index of a subject.
    pub fn of(&self, subject: Subject) -> &dyn SearchIndex {
        &*self.0[subject as usize]
    }

    /// Finds documents of what the request is about, of one organisation.
    ///
    /// # Errors
    /// When the request is over a limit, or the engine fails or is down.
    pub async fn search(&self, scope: OrganisationId, request: &Request) -> Result<Page, SearchError> {
        self.of(request.about).search(scope, request).await
    }

    /// How they are, taken together: complete when each is. All are asked at once, so that a server that answers late is
    /// waited for once.
    ///
    /// # Errors
    /// When one of them fails.
    pub async fn health(&self) -> Result<Health, SearchError> {
        let mut each = try_join_all(self.0.iter().map(|index| index.health())).await?.into_iter();
        let mut all = each.next().ok_or_else(|| SearchError::Engine("there is no index".to_owned()))?;
        for one in each {
            all.documents += one.documents;
            all.behind += one.behind;
            all.complete &= one.complete;
        }
        Ok(all)
    }
}
