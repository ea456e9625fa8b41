//! Contexts of the register's pages: searching, entries, statements that something is not in use.

use crate::platform::search::Piece;
use crate::web::form::{Choice, ErrorLink, Field};
pub use crate::web::found::{Chip, FacetOption, FacetView, Match, Pages, RangeView, SortOption, TopicView};
use crate::web::moment::Moment;
use crate::web::render::View;
use crate::web::standing_out::StandingOut;
use crate::web::tabs::Tab;
use serde::Serialize;

/// A place above the page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Crumb {
    /// Its address.
    pub href: String,
    /// Its name.
    pub text: String,
}

/// A count that leads to its list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tally {
    /// The list.
    pub href: String,
    /// Of what.
    pub text: String,
    /// How many, as it is shown.
    pub count: String,
    /// It is the list that is shown.
    pub current: bool,
}

/// What a column shows of an entry.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cell {
    /// What the column is called.
    pub label: String,
    /// As read, in parts; empty where nobody knows.
    pub pieces: Vec<Piece>,
    /// How it is coloured, where it stands out.
    pub badge: Option<&'static str>,
    /// What rules propose beside it and nobody confirmed, where that stands out.
    pub proposed: Option<String>,
    /// A number, to be compared with those above and below.
    pub is_number: bool,
}

/// An entry that was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// Its page.
    pub href: String,
    /// Its name in parts.
    pub name: Vec<Piece>,
    /// The product, where it is called otherwise.
    pub product: Option<String>,
    /// The chosen columns, in their order.
    pub cells: Vec<Cell>,
    /// Facts that wait for a person.
    pub open: i64,
    /// The entry and its revision, as posted.
    pub pick: String,
    /// Where else it matches.
    pub matches: Vec<Match>,
}

/// A search that is kept.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SavedView {
    /// What it is called.
    pub name: String,
    /// The page that asks it.
    pub href: String,
    /// Who shares it; none for one's own.
    pub owner: Option<String>,
}

/// The form that keeps a search.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SaveView {
    /// It was refused.
    pub is_refused: bool,
    /// The name's field.
    pub name: Field,
    /// Whether others may use it.
    pub shared: Field,
}

/// Columns to choose from, of one part of the fact sheet.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ColumnsView {
    /// It was refused.
    pub is_refused: bool,
    /// What is wrong with what was chosen, and where.
    pub errors: Vec<ErrorLink>,
    /// How many may be chosen, in words.
    pub about: String,
    /// A field for each part.
    pub groups: Vec<Field>,
}

/// What was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ResultsView {
    /// What is searched: the register, vendors, assessments, answers.
    pub tabs: Vec<Tab>,
    /// Why nothing was looked for, in words.
    pub refused: Option<String>,
    /// What of the text was not understood, in words.
    pub notes: Vec<String>,
    /// The search engine does not work just now.
    pub down: bool,
    /// Where the ranges' form leads.
    pub action: String,
    /// What the ranges' form keeps: field and value.
    pub kept: Vec<(String, String)>,
    /// What can be filtered by range.
    pub ranges: Vec<RangeView>,
    /// Where the whole result is as CSV.
    pub export_csv: String,
    /// Where the whole result is as a workbook.
    pub export_xlsx: String,
    /// Why the whole result is not in this order when it is taken away.
    pub unordered: Option<String>,
    /// How much was found, in words.
    pub found: String,
    /// Filters in use.
    pub chips: Vec<Chip>,
    /// The address without filters.
    pub clear_href: String,
    /// What can be filtered by.
    pub facets: Vec<FacetView>,
    /// The chosen columns in words.
    pub columns: Vec<String>,
    /// They are too many for most screens: the table scrolls.
    pub is_wide: bool,
    /// The entries.
    pub rows: Vec<Row>,
    /// Where one is.
    pub pages: Pages,
    /// The caller may change entries.
    pub may_edit: bool,
    /// What is asked, as the forms that keep it or come back to it post it.
    pub asked: String,
    /// The form that keeps what is asked.
    pub save: Option<SaveView>,
    /// Something was asked: no result is then no empty register.
    pub is_asked: bool,
    /// There is more than can be paged to.
    pub beyond: bool,
}

