//! A person says something of an entry, chooses between what others say, and checks it.

use super::super::{Act, Buyer};
use super::Desk;
use super::add::reason;
use super::changed;
use super::uses;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::access::may_judge;
use domain::ids::{ComponentId, UseId};
use domain::problem::{Problem, Problems};
use domain::register::fact::day;
use domain::register::field::MAX_ELEMENT;
use domain::register::fold::folded;
use domain::register::{Certainty, Field, Ground, Shape, Source, Statement, restate};
use entity::{ai_use, component};
use serde_json::json;
use std::collections::BTreeSet;
use time::Date;
use uuid::Uuid;

/// What a person says of one field.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// The use that is spoken of; the entry itself where none.
    pub of_use: Option<UseId>,
    /// The field's id.
    pub field: String,
    /// For this plan only; blank for all.
    pub plan: String,
    /// For this region only; blank for all.
    pub region: String,
    /// The value; the whole list; nothing when it is not known or not so any more.
    pub values: Vec<String>,
    /// From when on it is so; blank for today.
    pub as_of: String,
    /// How sure one is.
    pub certainty: Certainty,
    /// Why, or how one knows. Needed when it goes against what others say.
    pub reason: String,
    /// The document that says so; blank where one says so oneself. What a document says stands beside what others say and
    /// chooses nothing.
    pub document: String,
}

/// What an [`Edit`] says, checked.
pub(super) struct Said {
    field: &'static Field,
    statements: Vec<Statement>,
    /// Names the plan and the region; its value means nothing.
    slot: domain::register::Slot,
    reason: Option<String>,
    document: Option<String>,
    of_use: Option<UseId>,
}

impl Edit {
    /// Reads a plain edit: what is decided or confirmed elsewhere is refused.
    pub(super) fn read(&self, platform: &Platform, today: Date) -> Result<Said, Problems> {
        if Field::named(&self.field).is_some_and(|field| field.is_decided(self.of_use.is_some())) {
            return Err(Problems::one(Problem::new("field", "decided-elsewhere")));
        }
        self.read_any(platform, today)
    }

    /// The same of any field, for whoever decides or confirms.
    pub(super) fn read_any(&self, platform: &Platform, today: Date) -> Result<Said, Problems> {
        let field = Field::named(&self.field)
            .filter(|field| if self.of_use.is_some() { field.is_of_use() } else { field.is_of_component() })
            .ok_or_else(|| Problems::one(Problem::new("field", "not-a-register-field")))?;
        let mut problems = Vec::new();
        let values: Vec<&str> =
            self.values.iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect();
        if !field.several && values.len() > 1 {
            problems.push(Problem::new("value", "one-value-only"));
        }
        if values.is_empty() && self.of_use.is_none() && field.id == "name" {
            problems.push(Problem::new("value", "required"));
        }
        if values.len() > MOST_ELEMENTS {
            problems.push(Problem::new("value", "too-many-values").with("most", MOST_ELEMENTS));
        }
        let as_of = match self.as_of.trim() {
            "" => None,
            text => day("as_of", text, today).map_err(|problem| problems.push(problem)).ok(),
        };
        let empty =
            Statement { field, plan: None, region: None, value: String::new(), as_of, certainty: self.certainty };
        let empty = empty.only_for(&self.plan, &self.region).map_err(|problem| {
            problems.push(if problem.code == "does-not-vary" { problem.moved_to("plan") } else { problem });
        });
        let mut heard = BTreeSet::new();
        let mut statements = Vec::new();
        let mut slot = None;
        if let Ok(empty) = empty {
            slot = Some(empty.slot(self.of_use).whole());
            for value in values.into_iter().take(MOST_ELEMENTS) {
                match field.read(value) {
                    Ok(value) if heard.insert(field.compared(&value)) => {
                        statements.push(Statement { value, ..empty.clone() });
                    }
                    Ok(_) => {}
                    Err(problem) => problems.push(problem.moved_to("value")),
                }
            }
        }
        let reason = reason(platform, &self.reason).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        let document = Some(self.document.trim().to_owned()).filter(|title| !title.is_empty());
        if document.as_ref().is_some_and(|title| title.chars().count() > MAX_ELEMENT) {
            problems.push(Problem::new("document", "too-long").with("most", MAX_ELEMENT));
        }
        match slot {
            Some(slot) if problems.is_empty() => {
                Ok(Said { field, statements, slot, reason, document, of_use: self.of_use })
            }
            _ => Err(Problems(problems)),
        }
    }
}

