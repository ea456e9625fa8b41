//! Searching the register as people type, and the statements about what is not in use.

use super::asked::{Asked, shown_facets, sort_text};
use super::columns::columns_view;
use super::rows::{Beside, row_view, unsearched};
use super::saved::{save_view, saved};
use super::views::{NotInUsePage, Pages, Results, ResultsView, SearchPage, SortOption, Statement, Tally, TopicView};
use super::words;
use crate::actions::{index, saved_searches};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::search::{Hit, Page, Request};
use crate::repo::register::UNNAMED;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{Caller, May, may};
use crate::web::asking::{Chosen, Question, Ranges};
use crate::web::fields::Fields;
use crate::web::form::Posted;
use crate::web::render::Renderer;
use crate::web::search_tabs::search_tabs;
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
use domain::register::{Subject, Topic};
use entity::component;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Statements of a kind are counted up to here where their number only stands beside a link: counting a million takes
/// longer than all else of the page.
const MOST_COUNTED: u64 = 10_000;
/// Columns beside the name that most screens have room for.
const FITTING: usize = 7;
/// Kept searches that are offered before the rest is a click away.
const SAVED: usize = 12;

/// What the index found, each entry read from the database under the caller's own scope. An entry whose row is gone, or
/// is not the caller's, is left out.
pub(super) async fn find(
    platform: &Platform,
    scope: BuyerScope,
    request: &Request,
) -> Result<(Page, Vec<(Hit, component::Model)>)> {
    let mut page = index::search(platform, scope, request).await?;
    let ids: Vec<ComponentId> = page.hits.iter().map(|hit| ComponentId(hit.id)).collect();
    let rows = repo::register::of_ids(platform.db.read(), scope, &ids).await?;
    let mut rows: HashMap<Uuid, component::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let hits = std::mem::take(&mut page.hits);
    let found = hits.into_iter().filter_map(|hit| rows.remove(&hit.id).map(|row| (hit, row))).collect();
    Ok((page, found))
}

pub(super) async fn page(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    shown(&may, &renderer, &around, &Asked::of(query), None).await
}

