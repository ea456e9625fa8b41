//! The published questionnaire of an assessment, with its answers and which questions they show.

use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::published::Version;
use crate::repo::{self, Tenant};
use domain::answer::{Profile, Reply, Visibility, visibility};
use domain::assessment::State;
use domain::ids::{AssessmentId, TemplateVersionId};
use domain::questionnaire::{Document, Kind, Question};
use entity::{answer, assessment, evidence};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An assessment as far as saving an answer needs it: far less than showing it does.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The assessment.
    pub assessment: assessment::Model,
    /// Where it stands.
    pub state: State,
    /// What is asked.
    pub version: Arc<Version>,
    /// Replies by question id.
    pub replies: BTreeMap<String, Reply>,
    /// Questions given back in the present round, with the buyer's notes.
    pub reopened: BTreeMap<String, Option<String>>,
    /// The questions of one to whom only some are assigned.
    pub assigned: Option<BTreeSet<String>>,
}

impl Standing {
    /// Reads it around an assessment that the transaction holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn around(
        platform: &Platform,
        db: &impl ConnectionTrait,
        scope: &impl Tenant,
        assessment: assessment::Model,
    ) -> Result<Self> {
        let id = AssessmentId(assessment.id);
        let version = platform.published.get(db, scope, TemplateVersionId(assessment.template_version_id)).await?;
        let mut replies = BTreeMap::new();
        let whole = scope.with_every_question();
        for (question, reply) in repo::answers::replies(db, &whole, id).await? {
            replies.insert(question, serde_json::from_str(&reply)?);
        }
        if takes_files(&version.document) {
            let files = repo::evidence::all(db, &whole, id).await?;
            answer_by_files(&version.document, &mut replies, |question| {
                files.iter().any(|row| row.question_id == question)
            });
        }
        let state = state_of(&assessment)?;
        let reopened = reopened(db, scope, &assessment, state).await?;
        let assigned = assigned(db, scope, id).await?;
        Ok(Self { assessment, state, version, replies, reopened, assigned })
    }

    /// Whether an answer to this question may be saved now.
    pub fn accepts(&self, question: &str) -> bool {
        self.reaches(question) && self.state.accepts_answer(question, &self.reopened.keys().cloned().collect())
    }

    /// Whether the question is among those that the scope reaches.
    pub fn reaches(&self, question: &str) -> bool {
        self.assigned.as_ref().is_none_or(|assigned| assigned.contains(question))
    }
}

/// The questions that a scope is bound to; none where it reaches all.
async fn assigned(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    id: AssessmentId,
) -> Result<Option<BTreeSet<String>>> {
    let Some(contact) = scope.only_assigned_to() else { return Ok(None) };
    Ok(Some(repo::handovers::assigned(db, scope, id).await?.remove(&contact.0).unwrap_or_default()))
}

/// Questions given back in the present round, with the buyer's notes.
async fn reopened(
    db: &impl ConnectionTrait,
    scope: &impl Tenant,
    assessment: &assessment::Model,
    state: State,
) -> Result<BTreeMap<String, Option<String>>> {
    if state != State::Returned {
        return Ok(BTreeMap::new());
    }
    Ok(repo::assessments::reopened(db, scope, AssessmentId(assessment.id), assessment.round).await?)
}

fn takes_files(document: &Document) -> bool {
    document.questions().any(|question| matches!(question.kind, Kind::File { .. }))
}

/// A question that asks for a file is answered by its evidence.
fn answer_by_files(document: &Document, replies: &mut BTreeMap<String, Reply>, has_file: impl Fn(&str) -> bool) {
    for question in document.questions().filter(|question| matches!(question.kind, Kind::File { .. })) {
        if has_file(&question.id) {
            replies.entry(question.id.clone()).or_insert(Reply::File);
        } else if replies.get(&question.id) == Some(&Reply::File) {
            replies.remove(&question.id);
        }
    }
}

/// An assessment with everything that a vendor or a reviewer looks at.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The assessment.
    pub assessment: assessment::Model,
    /// Where it stands.
    pub state: State,
    /// What is asked, as far as the scope reaches.
    pub version: Arc<Version>,
    /// What is asked of everybody: questions are numbered by it.
    pub whole: Arc<Version>,
    /// By question id.
    pub answers: BTreeMap<String, answer::Model>,
    /// Replies by question id.
    pub replies: BTreeMap<String, Reply>,
    /// By question id.
    pub evidence: BTreeMap<String, Vec<evidence::Model>>,
    /// Questions given back in the present round, with the buyer's notes.
    pub reopened: BTreeMap<String, Option<String>>,
    /// Which questions are asked, given the answers.
    pub visibility: Visibility,
    /// The questions of one to whom only some are assigned.
    pub assigned: Option<BTreeSet<String>>,
}

