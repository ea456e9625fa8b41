//! Searching the register as people type, and the statements about what is not in use.

use super::factsheet::status_kind;
use super::views::{
    Chip, FacetOption, FacetView, Match, NotInUsePage, Pages, RangeView, Results, ResultsView, Row, SearchPage,
    SortOption, Statement, Tally, TopicView,
};
use super::words;
use crate::actions::index;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::search::{Hit, Page, Request, UNKNOWN};
use crate::repo::register::UNNAMED;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::fields::Fields;
use crate::web::moment::Moment;
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::shell::{Around, Shell};
use crate::web::standing_out::standing_out;
use axum::http::header::VARY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::ids::{ComponentId, ImportId};
use domain::problem::Problem;
use domain::register::query::MAX_OFFSET;
use domain::register::{Bounds, Query as Words, Scale, Sort, Topic};
use entity::component;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Entries on a page of results.
const ROWS: usize = 50;
/// Values of a facet before the rest is a click away.
const VALUES: usize = 10;
/// Statements of a kind are counted up to here where their number only stands beside a link: counting a million takes
/// longer than all else of the page.
const MOST_COUNTED: u64 = 10_000;
/// Matches shown under an entry's name.
const MATCHES: usize = 2;

/// What is asked, as the address says it.
pub(super) struct Asked {
    text: String,
    chosen: BTreeMap<Topic, BTreeSet<String>>,
    /// From and to, as typed.
    ranges: BTreeMap<Topic, (String, String)>,
    sort: Option<String>,
    page: usize,
    /// The facet that is shown whole.
    more: Option<String>,
}

impl Asked {
    pub(super) fn of(query: Vec<(String, String)>) -> Self {
        let fields = Fields(query);
        let some = |name: &str| fields.has(name).then(|| fields.one(name).to_owned());
        let chosen = Topic::facets().filter_map(|facet| {
            let values: BTreeSet<String> =
                fields.all(facet.id()).filter(|value| !value.is_empty()).map(str::to_owned).collect();
            (!values.is_empty()).then_some((facet, values))
        });
        Self {
            text: fields.one("q").to_owned(),
            chosen: chosen.collect(),
            ranges: scaled().filter_map(|topic| range_of(&fields, topic)).collect(),
            sort: some("sort"),
            page: fields.one("page").parse().unwrap_or(1).max(1),
            more: some("more"),
        }
    }

    /// What is asked, and what of it could not be understood.
    pub(super) fn request(&self) -> Result<(Request, Vec<Problem>)> {
        let mut notes = Vec::new();
        let mut ranges = BTreeMap::new();
        for (topic, (from, to)) in &self.ranges {
            match topic.about().scale.and_then(|scale| Bounds::read(scale, &format!("[{from}..{to}]"))) {
                Some(bounds) => drop(ranges.insert(*topic, bounds)),
                None => notes.push(Problem::new(topic.id(), "range-left-out").with("given", format!("{from}..{to}"))),
            }
        }
        let offset = (self.page - 1).saturating_mul(ROWS);
        let request = Request {
            query: Words::parse(&self.text),
            filters: self.chosen.clone(),
            ranges,
            facets: shown_facets().collect(),
            sort: self.sort.as_deref().map_or(Ok(Sort::default()), Sort::named)?,
            offset,
            limit: ROWS,
        };
        request.check()?;
        notes.splice(..0, request.query.notes.iter().cloned());
        Ok((request, notes))
    }

    /// The address of this question with something changed.
    fn href(&self, chosen: &BTreeMap<Topic, BTreeSet<String>>, page: usize, more: Option<&str>) -> String {
        self.address("/register", chosen, &self.ranges, page, more, None)
    }

    fn address(
        &self,
        path: &str,
        chosen: &BTreeMap<Topic, BTreeSet<String>>,
        ranges: &BTreeMap<Topic, (String, String)>,
        page: usize,
        more: Option<&str>,
        format: Option<&str>,
    ) -> String {
        let page = page.to_string();
        let mut pairs = Vec::new();
        if !self.text.is_empty() {
            pairs.push(("q", self.text.as_str()));
        }
        for (facet, values) in chosen {
            pairs.extend(values.iter().map(|value| (facet.id(), value.as_str())));
        }
        let names: Vec<_> = ranges.keys().map(|topic| range_names(*topic)).collect();
        for ((from_name, to_name), (from, to)) in names.iter().zip(ranges.values()) {
            pairs.extend((!from.is_empty()).then_some((from_name.as_str(), from.as_str())));
            pairs.extend((!to.is_empty()).then_some((to_name.as_str(), to.as_str())));
        }
        pairs.extend(self.sort.as_deref().map(|sort| ("sort", sort)));
        if page != "1" {
            pairs.push(("page", page.as_str()));
        }
        pairs.extend(more.map(|more| ("more", more)));
        pairs.extend(format.map(|format| ("format", format)));
        address(path, pairs)
    }

