//! What was found against the truth: right, asked, or wrong without asking.

use serde_json::{Value, json};

/// The verdict on one file.
#[derive(Debug, Default)]
pub struct Verdict {
    pub questions: (u64, u64),
    pub answered: (u64, u64),
    /// Decisions that were compared.
    pub decisions: usize,
    /// Things that the file's report asks a person about.
    pub asked: usize,
    /// Wrong, but asked.
    pub wrong_asked: Vec<String>,
    /// Wrong, and nobody is asked.
    pub wrong: Vec<String>,
}

/// Compares a report with a truth file; what the truth does not mention is not compared.
pub fn compare(found: &Value, truth: &Value) -> Verdict {
    let count = |of: &Value, what: &str| of["totals"][what].as_u64().unwrap_or(0);
    let mut verdict = Verdict {
        questions: (count(found, "questions"), count(truth, "questions")),
        answered: (count(found, "answered"), count(truth, "answered")),
        ..Verdict::default()
    };
    let nothing = Vec::new();
    let sheets = found["sheets"].as_array().unwrap_or(&nothing);
    verdict.asked = sheets.iter().filter_map(|sheet| sheet["asks"].as_array()).map(Vec::len).sum();
    for wanted in truth["sheets"].as_array().unwrap_or(&nothing) {
        let name = wanted["name"].as_str().unwrap_or_default();
        match sheets.iter().find(|sheet| sheet["name"] == wanted["name"]) {
            Some(sheet) => one_sheet(name, sheet, wanted, &mut verdict),
            None => verdict.wrong.push(format!("{name}: no such sheet")),
        }
    }
    if count(found, "questions") != count(truth, "questions") || count(found, "answered") != count(truth, "answered") {
        let text = format!("totals {} instead of {}", found["totals"], truth["totals"]);
        if verdict.wrong_asked.is_empty() { verdict.wrong.push(text) } else { verdict.wrong_asked.push(text) }
    }
    verdict
}

fn one_sheet(name: &str, found: &Value, wanted: &Value, verdict: &mut Verdict) {
    let nothing = Vec::new();
    let asks = found["asks"].as_array().unwrap_or(&nothing);
    let is_asked = |about: &str, row: &Value| {
        asks.iter().any(|ask| ask["about"] == about && (row.is_null() || ask["row"] == *row) || ask["about"] == "role")
            || asks.iter().any(|ask| ask["about"] == "header" && about != "role")
    };
    let mut check = |about: &str, row: &Value, what: String, found: &Value, wanted: &Value| {
        verdict.decisions += 1;
        if found != wanted {
            let text = format!("{name}: {what} is {found} instead of {wanted}");
            if is_asked(about, row) { verdict.wrong_asked.push(text) } else { verdict.wrong.push(text) }
        }
    };
    let null = Value::Null;
    check("role", &null, "role".into(), &found["role"], &wanted["role"]);
    for key in ["visible", "rows", "header_rows", "family"] {
        if !wanted[key].is_null() {
            check("header", &null, key.into(), &found[key], &wanted[key]);
        }
    }
    for (role, place) in wanted["columns"].as_object().into_iter().flatten() {
        check(role, &null, format!("column {role}"), &found["columns"][role], place);
    }
    if !wanted["defaulted"].is_null() {
        check("answer", &null, "defaulted".into(), &json!(found["defaulted"] == true), &wanted["defaulted"]);
    }
    let items = found["items"].as_array().unwrap_or(&nothing);
    let truths = wanted["items"].as_array().unwrap_or(&nothing);
    let rows = |items: &[Value]| items.iter().map(|item| item["row"].clone()).collect::<Vec<_>>();
    let (have, want) = (rows(items), rows(truths));
    for row in have.iter().filter(|row| !want.contains(row)) {
        check("row", row, format!("row {row}"), &json!("a question"), &json!("none"));
    }
    for row in want.iter().filter(|row| !have.contains(row)) {
        check("row", row, format!("row {row}"), &json!("no question"), &json!("one"));
    }
    let mut left: Vec<&Value> = items.iter().collect();
    for truth in truths {
        let Some(at) = left.iter().position(|item| item["row"] == truth["row"]) else { continue };
        let item = left.remove(at);
        for (key, value) in truth.as_object().into_iter().flatten().filter(|(key, _)| *key != "row") {
            let about =
                if matches!(key.as_str(), "id" | "question" | "answer" | "comment") { key.as_str() } else { "row" };
            let about = if is_asked("row", &truth["row"]) { "row" } else { about };
            check(about, &truth["row"], format!("row {} {key}", truth["row"]), &item[key], value);
        }
    }
    for row in wanted["passed"].as_array().unwrap_or(&nothing) {
        let first = want.first().and_then(Value::as_u64).unwrap_or(0);
        let last = want.last().and_then(Value::as_u64).unwrap_or(0);
        let is_between = row.as_u64().is_some_and(|row| (first..last).contains(&row));
        let named = found["skipped"].as_array().unwrap_or(&nothing).iter().any(|skipped| skipped["row"] == *row);
        if is_between {
            check("row", row, format!("row {row} passed over with a reason"), &json!(named), &json!(true));
        }
    }
}
