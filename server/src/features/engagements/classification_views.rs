//! Contexts of the page of an engagement's tier of the EU AI Act.

use super::head::{Crumb, Head, texts};
use super::profile_views::{event, field, head_sample};
use crate::web::classification::{AsideView, ProposalView};
use crate::web::engagement::Event;
use crate::web::form::{ErrorLink, Field};
use crate::web::moment::Moment;
use crate::web::render::View;
use crate::web::tabs::Tab;
use serde::Serialize;

/// What a person confirmed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ConfirmedView {
    /// The tier, in words.
    pub tier: String,
    /// How it is coloured.
    pub kind: &'static str,
    /// Points of Annex III.
    pub areas: String,
    /// Who.
    pub by: String,
    /// When.
    pub moment: Moment,
    /// Why.
    pub reason: Option<String>,
    /// What the rules proposed then, where that was something else.
    pub proposed: Option<String>,
    /// The grounds of Art. 6(3).
    pub grounds: String,
    /// Where the assessment of Art. 6(4) is.
    pub document: Option<String>,
}

/// The tier of the EU AI Act of an engagement.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TierPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// What it is about.
    pub head: Head,
    /// The engagement's pages.
    pub tabs: Vec<Tab>,
    /// For the forms.
    pub seen: i64,
    /// Posted twice, it acts once.
    pub once: String,
    /// The caller may state and confirm.
    pub may_score: bool,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// What is said of a change by somebody else.
    pub meanwhile: bool,
    /// The use is one that Art. 5 prohibits.
    pub is_prohibited: bool,
    /// What a person confirmed.
    pub confirmed: Option<ConfirmedView>,
    /// The profile says a tier, and nobody confirmed it.
    pub only_said: Option<String>,
    /// The rules propose something else now.
    pub differs: bool,
    /// The tier that is proposed, in words.
    pub tier: String,
    /// How it is coloured.
    pub kind: &'static str,
    /// Points of Annex III.
    pub areas: String,
    /// How sure that is, in words.
    pub certainty: String,
    /// Why the Act does not apply.
    pub exit: Option<String>,
    /// All that is proposed, the strictest first.
    pub proposals: Vec<ProposalView>,
    /// What was set aside.
    pub aside: Vec<AsideView>,
    /// What the use is for, in words.
    pub purpose: Field,
    /// Questions that would settle what is open.
    pub questions: Vec<Field>,
    /// All other questions.
    pub more: Vec<Field>,
    /// The tiers to confirm.
    pub tier_field: Field,
    /// Points of Annex III to confirm.
    pub areas_field: Field,
    /// Why.
    pub reason: Field,
    /// Where the assessment of Art. 6(4) is.
    pub document: Field,
    /// Which rules.
    pub rules: String,
    /// What happened, the newest first.
    pub events: Vec<Event>,
}

impl View for TierPage {
    const TEMPLATE: &'static str = "pages/engagements/classification";

    fn samples() -> Vec<Self> {
        let proposal = |text: &str| ProposalView {
            tier: Some(text.into()),
            kind: "danger",
            title: text.into(),
            article: text.into(),
            reason: text.into(),
            certainty: text.into(),
            evidence: vec![text.into(); 2],
            missing: vec![text.into(); 2],
            way_out: Some(text.into()),
            applies: Some(text.into()),
            note: Some(text.into()),
        };
        let page = |text: &str| {
            let (head, crumbs, tabs) = head_sample(text);
            Self {
                crumbs,
                head,
                tabs,
                seen: 3,
                once: "1".into(),
                may_score: true,
                errors: vec![ErrorLink { href: "#tier".into(), text: text.into() }],
                meanwhile: true,
                is_prohibited: true,
                confirmed: Some(ConfirmedView {
                    tier: text.into(),
                    kind: "danger",
                    areas: text.into(),
                    by: text.into(),
                    moment: Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() },
                    reason: Some(text.into()),
                    proposed: Some(text.into()),
                    grounds: text.into(),
                    document: Some(text.into()),
                }),
                only_said: None,
                differs: true,
                tier: text.into(),
                kind: "danger",
                areas: text.into(),
                certainty: text.into(),
                exit: Some(text.into()),
                proposals: vec![proposal(text), ProposalView { tier: None, ..proposal(text) }],
                aside: vec![AsideView { title: text.into(), article: text.into(), because: text.into() }],
                purpose: field("fact-purpose", text),
                questions: vec![field("fact-a", text)],
                more: vec![field("fact-b", text)],
                tier_field: field("tier", text),
                areas_field: field("areas", text),
                reason: field("reason", text),
                document: field("document", text),
                rules: text.into(),
                events: vec![event(text)],
            }
        };
        let bare = Self {
            may_score: false,
            errors: Vec::new(),
            meanwhile: false,
            is_prohibited: false,
            confirmed: None,
            only_said: Some("Limited".into()),
            differs: false,
            exit: None,
            proposals: Vec::new(),
            aside: Vec::new(),
            events: Vec::new(),
            ..page("bare")
        };
        texts().iter().map(|text| page(text)).chain([bare]).collect()
    }
}
