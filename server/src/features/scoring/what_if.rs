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
use crate::web::question::answer_href;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use domain::answer::{Reply, iso_date};
use domain::ids::{AssessmentId, VendorId};
use domain::judging::review::Support;
use domain::judging::what_if::{Change, Move, Supposed, supposable};
use domain::problem::{Problem, Problems};
use domain::questionnaire::{Kind, Question};
use domain::scoring::{Level, Output};
use std::collections::{BTreeMap, BTreeSet};
use time::Date;
use time::macros::date;

/// What stands for "the vendor says that it does not apply, and a reviewer agrees" among the options.
const NA: &str = "~na";
/// What stands for "the vendor says that it does not apply, and no reviewer agrees" among the options.
const NA_CLAIMED: &str = "~na_claimed";
/// What stands for "the vendor declines" among the options.
const DECLINED: &str = "~declined";
/// What stands for "nothing is answered" among the options.
const UNANSWERED: &str = "~unanswered";
/// What stands for "something is answered" among the options.
const ANSWERED: &str = "~answered";
/// What is put for a text or an address: neither score nor conditions look at what it says.
const SOMETHING: &str = "–";
/// What is put for a date, of which neither looks at the day.
const SOME_DAY: Date = date!(2000 - 01 - 01);
/// How a judgement of the files that are attached is marked among the levels.
const ATTACHED: &str = "attached:";
/// From when the supposed evidence is effective.
const EFFECTIVE_ON: &str = "effective_on";
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
    let refused = async |judged: &Judged, fields, problems| {
        let posted = Posted::refused(&renderer, fields, &problems);
        let page = shown(&caller, &renderer, &around, judged, &posted, None).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let wanted = match wanted(&judged, &fields, platform.clock.today()) {
        Ok(wanted) => wanted,
        Err(problem) => return refused(&judged, fields, Problems::one(problem)).await,
    };
    match supposed(platform, caller.scope(), id, &wanted).await {
        Ok((judged, moved)) => {
            let view = move_view(&renderer, &judged, &wanted, &moved);
            let posted = Posted::fresh(fields.0);
            Ok(shown(&caller, &renderer, &around, &judged, &posted, Some(view)).await?.into_response())
        }
        Err(AppError::Invalid(problems)) => refused(&judged, fields, located(problems)).await,
        Err(other) => Err(other),
    }
}

/// The problems at the fields of the form.
fn located(mut problems: Problems) -> Problems {
    for problem in &mut problems.0 {
        if let Some(factor) = problem.at.strip_prefix("profile.") {
            problem.at = format!("profile/{factor}");
        } else if let Some((id, field)) = problem.at.strip_prefix("questions.").and_then(|at| at.rsplit_once('.')) {
            let field = if matches!(field, "level" | "evidence") { "level" } else { "reply" };
            problem.at = format!("{field}/{id}");
        }
    }
    problems
}

/// What the form supposes: only what is other than it is.
///
/// # Errors
/// At [`EFFECTIVE_ON`]: `not-a-date`, `in-the-future`.
fn wanted(judged: &Judged, fields: &Fields, today: Date) -> Result<Supposed, Problem> {
    let mut wanted = Supposed::default();
    for (factor, value) in fields.below("profile/").filter(|(_, value)| !value.is_empty()) {
        if judged.profile.get(factor).map(String::as_str) != Some(value) {
            wanted.profile.insert(factor.to_owned(), value.to_owned());
        }
    }
    let day = match fields.one(EFFECTIVE_ON).trim() {
        "" => None,
        text => Some(iso_date::read(text).map_err(|_| Problem::new(EFFECTIVE_ON, "not-a-date").with("given", text))?),
    };
    if day.is_some_and(|day| day > today) {
        return Err(Problem::new(EFFECTIVE_ON, "in-the-future"));
    }
    for question in judged.opened.version.document.questions() {
        let said = judged.said.get(&question.id);
        let now = said.and_then(|said| said.reply.as_ref());
        let mut change = reply(question, now, fields);
        if change.reply.as_ref() == now {
            change.reply = None;
        }
        let level = fields.one(&format!("level/{}", question.id));
        change.level = Level::named(level);
        change.evidence =
            level.strip_prefix(ATTACHED).and_then(|found| SUPPORTS.into_iter().find(|s| name(*s) == found));
        if matches!(change.level, Some(Level::Documented | Level::Verified)) {
            change.effective_on = day;
        }
        if change != Change::default() {
            wanted.questions.insert(question.id.clone(), change);
        }
    }
    Ok(wanted)
}

