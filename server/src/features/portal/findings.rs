//! What the buyer found, and what the vendor does about it.

use super::visit::{Visit, base};
use crate::actions::findings::{NewFile, Taking, add_file_as_vendor, asked, read_file_as_vendor, take_as_vendor};
use crate::actions::judging::party;
use crate::actions::threads::{self, About};
use crate::actions::{Actor, Vendor};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope};
use crate::web::actor::may;
use crate::web::attachment::attachment;
use crate::web::due::Due;
use crate::web::fields::Fields;
use crate::web::finding::{FindingView, Names, Reads, Steps, forms, lost, placed, read, typed, wanted};
use crate::web::form::{Field, Posted, note_area};
use crate::web::once;
use crate::web::path::Pair;
use crate::web::portal::Responder;
use crate::web::render::{Renderer, View};
use crate::web::shell::{Around, tell};
use crate::web::upload::Upload;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::ids::{AssessmentId, FindingId, VendorId};
use domain::judging::finding::State as Stand;
use domain::judging::party::Party;
use domain::problem::{Problem, Problems};
use serde::Serialize;
use tower_sessions::Session;
use uuid::Uuid;

type Working = Visit<may::Answer>;

/// What the buyer found.
#[derive(Debug, Serialize)]
pub(super) struct FindingsPage {
    /// Who found it.
    pub buyer: String,
    /// What waits for the vendor first.
    pub rows: Vec<Row>,
}

/// A finding of the list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub href: String,
    pub title: String,
    /// The question that it is about.
    pub question: Option<String>,
    pub severity: String,
    pub severity_key: String,
    pub state: String,
    pub state_key: String,
    pub due: Option<Due>,
    /// The vendor is to act.
    pub turn: bool,
}

impl View for FindingsPage {
    const TEMPLATE: &'static str = "pages/portal/findings";

    fn samples() -> Vec<Self> {
        let row = |text: &str| Row {
            href: "/portal/1/findings/1".into(),
            title: text.into(),
            question: Some(text.into()),
            severity: "major".into(),
            severity_key: "finding.severity.major".into(),
            state: "open".into(),
            state_key: "finding.state.open".into(),
            due: Some(Due::sample("late")),
            turn: true,
        };
        let page = |text: &str, rows: Vec<Row>| Self { buyer: text.into(), rows };
        let (long, hostile) = ("人工智能 ".repeat(80), "\"><script>alert(1)</script>");
        vec![
            page("Harbour Bank", Vec::new()),
            page("Harbour Bank", vec![row("No policy")]),
            page(&long, vec![row(&long)]),
            page(hostile, vec![row(hostile)]),
        ]
    }
}

/// A finding.
#[derive(Debug, Serialize)]
pub(super) struct FindingPage {
    /// Who found it.
    pub buyer: String,
    /// Its page.
    pub href: String,
    /// What is known of it.
    pub finding: FindingView,
    /// What can be done now.
    pub steps: Steps,
    /// Whose turn it is: key of it in words.
    pub turn_key: &'static str,
    /// What is to be written to the buyer.
    pub say: Field,
    /// A key for the form of a note.
    pub once: String,
}

impl View for FindingPage {
    const TEMPLATE: &'static str = "pages/portal/finding";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            buyer: text.into(),
            href: "/portal/1/findings/1".into(),
            finding: FindingView::sample(text),
            steps: Steps::sample(text),
            turn_key: "finding.turn.vendor",
            say: Field {
                id: "words-say".into(),
                name: "words".into(),
                label: text.into(),
                value: text.into(),
                error: Some(text.into()),
                rows: Some(3),
                max_length: Some(5_000),
                ..Field::default()
            },
            once: "1".into(),
        };
        vec![
            Self { steps: Steps::default(), turn_key: "finding.turn.buyer", ..page("Harbour Bank") },
            page("Harbour Bank"),
            page(&"人工智能 ".repeat(80)),
            page("\"><script>alert(1)</script>"),
        ]
    }
}

pub(super) async fn list(visit: Working) -> Result<Html<String>> {
    let (renderer, base) = (&visit.renderer, visit.base());
    let now = renderer.platform.clock.now();
    let mut rows = Vec::new();
    let raised = repo::findings::all_raised(renderer.platform.db.read(), visit.scope).await?;
    let mut asked = asked(&renderer.platform, SystemScope.acting_for(visit.scope.organisation), &raised).await?;
    for row in raised {
        let state: Stand = row.state.parse().map_err(AppError::internal)?;
        rows.push(Row {
            href: format!("{base}/findings/{}", row.id),
            title: row.title,
            question: asked.remove(&row.id),
            severity_key: format!("finding.severity.{}", row.severity),
            severity: row.severity,
            state_key: format!("finding.state.{}", row.state),
            state: row.state,
            due: row.due_on.map(|due_on| Due::of(renderer, due_on, now, state.is_live())),
            turn: state.waits_for_vendor(),
        });
    }
    rows.sort_by_key(|row| !row.turn);
    let view = FindingsPage { buyer: visit.parties.buyer.clone(), rows };
    visit.page(&visit.text("finding.portal.title", &[]), &view)
}

pub(super) async fn show(visit: Working, Path((_, id)): Path<(String, String)>) -> Result<Html<String>> {
    page(&visit, id.parse().map_err(|_| AppError::NotFound)?, &Posted::default()).await
}

