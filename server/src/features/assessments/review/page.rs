//! An assessment, answer by answer.

use super::rows::{Rows, Typed, review_href};
use super::views::{Back, Link, Progress, ReviewPage, Row, Section, Show};
use crate::actions::questionnaire::profile_of;
use crate::actions::review::{self, Before, Reading};
use crate::error::{AppError, Result};
use crate::features::assessments::head::{Known, Place};
use crate::features::assessments::sections::Reading as Sections;
use crate::platform::Platform;
use crate::platform::published::Version;
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::form::{Field, Posted};
use crate::web::moment::minute;
use crate::web::path::Id;
use crate::web::question::anchor;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::answer::iso_date;
use domain::assessment::State as Stand;
use domain::ids::AssessmentId;
use domain::judging::cycle::Asked;
use domain::judging::due::is_over;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Which answers a page shows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::features::assessments) struct Wish {
    /// `open`, `back`, `changed`, `na` or, else, all.
    pub show: String,
}

/// Choices of answers to show.
pub(super) const SHOWS: [&str; 5] = ["", "open", "back", "changed", "na"];

pub(in crate::features::assessments) async fn show(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Id(id): Id<AssessmentId>,
    Query(wish): Query<Wish>,
) -> Result<Response> {
    let known = Known::read(&platform, caller.scope(), id).await?;
    if known.row.round == 0 {
        return Ok(Redirect::to(&known.href()).into_response());
    }
    let page = page(&renderer, &around, &caller, known, &wish.show, (None, &Posted::default())).await?;
    Ok(page.into_response())
}

/// The page, with what was typed and not saved.
pub(super) async fn page(
    renderer: &Renderer,
    around: &Around,
    caller: &Caller,
    mut known: Known,
    show: &str,
    (typed, posted): (Option<&Typed>, &Posted),
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let scope = caller.scope();
    let reading = Reading::around(platform.db.read(), scope, &known.row, &known.version).await?;
    let reading = reading.ok_or(AppError::NotFound)?;
    let before = Before::read(platform, scope, &known.row, &known.version, &reading).await?;
    let progress = figures(&reading, &known);
    let unfinished = unfinished(renderer, &reading, &known.version);
    known.version = around.reads.edition(&known.version);
    let reviews = caller.may(Permission::Review);
    let apart = reviews && review::is_apart(platform, &caller.buyer(), known.id).await?;
    let can_judge = apart && known.state == Stand::InReview && caller.person.is_some();
    let show = SHOWS.into_iter().find(|known| *known == show).unwrap_or_default();
    let rows = Rows::read(renderer, scope, &known, (&reading, before.as_ref()), (can_judge, show)).await?;
    let (sections, hidden) = read_sections(renderer, caller, &known, &reading).await?;
    let mut shows: BTreeMap<&str, usize> = BTreeMap::new();
    let mut shown_sections = Vec::new();
    for section in sections {
        let mut answers = Vec::new();
        for given in section.answers {
            let Some(question) = known.version.document.question(&given.id) else { continue };
            let row = rows.row(question, given, typed);
            for which in SHOWS {
                *shows.entry(which).or_default() += usize::from(belongs(&row, which));
            }
            let is_typed = typed.is_some_and(|typed| typed.question == row.given.id);
            if belongs(&row, show) || is_typed {
                answers.push(row);
            }
        }
        if !answers.is_empty() {
            shown_sections.push(Section { title: section.title, answers });
        }
    }
    let (today, is_over) = (platform.clock.today(), is_over(known.row.due_on, platform.clock.now()));
    let due_on = Field {
        // The day that stands can stay while it is not over everywhere.
        min: Some(iso_date::write(if is_over { today } else { today.min(known.row.due_on) })),
        required: is_over,
        ..posted.field("due_on", renderer.text("review.return.due_on", &[]))
    };
    let numbers: BTreeMap<&str, (usize, &str)> = known
        .version
        .document
        .questions()
        .zip(1..)
        .map(|(question, number)| (question.id.as_str(), (number, question.text.as_str())))
        .collect();
    let back = reading.asked_back();
    let back = back.iter().filter_map(|(id, row)| {
        let (number, text) = numbers.get(id.as_str())?;
        Some((
            *number,
            Back {
                href: format!("{}#q-{}", review_href(known.id, ""), anchor(id)),
                text: format!("{number}. {text}"),
                note: row.note.clone().unwrap_or_default(),
            },
        ))
    });
    let mut back: Vec<(usize, Back)> = back.collect();
    back.sort_by_key(|(number, _)| *number);
    let gone = before.iter().flat_map(|before| {
        let gone = before.since.values().filter(|since| matches!(since.asked, Asked::Gone | Asked::HiddenNow));
        gone.filter_map(|since| {
            let question = before.version.document.question(&since.question)?;
            Some(format!("{} ({})", question.text, question.id))
        })
    });
    let view = ReviewPage {
        round: reading.submission.round,
        submitted: minute(reading.submission.submitted_at),
        cycle: before.as_ref().map(|before| Link {
            href: format!("/assessments/{}/answers", before.assessment.id),
            text: renderer.text(
                "review.cycle.before",
                &[("at", &minute(before.reading.submission.submitted_at)), ("number", &before.version.row.number)],
            ),
        }),
        gone: gone.collect(),
        progress,
        shows: SHOWS
            .into_iter()
            .map(|which| Show {
                href: review_href(known.id, which),
                text: renderer.text(&format!("review.show.{}", if which.is_empty() { "all" } else { which }), &[]),
                count: shows.get(which).copied().unwrap_or_default(),
                current: which == show,
            })
            .collect(),
        can_take: apart && known.state.after(domain::assessment::Event::TakeInReview).is_ok(),
        can_judge,
        own_work: reviews && !apart && caller.person.is_some(),
        hidden,
        back: back.into_iter().map(|(_, back)| back).collect(),
        unfinished,
        errors: posted.errors_of(&[&due_on]),
        due_on,
        sections: shown_sections,
        head: known.head(renderer, Place::Review),
    };
    let shell = renderer.desk(around, caller, known.title());
    renderer.page(&shell.showing(&platform.wording, &known.version, &around.path), &view)
}

