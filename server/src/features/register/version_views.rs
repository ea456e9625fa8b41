//! Contexts of what a newer version of a list would change, and of saying which list it is.

use crate::web::form::Choice;
use serde::Serialize;

/// A newer version beside the one before.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VersionView {
    /// What the list is called in all its versions.
    pub list: String,
    /// The version before, in words, and its page.
    pub before: String,
    /// Its page.
    pub before_href: String,
    /// What would change is worked out.
    pub compared: bool,
    /// Another version was applied, or this one's predecessor taken back, since it was worked out.
    pub moved: bool,
    /// What is shown: all, or one verdict.
    pub tabs: Vec<VersionTab>,
    /// Entries, and rows that name none.
    pub lines: Vec<LineView>,
    /// The next page.
    pub next: Option<String>,
}

/// Lines of one verdict.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VersionTab {
    /// Where they are shown.
    pub href: String,
    /// The verdict.
    pub text: String,
    /// They are shown.
    pub current: bool,
    /// How many.
    pub count: usize,
}

/// An entry, or a row that names none.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LineView {
    /// What becomes of it.
    pub verdict: String,
    /// The verdict's colour.
    pub kind: &'static str,
    /// What it is called.
    pub name: String,
    /// Its page, where there is one.
    pub href: Option<String>,
    /// Where the list names it, or named it.
    pub cell: String,
    /// What is said otherwise.
    pub changes: Vec<LineChange>,
}

/// A field that is said otherwise.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LineChange {
    /// What, and of which use.
    pub field: String,
    /// Before.
    pub before: Vec<String>,
    /// Now.
    pub after: Vec<String>,
    /// Where it is said now.
    pub cell: Option<String>,
    /// What others say.
    pub others: Vec<String>,
}

/// Saying which list an upload is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WhichView {
    /// Lists in the register, and "another one".
    pub options: Vec<Choice>,
}

pub(super) fn version_sample(text: &str) -> VersionView {
    VersionView {
        list: text.into(),
        before: text.into(),
        before_href: "/register/imports/2".into(),
        compared: true,
        moved: true,
        tabs: vec![VersionTab { href: "?show=new".into(), text: text.into(), current: true, count: 3 }; 2],
        lines: vec![
            LineView {
                verdict: text.into(),
                kind: "info",
                name: text.into(),
                href: Some("/register/1".into()),
                cell: "csv!B7".into(),
                changes: vec![
                    LineChange {
                        field: text.into(),
                        before: vec![text.into()],
                        after: vec![text.into(); 2],
                        cell: Some("csv!C7".into()),
                        others: vec![text.into()],
                    };
                    2
                ],
            };
            2
        ],
        next: Some("?after=7".into()),
    }
}

pub(super) fn which_sample(text: &str) -> WhichView {
    let option = |chosen| Choice { key: "new".into(), text: text.into(), chosen, note: None };
    WhichView { options: vec![option(true), option(false)] }
}
