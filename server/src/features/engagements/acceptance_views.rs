//! Contexts of the page of accepted risks.

use super::decision_views::Block;
use super::head::{Crumb, Head, texts};
use super::profile_views::{field, head_sample};
use crate::web::form::{ErrorLink, Field, TypedLine};
use crate::web::render::View;
use crate::web::tabs::Tab;
use serde::Serialize;

/// An acceptance.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AcceptanceRow {
    /// Its id.
    pub id: String,
    /// What is accepted.
    pub scope: String,
    /// Where that stands: `ok`, `warn`, `danger`, `info`, `calm`.
    pub kind: &'static str,
    /// In words.
    pub standing: String,
    /// Why it supports nothing any more.
    pub causes: Vec<String>,
    /// The residual risk that was accepted.
    pub residual: String,
    /// The rating that was accepted.
    pub rating: String,
    /// The last day on which it holds.
    pub expires_on: String,
    /// Why.
    pub reason: String,
    /// Under which conditions.
    pub conditions: Vec<String>,
    /// Who asked, and when; then who said what.
    pub said: Vec<String>,
    /// It waits for approval.
    pub waits: bool,
    /// Nobody ended it.
    pub is_open: bool,
    /// What goes with a word about it.
    pub why: Field,
}

/// The accepted risks of an engagement.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AcceptancesPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// What it is about.
    pub head: Head,
    /// The engagement's pages.
    pub tabs: Vec<Tab>,
    /// The caller may ask.
    pub may_ask: bool,
    /// The caller may approve and refuse.
    pub may_decide: bool,
    /// Why nothing can be asked for just now.
    pub why_not: Option<Block>,
    /// The rating today.
    pub rating: Option<String>,
    /// The residual risk today.
    pub residual: String,
    /// Who may accept it, and for how long.
    pub authority: String,
    /// What was asked for, the newest first.
    pub rows: Vec<AcceptanceRow>,
    /// What was typed for one that was ended meanwhile.
    pub lost: Vec<TypedLine>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// Posted twice, it acts once.
    pub once: String,
    /// Which findings; none for the residual risk.
    pub findings: Field,
    /// Why.
    pub reason: Field,
    /// A line each.
    pub conditions: Field,
    /// The last day.
    pub expires_on: Field,
}

impl View for AcceptancesPage {
    const TEMPLATE: &'static str = "pages/engagements/acceptances";

    fn samples() -> Vec<Self> {
        let page = |text: &str| {
            let (head, crumbs, tabs) = head_sample(text);
            let row = |id: &str, waits| AcceptanceRow {
                id: id.into(),
                scope: text.into(),
                kind: "warn",
                standing: text.into(),
                causes: vec![text.into()],
                residual: "42.0".into(),
                rating: "high".into(),
                expires_on: "2026-11-21".into(),
                reason: text.into(),
                conditions: vec![text.into()],
                said: vec![text.into(); 2],
                waits,
                is_open: true,
                why: Field { rows: Some(3), max_length: Some(5_000), ..field(&format!("why-{id}"), text) },
            };
            Self {
                crumbs,
                head,
                tabs,
                may_ask: true,
                may_decide: true,
                why_not: None,
                rating: Some("high".into()),
                residual: "42.0".into(),
                authority: text.into(),
                rows: vec![row("1", true), row("2", false)],
                lost: vec![TypedLine { label: text.into(), text: text.into() }],
                errors: vec![ErrorLink { href: "#reason".into(), text: text.into() }],
                once: "1".into(),
                findings: field("findings", text),
                reason: field("reason", text),
                conditions: field("conditions", text),
                expires_on: field("expires_on", text),
            }
        };
        let none = Self {
            why_not: Some(Block {
                text: "Nothing".into(),
                href: Some("/assessments/1".into()),
                action: "There".into(),
            }),
            rating: None,
            rows: Vec::new(),
            lost: Vec::new(),
            errors: Vec::new(),
            may_decide: false,
            ..page("None")
        };
        texts().iter().map(|text| page(text)).chain([none]).collect()
    }
}
