//! Contexts of classification under the EU AI Act: the page of one use, and what stands beside it elsewhere.

use super::views::{Crumb, texts};
use crate::web::classify_form::{ConfirmedView, ProposedView};
use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::render::View;
use serde::Serialize;

/// A classification in short, beside a use.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ClassView {
    /// The tier, in words.
    pub tier: String,
    /// How it is coloured.
    pub kind: &'static str,
    /// Points of Annex III.
    pub areas: String,
    /// A person confirmed it.
    pub is_confirmed: bool,
    /// By whom and when, or that it is only proposed.
    pub note: String,
    /// What the rules propose now, where that is something else than what was confirmed.
    pub differs: Option<String>,
    /// Where it is looked at.
    pub href: String,
}

/// A field of the register that would settle something.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OpenField {
    /// What it is called.
    pub label: String,
    /// Where it is filled in.
    pub href: Option<String>,
}

/// The classification of a use.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ClassifyPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// What the entry is used for.
    pub name: String,
    /// Its address.
    pub href: String,
    /// For the forms.
    pub revision: i64,
    /// The caller keeps the register.
    pub may_edit: bool,
    /// Somebody changed the entry meanwhile: what the caller typed still stands in its form.
    pub meanwhile: Option<String>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// What a person confirmed.
    pub confirmed: Option<ConfirmedView>,
    /// What the rules propose.
    pub proposed: ProposedView,
    /// Questions that would settle what is open.
    pub questions: Vec<Field>,
    /// All other questions.
    pub more: Vec<Field>,
    /// Fields of the register that would.
    pub open: Vec<OpenField>,
    /// The tiers to confirm.
    pub tier_field: Field,
    /// Points of Annex III to confirm.
    pub areas_field: Field,
    /// Why.
    pub reason: Field,
}

fn field(name: &str, text: &str) -> Field {
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

impl View for ClassifyPage {
    const TEMPLATE: &'static str = "pages/register/classify";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            crumbs: vec![Crumb { href: "/register".into(), text: text.into() }],
            name: text.into(),
            href: "/register/1/uses/2".into(),
            revision: 3,
            may_edit: true,
            meanwhile: Some(text.into()),
            errors: vec![ErrorLink { href: "#tier".into(), text: text.into() }],
            confirmed: Some(ConfirmedView::sample(text)),
            proposed: ProposedView::sample(text),
            questions: vec![field("fact-a", text)],
            more: vec![field("fact-b", text)],
            open: vec![
                OpenField { label: text.into(), href: Some("/register/1/edit?field=purpose".into()) },
                OpenField { label: text.into(), href: None },
            ],
            tier_field: field("tier", text),
            areas_field: field("areas", text),
            reason: field("reason", text),
        };
        let bare = |text: &str| Self {
            meanwhile: None,
            errors: Vec::new(),
            confirmed: None,
            proposed: ProposedView::default(),
            questions: Vec::new(),
            more: Vec::new(),
            open: Vec::new(),
            ..page(text)
        };
        texts().iter().map(|text| page(text)).chain([bare("bare")]).collect()
    }
}
