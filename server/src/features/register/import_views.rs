//! Contexts of the pages on which somebody's list of AI uses becomes part of the register.

use super::version_views::{VersionView, WhichView, version_sample, which_sample};
use super::views::{Crumb, moment, texts};
use crate::web::form::{ErrorLink, Field};
use crate::web::moment::Moment;
use crate::web::render::View;
use serde::Serialize;

/// An import in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportRow {
    /// Its page.
    pub href: String,
    /// The file.
    pub file_name: String,
    /// Rows in it.
    pub rows: u64,
    /// As read.
    pub state: String,
    /// Colour of the state.
    pub kind: &'static str,
    /// When it was uploaded.
    pub moment: Moment,
}

/// Imports, and the form for another one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportsPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// The caller may import.
    pub may_import: bool,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// The file's field.
    pub file: Field,
    /// The form's key.
    pub once: String,
    /// Newest first.
    pub rows: Vec<ImportRow>,
    /// Older ones.
    pub next: Option<String>,
}

impl View for ImportsPage {
    const TEMPLATE: &'static str = "pages/register/imports";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            crumbs: Vec::new(),
            may_import: true,
            errors: vec![ErrorLink { href: "#file".into(), text: text.into() }],
            file: Field {
                id: "file".into(),
                name: "file".into(),
                label: text.into(),
                error: Some(text.into()),
                ..Field::default()
            },
            once: "1".into(),
            rows: vec![
                ImportRow {
                    href: "/register/imports/1".into(),
                    file_name: text.into(),
                    rows: 912,
                    state: text.into(),
                    kind: "ok",
                    moment: moment()
                };
                3
            ],
            next: Some("/register/import?after=1".into()),
        };
        texts().iter().map(|text| page(text)).chain([Self::default()]).collect()
    }
}

/// What a column was taken for.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ColumnView {
    /// The meaning.
    pub meaning: String,
    /// The column's heading; none where no column was taken for it.
    pub heading: Option<String>,
    /// What follows from there being none, in words.
    pub without: Option<String>,
}

/// A vendor that the product table names.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VendorCount {
    /// Its name.
    pub name: String,
    /// In how many rows.
    pub count: usize,
}

/// A separator that a person may confirm.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Proposed {
    /// As posted.
    pub key: String,
    /// As read.
    pub text: String,
    /// In how many cells, in words.
    pub cells: String,
    /// It was confirmed.
    pub chosen: bool,
    /// Some of them.
    pub examples: Vec<ProposedExample>,
}

/// A cell and what it would fall into.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProposedExample {
    /// As it stands.
    pub cell: String,
    /// The parts.
    pub parts: Vec<String>,
}

/// A row that cannot be read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InvalidView {
    /// The cell.
    pub place: String,
    /// What the row says.
    pub label: String,
    /// What is wrong with it.
    pub problem: String,
    /// The entry that it is about, where it is about one.
    pub href: Option<String>,
}

