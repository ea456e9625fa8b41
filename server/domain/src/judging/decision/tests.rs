//! What a decision needs, what overtakes it, and that its record holds.

use super::*;
use crate::classification::Tier;
use crate::ids::{MemberId, TokenId};
use crate::judging::finding::State;
use crate::judging::rules::Rules;
use crate::register::By;
use crate::scoring::{Policy, PolicyVersion, score_documents};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::macros::date;
use uuid::Uuid;

fn rules() -> Rules {
    Rules::read(include_str!("../../../../../fixtures/judging/default.json")).expect("the rules")
}

fn member(n: u128) -> Party {
    Party::of(By::Member(MemberId(Uuid::from_u128(n))))
}

fn condition(what: &str, finding: Option<&str>) -> Condition {
    Condition { what: what.to_owned(), due_on: None, owner: None, finding: finding.map(str::to_owned), clause: None }
}

fn decided(kind: Kind, conditions: Vec<Condition>) -> Decided {
    let reason = if kind.approves() { String::new() } else { "too early".to_owned() };
    Decided { kind, reason, conditions }
}

fn low(rules: &Rules) -> Situation<'_> {
    Situation {
        rules,
        rating: Some("low"),
        score_is_current: true,
        tier_is_confirmed: true,
        is_prohibited: false,
        has_ended: false,
        findings: &[],
        residual_is_accepted: false,
        impact: Impact::NotAskedFor,
        judged: &[],
    }
}

fn told(decided: &Decided, situation: &Situation<'_>, by: &Party) -> Vec<String> {
    let problems = check(decided, situation, by).err().map_or_else(Vec::new, |problems| problems.0);
    problems.iter().map(|problem| format!("{}: {}", problem.at, problem.code)).collect()
}

#[test]
fn what_an_approval_needs() {
    let rules = rules();
    let ok: [&str; 0] = [];
    let plain = decided(Kind::Approved, Vec::new());
    let with = decided(Kind::ApprovedWithConditions, vec![condition("log releases", None)]);
    assert_eq!(told(&plain, &low(&rules), &member(1)), ok);
    assert_eq!(
        told(&plain, &Situation { rating: Some("moderate"), ..low(&rules) }, &member(1)),
        ["kind: needs-conditions"]
    );
    assert_eq!(told(&with, &Situation { rating: Some("moderate"), ..low(&rules) }, &member(1)), ok);
    let high = Situation { rating: Some("high"), ..low(&rules) };
    assert_eq!(told(&with, &high, &member(1)), ["kind: needs-acceptance"]);
    assert_eq!(told(&with, &Situation { residual_is_accepted: true, ..high.clone() }, &member(1)), ok);
    let accepted = Situation { residual_is_accepted: true, ..high };
    assert_eq!(told(&plain, &accepted, &member(1)), ["kind: needs-conditions"]);
    assert_eq!(told(&plain, &Situation { rating: None, ..low(&rules) }, &member(1)), ["kind: unscored"]);
    assert_eq!(
        told(&plain, &Situation { score_is_current: false, ..low(&rules) }, &member(1)),
        ["kind: score-overtaken"]
    );
    assert_eq!(
        told(&plain, &Situation { rating: Some("no band"), ..low(&rules) }, &member(1)),
        ["kind: needs-acceptance"]
    );
    for (impact, code) in
        [(Impact::Missing, "needs-impact-assessment"), (Impact::OutOfDate, "impact-assessment-out-of-date")]
    {
        assert_eq!(told(&plain, &Situation { impact, ..low(&rules) }, &member(1)), [format!("kind: {code}")]);
    }
    assert_eq!(told(&plain, &Situation { impact: Impact::Approved, ..low(&rules) }, &member(1)), ok);
    let none = decided(Kind::ApprovedWithConditions, Vec::new());
    assert_eq!(told(&none, &low(&rules), &member(1)), ["conditions: required"]);
}

#[test]
fn an_approval_takes_a_confirmed_tier_and_a_refusal_does_not() {
    let rules = rules();
    let open = Situation { tier_is_confirmed: false, ..low(&rules) };
    for kind in Kind::ALL {
        let conditions = (kind == Kind::ApprovedWithConditions).then(|| condition("log releases", None));
        let found = told(&decided(kind, conditions.into_iter().collect()), &open, &member(1));
        let expected: &[&str] = if kind.approves() { &["kind: tier-not-confirmed"] } else { &[] };
        assert_eq!(found, expected, "{kind}");
    }
}

