//! A section in two languages side by side: what was written, and what it is called in another language.

use super::form::LONGEST;
use super::places::{base, opened, written};
use super::section::{crumbs, section_of};
use crate::actions::drafts::{self, Draft};
use crate::error::{AppError, Result};
use crate::features::templates::views::{Crumb, HOSTILE, overlong};
use crate::platform::Platform;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::path::Pair;
use crate::web::render::{Renderer, View};
use crate::web::say;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::ids::TemplateDraftId;
use domain::problem::Problem;
use domain::questionnaire::edit::Step;
use domain::questionnaire::words::{Translated, Worded, told_apart};
use domain::questionnaire::{Authored, Section, Text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tower_sessions::Session;

/// Characters of a line, roughly: a text's field is as high as what it translates.
const LINE: usize = 60;
/// Lines of a field at most.
const MOST_LINES: usize = 8;

/// Into which language, and whether only what is missing is shown.
#[derive(Debug, Default, Deserialize)]
pub(in crate::features::templates) struct Chosen {
    #[serde(default)]
    to: String,
    #[serde(default)]
    missing: String,
}

/// The page.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Translate {
    pub crumbs: Vec<Crumb>,
    pub title: String,
    pub action: String,
    pub back: String,
    pub about_href: String,
    /// The language that it is written in.
    pub from: String,
    /// The language that it is translated into; none where there is only one.
    pub to: Option<String>,
    pub languages: Vec<Link>,
    pub sections: Vec<Link>,
    /// Only what is missing is shown.
    pub only_missing: bool,
    /// The page with everything, or with only what is missing.
    pub toggle_href: String,
    pub missing: usize,
    pub of: usize,
    pub groups: Vec<Group>,
    pub has_next: bool,
    /// Some of it was changed by somebody else: who, and when.
    pub conflict: Option<String>,
    pub errors: bool,
    /// What was typed for texts that are no more.
    pub lost: Vec<String>,
}

/// A way to another language or section.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Link {
    pub href: String,
    pub text: String,
    pub current: bool,
    /// Texts that are missing there.
    pub missing: usize,
}

/// The texts of a question, or the section's own.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Group {
    /// The question's page; none for the section's own texts.
    pub href: Option<String>,
    pub id: String,
    pub pairs: Vec<Side>,
}

/// A text in both languages.
#[derive(Debug, Serialize)]
pub(in crate::features::templates) struct Side {
    pub at: String,
    pub label: String,
    pub original: String,
    pub value: String,
    pub lines: usize,
    pub seen: String,
    pub was: String,
    pub missing: bool,
    /// What somebody else wrote meanwhile.
    pub stands: Option<String>,
    pub error: Option<String>,
}

/// The address of a section's translation.
pub(super) fn href(draft: TemplateDraftId, section: &str) -> String {
    format!("{}/sections/{section}/translate", base(draft))
}

/// Languages that a document is translated into.
fn others(document: &Authored) -> &[String] {
    document.languages.get(1..).unwrap_or_default()
}

fn missing_in(document: &Authored, section: &Section<Text>, language: &str) -> usize {
    section.texts(language, document.written_in()).iter().filter(|worded| worded.is_missing()).count()
}

/// How many texts of a section lack a language.
pub(super) fn missing(document: &Authored, section: &Section<Text>) -> usize {
    others(document).iter().map(|language| missing_in(document, section, language)).sum()
}

/// The first section with something to translate, or the first one; none where there is one language.
pub(super) fn first(draft: TemplateDraftId, document: &Authored) -> Option<String> {
    if others(document).is_empty() {
        return None;
    }
    let waits = document.sections.iter().find(|section| missing(document, section) > 0);
    waits.or(document.sections.first()).map(|section| href(draft, &section.id))
}

/// What was typed, by place.
struct Typed<'a> {
    texts: BTreeMap<&'a str, String>,
    seen: BTreeMap<&'a str, &'a str>,
    was: BTreeMap<&'a str, &'a str>,
}

impl<'a> Typed<'a> {
    fn read(fields: &'a Fields) -> Self {
        Self {
            // Browsers end lines with two characters.
            texts: fields.below("text:").map(|(at, text)| (at, text.replace("\r\n", "\n").trim().to_owned())).collect(),
            seen: fields.below("seen:").collect(),
            was: fields.below("was:").collect(),
        }
    }

