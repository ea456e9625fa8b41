//! Searching for programs.

use super::found;
use crate::error::Result;
use crate::platform::Platform;
use crate::web::actor::{May, may};
use crate::web::failure::ProblemDocument;
use crate::web::fields::Fields;
use crate::web::found::{Matches, Place, matches, request};
use crate::web::moment::rfc3339;
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use domain::answer::{Reply, iso_date};
use domain::register::Subject;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is asked, as described; it is read by [`request`].
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters in the API's document")]
pub struct Wanted {
    /// What must be found; everything where absent. The language of `/components/search`, with the fields of what is
    /// searched. Never refused: what is not understood is looked for as text and told in `notes`.
    q: Option<String>,
    /// `facet:value`, repeated. Values of one facet are alternatives; all facets named must hold. The facet of vendors is
    /// `rating` (as the policy in force calls it, `unknown` where nothing is scored); facets of assessments are `vendor`,
    /// `questionnaire`, `state` and `rating`; of answers `vendor`, `questionnaire`, `stand` (`given`, `not_applicable`,
    /// `declined`, `unknown`) and `option` (the words of what was chosen); of findings `vendor`, `severity`, `state`,
    /// `effort`, `origin` (`rule`, `person`), `owner` and `control`.
    filter: Option<Vec<String>>,
    /// `field:[from..to]`, repeated. Days of vendors are `since`; of assessments `due`, `issued`, `submitted`, `scored`,
    /// `since`; of answers `submitted`; of findings `due`, `raised`, `closed`, `since`. Vendors and assessments have the
    /// number `residual`, 0 to 100. What is said of a vendor's `rating` and `residual` adds up all its open engagements: who
    /// reads their own alone is refused with `adds-up-others`.
    range: Option<Vec<String>>,
    /// Facets to be counted, repeated or with commas; none where absent, `*` for all.
    facets: Option<Vec<String>>,
    /// `relevance` (default), `name`, `vendor`, `updated`, or a field with days or numbers, `-` before it for the last or
    /// the most first.
    sort: Option<String>,
    /// At most 100; 20 where absent.
    limit: Option<usize>,
    /// At most 10,000.
    offset: Option<usize>,
}

/// A vendor that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundVendor {
    /// Its id.
    vendor: Uuid,
    /// Its name.
    name: String,
    /// Its web site.
    website: Option<String>,
    /// How many contacts it has.
    contacts: i64,
    /// The worst rating of its open engagements that the caller reads; null where none is scored.
    rating: Option<String>,
    /// The largest residual risk of these, 0 to 100.
    residual: Option<f64>,
    /// When it was added.
    created_at: String,
    /// How well and where it matches.
    #[serde(flatten)]
    place: Place,
}

/// An assessment that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundAssessment {
    /// The assessment.
    #[serde(flatten)]
    assessment: Asked,
    /// The rating of its newest stored score; null where none is stored.
    rating: Option<String>,
    /// The residual risk behind it, 0 to 100.
    residual: Option<f64>,
    /// As of which day it was scored.
    scored_on: Option<String>,
    /// How well and where it matches.
    #[serde(flatten)]
    place: Place,
}

/// What is asked of whom.
#[derive(Debug, Serialize, ToSchema)]
pub struct Asked {
    /// The assessment's id.
    assessment: Uuid,
    /// The vendor's id.
    vendor: Uuid,
    /// The vendor's name.
    vendor_name: String,
    /// The engagement's id.
    engagement: Uuid,
    /// The engagement's name.
    engagement_name: String,
    /// The questionnaire's title.
    questionnaire: String,
    /// `draft`, `sent`, `in_progress`, `submitted`, `in_review`, `returned`, `reviewed`, `closed` or `recalled`.
    state: String,
    /// Until when the answers are asked for.
    due_on: String,
}

impl From<found::Assessment> for Asked {
    fn from(of: found::Assessment) -> Self {
        Self {
            assessment: of.row.id,
            vendor: of.row.vendor_id,
            vendor_name: of.vendor,
            engagement: of.row.engagement_id,
            engagement_name: of.engagement,
            questionnaire: of.questionnaire,
            state: of.row.state,
            due_on: iso_date::write(of.row.due_on),
        }
    }
}

/// A submitted answer that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundAnswer {
    /// The assessment that it is of.
    #[serde(flatten)]
    assessment: Asked,
    /// The question's id.
    question: String,
    /// What was asked.
    question_text: String,
    /// What was said; null where only a comment or a file stands there.
    #[schema(value_type = Option<Object>)]
    reply: Option<Reply>,
    /// The comment beside it.
    comment: Option<String>,
    /// Which submission of the assessment it is of, the newest, from 1.
    round: i64,
    /// When that was submitted.
    submitted_at: String,
    /// How well and where it matches.
    #[serde(flatten)]
    place: Place,
}

