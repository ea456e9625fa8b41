//! Where engagements stand, for lists: made anew from profiles, scores, findings and decisions, in the transaction that
//! changes any of them.

use super::case::owns_by_engagement;
use super::record::overtaken_by;
use super::tier::{name, tiers};
use super::world::World;
use crate::actions::register::rules_version;
use crate::actions::{Act, Buyer, Job, index};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::scores::Bare;
use crate::repo::standings::Decided;
use crate::repo::{self, BuyerScope, SystemScope};
use domain::ids::{EngagementId, OrganisationId, VendorId};
use domain::judging::acceptance::Standing;
use domain::judging::decision::Overtaken;
use domain::judging::finding::State;
use domain::judging::profile::{Own, overrides};
use domain::scoring::{self, Policy};
use entity::{engagement, engagement_standing};
use sea_orm::{ConnectionTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use time::OffsetDateTime;
use uuid::Uuid;

/// Looks whether an engagement's decision was overtaken, and how its acceptances stand.
pub const OVERTAKEN: &str = "look_after_decision";

/// Engagements that are looked at together.
const TOGETHER: usize = 250;

/// What the job works on.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Payload {
    /// Whose.
    pub organisation: OrganisationId,
    /// Which.
    pub engagement: EngagementId,
}

/// What an output says before the lines of its explanation.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Head {
    best_case: f64,
    driver: String,
    completeness: f64,
    confidence: f64,
}

impl Head {
    /// Out of the beginning of an output as it is stored.
    fn read(text: &str) -> Option<Self> {
        let end = text.find(KNOCK_OUTS)?;
        serde_json::from_str(&format!("{}}}", &text[..end])).ok()
    }
}

/// What follows the figures of a stored output.
pub(in crate::actions) const KNOCK_OUTS: &str = r#","knock_outs":"#;
/// What follows the knock-outs.
pub(in crate::actions) const DOMAINS: &str = r#","domains":"#;

/// Brings the standing of an engagement up to date, in the transaction that changed what it shows.
///
/// # Errors
/// When the database fails.
pub async fn refresh(act: &mut Act<'_>, scope: BuyerScope, id: EngagementId) -> Result<()> {
    let everything = SystemScope.acting_for(scope.organisation());
    // Held, so that of two who change something at once the second adds up what the first has left.
    let Some(engagement) = repo::vendors::hold_engagement(act.tx(), everything, id).await? else { return Ok(()) };
    let Some(policy) = repo::policies::current(act.tx(), everything).await? else { return Ok(()) };
    let policy = Policy::parse(&policy.document).map_err(AppError::internal)?;
    let made = made(act.tx(), everything, &policy, &[engagement], act.now).await?;
    let is_decided = made.iter().any(|one| one.row.decision_id.is_some());
    write(act, everything, made).await?;
    if is_decided || repo::decisions::has_acceptances(act.tx(), everything, id).await? {
        look_after(act, scope.organisation(), id).await?;
    }
    Ok(())
}

/// Where an engagement stands.
pub(in crate::actions) struct Made {
    /// As it is written.
    pub row: engagement_standing::Model,
    /// Its score is another one, or counts for the vendor otherwise: lists of vendors that are kept elsewhere are to hear
    /// of it.
    pub is_rated_otherwise: bool,
}

/// Writes where engagements stand, and has the vendors found by it whose rating it may change.
///
/// # Errors
/// When the database fails.
pub(in crate::actions) async fn write(act: &mut Act<'_>, scope: BuyerScope, made: Vec<Made>) -> Result<()> {
    let vendors = made.iter().filter(|one| one.is_rated_otherwise).map(|one| VendorId(one.row.vendor_id));
    let vendors: BTreeSet<VendorId> = vendors.collect();
    let rows = made.into_iter().map(|one| one.row.into_active_model()).collect();
    repo::standings::write(act.tx(), scope, rows).await?;
    index::enqueue_scored(act, &vendors.into_iter().collect::<Vec<_>>(), &[]).await
}

