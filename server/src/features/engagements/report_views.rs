//! Contexts of the report on a vendor.

use super::head::{Crumb, texts};
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
    /// The band of the largest inherent risk.
    pub inherent: Option<String>,
    /// The largest inherent risk, 0 to 100.
    pub inherent_number: String,
    /// The rating today.
    pub rating: Option<String>,
    /// The residual risk today.
    pub residual: String,
    /// How the rating came.
    pub how: Vec<String>,
    /// Numbers of the inherent risk that an analyst has set: which, who, why.
    pub set: Vec<String>,
    /// Findings that are not closed.
    pub findings: Vec<ReportFinding>,
    /// How many more rules propose, in words.
    pub proposed: Option<String>,
    /// The decision that stands.
    pub decision: Option<String>,
    /// What overtook it, or stands in the way of an approval.
    pub next: Vec<String>,
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
                proposed: Some(text.into()),
                name: text.into(),
                business_function: text.into(),
                inherent: Some("critical".into()),
                inherent_number: "100.0".into(),
                rating: Some("high".into()),
                residual: "42.0".into(),
                how: vec![text.into()],
                findings: vec![ReportFinding {
                    title: text.into(),
                    question: Some(text.into()),
                    severity: text.into(),
                    due_on: Some("2026-12-01".into()),
                }],
                decision: Some(text.into()),
                next: vec![text.into()],
                href: "/engagements/1/decision".into(),
                score_href: Some("/assessments/1/score".into()),
            }],
        };
        let none = Self { tier: None, uses: Vec::new(), ..page("None") };
        texts().iter().map(|text| page(text)).chain([none]).collect()
    }
}
