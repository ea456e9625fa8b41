//! What a comparison of two versions says, change by change.

use super::*;
use crate::answer::{Limits, Profile, Reply};
use crate::questionnaire::Document;
use serde_json::{Value, json};

const SHIPPED: [&str; 2] = [
    include_str!("../../../../../fixtures/templates/ai-screening.json"),
    include_str!("../../../../../fixtures/templates/embedded-ai-features.json"),
];

fn parsed(value: &Value) -> Option<Authored> {
    serde_json::from_value(value.clone()).ok()
}

/// Every place in a JSON document that holds a value, as pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                places(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            found.push(at.to_owned());
            for (n, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{n}"), found);
            }
        }
        _ => found.push(at.to_owned()),
    }
}

/// Of the questions those that say something at a place at which none before them does.
fn varied(mut value: Value) -> Value {
    let mut seen = BTreeSet::new();
    for section in value["sections"].as_array_mut().into_iter().flatten() {
        section["questions"].as_array_mut().expect("questions").retain(|question| {
            let mut all = Vec::new();
            places(question, "", &mut all);
            let kinds =
                all.into_iter().map(|place| format!("{}{}", question["type"], place.replace(char::is_numeric, "")));
            kinds.filter(|kind| seen.insert(kind.clone())).count() > 0
        });
    }
    value
}

/// Another value of the same kind.
fn altered(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(format!("{text} altered")),
        Value::Number(number) => json!(number.as_f64().map_or(0.5, |n| if n == 0.25 { 0.5 } else { 0.25 })),
        Value::Bool(is_so) => json!(!is_so),
        Value::Array(items) => json!(items.iter().rev().collect::<Vec<_>>()),
        other => other.clone(),
    }
}

#[test]
fn nothing_that_a_document_says_changes_unnoticed() {
    let mut tried = 0;
    for text in SHIPPED {
        let value = varied(serde_json::from_str(text).expect("JSON"));
        let before = parsed(&value).expect("a document");
        let mut all = Vec::new();
        places(&value, "", &mut all);
        for place in all {
            let mut value = value.clone();
            let spot = value.pointer_mut(&place).expect("the place");
            *spot = altered(spot);
            // What is not a document any more is refused elsewhere; the version's own number is no change.
            let Some(after) = parsed(&value) else { continue };
            let same = Document { version: before.version, format: before.format.clone(), ..after.clone() };
            if before == same {
                continue;
            }
            tried += 1;
            let found = diff(&before, &after);
            assert!(!found.is_empty(), "{place}: nothing found");
            assert_ne!(found, diff(&after, &before), "{place}: the same both ways");
        }
        assert!(diff(&before, &before).is_empty());
    }
    assert!(tried > 300, "only {tried}");
}

fn small() -> Value {
    json!({
        "format": "candor-template/2", "key": "small", "version": 1, "title": "Small", "summary": "Small.",
        "languages": ["en", "zh-Hant"], "minutes": 5,
        "sections": [
            { "id": "one", "title": "One", "questions": [
                { "id": "Q1", "text": "Is there AI?", "type": "single", "weight": 2.0, "required": true, "options": [
                    { "id": "yes", "label": "Yes", "value": 1.0 }, { "id": "no", "label": "No", "value": 0.0 } ] },
                { "id": "Q2", "text": { "en": "Which?", "zh-Hant": "哪些？" }, "type": "text", "show_if": "{Q1} = 'yes'" },
                { "id": "Q3", "text": "Since when?", "type": "date" },
                { "id": "Q4", "text": "How many?", "type": "number", "min": 0.0 }
            ] },
            { "id": "two", "title": "Two", "questions": [ { "id": "Q5", "text": "More?", "type": "long_text" } ] }
        ]
    })
}

fn versions(change: impl FnOnce(&mut Value)) -> (Authored, Authored) {
    let before = small();
    let mut after = before.clone();
    change(&mut after);
    (parsed(&before).expect("a document"), parsed(&after).expect("a document"))
}

