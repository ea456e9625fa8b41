//! A vendor submits: what that would change in the register is kept until a person applies it.

use super::super::questionnaire::Opened;
use super::super::submit::Snapshot;
use super::super::{Act, Actor, Buyer};
use super::said::{Origin, Said};
use super::{Desk, changed};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope, SystemScope, VendorScope};
use domain::answer::Reply;
use domain::ids::{ComponentId, EngagementId, VendorId};
use domain::problem::Problem;
use domain::questionnaire::{Feed, Kind, Question};
use domain::register::fold::folded;
use domain::register::{Changed, Declared, Field, Ground, Statement, Step, declared, reconcile};
use entity::{component, component_source, register_proposal, register_proposal_line};
use sea_orm::{IntoActiveModel, Set};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Entries of one vendor among which one is looked for that a declared one may be.
const SAME_VENDOR: u64 = 2_000;

/// Keeps what the submission would change in the register, one proposal for each question that feeds it. What is merely
/// said again is recorded as seen again; what an earlier submission proposed and nobody decided on is superseded.
pub(in crate::actions) async fn propose(
    platform: &Platform,
    act: &mut Act<'_>,
    scope: VendorScope,
    opened: &Opened,
    snapshot: &Snapshot,
) -> Result<()> {
    let buyer =
        Buyer { scope: SystemScope.acting_for(scope.organisation), actor: Actor::Contact(scope.contact), once: None };
    let vendor = VendorId(opened.assessment.vendor_id);
    let feeding = opened
        .version
        .document
        .questions()
        .filter(|question| matches!(question.kind, Kind::Table { feeds: Some(Feed::Register), .. }));
    let feeding: Vec<&Question> = feeding.collect();
    let origin = |question: &Question| Origin {
        engagement: EngagementId(opened.assessment.engagement_id),
        assessment: scope.assessment,
        question: question.id.clone(),
        round: snapshot.round,
    };
    let mut named = BTreeSet::new();
    for question in &feeding {
        let sources = repo::register::sources(act.tx(), buyer.scope, &origin(question).key()).await?;
        named.extend(sources.into_iter().map(|row| ComponentId(row.component_id)));
    }
    // They are opened in the order in which the vendor names them, and by others in another one.
    repo::register::hold_all(act.tx(), buyer.scope, &named).await?;
    for question in feeding {
        let said = snapshot.answers.iter().find(|answer| answer.question == question.id);
        let rows: &[BTreeMap<String, String>] = match said.map(|answer| &answer.reply) {
            Some(Some(Reply::Table { rows })) => rows,
            _ => &[],
        };
        let origin = origin(question);
        let desk = Proposing { platform, by: &buyer, vendor, origin };
        desk.compare(act, rows).await?;
    }
    Ok(())
}

struct Proposing<'a> {
    platform: &'a Platform,
    by: &'a Buyer,
    vendor: VendorId,
    origin: Origin,
}

/// A line before it has an id.
struct Line {
    verdict: &'static str,
    component: Option<ComponentId>,
    name: String,
    field: Option<String>,
    before: Option<String>,
    after: Option<String>,
    shown: Option<String>,
    entry: Option<Said>,
}

