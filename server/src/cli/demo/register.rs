//! The demo's register beyond what submissions and lists bring: entries of each kind by hand, what contradicts, decisions,
//! uses, references.

use crate::actions::content::shipped;
use crate::actions::register::{self, Decision, Edit, Link, NewEntry, NewUse, Verdict, resolve};
use crate::actions::{Actor, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::access::Permission;
use domain::ids::{ComponentId, UseId};
use domain::register::{Certainty, THEIRS};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    entries: Vec<Entry>,
    links: Vec<LinkData>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    kind: String,
    #[serde(default)]
    vendor: String,
    #[serde(default)]
    product: String,
    facts: Vec<FactData>,
    statement: Option<Elsewhere>,
    #[serde(default)]
    uses: Vec<UseData>,
    status: Option<String>,
    #[serde(default)]
    decided_because: String,
    #[serde(default)]
    conditions: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactData {
    field: String,
    values: Vec<String>,
    #[serde(default)]
    plan: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    reason: String,
}

/// What a document says besides: it contradicts what is stated by hand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Elsewhere {
    title: String,
    field: String,
    value: String,
    certainty: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UseData {
    use_case: String,
    #[serde(default)]
    business_function: String,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    decision_role: String,
    #[serde(default)]
    affected_people: String,
    #[serde(default)]
    data_categories: String,
    #[serde(default)]
    integrations: String,
    status: String,
    decided_because: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkData {
    from: String,
    relation: String,
    to: String,
}

/// Somebody of the organisation who may do it; the program itself where there is nobody.
async fn acting(platform: &Platform, by: &Buyer, permission: Permission) -> Result<Buyer> {
    let members = repo::people::members(platform.db.read(), by.scope).await?;
    let member = members.into_iter().find(|member| member.roles.may(permission));
    Ok(member.map_or_else(|| by.clone(), |member| Buyer { actor: Actor::Member(member.id), ..by.clone() }))
}

/// Takes over what submissions propose, but for the newest, and enters the rest by hand.
pub(super) async fn fill(platform: &Platform, by: &Buyer) -> Result<()> {
    let data: Data = serde_json::from_str(&shipped("demo/register.json"))?;
    let analyst = acting(platform, by, Permission::EditRegister).await?;
    let approver = acting(platform, by, Permission::Decide).await?;
    let open = repo::register::proposals(platform.db.read(), by.scope, true, None, 1_000).await?;
    for proposal in open.iter().skip(1) {
        resolve(platform, &analyst, proposal.id, None, Verdict::Apply, None).await?;
    }
    let mut ids = BTreeMap::new();
    for entry in &data.entries {
        ids.insert(entry.name.as_str(), add(platform, &analyst, &approver, entry).await?);
    }
    for link in &data.links {
        let (Some(from), Some(to)) = (ids.get(link.from.as_str()), ids.get(link.to.as_str())) else {
            return Err(AppError::internal("the demo links an entry that it does not add"));
        };
        let new = Link { relation: link.relation.clone(), to: *to, is_removed: false, reason: String::new() };
        register::link(platform, &analyst, *from, None, &new).await?;
    }
    Ok(())
}

async fn add(platform: &Platform, analyst: &Buyer, approver: &Buyer, entry: &Entry) -> Result<ComponentId> {
    let new = NewEntry {
        name: entry.name.clone(),
        kind: entry.kind.clone(),
        vendor: None,
        vendor_name: entry.vendor.clone(),
        product: entry.product.clone(),
        reason: String::new(),
    };
    let id = register::add(platform, analyst, &new).await?.id;
    for fact in &entry.facts {
        let said = Edit {
            field: fact.field.clone(),
            values: fact.values.clone(),
            plan: fact.plan.clone(),
            region: fact.region.clone(),
            reason: fact.reason.clone(),
            ..Edit::default()
        };
        register::edit(platform, analyst, id, None, &said).await?;
    }
    if let Some(elsewhere) = &entry.statement {
        let said = Edit {
            field: elsewhere.field.clone(),
            values: vec![elsewhere.value.clone()],
            certainty: Certainty::named(&elsewhere.certainty).unwrap_or_default(),
            document: elsewhere.title.clone(),
            ..Edit::default()
        };
        register::edit(platform, analyst, id, None, &said).await?;
    }
    for of_use in &entry.uses {
        let new = NewUse {
            use_case: of_use.use_case.clone(),
            business_function: of_use.business_function.clone(),
            owner: of_use.owner.clone(),
            unit: of_use.unit.clone(),
            decision_role: of_use.decision_role.clone(),
            affected_people: of_use.affected_people.clone(),
            data_categories: of_use.data_categories.clone(),
            integrations: of_use.integrations.clone(),
            reason: String::new(),
        };
        let made = register::add_use(platform, analyst, id, &new).await?;
        let because = (of_use.status.as_str(), of_use.decided_because.as_str(), "");
        decide(platform, analyst, approver, (id, Some(made)), because).await?;
    }
    if let Some(status) = &entry.status {
        let because = (status.as_str(), entry.decided_because.as_str(), entry.conditions.as_str());
        decide(platform, analyst, approver, (id, None), because).await?;
    }
    Ok(id)
}

async fn decide(
    platform: &Platform,
    analyst: &Buyer,
    approver: &Buyer,
    (id, of_use): (ComponentId, Option<UseId>),
    (status, reason, conditions): (&str, &str, &str),
) -> Result<()> {
    let decision =
        Decision { of_use, status: status.to_owned(), reason: reason.to_owned(), conditions: conditions.to_owned() };
    let as_approver = THEIRS.contains(&status);
    let by = if as_approver { approver } else { analyst };
    register::decide(platform, by, id, None, as_approver, &decision).await?;
    Ok(())
}