/// A finding that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundFinding {
    /// Its id.
    finding: Uuid,
    /// In short.
    title: String,
    /// The vendor's id.
    vendor: Uuid,
    /// The vendor's name.
    vendor_name: String,
    /// The engagement's id.
    engagement: Uuid,
    /// The engagement's name.
    engagement_name: String,
    /// The assessment that it comes from, where it comes from one.
    assessment: Option<Uuid>,
    /// The question's id, where it is about one.
    question: Option<String>,
    /// `major`, `minor` or `observation`.
    severity: String,
    /// `proposed`, `open`, `planned`, `in_action`, `reported`, `verified`, `closed` or `dismissed`.
    state: String,
    /// `small`, `medium` or `large`; null where nobody said.
    effort: Option<String>,
    /// When it is to be closed.
    due_on: Option<String>,
    /// When it was raised; null while it is only proposed.
    raised_at: Option<String>,
    /// How well and where it matches.
    #[serde(flatten)]
    place: Place,
}

/// Searches vendors by name, web site, contact, note and how they are rated.
#[utoipa::path(get, path = "/search/vendors", tag = "search", params(Wanted),
    responses((status = 200, body = Matches<FoundVendor>), (status = 422, body = ProblemDocument),
        (status = 503, body = ProblemDocument, description = "The search engine does not answer")))]
pub(super) async fn vendors(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    query: Query<Vec<(String, String)>>,
) -> Result<Json<Matches<FoundVendor>>> {
    let request = request(Subject::Vendors, &Fields(query.0))?;
    let (page, found) = found::vendors(&platform, caller.scope(), &request).await?;
    Ok(matches(request, page, found, |of, place| FoundVendor {
        vendor: of.row.id,
        name: of.row.name,
        website: of.row.website,
        contacts: of.contacts,
        rating: of.stands.as_ref().and_then(|stands| stands.heaviest.rating.clone()),
        residual: of.stands.and_then(|stands| stands.residual),
        created_at: rfc3339(of.row.created_at),
        place,
    }))
}

/// Searches assessments by vendor, questionnaire, engagement, contact, owner, message and score.
#[utoipa::path(get, path = "/search/assessments", tag = "search", params(Wanted),
    responses((status = 200, body = Matches<FoundAssessment>), (status = 422, body = ProblemDocument),
        (status = 503, body = ProblemDocument, description = "The search engine does not answer")))]
pub(super) async fn assessments(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    query: Query<Vec<(String, String)>>,
) -> Result<Json<Matches<FoundAssessment>>> {
    let request = request(Subject::Assessments, &Fields(query.0))?;
    let (page, found) = found::assessments(&platform, caller.scope(), &request).await?;
    Ok(matches(request, page, found, |found::Scored { of, score }, place| FoundAssessment {
        assessment: of.into(),
        residual: score.as_ref().map(|score| score.residual),
        scored_on: score.as_ref().map(|score| iso_date::write(score.as_of)),
        rating: score.map(|score| score.rating),
        place,
    }))
}

/// Searches what vendors submitted, in the newest submission of each assessment: answers, comments, questions, file names.
#[utoipa::path(get, path = "/search/answers", tag = "search", params(Wanted),
    responses((status = 200, body = Matches<FoundAnswer>), (status = 422, body = ProblemDocument),
        (status = 503, body = ProblemDocument, description = "The search engine does not answer")))]
pub(super) async fn answers(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    query: Query<Vec<(String, String)>>,
) -> Result<Json<Matches<FoundAnswer>>> {
    let request = request(Subject::Answers, &Fields(query.0))?;
    let (page, found) = found::answers(&platform, caller.scope(), &request).await?;
    Ok(matches(request, page, found, |of, place| FoundAnswer {
        question_text: of.version.document.question(&of.said.question).map(|q| q.text.clone()).unwrap_or_default(),
        assessment: of.of.into(),
        question: of.said.question,
        reply: of.said.reply,
        comment: of.said.comment,
        round: of.round,
        submitted_at: rfc3339(of.submitted_at),
        place,
    }))
}

/// Searches findings by title, description, question, plan, vendor, engagement, owner and control, in whatever state.
#[utoipa::path(get, path = "/search/findings", tag = "search", params(Wanted),
    responses((status = 200, body = Matches<FoundFinding>), (status = 422, body = ProblemDocument),
        (status = 503, body = ProblemDocument, description = "The search engine does not answer")))]
pub(super) async fn findings(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    query: Query<Vec<(String, String)>>,
) -> Result<Json<Matches<FoundFinding>>> {
    let request = request(Subject::Findings, &Fields(query.0))?;
    let (page, found) = found::findings(&platform, caller.scope(), &request).await?;
    Ok(matches(request, page, found, |of, place| FoundFinding {
        finding: of.row.id,
        title: of.row.title,
        vendor: of.row.vendor_id,
        vendor_name: of.vendor,
        engagement: of.row.engagement_id,
        engagement_name: of.engagement,
        assessment: of.row.assessment_id,
        question: of.row.question_id,
        severity: of.row.severity,
        state: of.row.state,
        effort: of.row.effort,
        due_on: of.row.due_on.map(iso_date::write),
        raised_at: of.row.raised_at.map(rfc3339),
        place,
    }))
}
