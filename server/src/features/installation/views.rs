//! Context of the page about the installation.

use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::moment::Moment;
use crate::web::render::View;
use crate::web::tabs::Tab;
use serde::Serialize;

/// A part of the installation, and how it is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Check {
    /// What.
    pub label: String,
    /// How it is.
    pub value: String,
    /// Nothing needs to be done.
    pub is_well: bool,
}

/// A job that was given up.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GivenUp {
    /// What it was to do.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was given up.
    pub moment: Moment,
    /// Why it failed last.
    pub error: String,
}

/// How the installation is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InstallationPage {
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// What must be well.
    pub checks: Vec<Check>,
    /// What is as it is.
    pub facts: Vec<Check>,
    /// Newest first.
    pub given_up: Vec<GivenUp>,
    /// How many more.
    pub more: u64,
}

impl View for InstallationPage {
    const TEMPLATE: &'static str = "pages/installation/installation";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            tabs: sample_tabs(text),
            checks: vec![
                Check { label: text.into(), value: text.into(), is_well: true },
                Check { label: text.into(), value: text.into(), is_well: false },
            ],
            facts: vec![Check { label: text.into(), value: text.into(), is_well: true }; 3],
            given_up: vec![
                GivenUp {
                    kind: text.into(),
                    attempts: 8,
                    moment: Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() },
                    error: text.into(),
                };
                3
            ],
            more: 7,
        };
        let texts = ["Ordinary".to_owned(), "錯誤訊息".repeat(80), "\"><script>alert(1)</script>".to_owned()];
        texts.iter().map(|text| page(text)).chain([Self::default()]).collect()
    }
}

/// An organisation: its name and counts, and nothing of what it keeps.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OrganisationRow {
    /// Its name.
    pub name: String,
    /// What it does here, in words.
    pub acts: String,
    /// How many members it has.
    pub members: i64,
    /// Since when.
    pub since: Moment,
}

/// The organisations.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OrganisationsPage {
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// Names the form, so that a second click makes nothing twice.
    pub once: String,
    /// Oldest first.
    pub rows: Vec<OrganisationRow>,
    /// What is wrong with a new one.
    pub errors: Vec<ErrorLink>,
    /// What it is called.
    pub organisation: Field,
    /// What it does.
    pub acts: Field,
    /// Its first administrator.
    pub name: Field,
    /// Their address.
    pub email: Field,
}

/// Somebody who runs the installation, or is invited to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OperatorRow {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Since when they are, or were invited.
    pub since: Moment,
    /// They are invited, and this became of the mail, in words.
    pub invited: Option<String>,
    /// It bounced: the mail server's words.
    pub failure: Option<String>,
    /// Where it is ended.
    pub end_href: String,
}

/// Who runs the installation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OperatorsPage {
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// Names the form.
    pub once: String,
    /// Members first, then those who are invited.
    pub rows: Vec<OperatorRow>,
    /// What is wrong with a new one.
    pub errors: Vec<ErrorLink>,
    /// Their name.
    pub name: Field,
    /// Their address.
    pub email: Field,
}

fn sample_tabs(text: &str) -> Vec<Tab> {
    vec![Tab { href: "/installation".into(), text: text.into(), current: true, count: None }]
}

fn field(name: &str, text: &str) -> Field {
    Field {
        id: name.into(),
        name: name.into(),
        label: text.into(),
        value: text.into(),
        kind: "text",
        options: vec![Choice { key: "buyer".into(), text: text.into(), note: None, chosen: true }],
        ..Field::default()
    }
}

fn texts() -> [String; 3] {
    ["Ordinary".to_owned(), "陳大文".repeat(100), "\"><script>alert(1)</script>".to_owned()]
}

fn moment() -> Moment {
    Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() }
}

impl View for OrganisationsPage {
    const TEMPLATE: &'static str = "pages/installation/organisations";

    fn samples() -> Vec<Self> {
        let page = |text: &str| {
            let row = OrganisationRow { name: text.into(), acts: text.into(), members: 12, since: moment() };
            Self {
                tabs: sample_tabs(text),
                once: "1".into(),
                rows: vec![row; 3],
                errors: Vec::new(),
                organisation: field("organisation", text),
                acts: field("acts", text),
                name: field("name", text),
                email: field("email", text),
            }
        };
        let wrong = vec![ErrorLink { href: "#name".into(), text: "Wrong".into() }];
        texts().iter().map(|text| page(text)).chain([Self { errors: wrong, rows: Vec::new(), ..page("x") }]).collect()
    }
}

impl View for OperatorsPage {
    const TEMPLATE: &'static str = "pages/installation/operators";

    fn samples() -> Vec<Self> {
        let page = |text: &str| {
            let row = |invited: Option<&str>| OperatorRow {
                name: text.into(),
                email: text.into(),
                since: moment(),
                invited: invited.map(str::to_owned),
                failure: invited.map(|_| text.to_owned()),
                end_href: "/installation/operators/1/remove".into(),
            };
            Self {
                tabs: sample_tabs(text),
                once: "1".into(),
                rows: vec![row(None), row(Some(text))],
                errors: Vec::new(),
                name: field("name", text),
                email: field("email", text),
            }
        };
        let wrong = vec![ErrorLink { href: "#name".into(), text: "Wrong".into() }];
        texts().iter().map(|text| page(text)).chain([Self { errors: wrong, rows: Vec::new(), ..page("x") }]).collect()
    }
}
