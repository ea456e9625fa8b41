//! What is written into a workbook is what is read back from it, for replies of every kind.

use candor::platform::workbook::write::{AnswerCell, Cover, WorkbookWords, answer_workbook};
use candor::platform::workbook::{ReadLimits, read_here};
use domain::answer::{Limits, Reply, parse};
use domain::questionnaire::{Choice, Document, Kind, Question};
use domain::sheet::own::{OwnAnswers, read_answers};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::collections::BTreeMap;
use time::{Date, Duration, OffsetDateTime};

/// The questionnaire with one question of every kind.
pub(crate) fn document() -> Document {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/workbooks/own-template.json");
    let json = std::fs::read_to_string(path).expect("the fixture");
    serde_json::from_str(&json).expect("a document")
}

/// Always the same moment.
fn made() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_795_000_000).expect("a moment")
}

pub(crate) fn written(document: &Document, answers: &BTreeMap<String, AnswerCell>) -> Vec<u8> {
    let cover = Cover {
        template_sha256: Some("ab".repeat(32)),
        assessment_id: Some(uuid::Uuid::from_u128(7)),
        buyer: Some("Harbour Bank".into()),
        vendor: Some("Northwind Analytics".into()),
        ..Cover::default()
    };
    answer_workbook(document, answers, &cover, &WorkbookWords::english(), made()).expect("a workbook")
}

pub(crate) fn read_back(bytes: &[u8], document: &Document) -> OwnAnswers {
    let workbook = read_here(bytes, &ReadLimits::default()).expect("a readable workbook");
    read_answers(&workbook, document, &Limits::default()).expect("our own workbook")
}

/// Texts that programs like to change: formulas, numbers, dates, escapes, other scripts, lines.
fn text() -> impl Strategy<Value = String> {
    let tricky = select(vec![
        "=1+1",
        "+49 30 123",
        "-5",
        "@home",
        "5.10",
        "007",
        "1e5",
        "2026-11-21",
        "TRUE",
        "#REF!",
        "_x000D_",
        "_x0041_",
        "a\nb",
        "a\n\nb\nc",
        "<b>&amp;</b>",
        "\"quoted\"",
        "'apostrophe",
        "人工知能",
        "🦀 crab",
        "a\tb",
        "---",
        "x\n---\ny",
        "N/A?",
    ]);
    prop_oneof![tricky.prop_map(str::to_owned), "[ -~äöü€]{1,40}", "\\PC{1,30}"]
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("an answer", |text| !text.is_empty())
}

fn reply(question: &Question) -> BoxedStrategy<Reply> {
    let kind = match &question.kind {
        Kind::Single { options } => {
            let ids: Vec<String> = options.iter().map(|option| option.id.clone()).collect();
            select(ids).prop_map(|option| Reply::Choice { option }).boxed()
        }
        Kind::Multiple { options } => {
            let ids: Vec<String> = options.iter().map(|option| option.id.clone()).collect();
            let most = ids.len();
            subsequence(ids, 1..=most)
                .prop_map(|chosen| Reply::Choices { options: chosen.into_iter().collect() })
                .boxed()
        }
        Kind::Text { .. } | Kind::LongText { .. } => text().prop_map(|text| Reply::Text { text }).boxed(),
        Kind::Number { .. } => prop_oneof![(0..=365_i32).prop_map(f64::from), 0.0..365.0]
            .prop_map(|number| Reply::Number { number })
            .boxed(),
        Kind::Date { .. } => (0..109_000_i64)
            .prop_map(|day| {
                let first = Date::from_calendar_date(1900, time::Month::January, 1).expect("a date");
                Reply::Date { date: first + Duration::days(day) }
            })
            .boxed(),
        Kind::Url { .. } => "https://[a-z]{1,9}\\.example/[a-z0-9?=&]{0,20}".prop_map(|url| Reply::Url { url }).boxed(),
        Kind::File { .. } => Just(Reply::File).boxed(),
        Kind::Table { columns, .. } => {
            let cells: Vec<_> = columns
                .iter()
                .map(|column| {
                    let ids: Vec<String> = column.options.iter().map(|option| option.id.clone()).collect();
                    let entry = if ids.is_empty() { text().boxed() } else { select(ids).boxed() };
                    let entry = if column.required {
                        entry.prop_map(Some).boxed()
                    } else {
                        proptest::option::of(entry).boxed()
                    };
                    let id = column.id.clone();
                    entry.prop_map(move |entry| entry.map(|entry| (id.clone(), entry)))
                })
                .collect();
            let row = cells.prop_map(|cells| cells.into_iter().flatten().collect::<BTreeMap<_, _>>());
            proptest::collection::vec(row, 1..6).prop_map(|rows| Reply::Table { rows }).boxed()
        }
    };
    let mut kinds = vec![(6, kind)];
    if question.may_be_na {
        kinds.push((1, text().prop_map(|reason| Reply::NotApplicable { reason }).boxed()));
    }
    if question.may_decline {
        kinds.push((1, proptest::option::of(text()).prop_map(|reason| Reply::Declined { reason }).boxed()));
    }
    proptest::strategy::Union::new_weighted(kinds).boxed()
}