impl Said {
    /// Whether it may change which vendor's record the entry belongs to. A document takes it from no record.
    pub(super) fn says_whose(&self, desk: &Desk<'_>) -> bool {
        self.field.id == "vendor" && (self.document.is_none() || desk.row.vendor_id.is_none())
    }
}

/// Elements of one list.
const MOST_ELEMENTS: usize = 500;

/// Puts into the record what a person says; where others say otherwise, also that this is chosen.
pub(super) fn apply(desk: &mut Desk<'_>, said: &Said, today: Date) -> Result<(), Problem> {
    if let Some(title) = &said.document {
        quote(desk, said, title, today);
        return Ok(());
    }
    let source = || Source::Person { reason: said.reason.clone() };
    let why = |needed: bool| match &said.reason {
        None if needed => Err(Problem::new("reason", "required")),
        reason => Ok(reason.clone().unwrap_or_default()),
    };
    let mut kept: BTreeSet<domain::register::Slot> = BTreeSet::new();
    for statement in &said.statements {
        let slot = statement.slot(said.of_use);
        kept.insert(slot.clone());
        let before = desk.slot(&slot);
        let shown = before.as_ref().and_then(|one| one.value()).map(|value| said.field.compared(value));
        let is_shown = shown == Some(said.field.compared(&statement.value));
        // An element that stands undisputed is none of this edit's business.
        if said.field.several && is_shown && before.as_ref().is_some_and(|one| one.ground == Ground::Agreed) {
            continue;
        }
        let fact = desk.state(said.of_use, statement.clone(), false, source(), today);
        let after = desk.slot(&slot);
        let needs_choice = after.as_ref().is_some_and(|one| {
            one.fact().is_none_or(|shown| shown.id != fact) || one.ground != Ground::Agreed || one.choice.is_some()
        });
        if needs_choice {
            let goes_against = !is_shown && shown.is_some() || after.is_some_and(|one| one.ground.is_open());
            let reason = why(goes_against)?;
            desk.choose(slot, Some(fact), &reason);
        }
    }
    // What stands there and was not said again.
    let standing: Vec<(domain::register::Slot, Option<Statement>, bool)> = desk
        .settled()
        .iter()
        .filter(|one| one.slot.whole() == said.slot && !kept.contains(&one.slot))
        .filter(|_| said.field.several || said.statements.is_empty())
        .filter(|one| one.shown.is_some())
        .map(|one| {
            let own = one.says.iter().find(|current| matches!(current.fact.source, Source::Person { .. }));
            (one.slot.clone(), own.map(|own| own.fact.said.clone()), one.says.len() > usize::from(own.is_some()))
        })
        .collect();
    for (slot, own, others_say_so) in standing {
        if let Some(own) = own {
            desk.state(said.of_use, own, true, source(), today);
        }
        if others_say_so {
            let reason = why(true)?;
            desk.choose(slot, None, &reason);
        }
    }
    Ok(())
}

/// Records what a document says; a newer statement of the same document replaces its older one.
fn quote(desk: &mut Desk<'_>, said: &Said, title: &str, today: Date) {
    let source = Source::Evidence { evidence: None, title: title.to_owned(), place: said.reason.clone() };
    let statements: Vec<_> = said.statements.iter().map(|said| (said.clone(), source.clone())).collect();
    let fields = BTreeSet::from([said.field.id]);
    let found = restate(&desk.record.facts, said.of_use, &source.key(), &statements, &fields, today);
    for fact in found.into_iter().filter(|fact| fact.said.slot(said.of_use).whole() == said.slot) {
        desk.state(said.of_use, fact.said, fact.taken_back, fact.source, today);
    }
}

/// The uses whose rows an action has to write again.
pub(super) async fn touched(
    act: &Act<'_>,
    by: &Buyer,
    desk: &mut Desk<'_>,
    of_use: Option<UseId>,
) -> Result<Vec<ai_use::Model>> {
    match of_use {
        None => Ok(Vec::new()),
        Some(id) => Ok(vec![uses::open(act, by, desk, id).await?]),
    }
}

