//! What a score would be if answers, evidence or the profile were otherwise: a form that is posted and saves nothing.

use super::explain::{percent, points};
use super::views::{Crumb, Line};
use super::what_if_views::{MoveView, Moved, SupposedSection, SupposedView, WhatIfPage};
use crate::actions::content::REASONS;
use crate::actions::judging::Judged;
use crate::actions::judging::what_if::supposed;
use crate::error::{AppError, Result};
use crate::repo;
use crate::web::actor::{Caller, May, may};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use domain::answer::Reply;
use domain::ids::{AssessmentId, VendorId};
use domain::judging::what_if::{Change, Move, Supposed};
use domain::problem::Problems;
use domain::questionnaire::{Kind, Question};
use domain::scoring::{Level, Output};
use std::collections::BTreeSet;

/// What stands for "the vendor says that it does not apply" among the options.
const NA: &str = "~na";
/// What stands for "the vendor declines" among the options.
const DECLINED: &str = "~declined";
/// How an option is marked among the values of a select.
const OPTION: &str = "option:";

pub(super) async fn page(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<AssessmentId>,
) -> Result<Html<String>> {
    let (judged, _) = supposed(&renderer.platform, caller.scope(), id, &Supposed::default()).await?;
    shown(&caller, &renderer, &around, &judged, &Posted::default(), None).await
}

