//! Questionnaires that are being written: begun, changed step by step, published or discarded.

use super::content::{CONTROLS, current_policy, publish as publish_version};
use super::organisations::name;
use super::{Act, Actor, Buyer};
use crate::error::{AppError, Result};
use crate::platform::db::Db;
use crate::platform::{Platform, published};
use crate::repo::{self, BuyerScope};
use domain::ids::{TemplateDraftId, TemplateId, TemplateVersionId};
use domain::problem::{Problem, Problems};
use domain::questionnaire::check::{self, Known};
use domain::questionnaire::edit::{Refused, Step, fingerprint};
use domain::questionnaire::{Authored, Text};
use entity::{template_draft, template_version};
use sea_orm::{ConnectionTrait, Set};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A questionnaire that is being written.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its row.
    pub row: template_draft::Model,
    /// What it says so far.
    pub document: Authored,
}

/// What a new draft begins with.
#[derive(Clone, Debug)]
pub enum Start {
    /// Nothing but a title.
    Nothing {
        /// The key that its template is to have.
        key: String,
        /// What the vendor will see on top.
        title: String,
        /// The language that it is written in.
        language: String,
    },
    /// A published version, under a key of its own.
    Copy {
        /// The key that its template is to have.
        key: String,
        /// What the vendor will see on top; as it was, where empty.
        title: String,
        /// What is copied.
        version: TemplateVersionId,
    },
    /// The newest version of a template, to become its next one.
    Next(TemplateId),
    /// A document that was made of something else, under its own key or the first like it that is free.
    Document(Box<Authored>),
}

/// The draft of that id.
///
/// # Errors
/// [`AppError::NotFound`] when the organisation has none.
pub async fn get(platform: &Platform, scope: BuyerScope, id: TemplateDraftId) -> Result<Draft> {
    let row = repo::drafts::get(platform.db.read(), scope, id).await?.ok_or(AppError::NotFound)?;
    read(row)
}

fn read(row: template_draft::Model) -> Result<Draft> {
    Ok(Draft { document: serde_json::from_str(&row.document)?, row })
}

/// Begins a draft; where one of the template's next version is under way, gives that one.
///
/// # Errors
/// What is wrong with the key, the title or the language.
pub async fn begin(platform: &Platform, by: &Buyer, start: Start) -> Result<TemplateDraftId> {
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(TemplateDraftId(made));
    }
    let id = begin_in(platform, &mut act, by, start).await?;
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// The same within an action.
///
/// # Errors
/// What is wrong with the key, the title or the language.
pub(super) async fn begin_in(
    platform: &Platform,
    act: &mut Act<'_>,
    by: &Buyer,
    start: Start,
) -> Result<TemplateDraftId> {
    let (document, base) = match start {
        Start::Nothing { key, title: called, language } => {
            let (key, title) = (fresh_key(act, by.scope, &key).await?, name(platform, "title", &called)?);
            let language = language_tag("language", &language)?;
            (Authored::blank(&key, &title, &language), None)
        }
        Start::Copy { key, title: called, version } => {
            let key = fresh_key(act, by.scope, &key).await?;
            let from = repo::templates::version(act.tx(), by.scope, version).await?;
            let from = from.ok_or_else(|| Problem::new("version", "unknown"))?;
            let mut document = whole(&from)?;
            if !called.trim().is_empty() {
                document.title = document.wording(name(platform, "title", &called)?);
            }
            (Authored { key, version: 1, ..document }, None)
        }
        Start::Next(template) => {
            let template = repo::templates::get(act.tx(), by.scope, template).await?.ok_or(AppError::NotFound)?;
            if let Some(known) = repo::drafts::by_name(act.tx(), by.scope, &template.name).await? {
                return Ok(TemplateDraftId(known.id));
            }
            let newest = newest(act.tx(), by.scope, TemplateId(template.id)).await?.ok_or(AppError::NotFound)?;
            (whole(&newest)?, Some(newest.id))
        }
        Start::Document(document) => {
            let key = free_key(act, by.scope, &document.key).await?;
            let document = document.in_languages(&document.languages);
            (Authored { key, ..document }, None)
        }
    };
    let most = platform.config.limits.drafts;
    if repo::drafts::count(act.tx(), by.scope).await? >= most {
        return Err(Problem::new("key", "too-many-drafts").with("most", most).into());
    }
    let id: TemplateDraftId = platform.clock.id();
    let details = json!({ "key": document.key, "base_version": base, "questions": document.questions().count() });
    let row = template_draft::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        name: Set(document.key.clone()),
        title: Set(title(&document).to_owned()),
        base_version_id: Set(base),
        document: Set(serde_json::to_string(&document)?),
        revision: Set(1),
        edited_by: Set(editor(by)),
        edited_at: Set(act.now),
        created_at: Set(act.now),
    };
    if let Err(error) = repo::drafts::add(act.tx(), by.scope, row).await {
        // Somebody began one of that key at this very moment.
        return Err(if Db::is_duplicate(&error) { AppError::Busy } else { error.into() });
    }
    act.record(&by.scope, by.actor, "template.draft_begun", ("template_draft", id.0), &details);
    Ok(id)
}