    /// What another form of the page keeps: filters, ranges too where it has no fields for them, text and order where it
    /// has none for those.
    fn kept(&self, with_ranges: bool) -> Vec<(String, String)> {
        let of_facets = self.chosen.iter().flat_map(|(facet, values)| values.iter().map(|value| (facet.id(), value)));
        let mut kept: Vec<(String, String)> =
            of_facets.map(|(facet, value)| (facet.to_owned(), value.clone())).collect();
        if with_ranges {
            for (topic, (from, to)) in &self.ranges {
                let (from_name, to_name) = range_names(*topic);
                kept.extend(
                    [(from_name, from.clone()), (to_name, to.clone())].into_iter().filter(|(_, end)| !end.is_empty()),
                );
            }
        } else {
            kept.extend((!self.text.is_empty()).then(|| ("q".to_owned(), self.text.clone())));
            kept.extend(self.sort.clone().map(|sort| ("sort".to_owned(), sort)));
        }
        kept
    }

    /// With one value chosen, or let go.
    fn toggled(&self, facet: Topic, value: &str) -> String {
        let mut chosen = self.chosen.clone();
        let values = chosen.entry(facet).or_default();
        if !values.remove(value) {
            values.insert(value.to_owned());
        }
        chosen.retain(|_, values| !values.is_empty());
        self.href(&chosen, 1, None)
    }
}

/// The facets that the page lists, in this order; the language filters by all others.
const FACETS: [&str; 12] = [
    "vendor",
    "kind",
    "status",
    "default_state",
    "trains_on_customer_data",
    "tier",
    "decision_role",
    "availability",
    "model_provider",
    "residency",
    "unit",
    "owner",
];

fn shown_facets() -> impl Iterator<Item = Topic> {
    FACETS.into_iter().filter_map(Topic::of).filter(|topic| topic.about().facet)
}

/// Topics with days or numbers.
fn scaled() -> impl Iterator<Item = Topic> {
    Topic::all().filter(|topic| topic.about().scale.is_some())
}

/// What the two ends of a range are called in addresses.
fn range_names(topic: Topic) -> (String, String) {
    (format!("{}_from", topic.id()), format!("{}_to", topic.id()))
}

fn range_of(fields: &Fields, topic: Topic) -> Option<(Topic, (String, String))> {
    let (from, to) = range_names(topic);
    let end = |name: &str| fields.one(name).trim().chars().take(20).collect::<String>();
    let ends = (end(&from), end(&to));
    (ends != (String::new(), String::new())).then_some((topic, ends))
}

/// What the index found, each entry read from the database under the caller's own scope. An entry whose row is gone, or
/// is not the caller's, is left out.
pub(super) async fn find(
    platform: &Platform,
    scope: BuyerScope,
    request: &Request,
) -> Result<(Page, Vec<(Hit, component::Model)>)> {
    let mut page = index::search(platform, scope, request).await?;
    let ids: Vec<ComponentId> = page.hits.iter().map(|hit| hit.component).collect();
    let rows = repo::register::of_ids(platform.db.read(), scope, &ids).await?;
    let mut rows: HashMap<Uuid, component::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let hits = std::mem::take(&mut page.hits);
    let found = hits.into_iter().filter_map(|hit| rows.remove(&hit.component.0).map(|row| (hit, row))).collect();
    Ok((page, found))
}

