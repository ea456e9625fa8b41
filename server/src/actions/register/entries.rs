//! A whole document speaks of entries: what that would change in the register, and recording it.

use super::super::{Act, Buyer, Progress};
use super::Desk;
use super::{changed, left_out};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::repo::register::Record;
use domain::ids::{ComponentId, ImportId};
use domain::register::{
    Certainty, FIELDS, Fact, Field, Ground, RELATIONS, Restated, Source, Statement, is_named_by_others, restate, settle,
};
use entity::component_source;
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Facts that go to the database in one transaction: an answer that is saved meanwhile waits for no longer than that.
pub(super) const BATCH: usize = 1_000;

/// A document that speaks of entries.
pub(super) struct Document {
    /// What counts as the same source ([`Source::key`]).
    pub key: String,
    /// Which edition of it, such as the file's hash.
    pub edition: String,
    /// The day on which it was seen saying so.
    pub seen: Date,
    /// The import that brings it.
    pub import: ImportId,
    /// An earlier edition speaks again: entries that only the later one brought are hidden, not withdrawn.
    pub is_undoing: bool,
}

/// What a document says of one entry.
pub(super) struct Spoken {
    /// What the document calls it.
    pub reference: String,
    /// The entry that it is, or is to become.
    pub component: ComponentId,
    /// It is new.
    pub is_new: bool,
    /// The vendor record whose a new one is.
    pub vendor: Option<(Uuid, String)>,
    /// What is said of it, references to other entries aside.
    pub statements: Vec<(Statement, Source)>,
    /// Which entries of the same document it refers to: the field, their place in the list, how surely.
    pub relations: Vec<(&'static str, usize, Certainty)>,
    /// Where that is said.
    pub source: Source,
}

/// What is kept to know an entry again in the document's next edition.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Known {
    /// What the document called it.
    pub reference: String,
    /// In which edition.
    pub edition: String,
}

/// A field of which a document says something else than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its id.
    pub field: String,
    /// What the document said before and says no more. Of a reference, the entry's id.
    pub before: Vec<String>,
    /// What it says now.
    pub after: Vec<String>,
    /// What others say, and the kind of source that says so: there where they differ.
    pub others: Vec<(String, String)>,
}

/// What a document would change of an entry, field by field.
pub(super) fn changes(
    record: &Record,
    document: &Document,
    statements: &[(Statement, Source)],
    fields: &BTreeSet<&str>,
    now: OffsetDateTime,
) -> Vec<Change> {
    let found = restate(&record.facts, None, &document.key, statements, fields, document.seen);
    if found.is_empty() {
        return Vec::new();
    }
    let mut facts = record.facts.clone();
    facts.extend(found.iter().enumerate().map(|(n, found)| hypothetical(n, found, document, now)));
    let before = record.settled();
    let after = settle(&facts, &record.choices, &record.checks);
    let mut by_field: BTreeMap<&'static str, Change> = BTreeMap::new();
    let own = |settled: &[domain::register::Settled<'_>]| -> BTreeMap<domain::register::Slot, String> {
        let of_document = |one: &domain::register::Settled<'_>| {
            let says = one.says.iter().find(|current| current.fact.source.key() == document.key)?;
            one.slot.of_use.is_none().then(|| (one.slot.clone(), says.fact.said.value.clone()))
        };
        settled.iter().filter_map(of_document).collect()
    };
    let (said, says) = (own(&before), own(&after));
    let slots: BTreeSet<_> = said.keys().chain(says.keys()).collect();
    for slot in slots {
        let compared = |value: Option<&String>| value.and_then(|value| Some(Field::named(slot.field)?.compared(value)));
        if compared(said.get(slot)) == compared(says.get(slot)) {
            continue;
        }
        let change = by_field.entry(slot.field).or_insert_with(|| Change {
            field: slot.field.to_owned(),
            before: Vec::new(),
            after: Vec::new(),
            others: Vec::new(),
        });
        change.before.extend(said.get(slot).cloned());
        change.after.extend(says.get(slot).cloned());
    }
    for one in after.iter().filter(|one| one.slot.of_use.is_none() && (one.ground != Ground::Agreed || one.contested)) {
        let Some(change) = by_field.get_mut(one.slot.field) else { continue };
        for current in one.says.iter().filter(|current| current.fact.source.key() != document.key) {
            let other = (current.fact.said.value.clone(), current.fact.source.kind().to_owned());
            if !change.others.contains(&other) && !change.after.contains(&other.0) {
                change.others.push(other);
            }
        }
    }
    by_field.into_values().collect()
}

