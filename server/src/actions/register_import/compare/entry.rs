//! One entry: what a list says of it now beside what it said before, and how the entry looks then.

use super::super::super::register::{self, changes_of};
use super::super::staging::{Named, Telling};
use super::uses::{came_or_went, pair, use_left_out, use_said_again};
use super::{Changed, Ground, Met, Outcome, cell_of};
use domain::ids::UseId;
use domain::register::fold::folded;
use domain::register::{
    Fact, PRODUCT_TABLE, Restated, Slot, Source, Statement, Summed, is_named_by_others, restate, says, settle, summary,
};
use entity::{ai_use, component};
use std::collections::{BTreeMap, BTreeSet};

fn table_key() -> String {
    Source::Catalogue { entry: PRODUCT_TABLE.to_owned(), url: None }.key()
}

/// What a source says, by slot, as values are compared.
pub(super) fn compared(facts: &[Fact], of_use: Option<UseId>, key: &str) -> BTreeMap<Slot, String> {
    says(facts, of_use, key).into_iter().map(|fact| (fact.slot(), fact.said.field.compared(&fact.said.value))).collect()
}

pub(super) fn is_again(found: &Restated, of_use: Option<UseId>, said: &BTreeMap<Slot, String>) -> bool {
    !found.taken_back && said.get(&found.said.slot(of_use)) == Some(&found.said.field.compared(&found.said.value))
}

pub(super) fn fact(telling: &Telling<'_>, of_use: Option<UseId>, found: Restated) -> Fact {
    Fact {
        id: telling.platform.clock.id(),
        of_use,
        said: found.said,
        taken_back: found.taken_back,
        last_seen: telling.seen,
        source: found.source,
        recorded_at: telling.now,
        recorded_by: register::by(telling.by.actor),
    }
}

/// What a list says of an entry, as statements of its own and of the table of products.
fn stated(facts: &[Fact], key: &str) -> Vec<(Statement, Source)> {
    let of_source = facts.iter().filter(|fact| fact.source.key() == key);
    of_source.map(|fact| (fact.said.clone(), fact.source.clone())).collect()
}

/// Somebody else has spoken of a use.
pub(super) fn is_touched(there: &Met, row: &ai_use::Model, key: &str) -> bool {
    let id = Some(UseId(row.id));
    row.classification.is_some()
        || there.record.facts.iter().any(|fact| fact.of_use == id && fact.source.key() != *key)
        || there.record.choices.iter().any(|choice| choice.slot.of_use == id)
}

/// An entry that the list names still.
pub(super) fn held_against(
    telling: &Telling<'_>,
    ground: &Ground,
    named: &Named,
    there: Met,
    uses: Vec<ai_use::Model>,
) -> Outcome {
    let (key, facts) = (&ground.key, &there.record.facts);
    let statements = stated(&named.facts, key);
    let said = compared(facts, None, key);
    let fields = register::all_but_references();
    let found = restate(facts, None, key, &statements, &fields, telling.seen);
    let (again, mut otherwise): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| is_again(found, None, &said));
    let (table, of_table) = (table_key(), compared(facts, None, &table_key()));
    let vendor = BTreeSet::from(["vendor"]);
    let by_table = restate(facts, None, &table, &stated(&named.facts, &table), &vendor, telling.seen);
    let mut changes = Vec::new();
    if !otherwise.is_empty() {
        let cells = |field: &str| {
            let (_, source) = statements.iter().find(|(said, _)| said.field.id == field)?;
            cell_of(source)
        };
        changes.extend(changes_of(&there.record, key, &statements, telling.seen, telling.now).into_iter().map(|one| {
            let cell = cells(&one.field);
            Changed { field: one.field, of_use: None, cell, before: one.before, after: one.after, others: one.others }
        }));
    }
    otherwise.extend(by_table.into_iter().filter(|found| !is_again(found, None, &of_table)));
    let mut outcome = Outcome {
        facts: otherwise.into_iter().map(|found| fact(telling, None, found)).collect(),
        again: again.into_iter().map(|found| fact(telling, None, found)).collect(),
        ..Outcome::default()
    };
    let mut told: Vec<(UseId, Changed)> = Vec::new();
    for (row, of_use) in pair(&there.uses, uses, true) {
        match (row, of_use) {
            (Some(n), Some(now)) => {
                let before = &there.uses[n];
                use_said_again(telling, ground, &there, (before, now), &mut outcome, &mut told);
            }
            (None, Some(now)) => {
                changes.push(came_or_went(&now, true));
                outcome.new_uses.push(now);
            }
            (Some(n), None) => {
                if let Some(change) = use_left_out(telling, ground, &there, &there.uses[n], &mut outcome) {
                    changes.push(change);
                }
            }
            (None, None) => {}
        }
    }
    let is_back = there.row.withdrawn || !there.row.visible;
    let other_list = |fact: &Fact| matches!(fact.source, Source::Import { .. }) && fact.source.key() != *key;
    let touched = !outcome.facts.is_empty() || !outcome.uses.is_empty() || !outcome.new_uses.is_empty() || is_back;
    if touched || facts.iter().any(other_list) {
        show(named, &there, &mut outcome, &mut told, is_back || touched);
    }
    // A row that is known by its name alone is no other use for being renamed.
    let is_name = |change: &Changed| {
        change.field == "use_case"
            && change.after == [named.name.clone()]
            && changes.iter().any(|one| one.field == "name")
    };
    let told: Vec<Changed> = told.into_iter().map(|(_, change)| change).filter(|change| !is_name(change)).collect();
    changes.extend(told);
    let is_conflict = changes.iter().any(|change| !change.others.is_empty());
    outcome.verdict = match (touched, is_conflict) {
        // It was there once, and nobody sees it now.
        _ if !there.row.visible => "new",
        (_, true) => "conflict",
        (true, false) => "changed",
        (false, false) => "unchanged",
    };
    outcome.changes = changes;
    outcome
}

