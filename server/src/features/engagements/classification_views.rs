//! Contexts of the page of an engagement's tier of the EU AI Act.

use super::head::{Crumb, Head, texts};
use super::profile_views::{event, field, head_sample};
use crate::web::classify_form::{ConfirmedView, ProposedView};
use crate::web::engagement::Event;
use crate::web::form::{ErrorLink, Field};
use crate::web::render::View;
use crate::web::tabs::Tab;
use serde::Serialize;

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
    /// What the rules propose.
    pub proposed: ProposedView,
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
    /// What happened, the newest first.
    pub events: Vec<Event>,
}

impl View for TierPage {
    const TEMPLATE: &'static str = "pages/engagements/classification";

    fn samples() -> Vec<Self> {
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
                confirmed: Some(ConfirmedView::sample(text)),
                only_said: None,
                proposed: ProposedView::sample(text),
                purpose: field("fact-purpose", text),
                questions: vec![field("fact-a", text)],
                more: vec![field("fact-b", text)],
                tier_field: field("tier", text),
                areas_field: field("areas", text),
                reason: field("reason", text),
                document: field("document", text),
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
            proposed: ProposedView::default(),
            events: Vec::new(),
            ..page("bare")
        };
        texts().iter().map(|text| page(text)).chain([bare]).collect()
    }
}
