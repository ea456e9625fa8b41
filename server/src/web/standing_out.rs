//! What everybody who reads the register is to see first: uses that the EU AI Act prohibits, and those that are high-risk;
//! after them those that rules propose to be, and nobody has confirmed.

use super::query::address;
use super::render::Renderer;
use crate::error::Result;
use crate::repo::register::MOST_COUNTED;
use crate::repo::{self, BuyerScope};
use domain::ids::VendorId;
use domain::register::PROPOSED_TIER;
use serde::Serialize;

/// Something that stands out, and where it is found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StandingOut {
    /// The entries.
    pub href: String,
    /// How many, in words.
    pub text: String,
    /// How it is coloured.
    pub kind: &'static str,
}

/// Tiers that stand out, as the register has them, and their words.
const TIERS: [(&str, &str); 2] = [("unacceptable", "classification.prohibited"), ("high", "classification.high")];

/// The same for what is only proposed.
const PROPOSED: [(&str, &str); 2] =
    [("unacceptable", "classification.proposed_prohibited"), ("high", "classification.proposed_high")];

/// The uses that were confirmed to be prohibited or high-risk, and those of which rules propose it; nothing where there are
/// none.
///
/// # Errors
/// When the database fails.
pub async fn standing_out(renderer: &Renderer, scope: BuyerScope) -> Result<Vec<StandingOut>> {
    let db = renderer.platform.db.read();
    let mut found = Vec::new();
    for (tier, key) in TIERS {
        let count = repo::register::count_of_tier(db, scope, tier).await?;
        found.extend(told(renderer, (CONFIRMED, key), count, None, tier));
    }
    for (tier, key) in PROPOSED {
        let count = repo::register::count_of_proposed_tier(db, scope, tier).await?;
        found.extend(told(renderer, (PROPOSED_TIER, key), count, None, tier));
    }
    Ok(found)
}

/// The same of the entries of one vendor, by its record and its name.
///
/// # Errors
/// When the database fails.
pub async fn standing_out_of(
    renderer: &Renderer,
    scope: BuyerScope,
    (vendor, name): (VendorId, &str),
) -> Result<Vec<StandingOut>> {
    let uses = repo::register::tiers_of_vendor(renderer.platform.db.read(), scope, vendor).await?;
    let count = |is_of: &dyn Fn(&Option<String>, &Option<String>) -> bool| {
        let of = uses.iter().filter(|(confirmed, proposed, _)| is_of(confirmed, proposed));
        of.map(|(.., count)| u64::try_from(*count).unwrap_or_default()).sum::<u64>()
    };
    let confirmed = TIERS.iter().filter_map(|(tier, key)| {
        let count = count(&|confirmed, _| confirmed.as_deref() == Some(tier));
        told(renderer, (CONFIRMED, key), count, Some(name), tier)
    });
    let proposed = PROPOSED.iter().filter_map(|(tier, key)| {
        let count = count(&|_, proposed| proposed.as_deref() == Some(tier));
        told(renderer, (PROPOSED_TIER, key), count, Some(name), tier)
    });
    Ok(confirmed.chain(proposed).collect())
}

/// The field of what is confirmed.
const CONFIRMED: &str = "tier";

/// So many uses of a tier, and the list of their entries; none where there are none.
fn told(
    renderer: &Renderer,
    (field, key): (&str, &str),
    count: u64,
    vendor: Option<&str>,
    tier: &str,
) -> Option<StandingOut> {
    let asked = vendor.map(|vendor| ("vendor", vendor)).into_iter().chain([(field, tier)]);
    let text = |count: u64| match count {
        ..=MOST_COUNTED => renderer.counted(key, i64::try_from(count).unwrap_or(i64::MAX)),
        _ => renderer.text(&format!("{key}.more"), &[("count", &MOST_COUNTED)]),
    };
    (count > 0).then(|| StandingOut {
        href: address("/register", asked),
        text: text(count),
        kind: if field == CONFIRMED { "error" } else { "warning" },
    })
}
