//! Which of the recorded facts hold: what each source says now, what contradicts what, and what is shown.
//!
//! The rule, for each slot (field, plan, region, use; of a list each element):
//! 1. Of each source its newest statement counts: seen last, then recorded last. What it took back counts no more.
//! 2. A person's choice is shown as long as the fact it rests on is still what its source says. When that fact changes
//!    the choice is asked for again, and says so until a person chose.
//! 3. Otherwise the best statement is shown: checked before unchecked, surer before less sure, then by kind of source
//!    (person, evidence, answer, bill of materials, import, catalogue), then the one seen last, then by value. When
//!    statements differ, that is a conflict until a person chooses. The order in which facts came plays no part.
//! 4. An element of a list is shown when any source names it; where another source gives the list without it, that is a
//!    conflict too.

use super::fact::{Check, Choice, Fact, Slot, Source};
use super::field::{BY_PLAN, Field, Shape};
use crate::ids::UseId;
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What a source says of a slot now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current<'a> {
    /// The newest fact.
    pub fact: &'a Fact,
    /// All facts of the source that say the same without interruption, this one included, newest first.
    pub run: Vec<Uuid>,
    /// From when on it is so: the earliest day that the run names.
    pub as_of: Date,
    /// The check that holds, if the statement was checked.
    pub check: Option<&'a Check>,
}

/// How it comes that a value is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// All who say something say the same.
    Agreed,
    /// Sources differ; the best is shown until a person chooses.
    Conflict,
    /// A person chose.
    Chosen,
    /// A person had chosen; the fact that the choice rested on has changed since. The best is shown until they choose
    /// again.
    AskAgain,
}

impl Ground {
    /// Its name in the API and wording.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Conflict => "conflict",
            Self::Chosen => "chosen",
            Self::AskAgain => "ask_again",
        }
    }

    /// A person is waited for.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Conflict | Self::AskAgain)
    }
}

/// A slot, settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled<'a> {
    /// What is spoken of.
    pub slot: Slot,
    /// What each source says, the best first; empty only where a choice is left and nothing to choose from.
    pub says: Vec<Current<'a>>,
    /// Which of them is shown; none where a person chose none.
    pub shown: Option<usize>,
    /// Why.
    pub ground: Ground,
    /// The newest choice, whether it still holds or not.
    pub choice: Option<&'a Choice>,
    /// The choice holds, and a statement came since that differs from it.
    pub contested: bool,
    /// Of a list: sources that give the list without this element.
    pub left_out_by: Vec<&'a Source>,
}

impl<'a> Settled<'a> {
    /// The fact that is shown.
    pub fn fact(&self) -> Option<&'a Fact> {
        self.shown.map(|n| self.says[n].fact)
    }

    /// The value that is shown.
    pub fn value(&self) -> Option<&'a str> {
        self.fact().map(|fact| fact.said.value.as_str())
    }
}

/// Settles everything recorded of an entry and its uses, in the order of slots. The order of what is given plays no part.
pub fn settle<'a>(facts: &'a [Fact], choices: &'a [Choice], checks: &'a [Check]) -> Vec<Settled<'a>> {
    let mut by_slot: BTreeMap<Slot, BTreeMap<String, Vec<&'a Fact>>> = BTreeMap::new();
    for fact in facts {
        by_slot.entry(fact.slot()).or_default().entry(fact.source.key()).or_default().push(fact);
    }
    let mut newest_check: BTreeMap<Uuid, &'a Check> = BTreeMap::new();
    for check in checks {
        let known = newest_check.entry(check.fact).or_insert(check);
        if (check.at, check.id) > (known.at, known.id) {
            *known = check;
        }
    }
    let mut newest_choice: BTreeMap<&'a Slot, &'a Choice> = BTreeMap::new();
    for choice in choices {
        let known = newest_choice.entry(&choice.slot).or_insert(choice);
        if (choice.at, choice.id) > (known.at, known.id) {
            *known = choice;
        }
        by_slot.entry(choice.slot.clone()).or_default();
    }

    let mut said: BTreeMap<Slot, Vec<Current<'a>>> = BTreeMap::new();
    for (slot, sources) in by_slot {
        let mut says: Vec<Current<'a>> =
            sources.into_values().filter_map(|facts| current(facts, &newest_check)).collect();
        says.sort_by(|a, b| better(b, a));
        said.insert(slot, says);
    }
    let lists = lists(&said);
    said.into_iter()
        .filter_map(|(slot, says)| {
            let choice = newest_choice.get(&slot).copied();
            (choice.is_some() || !says.is_empty()).then(|| {
                let left_out_by = left_out_by(&slot, &says, &lists);
                one(slot, says, choice, left_out_by)
            })
        })
        .collect()
}

