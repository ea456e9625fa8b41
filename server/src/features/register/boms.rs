//! Bills of materials: uploading one, looking at what it would change, taking it in and taking it back.

use super::bom_views::{BomPage, BomRow, BomsPage, CandidateView, ChangeView, EntryView};
use super::views::Crumb;
use super::words;
use crate::actions::Progress;
use crate::actions::register::bom::{self, About, Change, Joins, Kept, Plan, Planned, Verdict};
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Posted, refusal};
use crate::web::moment::Moment;
use crate::web::paging::last_before_more;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use crate::web::upload::Upload;
use crate::web::{once, say};
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::bom::{Format, Syntax};
use domain::ids::{ComponentId, ImportId};
use domain::problem::{Problem, Problems};
use domain::register::RELATIONS;
use entity::{import, import_row};
use std::collections::BTreeMap;
use tower_sessions::Session;
use uuid::Uuid;

/// Documents on a page.
const LISTED: u64 = 50;
/// Entries that change, shown on a page; the API gives all.
const SHOWN: usize = 200;

pub(super) async fn list(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    let after = Fields(query).one("after").parse().ok();
    list_page(&may, &renderer, &around, &Posted::default(), after).await
}

async fn list_page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    posted: &Posted,
    after: Option<Uuid>,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, scope) = (platform.db.read(), caller.scope());
    let may_edit = caller.may(Permission::EditRegister);
    let mut rows = repo::imports::boms(db, &scope, after, LISTED + 1).await?;
    let next = last_before_more(&mut rows, LISTED).map(|last| format!("/register/boms?after={}", last.id));
    let megabytes = platform.config.limits.bom.file_bytes >> 20;
    let mut file = posted.field("file", renderer.text("register.import.file", &[]));
    file.hint = Some(renderer.text("register.bom.file_hint", &[("most", &megabytes)]));
    file.accept = Some(".json,.xml,.cdx,.jsonld,application/json,application/xml");
    file.required = true;
    let mut vendor = posted.field("vendor", renderer.text("register.bom.vendor", &[]));
    vendor.hint = Some(renderer.text("register.bom.vendor_hint", &[]));
    vendor.blank = Some(renderer.text("register.bom.no_vendor", &[]));
    if may_edit {
        let vendors = repo::vendors::all(db, scope).await?;
        let choice = |name: String| Choice { chosen: name == vendor.value, key: name.clone(), text: name, note: None };
        vendor.options = vendors.into_iter().map(|vendor| choice(vendor.name)).collect();
    }
    let view = BomsPage {
        crumbs: vec![Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) }],
        may_edit,
        errors: posted.errors(),
        file,
        vendor,
        once: platform.clock.id::<Uuid>().to_string(),
        next,
        rows: rows.iter().map(|row| bom_row(renderer, row)).collect::<Result<_>>()?,
    };
    renderer.page(&renderer.desk(around, caller, renderer.text("register.bom.title", &[])), &view)
}

fn bom_row(renderer: &Renderer, row: &import::Model) -> Result<BomRow> {
    let about = About::of(row)?;
    Ok(BomRow {
        href: format!("/register/boms/{}", row.id),
        file_name: row.file_name.clone(),
        format: standard(&about),
        about: about.subject.map(|subject| subject.name).or(about.vendor_name),
        entries: about.totals.entries,
        state: renderer.text(&format!("register.import.state.{}", row.state), &[]),
        kind: state_kind(&row.state),
        moment: Moment::from(row.created_at),
    })
}

fn state_kind(state: &str) -> &'static str {
    match state {
        "applied" => "ok",
        "undone" => "calm",
        _ => "info",
    }
}

/// The standard, its version and how it is written: names that are the same in every language.
fn standard(about: &About) -> String {
    let (format, syntax) = match (about.format, about.syntax) {
        (Format::CycloneDx, Syntax::Json) => ("CycloneDX", "JSON"),
        (Format::CycloneDx, Syntax::Xml) => ("CycloneDX", "XML"),
        (Format::Spdx, _) => ("SPDX", "JSON-LD"),
    };
    format!("{format} {} ({syntax})", about.spec_version)
}

