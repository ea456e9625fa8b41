//! A vendor submits again: which entries of the register are meant by the new rows.
//!
//! The same entry is updated, also when the vendor renamed it, so that its history, its uses and what people verified
//! about it stay with it. Recognising a renamed entry is conservative: taking two features for one would hide one of
//! them, while an entry withdrawn and added again is merely seen twice.

use super::declared::{Declared, Key};
use super::fold::folded;
use super::similar::{Bigrams, likeness};
use crate::ids::ComponentId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Names at least this alike (0..1) can be one name, changed.
const NAME_ALIKE: f64 = 0.5;
/// Purposes at least this alike (0..1) speak for one entry whatever its name.
const PURPOSE_ALIKE: f64 = 0.7;
/// A purpose shorter than this, in characters, says too little to recognise an entry by.
const PURPOSE_TELLING: usize = 20;
/// Products less alike than this are two products.
const PRODUCT_ALIKE: f64 = 0.3;
/// How alike two entries must be altogether.
const ALIKE: f64 = 0.6;
/// What standing in the same row is worth.
const SAME_ROW: f64 = 0.1;
/// A match this close to the next best is no match.
const MARGIN: f64 = 0.05;

/// An entry of the register that an earlier submission of the same assessment declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The entry.
    pub component: ComponentId,
    /// Its identity in the submission that stands.
    pub key: Key,
    /// Field id to text, as that submission declared them.
    pub fields: BTreeMap<String, String>,
    /// Its first row there, counted from 1.
    pub row: usize,
    /// No longer declared by the submission that stands: it comes back when it is declared again under the same key.
    pub withdrawn: bool,
}

/// A field whose declared text differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Its id in [`super::FIELDS`].
    pub field: String,
    /// As it was declared before.
    pub before: Option<String>,
    /// As it is declared now.
    pub after: Option<String>,
}

/// What happens to one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The entry stands as it is.
    Keep {
        /// The entry.
        component: ComponentId,
        /// Index into the declared entries: its rows may have moved.
        declared: usize,
    },
    /// The entry stands with other texts.
    Update {
        /// The entry.
        component: ComponentId,
        /// Index into the declared entries.
        declared: usize,
        /// What differs, by field id; empty when it merely comes back.
        changed: Vec<Changed>,
        /// Recognised under another kind, name, product or plan.
        renamed: bool,
        /// It had been withdrawn.
        restored: bool,
    },
    /// A new entry.
    Add {
        /// Index into the declared entries.
        declared: usize,
    },
    /// No longer declared.
    Withdraw {
        /// The entry.
        component: ComponentId,
    },
}

/// Says what a new submission does to the entries of the earlier one.
///
/// Each declared entry is in exactly one `Keep`, `Update` or `Add`, each standing one that was not withdrawn in exactly
/// one `Keep`, `Update` or `Withdraw`. Steps come in the order of the declared entries, withdrawals last in the order of
/// their former rows.
pub fn reconcile(standing: &[Standing], declared: &[Declared]) -> Vec<Step> {
    let mut order: Vec<usize> = (0..standing.len()).collect();
    order.sort_by_key(|&s| (standing[s].withdrawn, standing[s].row, standing[s].component));

    let mut pairs = Pairs::default();
    same_key(standing, declared, &order, &mut pairs);
    other_kind(standing, declared, &order, &mut pairs);
    renamed(standing, declared, &order, &mut pairs);

    let mut steps = Vec::with_capacity(standing.len() + declared.len());
    for (d, entry) in declared.iter().enumerate() {
        steps.push(match pairs.of_declared.get(&d) {
            None => Step::Add { declared: d },
            Some(&s) => {
                let old = &standing[s];
                let changed = changes(&old.fields, entry);
                let renamed = old.key != entry.key;
                if changed.is_empty() && !old.withdrawn && !renamed {
                    Step::Keep { component: old.component, declared: d }
                } else {
                    let restored = old.withdrawn;
                    Step::Update { component: old.component, declared: d, changed, renamed, restored }
                }
            }
        });
    }
    let gone = order.iter().filter(|s| !standing[**s].withdrawn && !pairs.of_standing.contains_key(*s));
    steps.extend(gone.map(|&s| Step::Withdraw { component: standing[s].component }));
    steps
}

