//! Reviews as programs see them.

use domain::judging::review::{Progress, Support, Verdict};
use domain::problem::{Problem, Problems};
use domain::scoring::Level;
use entity::{answer_review, internal_note};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How a queue is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedReviews {
    /// `due`: what was due first, and of one day what has most at stake; `wait`: what has waited longest; `risk`: what has
    /// most at stake. By due date where absent.
    #[serde(default)]
    pub order: Option<String>,
    /// How many items at most.
    pub limit: Option<usize>,
    /// How many to pass over: the `next` of the page before.
    pub cursor: Option<usize>,
}

/// A submission that waits to be reviewed.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingReview {
    /// The assessment.
    pub assessment: Uuid,
    /// Who answered.
    pub vendor: Uuid,
    /// What for.
    pub engagement: Uuid,
    /// `submitted` or `in_review`.
    pub state: String,
    /// Since when it waits: when it was submitted last, RFC 3339.
    pub submitted_at: Option<String>,
    /// When the answers were due from the vendor: `2026-11-21`.
    #[schema(format = Date)]
    pub due_on: String,
    /// The largest inherent risk of the engagement, 4 to 100; null where its profile is not complete.
    pub inherent: Option<u8>,
    /// Its tier of the EU AI Act that somebody confirmed: `prohibited`, `high`, `limited`, `minimal` or `out_of_scope`; null
    /// where nobody did.
    pub ai_act_tier: Option<String>,
    /// `prohibited` or `high` where such a tier is proposed, stricter than the confirmed one, and nobody confirmed it.
    pub unconfirmed_ai_act_tier: Option<String>,
    /// Its band.
    pub band: Option<String>,
    /// How far answering and reviewing have come.
    pub progress: ReviewProgress,
}

/// Figures of answering and of reviewing, in questions.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewProgress {
    /// Those that are asked.
    pub asked: usize,
    /// Those with a reply.
    pub answered: usize,
    /// Those with a reply and a review of that very reply.
    pub reviewed: usize,
    /// Of the reviewed ones, those asked back.
    pub asked_back: usize,
    /// Those whose review was of another reply.
    pub overtaken: usize,
}

impl From<Progress> for ReviewProgress {
    fn from(progress: Progress) -> Self {
        let Progress { asked, answered, reviewed, asked_back, overtaken } = progress;
        Self { asked, answered, reviewed, asked_back, overtaken }
    }
}

/// The review of an assessment.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssessmentReview {
    /// Which submission is reviewed.
    pub round: i64,
    /// How far it has come.
    pub progress: ReviewProgress,
    /// By question that is asked, in the questionnaire's order.
    pub items: Vec<ReviewedAnswer>,
}

/// A question with what was found of its answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewedAnswer {
    /// The question.
    pub question: String,
    /// It has a reply.
    pub is_answered: bool,
    /// SHA-256 over reply, comment and evidence: what a review is about.
    pub answer_sha256: String,
    /// The level of assurance at which it stands by its files and their review, before ageing: `claimed`, `documented`,
    /// `verified`.
    pub level: &'static str,
    /// The newest review.
    pub review: Option<AnswerReview>,
}

/// A review of an answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerReview {
    /// Counted per question.
    pub number: i64,
    /// `accepted`, `asked_back`, `na_accepted` or `na_refused`.
    pub verdict: String,
    /// By SHA-256 of a file: `accepted`, `refused` or `contradicts`.
    #[schema(value_type = BTreeMap<String, String>)]
    pub evidence: serde_json::Value,
    /// What was written with it.
    pub note: Option<String>,
    /// It is about what is said now.
    pub stands: bool,
    /// The member who judged.
    pub recorded_by: Uuid,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub recorded_at: OffsetDateTime,
}

impl AnswerReview {
    /// The row, beside the hash of what is said now.
    pub(super) fn of(row: &answer_review::Model, now: &str) -> Self {
        Self {
            number: row.number,
            verdict: row.verdict.clone(),
            evidence: row.evidence.clone(),
            note: row.note.clone(),
            stands: row.answer_sha256 == now,
            recorded_by: row.recorded_by,
            recorded_at: row.recorded_at,
        }
    }
}

/// What a reviewer found of an answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundBody {
    /// The question.
    pub question: String,
    /// `accepted`, `asked_back`, `na_accepted` or `na_refused`.
    pub verdict: String,
    /// By SHA-256 of a file: `accepted`, `refused` or `contradicts`. Files that are left out are not judged.
    #[serde(default)]
    pub evidence: BTreeMap<String, String>,
    /// `claimed`, `documented` or `verified`: the level of assurance at which the answer is to stand, before its evidence ages.
    /// Files that `evidence` leaves out are judged so that it does: refused, not judged, accepted.
    #[serde(default)]
    pub level: Option<String>,
    /// With `asked_back`, what the vendor reads; with `na_refused`, why.
    #[serde(default)]
    pub note: Option<String>,
    /// The number of the newest review that was seen; 0 for none.
    #[serde(default)]
    pub seen: i64,
}

impl FoundBody {
    /// As the action takes it.
    pub(super) fn parsed(self) -> Result<(String, crate::actions::review::Found), Problems> {
        let mut problems = Vec::new();
        let verdict = Verdict::named(&self.verdict);
        if verdict.is_none() {
            problems.push(Problem::new("verdict", "unknown"));
        }
        let level = self.level.as_deref().map(|level| Level::named(level).ok_or(()));
        if level == Some(Err(())) {
            problems.push(Problem::new("level", "not-an-option"));
        }
        let mut evidence = BTreeMap::new();
        for (file, support) in self.evidence {
            let known: Result<Support, _> = serde_json::from_value(serde_json::Value::String(support));
            match known {
                Ok(support) => drop(evidence.insert(file, support)),
                Err(_) => problems.push(Problem::new(format!("evidence.{file}"), "unknown")),
            }
        }
        match verdict.filter(|_| problems.is_empty()) {
            Some(verdict) => {
                let found = crate::actions::review::Found {
                    seen: self.seen,
                    verdict,
                    level: level.and_then(Result::ok),
                    evidence,
                    note: self.note,
                };
                Ok((self.question, found))
            }
            None => Err(Problems(problems)),
        }
    }
}

/// A note that only colleagues read.
#[derive(Debug, Serialize, ToSchema)]
pub struct InternalNote {
    /// The question that it is about.
    pub question: Option<String>,
    /// What it says.
    pub words: String,
    /// The member who wrote it.
    pub written_by: Uuid,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub written_at: OffsetDateTime,
}

impl From<internal_note::Model> for InternalNote {
    fn from(row: internal_note::Model) -> Self {
        Self { question: row.question_id, words: row.words, written_by: row.written_by, written_at: row.written_at }
    }
}

/// A note about a question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionNoteBody {
    /// The question.
    pub question: String,
    /// What to say.
    pub words: String,
}