/// Who is named as the last editor: persons alone.
fn editor(by: &Buyer) -> Option<Uuid> {
    match by.actor {
        Actor::Member(id) => Some(id.0),
        _ => None,
    }
}

fn whole(version: &template_version::Model) -> Result<Authored> {
    let document = published::authored(version)?;
    Ok(document.in_languages(&document.languages))
}

async fn newest(
    db: &impl ConnectionTrait,
    scope: BuyerScope,
    template: TemplateId,
) -> Result<Option<template_version::Model>> {
    Ok(repo::templates::versions(db, scope, Some(template)).await?.into_iter().next())
}

/// A key that no template and no draft of the organisation has.
async fn fresh_key(act: &Act<'_>, scope: BuyerScope, key: &str) -> Result<String> {
    let key = key.trim();
    if key.is_empty() {
        return Err(Problem::new("key", "required").into());
    }
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if key.len() > 64 || !key.chars().all(fits) {
        return Err(Problem::new("key", "not-a-key").with("given", key.chars().take(80).collect::<String>()).into());
    }
    let taken = repo::templates::by_name(act.tx(), scope, key).await?.is_some()
        || repo::drafts::by_name(act.tx(), scope, key).await?.is_some();
    if taken { Err(Problem::new("key", "already-there").into()) } else { Ok(key.to_owned()) }
}

/// The key, or the first of `key-2`, `key-3` that is free.
async fn free_key(act: &Act<'_>, scope: BuyerScope, wanted: &str) -> Result<String> {
    /// Files of one name that are drafts or templates at once: more are not told apart by a number any more.
    const MOST: u32 = 50;
    for n in 1..=MOST {
        let key = if n == 1 { wanted.to_owned() } else { format!("{wanted}-{n}") };
        match fresh_key(act, scope, &key).await {
            Err(AppError::Invalid(problems)) if problems.0.iter().any(|problem| problem.code == "already-there") => {}
            other => return other,
        }
    }
    Err(Problem::new("key", "already-there").into())
}

/// A BCP 47 tag.
///
/// # Errors
/// `not-language-tags` at the place.
pub fn language_tag(at: &str, tag: &str) -> Result<String, Problem> {
    let tag = tag.trim();
    if check::is_tag(tag) { Ok(tag.to_owned()) } else { Err(Problem::new(at, "not-language-tags")) }
}

