//! Replies, dates and sizes as people read them.

use crate::platform::wording::Wording;
use crate::web::moment::minute;
use crate::web::render::Renderer;
use crate::web::reply::in_words;
use domain::answer::Reply;
use domain::problem::Problem;
use domain::questionnaire::{Kind, Question};
use time::OffsetDateTime;

/// `2026-11-21 10:42 UTC`.
pub(super) fn moment(at: OffsetDateTime) -> String {
    format!("{} UTC", minute(at))
}

/// `10:42 UTC` of the same day, with the date on any other.
pub(super) fn saved_at(at: OffsetDateTime, now: OffsetDateTime) -> String {
    if at.date() == now.date() { format!("{:02}:{:02} UTC", at.hour(), at.minute()) } else { moment(at) }
}

/// A size in bytes, as people read it.
pub(super) fn size(bytes: i64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", (bytes + 512) / 1_024),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

/// A reply and its comment in words; nothing where there is neither.
pub(super) fn said(
    wording: &Renderer,
    question: &Question,
    given: Option<&Reply>,
    comment: Option<&str>,
) -> Option<String> {
    let comment = comment.map(|comment| wording.text("question.comment_given", &[("comment", &comment)]));
    let lines: Vec<String> = given.map(|given| in_words(wording, question, given)).into_iter().chain(comment).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What is wrong with an answer: in words, naming the row and column of a table, or the comment.
pub(super) fn problem(wording: &Wording, renderer: &Renderer, question: &Question, problem: &Problem) -> String {
    let words = crate::web::say::problem(wording, problem);
    let rest = problem.at.strip_prefix(question.id.as_str()).unwrap_or_default();
    if rest == ".comment" {
        return renderer.text("portal.problem.in_comment", &[("problem", &words)]);
    }
    match row_and_column(rest) {
        Some((row, column)) => {
            let label = match &question.kind {
                Kind::Table { columns, .. } => {
                    columns.iter().find(|known| known.id == column).map_or(column, |known| &known.label)
                }
                _ => column,
            };
            renderer.text("portal.problem.in_cell", &[("row", &row), ("column", &label), ("problem", &words)])
        }
        None => words,
    }
}

/// The row (from 1) and the column in `[3].vendor`.
pub(super) fn row_and_column(rest: &str) -> Option<(usize, &str)> {
    let (row, column) = rest.strip_prefix('[')?.split_once("].")?;
    Some((row.parse().ok()?, column))
}
