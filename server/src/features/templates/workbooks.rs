//! A buyer's own workbook, looked through before a draft is begun of it: how its sheets are read, and what they become.

use super::views::{Crumb, HOSTILE, overlong};
use crate::actions::mapping::{self, Looked};
use crate::actions::template_workbook::{self, Summary};
use crate::error::{AppError, Result};
use crate::platform::workbook::words;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::refusal;
use crate::web::mapping::{self as screen, Mapping, Outcome, ROLES, Screen, Wish};
use crate::web::moment::Moment;
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::{Renderer, View};
use crate::web::say;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::ids::ImportId;
use domain::problem::{Problem, Problems};
use domain::questionnaire::{Authored, Kind};
use domain::sheet::{Corrections, Made, Meanings, template};
use entity::import;
use serde::Serialize;
use tower_sessions::Session;
use uuid::Uuid;

/// Workbooks listed.
const LISTED: u64 = 50;
/// Questions shown one by one.
const QUESTIONS_SHOWN: usize = 600;
/// Cells shown that are left out.
const LEFT_OUT_SHOWN: usize = 100;

/// A workbook in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct WorkbookRow {
    /// Its page.
    pub href: String,
    /// The file.
    pub file_name: String,
    /// Questions understood.
    pub questions: usize,
    /// A draft was begun of it.
    pub begun: bool,
    /// When it was uploaded.
    pub moment: Moment,
}

