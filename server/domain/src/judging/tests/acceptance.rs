//! Acceptances: who may, how long, and when they support nothing any more.

use super::*;
use crate::access::{Role, Roles};
use crate::ids::{MemberId, PersonId};
use crate::judging::acceptance::{Acceptance, Asked, Cause, End, Live, NotApproved, Now, Scope, Standing};
use crate::judging::party::Party;
use crate::judging::rules::Rules;
use crate::questionnaire::Severity;
use crate::register::By;
use crate::scoring::Level;
use std::collections::BTreeSet;
use time::Date;
use uuid::Uuid;

pub(in crate::judging) fn rules() -> Rules {
    let text = include_str!("../../../../../fixtures/judging/default.json");
    Rules::read(text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn member(n: u128) -> Party {
    let person = Some(PersonId(Uuid::from_u128(1000 + n)));
    Party { by: By::Member(MemberId(Uuid::from_u128(n))), person }
}

fn asked(scope: Scope, expires_on: Date) -> Asked {
    Asked { scope, reason: "the only one on the market".to_owned(), conditions: Vec::new(), expires_on }
}

/// What is so on a day.
struct World<'a> {
    policy: Policy,
    scored: Scored,
    today: Date,
    case: Case<'a>,
    live: BTreeMap<String, Live>,
    ended: bool,
}

impl<'a> World<'a> {
    fn of(case: Case<'a>, today: Date) -> Self {
        let mut world = Self {
            policy: policy(),
            scored: scored(&case),
            today,
            case,
            live: BTreeMap::from([("f1".to_owned(), Live { severity: Severity::Minor, reopened: 0 })]),
            ended: false,
        };
        world.at(today);
        world
    }

    fn at(&mut self, today: Date) {
        (self.today, self.case.as_of) = (today, today);
        self.scored = scored(&self.case);
    }

    fn now(&self) -> Now<'_> {
        Now {
            today: self.today,
            policy: &self.policy,
            input: &self.scored.input,
            output: &self.scored.output,
            engagement_ended: self.ended,
            live_findings: &self.live,
        }
    }

    fn accepted(&self, scope: Scope, expires_on: Date) -> Acceptance {
        let rules = rules();
        let acceptance = Acceptance::ask(&rules, asked(scope, expires_on), &self.now(), member(1)).expect("asked");
        let authority = rules.authority(&self.scored.output.rating);
        acceptance.approved(member(2), &Roles::from(Role::Approver), &authority, &self.now()).expect("approved")
    }
}

#[test]
fn it_holds_until_its_last_day_and_as_long_as_the_evidence_does() {
    let document = document();
    let mut world = World::of(case(&document), date!(2026 - 11 - 21));
    let acceptance = world.accepted(Scope::Residual, date!(2027 - 11 - 20));
    same(acceptance.basis.residual, 25.825);
    assert_eq!(acceptance.basis.evidence, BTreeMap::from([("watch".to_owned(), Level::Documented)]));
    assert_eq!(acceptance.standing(&world.now()), Standing::InForce);
    // The document is of 1 June 2025: 18 months end on 1 December 2026.
    world.at(date!(2026 - 12 - 01));
    assert_eq!(acceptance.standing(&world.now()), Standing::InForce);
    world.at(date!(2026 - 12 - 02));
    let Standing::Stale { causes } = acceptance.standing(&world.now()) else { panic!("not stale") };
    // Claimed: A.6.2.4 is (1.8 + 0.3) / 4 = 0.525, E = 1.35 / 4 = 0.3375, R = 27.85; and the knock-out fires.
    assert!(matches!(&causes[0], Cause::ResidualRose { to, .. } if (to - 27.85).abs() < 1e-9));
    assert_eq!(causes[1], Cause::RatingWorse { from: "moderate".to_owned(), to: "high".to_owned() });
    assert_eq!(causes[2], Cause::KnockOut { id: "no-oversight".to_owned() });
    let evidence = Cause::Evidence { question: "watch".to_owned(), from: Level::Documented, to: Some(Level::Claimed) };
    assert_eq!(causes[3..], [evidence]);
    world.at(date!(2027 - 11 - 21));
    assert_eq!(acceptance.standing(&world.now()), Standing::Expired);
    let withdrawn = Acceptance { ended: Some(End::Withdrawn), ..acceptance };
    assert_eq!(withdrawn.standing(&world.now()), Standing::Ended { how: End::Withdrawn });
}