#[test]
fn what_is_prohibited_or_ended_is_never_approved_and_can_be_rejected() {
    let rules = rules();
    let bad =
        Situation { is_prohibited: true, has_ended: true, rating: None, residual_is_accepted: true, ..low(&rules) };
    let with = decided(Kind::ApprovedWithConditions, vec![condition("x", None)]);
    assert_eq!(told(&with, &bad, &member(1)), ["kind: prohibited", "kind: ended", "kind: unscored"]);
    for kind in [Kind::OnHold, Kind::Rejected, Kind::Withdrawn] {
        assert_eq!(told(&decided(kind, Vec::new()), &bad, &member(1)), Vec::<String>::new());
        let silent = Decided { kind, reason: " ".to_owned(), conditions: vec![condition("x", None)] };
        assert_eq!(told(&silent, &bad, &member(1)), ["reason: required", "conditions: not-with-this"]);
    }
}

#[test]
fn an_open_nonconformity_is_accepted_or_a_condition() {
    let rules = rules();
    let open = |id, severity, is_accepted| OpenFinding { id, severity, is_accepted };
    let findings = [
        open("minor", Severity::Minor, false),
        open("accepted", Severity::Major, true),
        open("noted", Severity::Observation, false),
    ];
    let situation = Situation { findings: &findings, ..low(&rules) };
    assert_eq!(told(&decided(Kind::Approved, Vec::new()), &situation, &member(1)), ["conditions: finding-open"]);
    let named = decided(Kind::ApprovedWithConditions, vec![condition("correct it", Some("minor"))]);
    assert_eq!(told(&named, &situation, &member(1)), Vec::<String>::new());
    let other = decided(Kind::ApprovedWithConditions, vec![condition(" ", Some("closed"))]);
    let expected = ["conditions: finding-open", "conditions.0.what: required", "conditions.0.finding: unknown"];
    assert_eq!(told(&other, &situation, &member(1)), expected);
}

#[test]
fn whoever_judged_does_not_decide() {
    let rules = rules();
    let judged = [member(1)];
    let situation = Situation { judged: &judged, ..low(&rules) };
    let plain = decided(Kind::Approved, Vec::new());
    assert_eq!(told(&plain, &situation, &member(1)), ["kind: own-work"]);
    assert_eq!(told(&plain, &situation, &member(2)), Vec::<String>::new());
    let program = Party::of(By::Token(TokenId(Uuid::from_u128(3))));
    assert_eq!(told(&plain, &situation, &program), ["kind: own-work"]);
}

#[test]
fn when_to_look_again() {
    let (rules, on) = (rules(), date!(2026 - 08 - 31));
    assert_eq!(next_review(&rules, "critical", on, [], None), date!(2027 - 02 - 28));
    assert_eq!(next_review(&rules, "low", on, [date!(2027 - 01 - 01)], None), date!(2027 - 01 - 01));
    assert_eq!(
        next_review(&rules, "low", on, [date!(2027 - 01 - 01)], Some(date!(2026 - 12 - 01))),
        date!(2026 - 12 - 01)
    );
    assert_eq!(next_review(&rules, "low", on, [], Some(date!(2020 - 01 - 01))), date!(2026 - 09 - 01));
}

