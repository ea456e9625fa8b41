//! The search pages: what was typed, filters, what was found.

use super::views::{Results, ResultsView, Row, SearchPage};
use super::{found, rows};
use crate::error::{AppError, Result};
use crate::platform::search::{Page, Request, UNKNOWN};
use crate::web::actor::{Caller, May, may};
use crate::web::asking::{Chosen, Question, Ranges, bounds, chosen, ends, pairs, ranges};
use crate::web::fields::Fields;
use crate::web::found::{SortOption, TopicView, open_facets};
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::search_tabs::{search_address, search_tabs};
use crate::web::shell::{Around, Shell};
use axum::http::header::VARY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use domain::problem::Problem;
use domain::register::{Query as Words, RATING, Sort, Subject, Topic};

/// What is asked, as the address says it.
struct Asked {
    about: Subject,
    text: String,
    chosen: Chosen,
    ranges: Ranges,
    sort: Option<String>,
    page: usize,
    /// The facet that is shown whole.
    more: Option<String>,
}

impl Asked {
    fn of(about: Subject, caller: &Caller, query: Vec<(String, String)>) -> Self {
        let fields = Fields(query);
        let some = |name: &str| fields.has(name).then(|| fields.one(name).to_owned());
        Self {
            about,
            text: fields.one("q").to_owned(),
            chosen: chosen(&fields, open_facets(about)),
            ranges: ranges(&fields, ranged(caller, about)),
            sort: some("sort"),
            page: fields.one("page").parse().unwrap_or(1).max(1),
            more: some("more"),
        }
    }

    /// What is asked, and what of it could not be understood.
    fn request(&self) -> Result<(Request, Vec<Problem>)> {
        let (ranges, mut notes) = bounds(&self.ranges);
        let request = Request {
            about: self.about,
            query: Words::about(self.about, &self.text),
            filters: self.chosen.clone(),
            ranges,
            facets: open_facets(self.about).collect(),
            sort: self.sort.as_deref().map_or(Ok(Sort::default()), |sort| Sort::of(self.about, sort))?,
            offset: self.offset(),
            limit: Self::ROWS,
        };
        request.check()?;
        notes.splice(..0, request.query.notes.iter().cloned());
        Ok((request, notes))
    }

    /// What another form of the page keeps: filters, ranges too where it has no fields for them, text and order where it
    /// has none for those.
    fn kept(&self, with_ranges: bool) -> Vec<(String, String)> {
        let filters = pairs(&self.chosen).map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut kept: Vec<(String, String)> = filters.collect();
        if with_ranges {
            kept.extend(ends(&self.ranges));
        } else {
            kept.extend((!self.text.is_empty()).then(|| ("q".to_owned(), self.text.clone())));
            kept.extend(self.sort.clone().map(|sort| ("sort".to_owned(), sort)));
        }
        kept
    }
}

impl Question for Asked {
    const ROWS: usize = 25;

    fn chosen(&self) -> &Chosen {
        &self.chosen
    }

    fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    fn page(&self) -> usize {
        self.page
    }

    fn more(&self) -> Option<&str> {
        self.more.as_deref()
    }

    fn href(&self, chosen: &Chosen, ranges: &Ranges, page: usize, more: Option<&str>) -> String {
        let (page, ranges) = (page.to_string(), ends(ranges));
        let ranges = ranges.iter().map(|(name, end)| (name.as_str(), end.as_str()));
        let text = (!self.text.is_empty()).then_some(("q", self.text.as_str()));
        let rest = [("sort", self.sort.as_deref()), ("page", (page != "1").then_some(&*page)), ("more", more)];
        let rest = rest.into_iter().filter_map(|(name, value)| Some((name, value?)));
        address(search_address(self.about), text.into_iter().chain(pairs(chosen)).chain(ranges).chain(rest))
    }

    fn field(renderer: &Renderer, topic: Topic) -> String {
        renderer.text(&format!("search.field.{}", topic.id()), &[])
    }