/// What a reviewer may find of files, as far as it makes a difference to a score.
const SUPPORTS: [Support; 2] = [Support::Accepted, Support::Refused];

fn name(support: Support) -> &'static str {
    match support {
        Support::Accepted => "accepted",
        Support::Refused | Support::Contradicts => "refused",
    }
}

/// What is supposed of the reply to a question.
fn reply(question: &Question, now: Option<&Reply>, fields: &Fields) -> Change {
    let field = format!("reply/{}", question.id);
    let of = |reply: Reply| Change { reply: Some(reply), ..Change::default() };
    // Where the reply is typed or ticked, what it is instead of one has a field of its own.
    let stand = match fields.one(&format!("instead/{}", question.id)) {
        "" => fields.one(&field).trim(),
        instead => instead,
    };
    let na = |agreed| Change { na_accepted: Some(agreed), ..of(Reply::NotApplicable { reason: SOMETHING.to_owned() }) };
    match (&question.kind, stand) {
        (_, NA) => na(true),
        (_, NA_CLAIMED) => na(false),
        (_, DECLINED) => of(Reply::Declined { reason: None }),
        (_, UNANSWERED) => Change { unanswered: true, ..Change::default() },
        (Kind::Table { .. }, _) => table(question, now, fields).map(of).unwrap_or_default(),
        (_, "") => Change::default(),
        (Kind::Text { .. } | Kind::LongText { .. }, ANSWERED) => of(Reply::Text { text: SOMETHING.to_owned() }),
        (Kind::Url { .. }, ANSWERED) => of(Reply::Url { url: SOMETHING.to_owned() }),
        (Kind::Date { .. }, ANSWERED) => of(Reply::Date { date: SOME_DAY }),
        (Kind::File { .. }, ANSWERED) => of(Reply::File),
        (Kind::Multiple { .. }, _) => {
            let chosen: BTreeSet<&str> = fields.all(&field).filter_map(|value| value.strip_prefix(OPTION)).collect();
            let options = question.options().iter().filter(|option| chosen.contains(option.id.as_str()));
            of(Reply::Choices { options: options.map(|option| option.id.clone()).collect() })
        }
        (Kind::Number { .. }, text) => {
            // What is no number is refused with the others that the question does not take.
            of(Reply::Number { number: text.parse().unwrap_or(f64::NAN) })
        }
        (_, text) => of(Reply::Choice { option: text.strip_prefix(OPTION).unwrap_or(text).to_owned() }),
    }
}

/// A table with a further row, of the cells that are supposed; with an empty row where it is only said to be answered.
fn table(question: &Question, now: Option<&Reply>, fields: &Fields) -> Option<Reply> {
    let prefix = format!("cell/{}/", question.id);
    let cells = fields.below(&prefix).filter_map(|(column, value)| Some((column, value.strip_prefix(OPTION)?)));
    let row: BTreeMap<String, String> = cells.map(|(column, cell)| (column.to_owned(), cell.to_owned())).collect();
    let mut rows = match now {
        Some(Reply::Table { rows }) => rows.clone(),
        _ => Vec::new(),
    };
    if row.is_empty() && fields.one(&format!("reply/{}", question.id)) != ANSWERED {
        return None;
    }
    rows.push(row);
    Some(Reply::Table { rows })
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
        effective_on: Field {
            hint: Some(renderer.text("what_if.effective_on_hint", &[])),
            max: Some(iso_date::write(renderer.platform.clock.today())),
            ..posted.field(EFFECTIVE_ON, renderer.text("what_if.effective_on", &[]))
        },
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
    let document = &judged.opened.version.document;
    let counting = supposable(document);
    let section = |section: &domain::questionnaire::Section| {
        let asked = section.questions.iter().filter(|question| counting.contains(question.id.as_str()));
        let questions: Vec<SupposedView> =
            asked.map(|question| supposed_view(renderer, judged, posted, question)).collect();
        let is_touched = |field: &Field| posted.fields.has(&field.name) || field.error.is_some();
        let is_open = |question: &SupposedView| {
            let further = question.instead.iter().chain(&question.level).chain(&question.cells);
            is_touched(&question.reply) || further.into_iter().any(is_touched)
        };
        SupposedSection { title: section.title.clone(), open: questions.iter().any(is_open), questions }
    };
    let all = document.sections.iter().map(section);
    all.filter(|section| !section.questions.is_empty()).collect()
}

