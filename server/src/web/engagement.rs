//! What stands above every page about an engagement, whichever feature shows it.

use super::classification::tier_name;
use super::render::Renderer;
use super::tabs::{Tab, tabs};
use crate::actions::judging::tier::named;
use crate::error::Result;
use crate::repo::{self, BuyerScope};
use domain::classification::Tier;
use domain::ids::EngagementId;
use entity::engagement_standing;
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// The pages about an engagement, below its address.
const PAGES: &[(&str, &str)] = &[
    ("", "engagements.tab.use"),
    ("/profile", "engagements.tab.profile"),
    ("/classification", "engagements.tab.tier"),
    ("/impact", "engagements.tab.impact"),
    ("/acceptances", "engagements.tab.acceptances"),
    ("/decision", "engagements.tab.decision"),
];

/// The tabs of an engagement's pages; `here` is what stands behind its address: `/profile`.
pub fn engagement_tabs(renderer: &Renderer, engagement: impl std::fmt::Display, here: &str) -> Vec<Tab> {
    let all: Vec<(String, &str)> =
        PAGES.iter().map(|(page, key)| (format!("/engagements/{engagement}{page}"), *key)).collect();
    let pages: Vec<(&str, &str)> = all.iter().map(|(href, key)| (href.as_str(), *key)).collect();
    tabs(renderer, &pages, &format!("/engagements/{engagement}{here}"))
}

/// A decision that was overtaken, as `partials/overtaken` reads it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OvertakenDecision {
    /// What was decided.
    pub decision: String,
    /// What overtook it, in a few words each.
    pub reasons: Vec<String>,
    /// Where all of it is said.
    pub href: String,
}

/// What overtook a decision, in a few words each, from the names of kinds that a standing keeps.
pub fn overtaken_words(renderer: &Renderer, overtaken_by: &str) -> Vec<String> {
    let kinds = overtaken_by.split(',').filter(|kind| !kind.is_empty());
    kinds.map(|kind| renderer.text(&format!("engagements.overtaken_by.{kind}"), &[])).collect()
}

/// That the decision on an engagement was overtaken; none where it stands, or nothing was decided.
///
/// # Errors
/// When the database fails.
pub async fn overtaken_decision(
    renderer: &Renderer,
    scope: BuyerScope,
    id: EngagementId,
) -> Result<Option<OvertakenDecision>> {
    let rows = repo::standings::of_engagements(renderer.platform.db.read(), scope, &[id.0]).await?;
    let overtaken = rows.into_iter().find(|row| !row.overtaken_by.is_empty());
    Ok(overtaken.map(|row| OvertakenDecision {
        decision: renderer.text(&format!("portfolio.decision.{}", row.decision.unwrap_or_default()), &[]),
        reasons: overtaken_words(renderer, &row.overtaken_by),
        href: format!("/engagements/{id}/decision"),
    }))
}

/// A tier of the EU AI Act that everybody who looks is to see, as `partials/tier_badges` reads it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TierBadge {
    /// In words.
    pub text: String,
    /// How it is coloured.
    pub kind: &'static str,
}

impl TierBadge {
    /// For samples in tests.
    pub fn samples(text: &str) -> Vec<Self> {
        vec![Self { text: text.into(), kind: "danger" }, Self { text: text.into(), kind: "warn" }]
    }
}

/// A prohibited or high tier that was confirmed, and one that is proposed and that nobody confirmed; all others need no badge.
pub fn tier_badges(renderer: &Renderer, confirmed: Option<Tier>, unconfirmed: Option<Tier>) -> Vec<TierBadge> {
    let badge = |tier: Option<Tier>, key: &str, kind: &'static str| {
        let tier = tier.filter(|tier| matches!(tier, Tier::Prohibited | Tier::High))?;
        Some(TierBadge { text: renderer.text(&format!("{key}.{}", tier_name(tier)), &[]), kind })
    };
    let confirmed = badge(confirmed, "classification.stands", "danger");
    confirmed.into_iter().chain(badge(unconfirmed, "classification.stands_proposed", "warn")).collect()
}

/// The same from where an engagement stands.
pub fn standing_badges(renderer: &Renderer, row: &engagement_standing::Model) -> Vec<TierBadge> {
    let tier = |name: &Option<String>| name.as_deref().and_then(named);
    tier_badges(renderer, tier(&row.ai_act_tier), tier(&row.unconfirmed_tier))
}

/// The same by engagement.
///
/// # Errors
/// When the database fails.
pub async fn tier_badges_of(
    renderer: &Renderer,
    scope: BuyerScope,
    engagements: &[Uuid],
) -> Result<HashMap<Uuid, Vec<TierBadge>>> {
    let rows = repo::standings::of_engagements(renderer.platform.db.read(), scope, engagements).await?;
    Ok(rows.into_iter().map(|row| (row.engagement_id, standing_badges(renderer, &row))).collect())
}

/// An event in the past of something, as `partials/timeline` reads it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Event {
    /// What happened.
    pub text: String,
    /// Where that is looked at.
    pub href: Option<String>,
    /// What there is to say of it.
    pub note: Option<String>,
    /// RFC 3339.
    pub at: String,
    /// As read.
    pub when: String,
    /// Who.
    pub by: Option<String>,
    /// A hash that goes with it.
    pub hash: Option<String>,
}
