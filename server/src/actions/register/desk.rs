//! One entry under an action's hands: what was recorded of it, what is added, and what is shown of it afterwards.

use super::super::{Act, Actor, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::register::Record;
use crate::repo::{self, BuyerScope};
use domain::ids::{ComponentId, UseId};
use domain::register::{
    By, Check, Choice, Fact, Settled, Slot, Source, Statement, Summed, open, references, restate, settle, summary,
};
use entity::{ai_use, component};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Characters of a name as lists show it; the fact has it whole.
const NAME: usize = 300;

/// Who records, in the words of facts.
pub(in crate::actions) fn by(actor: Actor) -> By {
    match actor {
        Actor::Member(id) => By::Member(id),
        Actor::Token(id) => By::Token(id),
        Actor::Contact(id) => By::Contact(id),
        Actor::System => By::System,
    }
}

/// An entry under an action's hands.
pub(in crate::actions) struct Desk<'a> {
    platform: &'a Platform,
    scope: BuyerScope,
    by: By,
    now: OffsetDateTime,
    pub(super) row: component::Model,
    pub(super) record: Record,
    is_new: bool,
    was_withdrawn: bool,
    facts_before: usize,
    choices_before: usize,
    checks_before: usize,
}

impl<'a> Desk<'a> {
    /// An entry that there is, held until the action ends.
    pub(in crate::actions) async fn open(
        platform: &'a Platform,
        act: &Act<'_>,
        who: &Buyer,
        id: ComponentId,
    ) -> Result<Self> {
        let row = repo::register::hold(act.tx(), who.scope, id).await?.ok_or(AppError::NotFound)?;
        let record = repo::register::record(act.tx(), who.scope, id).await?;
        let (facts_before, choices_before, checks_before) =
            (record.facts.len(), record.choices.len(), record.checks.len());
        Ok(Self {
            platform,
            scope: who.scope,
            by: by(who.actor),
            now: act.now,
            was_withdrawn: row.withdrawn,
            row,
            record,
            is_new: false,
            facts_before,
            choices_before,
            checks_before,
        })
    }

    /// The same, which must be as it was when the caller looked.
    pub(in crate::actions) async fn open_at(
        platform: &'a Platform,
        act: &Act<'_>,
        who: &Buyer,
        id: ComponentId,
        revision: Option<i64>,
    ) -> Result<Self> {
        let desk = Self::open(platform, act, who, id).await?;
        if revision.is_some_and(|revision| revision != desk.row.revision) {
            let (name, revision) = (&desk.row.name, desk.row.revision);
            return Err(AppError::Changed(json!({ "id": id, "name": name, "revision": revision })));
        }
        Ok(desk)
    }

    /// A new entry, of a vendor record or of nobody known.
    pub(in crate::actions) fn new(
        platform: &'a Platform,
        act: &Act<'_>,
        who: &Buyer,
        vendor: Option<(Uuid, String)>,
    ) -> Self {
        let (vendor_id, vendor_name) = vendor.unzip();
        let row = component::Model {
            id: platform.clock.id::<ComponentId>().0,
            organisation_id: who.scope.organisation().0,
            vendor_id,
            vendor_name,
            import_id: None,
            name: String::new(),
            kind: "unknown".to_owned(),
            status: "proposed".to_owned(),
            fields: json!({}),
            open: 0,
            withdrawn: false,
            withdrawn_at: None,
            revision: 0,
            visible: true,
            created_at: act.now,
            changed_at: act.now,
            back_at: None,
        };
        Self {
            platform,
            scope: who.scope,
            by: by(who.actor),
            now: act.now,
            row,
            record: Record::default(),
            is_new: true,
            was_withdrawn: false,
            facts_before: 0,
            choices_before: 0,
            checks_before: 0,
        }
    }

    /// Its id.
    pub(in crate::actions) fn id(&self) -> ComponentId {
        ComponentId(self.row.id)
    }

    /// A fresh id.
    pub(super) fn fresh(&self) -> Uuid {
        self.platform.clock.id()
    }

