//! Findings as programs of either side see them.

use crate::actions::findings::{Wanted, WantedAction};
use domain::answer::iso_date;
use domain::problem::{Problem, Problems};
use entity::{finding, finding_file};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// A nonconformity or an observation.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingDto {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub vendor: Uuid,
    /// What the vendor is used for.
    pub engagement: Uuid,
    /// The assessment that it comes from.
    pub assessment: Option<Uuid>,
    /// The question that it is about.
    pub question: Option<String>,
    /// In short.
    pub title: String,
    /// What is not as it should be.
    pub description: String,
    /// `proposed`, `open`, `planned`, `in_action`, `reported`, `verified`, `closed` or `dismissed`.
    pub state: String,
    /// `major`, `minor` or `observation`.
    pub severity: String,
    /// `small`, `medium`, `large`; null where nobody said.
    pub effort: Option<String>,
    /// The contact who answers for it.
    pub owner: Option<Uuid>,
    /// When it is to be closed: `2026-11-21`.
    #[schema(format = Date)]
    pub due_on: Option<String>,
    /// The controls that it touches.
    #[schema(value_type = Vec<String>)]
    pub controls: serde_json::Value,
    /// Cause, correction and actions, with who does each by when. To a vendor, whoever is on the buyer's side is
    /// `{"kind":"buyer"}`.
    #[schema(value_type = Option<Object>)]
    pub plan: Option<serde_json::Value>,
    /// By position of an action: that it is done, and by whom in the same way.
    #[schema(value_type = Object)]
    pub done: serde_json::Value,
    /// Goes up with every step; also the `ETag`.
    pub revision: i64,
    /// When it was raised.
    #[serde(with = "time::serde::rfc3339::option")]
    pub raised_at: Option<OffsetDateTime>,
    /// When it was closed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub closed_at: Option<OffsetDateTime>,
}

impl From<finding::Model> for FindingDto {
    fn from(row: finding::Model) -> Self {
        Self {
            id: row.id,
            vendor: row.vendor_id,
            engagement: row.engagement_id,
            assessment: row.assessment_id,
            question: row.question_id,
            title: row.title,
            description: row.description,
            state: row.state,
            severity: row.severity,
            effort: row.effort,
            owner: row.owner_contact_id,
            due_on: row.due_on.map(iso_date::write),
            controls: row.controls,
            plan: row.plan,
            done: row.done,
            revision: row.revision,
            raised_at: row.raised_at,
            closed_at: row.closed_at,
        }
    }
}

impl FindingDto {
    /// As a vendor may see it: its own people by their contacts, and nobody of the buyer's, nor who is behind an account.
    pub fn for_vendor(row: finding::Model) -> Self {
        let mut dto = Self::from(row);
        let actions = dto.plan.as_mut().and_then(|plan| plan["actions"].as_array_mut());
        let owners = actions.into_iter().flatten().filter_map(|action| action.get_mut("owner"));
        let done = dto.done.as_object_mut().into_iter().flat_map(|done| done.values_mut());
        for party in owners.chain(done.filter_map(|done| done.get_mut("by"))) {
            *party = match party["kind"].as_str() {
                Some("contact") => json!({ "kind": "contact", "id": party["id"] }),
                _ => json!({ "kind": "buyer" }),
            };
        }
        dto
    }
}

/// A file that shows what was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingFileDto {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub file_name: String,
    /// SHA-256 of its content: how a step names it.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
}

impl From<finding_file::Model> for FindingFileDto {
    fn from(row: finding_file::Model) -> Self {
        Self { id: row.id, file_name: row.file_name, sha256: row.sha256, size: row.size }
    }
}

/// A step in the life of a finding. Which fields it takes depends on the step.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StepBody {
    /// `raise`, `dismiss`, `plan`, `agree`, `send_back`, `act`, `report`, `verify`, `not_effective`, `close`, `reopen` or
    /// `settle`.
    pub step: String,
    /// With `raise`: another title.
    pub title: Option<String>,
    /// With `raise`: what is not as it should be.
    pub description: Option<String>,
    /// With `dismiss`, `send_back`, `not_effective`, `reopen`, `settle`: why.
    pub reason: String,
    /// With `act`, `report`, `verify`, `close`: what is to be said.
    pub note: String,
    /// With `plan`: why, and why that; up to five, the last is the root cause.
    pub whys: Vec<String>,
    /// With `plan`: what puts the case itself right.
    pub correction: String,
    /// With `plan`: what keeps it from coming again.
    pub actions: Vec<ActionBody>,
    /// With `act`: the position of the action, from 0.
    pub action: usize,
    /// With `act`: SHA-256 of files that show it.
    pub evidence: Vec<String>,
    /// With `settle`: how much it weighs.
    pub severity: String,
    /// With `settle`: how much work it takes.
    pub effort: Option<String>,
    /// With `settle`: the contact who answers for it.
    pub owner: Option<Uuid>,
    /// With `settle`: when it is to be closed.
    #[schema(format = Date)]
    pub due_on: Option<String>,
}

/// A corrective action.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionBody {
    /// What removes the cause.
    pub what: String,
    /// The contact who does it; whoever plans where there is none.
    #[serde(default)]
    pub owner: Option<Uuid>,
    /// By when: `2026-11-21`.
    #[schema(format = Date)]
    pub due_on: String,
}

impl StepBody {
    /// As the action takes it.
    ///
    /// # Errors
    /// `unknown` at `step`; `not-a-date` where a day is none.
    pub fn parsed(self) -> Result<Wanted, Problems> {
        let mut problems = Vec::new();
        let mut day = |at: String, text: &str| {
            let day = iso_date::read(text.trim());
            day.map_err(|_| problems.push(Problem::new(at, "not-a-date").with("given", text))).ok()
        };
        let due_on = self.due_on.as_deref().and_then(|text| day("due_on".to_owned(), text));
        let mut actions = Vec::new();
        for (position, action) in self.actions.into_iter().enumerate() {
            let due_on = day(format!("actions.{position}.due_on"), &action.due_on);
            actions.extend(due_on.map(|due_on| WantedAction {
                what: action.what,
                owner: action.owner.map(Into::into),
                due_on,
            }));
        }
        let wanted = match self.step.as_str() {
            "raise" => Some(Wanted::Raise { title: self.title, description: self.description }),
            "dismiss" => Some(Wanted::Dismiss { reason: self.reason }),
            "plan" => Some(Wanted::Plan { whys: self.whys, correction: self.correction, actions }),
            "agree" => Some(Wanted::Agree),
            "send_back" => Some(Wanted::SendBack { reason: self.reason }),
            "act" => Some(Wanted::Act { action: self.action, note: self.note, evidence: self.evidence }),
            "report" => Some(Wanted::Report { note: self.note }),
            "verify" => Some(Wanted::Verify { note: self.note }),
            "not_effective" => Some(Wanted::NotEffective { reason: self.reason }),
            "close" => Some(Wanted::Close { note: self.note }),
            "reopen" => Some(Wanted::Reopen { reason: self.reason }),
            "settle" => Some(Wanted::Settle {
                severity: self.severity,
                effort: self.effort,
                owner: self.owner.map(Into::into),
                due_on,
                reason: self.reason,
            }),
            _ => {
                problems.push(Problem::new("step", "unknown"));
                None
            }
        };
        match wanted.filter(|_| problems.is_empty()) {
            Some(wanted) => Ok(wanted),
            None => Err(Problems(problems)),
        }
    }
}
