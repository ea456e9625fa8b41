//! One step of a run: what it reads, and what it writes.

use super::compute::{Anew, Head, Stored, Work, Worked};
use super::ended;
use crate::actions::judging::case::owns_by_engagement;
use crate::actions::judging::standing::{self, DOMAINS, KNOCK_OUTS, Made};
use crate::actions::{Act, Actor, Buyer, content, findings, index};
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::rescores::Step;
use crate::repo::{self, BuyerScope};
use domain::ids::{AssessmentId, EngagementId, ScoreId, TemplateVersionId};
use domain::judging::profile::overrides;
use domain::scoring::Policy;
use entity::{answer_review, assessment, rescore_run, score, submission};
use sea_orm::{ConnectionTrait, Set};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Engagements of a step at most: their ids stand in one statement.
const MOST: u64 = 1_000;

/// Engagements of a step, with everything that their scores are computed from.
pub(super) struct Batch {
    pub head: Head,
    pub policy: Arc<Policy>,
    pub work: Vec<Work>,
}

impl Batch {
    /// The last engagement of it.
    pub(super) fn last(&self) -> Option<Uuid> {
        self.head.last
    }

    /// No engagement comes after it.
    pub(super) fn is_last(&self) -> bool {
        self.head.is_last
    }
}

/// Reads a step: the engagements after one, of each the newest submission where a score of that assessment is stored.
pub(super) async fn read(
    platform: &Platform,
    scope: BuyerScope,
    (run, policy): (&rescore_run::Model, &Arc<Policy>),
    after: Option<Uuid>,
) -> Result<Batch> {
    let db = platform.db.read();
    let many = platform.config.limits.rescore_step.clamp(1, MOST);
    let engagements = repo::rescores::engagements(db, scope, after.map(EngagementId), many).await?;
    let ids: Vec<Uuid> = engagements.iter().map(|row| row.id).collect();
    let head = Head {
        after,
        last: ids.last().copied().or(after),
        is_last: (ids.len() as u64) < many,
        as_of: platform.clock.today(),
        policy: run.policy_id,
    };
    let mut newest: HashMap<Uuid, assessment::Model> = HashMap::new();
    for row in repo::rescores::submitted(db, scope, &ids).await? {
        let known = newest.get(&row.engagement_id);
        if known.is_none_or(|known| repo::assessments::place(known) < repo::assessments::place(&row)) {
            newest.insert(row.engagement_id, row);
        }
    }
    let mut scores: HashMap<Uuid, repo::scores::Bare> = HashMap::new();
    for row in repo::scores::bare(db, scope, &ids).await? {
        // The newest comes first and stays.
        scores.entry(row.assessment_id).or_insert(row);
    }
    newest.retain(|_, assessment| scores.contains_key(&assessment.id));
    let assessments: Vec<AssessmentId> = newest.values().map(|row| AssessmentId(row.id)).collect();
    let mut submissions: HashMap<Uuid, submission::Model> = repo::submissions::newest_of(db, scope, &assessments)
        .await?
        .into_iter()
        .map(|row| (row.assessment_id, row))
        .collect();
    let mut reviews: HashMap<Uuid, Vec<answer_review::Model>> = HashMap::new();
    for row in repo::reviews::of_assessments(db, scope, &assessments).await? {
        reviews.entry(row.assessment_id).or_default().push(row);
    }
    let owns = owns_by_engagement(db, scope, &ids).await?;
    let mut work = Vec::new();
    for engagement in engagements {
        let mut case = None;
        if let Some(assessment) = newest.remove(&engagement.id)
            && let Some(score) = scores.remove(&assessment.id)
            && let Some(submission) = submissions.remove(&assessment.id)
        {
            let version = TemplateVersionId(assessment.template_version_id);
            case = Some(Stored {
                version: platform.published.get(db, &scope, version).await?,
                reviews: reviews.remove(&assessment.id).unwrap_or_default(),
                profile: serde_json::from_value(engagement.profile.clone())?,
                overrides: owns.get(&engagement.id).map(|owns| overrides(owns)).unwrap_or_default(),
                score,
                assessment,
                submission,
            });
        }
        work.push(Work { engagement, case });
    }
    Ok(Batch { head, policy: Arc::clone(policy), work })
}