/// A question that scoring counts, or that decides what is asked.
fn supposed_view(renderer: &Renderer, judged: &Judged, posted: &Posted, question: &Question) -> SupposedView {
    let said = judged.said.get(&question.id);
    let now = said.and_then(|said| said.reply.as_ref());
    let says = match now {
        None => renderer.text("what_if.not_answered", &[]),
        Some(Reply::NotApplicable { .. }) => renderer.text("what_if.na", &[]),
        Some(Reply::Declined { .. }) => renderer.text("what_if.declined", &[]),
        Some(Reply::File) => renderer.text("what_if.file", &[]),
        Some(Reply::Table { rows }) => renderer.counted("what_if.rows", rows.len() as i64),
        Some(reply) => reply.in_words(question),
    };
    let name = format!("reply/{}", question.id);
    let option = |field: &str, option: &domain::questionnaire::Choice| {
        let key = format!("{OPTION}{}", option.id);
        Choice {
            chosen: posted.fields.all(field).any(|value| value == key),
            text: option.label.clone(),
            key,
            note: None,
        }
    };
    let (kind, mut options) = match &question.kind {
        Kind::Single { .. } => ("select", question.options().iter().map(|one| option(&name, one)).collect()),
        Kind::Multiple { .. } => ("checkboxes", question.options().iter().map(|one| option(&name, one)).collect()),
        Kind::Number { .. } => ("number", Vec::new()),
        _ => ("select", Vec::new()),
    };
    let instead = format!("instead/{}", question.id);
    let stands = |field: &str| stands(renderer, posted, question, now, field);
    if kind == "select" {
        options.extend(stands(&name));
    }
    let level = format!("level/{}", question.id);
    SupposedView {
        href: answer_href(judged.opened.assessment.id, &question.id),
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
        instead: (kind != "select").then(|| Field {
            blank: Some(renderer.text("what_if.instead_blank", &[])),
            options: stands(&instead),
            ..posted.field(&instead, renderer.text("what_if.instead", &[]))
        }),
        cells: cells(renderer, judged, posted, question),
        says,
        // Evidence of what is not scored moves nothing.
        level: (question.weight > 0.0).then(|| Field {
            blank: Some(renderer.text("what_if.level_as_it_is", &[])),
            options: levels(renderer, posted, &level, question, said.is_some_and(|said| !said.evidence.is_empty())),
            ..posted.field(&level, renderer.text("what_if.level", &[]))
        }),
    }
}

/// What can be said to a question beside its options or a number; without what is so.
fn stands(renderer: &Renderer, posted: &Posted, question: &Question, now: Option<&Reply>, field: &str) -> Vec<Choice> {
    let is_answered = now.is_some_and(|now| !matches!(now, Reply::NotApplicable { .. } | Reply::Declined { .. }));
    let is_chosen_from = matches!(question.kind, Kind::Single { .. } | Kind::Multiple { .. } | Kind::Number { .. });
    let offered = [
        (!is_chosen_from && !is_answered, ANSWERED, "what_if.answered"),
        (now.is_some(), UNANSWERED, "what_if.unanswered"),
        (question.may_be_na, NA, "what_if.na_accepted"),
        (question.may_be_na, NA_CLAIMED, "what_if.na_claimed"),
        (question.may_decline && !matches!(now, Some(Reply::Declined { .. })), DECLINED, "what_if.declined"),
    ];
    let offered = offered.into_iter().filter(|(is_offered, ..)| *is_offered);
    let choice = |(_, key, words): (bool, &str, &str)| Choice {
        key: key.to_owned(),
        text: renderer.text(words, &[]),
        note: None,
        chosen: posted.fields.one(field) == key,
    };
    offered.map(choice).collect()
}

