//! Contexts of the line that shows how a risk moved.

use super::views::HeatBand;
use serde::Serialize;

/// How the residual risk moved from score to score.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TrendView {
    /// The whole of it in a sentence.
    pub label: String,
    /// The line.
    pub line: String,
    /// The bands, from the top down.
    pub bands: Vec<HeatBand>,
    /// The scores, the newest first.
    pub rows: Vec<TrendRow>,
}

/// A score of a trend.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TrendRow {
    /// Its page.
    pub href: String,
    /// The day as of which.
    pub as_of: String,
    /// The questionnaire.
    pub questionnaire: String,
    /// The rating.
    pub rating: String,
    /// As read.
    pub residual: String,
    /// Where its point stands.
    pub x: f64,
    /// Where its point stands, from the top.
    pub y: f64,
    /// It cannot be held against the one before without care.
    pub is_break: bool,
    /// Why.
    pub note: String,
}

/// A trend for samples.
pub(super) fn trend_sample(text: &str) -> TrendView {
    let row = |x, y| TrendRow {
        href: "/assessments/1/score?score=1".into(),
        as_of: "2026-11-21".into(),
        questionnaire: text.into(),
        rating: "high".into(),
        residual: "42.0".into(),
        x,
        y,
        is_break: true,
        note: text.into(),
    };
    TrendView {
        label: text.into(),
        line: "M0 40L640 60".into(),
        bands: vec![HeatBand { band: "low".into(), from: 80.0, width: 20.0 }],
        rows: vec![row(640.0, 60.0), row(0.0, 40.0)],
    }
}