pub(super) async fn suppose(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<AssessmentId>,
    fields: Fields,
) -> Result<Response> {
    let platform = &renderer.platform;
    let judged = Judged::read(platform, platform.db.read(), caller.scope(), id).await?;
    let wanted = wanted(&judged, &fields);
    match supposed(platform, caller.scope(), id, &wanted).await {
        Ok((judged, moved)) => {
            let view = move_view(&renderer, &judged, &wanted, &moved);
            let posted = Posted::fresh(fields.0);
            Ok(shown(&caller, &renderer, &around, &judged, &posted, Some(view)).await?.into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let posted = Posted::refused(&renderer, fields, &located(problems));
            let page = shown(&caller, &renderer, &around, &judged, &posted, None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// The problems at the fields of the form.
fn located(mut problems: Problems) -> Problems {
    for problem in &mut problems.0 {
        if let Some(factor) = problem.at.strip_prefix("profile.") {
            problem.at = format!("profile/{factor}");
        } else if let Some((id, field)) = problem.at.strip_prefix("questions.").and_then(|at| at.rsplit_once('.')) {
            problem.at = format!("{field}/{id}");
        }
    }
    problems
}

/// What the form supposes: only what is other than it is.
fn wanted(judged: &Judged, fields: &Fields) -> Supposed {
    let mut wanted = Supposed::default();
    for (factor, value) in fields.below("profile/").filter(|(_, value)| !value.is_empty()) {
        if judged.profile.get(factor).map(String::as_str) != Some(value) {
            wanted.profile.insert(factor.to_owned(), value.to_owned());
        }
    }
    for question in judged.opened.version.document.questions() {
        let name = format!("reply/{}", question.id);
        let now = judged.said.get(&question.id).and_then(|said| said.reply.as_ref());
        let reply = reply(question, fields, &name).filter(|reply| now != Some(reply));
        let level = Level::named(fields.one(&format!("level/{}", question.id)));
        let na_accepted = match &reply {
            Some(Reply::NotApplicable { .. }) => Some(true),
            _ => None,
        };
        if reply.is_some() || level.is_some() {
            wanted.questions.insert(question.id.clone(), Change { reply, level, na_accepted });
        }
    }
    wanted
}

fn reply(question: &Question, fields: &Fields, name: &str) -> Option<Reply> {
    let value = fields.one(name).trim();
    match (&question.kind, value) {
        (_, "") => None,
        (_, NA) => Some(Reply::NotApplicable { reason: "–".to_owned() }),
        (_, DECLINED) => Some(Reply::Declined { reason: None }),
        (Kind::Multiple { .. }, _) => {
            let chosen: BTreeSet<&str> = fields.all(name).filter_map(|value| value.strip_prefix(OPTION)).collect();
            let options = question.options().iter().filter(|option| chosen.contains(option.id.as_str()));
            Some(Reply::Choices { options: options.map(|option| option.id.clone()).collect() })
        }
        (Kind::Number { .. }, text) => {
            // What is no number is refused with the others that the question does not take.
            Some(Reply::Number { number: text.parse().unwrap_or(f64::NAN) })
        }
        (_, text) => Some(Reply::Choice { option: text.strip_prefix(OPTION).unwrap_or(text).to_owned() }),
    }
}

async fn shown(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    judged: &Judged,
    posted: &Posted,
    moved: Option<MoveView>,
) -> Result<Html<String>> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let assessment = &judged.opened.assessment;
    let vendor = repo::vendors::get(db, scope, VendorId(assessment.vendor_id)).await?.ok_or(AppError::NotFound)?;
    let about = super::views::AboutView {
        vendor: vendor.name.clone(),
        engagement: judged.engagement.name.clone(),
        template: judged.opened.version.document.title.clone(),
        href: format!("/assessments/{}/score", assessment.id),
        assessment_href: format!("/assessments/{}", assessment.id),
        engagement_href: format!("/engagements/{}/profile", judged.engagement.id),
    };
    let score = renderer.text("score.title", &[("vendor", &vendor.name)]);
    let factors: Vec<Field> =
        judged.parsed.factors.iter().map(|known| factor(renderer, judged, posted, known)).collect();
    let view = WhatIfPage {
        crumbs: vec![
            Crumb { href: "/assessments".into(), text: renderer.text("nav.assessments", &[]) },
            Crumb { href: about.href.clone(), text: score },
        ],
        action: format!("/assessments/{}/what-if", assessment.id),
        about,
        moved,
        errors: posted.errors(),
        factors_open: factors.iter().any(|field| field.options.iter().any(|option| option.chosen)),
        factors,
        sections: sections(renderer, judged, posted),
    };
    let title = renderer.text("what_if.title", &[("vendor", &vendor.name)]);
    renderer.page(&renderer.desk(around, caller, title), &view)
}

fn factor(renderer: &Renderer, judged: &Judged, posted: &Posted, (factor, values): (&String, &Vec<String>)) -> Field {
    let words = REASONS.factors.get(factor);
    let label = |value: &str| {
        words.and_then(|words| words.values.get(value)).map_or_else(|| value.to_owned(), |words| words.label.clone())
    };
    let name = format!("profile/{factor}");
    let now = judged.profile.get(factor).map(String::as_str).unwrap_or_default();
    let option = |value: &String| Choice {
        key: value.clone(),
        text: label(value),
        note: None,
        chosen: posted.fields.one(&name) == value,
    };
    Field {
        blank: Some(renderer.text("what_if.as_it_is", &[("says", &label(now))])),
        options: values.iter().filter(|value| value.as_str() != now).map(option).collect(),
        ..posted.field(&name, words.map_or_else(|| factor.clone(), |words| words.question.clone()))
    }
}

fn sections(renderer: &Renderer, judged: &Judged, posted: &Posted) -> Vec<SupposedSection> {
    let section = |section: &domain::questionnaire::Section| {
        let asked = section.questions.iter().filter(|question| question.weight > 0.0);
        let questions: Vec<SupposedView> =
            asked.filter_map(|question| supposed_view(renderer, judged, posted, question)).collect();
        let changed = |field: &Field| posted.fields.has(&field.name) || field.error.is_some();
        SupposedSection {
            title: section.title.clone(),
            open: questions.iter().any(|question| changed(&question.level) || question.reply.error.is_some()),
            questions,
        }
    };
    let all = judged.opened.version.document.sections.iter().map(section);
    all.filter(|section| !section.questions.is_empty()).collect()
}

/// A question that scoring counts and that can be answered otherwise by choosing.
fn supposed_view(renderer: &Renderer, judged: &Judged, posted: &Posted, question: &Question) -> Option<SupposedView> {
    let now = judged.said.get(&question.id).and_then(|said| said.reply.as_ref());
    let says = match now {
        None => renderer.text("what_if.not_answered", &[]),
        Some(Reply::NotApplicable { .. }) => renderer.text("what_if.na", &[]),
        Some(Reply::Declined { .. }) => renderer.text("what_if.declined", &[]),
        Some(reply) => reply.in_words(question),
    };
    let name = format!("reply/{}", question.id);
    let is_posted = |value: &str| posted.fields.all(&name).any(|posted| posted == value);
    let (kind, mut options) = match &question.kind {
        Kind::Single { .. } | Kind::Multiple { .. } => {
            let option = |option: &domain::questionnaire::Choice| {
                let key = format!("{OPTION}{}", option.id);
                Choice { chosen: is_posted(&key), text: option.label.clone(), key, note: None }
            };
            let kind = if matches!(question.kind, Kind::Single { .. }) { "select" } else { "checkboxes" };
            (kind, question.options().iter().map(option).collect::<Vec<_>>())
        }
        Kind::Number { .. } => ("number", Vec::new()),
        _ => return None,
    };
    if kind == "select" {
        for (is_allowed, key, words) in
            [(question.may_be_na, NA, "what_if.na_accepted"), (question.may_decline, DECLINED, "what_if.declined")]
        {
            if is_allowed {
                let text = renderer.text(words, &[]);
                options.push(Choice { key: key.to_owned(), text, note: None, chosen: is_posted(key) });
            }
        }
    }
    let level = format!("level/{}", question.id);
    let level_option = |known: Level| Choice {
        key: known.name().to_owned(),
        text: renderer.text(&format!("what_if.level.{}", known.name()), &[]),
        note: None,
        chosen: posted.fields.one(&level) == known.name(),
    };
    Some(SupposedView {
        href: format!("/assessments/{}#q-{}", judged.opened.assessment.id, question.id),
        id: question.id.clone(),
        kind,
        reply: Field {
            hint: Some(renderer.text("what_if.says", &[("says", &says)])),
            blank: Some(renderer.text("what_if.as_answered", &[])),
            width: (kind == "number").then_some("number"),
            inputmode: (kind == "number").then_some("decimal"),
            options,
            ..posted.field(&name, question.text.clone())
        },
        says,
        level: Field {
            blank: Some(renderer.text("what_if.level_as_it_is", &[])),
            options: [Level::Claimed, Level::Documented, Level::Verified].map(level_option).into(),
            ..posted.field(&level, renderer.text("what_if.level", &[]))
        },
    })
}

fn move_view(renderer: &Renderer, judged: &Judged, wanted: &Supposed, moved: &Move) -> MoveView {
    let (before, after) = (&moved.before.output, &moved.after.output);
    let by = |from: f64, to: f64| match to - from {
        by if by.abs() < 0.05 => String::new(),
        by if by < 0.0 => format!("−{:.1}", -by),
        by => format!("+{by:.1}"),
    };
    let domains = before.domains.iter().zip(&after.domains).map(|(before, after)| Moved {
        label: REASONS.domains.get(&before.domain).map_or_else(|| before.domain.clone(), |words| words.name.clone()),
        before: points(before.residual),
        before_band: Some(before.band.clone()),
        after: points(after.residual),
        after_band: Some(after.band.clone()),
        by: by(before.residual, after.residual),
    });
    let coverage = |output: &Output| {
        output.domains.iter().find(|domain| domain.domain == output.driver).map_or(0.0, |domain| domain.coverage)
    };
    let share = |share: f64| renderer.text("score.percent", &[("n", &percent(share))]);
    let figure = |key: &str, before: f64, after: f64| Moved {
        label: renderer.text(key, &[]),
        before: share(before),
        after: share(after),
        by: by(before * 100.0, after * 100.0),
        ..Moved::default()
    };
    let title = |id: &String| REASONS.knock_outs.get(id).map_or_else(|| id.clone(), |words| words.title.clone());
    let fired = |of: &Output, not: &Output| {
        let others = of.knock_outs.iter().filter(|one| !not.knock_outs.iter().any(|other| other.id == one.id));
        others.map(|one| title(&one.id)).collect()
    };
    let document = &judged.opened.version.document;
    let line = |id: &String| Line {
        text: document.question(id).map_or_else(|| id.clone(), |question| question.text.clone()),
        ..Line::default()
    };
    let key = if after.rating == before.rating { "what_if.stays" } else { "what_if.moves" };
    let rating = |rating: &String| {
        let key = format!("rating.{rating}");
        if renderer.platform.wording.knows(&key) { renderer.text(&key, &[]) } else { rating.clone() }
    };
    MoveView {
        before: before.rating.clone(),
        before_residual: points(before.residual),
        after: after.rating.clone(),
        after_residual: points(after.residual),
        said: renderer.text(
            key,
            &[
                ("before", &rating(&before.rating)),
                ("after", &rating(&after.rating)),
                ("from", &points(before.residual)),
                ("to", &points(after.residual)),
            ],
        ),
        changes: changes(renderer, judged, wanted),
        domains: domains.collect(),
        figures: vec![
            figure("what_if.completeness", before.completeness, after.completeness),
            figure("what_if.confidence", before.confidence, after.confidence),
            figure("what_if.coverage", coverage(before), coverage(after)),
        ],
        gone: fired(before, after),
        fires: fired(after, before),
        shown: moved.shown.iter().map(line).collect(),
        hidden: moved.hidden.iter().map(line).collect(),
    }
}

/// What is supposed, in words.
fn changes(renderer: &Renderer, judged: &Judged, wanted: &Supposed) -> Vec<String> {
    let mut lines = Vec::new();
    for (factor, value) in &wanted.profile {
        let words = REASONS.factors.get(factor);
        let question = words.map_or_else(|| factor.clone(), |words| words.question.clone());
        let value = words.and_then(|words| words.values.get(value)).map_or(value, |words| &words.label);
        lines.push(renderer.text("what_if.change", &[("question", &question), ("to", value)]));
    }
    for (id, change) in &wanted.questions {
        let Some(question) = judged.opened.version.document.question(id) else { continue };
        let reply = change.reply.as_ref().map(|reply| match reply {
            Reply::NotApplicable { .. } => renderer.text("what_if.na_accepted", &[]),
            Reply::Declined { .. } => renderer.text("what_if.declined", &[]),
            reply => reply.in_words(question),
        });
        let level = change.level.map(|level| renderer.text(&format!("what_if.level.{}", level.name()), &[]));
        let to = [reply, level].into_iter().flatten().collect::<Vec<_>>().join(", ");
        lines.push(renderer.text("what_if.change", &[("question", &question.text), ("to", &to)]));
    }
    lines
}
