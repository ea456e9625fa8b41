//! Contexts of the page of decisions.

use super::head::{Crumb, Head, texts};
use super::profile_views::{field, head_sample};
use crate::web::form::{ErrorLink, Field, TypedLine};
use crate::web::moment::Moment;
use crate::web::render::View;
use crate::web::tabs::Tab;
use serde::Serialize;

/// What stands in the way of an approval.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Block {
    /// In words.
    pub text: String,
    /// The page on which it is mended.
    pub href: Option<String>,
    /// What one does there.
    pub action: String,
}

/// A decision.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DecisionView {
    /// From 1.
    pub number: i64,
    /// In words.
    pub what: String,
    /// How it is coloured.
    pub kind: &'static str,
    /// Who.
    pub by: String,
    /// When.
    pub moment: Moment,
    /// Why.
    pub reason: String,
    /// When to look again.
    pub next_review_on: Option<String>,
    /// The rating that it rested on.
    pub rating: Option<String>,
    /// The residual risk that it rested on.
    pub residual: Option<String>,
    /// The policy by which that was computed.
    pub policy: Option<String>,
    /// The day as of which.
    pub as_of: Option<String>,
    /// The assessment whose answers it rested on.
    pub assessment_href: Option<String>,
    /// Its score.
    pub score_href: Option<String>,
    /// Its record as a file.
    pub record_href: String,
    /// SHA-256 of the record.
    pub sha256: String,
}

/// A condition of the decision that stands.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ConditionView {
    /// Its id.
    pub id: String,
    /// What.
    pub what: String,
    /// In words.
    pub state: String,
    /// How it is coloured.
    pub kind: &'static str,
    /// By when.
    pub due_on: Option<String>,
    /// Who sees to it, or that nobody is named.
    pub owner: String,
    /// How its clause of the contract stands.
    pub clause: Option<String>,
    /// What its clause can become: name and words.
    pub clauses: Vec<ClauseChoice>,
    /// It is open.
    pub is_open: bool,
    /// What became of it.
    pub said: Vec<String>,
    /// How many steps there were.
    pub seen: i64,
    /// What goes with a step.
    pub note: Field,
}

/// What a clause can become.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ClauseChoice {
    /// Its name.
    pub key: String,
    /// In words.
    pub text: String,
}

/// Fields of a condition that is set.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ConditionFields {
    /// From 1.
    pub number: usize,
    /// What.
    pub what: Field,
    /// By when.
    pub due_on: Field,
    /// Who.
    pub owner: Field,
    /// About which finding.
    pub finding: Field,
    /// It is a clause of the contract.
    pub clause: Field,
}

/// The decisions on an engagement.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DecisionPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// What it is about.
    pub head: Head,
    /// The engagement's pages.
    pub tabs: Vec<Tab>,
    /// The caller may decide.
    pub may_decide: bool,
    /// Who may, where the caller may not.
    pub deciders: Option<String>,
    /// The caller may follow conditions.
    pub may_follow: bool,
    /// The decision that stands.
    pub current: Option<DecisionView>,
    /// Its record holds: it was computed again just now, to the same bytes.
    pub holds: bool,
    /// What overtook it.
    pub overtaken: Vec<String>,
    /// Its conditions.
    pub conditions: Vec<ConditionView>,
    /// Earlier decisions, the newest first.
    pub earlier: Vec<DecisionView>,
    /// The rating today.
    pub rating: Option<String>,
    /// The residual risk today.
    pub residual: String,
    /// What stands in the way of an approval.
    pub blocks: Vec<Block>,
    /// What somebody else decided meanwhile.
    pub meanwhile: Option<String>,
    /// What was typed for a condition that is followed no more.
    pub lost: Vec<TypedLine>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// The number of the newest decision.
    pub seen: i64,
    /// Posted twice, it acts once.
    pub once: String,
    /// What.
    pub kind: Field,
    /// Why.
    pub reason: Field,
    /// An earlier day to look again.
    pub next_review_on: Field,
    /// Conditions to be set.
    pub set: Vec<ConditionFields>,
    /// What is wrong with the conditions as a whole.
    pub set_error: Option<String>,
}

impl View for DecisionPage {
    const TEMPLATE: &'static str = "pages/engagements/decision";

    fn samples() -> Vec<Self> {
        let page = |text: &str| {
            let (head, crumbs, tabs) = head_sample(text);
            let decision = || DecisionView {
                number: 2,
                what: text.into(),
                kind: "ok",
                by: text.into(),
                moment: Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() },
                reason: text.into(),
                next_review_on: Some("2027-11-21".into()),
                rating: Some("high".into()),
                residual: Some("42.0".into()),
                policy: Some(text.into()),
                as_of: Some("2026-11-21".into()),
                assessment_href: Some("/assessments/1".into()),
                score_href: Some("/assessments/1/score?score=1".into()),
                record_href: "/decisions/1/record".into(),
                sha256: "ab".repeat(32),
            };
            let condition = |id: &str, is_open| ConditionView {
                id: id.into(),
                what: text.into(),
                state: text.into(),
                kind: "warn",
                due_on: Some("2026-12-01".into()),
                owner: text.into(),
                clause: Some(text.into()),
                clauses: vec![ClauseChoice { key: "proposed".into(), text: text.into() }],
                is_open,
                said: vec![text.into()],
                seen: 1,
                note: Field {
                    rows: Some(3),
                    max_length: Some(5_000),
                    error: is_open.then(|| text.into()),
                    ..field(&format!("note-{id}"), text)
                },
            };
            Self {
                crumbs,
                head,
                tabs,
                may_decide: true,
                deciders: None,
                may_follow: true,
                current: Some(decision()),
                holds: true,
                overtaken: vec![text.into()],
                conditions: vec![condition("1", true), condition("2", false)],
                earlier: vec![decision()],
                rating: Some("high".into()),
                residual: "42.0".into(),
                blocks: vec![
                    Block { text: text.into(), href: Some("/engagements/1".into()), action: text.into() },
                    Block { text: text.into(), href: None, action: String::new() },
                ],
                meanwhile: Some(text.into()),
                lost: vec![TypedLine { label: text.into(), text: text.into() }],
                errors: vec![ErrorLink { href: "#kind".into(), text: text.into() }],
                seen: 2,
                once: "1".into(),
                kind: field("kind", text),
                reason: field("reason", text),
                next_review_on: field("next_review_on", text),
                set: vec![ConditionFields {
                    number: 1,
                    what: field("conditions-0-what", text),
                    due_on: field("conditions-0-due_on", text),
                    owner: field("conditions-0-owner", text),
                    finding: field("conditions-0-finding", text),
                    clause: field("conditions-0-clause", text),
                }],
                set_error: Some(text.into()),
            }
        };
        let none = Self {
            current: None,
            holds: false,
            overtaken: Vec::new(),
            conditions: Vec::new(),
            earlier: Vec::new(),
            rating: None,
            blocks: Vec::new(),
            meanwhile: None,
            lost: Vec::new(),
            errors: Vec::new(),
            may_decide: false,
            deciders: Some("None".into()),
            may_follow: false,
            ..page("None")
        };
        texts().iter().map(|text| page(text)).chain([none]).collect()
    }
}
