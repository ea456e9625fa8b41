//! What must always hold, for answers, reviews and profiles drawn at random.

use super::*;
use crate::ids::EngagementId;
use crate::judging::acceptance::Basis;
use crate::judging::applicability::{Column, joined, statement};
use crate::judging::finding::{Effort, Item, if_closed, in_order};
use crate::judging::profile::{Open, VendorTier, vendor_tier};
use crate::judging::what_if::{Supposed, what_if};
use crate::questionnaire::Severity;
use crate::scoring::{Override, State, inherent};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;
use time::Duration;
use uuid::Uuid;

const QUESTIONS: [&str; 4] = ["watch", "stop", "clean", "scope"];

fn reply() -> impl Strategy<Value = Option<Reply>> {
    select(vec![
        None,
        chosen("yes"),
        chosen("no"),
        chosen("partial"),
        Some(Reply::NotApplicable { reason: "no".to_owned() }),
        Some(Reply::Declined { reason: None }),
    ])
}

fn said() -> impl Strategy<Value = Said> {
    let piece = (select(vec!["aa", "bb", "cc"]), 0..1500i64).prop_map(|(sha256, days)| Piece {
        sha256: sha256.to_owned(),
        effective_on: date!(2027 - 01 - 31) - Duration::days(days),
    });
    (reply(), prop::collection::vec(piece, 0..3)).prop_map(|(reply, evidence)| Said { reply, comment: None, evidence })
}

fn any_profile() -> impl Strategy<Value = BTreeMap<String, String>> {
    (select(vec!["minimal", "high", "unacceptable", "unknown"]), select(vec!["none", "ordinary", "sensitive"]))
        .prop_map(|(tier, data)| profile(tier, data))
}

prop_compose! {
    fn drawn()(said in prop::collection::vec(said(), 4), profile in any_profile()) -> (BTreeMap<String, Said>, BTreeMap<String, String>) {
        let mut by_question: BTreeMap<String, Said> = QUESTIONS.iter().map(|id| (*id).to_owned()).zip(said).collect();
        // "partial" is an option of one question alone.
        for id in ["watch", "stop", "scope"] {
            let said = by_question.get_mut(id).expect("drawn");
            if said.reply == chosen("partial") {
                said.reply = chosen("no");
            }
        }
        (by_question, profile)
    }
}

fn of<'a>(document: &'a Document, (said, profile): (BTreeMap<String, Said>, BTreeMap<String, String>)) -> Case<'a> {
    Case { said, profile, ..case(document) }
}

/// Each answer reviewed: all of its files judged alike, or an N/A accepted.
fn reviewed<'a>(case: &Case<'a>, support: Support) -> Case<'a> {
    let mut reviewed = case.clone();
    for (id, said) in &case.said {
        let verdict = match said.reply {
            None => continue,
            Some(Reply::NotApplicable { .. }) => Verdict::NaAccepted,
            Some(_) => Verdict::Accepted,
        };
        let files = said.evidence.iter().map(|piece| (piece.sha256.clone(), support)).collect();
        reviewed.reviews.insert(id.clone(), Review::of(said, verdict, files, None).expect("a review"));
    }
    reviewed
}

fn residuals(case: &Case<'_>) -> Vec<f64> {
    scored(case).output.domains.iter().map(|domain| domain.residual).collect()
}

