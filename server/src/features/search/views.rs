//! Contexts of the search pages.

use crate::platform::search::Piece;
use crate::web::due::Due;
use crate::web::found::{Chip, FacetOption, FacetView, Match, Pages, RangeView, SortOption, TopicView};
use crate::web::render::View;
use crate::web::tabs::Tab;
use serde::Serialize;

/// Something that was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// Its page; of an answer, its place on the page of what was submitted.
    pub href: String,
    /// What it is called, in parts.
    pub name: Vec<Piece>,
    /// What stands below: a web site, an engagement, a question's id.
    pub sub: String,
    /// Where else it matches.
    pub matches: Vec<Match>,
    /// What stands beside it, column by column.
    pub cells: Vec<Cell>,
}

/// What stands in a column.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cell {
    /// The column.
    pub label: String,
    /// In parts.
    pub pieces: Vec<Piece>,
    /// It stands on one line.
    pub is_whole: bool,
    /// Where an assessment stands.
    pub state: Option<String>,
    /// When it is due.
    pub due: Option<Due>,
    /// It tells a rating.
    pub is_rating: bool,
    /// Which one; none where nothing is scored.
    pub rating: Option<String>,
    /// How a question was answered, where that is no plain answer: in words.
    pub stand: Option<String>,
    /// How that is coloured.
    pub tone: &'static str,
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
    /// The search engine does not work just now: where the list is that can be read meanwhile, and what it is called.
    pub down: Option<(String, String)>,
    /// How much was found, in words.
    pub found: String,
    /// Filters in use.
    pub chips: Vec<Chip>,
    /// The address without filters.
    pub clear_href: String,
    /// What can be filtered by.
    pub facets: Vec<FacetView>,
    /// Where the ranges' form leads.
    pub action: String,
    /// What the ranges' form keeps: field and value.
    pub kept: Vec<(String, String)>,
    /// What can be filtered by range.
    pub ranges: Vec<RangeView>,
    /// What is listed, for the table's caption.
    pub caption: String,
    /// The columns.
    pub columns: Vec<String>,
    /// What was found.
    pub rows: Vec<Row>,
    /// Where one is.
    pub pages: Pages,
    /// Something was asked: no result is then no empty list.
    pub is_asked: bool,
    /// What to say where there is nothing at all, in words.
    pub nothing: String,
    /// There is more than can be paged to.
    pub beyond: bool,
}

/// A search page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SearchPage {
    /// Its heading.
    pub title: String,
    /// What can be found here.
    pub about: String,
    /// Its address.
    pub action: String,
    /// What was typed.
    pub q: String,
    /// What the field says while it is empty.
    pub hint: String,
    /// Filters that typing keeps: field and value.
    pub kept: Vec<(String, String)>,
    /// The orders.
    pub sorts: Vec<SortOption>,
    /// An example of a range.
    pub range_typed: String,
    /// The fields that the search language knows.
    pub topics: Vec<TopicView>,
    /// What was found.
    pub results: ResultsView,
}

/// What was found, alone: for search as one types.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Results {
    /// What was found.
    pub results: ResultsView,
}

fn texts() -> [String; 3] {
    ["Ordinary".to_owned(), "供應商提交的答覆，內容非常長".repeat(20), "\"><script>alert(1)</script>".to_owned()]
}

fn results(text: &str) -> ResultsView {
    let pieces = || vec![Piece { text: text.into(), hit: false }, Piece { text: text.into(), hit: true }];
    let cell = Cell { label: text.into(), pieces: pieces(), ..Cell::default() };
    let due =
        Due { date: "2026-11-21".into(), weekday: Some("Sat".into()), note: Some("3 days late".into()), tone: "late" };
    let row = Row {
        href: "/vendors/1".into(),
        name: pieces(),
        sub: text.into(),
        matches: vec![Match { label: text.into(), pieces: pieces(), before: true, after: true }],
        cells: vec![
            cell.clone(),
            Cell { state: Some("sent".into()), ..Cell::default() },
            Cell { due: Some(due), ..Cell::default() },
            Cell { is_rating: true, rating: Some("high".into()), ..cell.clone() },
            Cell { is_rating: true, ..Cell::default() },
            Cell { stand: Some(text.into()), tone: "danger", ..cell },
        ],
    };
    let range = |is_day| RangeView {
        title: text.into(),
        from_name: format!("{is_day}_from"),
        to_name: format!("{is_day}_to"),
        from: text.into(),
        to: text.into(),
        is_day,
        is_set: is_day,
    };
    let option = FacetOption { href: "/search/answers?vendor=a".into(), text: text.into(), count: 7, chosen: true };
    ResultsView {
        tabs: vec![Tab { href: "/search/vendors".into(), text: text.into(), current: true, count: Some(3) }; 4],
        refused: None,
        notes: vec![text.into(); 2],
        down: None,
        found: text.into(),
        chips: vec![Chip { field: "Vendor".into(), text: text.into(), remove: "/search/answers".into() }],
        clear_href: "/search/answers".into(),
        facets: vec![FacetView { title: "Vendor".into(), options: vec![option; 3] }; 2],
        action: "/search/answers".into(),
        kept: vec![("q".into(), text.into()), ("vendor".into(), text.into())],
        ranges: [true, false].map(range).into(),
        caption: text.into(),
        columns: vec![text.into(); 5],
        rows: vec![row; 3],
        pages: Pages { from: 1, to: 3, total: 3, previous: None, next: Some("/search/answers?page=2".into()) },
        is_asked: true,
        nothing: text.into(),
        beyond: true,
    }
}

impl View for SearchPage {
    const TEMPLATE: &'static str = "pages/search/page";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            title: text.into(),
            about: text.into(),
            action: "/search/answers".into(),
            q: text.into(),
            hint: text.into(),
            kept: vec![("vendor".into(), text.into())],
            sorts: vec![SortOption { key: "name".into(), text: text.into(), chosen: true }],
            range_typed: text.into(),
            topics: vec![TopicView { id: "vendor".into(), text: text.into() }; 2],
            results: results(text),
        };
        let nothing = ResultsView { is_asked: true, ..ResultsView::default() };
        let refused = ResultsView { refused: Some("Too long.".into()), ..ResultsView::default() };
        let down = ResultsView { down: Some(("/vendors".into(), "Vendors".into())), ..ResultsView::default() };
        let others = [nothing, refused, down].map(|results| Self { results, ..page("x") });
        texts().iter().map(|text| page(text)).chain(others).chain([Self::default()]).collect()
    }
}

impl View for Results {
    const TEMPLATE: &'static str = "pages/search/results";

    fn samples() -> Vec<Self> {
        texts().iter().map(|text| Self { results: results(text) }).chain([Self::default()]).collect()
    }
}
