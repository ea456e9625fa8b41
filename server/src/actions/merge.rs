//! Merging two records of one vendor: one stays, and everything of the other moves to it.

use super::{Act, Buyer, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::ids::{ContactId, VendorId};
use domain::problem::Problem;
use entity::{contact, vendor};
use sea_orm::{IntoActiveModel, Set};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Which record goes, and the revision in which it was seen.
#[derive(Clone, Copy, Debug)]
pub struct Going {
    /// The record.
    pub vendor: VendorId,
    /// Its revision.
    pub revision: Option<i64>,
}

/// Merges one record into another, which stays: contacts (by address), engagements, assessments, links and components move.
/// What goes stays as a mark that leads on. Engagements that are called alike are told apart by the name of the vendor
/// that goes.
///
/// # Errors
/// [`AppError::Changed`] when somebody changed one of them since; [`AppError::Invalid`] when both are one, or different
/// organisations have claimed them.
pub async fn merge(
    platform: &Platform,
    by: &Buyer,
    stays: VendorId,
    revision: Option<i64>,
    goes: Going,
) -> Result<vendor::Model> {
    let mut act = Act::begin(platform).await?;
    // In one order everywhere, whichever stays.
    let (first, second) = (stays.min(goes.vendor), stays.max(goes.vendor));
    for id in [first, second] {
        repo::vendors::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    }
    // Asked only now: of a vendor that the caller does not reach, nothing is told but that it is not found.
    if stays == goes.vendor {
        return Err(Problem::new("merge", "the-same-vendor").into());
    }
    let keep = repo::vendors::get(act.tx(), by.scope, stays).await?.ok_or(AppError::NotFound)?;
    let gone = repo::vendors::get(act.tx(), by.scope, goes.vendor).await?.ok_or(AppError::NotFound)?;
    for (row, seen) in [(&keep, revision), (&gone, goes.revision)] {
        if seen.is_some_and(|seen| seen != row.revision) {
            return Err(AppError::Changed(json!({
                "id": row.id, "name": row.name, "website": row.website, "note": row.note, "revision": row.revision
            })));
        }
    }
    if keep.claimed_by.is_some() && gone.claimed_by.is_some() && keep.claimed_by != gone.claimed_by {
        return Err(Problem::new("merge", "claimed-by-different-organisations").into());
    }
    let contacts = move_contacts(&act, by, stays, &gone).await?;
    let engagements = move_engagements(platform, &act, by, stays, &gone).await?;
    let assessments = repo::merges::move_assessments(act.tx(), by.scope, goes.vendor, stays).await?;
    repo::merges::move_judgements(act.tx(), by.scope, goes.vendor, stays).await?;
    let to = (stays, keep.name.as_str());
    let components = repo::merges::move_components(act.tx(), by.scope, goes.vendor, to, act.now).await?;
    index::enqueue(&mut act, &components).await?;
    index::enqueue_all_of(&mut act, &[stays, goes.vendor]).await?;
    repo::merges::lead_on(act.tx(), by.scope, goes.vendor, stays).await?;
    repo::mappings::move_to(act.tx(), by.scope, goes.vendor, stays).await?;
    let after = close(&act, by, &keep, &gone).await?;
    let details = json!({
        "before": { "stays": shown(&keep), "goes": shown(&gone) },
        "after": shown(&after),
        "contacts": contacts, "engagements": engagements, "assessments": assessments, "components": components.len(),
    });
    act.record(&by.scope, by.actor, "vendor.merged", ("vendor", stays.0), &details);
    let details = json!({ "before": shown(&gone), "after": { "merged_into": stays } });
    act.record(&by.scope, by.actor, "vendor.merged_away", ("vendor", goes.vendor.0), &details);
    act.commit().await?;
    Ok(after)
}

fn shown(row: &vendor::Model) -> Value {
    json!({
        "vendor": VendorId(row.id), "name": row.name, "website": row.website, "note": row.note,
        "claimed_by": row.claimed_by, "revision": row.revision,
    })
}

/// Leaves the mark, and gives the one that stays what only the other had.
async fn close(act: &Act<'_>, by: &Buyer, keep: &vendor::Model, gone: &vendor::Model) -> Result<vendor::Model> {
    let mut row = gone.clone().into_active_model();
    row.claimed_by = Set(None);
    row.claimed_at = Set(None);
    row.merged_into = Set(Some(keep.id));
    row.merged_at = Set(Some(act.now));
    row.revision = Set(gone.revision + 1);
    repo::vendors::update(act.tx(), by.scope, row).await?;
    let mut row = keep.clone().into_active_model();
    row.website = Set(keep.website.clone().or_else(|| gone.website.clone()));
    row.note = Set(keep.note.clone().or_else(|| gone.note.clone()));
    row.claimed_by = Set(keep.claimed_by.or(gone.claimed_by));
    row.claimed_at = Set(keep.claimed_at.or(gone.claimed_at));
    row.revision = Set(keep.revision + 1);
    repo::vendors::update(act.tx(), by.scope, row).await?;
    repo::vendors::get(act.tx(), by.scope, VendorId(keep.id)).await?.ok_or(AppError::NotFound)
}

/// Moves contacts. One whose address the other record knows too gives way to it and stays behind, for the names of what
/// it did.
async fn move_contacts(act: &Act<'_>, by: &Buyer, stays: VendorId, gone: &vendor::Model) -> Result<Vec<Value>> {
    let known = repo::vendors::contacts(act.tx(), by.scope, stays).await?;
    let mut done = Vec::new();
    for row in repo::vendors::contacts(act.tx(), by.scope, VendorId(gone.id)).await? {
        let id = ContactId(row.id);
        let Some(same) = known.iter().find(|same| same.email == row.email) else {
            repo::merges::move_contact(act.tx(), by.scope, id, stays).await?;
            done.push(json!({ "contact": id, "email": row.email }));
            continue;
        };
        repo::merges::replace_contact(act.tx(), by.scope, id, ContactId(same.id)).await?;
        if same.person_id.is_none() && row.person_id.is_some() {
            let mut known: contact::ActiveModel = same.clone().into_active_model();
            known.person_id = Set(row.person_id);
            repo::vendors::update_contact(act.tx(), by.scope, known).await?;
        }
        done.push(json!({ "contact": id, "email": row.email, "same_as": ContactId(same.id) }));
    }
    Ok(done)
}

async fn move_engagements(
    platform: &Platform,
    act: &Act<'_>,
    by: &Buyer,
    stays: VendorId,
    gone: &vendor::Model,
) -> Result<Vec<Value>> {
    let known = repo::vendors::engagements(act.tx(), by.scope, Some(stays)).await?;
    let mut taken: BTreeSet<String> = known.into_iter().map(|row| row.name).collect();
    let mut done = Vec::new();
    for row in repo::vendors::engagements(act.tx(), by.scope, Some(VendorId(gone.id))).await? {
        let name = told_apart(&row.name, &gone.name, &taken, platform.config.limits.name_characters);
        repo::merges::move_engagement(act.tx(), by.scope, row.id, stays, &name).await?;
        done.push(json!({ "engagement": row.id, "before": row.name, "after": name }));
        taken.insert(name);
    }
    Ok(done)
}

/// The name, or the name with the vendor's behind it, or with a number where that is taken too; of bounded length.
pub fn told_apart(name: &str, vendor: &str, taken: &BTreeSet<String>, most: usize) -> String {
    let bounded = |tail: String| {
        let room = most.saturating_sub(tail.chars().count());
        name.chars().take(room).chain(tail.chars()).take(most).collect::<String>()
    };
    let from: String = vendor.chars().take(most / 2).collect();
    std::iter::once(name.to_owned())
        .chain(std::iter::once_with(|| bounded(format!(" ({from})"))))
        .chain((2..).map(|n| bounded(format!(" ({from}, {n})"))))
        .find(|one| !taken.contains(one))
        .unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_clash_are_told_apart() {
        let taken = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(told_apart("Mail", "Acme", &taken(&[]), 300), "Mail");
        assert_eq!(told_apart("Mail", "Acme", &taken(&["Mail"]), 300), "Mail (Acme)");
        assert_eq!(told_apart("Mail", "Acme", &taken(&["Mail", "Mail (Acme)"]), 300), "Mail (Acme, 2)");
        let long = "x".repeat(300);
        let other = told_apart(&long, &"y".repeat(300), &taken(&[&long]), 300);
        assert_eq!(other.chars().count(), 300);
        assert_ne!(other, long);
    }
}
