//! The tier of the EU AI Act of an engagement: what is known of the use, what a person confirms.

use super::inherent::is_person;
use super::profile::{Values, write_version};
use super::{party, said, standing};
use crate::actions::content::{self, CLASSIFICATION};
use crate::actions::register::TIERS;
use crate::actions::{Act, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::classification::{Facts, Tier};
use domain::ids::{EngagementId, PolicyId};
use domain::judging::tier::{Confirmation, Confirmed, FACTOR, confirm as confirmed_by, profile_value, unconfirmed};
use domain::problem::{Problem, Problems};
use entity::{engagement, engagement_fact, engagement_tier};
use sea_orm::{ConnectionTrait, IntoActiveModel, Set};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// The statement in words of what the use is for, in which the rules look for words.
pub const PURPOSE: &str = "purpose";

/// What is known of a use.
#[derive(Clone, Debug)]
pub struct Known {
    /// The engagement.
    pub engagement: engagement::Model,
    /// What was stated of it: the id of a fact to `yes` or `no`, and [`PURPOSE`] in words.
    pub stated: BTreeMap<String, String>,
    /// All that the rules read.
    pub facts: Facts,
    /// The tiers that were confirmed, the oldest first.
    pub tiers: Vec<engagement_tier::Model>,
    /// Grows with everything that can change what the rules propose or what is confirmed.
    pub revision: i64,
    newest_fact: i64,
}

impl Known {
    /// Reads it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the scope reaches no such engagement.
    pub async fn read(db: &impl ConnectionTrait, scope: BuyerScope, id: EngagementId) -> Result<Self> {
        let engagement = repo::vendors::engagement(db, scope, id).await?.ok_or(AppError::NotFound)?;
        let rows = repo::profiles::facts(db, scope, id).await?;
        let tiers = repo::profiles::tiers(db, scope, id).await?;
        let newest_fact = rows.last().map_or(0, |row| row.number);
        let stated = stated_by(rows);
        let facts = facts_of(&engagement, &stated);
        let newest_tier = tiers.last().map_or(0, |row| row.number);
        let revision = engagement.revision + newest_fact + newest_tier;
        Ok(Self { engagement, stated, facts, tiers, revision, newest_fact })
    }

    fn check_seen(&self, seen: Option<i64>) -> Result<()> {
        if seen.is_some_and(|seen| seen != self.revision) {
            let tier = self.tiers.last().map(|row| row.tier.clone());
            return Err(AppError::Changed(json!({ "revision": self.revision, "facts": self.stated, "tier": tier })));
        }
        Ok(())
    }
}

/// What was stated, as it stands now.
fn stated_by(rows: Vec<engagement_fact::Model>) -> BTreeMap<String, String> {
    let mut stated = BTreeMap::new();
    for row in rows {
        match row.value {
            Some(value) => stated.insert(row.fact, value),
            None => stated.remove(&row.fact),
        };
    }
    stated
}

/// All that the rules read of a use.
fn facts_of(engagement: &engagement::Model, stated: &BTreeMap<String, String>) -> Facts {
    let mut facts = Facts::new();
    for (fact, text) in [("use_case", &engagement.name), ("unit", &engagement.business_function)] {
        facts.insert(fact.to_owned(), vec![text.clone()]);
    }
    facts.extend(stated.iter().map(|(fact, value)| (fact.clone(), vec![value.clone()])));
    facts
}

/// The tier of an engagement, as lists tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tiers {
    /// What a person confirmed last.
    pub confirmed: Option<Tier>,
    /// A prohibited or high one that is proposed and that nobody confirmed.
    pub unconfirmed: Option<Tier>,
}

/// The tiers of these engagements, in their order.
pub(super) async fn tiers(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[engagement::Model],
) -> Result<Vec<Tiers>> {
    let ids: Vec<Uuid> = engagements.iter().map(|row| row.id).collect();
    let mut stated: HashMap<Uuid, Vec<engagement_fact::Model>> = HashMap::new();
    for row in repo::profiles::facts_of(db, scope, &ids).await? {
        stated.entry(row.engagement_id).or_default().push(row);
    }
    let mut newest = HashMap::new();
    for (engagement, confirmed) in repo::profiles::confirmed_of(db, scope, &ids).await? {
        // The newest comes last and stays.
        newest.insert(engagement, confirmed);
    }
    let mut all = Vec::new();
    for engagement in engagements {
        let facts = facts_of(engagement, &stated_by(stated.remove(&engagement.id).unwrap_or_default()));
        let profile: Values = serde_json::from_value(engagement.profile.clone())?;
        let confirmed: Option<Confirmed> = newest.remove(&engagement.id).map(serde_json::from_value).transpose()?;
        all.push(Tiers {
            confirmed: confirmed.as_ref().map(|confirmed| confirmed.tier),
            unconfirmed: unconfirmed(&CLASSIFICATION, &facts, &profile, confirmed.as_ref()),
        });
    }
    Ok(all)
}