fn at_most(one: &[f64], other: &[f64]) -> bool {
    one.iter().zip(other).all(|(one, other)| *one <= other + 1e-9)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn accepting_evidence_raises_no_risk_and_refusing_it_lowers_none(drawn in drawn()) {
        let document = document();
        let mut case = of(&document, drawn);
        // An accepted N/A can move the mean either way, and is looked at elsewhere.
        for said in case.said.values_mut().filter(|said| matches!(said.reply, Some(Reply::NotApplicable { .. }))) {
            said.reply = None;
        }
        let plain = residuals(&case);
        prop_assert!(at_most(&residuals(&reviewed(&case, Support::Accepted)), &plain));
        prop_assert!(at_most(&plain, &residuals(&reviewed(&case, Support::Refused))));
        prop_assert_eq!(residuals(&reviewed(&case, Support::Refused)), residuals(&reviewed(&case, Support::Contradicts)));
    }

    #[test]
    fn agreeing_that_something_does_not_apply_raises_no_risk(drawn in drawn()) {
        // What is claimed not to apply counts 0: taking it out of a mean never lowers the mean. Where a control has nothing
        // else, the mean over controls loses a 0.
        let document = document();
        let case = of(&document, drawn);
        let mut agreed = case.clone();
        agreed.reviews = reviewed(&case, Support::Accepted).reviews;
        agreed.reviews.retain(|_, review| review.verdict == Verdict::NaAccepted);
        prop_assert!(at_most(&residuals(&agreed), &residuals(&case)));
    }

    #[test]
    fn a_review_of_another_answer_changes_nothing(drawn in drawn(), question in select(QUESTIONS.to_vec())) {
        let document = document();
        let case = of(&document, drawn);
        let mut old = reviewed(&case, Support::Accepted);
        for review in old.reviews.values_mut() {
            review.answer_sha256 = "of something else".to_owned();
        }
        prop_assert_eq!(scored(&case), scored(&old));
        let mut changed = reviewed(&case, Support::Accepted);
        let said = changed.said.get_mut(question).expect("drawn");
        said.comment = Some("changed".to_owned());
        let mut without = changed.clone();
        without.reviews.remove(question);
        prop_assert_eq!(scored(&changed), scored(&without));
    }

    #[test]
    fn supposing_nothing_moves_nothing(drawn in drawn()) {
        let document = document();
        let case = reviewed(&of(&document, drawn), Support::Accepted);
        let none = what_if(&case, &policy(), &Supposed::default()).expect("a move");
        prop_assert_eq!(&none.before, &none.after);
        prop_assert!(none.shown.is_empty() && none.hidden.is_empty());
    }

    #[test]
    fn the_statement_leaves_nothing_out(drawn in drawn()) {
        let document = document();
        let case = of(&document, drawn);
        let policy = policy();
        let input = case.input(&policy);
        let rows = statement(["A.6.2.4", "A.7.2", "A.9.4", "A.2.2"], &case, &policy, &input);
        prop_assert_eq!(rows.len(), 4);
        for row in &rows {
            let stated: Vec<&String> = row.questions.values().flatten().collect();
            let asked: BTreeSet<&String> = input.questions.iter()
                .filter(|q| q.weight > 0.0 && q.state != State::Hidden && q.controls.contains(&row.control))
                .map(|q| &q.id).collect();
            prop_assert_eq!(stated.len(), asked.len());
            prop_assert_eq!(stated.into_iter().collect::<BTreeSet<_>>(), asked.clone());
            prop_assert_eq!(row.column == Column::NotAsked, asked.is_empty());
            // What is said to be verified has nothing weaker, so its questions all count in the score.
            if row.column == Column::Verified {
                prop_assert!(row.questions.keys().all(|column| matches!(column, Column::Verified | Column::Excluded)));
            }
        }
    }

    #[test]
    fn one_more_use_never_betters_a_control(drawn in prop::collection::vec(drawn(), 1..4)) {
        let document = document();
        let policy = policy();
        let statements: Vec<_> = drawn.into_iter().map(|drawn| {
            let case = of(&document, drawn);
            statement(["A.6.2.4", "A.7.2", "A.9.4", "A.2.2"], &case, &policy, &case.input(&policy))
        }).collect();
        let mut turned = statements.clone();
        turned.reverse();
        let (all, turned, fewer) = (joined(&statements), joined(&turned), joined(&statements[1..]));
        for (n, row) in all.iter().enumerate() {
            prop_assert_eq!(row.column, turned[n].column);
            prop_assert_eq!(row.counts(), turned[n].counts());
            prop_assert_eq!(row.column == Column::NotAsked, row.counts().is_empty());
            if let Some(before) = fewer.get(n).filter(|before| before.column != Column::NotAsked) {
                prop_assert!(row.column <= before.column && row.column != Column::NotAsked);
            }
        }
    }

    #[test]
    fn closing_findings_raises_no_risk(drawn in drawn(), some in prop::collection::btree_set(select(QUESTIONS.to_vec()), 0..4)) {
        let document = document();
        let case = reviewed(&of(&document, drawn), Support::Accepted);
        let now = scored(&case);
        let closed = if_closed(&policy(), &now.input, &some).expect("a score");
        prop_assert!(closed.residual <= now.output.residual + 1e-9);
        let all = if_closed(&policy(), &now.input, &QUESTIONS.into()).expect("a score");
        prop_assert!(all.residual <= closed.residual + 1e-9);
    }

    #[test]
    fn steps_add_up_to_the_computed_numbers(profile in any_profile()) {
        for domain in inherent(&policy(), &profile, &[]).expect("a profile") {
            let sum = |steps: &[crate::scoring::Step]| (1.0 + steps.iter().map(|step| step.points).sum::<f64>()).clamp(1.0, 5.0);
            prop_assert_eq!(sum(&domain.severity_from), f64::from(domain.computed.severity));
            prop_assert_eq!(sum(&domain.likelihood_from), f64::from(domain.computed.likelihood));
            prop_assert_eq!(domain.inherent, 4 * domain.severity * domain.likelihood);
        }
    }

    #[test]
    fn one_more_engagement_never_lowers_a_tier(
        profiles in prop::collection::vec(any_profile(), 1..5),
        severity in 1..=5u8,
    ) {
        let own = Override { domain: "misinformation".to_owned(), severity: Some(severity), likelihood: None,
            reason: "r".to_owned(), by: "b".to_owned() };
        let open: Vec<Open> = profiles.into_iter().enumerate()
            .map(|(n, profile)| Open { id: EngagementId(Uuid::from_u128(n as u128)), profile, overrides: vec![own.clone()] })
            .collect();
        let policy = policy();
        let largest = |open: &[Open]| open.iter()
            .flat_map(|one| inherent(&policy, &one.profile, &one.overrides).expect("a profile"))
            .map(|domain| domain.inherent).max().expect("a domain");
        let VendorTier::Tier { inherent: most, band, .. } = vendor_tier(&policy, &open) else { panic!("no tier") };
        prop_assert_eq!(most, largest(&open));
        prop_assert_eq!(band.as_str(), policy.band(f64::from(most)));
        let VendorTier::Tier { inherent: fewer, .. } = vendor_tier(&policy, &open[..1]) else { panic!("no tier") };
        prop_assert!(fewer <= most);
    }

    #[test]
    fn what_a_risk_rests_on_is_above_a_claim(drawn in drawn()) {
        let document = document();
        let case = reviewed(&of(&document, drawn), Support::Accepted);
        let now = scored(&case);
        let basis = Basis::of(&policy(), &now.input, &now.output);
        for question in basis.evidence.keys() {
            prop_assert!(!case.said[question].evidence.is_empty());
        }
    }

    #[test]
    fn the_order_of_a_plan_is_one(seed in any::<u64>()) {
        let mut items: Vec<Item<u64>> = (0..200u64).map(|n| some_item(n.wrapping_mul(seed | 1), n)).collect();
        let mut turned = items.clone();
        turned.reverse();
        in_order(&mut items);
        in_order(&mut turned);
        prop_assert_eq!(&items, &turned);
        for pair in items.windows(2) {
            prop_assert!(pair[0].severity >= pair[1].severity);
            if pair[0].severity == pair[1].severity {
                let rank = |item: &Item<u64>| item.effort.map_or(3, |effort| effort as u8);
                prop_assert!(rank(&pair[0]) <= rank(&pair[1]));
            }
        }
    }
}

fn some_item(drawn: u64, id: u64) -> Item<u64> {
    Item {
        id,
        severity: [Severity::Observation, Severity::Minor, Severity::Major][(drawn >> 7) as usize % 3],
        effort: [None, Some(Effort::Small), Some(Effort::Medium), Some(Effort::Large)][(drawn >> 17) as usize % 4],
        reduction: ((drawn >> 23) % 5) as f64,
        due_on: (!(drawn >> 31).is_multiple_of(3))
            .then(|| date!(2026 - 01 - 01) + Duration::days(((drawn >> 33) % 4) as i64)),
    }
}

#[test]
fn ten_thousand_findings_have_an_order() {
    let mut items: Vec<Item<u64>> =
        (0..10_000u64).map(|n| some_item(n.wrapping_mul(0x9E37_79B9_7F4A_7C15), n)).collect();
    in_order(&mut items);
    assert_eq!(items.iter().map(|item| item.id).collect::<BTreeSet<_>>().len(), 10_000);
    assert_eq!((items[0].severity, items[0].effort), (Severity::Major, Some(Effort::Small)));
    let last = items.last().expect("the last");
    assert_eq!((last.severity, last.effort), (Severity::Observation, None));
}
