//! Rows of the register's list: the name, where it matches, and the columns that somebody chose.

use super::factsheet::status_kind;
use super::views::{Cell, Match, Row};
use super::words;
use crate::error::Result;
use crate::platform::Platform;
use crate::platform::search::{Highlight, Hit, Piece};
use crate::repo::register::Tiers;
use crate::repo::{self, BuyerScope};
use crate::web::render::Renderer;
use domain::answer::iso_date;
use domain::ids::ComponentId;
use domain::register::{Field, RELATIONS, Topic};
use entity::component;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Matches shown under an entry's name.
const MATCHES: usize = 2;
/// Characters of a cell: what is longer is read on the entry's own page.
const CHARACTERS: usize = 160;
/// Elements of a list in a cell.
const ELEMENTS: usize = 4;
/// Tiers of the EU AI Act, the strictest first.
const STRICTEST: [&str; 4] = ["unacceptable", "high", "limited", "minimal"];
/// How many of them stand out.
const STANDING_OUT: usize = 2;

/// The place of the strictest of some tiers.
fn strictest<'a>(tiers: impl Iterator<Item = &'a str> + Clone) -> Option<usize> {
    STRICTEST.iter().position(|tier| tiers.clone().any(|of| of == *tier))
}

/// What is confirmed or stated of an entry, and what rules propose beside it where that is prohibited or high-risk, and
/// stricter: in words, and how each is coloured.
pub(super) fn flags(
    renderer: &Renderer,
    stated: Option<&str>,
    tiers: Option<&Tiers>,
) -> (Option<(String, Option<&'static str>)>, Option<String>) {
    let of = |set: fn(&Tiers) -> &BTreeSet<String>| tiers.map(set).into_iter().flatten().map(String::as_str);
    let known = strictest(stated.into_iter().chain(of(|tiers| &tiers.confirmed)));
    let proposed = strictest(of(|tiers| &tiers.proposed)).filter(|place| *place < STANDING_OUT);
    let proposed = proposed.filter(|place| known.is_none_or(|known| *place < known));
    let named = |place: usize| words::value(renderer, "tier", STRICTEST[place]);
    (
        known.map(|place| (named(place), (place < STANDING_OUT).then_some("danger"))),
        proposed.map(|place| renderer.text("classification.to_confirm", &[("tier", &named(place))])),
    )
}

/// What the chosen columns of some rows show beside what stands in the rows.
#[derive(Default)]
pub(super) struct Beside {
    tiers: BTreeMap<Uuid, Tiers>,
    uses: BTreeMap<Uuid, u64>,
    names: BTreeMap<Uuid, String>,
}

impl Beside {
    /// Looks up what the columns want, and nothing else: a query for each kind, whatever the number of rows.
    pub(super) async fn of(
        platform: &Platform,
        scope: BuyerScope,
        columns: &[&'static str],
        rows: &[component::Model],
    ) -> Result<Self> {
        let (db, ids) = (platform.db.read(), || rows.iter().map(|row| ComponentId(row.id)).collect::<Vec<_>>());
        let mut beside = Self::default();
        if columns.contains(&"tier") {
            beside.tiers = repo::register::tiers_of(db, scope, &ids()).await?;
        }
        if columns.contains(&"use_count") {
            beside.uses = repo::register::count_uses_of(db, scope, &ids()).await?;
        }
        let relations = RELATIONS.iter().filter(|relation| columns.contains(relation));
        let referred = relations.flat_map(|relation| rows.iter().flat_map(|row| values(row, relation).take(ELEMENTS)));
        let referred: BTreeSet<Uuid> = referred.filter_map(|id| id.parse().ok()).collect();
        if !referred.is_empty() {
            let referred: Vec<ComponentId> = referred.into_iter().map(ComponentId).collect();
            let others = repo::register::of_ids(db, scope, &referred).await?;
            beside.names = others.into_iter().map(|row| (row.id, row.name)).collect();
        }
        Ok(beside)
    }
}

/// A row that was not searched for.
pub(super) fn unsearched(row: &component::Model) -> Hit {
    Hit { id: row.id, part: None, score: 0.0, highlights: Vec::new() }
}

/// The values of a field as the row has them.
fn values<'a>(row: &'a component::Model, id: &str) -> impl Iterator<Item = &'a str> {
    let value = row.fields.get(id);
    let of_list = value.and_then(|value| value.as_array()).into_iter().flatten().filter_map(|value| value.as_str());
    value.and_then(|value| value.as_str()).into_iter().chain(of_list)
}

