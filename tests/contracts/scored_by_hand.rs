//! The assessments that were scored by hand, step by step, in `docs/scored-by-hand.md`: the program gives the numbers
//! that stand there.

use crate::harness::{binary, fixture, root};
use serde_json::{Value, json};
use std::process::Command;

/// The rows of a table, cell by cell, its heading first.
type Table = Vec<Vec<String>>;

/// What was worked out: the document that was scored, and the tables below *Result*.
struct Worked {
    input: String,
    tables: Vec<Table>,
}

impl Worked {
    /// The rows of the table whose first heading is this one; none where there is no such table.
    fn rows(&self, heading: &str) -> &[Vec<String>] {
        self.tables.iter().find(|table| table[0][0] == heading).map_or(&[], |table| &table[1..])
    }

    fn figure(&self, name: &str) -> &str {
        &self.rows("figure").iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no {name}"))[1]
    }
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn worked() -> Vec<Worked> {
    let page = std::fs::read_to_string(root().join("docs/scored-by-hand.md")).expect("the page");
    let results = page.split("\n### Result\n");
    let names = page.lines().filter_map(|line| line.strip_prefix('`')?.split_once(".json`.")).map(|(name, _)| name);
    let read = |(name, result): (&str, &str)| {
        let own = result.split("\n## ").next().unwrap_or_default();
        let mut tables: Vec<Table> = vec![Vec::new()];
        for line in own.lines() {
            match line.starts_with('|') {
                true if line.starts_with("| ---") => {}
                true => tables.last_mut().expect("never empty").push(cells(line)),
                false => tables.push(Vec::new()),
            }
        }
        tables.retain(|table| !table.is_empty());
        Worked { input: format!("{name}.json"), tables }
    };
    names.zip(results.skip(1)).map(read).collect()
}

/// A number as it was worked out: a decimal, or a fraction with the decimal that it makes.
fn number(cell: &str) -> f64 {
    let (exact, decimal) = cell.split_once(" = ").unwrap_or((cell, cell));
    let part = |text: &str| text.parse::<f64>().unwrap_or_else(|_| panic!("{cell} is no number"));
    let value = exact.split_once('/').map_or_else(|| part(exact), |(above, below)| part(above) / part(below));
    assert!((value - part(decimal)).abs() < 1e-11, "{cell} is not the same twice");
    value
}

fn same(what: &str, found: &Value, cell: &str) {
    let (found, worked) = (found.as_f64().unwrap_or_else(|| panic!("{what}: no number")), number(cell));
    assert!((found - worked).abs() <= 1e-9 * worked.abs().max(1.0), "{what}: {found}, by hand {cell}");
}

fn said(found: &Value) -> &str {
    found.as_str().expect("a text")
}

/// A list of the score against a table: as many lines, in the same order, the last cell a number and the others names.
fn lines(what: &str, found: &Value, names: &[&str], number: &str, rows: &[Vec<String>]) {
    let found = found.as_array().expect("a list");
    assert_eq!(found.len(), rows.len(), "{what}: {found:?}");
    for (line, row) in found.iter().zip(rows) {
        let worded: Vec<&str> = names.iter().map(|name| said(&line[*name])).collect();
        assert_eq!(worded, row[..names.len()], "{what}");
        same(&format!("{what} {worded:?}"), &line[number], &row[row.len() - 1]);
    }
}

/// As the page writes it: what fired, with its floor and the questions that made it fire.
fn knock_outs(found: &Value) -> String {
    let told = found.as_array().expect("a list").iter().map(|fired| {
        let questions: Vec<&str> = fired["questions"].as_array().expect("a list").iter().map(said).collect();
        let questions = if questions.is_empty() { "no question".to_owned() } else { questions.join(", ") };
        format!("{} ({}; {questions})", said(&fired["id"]), said(&fired["floor"]))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { "none".to_owned() } else { told.join(", ") }
}

#[test]
fn three_assessments_scored_by_hand() {
    let folder = root().join("fixtures/scoring/by-hand");
    let all = worked();
    assert_eq!(all.len(), 3);
    for worked in all {
        let input = folder.join(&worked.input);
        let mut command = Command::new(binary());
        command.arg("score").arg("--policy").arg(folder.join("policy.json")).arg("--input").arg(&input).arg("--json");
        let output = command.output().expect("the binary");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let score: Value = serde_json::from_slice(&output.stdout).expect("a score");
        let what = &worked.input;
        for figure in ["residual", "best_case", "completeness", "confidence"] {
            same(&format!("{what}: {figure}"), &score[figure], worked.figure(figure));
        }
        for figure in ["driver", "band", "rating"] {
            assert_eq!(score[figure], worked.figure(figure), "{what}: {figure}");
        }
        assert_eq!(knock_outs(&score["knock_outs"]), worked.figure("knock_outs"), "{what}");
        let domains = score["domains"].as_array().expect("domains");
        assert_eq!((domains.len(), worked.rows("domain").len()), (7, 7), "{what}");
        for (domain, row) in domains.iter().zip(worked.rows("domain")) {
            assert_eq!((said(&domain["domain"]), said(&domain["band"])), (&*row[0], &*row[8]), "{what}");
            let computed: Vec<&str> = row[3].split(", ").collect();
            let stakes = [&domain["severity"], &domain["likelihood"]].into_iter().zip([&*row[1], &*row[2]]);
            let stakes = stakes
                .chain([&domain["computed"]["severity"], &domain["computed"]["likelihood"]].into_iter().zip(computed));
            let shares = ["inherent", "effectiveness", "coverage", "residual"].map(|name| &domain[name]);
            for (found, cell) in stakes.chain(shares.into_iter().zip(row[4..8].iter().map(String::as_str))) {
                same(&format!("{what}: {}", row[0]), found, cell);
            }
        }
        lines(what, &score["controls"], &["control"], "effectiveness", worked.rows("control"));
        for (control, row) in score["controls"].as_array().expect("controls").iter().zip(worked.rows("control")) {
            same(&format!("{what}: weight of {}", row[0]), &control["weight"], &row[1]);
        }
        let names = ["domain", "control", "question"];
        lines(what, &score["contributions"], &names, "reduction", worked.rows("takes off in"));
        lines(what, &score["opportunities"], &["question"], "reduction", worked.rows("would help most"));
    }
}

/// The page says what the policy and the inputs say: a number changed in a document alone is seen.
#[test]
fn the_page_is_about_these_documents() {
    let page = std::fs::read_to_string(root().join("docs/scored-by-hand.md")).expect("the page");
    let document =
        |name: &str| -> Value { serde_json::from_slice(&fixture(&format!("scoring/by-hand/{name}"))).expect("JSON") };
    let policy = document("policy.json");
    for (domain, weights) in policy["domain_controls"].as_object().expect("domains") {
        let weights =
            weights.as_object().expect("weights").iter().map(|(control, weight)| format!("{control}: {weight}"));
        let row = format!("| {domain} | {} |", weights.collect::<Vec<_>>().join(", "));
        assert!(page.contains(&row), "{row}");
    }
    let sections: Vec<&str> = page.split("\n## ").collect();
    for name in ["plain", "evidence", "floors"] {
        let mark = format!("`{name}.json`.");
        let section = sections.iter().find(|section| section.lines().any(|line| line.starts_with(&mark)));
        let section = section.expect("its section");
        for question in document(&format!("{name}.json"))["questions"].as_array().expect("questions") {
            let row = format!("| {} | {} | {} |", said(&question["id"]), question["weight"], said(&question["state"]));
            let line =
                section.lines().find(|line| line.starts_with(&row)).unwrap_or_else(|| panic!("{name}: no {row}"));
            let counted = question["weight"] != json!(0) && question["state"] == "answered";
            if counted {
                same(&row, &question["value"], &cells(line)[3]);
            }
        }
    }
}