/// Writes a step: its scores, where the engagements stand, and where the run is. `false` where the run was stopped, or
/// somebody else goes on with it: then nothing was written.
pub(super) async fn write(
    platform: &Platform,
    by: &Buyer,
    run: &mut rescore_run::Model,
    worked: Worked,
) -> Result<bool> {
    let (scope, Worked { batch, mut done }) = (by.scope, worked);
    let mut act = Act::begin(platform).await?;
    let scored = done.iter().filter(|one| one.scored.is_some()).count() as i64;
    let (scored, unscored) = (run.scored + scored, run.unscored + done.len() as i64 - scored);
    // Engagements that came while the run was under way are among them.
    let total = run.total.max(scored + unscored);
    let step = Step { after: batch.last, total, scored, unscored };
    if !repo::rescores::advance(act.tx(), scope, (run.id, batch.after), step, act.now).await? {
        return Ok(false);
    }
    let ids: Vec<Uuid> = done.iter().map(|one| one.engagement).collect();
    let engagements = repo::rescores::hold_engagements(act.tx(), scope, &ids).await?;
    let mut anew: Vec<Anew> = done.iter_mut().filter_map(|one| one.scored.take()).collect();
    without_overtaken(act.tx(), scope, &ids, &mut anew).await?;
    anew.retain(|one| !one.is_same(batch.policy));
    let changed = anew;
    let scored_anew: Vec<AssessmentId> = changed.iter().map(|one| AssessmentId(one.assessment)).collect();
    let otherwise = knocked_out_otherwise(platform, scope, &changed).await?;
    let mut told: Vec<Value> = Vec::new();
    let (mut rows, mut inputs) = (Vec::new(), Vec::new());
    let mut other_policy: HashSet<Uuid> = HashSet::new();
    for one in changed {
        let id: ScoreId = platform.clock.id();
        told.push(json!([id, one.assessment, one.residual, one.rating, one.inputs_sha256]));
        if one.earlier.policy_id != batch.policy {
            other_policy.insert(one.earlier.engagement_id);
        }
        if one.earlier.input_sha256 != one.kept.input_sha256 {
            inputs.push(one.kept.input(scope));
        }
        rows.push(score::ActiveModel {
            id: Set(id.0),
            organisation_id: Set(scope.organisation().0),
            assessment_id: Set(one.assessment),
            submission_id: Set(one.submission),
            policy_id: Set(batch.policy),
            as_of: Set(batch.as_of),
            residual: Set(one.residual),
            rating: Set(one.rating),
            input_sha256: Set(one.kept.input_sha256),
            figures_sha256: Set(one.kept.figures_sha256),
            created_at: Set(act.now),
            output: Set(one.kept.output),
        });
    }
    repo::scores::add_all(act.tx(), scope, rows, inputs).await?;
    let (_, policy) = content::policy_in_force(act.tx(), scope).await?;
    let mut standings = standing::made(act.tx(), scope, &policy, &engagements, act.now).await?;
    for Made { row, .. } in &mut standings {
        // A decision rests on the policy that was in force. What else overtook it is looked at apart.
        let rests_on_another = row.decision_id.is_some() && other_policy.contains(&row.engagement_id);
        if rests_on_another && row.overtaken_by.is_empty() {
            row.overtaken_by = "policy".to_owned();
        }
    }
    // Where nothing moved nothing is written; one that is overtaken is.
    standings.retain(|Made { row, .. }| row.changed_at == act.now || !row.overtaken_by.is_empty());
    standing::write(&mut act, scope, standings).await?;
    index::enqueue_scored(&mut act, &[], &scored_anew).await?;
    for assessment in otherwise {
        findings::enqueue(&mut act, scope.organisation(), AssessmentId(assessment)).await?;
    }
    if !told.is_empty() {
        let details = json!({ "as_of": batch.as_of.to_string(), "policy": batch.policy,
            "columns": ["score", "assessment", "residual", "rating", "inputs_sha256"], "scores": told });
        act.record(&scope, Actor::System, "scores.computed_anew", ("rescore_run", run.id), &details);
    }
    (run.after_id, run.total, run.scored, run.unscored) = (step.after, total, scored, unscored);
    if batch.is_last {
        repo::rescores::set_state(act.tx(), scope, run.id, "done", act.now).await?;
        run.state = "done".to_owned();
        ended(&mut act, &Buyer::system(scope.organisation()), run, "scores.run_done");
    }
    act.commit().await?;
    Ok(true)
}

/// Leaves out what somebody has scored while this step was computed: theirs is newer.
async fn without_overtaken(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[Uuid],
    anew: &mut Vec<Anew>,
) -> Result<()> {
    let mut newest: HashMap<Uuid, Uuid> = HashMap::new();
    for row in repo::scores::bare(db, scope, engagements).await? {
        newest.entry(row.assessment_id).or_insert(row.id);
    }
    anew.retain(|one| newest.get(&one.assessment) == Some(&one.earlier.id));
    Ok(())
}

/// Assessments of which other knock-outs fire than before, so that other findings are to be proposed.
async fn knocked_out_otherwise(platform: &Platform, scope: BuyerScope, changed: &[Anew]) -> Result<Vec<Uuid>> {
    let ids: Vec<Uuid> = changed.iter().map(|one| one.earlier.id).collect();
    let heads: HashMap<Uuid, String> =
        repo::scores::heads(platform.db.read(), scope, &ids).await?.into_iter().collect();
    let otherwise = changed.iter().filter(|one| {
        let before = heads.get(&one.earlier.id).and_then(|head| knock_outs(head));
        before.is_none() || before != knock_outs(&one.kept.output)
    });
    Ok(otherwise.map(|one| one.assessment).collect())
}

fn knock_outs(output: &str) -> Option<&str> {
    let from = output.find(KNOCK_OUTS)?;
    let to = output[from..].find(DOMAINS)?;
    Some(&output[from..from + to])
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = r#"{"method":1,"as_of":"2026-11-21","inputs_sha256":"ab","residual":12.5,"knock_outs":[{"id":"a"}],"domains":[]}"#;

    #[test]
    fn knock_outs_are_found_in_an_output_unless_it_is_cut_off_before() {
        assert_eq!(knock_outs(OUTPUT), Some(r#","knock_outs":[{"id":"a"}]"#));
        assert_eq!(knock_outs(&OUTPUT[..80]), None);
    }
}
