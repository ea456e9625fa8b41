//! Contexts of the pages about uploaded workbooks, with their samples.

use super::views::Crumb;
use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::paging::Pages;
use crate::web::render::View;
use serde::Serialize;

/// Where a workbook is downloaded and uploaded.
#[derive(Debug, Serialize)]
pub(super) struct ImportsPage {
    pub base: String,
    pub open: bool,
    pub errors: Vec<ErrorLink>,
    pub file: Field,
    pub once: String,
    pub earlier: Vec<ImportEntry>,
}

/// An upload of before.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ImportEntry {
    pub href: String,
    pub file: String,
    /// Where the file is downloaded as it was uploaded.
    pub file_href: String,
    pub size: String,
    pub hash: String,
    pub by: String,
    pub at: String,
    pub state: String,
    /// When it was applied or undone.
    pub since: Option<String>,
    pub rows: String,
}

/// An upload, row by row.
#[derive(Debug, Serialize)]
pub(super) struct PreviewPage {
    pub base: String,
    /// How the sheets were read; none of a workbook of ours.
    pub sheets_href: Option<String>,
    pub overview_href: String,
    pub crumbs: Vec<Crumb>,
    pub file_name: String,
    pub file_href: String,
    pub hash: String,
    pub read_at: String,
    pub uploaded_by: String,
    /// When the file was saved, and how long ago.
    pub file_age: String,
    pub tally: Vec<TallyEntry>,
    pub filter: FilterView,
    pub rows: Vec<RowView>,
    pub pages: Pages,
    pub empty: bool,
    pub open: bool,
    /// Rows that are new or changed, and not applied.
    pub safe: usize,
    pub conflicts: usize,
    pub asks: usize,
    pub suggestions: usize,
    pub skipped: usize,
    /// Rows of the whole filter that can be applied at once.
    pub ready: usize,
    /// Questions to choose from by their number or words.
    pub questions: Vec<Choice>,
    /// Questions that were answered since, in words: nothing was applied.
    pub moved: Vec<String>,
    pub errors: Vec<ErrorLink>,
    pub applied: Option<String>,
    pub applied_rows: i64,
    pub undone: Option<String>,
    pub can_undo: bool,
}

/// How many rows of a group there are.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TallyEntry {
    pub href: String,
    pub text: String,
    pub count: usize,
    pub current: bool,
}

/// What narrows the rows.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct FilterView {
    pub q: Field,
    pub section: Field,
    pub sure: Field,
    pub of: Field,
    /// The group that is shown, and everything else that the address says: forms carry it along.
    pub show: String,
    pub carried: Vec<Carried>,
    pub narrows: bool,
    pub clear_href: String,
}

/// A value that a form carries along.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Carried {
    pub name: String,
    pub value: String,
}

/// A row.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct RowView {
    pub key: String,
    pub kind: String,
    pub place: String,
    /// Our question; the row's own words where it has none.
    pub question: String,
    /// What the workbook asks there, where that is not our question.
    pub theirs: Option<String>,
    /// What stands in its cell.
    pub given: Option<String>,
    pub reason: Option<String>,
    /// File, cell, age and certainty of a suggestion.
    pub source: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    /// It can be ticked.
    pub tickable: bool,
    pub ticked: bool,
    pub applied: bool,
    /// What a person chooses from: questions, and options of them.
    pub choices: Vec<Choice>,
    /// Another question can be named.
    pub other_offered: bool,
    pub other: String,
    pub other_chosen: bool,
    pub none_chosen: bool,
    /// Other rows that may answer the same question.
    pub rivals: Vec<String>,
    pub error: Option<String>,
}

impl View for ImportsPage {
    const TEMPLATE: &'static str = "pages/portal/imports";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            base: "/portal/1".into(),
            open: true,
            errors: error(text),
            file: field("file", text),
            once: "1".into(),
            earlier: vec![ImportEntry {
                href: "#".into(),
                file: text.into(),
                file_href: "#".into(),
                size: "12 KB".into(),
                hash: "ab".repeat(32),
                by: text.into(),
                at: "2026-11-21 10:42 UTC".into(),
                state: text.into(),
                since: Some(text.into()),
                rows: text.into(),
            }],
        };
        let mut all: Vec<Self> = texts().iter().map(|text| page(text)).collect();
        let plain = page("Northgate");
        let entry = ImportEntry { since: None, ..plain.earlier[0].clone() };
        all.push(Self { earlier: vec![entry], ..plain });
        let bare = Self { errors: Vec::new(), earlier: Vec::new(), open: false, ..page("") };
        all.push(Self { file: Field::default(), ..bare });
        all
    }
}

