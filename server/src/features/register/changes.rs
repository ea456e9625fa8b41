//! What changed in the register since a day: new entries, and what entries show now that they did not show then.

use super::history_api::{day_at, end_of};
use super::rows::flags;
use super::told::{Names, Teller};
use super::views::{Crumb, moment, texts};
use crate::error::{AppError, Result};
use crate::repo::register::Tiers;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::fields::Fields;
use crate::web::form::{ErrorLink, Field as Input, Posted};
use crate::web::moment::{Moment, rfc3339};
use crate::web::paging::last_before_more;
use crate::web::query::address;
use crate::web::render::{Renderer, View};
use crate::web::shell::Around;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::ComponentId;
use domain::problem::Problems;
use domain::register::{Difference, difference, settle, until};
use entity::{ai_use, component};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Entries on a page.
const ROWS: u64 = 25;
/// Differences that are shown of an entry; the rest is a click away.
const SHOWN: usize = 6;

/// What an entry shows now and did not show then.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ChangeView {
    label: String,
    before: Option<String>,
    after: Option<String>,
}

/// An entry that changed.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ChangedRow {
    href: String,
    name: String,
    vendor: Option<String>,
    /// It came since.
    is_new: bool,
    /// It was left out since: nobody names it any more.
    is_left: bool,
    /// It had been left out, and is named again.
    is_back: bool,
    /// Fields that a new entry states, in words.
    states: Option<String>,
    changes: Vec<ChangeView>,
    /// More than are shown, in words.
    more: Option<String>,
    /// Every difference.
    difference: String,
    moment: Moment,
    /// What is confirmed or stated of it, where it is prohibited or high-risk.
    standing_out: Option<String>,
    /// The same where rules propose it and nobody confirmed it.
    proposed: Option<String>,
}

/// The page.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ChangesPage {
    crumbs: Vec<Crumb>,
    errors: Vec<ErrorLink>,
    from: Input,
    rows: Vec<ChangedRow>,
    /// Earlier ones.
    next: Option<String>,
}

impl View for ChangesPage {
    const TEMPLATE: &'static str = "pages/register/changes";

    fn samples() -> Vec<Self> {
        let row = |text: &str, is_new: bool| ChangedRow {
            href: "/register/1".into(),
            name: text.into(),
            vendor: Some(text.into()),
            is_new,
            is_left: is_new,
            is_back: !is_new,
            states: is_new.then(|| text.into()),
            changes: vec![ChangeView { label: text.into(), before: Some(text.into()), after: None }; 2],
            more: Some(text.into()),
            difference: "/register/1/difference?from=2026-11-01".into(),
            moment: moment(),
            standing_out: is_new.then(|| text.into()),
            proposed: Some(text.into()),
        };
        let page = |text: &str| Self {
            crumbs: vec![Crumb { href: "/register".into(), text: text.into() }],
            errors: Vec::new(),
            from: Input {
                id: "from".into(),
                name: "from".into(),
                label: text.into(),
                kind: "date",
                ..Input::default()
            },
            rows: vec![
                row(text, true),
                row(text, false),
                ChangedRow { name: text.into(), is_left: true, ..ChangedRow::default() },
                ChangedRow { name: text.into(), ..ChangedRow::default() },
            ],
            next: Some("/register/changes".into()),
        };
        let empty = Self { rows: Vec::new(), next: None, ..page("empty") };
        texts().iter().map(|text| page(text)).chain([empty]).collect()
    }
}

/// The first day of the month.
pub(super) fn month_of(today: Date) -> Date {
    today.replace_day(1).unwrap_or(today)
}

/// The entry after which a page begins, out of an address: what is none begins at the top.
fn before_of(fields: &Fields) -> Option<(OffsetDateTime, ComponentId)> {
    let moment = OffsetDateTime::parse(fields.one("before"), &Rfc3339).ok()?;
    Some((moment, fields.one("entry").parse().ok()?))
}

pub(super) async fn page(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let (db, scope) = (renderer.platform.db.read(), may.scope());
    let today = renderer.platform.clock.today();
    let mut fields = Fields(query);
    if !fields.has("from") {
        fields.0.push(("from".to_owned(), iso_date::write(month_of(today))));
    }
    let before = before_of(&fields);
    let (since, wrong) = match day_at("from", fields.one("from")) {
        Ok(day) => (Some(day), Vec::new()),
        Err(AppError::Invalid(problems)) => (None, problems.0),
        Err(other) => return Err(other),
    };
    let mut entries = match since {
        Some(day) => repo::register::changed_since(db, scope, day.midnight().assume_utc(), before, ROWS + 1).await?,
        None => Vec::new(),
    };
    let from = fields.one("from").to_owned();
    let next = last_before_more(&mut entries, ROWS).map(|last| {
        let (moment, entry) = (rfc3339(last.changed_at), last.id.to_string());
        address("/register/changes", [("from", from.as_str()), ("before", moment.as_str()), ("entry", entry.as_str())])
    });
    let rows = match since {
        Some(day) => rows(&renderer, scope, day, entries).await?,
        None => Vec::new(),
    };
    let problems = Problems(wrong);
    let status = if problems.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let posted = Posted::refused(&renderer, fields, &problems);
    let view = ChangesPage {
        crumbs: vec![Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) }],
        from: Input {
            kind: "date",
            required: true,
            max: Some(iso_date::write(today)),
            ..posted.field("from", renderer.text("register.changes.since", &[]))
        },
        errors: posted.errors(),
        rows,
        next,
    };
    let title = renderer.text("register.changes.title", &[]);
    Ok((status, renderer.page(&renderer.desk(&around, &may, title), &view)?).into_response())
}