    /// What holds, with all that was added so far.
    pub(in crate::actions) fn settled(&self) -> Vec<Settled<'_>> {
        self.record.settled()
    }

    /// Whether the entry would look otherwise in lists than it does.
    pub(super) fn shows_something_else(&self) -> bool {
        let mut row = self.row.clone();
        show(&mut row, &self.settled());
        row != self.row
    }

    /// One slot as it stands; none where nothing was ever said.
    pub(super) fn slot(&self, slot: &Slot) -> Option<Settled<'_>> {
        self.settled().into_iter().find(|one| one.slot == *slot)
    }

    /// Whose it is by what is said of it.
    pub(super) fn shown_vendor(&self) -> Option<String> {
        let slot = Slot { of_use: None, field: "vendor", plan: None, region: None, element: None };
        self.slot(&slot)?.value().map(str::to_owned)
    }

    /// Whose it is: by what is said of it, else by the record that it belongs to.
    pub(super) fn vendor(&self) -> Option<String> {
        self.shown_vendor().or_else(|| self.row.vendor_name.clone())
    }

    /// Records a fact; gives its id.
    pub(in crate::actions) fn state(
        &mut self,
        of_use: Option<UseId>,
        said: Statement,
        taken_back: bool,
        source: Source,
        last_seen: Date,
    ) -> Uuid {
        let id = self.platform.clock.id();
        self.record.facts.push(Fact {
            id,
            of_use,
            said,
            taken_back,
            last_seen,
            source,
            recorded_at: self.now,
            recorded_by: self.by,
        });
        id
    }

    /// Records what a source says now about some fields, and what it takes back by leaving it out. Gives how many facts.
    pub(in crate::actions) fn restate(
        &mut self,
        key: &str,
        statements: &[(Statement, Source)],
        fields: &BTreeSet<&str>,
        seen: Date,
    ) -> usize {
        let found = restate(&self.record.facts, None, key, statements, fields, seen);
        let count = found.len();
        for fact in found {
            self.state(None, fact.said, fact.taken_back, fact.source, seen);
        }
        count
    }

    /// What a person says of an entry declares it, though no source may name it any more.
    pub(super) fn declare(&mut self) {
        let by_person = |fact: &Fact| matches!(fact.source, Source::Person { .. } | Source::Evidence { .. });
        if self.record.facts[self.facts_before..].iter().any(|fact| !fact.taken_back && by_person(fact)) {
            self.row.withdrawn = false;
        }
    }

    /// Records a choice between what stands now.
    pub(super) fn choose(&mut self, slot: Slot, fact: Option<Uuid>, reason: &str) {
        let facing =
            self.slot(&slot).map(|one| one.says.iter().map(|current| current.fact.id).collect()).unwrap_or_default();
        self.record.choices.push(Choice {
            id: self.platform.clock.id(),
            slot,
            fact,
            facing,
            reason: reason.to_owned(),
            at: self.now,
            by: self.by,
        });
    }

    /// Records that a fact was checked.
    pub(super) fn check(&mut self, fact: Uuid, holds: bool, note: &str) {
        self.record.checks.push(Check {
            id: self.platform.clock.id(),
            fact,
            holds,
            note: note.to_owned(),
            at: self.now,
            by: self.by,
        });
    }

    /// Writes the facts that were added, of which nothing else is shown than before.
    pub(super) async fn keep(mut self, act: &Act<'_>) -> Result<()> {
        let id = self.id();
        let facts = self.record.facts.split_off(self.facts_before);
        Ok(repo::register::add_facts(act.tx(), self.scope, facts.into_iter().map(|fact| (id, fact))).await?)
    }

    /// Writes everything that was added, and what is shown of the entry and of the uses named, in the action's
    /// transaction. Gives the entry as it is then.
    pub(in crate::actions) async fn close(
        mut self,
        act: &Act<'_>,
        uses: Vec<ai_use::Model>,
    ) -> Result<component::Model> {
        let id = self.id();
        let settled = settle(&self.record.facts, &self.record.choices, &self.record.checks);
        let links_before = links_of(&self.row);
        let mut row = self.row.clone();
        show(&mut row, &settled);
        row.revision += 1;
        row.changed_at = self.now;
        if self.was_withdrawn && !row.withdrawn {
            row.back_at = Some(self.now);
        }
        row.withdrawn_at = row.withdrawn.then(|| row.withdrawn_at.unwrap_or(self.now));
        let links = references(&settled);
        let uses: Vec<ai_use::Model> = uses
            .into_iter()
            .map(|mut row| {
                show_use(&mut row, &settled);
                row
            })
            .collect();
        drop(settled);
        if self.is_new {
            repo::register::add(act.tx(), self.scope, vec![row.clone().into_active_model()]).await?;
        } else {
            repo::register::update(act.tx(), self.scope, row.clone().into_active_model().reset_all()).await?;
        }
        for row in uses {
            if row.revision == 1 {
                repo::register::add_uses(act.tx(), self.scope, vec![row.into_active_model()]).await?;
            } else {
                repo::register::update_use(act.tx(), self.scope, row.into_active_model().reset_all()).await?;
            }
        }
        let facts = self.record.facts.split_off(self.facts_before);
        repo::register::add_facts(act.tx(), self.scope, facts.into_iter().map(|fact| (id, fact))).await?;
        for choice in &self.record.choices[self.choices_before..] {
            repo::register::add_choice(act.tx(), self.scope, id, choice).await?;
        }
        for check in &self.record.checks[self.checks_before..] {
            repo::register::add_check(act.tx(), self.scope, id, check).await?;
        }
        if links != links_before {
            repo::register::set_links(act.tx(), self.scope, id, links.into_iter().collect()).await?;
        }
        Ok(row)
    }
}