/// Works out how the entry and its uses look with all that is said of them now.
fn show(named: &Named, there: &Met, outcome: &mut Outcome, told: &mut [(UseId, Changed)], is_touched: bool) {
    let mut facts = there.record.facts.clone();
    facts.extend(outcome.facts.iter().chain(&outcome.again).cloned());
    let settled = settle(&facts, &there.record.choices, &there.record.checks);
    let mut row = component::Model { withdrawn: false, visible: true, ..there.row.clone() };
    let shown = summary(&settled, None);
    let before = summary(&there.record.settled(), None).remove("vendor");
    // A record may be called otherwise than the list calls it, since it was renamed or merged: it is the same still.
    if let (Some(Summed::One(vendor)), Some(_)) = (shown.get("vendor"), row.vendor_id)
        && shown.get("vendor") != before.as_ref()
        && row.vendor_name.as_deref().map(folded) != Some(folded(vendor))
    {
        (row.vendor_id, row.vendor_name) = match &named.vendor {
            Some((id, name)) if folded(name) == folded(vendor) => (Some(*id), Some(name.clone())),
            _ => (None, Some(vendor.clone())),
        };
    }
    register::show(&mut row, &settled);
    for of_use in outcome.uses.iter_mut().filter(|of_use| of_use.visible) {
        if facts.iter().any(|fact| fact.of_use == Some(UseId(of_use.id))) {
            register::show_use(of_use, &settled);
        }
    }
    for (id, change) in told {
        let slot = settled.iter().find(|one| one.slot.of_use == Some(*id) && one.slot.field == change.field);
        if let Some(other) = slot.and_then(|one| one.fact()).filter(|fact| !change.after.contains(&fact.said.value)) {
            change.others.push((other.said.value.clone(), other.source.kind().to_owned()));
        }
    }
    let looks = |row: &component::Model| {
        (row.name.clone(), row.kind.clone(), row.vendor_name.clone(), row.fields.clone(), row.open)
    };
    if is_touched || looks(&row) != looks(&there.row) {
        outcome.row = Some(row);
    }
}

/// An entry that the list names no more: it stays where others speak of it.
pub(super) fn left_out(telling: &Telling<'_>, ground: &Ground, there: Met, is_undoing: bool) -> Outcome {
    let key = &ground.key;
    let is_named = is_named_by_others(&there.record.facts, &there.record.choices, key, &there.left_out)
        || there.uses.iter().any(|row| row.visible && is_touched(&there, row, key));
    let mut outcome = Outcome { verdict: "gone", ..Outcome::default() };
    for row in &there.uses {
        let _ = use_left_out(telling, ground, &there, row, &mut outcome);
    }
    if is_named {
        let all = register::all_but_references();
        let found = restate(&there.record.facts, None, key, &[], &all, telling.seen);
        outcome.changes = changes_of(&there.record, key, &[], telling.seen, telling.now)
            .into_iter()
            .map(|one| Changed {
                field: one.field,
                of_use: None,
                cell: None,
                before: one.before,
                after: one.after,
                others: one.others,
            })
            .collect();
        outcome.facts.extend(found.into_iter().map(|found| fact(telling, None, found)));
        let mut facts = there.record.facts.clone();
        facts.extend(outcome.facts.iter().cloned());
        let settled = settle(&facts, &there.record.choices, &there.record.checks);
        let mut row = there.row.clone();
        register::show(&mut row, &settled);
        for of_use in outcome.uses.iter_mut().filter(|of_use| of_use.visible) {
            register::show_use(of_use, &settled);
        }
        outcome.row = Some(row);
    } else if is_undoing {
        outcome.row = Some(component::Model { visible: false, ..there.row });
    } else {
        // Nobody else speaks of it: what was said last stays readable.
        outcome.row = Some(component::Model { withdrawn: true, ..there.row });
    }
    outcome
}
