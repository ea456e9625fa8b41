//! What the vendor submitted, to be read.

use super::{HOSTILE, Head, overlong};
use crate::web::provenance::{Fact, Origin};
use crate::web::render::View;
use serde::Serialize;

/// The page.
#[derive(Debug, Serialize)]
pub struct Answers {
    /// What stands on top.
    pub head: Head,
    /// Which submission is shown.
    pub round: i64,
    /// When it was submitted.
    pub submitted: String,
    /// Who attested it.
    pub attested: String,
    /// The hash over all answers.
    pub hash: String,
    /// How many were given, do not apply, were declined, were left open.
    pub counts: [usize; 4],
    /// How many differ from the submission before.
    pub changed: usize,
    /// How many lack the evidence that is expected.
    pub lacking_evidence: usize,
    /// Questions that the vendor is working on again, with the notes.
    pub open: Vec<(usize, String)>,
    /// Section by section.
    pub sections: Vec<Section>,
    /// Questions that were not asked.
    pub hidden: Vec<Hidden>,
    /// Pages that show these answers through a law or framework, with its name.
    pub through: Vec<(String, String)>,
}

/// A section.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Its answers.
    pub answers: Vec<Given>,
}

/// An answer.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Given {
    /// The question's number, from 1.
    pub number: usize,
    /// The question's id.
    pub id: String,
    /// The element's id.
    pub anchor: String,
    /// What was asked.
    pub text: String,
    /// `given`, `not_applicable`, `declined` or `none`.
    pub stand: &'static str,
    /// The answer, or the reason for giving none.
    pub lines: Vec<String>,
    /// The answer is in the questionnaire's words, and not in the vendor's.
    pub worded: bool,
    /// The answer to a table question.
    pub table: Option<Table>,
    /// The answer to a question for an address.
    pub url: Option<String>,
    /// The vendor's comment.
    pub comment: Option<String>,
    /// Workbooks that it came from, the newest first.
    pub origins: Vec<Origin>,
    /// The files beside it.
    pub evidence: Vec<Evidence>,
    /// Evidence is expected, and there is none.
    pub lacks_evidence: bool,
    /// The note with which it was asked back before this submission.
    pub asked_back: Option<String>,
    /// What was said in the submission before, where it differs.
    pub before: Option<String>,
}

/// Rows of an answer.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// Headings.
    pub columns: Vec<String>,
    /// Cells.
    pub rows: Vec<Vec<String>>,
}

/// A file beside an answer.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// The file.
    pub href: Option<String>,
    /// Its name.
    pub file: String,
    /// From when it is effective, and its size.
    pub about: String,
}

/// A question that was not asked.
#[derive(Clone, Debug, Serialize)]
pub struct Hidden {
    /// Its number.
    pub number: usize,
    /// What it would have asked.
    pub text: String,
    /// What hid it.
    pub because: String,
}

impl Given {
    /// For samples in tests.
    pub(in crate::features::assessments) fn sample(number: usize, text: &str) -> Self {
        Self {
            number,
            id: format!("Q.{number}"),
            anchor: format!("Q-{number}"),
            text: text.into(),
            stand: "given",
            lines: vec![text.into(), text.into()],
            worded: true,
            table: Some(Table { columns: vec![text.into()], rows: vec![vec![text.into()]] }),
            url: Some("https://example.com/".into()),
            comment: Some(text.into()),
            origins: vec![
                Origin { line: text.into(), facts: vec![Fact { name: text.into(), text: text.into() }] },
                Origin { line: text.into(), facts: Vec::new() },
            ],
            evidence: vec![
                Evidence { href: Some("/assessments/1/evidence/1".into()), file: text.into(), about: text.into() },
                Evidence { href: None, file: text.into(), about: text.into() },
            ],
            lacks_evidence: true,
            asked_back: Some(text.into()),
            before: Some(text.into()),
        }
    }
}

impl View for Answers {
    const TEMPLATE: &'static str = "pages/assessments/answers";

    fn samples() -> Vec<Self> {
        let answer = |number: usize, text: &str, stand: &'static str| Given { stand, ..Given::sample(number, text) };
        let page = |text: &str| Self {
            head: Head::sample(text),
            round: 2,
            submitted: "2026-11-21 10:42".into(),
            attested: text.into(),
            hash: "ab".repeat(32),
            counts: [20, 2, 1, 3],
            changed: 1,
            lacking_evidence: 1,
            open: vec![(3, text.into())],
            sections: vec![Section {
                title: text.into(),
                answers: vec![
                    answer(1, text, "given"),
                    answer(2, text, "not_applicable"),
                    answer(3, text, "declined"),
                    Given {
                        number: 4,
                        id: "Q.4".into(),
                        anchor: "Q-4".into(),
                        text: text.into(),
                        stand: "none",
                        ..Given::default()
                    },
                ],
            }],
            hidden: vec![Hidden { number: 5, text: text.into(), because: text.into() }],
            through: vec![("/assessments/1/through/eu-ai-act".into(), text.into())],
        };
        let bare = Self {
            counts: [0; 4],
            changed: 0,
            lacking_evidence: 0,
            open: Vec::new(),
            sections: Vec::new(),
            hidden: Vec::new(),
            ..page("Northwind")
        };
        vec![bare, page("Northwind"), page(&overlong()), page(HOSTILE)]
    }
}