    fn value(renderer: &Renderer, facet: Topic, value: &str) -> String {
        let key = match facet.id() {
            RATING if value == UNKNOWN => "rating.unscored".to_owned(),
            _ if value == UNKNOWN => "search.unknown".to_owned(),
            "severity" | "effort" => format!("finding.{}.{value}", facet.id()),
            "state" if Subject::Findings.topic("state") == Some(facet) => format!("finding.state.{value}"),
            "origin" => format!("search.origin.{value}"),
            RATING => format!("rating.{value}"),
            "state" => format!("state.{value}"),
            "stand" => format!("search.stand.{value}"),
            _ => return value.to_owned(),
        };
        if renderer.platform.wording.knows(&key) { renderer.text(&key, &[]) } else { value.to_owned() }
    }
}

/// The columns of what is found, the first of which leads to it.
fn columns(renderer: &Renderer, about: Subject) -> Vec<String> {
    let names: &[&str] = match about {
        Subject::Entries => &[],
        Subject::Vendors => &["vendor", RATING, "contacts", "since"],
        Subject::Assessments => &["vendor", "questionnaire", "state", "due", RATING],
        Subject::Answers => &["question", "answer", "vendor", "engagement", "submitted"],
        Subject::Findings => &["title", "vendor", "severity", "state", "due"],
    };
    names.iter().map(|name| renderer.text(&format!("search.field.{name}"), &[])).collect()
}

fn results(
    renderer: &Renderer,
    caller: &Caller,
    asked: &Asked,
    page: &Page,
    columns: Vec<String>,
    rows: Vec<Row>,
) -> ResultsView {
    let (pages, beyond) = asked.pages(page.total);
    let is_asked = !asked.text.trim().is_empty() || !asked.chosen.is_empty() || !asked.ranges.is_empty();
    // Where there is nothing at all, there is nothing to narrow.
    let narrows = is_asked || !rows.is_empty();
    let words = |key: &str| format!("search.{}.{key}", asked.about.id());
    ResultsView {
        found: renderer.counted(&words("found"), i64::try_from(page.total).unwrap_or(i64::MAX)),
        chips: asked.chips(renderer),
        clear_href: asked.href(&Chosen::new(), &Ranges::new(), 1, None),
        action: search_address(asked.about).to_owned(),
        kept: asked.kept(false),
        ranges: asked.range_views(renderer, ranged(caller, asked.about).filter(|_| narrows)),
        facets: open_facets(asked.about).filter_map(|topic| asked.facet(renderer, page, topic)).collect(),
        caption: renderer.text(&words("title"), &[]),
        columns,
        rows,
        pages,
        is_asked,
        nothing: renderer.text(&words("empty"), &[]),
        beyond,
        ..ResultsView::default()
    }
}

/// What was found, as a page shows it.
async fn find(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    asked: &Asked,
    request: &Request,
) -> Result<ResultsView> {
    let (platform, scope) = (&renderer.platform, caller.scope());
    let columns = columns(renderer, asked.about);
    let (page, rows): (Page, Vec<Row>) = match asked.about {
        Subject::Entries => return Err(AppError::NotFound),
        Subject::Vendors => {
            let (page, found) = found::vendors(platform, scope, request).await?;
            (page, found.into_iter().map(|(hit, one)| rows::vendor(renderer, &columns, hit, one)).collect())
        }
        Subject::Assessments => {
            let (page, found) = found::assessments(platform, scope, request).await?;
            let rows = found.into_iter().map(|(hit, one)| rows::assessment(renderer, &columns, hit, one));
            (page, rows.collect::<Result<_>>()?)
        }
        Subject::Answers => {
            let (page, found) = found::answers(platform, scope, request).await?;
            let row = |(hit, one)| rows::answer(renderer, &around.reads, &columns, hit, one);
            (page, found.into_iter().filter_map(row).collect())
        }
        Subject::Findings => {
            let (page, found) = found::findings(platform, scope, request).await?;
            let rows = found.into_iter().map(|(hit, one)| rows::finding(renderer, &columns, hit, one));
            (page, rows.collect::<Result<_>>()?)
        }
    };
    Ok(results(renderer, caller, asked, &page, columns, rows))
}

