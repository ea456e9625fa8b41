//! Deciding what is asked and whether the answers fit, for 150 questions, beside looking every answer up once; and
//! checking a questionnaire of a thousand questions, beside parsing its JSON.

mod pair;

use domain::answer::{Limits, Profile, Reply, parse, visibility};
use domain::questionnaire::check::{Known, check, remarks};
use domain::questionnaire::{Authored, Document, Kind, Question};
use pair::pair;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::hint::black_box;

const SHIPPED: &str = include_str!("../../../fixtures/templates/iso-42001.json");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let document: Document = {
        let authored: Authored = serde_json::from_value(grown(150)?)?;
        authored.edition("en")
    };
    let replies: BTreeMap<String, Reply> =
        document.questions().filter_map(|question| Some((question.id.clone(), reply(question)?))).collect();
    let (profile, limits) = (Profile::default(), Limits::default());
    pair(
        "what 150 questions ask, and every answer checked",
        2_000,
        || {
            let shown = visibility(&document, &replies, &profile);
            for question in document.questions().filter(|question| shown.shows(&question.id)) {
                if let Some(reply) = replies.get(&question.id) {
                    black_box(parse(question, reply.clone(), &limits)).ok();
                }
            }
        },
        || {
            for question in document.questions() {
                black_box(replies.get(&question.id).cloned());
            }
        },
    );
    let json = serde_json::to_string(&grown(1_000)?)?;
    let authored: Authored = serde_json::from_str(&json)?;
    let problems = check(&authored, Known::default());
    assert!(problems.is_empty(), "{:?}", problems.first());
    pair(
        "checking 1,000 questions",
        50,
        || drop(black_box((check(&authored, Known::default()), remarks(&authored)))),
        || drop(black_box(serde_json::from_str::<Authored>(&json))),
    );
    Ok(())
}

/// The shipped questionnaire, again and again under other ids, until it asks so much.
fn grown(questions: usize) -> Result<Value, serde_json::Error> {
    let shipped: Value = serde_json::from_str(SHIPPED)?;
    let mut whole = shipped.clone();
    let (mut sections, mut count) = (Vec::new(), 0);
    for copy in 0.. {
        for section in shipped["sections"].as_array().into_iter().flatten() {
            let mut section = section.clone();
            if copy > 0 {
                rename(&mut section, &format!("C{copy}."));
            }
            let own = section["questions"].as_array_mut().map(|own| {
                own.truncate(questions - count);
                own.len()
            });
            count += own.unwrap_or(0);
            sections.push(section);
            if count == questions {
                whole["sections"] = sections.into();
                return Ok(whole);
            }
        }
    }
    Ok(whole)
}

/// Gives a section and its questions other ids, and lets their conditions speak of those.
fn rename(section: &mut Value, prefix: &str) {
    let renamed = |id: &Value| json!(format!("{prefix}{}", id.as_str().unwrap_or_default()));
    section["id"] = renamed(&section["id"]);
    for question in section["questions"].as_array_mut().into_iter().flatten() {
        question["id"] = renamed(&question["id"]);
        if let Some(condition) = question["show_if"].as_str() {
            question["show_if"] = json!(condition.replace('{', &format!("{{{prefix}")));
        }
    }
}

/// An answer that fits; the first option of a choice.
fn reply(question: &Question) -> Option<Reply> {
    let first = || question.options().first().map(|option| option.id.clone());
    Some(match &question.kind {
        Kind::Single { .. } => Reply::Choice { option: first()? },
        Kind::Multiple { .. } => Reply::Choices { options: first().into_iter().collect() },
        Kind::Text { .. } | Kind::LongText { .. } => Reply::Text { text: "As our policy says, since 2024.".to_owned() },
        Kind::Number { min, .. } => Reply::Number { number: min.unwrap_or(1.0) },
        _ => return None,
    })
}
