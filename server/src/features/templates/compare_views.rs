//! What the page that compares two versions is asked for, and its context.

use super::views::Crumb;
use crate::web::form::{Choice, Field};
use crate::web::render::View;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Which versions, by their numbers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Numbers {
    /// The older one; the one before the newer where it is not given.
    pub older: Option<i64>,
    /// The newer one; the newest where it is not given.
    pub newer: Option<i64>,
}

/// Two versions beside each other.
#[derive(Debug, Serialize)]
pub struct ComparePage {
    /// Back.
    pub crumbs: Vec<Crumb>,
    /// The newer title.
    pub title: String,
    /// Where the choice of versions is sent.
    pub action: String,
    /// Which one is the older.
    pub older: Field,
    /// Which one is the newer.
    pub newer: Field,
    /// There is another version to compare with.
    pub has_others: bool,
    /// How much changed, in numbers.
    pub figures: Vec<Figure>,
    /// Nothing changed.
    pub is_same: bool,
    /// Lists of questions: asked now, asked no more, moved.
    pub lists: Vec<Listed>,
    /// What changed, the document's own first, then question by question.
    pub changed: Vec<Entry>,
    /// Assessments that are out on the older version.
    pub moves: Vec<MoveRow>,
    /// How many more there are, in words; none when all are shown.
    pub more: Option<String>,
}

/// A number with what it counts.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What is counted.
    pub label: String,
    /// How many.
    pub count: usize,
}

/// Questions under a heading.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// The heading.
    pub heading: String,
    /// Id and text of each.
    pub questions: Vec<(String, String)>,
}

/// A question, or the document itself, with what changed in it.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// The question's id; empty for the document.
    pub id: String,
    /// What it asks now.
    pub text: String,
    /// What changed.
    pub changes: Vec<ChangeRow>,
}

/// One change.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeRow {
    /// What it concerns, in a word.
    pub aspect: String,
    /// Which part, in words.
    pub part: String,
    /// Option, column or section.
    pub of: Option<String>,
    /// Language of a wording.
    pub language: Option<String>,
    /// What the older one says.
    pub before: Option<String>,
    /// What the newer one says.
    pub after: Option<String>,
}

/// What a move would do to an assessment.
#[derive(Clone, Debug, Serialize)]
pub struct MoveRow {
    /// The assessment.
    pub href: String,
    /// Whose it is, and about what.
    pub vendor: String,
    /// What it is used for.
    pub engagement: String,
    /// Its state.
    pub state: String,
    /// Answers that stay as they are.
    pub kept: usize,
    /// What else would become of answers: in words, with the questions.
    pub fates: Vec<(String, String)>,
}

impl View for ComparePage {
    const TEMPLATE: &'static str = "pages/templates/compare";

    fn samples() -> Vec<Self> {
        let field = |name: &str, text: &str| Field {
            id: name.into(),
            name: name.into(),
            label: text.into(),
            options: vec![Choice { key: "1".into(), text: text.into(), ..Choice::default() }],
            ..Field::default()
        };
        let empty = |text: &str| Self {
            crumbs: Vec::new(),
            title: text.into(),
            action: "/templates/1/compare".into(),
            older: field("older", text),
            newer: field("newer", text),
            has_others: false,
            figures: Vec::new(),
            is_same: true,
            lists: Vec::new(),
            changed: Vec::new(),
            moves: Vec::new(),
            more: None,
        };
        let full = |text: &str| Self {
            has_others: true,
            is_same: false,
            figures: vec![Figure { label: text.into(), count: 3 }],
            lists: vec![Listed { heading: text.into(), questions: vec![("A.2.2-1".into(), text.into())] }],
            changed: vec![Entry {
                id: "A.2.2-2".into(),
                text: text.into(),
                changes: vec![ChangeRow {
                    aspect: text.into(),
                    part: text.into(),
                    of: Some(text.into()),
                    language: Some("zh-Hant".into()),
                    before: Some(text.into()),
                    after: None,
                }],
            }],
            moves: vec![MoveRow {
                href: "/assessments/1".into(),
                vendor: text.into(),
                engagement: text.into(),
                state: "sent".into(),
                kept: 12,
                fates: vec![(text.into(), text.into())],
            }],
            more: Some(text.into()),
            ..empty(text)
        };
        vec![
            empty("AI screening"),
            full("AI screening"),
            full(&"人工智能供應商問卷 ".repeat(40)),
            full("\"><script>alert(1)</script>"),
        ]
    }
}