#[test]
fn a_risk_that_is_gone_is_not_accepted() {
    let document = document();
    let mut world = World::of(case(&document), date!(2026 - 11 - 21));
    let findings = Scope::Findings { findings: BTreeSet::from(["f1".to_owned()]) };
    let (of_risk, of_finding) = (
        world.accepted(Scope::Residual, date!(2027 - 01 - 01)),
        world.accepted(findings.clone(), date!(2027 - 01 - 01)),
    );
    world.live.clear();
    assert_eq!(of_finding.standing(&world.now()), Standing::NothingLeft);
    assert_eq!(of_risk.standing(&world.now()), Standing::InForce);
    let refused = Acceptance::ask(&rules(), asked(findings, date!(2027 - 01 - 01)), &world.now(), member(1));
    assert_eq!(refused.expect_err("gone").0[0].code, "nothing-to-accept");
    review(&mut world.case, "scope", Verdict::NaAccepted, &[]);
    review(&mut world.case, "watch", Verdict::Accepted, &[("aa", Support::Accepted)]);
    world.at(date!(2026 - 11 - 21));
    assert_eq!(world.scored.output.rating, "low");
    assert_eq!(of_risk.standing(&world.now()), Standing::NothingLeft);
    world.case.reviews.clear();
    world.at(date!(2026 - 11 - 21));
    world.ended = true;
    assert_eq!(of_risk.standing(&world.now()), Standing::NothingLeft);
}

#[test]
fn a_finding_that_weighs_more_or_came_back_is_another_one_than_was_accepted() {
    let document = document();
    let mut world = World::of(case(&document), date!(2026 - 11 - 21));
    world.live.insert("f2".to_owned(), Live { severity: Severity::Minor, reopened: 0 });
    let findings = Scope::Findings { findings: BTreeSet::from(["f1".to_owned()]) };
    let (of_finding, of_risk) =
        (world.accepted(findings, date!(2027 - 01 - 01)), world.accepted(Scope::Residual, date!(2027 - 01 - 01)));
    let kept = BTreeMap::from([("f1".to_owned(), Live { severity: Severity::Minor, reopened: 0 })]);
    assert_eq!((&of_finding.basis.findings, of_risk.basis.findings.len()), (&kept, 0), "of those that it covers");
    let stale = |causes: &[Cause]| Standing::Stale { causes: causes.to_vec() };
    let mut at = |finding: &str, severity, reopened| {
        world.live.insert(finding.to_owned(), Live { severity, reopened });
        assert_eq!(of_risk.standing(&world.now()), Standing::InForce);
        of_finding.standing(&world.now())
    };
    assert_eq!(at("f2", Severity::Major, 3), Standing::InForce, "another finding");
    assert_eq!(at("f1", Severity::Observation, 0), Standing::InForce, "it weighs less");
    let worse = Cause::FindingWorse { finding: "f1".to_owned(), from: Severity::Minor, to: Severity::Major };
    assert_eq!(at("f1", Severity::Major, 0), stale(std::slice::from_ref(&worse)));
    let back = Cause::FindingReopened { finding: "f1".to_owned() };
    assert_eq!(at("f1", Severity::Minor, 1), stale(std::slice::from_ref(&back)));
    assert_eq!(at("f1", Severity::Major, 1), stale(&[worse, back]));
}

