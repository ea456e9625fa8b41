//! In which order findings are worked on, and what closing them does to the score.

use super::Effort;
use crate::questionnaire::Severity;
use crate::scoring::{Input, Level, Output, Policy, Refusal, State, canonical, score_by};
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;
use time::Date;

/// A finding in a remediation plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Item<I> {
    /// Which; ids sort by age.
    pub id: I,
    /// How much it weighs.
    pub severity: Severity,
    /// How much work it takes.
    pub effort: Option<Effort>,
    /// What closing it takes off the residual risk.
    pub reduction: f64,
    /// When it is due.
    pub due_on: Option<Date>,
}

/// Puts findings in the order in which to work on them: what weighs most first, then the least effort (not said last), the
/// larger effect, the earlier due day (none last), the older one.
pub fn in_order<I: Ord>(items: &mut [Item<I>]) {
    let rank = |item: &Item<I>| (Reverse(item.severity), item.effort.is_none(), item.effort);
    let due = |item: &Item<I>| (item.due_on.is_none(), item.due_on);
    items.sort_by(|one, other| {
        let effect = other.reduction.total_cmp(&one.reduction);
        let by: [Ordering; 4] = [rank(one).cmp(&rank(other)), effect, due(one).cmp(&due(other)), one.id.cmp(&other.id)];
        by.into_iter().fold(Ordering::Equal, Ordering::then)
    });
}

/// The score if the findings of these questions were closed: each has its best answer, and a reviewer has accepted evidence
/// that is effective from the day of the score. Questions that are hidden, that do not apply or weigh nothing stay as they
/// are, so a finding without any other has no effect.
///
/// # Errors
/// When policy and input do not fit each other.
pub fn if_closed(policy: &Policy, input: &Input, questions: &BTreeSet<&str>) -> Result<Output, Refusal> {
    let mut closed = input.clone();
    for question in &mut closed.questions {
        if question.is_applicable() && questions.contains(question.id.as_str()) {
            question.state = State::Answered;
            question.value = Some(question.best);
            question.assurance = Level::Verified;
            question.evidence_date = Some(input.as_of);
        }
    }
    let text = canonical(&serde_json::to_value(&closed).expect("an input is JSON: its keys are texts"));
    score_by(policy, &text).map(|(_, output)| output)
}
