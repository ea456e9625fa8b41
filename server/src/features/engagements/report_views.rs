//! Contexts of the report on a vendor.

use super::decision_views::Block;
use super::head::{Crumb, texts};
use crate::web::engagement::TierBadge;
use crate::web::render::View;
use serde::Serialize;

/// A finding that is not closed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReportFinding {
    /// What it is called.
    pub title: String,
    /// The question that it is about.
    pub question: Option<String>,
    /// How much it weighs, in words.
    pub severity: String,
    /// When it is due.
    pub due_on: Option<String>,
}

/// What the report says of a use.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReportUse {
    /// What it is called.
    pub name: String,
    /// The part of the business that uses it.
    pub business_function: String,
    /// Its tier of the EU AI Act, in words: confirmed, or that nobody has.
    pub act: String,
    /// That it is prohibited or high-risk, or may be.
    pub tier_badges: Vec<TierBadge>,
    /// The band of the largest inherent risk.
    pub inherent: Option<String>,
    /// The largest inherent risk, 0 to 100.
    pub inherent_number: String,
    /// An analyst has set numbers behind it.
    pub inherent_is_set: bool,
    /// The rating today.
    pub rating: Option<String>,
    /// The residual risk today.
    pub residual: String,
    /// An analyst has set numbers behind it.
    pub residual_is_set: bool,
    /// How the rating came.
    pub how: Vec<String>,
    /// Numbers of the inherent risk that an analyst has set: which, who, why.
    pub set: Vec<String>,
    /// Findings that are not closed.
    pub findings: Vec<ReportFinding>,
    /// How many more rules propose, in words.
    pub proposed: Option<String>,
    /// The same as a number.
    pub proposed_number: i64,
    /// Where these are.
    pub proposed_href: String,
    /// The order in which its findings are worked on.
    pub plan_href: Option<String>,
    /// The decision that stands.
    pub decision: Option<String>,
    /// What overtook it, or stands in the way of an approval.
    pub next: Vec<Block>,
    /// Where the decision is looked at.
    pub href: String,
    /// Where the score is looked at.
    pub score_href: Option<String>,
}

/// The report on a vendor.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReportPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// The vendor.
    pub vendor: String,
    /// The day.
    pub day: String,
    /// Its tier, in words.
    pub tier: Option<String>,
    /// The same as a workbook.
    pub export_href: String,
    /// Its open uses.
    pub uses: Vec<ReportUse>,
}

impl View for ReportPage {
    const TEMPLATE: &'static str = "pages/engagements/report";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            crumbs: vec![Crumb { href: "/vendors".into(), text: text.into() }],
            vendor: text.into(),
            day: "2026-11-21".into(),
            tier: Some(text.into()),
            export_href: "/vendors/1/report/export".into(),
            uses: vec![ReportUse {
                set: vec![text.into(); 2],
                name: text.into(),
                business_function: text.into(),
                act: text.into(),
                tier_badges: TierBadge::samples(text),
                inherent: Some("critical".into()),
                inherent_number: "100.0".into(),
                inherent_is_set: true,
                rating: Some("high".into()),
                residual: "42.0".into(),
                residual_is_set: true,
                how: vec![text.into()],
                findings: vec![ReportFinding {
                    title: text.into(),
                    question: Some(text.into()),
                    severity: text.into(),
                    due_on: Some("2026-12-01".into()),
                }],
                proposed: Some(text.into()),
                proposed_number: 2,
                proposed_href: "/findings?engagement=1&group=proposed".into(),
                plan_href: Some("/findings/plan?engagement=1".into()),
                decision: Some(text.into()),
                next: vec![Block { text: text.into(), href: Some("/engagements/1".into()), action: text.into() }],
                href: "/engagements/1/decision".into(),
                score_href: Some("/assessments/1/score".into()),
            }],
        };
        let none = Self { tier: None, uses: Vec::new(), ..page("None") };
        texts().iter().map(|text| page(text)).chain([none]).collect()
    }
}
