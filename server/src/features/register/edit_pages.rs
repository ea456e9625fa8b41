//! Forms by which a person adds an entry, says something of it, chooses, checks, and says the same of many.

use super::factsheet::{crumbs, sheet};
use super::form_views::{Control, RegisterForm};
use super::search::find;
use super::views::Crumb;
use super::words;
use crate::actions::register::{self, BulkEdit, Edit, NewEntry};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field as Input, Posted, refusal};
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::{ComponentId, UseId};
use domain::problem::{Problem, Problems};
use domain::register::{Certainty, FIELDS, Field, KINDS, Shape};
use std::collections::BTreeMap;
use tower_sessions::Session;
use uuid::Uuid;

/// Entries that are offered to be referred to.
const FOUND: usize = 20;

/// Choices of a field: its values in words.
pub(super) fn choices(renderer: &Renderer, field: &str, values: &[&str], chosen: &str) -> Vec<Choice> {
    let choice = |value: &&str| Choice {
        key: (*value).to_owned(),
        text: words::value(renderer, field, value),
        note: None,
        chosen: *value == chosen,
    };
    values.iter().map(choice).collect()
}

/// The field in which one says why.
pub(super) fn reason_field(renderer: &Renderer, posted: &Posted, hint: &str) -> Input {
    Input {
        hint: Some(renderer.text(hint, &[])),
        rows: Some(2),
        max_length: Some(renderer.platform.config.limits.comment_characters),
        ..posted.field("reason", renderer.text("register.reason", &[]))
    }
}

/// The form with its errors named after its fields.
pub(super) fn finished(form: RegisterForm, posted: &Posted) -> RegisterForm {
    let fields: Vec<&Input> = form.fields.iter().filter_map(Control::field).collect();
    let errors = posted.errors_of(&fields);
    RegisterForm { errors, ..form }
}

fn register_crumb(renderer: &Renderer) -> Vec<Crumb> {
    vec![Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) }]
}

pub(super) async fn new(may: May<may::EditRegister>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    let once = renderer.platform.clock.id::<Uuid>().to_string();
    new_form(&may, &renderer, &around, &Posted::fresh(vec![("once".to_owned(), once)])).await
}

async fn new_form(caller: &Caller, renderer: &Renderer, around: &Around, posted: &Posted) -> Result<Html<String>> {
    let label = |field: &str| words::field(renderer, field);
    let chosen = posted.fields.one("kind");
    let fields = vec![
        Control::input(Input { required: true, max_length: Some(300), ..posted.field("name", label("name")) }),
        Control::select(Input {
            required: true,
            blank: Some(renderer.text("register.choose_kind", &[])),
            options: choices(renderer, "kind", &KINDS, chosen),
            width: Some("medium"),
            ..posted.field("kind", label("kind"))
        }),
        Control::input(Input {
            hint: Some(renderer.text("register.new.vendor_hint", &[])),
            max_length: Some(300),
            ..posted.field("vendor_name", label("vendor"))
        }),
        Control::input(Input { max_length: Some(300), ..posted.field("product", label("product")) }),
        Control::textarea(reason_field(renderer, posted, "register.reason_hint")),
    ];
    let form = RegisterForm {
        crumbs: register_crumb(renderer),
        title: renderer.text("register.new.title", &[]),
        about: Some(renderer.text("register.new.about", &[])),
        action: "/register/new".to_owned(),
        cancel: "/register".to_owned(),
        button: renderer.text("register.new.add", &[]),
        once: posted.fields.one("once").to_owned(),
        fields,
        ..RegisterForm::default()
    };
    let title = form.title.clone();
    renderer.page(&renderer.desk(around, caller, title), &finished(form, posted))
}

