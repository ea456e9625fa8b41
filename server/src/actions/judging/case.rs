//! An assessment with everything that it is judged from.

use crate::actions::content;
use crate::actions::questionnaire::{Opened, profile_of};
use crate::actions::submit::{Snapshot, SnapshotEvidence, snapshot_of};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::ids::{AssessmentId, EngagementId};
use domain::judging::case::Case;
use domain::judging::profile::{Own, overrides};
use domain::judging::review::{Review, Verdict};
use domain::judging::said::{Piece, Said};
use domain::scoring::{self, Override};
use entity::{answer_review, engagement, inherent_override, policy, submission};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, HashMap};
use time::Date;
use uuid::Uuid;

/// An assessment as it is judged: what its newest submission says, or what was answered so far where there is none.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The assessment with its questionnaire.
    pub opened: Opened,
    /// What the vendor is used for.
    pub engagement: engagement::Model,
    /// Its present profile.
    pub profile: BTreeMap<String, String>,
    /// Every override of it, those taken back included, the oldest first.
    pub owns: Vec<Own>,
    /// The overrides that count.
    pub overrides: Vec<Override>,
    /// The newest submission.
    pub submission: Option<submission::Model>,
    /// By question: what is said.
    pub said: BTreeMap<String, Said>,
    /// By question: the newest review, whether it still stands or not.
    pub reviews: BTreeMap<String, Review>,
    /// The policy in force.
    pub policy: policy::Model,
    /// The same, read.
    pub parsed: scoring::Policy,
}

impl Judged {
    /// Reads it, from within a transaction for example.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the scope reaches no such assessment.
    pub async fn read(
        platform: &Platform,
        db: &impl ConnectionTrait,
        scope: BuyerScope,
        id: AssessmentId,
    ) -> Result<Self> {
        let assessment = repo::assessments::get(db, &scope, id).await?.ok_or(AppError::NotFound)?;
        let opened = Opened::around(platform, db, &scope, assessment).await?;
        let engagement = EngagementId(opened.assessment.engagement_id);
        let row = repo::vendors::engagement(db, scope, engagement).await?.ok_or(AppError::NotFound)?;
        let (policy, parsed) = content::policy_in_force(db, scope).await?;
        let submission = repo::submissions::newest(db, &scope, id).await?;
        let said = match &submission {
            Some(row) => said_in(&snapshot_of(row)?),
            None => said_so_far(&opened),
        };
        let owns = owns(db, scope, engagement).await?;
        let mut reviews = BTreeMap::new();
        for row in repo::reviews::all(db, scope, id).await? {
            // The oldest first, so the newest of each question stays.
            reviews.insert(row.question_id.clone(), review_of(row)?);
        }
        Ok(Self {
            profile: serde_json::from_value(row.profile.clone())?,
            overrides: overrides(&owns),
            engagement: row,
            opened,
            owns,
            submission,
            said,
            reviews,
            policy,
            parsed,
        })
    }

    /// What is scored as of a day.
    pub fn case(&self, as_of: Date) -> Case<'_> {
        Case {
            document: &self.opened.version.document,
            said: self.said.clone(),
            reviews: self.reviews.clone(),
            asked_with: profile_of(&self.opened.assessment),
            profile: self.profile.clone(),
            overrides: self.overrides.clone(),
            certificates: Vec::new(),
            as_of,
        }
    }
}

/// A review as the domain knows it.
///
/// # Errors
/// When the database holds what is none, which its checks prevent.
pub fn review_of(row: answer_review::Model) -> Result<Review> {
    let verdict = Verdict::named(&row.verdict).ok_or_else(|| AppError::internal("an unknown verdict"))?;
    Ok(Review { verdict, evidence: serde_json::from_value(row.evidence)?, answer_sha256: row.answer_sha256 })
}

/// Every override of an engagement, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn owns(db: &impl ConnectionTrait, scope: BuyerScope, engagement: EngagementId) -> Result<Vec<Own>> {
    let rows = repo::profiles::overrides(db, scope, engagement).await?;
    Ok(rows.into_iter().map(own_of).collect())
}

/// Every override of these engagements, each one's the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn owns_by_engagement(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    engagements: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Own>>> {
    let mut owns: HashMap<Uuid, Vec<Own>> = HashMap::new();
    for row in repo::profiles::overrides_of(db, scope, engagements).await? {
        owns.entry(row.engagement_id).or_default().push(own_of(row));
    }
    Ok(owns)
}

fn own_of(row: inherent_override::Model) -> Own {
    // The database keeps each within 1 to 5.
    let number = |value: i64| u8::try_from(value).unwrap_or(1);
    Own {
        domain: row.domain,
        severity: row.severity.map(number),
        likelihood: row.likelihood.map(number),
        reason: row.reason,
        by: row.by_name,
        beside: scoring::Computed {
            severity: number(row.computed_severity),
            likelihood: number(row.computed_likelihood),
        },
    }
}

/// By question: what a submission says.
pub fn said_in(snapshot: &Snapshot) -> BTreeMap<String, Said> {
    let answers = snapshot.answers.iter().map(|answer| {
        let piece = |file: &SnapshotEvidence| Piece { sha256: file.sha256.clone(), effective_on: file.effective_on };
        let evidence = answer.evidence.iter().map(piece).collect();
        let said = Said { reply: answer.reply.clone(), comment: answer.comment.clone(), evidence };
        (answer.question.clone(), said)
    });
    answers.collect()
}

/// By question: what was answered so far.
pub fn said_so_far(opened: &Opened) -> BTreeMap<String, Said> {
    let questions = opened.version.document.questions().map(|question| {
        let files = opened.evidence.get(&question.id).into_iter().flatten();
        let said = Said {
            reply: opened.replies.get(&question.id).cloned(),
            comment: opened.answers.get(&question.id).and_then(|row| row.comment.clone()),
            evidence: files
                .map(|file| Piece { sha256: file.sha256.clone(), effective_on: file.effective_on })
                .collect(),
        };
        (question.id.clone(), said)
    });
    questions.collect()
}
