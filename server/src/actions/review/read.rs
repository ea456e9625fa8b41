//! An assessment as a reviewer reads it: what was submitted, what was found of it, and the cycle before.

use crate::actions::judging::case::{review_of, said_in};
use crate::actions::questionnaire::profile_of;
use crate::actions::submit::{Snapshot, snapshot_of};
use crate::error::Result;
use crate::platform::Platform;
use crate::platform::published::{Version, authored};
use crate::repo::{self, BuyerScope};
use domain::answer::{Reply, Visibility, visibility};
use domain::ids::{AssessmentId, EngagementId, TemplateVersionId};
use domain::judging::cycle::{Cycle, Since, since};
use domain::judging::review::{self, Progress, Review, Verdict};
use domain::judging::said::Said;
use domain::questionnaire::diff::diff;
use entity::{answer_review, assessment, submission};
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Assessments of an engagement among which the cycle before is looked for.
const MOST_CYCLES: u64 = 20;

/// What was submitted last, with what was found of it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The submission.
    pub submission: submission::Model,
    /// What it froze.
    pub snapshot: Snapshot,
    /// By question.
    pub said: BTreeMap<String, Said>,
    /// By question, the newest first.
    pub rows: BTreeMap<String, Vec<answer_review::Model>>,
    /// By question: the newest review, whether it still stands or not.
    pub reviews: BTreeMap<String, Review>,
    /// Which questions are asked.
    pub visibility: Visibility,
}

impl Reading {
    /// Reads it around an assessment; none where nothing was submitted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn around(
        db: &impl ConnectionTrait,
        scope: BuyerScope,
        assessment: &assessment::Model,
        version: &Version,
    ) -> Result<Option<Self>> {
        let id = AssessmentId(assessment.id);
        let Some(submission) = repo::submissions::newest(db, &scope, id).await? else { return Ok(None) };
        let rows = repo::reviews::all(db, scope, id).await?;
        Self::of(assessment, version, submission, rows).map(Some)
    }

    /// Of rows that are at hand, the oldest review of each question first.
    ///
    /// # Errors
    /// When a row holds what this program does not write.
    pub fn of(
        assessment: &assessment::Model,
        version: &Version,
        submission: submission::Model,
        rows: Vec<answer_review::Model>,
    ) -> Result<Self> {
        let snapshot = snapshot_of(&submission)?;
        let said = said_in(&snapshot);
        let (by_question, reviews) = grouped(rows)?;
        let visibility = visibility(&version.document, &replies(&said), &profile_of(assessment));
        Ok(Self { submission, snapshot, said, rows: by_question, reviews, visibility })
    }

    /// What was said to a question; nothing where nothing was.
    pub fn said(&self, question: &str) -> Said {
        self.said.get(question).cloned().unwrap_or_default()
    }

    /// The newest review of a question, as far as it is about what is said now.
    pub fn standing(&self, question: &str) -> Option<&Review> {
        let nothing = Said::default();
        review::standing(self.said.get(question).unwrap_or(&nothing), self.reviews.get(question))
    }

    /// The number of the newest review of a question; 0 for none.
    pub fn newest(&self, question: &str) -> i64 {
        self.rows.get(question).and_then(|rows| rows.first()).map_or(0, |row| row.number)
    }

    /// How far answering and reviewing have come.
    pub fn progress(&self, version: &Version) -> Progress {
        let nothing = Said::default();
        let shown = version.document.questions().filter(|question| self.visibility.shows(&question.id));
        let both =
            shown.map(|question| (self.said.get(&question.id).unwrap_or(&nothing), self.reviews.get(&question.id)));
        review::progress(both)
    }

    /// What is asked back in this round, and so not given back yet: the question, and the row that says what the vendor is to
    /// be told. What was given back before and came back with the same answer is none of it, until somebody asks again.
    pub fn asked_back(&self) -> BTreeMap<String, &answer_review::Model> {
        let standing = self.reviews.keys().filter(|question| {
            self.visibility.shows(question)
                && self.standing(question).is_some_and(|review| review.verdict == Verdict::AskedBack)
        });
        let rows = standing.filter_map(|question| Some((question.clone(), self.rows.get(question)?.first()?)));
        rows.filter(|(_, row)| row.round == self.submission.round).collect()
    }
}

fn replies(said: &BTreeMap<String, Said>) -> BTreeMap<String, Reply> {
    said.iter().filter_map(|(id, said)| Some((id.clone(), said.reply.clone()?))).collect()
}

type Grouped = (BTreeMap<String, Vec<answer_review::Model>>, BTreeMap<String, Review>);

fn grouped(rows: Vec<answer_review::Model>) -> Result<Grouped> {
    let mut by_question: BTreeMap<String, Vec<answer_review::Model>> = BTreeMap::new();
    for row in rows {
        by_question.entry(row.question_id.clone()).or_default().push(row);
    }
    let mut reviews = BTreeMap::new();
    for (question, rows) in &mut by_question {
        rows.reverse();
        if let Some(newest) = rows.first() {
            reviews.insert(question.clone(), review_of(newest.clone())?);
        }
    }
    Ok((by_question, reviews))
}

/// The cycle before: the last time that the same questionnaire was submitted for the same engagement.
#[derive(Clone, Debug)]
pub struct Before {
    /// The assessment.
    pub assessment: assessment::Model,
    /// What it asked.
    pub version: Arc<Version>,
    /// What was said then, and found.
    pub reading: Reading,
    /// By question of the present cycle: what changed since.
    pub since: BTreeMap<String, Since>,
}

impl Before {
    /// Looks for it; none where there was no cycle before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(
        platform: &Platform,
        scope: BuyerScope,
        present: &assessment::Model,
        version: &Version,
        now: &Reading,
    ) -> Result<Option<Self>> {
        let db = platform.db.read();
        let (engagement, id) = (EngagementId(present.engagement_id), AssessmentId(present.id));
        for earlier in repo::assessments::submitted_before(db, scope, engagement, id, MOST_CYCLES).await? {
            let old = TemplateVersionId(earlier.template_version_id);
            let old = platform.published.get(db, &scope, old).await?;
            if old.row.template_id != version.row.template_id {
                continue;
            }
            let Some(reading) = Reading::around(db, scope, &earlier, &old).await? else { continue };
            let changes = diff(&authored(&old.row)?, &authored(&version.row)?);
            let before = Cycle { document: &old.document, said: &reading.said, visibility: &reading.visibility };
            let present = Cycle { document: &version.document, said: &now.said, visibility: &now.visibility };
            let since = since(&before, &present, &changes);
            let since = since.into_iter().map(|since| (since.question.clone(), since)).collect();
            return Ok(Some(Self { assessment: earlier, version: old, reading, since }));
        }
        Ok(None)
    }
}