/// The register.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SearchPage {
    /// What was typed.
    pub q: String,
    /// Filters that typing keeps: field and value.
    pub kept: Vec<(String, String)>,
    /// The fields that the search language knows.
    pub topics: Vec<TopicView>,
    /// The orders.
    pub sorts: Vec<SortOption>,
    /// In use, not in use, not stated.
    pub tally: Vec<Tally>,
    /// Nothing is in the register.
    pub is_empty: bool,
    /// Somebody stated what is in use or is not.
    pub has_statements: bool,
    /// How many proposals wait, in words.
    pub proposals: Option<String>,
    /// The caller may import.
    pub may_import: bool,
    /// Uses that are prohibited or high-risk.
    pub standing_out: Vec<StandingOut>,
    /// Kept searches, one's own first.
    pub saved: Vec<SavedView>,
    /// There are more of them.
    pub more_saved: bool,
    /// The columns to choose from; none for a program.
    pub columns: Option<ColumnsView>,
    /// What was found.
    pub results: ResultsView,
}

/// What was found, alone: for search as one types.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Results {
    /// What was found.
    pub results: ResultsView,
}

pub(super) fn texts() -> [String; 3] {
    ["Ordinary".to_owned(), "供應商人工智能登記冊，名稱非常長".repeat(20), "\"><script>alert(1)</script>".to_owned()]
}

pub(super) fn moment() -> Moment {
    Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() }
}

fn results(text: &str) -> ResultsView {
    let pieces = || vec![Piece { text: text.into(), hit: false }, Piece { text: text.into(), hit: true }];
    let found = Match { label: "Purpose".into(), pieces: pieces(), before: true, after: true };
    let row = Row {
        href: "/register/1".into(),
        name: pieces(),
        product: Some(text.into()),
        cells: vec![
            Cell { label: text.into(), pieces: pieces(), ..Cell::default() },
            Cell { label: text.into(), pieces: pieces(), badge: Some("danger"), ..Cell::default() },
            Cell { label: text.into(), proposed: Some(text.into()), ..Cell::default() },
            Cell { label: text.into(), pieces: pieces(), is_number: true, ..Cell::default() },
            Cell { label: text.into(), ..Cell::default() },
        ],
        open: 1,
        pick: "1:1".into(),
        matches: vec![found; 2],
    };
    let option = FacetOption { href: "/register?vendor=x".into(), text: text.into(), count: 3, chosen: true };
    let range = RangeView {
        title: text.into(),
        from_name: "changed_from".into(),
        to_name: "changed_to".into(),
        from: text.into(),
        to: text.into(),
        is_day: false,
        is_set: false,
    };
    ResultsView {
        tabs: vec![Tab { href: "/search/vendors".into(), text: text.into(), current: true, count: Some(3) }; 4],
        refused: None,
        notes: vec![text.into(); 2],
        down: false,
        action: "/register".into(),
        kept: vec![("q".into(), text.into())],
        ranges: vec![
            RangeView {
                is_day: true,
                is_set: true,
                from_name: "since_from".into(),
                to_name: "since_to".into(),
                ..range.clone()
            },
            range,
        ],
        export_csv: "/register/export?format=csv".into(),
        export_xlsx: "/register/export?format=xlsx".into(),
        unordered: Some(text.into()),
        found: text.into(),
        chips: vec![Chip { field: "Vendor".into(), text: text.into(), remove: "/register".into() }],
        clear_href: "/register".into(),
        facets: vec![FacetView { title: "Vendor".into(), options: vec![option; 3] }; 2],
        columns: vec![text.into(); 5],
        is_wide: true,
        rows: vec![row; 3],
        pages: Pages { from: 1, to: 3, total: 3, previous: None, next: Some("/register?page=2".into()) },
        may_edit: true,
        asked: format!("q={text}"),
        save: Some(SaveView {
            is_refused: true,
            name: Field { id: "name".into(), name: "name".into(), label: text.into(), ..Field::default() },
            shared: Field { id: "shared".into(), name: "shared".into(), label: text.into(), ..Field::default() },
        }),
        is_asked: true,
        beyond: true,
    }
}