/// Says something of an entry or of a use of it, by hand. That brings a withdrawn entry back.
///
/// # Errors
/// [`AppError::Changed`] when somebody else changed it since `revision`; [`AppError::Invalid`] with what is wrong, also
/// `required` at `reason` when it goes against what others say; `not-an-entry` at `value` for a reference to none;
/// `decided-elsewhere` at `field` for what is decided or confirmed.
pub async fn edit(
    platform: &Platform,
    by: &Buyer,
    id: ComponentId,
    revision: Option<i64>,
    edit: &Edit,
) -> Result<component::Model> {
    let mut act = Act::begin(platform).await?;
    let today = act.now.date();
    let said = edit.read(platform, today)?;
    let mut desk = Desk::open_at(platform, &act, by, id, revision).await?;
    let uses = touched(&act, by, &mut desk, edit.of_use).await?;
    exist(&act, by, &said, &desk).await?;
    let vendor = desk.vendor();
    apply(&mut desk, &said, today)?;
    desk.declare();
    if said.says_whose(&desk) {
        adopt(&act, by, &mut desk, vendor.as_deref()).await?;
    }
    let row = desk.close(&act, uses).await?;
    let values: Vec<&str> = said.statements.iter().map(|said| said.value.as_str()).collect();
    let details = json!({
        "field": edit.field, "use": edit.of_use, "plan": edit.plan, "region": edit.region, "values": values,
        "reason": said.reason,
    });
    act.record(&by.scope, by.actor, "component.edited", ("component", id.0), &details);
    changed(&mut act, &[id]).await?;
    act.commit().await?;
    Ok(row)
}

/// An entry is of the vendor that is shown of it: of the record of that name, else of no record. Where the same is shown as
/// before, it stays with a record that is called otherwise.
pub(super) async fn adopt(act: &Act<'_>, by: &Buyer, desk: &mut Desk<'_>, before: Option<&str>) -> Result<()> {
    let shown = desk.shown_vendor();
    let record = match &shown {
        Some(name) => repo::vendors::by_name(act.tx(), by.scope, name).await?,
        None => None,
    };
    if let Some(vendor) = record {
        desk.row.vendor_id = Some(vendor.id);
        desk.row.vendor_name = Some(vendor.name);
    } else if shown.as_deref().map(folded) != before.map(folded) {
        desk.row.vendor_id = None;
        desk.row.vendor_name = shown;
    }
    Ok(())
}

/// Entries that are newly referred to must be there, and be others than the one that refers. What the list names already
/// may have gone out of sight since; it stands in nobody's way.
async fn exist(act: &Act<'_>, by: &Buyer, said: &Said, desk: &Desk<'_>) -> Result<()> {
    if said.field.shape != Shape::Reference {
        return Ok(());
    }
    let settled = desk.settled();
    let shown: BTreeSet<&str> =
        settled.iter().filter(|one| one.slot.field == said.field.id).filter_map(|one| one.value()).collect();
    let new = said.statements.iter().filter(|said| !shown.contains(said.value.as_str()));
    let named: BTreeSet<ComponentId> = new.filter_map(|said| said.value.parse().ok()).collect();
    if named.contains(&desk.id()) {
        return Err(Problem::new("value", "refers-to-itself").into());
    }
    let ids: Vec<ComponentId> = named.iter().copied().collect();
    let found: BTreeSet<Uuid> =
        repo::register::of_ids(act.tx(), by.scope, &ids).await?.into_iter().map(|row| row.id).collect();
    match named.iter().find(|id| !found.contains(&id.0)) {
        Some(missing) => Err(Problem::new("value", "not-an-entry").with("given", missing).into()),
        None => Ok(()),
    }
}

/// One more reference of an entry, or one less.
#[derive(Clone, Debug)]
pub struct Link {
    /// One of [`domain::register::RELATIONS`].
    pub relation: String,
    /// The entry that is referred to.
    pub to: ComponentId,
    /// It holds no more.
    pub is_removed: bool,
    /// Why, or how one knows.
    pub reason: String,
}