    /// Texts that are not as they were shown.
    fn changed(&self) -> Vec<Translated> {
        let changed =
            self.texts.iter().filter(|(at, text)| self.was.get(*at).is_none_or(|was| *was != told_apart(text)));
        let one = |(at, text): (&&str, &String)| Translated {
            at: (*at).to_owned(),
            seen: self.seen.get(*at).copied().unwrap_or_default().to_owned(),
            text: text.clone(),
        };
        changed.map(one).collect()
    }
}

pub(in crate::features::templates) async fn page(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Pair(id, section): Pair<TemplateDraftId, String>,
    Query(chosen): Query<Chosen>,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    section_of(&draft, &section)?;
    let typed = Typed::read(&Fields::default()).changed();
    let view = view(&renderer, &draft, &section, &chosen, (typed, None));
    renderer.page(&renderer.desk(&around, &caller, view.title.clone()), &view)
}

fn view(
    renderer: &Renderer,
    draft: &Draft,
    section: &str,
    chosen: &Chosen,
    (typed, conflict): (Vec<Translated>, Option<String>),
) -> Translate {
    let (document, id) = (&draft.document, TemplateDraftId(draft.row.id));
    let to = others(document).iter().find(|tag| **tag == chosen.to).or(others(document).first());
    let only_missing = !chosen.missing.is_empty();
    let at = |section: &str, to: &str, only: bool| {
        format!("{}?to={to}{}", href(id, section), if only { "&missing=yes" } else { "" })
    };
    let standing = document.sections.iter().find(|known| known.id == section);
    let texts = match (standing, to) {
        (Some(standing), Some(to)) => standing.texts(to, document.written_in()),
        _ => Vec::new(),
    };
    let mut typed: BTreeMap<String, Translated> = typed.into_iter().map(|one| (one.at.clone(), one)).collect();
    let mut groups: Vec<Group> = Vec::new();
    let mut errors = false;
    for worded in &texts {
        let typed = typed.remove(&worded.at);
        if only_missing && !worded.is_missing() && typed.is_none() {
            continue;
        }
        let side = side(renderer, worded, typed, conflict.is_some());
        errors |= side.error.is_some();
        let owner = worded.question.clone().unwrap_or_default();
        match groups.last_mut().filter(|group| group.id == owner) {
            Some(group) => group.pairs.push(side),
            None => groups.push(Group {
                href: worded.question.as_ref().map(|id_of| format!("{}/questions/{id_of}", base(id))),
                id: owner,
                pairs: vec![side],
            }),
        }
    }
    let tag = to.map_or("", String::as_str);
    let link = |one: &Section<Text>| Link {
        href: at(&one.id, tag, only_missing),
        text: written(document, &one.title).to_owned(),
        current: one.id == section,
        missing: missing_in(document, one, tag),
    };
    let language = |to: &String| Link {
        href: at(section, to, only_missing),
        text: to.clone(),
        current: to == tag,
        missing: document.sections.iter().map(|one| missing_in(document, one, to)).sum(),
    };
    let heading = standing.map(|standing| written(document, &standing.title)).unwrap_or_default();
    Translate {
        crumbs: crumbs(renderer, draft),
        title: renderer.text("editor.translate.heading", &[("title", &heading)]),
        action: href(id, section),
        back: opened(id, section, &format!("s-{section}")),
        about_href: format!("{}/about", base(id)),
        from: document.written_in().to_owned(),
        to: to.cloned(),
        languages: others(document).iter().map(language).collect(),
        sections: document.sections.iter().map(link).collect(),
        only_missing,
        toggle_href: at(section, tag, !only_missing),
        missing: texts.iter().filter(|worded| worded.is_missing()).count(),
        of: texts.len(),
        groups,
        has_next: document.sections.last().is_some_and(|last| last.id != section),
        conflict,
        errors,
        lost: typed.into_values().map(|one| one.text).filter(|text| !text.is_empty()).collect(),
    }
}

/// A text with what was typed for it. Where somebody else changed it meanwhile, that is told.
fn side(renderer: &Renderer, worded: &Worded, typed: Option<Translated>, conflict: bool) -> Side {
    let other = typed
        .as_ref()
        .filter(|typed| conflict && typed.seen != worded.fingerprint() && typed.text != worded.translation);
    let too_long = typed.as_ref().filter(|typed| typed.text.chars().count() > LONGEST);
    let error = too_long.map(|_| Problem::new(worded.at.clone(), "too-long").with("most", LONGEST));
    Side {
        stands: other.map(|_| worded.translation.clone()),
        error: error.map(|problem| say::problem(&renderer.platform.wording, &problem)),
        label: renderer.text(&format!("editor.translate.part.{}", worded.part.name()), &[]),
        lines: (worded.original.chars().count() / LINE + 1).max(worded.original.lines().count()).min(MOST_LINES),
        seen: worded.fingerprint(),
        was: told_apart(&worded.translation),
        missing: worded.is_missing(),
        at: worded.at.clone(),
        original: worded.original.clone(),
        value: typed.map_or_else(|| worded.translation.clone(), |typed| typed.text),
    }
}