/// The same of any source (`key`) that speaks of entries, references aside.
pub(in crate::actions) fn changes_of(
    record: &Record,
    key: &str,
    statements: &[(Statement, Source)],
    seen: Date,
    now: OffsetDateTime,
) -> Vec<Change> {
    let (key, edition, import) = (key.to_owned(), String::new(), ImportId(Uuid::nil()));
    let document = Document { key, edition, seen, import, is_undoing: false };
    changes(record, &document, statements, &all_but_references(), now)
}

fn hypothetical(n: usize, found: &Restated, document: &Document, now: OffsetDateTime) -> Fact {
    Fact {
        id: Uuid::from_u128(u128::MAX - n as u128),
        of_use: None,
        said: found.said.clone(),
        taken_back: found.taken_back,
        last_seen: document.seen,
        source: found.source.clone(),
        recorded_at: now,
        recorded_by: domain::register::By::System,
    }
}

/// The fields that a document speaks about by naming an entry at all: whatever it leaves out it says no more.
pub(in crate::actions) fn all_but_references() -> BTreeSet<&'static str> {
    FIELDS.iter().map(|field| field.id).filter(|field| !RELATIONS.contains(field)).collect()
}

/// Something that is to be written.
#[derive(Clone, Copy)]
enum Step {
    /// What is said of an entry itself.
    Entry(usize),
    /// To which others it refers.
    References(usize),
    /// An entry that is spoken of no more.
    Gone(usize),
}

/// Writes a document down, in transactions of bounded size, the last of which is left open for the caller to finish.
/// `still_ours` is asked in each, with the entries touched in it; what was written before it fails stays, and is found
/// written when the same is done again.
pub(super) struct Writing<'a> {
    platform: &'a Platform,
    by: &'a Buyer,
    document: &'a Document,
    spoken: &'a mut [Spoken],
    gone: &'a [component_source::Model],
    steps: Vec<Step>,
    next: usize,
}

impl<'a> Writing<'a> {
    pub(super) fn new(
        platform: &'a Platform,
        by: &'a Buyer,
        document: &'a Document,
        spoken: &'a mut [Spoken],
        gone: &'a [component_source::Model],
    ) -> Self {
        let entries = (0..spoken.len()).map(Step::Entry);
        // Entries that are referred to must be there first.
        let references = (0..spoken.len()).map(Step::References);
        let steps = entries.chain(references).chain((0..gone.len()).map(Step::Gone)).collect();
        Self { platform, by, document, spoken, gone, steps, next: 0 }
    }

    /// Everything is written.
    pub(super) fn is_done(&self) -> bool {
        self.next == self.steps.len()
    }

    /// How far it is.
    pub(super) fn progress(&self) -> Progress {
        Progress { done: self.next, of: self.steps.len() }
    }

    /// Writes as much as fits into one transaction; gives the entries that were touched.
    pub(super) async fn go_on(&mut self, act: &mut Act<'_>) -> Result<Vec<ComponentId>> {
        let known = repo::register::sources(act.tx(), self.by.scope, &self.document.key).await?;
        let mut known: BTreeMap<Uuid, component_source::Model> =
            known.into_iter().map(|row| (row.component_id, row)).collect();
        // They are opened in the order of the document, and by others in another one.
        repo::register::hold_all(act.tx(), self.by.scope, &self.coming()).await?;
        let mut touched = BTreeSet::new();
        let mut weight = 0;
        while let Some(step) = self.steps.get(self.next).copied() {
            weight += self.weight(step);
            if weight > BATCH && !touched.is_empty() {
                break;
            }
            let written = match step {
                Step::Entry(n) => Some(self.entry(act, n, &mut known).await?),
                Step::References(n) => self.references(act, n).await?,
                Step::Gone(n) => self.leave(act, &self.gone[n]).await?,
            };
            touched.extend(written);
            self.next += 1;
        }
        let touched: Vec<ComponentId> = touched.into_iter().collect();
        changed(act, &touched).await?;
        Ok(touched)
    }

    /// Facts that a step may write.
    fn weight(&self, step: Step) -> usize {
        match step {
            Step::Entry(n) => self.spoken[n].statements.len() + 2,
            Step::References(n) => self.spoken[n].relations.len() + 1,
            Step::Gone(_) => FIELDS.len(),
        }
    }

    /// The entries of the steps that fit into the next transaction.
    fn coming(&self) -> BTreeSet<ComponentId> {
        let mut weight = 0;
        let fitting = self.steps[self.next..].iter().take_while(|step| {
            weight += self.weight(**step);
            weight <= BATCH
        });
        let of = |step: &Step| match *step {
            Step::Entry(n) | Step::References(n) => self.spoken[n].component,
            Step::Gone(n) => ComponentId(self.gone[n].component_id),
        };
        fitting.map(of).collect()
    }

