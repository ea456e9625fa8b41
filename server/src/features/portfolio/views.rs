//! Context of the portfolio's page.

use crate::web::engagement::TierBadge;
use crate::web::render::View;
use serde::Serialize;

/// A count that filters the list.
#[derive(Clone, Debug, Serialize)]
pub struct Tally {
    /// The list with the filter.
    pub href: String,
    /// What is counted.
    pub text: String,
    /// How many.
    pub count: i64,
    /// The list shows these.
    pub current: bool,
}

/// Something that can be chosen.
#[derive(Clone, Debug, Serialize)]
pub struct Chosen {
    /// What is sent.
    pub key: String,
    /// In words.
    pub text: String,
    /// It is.
    pub chosen: bool,
}

/// A vendor.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VendorRow {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// That an open engagement is prohibited or high-risk, or may be.
    pub tier_badges: Vec<TierBadge>,
    /// The worst rating of its open engagements.
    pub rating: Option<String>,
    /// The largest residual risk.
    pub residual: Option<String>,
    /// `up`, `down`, `same`, `first` or `none`.
    pub trend: String,
    /// The same in words.
    pub trend_text: String,
    /// Open findings by kind, in words.
    pub findings: Vec<String>,
    /// Where these are.
    pub findings_href: String,
    /// How many more rules propose, in words.
    pub proposed: Option<String>,
    /// Where these are.
    pub proposed_href: String,
    /// How many of its open engagements have a score.
    pub scored: String,
    /// It has open engagements.
    pub has_engagements: bool,
    /// Some have a score, and others none.
    pub is_partly_scored: bool,
    /// What was decided on the engagement that weighs most.
    pub decision: Option<String>,
    /// Where that is.
    pub decision_href: Option<String>,
    /// What overtook it; empty where it stands.
    pub overtaken_by: Vec<String>,
    /// When it is looked at again.
    pub review: Option<String>,
    /// That day has come.
    pub is_due: bool,
}

/// All vendors by how they stand.
#[derive(Clone, Debug, Serialize)]
pub struct PortfolioPage {
    /// Counts by rating.
    pub tally: Vec<Tally>,
    /// What is looked for in the names.
    pub q: String,
    /// The rating that is shown alone.
    pub rating: String,
    /// Something narrows the list.
    pub is_narrowed: bool,
    /// What it is ordered by.
    pub sort: String,
    /// What it can be ordered by.
    pub orders: Vec<Chosen>,
    /// The vendors.
    pub rows: Vec<VendorRow>,
    /// The caller may add vendors.
    pub may_add: bool,
    /// The first page, where this is a later one.
    pub first: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

impl View for PortfolioPage {
    const TEMPLATE: &'static str = "pages/portfolio/list";

    fn samples() -> Vec<Self> {
        let row = |text: &str, trend: &str| VendorRow {
            href: "/vendors/1".into(),
            name: text.into(),
            tier_badges: TierBadge::samples(text),
            rating: Some("high".into()),
            residual: Some("42.0".into()),
            trend: trend.into(),
            trend_text: text.into(),
            findings: vec![text.into(), text.into()],
            findings_href: "/findings?vendor=1".into(),
            proposed: Some(text.into()),
            proposed_href: "/findings?vendor=1&group=proposed".into(),
            scored: "1 of 2".into(),
            has_engagements: true,
            is_partly_scored: true,
            decision: Some(text.into()),
            decision_href: Some("/engagements/1/decision".into()),
            overtaken_by: vec![text.into(), text.into()],
            review: Some("2026-11-21".into()),
            is_due: true,
        };
        let page = |text: &str, rows: Vec<VendorRow>| Self {
            tally: vec![Tally { href: "/portfolio".into(), text: "All".into(), count: 2, current: true }],
            q: text.into(),
            rating: String::new(),
            is_narrowed: !text.is_empty(),
            sort: "rating".into(),
            orders: vec![Chosen { key: "rating".into(), text: "Rating".into(), chosen: true }],
            first: Some("/portfolio".into()),
            next: Some("/portfolio?after=1".into()),
            may_add: true,
            rows,
        };
        let unscored = VendorRow { name: "Northwind".into(), href: "/vendors/1".into(), ..VendorRow::default() };
        let long = "人工智能供應商有限公司 ".repeat(30);
        let hostile = "\"><script>alert(1)</script>";
        vec![
            page("", Vec::new()),
            Self { may_add: false, ..page("", Vec::new()) },
            page(hostile, Vec::new()),
            page("", vec![unscored, row(&long, "up"), row(hostile, "down"), row("A", "same"), row("B", "first")]),
        ]
    }
}