pub(in crate::features::templates) async fn put(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditTemplates>,
    Pair(id, section): Pair<TemplateDraftId, String>,
    fields: Fields,
) -> Result<Response> {
    let chosen = Chosen { to: fields.one("to").to_owned(), missing: fields.one("missing").to_owned() };
    let typed = Typed::read(&fields).changed();
    let outcome = if typed.iter().any(|one| one.text.chars().count() > LONGEST) {
        drafts::get(&platform, caller.scope(), id).await?;
        Ok(None)
    } else {
        let step = Step::Translate { section: section.clone(), language: chosen.to.clone(), texts: typed.clone() };
        drafts::change(&platform, &caller.buyer(), id, step).await.map(Some)
    };
    let (status, conflict) = match outcome {
        Ok(Some(_)) => return saved(&platform, &renderer, &session, &caller, (id, &section, &chosen, &fields)).await,
        Ok(None) => (StatusCode::UNPROCESSABLE_ENTITY, false),
        Err(AppError::Changed(_) | AppError::NotFound) => (StatusCode::CONFLICT, true),
        Err(other) => return Err(other),
    };
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let by = super::outline::edited(&platform, &renderer, &caller, &draft).await?;
    let view = view(&renderer, &draft, &section, &chosen, (typed, conflict.then_some(by)));
    let page = renderer.page(&renderer.desk(&around, &caller, view.title.clone()), &view)?;
    Ok((status, page).into_response())
}

async fn saved(
    platform: &Platform,
    renderer: &Renderer,
    session: &Session,
    caller: &Caller,
    (id, section, chosen, fields): (TemplateDraftId, &str, &Chosen, &Fields),
) -> Result<Response> {
    let mut next = section.to_owned();
    if fields.one("do") == "next" {
        let draft = drafts::get(platform, caller.scope(), id).await?;
        let mut behind = draft.document.sections.iter().skip_while(|one| one.id != section).skip(1);
        next = behind.next().map_or(next, |one| one.id.clone());
    }
    tell(session, "success", renderer.text("editor.told.saved", &[])).await?;
    let only = if chosen.missing.is_empty() { "" } else { "&missing=yes" };
    Ok(Redirect::to(&format!("{}?to={}{only}", href(id, &next), chosen.to)).into_response())
}

impl View for Translate {
    const TEMPLATE: &'static str = "pages/templates/editor/translate";

    fn samples() -> Vec<Self> {
        let link = |text: &str| Link { href: "/templates".into(), text: text.into(), current: true, missing: 2 };
        let side = |text: &str, missing: bool| Side {
            at: "Q-1:text".into(),
            label: text.into(),
            original: text.into(),
            value: if missing { String::new() } else { text.into() },
            lines: 2,
            seen: "1".into(),
            was: "1".into(),
            missing,
            stands: missing.then(|| text.into()),
            error: missing.then(|| text.into()),
        };
        let page = |text: &str, some: bool| Self {
            crumbs: Vec::new(),
            title: text.into(),
            action: "/templates".into(),
            back: "/templates".into(),
            about_href: "/templates".into(),
            from: "en".into(),
            to: some.then(|| "zh-Hant".into()),
            languages: if some { vec![link("zh-Hant"), link("fr")] } else { Vec::new() },
            sections: vec![link(text)],
            only_missing: some,
            toggle_href: "/templates".into(),
            missing: 1,
            of: 2,
            groups: if some {
                vec![
                    Group { href: None, id: String::new(), pairs: vec![side(text, false)] },
                    Group { href: Some("/templates".into()), id: "Q-1".into(), pairs: vec![side(text, true)] },
                ]
            } else {
                Vec::new()
            },
            has_next: some,
            conflict: some.then(|| text.into()),
            errors: some,
            lost: some.then(|| text.to_owned()).into_iter().collect(),
        };
        vec![page("Policy", false), page(&overlong(), true), page(HOSTILE, true)]
    }
}
