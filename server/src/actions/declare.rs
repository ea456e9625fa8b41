//! What a vendor declares in a submission becomes entries of the register, each field naming the answer it came from.

use super::questionnaire::Opened;
use super::submit::Snapshot;
use super::{Act, Actor, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope, SystemScope, VendorScope};
use domain::answer::Reply;
use domain::ids::{AssessmentId, ComponentId, VendorId};
use domain::questionnaire::{Feed, Kind};
use domain::register::{Declared, Key, Standing, Step, declared, reconcile};
use entity::{component, component_fact};
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// How a declared component is recognised again: kept as JSON in `component.identity`.
#[derive(Serialize, Deserialize)]
struct Identity {
    key: Key,
    row: usize,
}

/// Brings the register to what the submission declares: adds, updates and withdraws entries of this assessment.
pub(super) async fn declare(
    platform: &Platform,
    act: &mut Act<'_>,
    scope: VendorScope,
    opened: &Opened,
    snapshot: &Snapshot,
) -> Result<()> {
    let buyer = SystemScope.acting_for(scope.organisation);
    let feeding = opened
        .version
        .document
        .questions()
        .filter(|question| matches!(question.kind, Kind::Table { feeds: Some(Feed::Register), .. }));
    let standing = repo::register::declared_by_ever(act.tx(), buyer, scope.assessment).await?;
    let vendor = repo::vendors::get(act.tx(), buyer, VendorId(opened.assessment.vendor_id)).await?;
    let vendor = vendor.ok_or(AppError::NotFound)?.name;
    let mut touched = Vec::new();
    for question in feeding {
        let rows: &[BTreeMap<String, String>] =
            match snapshot.answers.iter().find(|answer| answer.question == question.id).map(|answer| &answer.reply) {
                Some(Some(Reply::Table { rows })) => rows,
                _ => &[],
            };
        let source = Source { assessment: scope.assessment, question: &question.id, round: snapshot.round };
        let mine: Vec<&component::Model> =
            standing.iter().filter(|row| row.question_id.as_deref() == Some(&question.id)).collect();
        let desk = Desk { platform, buyer, vendor: &vendor, opened, source };
        touched.extend(desk.apply(act, &mine, rows).await?);
    }
    if touched.is_empty() {
        return Ok(());
    }
    let details = json!({ "round": snapshot.round, "components": touched });
    let actor = Actor::Contact(scope.contact);
    act.record(&scope, actor, "register.declared", ("assessment", scope.assessment.0), &details).await?;
    index::enqueue(act, &touched).await
}

#[derive(Clone, Copy)]
struct Source<'a> {
    assessment: AssessmentId,
    question: &'a str,
    round: i64,
}

impl Source<'_> {
    fn json(self, row: Option<usize>) -> Value {
        json!({ "assessment": self.assessment, "question": self.question, "round": self.round, "row": row })
    }
}

struct Desk<'a> {
    platform: &'a Platform,
    buyer: BuyerScope,
    vendor: &'a str,
    opened: &'a Opened,
    source: Source<'a>,
}

