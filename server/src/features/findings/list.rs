//! The register of gaps across vendors.

use super::views::{Crumb, List, Row, Tally};
use crate::actions::findings::{asked, has_rules, of_row, severity};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::findings::{Filter, Place, place};
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::due::Due;
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field};
use crate::web::paging::last_before_more;
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::response::Html;
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::ids::{ContactId, EngagementId};
use domain::judging::due::earliest_running;
use domain::judging::finding::State as Stand;
use entity::finding;
use std::collections::HashMap;
use uuid::Uuid;

/// Findings on a page.
const ROWS: u64 = 50;

/// Groups of states that a list is counted and filtered by.
const GROUPS: [&str; 6] = ["live", "proposed", "vendor", "buyer", "done", "all"];

/// What narrows a list beside its group.
const NARROWING: [&str; 9] = ["q", "severity", "vendor", "engagement", "assessment", "owner", "late", "back", "state"];

fn states(group: &str) -> Vec<Stand> {
    match group {
        "proposed" => vec![Stand::Proposed],
        "vendor" => vec![Stand::Open, Stand::InAction],
        "buyer" => vec![Stand::Planned, Stand::Reported, Stand::Verified],
        "done" => vec![Stand::Closed, Stand::Dismissed],
        "all" => Vec::new(),
        // What rules propose is nobody's finding yet.
        _ => Stand::ALL.into_iter().filter(|state| state.is_live() && *state != Stand::Proposed).collect(),
    }
}

/// What the list's address says.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    fields: Fields,
}

impl Asked {
    pub(super) fn of(query: Vec<(String, String)>) -> Self {
        Self { fields: Fields(query) }
    }

    fn one(&self, name: &str) -> &str {
        self.fields.one(name)
    }

    fn group(&self) -> &str {
        GROUPS.into_iter().find(|group| *group == self.one("group")).unwrap_or("live")
    }

    pub(super) fn filter(&self, platform: &Platform) -> Filter {
        Filter {
            states: match self.one("state").parse() {
                Ok(state) => vec![state],
                Err(_) => states(self.group()),
            },
            severity: severity(self.one("severity")),
            vendor: self.one("vendor").parse().ok(),
            engagement: self.one("engagement").parse().ok(),
            assessment: self.one("assessment").parse().ok(),
            owner: self.one("owner").parse().ok(),
            due_before: self.fields.has("late").then(|| earliest_running(platform.clock.now())),
            is_back: self.fields.has("back"),
            text: self.one("q").chars().take(200).collect(),
        }
    }

    /// The address of the list with something else.
    fn href(&self, path: &str, with: &[(&str, &str)]) -> String {
        let names = NARROWING.into_iter().chain(["group"]);
        let kept = names.filter(|name| with.iter().all(|(other, _)| other != name));
        let kept = kept.map(|name| (name, self.one(name)));
        address(path, kept.chain(with.iter().copied()).filter(|(_, value)| !value.is_empty()))
    }
}

/// A place of the list in an address: the place itself and not who stands there, who may stand elsewhere when the list goes
/// on, since what closing takes off is worked out anew with each submission.
pub(super) fn written((severity, effort, reduction, id): Place) -> String {
    format!("{severity}-{effort}-{reduction}-{id}")
}

/// The place that [`written`] wrote.
pub(super) fn place_in(address: &str) -> Option<Place> {
    let mut parts = address.splitn(4, '-');
    let (severity, effort) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let reduction = parts.next()?.parse().ok().filter(|reduction: &f64| reduction.is_finite())?;
    Some((severity, effort, reduction, parts.next()?.parse().ok()?))
}

pub(super) async fn list(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    let (db, scope) = (platform.db.read(), caller.scope());
    let asked = Asked::of(query);
    let filter = asked.filter(&platform);
    let from = place_in(asked.one("after"));
    let mut found = repo::findings::page(db, scope, &filter, from, ROWS + 1).await?;
    let last = last_before_more(&mut found, ROWS).map(|row| written(place(row)));
    let vendors = repo::vendors::names(db, scope).await?;
    let tally = tally(&platform, &renderer, scope, &asked).await?;
    let proposed = tally.get(1).map_or(0, |proposed| proposed.count);
    let view = List {
        proposed: (asked.group() == "live" && !asked.fields.has("state") && proposed > 0).then(|| Crumb {
            href: asked.href("/findings", &[("group", "proposed")]),
            text: renderer.counted("finding.proposed", proposed),
        }),
        tally,
        text: Field {
            id: "q".into(),
            name: "q".into(),
            label: renderer.text("finding.list.search", &[]),
            value: asked.one("q").to_owned(),
            ..Field::default()
        },
        filters: filters(&renderer, &asked, &vendors),
        group: asked.group().to_owned(),
        is_filtered: NARROWING.iter().any(|name| asked.fields.has(name)),
        next: last.map(|last| asked.href("/findings", &[("after", &last)])),
        first: from.map(|_| asked.href("/findings", &[])),
        exports: ["csv", "xlsx"].map(|format| asked.href("/findings/export", &[("format", format)])),
        rows: rows(&renderer, scope, &found, &vendors).await?,
        may_raise: caller.may(Permission::Review),
    };
    renderer.page(&renderer.desk(&around, &caller, renderer.text("finding.list.title", &[])), &view)
}

