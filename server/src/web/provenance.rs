//! Where an answer came from, in words: the same for whoever gave it and for whoever reads it.

use super::render::Renderer;
use crate::actions::answers_import::earlier;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Display;

/// A workbook that an answer came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// "From CAIQ.xlsx, cell CAIQ!D14, 93 % sure, confirmed by ..."
    pub line: String,
    /// The row's own words, the file's hash and how it was matched: what each is called, and what it says.
    pub facts: Vec<Fact>,
}

/// Something that is known of an origin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is called.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// The workbooks that an answer came from, the newest first: the one that it comes from now, and those that gave it
/// before it was changed here.
pub fn origins(renderer: &Renderer, source: &Value) -> Vec<Origin> {
    let now = Some(source).filter(|source| source["kind"] == "imported").map(|source| origin(renderer, source, false));
    let mut before: Vec<Origin> = earlier(source).map(|source| origin(renderer, source, true)).collect();
    before.reverse();
    now.into_iter().chain(before).collect()
}

fn origin(renderer: &Renderer, source: &Value, is_earlier: bool) -> Origin {
    let text = |name: &str| source[name].as_str().unwrap_or_default();
    let cell = text("cell");
    // Answers of before this was kept know their cell alone.
    let line = if text("file").is_empty() {
        renderer.text("origin.cell", &[("cell", &cell)])
    } else {
        let percent = source["certainty"].as_f64().map(|sure| (sure * 100.0 + 1e-6).floor());
        let by = text("confirmed_by");
        let values: [(&str, &dyn Display); 4] =
            [("file", &text("file")), ("cell", &cell), ("by", &by), ("percent", &percent.unwrap_or_default())];
        match percent {
            Some(_) => renderer.text("origin.line", &values),
            None => renderer.text("origin.line_chosen", &values),
        }
    };
    let line = match (is_earlier, source["undone"] == true) {
        (_, true) => renderer.text("origin.undone", &[("line", &line)]),
        (true, false) => renderer.text("origin.earlier", &[("line", &line)]),
        (false, false) => line,
    };
    let matched = match text("by") {
        "hidden id" => renderer.text("origin.by.hidden_id", &[]),
        "id" => renderer.text("origin.by.id", &[]),
        "text" => renderer.text("origin.by.text", &[]),
        "similarity" => renderer.text("origin.by.similarity", &[]),
        "shared control" => {
            let shared: Vec<&str> =
                source["shared"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let values: [(&str, &dyn Display); 2] = [("controls", &shared.join(", ")), ("way", &text("by_way"))];
            renderer.text("origin.by.shared_control", &values)
        }
        "person" => renderer.text("origin.by.person", &[]),
        _ => String::new(),
    };
    let facts = [
        ("origin.question", text("question").to_owned()),
        ("origin.answer", text("answer").to_owned()),
        ("origin.comment", text("comment").to_owned()),
        ("origin.matched", matched),
        ("origin.file_date", text("file_date").to_owned()),
        ("origin.confirmed_at", text("confirmed_at").to_owned()),
        ("origin.sha256", text("sha256").to_owned()),
    ];
    let told = facts.into_iter().filter(|(_, text)| !text.is_empty());
    Origin { line, facts: told.map(|(key, text)| Fact { name: renderer.text(key, &[]), text }).collect() }
}
