//! The pages of crosswalks.

use super::read::{Submitted, crosswalk, newest};
use super::views::{
    AnswerLine, Choice, Crumb, Framework, FrameworkRow, List, PointRow, QuestionLine, Through, ThroughPoint, Why,
};
use crate::actions::content::{CONTROLS, CROSSWALKS};
use crate::error::Result;
use crate::platform::Platform;
use crate::web::actor::{May, may};
use crate::web::path::{Id, Pair};
use crate::web::question::answer_href;
use crate::web::render::Renderer;
use crate::web::reply::in_words;
use crate::web::shell::Around;
use axum::extract::State;
use axum::response::Html;
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::answer::Reply;
use domain::crosswalk::{Crosswalk, Direct, Row};
use domain::ids::AssessmentId;
use domain::questionnaire::Question;
use serde::Deserialize;

pub(super) async fn list(renderer: Renderer, around: Around, caller: May<may::Read>) -> Result<Html<String>> {
    let row = |crosswalk: &Crosswalk| FrameworkRow {
        href: format!("/crosswalks/{}", crosswalk.key),
        title: crosswalk.title.read("en", "en").to_owned(),
        edition: crosswalk.edition.clone(),
        points: crosswalk.points.len(),
        checked: crosswalk.source.checked.clone(),
        licence_note: crosswalk.licence_note.clone(),
    };
    let view = List { rows: CROSSWALKS.values().map(row).collect() };
    renderer.page(&renderer.desk(&around, &caller, renderer.text("crosswalks.title", &[])), &view)
}

/// Which template's questions are looked at.
#[derive(Debug, Deserialize)]
pub(super) struct Of {
    template: Option<String>,
}

pub(super) async fn framework(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::Read>,
    Id(key): Id<String>,
    Query(of): Query<Of>,
) -> Result<Html<String>> {
    let crosswalk = crosswalk(&key)?;
    let all = newest(&platform, caller.scope(), &around.reads).await?;
    let chosen = of.template.filter(|key| all.iter().any(|version| version.document.key == *key));
    let here = format!("/crosswalks/{key}");
    let mut choices =
        vec![Choice { href: here.clone(), text: renderer.text("crosswalks.all", &[]), current: chosen.is_none() }];
    choices.extend(all.iter().map(|version| Choice {
        href: format!("{here}?template={}", version.document.key),
        text: version.document.title.clone(),
        current: chosen.as_ref() == Some(&version.document.key),
    }));
    let looked_at: Vec<_> =
        all.iter().filter(|version| chosen.as_ref().is_none_or(|key| version.document.key == *key)).collect();
    let points: Vec<PointRow> = crosswalk
        .points
        .iter()
        .map(|point| PointRow {
            id: point.id.clone(),
            title: point.title.read("en", "en").to_owned(),
            rows: crosswalk
                .rows_of(&point.id)
                .map(|row| why(&renderer, row))
                .chain(crosswalk.questions_of(&point.id).map(|row| asks(&renderer, row)))
                .collect(),
            questions: looked_at
                .iter()
                .flat_map(|version| {
                    let touching =
                        version.document.questions().filter(|question| crosswalk.touches(question, &point.id));
                    touching.map(|question| QuestionLine {
                        href: format!("/templates/versions/{}", version.row.id),
                        id: question.id.clone(),
                        text: question.text.clone(),
                        language: version.language().to_owned(),
                        template: version.document.title.clone(),
                    })
                })
                .collect(),
        })
        .collect();
    let title = crosswalk.title.read("en", "en").to_owned();
    let untouched: Vec<String> =
        points.iter().filter(|point| point.questions.is_empty()).map(|point| point.id.clone()).collect();
    let view = Framework {
        crumbs: vec![Crumb { href: "/crosswalks".into(), text: renderer.text("crosswalks.title", &[]) }],
        title: title.clone(),
        edition: crosswalk.edition.clone(),
        source: crosswalk.source.title.clone(),
        source_href: crosswalk.source.url.clone(),
        checked: crosswalk.source.checked.clone(),
        licence_note: crosswalk.licence_note.clone(),
        touched: points.len() - untouched.len(),
        untouched,
        choices,
        points,
    };
    renderer.page(&renderer.desk(&around, &caller, title), &view)
}

fn why(renderer: &Renderer, row: &Row) -> Why {
    let known = CONTROLS.controls.iter().chain(&CONTROLS.clauses).find(|topic| topic.id == row.control);
    Why {
        control: row.control.clone(),
        topic: known.map(|topic| topic.topic.clone()).unwrap_or_default(),
        basis: row.basis.clone(),
        strength: renderer.text(&format!("crosswalks.strength.{}", row.strength.name()), &[]),
        source: row.source.clone(),
        linked: row.source.starts_with("https://"),
        checked: row.checked.clone(),
    }
}

fn asks(renderer: &Renderer, row: &Direct) -> Why {
    Why {
        control: row.question.clone(),
        topic: renderer.text("crosswalks.asks_itself", &[]),
        basis: row.basis.clone(),
        strength: renderer.text("crosswalks.question", &[]),
        source: row.source.clone(),
        linked: row.source.starts_with("https://"),
        checked: row.checked.clone(),
    }
}

pub(super) async fn through(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Pair(id, key): Pair<AssessmentId, String>,
) -> Result<Html<String>> {
    let submitted = Submitted::read(&platform, caller.scope(), id, &around.reads).await?;
    let crosswalk = crosswalk(&key)?;
    let framework = crosswalk.title.read("en", "en").to_owned();
    let point = |point: &domain::crosswalk::Point| ThroughPoint {
        id: point.id.clone(),
        title: point.title.read("en", "en").to_owned(),
        answers: submitted
            .about(crosswalk, &point.id)
            .map(|(number, question, reply)| AnswerLine {
                href: answer_href(id, &question.id),
                number,
                text: question.text.clone(),
                words: words(&renderer, question, reply),
                worded: matches!(reply, Some(Reply::Choice { .. } | Reply::Choices { .. })),
            })
            .collect(),
    };
    let points: Vec<ThroughPoint> = crosswalk.points.iter().map(point).collect();
    let other = |other: &Crosswalk| Choice {
        href: format!("/assessments/{id}/through/{}", other.key),
        text: other.title.read("en", "en").to_owned(),
        current: other.key == crosswalk.key,
    };
    let title = renderer.text("crosswalks.through", &[("vendor", &submitted.vendor), ("framework", &framework)]);
    let view = Through {
        crumbs: vec![
            Crumb { href: "/assessments".into(), text: renderer.text("assessments.title", &[]) },
            Crumb {
                href: format!("/assessments/{id}/answers"),
                text: format!("{} · {}", submitted.vendor, submitted.version.document.title),
            },
        ],
        title: title.clone(),
        edition: crosswalk.edition.clone(),
        framework_href: caller.may(Permission::Read).then(|| format!("/crosswalks/{key}")),
        spoken: points.iter().filter(|point| !point.answers.is_empty()).count(),
        choices: CROSSWALKS.values().map(other).collect(),
        points,
    };
    let shell = renderer.desk(&around, &caller, title);
    renderer.page(&shell.showing(&platform.wording, &submitted.version, &around.path), &view)
}

/// A reply as one line.
fn words(renderer: &Renderer, question: &Question, reply: Option<&Reply>) -> String {
    match reply {
        None => renderer.text("assessments.answers.none", &[]),
        Some(Reply::Table { rows }) => {
            renderer.counted("assessments.answers.rows", i64::try_from(rows.len()).unwrap_or(i64::MAX))
        }
        Some(reply) => in_words(renderer, question, reply),
    }
}
