//! Contexts of the page that puts vendors side by side.

use super::views::{Crumb, HeatBand, texts};
use crate::web::render::View;
use serde::Serialize;

/// An assessment that can be put beside others.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Candidate {
    /// Its id.
    pub id: String,
    /// The vendor.
    pub vendor: String,
    /// What it is used for.
    pub engagement: String,
    /// When something was submitted last.
    pub submitted: String,
    /// It is among those compared.
    pub chosen: bool,
}

/// A vendor of the comparison.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Side {
    /// The vendor.
    pub vendor: String,
    /// What it is used for.
    pub engagement: String,
    /// Its score.
    pub href: String,
    /// The rating; none while unscored.
    pub rating: Option<String>,
    /// Where that comes from.
    pub why: String,
    /// 0..100.
    pub residual: f64,
    /// As read.
    pub residual_text: String,
    /// 0..100.
    pub best: f64,
    /// What its bar says.
    pub label: String,
}

/// A line of the comparison.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CompareRow {
    /// What is compared.
    pub label: String,
    /// By vendor.
    pub cells: Vec<Cell>,
}

/// What one vendor has of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cell {
    /// As read.
    pub text: String,
    /// Its band, where it is a risk.
    pub band: Option<String>,
    /// What there is to know about it.
    pub note: Option<String>,
    /// It is the best of the line.
    pub is_best: bool,
}

/// Lines under a heading.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CompareGroup {
    /// What they are about.
    pub title: String,
    /// The lines.
    pub rows: Vec<CompareRow>,
}

/// A choice of questionnaire.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VersionChoice {
    /// Its id.
    pub id: String,
    /// Its title and number.
    pub text: String,
    /// It is the one.
    pub chosen: bool,
}

/// Vendors side by side.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ComparePage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// Questionnaires.
    pub versions: Vec<VersionChoice>,
    /// What can be compared on the one that is chosen.
    pub candidates: Vec<Candidate>,
    /// More were chosen than fit.
    pub too_many: bool,
    /// Some were asked something else.
    pub other_version: Vec<String>,
    /// Which questionnaire and policy.
    pub basis: String,
    /// Those compared.
    pub sides: Vec<Side>,
    /// The bands on the scale.
    pub bands: Vec<HeatBand>,
    /// The lines.
    pub groups: Vec<CompareGroup>,
}

impl View for ComparePage {
    const TEMPLATE: &'static str = "pages/scoring/compare";

    fn samples() -> Vec<Self> {
        let page = |text: &str| {
            let side = |rating: Option<&str>| Side {
                vendor: text.into(),
                engagement: text.into(),
                href: "/assessments/1/score".into(),
                rating: rating.map(str::to_owned),
                residual: 42.0,
                why: text.into(),
                residual_text: "42.0".into(),
                best: 12.0,
                label: text.into(),
            };
            let cell = |band: Option<&str>| Cell {
                text: text.into(),
                band: band.map(str::to_owned),
                note: Some(text.into()),
                is_best: true,
            };
            Self {
                crumbs: vec![Crumb { href: "/vendors".into(), text: text.into() }],
                versions: vec![VersionChoice { id: "1".into(), text: text.into(), chosen: true }],
                candidates: vec![Candidate {
                    id: "1".into(),
                    vendor: text.into(),
                    engagement: text.into(),
                    submitted: "2026-11-21".into(),
                    chosen: true,
                }],
                too_many: true,
                other_version: vec![text.into()],
                basis: text.into(),
                sides: vec![side(Some("high")), side(None)],
                bands: vec![HeatBand { band: "low".into(), from: 0.0, width: 20.0 }],
                groups: vec![CompareGroup {
                    title: text.into(),
                    rows: vec![CompareRow { label: text.into(), cells: vec![cell(Some("high")), cell(None)] }],
                }],
            }
        };
        let empty = Self {
            candidates: Vec::new(),
            sides: Vec::new(),
            groups: Vec::new(),
            too_many: false,
            other_version: Vec::new(),
            ..page("Empty")
        };
        texts().iter().map(|text| page(text)).chain([empty]).collect()
    }
}
