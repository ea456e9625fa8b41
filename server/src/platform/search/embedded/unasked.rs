//! What an index shows before anything is asked of it. Finding that out is a walk over all it holds, so it is kept until
//! the index changes.

use super::collect::Candidate;
use domain::ids::OrganisationId;
use domain::register::{Sort, Topic};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// Lists that are kept at the same time.
const MOST_LISTS: usize = 64;
/// Entries of a list that is kept: the first pages.
const MOST_ENTRIES: usize = 200;

/// The best of what was found, and the counts as a page shows them.
pub(super) struct Listed {
    pub(super) total: u64,
    pub(super) best: Vec<Candidate>,
    pub(super) facets: BTreeMap<Topic, Vec<(String, u64)>>,
}

/// Which list: whose, in which order, how many of it, and what is counted.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Which {
    pub(super) scope: OrganisationId,
    pub(super) sort: Sort,
    pub(super) keep: usize,
    pub(super) facets: BTreeSet<Topic>,
}

/// The lists of one state of the index.
#[derive(Default)]
pub(super) struct Unasked(Mutex<(u64, HashMap<Which, Arc<Listed>>)>);

impl Unasked {
    /// The list as that state of the index has it, found now unless it is kept.
    pub(super) fn get<E>(
        &self,
        state: u64,
        which: Which,
        find: impl FnOnce() -> Result<Listed, E>,
    ) -> Result<Arc<Listed>, E> {
        {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.0 < state {
                *kept = (state, HashMap::new());
            }
            if kept.0 == state
                && let Some(list) = kept.1.get(&which)
            {
                return Ok(Arc::clone(list));
            }
        }
        let list = Arc::new(find()?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.0 == state && which.keep <= MOST_ENTRIES {
            if kept.1.len() >= MOST_LISTS {
                kept.1.clear();
            }
            kept.1.insert(which, Arc::clone(&list));
        }
        Ok(list)
    }
}
