//! A finding: what is known of it, its life, and the next step.

use super::list::rule_key;
use super::views::{Crumb, Effect, Page};
use crate::actions::content::REASONS;
use crate::actions::findings::{self, Effect as Moves, NewFile, Taking, effect, read_file};
use crate::actions::judging::party;
use crate::actions::threads::{self, About};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{Caller, May, may};
use crate::web::attachment::attachment;
use crate::web::fields::Fields;
use crate::web::finding::{Names, NoteLine, Reads, Steps, forms, lost, placed, read, typed, wanted};
use crate::web::form::{Posted, note_area};
use crate::web::moment::minute;
use crate::web::once;
use crate::web::path::{Id, Pair};
use crate::web::question::reviewed_href;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use crate::web::upload::Upload;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Permission;
use domain::ids::{AssessmentId, EngagementId, FindingId, TemplateVersionId, VendorId};
use domain::judging::finding::{State as Stand, Trigger};
use domain::problem::{Problem, Problems};
use domain::register::By;
use tower_sessions::Session;
use uuid::Uuid;

pub(super) async fn show(
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Id(id): Id<FindingId>,
) -> Result<Html<String>> {
    page(&renderer, &around, &caller, id, &Posted::default()).await
}

async fn page(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    id: FindingId,
    posted: &Posted,
) -> Result<Html<String>> {
    let (platform, scope) = (&renderer.platform, caller.scope());
    let db = platform.db.read();
    let row = repo::findings::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let names = Names::read(renderer, scope, VendorId(row.vendor_id), Reads::Buyer).await?;
    let href = format!("/findings/{id}");
    let (view, finding) = read(renderer, scope, &row, &names, &format!("{href}/files")).await?;
    let vendor = repo::vendors::get(db, scope, VendorId(row.vendor_id)).await?.ok_or(AppError::NotFound)?;
    let engagement = repo::vendors::engagement(db, scope, EngagementId(row.engagement_id)).await?;
    let engagement = engagement.ok_or(AppError::NotFound)?;
    let may_write = caller.may(Permission::Review);
    let who = party(db, scope, caller.actor).await?;
    let (mut own, mut in_place) = (Steps::default(), Steps::default());
    if may_write {
        own.forms = forms(renderer, (&row, &finding), (&who, &names), false, (&href, posted));
        in_place.forms = forms(renderer, (&row, &finding), (&who, &names), true, (&href, posted));
        let fields: Vec<_> =
            own.forms.iter().chain(&in_place.forms).flat_map(|form| &form.fields).map(|one| &one.field).collect();
        own.errors = posted.errors_of(&fields);
        own.lost = lost(renderer, posted, own.forms.iter().chain(&in_place.forms));
    }
    let area = |id: &str, key: &str| note_area(renderer, posted, id, "words", renderer.text(key, &[]));
    let (say, note) = (area("words.say", "review.to_vendor"), area("words.note", "review.to_colleagues"));
    let judged = matches!(finding.state, Stand::Reported | Stand::Verified);
    let owner_and_hands = finding.hands.iter().chain(&finding.terms.owner);
    let own_hand = may_write && judged && !who.may_judge(owner_and_hands);
    let is_live = finding.state.is_live();
    let effect = match &row.question_id {
        Some(question) if is_live => effect(platform, scope, EngagementId(row.engagement_id), question).await?,
        _ => None,
    };
    let internal = repo::findings::internal_notes(db, scope, id).await?;
    let line = |note: entity::internal_note::Model| NoteLine {
        by: names.of(renderer, By::Member(note.written_by.into())),
        when: minute(note.written_at),
        words: note.words,
    };
    let review_href = match (row.assessment_id, &row.question_id) {
        (Some(assessment), Some(question)) => Some(reviewed_href(assessment, question)),
        _ => None,
    };
    let page = Page {
        crumbs: vec![Crumb { href: "/findings".into(), text: renderer.text("finding.list.title", &[]) }],
        vendor: Crumb { href: format!("/vendors/{}", vendor.id), text: vendor.name },
        plan_href: format!("/findings/plan?engagement={}", engagement.id),
        engagement: Crumb { href: format!("/engagements/{}", engagement.id), text: engagement.name },
        review_href,
        triggers: triggers(renderer, scope, &row).await?,
        rule_key: rule_key(&row, is_live),
        was_raised: row.was_raised,
        effect: effect.as_ref().map(effect_view),
        own_hand,
        own,
        in_place,
        internal: internal.into_iter().map(line).collect(),
        may_write,
        say,
        note,
        once: [(); 2].map(|()| platform.clock.id::<Uuid>().to_string()),
        finding: view,
        href,
    };
    let title = page.finding.title.clone();
    renderer.page(&renderer.desk(around, caller, title), &page)
}

