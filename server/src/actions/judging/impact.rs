//! Writing and approving impact assessments.

use super::inherent::is_person;
use super::world::World;
use super::{party, said, standing, waiting};
use crate::actions::{Act, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::ids::EngagementId;
use domain::judging::impact::{Assessment, Basis, may_approve};
use domain::judging::party::Party;
use domain::problem::{Problem, Problems};
use entity::{impact_approval, impact_assessment};
use sea_orm::Set;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Writes a version of an engagement's impact assessment.
///
/// # Errors
/// [`AppError::Changed`] when somebody else wrote one since `seen`, the number of the newest; [`AppError::Invalid`] as
/// [`Assessment::check`].
pub async fn write(
    platform: &Platform,
    by: &Buyer,
    id: EngagementId,
    seen: Option<i64>,
    document: &Assessment,
) -> Result<i64> {
    let mut act = Act::begin(platform).await?;
    repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    let world = World::read(platform, act.tx(), by.scope, id).await?;
    let newest = world.impacts.last().map_or(0, |version| version.row.number);
    if act.done_before(by).await?.is_some() {
        return Ok(newest);
    }
    if seen.is_some_and(|seen| seen != newest) {
        let theirs = world.impacts.last().map(|version| &version.row.document);
        return Err(AppError::Changed(json!({ "number": newest, "document": theirs })));
    }
    let judged = world.judged.as_ref();
    let questions: BTreeSet<&str> = judged
        .into_iter()
        .flat_map(|judged| judged.opened.version.document.questions())
        .map(|question| question.id.as_str())
        .collect();
    let mut problems: Vec<Problem> = Vec::new();
    let effects = document.effects.iter().enumerate().flat_map(|(n, effect)| {
        [("who", &effect.who), ("what", &effect.what), ("measures", &effect.measures)]
            .map(|(field, text)| (format!("effects.{n}.{field}"), text))
    });
    let none = document.none.iter().map(|(whom, text)| (format!("none.{}", whom.name()), text));
    let fields = [
        ("process", &document.process),
        ("period", &document.period),
        ("oversight", &document.oversight),
        ("remedies", &document.remedies),
    ];
    for (at, text) in fields.map(|(at, text)| (at.to_owned(), text)).into_iter().chain(effects).chain(none) {
        problems.extend(said(platform, &at, text).err());
    }
    if let Err(found) = document.check(&questions) {
        problems.extend(found.0);
    }
    Problems::none_or(problems, ())?;
    let version: Uuid = platform.clock.id();
    let own = party(act.tx(), by.scope, by.actor).await?;
    let row = impact_assessment::ActiveModel {
        id: Set(version),
        organisation_id: Set(by.scope.organisation().0),
        engagement_id: Set(id.0),
        number: Set(newest + 1),
        assessment_id: Set(judged.map(|judged| judged.opened.assessment.id)),
        document: Set(serde_json::to_value(document)?),
        written_at: Set(act.now),
        written_by: Set(serde_json::to_value(own)?),
    };
    repo::decisions::add_impact(act.tx(), by.scope, row).await?;
    let details = json!({ "impact": version, "number": newest + 1 });
    act.record(&by.scope, by.actor, "impact.written", ("engagement", id.0), &details);
    // Whoever was told of a version that still waits is not told of each one after it.
    if world.impacts.last().is_none_or(|version| version.approval.is_some()) {
        let mut wrote = vec![own];
        for version in &world.impacts {
            wrote.push(serde_json::from_value(version.row.written_by.clone())?);
        }
        waiting::tell_of_impact(platform, &mut act, by, id, (version, &wrote)).await?;
    }
    standing::refresh(&mut act, by.scope, id).await?;
    act.remember(by, version).await?;
    act.commit().await?;
    Ok(newest + 1)
}

/// Approves the newest version, which freezes what it rests on.
///
/// # Errors
/// [`AppError::Forbidden`] for a program; [`AppError::OwnWork`] for whoever wrote any version;
/// [`AppError::Changed`] when there is a newer one than was seen; [`AppError::NotNow`] when there is none, or it is approved.
pub async fn approve(platform: &Platform, by: &Buyer, id: EngagementId, seen: Option<i64>) -> Result<()> {
    let Some(member) = by.actor.id().filter(|_| is_person(by.actor)) else { return Err(AppError::Forbidden) };
    let mut act = Act::begin(platform).await?;
    repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if act.done_before(by).await?.is_some() {
        return Ok(());
    }
    let world = World::read(platform, act.tx(), by.scope, id).await?;
    let version = world.impacts.last().ok_or(AppError::NotNow("no_impact_assessment"))?;
    if seen.is_some_and(|seen| seen != version.row.number) {
        return Err(AppError::Changed(json!({ "number": version.row.number, "document": version.row.document })));
    }
    if version.approval.is_some() {
        return Err(AppError::NotNow("impact_approved"));
    }
    let mut wrote: Vec<Party> = Vec::new();
    for version in &world.impacts {
        wrote.push(serde_json::from_value(version.row.written_by.clone())?);
    }
    if !may_approve(&party(act.tx(), by.scope, by.actor).await?, &wrote) {
        return Err(AppError::OwnWork("impact"));
    }
    let basis = Basis::of(&version.document, &world.stakes.profile, &world.said());
    let row = impact_approval::ActiveModel {
        impact_id: Set(version.row.id),
        organisation_id: Set(by.scope.organisation().0),
        basis: Set(serde_json::to_value(&basis)?),
        recorded_at: Set(act.now),
        recorded_by: Set(member),
    };
    repo::decisions::add_impact_approval(act.tx(), by.scope, row).await?;
    let details = json!({ "impact": version.row.id, "number": version.row.number });
    act.record(&by.scope, by.actor, "impact.approved", ("engagement", id.0), &details);
    standing::refresh(&mut act, by.scope, id).await?;
    act.remember(by, version.row.id).await?;
    act.commit().await
}