#[test]
fn who_may_accept_how_much() {
    let document = document();
    let mut case = case(&document);
    // Nothing said: 40, and the knock-out fires: high.
    case.said.clear();
    let mut world = World::of(case, date!(2026 - 11 - 30));
    assert_eq!(world.scored.output.rating, "high");
    let mut rules = rules();
    let (approver, analyst) = (Roles::from(Role::Approver), Roles::from(Role::Analyst));
    let ask = |rules: &Rules, world: &World<'_>, day| {
        Acceptance::ask(rules, asked(Scope::Residual, day), &world.now(), member(1))
    };
    let codes = |result: Result<Acceptance, crate::problem::Problems>| result.expect_err("refused").0[0].code.clone();
    // Six months from 30 November end on 30 May.
    assert_eq!(codes(ask(&rules, &world, date!(2027 - 05 - 31))), "too-late");
    assert_eq!(codes(ask(&rules, &world, date!(2026 - 11 - 30))), "not-later");
    let acceptance = ask(&rules, &world, date!(2027 - 05 - 30)).expect("asked");
    let authority = rules.authority("high");
    let approve = |acceptance: &Acceptance, by, roles: &Roles, world: &World<'_>| {
        acceptance.approved(by, roles, &authority, &world.now())
    };
    assert_eq!(approve(&acceptance, member(1), &approver, &world), Err(NotApproved::OwnWork), "who asked");
    assert_eq!(approve(&acceptance, member(2), &analyst, &world), Err(NotApproved::Role));
    let done = approve(&acceptance, member(2), &approver, &world).expect("approved");
    let again = approve(&done, member(3), &approver, &world);
    assert_eq!(again, Err(NotApproved::NotWaiting(Standing::InForce)));
    rules.ratings.get_mut("high").expect("high").acceptance.approvers = 2;
    let two = ask(&rules, &world, date!(2027 - 05 - 30)).expect("asked");
    let half = approve(&two, member(2), &approver, &world).expect("approved");
    assert_eq!(half.standing(&world.now()), Standing::Waiting { missing: 1 });
    assert_eq!(approve(&half, member(2), &approver, &world), Err(NotApproved::OwnWork), "two approvals are two people");
    assert_eq!(
        approve(&half, member(3), &approver, &world).expect("approved").standing(&world.now()),
        Standing::InForce
    );
    world.at(date!(2027 - 06 - 01));
    assert!(matches!(approve(&half, member(3), &approver, &world), Err(NotApproved::NotWaiting(Standing::Expired))));
}

#[test]
fn the_shipped_rules_go_with_the_shipped_policy() {
    let policy = Policy::parse(include_str!("../../../../../fixtures/policies/default.json")).expect("the policy");
    let rules = rules();
    assert_eq!(rules.unsaid(&policy), Vec::<&str>::new());
    assert_eq!(rules.review_on("critical", date!(2026 - 08 - 31)), date!(2027 - 02 - 28));
    assert_eq!(rules.review_on("never heard of", date!(2026 - 08 - 31)), date!(2027 - 02 - 28), "the strictest");
    assert_eq!(rules.authority("never heard of").approvers, 2);
    assert_eq!(rules.finding_due(Severity::Major, date!(2026 - 12 - 31)), date!(2027 - 01 - 30));
    let bad = r#"{"format": "candor-judging/0", "key": "x", "version": 1, "findings": {"minor": {"days": 0, "reason": ""}},
        "ratings": {"low": {"approval": "plain", "review_months": 0, "reason": "",
            "acceptance": {"role": "analyst", "approvers": 9, "months": 61}}}}"#;
    let problems = Rules::read(bad).expect_err("refused").0;
    let told: BTreeSet<_> = problems.iter().map(|problem| problem.at.as_str()).collect();
    let expected = [
        "/findings/major",
        "/findings/minor/days",
        "/findings/observation",
        "/format",
        "/ratings/low/acceptance/approvers",
        "/ratings/low/acceptance/months",
        "/ratings/low/acceptance/role",
        "/ratings/low/review_months",
    ];
    assert_eq!(told, BTreeSet::from(expected));
    assert_eq!(Rules::read("{").expect_err("refused").0[0].code, "not-judging-rules");
}