/// An import: what it would bring, or brought.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportPage {
    /// Places above.
    pub crumbs: Vec<Crumb>,
    /// Its page.
    pub href: String,
    /// The file.
    pub file_name: String,
    /// Its hash.
    pub sha256: String,
    /// As read.
    pub state: String,
    /// Colour of the state.
    pub kind: &'static str,
    /// How far it is being written down.
    pub under_way: Option<String>,
    /// Why it was not finished, where it went on by itself and failed.
    pub failed: Option<String>,
    /// It can be applied.
    pub is_preview: bool,
    /// It can be undone.
    pub is_applied: bool,
    /// When it was uploaded.
    pub moment: Moment,
    /// When it was applied.
    pub applied: Option<Moment>,
    /// When it was taken back.
    pub undone: Option<Moment>,
    /// Who uploaded it.
    pub by: String,
    /// The caller may apply and undo.
    pub may_import: bool,
    /// The sheet that was read.
    pub sheet: String,
    /// What each column was taken for.
    pub columns: Vec<ColumnView>,
    /// Rows altogether.
    pub rows: usize,
    /// Rows that say that it is in use.
    pub in_use: usize,
    /// Rows that say that it is not.
    pub not_in_use: usize,
    /// Rows that say neither.
    pub not_stated: usize,
    /// Rows that cannot be read.
    pub invalid_count: usize,
    /// Distinct products in use.
    pub products: usize,
    /// Rows in use without a product.
    pub unnamed: usize,
    /// Vendors that the product table names, the most frequent ones.
    pub vendors: Vec<VendorCount>,
    /// How many more vendors.
    pub vendors_more: usize,
    /// Rows whose vendor nobody knows.
    pub vendors_unknown: usize,
    /// Separators that were confirmed, in words; empty where none was.
    pub applied_separators: String,
    /// Separators to be confirmed.
    pub proposals: Vec<Proposed>,
    /// Rows that cannot be read.
    pub invalid: Vec<InvalidView>,
    /// How many more of them.
    pub invalid_more: usize,
    /// Rows of which their owner published nothing.
    pub withheld_count: usize,
    /// Those rows.
    pub withheld: Vec<InvalidView>,
    /// How many more of them.
    pub withheld_more: usize,
    /// Places to look at in rows that are read.
    pub remarks_count: usize,
    /// Those places.
    pub remarks: Vec<InvalidView>,
    /// How many more of them.
    pub remarks_more: usize,
    /// Headings of columns from which nothing is taken.
    pub unread: Vec<String>,
    /// Another list of this name was applied since it was read.
    pub is_taken: bool,
    /// It is a newer version of a list.
    pub version: Option<VersionView>,
    /// Which list it is can be said.
    pub which: Option<WhichView>,
}

impl View for ImportPage {
    const TEMPLATE: &'static str = "pages/register/import";

    fn samples() -> Vec<Self> {
        let told = |text: &str, href: Option<&str>| InvalidView {
            place: "csv!A3".into(),
            label: text.into(),
            problem: text.into(),
            href: href.map(str::to_owned),
        };
        let page = |text: &str, is_preview: bool| Self {
            crumbs: Vec::new(),
            href: "/register/imports/1".into(),
            file_name: text.into(),
            sha256: "ab".repeat(32),
            state: text.into(),
            kind: "info",
            under_way: is_preview.then(|| text.into()),
            failed: (!is_preview).then(|| text.into()),
            is_preview,
            is_applied: !is_preview,
            moment: moment(),
            applied: (!is_preview).then(moment),
            undone: (!is_preview).then(moment),
            by: text.into(),
            may_import: true,
            sheet: text.into(),
            columns: vec![
                ColumnView { meaning: text.into(), heading: Some(text.into()), without: None },
                ColumnView { meaning: text.into(), heading: None, without: Some(text.into()) },
            ],
            rows: 912,
            in_use: 468,
            not_in_use: 400,
            not_stated: 40,
            invalid_count: 4,
            products: 300,
            unnamed: 12,
            vendors: vec![VendorCount { name: text.into(), count: 30 }; 3],
            vendors_more: 4,
            vendors_unknown: 200,
            applied_separators: text.into(),
            proposals: vec![
                Proposed {
                    key: "comma".into(),
                    text: text.into(),
                    cells: text.into(),
                    chosen: true,
                    examples: vec![ProposedExample { cell: text.into(), parts: vec![text.into(); 3] }; 3],
                };
                2
            ],
            invalid: vec![told(text, None); 3],
            invalid_more: 2,
            withheld_count: 3,
            withheld: vec![told(text, None); 3],
            withheld_more: 1,
            remarks_count: 3,
            remarks: vec![told(text, None), told(text, Some("/register/1"))],
            remarks_more: 1,
            unread: vec![text.into(); 2],
            is_taken: is_preview,
            version: Some(version_sample(text)),
            which: is_preview.then(|| which_sample(text)),
        };
        texts().iter().flat_map(|text| [page(text, true), page(text, false)]).chain([Self::default()]).collect()
    }
}