/// Has it looked at whether the decision on an engagement was overtaken, and how its acceptances stand.
///
/// # Errors
/// When the database fails.
pub async fn look_after(act: &mut Act<'_>, organisation: OrganisationId, engagement: EngagementId) -> Result<()> {
    let payload = serde_json::to_value(Payload { organisation, engagement })?;
    act.enqueue(Job { kind: OVERTAKEN, payload, dedupe_key: Some(engagement.to_string()) }).await
}

/// Marks a decision that was overtaken, and keeps how the acceptances stand.
///
/// # Errors
/// When the database fails.
pub async fn mark(platform: &Platform, payload: Payload) -> Result<()> {
    let by = Buyer::system(payload.organisation);
    let act = Act::begin(platform).await?;
    let id = payload.engagement;
    if repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.is_none() {
        return Ok(());
    }
    let world = World::read(platform, act.tx(), by.scope, id).await?;
    if let Some(newest) = repo::decisions::decisions(act.tx(), by.scope, id).await?.last() {
        let kinds: Vec<&str> = overtaken_by(&world, newest)?.iter().map(Overtaken::name).collect();
        repo::standings::mark_overtaken(act.tx(), by.scope, id, &kinds.join(","), act.now).await?;
    }
    let mut standings: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
    for accepted in &world.acceptances {
        let standing = accepted.standing.as_ref().map_or("unscored", Standing::name);
        standings.entry(standing).or_default().push(accepted.row.id);
    }
    for (standing, ids) in standings {
        repo::decisions::mark_acceptances(act.tx(), by.scope, &ids, standing, act.now).await?;
    }
    act.commit().await
}

/// Decisions, and engagements with acceptances, that one look goes through: time alone overtakes some of them.
const LOOKED_AT: u64 = 500;

/// Once a day: has every decision and every acceptance looked at that nobody looked at that day.
///
/// # Errors
/// When the database fails.
pub async fn look_daily(platform: &Platform) -> Result<()> {
    let today = platform.clock.today().midnight().assume_utc();
    let mut act = Act::begin(platform).await?;
    for (organisation, engagement) in repo::standings::decided_before(act.tx(), SystemScope, today, LOOKED_AT).await? {
        look_after(&mut act, organisation, engagement).await?;
    }
    for (organisation, engagement) in
        repo::decisions::acceptances_before(act.tx(), SystemScope, today, LOOKED_AT).await?
    {
        look_after(&mut act, organisation, engagement).await?;
    }
    act.commit().await
}

/// Makes the standings of all engagements anew; with `missing`, of those that have none, or one that was made by another
/// version of the rules of the EU AI Act.
///
/// # Errors
/// When the database fails.
pub async fn rebuild(platform: &Platform, missing: bool, progress: impl Fn(u64)) -> Result<u64> {
    let (mut after, mut done) = (None, 0);
    let mut policies: HashMap<Uuid, Policy> = HashMap::new();
    loop {
        let db = platform.db.read();
        let some = repo::standings::scan(db, SystemScope, after, missing.then(rules_version), TOGETHER as u64).await?;
        let Some(last) = some.last() else { return Ok(done) };
        after = Some(EngagementId(last.id));
        done += some.len() as u64;
        // In one order, so that two that rebuild at once do not wait for each other in a circle.
        let mut of_organisation: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for row in some {
            of_organisation.entry(row.organisation_id).or_default().push(row.id);
        }
        let mut act = Act::begin(platform).await?;
        for (organisation, ids) in of_organisation {
            let scope = SystemScope.acting_for(OrganisationId(organisation));
            let policy = match policies.entry(organisation) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let Some(row) = repo::policies::current(act.tx(), scope).await? else { continue };
                    place.insert(Policy::parse(&row.document).map_err(AppError::internal)?)
                }
            };
            // Held, as whoever changes what is added up here holds them.
            let engagements = repo::rescores::hold_engagements(act.tx(), scope, &ids).await?;
            let made = made(act.tx(), scope, policy, &engagements, act.now).await?;
            write(&mut act, scope, made).await?;
        }
        act.commit().await?;
        progress(done);
    }
}