impl Opened {
    /// Reads it: no more of it than the scope reaches.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the scope reaches no such assessment.
    pub async fn read(platform: &Platform, scope: &impl Tenant, id: AssessmentId) -> Result<Self> {
        let db = platform.db.read();
        let assessment = repo::assessments::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
        Ok(Self::around(platform, db, scope, assessment).await?.narrowed())
    }

    /// Reads everything around an assessment that is at hand, in a transaction that holds it for example: all of it,
    /// since conditions and progress look at every answer. What the scope does not reach is not to be shown.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn around(
        platform: &Platform,
        db: &impl ConnectionTrait,
        scope: &impl Tenant,
        assessment: assessment::Model,
    ) -> Result<Self> {
        let id = AssessmentId(assessment.id);
        let version = platform.published.get(db, scope, TemplateVersionId(assessment.template_version_id)).await?;
        let whole = scope.with_every_question();
        let rows = repo::answers::all(db, &whole, id).await?;
        let mut evidence: BTreeMap<String, Vec<evidence::Model>> = BTreeMap::new();
        for row in repo::evidence::all(db, &whole, id).await? {
            evidence.entry(row.question_id.clone()).or_default().push(row);
        }
        let state = state_of(&assessment)?;
        let reopened = reopened(db, scope, &assessment, state).await?;
        let mut replies = BTreeMap::new();
        for row in &rows {
            if let Some(reply) = &row.reply {
                replies.insert(row.question_id.clone(), serde_json::from_value(reply.clone())?);
            }
        }
        answer_by_files(&version.document, &mut replies, |question| evidence.contains_key(question));
        let visibility = visibility(&version.document, &replies, &profile_of(&assessment));
        let answers = rows.into_iter().map(|row| (row.question_id.clone(), row)).collect();
        let assigned = assigned(db, scope, id).await?;
        let whole = Arc::clone(&version);
        Ok(Self { assessment, state, version, whole, answers, replies, evidence, reopened, visibility, assigned })
    }

    /// Without everything that the scope does not reach: other people's questions, answers and files.
    fn narrowed(mut self) -> Self {
        let Some(assigned) = &self.assigned else { return self };
        self.version = Arc::new(self.whole.narrowed(assigned));
        self.answers.retain(|question, _| assigned.contains(question));
        self.replies.retain(|question, _| assigned.contains(question));
        self.evidence.retain(|question, _| assigned.contains(question));
        self.visibility.hidden.retain(|question, _| assigned.contains(question));
        self
    }

    /// Whether an answer to this question may be saved now.
    pub fn accepts(&self, question: &str) -> bool {
        self.reaches(question) && self.state.accepts_answer(question, &self.reopened_ids())
    }

    /// Whether the question is among those that the scope reaches.
    pub fn reaches(&self, question: &str) -> bool {
        self.assigned.as_ref().is_none_or(|assigned| assigned.contains(question))
    }

    /// Ids of the questions given back.
    pub fn reopened_ids(&self) -> BTreeSet<String> {
        self.reopened.keys().cloned().collect()
    }

    /// How many of the questions that are asked have an answer, and how many are asked.
    pub fn progress(&self) -> (i64, i64) {
        progress(&self.version.document, &self.replies, &self.visibility)
    }
}

/// How many of the questions that are asked have an answer, and how many are asked.
pub fn progress(document: &Document, replies: &BTreeMap<String, Reply>, visibility: &Visibility) -> (i64, i64) {
    progress_of(document.questions(), replies, visibility)
}

/// The same of these questions alone.
pub(super) fn progress_of<'a>(
    questions: impl Iterator<Item = &'a Question>,
    replies: &BTreeMap<String, Reply>,
    visibility: &Visibility,
) -> (i64, i64) {
    let asked = questions.filter(|question| visibility.shows(&question.id));
    asked.fold((0, 0), |(answered, asked), question| {
        (answered + i64::from(replies.contains_key(&question.id)), asked + 1)
    })
}

/// The state of an assessment, as the domain knows it.
///
/// # Errors
/// When the database holds a word that is no state, which its check constraint prevents.
pub fn state_of(assessment: &assessment::Model) -> Result<State> {
    assessment.state.parse().map_err(AppError::internal)
}

/// The engagement's profile as it was when the questionnaire was issued: what conditions look at does not move under
/// whoever answers.
pub fn profile_of(assessment: &assessment::Model) -> Profile {
    let factors = assessment.profile.as_object().into_iter().flatten();
    factors.filter_map(|(factor, value)| Some((factor.clone(), value.as_str()?.to_owned()))).collect()
}