async fn page(visit: &Working, id: FindingId, posted: &Posted) -> Result<Html<String>> {
    let (renderer, scope) = (&visit.renderer, visit.scope);
    let db = renderer.platform.db.read();
    let row = repo::findings::get_raised(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let everybody = SystemScope.acting_for(scope.organisation);
    let reads = Reads::Vendor { buyer: visit.parties.buyer.clone(), assessment: scope.assessment };
    let names = Names::read(renderer, everybody, VendorId(row.vendor_id), reads).await?;
    let href = format!("{}/findings/{id}", visit.base());
    let (view, finding) = read(renderer, everybody, &row, &names, &format!("{href}/files")).await?;
    let who = party(db, everybody, Actor::Contact(scope.contact)).await?;
    let who = Party { person: scope.person.or(who.person), ..who };
    let forms = forms(renderer, (&row, &finding), (&who, &names), true, (&href, posted));
    let fields: Vec<_> = forms.iter().flat_map(|form| &form.fields).map(|one| &one.field).collect();
    let errors = posted.errors_of(&fields);
    let turn_key = match finding.state {
        state if !state.is_live() => "finding.turn.nobody",
        state if state.waits_for_vendor() => "finding.turn.vendor",
        _ => "finding.turn.buyer",
    };
    let label = renderer.text("finding.portal.say", &[("buyer", &visit.parties.buyer)]);
    let say = note_area(renderer, posted, "words.say", "words", label);
    let page = FindingPage {
        buyer: visit.parties.buyer.clone(),
        href,
        steps: Steps { lost: lost(renderer, posted, &forms), forms, errors },
        turn_key,
        say,
        once: renderer.platform.clock.id::<Uuid>().to_string(),
        finding: view,
    };
    let title = page.finding.title.clone();
    visit.page(&title, &page)
}

pub(super) async fn step(
    renderer: Renderer,
    around: Around,
    session: Session,
    responder: Responder<may::Answer>,
    Path((_, id)): Path<(String, String)>,
    multipart: Multipart,
) -> Result<Response> {
    let id: FindingId = id.parse().map_err(|_| AppError::NotFound)?;
    let scope = responder.scope;
    let upload = Upload::read(multipart, renderer.platform.config.limits.evidence_bytes).await?;
    let fields = upload.fields.clone();
    let here = format!("{}/findings/{id}", base(scope));
    let problems = match take(&renderer.platform, &responder, id, upload).await {
        Ok(()) => {
            let told = renderer.text(&format!("finding.told.{}", fields.one("step")), &[]);
            tell(&session, "success", told).await?;
            return Ok(Redirect::to(&here).into_response());
        }
        Err(AppError::NotNow(_)) if typed(&renderer, &fields).is_empty() => {
            tell(&session, "warning", renderer.text("finding.moved_on", &[])).await?;
            return Ok(Redirect::to(&here).into_response());
        }
        Err(AppError::Invalid(problems)) => (StatusCode::UNPROCESSABLE_ENTITY, problems),
        Err(AppError::Changed(_) | AppError::NotNow(_)) => {
            (StatusCode::CONFLICT, Problems::one(Problem::new("step", "finding-moved-on")))
        }
        Err(other) => return Err(other),
    };
    let (status, problems) = problems;
    let posted = Posted::refused(&renderer, fields, &placed(problems));
    let visit = Working::begin(renderer, around, scope).await?;
    Ok((status, page(&visit, id, &posted).await?).into_response())
}

async fn take(platform: &Platform, responder: &Responder<may::Answer>, id: FindingId, upload: Upload) -> Result<()> {
    let fields = upload.fields;
    wanted(&fields, Vec::new())?;
    let mut evidence = Vec::new();
    for file in upload.files {
        let file = NewFile { file_name: file.name, bytes: file.bytes };
        evidence.push(add_file_as_vendor(platform, &responder.vendor(), id, file).await?.sha256);
    }
    let taking = Taking { seen: fields.one("seen").parse().ok(), wanted: wanted(&fields, evidence)? };
    let by: Vendor = responder.vendor_once(once::of_form(fields.one("once")));
    take_as_vendor(platform, &by, id, &taking).await
}

pub(super) async fn note(
    renderer: Renderer,
    around: Around,
    session: Session,
    responder: Responder<may::Answer>,
    Pair(_, id): Pair<AssessmentId, FindingId>,
    fields: Fields,
) -> Result<Response> {
    let (scope, words) = (responder.scope, fields.one("words"));
    let by = responder.vendor_once(once::of_form(fields.one("once")));
    match threads::answer(&renderer.platform, &by, &About::Finding(id), words).await {
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::note_refused(&renderer, "words.say", words, &problems);
            let visit = Working::begin(renderer, around, scope).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&visit, id, &posted).await?).into_response())
        }
        outcome => {
            outcome?;
            tell(&session, "success", renderer.text("finding.noted", &[])).await?;
            Ok(Redirect::to(&format!("{}/findings/{id}#notes", base(scope))).into_response())
        }
    }
}

pub(super) async fn file(
    State(platform): State<Platform>,
    responder: Responder<may::Answer>,
    Path((_, id, file)): Path<(String, String, String)>,
) -> Result<Response> {
    let (Ok(id), Ok(file)) = (id.parse(), file.parse()) else { return Err(AppError::NotFound) };
    let (row, bytes) = read_file_as_vendor(&platform, &responder.vendor(), id, file).await?;
    Ok(attachment(&row.file_name, &row.media_type, bytes))
}