pub(super) async fn page(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let asked = Asked::of(query);
    let platform = &renderer.platform;
    let said = |problem: &Problem| crate::web::say::problem(&platform.wording, problem);
    let outcome = match asked.request() {
        Ok((request, notes)) => find(platform, may.scope(), &request).await.map(|found| (found, notes)),
        Err(error) => Err(error),
    };
    let (status, results) = match outcome {
        Ok(((page, found), notes)) => {
            let notes = notes.iter().map(said).collect();
            let ids: Vec<ComponentId> = found.iter().map(|(hit, _)| hit.component).collect();
            let tiers = repo::register::tiers_of(platform.db.read(), may.scope(), &ids).await?;
            let may_edit = may.may(Permission::EditRegister);
            (StatusCode::OK, ResultsView { notes, may_edit, ..results(&renderer, &asked, &page, found, &tiers) })
        }
        Err(AppError::Invalid(problems)) => {
            let refused = Some(problems.0.iter().map(said).collect::<Vec<_>>().join(" "));
            (StatusCode::UNPROCESSABLE_ENTITY, ResultsView { refused, ..ResultsView::default() })
        }
        // The register itself is there: the entries that came first, unsearched.
        Err(AppError::SearchDown(reason)) => {
            tracing::warn!(reason, "the register is shown without search");
            let rows = repo::register::page(platform.db.read(), may.scope(), None, ROWS as u64).await?;
            let ids: Vec<ComponentId> = rows.iter().map(|row| ComponentId(row.id)).collect();
            let tiers = repo::register::tiers_of(platform.db.read(), may.scope(), &ids).await?;
            let row = |row: component::Model| row_view(&renderer, &unsearched(&row), tiers.get(&row.id), row);
            let rows = rows.into_iter().map(row).collect();
            (StatusCode::OK, ResultsView { down: true, rows, ..ResultsView::default() })
        }
        Err(error) => return Err(error),
    };
    let mut response = if around.fragment.as_deref() == Some("results") && status == StatusCode::OK {
        renderer.page(&Shell::plain(&around, ""), &Results { results })?.into_response()
    } else {
        let counts = repo::register::count_uses(platform.db.read(), may.scope(), MOST_COUNTED + 1).await?;
        let waiting = repo::register::count_open(platform.db.read(), may.scope()).await?;
        let any = repo::register::any(platform.db.read(), may.scope()).await?;
        let view = SearchPage {
            q: asked.text.clone(),
            kept: asked.kept(true),
            topics: topics(&renderer),
            sorts: sorts(&renderer, asked.sort.as_deref()),
            tally: tally(&renderer, &counts, "yes"),
            is_empty: !any,
            has_statements: counts.values().any(|count| *count > 0),
            proposals: (waiting > 0)
                .then(|| renderer.counted("register.proposals.wait", i64::try_from(waiting).unwrap_or(i64::MAX))),
            may_import: may.may(Permission::EditRegister),
            standing_out: standing_out(&renderer, may.scope()).await?,
            results,
        };
        let role = renderer.roles(&may.roles);
        let title = renderer.text("register.title", &[]);
        renderer.page(&Shell::desk(&around, &may, role, title), &view)?.into_response()
    };
    *response.status_mut() = status;
    response.headers_mut().insert(VARY, HeaderValue::from_static("X-Fragment"));
    Ok(response)
}

/// A row that was not searched for.
fn unsearched(row: &component::Model) -> Hit {
    Hit { component: ComponentId(row.id), score: 0.0, highlights: Vec::new() }
}

/// The fields that the language knows, for its help.
fn topics(renderer: &Renderer) -> Vec<TopicView> {
    let view = |topic: Topic| TopicView { id: topic.id().to_owned(), text: words::field(renderer, topic.id()) };
    Topic::all().map(view).collect()
}

fn sorts(renderer: &Renderer, chosen: Option<&str>) -> Vec<SortOption> {
    let option = |key: &str| SortOption {
        key: key.to_owned(),
        text: renderer.text(&format!("register.sort.{}", key.trim_start_matches('-')), &[]),
        chosen: chosen.unwrap_or("relevance") == key,
    };
    ["relevance", "name", "vendor", "updated", "-since", "-use_count"].map(option).into()
}

fn tally(renderer: &Renderer, counts: &BTreeMap<String, u64>, current: &str) -> Vec<Tally> {
    let line = |name: &str, href: &str| Tally {
        href: href.to_owned(),
        text: renderer.text(&format!("register.uses.{name}"), &[]),
        count: match counts.get(name).copied().unwrap_or(0) {
            over if over > MOST_COUNTED => renderer.text("register.uses.over", &[("most", &MOST_COUNTED)]),
            count => count.to_string(),
        },
        current: name == current,
    };
    let mut lines = vec![
        line("yes", "/register"),
        line("no", "/register/not-in-use"),
        line("not_stated", "/register/not-in-use?state=not_stated"),
    ];
    let unnamed = line(UNNAMED, "/register/not-in-use?state=unnamed");
    lines.extend(counts.contains_key(UNNAMED).then_some(unnamed));
    lines
}

