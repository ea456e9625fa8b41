//! Contexts of the page of impact assessments.

use super::head::{Crumb, Head, texts};
use super::profile_views::{event, field, head_sample};
use crate::web::engagement::Event;
use crate::web::form::{ErrorLink, Field};
use crate::web::render::View;
use crate::web::tabs::Tab;
use serde::Serialize;

/// Fields of an effect.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EffectFields {
    /// From 1.
    pub number: usize,
    /// On which kind.
    pub whom: Field,
    /// On whom.
    pub who: Field,
    /// What happens.
    pub what: Field,
    /// How bad.
    pub severity: Field,
    /// How likely.
    pub likelihood: Field,
    /// It can be undone.
    pub reversible: Field,
    /// What is done about it.
    pub measures: Field,
    /// On which answers that rests.
    pub answers: Field,
}

/// The impact assessment of an engagement.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImpactPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// What it is about.
    pub head: Head,
    /// The engagement's pages.
    pub tabs: Vec<Tab>,
    /// The caller may write.
    pub may_write: bool,
    /// The caller may approve.
    pub may_approve: bool,
    /// How it stands: `ok`, `warn`, `danger`, `calm`.
    pub kind: &'static str,
    /// In words.
    pub standing: String,
    /// What has changed since it was approved.
    pub changed: Vec<String>,
    /// The newest version waits for approval.
    pub waits: bool,
    /// Somebody else wrote a version meanwhile.
    pub meanwhile: bool,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// The number of the newest version.
    pub seen: i64,
    /// Posted twice, it acts once.
    pub once: String,
    /// In which process.
    pub process: Field,
    /// For how long and how often.
    pub period: Field,
    /// Effects, and rows for further ones.
    pub effects: Vec<EffectFields>,
    /// Why there is none, by kind.
    pub none: Vec<Field>,
    /// Who watches.
    pub oversight: Field,
    /// What is done when it goes wrong.
    pub remedies: Field,
    /// Versions and approvals, the newest first.
    pub events: Vec<Event>,
}

impl View for ImpactPage {
    const TEMPLATE: &'static str = "pages/engagements/impact";

    fn samples() -> Vec<Self> {
        let page = |text: &str| {
            let (head, crumbs, tabs) = head_sample(text);
            let effect = |n: usize| EffectFields {
                number: n + 1,
                whom: field(&format!("effects-{n}-whom"), text),
                who: field(&format!("effects-{n}-who"), text),
                what: field(&format!("effects-{n}-what"), text),
                severity: field(&format!("effects-{n}-severity"), text),
                likelihood: field(&format!("effects-{n}-likelihood"), text),
                reversible: field(&format!("effects-{n}-reversible"), text),
                measures: field(&format!("effects-{n}-measures"), text),
                answers: field(&format!("effects-{n}-answers"), text),
            };
            Self {
                crumbs,
                head,
                tabs,
                may_write: true,
                may_approve: true,
                kind: "warn",
                standing: text.into(),
                changed: vec![text.into()],
                waits: true,
                meanwhile: true,
                errors: vec![ErrorLink { href: "#process".into(), text: text.into() }],
                seen: 2,
                once: "1".into(),
                process: field("process", text),
                period: field("period", text),
                effects: vec![effect(0), effect(1)],
                none: vec![field("none-individuals", text)],
                oversight: field("oversight", text),
                remedies: field("remedies", text),
                events: vec![event(text)],
            }
        };
        let reader = Self {
            may_write: false,
            may_approve: false,
            waits: false,
            meanwhile: false,
            changed: Vec::new(),
            errors: Vec::new(),
            events: Vec::new(),
            ..page("Reader")
        };
        texts().iter().map(|text| page(text)).chain([reader]).collect()
    }
}