pub(super) async fn upload(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    multipart: Multipart,
) -> Result<Response> {
    let platform = &renderer.platform;
    let most = usize::try_from(platform.config.limits.bom.file_bytes).unwrap_or(usize::MAX);
    let mut upload = Upload::read(multipart, most).await?;
    let by = may.buyer_once(once::of_form(upload.fields.one("once")));
    let outcome = match upload.file("file") {
        Ok(file) => bom::upload(platform, &by, (&file.name, file.bytes), upload.fields.one("vendor")).await,
        Err(error) => Err(error),
    };
    match refusal(outcome)? {
        Ok(id) => Ok(Redirect::to(&format!("/register/boms/{id}")).into_response()),
        Err(problems) => {
            // A refusal names a place in the file; in this form it is the file's.
            let at_field = |problem: Problem| match problem.at.as_str() {
                "vendor" | "file" => problem,
                _ => problem.moved_to("file"),
            };
            let problems = Problems(problems.0.into_iter().map(at_field).collect());
            let posted = Posted::refused(&renderer, upload.fields, &problems);
            let page = list_page(&may, &renderer, &around, &posted, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn show(
    may: May<may::Read>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<ImportId>,
) -> Result<Html<String>> {
    page(&may, &renderer, &around, id, None).await
}

/// What a person chose in a form that was refused.
struct Refused {
    joins: Joins,
    problems: Problems,
}

async fn page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    id: ImportId,
    refused: Option<Refused>,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, scope) = (platform.db.read(), caller.scope());
    let row = repo::imports::get(db, &scope, id).await?.ok_or(AppError::NotFound)?;
    let about = About::of(&row)?;
    let by = match row.member_id {
        Some(member) => repo::people::member(db, scope, member.into()).await?.map(|member| member.name),
        None => None,
    };
    let by = by.unwrap_or_else(|| renderer.text("register.import.by_program", &[]));
    let moment = Moment::from(row.created_at);
    let mut view = BomPage {
        crumbs: vec![
            Crumb { href: "/register".to_owned(), text: renderer.text("register.title", &[]) },
            Crumb { href: "/register/boms".to_owned(), text: renderer.text("register.bom.title", &[]) },
        ],
        href: format!("/register/boms/{id}"),
        file_name: row.file_name.clone(),
        state: renderer.text(&format!("register.import.state.{}", row.state), &[]),
        kind: state_kind(&row.state),
        by: renderer.text("register.import.by", &[("by", &by), ("when", &moment.when)]),
        is_preview: row.state == "preview",
        is_applied: row.state == "applied",
        may_edit: caller.may(Permission::EditRegister),
        applied: row.applied_at.map(Moment::from),
        undone: row.undone_at.map(Moment::from),
        failed: words::failed(renderer, &row),
        facts: facts(renderer, &about),
        gaps: about.gaps.iter().map(|gap| gap_words(renderer, gap)).collect(),
        notes: about.notes.iter().map(|note| say::problem(&platform.wording, note)).collect(),
        sha256: row.sha256.clone(),
        ..BomPage::default()
    };
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    if let Some(Progress { done, of }) = Progress::of(&row) {
        view.under_way = Some(renderer.text("register.bom.under_way", &[("done", &done), ("of", &of)]));
    } else if view.is_preview {
        let plan = bom::preview(platform, &caller.buyer(), &row, None).await?;
        view.is_older = plan.is_older;
        for one in &plan.entries {
            *counts.entry(one.verdict.name()).or_default() += 1;
        }
        let changing = plan.entries.iter().enumerate().filter(|(_, one)| one.verdict != Verdict::Unchanged);
        let shown = changing.clone().take(SHOWN);
        view.entries = shown.map(|(n, one)| planned(renderer, &plan, (n, one), refused.as_ref())).collect();
        view.more = changing.count().saturating_sub(SHOWN);
    } else {
        let rows = repo::imports::rows(db, &scope, id).await?;
        for row in &rows {
            let verdict = Verdict::ALL.into_iter().find(|known| known.name() == row.verdict);
            *counts.entry(verdict.map_or("", Verdict::name)).or_default() += 1;
        }
        let changed: Vec<&import_row::Model> = rows.iter().filter(|row| row.verdict != "unchanged").collect();
        view.more = changed.len().saturating_sub(SHOWN);
        let kept = changed.iter().take(SHOWN).map(|row| Ok((*row, serde_json::from_value(row.details.clone())?)));
        let kept: Vec<(&import_row::Model, Kept)> = kept.collect::<Result<_>>()?;
        let all: Vec<&Kept> = kept.iter().map(|(_, kept)| kept).collect();
        let names = bom::names_of(platform, scope, &all).await?;
        view.entries = kept.iter().map(|(row, kept)| was(renderer, row, kept, &names)).collect();
    }
    view.unchanged = counts.remove(Verdict::Unchanged.name()).unwrap_or(0);
    view.counts = Verdict::ALL
        .into_iter()
        .filter(|verdict| *verdict != Verdict::Unchanged)
        .map(|verdict| {
            let count = counts.get(verdict.name()).copied().unwrap_or(0);
            (renderer.text(&format!("register.bom.verdict.{}", verdict.name()), &[]), count)
        })
        .collect();
    if let Some(refused) = &refused {
        view.errors = Posted::refused(renderer, Fields::default(), &refused.problems).errors();
        for error in &mut view.errors {
            "#entries".clone_into(&mut error.href);
        }
    }
    renderer.page(&renderer.desk(around, caller, row.file_name), &view)
}

fn facts(renderer: &Renderer, about: &About) -> Vec<(String, String)> {
    let with_version = |name: &str, version: Option<&str>| match version {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    };
    let joined = |names: &[String]| (!names.is_empty()).then(|| names.join(", "));
    let told = [
        ("format", Some(standard(about))),
        ("subject", about.subject.as_ref().map(|subject| with_version(&subject.name, subject.version.as_deref()))),
        ("of_vendor", about.vendor_name.clone()),
        ("serial", about.serial.as_deref().map(|serial| with_version(serial, about.revision.as_deref()))),
        ("created", about.created.clone()),
        ("created_by", joined(&about.created_by)),
        ("tools", joined(&about.tools)),
        ("elements", Some(about.totals.elements.to_string())),
    ];
    told.into_iter()
        .filter_map(|(name, text)| Some((renderer.text(&format!("register.bom.fact.{name}"), &[]), text?)))
        .collect()
}

fn gap_words(renderer: &Renderer, gap: &str) -> String {
    renderer.text(&format!("register.bom.gap.{gap}"), &[])
}

fn verdict_kind(verdict: &str) -> &'static str {
    match verdict {
        "new" => "ok",
        "conflict" => "danger",
        "gone" => "warn",
        _ => "info",
    }
}

fn change(renderer: &Renderer, change: &Change, names: &BTreeMap<Uuid, String>) -> ChangeView {
    let is_reference = RELATIONS.contains(&change.field.as_str());
    let word = |value: &String| {
        let name = value.parse().ok().filter(|_| is_reference).and_then(|id: Uuid| names.get(&id).cloned());
        name.unwrap_or_else(|| words::value(renderer, &change.field, value))
    };
    let other = |(value, kind): &(String, String)| {
        let source = renderer.text(&format!("register.bom.said_by.{kind}"), &[]);
        renderer.text("register.bom.other", &[("source", &source), ("value", &word(value))])
    };
    ChangeView {
        field: words::field(renderer, &change.field),
        before: change.before.iter().map(word).collect(),
        after: change.after.iter().map(word).collect(),
        others: change.others.iter().map(other).collect(),
    }
}

fn planned(renderer: &Renderer, plan: &Plan, (n, one): (usize, &Planned), refused: Option<&Refused>) -> EntryView {
    let is_new = one.verdict == Verdict::New;
    let chosen = match refused.and_then(|refused| refused.joins.get(&one.reference)) {
        Some(chosen) => *chosen,
        None => (!is_new).then_some(one.component),
    };
    let at = format!("joins.{}", one.reference);
    let problem = refused.and_then(|refused| refused.problems.0.iter().find(|problem| problem.at == at));
    let candidates = one.candidates.iter().map(|candidate| CandidateView {
        id: candidate.id.to_string(),
        text: [
            Some(candidate.name.clone()),
            candidate.vendor.clone(),
            Some(words::value(renderer, "kind", &candidate.kind)),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · "),
        chosen: chosen == Some(candidate.id),
    });
    let gaps: Vec<String> = one.gaps.iter().map(|gap| gap_words(renderer, gap)).collect();
    let changes = one.changes.iter().filter(|change| !is_new || !matches!(change.field.as_str(), "name" | "kind"));
    EntryView {
        key: n.to_string(),
        reference: one.reference.clone(),
        name: one.name.clone(),
        href: (!is_new).then(|| format!("/register/{}", one.component)),
        what: words::value(renderer, "kind", &one.kind),
        line: (one.line > 0).then_some(one.line),
        verdict: renderer.text(&format!("register.bom.verdict.{}", one.verdict.name()), &[]),
        kind: verdict_kind(one.verdict.name()),
        is_new,
        changes: changes.map(|found| change(renderer, found, &plan.names)).collect(),
        candidates: candidates.collect(),
        error: problem.map(|problem| say::problem(&renderer.platform.wording, problem)),
        gaps: (!gaps.is_empty()).then(|| gaps.join(" ")),
    }
}

fn was(renderer: &Renderer, row: &import_row::Model, kept: &Kept, names: &BTreeMap<Uuid, String>) -> EntryView {
    EntryView {
        key: row.position.to_string(),
        name: row.label.clone(),
        href: names.contains_key(&kept.component.0).then(|| format!("/register/{}", kept.component)),
        what: words::value(renderer, "kind", &kept.kind),
        line: row.place.parse().ok().filter(|line| *line > 0),
        verdict: renderer.text(&format!("register.bom.verdict.{}", row.verdict), &[]),
        kind: verdict_kind(&row.verdict),
        is_new: row.verdict == "new",
        changes: kept.changes.iter().map(|found| change(renderer, found, names)).collect(),
        ..EntryView::default()
    }
}

pub(super) async fn apply(
    may: May<may::EditRegister>,
    renderer: Renderer,
    around: Around,
    session: Session,
    Id(id): Id<ImportId>,
    fields: Fields,
) -> Result<Response> {
    let mut joins = Joins::new();
    for (name, value) in &fields.0 {
        let Some(reference) = name.strip_prefix("join:") else { continue };
        let component = match value.as_str() {
            "new" => None,
            id => Some(id.parse::<ComponentId>().map_err(|_| AppError::NotFound)?),
        };
        joins.insert(reference.to_owned(), component);
    }
    match refusal(bom::begin_apply(&renderer.platform, &may.buyer(), id, Some(joins.clone())).await)? {
        Ok(done) => {
            let (kind, key) = match done {
                Some(_) => ("success", "register.bom.applied_now"),
                None => ("info", "register.bom.goes_on"),
            };
            tell(&session, kind, renderer.text(key, &[])).await?;
            Ok(Redirect::to(&format!("/register/boms/{id}")).into_response())
        }
        Err(problems) => {
            let page = page(&may, &renderer, &around, id, Some(Refused { joins, problems })).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn undo(
    may: May<may::EditRegister>,
    renderer: Renderer,
    session: Session,
    Id(id): Id<ImportId>,
) -> Result<Redirect> {
    let (kind, key) = match bom::begin_undo(&renderer.platform, &may.buyer(), id).await? {
        Some(()) => ("success", "register.bom.undone_now"),
        None => ("info", "register.bom.goes_on"),
    };
    tell(&session, kind, renderer.text(key, &[])).await?;
    Ok(Redirect::to(&format!("/register/boms/{id}")))
}