    async fn entry(
        &mut self,
        act: &Act<'_>,
        n: usize,
        known: &mut BTreeMap<Uuid, component_source::Model>,
    ) -> Result<ComponentId> {
        let spoken = &mut self.spoken[n];
        let opened = match spoken.is_new {
            true => None,
            false => match Desk::open(self.platform, act, self.by, spoken.component).await {
                // It was taken back between looking and writing.
                Err(AppError::NotFound) => None,
                opened => Some(opened?),
            },
        };
        let mut desk = opened.unwrap_or_else(|| {
            let mut desk = Desk::new(self.platform, act, self.by, spoken.vendor.clone());
            desk.row.import_id = Some(self.document.import.0);
            if spoken.is_new {
                desk.row.id = spoken.component.0;
            }
            desk
        });
        spoken.component = desk.id();
        let was_withdrawn = std::mem::replace(&mut desk.row.withdrawn, false);
        let all = all_but_references();
        let count = desk.restate(&self.document.key, &spoken.statements, &all, self.document.seen);
        let id = desk.id();
        let said = json!(Known { reference: spoken.reference.clone(), edition: self.document.edition.clone() });
        let source = known.remove(&id.0);
        let is_written = source.as_ref().is_some_and(|row| row.said == said && !row.gone);
        if !(is_written && count == 0 && !was_withdrawn) {
            desk.close(act, Vec::new()).await?;
        }
        match source {
            Some(_) if is_written => {}
            Some(mut row) => {
                (row.said, row.gone, row.changed_at) = (said, false, act.now);
                repo::register::update_source(act.tx(), self.by.scope, row.into_active_model().reset_all()).await?;
            }
            None => {
                let row = component_source::ActiveModel {
                    id: Set(self.platform.clock.id()),
                    organisation_id: Set(self.by.scope.organisation().0),
                    component_id: Set(id.0),
                    source: Set(self.document.key.clone()),
                    reference: Set(id.to_string()),
                    said: Set(said),
                    gone: Set(false),
                    changed_at: Set(act.now),
                };
                repo::register::add_sources(act.tx(), self.by.scope, vec![row]).await?;
            }
        }
        Ok(id)
    }

    async fn references(&self, act: &Act<'_>, n: usize) -> Result<Option<ComponentId>> {
        let spoken = &self.spoken[n];
        if spoken.is_new && spoken.relations.is_empty() {
            return Ok(None);
        }
        let statements = references_of(self.spoken, n);
        let mut desk = Desk::open(self.platform, act, self.by, spoken.component).await?;
        let fields = RELATIONS.into_iter().collect();
        let count = desk.restate(&self.document.key, &statements, &fields, self.document.seen);
        if count == 0 {
            return Ok(None);
        }
        desk.close(act, Vec::new()).await?;
        Ok(Some(spoken.component))
    }

    async fn leave(&self, act: &Act<'_>, source: &component_source::Model) -> Result<Option<ComponentId>> {
        let id = ComponentId(source.component_id);
        let mut desk = match Desk::open(self.platform, act, self.by, id).await {
            Err(AppError::NotFound) => return Ok(None),
            opened => opened?,
        };
        let key = &self.document.key;
        let silent = left_out(&repo::register::sources_of(act.tx(), self.by.scope, id).await?);
        let is_named = is_named_by_others(&desk.record.facts, &desk.record.choices, key, &silent);
        if is_named {
            let all = FIELDS.iter().map(|field| field.id).collect();
            desk.restate(key, &[], &all, self.document.seen);
        } else if self.document.is_undoing {
            desk.row.visible = false;
        } else {
            // Nobody else speaks of it: what was said last stays readable.
            desk.row.withdrawn = true;
        }
        desk.close(act, Vec::new()).await?;
        if self.document.is_undoing {
            // Whoever takes the document in again may take the entry for another one.
            repo::register::remove_source(act.tx(), self.by.scope, source.id).await?;
            return Ok(Some(id));
        }
        let mut row = source.clone();
        (row.gone, row.changed_at) = (true, act.now);
        repo::register::update_source(act.tx(), self.by.scope, row.into_active_model().reset_all()).await?;
        Ok(Some(id))
    }
}

/// What an entry's references say, as statements: known once all entries have ids.
pub(super) fn references_of(spoken: &[Spoken], n: usize) -> Vec<(Statement, Source)> {
    let of = |(field, to, certainty): &(&'static str, usize, Certainty)| {
        let to = spoken.get(*to).filter(|_| *to != n)?;
        let said = Statement::new(field, &to.component.to_string()).ok()?;
        Some((said.with_certainty(*certainty), spoken[n].source.clone()))
    };
    spoken[n].relations.iter().filter_map(of).collect()
}
