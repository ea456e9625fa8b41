//! Asking a vendor: who, what, for which engagement, by when.

use super::views::Crumb;
use super::views::forms::{AskForm, Missing};
use crate::actions::content;
use crate::actions::issue::{self, NewAssessment};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::once;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::answer::iso_date;
use domain::ids::VendorId;
use domain::problem::{Problem, Problems};
use domain::scoring::missing_factors;
use std::collections::BTreeMap;
use std::str::FromStr;
use time::{Date, Duration};
use uuid::Uuid;

/// Days that a vendor is given, unless somebody says otherwise.
const DAYS_TO_ANSWER: i64 = 21;

pub(super) async fn form(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Issue>,
    Query(given): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    let mut fields = Fields(given);
    if !fields.has("vendor")
        && let Ok(engagement) = fields.one("engagement").parse()
        && let Some(row) = repo::vendors::engagement(platform.db.read(), caller.scope(), engagement).await?
    {
        fields.0.push(("vendor".into(), row.vendor_id.to_string()));
    }
    let due = platform.clock.today() + Duration::days(DAYS_TO_ANSWER);
    fields.0.push(("due_on".into(), iso_date::write(due)));
    fields.0.push(("once".into(), platform.clock.id::<Uuid>().to_string()));
    page(&renderer, &around, &caller, &Posted::fresh(fields.0)).await
}

async fn page(renderer: &Renderer, around: &Around, caller: &Caller, posted: &Posted) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, scope) = (platform.db.read(), caller.scope());
    let label = |key: &str| renderer.text(&format!("assessments.ask.{key}"), &[]);
    let vendors = repo::vendors::all(db, scope).await?;
    let chosen = posted.fields.one("vendor").parse().ok().map(|id: VendorId| id.0);
    let chosen = vendors.iter().find(|vendor| Some(vendor.id) == chosen);
    let choice = |key: Uuid, text: &str| Choice { key: key.to_string(), text: text.to_owned(), ..Choice::default() };
    let mut view = AskForm {
        crumbs: vec![Crumb { href: "/assessments".into(), text: renderer.text("assessments.title", &[]) }],
        once: posted.fields.one("once").to_owned(),
        has_vendors: !vendors.is_empty(),
        vendor: select(posted, "vendor", label("vendor"), vendors.iter().map(|v| choice(v.id, &v.name)).collect()),
        vendor_name: chosen.map(|vendor| vendor.name.clone()),
        missing: None,
        errors: Vec::new(),
        engagement: Field::default(),
        contact: Field::default(),
        template_version: Field::default(),
        due_on: Field {
            required: true,
            min: Some(iso_date::write(platform.clock.today())),
            ..posted.field("due_on", label("due_on"))
        },
        message: Field {
            hint: Some(label("message_hint")),
            rows: Some(4),
            max_length: Some(platform.config.limits.comment_characters),
            ..posted.field("message", label("message"))
        },
    };
    view.vendor.blank = Some(label("choose_vendor"));
    if let Some(vendor) = chosen {
        let id = VendorId(vendor.id);
        let (_, policy) = content::current_policy(platform, scope).await?;
        let engagements = repo::vendors::engagements(db, scope, Some(id)).await?;
        let contacts = repo::vendors::contacts(db, scope, id).await?;
        let mut versions = repo::templates::versions(db, scope, None).await?;
        let templates = repo::templates::all(db, scope).await?;
        let in_use = |id| templates.iter().any(|template| template.id == id && template.retired_at.is_none());
        versions.retain(|version| in_use(version.template_id));
        let may_edit = caller.may(Permission::EditVendors);
        view.missing = [(engagements.is_empty(), "engagement"), (contacts.is_empty(), "contact")]
            .into_iter()
            .find(|(is_missing, _)| *is_missing)
            .map(|(_, what)| Missing {
                text: label(&format!("no_{what}")),
                action: label(&format!("add_{what}")),
                href: match what {
                    "engagement" => format!("/vendors/{id}/engagements/new"),
                    _ => format!("/vendors/{id}"),
                },
                may_edit,
            });
        let mut options = Vec::new();
        for row in engagements {
            let profile: BTreeMap<String, String> = serde_json::from_value(row.profile)?;
            let open = i64::try_from(missing_factors(&policy, &profile).len()).unwrap_or(i64::MAX);
            let note = (open > 0).then(|| renderer.counted("assessments.ask.profile_open", open));
            options.push(Choice { note, ..choice(row.id, &row.name) });
        }
        view.engagement = select(posted, "engagement", label("engagement"), options);
        let contact =
            |row: &entity::contact::Model| Choice { note: Some(row.email.clone()), ..choice(row.id, &row.name) };
        view.contact = select(posted, "contact", label("contact"), contacts.iter().map(contact).collect());
        let version = |row: &entity::template_version::Model| {
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("title", &row.title), ("number", &row.number), ("questions", &row.question_count)];
            choice(row.id, &renderer.text("assessments.ask.version", &values))
        };
        view.template_version =
            select(posted, "template_version", label("template_version"), versions.iter().map(version).collect());
    }
    let fields = [&view.engagement, &view.contact, &view.template_version, &view.due_on, &view.message];
    view.errors = posted.errors_of(&fields);
    renderer.page(&renderer.desk(around, caller, renderer.text("assessments.ask.title", &[])), &view)
}

/// A choice among what there is; the only one there is is chosen.
fn select(posted: &Posted, name: &str, label: String, mut options: Vec<Choice>) -> Field {
    let given = posted.fields.one(name);
    let only = options.len() == 1;
    for option in &mut options {
        option.chosen = only || option.key == given;
    }
    Field { required: true, options, ..posted.field(name, label) }
}

/// An id that was chosen.
fn chosen<T: FromStr>(fields: &Fields, name: &str, problems: &mut Vec<Problem>) -> Option<T> {
    let id = fields.one(name).parse().ok();
    if id.is_none() {
        problems.push(Problem::new(name, if fields.has(name) { "unknown" } else { "required" }));
    }
    id
}

/// A date as it was written.
///
/// # Errors
/// `required` or `not-a-date` at the field.
pub(super) fn date(at: &str, text: &str) -> Result<Date, Problem> {
    match text.trim() {
        "" => Err(Problem::new(at, "required")),
        text => iso_date::read(text).map_err(|_| Problem::new(at, "not-a-date").with("given", text)),
    }
}

fn parsed(fields: &Fields) -> Result<NewAssessment, Problems> {
    let mut problems = Vec::new();
    let engagement = chosen(fields, "engagement", &mut problems);
    let contact = chosen(fields, "contact", &mut problems);
    let template_version = chosen(fields, "template_version", &mut problems);
    let due_on = date("due_on", fields.one("due_on")).map_err(|problem| problems.push(problem)).ok();
    match (engagement, contact, template_version, due_on) {
        (Some(engagement), Some(contact), Some(template_version), Some(due_on)) => {
            let message = Some(fields.one("message").to_owned());
            Ok(NewAssessment { engagement, template_version, contact, due_on, message })
        }
        _ => Err(Problems(problems)),
    }
}

pub(super) async fn draft(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Issue>,
    fields: Fields,
) -> Result<Response> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let outcome = match parsed(&fields) {
        Ok(input) => issue::draft(&platform, &by, &input).await,
        Err(problems) => Err(problems.into()),
    };
    match outcome {
        Ok(id) => Ok(Redirect::to(&format!("/assessments/{id}/preview")).into_response()),
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = page(&renderer, &around, &caller, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}