/// States facts about a use: by id `yes` or `no`, [`PURPOSE`] in words, and nothing for what is not known.
///
/// # Errors
/// [`AppError::Changed`] when anything of it changed since `seen`; [`AppError::Invalid`] at `fact.<id>`: `unknown`,
/// `not-an-option`, `too-long`.
pub async fn state(
    platform: &Platform,
    by: &Buyer,
    id: EngagementId,
    seen: Option<i64>,
    facts: &BTreeMap<String, String>,
) -> Result<()> {
    let mut problems = Vec::new();
    let mut wanted: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for (fact, value) in facts {
        let at = format!("fact.{}", fact.chars().take(60).collect::<String>());
        if fact == PURPOSE {
            match said(platform, &at, value) {
                Ok(text) => drop(wanted.insert(fact, Some(text).filter(|text| !text.is_empty()))),
                Err(problem) => problems.push(problem),
            }
        } else if !CLASSIFICATION.facts.iter().any(|known| known.id == *fact) {
            problems.push(Problem::new(at, "unknown"));
        } else {
            match value.as_str() {
                "yes" | "no" => drop(wanted.insert(fact, Some(value.clone()))),
                "" | "unknown" => drop(wanted.insert(fact, None)),
                other => problems
                    .push(Problem::new(at, "not-an-option").with("given", other.chars().take(60).collect::<String>())),
            }
        }
    }
    Problems::none_or(problems, ())?;
    let mut act = Act::begin(platform).await?;
    repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let known = Known::read(act.tx(), by.scope, id).await?;
    known.check_seen(seen)?;
    wanted.retain(|fact, value| known.stated.get(*fact) != value.as_ref());
    if wanted.is_empty() {
        return Ok(());
    }
    let who = serde_json::to_value(party(act.tx(), by.scope, by.actor).await?)?;
    for (n, (fact, value)) in (1..).zip(&wanted) {
        let row: Uuid = platform.clock.id();
        let row = engagement_fact::ActiveModel {
            id: Set(row),
            organisation_id: Set(by.scope.organisation().0),
            engagement_id: Set(id.0),
            number: Set(known.newest_fact + n),
            fact: Set((*fact).to_owned()),
            value: Set(value.clone()),
            recorded_at: Set(act.now),
            recorded_by: Set(who.clone()),
        };
        repo::profiles::add_fact(act.tx(), by.scope, row).await?;
    }
    let details = json!({ "facts": wanted });
    act.record(&by.scope, by.actor, "engagement.facts_stated", ("engagement", id.0), &details);
    // What was stated can speak against the tier that a decision rests on.
    standing::refresh(&mut act, by.scope, id).await?;
    act.remember(by, id.0).await?;
    act.commit().await
}

/// A person confirms the tier. It becomes the profile's, in the same step a new version of it.
///
/// # Errors
/// [`AppError::Forbidden`] for a program; [`AppError::Changed`] when anything that it rests on changed since `seen`;
/// [`AppError::Invalid`] as `domain::judging::tier::confirm`.
pub async fn confirm(
    platform: &Platform,
    by: &Buyer,
    id: EngagementId,
    seen: Option<i64>,
    given: &Confirmation,
) -> Result<()> {
    let Some(member) = by.actor.id().filter(|_| is_person(by.actor)) else { return Err(AppError::Forbidden) };
    let mut act = Act::begin(platform).await?;
    let before = repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let known = Known::read(act.tx(), by.scope, id).await?;
    known.check_seen(seen)?;
    let mut given = given.clone();
    for (at, text) in [("reason", &mut given.reason), ("document", &mut given.document)] {
        *text = said(platform, at, text).map_err(Problems::one)?;
    }
    let confirmed = confirmed_by(&CLASSIFICATION, &known.facts, &given)?;
    let (policy, parsed) = content::policy_in_force(act.tx(), by.scope).await?;
    let mut profile: Values = serde_json::from_value(before.profile.clone())?;
    if let Some(value) = profile_value(&parsed, confirmed.tier) {
        profile.insert(FACTOR.to_owned(), value);
    }
    let version = write_version(platform, &act, by, id, (&profile, None), PolicyId(policy.id)).await?;
    let from = known.tiers.last().map(|row| row.tier.clone());
    if json!(profile) != before.profile {
        let mut row = before.clone().into_active_model();
        row.profile = Set(json!(profile));
        row.revision = Set(before.revision + 1);
        repo::vendors::update_engagement(act.tx(), by.scope, row).await?;
    }
    let row: Uuid = platform.clock.id();
    let row = engagement_tier::ActiveModel {
        id: Set(row),
        organisation_id: Set(by.scope.organisation().0),
        engagement_id: Set(id.0),
        number: Set(known.tiers.last().map_or(0, |row| row.number) + 1),
        tier: Set(name(confirmed.tier).to_owned()),
        proposed: Set(name(confirmed.proposed).to_owned()),
        confirmed: Set(json!(confirmed)),
        facts: Set(json!(known.facts)),
        profile_id: Set(Some(version)),
        recorded_at: Set(act.now),
        recorded_by: Set(member),
    };
    repo::profiles::add_tier(act.tx(), by.scope, row).await?;
    let details = json!({ "from": from, "to": confirmed });
    act.record(&by.scope, by.actor, "engagement.classified", ("engagement", id.0), &details);
    standing::refresh(&mut act, by.scope, id).await?;
    act.remember(by, id.0).await?;
    act.commit().await
}

/// A tier's name in the database, forms and the API.
pub fn name(tier: Tier) -> &'static str {
    TIERS.iter().find(|(known, _)| *known == tier).map_or("unknown", |(_, name)| name)
}

/// The tier of a name in the database, forms and the API.
pub fn named(name: &str) -> Option<Tier> {
    TIERS.iter().find(|(_, known)| *known == name).map(|(tier, _)| *tier)
}
