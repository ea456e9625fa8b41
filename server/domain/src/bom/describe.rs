//! The facts of one entry, as the register's fields take them.

use super::notes::Notes;
use super::result::Fact;
use super::text::{clean, shortened};
use super::tree::{Id, Tree};
use crate::register::field::{MAX_ELEMENT, MAX_VALUE};
use crate::register::fold::folded;
use crate::register::{Certainty, Field};
use std::collections::BTreeMap;

/// Elements of one list that are kept; a hostile document has millions.
const ELEMENTS: usize = 200;

/// Facts as they are gathered.
pub(super) struct Sheet<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) notes: &'t mut Notes,
    facts: Vec<Fact>,
    counts: BTreeMap<&'static str, usize>,
}

impl<'t, 'a> Sheet<'t, 'a> {
    pub(super) fn new(tree: &'t Tree<'a>, notes: &'t mut Notes) -> Self {
        Self { tree, notes, facts: Vec::new(), counts: BTreeMap::new() }
    }

    pub(super) fn done(self) -> Vec<Fact> {
        self.facts
    }

    /// Whether anything was said in a field.
    pub(super) fn has(&self, field: &str) -> bool {
        self.facts.iter().any(|fact| fact.field == field)
    }

    /// Says something plainly.
    pub(super) fn say(&mut self, field: &str, text: &str, at: Id) {
        self.state(field, text, at, Certainty::Certain);
    }

    /// Says something: one more element of a list; in a field of one value, one more line.
    pub(super) fn state(&mut self, field: &str, text: &str, at: Id, certainty: Certainty) {
        let text = clean(text);
        let Some(field) = Field::named(field) else {
            debug_assert!(false, "the register has no field {field}");
            return;
        };
        if text.is_empty() {
            return;
        }
        if self.counts.get(field.id).is_some_and(|count| *count >= ELEMENTS) {
            if self.counts.insert(field.id, usize::MAX) != Some(usize::MAX) {
                self.notes.add("elements-left-out", self.tree, at, &[("field", &field.id), ("most", &ELEMENTS)]);
            }
            return;
        }
        let most = if field.several { MAX_ELEMENT } else { MAX_VALUE };
        let before = if field.several { None } else { self.facts.iter().position(|fact| fact.field == field.id) };
        let whole = match before {
            Some(n) if self.facts[n].value.ends_with('…') => return,
            Some(n) if field.values.is_empty() && !self.facts[n].value.lines().any(|line| line == text) => {
                format!("{}\n{text}", self.facts[n].value)
            }
            Some(_) => return,
            None => text,
        };
        let short = shortened(&whole, most);
        if short.len() != whole.len() {
            self.notes.add("value-shortened", self.tree, at, &[("field", &field.id), ("most", &most)]);
        }
        let value = match field.read(&short) {
            Ok(value) => value,
            Err(problem) => {
                let given = shortened(&short, 60);
                self.notes.add(
                    "not-kept",
                    self.tree,
                    at,
                    &[("field", &field.id), ("reason", &problem.code), ("given", &given)],
                );
                return;
            }
        };
        if let Some(n) = before {
            self.facts[n].value = value;
            return;
        }
        let compared = folded(&value);
        if self.facts.iter().any(|fact| fact.field == field.id && folded(&fact.value) == compared) {
            return;
        }
        *self.counts.entry(field.id).or_default() += 1;
        self.facts.push(Fact { field: field.id.to_owned(), value, certainty, place: self.tree.place(at) });
    }

    /// Says the text of a member, where there is one.
    pub(super) fn member(&mut self, field: &str, of: Id, name: &str) {
        let tree = self.tree;
        if let Some((text, at)) = tree.said(of, name) {
            self.say(field, text, at);
        }
    }

    /// Says the text of every item of a list.
    pub(super) fn items(&mut self, field: &str, items: &[Id]) {
        let tree = self.tree;
        for item in items {
            if let Some(text) = tree.text(*item) {
                self.say(field, text, *item);
            }
        }
    }
}