/// Counts of the groups, under all other filters.
async fn tally(platform: &Platform, renderer: &Renderer, scope: BuyerScope, asked: &Asked) -> Result<Vec<Tally>> {
    let every = Filter { states: Vec::new(), ..asked.filter(platform) };
    let counts = repo::findings::counts(platform.db.read(), scope, &every).await?;
    let mut of_state: HashMap<Stand, i64> = HashMap::new();
    for (state, _, count) in counts {
        *of_state.entry(state.parse().map_err(AppError::internal)?).or_default() += count;
    }
    let tally = |group: &str| {
        let states = states(group);
        let counted = of_state.iter().filter(|(state, _)| states.is_empty() || states.contains(state));
        Tally {
            href: asked.href("/findings", &[("group", group)]),
            text: renderer.text(&format!("finding.group.{group}"), &[]),
            count: counted.map(|(_, count)| count).sum(),
            current: asked.group() == group,
        }
    };
    Ok(GROUPS.into_iter().map(tally).collect())
}

fn filters(renderer: &Renderer, asked: &Asked, vendors: &HashMap<Uuid, String>) -> Vec<Field> {
    let select = |name: &str, options: Vec<Choice>| Field {
        id: format!("filter-{name}"),
        name: name.to_owned(),
        label: renderer.text(&format!("finding.list.{name}"), &[]),
        blank: Some(renderer.text(&format!("finding.list.every_{name}"), &[])),
        options,
        ..Field::default()
    };
    let choice = |name: &str, key: &str, text: String| Choice {
        key: key.to_owned(),
        text,
        chosen: asked.one(name) == key,
        ..Choice::default()
    };
    let severities = ["major", "minor", "observation"]
        .map(|key| choice("severity", key, renderer.text(&format!("finding.severity.{key}"), &[])));
    let mut of_vendor: Vec<Choice> =
        vendors.iter().map(|(id, name)| choice("vendor", &id.to_string(), name.clone())).collect();
    of_vendor.sort_by(|a, b| a.text.cmp(&b.text));
    let late = vec![choice("late", "yes", renderer.text("finding.list.only_late", &[]))];
    let back = vec![choice("back", "yes", renderer.text("finding.list.only_back", &[]))];
    vec![select("severity", severities.into()), select("vendor", of_vendor), select("late", late), select("back", back)]
}

/// Findings as lists show them.
pub(super) async fn rows(
    renderer: &Renderer,
    scope: BuyerScope,
    found: &[finding::Model],
    vendors: &HashMap<Uuid, String>,
) -> Result<Vec<Row>> {
    let (db, now) = (renderer.platform.db.read(), renderer.platform.clock.now());
    let engagements: Vec<EngagementId> = found.iter().map(|row| EngagementId(row.engagement_id)).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &engagements).await?;
    let owners: Vec<ContactId> = found.iter().filter_map(|row| row.owner_contact_id.map(ContactId)).collect();
    let owners = repo::vendors::contacts_by_id(db, scope, &owners).await?;
    let asked = asked(&renderer.platform, scope, found).await?;
    let mut rows = Vec::new();
    for row in found {
        let is_live = of_row(row)?.state.is_live();
        rows.push(Row {
            href: format!("/findings/{}", row.id),
            title: row.title.clone(),
            question: asked.get(&row.id).cloned(),
            vendor: vendors.get(&row.vendor_id).cloned().unwrap_or_default(),
            engagement: engagements.get(&row.engagement_id).map(|row| row.name.clone()).unwrap_or_default(),
            severity: row.severity.clone(),
            severity_key: format!("finding.severity.{}", row.severity),
            state: row.state.clone(),
            state_key: format!("finding.state.{}", row.state),
            effort_key: row.effort.as_ref().map(|effort| format!("finding.effort.{effort}")),
            owner: row.owner_contact_id.and_then(|id| owners.get(&id)).map(|contact| contact.name.clone()),
            due: row.due_on.map(|due_on| Due::of(renderer, due_on, now, is_live)),
            reduction: row.reduction.filter(|_| is_live).map(|reduction| format!("{reduction:.1}")),
            rule_key: rule_key(row, is_live),
        });
    }
    Ok(rows)
}

/// What the rules say of a finding now, where that is worth a word.
pub(super) fn rule_key(row: &finding::Model, is_live: bool) -> Option<&'static str> {
    match (has_rules(row), row.rule_is_silent, is_live) {
        (true, true, true) => Some("finding.rule.silent"),
        (true, false, false) => Some("finding.rule.back"),
        _ => None,
    }
}
