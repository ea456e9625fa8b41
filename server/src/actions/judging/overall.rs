//! How vendors stand over all their open engagements.

use super::tier::named;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::classification::Tier;
use domain::ids::VendorId;
use entity::engagement_standing;
use serde::Deserialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use uuid::Uuid;

/// A vendor over those of its open engagements that a scope reaches.
#[derive(Clone, Debug)]
pub struct Overall {
    /// The engagement that weighs most: the worst rating by the policy in force, and within it the largest residual risk.
    pub heaviest: engagement_standing::Model,
    /// The largest residual risk, 0 to 100; none where nothing is scored.
    pub residual: Option<f64>,
    /// Findings that rules propose and nobody has raised or dismissed.
    pub proposed: i64,
    /// The strictest tier of the EU AI Act that was confirmed.
    pub tier: Option<Tier>,
    /// A prohibited or high one that is proposed, that nobody confirmed, and that is stricter than all confirmed ones.
    pub unconfirmed: Option<Tier>,
}

/// The ratings of the policy in force, mildest first.
///
/// # Errors
/// When the database fails.
pub async fn ratings(platform: &Platform, scope: BuyerScope) -> Result<Vec<String>> {
    let row = repo::policies::current(platform.db.read(), scope).await?;
    let row = row.ok_or_else(|| AppError::internal("no policy"))?;
    let policy: OfPolicy = serde_json::from_str(&row.document)?;
    Ok(policy.bands.into_iter().map(|band| band.rating).collect())
}

/// What is needed of a policy here: reading and checking all of it would take longer than a list.
#[derive(Deserialize)]
struct OfPolicy {
    bands: Vec<OfBand>,
}

#[derive(Deserialize)]
struct OfBand {
    rating: String,
}

/// By vendor, of those that have an open engagement: where they stand. `ratings` as [`ratings`] gives them.
///
/// # Errors
/// When the database fails.
pub async fn overall(
    platform: &Platform,
    scope: BuyerScope,
    ratings: &[String],
    vendors: &[VendorId],
) -> Result<HashMap<Uuid, Overall>> {
    let weighs = |row: &engagement_standing::Model| {
        let place = ratings.iter().position(|name| Some(name) == row.rating.as_ref());
        (place, row.residual.unwrap_or(-1.0))
    };
    let mut all: HashMap<Uuid, Overall> = HashMap::new();
    for row in repo::standings::of_vendors(platform.db.read(), scope, vendors).await? {
        if !row.is_open {
            continue;
        }
        let (residual, proposed) = (row.residual, row.proposed_findings);
        let tier = row.ai_act_tier.as_deref().and_then(named);
        let unconfirmed = row.unconfirmed_tier.as_deref().and_then(named);
        match all.entry(row.vendor_id) {
            Entry::Vacant(place) => {
                place.insert(Overall { heaviest: row, residual, proposed, tier, unconfirmed });
            }
            Entry::Occupied(known) => {
                let known = known.into_mut();
                known.proposed += proposed;
                known.residual = known.residual.into_iter().chain(residual).reduce(f64::max);
                known.tier = known.tier.into_iter().chain(tier).min();
                known.unconfirmed = known.unconfirmed.into_iter().chain(unconfirmed).min();
                if weighs(&row) > weighs(&known.heaviest) {
                    known.heaviest = row;
                }
            }
        }
    }
    for known in all.values_mut() {
        let confirmed = known.tier;
        known.unconfirmed = known.unconfirmed.filter(|tier| confirmed.is_none_or(|confirmed| *tier < confirmed));
    }
    Ok(all)
}
