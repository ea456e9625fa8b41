//! Conditions of questionnaires: they read back as written, mean what they say, and what makes no sense is refused.

use domain::answer::{Profile, Reply, visibility};
use domain::questionnaire::check;
use domain::questionnaire::condition::{Order, Source, Test};
use domain::questionnaire::{Authored, Condition, Role};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z][A-Za-z0-9_.-]{0,8}"
}

fn values() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[a-z0-9_]{1,8}", 1..4)
}

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![
        name().prop_map(Source::Question),
        "[a-z][a-z_]{0,8}".prop_map(Source::Profile),
        "[a-z][a-z_]{0,8}".prop_map(Source::Cell),
    ]
}

fn test() -> impl Strategy<Value = Test> {
    let order = prop_oneof![
        Just(Order::Equal),
        Just(Order::Below),
        Just(Order::AtMost),
        Just(Order::Above),
        Just(Order::AtLeast)
    ];
    prop_oneof![
        (source(), "[a-z0-9_]{1,8}", any::<bool>()).prop_map(|(of, value, negated)| Test::Is { of, value, negated }),
        (source(), values()).prop_map(|(of, values)| Test::Among { of, values }),
        (name(), order, -1_000_i32..1_000).prop_map(|(question, order, value)| Test::Number {
            question,
            order,
            value: f64::from(value) / 4.0
        }),
        (name(), values()).prop_map(|(question, options)| Test::Has { question, options }),
        name().prop_map(|question| Test::Answered { question }),
        prop::sample::select(&Role::ALL[..]).prop_map(Test::Role),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = test().prop_map(Condition::Test);
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Condition::All),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Condition::Any),
            inner.clone().prop_map(|part| Condition::Not(Box::new(part))),
            (name(), inner)
                .prop_map(|(question, row)| { Condition::Test(Test::AnyRow { question, row: Box::new(row) }) }),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(condition in condition()) {
        let text = condition.to_string();
        prop_assert_eq!(text.parse::<Condition>().map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?, condition);
    }

    #[test]
    fn no_text_makes_the_reader_fall(text in "[ -~{}'()]{0,60}") {
        // Whatever it is, it is a condition or is refused with a place inside it.
        if let Err(misread) = text.parse::<Condition>() {
            prop_assert!(misread.at <= text.chars().count() + 1);
        }
    }
}

/// A document of these questions, in which ROLE asks for the roles.
fn document(questions: &[Value]) -> Value {
    let roles = Role::ALL.map(|role| json!({ "id": role.name(), "label": role.name(), "unscored": true }));
    let role = json!({ "id": "ROLE", "text": "Which parts do you play?", "type": "multiple", "options": roles });
    let yes_no = json!({ "id": "Q1", "text": "Is there any?", "type": "single", "options": [
        { "id": "yes", "label": "Yes", "unscored": true }, { "id": "no", "label": "No", "unscored": true } ] });
    let number = json!({ "id": "N", "text": "How many days?", "type": "number" });
    let table = json!({ "id": "T", "text": "Which are there?", "type": "table", "max_rows": 5, "columns": [
        { "id": "name", "label": "Name" },
        { "id": "state", "label": "State", "options": [
            { "id": "on", "label": "On", "unscored": true }, { "id": "off", "label": "Off", "unscored": true } ] } ] });
    let all: Vec<&Value> = [&role, &yes_no, &number, &table].into_iter().chain(questions).collect();
    json!({
        "format": "candor-template/2", "key": "k", "version": 1, "title": "T", "summary": "S", "languages": ["en"],
        "minutes": 1, "roles_question": "ROLE", "sections": [{ "id": "s", "title": "S", "questions": all }]
    })
}

fn asked(id: &str, show_if: &str) -> Value {
    json!({ "id": id, "text": "What then?", "type": "text", "show_if": show_if })
}