/// Takes a step in a draft; gives the id of what was made or changed, empty where the request is a repeated one.
///
/// # Errors
/// [`AppError::NotFound`] when what the step names is gone, [`AppError::Changed`] when it is not what its author saw.
pub async fn change(platform: &Platform, by: &Buyer, id: TemplateDraftId, step: Step) -> Result<String> {
    let mut act = Act::begin(platform).await?;
    if act.done_before(by).await?.is_some() {
        return Ok(String::new());
    }
    let row = repo::drafts::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    let Draft { row, document: before } = read(row)?;
    let (mut document, name) = (before.clone(), step.name());
    let touched = document.take(step).map_err(|refused| match refused {
        Refused::Gone => AppError::NotFound,
        Refused::Changed => AppError::Changed(json!({ "revision": row.revision })),
        Refused::Wrong(problem) => problem.into(),
    })?;
    if document == before {
        return Ok(touched);
    }
    let state = |document: &Authored| document.question(&touched).map(|question| question.fingerprint());
    let details = json!({
        "key": document.key, "step": name, "at": touched, "revision": row.revision + 1,
        "before": state(&before), "after": state(&document),
    });
    write(platform, &mut act, by, (id, &document), &details).await?;
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(touched)
}

/// Replaces all that a draft says. Its key stays.
///
/// # Errors
/// [`AppError::Changed`] when it is not as the caller saw it; what is no document, or one of another key.
pub async fn replace(
    platform: &Platform,
    by: &Buyer,
    id: TemplateDraftId,
    seen: Option<i64>,
    document: Value,
) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let row = repo::drafts::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    unchanged(&row, seen)?;
    let document: Authored = serde_json::from_value(document)
        .map_err(|error| Problem::new("document", "not-a-template").with("reason", error))?;
    if document.key != row.name {
        return Err(Problem::new("document/key", "another-key").with("expected", &row.name).into());
    }
    if document.languages.is_empty() || !document.languages.iter().all(|tag| check::is_tag(tag)) {
        return Err(Problem::new("document/languages", "not-language-tags").into());
    }
    let document = document.in_languages(&document.languages);
    let Draft { row, document: before } = read(row)?;
    if document == before {
        return Ok(());
    }
    let details = json!({
        "key": document.key, "step": "document", "revision": row.revision + 1,
        "before": fingerprint(&before), "after": fingerprint(&document),
    });
    write(platform, &mut act, by, (id, &document), &details).await?;
    act.commit().await
}

/// Holds a draft against the revision that its author saw.
fn unchanged(row: &template_draft::Model, seen: Option<i64>) -> Result<()> {
    match seen {
        Some(seen) if seen != row.revision => Err(AppError::Changed(json!({ "revision": row.revision }))),
        _ => Ok(()),
    }
}

/// Writes a draft that is held.
async fn write(
    platform: &Platform,
    act: &mut Act<'_>,
    by: &Buyer,
    (id, document): (TemplateDraftId, &Authored),
    details: &Value,
) -> Result<()> {
    let text = serde_json::to_string(document)?;
    let most = platform.config.limits.draft_bytes;
    if text.len() > most {
        return Err(Problem::new("", "draft-too-large").with("most", most >> 20).into());
    }
    let written = (title(document).to_owned(), text);
    repo::drafts::write(act.tx(), by.scope, id, written, (editor(by), act.now)).await?;
    act.record(&by.scope, by.actor, "template.draft_edited", ("template_draft", id.0), details);
    Ok(())
}

/// What stands against publishing a document, and what its author may want to think about.
#[derive(Clone, Debug)]
pub struct Findings {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What a careful reader would remark on.
    pub remarks: Vec<Problem>,
}

/// What a document is held against: the factors of the policy in force.
///
/// # Errors
/// When the organisation has no policy.
pub async fn factors(platform: &Platform, scope: BuyerScope) -> Result<BTreeMap<String, Vec<String>>> {
    Ok(current_policy(platform, scope).await?.1.factors)
}

/// Checks a document that is being written.
pub fn find(document: &Authored, factors: &BTreeMap<String, Vec<String>>) -> Findings {
    let controls = CONTROLS.ids();
    let known = Known { factors: Some(factors), controls: Some(&controls) };
    Findings { problems: check::check(document, known), remarks: check::remarks(document) }
}

