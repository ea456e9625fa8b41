//! What everybody who reads the register is to see first: uses that the EU AI Act prohibits, and those that are high-risk;
//! after them those that rules propose to be, and nobody has confirmed.

use super::query::address;
use super::render::Renderer;
use crate::error::Result;
use crate::repo::{self, BuyerScope};
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
    let mut tell = |field: &str, tier: &str, (kind, key): (&'static str, &str), count: u64| {
        if count > 0 {
            let text = renderer.counted(key, i64::try_from(count).unwrap_or(i64::MAX));
            found.push(StandingOut { href: address("/register", [(field, tier)]), text, kind });
        }
    };
    for (tier, key) in TIERS {
        tell("tier", tier, ("error", key), repo::register::count_of_tier(db, scope, tier).await?);
    }
    for (tier, key) in PROPOSED {
        let count = repo::register::count_of_proposed_tier(db, scope, tier).await?;
        tell(PROPOSED_TIER, tier, ("warning", key), count);
    }
    Ok(found)
}
