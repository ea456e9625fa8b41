//! Searches that people keep: offered above the results, kept below the search field, and looked after on a page.

use super::asked::{Asked, sort_text};
use super::search::{Refused, shown};
use super::views::{Crumb, SaveView, SavedView, texts};
use super::words;
use crate::actions::saved_searches::{self, Search};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::asking::range_text;
use crate::web::fields::Fields;
use crate::web::form::{ErrorLink, Field as Input, Posted};
use crate::web::moment::Moment;
use crate::web::path::Id;
use crate::web::render::{Renderer, View};
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::ids::{MemberId, SavedSearchId};
use entity::saved_search::Model;
use serde::Serialize;
use std::collections::BTreeMap;
use tower_sessions::Session;
use uuid::Uuid;

/// What the caller can use: their own first, each by name, and who shares it.
pub(super) async fn usable(caller: &Caller, renderer: &Renderer) -> Result<Vec<(Model, Option<String>)>> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let (_, owner) = saved_searches::owner(caller.actor)?;
    let rows = repo::saved_searches::usable(db, scope, owner).await?;
    let others: Vec<MemberId> =
        rows.iter().filter(|row| row.owner_id != owner).map(|row| MemberId(row.owner_id)).collect();
    let names = if others.is_empty() { BTreeMap::new() } else { repo::people::names(db, scope, others).await? };
    let owned = |row: Model| {
        let name = (row.owner_id != owner).then(|| match names.get(&MemberId(row.owner_id)) {
            Some(name) => name.clone(),
            None => renderer.text("register.by.token", &[]),
        });
        (row, name)
    };
    let (own, others): (Vec<_>, Vec<_>) = rows.into_iter().map(owned).partition(|(_, owner)| owner.is_none());
    Ok(own.into_iter().chain(others).collect())
}

/// What is offered beside the search field.
pub(super) async fn saved(caller: &Caller, renderer: &Renderer) -> Result<Vec<SavedView>> {
    let view = |(row, owner): (Model, _)| SavedView { href: href(&row), name: row.name, owner };
    Ok(usable(caller, renderer).await?.into_iter().map(view).collect())
}

/// The address of the page that asks it.
pub(super) fn href(row: &Model) -> String {
    Asked::kept_in(&row.asked).page_href()
}

/// The form that keeps what is asked; none where nothing is.
pub(super) fn save_view(renderer: &Renderer, asked: &Asked, refused: Option<&Posted>) -> Option<SaveView> {
    if asked.kept_as().is_empty() && refused.is_none() {
        return None;
    }
    let blank = Posted::default();
    let posted = refused.unwrap_or(&blank);
    let mut name = name_field(renderer, posted, "name");
    // What is wrong with the search is told where its name is asked for.
    name.error = name.error.or_else(|| posted.error("asked"));
    name.hint = Some(renderer.text("register.saved.name_hint", &[]));
    Some(SaveView { is_refused: refused.is_some(), name, shared: shared_field(renderer, posted, "shared") })
}

fn name_field(renderer: &Renderer, posted: &Posted, id: &str) -> Input {
    Input {
        id: id.to_owned(),
        required: true,
        width: Some("medium"),
        max_length: Some(renderer.platform.config.limits.name_characters),
        ..posted.field("name", renderer.text("register.saved.name", &[]))
    }
}

fn shared_field(renderer: &Renderer, posted: &Posted, id: &str) -> Input {
    Input {
        id: id.to_owned(),
        checked: posted.fields.one("shared") == "yes",
        ..posted.field("shared", renderer.text("register.saved.shared", &[]))
    }
}

pub(super) async fn save(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let asked = Asked::kept_in(fields.one("asked"));
    let search = Search {
        name: fields.one("name").to_owned(),
        asked: asked.kept_as(),
        is_shared: fields.one("shared") == "yes",
    };
    match saved_searches::save(&renderer.platform, &may.buyer(), &search, true).await {
        Ok((_, replaced)) => {
            let told = if replaced { "register.saved.replaced" } else { "register.saved.told" };
            let told = renderer.text(told, &[("name", &search.name.trim())]);
            tell(&session, "success", told).await?;
            Ok(Redirect::to(&asked.page_href()).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            shown(&may, &renderer, &around, &asked, Some(Refused::Save(&posted))).await
        }
        Err(other) => Err(other),
    }
}

/// A search on the page where one looks after them.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct SearchRow {
    name: String,
    href: String,
    /// What is asked: what is narrowed, and to what.
    asks: Vec<(String, String)>,
    is_shared: bool,
    /// Who shares it; none for one's own.
    owner: Option<String>,
    moment: Moment,
    /// Where it is changed; none for somebody else's.
    change: Option<String>,
    /// Where it is forgotten, where one may.
    remove: Option<String>,
    /// What was typed was refused.
    is_refused: bool,
    fields: Option<RowFields>,
}

/// What can be changed of a search.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct RowFields {
    name: Input,
    shared: Input,
}

/// The page where one looks after one's searches.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct SearchesPage {
    crumbs: Vec<Crumb>,
    errors: Vec<ErrorLink>,
    rows: Vec<SearchRow>,
}

impl View for SearchesPage {
    const TEMPLATE: &'static str = "pages/register/searches";