fn columns(text: &str) -> ColumnsView {
    let choice = |key: &str| Choice { key: key.into(), text: text.into(), note: None, chosen: key == "kind" };
    let group = |id: &str| Field {
        id: id.into(),
        name: "column".into(),
        label: text.into(),
        options: ["vendor", "kind"].map(choice).into(),
        side: true,
        ..Field::default()
    };
    ColumnsView {
        is_refused: true,
        errors: vec![ErrorLink { href: "#columns".into(), text: text.into() }],
        about: text.into(),
        groups: ["columns", "columns-data"].map(group).into(),
    }
}

impl View for SearchPage {
    const TEMPLATE: &'static str = "pages/register/search";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            q: text.into(),
            kept: vec![("vendor".into(), text.into())],
            topics: vec![TopicView { id: "name".into(), text: text.into() }; 2],
            sorts: vec![SortOption { key: "name".into(), text: text.into(), chosen: true }],
            tally: vec![Tally { href: "/register".into(), text: text.into(), count: "468".into(), current: true }],
            is_empty: false,
            has_statements: true,
            proposals: Some(text.into()),
            may_import: true,
            standing_out: vec![StandingOut { href: "/register?tier=high".into(), text: text.into(), kind: "error" }],
            saved: [None, Some(text.to_owned())]
                .map(|owner| SavedView { name: text.into(), href: "/register?q=x".into(), owner })
                .into(),
            more_saved: true,
            columns: Some(columns(text)),
            results: results(text),
        };
        let nothing = Self { results: ResultsView { is_asked: true, ..ResultsView::default() }, ..page("nothing") };
        let refused =
            Self { results: ResultsView { refused: Some("Too long.".into()), ..ResultsView::default() }, ..page("x") };
        let down = Self {
            results: ResultsView { down: true, rows: results("down").rows, ..ResultsView::default() },
            ..page("down")
        };
        let empty = Self { is_empty: true, may_import: true, ..Self::default() };
        let empty_read_only = Self { is_empty: true, ..Self::default() };
        texts().iter().map(|text| page(text)).chain([nothing, refused, down, empty, empty_read_only]).collect()
    }
}

impl View for Results {
    const TEMPLATE: &'static str = "pages/register/results";

    fn samples() -> Vec<Self> {
        texts().iter().map(|text| Self { results: results(text) }).chain([Self::default()]).collect()
    }
}

/// Somebody's statement that something is, or is not, used.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Statement {
    /// Who.
    pub unit: String,
    /// What for.
    pub use_case: String,
    /// Which product, as stated.
    pub product: String,
    /// Who uses it, or how many.
    pub users: String,
    /// The file.
    pub file: String,
    /// The cell.
    pub place: String,
    /// The import.
    pub href: Option<String>,
}

/// Statements about what is not in use.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NotInUsePage {
    /// In use, not in use, not stated.
    pub tally: Vec<Tally>,
    /// Which are shown, in words.
    pub state: String,
    /// What they are.
    pub about: String,
    /// The statements.
    pub rows: Vec<Statement>,
    /// Where one is.
    pub pages: Pages,
}

fn statement(text: &str) -> Statement {
    Statement {
        unit: text.into(),
        use_case: text.into(),
        product: text.into(),
        users: text.into(),
        file: text.into(),
        place: text.into(),
        href: Some("/register/imports/1".into()),
    }
}

impl View for NotInUsePage {
    const TEMPLATE: &'static str = "pages/register/not_in_use";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            tally: vec![Tally { href: "/register".into(), text: text.into(), count: "3".into(), current: true }],
            state: text.into(),
            about: text.into(),
            rows: vec![statement(text); 3],
            pages: Pages { from: 1, to: 3, total: 3, previous: None, next: None },
        };
        texts().iter().map(|text| page(text)).chain([Self::default()]).collect()
    }
}
