//! Matching workbooks of 250 to 4,000 rows against 300 questions, beside reading every letter of the same texts
//! once, which is the least that can be done with them.

mod pair;

use domain::answer::Limits;
use domain::questionnaire::{Authored, Text};
use domain::register::fold;
use domain::sheet::matching::{Calibration, Knowledge, Thesaurus, match_workbook};
use domain::sheet::{Cell, CellValue, Format, Row, Sheet, Visibility, Vocabulary, Workbook, inspect};
use pair::pair;
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;

const ROUNDS: usize = 20;
const QUESTIONS: usize = 300;
const SHIPPED: [&str; 7] = [
    include_str!("../../../fixtures/templates/iso-42001.json"),
    include_str!("../../../fixtures/templates/ai-screening.json"),
    include_str!("../../../fixtures/templates/annual-change.json"),
    include_str!("../../../fixtures/templates/embedded-ai-features.json"),
    include_str!("../../../fixtures/templates/generative-ai.json"),
    include_str!("../../../fixtures/templates/high-risk-eu.json"),
    include_str!("../../../fixtures/templates/hong-kong.json"),
];

/// The questions of all shipped templates as one, and the first ones again under other ids until there are enough.
fn template() -> Result<Authored, serde_json::Error> {
    let mut templates = SHIPPED.iter().map(|json| serde_json::from_str(json)).collect::<Result<Vec<Authored>, _>>()?;
    let mut whole = templates.swap_remove(0);
    let mut again = whole.sections.clone();
    for question in again.iter_mut().flat_map(|section| &mut section.questions) {
        question.id = format!("AGAIN-{}", question.id);
        question.text = Text::One(format!("And at your subsidiaries: {}", question.text.read("en", "en")));
    }
    whole.sections.extend(templates.into_iter().flat_map(|template| template.sections).chain(again));
    let mut seen = BTreeSet::new();
    for section in &mut whole.sections {
        section.questions.retain(|question| seen.len() < QUESTIONS && seen.insert(question.id.clone()));
    }
    Ok(whole)
}

/// A stranger's workbook: every third row is a question of ours with a word more and a word less, the others share
/// words with it.
fn workbook(template: &Authored, rows: usize) -> Workbook {
    let texts: Vec<&str> = template.questions().map(|question| question.text.read("en", "en")).collect();
    let cell = |column: u32, text: String| Cell { column, value: CellValue::Text(text), formula: false };
    let mut sheet = Sheet::new("Questions", Visibility::Visible);
    let heading = ["No.", "Question", "Answer", "Comment"].iter().zip(1..).map(|(text, n)| cell(n, (*text).into()));
    sheet.rows.push(Row { number: 1, hidden: false, cells: heading.collect() });
    for n in 0..rows {
        let words: Vec<&str> = texts[n % texts.len()].split(' ').collect();
        let others: Vec<&str> = texts[(n * 7 + 3) % texts.len()].split(' ').collect();
        let question = if n % 3 == 0 {
            format!("{} in region {n}", words[..words.len().saturating_sub(1).max(1)].join(" "))
        } else {
            format!("{} {} {n}?", words[..words.len() / 2].join(" "), others[others.len() / 2..].join(" "))
        };
        let number = u32::try_from(n).unwrap_or(u32::MAX - 2) + 2;
        let cells =
            vec![cell(1, format!("{n}")), cell(2, question), cell(3, "Yes".into()), cell(4, "See annex".into())];
        sheet.rows.push(Row { number, hidden: false, cells });
    }
    Workbook { format: Format::Xlsx, date_1904: false, saved_on: None, sheets: vec![sheet] }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let template = template()?;
    assert_eq!(template.questions().count(), QUESTIONS);
    let limits = Limits::default();
    let knowledge = Knowledge {
        words: Vocabulary::shipped(),
        thesaurus: Thesaurus::shipped(),
        calibration: Calibration::shipped(),
        crosswalks: &BTreeMap::new(),
        limits: &limits,
    };
    for rows in [250, 500, 1_000, 2_000, 4_000] {
        let workbook = workbook(&template, rows);
        let inspection = inspect(&workbook, Vocabulary::shipped(), "bench.xlsx", "");
        assert_eq!(inspection.totals.questions, rows);
        pair(
            &format!("matching {rows} rows with {QUESTIONS} questions"),
            ROUNDS,
            || drop(black_box(match_workbook(&workbook, &inspection, &template, &knowledge))),
            || {
                let items = inspection.sheets.iter().flat_map(|sheet| sheet.items.iter().flatten());
                let of_rows: usize = items.map(|item| fold::words(&item.question).len()).sum();
                let languages = || template.languages.iter();
                let texts = template
                    .questions()
                    .flat_map(|question| languages().map(|language| question.text.read(language, "en")));
                black_box(of_rows + texts.map(|text| fold::words(text).len()).sum::<usize>());
            },
        );
    }
    Ok(())
}