/// What one source says of a slot now; `None` when it took back what it said.
fn current<'a>(mut facts: Vec<&'a Fact>, checks: &BTreeMap<Uuid, &'a Check>) -> Option<Current<'a>> {
    facts.sort_by_key(|fact| std::cmp::Reverse((fact.last_seen, fact.recorded_at, fact.id)));
    let newest = *facts.first().filter(|fact| !fact.taken_back)?;
    let value = newest.said.field.compared(&newest.said.value);
    let run: Vec<&'a Fact> = facts
        .into_iter()
        .take_while(|fact| !fact.taken_back && fact.said.field.compared(&fact.said.value) == value)
        .collect();
    let as_of = run.iter().map(|fact| fact.as_of()).min().unwrap_or(newest.last_seen);
    let check = run.iter().filter_map(|fact| checks.get(&fact.id).copied()).max_by_key(|check| (check.at, check.id));
    let run = run.iter().map(|fact| fact.id).collect();
    Some(Current { fact: newest, run, as_of, check: check.filter(|check| check.holds) })
}

/// Orders what sources say; the greater is shown.
fn better(a: &Current<'_>, b: &Current<'_>) -> std::cmp::Ordering {
    let rank = |c: &Current<'_>| (c.check.is_some(), c.fact.said.certainty, c.fact.source.weight(), c.fact.last_seen);
    rank(a)
        .cmp(&rank(b))
        .then_with(|| b.fact.said.value.cmp(&a.fact.said.value))
        .then_with(|| b.fact.source.key().cmp(&a.fact.source.key()))
}

/// Of each list: the sources that give it, people aside (they add and strike single elements).
fn lists<'a>(said: &BTreeMap<Slot, Vec<Current<'a>>>) -> BTreeMap<Slot, BTreeMap<String, &'a Source>> {
    let mut lists: BTreeMap<Slot, BTreeMap<String, &'a Source>> = BTreeMap::new();
    for (slot, says) in said.iter().filter(|(slot, _)| slot.element.is_some()) {
        let sources = lists.entry(slot.whole()).or_default();
        let given = says.iter().map(|current| &current.fact.source);
        sources.extend(
            given.filter(|source| !matches!(source, Source::Person { .. })).map(|source| (source.key(), source)),
        );
    }
    lists
}

fn left_out_by<'a>(
    slot: &Slot,
    says: &[Current<'a>],
    lists: &BTreeMap<Slot, BTreeMap<String, &'a Source>>,
) -> Vec<&'a Source> {
    if slot.element.is_none() || says.is_empty() {
        return Vec::new();
    }
    let naming: BTreeSet<String> = says.iter().map(|current| current.fact.source.key()).collect();
    let giving = lists.get(&slot.whole()).into_iter().flatten();
    giving.filter(|(key, _)| !naming.contains(*key)).map(|(_, source)| *source).collect()
}

fn one<'a>(
    slot: Slot,
    says: Vec<Current<'a>>,
    choice: Option<&'a Choice>,
    left_out_by: Vec<&'a Source>,
) -> Settled<'a> {
    let compared = |current: &Current<'_>| current.fact.said.field.compared(&current.fact.said.value);
    let faced = |current: &Current<'_>, choice: &Choice| current.run.iter().any(|fact| choice.facing.contains(fact));
    let agreed = says.windows(2).all(|pair| compared(&pair[0]) == compared(&pair[1])) && left_out_by.is_empty();
    let best = (!says.is_empty()).then_some(0);
    let (shown, ground, contested) = match choice {
        None => (best, if agreed { Ground::Agreed } else { Ground::Conflict }, false),
        Some(choice) => match choice.fact {
            Some(fact) => match says.iter().position(|current| current.run.contains(&fact)) {
                Some(n) => {
                    let value = compared(&says[n]);
                    let contested = says.iter().any(|current| compared(current) != value && !faced(current, choice));
                    (Some(n), Ground::Chosen, contested)
                }
                None => (best, Ground::AskAgain, false),
            },
            None if says.iter().all(|current| faced(current, choice)) => (None, Ground::Chosen, false),
            None => (best, Ground::AskAgain, false),
        },
    };
    Settled { slot, says, shown, ground, choice, contested, left_out_by }
}

