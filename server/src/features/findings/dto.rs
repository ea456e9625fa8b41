//! What programs of the buyer send and ask.

use crate::actions::findings::NewFinding;
use domain::answer::iso_date;
use domain::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which findings a list gives.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct WantedFindings {
    /// In this state.
    pub state: Option<String>,
    /// `live` (raised and neither closed nor dismissed), `proposed` (by rules, not yet raised), `vendor`, `buyer`, `done` or
    /// `all`; `live` where absent.
    pub group: Option<String>,
    /// `major`, `minor` or `observation`.
    pub severity: Option<String>,
    /// Of this vendor.
    pub vendor: Option<Uuid>,
    /// Of this engagement.
    pub engagement: Option<Uuid>,
    /// From this assessment.
    pub assessment: Option<Uuid>,
    /// Answered for by this contact.
    pub owner: Option<Uuid>,
    /// With this in title or description.
    pub q: Option<String>,
    /// Anything: only those that are late now.
    pub late: Option<String>,
    /// Anything: only those that are closed or dismissed, and a rule speaks for them again.
    pub back: Option<String>,
    /// How many items at most.
    pub limit: Option<u64>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

impl WantedFindings {
    /// As the address of the list says it.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let id = |id: Option<Uuid>| id.map(|id| id.to_string());
        let all = [
            ("state", self.state.clone()),
            ("group", self.group.clone()),
            ("severity", self.severity.clone()),
            ("vendor", id(self.vendor)),
            ("engagement", id(self.engagement)),
            ("assessment", id(self.assessment)),
            ("owner", id(self.owner)),
            ("q", self.q.clone()),
            ("late", self.late.clone()),
            ("back", self.back.clone()),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// A finding that is raised by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingBody {
    /// What the vendor is used for.
    pub engagement: Uuid,
    /// The assessment that it comes from.
    #[serde(default)]
    pub assessment: Option<Uuid>,
    /// The question that it is about.
    #[serde(default)]
    pub question: Option<String>,
    /// In short.
    pub title: String,
    /// What is not as it should be.
    #[serde(default)]
    pub description: String,
    /// `major`, `minor` or `observation`.
    pub severity: String,
    /// `small`, `medium` or `large`.
    #[serde(default)]
    pub effort: Option<String>,
    /// The contact who answers for it.
    #[serde(default)]
    pub owner: Option<Uuid>,
    /// By when; by its weight where absent.
    #[serde(default)]
    #[schema(format = Date)]
    pub due_on: Option<String>,
}

impl FindingBody {
    /// As the action takes it.
    pub(super) fn parsed(self) -> Result<NewFinding, Problem> {
        let day =
            |text: &String| iso_date::read(text).map_err(|_| Problem::new("due_on", "not-a-date").with("given", text));
        Ok(NewFinding {
            engagement: self.engagement.into(),
            assessment: self.assessment.map(Into::into),
            question: self.question,
            title: self.title,
            description: self.description,
            severity: self.severity,
            effort: self.effort,
            owner: self.owner.map(Into::into),
            due_on: self.due_on.as_ref().map(day).transpose()?,
        })
    }
}

/// A note about a finding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingNoteBody {
    /// What to say.
    pub words: String,
    /// The vendor reads it too; otherwise only colleagues do.
    #[serde(default)]
    pub for_both: bool,
}

/// A finding with the effect of closing it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingWithEffect {
    /// The finding.
    #[serde(flatten)]
    pub finding: crate::web::finding::dto::FindingDto,
    /// What closing it does to the score; null where it has no scored question, is done with, or there is no score.
    pub if_closed: Option<IfClosed>,
}

/// What closing a finding does to the score.
#[derive(Debug, Serialize, ToSchema)]
pub struct IfClosed {
    /// The residual risk as it is.
    pub residual_before: f64,
    /// As it would be.
    pub residual_after: f64,
    /// The rating as it is.
    pub rating_before: String,
    /// As it would be.
    pub rating_after: String,
}