/// Links an entry to another, or takes the link away. Entries may refer to each other in a circle.
///
/// # Errors
/// As [`edit`].
pub async fn link(
    platform: &Platform,
    by: &Buyer,
    id: ComponentId,
    revision: Option<i64>,
    link: &Link,
) -> Result<component::Model> {
    if !domain::register::RELATIONS.contains(&link.relation.as_str()) {
        return Err(Problem::new("relation", "not-an-option").into());
    }
    let row = repo::register::get(platform.db.read(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    let listed = row.fields.get(&link.relation).and_then(|ids| ids.as_array()).into_iter().flatten();
    let mut values: Vec<String> =
        listed.filter_map(|id| id.as_str()).filter(|id| *id != link.to.to_string()).map(str::to_owned).collect();
    if !link.is_removed {
        values.push(link.to.to_string());
    }
    let said = Edit { field: link.relation.clone(), values, reason: link.reason.clone(), ..Edit::default() };
    edit(platform, by, id, revision.or(Some(row.revision)), &said).await
}

/// Chooses between what sources say of a slot: the one that `fact` speaks of. With `none`, nothing of it holds.
///
/// # Errors
/// [`AppError::Changed`] when somebody else changed the entry since `revision`; [`AppError::Invalid`] when the fact is
/// none of this entry (`unknown`), is no longer what its source says (`no-longer-said`), speaks of what is decided or
/// confirmed (`decided-elsewhere`), or the reason is missing.
pub async fn choose(
    platform: &Platform,
    by: &Buyer,
    id: ComponentId,
    revision: Option<i64>,
    (fact, none): (Uuid, bool),
    why: &str,
) -> Result<component::Model> {
    let reason = reason(platform, why)?.ok_or_else(|| Problem::new("reason", "required"))?;
    let mut act = Act::begin(platform).await?;
    let mut desk = Desk::open_at(platform, &act, by, id, revision).await?;
    let of = desk.record.facts.iter().find(|known| known.id == fact).map(|fact| (fact.slot(), fact.of_use));
    let (slot, of_use) = of.ok_or_else(|| Problem::new("fact", "unknown"))?;
    let stands = desk.slot(&slot).is_some_and(|one| one.says.iter().any(|current| current.run.contains(&fact)));
    if !none && !stands {
        return Err(Problem::new("fact", "no-longer-said").into());
    }
    if Field::named(slot.field).is_some_and(|field| field.is_decided(of_use.is_some())) {
        return Err(Problem::new("fact", "decided-elsewhere").into());
    }
    let uses = touched(&act, by, &mut desk, of_use).await?;
    let field = slot.field;
    let vendor = desk.vendor();
    desk.choose(slot, (!none).then_some(fact), &reason);
    if field == "vendor" {
        adopt(&act, by, &mut desk, vendor.as_deref()).await?;
    }
    let row = desk.close(&act, uses).await?;
    let details = json!({ "field": field, "use": of_use, "fact": fact, "none": none, "reason": reason });
    act.record(&by.scope, by.actor, "component.chosen", ("component", id.0), &details);
    changed(&mut act, &[id]).await?;
    act.commit().await?;
    Ok(row)
}

/// Says that a fact was checked against something and holds, or takes an earlier check back.
///
/// # Errors
/// [`AppError::Changed`] when somebody else changed the entry since `revision`; [`AppError::OwnWork`] for whoever stated it
/// by hand themselves; [`AppError::Invalid`] when the fact is none of this entry, or it is not said against what.
pub async fn check(
    platform: &Platform,
    by: &Buyer,
    id: ComponentId,
    revision: Option<i64>,
    (fact, holds): (Uuid, bool),
    note: &str,
) -> Result<component::Model> {
    let note = reason(platform, note)
        .map_err(|problem| problem.moved_to("note"))?
        .ok_or_else(|| Problem::new("note", "required"))?;
    let mut act = Act::begin(platform).await?;
    let mut desk = Desk::open_at(platform, &act, by, id, revision).await?;
    let known = desk.record.facts.iter().find(|known| known.id == fact);
    let known = known.ok_or_else(|| Problem::new("fact", "unknown"))?;
    let is_by_hand = matches!(known.source, Source::Person { .. });
    let (stated, would) = (known.recorded_by, super::desk::by(by.actor));
    if holds && is_by_hand && !may_judge(Some(stated), Some(would)) {
        return Err(AppError::OwnWork("statement"));
    }
    let (field, of_use) = (known.said.field.id, known.of_use);
    let uses = touched(&act, by, &mut desk, of_use).await?;
    desk.check(fact, holds, &note);
    let row = desk.close(&act, uses).await?;
    let details = json!({ "field": field, "fact": fact, "holds": holds, "note": note });
    act.record(&by.scope, by.actor, "component.checked", ("component", id.0), &details);
    changed(&mut act, &[id]).await?;
    act.commit().await?;
    Ok(row)
}