#[test]
fn a_condition_is_met_when_somebody_else_says_so_and_its_clause_is_signed() {
    use ConditionState::{Met, Open, Waived};
    let of = Condition { owner: Some(member(1)), clause: Some(Clause::ToPropose), ..condition("a clause", None) };
    let meet = ConditionStep::Meet { note: "signed on 3 March".to_owned() };
    let clause = |clause| ConditionStep::Clause { clause };
    assert_eq!(of.after((Open, Some(Clause::Agreed)), &meet, &member(2)), Err(NotPossible::NotSigned));
    assert_eq!(of.after((Open, Some(Clause::Signed)), &meet, &member(1)), Err(NotPossible::OwnWork));
    assert_eq!(of.after((Open, Some(Clause::Signed)), &meet, &member(2)), Ok((Met, Some(Clause::Signed))));
    assert_eq!(of.after((Met, None), &meet, &member(2)), Err(NotPossible::NotNow));
    let silent = ConditionStep::Waive { reason: String::new() };
    assert_eq!(of.after((Open, None), &silent, &member(2)), Err(NotPossible::SaysNothing));
    let waive = ConditionStep::Waive { reason: "not sold any more".to_owned() };
    assert_eq!(of.after((Open, None), &waive, &member(2)), Ok((Waived, None)));
    let back = ConditionStep::TakeBack { reason: "it is sold again".to_owned() };
    assert_eq!(of.after((Waived, None), &back, &member(1)), Ok((Open, None)));
    assert_eq!(
        of.after((Open, Some(Clause::ToPropose)), &clause(Clause::Signed), &member(2)),
        Err(NotPossible::NotNow)
    );
    let signed = [Clause::Proposed, Clause::Refused, Clause::Proposed, Clause::Agreed, Clause::Signed];
    let end = signed
        .into_iter()
        .try_fold((Open, Some(Clause::ToPropose)), |at, next| of.after(at, &clause(next), &member(1)));
    assert_eq!(end, Ok((Open, Some(Clause::Signed))));
    assert!(Clause::ALL.into_iter().all(|clause| !clause.may_become(clause) && !Clause::Signed.may_become(clause)));
}

fn documents(value: f64) -> (Value, Value) {
    let policy: Value =
        serde_json::from_str(include_str!("../../../../../fixtures/policies/default.json")).expect("JSON");
    let factors = policy["factors"].as_object().expect("factors");
    let profile: BTreeMap<&String, &Value> = factors.iter().map(|(factor, values)| (factor, &values[0])).collect();
    let input = json!({
        "as_of": "2026-11-21", "profile": profile,
        "questions": [{"id": "q", "weight": 3, "controls": ["A.6.2.4"], "state": "answered", "value": value}],
    });
    (policy, input)
}

fn record(value: f64) -> Record {
    let (policy, input) = documents(value);
    let output = score_documents(&policy.to_string(), &input.to_string()).expect("a score");
    let finding = RecordedFinding {
        id: "f".to_owned(),
        title: "Not tested \u{1f600}".to_owned(),
        severity: Severity::Minor,
        state: State::Open,
        due_on: Some(date!(2027 - 02 - 19)),
    };
    Record {
        format: FORMAT.to_owned(),
        subject: Recorded {
            organisation: "o".to_owned(),
            vendor: "v".to_owned(),
            vendor_name: "Vendor, \"Ltd\"".to_owned(),
            engagement: "e".to_owned(),
            engagement_name: "Claims".to_owned(),
            number: 1,
            assessment: Some("a".to_owned()),
            submission: Some("s".to_owned()),
            answers_sha256: Some("00".to_owned()),
            score: Some("c".to_owned()),
        },
        kind: Kind::ApprovedWithConditions,
        reason: String::new(),
        by: member(1),
        by_name: "Ada".to_owned(),
        at: "2026-11-21T10:00:00Z".to_owned(),
        next_review_on: Some(date!(2027 - 11 - 21)),
        conditions: vec![condition("test it", Some("f"))],
        findings: vec![finding],
        acceptances: vec![json!({"id": "x", "residual": 25.825})],
        tier: None,
        impact: None,
        rules: ("candor-default".to_owned(), 1),
        policy: Some(policy),
        input: Some(input),
        output: Some(serde_json::to_string(&output).expect("JSON")),
    }
}

#[test]
fn a_record_computes_to_the_same_bytes() {
    let record = record(0.7);
    let frozen = record.freeze().unwrap_or_else(|broken| panic!("{broken}"));
    let output = recompute(&frozen.text, &frozen.sha256).expect("a record").expect("a score");
    assert_eq!(Some(serde_json::to_string(&output).expect("JSON")), record.output);
    let read: Record = serde_json::from_str(&frozen.text).expect("a record");
    assert_eq!(read.freeze(), Ok(frozen.clone()));
    // What an auditor does: policy and input cut out of the record, and the command over them.
    let cut: Value = serde_json::from_str(&frozen.text).expect("JSON");
    let again = score_documents(&cut["policy"].to_string(), &cut["input"].to_string()).expect("a score");
    assert_eq!(Value::String(serde_json::to_string(&again).expect("JSON")), cut["output"]);
    assert_eq!(again.inputs_sha256, output.inputs_sha256);
}

