//! The outline of a draft: its sections and questions, what is wrong with them, how large it is and what it covers.

use super::conflict::Conflict;
use super::form::KINDS;
use super::places::{Places, base, in_query, opened, written};
use super::views::{Outline, QuestionRow, SectionRow};
use super::{in_place, translate};
use crate::actions::content::CONTROLS;
use crate::actions::drafts::{self, Draft};
use crate::error::{AppError, Result};
use crate::features::templates::views::Crumb;
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Posted};
use crate::web::moment::minute;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum_extra::extract::Query;
use domain::ids::{MemberId, TemplateDraftId};
use domain::problem::Problem;
use domain::questionnaire::check::{coverage, size};
use domain::questionnaire::edit::{Step, Way};
use serde::Deserialize;
use tower_sessions::Session;
use uuid::Uuid;

/// Questions up to which every section stands open.
const MOST_OPEN: usize = 40;
/// Problems and remarks that are listed at most, each; the rest is counted.
const MOST_TOLD: usize = 100;

/// The section that stands open, and the question whose words are being edited where it stands.
#[derive(Debug, Default, Deserialize)]
pub(in crate::features::templates) struct Opened {
    #[serde(default)]
    open: String,
    #[serde(default)]
    edit: String,
}

/// A question whose words are being edited where it stands.
pub(super) struct Editing {
    pub question: String,
    /// [`Question::fingerprint`] as the author saw it.
    pub seen: String,
    pub posted: Posted,
    pub conflict: Option<Conflict>,
    /// What was typed for a question that is no more.
    pub lost: Vec<String>,
}

pub(in crate::features::templates) async fn page(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
    Query(opened): Query<Opened>,
) -> Result<Html<String>> {
    let draft = drafts::get(&platform, caller.scope(), id).await?;
    let editing = draft.document.question(&opened.edit).map(|question| Editing {
        question: question.id.clone(),
        seen: question.fingerprint(),
        posted: Posted::fresh(in_place::fields_of(question, &draft.document.languages).0),
        conflict: None,
        lost: Vec::new(),
    });
    show(&platform, &renderer, &around, &caller, (&draft, &opened.open, editing)).await
}

/// The outline, with one of its questions being edited where it stands.
pub(super) async fn show(
    platform: &Platform,
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    (draft, open, editing): (&Draft, &str, Option<Editing>),
) -> Result<Html<String>> {
    let id = TemplateDraftId(draft.row.id);
    let factors = drafts::factors(platform, caller.scope()).await?;
    let findings = drafts::find(&draft.document, &factors);
    let edited = edited(platform, renderer, caller, draft).await?;
    let document = &draft.document;
    let places = Places::new(renderer, id, document);
    let (size, coverage) = (size(document), coverage(document));
    let untouched = CONTROLS.controls.iter().filter(|control| !coverage.controls.contains_key(&control.id));
    let cut = |problems: &[Problem]| places.all(&problems[..problems.len().min(MOST_TOLD)]);
    let view = Outline {
        crumbs: vec![Crumb::templates(renderer)],
        base: base(id),
        title: drafts::title(document).to_owned(),
        key: document.key.clone(),
        edited,
        languages: document.languages.join(", "),
        sections: sections(renderer, &places, draft, &findings.problems, (open, editing.as_ref())),
        translate_href: translate::first(id, document),
        lost: editing.map(|editing| editing.lost).unwrap_or_default(),
        problem_count: findings.problems.len(),
        problems: cut(&findings.problems),
        remark_count: findings.remarks.len(),
        remarks: cut(&findings.remarks),
        questions: size.questions,
        minutes: size.minutes.ceil() as u64,
        pages: size.pages,
        with_evidence: size.with_evidence,
        controls: coverage.controls.len(),
        controls_of: CONTROLS.controls.len(),
        deep: coverage.deep(),
        clauses: coverage.clauses.len(),
        untouched: untouched.map(|control| (control.id.clone(), control.topic.clone())).collect(),
        kinds: KINDS
            .iter()
            .map(|kind| Choice {
                key: (*kind).to_owned(),
                text: renderer.text(&format!("outline.kind.{kind}"), &[]),
                ..Choice::default()
            })
            .collect(),
        once: platform.clock.id::<Uuid>().to_string(),
    };
    let title = renderer.text("editor.outline.heading", &[("title", &view.title)]);
    renderer.page(&renderer.desk(around, caller, title), &view)
}