fn of<'a>(diff: &'a Diff, question: &str) -> &'a [Change] {
    diff.changed.iter().find(|changed| changed.question == question).map_or(&[], |changed| &changed.changes)
}

#[test]
fn each_kind_of_change_is_told_apart() {
    let (before, after) = versions(|value| {
        let first = &mut value["sections"][0]["questions"];
        first[0]["weight"] = json!(3.0);
        first[0]["options"][1]["label"] = json!("No, none");
        first[1]["text"]["zh-Hant"] = json!("是哪些？");
        first[1]["show_if"] = json!("{Q1} != 'no'");
        first[3]["max"] = json!(9.0);
        first.as_array_mut().expect("questions").remove(2);
        value["sections"][1]["questions"].as_array_mut().expect("questions").push(json!(
            { "id": "Q6", "text": "New?", "type": "text" }
        ));
    });
    let diff = diff(&before, &after);
    assert_eq!((diff.added.as_slice(), diff.removed.as_slice()), (&["Q6".to_owned()][..], &["Q3".to_owned()][..]));
    let aspects: Vec<_> = of(&diff, "Q1").iter().map(|c| (c.aspect.name(), c.part, c.of.as_deref())).collect();
    assert_eq!(aspects, [("reworded", "option-label", Some("no")), ("rescored", "weight", None)]);
    let words = &of(&diff, "Q2")[0];
    assert_eq!((words.language.as_deref(), words.after.as_deref()), (Some("zh-Hant"), Some("是哪些？")));
    assert_eq!(of(&diff, "Q2")[1].aspect, Aspect::Rerouted);
    assert_eq!((of(&diff, "Q4")[0].part, of(&diff, "Q4")[0].before.as_deref()), ("max", None));
    assert_eq!((diff.count(Aspect::Retyped), diff.moved.len()), (1, 0), "what goes and comes moves nothing");
}

#[test]
fn a_question_that_moves_is_named_and_those_it_passes_are_not() {
    let (before, after) = versions(|value| {
        let questions = value["sections"][0]["questions"].as_array_mut().expect("questions");
        let first = questions.remove(0);
        questions.push(first);
    });
    let diff = diff(&before, &after);
    assert_eq!((diff.moved.as_slice(), diff.changed.len()), (&["Q1".to_owned()][..], 0));
}

#[test]
fn a_move_says_what_becomes_of_each_answer() {
    let (before, after) = versions(|value| {
        let first = &mut value["sections"][0]["questions"];
        first[0]["options"][0]["id"] = json!("yes_some");
        first[1]["show_if"] = json!("{Q1} = 'yes_some'");
        first[3]["text"] = json!("How many are there?");
        first.as_array_mut().expect("questions").remove(2);
        value["sections"][1]["questions"].as_array_mut().expect("questions").push(json!(
            { "id": "Q6", "text": "New?", "type": "text", "required": true }
        ));
    });
    let text = |text: &str| Reply::Text { text: text.to_owned() };
    let replies = BTreeMap::from([
        ("Q1".to_owned(), Reply::Choice { option: "yes".to_owned() }),
        ("Q2".to_owned(), text("A model")),
        ("Q3".to_owned(), serde_json::from_value(json!({ "kind": "date", "date": "2026-01-31" })).expect("a date")),
        ("Q4".to_owned(), Reply::Number { number: 3.0 }),
        ("Q5".to_owned(), text("Nothing")),
    ]);
    let moving = moving(&before, &after, &replies, &Profile::default(), &Limits::default());
    assert_eq!(moving.kept, ["Q5"]);
    assert_eq!(moving.to_confirm, ["Q4"]);
    assert_eq!(moving.misfits.iter().map(|problem| problem.at.as_str()).collect::<Vec<_>>(), ["Q1"]);
    assert_eq!(moving.hidden, ["Q2"], "no option of Q1 that shows it is chosen any more");
    assert_eq!(moving.removed, ["Q3"]);
    assert_eq!(moving.asked, ["Q6"]);
    assert_eq!(moving.required, ["Q1", "Q6"], "Q1 has to be answered again");
}
