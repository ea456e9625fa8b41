//! Uses: which of a list's rows are those that it had before, and what it says of them now.

use super::super::super::register;
use super::super::staging::Telling;
use super::entry::{compared, fact, is_again, is_touched};
use super::{Changed, Ground, LABEL, Met, Outcome};
use domain::ids::{ImportId, UseId};
use domain::register::fold::folded;
use domain::register::{Fact, Source, Statement, restate, says};
use entity::ai_use;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What a list says of a use.
const OF_USE: [&str; 3] = ["use_case", "unit", "users"];

fn called(row: &ai_use::Model) -> String {
    let mut label: String = row.use_case.chars().take(LABEL).collect();
    if !row.unit.is_empty() {
        label = format!("{label} ({})", row.unit);
    }
    label
}

pub(super) fn came_or_went(row: &ai_use::Model, came: bool) -> Changed {
    let (before, after) = if came { (Vec::new(), vec![called(row)]) } else { (vec![called(row)], Vec::new()) };
    let cell = came.then(|| row.place.clone());
    Changed { field: "use".to_owned(), of_use: None, cell, before, after, others: Vec::new() }
}

/// What the list says of a use, as facts keep it.
fn use_stated(row: &ai_use::Model, list: &str, import: Uuid) -> Vec<(Statement, Source)> {
    let source = || Source::Import { import: ImportId(import), list: list.to_owned(), cell: row.place.clone() };
    let told = [("use_case", Some(&row.use_case)), ("unit", Some(&row.unit)), ("users", row.users.as_ref())];
    let statement = |(field, text): (&str, Option<&String>)| {
        let text: String = text?.chars().take(domain::register::field::MAX_VALUE).collect();
        Some((Statement::new(field, &text).ok()?, source()))
    };
    told.into_iter().filter_map(statement).collect()
}

/// A use that the list names still.
pub(super) fn use_said_again(
    telling: &Telling<'_>,
    ground: &Ground,
    there: &Met,
    (before, now): (&ai_use::Model, ai_use::Model),
    outcome: &mut Outcome,
    told: &mut Vec<(UseId, Changed)>,
) {
    let id = UseId(before.id);
    let mut facts: Vec<Fact> = there.record.facts.iter().filter(|fact| fact.of_use == Some(id)).cloned().collect();
    // What the earlier version said stands in the row alone, until somebody says more.
    if let (true, Some(edition)) = (facts.is_empty(), before.import_id.and_then(|id| ground.editions.get(&id))) {
        let earlier = use_stated(before, &telling.list, edition.id).into_iter().map(|(said, source)| Fact {
            id: telling.platform.clock.id(),
            of_use: Some(id),
            said,
            taken_back: false,
            last_seen: edition.created_at.date(),
            source,
            recorded_at: edition.applied_at.unwrap_or(edition.created_at),
            recorded_by: register::by(telling.by.actor),
        });
        facts.extend(earlier);
    }
    let is_told = there.record.facts.iter().any(|fact| fact.of_use == Some(id));
    let said = compared(&facts, Some(id), &ground.key);
    let statements = use_stated(&now, &telling.list, telling.import.id);
    let found = restate(&facts, Some(id), &ground.key, &statements, &OF_USE.into(), telling.seen);
    let (again, otherwise): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| is_again(found, Some(id), &said));
    let same_product = before.product == now.product;
    if otherwise.is_empty() && same_product {
        if is_told {
            outcome.again.extend(again.into_iter().map(|found| fact(telling, Some(id), found)));
        }
        if !before.visible {
            outcome.uses.push(ai_use::Model { visible: true, ..before.clone() });
        }
        return;
    }
    let of_use = Some(called(before));
    let value = |field: &str, statements: &[(Statement, Source)]| -> Vec<String> {
        statements.iter().filter(|(said, _)| said.field.id == field).map(|(said, _)| said.value.clone()).collect()
    };
    let earlier: Vec<(Statement, Source)> =
        says(&facts, Some(id), &ground.key).into_iter().map(|fact| (fact.said.clone(), fact.source.clone())).collect();
    let fields: BTreeSet<&str> = otherwise.iter().map(|found| found.said.field.id).collect();
    for field in fields {
        let (before, after) = (value(field, &earlier), value(field, &statements));
        let cell = Some(now.place.clone());
        told.push((
            id,
            Changed { field: field.to_owned(), of_use: of_use.clone(), cell, before, after, others: Vec::new() },
        ));
    }
    if !same_product {
        let (before, after) = (before.product.clone().into_iter().collect(), now.product.clone().into_iter().collect());
        let cell = Some(now.place.clone());
        told.push((id, Changed { field: "product".to_owned(), of_use, cell, before, after, others: Vec::new() }));
    }
    if !is_told {
        outcome.facts.extend(facts);
    }
    outcome.facts.extend(again.into_iter().chain(otherwise).map(|found| fact(telling, Some(id), found)));
    outcome.uses.push(ai_use::Model {
        place: now.place,
        unit: now.unit,
        use_case: now.use_case,
        product: now.product,
        users: now.users,
        visible: true,
        ..before.clone()
    });
}