/// Who edited a draft last, and when.
pub(super) async fn edited(platform: &Platform, renderer: &Renderer, caller: &Caller, draft: &Draft) -> Result<String> {
    let member = match draft.row.edited_by {
        Some(id) => repo::people::member(platform.db.read(), caller.scope(), MemberId(id)).await?,
        None => None,
    };
    let who = member.map_or_else(|| renderer.text("editor.a_program", &[]), |member| member.name);
    Ok(renderer.text("editor.edited", &[("who", &who), ("at", &minute(draft.row.edited_at))]))
}

fn sections(
    renderer: &Renderer,
    places: &Places<'_>,
    draft: &Draft,
    problems: &[Problem],
    (open, editing): (&str, Option<&Editing>),
) -> Vec<SectionRow> {
    let document = &draft.document;
    let counts = places.by_question(problems);
    let all_open = document.questions().count() <= MOST_OPEN;
    let last = document.sections.len().saturating_sub(1);
    let id = TemplateDraftId(draft.row.id);
    let base = base(id);
    let mut number = 0;
    let mut rows = Vec::new();
    for (s, section) in document.sections.iter().enumerate() {
        let end = section.questions.len().saturating_sub(1);
        let edited = editing.filter(|editing| section.questions.iter().any(|one| one.id == editing.question));
        let mut questions = Vec::new();
        for (q, question) in section.questions.iter().enumerate() {
            number += 1;
            questions.push(QuestionRow {
                href: format!("{base}/questions/{}", question.id),
                id: question.id.clone(),
                number,
                text: written(document, &question.text).to_owned(),
                kind: format!("outline.kind.{}", question.kind.name()),
                required: question.required,
                conditional: question.show_if.is_some() || !question.audience.is_empty(),
                problems: counts.get(question.id.as_str()).copied().unwrap_or_default(),
                edit_href: format!(
                    "{base}?open={}&edit={}#q-{2}",
                    in_query(&section.id),
                    in_query(&question.id),
                    question.id
                ),
                editing: edited
                    .filter(|editing| editing.question == question.id)
                    .map(|editing| in_place::form(renderer, draft, &section.id, editing)),
                first: s == 0 && q == 0,
                last: s == last && q == end,
            });
        }
        rows.push(SectionRow {
            href: format!("{base}/sections/{}", section.id),
            id: section.id.clone(),
            title: written(document, &section.title).to_owned(),
            open: all_open || open == section.id || edited.is_some(),
            missing: translate::missing(document, section),
            translate_href: translate::href(id, &section.id),
            problems: questions.iter().map(|question| question.problems).sum(),
            count: questions.len(),
            first: s == 0,
            last: s == last,
            questions,
        });
    }
    rows
}

/// A step on the outline: `up Q-1`, `section-down S-2`, or a question put somewhere by hand.
fn step_of(fields: &Fields) -> Option<Step> {
    let (verb, id) = fields.one("do").split_once(' ')?;
    let id = id.to_owned();
    Some(match verb {
        "up" => Step::MoveQuestion { id, to: Way::Up },
        "down" => Step::MoveQuestion { id, to: Way::Down },
        "section-up" => Step::MoveSection { id, to: Way::Up },
        "section-down" => Step::MoveSection { id, to: Way::Down },
        "place" => {
            let before = Some(fields.one("before").to_owned()).filter(|before| !before.is_empty());
            Step::PlaceQuestion { id, section: fields.one("section").to_owned(), before }
        }
        _ => return None,
    })
}

pub(in crate::features::templates) async fn step(
    State(platform): State<Platform>,
    renderer: Renderer,
    session: Session,
    caller: May<may::EditTemplates>,
    Id(id): Id<TemplateDraftId>,
    fields: Fields,
) -> Result<Redirect> {
    let at = base(id);
    let Some(step) = step_of(&fields) else {
        drafts::get(&platform, caller.scope(), id).await?;
        return Ok(Redirect::to(&at));
    };
    let anchor = if matches!(step, Step::MoveSection { .. }) { "s" } else { "q" };
    match drafts::change(&platform, &caller.buyer(), id, step).await {
        Ok(touched) => {
            let draft = drafts::get(&platform, caller.scope(), id).await?;
            let section = draft.document.sections.iter().find(|section| {
                section.id == touched && anchor == "s"
                    || section.questions.iter().any(|question| question.id == touched)
            });
            let open = section.map_or("", |section| section.id.as_str());
            Ok(Redirect::to(&opened(id, open, &format!("{anchor}-{touched}"))))
        }
        // Somebody else took it away while this page was open: the outline shows what is left.
        Err(AppError::NotFound) => {
            drafts::get(&platform, caller.scope(), id).await?;
            tell(&session, "warning", renderer.text("editor.told.gone", &[])).await?;
            Ok(Redirect::to(&at))
        }
        Err(other) => Err(other),
    }
}
