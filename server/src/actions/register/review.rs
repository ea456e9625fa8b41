//! A person applies or declines what a submission proposes, whole or line by line.

use super::super::{Act, Buyer};
use super::Desk;
use super::said::{Origin, Said};
use super::{changed, left_out};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::ids::{ComponentId, VendorId};
use domain::problem::Problem;
use domain::register::{self, FIELDS, Key};
use entity::{component_source, register_proposal, register_proposal_line};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;
use uuid::Uuid;

/// What becomes of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They become facts of the register.
    Apply,
    /// They do not; the next submission proposes them again.
    Decline,
}

/// Applies or declines lines of a proposal: those named, or all that still wait. Gives the entries that were touched.
///
/// # Errors
/// [`AppError::Changed`] when somebody else decided since `revision`; [`AppError::NotNow`] `superseded` or `done`;
/// [`AppError::Invalid`] `unknown` at `lines` for a line that is none of it or that was decided on.
pub async fn resolve(
    platform: &Platform,
    by: &Buyer,
    id: Uuid,
    revision: Option<i64>,
    verdict: Verdict,
    chosen: Option<&BTreeSet<Uuid>>,
) -> Result<Vec<ComponentId>> {
    let mut act = Act::begin(platform).await?;
    let proposal = repo::register::hold_proposal(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    match proposal.state.as_str() {
        "open" => {}
        "superseded" => return Err(AppError::NotNow("superseded")),
        _ => return Err(AppError::NotNow("done")),
    }
    if revision.is_some_and(|revision| revision != proposal.revision) {
        return Err(AppError::Changed(json!({ "id": id, "revision": proposal.revision })));
    }
    let lines = repo::register::lines(act.tx(), by.scope, id).await?;
    let open: Vec<&register_proposal_line::Model> = lines.iter().filter(|line| line.state == "open").collect();
    if let Some(chosen) = chosen {
        let known: BTreeSet<Uuid> = open.iter().map(|line| line.id).collect();
        if let Some(unknown) = chosen.iter().find(|line| !known.contains(line)) {
            return Err(Problem::new("lines", "unknown").with("given", unknown).into());
        }
        if chosen.is_empty() {
            return Err(Problem::new("lines", "required").into());
        }
    }
    let open_count = open.len();
    let selected: Vec<_> =
        open.into_iter().filter(|line| chosen.is_none_or(|chosen| chosen.contains(&line.id))).collect();
    let (count, is_all) = (selected.len(), selected.len() == open_count);
    let mut touched = BTreeMap::new();
    if verdict == Verdict::Apply {
        touched = apply(platform, &act, by, &proposal, &selected).await?;
    }
    for line in selected {
        let mut row = line.clone().into_active_model();
        row.state = Set(if verdict == Verdict::Apply { "applied" } else { "declined" }.to_owned());
        row.decided_at = Set(Some(act.now));
        if let Some(component) = touched.get(&line.id) {
            row.component_id = Set(Some(component.0));
        }
        repo::register::update_line(act.tx(), by.scope, row).await?;
    }
    let mut row = proposal.clone().into_active_model();
    row.revision = Set(proposal.revision + 1);
    if is_all {
        row.state = Set("done".to_owned());
        row.closed_at = Set(Some(act.now));
    }
    repo::register::update_proposal(act.tx(), by.scope, row).await?;
    let components: BTreeSet<ComponentId> = touched.into_values().collect();
    let components: Vec<ComponentId> = components.into_iter().collect();
    let (action, details) = match verdict {
        Verdict::Apply => ("register.proposal_applied", json!({ "lines": count, "components": components })),
        Verdict::Decline => ("register.proposal_declined", json!({ "lines": count })),
    };
    act.record(&by.scope, by.actor, action, ("register_proposal", id), &details);
    changed(&mut act, &components).await?;
    act.commit().await?;
    Ok(components)
}

/// Makes facts of lines; gives the entry of each.
async fn apply(
    platform: &Platform,
    act: &Act<'_>,
    by: &Buyer,
    proposal: &register_proposal::Model,
    lines: &[&register_proposal_line::Model],
) -> Result<BTreeMap<Uuid, ComponentId>> {
    let origin = Origin::of(proposal);
    let (key, seen) = (origin.key(), proposal.created_at.date());
    let vendor = repo::vendors::get(act.tx(), by.scope, VendorId(proposal.vendor_id)).await?;
    let vendor = vendor.ok_or(AppError::NotFound)?;
    let sources = repo::register::sources(act.tx(), by.scope, &key).await?;
    let mut sources: BTreeMap<Uuid, component_source::Model> =
        sources.into_iter().map(|row| (row.component_id, row)).collect();
    let mut touched = BTreeMap::new();
    let mut of_entry: BTreeMap<Uuid, Vec<&register_proposal_line::Model>> = BTreeMap::new();
    for line in lines {
        match line.component_id {
            Some(component) => of_entry.entry(component).or_default().push(line),
            None => {
                let desk = Desk::new(platform, act, by, Some((vendor.id, vendor.name.clone())));
                let id = add(act, by, desk, line, &origin, seen).await?;
                touched.insert(line.id, id);
            }
        }
    }
    for (component, lines) in of_entry {
        let id = ComponentId(component);
        if let Some(line) = lines.iter().find(|line| line.verdict == "added") {
            // The entry that it was taken for may have gone with the list that brought it.
            let desk = match Desk::open(platform, act, by, id).await {
                Err(AppError::NotFound) => Desk::new(platform, act, by, Some((vendor.id, vendor.name.clone()))),
                opened => opened?,
            };
            let joined = add(act, by, desk, line, &origin, seen).await?;
            touched.insert(line.id, joined);
            continue;
        }
        let mut desk = Desk::open(platform, act, by, id).await?;
        touched.extend(lines.iter().map(|line| (line.id, id)));
        let mut source = sources.remove(&component).ok_or(AppError::NotFound)?;
        let mut said: Said = serde_json::from_value(source.said.clone())?;
        for line in lines {
            let entry = line.entry.clone().map(serde_json::from_value::<Said>).transpose()?;
            match (line.verdict.as_str(), &line.field, entry) {
                ("gone", ..) => {
                    source.gone = true;
                    let is_named = is_named_by_others(act, by, &desk, &key).await?;
                    if is_named {
                        let all = FIELDS.iter().map(|field| field.id).collect();
                        desk.restate(&key, &[], &all, seen);
                    } else {
                        // Nobody else speaks of it: what was said last stays readable.
                        desk.row.withdrawn = true;
                    }
                }
                ("back", _, Some(entry)) => {
                    source.gone = false;
                    desk.row.withdrawn = false;
                    let before = said.spoken().into_iter().map(str::to_owned).collect::<Vec<_>>();
                    let fields = before.iter().map(String::as_str).chain(entry.spoken()).collect();
                    desk.restate(&key, &entry.statements(&origin, None), &fields, seen);
                    said = entry;
                }
                (_, Some(field), Some(entry)) => {
                    let field = field.as_str();
                    desk.restate(&key, &entry.statements(&origin, Some(field)), &BTreeSet::from([field]), seen);
                    match entry.fields.get(field) {
                        Some(value) => said.fields.insert(field.to_owned(), value.clone()),
                        None => said.fields.remove(field),
                    };
                    said.row = entry.row;
                    said.key = Key::of(&said.texts());
                }
                _ => return Err(AppError::internal("a proposal's line without what it proposes")),
            }
        }
        source.said = json!(said);
        source.changed_at = act.now;
        repo::register::update_source(act.tx(), by.scope, source.into_active_model().reset_all()).await?;
        desk.close(act, Vec::new()).await?;
    }
    Ok(touched)
}

/// Whether anybody else speaks of an entry still, or it is used.
async fn is_named_by_others(act: &Act<'_>, by: &Buyer, desk: &Desk<'_>, key: &str) -> Result<bool> {
    let left_out = left_out(&repo::register::sources_of(act.tx(), by.scope, desk.id()).await?);
    Ok(register::is_named_by_others(&desk.record.facts, &desk.record.choices, key, &left_out)
        || !repo::register::uses(act.tx(), by.scope, desk.id(), 1).await?.is_empty())
}

/// Everything that a row says becomes facts of an entry, which the source knows from then on.
async fn add(
    act: &Act<'_>,
    by: &Buyer,
    mut desk: Desk<'_>,
    line: &register_proposal_line::Model,
    origin: &Origin,
    seen: Date,
) -> Result<ComponentId> {
    let entry = line.entry.clone().ok_or_else(|| AppError::internal("a proposed entry that says nothing"))?;
    let entry: Said = serde_json::from_value(entry)?;
    desk.row.withdrawn = false;
    desk.restate(&origin.key(), &entry.statements(origin, None), &BTreeSet::new(), seen);
    let id = desk.id();
    let source = component_source::ActiveModel {
        id: Set(desk.fresh()),
        organisation_id: Set(by.scope.organisation().0),
        component_id: Set(id.0),
        source: Set(origin.key()),
        reference: Set(id.to_string()),
        said: Set(json!(entry)),
        gone: Set(false),
        changed_at: Set(act.now),
    };
    desk.close(act, Vec::new()).await?;
    repo::register::add_sources(act.tx(), by.scope, vec![source]).await?;
    Ok(id)
}