impl View for PreviewPage {
    const TEMPLATE: &'static str = "pages/portal/preview";

    fn samples() -> Vec<Self> {
        let kinds = ["new", "changed", "unchanged", "conflict", "ask", "suggestion", "invalid", "unknown", "skipped"];
        let choice = |text: &str, chosen: bool| Choice {
            key: "Q-1@0".into(),
            text: text.into(),
            note: Some(text.into()),
            chosen,
        };
        let row = |text: &str, kind: &str| RowView {
            key: kind.into(),
            kind: kind.into(),
            place: "CAIQ!D14".into(),
            question: text.into(),
            theirs: Some(text.into()),
            given: Some(text.into()),
            reason: Some(text.into()),
            source: Some(text.into()),
            before: Some(text.into()),
            after: Some(text.into()),
            tickable: kind != "ask",
            ticked: true,
            applied: kind == "changed",
            choices: if kind == "ask" { vec![choice(text, true), choice(text, false)] } else { Vec::new() },
            other_offered: matches!(kind, "ask" | "unknown"),
            other: text.into(),
            other_chosen: kind == "unknown",
            none_chosen: kind == "ask",
            rivals: vec![text.into()],
            error: Some(text.into()),
        };
        let page = |text: &str| Self {
            base: "/portal/1/imports/1".into(),
            sheets_href: Some("/portal/1/imports/1/sheets".into()),
            overview_href: "/portal/1".into(),
            crumbs: vec![Crumb { href: "/portal/1".into(), text: text.into() }],
            file_name: text.into(),
            file_href: "#".into(),
            hash: "ab".repeat(32),
            read_at: "2026-11-21 10:42 UTC".into(),
            uploaded_by: text.into(),
            file_age: text.into(),
            tally: vec![TallyEntry { href: "#".into(), text: text.into(), count: 3, current: true }],
            filter: FilterView {
                q: field("q", text),
                section: field("section", text),
                sure: field("sure", text),
                of: Field { checked: true, ..field("of", text) },
                show: "ask".into(),
                carried: vec![Carried { name: "q".into(), value: text.into() }],
                narrows: true,
                clear_href: "#".into(),
            },
            rows: kinds.map(|kind| row(text, kind)).into(),
            pages: Pages { from: 1, to: 9, total: Some(20), previous: Some("#".into()), next: Some("#".into()) },
            empty: false,
            open: true,
            safe: 2,
            conflicts: 1,
            asks: 2,
            suggestions: 1,
            skipped: 2,
            ready: 4,
            questions: vec![choice(text, false)],
            moved: vec![text.into()],
            errors: error(text),
            applied: Some(text.into()),
            applied_rows: 3,
            undone: None,
            can_undo: true,
        };
        let mut all: Vec<Self> = texts().iter().map(|text| page(text)).collect();
        let bare = RowView { kind: "new".into(), ..RowView::default() };
        all.push(Self { rows: vec![bare], errors: Vec::new(), moved: Vec::new(), ..page("Northgate") });
        all.push(Self {
            rows: Vec::new(),
            filter: FilterView {
                q: Field { id: "q".into(), ..Field::default() },
                section: Field { id: "section".into(), ..Field::default() },
                sure: Field { id: "sure".into(), ..Field::default() },
                ..FilterView::default()
            },
            empty: true,
            open: false,
            safe: 0,
            conflicts: 0,
            asks: 0,
            suggestions: 0,
            skipped: 0,
            ready: 0,
            moved: Vec::new(),
            errors: Vec::new(),
            applied: None,
            undone: Some("2026-11-21".into()),
            ..page("")
        });
        all
    }
}

/// Texts to try pages with: ordinary, overlong, hostile.
fn texts() -> [String; 4] {
    [
        "Northgate".to_owned(),
        "供應商人工智能風險評估".repeat(30),
        "x".repeat(300),
        "\"><script>alert(1)</script>{{t 'x'}}".to_owned(),
    ]
}

fn error(text: &str) -> Vec<ErrorLink> {
    vec![ErrorLink { href: "#row-ask".into(), text: text.to_owned() }]
}

fn field(name: &str, text: &str) -> Field {
    let words = Some(text.to_owned());
    let (hint, error) = (words.clone(), words);
    Field {
        id: name.into(),
        name: name.into(),
        label: text.into(),
        hint,
        error,
        value: text.into(),
        ..Field::default()
    }
}
