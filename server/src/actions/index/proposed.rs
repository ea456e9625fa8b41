//! What the rules of the EU AI Act propose for uses that nobody classified, kept with the uses: lists, counts and the index
//! read it there, and none of them asks the rules.
//!
//! It follows from what is stated of the entry and of the use, so it is brought up to date where a change of these is:
//! before the entry is written to the index, and for everything once when the rules have another version.

use super::entries::{self, Uses};
use super::{Act, BATCH};
use crate::actions::register::{proposed_tier, rules_version};
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::{self, SystemScope};
use domain::ids::{ComponentId, OrganisationId};
use entity::component;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Works out what is proposed for the uses of entries, and writes what is kept otherwise. Gives the entries that are found
/// by something else then.
pub(super) async fn keep(platform: &Platform, rows: &[component::Model], uses: &mut Uses) -> Result<Vec<ComponentId>> {
    let version = rules_version();
    let mut changed = Vec::new();
    let mut to_write: BTreeMap<Uuid, Vec<(Uuid, Option<&'static str>)>> = BTreeMap::new();
    for row in rows {
        let mut is_other = false;
        for used in uses.get_mut(&row.id).into_iter().flatten() {
            let tier = proposed_tier(row, used)?;
            if used.proposed_by == version && used.proposed_tier.as_deref() == tier {
                continue;
            }
            is_other |= used.proposed_tier.as_deref() != tier;
            used.proposed_tier = tier.map(str::to_owned);
            used.proposed_by = version;
            to_write.entry(row.organisation_id).or_default().push((used.id, tier));
        }
        if is_other {
            changed.push(ComponentId(row.id));
        }
    }
    for (organisation, proposed) in to_write {
        let scope = SystemScope.acting_for(OrganisationId(organisation));
        for batch in proposed.chunks(BATCH) {
            let act = Act::begin(platform).await?;
            repo::register::propose_tiers(act.tx(), scope, version, batch).await?;
            act.commit().await?;
        }
    }
    Ok(changed)
}

/// Asks the rules of this version about every use for which others proposed last, and queues the entries for which they
/// say something else.
///
/// # Errors
/// When the database fails.
pub(super) async fn catch_up(platform: &Platform) -> Result<()> {
    let mut after = None;
    loop {
        let db = platform.db.read();
        let found = repo::register::proposed_otherwise(db, SystemScope, rules_version(), after, BATCH as u64).await?;
        let Some((last, _)) = found.last() else { return Ok(()) };
        after = Some(*last);
        let ids: BTreeSet<Uuid> = found.iter().map(|(_, entry)| *entry).collect();
        let ids: Vec<ComponentId> = ids.into_iter().map(ComponentId).collect();
        let rows = repo::register::of_ids_anywhere(db, SystemScope, &ids).await?;
        let mut uses = entries::uses_of(platform, &rows).await?;
        let changed = keep(platform, &rows, &mut uses).await?;
        if !changed.is_empty() {
            let mut act = Act::begin(platform).await?;
            super::enqueue(&mut act, &changed).await?;
            act.commit().await?;
        }
    }
}
