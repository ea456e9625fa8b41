//! Context of the page that merges two vendors.

use super::views::Crumb;
use crate::web::form::{ErrorLink, Field};
use crate::web::render::View;
use serde::Serialize;

/// Two records side by side; none before the other is chosen.
#[derive(Clone, Debug, Serialize)]
pub struct MergePage {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// The vendor that one came from.
    pub name: String,
    /// Where it is posted.
    pub action: String,
    /// Where one goes without it.
    pub cancel: String,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// The other vendor.
    pub other_field: Field,
    /// Its id, once chosen.
    pub other: String,
    /// Both.
    pub records: Vec<Record>,
    /// Somebody changed one of them meanwhile.
    pub changed: bool,
}

/// One of the two.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its web site.
    pub website: Option<String>,
    /// When it was added.
    pub added: String,
    /// Which organisation has claimed it.
    pub claimed: Option<String>,
    /// The revision that is seen.
    pub revision: i64,
    /// What its button says.
    pub keep_label: String,
    /// It is the one that stays.
    pub chosen: bool,
    /// How many contacts it has.
    pub contacts: u64,
    /// How many engagements.
    pub engagements: u64,
    /// How many assessments.
    pub assessments: u64,
    /// How many components of the register.
    pub components: u64,
}

impl View for MergePage {
    const TEMPLATE: &'static str = "pages/vendors/merge";

    fn samples() -> Vec<Self> {
        let record = |text: &str, chosen: bool| Record {
            id: if chosen { "1" } else { "2" }.into(),
            name: text.into(),
            website: chosen.then(|| text.into()),
            added: "2026-11-21".into(),
            claimed: chosen.then(|| text.into()),
            revision: 3,
            keep_label: text.into(),
            chosen,
            contacts: 2,
            engagements: 1,
            assessments: 4,
            components: 0,
        };
        let page = |text: &str, changed: bool| Self {
            crumbs: vec![Crumb { href: "/vendors".into(), text: text.into() }],
            name: text.into(),
            action: "/vendors/1/merge".into(),
            cancel: "/vendors/1".into(),
            errors: if changed { Vec::new() } else { vec![ErrorLink { href: "#keep".into(), text: text.into() }] },
            other_field: Field { id: "other".into(), name: "other".into(), label: text.into(), ..Field::default() },
            other: "2".into(),
            records: vec![record(text, true), record(text, false)],
            changed,
        };
        let first = Self { errors: Vec::new(), records: Vec::new(), other: String::new(), ..page("Northwind", false) };
        let hostile = "\"><script>alert(1)</script>";
        vec![first, page("Northwind", true), page(&"人工智能供應商 ".repeat(40), false), page(hostile, true)]
    }
}