/// Of a table the cells that decide what is asked: a further row with one of their entries can be supposed.
fn cells(renderer: &Renderer, judged: &Judged, posted: &Posted, question: &Question) -> Vec<Field> {
    let Kind::Table { columns, .. } = &question.kind else { return Vec::new() };
    let conditions = judged.opened.version.document.questions().filter_map(|question| question.show_if.as_ref());
    let looked_at: BTreeSet<&str> = conditions.flat_map(|condition| condition.columns(&question.id)).collect();
    let columns = columns.iter().filter(|column| looked_at.contains(column.id.as_str()) && !column.options.is_empty());
    let field = |column: &domain::questionnaire::Column| {
        let name = format!("cell/{}/{}", question.id, column.id);
        let option = |option: &domain::questionnaire::Choice| {
            let key = format!("{OPTION}{}", option.id);
            Choice { chosen: posted.fields.one(&name) == key, text: option.label.clone(), key, note: None }
        };
        Field {
            blank: Some(renderer.text("what_if.no_row", &[])),
            options: column.options.iter().map(option).collect(),
            ..posted.field(&name, renderer.text("what_if.row_with", &[("column", &column.label)]))
        }
    };
    columns.map(field).collect()
}

/// Levels that evidence can be supposed to earn, and what a reviewer can be supposed to find of what is attached.
fn levels(renderer: &Renderer, posted: &Posted, field: &str, question: &Question, has_files: bool) -> Vec<Choice> {
    let choice = |key: String, words: &str| Choice {
        chosen: posted.fields.one(field) == key,
        text: renderer.text(words, &[]),
        key,
        note: None,
    };
    // A file that is the answer is not taken away: that is no answer.
    let is_file = matches!(question.kind, Kind::File { .. });
    let levels = [Level::Claimed, Level::Documented, Level::Verified].into_iter();
    let levels = levels.filter(|known| !is_file || *known != Level::Claimed);
    let mut all: Vec<Choice> =
        levels.map(|known| choice(known.name().to_owned(), &format!("what_if.level.{}", known.name()))).collect();
    if has_files {
        let attached =
            |found: Support| choice(format!("{ATTACHED}{}", name(found)), &format!("what_if.attached.{}", name(found)));
        all.extend(SUPPORTS.map(attached));
    }
    all
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
        let text = |key: &str| renderer.text(key, &[]);
        let reply = change.reply.as_ref().map(|reply| match reply {
            Reply::NotApplicable { .. } if change.na_accepted == Some(true) => text("what_if.na_accepted"),
            Reply::NotApplicable { .. } => text("what_if.na_claimed"),
            Reply::Declined { .. } => text("what_if.declined"),
            Reply::Text { .. } | Reply::Url { .. } | Reply::Date { .. } | Reply::File => text("what_if.answered"),
            Reply::Table { rows } => renderer.counted("what_if.rows", rows.len() as i64),
            reply => reply.in_words(question),
        });
        let nothing = change.unanswered.then(|| text("what_if.unanswered"));
        let level = change.level.map(|level| text(&format!("what_if.level.{}", level.name())));
        let since = change.effective_on.map(|day| renderer.text("what_if.since", &[("day", &iso_date::write(day))]));
        let found = change.evidence.map(|found| text(&format!("what_if.attached.{}", name(found))));
        let to = [reply, nothing, level, since, found].into_iter().flatten().collect::<Vec<_>>().join(", ");
        lines.push(renderer.text("what_if.change", &[("question", &question.text), ("to", &to)]));
    }
    lines
}
