//! A vendor's reply in words, the same for whoever gave it and for whoever reviews it.

use super::render::Renderer;
use domain::answer::Reply;
use domain::questionnaire::{Column, Kind, Question};
use std::collections::BTreeMap;

/// The reply in words: labels instead of ids, a number with its unit, one line for each row of a table; a question that
/// does not apply or is declined says so, with the reason.
pub fn in_words(renderer: &Renderer, question: &Question, reply: &Reply) -> String {
    match (reply, &question.kind) {
        (Reply::NotApplicable { reason }, _) => renderer.text("reply.not_applicable", &[("reason", reason)]),
        (Reply::Declined { reason: Some(reason) }, _) => renderer.text("reply.declined_because", &[("reason", reason)]),
        (Reply::Declined { reason: None }, _) => renderer.text("reply.declined", &[]),
        (Reply::File, _) => renderer.text("reply.file", &[]),
        (Reply::Number { number }, Kind::Number { unit: Some(unit), .. }) => format!("{number} {unit}"),
        (Reply::Table { rows }, Kind::Table { columns, .. }) => {
            let lines = rows.iter().zip(1..).map(|(row, n)| format!("{n}. {}", cells(columns, row)));
            lines.collect::<Vec<_>>().join("\n")
        }
        (other, _) => other.in_words(question),
    }
}

fn cells(columns: &[Column], row: &BTreeMap<String, String>) -> String {
    let cells = columns.iter().filter_map(|column| {
        let value = row.get(&column.id)?;
        Some(format!("{}: {}", column.label, label(column, value)))
    });
    cells.collect::<Vec<_>>().join("; ")
}

/// What stands in a cell, as people read it.
pub fn label<'a>(column: &'a Column, value: &'a str) -> &'a str {
    column.options.iter().find(|option| option.id == value).map_or(value, |option| &option.label)
}
