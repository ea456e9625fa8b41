//! What is recorded of entries, as JSON: facts, choices, checks, decisions, references, uses.

use super::api::{Component, shown};
use crate::actions::register::{self, BulkEdit, Decision, Edit, Link};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::{Body, IfMatch, Tagged};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use domain::answer::iso_date;
use domain::ids::{ComponentId, UseId};
use domain::problem::Problem;
use domain::register::{Certainty, FIELDS, Settled, Source};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A field that entries and uses can have.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldOfRegister {
    /// Its id.
    id: &'static str,
    /// Where it stands on the fact sheet.
    group: &'static str,
    /// The values it can have; anything where empty.
    values: &'static [&'static str],
    /// It is a list: each element is a fact of its own.
    several: bool,
    /// Each element says one thing of what it names: `Anthropic: US`.
    pairs: bool,
    /// It can differ by plan and region.
    varies: bool,
    /// Only we can say it, no vendor and no document.
    ours: bool,
    /// It can be said of an entry.
    of_component: bool,
    /// It can be said of a use.
    of_use: bool,
}

/// The fields that entries and uses can have.
#[utoipa::path(get, path = "/components/fields", tag = "register", responses((status = 200, body = Items<FieldOfRegister>)))]
pub(super) async fn fields(_: May<may::Read>) -> Json<Items<FieldOfRegister>> {
    let field = |field: &domain::register::Field| FieldOfRegister {
        id: field.id,
        group: field.group.name(),
        values: field.values,
        several: field.several,
        pairs: field.pairs,
        varies: field.varies,
        ours: field.ours,
        of_component: field.is_of_component(),
        of_use: field.is_of_use(),
    };
    Json(Items::all(FIELDS.iter().map(field).collect()))
}

/// What a source said, as it was recorded. Facts are never changed and never removed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Fact {
    /// Its id.
    id: Uuid,
    /// The use that it speaks of; null for the entry itself.
    r#use: Option<Uuid>,
    /// The field.
    field: &'static str,
    /// For this plan only.
    plan: Option<String>,
    /// For this region only.
    region: Option<String>,
    /// One value, or one element of a list.
    value: String,
    /// From here on the source says so no longer.
    taken_back: bool,
    /// From when on it is so.
    as_of: String,
    /// When the source was last seen saying so.
    last_seen: String,
    /// `certain`, `likely` or `uncertain`.
    certainty: &'static str,
    /// `person`, `evidence`, `answer`, `bom`, `import` or `catalogue`.
    source_kind: &'static str,
    /// Where it comes from, exactly enough to look it up.
    #[schema(value_type = Object)]
    source: Source,
    /// When it was recorded.
    recorded_at: String,
    /// Who recorded it.
    #[schema(value_type = Object)]
    recorded_by: domain::register::By,
}

pub(super) fn fact(fact: &domain::register::Fact) -> Fact {
    Fact {
        id: fact.id,
        r#use: fact.of_use.map(|id| id.0),
        field: fact.said.field.id,
        plan: fact.said.plan.clone(),
        region: fact.said.region.clone(),
        value: fact.said.value.clone(),
        taken_back: fact.taken_back,
        as_of: iso_date::write(fact.as_of()),
        last_seen: iso_date::write(fact.last_seen),
        certainty: fact.said.certainty.name(),
        source_kind: fact.source.kind(),
        source: fact.source.clone(),
        recorded_at: rfc3339(fact.recorded_at),
        recorded_by: fact.recorded_by,
    }
}

/// What a source says now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Saying {
    /// Its newest fact.
    #[serde(flatten)]
    fact: Fact,
    /// It is the one that is shown.
    shown: bool,
    /// Against what it was checked; null where nobody did.
    checked: Option<String>,
}

/// What is said of one field, for one plan and region; of a list, of one element.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettledFact {
    /// The use that is spoken of; null for the entry itself.
    r#use: Option<Uuid>,
    /// The field.
    field: &'static str,
    /// For this plan only.
    plan: Option<String>,
    /// For this region only.
    region: Option<String>,
    /// What is shown; null where a person chose that nothing holds.
    value: Option<String>,
    /// `agreed`, `conflict`, `chosen` or `ask_again`.
    ground: &'static str,
    /// Something came since the choice that differs from it.
    contested: bool,
    /// Why it was chosen.
    reason: Option<String>,
    /// Of a list: how many sources give the list without this element.
    left_out_by: usize,
    /// What each source says, the best first.
    says: Vec<Saying>,
}

