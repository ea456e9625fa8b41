//! What both sides write to each other about a question: on the vendor's pages, and for programs of either side.

use super::visit::Visit;
use crate::actions::Vendor;
use crate::actions::threads::{self, About};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope};
use crate::web::api::Body;
use crate::web::failure::ProblemDocument;
use crate::web::fields::Fields;
use crate::web::moment::minute;
use crate::web::once;
use crate::web::paging::Items;
use crate::web::path::Id;
use crate::web::portal::Party;
use crate::web::question::ThreadLine;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::access::Permission;
use domain::ids::{AssessmentId, ContactId};
use entity::shared_note;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use utoipa::ToSchema;

/// What stands in the threads of an assessment, by question, as the vendor reads it: colleagues of theirs by name, the buyer
/// as the buyer.
pub(super) async fn read<P>(visit: &Visit<P>) -> Result<BTreeMap<String, Vec<ThreadLine>>> {
    let db = visit.renderer.platform.db.read();
    let notes = repo::reviews::shared(db, &visit.scope, visit.scope.assessment).await?;
    let mut lines: BTreeMap<String, Vec<ThreadLine>> = BTreeMap::new();
    if notes.is_empty() {
        return Ok(lines);
    }
    let contacts: Vec<ContactId> = notes.iter().filter_map(|note| note.contact_id.map(ContactId)).collect();
    let everybody = SystemScope.acting_for(visit.scope.organisation);
    let contacts = repo::vendors::contacts_by_id(db, everybody, &contacts).await?;
    for note in notes {
        let by = note.contact_id.and_then(|id| contacts.get(&id)).map(|contact| contact.name.clone());
        let line = ThreadLine {
            by: by.unwrap_or_else(|| visit.parties.buyer.clone()),
            when: minute(note.written_at),
            words: note.words,
        };
        lines.entry(note.question_id.unwrap_or_default()).or_default().push(line);
    }
    Ok(lines)
}

/// Writes what a plain form says to the buyer, question by question.
pub(super) async fn from_form(platform: &Platform, by: &Vendor, fields: &Fields) -> Result<()> {
    let key = fields.one("once");
    for (question, words) in fields.below("say:").filter(|(_, words)| !words.trim().is_empty()) {
        let once =
            once::of_form(key).map(|once| crate::actions::Once { key: format!("{}:{question}", once.key), ..once });
        let by = Vendor { once, ..by.clone() };
        let about = About::Question(by.scope.assessment, question.to_owned());
        threads::answer(platform, &by, &about, words).await?;
    }
    Ok(())
}

/// A note that both sides read.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SharedNote {
    /// The question that it is about.
    question: Option<String>,
    /// What it says.
    words: String,
    /// It came from the vendor.
    from_vendor: bool,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    written_at: OffsetDateTime,
}

impl From<shared_note::Model> for SharedNote {
    fn from(row: shared_note::Model) -> Self {
        Self {
            question: row.question_id,
            words: row.words,
            from_vendor: row.contact_id.is_some(),
            written_at: row.written_at,
        }
    }
}

/// A note to the other side.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SharedNoteBody {
    /// The question.
    question: String,
    /// What to say.
    words: String,
}

/// Lists what both sides wrote to each other, oldest first.
#[utoipa::path(get, path = "/assessments/{assessment}/notes", tag = "reviews", params(("assessment" = Uuid, Path)),
    responses((status = 200, body = Items<SharedNote>)))]
pub(super) async fn list(
    State(platform): State<Platform>,
    party: Party,
    Id(id): Id<AssessmentId>,
) -> Result<Json<Items<SharedNote>>> {
    let db = platform.db.read();
    let rows = match &party {
        Party::Vendor(vendor) => repo::reviews::shared(db, &vendor.scope, id).await?,
        Party::Buyer(caller) => {
            let scope = caller.scope();
            repo::assessments::get(db, &scope, id).await?.ok_or(AppError::NotFound)?;
            repo::reviews::shared(db, &scope, id).await?
        }
    };
    Ok(Json(Items { items: rows.into_iter().map(SharedNote::from).collect(), next: None }))
}

/// Writes to the other side.
#[utoipa::path(post, path = "/assessments/{assessment}/notes", tag = "reviews", request_body = SharedNoteBody,
    params(("assessment" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeated with the same key, it acts once")),
    responses((status = 204), (status = 403, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn say(
    State(platform): State<Platform>,
    party: Party,
    Id(id): Id<AssessmentId>,
    Body(body): Body<SharedNoteBody>,
) -> Result<StatusCode> {
    let about = About::Question(id, body.question);
    match party {
        Party::Vendor(vendor) => threads::answer(&platform, &vendor, &about, &body.words).await?,
        Party::Buyer(caller) if caller.may(Permission::Review) => {
            threads::say(&platform, &caller.buyer(), &about, &body.words).await?;
        }
        Party::Buyer(_) => return Err(AppError::Forbidden),
    }
    Ok(StatusCode::NO_CONTENT)
}
