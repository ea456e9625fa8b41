//! The register by hand, from answers and from the catalogue: entries, facts, choices, checks, decisions, uses, and what
//! submissions propose.

mod add;
pub mod bom;
mod bulk;
mod catalogue;
mod classify;
mod decide;
mod desk;
mod edit;
mod entries;
mod propose;
mod review;
mod said;
mod uses;

pub use add::{Added, NewEntry, add};
pub use bulk::{BulkEdit, bulk};
pub use catalogue::{ADOPTED, Adoption, Taken, adopt, adopted, keep, leave};
pub use classify::{
    Confirmation, Confirmed, Kept, TIERS, all_areas, areas, confirm, facts, proposed_tier, rules_version, state_facts,
};
pub use decide::{Decision, decide};
pub use edit::{Edit, Link, check, choose, edit, link};
pub use review::{Verdict, resolve};
pub use uses::{NewUse, add_use};

pub(super) use desk::{Desk, by, show, show_use};
pub(super) use entries::{all_but_references, changes_of};
pub(super) use propose::propose;

use super::{Act, findings, index};
use crate::error::Result;
use domain::ids::ComponentId;
use domain::register::Source;
use entity::component_source;
use std::collections::BTreeSet;

/// Which speakers have left an entry out themselves, of the sources that have spoken of it.
pub(super) fn left_out<'s>(sources: impl IntoIterator<Item = &'s component_source::Model>) -> BTreeSet<String> {
    let key = |row: &component_source::Model| match row.source == ADOPTED {
        true => Source::Catalogue { entry: row.reference.clone(), url: None }.speaker(),
        false => row.source.clone(),
    };
    sources.into_iter().filter(|row| row.gone).map(key).collect()
}

/// What is recorded of entries changed: the search follows, and so do the rules that hold answers against the register.
pub(super) async fn changed(act: &mut Act<'_>, components: &[ComponentId]) -> Result<()> {
    index::enqueue(act, components).await?;
    findings::enqueue_following(act, components).await
}