fn settled(one: &Settled<'_>) -> SettledFact {
    let says = one.says.iter().enumerate().map(|(n, current)| Saying {
        fact: Fact { as_of: iso_date::write(current.as_of), ..fact(current.fact) },
        shown: one.shown == Some(n),
        checked: current.check.map(|check| check.note.clone()),
    });
    let said = one.says.first().map(|current| &current.fact.said);
    SettledFact {
        r#use: one.slot.of_use.map(|id| id.0),
        field: one.slot.field,
        plan: said.and_then(|said| said.plan.clone()).or_else(|| one.slot.plan.clone()),
        region: said.and_then(|said| said.region.clone()).or_else(|| one.slot.region.clone()),
        value: one.value().map(str::to_owned),
        ground: one.ground.name(),
        contested: one.contested,
        reason: one.choice.map(|choice| choice.reason.clone()),
        left_out_by: one.left_out_by.len(),
        says: says.collect(),
    }
}

/// What holds of an entry and its uses, with what each source says.
#[utoipa::path(get, path = "/components/{component}/facts", tag = "register", params(("component" = Uuid, Path)),
    responses((status = 200, body = Items<SettledFact>), (status = 404, body = ProblemDocument)))]
pub(super) async fn facts(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
) -> Result<Tagged<Items<SettledFact>>> {
    let (db, scope) = (platform.db.read(), may.scope());
    let row = repo::register::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let record = repo::register::record(db, scope, id).await?;
    Ok(Tagged(row.revision, Items::all(record.settled().iter().map(settled).collect())))
}

/// What a person says of one field.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFact {
    /// The use that is spoken of; absent for the entry itself.
    r#use: Option<Uuid>,
    /// The field.
    field: String,
    /// For this plan only.
    plan: Option<String>,
    /// For this region only.
    region: Option<String>,
    /// The value; the whole list; empty when it is not known or not so any more.
    values: Vec<String>,
    /// From when on it is so; today where absent.
    as_of: Option<String>,
    /// `certain` (default), `likely` or `uncertain`.
    certainty: Option<String>,
    /// Why, or how one knows. Needed when it goes against what others say.
    reason: Option<String>,
    /// The document that says so; it then stands beside what others say and chooses nothing.
    document: Option<String>,
}

fn edit(body: NewFact) -> Result<Edit> {
    let certainty = match body.certainty.as_deref() {
        None => Certainty::Certain,
        Some(name) => Certainty::named(name).ok_or_else(|| Problem::new("certainty", "not-an-option"))?,
    };
    Ok(Edit {
        of_use: body.r#use.map(UseId),
        field: body.field,
        plan: body.plan.unwrap_or_default(),
        region: body.region.unwrap_or_default(),
        values: body.values,
        as_of: body.as_of.unwrap_or_default(),
        certainty,
        reason: body.reason.unwrap_or_default(),
        document: body.document.unwrap_or_default(),
    })
}

/// Says something of an entry or a use, by hand. It is shown from then on; what others say stays beside it.
#[utoipa::path(post, path = "/components/{component}/facts", tag = "register", request_body = NewFact,
    params(("component" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Component), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn state(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<NewFact>,
) -> Result<Tagged<Component>> {
    let row = register::edit(&platform, &may.buyer(), id, revision, &edit(body)?).await?;
    Ok(Tagged(row.revision, shown(row)))
}

/// A choice between what sources say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChoice {
    /// The fact that holds.
    fact: Uuid,
    /// Nothing holds of what is said where this fact speaks.
    #[serde(default)]
    none: bool,
    /// Why.
    reason: String,
}

/// Chooses between what sources say.
#[utoipa::path(post, path = "/components/{component}/choices", tag = "register", request_body = NewChoice,
    params(("component" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Component), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn choose(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<NewChoice>,
) -> Result<Tagged<Component>> {
    let of = (body.fact, body.none);
    let row = register::choose(&platform, &may.buyer(), id, revision, of, &body.reason).await?;
    Ok(Tagged(row.revision, shown(row)))
}

/// That a fact was checked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheck {
    /// The fact.
    fact: Uuid,
    /// It holds; `false` takes an earlier check back.
    holds: bool,
    /// Against what it was checked.
    note: String,
}

