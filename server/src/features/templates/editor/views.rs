//! Contexts of the editor's pages.

use super::places::Told;
use crate::features::templates::views::{Crumb, HOSTILE, overlong};
use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::render::View;
use serde::Serialize;

fn field(name: &str, text: &str) -> Field {
    Field { id: name.into(), name: name.into(), label: text.into(), value: text.into(), ..Field::default() }
}

/// Beginning a draft.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Begin {
    pub crumbs: Vec<Crumb>,
    pub once: String,
    pub errors: Vec<ErrorLink>,
    pub version: Field,
    pub title: Field,
    pub key: Field,
    pub language: Field,
}

impl View for Begin {
    const TEMPLATE: &'static str = "pages/templates/editor/begin";

    fn samples() -> Vec<Self> {
        let form = |text: &str, errors: Vec<ErrorLink>| Self {
            crumbs: Vec::new(),
            once: "1".into(),
            errors,
            version: field("version", text),
            title: field("title", text),
            key: field("key", text),
            language: field("language", text),
        };
        let error = |text: &str| vec![ErrorLink { href: "#key".into(), text: text.into() }];
        vec![form("Key", Vec::new()), form(&overlong(), error(&overlong())), form(HOSTILE, error(HOSTILE))]
    }
}

/// The outline of a draft.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Outline {
    pub crumbs: Vec<Crumb>,
    pub base: String,
    pub title: String,
    pub key: String,
    pub edited: String,
    pub languages: String,
    pub sections: Vec<SectionRow>,
    pub problem_count: usize,
    pub problems: Vec<Told>,
    pub remark_count: usize,
    pub remarks: Vec<Told>,
    pub questions: usize,
    pub minutes: u64,
    pub pages: usize,
    pub with_evidence: usize,
    pub controls: usize,
    pub controls_of: usize,
    pub deep: usize,
    pub clauses: usize,
    /// Controls that no question speaks to, with their topics.
    pub untouched: Vec<(String, String)>,
    pub kinds: Vec<Choice>,
    pub once: String,
}

/// A section of the outline.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct SectionRow {
    pub id: String,
    pub href: String,
    pub title: String,
    pub open: bool,
    pub problems: usize,
    pub count: usize,
    pub first: bool,
    pub last: bool,
    pub questions: Vec<QuestionRow>,
}

/// A question of the outline.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct QuestionRow {
    pub id: String,
    pub href: String,
    pub number: usize,
    pub text: String,
    /// The key of its wording.
    pub kind: String,
    pub required: bool,
    pub conditional: bool,
    pub problems: usize,
    pub first: bool,
    pub last: bool,
}

impl View for Outline {
    const TEMPLATE: &'static str = "pages/templates/editor/outline";

    fn samples() -> Vec<Self> {
        let told = |text: &str| Told { href: Some("/templates".into()), place: text.into(), text: text.into() };
        let question = |text: &str| QuestionRow {
            id: "Q-1".into(),
            href: "/templates".into(),
            number: 1,
            text: text.into(),
            kind: "outline.kind.single".into(),
            required: true,
            conditional: true,
            problems: 2,
            first: true,
            last: false,
        };
        let page = |text: &str, some: bool| Self {
            crumbs: Vec::new(),
            base: "/templates/drafts/1".into(),
            title: text.into(),
            key: text.into(),
            edited: text.into(),
            languages: "en".into(),
            sections: if some {
                vec![SectionRow {
                    id: "S-1".into(),
                    href: "/templates".into(),
                    title: text.into(),
                    open: true,
                    problems: 1,
                    count: 1,
                    first: true,
                    last: true,
                    questions: vec![question(text)],
                }]
            } else {
                Vec::new()
            },
            problem_count: usize::from(some),
            problems: if some { vec![told(text)] } else { Vec::new() },
            remark_count: usize::from(some),
            remarks: if some { vec![told(text)] } else { Vec::new() },
            questions: 1,
            minutes: 1,
            pages: 1,
            with_evidence: 0,
            controls: 1,
            controls_of: 38,
            deep: 0,
            clauses: 1,
            untouched: vec![("A.2.2".into(), text.into())],
            kinds: vec![Choice { key: "single".into(), text: text.into(), ..Choice::default() }],
            once: "1".into(),
        };
        vec![page("AI screening", false), page(&overlong(), true), page(HOSTILE, true)]
    }
}