/// One answer on its own.
pub(super) async fn one(
    renderer: &Renderer,
    caller: &Caller,
    known: &Known,
    question: &str,
    show: &str,
    typed: Option<&Typed>,
) -> Result<Row> {
    let platform = &renderer.platform;
    let scope = caller.scope();
    let reading = Reading::around(platform.db.read(), scope, &known.row, &known.version).await?;
    let reading = reading.ok_or(AppError::NotFound)?;
    let before = Before::read(platform, scope, &known.row, &known.version, &reading).await?;
    let can_judge = known.state == Stand::InReview && caller.person.is_some();
    let rows = Rows::read(renderer, scope, known, (&reading, before.as_ref()), (can_judge, show)).await?;
    let (sections, _) = read_sections(renderer, caller, known, &reading).await?;
    let given = sections.into_iter().flat_map(|section| section.answers).find(|given| given.id == question);
    let asked = known.version.document.question(question).ok_or(AppError::NotFound)?;
    let row = rows.row(asked, given.ok_or(AppError::NotFound)?, typed);
    Ok(Row { progress: Some(figures(&reading, known)), ..row })
}

type Read = (
    Vec<crate::features::assessments::views::answers::Section>,
    Vec<crate::features::assessments::views::answers::Hidden>,
);

async fn read_sections(renderer: &Renderer, caller: &Caller, known: &Known, reading: &Reading) -> Result<Read> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let files = repo::evidence::ever(db, scope, known.id).await?;
    let asked = repo::assessments::reopened(db, &scope, known.id, reading.submission.round - 1).await?;
    let earlier = repo::submissions::all(db, &scope, known.id).await?;
    let earlier = earlier.get(1).map(crate::actions::submit::snapshot_of).transpose()?;
    let sections = Sections {
        renderer,
        id: known.id,
        document: &known.version.document,
        profile: &profile_of(&known.row),
        snapshot: &reading.snapshot,
        before: earlier.as_ref(),
        files: &files,
        asked: &asked,
    };
    Ok(sections.read())
}

fn figures(reading: &Reading, known: &Known) -> Progress {
    let progress = reading.progress(&known.version);
    Progress {
        asked: progress.asked,
        answered: progress.answered,
        reviewed: progress.reviewed,
        asked_back: progress.asked_back,
        overtaken: progress.overtaken,
    }
}

/// What speaks against finishing the review: something would be dropped, or nothing was looked at.
pub(in crate::features::assessments) fn unfinished(
    renderer: &Renderer,
    reading: &Reading,
    version: &Version,
) -> Option<String> {
    match reading.asked_back().len() {
        0 if reading.progress(version).reviewed == 0 => Some(renderer.text("review.finish.nothing_reviewed", &[])),
        0 => None,
        count => Some(renderer.counted("review.finish.asked_back", i64::try_from(count).unwrap_or(i64::MAX))),
    }
}

/// Whether an answer is among those that are chosen to be shown.
fn belongs(row: &Row, show: &str) -> bool {
    match show {
        "open" => row.given.stand != "none" && row.verdict.is_none(),
        "back" => row.verdict == Some("asked_back"),
        "changed" => {
            row.overtaken || row.given.before.is_some() || row.cycle.as_ref().is_some_and(|cycle| !cycle.unchanged)
        }
        "na" => row.given.stand == "not_applicable" || row.given.stand == "declined",
        _ => true,
    }
}
