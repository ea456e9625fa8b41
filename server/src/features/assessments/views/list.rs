//! The list of what was sent.

use super::{Chip, HOSTILE, Tally, overlong};
use crate::web::due::Due;
use crate::web::form::Field;
use crate::web::paging::Pages;
use crate::web::render::View;
use crate::web::standing_out::StandingOut;
use serde::Serialize;

/// The list.
#[derive(Debug, Serialize)]
pub struct List {
    /// Counts that filter it.
    pub tally: Vec<Tally>,
    /// Filters in use.
    pub chips: Vec<Chip>,
    /// The list without filters.
    pub clear_href: String,
    /// The state that is filtered by, to go along with another filter.
    pub state: String,
    /// Whether only late ones are shown.
    pub late: String,
    /// The vendor that is filtered by.
    pub vendor: Field,
    /// Assessments, those that somebody waits for first.
    pub rows: Vec<Row>,
    /// Where the page stands.
    pub pages: Pages,
    /// The caller may send questionnaires.
    pub may_issue: bool,
    /// Uses that are prohibited or high-risk.
    pub standing_out: Vec<StandingOut>,
}

/// An assessment of the list.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its page.
    pub href: String,
    /// Who is asked.
    pub vendor: String,
    /// What for.
    pub engagement: String,
    /// What.
    pub questionnaire: String,
    /// The person.
    pub contact: String,
    /// Where it stands.
    pub state: String,
    /// What became of the newest message.
    pub delivery: Option<Delivery>,
    /// When the vendor opened it.
    pub opened: Option<String>,
    /// It was issued.
    pub is_sent: bool,
    /// Questions that have an answer.
    pub answered: i64,
    /// Questions that are asked.
    pub asked: i64,
    /// By when.
    pub due: Due,
}

/// What became of a message.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// `ok`, `info` or `danger`.
    pub tone: &'static str,
    /// Queued, delivered, or failed.
    pub text: String,
    /// What it was for.
    pub purpose: String,
    /// When it was delivered.
    pub at: Option<String>,
    /// Why it was not.
    pub failure: Option<String>,
}

impl Delivery {
    /// For samples in tests.
    pub(super) fn sample(text: &str) -> Self {
        Self {
            tone: "danger",
            text: text.into(),
            purpose: text.into(),
            at: Some("2026-11-21 10:42".into()),
            failure: Some(text.into()),
        }
    }
}

impl View for List {
    const TEMPLATE: &'static str = "pages/assessments/list";

    fn samples() -> Vec<Self> {
        let row = |text: &str, state: &str| Row {
            href: "/assessments/1".into(),
            vendor: text.into(),
            engagement: text.into(),
            questionnaire: text.into(),
            contact: text.into(),
            state: state.into(),
            delivery: (state != "draft").then(|| Delivery::sample(text)),
            opened: (state != "draft").then(|| "2026-11-21 10:42".to_owned()),
            is_sent: state != "draft",
            answered: 3,
            asked: 30,
            due: Due::sample(if state == "sent" { "late" } else { "" }),
        };
        let list = |text: &str, rows: Vec<Row>| Self {
            tally: vec![Tally { href: "/assessments".into(), text: text.into(), count: 0, current: true }],
            chips: vec![Chip { field: text.into(), text: text.into(), remove: "/assessments".into() }],
            clear_href: "/assessments".into(),
            state: String::new(),
            late: String::new(),
            vendor: Field::default(),
            rows,
            pages: Pages::default(),
            may_issue: true,
            standing_out: vec![StandingOut { href: "/register?tier=high".into(), text: text.into(), kind: "error" }],
        };
        vec![
            Self { chips: Vec::new(), ..list("All", Vec::new()) },
            list("Sent", Vec::new()),
            list("All", vec![row("Northwind", "sent"), row("Northwind", "draft")]),
            list(&overlong(), vec![row(&overlong(), "sent")]),
            list(HOSTILE, vec![row(HOSTILE, "returned")]),
        ]
    }
}