    fn samples() -> Vec<Self> {
        let input = |name: &str, text: &str| Input {
            id: name.into(),
            name: name.into(),
            label: text.into(),
            error: Some(text.into()),
            ..Input::default()
        };
        let row = |text: &str, owner: Option<String>| SearchRow {
            name: text.into(),
            href: "/register?q=x".into(),
            asks: vec![(text.into(), text.into()); 3],
            is_shared: true,
            change: owner.is_none().then(|| "/register/searches/1".into()),
            remove: Some("/register/searches/1/remove".into()),
            is_refused: true,
            fields: owner.is_none().then(|| RowFields { name: input("n", text), shared: input("s", text) }),
            owner,
            moment: super::views::moment(),
        };
        let page = |text: &str| Self {
            crumbs: vec![Crumb { href: "/register".into(), text: text.into() }],
            errors: vec![ErrorLink { href: "#n".into(), text: text.into() }],
            rows: vec![row(text, None), row(text, Some(text.into())), SearchRow::default()],
        };
        texts().iter().map(|text| page(text)).chain([Self::default()]).collect()
    }
}

pub(super) async fn list(may: May<may::Read>, renderer: Renderer, around: Around) -> Result<Response> {
    searches_page(&may, &renderer, &around, None).await
}

async fn searches_page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    refused: Option<(SavedSearchId, &Posted)>,
) -> Result<Response> {
    let may_tidy = caller.may(Permission::EditRegister);
    let rows = usable(caller, renderer).await?.into_iter().map(|(row, owner)| {
        let refused = refused.filter(|(id, _)| id.0 == row.id).map(|(_, posted)| posted);
        let is_own = owner.is_none();
        let stands = Posted::fresh(vec![
            ("name".to_owned(), row.name.clone()),
            ("shared".to_owned(), if row.shared { "yes".to_owned() } else { String::new() }),
        ]);
        let posted = refused.unwrap_or(&stands);
        SearchRow {
            href: href(&row),
            asks: asks(renderer, &Asked::kept_in(&row.asked)),
            is_shared: row.shared,
            moment: Moment::from(row.changed_at),
            change: is_own.then(|| format!("/register/searches/{}", row.id)),
            remove: (is_own || may_tidy).then(|| format!("/register/searches/{}/remove", row.id)),
            is_refused: refused.is_some(),
            fields: is_own.then(|| RowFields {
                name: name_field(renderer, posted, &field_id("name", row.id)),
                shared: shared_field(renderer, posted, &field_id("shared", row.id)),
            }),
            owner,
            name: row.name,
        }
    });
    let mut errors = refused.map_or_else(Vec::new, |(_, posted)| posted.errors());
    if let Some((id, _)) = refused {
        for error in &mut errors {
            error.href = format!("#{}", field_id(error.href.trim_start_matches('#'), id.0));
        }
    }
    let view = SearchesPage {
        crumbs: vec![Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) }],
        errors,
        rows: rows.collect(),
    };
    let title = renderer.text("register.saved.title", &[]);
    let page = renderer.page(&renderer.desk(around, caller, title), &view)?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}

fn field_id(name: &str, id: Uuid) -> String {
    format!("{name}-{id}")
}

/// What is asked, in words.
fn asks(renderer: &Renderer, asked: &Asked) -> Vec<(String, String)> {
    let text = renderer.text("register.saved.text", &[]);
    let mut asks: Vec<(String, String)> =
        (!asked.text.trim().is_empty()).then(|| (text, asked.text.clone())).into_iter().collect();
    for (facet, values) in &asked.chosen {
        let values: Vec<String> = values.iter().map(|value| words::facet_value(renderer, *facet, value)).collect();
        asks.push((words::field(renderer, facet.id()), values.join(", ")));
    }
    let ranges = asked.ranges.iter();
    asks.extend(ranges.map(|(topic, ends)| (words::field(renderer, topic.id()), range_text(renderer, ends))));
    asks.extend(asked.sort.iter().map(|sort| (renderer.text("register.sort", &[]), sort_text(renderer, sort))));
    asks
}

pub(super) async fn change(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<SavedSearchId>,
    fields: Fields,
) -> Result<Response> {
    let (_, owner) = saved_searches::owner(may.actor)?;
    let own = repo::saved_searches::get(renderer.platform.db.read(), may.scope(), owner, id).await?;
    let row = own.filter(|row| row.owner_id == owner).ok_or(AppError::NotFound)?;
    let name = fields.one("name").to_owned();
    let search = Search { name, asked: row.asked, is_shared: fields.one("shared") == "yes" };
    match saved_searches::change(&renderer.platform, &may.buyer(), id, &search).await {
        Ok(()) => {
            tell(&session, "success", renderer.text("register.saved.changed", &[])).await?;
            Ok(Redirect::to("/register/searches").into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            searches_page(&may, &renderer, &around, Some((id, &posted))).await
        }
        Err(other) => Err(other),
    }
}

pub(super) async fn remove(
    may: May<may::Read>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<SavedSearchId>,
) -> Result<Redirect> {
    saved_searches::remove(&renderer.platform, &may.buyer(), id, may.may(Permission::EditRegister)).await?;
    tell(&session, "success", renderer.text("register.saved.forgotten", &[])).await?;
    Ok(Redirect::to("/register/searches"))
}