fn results(
    renderer: &Renderer,
    asked: &Asked,
    page: &Page,
    found: Vec<(Hit, component::Model)>,
    tiers: &BTreeMap<Uuid, BTreeSet<String>>,
) -> ResultsView {
    let total = usize::try_from(page.total).unwrap_or(usize::MAX);
    let from = (asked.page - 1) * ROWS;
    let to = (from + ROWS).min(total);
    let reachable = to < total && from + ROWS <= MAX_OFFSET;
    let chips = asked.chosen.iter().flat_map(|(facet, values)| {
        values.iter().map(|value| Chip {
            field: words::field(renderer, facet.id()),
            text: words::facet_value(renderer, *facet, value),
            remove: asked.toggled(*facet, value),
        })
    });
    let without = |topic: &Topic| {
        let mut ranges = asked.ranges.clone();
        ranges.remove(topic);
        asked.address("/register", &asked.chosen, &ranges, 1, None, None)
    };
    let of_ranges = asked.ranges.iter().map(|(topic, (from, to))| Chip {
        field: words::field(renderer, topic.id()),
        text: format!("{from} – {to}"),
        remove: without(topic),
    });
    let taken = |format| asked.address("/register/export", &asked.chosen, &asked.ranges, 1, None, Some(format));
    ResultsView {
        refused: None,
        notes: Vec::new(),
        down: false,
        kept: asked.kept(false),
        ranges: ranges(renderer, asked),
        export_csv: taken("csv"),
        export_xlsx: taken("xlsx"),
        found: renderer.counted("register.found", i64::try_from(page.total).unwrap_or(i64::MAX)),
        chips: chips.chain(of_ranges).collect(),
        clear_href: asked.address("/register", &BTreeMap::new(), &BTreeMap::new(), 1, None, None),
        facets: shown_facets().filter_map(|facet| facet_view(renderer, asked, page, facet)).collect(),
        rows: found.into_iter().map(|(hit, row)| row_view(renderer, &hit, tiers.get(&row.id), row)).collect(),
        pages: Pages {
            from: (from + 1).min(total),
            to,
            total,
            previous: (asked.page > 1).then(|| asked.href(&asked.chosen, asked.page - 1, None)),
            next: reachable.then(|| asked.href(&asked.chosen, asked.page + 1, None)),
        },
        may_edit: false,
        is_asked: !asked.text.trim().is_empty() || !asked.chosen.is_empty() || !asked.ranges.is_empty(),
        beyond: to < total && !reachable,
    }
}

fn ranges(renderer: &Renderer, asked: &Asked) -> Vec<RangeView> {
    let view = |topic: Topic| {
        let (from_name, to_name) = range_names(topic);
        let (from, to) = asked.ranges.get(&topic).cloned().unwrap_or_default();
        let is_day = topic.about().scale == Some(Scale::Day);
        let (title, is_set) = (words::field(renderer, topic.id()), asked.ranges.contains_key(&topic));
        RangeView { title, from_name, to_name, from, to, is_day, is_set }
    };
    scaled().map(view).collect()
}

fn facet_view(renderer: &Renderer, asked: &Asked, page: &Page, facet: Topic) -> Option<FacetView> {
    let values = page.facets.get(&facet)?;
    // Where nothing is known of any entry, there is nothing to choose.
    values.iter().find(|(value, _)| value != UNKNOWN || asked.chosen.contains_key(&facet))?;
    let is_chosen = |value: &str| asked.chosen.get(&facet).is_some_and(|chosen| chosen.contains(value));
    let whole = asked.more.as_deref() == Some(facet.id());
    let shown = values.iter().enumerate().filter(|(n, (value, _))| whole || *n < VALUES || is_chosen(value));
    let mut options: Vec<FacetOption> = shown
        .map(|(_, (value, count))| FacetOption {
            href: asked.toggled(facet, value),
            text: words::facet_value(renderer, facet, value),
            count: *count,
            chosen: is_chosen(value),
        })
        .collect();
    let left = values.len() - options.len();
    if left > 0 {
        options.push(FacetOption {
            href: format!("{}#facets", asked.href(&asked.chosen, asked.page, Some(facet.id()))),
            text: renderer.text("register.more_values", &[]),
            count: left as u64,
            chosen: false,
        });
    }
    Some(FacetView { title: words::field(renderer, facet.id()), options })
}

/// Tiers of the EU AI Act, the strictest first; the first two stand out.
const STRICTEST: [&str; 4] = ["unacceptable", "high", "limited", "minimal"];