fn read(document: &Value) -> Authored {
    check::read(&document.to_string()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn refused(document: &Value) -> Vec<String> {
    let problems = check::read(&document.to_string()).expect_err("it is refused").0;
    problems.into_iter().map(|problem| format!("{}: {}", problem.at, problem.code)).collect()
}

#[test]
fn conditions_mean_what_they_say() {
    let choice = |option: &str| Reply::Choice { option: option.to_owned() };
    let none = BTreeMap::new();
    let yes = BTreeMap::from([("Q1".to_owned(), choice("yes"))]);
    let no = BTreeMap::from([("Q1".to_owned(), choice("no"))]);
    let declined = BTreeMap::from([("Q1".to_owned(), Reply::Declined { reason: None })]);
    let days = BTreeMap::from([("N".to_owned(), Reply::Number { number: 30.0 })]);
    let row = BTreeMap::from([("name".to_owned(), "A".to_owned()), ("state".to_owned(), "on".to_owned())]);
    let rows = BTreeMap::from([("T".to_owned(), Reply::Table { rows: vec![row] })]);
    let partner = Reply::Choices { options: ["partner".to_owned()].into() };
    let partner = BTreeMap::from([("ROLE".to_owned(), partner)]);
    let cases = [
        ("{Q1} = 'yes'", vec![(&yes, true), (&no, false), (&none, false), (&declined, false)]),
        ("{Q1} != 'no'", vec![(&yes, true), (&no, false), (&none, true), (&declined, true)]),
        ("{Q1} in ('yes', 'no')", vec![(&yes, true), (&no, true), (&none, false)]),
        ("{Q1} answered", vec![(&yes, true), (&none, false), (&declined, false)]),
        ("not {Q1} answered", vec![(&yes, false), (&none, true)]),
        ("{N} >= 30", vec![(&days, true), (&none, false)]),
        ("{N} > 30 or {N} < 30", vec![(&days, false), (&none, false)]),
        ("{N} = 30", vec![(&days, true)]),
        ("{T} any row where ([state] = 'on' and [name] = 'A')", vec![(&rows, true), (&none, false)]),
        ("{T} any row where ([state] = 'off')", vec![(&rows, false)]),
        ("role has 'partner'", vec![(&partner, true), (&none, false)]),
        ("profile.size = 'large'", vec![(&none, true)]),
        ("profile.size in ('small')", vec![(&none, false)]),
        // `and` binds closer than `or`.
        ("{Q1} = 'no' or {Q1} = 'yes' and {N} answered", vec![(&no, true), (&yes, false)]),
    ];
    let profile = Profile::from([("size".to_owned(), "large".to_owned())]);
    for (condition, expected) in cases {
        let document = read(&document(&[asked("X", condition)]));
        for (replies, shown) in expected {
            assert_eq!(visibility(&document, replies, &profile).shows("X"), shown, "{condition} with {replies:?}");
        }
    }
}

#[test]
fn an_audience_is_asked_until_the_roles_are_known() {
    let mut question = asked("X", "{Q1} != 'no'");
    question["audience"] = json!(["producer"]);
    let document = read(&document(&[question]));
    let roles = |roles: &[&str]| {
        let options = roles.iter().map(|role| (*role).to_owned()).collect();
        BTreeMap::from([("ROLE".to_owned(), Reply::Choices { options })])
    };
    let shows = |replies: &BTreeMap<String, Reply>| visibility(&document, replies, &Profile::new()).shows("X");
    assert!(shows(&BTreeMap::new()), "nobody said yet");
    assert!(shows(&roles(&["producer", "partner"])));
    assert!(!shows(&roles(&["partner"])));
    let hidden = visibility(&document, &roles(&["partner"]), &Profile::new()).hidden;
    assert_eq!(hidden["X"], ["ROLE"], "what hid it is named");
}

#[test]
fn what_hid_a_question_is_named_also_through_another() {
    let document = read(&document(&[asked("X", "{Q1} = 'yes'"), asked("Y", "{X} answered")]));
    let replies = BTreeMap::from([
        ("Q1".to_owned(), Reply::Choice { option: "no".to_owned() }),
        ("X".to_owned(), Reply::Text { text: "said before".to_owned() }),
    ]);
    let hidden = visibility(&document, &replies, &Profile::new()).hidden;
    assert_eq!((hidden["X"].as_slice(), hidden["Y"].as_slice()), (&["Q1".to_owned()][..], &["X".to_owned()][..]));
}

#[test]
fn conditions_that_make_no_sense_are_refused_at_their_place() {
    let cases = [
        ("{X} answered", "X: condition-on-no-earlier-question"),
        ("{Z} answered", "X: condition-on-no-earlier-question"),
        ("{Q1} = 'maybe'", "X: condition-on-no-option"),
        ("{N} = 'yes'", "X: condition-of-another-kind"),
        ("{Q1} > 3", "X: condition-of-another-kind"),
        ("{T} any row where ([colour] = 'red')", "X: condition-on-no-column"),
        ("{T} any row where ([state] = 'half')", "X: condition-on-no-option"),
        ("{T} any row where ({Q1} = 'yes')", "X: condition-in-a-row-on-a-question"),
        ("[state] = 'on'", "X: condition-on-no-column"),
        ("{Q1} = 'yes' and {Q1} = 'no'", "X: never-asked"),
        ("{N} > 30 and {N} < 10", "X: never-asked"),
    ];
    for (condition, problem) in cases {
        assert_eq!(refused(&document(&[asked("X", condition)])), [problem], "{condition}");
    }
    // Neither alone is wrong; together the second branch cannot be reached.
    let through = [asked("X", "{Q1} = 'yes'"), asked("Y", "{Q1} = 'no' and {X} answered")];
    assert_eq!(refused(&document(&through)), ["Y: never-asked"]);
    let misread = refused(&document(&[asked("X", "{Q1} == 'yes'")]));
    assert_eq!(misread, [": not-a-template"]);
}

#[test]
fn ids_that_only_look_different_are_told() {
    for id in ["q1", "Q1", "Ｑ1"] {
        let problems = refused(&document(&[json!({ "id": id, "text": "Again?", "type": "text" })]));
        let expected = if id == "Q1" { "Q1: duplicate".to_owned() } else { format!("{id}: looks-like-another") };
        assert!(problems.contains(&expected), "{id}: {problems:?}");
    }
}

#[test]
fn a_translation_that_lacks_an_option_is_told_with_its_place() {
    let mut document = document(&[]);
    document["languages"] = json!(["en", "zh-Hant"]);
    let problems = refused(&document);
    assert!(problems.contains(&"Q1=yes: not-translated".to_owned()), "{problems:?}");
    assert!(problems.contains(&"/title: not-translated".to_owned()), "{problems:?}");
}

#[test]
fn thousands_of_questions_are_refused_and_not_counted_one_by_one() {
    let many: Vec<Value> =
        (0..5_000).map(|n| json!({ "id": format!("M{n}"), "text": "More?", "type": "text" })).collect();
    assert_eq!(refused(&document(&many)), ["/sections: too-many-questions"]);
}

#[test]
fn another_version_of_the_format_is_named() {
    let mut document = document(&[]);
    document["format"] = json!("candor-template/1");
    assert_eq!(refused(&document), ["/format: unknown-format"]);
}
