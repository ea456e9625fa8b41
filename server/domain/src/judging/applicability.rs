//! The statement of applicability of a vendor: each control of Annex A, and what is known of it.

use crate::answer::Reply;
use crate::judging::case::Case;
use crate::judging::review::{self, Verdict};
use crate::judging::said::Said;
use crate::scoring::{Input, Level, Policy, State, standings};
use serde::Serialize;
use std::collections::BTreeMap;

/// What one question says of a control, and what all together say of it. The order is from the least to the most that is
/// known to be in place; a control has the first that it has a question in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Nothing of some weight was asked.
    NotAsked,
    /// Open, or declined.
    NotAnswered,
    /// Answered, and worth nothing; or said not to apply, which a reviewer refused.
    NotInPlace,
    /// On the vendor's word.
    Claimed,
    /// With evidence.
    Evidenced,
    /// With evidence that a reviewer accepted, or under a certificate that lists the control.
    Verified,
    /// The vendor says that it does not apply; a control only where all that was asked about it is so.
    Excluded,
}

impl Column {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::NotAsked,
        Self::NotAnswered,
        Self::NotInPlace,
        Self::Claimed,
        Self::Evidenced,
        Self::Verified,
        Self::Excluded,
    ];

    /// Its name in the API and wording.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::NotAnswered => "not_answered",
            Self::NotInPlace => "not_in_place",
            Self::Claimed => "claimed",
            Self::Evidenced => "evidenced",
            Self::Verified => "verified",
            Self::Excluded => "excluded",
        }
    }
}

/// Why a question does not apply, as the vendor says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exclusion {
    /// The question.
    pub question: String,
    /// What the vendor says.
    pub reason: String,
    /// A reviewer agreed.
    pub is_accepted: bool,
    /// A reviewer refused it, so that it excludes nothing.
    pub is_refused: bool,
}

/// A control in the statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The control.
    pub control: String,
    /// What is known of it.
    pub column: Column,
    /// By column, the questions in it, in the order of the questionnaire; together all that were asked about the control.
    pub questions: BTreeMap<Column, Vec<String>>,
    /// Why questions do not apply, the vendor says; also where a reviewer refused that.
    pub exclusions: Vec<Exclusion>,
}

/// The statement over these controls, in their order, as of the day of the input. `input` is [`Case::input`] of the case.
pub fn statement<'c>(
    controls: impl IntoIterator<Item = &'c str>,
    case: &Case<'_>,
    policy: &Policy,
    input: &Input,
) -> Vec<Row> {
    let standings = standings(policy, input);
    let row = |control: &str| {
        let mut questions: BTreeMap<Column, Vec<String>> = BTreeMap::new();
        let mut exclusions = Vec::new();
        let asked = standings.iter().filter(|standing| {
            let question = standing.question;
            question.weight > 0.0
                && question.state != State::Hidden
                && question.controls.iter().any(|known| known == control)
        });
        for standing in asked {
            let question = standing.question;
            let nothing = Said::default();
            let said = case.said.get(&question.id).unwrap_or(&nothing);
            let is_refused = review::standing(said, case.reviews.get(&question.id))
                .is_some_and(|review| review.verdict == Verdict::NaRefused);
            let column = match question.state {
                State::NaClaimed if is_refused => Column::NotInPlace,
                State::Hidden | State::Unanswered | State::Declined => Column::NotAnswered,
                State::NaClaimed | State::NaAccepted => Column::Excluded,
                State::Answered if question.value.unwrap_or(0.0) <= 0.0 => Column::NotInPlace,
                State::Answered => match standing.level_in(control) {
                    Level::Claimed => Column::Claimed,
                    Level::Documented => Column::Evidenced,
                    Level::Verified | Level::Certified => Column::Verified,
                },
            };
            if let Some(Reply::NotApplicable { reason }) = &said.reply {
                exclusions.push(Exclusion {
                    question: question.id.clone(),
                    reason: reason.clone(),
                    is_accepted: question.state == State::NaAccepted,
                    is_refused,
                });
            }
            questions.entry(column).or_default().push(question.id.clone());
        }
        let column = questions.keys().next().copied().unwrap_or(Column::NotAsked);
        Row { control: control.to_owned(), column, questions, exclusions }
    };
    controls.into_iter().map(row).collect()
}

/// A control over several uses of one vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JoinedRow {
    /// The control.
    pub control: String,
    /// What is known of it: the least of the uses in which it was asked about. What one use shows says nothing of another,
    /// so the best of them would claim too much; and where it was not asked about, nobody said anything against it.
    pub column: Column,
    /// By use, in the order of the statements: what is known of the control there.
    pub uses: Vec<Row>,
}

impl JoinedRow {
    /// By column, how many questions of all uses stand in it.
    pub fn counts(&self) -> BTreeMap<Column, usize> {
        let mut counts = BTreeMap::new();
        for (column, questions) in self.uses.iter().flat_map(|row| &row.questions) {
            *counts.entry(*column).or_default() += questions.len();
        }
        counts
    }
}

/// The statement over several uses, from the [`statement`] of each over the same controls; empty where there is none.
pub fn joined(statements: &[Vec<Row>]) -> Vec<JoinedRow> {
    let Some(first) = statements.first() else { return Vec::new() };
    let row = |(n, of_first): (usize, &Row)| {
        let uses: Vec<Row> = statements.iter().filter_map(|rows| rows.get(n)).cloned().collect();
        let asked = uses.iter().map(|row| row.column).filter(|column| *column != Column::NotAsked);
        let column = asked.min().unwrap_or(Column::NotAsked);
        JoinedRow { control: of_first.control.clone(), column, uses }
    };
    first.iter().enumerate().map(row).collect()
}