/// The references that an entry shows.
fn links_of(row: &component::Model) -> BTreeSet<(&'static str, Uuid)> {
    let listed = |relation: &'static str| {
        let ids = row.fields.get(relation).and_then(Value::as_array).into_iter().flatten();
        ids.filter_map(move |id| Some((relation, id.as_str()?.parse().ok()?)))
    };
    domain::register::RELATIONS.into_iter().flat_map(listed).collect()
}

fn as_json(summary: &BTreeMap<&'static str, Summed>) -> Value {
    let value = |summed: &Summed| match summed {
        Summed::One(value) => json!(value),
        Summed::Several(values) => json!(values),
    };
    Value::Object(summary.iter().map(|(field, summed)| ((*field).to_owned(), value(summed))).collect::<Map<_, _>>())
}

fn one(summary: &BTreeMap<&'static str, Summed>, field: &str) -> Option<String> {
    match summary.get(field)? {
        Summed::One(value) => Some(value.clone()),
        Summed::Several(_) => None,
    }
}

/// Puts what holds into the columns that lists and search read.
pub(in crate::actions) fn show(row: &mut component::Model, settled: &[Settled<'_>]) {
    let summary = summary(settled, None);
    if let Some(name) = one(&summary, "name") {
        row.name = name.chars().take(NAME).collect();
    }
    row.kind = one(&summary, "kind").unwrap_or_else(|| "unknown".to_owned());
    row.status = one(&summary, "status").unwrap_or_else(|| "proposed".to_owned());
    if row.vendor_id.is_none() {
        row.vendor_name = one(&summary, "vendor");
    }
    row.open = i64::try_from(open(settled)).unwrap_or(i64::MAX);
    row.fields = as_json(&summary);
}

/// The same of a use.
pub(in crate::actions) fn show_use(row: &mut ai_use::Model, settled: &[Settled<'_>]) {
    let summary = summary(settled, Some(UseId(row.id)));
    if let Some(use_case) = one(&summary, "use_case") {
        row.use_case = use_case;
    }
    row.unit = one(&summary, "unit").unwrap_or_default();
    row.users = one(&summary, "users");
    row.tier = one(&summary, "tier");
    row.status = one(&summary, "status").unwrap_or_else(|| "proposed".to_owned());
    row.fields = as_json(&summary);
}