/// A form beside the list that was refused, with what was typed.
pub(super) enum Refused<'a> {
    /// The one that keeps a search.
    Save(&'a Posted),
    /// The one that chooses columns.
    Columns(&'a Posted),
}

/// The page; with what was typed into a form of it, where that was refused.
pub(super) async fn shown(
    may: &Caller,
    renderer: &Renderer,
    around: &Around,
    asked: &Asked,
    refused: Option<Refused<'_>>,
) -> Result<Response> {
    let (platform, scope) = (&renderer.platform, may.scope());
    let said = |problem: &Problem| crate::web::say::problem(&platform.wording, problem);
    let columns = saved_searches::columns_of(platform, &may.buyer()).await?;
    let outcome = match asked.request() {
        Ok((request, notes)) => find(platform, scope, &request).await.map(|found| (found, notes)),
        Err(error) => Err(error),
    };
    let (status, results) = match outcome {
        Ok(((page, found), notes)) => {
            let (hits, rows): (Vec<Hit>, Vec<component::Model>) = found.into_iter().unzip();
            let beside = Beside::of(platform, scope, &columns, &rows).await?;
            let row = |(hit, row)| row_view(renderer, hit, &columns, &beside, row);
            let rows = hits.iter().zip(&rows).map(row).collect();
            let notes = notes.iter().map(said).collect();
            let is_ordered = asked.sort.is_none() || index::orders_everything(platform);
            let unordered = (!is_ordered && page.total > MAX_OFFSET as u64)
                .then(|| renderer.text("register.export_unordered", &[("most", &MAX_OFFSET)]));
            (StatusCode::OK, ResultsView { notes, rows, unordered, ..results(renderer, asked, &page) })
        }
        Err(AppError::Invalid(problems)) => {
            let refused = Some(problems.0.iter().map(said).collect::<Vec<_>>().join(" "));
            (StatusCode::UNPROCESSABLE_ENTITY, ResultsView { refused, ..ResultsView::default() })
        }
        // The register itself is there: the entries that came first, unsearched.
        Err(AppError::SearchDown(reason)) => {
            tracing::warn!(reason, "the register is shown without search");
            let mut rows = repo::register::page(platform.db.read(), scope, None, Asked::ROWS as u64).await?;
            // No search would find them.
            rows.retain(|row| !row.withdrawn);
            let beside = Beside::of(platform, scope, &columns, &rows).await?;
            let row = |row: &component::Model| row_view(renderer, &unsearched(row), &columns, &beside, row);
            (StatusCode::OK, ResultsView { rows: rows.iter().map(row).collect(), ..unsearched_results(asked) })
        }
        Err(error) => return Err(error),
    };
    let found = (status == StatusCode::OK && !results.down).then_some(results.pages.total as u64);
    let results = ResultsView {
        tabs: search_tabs(renderer, may, Subject::Entries, &asked.text, found).await,
        columns: columns.iter().map(|column| words::field(renderer, column)).collect(),
        is_wide: columns.len() > FITTING,
        may_edit: may.may(Permission::EditRegister),
        asked: asked.kept_as(),
        save: save_view(
            renderer,
            asked,
            match &refused {
                Some(Refused::Save(posted)) => Some(*posted),
                _ => None,
            },
        ),
        ..results
    };
    let mut response = if around.fragment.as_deref() == Some("results") && status == StatusCode::OK {
        renderer.page(&Shell::plain(around, ""), &Results { results })?.into_response()
    } else {
        let counts = repo::register::count_uses(platform.db.read(), scope, MOST_COUNTED + 1).await?;
        let waiting = repo::register::count_open(platform.db.read(), scope).await?;
        let any = repo::register::any(platform.db.read(), scope).await?;
        let mut saved = saved(may, renderer).await?;
        let more_saved = saved.len() > SAVED;
        saved.truncate(SAVED);
        let view = SearchPage {
            q: asked.text.clone(),
            kept: asked.kept(true),
            topics: topics(renderer),
            sorts: sorts(renderer, asked.sort.as_deref()),
            tally: tally(renderer, &counts, "yes"),
            is_empty: !any,
            has_statements: counts.values().any(|count| *count > 0),
            proposals: (waiting > 0)
                .then(|| renderer.counted("register.proposals.wait", i64::try_from(waiting).unwrap_or(i64::MAX))),
            may_import: may.may(Permission::EditRegister),
            standing_out: standing_out(renderer, scope).await?,
            saved,
            more_saved,
            columns: columns_view(
                may,
                renderer,
                &columns,
                match &refused {
                    Some(Refused::Columns(posted)) => Some(*posted),
                    _ => None,
                },
            ),
            results,
        };
        let role = renderer.roles(&may.roles);
        let title = renderer.text("register.title", &[]);
        renderer.page(&Shell::desk(around, may, role, title), &view)?.into_response()
    };
    *response.status_mut() = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { status };
    response.headers_mut().insert(VARY, HeaderValue::from_static("X-Fragment"));
    Ok(response)
}

/// What stands around the first entries while nothing can be searched. The whole register can be taken away all the same.
fn unsearched_results(asked: &Asked) -> ResultsView {
    let taken = |format| if asked.is_everything() { asked.export(format) } else { String::new() };
    ResultsView { down: true, export_csv: taken("csv"), export_xlsx: taken("xlsx"), ..ResultsView::default() }
}

/// The fields that the language knows, for its help.
fn topics(renderer: &Renderer) -> Vec<TopicView> {
    let view = |topic: Topic| TopicView { id: topic.id().to_owned(), text: words::field(renderer, topic.id()) };
    Topic::all().map(view).collect()
}

fn sorts(renderer: &Renderer, chosen: Option<&str>) -> Vec<SortOption> {
    let option = |key: &str| SortOption {
        key: key.to_owned(),
        text: sort_text(renderer, key),
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

fn results(renderer: &Renderer, asked: &Asked, page: &Page) -> ResultsView {
    let (pages, beyond) = asked.pages(page.total);
    ResultsView {
        kept: asked.kept(false),
        action: "/register".to_owned(),
        ranges: asked.range_views(renderer, Topic::all()),
        export_csv: asked.export("csv"),
        export_xlsx: asked.export("xlsx"),
        found: renderer.counted("register.found", i64::try_from(page.total).unwrap_or(i64::MAX)),
        chips: asked.chips(renderer),
        clear_href: asked.href(&Chosen::new(), &Ranges::new(), 1, None),
        facets: shown_facets().filter_map(|facet| asked.facet(renderer, page, facet)).collect(),
        pages,
        is_asked: !asked.is_everything(),
        beyond,
        ..ResultsView::default()
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
    let imports: BTreeSet<ImportId> = rows.iter().filter_map(|row| row.import_id).map(ImportId).collect();
    let files = repo::imports::files(db, &scope, imports).await?;
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
