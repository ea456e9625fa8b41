//! Contexts of the editor's pages.

use super::conflict::Conflict;
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
    /// Where the next text waits for its translation; none where there is one language.
    pub translate_href: Option<String>,
    /// What was typed for a question that is no more.
    pub lost: Vec<String>,
}

/// A section of the outline.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct SectionRow {
    pub id: String,
    pub href: String,
    pub title: String,
    pub open: bool,
    pub problems: usize,
    /// Texts that lack a language.
    pub missing: usize,
    pub translate_href: String,
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
    /// The outline with this question's words in a form.
    pub edit_href: String,
    pub editing: Option<InPlace>,
    pub first: bool,
    pub last: bool,
}

/// The words of a question, being edited where it stands.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct InPlace {
    pub action: String,
    pub cancel: String,
    pub seen: String,
    pub words: Vec<Field>,
    pub conflict: Option<Conflict>,
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
            edit_href: "/templates".into(),
            editing: Some(InPlace {
                action: "/templates".into(),
                cancel: "/templates".into(),
                seen: "1".into(),
                words: vec![field("text", text)],
                conflict: Some(Conflict::sample(text)),
            }),
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
                    missing: 3,
                    translate_href: "/templates".into(),
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
            translate_href: some.then(|| "/templates".into()),
            lost: some.then(|| text.to_owned()).into_iter().collect(),
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
    pub conflict: Option<Conflict>,
    pub errors: Vec<ErrorLink>,
    pub words: Vec<Vec<Field>>,
    pub single: Vec<Field>,
    pub select: Option<Field>,
    /// Where a language would go with what is worded in it.
    pub drop: Option<Field>,
    pub remove_href: Option<String>,
}

impl View for Words {
    const TEMPLATE: &'static str = "pages/templates/editor/words";

    fn samples() -> Vec<Self> {
        let page = |text: &str, some: bool| Self {
            crumbs: Vec::new(),
            title: text.into(),
            action: "/templates".into(),
            back: "/templates".into(),
            seen: "1".into(),
            remove_href: some.then(|| "/templates".into()),
            conflict: some.then(|| Conflict::sample(text)),
            drop: some.then(|| field("drop", text)),
            errors: Vec::new(),
            words: vec![vec![field("title", text), field("title:zh-Hant", text)]],
            single: vec![field("minutes", text)],
            select: Some(field("roles_question", text)),
        };
        vec![page("Section", false), page(&overlong(), true), page(HOSTILE, true)]
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
    /// The fingerprint of what goes.
    pub seen: Option<String>,
    /// It is not what its author saw.
    pub changed: bool,
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
            seen: some.then(|| "1".into()),
            changed: some,
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
