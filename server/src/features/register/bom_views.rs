//! Contexts of the pages on which bills of materials become part of the register.

use super::views::{Crumb, moment, texts};
use crate::web::form::{ErrorLink, Field};
use crate::web::moment::Moment;
use crate::web::render::View;
use serde::Serialize;

/// A bill of materials in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BomRow {
    /// Its page.
    pub href: String,
    /// The file.
    pub file_name: String,
    /// What it is about, or the vendor whose it is.
    pub about: Option<String>,
    /// The standard and its version.
    pub format: String,
    /// Models, datasets, services and AI systems in it.
    pub entries: u64,
    /// As read.
    pub state: String,
    /// Colour of the state.
    pub kind: &'static str,
    /// When it was uploaded.
    pub moment: Moment,
}

/// Bills of materials, and the form for another one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BomsPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// The caller may take one in.
    pub may_edit: bool,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// The file's field.
    pub file: Field,
    /// The vendor's field.
    pub vendor: Field,
    /// The form's key.
    pub once: String,
    /// Newest first.
    pub rows: Vec<BomRow>,
    /// Older ones.
    pub next: Option<String>,
}

/// A field that is said otherwise.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChangeView {
    /// The field.
    pub field: String,
    /// What was said.
    pub before: Vec<String>,
    /// What is said now.
    pub after: Vec<String>,
    /// What others say.
    pub others: Vec<String>,
}

/// Somebody that an entry may be.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CandidateView {
    /// As posted.
    pub id: String,
    /// Name, vendor and kind.
    pub text: String,
    /// It is taken for this one.
    pub chosen: bool,
}

/// An entry of the document.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EntryView {
    /// What tells it from the others on the page.
    pub key: String,
    /// What the document calls it.
    pub reference: String,
    /// What it is called.
    pub name: String,
    /// Its page, where there is one.
    pub href: Option<String>,
    /// What it is.
    pub what: String,
    /// Where the document speaks of it.
    pub line: Option<u32>,
    /// What becomes of it.
    pub verdict: String,
    /// Colour of that.
    pub kind: &'static str,
    /// It is new: what is said is shown as a list.
    pub is_new: bool,
    /// What is said otherwise.
    pub changes: Vec<ChangeView>,
    /// Those that it may be.
    pub candidates: Vec<CandidateView>,
    /// What is wrong with the choice.
    pub error: Option<String>,
    /// What the document does not say of it.
    pub gaps: Option<String>,
}

/// A bill of materials: what it would change, or changed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BomPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// Its page.
    pub href: String,
    /// The file.
    pub file_name: String,
    /// As read.
    pub state: String,
    /// Colour of the state.
    pub kind: &'static str,
    /// Who uploaded it and when.
    pub by: String,
    /// It can be applied.
    pub is_preview: bool,
    /// It was applied.
    pub is_applied: bool,
    /// The caller may apply and take back.
    pub may_edit: bool,
    /// When it was applied.
    pub applied: Option<Moment>,
    /// When it was taken back.
    pub undone: Option<Moment>,
    /// A newer edition was applied before.
    pub is_older: bool,
    /// How far it is, while it is written down.
    pub under_way: Option<String>,
    /// Why it was not finished, where it went on by itself and failed.
    pub failed: Option<String>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// What the document says of itself: name and value.
    pub facts: Vec<(String, String)>,
    /// How many entries become what: name and number.
    pub counts: Vec<(String, usize)>,
    /// What it does not say.
    pub gaps: Vec<String>,
    /// What a person should look at.
    pub notes: Vec<String>,
    /// Entries that change.
    pub entries: Vec<EntryView>,
    /// Entries of which the same is said as before.
    pub unchanged: usize,
    /// More entries that change than are shown.
    pub more: usize,
    /// The file's hash.
    pub sha256: String,
}

impl View for BomsPage {
    const TEMPLATE: &'static str = "pages/register/boms";

    fn samples() -> Vec<Self> {
        let field = |name: &str, text: &str| Field {
            id: name.into(),
            name: name.into(),
            label: text.into(),
            error: Some(text.into()),
            ..Field::default()
        };
        let page = |text: &str| Self {
            crumbs: Vec::new(),
            may_edit: true,
            errors: vec![ErrorLink { href: "#file".into(), text: text.into() }],
            file: field("file", text),
            vendor: field("vendor", text),
            once: "1".into(),
            rows: vec![
                BomRow {
                    href: "/register/boms/1".into(),
                    file_name: text.into(),
                    about: Some(text.into()),
                    format: text.into(),
                    entries: 12,
                    state: text.into(),
                    kind: "ok",
                    moment: moment(),
                };
                2
            ],
            next: Some("/register/boms?after=1".into()),
        };
        texts().iter().map(|text| page(text)).chain([Self::default()]).collect()
    }
}

impl View for BomPage {
    const TEMPLATE: &'static str = "pages/register/bom";

    fn samples() -> Vec<Self> {
        let change = |text: &str| ChangeView {
            field: text.into(),
            before: vec![text.into()],
            after: vec![text.into(); 2],
            others: vec![text.into()],
        };
        let entry = |text: &str, is_new: bool, key: &str| EntryView {
            key: key.into(),
            reference: text.into(),
            name: text.into(),
            href: (!is_new).then(|| "/register/1".into()),
            what: text.into(),
            line: Some(12),
            verdict: text.into(),
            kind: "ok",
            is_new,
            changes: vec![change(text); 2],
            candidates: vec![
                CandidateView { id: "1".into(), text: text.into(), chosen: true },
                CandidateView { id: "2".into(), text: text.into(), chosen: false },
            ],
            error: Some(text.into()),
            gaps: Some(text.into()),
        };
        let page = |text: &str, is_preview: bool| Self {
            crumbs: Vec::new(),
            href: "/register/boms/1".into(),
            file_name: text.into(),
            state: text.into(),
            kind: "info",
            by: text.into(),
            is_preview,
            is_applied: !is_preview,
            may_edit: true,
            applied: (!is_preview).then(moment),
            undone: (!is_preview).then(moment),
            is_older: true,
            under_way: Some(text.into()),
            failed: is_preview.then(|| text.into()),
            errors: vec![ErrorLink { href: "#join-1".into(), text: text.into() }],
            facts: vec![(text.into(), text.into())],
            counts: vec![(text.into(), 3)],
            gaps: vec![text.into(); 2],
            notes: vec![text.into(); 2],
            entries: vec![entry(text, true, "1"), entry(text, false, "2")],
            unchanged: 4,
            more: 2,
            sha256: "ab".repeat(32),
        };
        texts().iter().flat_map(|text| [page(text, true), page(text, false)]).chain([Self::default()]).collect()
    }
}