/// A form of words in every language, and of what belongs to them.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Words {
    pub crumbs: Vec<Crumb>,
    pub title: String,
    pub action: String,
    pub back: String,
    pub seen: String,
    /// What somebody else wrote meanwhile.
    pub conflict: Option<String>,
    pub errors: Vec<ErrorLink>,
    pub words: Vec<Vec<Field>>,
    pub single: Vec<Field>,
    pub select: Option<Field>,
    pub remove_href: Option<String>,
}

impl View for Words {
    const TEMPLATE: &'static str = "pages/templates/editor/words";

    fn samples() -> Vec<Self> {
        let page = |text: &str, conflict: Option<String>| Self {
            crumbs: Vec::new(),
            title: text.into(),
            action: "/templates".into(),
            back: "/templates".into(),
            seen: "1".into(),
            remove_href: conflict.clone().map(|_| "/templates".into()),
            conflict,
            errors: Vec::new(),
            words: vec![vec![field("title", text), field("title:zh-Hant", text)]],
            single: vec![field("minutes", text)],
            select: Some(field("roles_question", text)),
        };
        vec![page("Section", None), page(&overlong(), Some(overlong())), page(HOSTILE, Some(HOSTILE.into()))]
    }
}

/// What is asked before something is taken away.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Removal {
    pub crumbs: Vec<Crumb>,
    pub title: String,
    pub about: String,
    /// Questions that go with it.
    pub goes: Vec<String>,
    /// Questions that look at it.
    pub looking: Vec<String>,
    pub action: String,
    pub back: String,
    /// The draft's, where the whole draft goes.
    pub revision: Option<i64>,
    pub button: String,
}

impl View for Removal {
    const TEMPLATE: &'static str = "pages/templates/editor/removal";

    fn samples() -> Vec<Self> {
        let page = |text: &str, some: bool| Self {
            crumbs: Vec::new(),
            title: text.into(),
            about: text.into(),
            goes: some.then(|| text.to_owned()).into_iter().collect(),
            looking: some.then(|| text.to_owned()).into_iter().collect(),
            action: "/templates".into(),
            back: "/templates".into(),
            revision: some.then_some(1),
            button: text.into(),
        };
        vec![page("Q-1", false), page(&overlong(), true), page(HOSTILE, true)]
    }
}

/// Publishing a draft.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Publish {
    pub crumbs: Vec<Crumb>,
    pub title: String,
    pub action: String,
    pub back: String,
    pub revision: i64,
    pub once: String,
    pub errors: Vec<ErrorLink>,
    pub faults: Vec<Told>,
    pub number: i64,
    pub questions: usize,
    pub languages: String,
    pub remarks: usize,
    pub note: Field,
    /// Where a newer version was published since.
    pub over_newer: Option<Field>,
}

impl View for Publish {
    const TEMPLATE: &'static str = "pages/templates/editor/publish";

    fn samples() -> Vec<Self> {
        let page = |text: &str, some: bool| Self {
            crumbs: Vec::new(),
            title: text.into(),
            action: "/templates".into(),
            back: "/templates".into(),
            revision: 1,
            once: "1".into(),
            errors: Vec::new(),
            faults: if some {
                vec![Told { href: some.then(|| "/templates".into()), place: text.into(), text: text.into() }]
            } else {
                Vec::new()
            },
            number: 2,
            questions: 30,
            languages: "en".into(),
            remarks: usize::from(some),
            note: field("note", text),
            over_newer: some.then(|| field("over_newer", text)),
        };
        vec![page("AI screening", false), page(&overlong(), true), page(HOSTILE, true)]
    }
}