/// Says that a fact was checked. Nobody checks what they stated themselves.
#[utoipa::path(post, path = "/components/{component}/checks", tag = "register", request_body = NewCheck,
    params(("component" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Component), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn check(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<NewCheck>,
) -> Result<Tagged<Component>> {
    let of = (body.fact, body.holds);
    let row = register::check(&platform, &may.buyer(), id, revision, of, &body.note).await?;
    Ok(Tagged(row.revision, shown(row)))
}

/// Where an entry or a use stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStatus {
    /// The use that is decided on; absent for the entry itself.
    r#use: Option<Uuid>,
    /// The status.
    status: String,
    /// Why.
    reason: String,
    /// Under which conditions; `restricted` needs them.
    conditions: Option<String>,
}

impl NewStatus {
    fn decision(self) -> Decision {
        Decision {
            of_use: self.r#use.map(UseId),
            status: self.status,
            reason: self.reason,
            conditions: self.conditions.unwrap_or_default(),
        }
    }
}

/// Sets where an entry or a use stands: `proposed`, `trial`, `reassessment` or `retired`. What an approver decided is lifted
/// by an approver alone: then only the last two.
#[utoipa::path(post, path = "/components/{component}/status", tag = "register", request_body = NewStatus,
    params(("component" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Component), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn set_status(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<NewStatus>,
) -> Result<Tagged<Component>> {
    let row = register::decide(&platform, &may.buyer(), id, revision, false, &body.decision()).await?;
    Ok(Tagged(row.revision, shown(row)))
}

/// Decides on an entry or a use: `approved`, `restricted` or `prohibited`; what was so decided is lifted by `proposed` or
/// `trial`. Nobody decides on what they proposed themselves.
#[utoipa::path(post, path = "/components/{component}/decision", tag = "register", request_body = NewStatus,
    params(("component" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Component), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn decide(
    may: May<may::Decide>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<NewStatus>,
) -> Result<Tagged<Component>> {
    let row = register::decide(&platform, &may.buyer(), id, revision, true, &body.decision()).await?;
    Ok(Tagged(row.revision, shown(row)))
}

/// A reference from one entry to another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// `runs_on`, `part_of`, `trained_on`, `tested_on`, `calls` or `depends_on`.
    relation: String,
    /// The entry that is referred to.
    to: Uuid,
    /// It holds no more.
    #[serde(default)]
    removed: bool,
    /// Why, or how one knows.
    reason: Option<String>,
}

/// Links an entry to another, or takes the link away.
#[utoipa::path(post, path = "/components/{component}/links", tag = "register", request_body = NewLink,
    params(("component" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The revision that was seen")),
    responses((status = 200, body = Component), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn link(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
    IfMatch(revision): IfMatch,
    Body(body): Body<NewLink>,
) -> Result<Tagged<Component>> {
    let new = Link {
        relation: body.relation,
        to: ComponentId(body.to),
        is_removed: body.removed,
        reason: body.reason.unwrap_or_default(),
    };
    let row = register::link(&platform, &may.buyer(), id, revision, &new).await?;
    Ok(Tagged(row.revision, shown(row)))
}

/// One field of many entries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkBody {
    /// The entries, each with the revision that was seen; null for whatever stands there.
    entries: BTreeMap<Uuid, Option<i64>>,
    /// What is said of all of them.
    fact: NewFact,
}

/// How many changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkDone {
    /// Entries.
    changed: usize,
}

/// Says the same of many entries: all of them change, or none.
#[utoipa::path(post, path = "/components/bulk", tag = "register", request_body = BulkBody,
    responses((status = 200, body = BulkDone), (status = 404, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn bulk(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Body(body): Body<BulkBody>,
) -> Result<Json<BulkDone>> {
    let entries = body.entries.into_iter().map(|(id, revision)| (ComponentId(id), revision)).collect();
    let all = BulkEdit { entries, edit: edit(body.fact)? };
    Ok(Json(BulkDone { changed: register::bulk(&platform, &may.buyer(), &all).await? }))
}
