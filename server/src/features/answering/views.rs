//! Context of the vendor organisation's desk.

use crate::web::due::Due;
use crate::web::paging::Pages;
use crate::web::render::View;
use serde::Serialize;

/// What the organisation is asked, and who asks to join.
#[derive(Clone, Debug, Serialize)]
pub struct AskedPage {
    /// Questionnaires.
    pub rows: Vec<AskedRow>,
    /// Who asks to join.
    pub joining: Vec<Joining>,
    /// Where the page stands.
    pub pages: Pages,
}

/// A questionnaire.
#[derive(Clone, Debug, Serialize)]
pub struct AskedRow {
    /// Where it is answered.
    pub href: String,
    /// What it is called.
    pub title: String,
    /// Who asks.
    pub buyer: String,
    /// What the buyer calls the vendor.
    pub vendor: String,
    /// Where it stands.
    pub state: String,
    /// By when.
    pub due: Due,
    /// How far it is.
    pub progress: Progress,
}

/// How many questions are answered, and asked.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Progress {
    /// Answered.
    pub answered: i64,
    /// Asked.
    pub of: i64,
}

/// Somebody who asks to join.
#[derive(Clone, Debug, Serialize)]
pub struct Joining {
    /// Where it is decided.
    pub action: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whose contact they are.
    pub buyer: String,
    /// When they asked.
    pub asked: String,
}

impl View for AskedPage {
    const TEMPLATE: &'static str = "pages/answering/list";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            rows: ["sent", "submitted"]
                .map(|state| AskedRow {
                    href: "/portal/1".into(),
                    title: text.into(),
                    buyer: text.into(),
                    vendor: text.into(),
                    state: state.into(),
                    due: Due::sample("late"),
                    progress: Progress { answered: 3, of: 30 },
                })
                .into(),
            joining: vec![Joining {
                action: "/answering/joining/1".into(),
                name: text.into(),
                email: text.into(),
                buyer: text.into(),
                asked: "2026-11-21 10:42".into(),
            }],
            pages: Pages::default(),
        };
        let empty = Self { rows: Vec::new(), joining: Vec::new(), pages: Pages::default() };
        vec![empty, page("Northwind"), page(&"人工智能供應商 ".repeat(40)), page("\"><script>alert(1)</script>")]
    }
}
