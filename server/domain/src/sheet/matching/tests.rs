//! What becomes of each row, and what holds whatever the rows say.

use super::{Calibration, Knowledge, Matching, Thesaurus, match_workbook};
use crate::answer::{Limits, Reply};
use crate::crosswalk::Crosswalk;
use crate::questionnaire::Authored;
use crate::sheet::own::{AnswerColumn, row_key_of};
use crate::sheet::{
    AnswerWord, Cell, CellValue, Format, Inspection, Item, Row, Sheet, Visibility, Vocabulary, Workbook, inspect,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

fn template() -> Authored {
    serde_json::from_str(include_str!("../../../../../fixtures/templates/ai-screening.json")).expect("a template")
}

/// The sheets of a workbook, each with its rows of texts.
fn workbook(sheets: &[(&str, Vec<Vec<&str>>)]) -> Workbook {
    let sheet = |(name, rows): &(&str, Vec<Vec<&str>>)| {
        let mut sheet = Sheet::new(*name, Visibility::Visible);
        for (row, number) in rows.iter().zip(1..) {
            let cells = row.iter().zip(1..).filter(|(text, _)| !text.is_empty());
            let cells =
                cells.map(|(text, column)| Cell { column, value: CellValue::Text((*text).into()), formula: false });
            sheet.rows.push(Row { number, hidden: false, cells: cells.collect() });
        }
        sheet
    };
    Workbook { format: Format::Xlsx, date_1904: false, saved_on: None, sheets: sheets.iter().map(sheet).collect() }
}

fn matched_with(workbook: &Workbook, inspection: &Inspection, crosswalks: &BTreeMap<String, Crosswalk>) -> Matching {
    let knowledge = Knowledge {
        words: Vocabulary::shipped(),
        thesaurus: Thesaurus::shipped(),
        calibration: Calibration::shipped(),
        crosswalks,
        limits: &Limits::default(),
    };
    match_workbook(workbook, inspection, &template(), &knowledge)
}

fn matched(rows: &[[&str; 4]]) -> Matching {
    let mut all = vec![vec!["ID", "Question", "Answer", "Comment"]];
    all.extend(rows.iter().map(|row| row.to_vec()));
    let workbook = workbook(&[("Questions", all)]);
    let inspection = inspect(&workbook, Vocabulary::shipped(), "vendor.xlsx", "00");
    matched_with(&workbook, &inspection, &BTreeMap::new())
}

fn choice(option: &str) -> Option<Reply> {
    Some(Reply::Choice { option: option.into() })
}

const TRAINING: &str = "Is our data used to train or improve any AI model?";
const POLICY: &str = "Do you have a written AI policy that your management has approved?";
const LIST: &str = "Do you keep a current list of the models, data sets and tools behind each AI feature?";
const KEPT: &str = "For how many days is what we enter into the AI kept, by default?";
const REVIEW: &str = "Do you review the companies that supply your AI?";

#[test]
fn every_kind_of_row_ends_where_it_belongs() {
    let matching = matched(&[
        ["1", TRAINING, "Never", ""],
        ["2", POLICY, "Yes", ""],
        ["3", LIST, "No", "Not applicable to us"],
        ["4", KEPT, "4 weeks", ""],
        ["5", "Do you ever review the companies which supply the AI to you?", "", ""],
        ["6", "Is the canteen open on Sundays?", "Yes", ""],
        ["7", "What is tested before the AI is released?", "Everything", ""],
    ]);
    let placed: Vec<_> = matching.matched.iter().map(|m| (m.question.as_str(), m.cell.as_str())).collect();
    assert_eq!(
        placed,
        [("A.7.2-1", "Questions!C2"), ("A.7.2-4", "Questions!C5"), ("A.10.3-1", "Questions!C6")],
        "{matching:#?}"
    );
    assert_eq!(matching.matched[0].answer, choice("never"));
    assert_eq!(matching.matched[1].answer, Some(Reply::Number { number: 28.0 }));
    assert_eq!((&matching.matched[2].answer, &matching.matched[2].given), (&None, &None), "a blank stays one");
    // Two options begin with "Yes": neither is what the vendor said.
    let policy = &matching.asked[0];
    assert_eq!((policy.cell.as_str(), policy.why.as_str(), policy.row), ("Questions!C3", "not-an-option", 3));
    assert_eq!(policy.candidates[0].question, "A.2.2-1");
    assert_eq!(policy.options, ["current", "old"]);
    let list = &matching.contradictions[0];
    assert_eq!((list.question.as_str(), list.says), ("A.4.2-1", AnswerWord::NotApplicable));
    assert_eq!(list.answer, choice("no"));
    assert_eq!(matching.unmatched_rows[0].text, "Is the canteen open on Sundays?");
    let released = matching.asked.iter().find(|asked| asked.row == 8).expect("asked");
    assert_eq!((released.why.as_str(), released.candidates.len()), ("not-sure", 3), "{released:?}");
    assert!(matching.unmatched_questions.iter().all(|left| left.question != "A.2.2-1"));
    let template = template();
    let first = |matching: &Matching| -> BTreeSet<String> {
        matching.asked.iter().map(|asked| asked.candidates[0].question.clone()).collect()
    };
    let spoken_for = matching.matched.len() + matching.contradictions.len() + first(&matching).len();
    assert_eq!(spoken_for + matching.unmatched_questions.len(), template.questions().count());
}

#[test]
fn two_rows_are_never_given_to_one_question() {
    for other in [TRAINING, "is our data used to train, or improve, any ai model"] {
        let matching = matched(&[["1", TRAINING, "Never", ""], ["2", other, "Yes, always", ""]]);
        assert_eq!(matching.matched, []);
        let asked: Vec<_> = matching.asked.iter().map(|asked| (asked.row, asked.why.as_str())).collect();
        assert_eq!(asked, [(2, "several-rows"), (3, "several-rows")]);
        assert!(matching.asked.iter().all(|asked| asked.candidates[0].question == "A.7.2-1"));
    }
}

#[test]
fn an_id_counts_where_the_text_does_not_say_otherwise() {
    let rows = [
        ["A.7.2-1", "Training on our data", "Never", ""],
        ["A.10.3-1", "Kontrolle der Zulieferer", "No", ""],
        ["A.2.2-1", REVIEW, "No", ""],
        ["A.4.2-1", "List of models behind the AI features", "No", ""],
    ];
    let matching = matched(&rows);
    let placed: BTreeSet<_> = matching.matched.iter().map(|m| m.question.as_str()).collect();
    assert!(placed.contains("A.7.2-1") && placed.contains("A.4.2-1"), "{matching:#?}");
    let two = matching.asked.iter().find(|asked| asked.row == 4).expect("asked");
    assert_eq!(two.why, "id-and-text-disagree");
    let shown: Vec<_> = two.candidates.iter().map(|candidate| candidate.question.as_str()).collect();
    assert!(shown.contains(&"A.2.2-1") && shown.contains(&"A.10.3-1"), "{shown:?}");
}

#[test]
fn answers_are_read_in_other_languages_than_the_question() {
    let matching = matched(&[
        ["1", LIST, "Nein", ""],
        ["2", "貴公司有否審查為其供應人工智能的公司？", "沒有", ""],
        ["3", TRAINING, "k. A.", ""],
        ["4", KEPT, "N/A", "Nothing is kept."],
        ["5", "Does this product contain any AI?", "N/A", ""],
    ]);
    let answer = |question: &str| {
        let found = matching.matched.iter().find(|matched| matched.question == question);
        found.and_then(|matched| matched.answer.clone())
    };
    assert_eq!(answer("A.4.2-1"), choice("no"));
    assert_eq!(answer("A.10.3-1"), choice("no"));
    assert_eq!(answer("A.7.2-4"), Some(Reply::NotApplicable { reason: "Nothing is kept.".into() }));
    let without = matching.asked.iter().find(|asked| asked.row == 6).expect("asked");
    assert!(["reason-required", "not-applicable-not-offered"].contains(&without.why.as_str()), "{}", without.why);
}

/// Our own workbook: hidden keys and ids, in any order of rows and columns.
fn own(order: &[usize]) -> (Workbook, Vec<String>) {
    let edition = template().edition("en");
    let questions: Vec<_> = edition.questions().collect();
    let keys = [AnswerColumn::Comment, AnswerColumn::Answer, AnswerColumn::Question, AnswerColumn::Id];
    let mut rows: Vec<Vec<String>> = vec![keys.iter().map(|key| key.key().to_owned()).collect()];
    for n in order {
        let question = questions[*n];
        let answer = question.options().first().map_or_else(String::new, |option| option.label.clone());
        rows.push(vec![String::new(), answer, question.text.clone(), row_key_of(question)]);
    }
    let texts: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let asked = order.iter().map(|n| questions[*n].id.clone()).collect();
    (workbook(&[("Renamed", texts)]), asked)
}

#[test]
fn our_own_workbook_is_matched_by_its_hidden_ids() {
    let count = template().questions().count();
    let (workbook, asked) = own(&(2..count).rev().collect::<Vec<_>>());
    let inspection = inspect(&workbook, Vocabulary::shipped(), "own.xlsx", "00");
    let matching = matched_with(&workbook, &inspection, &BTreeMap::new());
    let found: BTreeMap<_, _> = matching.matched.iter().map(|m| (m.question.as_str(), m)).collect();
    for id in asked.iter().filter(|id| id.as_str() != "REG-1") {
        let row = found.get(id.as_str()).unwrap_or_else(|| panic!("{id}: {matching:#?}"));
        assert_eq!((row.by, row.certainty), (super::By::HiddenId, 1.0));
    }
    assert_eq!(matching.asked, []);
    let left: Vec<_> = matching.unmatched_questions.iter().map(|left| left.question.as_str()).collect();
    assert_eq!(left, ["PROD-1", "PROD-2"], "their rows were deleted");
}

#[test]
fn a_workbook_of_another_framework_is_led_over_by_shared_controls() {
    let row = |control: &str, points: &[&str]| {
        json!({ "control": control, "points": points, "basis": "Ours", "strength": "partly", "source": "Ours",
            "checked": null })
    };
    let crosswalk: Crosswalk = serde_json::from_value(json!({
        "format": crate::crosswalk::FORMAT, "key": "house", "title": "House", "edition": "1", "licence_note": "Ours",
        "source": { "title": "House", "url": "https://house.example/", "checked": null }, "points": [],
        "rows": [row("A.2.2", &["H-1"]), row("A.10.3", &["H-2", "H-3"]), row("A.8.4", &["H-4"]), row("A.5.2", &["H-5"])]
    }))
    .expect("a crosswalk");
    let mut rows = vec![vec!["ID", "Question", "Answer"]];
    let texts = ["Governance paper signed?", "Vetting of partners?", "Second vetting?", "Alarm plan?", "Harm study?"];
    let ids = ["H-1", "H-2", "H-3", "H-4", "H-5"];
    rows.extend(ids.iter().zip(texts).map(|(id, text)| vec![*id, text, "Yes"]));
    let workbook = workbook(&[("House", rows)]);
    let inspection = inspect(&workbook, Vocabulary::shipped(), "house.xlsx", "00");
    let matching = matched_with(&workbook, &inspection, &BTreeMap::from([("house".to_owned(), crosswalk)]));
    assert_eq!(matching.matched, []);
    let policy = matching.suggested.iter().find(|suggested| suggested.row == 2).expect("suggested");
    assert_eq!(policy.questions[0].question, "A.2.2-1");
    assert_eq!(
        (policy.questions[0].shared.as_slice(), policy.by_way.as_str()),
        (&["A.2.2".to_owned()][..], "house H-1")
    );
    assert!(policy.questions[0].certainty < super::HIGH, "{policy:#?}");
    // "Yes" is no option of it: two begin with the word.
    assert_eq!(policy.questions[0].refused.as_deref(), Some("not-an-option"));
    assert_eq!(policy.questions[0].options, ["current", "old"]);
}

// --- whatever the rows say

fn text() -> impl Strategy<Value = String> {
    let ours: Vec<String> = template().questions().map(|q| q.text.read("en", "en").to_owned()).collect();
    let more = ours.clone();
    prop_oneof![
        3 => select(ours),
        3 => (select(more), "[a-z ]{0,12}", 0..6_usize).prop_map(|(text, word, cut)| {
            let words: Vec<&str> = text.split(' ').collect();
            format!("{} {word}", words[cut.min(words.len() - 1)..].join(" "))
        }),
        1 => "\\PC{0,60}",
        1 => select(vec!["人工知能は使われていますか", "", "?", "١٢٣", "a\u{301}\u{301}", "ＡＩ", "🦀 🦀", "ß ﬁ ǆ"])
            .prop_map(str::to_owned),
    ]
}

/// Id, question, answer and comment.
type Said = (Option<String>, String, Option<String>, Option<String>);

fn items() -> impl Strategy<Value = Vec<Said>> {
    let id = proptest::option::of(prop_oneof![
        select(vec!["A.2.2-1", "A.7.2-1", "CERT-2", "1", "2"]).prop_map(str::to_owned),
        "\\PC{0,6}"
    ]);
    let answer = proptest::option::of(prop_oneof![
        select(vec!["Yes", "No", "N/A", "30", "2026-11-21", "=1+1", "x"]).prop_map(str::to_owned),
        "\\PC{0,20}"
    ]);
    let comment = proptest::option::of(select(vec!["Not yet", "Not applicable", "See annex"]).prop_map(str::to_owned));
    proptest::collection::vec((id, text(), answer, comment), 0..14)
}

/// Matches rows in this order; what became of each is told by what the row says.
fn fates(rows: &[Said], order: &[usize]) -> Vec<String> {
    let base = workbook(&[("Q", vec![vec!["ID", "Question", "Answer"], vec!["1", "Is it so?", "Yes"]])]);
    let mut inspection = inspect(&base, Vocabulary::shipped(), "any.xlsx", "00");
    let blank = inspection.sheets[0].items.as_ref().expect("a question")[0].clone();
    let item = |(at, n): (usize, &usize)| {
        let (id, question, answer, comment) = rows[*n].clone();
        let row = u32::try_from(at).expect("few rows") + 2;
        Item { cell: format!("Q!C{row}"), row, id, question, answer, comment, ..blank.clone() }
    };
    let items: Vec<Item> = order.iter().enumerate().map(item).collect();
    inspection.sheets[0].items = Some(items.clone());
    inspection.sheets[0].skipped.clear();
    let empty = workbook(&[("Q", Vec::new())]);
    let matching = matched_with(&empty, &inspection, &BTreeMap::new());
    let mut fate: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut questions: Vec<&str> = Vec::new();
    for row in &matching.matched {
        questions.push(&row.question);
        fate.entry(row.cell.clone()).or_default().push(format!("{} {:?} {:.9}", row.question, row.by, row.certainty));
    }
    for row in &matching.contradictions {
        questions.push(&row.question);
        fate.entry(row.cell.clone()).or_default().push(format!("{} against {:?}", row.question, row.says));
    }
    for row in &matching.asked {
        assert!(row.candidates.len() <= 3);
        fate.entry(row.cell.clone()).or_default().push(format!("{} {:?}", row.why, row.candidates));
    }
    for row in &matching.unmatched_rows {
        fate.entry(row.cell.clone()).or_default().push(row.why.clone());
    }
    assert_eq!(matching.suggested, [], "no framework is known");
    let distinct: BTreeSet<&str> = questions.iter().copied().collect();
    assert_eq!(distinct.len(), questions.len(), "one row to one question");
    let of_item = |item: &Item| {
        let fate = fate.get(&item.cell).unwrap_or_else(|| panic!("{} was dropped", item.cell));
        assert_eq!(fate.len(), 1, "{fate:?}");
        format!("{:?} {:?} {:?} {:?}: {}", item.id, item.question, item.answer, item.comment, fate[0])
    };
    let mut fates: Vec<String> = items.iter().map(of_item).collect();
    fates.sort();
    fates
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_changes_nothing_and_no_row_is_lost(
        (rows, order) in items().prop_flat_map(|rows| {
            let order: Vec<usize> = (0..rows.len()).collect();
            (Just(rows), Just(order).prop_shuffle())
        })
    ) {
        let straight: Vec<usize> = (0..rows.len()).collect();
        prop_assert_eq!(fates(&rows, &straight), fates(&rows, &order));
    }
}