pub(super) async fn add(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let entry = NewEntry {
        name: fields.one("name").to_owned(),
        kind: fields.one("kind").to_owned(),
        vendor: None,
        vendor_name: fields.one("vendor_name").to_owned(),
        product: fields.one("product").to_owned(),
        reason: fields.one("reason").to_owned(),
    };
    let by = may.buyer_once(once::of_form(fields.one("once")));
    match refusal(register::add(&renderer.platform, &by, &entry).await)? {
        Ok(added) => {
            let told = match added.is_back {
                true => renderer.text("register.told.brought_back", &[]),
                false => renderer.text("register.told.added", &[]),
            };
            tell(&session, "success", told).await?;
            Ok(Redirect::to(&format!("/register/{}", added.id)).into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = new_form(&may, &renderer, &around, &posted).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// The control for values of a field.
fn value_control(renderer: &Renderer, posted: &Posted, field: &Field) -> Control {
    let input = posted.field("value", words::field(renderer, field.id));
    match field.shape {
        Shape::Choice => Control::select(Input {
            blank: Some(renderer.text("register.nothing_stated", &[])),
            options: choices(renderer, field.id, field.values, posted.fields.one("value")),
            width: Some("medium"),
            ..input
        }),
        Shape::Date => Control::date(input),
        _ if field.several => {
            let hint = if field.pairs { "register.pair_per_line" } else { "register.one_per_line" };
            Control::textarea(Input { hint: Some(renderer.text(hint, &[])), rows: Some(5), ..input })
        }
        _ if ["name", "product", "plan", "vendor", "version", "owner", "unit"].contains(&field.id) => {
            Control::input(input)
        }
        _ => Control::textarea(Input { rows: Some(3), ..input }),
    }
}

/// The controls by which something is said of a field.
fn said_controls(renderer: &Renderer, posted: &Posted, field: &Field) -> Vec<Control> {
    let text = |key: &str| renderer.text(key, &[]);
    let mut fields = vec![value_control(renderer, posted, field)];
    if field.varies {
        let hint = Some(text("register.edit.of_hint"));
        fields.push(Control::input(Input { hint, ..posted.field("plan", text("register.edit.plan")) }));
        fields.push(Control::input(posted.field("region", text("register.edit.region"))));
    }
    fields.push(Control::date(Input {
        hint: Some(text("register.edit.as_of_hint")),
        max: Some(iso_date::write(renderer.platform.clock.today())),
        ..posted.field("as_of", text("register.as_of"))
    }));
    let certainty = match posted.fields.one("certainty") {
        "" => Certainty::Certain.name(),
        other => other,
    };
    let option = |known: Certainty| Choice {
        key: known.name().to_owned(),
        text: renderer.text(&format!("register.certainty.{}", known.name()), &[]),
        note: None,
        chosen: known.name() == certainty,
    };
    fields.push(Control::select(Input {
        required: true,
        width: Some("medium"),
        options: Certainty::ALL.map(option).into(),
        ..posted.field("certainty", text("register.edit.certainty"))
    }));
    fields.push(Control::input(Input {
        hint: Some(text("register.edit.document_hint")),
        max_length: Some(1_000),
        ..posted.field("document", text("register.edit.document"))
    }));
    fields.push(Control::textarea(reason_field(renderer, posted, "register.edit.reason_hint")));
    fields
}

fn read_edit(fields: &Fields) -> Edit {
    let field = Field::named(fields.one("field"));
    let value = fields.one("value");
    let values = match field {
        Some(field) if field.several => value.lines().map(str::to_owned).collect(),
        _ => vec![value.to_owned()],
    };
    Edit {
        of_use: fields.one("use").parse().ok().map(UseId),
        field: fields.one("field").to_owned(),
        plan: fields.one("plan").to_owned(),
        region: fields.one("region").to_owned(),
        values,
        as_of: fields.one("as_of").to_owned(),
        certainty: Certainty::named(fields.one("certainty")).unwrap_or_default(),
        reason: fields.one("reason").to_owned(),
        document: fields.one("document").to_owned(),
    }
}

/// The fields that a form can say something of, for the entry or for a use.
fn editable(fields: &Fields) -> Result<&'static Field> {
    let of_use = fields.has("use");
    let field = Field::named(fields.one("field"))
        .filter(|field| if of_use { field.is_of_use() } else { field.is_of_component() })
        .filter(|field| field.shape != Shape::Reference)
        .ok_or_else(|| Problem::new("field", "not-a-register-field"))?;
    if field.is_decided(of_use) {
        return Err(Problem::new("field", "decided-elsewhere").into());
    }
    Ok(field)
}

pub(super) async fn edit(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<ComponentId>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    let (db, scope) = (renderer.platform.db.read(), may.scope());
    let row = repo::register::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let mut fields = Fields(query);
    let field = editable(&fields)?;
    let record = repo::register::record(db, scope, id).await?;
    let said = read_edit(&fields);
    let same = domain::register::fold::folded;
    let named = |text: &str| Some(same(text)).filter(|text| !text.is_empty());
    let settled = record.settled();
    let values: Vec<&str> = settled
        .iter()
        .filter(|one| one.slot.field == field.id && one.slot.of_use == said.of_use)
        .filter(|one| one.slot.plan == named(&said.plan) && one.slot.region == named(&said.region))
        .filter_map(|one| one.value())
        .collect();
    // Whose record it belongs to may be said nowhere else.
    let values = match &row.vendor_name {
        Some(vendor) if field.id == "vendor" && values.is_empty() => vec![vendor.as_str()],
        _ => values,
    };
    fields.0.push(("value".to_owned(), values.join("\n")));
    fields.0.push(("revision".to_owned(), row.revision.to_string()));
    edit_form(&may, &renderer, &around, (id, &row.name), field, (&Posted::fresh(fields.0), None))
}

fn edit_form(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    (id, name): (ComponentId, &str),
    field: &Field,
    (posted, meanwhile): (&Posted, Option<String>),
) -> Result<Html<String>> {
    let kept = ["field", "use", "revision"].map(|name| (name.to_owned(), posted.fields.one(name).to_owned()));
    let label = words::field(renderer, field.id);
    let form = RegisterForm {
        crumbs: crumbs(renderer, id, name),
        title: renderer.text("register.edit.title", &[("field", &label)]),
        about: Some(renderer.text("register.edit.about", &[])),
        action: format!("/register/{id}/edit"),
        cancel: format!("/register/{id}"),
        button: renderer.text("register.edit.save", &[]),
        hidden: kept.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        meanwhile,
        fields: said_controls(renderer, posted, field),
        ..RegisterForm::default()
    };
    let title = form.title.clone();
    renderer.page(&renderer.desk(around, caller, title), &finished(form, posted))
}

/// What stands there now, and its revision, in the form of whoever comes second.
fn second(renderer: &Renderer, fields: Fields, current: &serde_json::Value) -> (Posted, Option<String>) {
    let revision = current.get("revision").and_then(serde_json::Value::as_i64).unwrap_or_default().to_string();
    let mut fields = fields;
    fields.0.retain(|(name, _)| name != "revision");
    fields.0.push(("revision".to_owned(), revision));
    (Posted::fresh(fields.0), Some(renderer.text("register.meanwhile", &[])))
}

pub(super) async fn change(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<ComponentId>,
    fields: Fields,
) -> Result<Response> {
    let platform = &renderer.platform;
    let row = repo::register::get(platform.db.read(), may.scope(), id).await?.ok_or(AppError::NotFound)?;
    let field = editable(&fields)?;
    let revision = fields.one("revision").parse().ok();
    match register::edit(platform, &may.buyer(), id, revision, &read_edit(&fields)).await {
        Ok(_) => {
            tell(&session, "success", renderer.text("register.told.edited", &[])).await?;
            let anchor =
                if fields.has("use") { format!("use-{}", fields.one("use")) } else { field.group.name().into() };
            Ok(Redirect::to(&format!("/register/{id}#{anchor}")).into_response())
        }
        Err(AppError::Changed(current)) => {
            let (posted, told) = second(&renderer, fields, &current);
            let page = edit_form(&may, &renderer, &around, (id, &row.name), field, (&posted, told))?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = edit_form(&may, &renderer, &around, (id, &row.name), field, (&posted, None))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

pub(super) async fn choose(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<ComponentId>,
    fields: Fields,
) -> Result<Response> {
    let none = fields.one("fact") == "none";
    let fact: Uuid = if none { fields.one("any") } else { fields.one("fact") }.parse().unwrap_or_default();
    let revision = fields.one("revision").parse().ok();
    let platform = &renderer.platform;
    match register::choose(platform, &may.buyer(), id, revision, (fact, none), fields.one("reason")).await {
        Ok(_) => {
            tell(&session, "success", renderer.text("register.told.chosen", &[])).await?;
            Ok(Redirect::to(&format!("/register/{id}")).into_response())
        }
        Err(AppError::Changed(_)) => {
            let told = Some(renderer.text("register.meanwhile", &[]));
            let (any, posted) = (fields.one("any").to_owned(), Posted::fresh(fields.0));
            let page = sheet(&may, &renderer, &around, id, Some((&any, &posted)), told).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let any = fields.one("any").to_owned();
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = sheet(&may, &renderer, &around, id, Some((&any, &posted)), None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

pub(super) async fn check(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<ComponentId>,
    fields: Fields,
) -> Result<Response> {
    let fact: Uuid = fields.one("checked").parse().unwrap_or_default();
    let revision = fields.one("revision").parse().ok();
    // Where sources differ the note is the reason that stands beside them.
    let at = if fields.0.iter().any(|(name, _)| name == "note") { "note" } else { "reason" };
    let (platform, holds) = (&renderer.platform, fields.one("holds") != "no");
    match register::check(platform, &may.buyer(), id, revision, (fact, holds), fields.one(at)).await {
        Ok(_) => {
            let told = match holds {
                true => renderer.text("register.told.checked", &[]),
                false => renderer.text("register.told.unchecked", &[]),
            };
            tell(&session, "success", told).await?;
            Ok(Redirect::to(&format!("/register/{id}")).into_response())
        }
        Err(AppError::Changed(_)) => {
            let told = Some(renderer.text("register.meanwhile", &[]));
            let (any, posted) = (fields.one("checked").to_owned(), Posted::fresh(fields.0));
            let page = sheet(&may, &renderer, &around, id, Some((&any, &posted)), told).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(error @ (AppError::Invalid(_) | AppError::OwnWork(_))) => {
            let any = fields.one("checked").to_owned();
            let (status, problems) = match error {
                AppError::Invalid(problems) => (StatusCode::UNPROCESSABLE_ENTITY, problems.0),
                _ => (StatusCode::FORBIDDEN, vec![Problem::new("note", "own-statement")]),
            };
            let problems = Problems(problems.into_iter().map(|problem| problem.moved_to(at)).collect());
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = sheet(&may, &renderer, &around, id, Some((&any, &posted)), None).await?;
            Ok((status, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// The entries that were picked in a list: `id:revision` each.
fn picked(fields: &Fields) -> BTreeMap<ComponentId, Option<i64>> {
    let pick = |pick: &str| {
        let (id, revision) = pick.split_once(':').unwrap_or((pick, ""));
        Some((ComponentId(id.parse().ok()?), revision.parse().ok()))
    };
    fields.all("pick").filter_map(pick).collect()
}

/// Fields that make sense for many entries at once.
fn for_many() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(|field| {
        field.is_of_component()
            && field.shape != Shape::Reference
            && !field.is_decided(false)
            && !["name", "identifiers"].contains(&field.id)
    })
}

pub(super) async fn many(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response> {
    let fields = Fields(query);
    if picked(&fields).is_empty() {
        tell(&session, "warning", renderer.text("register.bulk.nothing", &[])).await?;
        return Ok(Redirect::to("/register").into_response());
    }
    Ok(many_form(&may, &renderer, &around, &Posted::fresh(fields.0), None).await?.into_response())
}

async fn many_form(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    posted: &Posted,
    meanwhile: Option<String>,
) -> Result<Html<String>> {
    let ids: Vec<ComponentId> = picked(&posted.fields).into_keys().collect();
    let most = renderer.platform.config.limits.bulk_entries;
    let shown: Vec<ComponentId> = ids.iter().copied().take(most).collect();
    let rows = repo::register::of_ids(renderer.platform.db.read(), caller.scope(), &shown).await?;
    let mut names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    names.sort();
    let field = for_many().find(|field| field.id == posted.fields.one("field"));
    let mut hidden: Vec<(String, String)> =
        posted.fields.all("pick").map(|pick| ("pick".to_owned(), pick.to_owned())).collect();
    let mut form = RegisterForm {
        crumbs: register_crumb(renderer),
        title: renderer.counted("register.bulk.title", i64::try_from(names.len()).unwrap_or(i64::MAX)),
        cancel: "/register".to_owned(),
        meanwhile,
        names,
        ..RegisterForm::default()
    };
    match field {
        // First which field: its form depends on it.
        None => {
            form.about = Some(renderer.text("register.bulk.which", &[]));
            form.action = "/register/bulk/field".to_owned();
            form.button = renderer.text("register.bulk.next", &[]);
            let option = |field: &Field| Choice {
                key: field.id.to_owned(),
                text: words::field(renderer, field.id),
                ..Choice::default()
            };
            form.fields = vec![Control::select(Input {
                required: true,
                options: for_many().map(option).collect(),
                width: Some("medium"),
                ..posted.field("field", renderer.text("register.field", &[]))
            })];
        }
        Some(field) => {
            form.about = Some(renderer.text("register.bulk.about", &[]));
            form.action = "/register/bulk".to_owned();
            form.button = renderer.text("register.bulk.change", &[]);
            hidden.push(("field".to_owned(), field.id.to_owned()));
            form.fields = said_controls(renderer, posted, field);
        }
    }
    form.hidden = hidden;
    let title = form.title.clone();
    renderer.page(&renderer.desk(around, caller, title), &finished(form, posted))
}

/// The second step: the field is known.
pub(super) async fn many_field(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    fields: Fields,
) -> Result<Html<String>> {
    many_form(&may, &renderer, &around, &Posted::fresh(fields.0), None).await
}

pub(super) async fn change_many(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let all = BulkEdit { entries: picked(&fields), edit: read_edit(&fields) };
    match register::bulk(&renderer.platform, &may.buyer(), &all).await {
        Ok(count) => {
            let told = renderer.counted("register.told.bulk", i64::try_from(count).unwrap_or(i64::MAX));
            tell(&session, "success", told).await?;
            Ok(Redirect::to("/register").into_response())
        }
        Err(AppError::Changed(current)) => {
            let stale = current.get("entries").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
            let names: Vec<&str> = stale.iter().filter_map(|entry| entry.get("name")?.as_str()).collect();
            let told = renderer.text("register.bulk.meanwhile", &[("names", &names.join(", "))]);
            let mut fields = fields;
            for entry in &stale {
                let (Some(id), Some(revision)) = (entry.get("id").and_then(|id| id.as_str()), entry.get("revision"))
                else {
                    continue;
                };
                for (_, pick) in fields.0.iter_mut().filter(|(name, pick)| name == "pick" && pick.starts_with(id)) {
                    *pick = format!("{id}:{revision}");
                }
            }
            let page = many_form(&may, &renderer, &around, &Posted::fresh(fields.0), Some(told)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = many_form(&may, &renderer, &around, &posted, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// Entries that a text finds, at most so many: to be referred to.
pub(super) async fn found(renderer: &Renderer, caller: &Caller, text: &str) -> Result<Vec<entity::component::Model>> {
    let request = crate::platform::search::Request {
        query: domain::register::Query::parse(text),
        limit: FOUND,
        ..crate::platform::search::Request::default()
    };
    let (_, hits) = find(&renderer.platform, caller.scope(), &request).await?;
    Ok(hits.into_iter().map(|(_, row)| row).collect())
}

/// Entries that are called so, or whose id or address this is: what can be found without the search engine.
pub(super) async fn exactly(renderer: &Renderer, caller: &Caller, text: &str) -> Result<Vec<entity::component::Model>> {
    let (db, scope, text) = (renderer.platform.db.read(), caller.scope(), text.trim());
    let id = text.split(['/', '?', '#']).find_map(|part| part.parse::<ComponentId>().ok());
    let mut rows = match id {
        Some(id) => repo::register::of_ids(db, scope, &[id]).await?,
        None => repo::register::called(db, scope, &[text.to_owned()]).await?,
    };
    rows.truncate(FOUND);
    Ok(rows)
}
