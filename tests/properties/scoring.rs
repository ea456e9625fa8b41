//! What must always hold of a score, for policies and inputs drawn at random from few numbers, so that ties are
//! common. Each drawn 256 times, or as often as `PROPTEST_CASES` says: docs/scoring.md.

use domain::scoring::{DOMAINS, Output, Policy, score_by, score_documents};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const CONTROLS: [&str; 6] = ["A.2.2", "A.10.3", "A.6.1", "B", "Ä", "😀"];
const LEVELS: [&str; 3] = ["claimed", "documented", "verified"];
const STANDARD: &str = "ISO/IEC 42001:2023";
const AS_OF: &str = "2026-08-31";

// ---- what is drawn -------------------------------------------------------------------------------------------------------

fn hundredths(low: u32, high: u32) -> impl Strategy<Value = f64> + Clone {
    (low..=high).prop_map(|n| f64::from(n) / 100.0)
}

fn date() -> impl Strategy<Value = String> {
    let days = select(vec!["01", "15", "28", "30", "31"]);
    (2023..=2026u32, 1..=8u32, days).prop_map(|(year, month, day)| {
        let last = last_day(year, month);
        format!("{year}-{month:02}-{:02}", day.parse::<u32>().expect("a day").min(last))
    })
}

fn table() -> impl Strategy<Value = Value> {
    let row =
        prop::collection::vec(-2..=3i64, 3).prop_map(|n| json!({"use": {"a": n[0], "b": n[1]}, "data": {"c": n[2]}}));
    (subsequence(DOMAINS.to_vec(), 0..=4), prop::collection::vec(row, 4)).prop_map(object)
}

fn object<K: Into<String>>((keys, values): (Vec<K>, Vec<Value>)) -> Value {
    Value::Object(keys.into_iter().map(Into::into).zip(values).collect::<Map<_, _>>())
}

fn domain_controls() -> impl Strategy<Value = Value> {
    let weight = select(vec![0.0, 0.1, 0.2, 0.3, 0.7, 1.0, 1.0, 2.0, 3.0]).prop_map(|weight| json!(weight));
    let weights = (subsequence(CONTROLS.to_vec(), 0..=6), prop::collection::vec(weight, 6)).prop_map(object);
    (subsequence(DOMAINS.to_vec(), 0..=7), prop::collection::vec(weights, 7)).prop_map(object)
}

prop_compose! {
    fn policy()(
        mut factors in prop::collection::vec(hundredths(0, 100), 4),
        months in 1..=20u32,
        mitigation in hundredths(0, 99),
        mut ends in prop::collection::btree_set(select(vec![4u32, 8, 12, 16, 20, 40, 48, 60, 100]), 1..=4),
        severity in table(),
        likelihood in table(),
        controls in domain_controls(),
        limits in (hundredths(0, 100), hundredths(0, 100), hundredths(0, 100)),
        level in select(vec!["claimed", "documented", "verified", "certified"]),
        asked in any::<bool>(),
    ) -> Value {
        factors.sort_by(f64::total_cmp);
        let mut bands: Vec<Value> = ends.iter().map(|end| json!({"rating": format!("r{end}"), "below": end})).collect();
        bands.push(json!({"rating": "last"}));
        let floor = format!("r{}", ends.pop_last().expect("at least one"));
        let tag = if asked { json!({"tag": "t", "value": limits.0, "assurance": level}) } else { json!({"tag": "t", "value": limits.0}) };
        json!({
            "id": "drawn", "version": 1,
            "assurance": {"claimed": factors[0], "documented": factors[1], "verified": factors[2], "certified": factors[3]},
            "evidence_valid_months": months, "max_mitigation": mitigation, "certificate_standards": [STANDARD],
            "bands": bands, "factors": {"use": ["a", "b"], "data": ["c", "d"]},
            "severity": severity, "likelihood": likelihood, "domain_controls": controls,
            "knock_outs": [
                {"id": "profile", "when": {"profile": {"use": ["a"]}, "coverage_below": limits.1}, "floor": floor},
                {"id": "tag", "when": {"tag_below": tag}, "floor": floor},
                {"id": "confidence", "when": {"confidence_below": limits.2, "inherent_at_least": 40}, "floor": "last"},
            ],
        })
    }
}