/// One to one.
#[derive(Default)]
struct Pairs {
    of_standing: BTreeMap<usize, usize>,
    of_declared: BTreeMap<usize, usize>,
}

impl Pairs {
    fn pair(&mut self, s: usize, d: usize) {
        self.of_standing.insert(s, d);
        self.of_declared.insert(d, s);
    }

    fn free(&self, s: usize, d: usize) -> bool {
        !self.of_standing.contains_key(&s) && !self.of_declared.contains_key(&d)
    }
}

fn same_key(standing: &[Standing], declared: &[Declared], order: &[usize], pairs: &mut Pairs) {
    let by_key: BTreeMap<&Key, usize> = declared.iter().enumerate().map(|(d, entry)| (&entry.key, d)).collect();
    for &s in order {
        if let Some(&d) = by_key.get(&standing[s].key)
            && pairs.free(s, d)
        {
            pairs.pair(s, d);
        }
    }
}

/// Name, product and plan as before, one candidate on either side: the vendor corrected the kind.
fn other_kind(standing: &[Standing], declared: &[Declared], order: &[usize], pairs: &mut Pairs) {
    let mut candidates: BTreeMap<_, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for &s in order.iter().filter(|s| !standing[**s].withdrawn && !pairs.of_standing.contains_key(*s)) {
        let Key { name, product, plan, .. } = &standing[s].key;
        candidates.entry([name, product, plan]).or_default().0.push(s);
    }
    for (d, entry) in declared.iter().enumerate().filter(|(d, _)| !pairs.of_declared.contains_key(d)) {
        let Key { name, product, plan, .. } = &entry.key;
        candidates.entry([name, product, plan]).or_default().1.push(d);
    }
    for sides in candidates.into_values() {
        if let ([s], [d]) = (&sides.0[..], &sides.1[..]) {
            pairs.pair(*s, *d);
        }
    }
}

/// What is compared of an entry, prepared once.
struct Face {
    name: Bigrams,
    product: Bigrams,
    plan: String,
    purpose: Bigrams,
    telling: bool,
    numbers: BTreeSet<String>,
    rest: BTreeMap<String, String>,
}

impl Face {
    fn new<'a>(key: &Key, fields: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut rest: BTreeMap<String, String> = fields.map(|(field, text)| (field.to_owned(), folded(text))).collect();
        let purpose = rest.remove("purpose").unwrap_or_default();
        for own in ["name", "kind", "product", "plan"] {
            rest.remove(own);
        }
        let numbers = key.name.split_whitespace().filter(|word| word.chars().any(|c| c.is_ascii_digit()));
        Self {
            name: Bigrams::of(&key.name),
            product: Bigrams::of(&key.product),
            plan: key.plan.clone(),
            telling: purpose.chars().count() >= PURPOSE_TELLING,
            purpose: Bigrams::of(&purpose),
            numbers: numbers.map(str::to_owned).collect(),
            rest,
        }
    }
}

