//! Contexts of the assessment pages.

pub mod answers;
pub mod detail;
pub mod forms;
pub mod list;

use serde::Serialize;

/// A step back to where one came from.
#[derive(Clone, Debug, Serialize)]
pub struct Crumb {
    /// Where it leads.
    pub href: String,
    /// What is there.
    pub text: String,
}

/// A part of what there is about an assessment.
#[derive(Clone, Debug, Serialize)]
pub struct Tab {
    /// Where it leads.
    pub href: String,
    /// What is there.
    pub text: String,
    /// One is there.
    pub current: bool,
    /// How much there is.
    pub count: Option<u64>,
}

/// A count that filters a list.
#[derive(Clone, Debug, Serialize)]
pub struct Tally {
    /// The list with the filter.
    pub href: String,
    /// What is counted.
    pub text: String,
    /// How many.
    pub count: i64,
    /// The list shows these.
    pub current: bool,
}

/// A filter in use.
#[derive(Clone, Debug, Serialize)]
pub struct Chip {
    /// What is filtered by.
    pub field: String,
    /// The value.
    pub text: String,
    /// The list without the filter.
    pub remove: String,
}

/// What stands on top of the pages about an assessment.
#[derive(Clone, Debug, Serialize)]
pub struct Head {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// The parts.
    pub tabs: Vec<Tab>,
    /// Its page.
    pub href: String,
    /// Who is asked.
    pub vendor: String,
    /// What is asked.
    pub questionnaire: String,
    /// What for.
    pub engagement: String,
    /// The person who is asked.
    pub contact: String,
    /// Where it stands.
    pub state: String,
}

pub(super) const HOSTILE: &str = "\"><script>alert(1)</script>";

/// A text longer than texts are, some of it Chinese.
pub(super) fn overlong() -> String {
    "人工智能供應商問卷回覆 ".repeat(30)
}

impl Head {
    /// For samples in tests.
    pub(super) fn sample(text: &str) -> Self {
        Self {
            crumbs: vec![Crumb { href: "/assessments".into(), text: text.into() }],
            tabs: vec![Tab { href: "/assessments/1".into(), text: text.into(), current: true, count: None }],
            href: "/assessments/1".into(),
            vendor: text.into(),
            questionnaire: text.into(),
            engagement: text.into(),
            contact: text.into(),
            state: "in_review".into(),
        }
    }
}