async fn page(
    about: Subject,
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    query: Vec<(String, String)>,
) -> Result<Response> {
    let asked = Asked::of(about, caller, query);
    let said = |problem: &Problem| crate::web::say::problem(&renderer.platform.wording, problem);
    let request = asked.request();
    let notes = request.as_ref().map(|(_, notes)| notes.iter().map(said).collect()).unwrap_or_default();
    let outcome = match request {
        Ok((request, _)) => find(renderer, around, caller, &asked, &request).await,
        Err(error) => Err(error),
    };
    let (status, results) = match outcome {
        Ok(results) => (StatusCode::OK, ResultsView { notes, ..results }),
        Err(AppError::Invalid(problems)) => {
            let refused = Some(problems.0.iter().map(said).collect::<Vec<_>>().join(" "));
            (StatusCode::UNPROCESSABLE_ENTITY, ResultsView { refused, ..ResultsView::default() })
        }
        Err(AppError::SearchDown(reason)) => {
            tracing::warn!(reason, "a search page is shown without search");
            let (list, key) = match about {
                Subject::Vendors => ("/vendors", "vendors.title"),
                Subject::Findings => ("/findings", "finding.list.title"),
                _ => ("/assessments", "assessments.title"),
            };
            let down = Some((list.to_owned(), renderer.text(key, &[])));
            (StatusCode::OK, ResultsView { down, ..ResultsView::default() })
        }
        Err(error) => return Err(error),
    };
    let is_found = status == StatusCode::OK && results.down.is_none();
    let tabs = search_tabs(renderer, caller, about, &asked.text, is_found.then_some(results.pages.total as u64)).await;
    let results = ResultsView { tabs, ..results };
    let mut response = if around.fragment.as_deref() == Some("results") && status == StatusCode::OK {
        renderer.page(&Shell::plain(around, ""), &Results { results })?.into_response()
    } else {
        let words = |key: &str| renderer.text(&format!("search.{}.{key}", about.id()), &[]);
        let is_open = |topic: &Topic| scope_reaches(caller, *topic) && about.called(topic.id()).is_some();
        let topics = about.topics().filter(is_open);
        let view = SearchPage {
            title: words("title"),
            about: words("about"),
            action: search_address(about).to_owned(),
            q: asked.text.clone(),
            hint: words("hint"),
            kept: asked.kept(true),
            sorts: sorts(renderer, caller, &asked),
            range_typed: match about.topic("residual") {
                Some(residual) if !scope_reaches(caller, residual) => words("range_typed_own"),
                _ => words("range_typed"),
            },
            topics: topics
                .map(|topic| TopicView { id: topic.id().into(), text: Asked::field(renderer, topic) })
                .collect(),
            results,
        };
        let title = words("title");
        renderer.page(&renderer.desk(around, caller, title), &view)?.into_response()
    };
    *response.status_mut() = status;
    response.headers_mut().insert(VARY, HeaderValue::from_static("X-Fragment"));
    Ok(response)
}

/// The caller may ask about it: it adds up nothing that only others read.
fn scope_reaches(caller: &Caller, topic: Topic) -> bool {
    caller.scope().only_owner().is_none() || !topic.about().adds_up
}

/// What the caller may ask about by range.
fn ranged(caller: &Caller, about: Subject) -> impl Iterator<Item = Topic> {
    about.topics().filter(|topic| topic.about().scale.is_some() && scope_reaches(caller, *topic))
}

fn sorts(renderer: &Renderer, caller: &Caller, asked: &Asked) -> Vec<SortOption> {
    let keys: &[&str] = match asked.about {
        Subject::Entries => &[],
        Subject::Vendors => &["relevance", "name", "-residual", "-since"],
        Subject::Assessments => &["relevance", "name", "-residual", "due", "-submitted", "-since"],
        Subject::Answers => &["relevance", "name", "-submitted"],
        Subject::Findings => &["relevance", "vendor", "due", "-raised"],
    };
    let option = |key: &&str| SortOption {
        key: (*key).to_owned(),
        text: renderer.text(&format!("search.sort.{}", key.trim_start_matches('-')), &[]),
        chosen: asked.sort.as_deref().unwrap_or("relevance") == *key,
    };
    let reaches =
        |key: &&&str| asked.about.topic(key.trim_start_matches('-')).is_none_or(|topic| scope_reaches(caller, topic));
    keys.iter().filter(reaches).map(option).collect()
}

pub(super) async fn vendors(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    page(Subject::Vendors, &caller, &renderer, &around, query).await
}

pub(super) async fn assessments(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    page(Subject::Assessments, &caller, &renderer, &around, query).await
}

pub(super) async fn answers(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    page(Subject::Answers, &caller, &renderer, &around, query).await
}

pub(super) async fn findings(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    page(Subject::Findings, &caller, &renderer, &around, query).await
}
