//! The pages of single steps: asking, the preview, extending, recalling, a copied link.

use super::{Crumb, HOSTILE, Head, overlong};
use crate::web::due::Due;
use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::outline::{self, Section};
use crate::web::render::View;
use serde::Serialize;

/// The form that prepares an assessment.
#[derive(Clone, Debug, Serialize)]
pub struct AskForm {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// Posted twice, it acts once.
    pub once: String,
    /// There are vendors at all.
    pub has_vendors: bool,
    /// Who is asked; chosen first.
    pub vendor: Field,
    /// The vendor that was chosen.
    pub vendor_name: Option<String>,
    /// What the vendor lacks to be asked.
    pub missing: Option<Missing>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// What for.
    pub engagement: Field,
    /// The person.
    pub contact: Field,
    /// What is asked.
    pub template_version: Field,
    /// By when.
    pub due_on: Field,
    /// What is added to the mail.
    pub message: Field,
}

/// What a vendor lacks to be asked.
#[derive(Clone, Debug, Serialize)]
pub struct Missing {
    /// In words.
    pub text: String,
    /// What to do.
    pub action: String,
    /// Where.
    pub href: String,
    /// The caller may do it.
    pub may_edit: bool,
}

fn field(name: &str, text: &str) -> Field {
    Field {
        id: name.into(),
        name: name.into(),
        label: text.into(),
        value: text.into(),
        options: vec![Choice { key: "1".into(), text: text.into(), note: Some(text.into()), chosen: true }],
        ..Field::default()
    }
}

impl View for AskForm {
    const TEMPLATE: &'static str = "pages/assessments/ask";

    fn samples() -> Vec<Self> {
        let form = |text: &str| Self {
            crumbs: Vec::new(),
            once: "1".into(),
            has_vendors: true,
            vendor: field("vendor", text),
            vendor_name: Some(text.into()),
            missing: None,
            errors: vec![ErrorLink { href: "#due_on".into(), text: text.into() }],
            engagement: field("engagement", text),
            contact: field("contact", text),
            template_version: field("template_version", text),
            due_on: field("due_on", "2026-12-12"),
            message: field("message", text),
        };
        let lacks = Missing { text: HOSTILE.into(), action: HOSTILE.into(), href: "/vendors/1".into(), may_edit: true };
        vec![
            Self { has_vendors: false, vendor_name: None, ..form("") },
            Self { vendor_name: None, ..form("Northwind") },
            Self { missing: Some(lacks), ..form(HOSTILE) },
            form("Northwind"),
            form(&overlong()),
            form(HOSTILE),
        ]
    }
}

/// Exactly what will be sent.
#[derive(Debug, Serialize)]
pub struct Preview {
    /// What stands on top.
    pub head: Head,
    /// Who receives it.
    pub to: String,
    /// The subject of the mail.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// By when.
    pub due: Due,
    /// The questionnaire's version.
    pub version_href: String,
    /// Its number.
    pub version: i64,
    /// How many questions it has.
    pub questions: i64,
    /// How many minutes it takes.
    pub minutes: u32,
    /// What it asks.
    pub outline: Vec<Section>,
    /// The caller may send it.
    pub may_issue: bool,
}

impl View for Preview {
    const TEMPLATE: &'static str = "pages/assessments/preview";

    fn samples() -> Vec<Self> {
        let page = |text: &str, outline: Vec<Section>| Self {
            head: Head::sample(text),
            to: text.into(),
            subject: text.into(),
            text: text.into(),
            due: Due::sample("soon"),
            version_href: "/templates/versions/1".into(),
            version: 1,
            questions: 30,
            minutes: 25,
            may_issue: !outline.is_empty(),
            outline,
        };
        vec![
            page("Northwind", Vec::new()),
            page(&overlong(), outline::sample(&overlong())),
            page(HOSTILE, outline::sample(HOSTILE)),
        ]
    }
}

/// The form that moves the due date.
#[derive(Debug, Serialize)]
pub struct Extend {
    /// What stands on top.
    pub head: Head,
    /// The date that stands now.
    pub due: Due,
    /// Somebody else moved it meanwhile.
    pub changed: bool,
    /// The vendor knows nothing of it yet.
    pub is_draft: bool,
    /// The revision that is changed.
    pub revision: String,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// The new date.
    pub due_on: Field,
}

impl View for Extend {
    const TEMPLATE: &'static str = "pages/assessments/extend";

    fn samples() -> Vec<Self> {
        let page = |text: &str, changed: bool| Self {
            head: Head::sample(text),
            due: Due::sample("late"),
            changed,
            is_draft: !changed,
            revision: "3".into(),
            errors: Vec::new(),
            due_on: field("due_on", text),
        };
        vec![page("Northwind", false), page(&overlong(), true), page(HOSTILE, true)]
    }
}

/// The question before something is recalled.
#[derive(Debug, Serialize)]
pub struct Recall {
    /// What stands on top.
    pub head: Head,
    /// It was never sent.
    pub is_draft: bool,
    /// How often it was submitted.
    pub round: i64,
    /// Questions that have an answer.
    pub answered: i64,
    /// Questions that are asked.
    pub asked: i64,
}

impl View for Recall {
    const TEMPLATE: &'static str = "pages/assessments/recall";

    fn samples() -> Vec<Self> {
        let page = |text: &str, answered: i64| Self {
            head: Head::sample(text),
            is_draft: answered == 0,
            round: answered / 10,
            answered,
            asked: 30,
        };
        vec![page("Northwind", 0), page("Northwind", 1), page(&overlong(), 12), page(HOSTILE, 12)]
    }
}

/// A link that is shown this once.
#[derive(Debug, Serialize)]
pub struct CopiedLink {
    /// What stands on top.
    pub head: Head,
    /// The link.
    pub link: String,
    /// Whose it is.
    pub email: String,
}

impl View for CopiedLink {
    const TEMPLATE: &'static str = "pages/assessments/link";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            head: Head::sample(text),
            link: "https://candor.example/a/abc".into(),
            email: text.into(),
        };
        vec![page("Northwind"), page(&overlong()), page(HOSTILE)]
    }
}
