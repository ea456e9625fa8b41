//! Context of the page of what waits for a decision.

use crate::web::render::View;
use serde::Serialize;

/// Something that waits.
#[derive(Clone, Debug, Serialize)]
pub struct WaitingRow {
    /// Where it is decided.
    pub href: String,
    /// What it is, in words.
    pub what: String,
    /// The vendor.
    pub vendor: String,
    /// What the vendor is used for.
    pub engagement: String,
    /// The rating that is to be accepted.
    pub rating: Option<String>,
    /// The residual risk that is to be accepted, 0 to 100.
    pub residual: Option<String>,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: String,
    /// The last day on which the acceptance is to hold.
    pub until: Option<String>,
    /// How many approvals are missing, where it takes several.
    pub missing: Option<String>,
}

/// What waits for the caller's decision.
#[derive(Clone, Debug, Serialize)]
pub struct WaitingPage {
    /// The oldest first.
    pub rows: Vec<WaitingRow>,
}

impl View for WaitingPage {
    const TEMPLATE: &'static str = "pages/waiting/list";

    fn samples() -> Vec<Self> {
        let row = |text: &str| WaitingRow {
            href: "/engagements/1/acceptances#a-1".into(),
            what: text.into(),
            vendor: text.into(),
            engagement: text.into(),
            rating: Some("high".into()),
            residual: Some("42.0".into()),
            asked_by: text.into(),
            asked_at: "2026-11-21 10:42".into(),
            until: Some("2026-12-21".into()),
            missing: Some(text.into()),
        };
        let bare = WaitingRow { rating: None, residual: None, until: None, missing: None, ..row("Northwind") };
        let long = "人工智能供應商有限公司 ".repeat(30);
        let rows = vec![bare, row(&long), row("\"><script>alert(1)</script>")];
        vec![Self { rows: Vec::new() }, Self { rows }]
    }
}