/// How a draft is published.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The revision that its author saw; whatever stands there where none is given.
    pub revision: Option<i64>,
    /// What is new in it.
    pub note: String,
    /// Also over a version that was published since the draft was begun.
    pub over_newer: bool,
}

/// Publishes a draft as the next version of its template; the draft is no more.
///
/// # Errors
/// Everything that is wrong with the document, and what is wrong with the note.
pub async fn publish(
    platform: &Platform,
    by: &Buyer,
    id: TemplateDraftId,
    publication: &Publication,
) -> Result<TemplateVersionId> {
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(TemplateVersionId(made));
    }
    let row = repo::drafts::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    let Draft { row, mut document } = read(row)?;
    unchanged(&row, publication.revision)?;
    let mut problems = Vec::new();
    let (note, most) = (publication.note.trim(), platform.config.limits.comment_characters);
    match note.chars().count() {
        0 => problems.push(Problem::new("note", "required")),
        given if given > most => problems.push(Problem::new("note", "too-long").with("most", most)),
        _ => {}
    }
    let template = repo::templates::by_name(act.tx(), by.scope, &row.name).await?;
    let newest = match &template {
        Some(template) => newest(act.tx(), by.scope, TemplateId(template.id)).await?,
        None => None,
    };
    if let Some(newest) = &newest {
        document.version = u32::try_from(newest.number + 1).map_err(AppError::internal)?;
        if Some(newest.id) != row.base_version_id && !publication.over_newer {
            problems.push(Problem::new("over_newer", "newer-version-published").with("number", newest.number));
        }
        let standing = whole(newest)?;
        if (Authored { version: document.version, ..standing }) == document {
            problems.push(Problem::new("", "already-published").with("version", newest.number));
        }
    }
    problems.extend(find(&document, &factors(platform, by.scope).await?).problems);
    if !problems.is_empty() {
        return Err(Problems(problems).into());
    }
    let checked = (&document, Some(note.to_owned()));
    let version = publish_version(platform, &mut act, by.scope, by.actor, checked, Some(by)).await?;
    repo::drafts::remove(act.tx(), by.scope, id).await?;
    act.commit().await?;
    Ok(version)
}

/// Discards a draft.
///
/// # Errors
/// [`AppError::Changed`] when it is not as the caller saw it.
pub async fn discard(platform: &Platform, by: &Buyer, id: TemplateDraftId, seen: i64) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let row = repo::drafts::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    unchanged(&row, Some(seen))?;
    repo::drafts::remove(act.tx(), by.scope, id).await?;
    let details = json!({ "key": row.name, "revision": row.revision });
    act.record(&by.scope, by.actor, "template.draft_discarded", ("template_draft", id.0), &details);
    act.commit().await
}

/// Takes a template out of what can be sent, or back into it. Assessments that were sent go on.
///
/// # Errors
/// [`AppError::NotFound`] when the organisation has none of that id.
pub async fn retire(platform: &Platform, by: &Buyer, id: TemplateId, retired: bool) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let template = repo::templates::get(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if template.retired_at.is_some() == retired {
        return Ok(());
    }
    repo::templates::set_retired(act.tx(), by.scope, id, retired.then_some(act.now)).await?;
    let action = if retired { "template.retired" } else { "template.brought_back" };
    let details = json!({ "key": template.name });
    act.record(&by.scope, by.actor, action, ("template", id.0), &details);
    act.commit().await
}

/// The title of a document, in the language that it is written in.
pub fn title(document: &Authored) -> &str {
    read_as_written(document, &document.title)
}

/// A text of a document, in the language that it is written in.
pub fn read_as_written<'a>(document: &'a Authored, text: &'a Text) -> &'a str {
    text.read(document.written_in(), document.written_in())
}
