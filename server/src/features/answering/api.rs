//! What a vendor organisation is asked, for its members' programs.

use super::read;
use crate::actions::claim;
use crate::error::Result;
use crate::platform::Platform;
use crate::web::actor::{May, may};
use crate::web::api::Body;
use crate::web::failure::ProblemDocument;
use crate::web::moment::rfc3339;
use crate::web::paging::Items;
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::answer::iso_date;
use domain::ids::ContactId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A questionnaire that the organisation is asked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AskedItem {
    /// The assessment: its answers are read and written below `/assessments/{assessment}`.
    assessment: Uuid,
    /// Who asks.
    buyer: String,
    /// What the buyer calls the vendor.
    vendor: String,
    questionnaire: String,
    state: String,
    /// By when: `2026-11-21`.
    due_on: String,
    answered: i64,
    asked: i64,
}

/// Somebody who asks to join the organisation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JoiningItem {
    contact: Uuid,
    name: String,
    email: String,
    /// Whose contact they are.
    buyer: String,
    asked_at: Option<String>,
}

/// What becomes of somebody who asks to join.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct JoinAnswer {
    /// They become a responder; otherwise they are declined.
    let_in: bool,
}

/// Lists what the organisation is asked, those that wait for it first, by due date; at most a page of them: `next` is
/// always null.
#[utoipa::path(get, path = "/answering", tag = "answering",
    responses((status = 200, body = Items<AskedItem>), (status = 403, body = ProblemDocument)))]
pub(super) async fn list(State(platform): State<Platform>, caller: May<may::Answer>) -> Result<Json<Items<AskedItem>>> {
    let found = read::asked(&platform, caller.claimant(), (0, platform.config.limits.api_page_rows)).await?;
    let item = |asked: read::Asked| AskedItem {
        assessment: asked.row.id,
        buyer: asked.buyer,
        vendor: asked.vendor,
        questionnaire: asked.title,
        due_on: iso_date::write(asked.row.due_on),
        state: asked.row.state,
        answered: asked.row.answered,
        asked: asked.row.asked,
    };
    Ok(Json(Items { items: found.into_iter().map(item).collect(), next: None }))
}

/// Lists who asks to join the organisation, in the order in which they asked. The list comes whole: `next` is always null.
#[utoipa::path(get, path = "/answering/joining", tag = "answering",
    responses((status = 200, body = Items<JoiningItem>), (status = 403, body = ProblemDocument)))]
pub(super) async fn joining(
    State(platform): State<Platform>,
    caller: May<may::ManagePeople>,
) -> Result<Json<Items<JoiningItem>>> {
    let found = read::joining(&platform, caller.claimant()).await?;
    let item = |(contact, buyer): (entity::contact::Model, String)| JoiningItem {
        contact: contact.id,
        name: contact.name,
        email: contact.email,
        buyer,
        asked_at: contact.join_asked_at.map(rfc3339),
    };
    Ok(Json(Items { items: found.into_iter().map(item).collect(), next: None }))
}

/// Lets somebody join as a responder, or declines.
#[utoipa::path(post, path = "/answering/joining/{contact}", tag = "answering", params(("contact" = Uuid, Path)),
    request_body = JoinAnswer,
    responses((status = 204), (status = 403, body = ProblemDocument), (status = 404, body = ProblemDocument)))]
pub(super) async fn answer_join(
    State(platform): State<Platform>,
    caller: May<may::ManagePeople>,
    Id(contact): Id<ContactId>,
    Body(answer): Body<JoinAnswer>,
) -> Result<StatusCode> {
    claim::answer_join(&platform, &caller.buyer(), contact, answer.let_in).await?;
    Ok(StatusCode::NO_CONTENT)
}
