//! What stands above every page about an engagement, whichever feature shows it.

use super::render::Renderer;
use super::tabs::{Tab, tabs};
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