#[test]
fn a_record_that_does_not_hold_is_not_frozen() {
    let good = record(0.7);
    let other = record(0.8);
    let wrong = Record { output: other.output, ..good.clone() };
    assert!(matches!(wrong.freeze(), Err(Broken::Output { .. })));
    assert_eq!(Record { output: None, ..good.clone() }.freeze(), Err(Broken::Incomplete));
    assert!(matches!(Record { input: Some(json!({})), ..good.clone() }.freeze(), Err(Broken::Refused(_))));
    assert!(matches!(Record { format: "x".to_owned(), ..good.clone() }.freeze(), Err(Broken::Unreadable(_))));
    let rejected = Record { kind: Kind::Rejected, policy: None, input: None, output: None, ..good.clone() };
    let frozen = rejected.freeze().expect("a record without a score");
    assert_eq!(recompute(&frozen.text, &frozen.sha256), Ok(None));
    let text = good.freeze().expect("a record").text;
    let spaced = text.replacen(':', ": ", 1);
    assert_eq!(recompute(&spaced, &crate::scoring::sha256(&spaced)), Err(Broken::NotCanonical));
    assert!(matches!(recompute(&text, "00"), Err(Broken::Hash { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_byte_of_a_record_can_be_changed(hundredths in 0..=100u32, at in any::<prop::sample::Index>(), to in 0x20..0x7fu8) {
        let frozen = record(f64::from(hundredths) / 100.0).freeze().expect("a record");
        prop_assert!(recompute(&frozen.text, &frozen.sha256).is_ok());
        let mut bytes = frozen.text.into_bytes();
        let at = at.index(bytes.len());
        let before = bytes[at];
        bytes[at] = to;
        if let Ok(changed) = String::from_utf8(bytes) && before != to {
            prop_assert!(recompute(&changed, &frozen.sha256).is_err());
        }
    }
}

#[test]
fn what_overtakes_a_decision() {
    let policy = Policy::parse(include_str!("../../../../../fixtures/policies/default.json")).expect("the policy");
    let set = |ids: &[&str]| -> BTreeSet<String> { ids.iter().map(|id| (*id).to_owned()).collect() };
    let profile = BTreeMap::from([("exposure".to_owned(), "team".to_owned())]);
    let limited = ConfirmedTier { tier: Tier::Limited, areas: BTreeSet::new(), grounds: BTreeSet::new(), holds: true };
    let basis = Basis {
        profile: profile.clone(),
        overrides: Vec::new(),
        tier: Some(limited.clone()),
        policy: Some(PolicyVersion { id: policy.id.clone(), version: policy.version }),
        submission: Some("s1".to_owned()),
        rating: Some("moderate".to_owned()),
        findings: set(&["f1", "f2"]),
        acceptances: set(&["a1"]),
        had_impact: true,
        lacked_impact: false,
        next_review_on: Some(date!(2027 - 11 - 21)),
    };
    let (findings, acceptances) = (set(&["f2"]), set(&["a1", "a2"]));
    let now = Present {
        today: date!(2027 - 11 - 20),
        profile: &profile,
        overrides: &[],
        tier: Some(limited.clone()),
        policy: &policy,
        submission: Some("s1"),
        rating: Some("low"),
        findings: &findings,
        acceptances: &acceptances,
        impact: Impact::Approved,
        days: Days {
            profile: Some(date!(2027 - 01 - 02)),
            overrides: Some(date!(2027 - 01 - 03)),
            tier: Some(date!(2027 - 01 - 04)),
            policy: Some(date!(2027 - 01 - 05)),
            submission: Some(date!(2027 - 01 - 06)),
        },
    };
    assert_eq!(overtaken(&basis, &now), []);
    let day = |day: &str| Some(day.to_owned());
    let wider = BTreeMap::from([("exposure".to_owned(), "public".to_owned())]);
    let one = |now: &Present<'_>| {
        let mut all = overtaken(&basis, now);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    };
    assert_eq!(
        one(&Present { profile: &wider, ..now.clone() }),
        Overtaken::Profile { factors: set(&["exposure"]), on: day("2027-01-02") }
    );
    // Another tier; the same one for another point of Annex III; and none confirmed before.
    let high = ConfirmedTier { tier: Tier::High, areas: set(&["4"]), ..limited.clone() };
    let to = |from: Option<&ConfirmedTier>, to: &ConfirmedTier| Overtaken::Tier {
        from: from.cloned(),
        to: Some(to.clone()),
        on: day("2027-01-04"),
    };
    assert_eq!(one(&Present { tier: Some(high.clone()), ..now.clone() }), to(Some(&limited), &high));
    let other_area = ConfirmedTier { areas: set(&["5"]), ..high.clone() };
    let on_high = Basis { tier: Some(high.clone()), ..basis.clone() };
    let seen = overtaken(&on_high, &Present { tier: Some(other_area.clone()), ..now.clone() });
    assert_eq!(seen, [to(Some(&high), &other_area)]);
    let unconfirmed = Basis { tier: None, ..basis.clone() };
    assert_eq!(overtaken(&unconfirmed, &now), [to(None, &limited)]);
    // What is known by now speaks against it: said once it does, and not where it did when it was decided.
    let doubted = ConfirmedTier { holds: false, ..limited.clone() };
    assert_eq!(one(&Present { tier: Some(doubted.clone()), ..now.clone() }), Overtaken::TierDoubted);
    let was_doubted = Basis { tier: Some(doubted.clone()), ..basis.clone() };
    assert_eq!(overtaken(&was_doubted, &Present { tier: Some(doubted), ..now.clone() }), []);
    assert_eq!(
        one(&Present { submission: Some("s2"), ..now.clone() }),
        Overtaken::Submission { on: day("2027-01-06") }
    );
    let worse = Overtaken::Rating { from: "moderate".to_owned(), to: Some("high".to_owned()) };
    assert_eq!(one(&Present { rating: Some("high"), ..now.clone() }), worse);
    assert_eq!(
        one(&Present { rating: None, ..now.clone() }),
        Overtaken::Rating { from: "moderate".to_owned(), to: None }
    );
    let (more, fewer) = (set(&["f2", "f3"]), set(&["a2"]));
    assert_eq!(one(&Present { findings: &more, ..now.clone() }), Overtaken::Findings { raised: set(&["f3"]) });
    assert_eq!(one(&Present { acceptances: &fewer, ..now.clone() }), Overtaken::Acceptances { lapsed: set(&["a1"]) });
    assert_eq!(one(&Present { impact: Impact::OutOfDate, ..now.clone() }), Overtaken::Impact);
    assert_eq!(one(&Present { impact: Impact::Missing, ..now.clone() }), Overtaken::Impact);
    let lacking = Basis { had_impact: false, lacked_impact: true, ..basis.clone() };
    assert_eq!(overtaken(&lacking, &Present { impact: Impact::Missing, ..now.clone() }), [], "it was missing then");
    let due = Overtaken::ReviewDue { on: "2027-11-21".to_owned() };
    assert_eq!(one(&Present { today: date!(2027 - 11 - 21), ..now.clone() }), due);
    let older = Basis { policy: Some(PolicyVersion { id: policy.id.clone(), version: 0 }), ..basis.clone() };
    assert!(matches!(overtaken(&older, &now)[..], [Overtaken::Policy { .. }]));
    let own = crate::scoring::Override {
        domain: "misinformation".to_owned(),
        severity: Some(2),
        likelihood: None,
        reason: "r".to_owned(),
        by: "b".to_owned(),
    };
    assert_eq!(one(&Present { overrides: &[own], ..now }), Overtaken::Overrides { on: day("2027-01-03") });
}

#[test]
fn a_profile_is_another_one_since_the_first_version_that_stayed_so() {
    let profile = |exposure: &str| BTreeMap::from([("exposure".to_owned(), exposure.to_owned())]);
    let (team, public) = (profile("team"), profile("public"));
    let (first, second, third) = (date!(2027 - 01 - 01), date!(2027 - 02 - 01), date!(2027 - 03 - 01));
    let since = |versions: &[(Date, &BTreeMap<String, String>)]| other_since(&team, versions.iter().copied());
    assert_eq!(since(&[(first, &public), (second, &team)]), None, "what was before the decision");
    assert_eq!(since(&[(first, &team), (second, &public), (third, &public)]), Some(second));
    assert_eq!(since(&[(first, &public), (second, &team), (third, &public)]), Some(third));
}
