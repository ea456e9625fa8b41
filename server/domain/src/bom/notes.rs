//! What a person should see of a document: kept short, whatever stands in it.

use super::tree::{Id, Tree, Value};
use super::{Syntax, text};
use crate::problem::Problem;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;

/// Notes of one code at most; the others are counted.
const OF_ONE_CODE: usize = 25;

/// Notes, in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Notes {
    list: Vec<Problem>,
    counts: BTreeMap<&'static str, usize>,
}

impl Notes {
    /// Notes something at a value.
    pub(super) fn add(&mut self, code: &'static str, tree: &Tree<'_>, at: Id, with: &[(&str, &dyn Display)]) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        if *count > OF_ONE_CODE {
            return;
        }
        let place = tree.place(at);
        let problem = Problem::new(place.path, code).with("line", place.line);
        self.list.push(
            with.iter()
                .fold(problem, |problem, (name, value)| problem.with(*name, text::shortened(&value.to_string(), 200))),
        );
    }

    /// All notes, and for each code of which there were too many one more that says so.
    pub(super) fn done(mut self) -> Vec<Problem> {
        for (code, count) in self.counts.into_iter().filter(|(_, count)| *count > OF_ONE_CODE) {
            let more = count - OF_ONE_CODE;
            self.list.push(Problem::new("", "more-of-these").with("note", code).with("count", more));
        }
        self.list
    }
}

/// Notes members that stand twice in one JSON object: the first is believed.
pub(super) fn repeated_members(tree: &Tree<'_>, notes: &mut Notes) {
    if tree.syntax != Syntax::Json {
        return;
    }
    let mut seen: HashSet<&str> = HashSet::new();
    for id in tree.all().filter(|id| *tree.value(*id) == Value::Members) {
        seen.clear();
        for child in tree.children(id) {
            if !seen.insert(tree.name(child)) {
                notes.add("repeated-member", tree, child, &[("name", &tree.name(child))]);
            }
        }
    }
}
