//! What stands above every page about an engagement, whichever feature shows it.

use super::render::Renderer;
use super::tabs::{Tab, tabs};
use crate::error::Result;
use crate::repo::{self, BuyerScope};
use domain::ids::EngagementId;
use serde::Serialize;

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