fn renamed(standing: &[Standing], declared: &[Declared], order: &[usize], pairs: &mut Pairs) {
    let old: Vec<(usize, Face)> = order
        .iter()
        .filter(|s| !standing[**s].withdrawn && !pairs.of_standing.contains_key(*s))
        .map(|&s| {
            let fields = standing[s].fields.iter().map(|(field, text)| (field.as_str(), text.as_str()));
            (s, Face::new(&standing[s].key, fields))
        })
        .collect();
    let new: Vec<(usize, Face)> = (0..declared.len())
        .filter(|d| !pairs.of_declared.contains_key(d))
        .map(|d| {
            let fields = declared[d].fields.iter().map(|(field, stated)| (*field, stated.text.as_str()));
            (d, Face::new(&declared[d].key, fields))
        })
        .collect();

    let mut candidates: Vec<(f64, usize, usize)> = Vec::new();
    for (s, before) in &old {
        for (d, after) in &new {
            if standing[*s].key.kind != declared[*d].key.kind {
                continue;
            }
            let same_row = standing[*s].row == declared[*d].rows[0];
            if let Some(likeness) = one_entry(before, after, same_row) {
                candidates.push((likeness, *s, *d));
            }
        }
    }
    let (mut best_of_old, mut best_of_new) = (BTreeMap::new(), BTreeMap::new());
    for &(likeness, s, d) in &candidates {
        best_of_old.entry(s).or_insert_with(BestTwo::default).see(likeness);
        best_of_new.entry(d).or_insert_with(BestTwo::default).see(likeness);
    }
    let clear = |likeness: f64, s: usize, d: usize| best_of_old[&s].clear(likeness) && best_of_new[&d].clear(likeness);
    let mut recognised: Vec<(usize, usize)> =
        candidates.iter().filter(|(likeness, s, d)| clear(*likeness, *s, *d)).map(|&(_, s, d)| (s, d)).collect();
    recognised.sort_unstable();
    for (s, d) in recognised {
        if pairs.free(s, d) {
            pairs.pair(s, d);
        }
    }
}

/// The best and the second best likeness seen.
#[derive(Default)]
struct BestTwo {
    best: f64,
    next: f64,
}

impl BestTwo {
    fn see(&mut self, likeness: f64) {
        if likeness > self.best {
            self.next = self.best;
            self.best = likeness;
        } else if likeness > self.next {
            self.next = likeness;
        }
    }

    /// Whether this is the best by far enough.
    fn clear(&self, likeness: f64) -> bool {
        likeness >= self.best && likeness - self.next >= MARGIN
    }
}

/// How alike two entries of one kind are, when they can be one entry at all.
fn one_entry(before: &Face, after: &Face, same_row: bool) -> Option<f64> {
    let name = likeness(&before.name, &after.name);
    let product = likeness(&before.product, &after.product);
    let purpose = likeness(&before.purpose, &after.purpose);
    let two_products = before.product.is_some() && after.product.is_some() && product < PRODUCT_ALIKE;
    // "Business" and "Enterprise" are two entries on purpose, unless one row merely corrects the plan.
    let two_plans = !before.plan.is_empty() && !after.plan.is_empty() && before.plan != after.plan;
    let corrected = same_row && before.name == after.name;
    if two_products || (two_plans && !corrected) {
        return None;
    }
    // "Feature 7" and "Feature 41" look alike and are not; a new version in the same row is.
    let by_name = name >= NAME_ALIKE && (before.numbers == after.numbers || same_row);
    let by_purpose = before.telling && after.telling && purpose >= PURPOSE_ALIKE;
    if !by_name && !by_purpose {
        return None;
    }
    let fields: BTreeSet<&String> = before.rest.keys().chain(after.rest.keys()).collect();
    let equal = fields.iter().filter(|field| before.rest.get(**field) == after.rest.get(**field)).count();
    let parts = [
        (0.35, Some(name)),
        (0.2, (before.product.is_some() || after.product.is_some()).then_some(product)),
        (0.25, (before.purpose.is_some() || after.purpose.is_some()).then_some(purpose)),
        (0.2, (!fields.is_empty()).then(|| equal as f64 / fields.len() as f64)),
    ];
    let weight: f64 = parts.iter().filter(|(_, part)| part.is_some()).map(|(weight, _)| weight).sum();
    let sum: f64 = parts.iter().filter_map(|(weight, part)| part.map(|part| weight * part)).sum();
    let likeness = sum / weight + if same_row { SAME_ROW } else { 0.0 };
    (likeness >= ALIKE).then_some(likeness)
}

fn changes(before: &BTreeMap<String, String>, after: &Declared) -> Vec<Changed> {
    let fields: BTreeSet<&str> = before.keys().map(String::as_str).chain(after.fields.keys().copied()).collect();
    fields
        .into_iter()
        .filter_map(|field| {
            let (old, new) = (before.get(field), after.fields.get(field).map(|stated| &stated.text));
            (old != new).then(|| Changed { field: field.to_owned(), before: old.cloned(), after: new.cloned() })
        })
        .collect()
}
