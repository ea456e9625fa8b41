//! Contexts of the page that says what a score would be if something were otherwise.

use super::views::{AboutView, Crumb, Line, about_sample, texts};
use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::render::View;
use serde::Serialize;

/// A figure before and after.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Moved {
    /// What it is.
    pub label: String,
    /// As it is.
    pub before: String,
    /// The band of what is.
    pub before_band: Option<String>,
    /// As it would be.
    pub after: String,
    /// The band of what would be.
    pub after_band: Option<String>,
    /// By how much it moves; empty where it does not.
    pub by: String,
}

/// What moves.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MoveView {
    /// The rating as it is.
    pub before: String,
    /// The residual risk as it is.
    pub before_residual: String,
    /// The rating as it would be.
    pub after: String,
    /// The residual risk as it would be.
    pub after_residual: String,
    /// In a sentence.
    pub said: String,
    /// What is supposed.
    pub changes: Vec<String>,
    /// The seven domains.
    pub domains: Vec<Moved>,
    /// Completeness, confidence, coverage of the driver.
    pub figures: Vec<Moved>,
    /// Knock-outs that would fire no more.
    pub gone: Vec<String>,
    /// Knock-outs that would fire.
    pub fires: Vec<String>,
    /// Questions that would be asked.
    pub shown: Vec<Line>,
    /// Questions that would not be asked any more.
    pub hidden: Vec<Line>,
}

/// A question that can be supposed otherwise.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SupposedView {
    /// Where its answer stands.
    pub href: String,
    /// Its id.
    pub id: String,
    /// As it stands.
    pub says: String,
    /// `select`, `checkboxes`, `number`.
    pub kind: &'static str,
    /// Another answer.
    pub reply: Field,
    /// What there is instead of an answer, where that is typed or ticked.
    pub instead: Option<Field>,
    /// Of a table: entries that a further row could have.
    pub cells: Vec<Field>,
    /// Another level of assurance, where that counts.
    pub level: Option<Field>,
}

/// The questions of a section.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SupposedSection {
    /// What it is called.
    pub title: String,
    /// Something of it is supposed.
    pub open: bool,
    /// Its questions.
    pub questions: Vec<SupposedView>,
}

/// What a score would be.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WhatIfPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// Whose.
    pub about: AboutView,
    /// Where it is posted.
    pub action: String,
    /// What moves.
    pub moved: Option<MoveView>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// The profile.
    pub factors: Vec<Field>,
    /// Something of the profile is supposed.
    pub factors_open: bool,
    /// From when the supposed evidence is effective.
    pub effective_on: Field,
    /// The questions.
    pub sections: Vec<SupposedSection>,
}

impl View for WhatIfPage {
    const TEMPLATE: &'static str = "pages/scoring/what_if";

    fn samples() -> Vec<Self> {
        let field = |name: &str, text: &str| Field {
            id: name.into(),
            name: name.into(),
            label: text.into(),
            hint: Some(text.into()),
            error: Some(text.into()),
            value: text.into(),
            blank: Some(text.into()),
            options: vec![Choice { key: "a".into(), text: text.into(), note: None, chosen: true }],
            ..Field::default()
        };
        let moved = |text: &str| Moved {
            label: text.into(),
            before: "40.0".into(),
            before_band: Some("high".into()),
            after: "20.0".into(),
            after_band: Some("low".into()),
            by: "-20.0".into(),
        };
        let line = |text: &str| Line { href: None, text: text.into(), note: String::new(), figure: String::new() };
        let question = |text: &str, kind: &'static str| SupposedView {
            href: "/assessments/1#q-1".into(),
            id: text.into(),
            says: text.into(),
            kind,
            reply: field(&format!("reply/{kind}"), text),
            instead: (kind != "select").then(|| field(&format!("instead/{kind}"), text)),
            cells: vec![field(&format!("cell/{kind}"), text)],
            level: Some(field(&format!("level/{kind}"), text)),
        };
        let page = |text: &str| Self {
            crumbs: vec![Crumb { href: "/assessments".into(), text: text.into() }],
            about: about_sample(text),
            action: "/assessments/1/what-if".into(),
            moved: Some(MoveView {
                before: "high".into(),
                before_residual: "40.0".into(),
                after: "low".into(),
                after_residual: "10.0".into(),
                said: text.into(),
                changes: vec![text.into()],
                domains: vec![moved(text)],
                figures: vec![Moved { before_band: None, after_band: None, by: String::new(), ..moved(text) }],
                gone: vec![text.into()],
                fires: vec![text.into()],
                shown: vec![line(text)],
                hidden: vec![line(text)],
            }),
            errors: vec![ErrorLink { href: "#reply:1".into(), text: text.into() }],
            factors: vec![field("profile:autonomy", text)],
            factors_open: true,
            effective_on: field("effective_on", text),
            sections: vec![SupposedSection {
                title: text.into(),
                open: true,
                questions: vec![question(text, "select"), question(text, "checkboxes"), question(text, "number")],
            }],
        };
        let fresh = Self { moved: None, errors: Vec::new(), factors_open: false, ..page("Fresh") };
        texts().iter().map(|text| page(text)).chain([fresh]).collect()
    }
}
