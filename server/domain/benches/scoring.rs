//! The score of 150 questions over 38 controls and seven domains with its whole explanation, without the hash of its
//! documents, beside copying what comes of it; and the same from one text to the other, beside reading that text as JSON.

mod pair;

use domain::scoring::{Input, Level, Policy, Question, State, canonical, score, score_by, score_made};
use pair::pair;
use std::collections::BTreeMap;
use std::hint::black_box;
use time::macros::date;

/// The allocator of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const POLICY: &str = include_str!("../../../fixtures/policies/default.json");
const QUESTIONS: usize = 150;
const CONTROLS: usize = 38;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Policy::parse(POLICY).map_err(|refusal| refusal.reason)?;
    let input = input(&policy);
    let output = score(&policy, &input, String::new());
    println!(
        "{} controls, {} lines of explanation, {} opportunities, {} knock-outs",
        output.controls.len(),
        output.contributions.len(),
        output.opportunities.len(),
        output.knock_outs.len()
    );
    assert_eq!(output.controls.len(), CONTROLS);
    pair(
        "scoring 150 questions, explained",
        3_000,
        || drop(black_box(score(&policy, &input, String::new()))),
        || drop(black_box(output.clone())),
    );
    let text = canonical(&serde_json::to_value(&input)?);
    pair(
        "reading, checking, hashing and scoring the same",
        1_000,
        || drop(black_box(score_by(&policy, &text))),
        || drop(black_box(serde_json::from_str::<serde_json::Value>(&text))),
    );
    pair(
        "writing, hashing and scoring what was put together",
        1_000,
        || drop(black_box(score_made(&policy, &input))),
        || drop(black_box(text.clone())),
    );
    Ok(())
}

/// A middling vendor: every control asked about, some of it through two questions, proved in all the ways there are.
fn input(policy: &Policy) -> Input {
    let controls: Vec<&str> = {
        let all = policy.domain_controls.values().flat_map(BTreeMap::keys).map(String::as_str);
        all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    };
    assert_eq!(controls.len(), CONTROLS, "the policy names every control");
    let question = |n: usize| {
        let state = match n % 15 {
            3 => State::Unanswered,
            7 => State::Declined,
            11 => State::NaAccepted,
            _ => State::Answered,
        };
        let assurance = if state == State::Answered { Level::ALL[n % 3] } else { Level::Claimed };
        let second = n.is_multiple_of(4).then(|| controls[(n * 7 + 5) % CONTROLS]);
        let mapped = std::iter::once(controls[n % CONTROLS]).chain(second);
        Question {
            id: format!("A.{}.{}-{n}", n % 9 + 2, n % 7 + 1),
            weight: 1.0 + (n % 5) as f64,
            controls: mapped.collect::<std::collections::BTreeSet<_>>().into_iter().map(str::to_owned).collect(),
            tags: if n.is_multiple_of(10) { vec!["oversight".to_owned()] } else { Vec::new() },
            state,
            value: (state == State::Answered).then_some([0.0, 0.3, 0.5, 0.7, 1.0][n % 5]),
            best: 1.0,
            assurance,
            evidence_date: (assurance != Level::Claimed).then_some(date!(2025 - 03 - 31)),
        }
    };
    Input {
        as_of: date!(2026 - 11 - 22),
        profile: policy
            .factors
            .iter()
            .map(|(factor, values)| (factor.clone(), values[values.len() / 2].clone()))
            .collect(),
        overrides: Vec::new(),
        questions: (0..QUESTIONS).map(question).collect(),
        certificates: Vec::new(),
    }
}
