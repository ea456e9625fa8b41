//! Contexts of the pages about what submissions propose.

use super::views::{Crumb, moment, texts};
use crate::web::form::ErrorLink;
use crate::web::moment::Moment;
use crate::web::render::View;
use serde::Serialize;

/// A proposal in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProposalRow {
    /// Its page.
    pub href: String,
    /// Whose submission.
    pub vendor: String,
    /// Which answer.
    pub about: String,
    /// What it would change, counted in words.
    pub lines: String,
    /// Changes that wait for a person.
    pub waiting: u64,
    /// As read.
    pub state: String,
    /// When it was submitted.
    pub moment: Moment,
}

/// What submissions propose.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProposalsPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// Those that wait are shown, not the others.
    pub is_open: bool,
    /// The newest first.
    pub rows: Vec<ProposalRow>,
    /// Older ones.
    pub next: Option<String>,
}

/// A proposed change.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LineView {
    /// Its id.
    pub id: String,
    /// As read.
    pub verdict: String,
    /// How the verdict is coloured.
    pub kind: &'static str,
    /// The entry.
    pub name: String,
    /// Its page, where there is one.
    pub href: Option<String>,
    /// The field.
    pub field: Option<String>,
    /// What was said before.
    pub before: Option<String>,
    /// What is said now.
    pub after: Option<String>,
    /// Of a new entry: everything that is said.
    pub facts: Vec<String>,
    /// What the register shows, or which entry it is taken for.
    pub shown: Option<String>,
    /// It waits.
    pub is_open: bool,
    /// As read.
    pub state: String,
    /// It was picked in a form that was refused.
    pub chosen: bool,
}

/// One proposal.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProposalPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// Its address.
    pub href: String,
    /// Whose submission.
    pub vendor: String,
    /// The vendor's page.
    pub vendor_href: Option<String>,
    /// Which answer.
    pub about: String,
    /// The answer.
    pub answer_href: String,
    /// As read.
    pub state: String,
    /// It waits.
    pub is_open: bool,
    /// A later submission takes its place.
    pub is_superseded: bool,
    /// The caller may decide, and there is something to decide.
    pub may_edit: bool,
    /// For the forms.
    pub revision: i64,
    /// When it was submitted.
    pub moment: Moment,
    /// Somebody decided on lines of it meanwhile: what the caller picked is still picked.
    pub meanwhile: Option<String>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// What could not be read whole.
    pub notes: Vec<String>,
    /// The changes.
    pub lines: Vec<LineView>,
}

impl View for ProposalsPage {
    const TEMPLATE: &'static str = "pages/register/proposals";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            crumbs: vec![Crumb { href: "/register".into(), text: text.into() }],
            is_open: true,
            rows: vec![
                ProposalRow {
                    href: "/register/proposals/1".into(),
                    vendor: text.into(),
                    about: text.into(),
                    lines: text.into(),
                    waiting: 3,
                    state: text.into(),
                    moment: moment(),
                };
                3
            ],
            next: Some("/register/proposals?after=1".into()),
        };
        let closed = Self { is_open: false, ..page("closed") };
        let none = Self { rows: Vec::new(), next: None, ..page("none") };
        texts().iter().map(|text| page(text)).chain([closed, none, Self::default()]).collect()
    }
}

impl View for ProposalPage {
    const TEMPLATE: &'static str = "pages/register/proposal";

    fn samples() -> Vec<Self> {
        let line = |text: &str, is_open: bool| LineView {
            id: "1".into(),
            verdict: text.into(),
            kind: "info",
            name: text.into(),
            href: Some("/register/1".into()),
            field: Some(text.into()),
            before: Some(text.into()),
            after: None,
            facts: vec![text.into(); 2],
            shown: Some(text.into()),
            is_open,
            state: text.into(),
            chosen: true,
        };
        let page = |text: &str| Self {
            crumbs: vec![Crumb { href: "/register".into(), text: text.into() }],
            href: "/register/proposals/1".into(),
            vendor: text.into(),
            vendor_href: Some("/vendors/1".into()),
            about: text.into(),
            answer_href: "/assessments/1".into(),
            state: text.into(),
            is_open: true,
            is_superseded: true,
            may_edit: true,
            revision: 1,
            moment: moment(),
            meanwhile: Some(text.into()),
            errors: vec![ErrorLink { href: "#lines".into(), text: text.into() }],
            notes: vec![text.into(); 2],
            lines: vec![line(text, true), line(text, false)],
        };
        let read = Self { may_edit: false, is_open: false, ..page("read") };
        texts().iter().map(|text| page(text)).chain([read, Self::default()]).collect()
    }
}