/// An effect, as pages show it.
pub(super) fn effect_view(effect: &Moves) -> Effect {
    Effect {
        before: format!("{:.1}", effect.before.residual),
        rating_before: effect.before.rating.clone(),
        after: format!("{:.1}", effect.after.residual),
        rating_after: effect.after.rating.clone(),
        is_none: effect.is_unscored,
    }
}

/// What made a rule speak, in words.
async fn triggers(renderer: &Renderer, scope: BuyerScope, row: &entity::finding::Model) -> Result<Vec<String>> {
    let triggers: Vec<Trigger> = serde_json::from_value(row.triggers.clone())?;
    let (platform, db) = (&renderer.platform, renderer.platform.db.read());
    let assessment = match row.assessment_id.map(AssessmentId) {
        Some(id) => repo::assessments::get(db, &scope, id).await?,
        None => None,
    };
    let version = match assessment.map(|row| TemplateVersionId(row.template_version_id)) {
        Some(version) => Some(platform.published.get(db, &scope, version).await?),
        None => None,
    };
    let question =
        version.as_ref().zip(row.question_id.as_ref()).and_then(|(version, id)| version.document.question(id));
    let label = |place: &str| {
        let option = place.rsplit('/').next().unwrap_or(place);
        let known = question.and_then(|question| question.options().iter().find(|known| known.id == option));
        known.map_or_else(|| option.to_owned(), |known| known.label.clone())
    };
    let word = |trigger: &Trigger| match trigger {
        Trigger::Option { option } => renderer.text("finding.trigger.option", &[("option", &label(option))]),
        Trigger::KnockOut { id } => {
            let title = REASONS.knock_outs.get(id).map_or(id, |words| &words.title);
            renderer.text("finding.trigger.knock_out", &[("id", title)])
        }
        Trigger::Contradiction { with } => {
            let with = serde_json::to_value(with).ok();
            let with = with.as_ref().and_then(|with| with.as_str()).unwrap_or("comment").to_owned();
            renderer.text(&format!("finding.trigger.contradiction.{with}"), &[])
        }
        Trigger::Declined => renderer.text("finding.trigger.declined", &[]),
    };
    Ok(triggers.iter().map(word).collect())
}

pub(super) async fn step(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::Review>,
    Id(id): Id<FindingId>,
    multipart: Multipart,
) -> Result<Response> {
    let upload = Upload::read(multipart, platform.config.limits.evidence_bytes).await?;
    let fields = upload.fields.clone();
    match take(&platform, &caller, id, upload).await {
        Ok(()) => {
            let told = renderer.text(&format!("finding.told.{}", fields.one("step")), &[]);
            tell(&session, "success", told).await?;
            Ok(Redirect::to(&format!("/findings/{id}")).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &placed(problems));
            let page = page(&renderer, &around, &caller, id, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(AppError::NotNow(_)) if typed(&renderer, &fields).is_empty() => {
            tell(&session, "warning", renderer.text("finding.moved_on", &[])).await?;
            Ok(Redirect::to(&format!("/findings/{id}")).into_response())
        }
        Err(AppError::Changed(_) | AppError::NotNow(_)) => {
            let problems = Problems::one(Problem::new("step", "finding-moved-on"));
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = page(&renderer, &around, &caller, id, &posted).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn take(platform: &Platform, caller: &Caller, id: FindingId, upload: Upload) -> Result<()> {
    let fields = upload.fields;
    // What cannot be understood is refused before a file is kept.
    wanted(&fields, Vec::new())?;
    let mut evidence = Vec::new();
    for file in upload.files {
        let file = NewFile { file_name: file.name, bytes: file.bytes };
        evidence.push(findings::add_file(platform, &caller.buyer(), id, file).await?.sha256);
    }
    let taking = Taking { seen: fields.one("seen").parse().ok(), wanted: wanted(&fields, evidence)? };
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    findings::take(platform, &by, id, &taking).await
}

pub(super) async fn note(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::Review>,
    Id(id): Id<FindingId>,
    fields: Fields,
) -> Result<Response> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let about = About::Finding(id);
    let words = fields.one("words");
    let (field, outcome) = match fields.one("for") {
        "both" => ("words.say", threads::say(&platform, &by, &about, words).await),
        _ => ("words.note", threads::note(&platform, &by, &about, words).await),
    };
    match outcome {
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::note_refused(&renderer, field, words, &problems);
            let page = page(&renderer, &around, &caller, id, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        outcome => {
            outcome?;
            tell(&session, "success", renderer.text("finding.noted", &[])).await?;
            Ok(Redirect::to(&format!("/findings/{id}#notes")).into_response())
        }
    }
}

pub(super) async fn file(
    State(platform): State<Platform>,
    caller: May<may::ReadOwn>,
    Pair(id, file): Pair<FindingId, Uuid>,
) -> Result<Response> {
    let (row, bytes) = read_file(&platform, &caller.buyer(), id, file).await?;
    Ok(attachment(&row.file_name, &row.media_type, bytes))
}
