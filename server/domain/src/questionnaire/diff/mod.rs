//! What changed between two versions of a questionnaire, question by question and part by part.
//!
//! Questions are the same where their id is. What a version says is taken apart into facets, each a place and a
//! value; a change is a facet whose value is another one, is new, or is gone. So nothing that two versions differ in can
//! be left out but by leaving it out of the facets.

mod facets;
mod moving;

pub use moving::{Moving, moving};

use super::Authored;
use facets::{Facet, Facets};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a change concerns, and so what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// What the vendor reads: an answer given before should be confirmed.
    Reworded,
    /// What an answer is worth, or what it speaks to: a score computed before is another one.
    Rescored,
    /// Who is asked, when, where and whether an answer must be given.
    Rerouted,
    /// What can be answered: an answer given before may not fit any more.
    Retyped,
    /// What only authors read.
    Annotated,
}

impl Aspect {
    /// All aspects.
    pub const ALL: [Self; 5] = [Self::Reworded, Self::Rescored, Self::Rerouted, Self::Retyped, Self::Annotated];

    /// Its name in JSON and in keys of wording.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reworded => "reworded",
            Self::Rescored => "rescored",
            Self::Rerouted => "rerouted",
            Self::Retyped => "retyped",
            Self::Annotated => "annotated",
        }
    }
}

/// One place at which two versions say different things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it concerns.
    pub aspect: Aspect,
    /// Which part: `text`, `weight`, `option-label`. Each has wording under `diff.part`.
    pub part: &'static str,
    /// The id of the option, column or section that the part belongs to, where it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The language of a wording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What the older version says; none where it says nothing.
    pub before: Option<String>,
    /// What the newer version says.
    pub after: Option<String>,
}

/// A question that both versions ask, differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its id.
    pub question: String,
    /// At least one.
    pub changes: Vec<Change>,
}

impl Changed {
    /// Whether any change concerns this.
    pub fn concerns(&self, aspect: Aspect) -> bool {
        self.changes.iter().any(|change| change.aspect == aspect)
    }
}

/// What changed from one version to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Title, languages, sections: what belongs to no question.
    pub document: Vec<Change>,
    /// Questions that the newer version asks and the older one does not, in the order in which they are asked.
    pub added: Vec<String>,
    /// Questions that it asks no more, in the order in which they were asked.
    pub removed: Vec<String>,
    /// Questions that both ask, in the newer order.
    pub changed: Vec<Changed>,
    /// The fewest questions that, taken out and put elsewhere, give the newer order.
    pub moved: Vec<String>,
}

impl Diff {
    /// Whether both say the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// How many changed questions a change of this kind concerns.
    pub fn count(&self, aspect: Aspect) -> usize {
        self.changed.iter().filter(|changed| changed.concerns(aspect)).count()
    }
}

/// Compares two versions. The number of the version and of the format are what tells them apart and are no change.
pub fn diff(older: &Authored, newer: &Authored) -> Diff {
    let (before, after) = (placed(older), placed(newer));
    let order = |document: &Authored, other: &BTreeMap<&str, Facets>| -> Vec<String> {
        let ids = document.questions().map(|question| question.id.as_str());
        ids.filter(|id| other.contains_key(id)).map(str::to_owned).collect()
    };
    let changed = newer.questions().filter_map(|question| {
        let id = question.id.as_str();
        let changes = changes(before.get(id)?, after.get(id)?);
        (!changes.is_empty()).then(|| Changed { question: id.to_owned(), changes })
    });
    let only = |document: &Authored, other: &BTreeMap<&str, Facets>| -> Vec<String> {
        let ids = document.questions().map(|question| question.id.as_str());
        ids.filter(|id| !other.contains_key(id)).map(str::to_owned).collect()
    };
    Diff {
        document: changes(&Facets::of_document(older), &Facets::of_document(newer)),
        added: only(newer, &before),
        removed: only(older, &after),
        changed: changed.collect(),
        moved: moved(&order(older, &after), &order(newer, &before)),
    }
}

/// The facets of each question.
fn placed(document: &Authored) -> BTreeMap<&str, Facets> {
    let sections = document.sections.iter();
    let questions = sections.flat_map(|section| section.questions.iter().map(move |question| (section, question)));
    questions
        .map(|(section, question)| (question.id.as_str(), Facets::of_question(document, &section.id, question)))
        .collect()
}

fn changes(before: &Facets, after: &Facets) -> Vec<Change> {
    let places: BTreeSet<&Facet> = before.said.keys().chain(after.said.keys()).collect();
    let mut changes: Vec<Change> = places
        .into_iter()
        .filter_map(|place| {
            let (before, after) = (before.said.get(place), after.said.get(place));
            (before != after).then(|| Change {
                aspect: place.aspect,
                part: place.part,
                of: place.of.clone(),
                language: place.language.clone(),
                before: before.cloned(),
                after: after.cloned(),
            })
        })
        .collect();
    for (place, ids) in &after.order {
        let common = |ids: &[String], other: Option<&Vec<String>>| -> Vec<String> {
            ids.iter().filter(|id| other.is_some_and(|other| other.contains(id))).cloned().collect()
        };
        let Some(earlier) = before.order.get(place) else { continue };
        let (was, is) = (common(earlier, Some(ids)), common(ids, Some(earlier)));
        if was != is {
            let (before, after) = (Some(was.join(", ")), Some(is.join(", ")));
            let (part, of) = place.clone();
            changes.push(Change { aspect: Aspect::Reworded, part, of, language: None, before, after });
        }
    }
    changes
}

/// What has to be taken out of the newer order so that the rest stands as in the older one: all but a longest common
/// subsequence, which between two orders of the same ids is a longest rising run of old places.
fn moved(older: &[String], newer: &[String]) -> Vec<String> {
    let place: BTreeMap<&str, usize> = older.iter().enumerate().map(|(n, id)| (id.as_str(), n)).collect();
    let places: Vec<usize> = newer.iter().filter_map(|id| place.get(id.as_str()).copied()).collect();
    // Patience: `ends[n]` is where the rising run of length n + 1 that ends lowest ends.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (at, value) in places.iter().enumerate() {
        let length = ends.partition_point(|end| places[*end] < *value);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut stays = BTreeSet::new();
    let mut next = ends.last().copied();
    while let Some(at) = next {
        stays.insert(at);
        next = before[at];
    }
    newer.iter().enumerate().filter(|(at, _)| !stays.contains(at)).map(|(_, id)| id.clone()).collect()
}

#[cfg(test)]
mod tests;
