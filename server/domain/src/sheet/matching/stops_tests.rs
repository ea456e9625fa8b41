//! What keeps two questions apart whose words are nearly the same: each sign by itself, on pairs that people judged. Every
//! pair would be proposed as matched if its sign were not looked at, and the same row without the sign is.

use super::HIGH;
use super::certainty::Calibration;
use super::pairing::{By, Doubt, Paired, Questions, Row, Verdict, pair};
use super::thesaurus::Thesaurus;
use crate::questionnaire::{Authored, Kind, Text};

/// Questions as they stand in one template.
const QUESTIONS: [&str; 8] = [
    "Is an employee told before an AI model is trained on what customers entered?",
    "Within how many hours do you tell us about an AI incident that concerns our data?",
    "Are the AI models that you buy from suppliers tested for unfair bias before release?",
    "Is the record of every release of an AI model kept for at least 36 months?",
    "Can our administrators switch on the AI features for single groups of users?",
    "Do you review the contracts with the companies that supply your AI models?",
    "Is a person able to stop the AI agent while it is acting for a customer?",
    "Who decides that an AI model with a known weakness may still be used?",
];

fn template() -> Authored {
    let json = include_str!("../../../../../fixtures/templates/ai-screening.json");
    let mut template: Authored = serde_json::from_str(json).expect("a template");
    let mut section = template.sections.swap_remove(0);
    let blank = section.questions.swap_remove(0);
    let question = |(n, text): (usize, &&str)| {
        let mut question = blank.clone();
        question.id = format!("Q-{}", n + 101);
        question.text = Text::One((*text).to_owned());
        question.kind = Kind::Text { given: None, max_length: None };
        (question.help, question.why) = (None, None);
        question
    };
    section.questions = QUESTIONS.iter().enumerate().map(question).collect();
    template.languages = vec!["en".to_owned()];
    template.sections = vec![section];
    template
}

fn paired(rows: &[(Option<&str>, &str)]) -> Vec<Paired> {
    let template = template();
    let rows: Vec<Row<'_>> = rows.iter().map(|(id, text)| Row { id: *id, text, rest: "" }).collect();
    pair(&rows, &Questions::of(&template), Thesaurus::shipped(), Calibration::shipped())
}

/// A row in a table that has other things in it too.
fn one(text: &str) -> Paired {
    paired(&[(None, text), (None, "Is your AI insured?"), (None, "Which AI standards do you follow?")]).swap_remove(0)
}

/// What keeps a pair apart.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sign {
    Negated,
    OtherSide,
    Swapped,
    Numbers,
    AskedOtherwise,
    OffTopic,
}

/// Rows that ask something else than the question that they are nearest to, and why.
const APART: [(Sign, usize, &str); 16] = [
    (Sign::Negated, 0, "Is an employee never told before an AI model is trained on what customers entered?"),
    (Sign::Negated, 2, "Are the AI models that you buy from suppliers not tested for unfair bias before release?"),
    (Sign::Negated, 5, "Do you never review the contracts with the companies that supply your AI models?"),
    (Sign::OtherSide, 0, "Is an employee told after an AI model is trained on what customers entered?"),
    (Sign::OtherSide, 4, "Can our administrators switch off the AI features for single groups of users?"),
    (Sign::OtherSide, 6, "Is a person able to stop the AI agent while it is acting for an employee?"),
    (Sign::OtherSide, 3, "Is the record of every release of an AI model deleted for at least 36 months?"),
    (Sign::Swapped, 1, "Within how many hours do we tell you about an AI incident that concerns our data?"),
    (Sign::Swapped, 1, "Within how many hours do we tell you about an AI incident that concerns your data?"),
    (Sign::Swapped, 5, "Do we review the contracts with the companies that supply your AI models?"),
    (Sign::Numbers, 3, "Is the record of every release of an AI model kept for at least 12 months?"),
    (Sign::Numbers, 3, "Is the record of every release of an AI model kept for at least 60 months?"),
    (Sign::AskedOtherwise, 7, "When was it decided that an AI model with a known weakness may still be used?"),
    (Sign::AskedOtherwise, 7, "Where is it decided that an AI model with a known weakness may still be used?"),
    (Sign::OffTopic, 3, "Is the record of every release of a recipe kept for at least 36 months?"),
    (Sign::OffTopic, 6, "Is a person able to stop the lift while it is acting for a customer?"),
];

