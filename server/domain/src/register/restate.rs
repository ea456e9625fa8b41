//! A source speaks again: which facts that makes.

use super::fact::{Choice, Fact, Slot, Source, Statement};
use crate::ids::UseId;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

/// A fact that is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restated {
    /// What is said.
    pub said: Statement,
    /// The source no longer says so.
    pub taken_back: bool,
    /// Where it is said; of what is taken back, where it was said.
    pub source: Source,
}

/// What is to be recorded when a source (`key`, [`Source::key`]) states these things about an entry or a use, seen on that
/// day. `fields` are those that it speaks about now; what it said of them before and leaves out now is taken back.
///
/// What it said before in the same words and on the same day is not recorded again; said again later, it is: then it was
/// seen last on that day. Of two statements about one slot the first counts.
pub fn restate(
    facts: &[Fact],
    of_use: Option<UseId>,
    key: &str,
    statements: &[(Statement, Source)],
    fields: &BTreeSet<&str>,
    seen: Date,
) -> Vec<Restated> {
    let newest = newest(facts, of_use, key);
    let mut heard: BTreeSet<Slot> = BTreeSet::new();
    let mut found = Vec::new();
    for (said, source) in statements {
        let slot = said.slot(of_use);
        let as_before = newest.get(&slot).is_some_and(|fact| {
            !fact.taken_back && fact.last_seen == seen && fact.said == *said && fact.source == *source
        });
        if heard.insert(slot) && !as_before {
            found.push(Restated { said: said.clone(), taken_back: false, source: source.clone() });
        }
    }
    let left_out = newest.into_iter().filter(|(slot, fact)| {
        !fact.taken_back && !heard.contains(slot) && fields.contains(slot.field) && fact.last_seen <= seen
    });
    found.extend(left_out.map(|(_, fact)| Restated {
        said: fact.said.clone(),
        taken_back: true,
        source: fact.source.clone(),
    }));
    found
}

/// The newest that a source (`key`, [`Source::key`]) recorded of each slot, what it took back among it.
fn newest<'a>(facts: &'a [Fact], of_use: Option<UseId>, key: &str) -> BTreeMap<Slot, &'a Fact> {
    let mut newest: BTreeMap<Slot, &Fact> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.of_use == of_use && fact.source.key() == key) {
        let known = newest.entry(fact.slot()).or_insert(fact);
        if is_newer(fact, known) {
            *known = fact;
        }
    }
    newest
}

/// Whether anybody but one speaker ([`Source::speaker`]) speaks of an entry or of a use of it still, or a person has chosen
/// between what is said. Nobody speaks who has taken everything back, or has left the entry out (`left_out`, of speakers):
/// what such a one said last may stand there to be read. The table of products speaks of an entry only because a list does.
pub fn is_named_by_others(facts: &[Fact], choices: &[Choice], speaker: &str, left_out: &BTreeSet<String>) -> bool {
    let counts = |fact: &&Fact| {
        let other = fact.source.speaker();
        other != speaker && !left_out.contains(&other) && !fact.source.is_product_table()
    };
    let mut newest: BTreeMap<(String, Slot), &Fact> = BTreeMap::new();
    for fact in facts.iter().filter(counts) {
        let known = newest.entry((fact.source.key(), fact.slot())).or_insert(fact);
        if is_newer(fact, known) {
            *known = fact;
        }
    }
    !choices.is_empty() || newest.values().any(|fact| !fact.taken_back)
}

fn is_newer(fact: &Fact, than: &Fact) -> bool {
    (fact.last_seen, fact.recorded_at, fact.id) > (than.last_seen, than.recorded_at, than.id)
}

/// What a source (`key`, [`Source::key`]) says now of an entry or a use, in the order of slots.
pub fn says<'a>(facts: &'a [Fact], of_use: Option<UseId>, key: &str) -> Vec<&'a Fact> {
    newest(facts, of_use, key).into_values().filter(|fact| !fact.taken_back).collect()
}
