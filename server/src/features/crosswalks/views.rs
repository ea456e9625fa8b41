//! Contexts of the pages of crosswalks.

use crate::web::render::View;
use serde::Serialize;

/// A step of the way to a page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Crumb {
    /// Its address.
    pub(super) href: String,
    /// What it is called.
    pub(super) text: String,
}

/// A framework of the list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FrameworkRow {
    /// Its page.
    pub(super) href: String,
    /// Its name.
    pub(super) title: String,
    /// Which edition.
    pub(super) edition: String,
    /// How many points it has.
    pub(super) points: usize,
    /// When it was held against its source.
    pub(super) checked: Option<String>,
    /// Under which terms it is named.
    pub(super) licence_note: String,
}

/// A link to the same page about something else.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Choice {
    /// Its address.
    pub(super) href: String,
    /// What it is about.
    pub(super) text: String,
    /// It is this page.
    pub(super) current: bool,
}

/// Why a control speaks to a point.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Why {
    /// The control or clause; or the question that asks about the point itself.
    pub(super) control: String,
    /// What it is about.
    pub(super) topic: String,
    /// On what ground.
    pub(super) basis: String,
    /// How far, in words.
    pub(super) strength: String,
    /// Where the point was read.
    pub(super) source: String,
    /// The source is a web address.
    pub(super) linked: bool,
    /// When; absent in our own unchecked reading.
    pub(super) checked: Option<String>,
}

/// A question that touches a point.
#[derive(Clone, Debug, Serialize)]
pub(super) struct QuestionLine {
    /// Where it stands.
    pub(super) href: String,
    /// Its id.
    pub(super) id: String,
    /// The question.
    pub(super) text: String,
    /// The language that it is read in.
    pub(super) language: String,
    /// Its questionnaire.
    pub(super) template: String,
}

/// A point of a framework.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PointRow {
    /// As the framework counts it.
    pub(super) id: String,
    /// In our own words.
    pub(super) title: String,
    /// Controls that speak to it.
    pub(super) rows: Vec<Why>,
    /// Questions that touch it.
    pub(super) questions: Vec<QuestionLine>,
}

/// An answer that speaks to a point.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AnswerLine {
    /// Where it stands.
    pub(super) href: String,
    /// The number of its question.
    pub(super) number: usize,
    /// The question.
    pub(super) text: String,
    /// The answer.
    pub(super) words: String,
    /// It is in the questionnaire's words, and not in the vendor's.
    pub(super) worded: bool,
}

/// A point, and the answers that speak to it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ThroughPoint {
    /// As the framework counts it.
    pub(super) id: String,
    /// In our own words.
    pub(super) title: String,
    /// In the order of the questions.
    pub(super) answers: Vec<AnswerLine>,
}

/// All frameworks.
#[derive(Clone, Debug, Serialize)]
pub(super) struct List {
    /// By key.
    pub(super) rows: Vec<FrameworkRow>,
}

/// A framework, point by point.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Framework {
    /// Back.
    pub(super) crumbs: Vec<Crumb>,
    /// Its name.
    pub(super) title: String,
    /// Which edition.
    pub(super) edition: String,
    /// What was read.
    pub(super) source: String,
    /// Where.
    pub(super) source_href: String,
    /// When.
    pub(super) checked: Option<String>,
    /// Under which terms it is named.
    pub(super) licence_note: String,
    /// How many points a question touches.
    pub(super) touched: usize,
    /// Points that no question touches.
    pub(super) untouched: Vec<String>,
    /// Questionnaires to look at.
    pub(super) choices: Vec<Choice>,
    /// In the order of the framework.
    pub(super) points: Vec<PointRow>,
}

/// Answers seen through a framework.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Through {
    /// Back.
    pub(super) crumbs: Vec<Crumb>,
    /// Whose answers, through what.
    pub(super) title: String,
    /// Which edition.
    pub(super) edition: String,
    /// The framework; for whoever may look at it.
    pub(super) framework_href: Option<String>,
    /// How many points an answer speaks to.
    pub(super) spoken: usize,
    /// Other frameworks.
    pub(super) choices: Vec<Choice>,
    /// In the order of the framework.
    pub(super) points: Vec<ThroughPoint>,
}

impl View for List {
    const TEMPLATE: &'static str = "pages/crosswalks/list";

    fn samples() -> Vec<Self> {
        let page = |text: &str| List {
            rows: vec![FrameworkRow {
                href: text.into(),
                title: text.into(),
                edition: text.into(),
                points: 2,
                checked: Some(text.into()),
                licence_note: text.into(),
            }],
        };
        vec![
            Self { rows: Vec::new() },
            page("EU AI Act"),
            page(&"人工智能供應商問卷 ".repeat(40)),
            page("<script>alert(1)</script>"),
        ]
    }
}

impl View for Framework {
    const TEMPLATE: &'static str = "pages/crosswalks/framework";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Framework {
            crumbs: vec![Crumb { href: text.into(), text: text.into() }],
            title: text.into(),
            edition: text.into(),
            source: text.into(),
            source_href: text.into(),
            checked: Some(text.into()),
            licence_note: text.into(),
            touched: 2,
            untouched: vec![text.into()],
            choices: vec![Choice { href: text.into(), text: text.into(), current: true }],
            points: vec![PointRow {
                id: text.into(),
                title: text.into(),
                rows: vec![Why {
                    control: text.into(),
                    topic: text.into(),
                    basis: text.into(),
                    strength: text.into(),
                    source: text.into(),
                    linked: true,
                    checked: Some(text.into()),
                }],
                questions: vec![QuestionLine {
                    href: text.into(),
                    id: text.into(),
                    text: text.into(),
                    language: text.into(),
                    template: text.into(),
                }],
            }],
        };
        vec![
            Self {
                crumbs: Vec::new(),
                title: String::new(),
                edition: String::new(),
                source: String::new(),
                source_href: String::new(),
                checked: None,
                licence_note: String::new(),
                touched: 0,
                untouched: Vec::new(),
                choices: Vec::new(),
                points: Vec::new(),
            },
            page("EU AI Act"),
            page(&"人工智能供應商問卷 ".repeat(40)),
            page("<script>alert(1)</script>"),
        ]
    }
}

impl View for Through {
    const TEMPLATE: &'static str = "pages/crosswalks/through";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Through {
            crumbs: vec![Crumb { href: text.into(), text: text.into() }],
            title: text.into(),
            edition: text.into(),
            framework_href: Some(text.into()),
            spoken: 2,
            choices: vec![Choice { href: text.into(), text: text.into(), current: true }],
            points: vec![ThroughPoint {
                id: text.into(),
                title: text.into(),
                answers: vec![AnswerLine {
                    href: text.into(),
                    number: 2,
                    text: text.into(),
                    words: text.into(),
                    worded: true,
                }],
            }],
        };
        vec![
            Self {
                crumbs: Vec::new(),
                title: String::new(),
                edition: String::new(),
                framework_href: None,
                spoken: 0,
                choices: Vec::new(),
                points: Vec::new(),
            },
            page("EU AI Act"),
            page(&"人工智能供應商問卷 ".repeat(40)),
            page("<script>alert(1)</script>"),
        ]
    }
}
