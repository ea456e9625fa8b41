//! Raising a finding by hand.

use super::views::{Crumb, NewForm};
use crate::actions::findings::{self, NewFinding};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::once;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::{AssessmentId, EngagementId, TemplateVersionId, VendorId};
use domain::problem::{Problem, Problems};
use tower_sessions::Session;
use uuid::Uuid;

pub(super) async fn form(
    renderer: Renderer,
    around: Around,
    caller: May<may::Review>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    let mut fields = Fields(given);
    fields.0.push(("once".into(), renderer.platform.clock.id::<Uuid>().to_string()));
    page(&renderer, &around, &caller, &Posted::fresh(fields.0)).await
}

async fn page(renderer: &Renderer, around: &Around, caller: &Caller, posted: &Posted) -> Result<Html<String>> {
    let (platform, scope) = (&renderer.platform, caller.scope());
    let db = platform.db.read();
    let label = |name: &str| renderer.text(&format!("finding.field.{name}"), &[]);
    let given = &posted.fields;
    let assessment = match given.one("assessment").parse::<AssessmentId>() {
        Ok(id) => repo::assessments::get(db, &scope, id).await?,
        Err(_) => None,
    };
    let chosen = match &assessment {
        Some(assessment) => Some(EngagementId(assessment.engagement_id)),
        None => given.one("engagement").parse().ok(),
    };
    let vendors = repo::vendors::names(db, scope).await?;
    let engagements = repo::vendors::engagements(db, scope, None).await?;
    let of = engagements.iter().find(|engagement| chosen.is_some_and(|id| id.0 == engagement.id));
    let choice = |key: String, text: String, name: &str| Choice {
        chosen: given.one(name) == key || (name == "engagement" && of.is_some_and(|of| of.id.to_string() == key)),
        key,
        text,
        ..Choice::default()
    };
    let mut options: Vec<Choice> = engagements
        .iter()
        .map(|row| {
            let vendor = vendors.get(&row.vendor_id).cloned().unwrap_or_default();
            choice(row.id.to_string(), format!("{vendor}: {}", row.name), "engagement")
        })
        .collect();
    options.sort_by(|a, b| a.text.cmp(&b.text));
    let people = match of {
        Some(of) => repo::vendors::contacts(db, scope, VendorId(of.vendor_id)).await?,
        None => Vec::new(),
    };
    let mut question_text = None;
    if let Some(assessment) = &assessment {
        let version = TemplateVersionId(assessment.template_version_id);
        let version = platform.published.get(db, &scope, version).await?;
        question_text = version.document.question(given.one("question")).map(|question| question.text.clone());
    }
    let severities = ["major", "minor", "observation"]
        .map(|key| choice(key.to_owned(), renderer.text(&format!("finding.severity.{key}"), &[]), "severity"));
    let efforts = ["small", "medium", "large"]
        .map(|key| choice(key.to_owned(), renderer.text(&format!("finding.effort.{key}"), &[]), "effort"));
    let people = people.into_iter().map(|row| choice(row.id.to_string(), row.name, "owner")).collect();
    let most = platform.config.limits.comment_characters;
    let mut view = NewForm {
        crumbs: vec![Crumb { href: "/findings".into(), text: renderer.text("finding.list.title", &[]) }],
        once: given.one("once").to_owned(),
        engagement: Field {
            required: true,
            blank: Some(label("choose_engagement")),
            options,
            ..posted.field("engagement", label("engagement"))
        },
        is_chosen: of.is_some(),
        assessment: assessment.map(|row| row.id.to_string()).unwrap_or_default(),
        question: if question_text.is_some() { given.one("question").to_owned() } else { String::new() },
        question_text,
        title: Field { required: true, ..posted.field("title", label("title")) },
        description: Field {
            hint: Some(label("description_hint")),
            rows: Some(5),
            max_length: Some(most),
            ..posted.field("description", label("description"))
        },
        severity: Field { required: true, options: severities.into(), ..posted.field("severity", label("severity")) },
        effort: Field {
            options: efforts.into(),
            blank: Some(label("nobody_said")),
            ..posted.field("effort", label("effort"))
        },
        owner: Field { options: people, blank: Some(label("nobody")), ..posted.field("owner", label("owner")) },
        due_on: Field {
            hint: Some(label("due_on_hint")),
            min: Some(iso_date::write(platform.clock.today())),
            ..posted.field("due_on", label("due_on"))
        },
        errors: Vec::new(),
    };
    let fields =
        [&view.engagement, &view.title, &view.description, &view.severity, &view.effort, &view.owner, &view.due_on];
    view.errors = posted.errors_of(&fields);
    renderer.page(&renderer.desk(around, caller, renderer.text("finding.new.title", &[])), &view)
}

fn parsed(fields: &Fields) -> Result<NewFinding, Problems> {
    let mut problems = Vec::new();
    let engagement = fields.one("engagement").parse().ok();
    if engagement.is_none() {
        problems.push(Problem::new("engagement", "required"));
    }
    let due_on = Some(fields.one("due_on").trim()).filter(|text| !text.is_empty()).and_then(|text| {
        iso_date::read(text).map_err(|_| problems.push(Problem::new("due_on", "not-a-date").with("given", text))).ok()
    });
    let Some(engagement) = engagement.filter(|_| problems.is_empty()) else { return Err(Problems(problems)) };
    Ok(NewFinding {
        engagement,
        assessment: fields.one("assessment").parse().ok(),
        question: fields.has("question").then(|| fields.one("question").to_owned()),
        title: fields.one("title").to_owned(),
        description: fields.one("description").to_owned(),
        severity: fields.one("severity").to_owned(),
        effort: fields.has("effort").then(|| fields.one("effort").to_owned()),
        owner: fields.one("owner").parse().ok(),
        due_on,
    })
}

pub(super) async fn raise(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::Review>,
    fields: Fields,
) -> Result<Response> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let outcome = match parsed(&fields) {
        Ok(input) => findings::raise(&platform, &by, &input).await,
        Err(problems) => Err(problems.into()),
    };
    match outcome {
        Ok(id) => {
            tell(&session, "success", renderer.text("finding.raised", &[])).await?;
            Ok(Redirect::to(&format!("/findings/{id}")).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = page(&renderer, &around, &caller, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}
