//! Assessments as programs see them.

use crate::actions::issue::NewAssessment;
use crate::error::{AppError, Result};
use domain::answer::iso_date;
use domain::assessment::State;
use domain::judging::due::days_left;
use domain::problem::Problem;
use entity::{assessment, message};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// One template version issued to one vendor for one engagement.
#[derive(Debug, Serialize, ToSchema)]
pub struct Assessment {
    /// Its id.
    pub id: Uuid,
    /// Who is asked.
    pub vendor: Uuid,
    /// What for.
    pub engagement: Uuid,
    /// What is asked.
    pub template_version: Uuid,
    /// The person who is asked.
    pub contact: Uuid,
    /// `draft`, `sent`, `in_progress`, `submitted`, `in_review`, `returned`, `reviewed`, `closed` or `recalled`.
    pub state: String,
    /// By when: `2026-11-21`.
    #[schema(format = Date)]
    pub due_on: String,
    /// Days past the due date while the vendor is waited for; 0 otherwise.
    pub days_late: i64,
    /// What the buyer added to the mail.
    pub message: Option<String>,
    /// How often it was submitted.
    pub round: i64,
    /// Questions that have an answer.
    pub answered: i64,
    /// Questions that are asked, given the answers.
    pub asked: i64,
    /// What became of the newest message that asks for something.
    pub delivery: Option<Delivery>,
    /// Goes up with every change; also the `ETag`.
    pub revision: i64,
    /// When it was prepared.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was issued.
    #[serde(with = "time::serde::rfc3339::option")]
    pub issued_at: Option<OffsetDateTime>,
    /// When the vendor first opened it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub opened_at: Option<OffsetDateTime>,
    /// When it was last submitted.
    #[serde(with = "time::serde::rfc3339::option")]
    pub submitted_at: Option<OffsetDateTime>,
    /// When it was closed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub closed_at: Option<OffsetDateTime>,
}

/// What became of a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// `invitation`, `reminder`, `returned` or `renewal`.
    pub purpose: String,
    /// `queued`, `delivered` or `failed`.
    pub state: String,
    /// Why it failed.
    pub failure: Option<String>,
    /// When it was delivered.
    #[serde(with = "time::serde::rfc3339::option")]
    pub delivered_at: Option<OffsetDateTime>,
}

impl Assessment {
    /// The row with its messages, newest first.
    pub(super) fn of<'a>(
        row: assessment::Model,
        mut messages: impl Iterator<Item = &'a message::Model>,
        now: OffsetDateTime,
    ) -> Result<Self> {
        let state: State = row.state.parse().map_err(AppError::internal)?;
        let newest = messages.find(|message| message.assessment_id == row.id && message.purpose != "receipt");
        let late = if state.waits_for_vendor() { (-days_left(row.due_on, now)).max(0) } else { 0 };
        Ok(Self {
            id: row.id,
            vendor: row.vendor_id,
            engagement: row.engagement_id,
            template_version: row.template_version_id,
            contact: row.contact_id,
            state: row.state,
            due_on: iso_date::write(row.due_on),
            days_late: late,
            message: row.message,
            round: row.round,
            answered: row.answered,
            asked: row.asked,
            delivery: newest.map(|message| Delivery {
                purpose: message.purpose.clone(),
                state: message.state.clone(),
                failure: message.failure.clone(),
                delivered_at: message.delivered_at,
            }),
            revision: row.revision,
            created_at: row.created_at,
            issued_at: row.issued_at,
            opened_at: row.opened_at,
            submitted_at: row.submitted_at,
            closed_at: row.closed_at,
        })
    }
}

/// Which assessments a list gives.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// In this state.
    #[serde(default)]
    pub state: Option<String>,
    /// Of this vendor.
    #[serde(default)]
    pub vendor: Option<Uuid>,
    /// Of this engagement.
    #[serde(default)]
    pub engagement: Option<Uuid>,
    /// Only those that are late now.
    #[serde(default)]
    pub late: bool,
    /// How many items at most.
    pub limit: Option<u64>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// What is to be sent to whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessmentBody {
    /// What the vendor is used for.
    pub engagement: Uuid,
    /// What is asked.
    pub template_version: Uuid,
    /// Who is asked; a contact of the engagement's vendor.
    pub contact: Uuid,
    /// By when: `2026-11-21`.
    #[schema(format = Date)]
    pub due_on: String,
    /// Added to the mail.
    #[serde(default)]
    pub message: Option<String>,
    /// Send it at once; otherwise it is a draft, of which the vendor knows nothing.
    #[serde(default)]
    pub issue: bool,
}

impl AssessmentBody {
    /// As the action takes it.
    pub(super) fn parsed(self) -> Result<(NewAssessment, bool), Problem> {
        let due_on = day("due_on", &self.due_on)?;
        let input = NewAssessment {
            engagement: self.engagement.into(),
            template_version: self.template_version.into(),
            contact: self.contact.into(),
            due_on,
            message: self.message,
        };
        Ok((input, self.issue))
    }
}

/// A calendar day.
pub(super) fn day(at: &str, text: &str) -> Result<Date, Problem> {
    iso_date::read(text).map_err(|_| Problem::new(at, "not-a-date").with("given", text))
}

/// A new due date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DueBody {
    /// `2026-11-21`.
    #[schema(format = Date)]
    pub due_on: String,
}

/// A link, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewLink {
    /// The whole address. Whoever has it can answer.
    pub url: String,
}

/// A step of the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Take a submission in review.
    Take,
    /// Give named questions back to the vendor.
    Return,
    /// Mark it reviewed.
    Finish,
    /// Close it.
    Close,
}

/// What the review does next.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewBody {
    /// The step.
    pub step: Step,
    /// With `return`: ids of the questions that reopen, each with a note or null.
    #[serde(default)]
    pub questions: BTreeMap<String, Option<String>>,
    /// With `return`: a new due date; needed where the one that stands is over.
    #[serde(default)]
    #[schema(format = Date)]
    pub due_on: Option<String>,
}
