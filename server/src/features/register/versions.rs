//! A newer version of a list: what it would change, and saying which list an upload is.

use super::version_views::{LineChange, LineView, VersionTab, VersionView, WhichView};
use super::{api, words};
use crate::actions::register_import::{self, Changed, Compared, VERDICTS, Version};
use crate::error::{AppError, Result};
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::fields::Fields;
use crate::web::form::Choice;
use crate::web::moment::Moment;
use crate::web::paging::last_before_more;
use crate::web::path::Id;
use crate::web::render::Renderer;
use axum::response::Redirect;
use domain::ids::ImportId;
use domain::problem::Problem;
use domain::register::Separator;
use entity::{import, import_row};
use serde_json::Value;
use std::collections::BTreeMap;

/// The verdicts that are shown where none is asked for: all but what stays.
const CHANGING: [&str; 4] = ["new", "changed", "conflict", "gone"];

/// What a newer version of a list would change, or changed.
pub(super) async fn version(
    renderer: &Renderer,
    scope: BuyerScope,
    row: &import::Model,
    fields: &Fields,
) -> Result<Option<VersionView>> {
    let Some(before) = row.follows else { return Ok(None) };
    let platform = &renderer.platform;
    let db = platform.db.read();
    let id = ImportId(row.id);
    let version = Version::of(row)?;
    let earlier = repo::imports::get(db, &scope, ImportId(before)).await?.ok_or(AppError::NotFound)?;
    let counts: BTreeMap<String, usize> =
        row.summary.get("changes").cloned().map(serde_json::from_value).transpose()?.unwrap_or_default();
    let show = VERDICTS.into_iter().find(|verdict| *verdict == fields.one("show"));
    let after = fields.one("after").parse().ok();
    let most = platform.config.limits.page_rows;
    let verdicts = show.as_ref().map_or(&CHANGING[..], std::slice::from_ref);
    let mut rows = repo::imports::some_rows(db, &scope, id, verdicts, after, most + 1).await?;
    let href = format!("/register/imports/{id}");
    let next = last_before_more(&mut rows, most).map(|last| {
        let show = show.map(|show| format!("show={show}&")).unwrap_or_default();
        format!("{href}?{show}after={}#changes", last.position)
    });
    let at = |show: Option<&str>| {
        show.map_or_else(|| format!("{href}#changes"), |show| format!("{href}?show={show}#changes"))
    };
    let mut tabs = vec![VersionTab {
        href: at(None),
        text: renderer.text("register.version.all", &[]),
        current: show.is_none(),
        count: CHANGING.iter().filter_map(|verdict| counts.get(*verdict)).sum(),
    }];
    tabs.extend(VERDICTS.into_iter().map(|verdict| VersionTab {
        href: at(Some(verdict)),
        text: renderer.text(&format!("register.bom.verdict.{verdict}"), &[]),
        current: show == Some(verdict),
        count: counts.get(verdict).copied().unwrap_or(0),
    }));
    let moved = row.state == "preview" && !repo::imports::is_newest(db, scope, ImportId(before)).await?;
    let when = Moment::from(earlier.created_at).when;
    Ok(Some(VersionView {
        list: version.list,
        before: renderer.text("register.version.before", &[("file", &earlier.file_name), ("when", &when)]),
        before_href: format!("/register/imports/{before}"),
        compared: version.compared || row.state != "preview",
        moved,
        tabs,
        lines: rows.into_iter().map(|row| line(renderer, row)).collect::<Result<_>>()?,
        next,
    }))
}

fn line(renderer: &Renderer, row: import_row::Model) -> Result<LineView> {
    let kept: Compared = serde_json::from_value(row.details)?;
    Ok(LineView {
        verdict: renderer.text(&format!("register.bom.verdict.{}", row.verdict), &[]),
        kind: match row.verdict.as_str() {
            "new" => "ok",
            "conflict" => "danger",
            "gone" => "warn",
            "unchanged" => "calm",
            _ => "info",
        },
        name: row.label,
        href: kept.component.map(|id| format!("/register/{id}")),
        cell: row.place,
        changes: kept.changes.iter().map(|found| change(renderer, found)).collect(),
    })
}

fn change(renderer: &Renderer, found: &Changed) -> LineChange {
    let word = |value: &String| words::value(renderer, &found.field, value);
    let field = match found.field.as_str() {
        "use" => renderer.text("register.version.use", &[]),
        field => words::field(renderer, field),
    };
    let other = |(value, kind): &(String, String)| {
        let source = renderer.text(&format!("register.bom.said_by.{kind}"), &[]);
        renderer.text("register.bom.other", &[("source", &source), ("value", &word(value))])
    };
    LineChange {
        field: match &found.of_use {
            Some(of) => renderer.text("register.field_of", &[("field", &field), ("of", of)]),
            None => field,
        },
        before: found.before.iter().map(word).collect(),
        after: found.after.iter().map(word).collect(),
        cell: found.cell.clone(),
        others: found.others.iter().map(other).collect(),
    }
}

/// The lists that an upload can be, where there is a choice.
pub(super) async fn which(renderer: &Renderer, scope: BuyerScope, row: &import::Model) -> Result<Option<WhichView>> {
    let lists = register_import::lists(&renderer.platform, scope).await?;
    if lists.is_empty() || row.state != "preview" {
        return Ok(None);
    }
    let mut options = vec![Choice {
        key: "new".to_owned(),
        text: renderer.text("register.version.another", &[]),
        chosen: row.follows.is_none(),
        note: None,
    }];
    for list in lists {
        let (name, when) = (Version::of(&list)?.list, Moment::from(list.applied_at.unwrap_or(list.created_at)).when);
        options.push(Choice {
            key: list.id.to_string(),
            text: renderer.text("register.version.of", &[("list", &name), ("when", &when)]),
            // One that was followed since is still this list.
            chosen: row.follows.is_some() && row.document == list.document,
            note: None,
        });
    }
    Ok(Some(WhichView { options }))
}

/// The separators that a form confirms.
pub(super) fn separators(fields: &Fields) -> Result<Vec<Separator>> {
    let read = |name: &str| {
        let known = serde_json::from_value(Value::String(name.to_owned()));
        known.map_err(|_| AppError::from(Problem::new("separator", "unknown")))
    };
    fields.all("separator").map(read).collect()
}

pub(super) async fn choose(
    may: May<may::EditRegister>,
    renderer: Renderer,
    Id(id): Id<ImportId>,
    fields: Fields,
) -> Result<Redirect> {
    let which = api::which_list(fields.one("list"))?;
    let separators = separators(&fields)?;
    register_import::choose(&renderer.platform, &may.buyer(), id, which, Some(separators)).await?;
    Ok(Redirect::to(&format!("/register/imports/{id}")))
}