impl Desk<'_> {
    async fn apply(
        &self,
        act: &mut Act<'_>,
        rows: &[&component::Model],
        said: &[BTreeMap<String, String>],
    ) -> Result<Vec<ComponentId>> {
        let by_id: BTreeMap<Uuid, &component::Model> = rows.iter().map(|row| (row.id, *row)).collect();
        let standing = rows.iter().map(|row| standing(row)).collect::<Result<Vec<_>>>()?;
        let declaration = declared(said);
        for problem in &declaration.problems {
            tracing::info!(%problem, "declared in the register");
        }
        let (mut added, mut facts, mut touched) = (Vec::new(), Vec::new(), Vec::new());
        for step in reconcile(&standing, &declaration.entries) {
            match step {
                Step::Keep { component, declared } => {
                    let mut row = by_id[&component.0].clone().into_active_model();
                    row.identity = Set(identity(&declaration.entries[declared])?);
                    repo::register::update(act.tx(), self.buyer, row).await?;
                }
                Step::Add { declared } => {
                    let entry = &declaration.entries[declared];
                    let id: ComponentId = self.platform.clock.id();
                    added.push(self.new_row(id, entry, act.now)?);
                    for (field, stated) in &entry.fields {
                        facts.push(self.fact(id, field, Some(&stated.text), Some(stated.row), act.now));
                    }
                    touched.push(id);
                }
                Step::Update { component, declared, changed, .. } => {
                    let entry = &declaration.entries[declared];
                    let before = by_id[&component.0];
                    let mut row = before.clone().into_active_model();
                    row.identity = Set(identity(entry)?);
                    row.name = Set(entry.name.clone());
                    row.kind = Set(entry.kind.to_owned());
                    row.fields = Set(fields(entry));
                    row.status = Set("declared".to_owned());
                    row.revision = Set(before.revision + 1);
                    row.changed_at = Set(act.now);
                    repo::register::update(act.tx(), self.buyer, row).await?;
                    for change in &changed {
                        let row = entry.fields.get(change.field.as_str()).map(|stated| stated.row);
                        facts.push(self.fact(component, &change.field, change.after.as_deref(), row, act.now));
                    }
                    touched.push(component);
                }
                Step::Withdraw { component } => {
                    let before = by_id[&component.0];
                    let mut row = before.clone().into_active_model();
                    row.status = Set("withdrawn".to_owned());
                    row.revision = Set(before.revision + 1);
                    row.changed_at = Set(act.now);
                    repo::register::update(act.tx(), self.buyer, row).await?;
                    facts.push(self.fact(component, "status", Some("withdrawn"), None, act.now));
                    touched.push(component);
                }
            }
        }
        repo::register::add(act.tx(), self.buyer, added).await?;
        repo::register::add_facts(act.tx(), self.buyer, facts).await?;
        Ok(touched)
    }

    fn new_row(&self, id: ComponentId, entry: &Declared, now: OffsetDateTime) -> Result<component::ActiveModel> {
        Ok(component::ActiveModel {
            id: Set(id.0),
            organisation_id: Set(self.buyer.organisation().0),
            vendor_id: Set(Some(self.opened.assessment.vendor_id)),
            vendor_name: Set(Some(self.vendor.to_owned())),
            assessment_id: Set(Some(self.source.assessment.0)),
            question_id: Set(Some(self.source.question.to_owned())),
            import_id: Set(None),
            identity: Set(identity(entry)?),
            name: Set(entry.name.clone()),
            kind: Set(entry.kind.to_owned()),
            status: Set("declared".to_owned()),
            fields: Set(fields(entry)),
            revision: Set(1),
            visible: Set(true),
            created_at: Set(now),
            changed_at: Set(now),
        })
    }

    fn fact(
        &self,
        component: ComponentId,
        field: &str,
        value: Option<&str>,
        row: Option<usize>,
        now: OffsetDateTime,
    ) -> component_fact::ActiveModel {
        component_fact::ActiveModel {
            id: Set(self.platform.clock.id::<Uuid>()),
            organisation_id: Set(self.buyer.organisation().0),
            component_id: Set(component.0),
            field: Set(field.to_owned()),
            value: Set(value.map(str::to_owned)),
            source_kind: Set("answer".to_owned()),
            source: Set(self.source.json(row)),
            recorded_at: Set(now),
        }
    }
}

fn identity(entry: &Declared) -> Result<String> {
    let identity = Identity { key: entry.key.clone(), row: entry.rows.first().copied().unwrap_or(1) };
    Ok(serde_json::to_string(&identity)?)
}

fn fields(entry: &Declared) -> Value {
    let texts: BTreeMap<&str, &str> =
        entry.fields.iter().map(|(field, stated)| (*field, stated.text.as_str())).collect();
    json!(texts)
}

fn standing(row: &component::Model) -> Result<Standing> {
    let identity: Identity = serde_json::from_str(&row.identity)?;
    Ok(Standing {
        component: ComponentId(row.id),
        key: identity.key,
        fields: serde_json::from_value(row.fields.clone())?,
        row: identity.row,
        withdrawn: row.status == "withdrawn",
    })
}