prop_compose! {
    fn question()(
        weight in select(vec![0.0, 0.1, 0.2, 0.3, 1.0, 1.0, 2.5, 10.0]),
        controls in subsequence(CONTROLS.to_vec(), 0..=3),
        tagged in any::<bool>(),
        state in select(vec!["answered", "answered", "answered", "unanswered", "declined", "na_claimed", "na_accepted", "hidden"]),
        value in select(vec![0.0, 0.1, 0.25, 0.5, 1.0]),
        best in select(vec![0.5, 0.7, 1.0, 1.0]),
        level in select(LEVELS.to_vec()),
        date in date(),
    ) -> Value {
        let tags = if tagged { vec!["t"] } else { vec![] };
        let mut question = json!({"weight": weight, "controls": controls, "tags": tags, "state": state, "best": best,
                                  "assurance": level, "evidence_date": date});
        if state == "answered" {
            question["value"] = json!(f64::min(value, best));
        }
        question
    }
}

prop_compose! {
    fn certificate()(
        standard in select(vec![STANDARD, STANDARD, STANDARD, "ISO 9001:2015"]),
        accredited in prop::bool::weighted(0.9),
        in_scope in prop::bool::weighted(0.9),
        from in date(),
        to in select(vec!["2025-01-01", AS_OF, "2026-08-30", "2029-12-31"]),
        controls in subsequence(CONTROLS.to_vec(), 0..=4),
    ) -> Value {
        json!({"standard": standard, "accredited": accredited, "in_scope": in_scope, "valid_from": from, "valid_to": to,
               "controls": controls})
    }
}

prop_compose! {
    /// An input with at least so many questions.
    fn input_of(least: usize)(
        questions in prop::collection::vec(question(), least..=10),
        certificates in prop::collection::vec(certificate(), 0..=3),
        own in (select(DOMAINS.to_vec()), prop::option::of(1..=5u8), prop::option::of(1..=5u8), any::<bool>()),
        profile in (select(vec!["a", "b"]), select(vec!["c", "d"])),
    ) -> Value {
        let mut questions = questions;
        for (n, question) in questions.iter_mut().enumerate() {
            question["id"] = json!(format!("q{n}"));
        }
        let (domain, severity, likelihood, given) = own;
        let own = json!({"domain": domain, "severity": severity, "likelihood": likelihood, "reason": "seen on site", "by": "Ana"});
        json!({"as_of": AS_OF, "profile": {"use": profile.0, "data": profile.1}, "overrides": if given { vec![own] } else { vec![] },
               "questions": questions, "certificates": certificates})
    }
}

fn input() -> impl Strategy<Value = Value> {
    input_of(0)
}

/// A policy as the function reads it: read once for all that a property scores by it.
fn read(policy: &Value) -> Policy {
    Policy::parse(&policy.to_string()).expect("what is drawn is valid")
}

fn score(policy: &Policy, input: &Value) -> Output {
    score_by(policy, &input.to_string()).expect("what is drawn is valid").1
}

fn residuals(policy: &Policy, input: &Value) -> Vec<f64> {
    score(policy, input).domains.iter().map(|domain| domain.residual).collect()
}

/// No domain's residual risk is larger in `lower` than in `higher`. The doubles are the exact values rounded, so
/// there is no tolerance.
fn none_above(lower: &[f64], higher: &[f64]) -> Result<(), TestCaseError> {
    for (n, (low, high)) in lower.iter().zip(higher).enumerate() {
        prop_assert!(low <= high, "{}: {low} > {high}", DOMAINS[n]);
    }
    Ok(())
}

fn questions(input: &mut Value) -> &mut Vec<Value> {
    input["questions"].as_array_mut().expect("questions")
}

/// The input with another question in it.
fn with(input: &Value, mut question: Value, state: &str) -> Value {
    question["id"] = json!("added");
    question["state"] = json!(state);
    question["value"] = if state == "answered" { question["best"].clone() } else { Value::Null };
    let mut input = input.clone();
    questions(&mut input).insert(0, question);
    input
}

fn without_hash(mut output: Output) -> Output {
    output.inputs_sha256.clear();
    output
}

// ---- the sum again, as one would do it by hand ---------------------------------------------------------------------------

/// A JSON number's decimal, as a ratio.
fn ratio(number: &Value) -> BigRational {
    let text = number.as_f64().expect("a number").to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits: BigInt = format!("{whole}{fraction}").parse().expect("digits");
    BigRational::new(digits, BigInt::from(10).pow(u32::try_from(fraction.len()).expect("short")))
}