/// The standings of engagements, out of all that they add up.
///
/// # Errors
/// When the database fails.
pub(in crate::actions) async fn made(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    policy: &Policy,
    engagements: &[engagement::Model],
    now: OffsetDateTime,
) -> Result<Vec<Made>> {
    let ids: Vec<Uuid> = engagements.iter().map(|row| row.id).collect();
    let typed: Vec<EngagementId> = ids.iter().copied().map(EngagementId).collect();
    let owns = owns_by_engagement(db, scope, &ids).await?;
    let ended = repo::profiles::ended(db, scope, &typed).await?;
    let scores = by_cycle(db, scope, &ids).await?;
    let newest: Vec<Uuid> = scores.values().filter_map(|rows| rows.first()).map(|row| row.id).collect();
    let heads: HashMap<Uuid, String> = repo::scores::heads(db, scope, &newest).await?.into_iter().collect();
    let counts = repo::standings::finding_counts(db, scope, &ids).await?;
    let decisions = repo::standings::newest_decisions(db, scope, &ids).await?;
    let before: HashMap<Uuid, engagement_standing::Model> = repo::standings::of_engagements(db, scope, &ids)
        .await?
        .into_iter()
        .map(|row| (row.engagement_id, row))
        .collect();
    let tiers = tiers(db, scope, engagements).await?;
    let mut all = Vec::new();
    for (engagement, tiers) in engagements.iter().zip(tiers) {
        let own = owns.get(&engagement.id).map(Vec::as_slice).unwrap_or_default();
        let scores = scores.get(&engagement.id).map(Vec::as_slice).unwrap_or_default();
        let head = scores.first().and_then(|score| Head::read(heads.get(&score.id)?));
        let mut row = blank(engagement, now);
        row.is_open = !ended.contains(&engagement.id);
        row.ai_act_tier = tiers.confirmed.map(|tier| name(tier).to_owned());
        row.unconfirmed_tier = tiers.unconfirmed.map(|tier| name(tier).to_owned());
        stakes(&mut row, policy, engagement, own)?;
        scored(&mut row, scores, head);
        let of_it = counts.iter().filter(|(id, ..)| *id == engagement.id);
        for (_, state, severity, count) in of_it {
            counted(&mut row, state, severity, *count)?;
        }
        let before = before.get(&engagement.id);
        decided(&mut row, decisions.get(&engagement.id), before);
        // As it was, down to when it was made.
        if let Some(before) = before
            && *before == (engagement_standing::Model { changed_at: before.changed_at, ..row.clone() })
        {
            row.changed_at = before.changed_at;
        }
        let counts = |row: &engagement_standing::Model| {
            (row.is_open, row.score_id, row.residual.map(f64::to_bits), row.rating.clone())
        };
        let is_rated_otherwise = match before {
            Some(before) => counts(before) != counts(&row),
            None => row.score_id.is_some(),
        };
        all.push(Made { row, is_rated_otherwise });
    }
    Ok(all)
}