/// A line of only `---` parts a reason from a comment, so neither is one.
fn is_plain(text: &str) -> bool {
    text.lines().all(|line| line.trim() != "---")
}

fn answer(question: &Question) -> impl Strategy<Value = AnswerCell> + use<> {
    let comment =
        proptest::option::of(text()).prop_filter("no parting line", |text| text.as_deref().is_none_or(is_plain));
    let question = question.clone();
    (proptest::option::of(reply(&question)), comment).prop_filter_map(
        "an answer that the portal takes",
        move |(reply, comment)| {
            let reply = match reply {
                Some(reply) => Some(parse(&question, reply, &Limits::default()).ok()?),
                None => None,
            };
            let reason = match &reply {
                Some(Reply::NotApplicable { reason }) => reason.as_str(),
                Some(Reply::Declined { reason }) => reason.as_deref().unwrap_or_default(),
                _ => "",
            };
            is_plain(reason).then_some(AnswerCell { reply, comment, evidence: Vec::new() })
        },
    )
}

fn answers(document: &Document) -> impl Strategy<Value = BTreeMap<String, AnswerCell>> + use<> {
    let each: Vec<_> = document
        .questions()
        .map(|question| {
            let id = question.id.clone();
            answer(question).prop_map(move |answer| (id.clone(), answer))
        })
        .collect();
    each.prop_map(|answers| answers.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_reply_comes_back_as_it_was(given in answers(&document())) {
        let document = document();
        let read = read_back(&written(&document, &given), &document);
        prop_assert_eq!(read.unknown, vec![]);
        for question in document.questions() {
            let wanted = &given[&question.id];
            let found = read.found.iter().find(|found| found.question_id == question.id).expect("its row");
            prop_assert_eq!(found.outcome.as_ref(), Ok(&wanted.reply), "{}", question.id);
            prop_assert_eq!(&found.comment, &wanted.comment, "{}", question.id);
        }
    }
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    let document = document();
    let given = BTreeMap::from([(
        "A.5.2-1".to_owned(),
        AnswerCell { reply: Some(Reply::Text { text: "=HYPERLINK(\"x\")".into() }), ..AnswerCell::default() },
    )]);
    assert_eq!(written(&document, &given), written(&document, &given));
}

#[test]
fn a_blank_workbook_says_whose_it_is_and_answers_nothing() {
    let document = document();
    let read = read_back(&written(&document, &BTreeMap::new()), &document);
    let stamp = read.stamp.expect("a stamp");
    assert_eq!((stamp.template_key.as_str(), stamp.template_version), ("every-kind", 3));
    assert_eq!(stamp.assessment_id, Some(uuid::Uuid::from_u128(7)));
    assert_eq!(stamp.template_sha256, Some("ab".repeat(32)));
    assert_eq!(read.missing, Vec::<String>::new());
    assert!(read.found.iter().all(|found| found.outcome == Ok(None)));
    let cells: Vec<&str> = read.found.iter().map(|found| found.cell.as_str()).collect();
    assert_eq!(cells[..2], ["Answers!D4", "Answers!D5"]);
    assert_eq!(cells.last(), Some(&"Table REG-1!A3"));
}

#[test]
fn a_text_that_offers_no_stand_may_say_the_words_of_one() {
    let texts = [Kind::Text { given: None, max_length: None }, Kind::LongText { given: None, max_length: None }];
    for kind in texts {
        let mut document = document();
        let question = document.sections.iter_mut().flat_map(|section| &mut section.questions).next().expect("one");
        (question.kind, question.may_be_na, question.may_decline) = (kind, false, false);
        let id = question.id.clone();
        let reply = Some(Reply::Text { text: WorkbookWords::english().answers.not_applicable });
        let given = BTreeMap::from([(id.clone(), AnswerCell { reply: reply.clone(), ..AnswerCell::default() })]);
        let read = read_back(&written(&document, &given), &document);
        let found = read.found.iter().find(|found| found.question_id == id).expect("its row");
        assert_eq!(found.outcome, Ok(reply));
    }
}

/// The reply that every question gets before the workbook goes through another program.
fn given(question: &Question) -> Reply {
    match &question.kind {
        Kind::Single { options } => Reply::Choice { option: options[1].id.clone() },
        Kind::Multiple { options } => {
            Reply::Choices { options: options.iter().take(2).map(|option| option.id.clone()).collect() }
        }
        Kind::Text { .. } => Reply::Text { text: "+49 30 Ann Lee".into() },
        Kind::LongText { .. } => Reply::Text { text: "First line.\nSecond: =SUM(A1:A2), 人工知能".into() },
        Kind::Number { .. } => Reply::Number { number: 2.5 },
        Kind::Date { .. } => Reply::Date { date: domain::answer::iso_date::read("2026-02-28").expect("a date") },
        Kind::Url { .. } => Reply::Url { url: "https://vendor.example/policy".into() },
        Kind::File { .. } => Reply::File,
        Kind::Table { columns, .. } => {
            let cell = |id: &str, options: &[Choice]| {
                (id.to_owned(), options.first().map_or_else(|| "5.10".to_owned(), |option| option.id.clone()))
            };
            Reply::Table { rows: vec![columns.iter().map(|column| cell(&column.id, &column.options)).collect()] }
        }
    }
}

/// LibreOffice opens our workbook and saves it in every format that it and we know.
#[test]
fn libreoffice_gives_back_what_was_written() {
    if std::process::Command::new("soffice").arg("--version").output().is_err() {
        println!("SKIPPED: LibreOffice (soffice) is not installed, so nothing was sent through it");
        return;
    }
    let document = document();
    let answers: BTreeMap<String, AnswerCell> = document
        .questions()
        .map(|question| {
            let reply = parse(question, given(question), &Limits::default()).expect("an answer that the portal takes");
            let comment = Some(format!("On {}", question.id));
            (question.id.clone(), AnswerCell { reply: Some(reply), comment, evidence: Vec::new() })
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("ours.xlsx");
    std::fs::write(&source, written(&document, &answers)).expect("a file");
    // In CSV there is one sheet, the second here, and so no table.
    for (format, tables) in [
        ("xlsx", true),
        ("ods", true),
        ("xls", true),
        ("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2", false),
    ] {
        let out = folder.path().join(&format[..3]);
        let done = std::process::Command::new("soffice")
            .arg(format!("-env:UserInstallation=file://{}/profile", folder.path().display()))
            .args(["--headless", "--convert-to", format, "--outdir"])
            .args([&out, &source])
            .output()
            .expect("LibreOffice");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let made = std::fs::read_dir(&out).expect("what it made").next().expect("a file").expect("a file").path();
        let read = read_back(&std::fs::read(made).expect("its bytes"), &document);
        assert!(read.unknown.is_empty(), "{format}: {:?}", read.unknown);
        for question in document.questions() {
            let is_table = matches!(question.kind, Kind::Table { .. });
            if is_table && !tables {
                continue;
            }
            let found = read.found.iter().find(|found| found.question_id == question.id);
            let found = found.unwrap_or_else(|| panic!("{format}: {} is lost", question.id));
            assert_eq!(found.outcome.as_ref(), Ok(&answers[&question.id].reply), "{format} {}", question.id);
            assert_eq!(found.comment, answers[&question.id].comment, "{format} {}", question.id);
        }
    }
}
