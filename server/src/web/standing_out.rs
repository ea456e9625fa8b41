//! What everybody who reads the register is to see first: uses that the EU AI Act prohibits, and those that are high-risk.

use super::query::address;
use super::render::Renderer;
use crate::error::Result;
use crate::repo::{self, BuyerScope};
use serde::Serialize;

/// Something that stands out, and where it is found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StandingOut {
    /// The entries.
    pub href: String,
    /// How many, in words.
    pub text: String,
}

/// Tiers that stand out, as the register has them, and their words.
const TIERS: [(&str, &str); 2] = [("unacceptable", "classification.prohibited"), ("high", "classification.high")];

/// The uses that were confirmed to be prohibited or high-risk; nothing where there are none.
///
/// # Errors
/// When the database fails.
pub async fn standing_out(renderer: &Renderer, scope: BuyerScope) -> Result<Vec<StandingOut>> {
    let mut found = Vec::new();
    for (tier, key) in TIERS {
        let count = repo::register::count_of_tier(renderer.platform.db.read(), scope, tier).await?;
        if count > 0 {
            let text = renderer.counted(key, i64::try_from(count).unwrap_or(i64::MAX));
            found.push(StandingOut { href: address("/register", [("tier", tier)]), text });
        }
    }
    Ok(found)
}
