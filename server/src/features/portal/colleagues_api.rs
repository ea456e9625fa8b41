//! The API of asking colleagues in. The vendor asks them; the buyer reads who was asked.

use super::answers_api::vendor;
use crate::actions::handover::{self, AskedIn, Part, Way};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, Tenant};
use crate::web::api::{Body, Made};
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use crate::web::path::{Id, Pair};
use crate::web::portal::Party;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::access::Permission;
use domain::ids::{AssessmentId, ContactId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// A colleague whom the vendor's people asked in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ColleagueItem {
    contact: Uuid,
    name: String,
    email: String,
    /// `contributor`: the questions named; `responder`: everything; `signatory`: the signature.
    role: String,
    /// Ids of a contributor's questions.
    questions: BTreeSet<String>,
    since: String,
    /// When they first came in.
    opened_at: Option<String>,
    /// Why their mail could not be delivered.
    failure: Option<String>,
}

impl From<AskedIn> for ColleagueItem {
    fn from(one: AskedIn) -> Self {
        Self {
            contact: one.contact.id,
            name: one.contact.name,
            email: one.contact.email,
            role: one.role.to_string(),
            questions: one.questions,
            since: rfc3339(one.since),
            opened_at: one.opened_at.map(rfc3339),
            failure: one.failure,
        }
    }
}

/// How a link gets to somebody.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum WayInput {
    /// By mail.
    #[default]
    Mail,
    /// It is in the answer, this once.
    Copy,
}

impl From<WayInput> for Way {
    fn from(way: WayInput) -> Self {
        match way {
            WayInput::Mail => Self::Mail,
            WayInput::Copy => Self::Copy,
        }
    }
}

/// A colleague to be asked in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ColleagueInput {
    name: String,
    email: String,
    /// Ids of questions; absent: everything.
    #[serde(default)]
    questions: Option<BTreeSet<String>>,
    #[serde(default)]
    way: WayInput,
}

/// Who signs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignatoryInput {
    name: String,
    email: String,
}

/// How the signature is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignatureInput {
    #[serde(default)]
    way: WayInput,
}

/// A link, where it is to be copied; shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HandedOver {
    link: Option<String>,
}

async fn read(platform: &Platform, scope: &impl Tenant, id: AssessmentId) -> Result<Items<ColleagueItem>> {
    let db = platform.db.read();
    let row = repo::assessments::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let everybody = handover::asked_in(db, scope, &row).await?;
    Ok(Items { items: everybody.into_iter().map(ColleagueItem::from).collect(), next: None })
}

/// Lists whom the vendor's people asked in, by name. The list comes whole: `next` is always null.
#[utoipa::path(get, path = "/assessments/{assessment}/colleagues", tag = "answers", params(("assessment" = Uuid, Path)),
    responses((status = 200, body = Items<ColleagueItem>), (status = 403, body = ProblemDocument),
        (status = 404, body = ProblemDocument)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    party: Party,
    Id(id): Id<AssessmentId>,
) -> Result<Json<Items<ColleagueItem>>> {
    Ok(Json(match &party {
        Party::Buyer(caller) => read(&platform, &caller.scope(), id).await?,
        Party::Vendor(_) => read(&platform, &vendor(&party, Permission::Answer)?.scope, id).await?,
    }))
}

/// Hands questions, or everything, to a colleague.
#[utoipa::path(post, path = "/assessments/{assessment}/colleagues", tag = "answers", params(("assessment" = Uuid, Path)),
    request_body = ColleagueInput,
    responses((status = 201, body = HandedOver), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 422, body = ProblemDocument), (status = 429, body = ProblemDocument)))]
pub(super) async fn hand_over(
    State(platform): State<Platform>,
    party: Party,
    Id(id): Id<AssessmentId>,
    Body(input): Body<ColleagueInput>,
) -> Result<Made<HandedOver>> {
    let to = handover::Colleague { name: input.name, email: input.email };
    let part = input.questions.map_or(Part::Everything, Part::Questions);
    let by = vendor(&party, Permission::HandOver)?;
    let link = handover::hand_over(&platform, by, &to, &part, input.way.into()).await?;
    Ok(Made(format!("/api/v1/assessments/{id}/colleagues"), HandedOver { link }))
}

/// Takes back whatever a colleague was asked for; what they answered stays.
#[utoipa::path(delete, path = "/assessments/{assessment}/colleagues/{contact}", tag = "answers",
    params(("assessment" = Uuid, Path), ("contact" = Uuid, Path)),
    responses((status = 204), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
pub(super) async fn take_back(
    State(platform): State<Platform>,
    party: Party,
    Pair(_assessment, contact): Pair<AssessmentId, ContactId>,
) -> Result<StatusCode> {
    handover::take_back(&platform, vendor(&party, Permission::HandOver)?, contact).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Names who signs: from then on nobody else can attest.
#[utoipa::path(put, path = "/assessments/{assessment}/signatory", tag = "answers", params(("assessment" = Uuid, Path)),
    request_body = SignatoryInput,
    responses((status = 204), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn name_signatory(
    State(platform): State<Platform>,
    party: Party,
    Body(input): Body<SignatoryInput>,
) -> Result<StatusCode> {
    let to = handover::Colleague { name: input.name, email: input.email };
    handover::name_signatory(&platform, vendor(&party, Permission::HandOver)?, &to).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the named signatory for the signature, once every required question has an answer.
#[utoipa::path(post, path = "/assessments/{assessment}/signature", tag = "answers", params(("assessment" = Uuid, Path)),
    request_body = SignatureInput,
    responses((status = 201, body = HandedOver), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
pub(super) async fn ask_for_signature(
    State(platform): State<Platform>,
    party: Party,
    Id(id): Id<AssessmentId>,
    Body(input): Body<SignatureInput>,
) -> Result<Made<HandedOver>> {
    let by = vendor(&party, Permission::HandOver)?;
    let link = handover::ask_for_signature(&platform, by, input.way.into()).await?;
    Ok(Made(format!("/api/v1/assessments/{id}/colleagues"), HandedOver { link }))
}