/// The workbooks that were uploaded, newest first.
pub(super) async fn listed(renderer: &Renderer, caller: &Caller) -> Result<Vec<WorkbookRow>> {
    let rows = repo::imports::of_templates(renderer.platform.db.read(), caller.scope(), LISTED).await?;
    let row = |row: import::Model| WorkbookRow {
        href: format!("/templates/imports/{}", row.id),
        questions: serde_json::from_value::<Summary>(row.summary).unwrap_or_default().questions,
        begun: row.state != "preview",
        moment: Moment::from(row.created_at),
        file_name: row.file_name,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// A section that is to be.
#[derive(Clone, Debug, Default, Serialize)]
struct SectionView {
    title: String,
    count: String,
    questions: Vec<QuestionView>,
    more: usize,
}

/// A question that is to be.
#[derive(Clone, Debug, Default, Serialize)]
struct QuestionView {
    id: String,
    text: String,
    kind: String,
    options: Vec<String>,
}

/// A cell that holds no question of its own.
#[derive(Clone, Debug, Default, Serialize)]
struct LeftOut {
    cell: String,
    why: String,
}

/// The page.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct WorkbookPage {
    crumbs: Vec<Crumb>,
    file_name: String,
    begin: String,
    once: String,
    /// A draft can be begun.
    open: bool,
    draft_href: Option<String>,
    /// What it becomes, counted.
    questions: usize,
    choices: usize,
    texts: usize,
    sections: Vec<SectionView>,
    left_out: Vec<LeftOut>,
    left_out_count: usize,
    mapping: Mapping,
}

impl View for WorkbookPage {
    const TEMPLATE: &'static str = "pages/templates/workbook";

    fn samples() -> Vec<Self> {
        let page = |text: &str, mapping: Mapping| Self {
            crumbs: Vec::new(),
            file_name: text.into(),
            begin: "/templates/imports/1/begin".into(),
            once: "1".into(),
            open: mapping.editable,
            draft_href: mapping.locked.is_some().then(|| "/templates/drafts/1".into()),
            questions: 12,
            choices: 8,
            texts: 4,
            sections: vec![SectionView {
                title: text.into(),
                count: text.into(),
                questions: vec![
                    QuestionView {
                        id: "A-1".into(),
                        text: text.into(),
                        kind: text.into(),
                        options: vec![text.into(); 3]
                    };
                    2
                ],
                more: 3,
            }],
            left_out: vec![LeftOut { cell: "Sheet!C5".into(), why: text.into() }],
            left_out_count: 2,
            mapping,
        };
        let pages = |text: &str| [page(text, Mapping::sample(text)), page(text, Mapping::locked_sample(text))];
        [pages("Ordinary"), pages(&overlong()), pages(HOSTILE)].into_iter().flatten().chain([Self::default()]).collect()
    }
}

pub(super) async fn show(
    renderer: Renderer,
    around: Around,
    caller: May<may::EditTemplates>,
    Id(id): Id<ImportId>,
    Query(wish): Query<Wish>,
) -> Result<Html<String>> {
    page(&renderer, &around, &caller, id, wish, None).await
}

async fn page(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    id: ImportId,
    wish: Wish,
    refused: Option<(Corrections, Problems)>,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let looked = mapping::look(platform, import(renderer, caller, id).await?).await?;
    let words = words(platform.config.overrides_dir.as_deref()).map_err(AppError::internal)?;
    let made = template(&looked.inspection, &words).ok();
    let open = looked.import.state == "preview";
    let left_out = made.as_ref().map(|made| made.left_out.as_slice()).unwrap_or_default();
    let address = format!("/templates/imports/{id}");
    let screen = Screen {
        renderer,
        looked: &looked,
        address: address.clone(),
        wish,
        meanings: Meanings::QUESTIONNAIRE,
        wording: &["mapping.column"],
        roles: &ROLES,
        locked: (!open).then(|| renderer.text("templates.workbook.locked", &[])),
        refused,
    };
    let mapping = screen.view(&|report| {
        let mut found = screen::of_questions(renderer, report);
        for problem in left_out {
            let row = row_of(&problem.at, &report.name).and_then(|row| found.rows.get_mut(&row));
            if let Some(outcome) = row {
                let mark = renderer.text("mapping.row.passed", &[]);
                *outcome = Outcome { kind: "passed", mark, reason: Some(why(renderer, problem)) };
            }
        }
        found
    });
    let title = looked.import.file_name.clone();
    let mut view = WorkbookPage {
        crumbs: vec![
            Crumb::templates(renderer),
            Crumb { href: "/templates/import".to_owned(), text: renderer.text("templates.import.title", &[]) },
        ],
        file_name: title.clone(),
        begin: format!("{address}/begin"),
        once: platform.clock.id::<Uuid>().to_string(),
        open,
        draft_href: draft_href(renderer, caller, &looked).await?,
        left_out: left_out
            .iter()
            .take(LEFT_OUT_SHOWN)
            .map(|problem| LeftOut { cell: problem.at.clone(), why: why(renderer, problem) })
            .collect(),
        left_out_count: left_out.len(),
        mapping,
        ..WorkbookPage::default()
    };
    if let Some(Made { document, .. }) = &made {
        outlined(renderer, &mut view, document);
    }
    renderer.page(&renderer.desk(around, caller, title), &view)
}

async fn import(renderer: &Renderer, caller: &Caller, id: ImportId) -> Result<import::Model> {
    let import = repo::imports::get(renderer.platform.db.read(), &caller.scope(), id).await?;
    import.filter(|import| import.kind == "template").ok_or(AppError::NotFound)
}

/// The draft that was begun, as long as there is one.
async fn draft_href(renderer: &Renderer, caller: &Caller, looked: &Looked) -> Result<Option<String>> {
    let draft = looked.import.settings.get("draft").and_then(|draft| draft.as_str()?.parse().ok());
    let Some(draft) = draft else { return Ok(None) };
    let there = repo::drafts::get(renderer.platform.db.read(), caller.scope(), draft).await?;
    Ok(there.map(|_| format!("/templates/drafts/{draft}")))
}

fn why(renderer: &Renderer, problem: &Problem) -> String {
    say::problem(&renderer.platform.wording, problem)
}

/// The row of a cell of this sheet.
fn row_of(cell: &str, sheet: &str) -> Option<u32> {
    let rest = cell.strip_prefix(sheet)?.strip_prefix('!')?;
    rest.trim_start_matches(|c: char| c.is_ascii_uppercase()).parse().ok()
}

fn outlined(renderer: &Renderer, view: &mut WorkbookPage, document: &Authored) {
    let language = document.languages.first().map_or("", String::as_str);
    let mut left = QUESTIONS_SHOWN;
    for section in &document.sections {
        let shown = section.questions.len().min(left);
        left -= shown;
        let question = |question: &domain::questionnaire::Question<domain::questionnaire::Text>| {
            let options = match &question.kind {
                Kind::Single { options } => {
                    options.iter().map(|one| one.label.read(language, language).to_owned()).collect()
                }
                _ => Vec::new(),
            };
            let kind = if options.is_empty() { "text" } else { "single" };
            QuestionView {
                id: question.id.clone(),
                text: question.text.read(language, language).to_owned(),
                kind: renderer.text(&format!("templates.workbook.kind.{kind}"), &[]),
                options,
            }
        };
        let count = i64::try_from(section.questions.len()).unwrap_or(i64::MAX);
        view.sections.push(SectionView {
            title: section.title.read(language, language).to_owned(),
            count: renderer.counted("mapping.questions", count),
            questions: section.questions.iter().take(shown).map(question).collect(),
            more: section.questions.len() - shown,
        });
        let choices = section.questions.iter().filter(|question| matches!(question.kind, Kind::Single { .. })).count();
        view.choices += choices;
        view.texts += section.questions.len() - choices;
        view.questions += section.questions.len();
    }
}

pub(super) async fn correct(
    renderer: Renderer,
    around: Around,
    session: Session,
    caller: May<may::EditTemplates>,
    Id(id): Id<ImportId>,
    fields: Fields,
) -> Result<Response> {
    let import = import(&renderer, &caller, id).await?;
    let by = caller.buyer();
    let address = format!("/templates/imports/{id}");
    let correct = |corrections| template_workbook::correct(&renderer.platform, &by, id, corrections);
    match screen::posted((&renderer, &session), &address, &fields, &import, correct).await? {
        Ok(back) => Ok(back.into_response()),
        Err(refused) => {
            let said = (refused.corrections, refused.problems);
            let page = page(&renderer, &around, &caller, id, refused.wish, Some(said));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page.await?).into_response())
        }
    }
}

pub(super) async fn begin(
    renderer: Renderer,
    session: Session,
    caller: May<may::EditTemplates>,
    Id(id): Id<ImportId>,
    fields: Fields,
) -> Result<Redirect> {
    let by = caller.buyer_once(once::of_form(fields.one("once")));
    let begun = match refusal(template_workbook::begin(&renderer.platform, &by, id).await)? {
        Ok(begun) => begun,
        Err(problems) => {
            let words: Vec<String> = problems.0.iter().map(|problem| why(&renderer, problem)).collect();
            tell(&session, "error", words.join(" ")).await?;
            return Ok(Redirect::to(&format!("/templates/imports/{id}")));
        }
    };
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let mut words = renderer.counted("templates.told.begun", count(begun.summary.questions));
    if begun.summary.left_out > 0 {
        words = format!("{words} {}", renderer.counted("templates.told.left_out", count(begun.summary.left_out)));
    }
    tell(&session, "success", words).await?;
    Ok(Redirect::to(&format!("/templates/drafts/{}", begun.draft)))
}
