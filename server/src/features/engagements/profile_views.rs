//! Contexts of the page of an engagement's profile and inherent risk.

use super::head::{Crumb, Head, texts};
use crate::web::engagement::{Event, OvertakenDecision, TierBadge};
use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::render::View;
use crate::web::tabs::Tab;
use serde::Serialize;

/// What somebody said of a factor.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SaidView {
    /// What was asked.
    pub question: String,
    /// What was said.
    pub value: String,
    /// Why it moves the risk.
    pub reason: String,
}

/// An analyst's own numbers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OwnView {
    /// What the profile gives, in figures.
    pub computed: String,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What the profile gave when it was made, where that is something else now.
    pub beside: Option<String>,
}

/// The risk in a domain.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DomainRow {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub summary: String,
    /// Severity that counts.
    pub severity: u8,
    /// What gave it, a line each.
    pub severity_from: Vec<String>,
    /// Likelihood that counts.
    pub likelihood: u8,
    /// What gave it, a line each.
    pub likelihood_from: Vec<String>,
    /// 4..100.
    pub inherent: u8,
    /// Its band.
    pub band: String,
    /// An analyst's own numbers.
    pub own: Option<OwnView>,
    /// Where they are said.
    pub own_href: String,
}

/// An engagement's profile and inherent risk.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProfilePage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// What it is about.
    pub head: Head,
    /// The engagement's pages.
    pub tabs: Vec<Tab>,
    /// The caller may change the profile.
    pub may_edit: bool,
    /// The caller may replace numbers.
    pub may_score: bool,
    /// The use has ended.
    pub has_ended: bool,
    /// What must still be said.
    pub missing: Vec<String>,
    /// The band of the largest inherent risk; none while something is missing.
    pub band: Option<String>,
    /// The largest inherent risk.
    pub inherent: u8,
    /// In which domain.
    pub worst: String,
    /// The vendor's tier over all its open engagements, in words.
    pub vendor_tier: Option<String>,
    /// The seven domains.
    pub domains: Vec<DomainRow>,
    /// What was said.
    pub said: Vec<SaidView>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// What somebody else said meanwhile.
    pub meanwhile: Option<String>,
    /// The number of the newest override, for the form.
    pub seen: String,
    /// Posted twice, it acts once.
    pub once: String,
    /// Of which domain.
    pub domain: Field,
    /// 1..5, or as computed.
    pub severity: Field,
    /// 1..5, or as computed.
    pub likelihood: Field,
    /// Why.
    pub reason: Field,
    /// Why it ended, or is taken up again.
    pub end_reason: Field,
    /// What happened, the newest first.
    pub events: Vec<Event>,
}

/// A field for samples.
pub(super) fn field(name: &str, text: &str) -> Field {
    let option = |key: &str| Choice { key: key.into(), text: text.into(), note: Some(text.into()), chosen: key == "a" };
    Field {
        id: name.into(),
        name: name.into(),
        label: text.into(),
        hint: Some(text.into()),
        error: Some(text.into()),
        value: text.into(),
        options: ["a", "b"].map(option).into(),
        ..Field::default()
    }
}

/// The head of a sample.
pub(super) fn head_sample(text: &str) -> (Head, Vec<Crumb>, Vec<Tab>) {
    let overtaken = OvertakenDecision {
        decision: text.into(),
        reasons: vec![text.into(), text.into()],
        href: "/engagements/1/decision".into(),
    };
    let head = Head {
        name: text.into(),
        vendor: text.into(),
        business_function: text.into(),
        href: "/engagements/1".into(),
        overtaken: Some(overtaken),
        tier_badges: TierBadge::samples(text),
    };
    let tab = Tab { href: "/engagements/1/profile".into(), text: text.into(), current: true, count: None };
    (head, vec![Crumb { href: "/vendors/1".into(), text: text.into() }], vec![tab])
}

/// An event for samples.
pub(super) fn event(text: &str) -> Event {
    Event {
        text: text.into(),
        href: Some("/engagements/1".into()),
        note: Some(text.into()),
        at: "2026-11-21T10:42:00Z".into(),
        when: "2026-11-21 10:42".into(),
        by: Some(text.into()),
        hash: None,
    }
}

impl View for ProfilePage {
    const TEMPLATE: &'static str = "pages/engagements/profile";

    fn samples() -> Vec<Self> {
        let row = |text: &str, own: bool| DomainRow {
            name: text.into(),
            summary: text.into(),
            severity: 4,
            severity_from: vec![text.into(); 2],
            likelihood: 3,
            likelihood_from: Vec::new(),
            inherent: 48,
            band: "high".into(),
            own: own.then(|| OwnView {
                computed: "3 x 3".into(),
                by: text.into(),
                reason: text.into(),
                beside: Some(text.into()),
            }),
            own_href: "?domain=misinformation#own".into(),
        };
        let page = |text: &str| {
            let (head, crumbs, tabs) = head_sample(text);
            Self {
                crumbs,
                head,
                tabs,
                may_edit: true,
                may_score: true,
                has_ended: true,
                missing: Vec::new(),
                band: Some("high".into()),
                inherent: 48,
                worst: text.into(),
                vendor_tier: Some(text.into()),
                domains: vec![row(text, true), row(text, false)],
                said: vec![SaidView { question: text.into(), value: text.into(), reason: text.into() }],
                errors: vec![ErrorLink { href: "#domain".into(), text: text.into() }],
                meanwhile: Some(text.into()),
                seen: "3".into(),
                once: "1".into(),
                domain: field("domain", text),
                severity: field("severity", text),
                likelihood: field("likelihood", text),
                reason: field("reason", text),
                end_reason: field("end_reason", text),
                events: vec![event(text)],
            }
        };
        let unscored = Self {
            missing: vec!["Which data?".into(); 3],
            band: None,
            domains: Vec::new(),
            said: Vec::new(),
            errors: Vec::new(),
            meanwhile: None,
            has_ended: false,
            vendor_tier: None,
            events: Vec::new(),
            ..page("Unscored")
        };
        let reader = Self { may_edit: false, may_score: false, ..page("Reader") };
        texts().iter().map(|text| page(text)).chain([unscored, reader]).collect()
    }
}