/// A use that the list names no more.
pub(super) fn use_left_out(
    telling: &Telling<'_>,
    ground: &Ground,
    there: &Met,
    row: &ai_use::Model,
    outcome: &mut Outcome,
) -> Option<Changed> {
    if !row.visible {
        return None;
    }
    let id = Some(UseId(row.id));
    if is_touched(there, row, &ground.key) {
        let found = restate(&there.record.facts, id, &ground.key, &[], &OF_USE.into(), telling.seen);
        if found.is_empty() {
            return None;
        }
        outcome.facts.extend(found.into_iter().map(|found| fact(telling, id, found)));
        outcome.uses.push(row.clone());
    } else {
        outcome.uses.push(ai_use::Model { visible: false, ..row.clone() });
    }
    Some(came_or_went(row, false))
}

/// Rows that name no entry.
pub(super) fn statements(
    known: Vec<ai_use::Model>,
    now: Vec<ai_use::Model>,
) -> Vec<(&'static str, String, String, Outcome)> {
    let mut found = Vec::new();
    for (before, now) in pair(&known, now, false) {
        let before = before.map(|n| &known[n]);
        let hidden = |row: &ai_use::Model| ai_use::Model { visible: false, ..row.clone() };
        let (verdict, label, place, outcome) = match (before, now) {
            (None, Some(now)) => {
                let (label, place) = (called(&now), now.place.clone());
                ("new", label, place, Outcome { new_uses: vec![now], ..Outcome::default() })
            }
            (Some(before), Some(now)) if same(before, &now) => {
                let back = (!before.visible).then(|| ai_use::Model { visible: true, ..before.clone() });
                let verdict = if back.is_some() { "changed" } else { "unchanged" };
                (verdict, called(&now), now.place, Outcome { uses: back.into_iter().collect(), ..Outcome::default() })
            }
            (Some(before), Some(now)) => {
                let fields = [
                    ("unit", Some(&before.unit), Some(&now.unit)),
                    ("product", before.product.as_ref(), now.product.as_ref()),
                    ("users", before.users.as_ref(), now.users.as_ref()),
                ];
                let change = |(field, before, after): (&str, Option<&String>, Option<&String>)| Changed {
                    field: field.to_owned(),
                    of_use: None,
                    cell: Some(now.place.clone()),
                    before: before.cloned().into_iter().collect(),
                    after: after.cloned().into_iter().collect(),
                    others: Vec::new(),
                };
                let changes = fields.into_iter().filter(|(_, before, after)| before != after).map(change).collect();
                let (label, place) = (called(&now), now.place.clone());
                // Nothing that was stated is written over: the row that said so stays, unseen.
                let uses = if before.visible { vec![hidden(before)] } else { Vec::new() };
                ("changed", label, place, Outcome { changes, uses, new_uses: vec![now], ..Outcome::default() })
            }
            (Some(before), None) if before.visible => (
                "gone",
                called(before),
                before.place.clone(),
                Outcome { uses: vec![hidden(before)], ..Outcome::default() },
            ),
            _ => continue,
        };
        found.push((verdict, place, label, Outcome { verdict, ..outcome }));
    }
    found
}

fn same(before: &ai_use::Model, now: &ai_use::Model) -> bool {
    let all = |row: &ai_use::Model| {
        (row.in_use.clone(), row.unit.clone(), row.use_case.clone(), row.product.clone(), row.users.clone())
    };
    all(before) == all(now)
}

/// Which known use each of the list's is, by its index; those of either side that have none stand alone. The last two
/// that are left of an entry are one.
pub(super) fn pair(
    known: &[ai_use::Model],
    now: Vec<ai_use::Model>,
    of_one_entry: bool,
) -> Vec<(Option<usize>, Option<ai_use::Model>)> {
    type Words = Vec<String>;
    let words = |row: &ai_use::Model, how: usize| -> Words {
        let (product, users) = (row.product.clone().unwrap_or_default(), row.users.clone().unwrap_or_default());
        let all = [row.in_use.clone(), folded(&row.use_case), folded(&row.unit), folded(&product), users];
        all.into_iter().take(how).collect()
    };
    let mut found: Vec<Option<usize>> = vec![None; now.len()];
    let mut taken = vec![false; known.len()];
    for (how, visible) in [(5, true), (3, true), (2, true), (5, false)] {
        let mut by_words: HashMap<Words, Vec<usize>> = HashMap::new();
        for (k, row) in known.iter().enumerate().rev().filter(|(k, row)| !taken[*k] && row.visible == visible) {
            by_words.entry(words(row, how)).or_default().push(k);
        }
        for (n, row) in now.iter().enumerate() {
            if found[n].is_none()
                && let Some(k) = by_words.get_mut(&words(row, how)).and_then(Vec::pop)
            {
                (found[n], taken[k]) = (Some(k), true);
            }
        }
    }
    let free: Vec<usize> = (0..known.len()).filter(|k| !taken[*k] && known[*k].visible).collect();
    let coming: Vec<usize> = (0..now.len()).filter(|n| found[*n].is_none()).collect();
    if let ([k], [n], true) = (&free[..], &coming[..], of_one_entry) {
        (found[*n], taken[*k]) = (Some(*k), true);
    }
    let mut pairs: Vec<_> = found.into_iter().zip(now).map(|(known, now)| (known, Some(now))).collect();
    pairs.extend((0..known.len()).filter(|k| !taken[*k]).map(|k| (Some(k), None)));
    pairs
}