fn plain(text: String) -> Vec<Piece> {
    vec![Piece { text, hit: false }]
}

/// A text with its matches where it is shown whole.
fn pieces(hit: &Hit, topic: Topic, text: &str) -> Vec<Piece> {
    let whole = hit.highlights.iter().find(|one| one.topic == topic && !one.cut_before && !one.cut_after);
    whole.map_or_else(|| plain(text.to_owned()), Highlight::pieces)
}

pub(super) fn row_view(
    renderer: &Renderer,
    hit: &Hit,
    columns: &[&'static str],
    beside: &Beside,
    row: &component::Model,
) -> Row {
    let has = |topic: Topic| columns.contains(&topic.id());
    let shown_whole = |highlight: &Highlight| {
        let is_shown = highlight.topic == Topic::NAME || (highlight.topic == Topic::VENDOR && has(Topic::VENDOR));
        is_shown && !highlight.cut_before && !highlight.cut_after
    };
    let product = values(row, "product").next().unwrap_or_default();
    let matches = hit
        .highlights
        .iter()
        .filter(|highlight| !shown_whole(highlight))
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
        name: pieces(hit, Topic::NAME, &row.name),
        product: (!product.is_empty() && product != row.name && !has(Topic::PRODUCT)).then(|| product.to_owned()),
        cells: columns.iter().map(|column| cell(renderer, hit, column, beside, row)).collect(),
        open: row.open,
        pick: format!("{}:{}", row.id, row.revision),
        matches: matches.collect(),
    }
}

fn cell(renderer: &Renderer, hit: &Hit, column: &'static str, beside: &Beside, row: &component::Model) -> Cell {
    let empty = Cell { label: words::field(renderer, column), ..Cell::default() };
    let number = |number: String| Cell { pieces: plain(number), is_number: true, ..empty.clone() };
    match column {
        "vendor" => match &row.vendor_name {
            Some(vendor) => Cell { pieces: pieces(hit, Topic::VENDOR, vendor), ..empty },
            None => empty,
        },
        "status" => Cell {
            pieces: plain(words::value(renderer, "status", &row.status)),
            badge: Some(status_kind(&row.status)),
            ..empty
        },
        "tier" => {
            let (known, proposed) = flags(renderer, values(row, "tier").next(), beside.tiers.get(&row.id));
            match known {
                Some((tier, badge)) => Cell { pieces: plain(tier), badge, proposed, ..empty },
                None => Cell { proposed, ..empty },
            }
        }
        "kind" => of_values(renderer, empty, column, beside, std::iter::once(row.kind.as_str())),
        "use_count" => number(beside.uses.get(&row.id).copied().unwrap_or_default().to_string()),
        "open" => number(row.open.to_string()),
        "since" => Cell { pieces: plain(iso_date::write(row.created_at.date())), ..empty },
        "changed" => Cell { pieces: plain(iso_date::write(row.changed_at.date())), ..empty },
        field => of_values(renderer, empty, field, beside, values(row, field)),
    }
}

/// A cell with the values of a field: the first of a long list, the beginning of a long text.
fn of_values<'a>(
    renderer: &Renderer,
    empty: Cell,
    field: &'static str,
    beside: &Beside,
    values: impl Iterator<Item = &'a str>,
) -> Cell {
    let is_reference = RELATIONS.contains(&field);
    let told = |value: &str| match is_reference {
        true => value.parse().ok().and_then(|id: Uuid| beside.names.get(&id).cloned()),
        false => Some(words::value(renderer, field, value)),
    };
    let is_choice = Field::named(field).is_some_and(|field| !field.values.is_empty());
    let known: Vec<&str> = values.filter(|value| !(is_choice && *value == "unknown")).collect();
    let shown: Vec<String> = known.iter().take(ELEMENTS).filter_map(|value| told(value)).collect();
    if shown.is_empty() {
        return empty;
    }
    let text = shown.join("; ");
    let end = text.char_indices().nth(CHARACTERS).map(|(end, _)| end);
    let text = end.map_or_else(|| text.clone(), |end| format!("{} …", text[..end].trim_end()));
    let left = known.len().saturating_sub(ELEMENTS);
    let text = match left {
        0 => text,
        left => renderer.text("register.columns.and_more", &[("shown", &text), ("count", &left)]),
    };
    Cell { pieces: plain(text), ..empty }
}
