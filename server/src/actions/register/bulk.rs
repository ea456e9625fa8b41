//! One field of many entries, changed together or not at all.

use super::super::{Act, Buyer};
use super::Desk;
use super::changed;
use super::edit::{Edit, adopt, apply};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::ids::ComponentId;
use domain::problem::{Problem, Problems};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What is changed, and where.
#[derive(Clone, Debug, Default)]
pub struct BulkEdit {
    /// The entries, each with its revision as the caller saw it.
    pub entries: BTreeMap<ComponentId, Option<i64>>,
    /// What is said of all of them.
    pub edit: Edit,
}

/// Says the same of many entries. All of them change or none.
///
/// # Errors
/// [`AppError::Changed`] naming every entry that somebody else changed meanwhile; [`AppError::Invalid`] with what is
/// wrong, `too-many-together` and `unknown` at `entries` included, and at `reason` the name of the first entry of which
/// others say otherwise, when no reason is given.
pub async fn bulk(platform: &Platform, by: &Buyer, bulk: &BulkEdit) -> Result<usize> {
    let most = platform.config.limits.bulk_entries;
    let mut problems = Vec::new();
    if bulk.entries.is_empty() {
        problems.push(Problem::new("entries", "required"));
    }
    if bulk.entries.len() > most {
        problems.push(Problem::new("entries", "too-many-together").with("most", most));
    }
    let mut act = Act::begin(platform).await?;
    let today = act.now.date();
    let said = match bulk.edit.read(platform, today) {
        Ok(said) if problems.is_empty() => said,
        Ok(_) => return Err(Problems(problems).into()),
        Err(found) => {
            problems.extend(found.0);
            return Err(Problems(problems).into());
        }
    };
    if bulk.edit.of_use.is_some()
        || bulk.edit.field == "name"
        || domain::register::RELATIONS.contains(&bulk.edit.field.as_str())
    {
        return Err(Problem::new("field", "one-entry-at-a-time").into());
    }
    let ids: Vec<ComponentId> = bulk.entries.keys().copied().collect();
    let rows = repo::register::of_ids(act.tx(), by.scope, &ids).await?;
    if let Some(unknown) = ids.iter().find(|id| rows.iter().all(|row| row.id != id.0)) {
        return Err(Problem::new("entries", "unknown").with("given", unknown).into());
    }
    let stale: Vec<_> = rows
        .iter()
        .filter(|row| {
            let seen = bulk.entries.get(&ComponentId(row.id)).copied().flatten();
            seen.is_some_and(|revision| revision != row.revision)
        })
        .map(|row| json!({ "id": row.id, "name": row.name, "revision": row.revision }))
        .collect();
    if !stale.is_empty() {
        return Err(AppError::Changed(json!({ "entries": stale })));
    }
    let mut unreasoned = BTreeSet::new();
    for id in &ids {
        let mut desk = Desk::open(platform, &act, by, *id).await?;
        let vendor = desk.vendor();
        match apply(&mut desk, &said, today) {
            Ok(()) => {}
            Err(problem) if problem.at == "reason" => {
                unreasoned.insert(desk.row.name);
                continue;
            }
            Err(problem) => return Err(problem.into()),
        }
        desk.declare();
        if said.says_whose(&desk) {
            adopt(&act, by, &mut desk, vendor.as_deref()).await?;
        }
        desk.close(&act, Vec::new()).await?;
    }
    if let Some(name) = unreasoned.first() {
        let problem = Problem::new("reason", "reason-against-others").with("name", name);
        return Err(problem.with("count", unreasoned.len()).into());
    }
    let details = json!({
        "field": bulk.edit.field, "values": bulk.edit.values, "plan": bulk.edit.plan, "region": bulk.edit.region,
        "reason": bulk.edit.reason, "components": ids,
    });
    let organisation = by.scope.organisation().0;
    act.record(&by.scope, by.actor, "register.bulk_edited", ("organisation", organisation), &details);
    changed(&mut act, &ids).await?;
    act.commit().await?;
    Ok(ids.len())
}