/// Rows that ask the question, worded nearly as those above.
const TOGETHER: [(usize, &str); 8] = [
    (0, "Is an employee told, before an AI model is trained, on what customers entered it?"),
    (1, "Within how many hours do you tell us about any AI incident that concerns our data?"),
    (2, "Are AI models which you buy from suppliers tested for unfair bias before their release?"),
    (3, "Is a record of every release of the AI model kept for at least 36 months?"),
    (4, "Can our administrators switch on AI features for single groups of the users?"),
    (5, "Do you review contracts with the companies which supply your AI models?"),
    (6, "Is a person able to stop an AI agent while it acts for a customer?"),
    (7, "Who decides that AI models with a known weakness may still be used?"),
];

#[test]
fn a_row_with_one_sign_against_it_is_asked_about_and_never_proposed() {
    for (sign, question, text) in APART {
        let row = one(text);
        assert_eq!(row.verdict, Verdict::Ask(Doubt::NotSure), "{sign:?}: {text}");
        let nearest = row.likely[0];
        assert_eq!(nearest.question, question, "{sign:?}: {text}");
        assert!(nearest.certainty < HIGH, "{sign:?}: {text}: {}", nearest.certainty);
    }
}

#[test]
fn the_same_rows_without_the_sign_are_proposed() {
    for (question, text) in TOGETHER {
        let row = one(text);
        let Verdict::Match { likely, by: By::Similarity } = row.verdict else { panic!("{text}: {:?}", row.verdict) };
        assert_eq!(likely.question, question, "{text}");
        assert!(likely.certainty >= HIGH, "{text}");
    }
    // Every sign stands against a question that is proposed without it.
    for (sign, question, _) in APART {
        assert!(TOGETHER.iter().any(|(other, _)| *other == question), "{sign:?}");
    }
}

#[test]
fn rows_that_come_close_to_one_question_are_all_asked_about() {
    let verdicts =
        |rows: &[(Option<&str>, &str)]| -> Vec<Verdict> { paired(rows).into_iter().map(|row| row.verdict).collect() };
    let several = || Verdict::Ask(Doubt::SeveralRows);
    let [alike, like] = [TOGETHER[5].1, "Do you review contracts with companies that supply your AI models?"];
    // Nearly as like the question as each other: the better one does not win.
    let near = verdicts(&[(None, alike), (None, like)]);
    assert!(near.contains(&several()) && near.iter().all(|verdict| matches!(verdict, Verdict::Ask(_))), "{near:?}");
    // The question's own words, twice, in another case.
    let twice = verdicts(&[(None, QUESTIONS[5]), (None, &QUESTIONS[5].to_uppercase())]);
    assert_eq!(twice, [several(), several()]);
    // One id, twice.
    let ids = verdicts(&[(Some("Q-106"), alike), (Some("q-106"), "Contracts with suppliers of AI models")]);
    assert_eq!(ids, [several(), several()]);
    // A row with the very words takes the question from one that is only like it.
    let taken = verdicts(&[(None, QUESTIONS[5]), (None, alike)]);
    assert!(matches!(&taken[0], Verdict::Match { by: By::Text, .. }), "{taken:?}");
    assert!(matches!(&taken[1], Verdict::Ask(Doubt::Taken | Doubt::SeveralRows)), "{taken:?}");
}

#[test]
fn an_id_does_not_outweigh_a_text_that_says_otherwise() {
    let agree: Vec<(Option<&str>, &str)> = vec![
        (Some("Q-101"), TOGETHER[0].1),
        (Some("Q-102"), TOGETHER[1].1),
        (Some("Q-103"), TOGETHER[2].1),
        (Some("Q-104"), TOGETHER[3].1),
    ];
    let with = |row| paired(&agree.iter().copied().chain([row]).collect::<Vec<_>>()).pop().expect("a row").verdict;
    assert!(matches!(with((Some("Q-106"), TOGETHER[5].1)), Verdict::Match { by: By::Id, .. }));
    // The id of one question and the words, or nearly the words, of another.
    for text in [QUESTIONS[7], TOGETHER[6].1] {
        assert_eq!(with((Some("Q-106"), text)), Verdict::Ask(Doubt::IdDisagrees), "{text}");
    }
}