fn row_view(renderer: &Renderer, hit: &Hit, of_uses: Option<&BTreeSet<String>>, row: component::Model) -> Row {
    let pieces = |topic: Topic, plain: &str| {
        let highlight = hit
            .highlights
            .iter()
            .find(|highlight| highlight.topic == topic && !highlight.cut_before && !highlight.cut_after);
        highlight.map_or_else(
            || vec![crate::platform::search::Piece { text: plain.to_owned(), hit: false }],
            crate::platform::search::Highlight::pieces,
        )
    };
    let field = |id: &str| row.fields.get(id).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    let known =
        |id: &str, value: &str| (!value.is_empty() && value != "unknown").then(|| words::value(renderer, id, value));
    let said = |id: &str| known(id, &field(id));
    let own = field("tier");
    let tier = STRICTEST.iter().position(|tier| *tier == own || of_uses.is_some_and(|tiers| tiers.contains(*tier)));
    let vendor = row.vendor_name.clone();
    let shown_whole = |topic: Topic, cut: bool| matches!(topic, Topic::NAME | Topic::VENDOR) && !cut;
    let product = field("product");
    let matches = hit
        .highlights
        .iter()
        .filter(|highlight| !shown_whole(highlight.topic, highlight.cut_before || highlight.cut_after))
        // An import names product and component alike: saying it twice tells nothing.
        .filter(|highlight| highlight.topic != Topic::PRODUCT || product != row.name)
        .take(MATCHES)
        .map(|highlight| Match {
            label: words::field(renderer, highlight.topic.id()),
            pieces: highlight.pieces(),
            before: highlight.cut_before,
            after: highlight.cut_after,
        });
    Row {
        href: format!("/register/{}", row.id),
        name: pieces(Topic::NAME, &row.name),
        product: (!product.is_empty() && product != row.name).then_some(product.clone()),
        vendor: match &vendor {
            Some(vendor) => pieces(Topic::VENDOR, vendor),
            None => Vec::new(),
        },
        kind: known("kind", &row.kind),
        default_state: said("default_state"),
        trains: said("trains_on_customer_data"),
        tier: tier.map(|tier| words::value(renderer, "tier", STRICTEST[tier])),
        tier_stands_out: tier.is_some_and(|tier| tier < 2),
        status: words::value(renderer, "status", &row.status),
        status_kind: status_kind(&row.status),
        open: row.open,
        pick: format!("{}:{}", row.id, row.revision),
        changed: Moment::from(row.changed_at),
        matches: matches.collect(),
    }
}

pub(super) async fn not_in_use(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    let fields = Fields(query);
    let known = ["not_stated", UNNAMED].into_iter().find(|state| *state == fields.one("state"));
    let state = known.unwrap_or("no");
    let page: u64 = fields.one("page").parse().unwrap_or(1).max(1);
    let platform = &renderer.platform;
    let (db, scope, limit) = (platform.db.read(), may.scope(), platform.config.limits.page_rows);
    // Pages are counted to their end here.
    let all = i64::MAX.unsigned_abs();
    let mut counts = repo::register::count_uses(db, scope, all).await?;
    counts.insert(UNNAMED.to_owned(), repo::register::count_unnamed(db, scope, all).await?);
    let total = counts.get(state).copied().unwrap_or(0);
    let offset = (page - 1).saturating_mul(limit);
    let rows =
        if offset < total { repo::register::statements(db, scope, state, offset, limit).await? } else { Vec::new() };
    let mut files: HashMap<Uuid, String> = HashMap::new();
    for import in rows.iter().filter_map(|row| row.import_id).collect::<BTreeSet<_>>() {
        if let Some(found) = repo::imports::get(db, &scope, ImportId(import)).await? {
            files.insert(import, found.file_name);
        }
    }
    let href = |page: u64| format!("/register/not-in-use?state={state}&page={page}");
    let shown = rows.len() as u64;
    let view = NotInUsePage {
        tally: tally(&renderer, &counts, state),
        state: renderer.text(&format!("register.uses.{state}"), &[]),
        about: renderer.text(&format!("register.not_in_use.{state}"), &[]),
        rows: rows
            .into_iter()
            .map(|row| Statement {
                unit: row.unit,
                use_case: row.use_case,
                product: row.product.unwrap_or_default(),
                users: row.users.unwrap_or_default(),
                file: row.import_id.and_then(|id| files.get(&id)).cloned().unwrap_or_default(),
                place: row.place,
                href: row.import_id.map(|id| format!("/register/imports/{id}")),
            })
            .collect(),
        pages: Pages {
            from: usize::try_from((offset + 1).min(total)).unwrap_or(usize::MAX),
            to: usize::try_from((offset + shown).min(total)).unwrap_or(usize::MAX),
            total: usize::try_from(total).unwrap_or(usize::MAX),
            previous: (page > 1).then(|| href(page - 1)),
            next: (offset + shown < total && shown > 0).then(|| href(page + 1)),
        },
    };
    let role = renderer.roles(&may.roles);
    let title = renderer.text("register.not_in_use.title", &[]);
    renderer.page(&Shell::desk(&around, &may, role, title), &view)
}