/// By engagement: the newest score of each questionnaire that was submitted, the one submitted last first. An older
/// questionnaire that is scored anew is the older one still.
async fn by_cycle(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Bare>>> {
    let submitted = repo::rescores::submitted(db, scope, engagements).await?;
    let when: HashMap<Uuid, (Option<OffsetDateTime>, Uuid)> =
        submitted.into_iter().map(|row| (row.id, repo::assessments::place(&row))).collect();
    let mut newest: HashMap<Uuid, BTreeMap<(Option<OffsetDateTime>, Uuid), Bare>> = HashMap::new();
    for row in repo::scores::bare(db, scope, engagements).await? {
        let Some(place) = when.get(&row.assessment_id) else { continue };
        // The newest comes first and stays.
        newest.entry(row.engagement_id).or_default().entry(*place).or_insert(row);
    }
    Ok(newest.into_iter().map(|(engagement, scores)| (engagement, scores.into_values().rev().collect())).collect())
}

fn blank(engagement: &engagement::Model, now: OffsetDateTime) -> engagement_standing::Model {
    engagement_standing::Model {
        engagement_id: engagement.id,
        organisation_id: engagement.organisation_id,
        vendor_id: engagement.vendor_id,
        is_open: true,
        inherent: None,
        band: None,
        score_id: None,
        scored_on: None,
        residual: None,
        best_case: None,
        rating: None,
        driver: None,
        completeness: None,
        confidence: None,
        previous_residual: None,
        previous_rating: None,
        proposed_findings: 0,
        open_major: 0,
        open_minor: 0,
        open_observations: 0,
        decision_id: None,
        decision: None,
        next_review_on: None,
        overtaken_by: String::new(),
        ai_act_tier: None,
        unconfirmed_tier: None,
        tier_rules: rules_version(),
        changed_at: now,
    }
}

/// The largest inherent risk; none while the profile is not complete.
fn stakes(
    row: &mut engagement_standing::Model,
    policy: &Policy,
    engagement: &engagement::Model,
    owns: &[Own],
) -> Result<()> {
    let profile = serde_json::from_value(engagement.profile.clone())?;
    let Ok(domains) = scoring::inherent(policy, &profile, &overrides(owns)) else { return Ok(()) };
    let largest = domains.into_iter().max_by_key(|domain| domain.inherent);
    (row.inherent, row.band) = largest.map(|domain| (i64::from(domain.inherent), domain.band)).unzip();
    Ok(())
}

/// The score of the newest questionnaire that is scored, and that of the one before it where the same policy gave both.
/// Another score of the same questionnaire says nothing of how the vendor moved, and neither do two policies: where the
/// newest is scored anew under a stricter one, the one before it stays as it was.
fn scored(row: &mut engagement_standing::Model, scores: &[Bare], head: Option<Head>) {
    if let Some(newest) = scores.first() {
        row.score_id = Some(newest.id);
        row.scored_on = Some(newest.as_of);
        row.residual = Some(newest.residual);
        row.rating = Some(newest.rating.clone());
    }
    if let Some(head) = head {
        row.best_case = Some(head.best_case);
        row.driver = Some(head.driver);
        row.completeness = Some(head.completeness);
        row.confidence = Some(head.confidence);
    }
    let earlier =
        scores.get(1).filter(|earlier| scores.first().is_some_and(|newest| newest.policy_id == earlier.policy_id));
    if let Some(earlier) = earlier {
        row.previous_residual = Some(earlier.residual);
        row.previous_rating = Some(earlier.rating.clone());
    }
}

fn counted(row: &mut engagement_standing::Model, state: &str, severity: &str, count: i64) -> Result<()> {
    let state: State = state.parse().map_err(AppError::internal)?;
    if state == State::Proposed {
        row.proposed_findings += count;
    } else if state.is_live() {
        match severity {
            "major" => row.open_major += count,
            "minor" => row.open_minor += count,
            _ => row.open_observations += count,
        }
    }
    Ok(())
}

/// The newest decision. Whether it was overtaken is looked at apart.
fn decided(
    row: &mut engagement_standing::Model,
    newest: Option<&Decided>,
    before: Option<&engagement_standing::Model>,
) {
    let Some(newest) = newest else { return };
    row.decision_id = Some(newest.id);
    row.decision = Some(newest.kind.clone());
    row.next_review_on = newest.next_review_on;
    let before = before.filter(|before| before.decision_id == Some(newest.id));
    row.overtaken_by = before.map(|before| before.overtaken_by.clone()).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_an_output_is_read_without_its_explanation() {
        let text = r#"{"method":1,"policy":{"id":"p","version":2},"residual":12.5,"best_case":10.0,"driver":"misinformation",
            "band":"low","rating":"high","completeness":1.0,"confidence":0.25,"knock_outs":[{"id":"#;
        let head = Head { best_case: 10.0, driver: "misinformation".into(), completeness: 1.0, confidence: 0.25 };
        assert_eq!(Head::read(text), Some(head));
        assert_eq!(Head::read(r#"{"method":1"#), None);
    }
}
