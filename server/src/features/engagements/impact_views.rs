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

/// Something that a version says.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Says {
    /// Of what.
    pub label: String,
    /// What.
    pub text: String,
}

/// An answer that an effect rests on.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AnswerLink {
    /// The answer, where it was submitted.
    pub href: Option<String>,
    /// The question's id.
    pub id: String,
}

/// An effect of a version.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EffectRead {
    /// From 1.
    pub number: usize,
    /// What is said of it.
    pub says: Vec<Says>,
    /// On which answers it rests.
    pub answers: Vec<AnswerLink>,
}

/// A version to be read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VersionRead {
    /// Its number.
    pub number: i64,
    /// The page on which a version is written.
    pub newest_href: String,
    /// What it says.
    pub says: Vec<Says>,
    /// Its effects.
    pub effects: Vec<EffectRead>,
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
    /// A version to be read, in place of the form.
    pub version: Option<VersionRead>,
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
                version: None,
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
        let says = |text: &str| vec![Says { label: text.into(), text: text.into() }];
        let answer = |href: Option<&str>| AnswerLink { href: href.map(str::to_owned), id: "A.2.2-1".into() };
        let version = |text: &str| VersionRead {
            number: 1,
            newest_href: "/engagements/1/impact".into(),
            says: says(text),
            effects: vec![EffectRead {
                number: 1,
                says: says(text),
                answers: vec![answer(Some("/assessments/1/answers#q-A-2-2-1")), answer(None)],
            }],
        };
        let read = texts().map(|text| Self { version: Some(version(&text)), meanwhile: false, ..page(&text) });
        texts().iter().map(|text| page(text)).chain([reader]).chain(read).collect()
    }
}
