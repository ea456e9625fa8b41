//! Where what was found out goes: to people, or where it is staged.

use super::super::super::Progress;
use super::super::staging::{Named, Telling, Turn, in_batches, unseen};
use super::{Compared, LABEL, Outcome, first_cell};
use crate::error::Result;
use crate::repo;
use domain::ids::{ComponentId, ImportRowId};
use domain::register::Fact;
use entity::{ai_use, component, import_row};
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;

/// Where what was found out goes.
pub(in super::super) enum Sink<'a> {
    /// Shown to people, from this position among the import's rows on.
    Lines { turn: &'a Turn<'a>, position: i64, waiting: Vec<import_row::ActiveModel> },
    /// Staged, to be taken over.
    Stage { turn: &'a Turn<'a>, waiting: Box<Waiting>, has_new: bool },
}

/// What waits to be staged.
#[derive(Default)]
pub(in super::super) struct Waiting {
    entries: Vec<component::ActiveModel>,
    uses: Vec<ai_use::ActiveModel>,
    facts: Vec<(ComponentId, Fact)>,
    staged_entries: Vec<component::Model>,
    staged_uses: Vec<ai_use::Model>,
    staged_facts: Vec<(ComponentId, Fact)>,
    staged_again: Vec<(ComponentId, Fact)>,
}

impl Waiting {
    fn len(&self) -> usize {
        self.entries.len()
            + self.uses.len()
            + self.facts.len()
            + self.staged_entries.len()
            + self.staged_uses.len()
            + self.staged_facts.len()
            + self.staged_again.len()
    }
}

impl Sink<'_> {
    /// Says how far the comparison is.
    pub(super) fn at(&self, progress: Progress) {
        if let Self::Stage { turn, .. } = self {
            turn.at(progress);
        }
    }

    pub(super) fn line(
        &mut self,
        telling: &Telling<'_>,
        verdict: &str,
        (place, label): (String, &str),
        kept: &Compared,
    ) {
        let Self::Lines { turn, position, waiting } = self else { return };
        waiting.push(import_row::ActiveModel {
            id: Set(turn.platform.clock.id::<ImportRowId>().0),
            organisation_id: Set(telling.by.scope.organisation().0),
            import_id: Set(turn.import.0),
            position: Set(*position),
            place: Set(place),
            label: Set(label.chars().take(LABEL).collect()),
            verdict: Set(verdict.to_owned()),
            question_id: Set(None),
            proposed: Set(None),
            current: Set(None),
            current_revision: Set(0),
            problem: Set(None),
            details: Set(json!(kept)),
            applied: Set(false),
        });
        *position += 1;
    }

    /// Writes what waits, in transactions of bounded size.
    pub(super) async fn flush(&mut self, telling: &Telling<'_>, at_least: usize) -> Result<()> {
        let scope = telling.by.scope;
        match self {
            Self::Lines { turn, waiting, .. } => {
                if waiting.len() >= at_least {
                    for rows in in_batches(std::mem::take(waiting)) {
                        let (act, _) = turn.begin().await?;
                        repo::imports::add_rows(act.tx(), &scope, rows).await?;
                        act.commit().await?;
                    }
                }
            }
            Self::Stage { turn, waiting, .. } => {
                if waiting.len() < at_least {
                    return Ok(());
                }
                let Waiting { entries, uses, facts, staged_entries, staged_uses, staged_facts, staged_again } =
                    *std::mem::take(waiting);
                let import = turn.import;
                for rows in in_batches(entries) {
                    let act = turn.batch().await?;
                    repo::register::add(act.tx(), scope, rows).await?;
                    act.commit().await?;
                }
                for rows in in_batches(facts) {
                    let act = turn.batch().await?;
                    repo::register::add_facts(act.tx(), scope, rows).await?;
                    act.commit().await?;
                }
                for rows in in_batches(uses) {
                    let act = turn.batch().await?;
                    repo::register::add_uses(act.tx(), scope, rows).await?;
                    act.commit().await?;
                }
                for rows in in_batches(staged_entries) {
                    let act = turn.batch().await?;
                    repo::register::staged::add_entries(act.tx(), scope, import, rows).await?;
                    act.commit().await?;
                }
                for rows in in_batches(staged_uses) {
                    let act = turn.batch().await?;
                    repo::register::staged::add_uses(act.tx(), scope, import, rows).await?;
                    act.commit().await?;
                }
                for (later, facts) in [(false, staged_facts), (true, staged_again)] {
                    for rows in in_batches(facts) {
                        let act = turn.batch().await?;
                        repo::register::staged::add_facts(act.tx(), scope, import, later, rows).await?;
                        act.commit().await?;
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn put(
        &mut self,
        telling: &Telling<'_>,
        id: Option<ComponentId>,
        place: (String, &str),
        outcome: Outcome,
    ) {
        let kept = Compared { component: id, changes: outcome.changes };
        self.line(telling, outcome.verdict, place, &kept);
        let Self::Stage { waiting, has_new, .. } = self else { return };
        *has_new |= !outcome.new_uses.is_empty();
        waiting.uses.extend(outcome.new_uses.into_iter().map(IntoActiveModel::into_active_model));
        waiting.staged_uses.extend(outcome.uses);
        waiting.staged_entries.extend(outcome.row);
        if let Some(id) = id {
            waiting.staged_facts.extend(outcome.facts.into_iter().map(|fact| (id, fact)));
            waiting.staged_again.extend(outcome.again.into_iter().map(|fact| (id, fact)));
        }
    }

    pub(super) fn put_new(&mut self, telling: &Telling<'_>, named: Named, uses: Vec<ai_use::Model>) {
        let kept = Compared::default();
        self.line(telling, "new", (first_cell(&named.facts), &named.name), &kept);
        let Self::Stage { waiting, has_new, .. } = self else { return };
        *has_new = true;
        waiting.entries.push(unseen(telling, &named).into_active_model());
        waiting.uses.extend(uses.into_iter().map(IntoActiveModel::into_active_model));
        waiting.facts.extend(named.facts.into_iter().map(|fact| (named.id, fact)));
    }
}