fn last_day(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Months later, as text: dates written like this compare as they follow each other.
fn later(date: &str, months: u32) -> String {
    let part = |range: std::ops::Range<usize>| date[range].parse::<u32>().expect("digits");
    let count = part(0..4) * 12 + part(5..7) - 1 + months;
    let (year, month) = (count / 12, count % 12 + 1);
    format!("{year:04}-{month:02}-{:02}", part(8..10).min(last_day(year, month)))
}

struct Oracle<'a> {
    policy: &'a Value,
    input: &'a Value,
    at_best: bool,
}

impl Oracle<'_> {
    fn texts(list: &Value) -> Vec<&str> {
        list.as_array().expect("a list").iter().map(|text| text.as_str().expect("a text")).collect()
    }

    fn covered(&self, control: &str) -> bool {
        let as_of = self.input["as_of"].as_str().expect("a date");
        self.input["certificates"].as_array().expect("certificates").iter().any(|certificate| {
            Self::texts(&self.policy["certificate_standards"])
                .contains(&certificate["standard"].as_str().expect("a text"))
                && certificate["accredited"] == true
                && certificate["in_scope"] == true
                && certificate["valid_from"].as_str().expect("a date") <= as_of
                && as_of <= certificate["valid_to"].as_str().expect("a date")
                && Self::texts(&certificate["controls"]).contains(&control)
        })
    }

    /// `v_q * a_q` in a control; nothing when the question is not applicable.
    fn worth(&self, question: &Value, control: &str) -> Option<BigRational> {
        let state = question["state"].as_str().expect("a state");
        if ratio(&question["weight"]).is_zero() || state == "hidden" || state == "na_accepted" {
            return None;
        }
        let open = state == "unanswered" || state == "na_claimed";
        let (value, mut level) = match state {
            "answered" => (ratio(&question["value"]), question["assurance"].as_str().expect("a level")),
            _ if open && self.at_best => (ratio(&question["best"]), "claimed"),
            _ => (BigRational::zero(), "claimed"),
        };
        let months = self.policy["evidence_valid_months"].as_u64().expect("months");
        let months = u32::try_from(months).expect("few");
        let as_of = self.input["as_of"].as_str().expect("a date");
        let date = question["evidence_date"].as_str().expect("a date");
        let falls = (1..=2).filter(|n| as_of > later(date, n * months).as_str()).count();
        level = match (level, falls) {
            ("verified", 1) => "documented",
            ("verified", 2) | ("documented", 1 | 2) => "claimed",
            (level, _) => level,
        };
        if self.covered(control) {
            level = if level == "claimed" { "documented" } else { "certified" };
        }
        Some(value * ratio(&self.policy["assurance"][level]))
    }

    fn effectiveness(&self, control: &str) -> Option<BigRational> {
        let mut above = BigRational::zero();
        let mut below = BigRational::zero();
        for question in self.input["questions"].as_array().expect("questions") {
            if Self::texts(&question["controls"]).contains(&control)
                && let Some(worth) = self.worth(question, control)
            {
                above += ratio(&question["weight"]) * worth;
                below += ratio(&question["weight"]);
            }
        }
        (!below.is_zero()).then(|| above / below)
    }

    fn stake(&self, kind: &str, domain: &str) -> i64 {
        for own in self.input["overrides"].as_array().expect("overrides") {
            if own["domain"] == domain && !own[kind].is_null() {
                return own[kind].as_i64().expect("1 to 5");
            }
        }
        let add = |factor: &str| {
            let value = self.input["profile"][factor].as_str().expect("a value");
            self.policy[kind][domain][factor][value].as_i64().unwrap_or(0)
        };
        (1 + add("use") + add("data")).clamp(1, 5)
    }

    fn residual(&self, domain: &str) -> BigRational {
        let mut above = BigRational::zero();
        let mut below = BigRational::zero();
        for (control, weight) in self.policy["domain_controls"][domain].as_object().into_iter().flatten() {
            if let Some(effectiveness) = self.effectiveness(control) {
                above += ratio(weight) * effectiveness;
                below += ratio(weight);
            }
        }
        let effectiveness = if below.is_zero() { below } else { above / below };
        let inherent = 4 * self.stake("severity", domain) * self.stake("likelihood", domain);
        BigRational::from_integer(inherent.into())
            * (BigRational::one() - ratio(&self.policy["max_mitigation"]) * effectiveness)
    }

    fn worst(&self) -> (usize, BigRational) {
        let mut worst = (0, self.residual(DOMAINS[0]));
        for (n, domain) in DOMAINS.iter().enumerate() {
            let residual = self.residual(domain);
            if residual > worst.1 {
                worst = (n, residual);
            }
        }
        worst
    }

    fn band(&self, residual: &BigRational) -> String {
        let bands = self.policy["bands"].as_array().expect("bands");
        let band = bands.iter().find(|band| band.get("below").is_none_or(|below| *residual < ratio(below)));
        band.expect("the last has no end")["rating"].as_str().expect("a text").to_owned()
    }
}