impl Proposing<'_> {
    fn scope(&self) -> BuyerScope {
        self.by.scope
    }

    async fn compare(&self, act: &mut Act<'_>, rows: &[BTreeMap<String, String>]) -> Result<()> {
        let (scope, key) = (self.scope(), self.origin.key());
        let engagement = self.origin.engagement.0;
        for open in repo::register::open_of_source(act.tx(), scope, engagement, &self.origin.question).await? {
            let revision = open.revision;
            let mut row = open.into_active_model();
            row.state = Set("superseded".to_owned());
            row.closed_at = Set(Some(act.now));
            row.revision = Set(revision + 1);
            repo::register::update_proposal(act.tx(), scope, row).await?;
        }
        let sources = repo::register::sources(act.tx(), scope, &key).await?;
        let said = |row: &component_source::Model| -> Result<Said> { Ok(serde_json::from_value(row.said.clone())?) };
        let standing = sources.iter().map(|row| Ok(said(row)?.standing(row))).collect::<Result<Vec<_>>>()?;
        let declaration = declared(rows);
        let mut notes = declaration.problems;
        let entries: Vec<Said> = declaration.entries.iter().map(|entry| Said::of(entry, &mut notes)).collect();
        let mut others = self.others(act, &sources).await?;
        let mut lines = Vec::new();
        for step in reconcile(&standing, &declaration.entries) {
            match step {
                Step::Add { declared } => {
                    let entry = &declaration.entries[declared];
                    let twin = twin(entry, &others).map(|n| others.swap_remove(n));
                    lines.push(Line {
                        component: twin.as_ref().map(|row| ComponentId(row.id)),
                        shown: twin.map(|row| row.name),
                        ..Line::of("added", &entries[declared])
                    });
                }
                Step::Keep { component, declared } => {
                    let spoken = entries[declared].spoken();
                    self.seen_again(act, &sources, component, &entries[declared], &spoken).await?;
                }
                Step::Update { component, declared, restored: true, .. } => {
                    lines.push(Line { component: Some(component), ..Line::of("back", &entries[declared]) });
                }
                Step::Update { component, declared, changed, .. } => {
                    let entry = &entries[declared];
                    let changing: BTreeSet<&str> = changed.iter().map(|change| change.field.as_str()).collect();
                    let unchanged: BTreeSet<&str> = entry.spoken().difference(&changing).copied().collect();
                    self.seen_again(act, &sources, component, entry, &unchanged).await?;
                    lines.extend(self.changes(act, component, entry, changed, &key).await?);
                }
                Step::Withdraw { component } => {
                    let row = sources.iter().find(|row| row.component_id == component.0);
                    let entry = row.map(said).transpose()?.ok_or(AppError::NotFound)?;
                    lines.push(Line { component: Some(component), entry: None, ..Line::of("gone", &entry) });
                }
            }
        }
        self.keep(act, lines, &notes).await
    }

    /// Entries of this vendor that another source brought.
    async fn others(&self, act: &Act<'_>, known: &[component_source::Model]) -> Result<Vec<component::Model>> {
        let mut there = repo::register::of_vendor(act.tx(), self.scope(), self.vendor, SAME_VENDOR).await?;
        let known: BTreeSet<Uuid> = known.iter().map(|row| row.component_id).collect();
        there.retain(|row| !known.contains(&row.id));
        Ok(there)
    }

    /// Records that what was said before is said still. Seen last, it may come before what others say: then the entry is
    /// written anew.
    async fn seen_again(
        &self,
        act: &mut Act<'_>,
        sources: &[component_source::Model],
        component: ComponentId,
        entry: &Said,
        fields: &BTreeSet<&str>,
    ) -> Result<()> {
        let (scope, today) = (self.scope(), act.now.date());
        let statements: Vec<_> = entry
            .statements(&self.origin, None)
            .into_iter()
            .filter(|(said, _)| fields.contains(said.field.id))
            .collect();
        match Desk::open(self.platform, act, self.by, component).await {
            Ok(mut desk) => {
                desk.restate(&self.origin.key(), &statements, &BTreeSet::new(), today);
                if desk.shows_something_else() {
                    desk.close(act, Vec::new()).await?;
                    changed(act, &[component]).await?;
                } else {
                    desk.keep(act).await?;
                }
            }
            // It went with the list that brought it.
            Err(AppError::NotFound) => {}
            Err(other) => return Err(other),
        }
        if let Some(row) = sources.iter().find(|row| row.component_id == component.0) {
            let mut said: Said = serde_json::from_value(row.said.clone())?;
            said.row = entry.row;
            let mut row = row.clone().into_active_model();
            row.said = Set(json!(said));
            repo::register::update_source(act.tx(), scope, row).await?;
        }
        Ok(())
    }

    /// One line for each field that is said otherwise than before.
    async fn changes(
        &self,
        act: &Act<'_>,
        component: ComponentId,
        entry: &Said,
        changed: Vec<Changed>,
        key: &str,
    ) -> Result<Vec<Line>> {
        let record = repo::register::record(act.tx(), self.scope(), component).await?;
        let settled = record.settled();
        let row = repo::register::of_ids(act.tx(), self.scope(), &[component]).await?;
        let name = row.first().map_or(entry.name.clone(), |row| row.name.clone());
        let line = |change: Changed| {
            let field = Field::named(&change.field)?;
            let of_field = || settled.iter().filter(|one| one.slot.field == field.id && one.slot.of_use.is_none());
            let said: BTreeSet<String> = change
                .after
                .as_deref()
                .and_then(|after| Statement::of_cell(field.id, after).ok())
                .unwrap_or_default()
                .iter()
                .map(|said| field.compared(&said.value))
                .collect();
            let others: BTreeSet<String> = of_field()
                .flat_map(|one| &one.says)
                .filter(|current| current.fact.source.key() != key)
                .map(|current| field.compared(&current.fact.said.value))
                .collect();
            let is_chosen = of_field().any(|one| one.ground == Ground::Chosen);
            let conflicts = is_chosen || (!others.is_empty() && others != said);
            let shown: Vec<&str> = of_field().filter_map(|one| one.value()).collect();
            Some(Line {
                component: Some(component),
                name: name.clone(),
                field: Some(change.field),
                before: change.before,
                after: change.after,
                shown: (conflicts && !shown.is_empty()).then(|| shown.join("; ")),
                ..Line::of(if conflicts { "conflicting" } else { "changed" }, entry)
            })
        };
        Ok(changed.into_iter().filter_map(line).collect())
    }

    async fn keep(&self, act: &mut Act<'_>, lines: Vec<Line>, notes: &[Problem]) -> Result<()> {
        if lines.is_empty() && notes.is_empty() {
            return Ok(());
        }
        let scope = self.scope();
        let (id, organisation) = (self.platform.clock.id::<Uuid>(), scope.organisation().0);
        let is_done = lines.is_empty();
        let row = register_proposal::ActiveModel {
            id: Set(id),
            organisation_id: Set(organisation),
            vendor_id: Set(self.vendor.0),
            engagement_id: Set(self.origin.engagement.0),
            assessment_id: Set(self.origin.assessment.0),
            question_id: Set(self.origin.question.clone()),
            round: Set(self.origin.round),
            state: Set(if is_done { "done" } else { "open" }.to_owned()),
            notes: Set(json!(notes)),
            revision: Set(1),
            created_at: Set(act.now),
            closed_at: Set(is_done.then_some(act.now)),
        };
        repo::register::add_proposal(act.tx(), scope, row).await?;
        let count = lines.len();
        let rows = (1..).zip(lines).map(|(position, line)| register_proposal_line::ActiveModel {
            id: Set(self.platform.clock.id()),
            organisation_id: Set(organisation),
            proposal_id: Set(id),
            position: Set(position),
            verdict: Set(line.verdict.to_owned()),
            component_id: Set(line.component.map(|id| id.0)),
            name: Set(line.name),
            field: Set(line.field),
            before: Set(line.before),
            after: Set(line.after),
            shown: Set(line.shown),
            entry: Set(line.entry.map(|entry| json!(entry))),
            state: Set("open".to_owned()),
            decided_at: Set(None),
        });
        repo::register::add_lines(act.tx(), scope, rows.collect()).await?;
        let details = json!({ "proposal": id, "round": self.origin.round, "lines": count });
        let assessment = ("assessment", self.origin.assessment.0);
        act.record(&scope, self.by.actor, "register.proposed", assessment, &details);
        Ok(())
    }
}

/// Which one a declared entry is, though another source brought it: of the same name and product, and of no other plan.
/// Of two candidates it is neither.
fn twin(entry: &Declared, others: &[component::Model]) -> Option<usize> {
    let said = |row: &component::Model, field: &str| {
        row.fields.get(field).and_then(Value::as_str).map(folded).unwrap_or_default()
    };
    let mut twins = others.iter().enumerate().filter(|(_, row)| {
        let plan = said(row, "plan");
        folded(&row.name) == folded(&entry.name)
            && said(row, "product") == entry.key.product
            && (plan.is_empty() || plan == entry.key.plan)
    });
    let twin = twins.next().map(|(n, _)| n);
    if twins.next().is_none() { twin } else { None }
}

impl Line {
    fn of(verdict: &'static str, entry: &Said) -> Self {
        Self {
            verdict,
            component: None,
            name: entry.name.clone(),
            field: None,
            before: None,
            after: None,
            shown: None,
            entry: Some(entry.clone()),
        }
    }
}
