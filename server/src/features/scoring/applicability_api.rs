//! A vendor's statement of applicability as JSON.

use super::applicability::{Asked, stated};
use crate::error::Result;
use crate::platform::Platform;
use crate::web::actor::{May, may};
use crate::web::failure::ProblemDocument;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::VendorId;
use domain::judging::applicability::Row;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A vendor's statement of applicability.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicabilityDocument {
    /// The vendor.
    vendor: Uuid,
    /// The day as of which levels count, `2026-11-21`.
    as_of: String,
    /// What it was made from, by the name of the engagement.
    sources: Vec<StatedSource>,
    /// Open engagements that it says nothing of, since nothing was submitted for them.
    without_submission: Vec<Uuid>,
    /// The 38 controls of Annex A in their order; empty where nothing was submitted.
    controls: Vec<StatedControl>,
}

/// An assessment that a statement was made from.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatedSource {
    /// The engagement.
    engagement: Uuid,
    /// Its name.
    name: String,
    /// The assessment.
    assessment: Uuid,
    /// The day of its last submission, UTC.
    submitted_on: Option<String>,
}

/// A control in a statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatedControl {
    /// `A.6.2.4`.
    control: String,
    /// `not_asked`, `not_answered`, `not_in_place`, `claimed`, `evidenced`, `verified` or `excluded`: the weakest of the
    /// engagements that were asked about it.
    state: &'static str,
    /// In each engagement.
    engagements: Vec<StatedUse>,
}

/// A control in one engagement.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatedUse {
    /// The engagement.
    engagement: Uuid,
    /// As of the control: the weakest of the questions that were asked about it.
    state: &'static str,
    /// By state, the questions in it.
    questions: BTreeMap<&'static str, Vec<String>>,
    /// Why questions do not apply, as the vendor says.
    exclusions: Vec<StatedExclusion>,
}

/// Why a question does not apply.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatedExclusion {
    /// The question.
    question: String,
    /// What the vendor says.
    reason: String,
    /// A reviewer agreed.
    is_accepted: bool,
    /// A reviewer refused it, so that it excludes nothing.
    is_refused: bool,
}

fn one_use(engagement: Uuid, row: Row) -> StatedUse {
    StatedUse {
        engagement,
        state: row.column.name(),
        questions: row.questions.into_iter().map(|(column, questions)| (column.name(), questions)).collect(),
        exclusions: row
            .exclusions
            .into_iter()
            .map(|known| StatedExclusion {
                question: known.question,
                reason: known.reason,
                is_accepted: known.is_accepted,
                is_refused: known.is_refused,
            })
            .collect(),
    }
}

/// The 38 controls of Annex A and what is known of each, over all open engagements with a vendor or from one assessment.
#[utoipa::path(
    get,
    path = "/vendors/{vendor}/applicability",
    tag = "scores",
    params(("vendor" = Uuid, Path), Asked),
    responses(
        (status = 200, body = ApplicabilityDocument),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn applicability(
    may: May<may::ReadOwn>,
    State(platform): State<Platform>,
    Id(vendor): Id<VendorId>,
    Query(asked): Query<Asked>,
) -> Result<Json<ApplicabilityDocument>> {
    let stated = stated(&platform, may.scope(), vendor, &asked).await?;
    let engagements: Vec<Uuid> = stated.uses.iter().map(|of| of.engagement).collect();
    let controls = stated.rows.into_iter().map(|row| StatedControl {
        control: row.control,
        state: row.column.name(),
        engagements: engagements.iter().zip(row.uses).map(|(engagement, row)| one_use(*engagement, row)).collect(),
    });
    Ok(Json(ApplicabilityDocument {
        vendor: vendor.0,
        as_of: iso_date::write(stated.as_of),
        controls: controls.collect(),
        sources: stated
            .uses
            .into_iter()
            .map(|of| StatedSource {
                engagement: of.engagement,
                name: of.name,
                assessment: of.assessment,
                submitted_on: of.submitted_on.map(iso_date::write),
            })
            .collect(),
        without_submission: stated.silent.into_iter().map(|(id, _)| id).collect(),
    }))
}