fn close(number: f64, exact: &BigRational) -> bool {
    let scale = exact.abs().to_f64().expect("finite").max(1.0);
    (number - exact.to_f64().expect("finite")).abs() <= 1e-9 * scale
}

proptest! {
    #[test]
    fn agrees_with_the_sum_by_hand(policy in policy(), input in input()) {
        let output = score(&read(&policy), &input);
        let oracle = Oracle { policy: &policy, input: &input, at_best: false };
        for domain in &output.domains {
            let residual = oracle.residual(&domain.domain);
            prop_assert!(close(domain.residual, &residual), "{}: {} is not {residual}", domain.domain, domain.residual);
            prop_assert_eq!(&domain.band, &oracle.band(&residual));
        }
        let (driver, residual) = oracle.worst();
        prop_assert_eq!(&output.driver, DOMAINS[driver]);
        prop_assert_eq!(&output.band, &oracle.band(&residual));
        prop_assert!(close(output.residual, &residual));
        let best = Oracle { at_best: true, ..oracle }.worst().1;
        prop_assert!(close(output.best_case, &best));
    }

    #[test]
    fn bounded(policy in policy(), input in input()) {
        for domain in score(&read(&policy), &input).domains {
            prop_assert!(0.0 <= domain.residual && domain.residual <= domain.inherent && domain.inherent <= 100.0);
        }
    }

    #[test]
    fn a_better_answer_or_level_raises_nothing(
        policy in policy(),
        mut input in input_of(1),
        pick in any::<Index>(),
        values in (select(vec![0.0, 0.1, 0.25]), select(vec![0.1, 0.25, 0.3, 0.5, 0.7, 1.0])),
    ) {
        let policy = read(&policy);
        let at = pick.index(questions(&mut input).len());
        let question = &mut questions(&mut input)[at];
        let best = question["best"].as_f64().expect("a number");
        question["state"] = json!("answered");
        question["value"] = json!(values.0);
        let before = residuals(&policy, &input);
        let mut better = input;
        questions(&mut better)[at]["value"] = json!(f64::max(values.0, f64::min(values.1, best)));
        let valued = better.clone();
        none_above(&residuals(&policy, &valued), &before)?;
        let question = &mut questions(&mut better)[at];
        if question["assurance"] == "claimed" {
            question["evidence_date"] = json!(AS_OF);
            question["assurance"] = json!("documented");
        } else {
            question["assurance"] = json!("verified");
        }
        none_above(&residuals(&policy, &better), &residuals(&policy, &valued))?;
    }

    #[test]
    fn a_certificate_raises_nothing(policy in policy(), input in input(), certificate in certificate()) {
        let policy = read(&policy);
        let before = residuals(&policy, &input);
        let mut better = input;
        better["certificates"].as_array_mut().expect("certificates").push(certificate);
        none_above(&residuals(&policy, &better), &before)?;
    }

    #[test]
    fn time_lowers_nothing(policy in policy(), mut input in input(), months in 0..40u32) {
        let policy = read(&policy);
        for certificate in input["certificates"].as_array_mut().expect("certificates") {
            certificate["valid_to"] = json!("2099-12-31");
        }
        let before = residuals(&policy, &input);
        input["as_of"] = json!(later(AS_OF, months));
        none_above(&before, &residuals(&policy, &input))?;
    }

    #[test]
    fn hidden_and_informational_questions_are_neutral(policy in policy(), input in input(), question in question()) {
        let policy = read(&policy);
        let before = without_hash(score(&policy, &input));
        prop_assert_eq!(&without_hash(score(&policy, &with(&input, question.clone(), "hidden"))), &before);
        let mut informational = question;
        informational["weight"] = json!(0);
        for state in ["answered", "unanswered", "declined", "na_claimed", "na_accepted"] {
            prop_assert_eq!(&without_hash(score(&policy, &with(&input, informational.clone(), state))), &before);
        }
    }

    #[test]
    fn an_accepted_na_moves_no_risk(policy in policy(), input in input(), question in question()) {
        let policy = read(&policy);
        let before = score(&policy, &input);
        let after = score(&policy, &with(&input, question, "na_accepted"));
        for (one, other) in before.domains.iter().zip(&after.domains) {
            let mut other = other.clone();
            other.coverage = one.coverage;
            prop_assert_eq!(one, &other);
        }
        prop_assert_eq!((before.residual, before.best_case, before.confidence), (after.residual, after.best_case, after.confidence));
        prop_assert_eq!((before.driver, before.band, before.controls), (after.driver, after.band, after.controls));
        prop_assert_eq!((before.contributions, before.opportunities), (after.contributions, after.opportunities));
    }

    #[test]
    fn order_changes_nothing(policy in policy(), input in input(), seed in any::<[u8; 32]>()) {
        let policy = read(&policy);
        let before = score(&policy, &input);
        let mut shuffled = input;
        let mut turn = seed.iter().cycle().map(|byte| usize::from(*byte));
        let mut turn_over = |list: &mut Value| {
            let list = list.as_array_mut().expect("a list");
            if !list.is_empty() {
                let by = turn.next().expect("endless") % list.len();
                list.rotate_left(by);
                if turn.next().expect("endless").is_multiple_of(2) {
                    list.reverse();
                }
            }
        };
        turn_over(&mut shuffled["questions"]);
        turn_over(&mut shuffled["certificates"]);
        for question in shuffled["questions"].as_array_mut().expect("questions") {
            question["tags"] = if question["tags"] == json!(["t"]) { json!(["other", "t"]) } else { json!(["other"]) };
            turn_over(&mut question["controls"]);
        }
        let shuffled_output = score(&policy, &shuffled);
        let bytes = |output: Output| serde_json::to_string(&without_hash(output)).expect("JSON");
        prop_assert_eq!(bytes(before), bytes(shuffled_output));
    }

    #[test]
    fn contributions_leave_no_rest(policy in policy(), input in input()) {
        let policy = read(&policy);
        let output = score(&policy, &input);
        let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
        for line in &output.contributions {
            prop_assert!(line.reduction > 0.0);
            *sums.entry(&*line.domain).or_default() += line.reduction;
        }
        for domain in &output.domains {
            let sum = sums.get(domain.domain.as_str()).copied().unwrap_or(0.0);
            let reduced = domain.inherent - domain.residual;
            prop_assert!((sum - reduced).abs() <= 1e-9 * reduced.max(1.0), "{}: {sum} is not {reduced}", domain.domain);
        }
        let position = |line: &domain::scoring::Contribution| {
            let domain = DOMAINS.iter().position(|domain| **domain == *line.domain);
            (domain, line.control.clone(), line.question.clone())
        };
        prop_assert!(output.contributions.is_sorted_by_key(position));
        for pair in output.opportunities.windows(2) {
            let (one, next) = (&pair[0], &pair[1]);
            let falls = one.reduction > next.reduction;
            prop_assert!(falls || (one.reduction == next.reduction && one.question < next.question), "{:?} before {:?}", one, next);
        }
    }

    #[test]
    fn silence_gains_nothing(policy in policy(), input in input_of(1), pick in any::<Index>(), value in select(vec![0.0, 0.1, 0.5])) {
        let policy = read(&policy);
        let mut spoken = input;
        let at = pick.index(questions(&mut spoken).len());
        let mut silent = spoken.clone();
        questions(&mut spoken)[at]["state"] = json!("answered");
        questions(&mut spoken)[at]["value"] = json!(value);
        let answered = residuals(&policy, &spoken);
        for state in ["unanswered", "declined", "na_claimed"] {
            questions(&mut silent)[at]["state"] = json!(state);
            questions(&mut silent)[at]["value"] = Value::Null;
            none_above(&answered, &residuals(&policy, &silent))?;
        }
    }

    #[test]
    fn the_same_inputs_give_the_same_bytes(policy in policy(), input in input()) {
        let output = score(&read(&policy), &input);
        let text = serde_json::to_string(&output).expect("JSON");
        prop_assert_eq!(serde_json::to_string(&score(&read(&policy), &input)).expect("JSON"), text.clone());
        prop_assert_eq!(serde_json::from_str::<Output>(&text).expect("reads back"), output);
        // Space and the order of keys are not part of the inputs.
        let spaced = score_documents(&format!("{policy:#}"), &format!("\n{input:#}\n")).expect("valid");
        prop_assert_eq!(serde_json::to_string(&spaced).expect("JSON"), text);
    }
}