/// The facts, choices and checks that were recorded up to a moment: what the register knew then.
pub fn until(
    moment: OffsetDateTime,
    facts: &[Fact],
    choices: &[Choice],
    checks: &[Check],
) -> (Vec<Fact>, Vec<Choice>, Vec<Check>) {
    (
        facts.iter().filter(|fact| fact.recorded_at <= moment).cloned().collect(),
        choices.iter().filter(|choice| choice.at <= moment).cloned().collect(),
        checks.iter().filter(|check| check.at <= moment).cloned().collect(),
    )
}

/// What is shown of a slot at two times, where that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What is spoken of.
    pub slot: Slot,
    /// What was shown; nothing where absent.
    pub before: Option<String>,
    /// What is shown; nothing where absent.
    pub after: Option<String>,
}

/// What differs between two times, in the order of slots. Of a list each element that came or went is a difference.
pub fn difference(before: &[Settled<'_>], after: &[Settled<'_>]) -> Vec<Difference> {
    let values = |settled: &[Settled<'_>]| -> BTreeMap<Slot, String> {
        settled.iter().filter_map(|one| Some((one.slot.clone(), one.value()?.to_owned()))).collect()
    };
    let (before, after) = (values(before), values(after));
    let slots: BTreeSet<&Slot> = before.keys().chain(after.keys()).collect();
    slots
        .into_iter()
        .filter(|slot| before.get(*slot) != after.get(*slot))
        .map(|slot| Difference {
            slot: slot.clone(),
            before: before.get(slot).cloned(),
            after: after.get(slot).cloned(),
        })
        .collect()
}

/// The value of a field as lists and search know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Summed {
    /// Of a field with one value.
    One(String),
    /// Of a list, sorted.
    Several(Vec<String>),
}

/// What lists and search see of an entry (`of_use` absent) or of a use: by field id, what is shown.
///
/// Where plans or regions have values of their own: of a list all elements; of any other field the value when all have
/// the same, [`BY_PLAN`] when they differ.
pub fn summary(settled: &[Settled<'_>], of_use: Option<UseId>) -> BTreeMap<&'static str, Summed> {
    let mut values: BTreeMap<&'static str, BTreeMap<String, &str>> = BTreeMap::new();
    for one in settled.iter().filter(|one| one.slot.of_use == of_use) {
        if let (Some(field), Some(value)) = (Field::named(one.slot.field), one.value()) {
            values.entry(field.id).or_default().entry(field.compared(value)).or_insert(value);
        }
    }
    values
        .into_iter()
        .map(|(id, values)| {
            let several = Field::named(id).is_some_and(|field| field.several);
            let summed = if several {
                Summed::Several(values.into_values().map(str::to_owned).collect())
            } else {
                let only = values.len() == 1;
                let first = values.into_values().next().unwrap_or_default();
                Summed::One(if only { first } else { BY_PLAN }.to_owned())
            };
            (id, summed)
        })
        .collect()
}

/// The entries that an entry names in its references, as shown: relation and entry.
pub fn references<'a>(settled: &[Settled<'a>]) -> BTreeSet<(&'static str, Uuid)> {
    settled
        .iter()
        .filter(|one| one.slot.of_use.is_none())
        .filter_map(|one| {
            let fact = one.fact().filter(|fact| fact.said.field.shape == Shape::Reference)?;
            Some((one.slot.field, Uuid::parse_str(&fact.said.value).ok()?))
        })
        .collect()
}

/// How many slots wait for a person.
pub fn open(settled: &[Settled<'_>]) -> usize {
    settled.iter().filter(|one| one.ground.is_open() || one.contested).count()
}