async fn rows(
    renderer: &Renderer,
    scope: BuyerScope,
    since: Date,
    entries: Vec<component::Model>,
) -> Result<Vec<ChangedRow>> {
    let db = renderer.platform.db.read();
    let ids: Vec<ComponentId> = entries.iter().map(|row| ComponentId(row.id)).collect();
    let records = repo::register::records(db, scope, &ids).await?;
    let uses = repo::register::uses_of(db, scope, &ids).await?;
    let names = Arc::new(Names::of(renderer, scope, records.values(), &uses).await?);
    let mut own: BTreeMap<Option<Uuid>, Vec<&ai_use::Model>> = BTreeMap::new();
    for of_entry in &uses {
        own.entry(of_entry.component_id).or_default().push(of_entry);
    }
    let mut tiers = repo::register::tiers_of(db, scope, &ids).await?;
    let nothing = repo::register::Record::default();
    let rows = entries.into_iter().map(|entry| {
        let record = records.get(&entry.id).unwrap_or(&nothing);
        let own = own.get(&Some(entry.id)).into_iter().flatten().copied();
        let tiers = tiers.remove(&entry.id);
        row(&Teller::with(renderer, names.clone(), record, own), entry, record, (since, tiers))
    });
    Ok(rows.collect())
}

/// What an entry shows now and did not show at the end of the day before, and whether it came since.
pub(super) fn changed(
    entry: &component::Model,
    record: &repo::register::Record,
    since: Date,
) -> (bool, Vec<Difference>) {
    let eve = end_of(eve_of(since));
    let then = until(eve, &record.facts, &record.choices, &record.checks);
    (entry.created_at > eve, difference(&settle(&then.0, &then.1, &then.2), &record.settled()))
}

/// It had been left out, and is named again since that day.
pub(super) fn is_back(entry: &component::Model, since: Date) -> bool {
    !entry.withdrawn && entry.back_at.is_some_and(|back| back >= since.midnight().assume_utc())
}

/// Whether it was left out since, and is still.
pub(super) fn is_left(entry: &component::Model, since: Date) -> bool {
    entry.withdrawn_at.is_some_and(|at| at >= since.midnight().assume_utc())
}

fn eve_of(day: Date) -> Date {
    day.previous_day().unwrap_or(day)
}

fn row(
    teller: &Teller<'_>,
    entry: component::Model,
    record: &repo::register::Record,
    (since, tiers): (Date, Option<Tiers>),
) -> ChangedRow {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (is_new, found) = changed(&entry, record, since);
    let said = |field: &str, value: String| {
        let of = record.facts.iter().find(|fact| fact.said.field.id == field && fact.said.value == value);
        of.map_or(value, |fact| teller.value(fact).0)
    };
    let shown = if is_new { 0 } else { SHOWN };
    let (states, more) = match found.len() {
        stated if is_new => (Some(teller.renderer.counted("register.changes.states", count(stated))), None),
        all => (None, (all > shown).then(|| teller.renderer.counted("register.changes.more", count(all - shown)))),
    };
    let change = |one: Difference| ChangeView {
        label: teller.slot(&one.slot),
        before: one.before.map(|value| said(one.slot.field, value)),
        after: one.after.map(|value| said(one.slot.field, value)),
    };
    let stated = entry.fields.get("tier").and_then(|tier| tier.as_str());
    let (known, proposed) = flags(teller.renderer, stated, tiers.as_ref());
    ChangedRow {
        standing_out: known.and_then(|(tier, badge)| badge.map(|_| tier)),
        proposed,
        href: format!("/register/{}", entry.id),
        difference: format!("/register/{}/difference?from={}", entry.id, iso_date::write(eve_of(since))),
        is_new,
        is_left: is_left(&entry, since),
        is_back: is_back(&entry, since),
        states,
        changes: found.into_iter().take(shown).map(change).collect(),
        more,
        moment: Moment::from(entry.changed_at),
        vendor: entry.vendor_name,
        name: entry.name,
    }
}
