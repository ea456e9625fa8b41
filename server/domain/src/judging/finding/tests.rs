//! The life of a finding: who may take which step when, and what no way through it can bring about.

use super::*;
use crate::ids::{ContactId, MemberId, PersonId, TokenId};
use crate::problem::Problems;
use crate::register::By;
use proptest::prelude::*;
use proptest::sample::select;
use time::macros::date;
use uuid::Uuid;

const TODAY: Date = date!(2026 - 11 - 21);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn analyst(n: u128) -> Party {
    Party { by: By::Member(MemberId(id(n))), person: Some(PersonId(id(100 + n))) }
}

fn contact(n: u128) -> Party {
    Party { by: By::Contact(ContactId(id(n))), person: Some(PersonId(id(200 + n))) }
}

/// The contact of the first analyst: the same person on the other side.
fn analyst_as_contact() -> Party {
    Party { by: By::Contact(ContactId(id(9))), person: analyst(1).person }
}

fn program() -> Party {
    Party::of(By::Token(TokenId(id(7))))
}

fn terms(severity: Severity) -> Terms {
    Terms { severity, effort: None, owner: Some(contact(1)), due_on: None }
}

fn plan() -> Step {
    let action = Action { what: "log every release".to_owned(), owner: contact(2), due_on: date!(2026 - 12 - 15) };
    let whys = vec!["no test before release".to_owned(), "no one had to".to_owned()];
    Step::Plan { plan: Plan { whys, correction: "tested it now".to_owned(), actions: vec![action] } }
}

fn act() -> Step {
    Step::Act { action: 0, note: "done".to_owned(), evidence: vec!["aa".to_owned()] }
}

fn say(make: fn(String) -> Step) -> Step {
    make("as seen".to_owned())
}

fn report() -> Step {
    say(|note| Step::Report { note })
}

fn verify() -> Step {
    say(|note| Step::Verify { note })
}

fn close() -> Step {
    Step::Close { note: String::new() }
}

#[track_caller]
fn walk(finding: &Finding, steps: &[(Step, Party)]) -> Finding {
    steps.iter().fold(finding.clone(), |finding, (step, by)| {
        finding.after(step, by, TODAY).unwrap_or_else(|refused| panic!("{step:?}: {refused:?}"))
    })
}

fn reported() -> Finding {
    let steps = [
        (Step::Raise, analyst(1)),
        (plan(), contact(1)),
        (Step::Agree, analyst(1)),
        (act(), contact(2)),
        (report(), contact(1)),
    ];
    walk(&Finding::proposed(terms(Severity::Major)), &steps)
}

fn places(refused: Refused) -> Vec<String> {
    let Refused::Problems(Problems(problems)) = refused else { panic!("{refused:?}") };
    problems.iter().map(|problem| format!("{}: {}", problem.at, problem.code)).collect()
}

#[test]
fn from_a_proposal_to_its_end() {
    let finding = reported();
    assert_eq!((finding.state, finding.open_actions()), (State::Reported, Vec::new()));
    assert_eq!(finding.plan.as_ref().and_then(Plan::root_cause), Some("no one had to"));
    let closed = walk(&finding, &[(verify(), analyst(2)), (close(), analyst(1))]);
    assert_eq!(closed.state, State::Closed);
    let again = walk(&closed, &[(Step::Reopen { reason: "it came back".to_owned() }, analyst(1))]);
    assert_eq!((again.state, again.plan.is_none(), again.done.len()), (State::Open, true, 0));
    assert!(again.hands.contains(&contact(2)), "whoever acted once does not verify later");
}

#[test]
fn nobody_closes_what_they_own_or_did() {
    let finding = reported();
    let own_work =
        |finding: &Finding, step: &Step, by: &Party| assert_eq!(finding.after(step, by, TODAY), Err(Refused::OwnWork));
    own_work(&finding, &verify(), &program());
    assert_eq!(finding.after(&verify(), &contact(3), TODAY), Err(Refused::NotYours));
    // An analyst who took a step in the vendor's place, and one who is a contact of the vendor too.
    for hand in [analyst(1), analyst_as_contact()] {
        let steps = [
            (Step::Raise, analyst(2)),
            (plan(), hand),
            (Step::Agree, analyst(2)),
            (act(), contact(2)),
            (report(), contact(1)),
        ];
        let finding = walk(&Finding::proposed(terms(Severity::Minor)), &steps);
        own_work(&finding, &verify(), &analyst(1));
        let verified = walk(&finding, &[(verify(), analyst(2))]);
        own_work(&verified, &close(), &analyst(1));
    }
    // The owner, a colleague on the buyer's side, and the owner of before.
    let owned = Terms { owner: Some(analyst(1)), ..terms(Severity::Minor) };
    let verified = walk(
        &reported(),
        &[(Step::Settle { terms: owned, reason: "ours".to_owned() }, analyst(2)), (verify(), analyst(2))],
    );
    own_work(&verified, &close(), &analyst(1));
    let handed = Step::Settle { terms: terms(Severity::Minor), reason: "theirs again".to_owned() };
    own_work(&walk(&verified, &[(handed, analyst(2))]), &close(), &analyst(1));
}

#[test]
fn a_plan_says_why_and_what_and_until_when() {
    let open = Finding::raised(terms(Severity::Major));
    let mut given = Plan::default();
    let hand_in = |plan: &Plan| open.after(&Step::Plan { plan: plan.clone() }, &contact(1), TODAY);
    assert_eq!(
        places(hand_in(&given).expect_err("refused")),
        ["whys: required", "correction: required", "actions: required"]
    );
    given.whys = vec!["a".to_owned(), " ".to_owned()];
    given.correction = "done".to_owned();
    let action = |what: &str, owner, due_on| Action { what: what.to_owned(), owner, due_on };
    given.actions = vec![action("", contact(1), date!(2026 - 11 - 19)), action("x", program(), date!(2026 - 11 - 20))];
    let expected =
        ["whys: required", "actions.0.what: required", "actions.0.due_on: in-the-past", "actions.1.owner: required"];
    assert_eq!(places(hand_in(&given).expect_err("refused")), expected);
    given.whys = vec!["a".to_owned(); 6];
    given.actions = vec![action("x", contact(1), date!(2026 - 11 - 20)); MOST_ACTIONS + 1];
    assert_eq!(places(hand_in(&given).expect_err("refused")), ["whys: too-many", "actions: too-many"]);
    // An observation is noted; a plan is welcome and not asked for.
    let noted = Finding::raised(terms(Severity::Observation));
    assert_eq!(
        walk(&noted, &[(report(), contact(1)), (verify(), analyst(1)), (close(), analyst(1))]).state,
        State::Closed
    );
    assert_eq!(open.after(&report(), &contact(1), TODAY), Err(Refused::NotNow(State::Open)));
}

#[test]
fn what_is_not_done_is_not_reported() {
    let agreed = walk(&Finding::raised(terms(Severity::Minor)), &[(plan(), contact(1)), (Step::Agree, analyst(1))]);
    assert_eq!(places(agreed.after(&report(), &contact(1), TODAY).expect_err("refused")), ["actions: actions-open"]);
    let acted = walk(&agreed, &[(act(), contact(1))]);
    assert_eq!(places(acted.after(&act(), &contact(1), TODAY).expect_err("refused")), ["action: already-done"]);
    let other = Step::Act { action: 1, note: "x".to_owned(), evidence: Vec::new() };
    assert_eq!(places(acted.after(&other, &contact(1), TODAY).expect_err("refused")), ["action: unknown"]);
    let ineffective = Step::NotEffective { reason: "still there".to_owned() };
    let back = walk(&acted, &[(report(), contact(1)), (ineffective.clone(), analyst(2))]);
    assert_eq!((back.state, back.open_actions()), (State::InAction, vec![0]));
    let noted =
        walk(&Finding::raised(terms(Severity::Observation)), &[(report(), contact(1)), (ineffective, analyst(1))]);
    assert_eq!(noted.state, State::Open);
}

#[test]
fn an_observation_that_grows_into_a_nonconformity_is_planned_first() {
    let noted = walk(&Finding::raised(terms(Severity::Observation)), &[(report(), contact(1)), (verify(), analyst(1))]);
    let graver = Step::Settle { terms: terms(Severity::Major), reason: "it is worse".to_owned() };
    assert_eq!(walk(&noted, &[(graver, analyst(1))]).state, State::Open);
}

#[test]
fn what_only_a_rule_found_is_not_shown() {
    let proposed = Finding::proposed(terms(Severity::Minor));
    assert!(!proposed.is_shown_to_vendor());
    let dismissed = walk(&proposed, &[(Step::Dismiss { reason: "misread".to_owned() }, analyst(1))]);
    assert!(!dismissed.is_shown_to_vendor());
    assert!(walk(&proposed, &[(Step::Raise, analyst(1))]).is_shown_to_vendor());
    assert_eq!(proposed.after(&Step::Raise, &contact(1), TODAY), Err(Refused::NotYours));
    assert_eq!(proposed.after(&plan(), &contact(1), TODAY), Err(Refused::NotNow(State::Proposed)));
}

#[test]
fn a_step_is_kept_as_it_was_taken() {
    let steps = [
        Step::Raise,
        plan(),
        act(),
        verify(),
        close(),
        Step::Settle { terms: terms(Severity::Minor), reason: "r".to_owned() },
    ];
    for step in steps {
        let json = serde_json::to_value(&step).expect("JSON");
        assert_eq!(json["step"], step.name());
        assert_eq!(serde_json::from_value::<Step>(json).expect("a step"), step);
    }
    let finding = serde_json::to_string(&reported()).expect("JSON");
    assert_eq!(serde_json::from_str::<Finding>(&finding).expect("a finding"), reported());
}

fn any_step() -> impl Strategy<Value = Step> {
    let reason = || "because".to_owned();
    select(vec![
        Step::Raise,
        Step::Dismiss { reason: reason() },
        plan(),
        Step::Agree,
        Step::SendBack { reason: reason() },
        act(),
        report(),
        verify(),
        Step::NotEffective { reason: reason() },
        close(),
        Step::Reopen { reason: reason() },
        Step::Settle { terms: terms(Severity::Observation), reason: reason() },
        Step::Settle { terms: Terms { owner: Some(analyst(2)), ..terms(Severity::Major) }, reason: reason() },
    ])
}

fn anybody() -> impl Strategy<Value = Party> {
    select(vec![
        analyst(1),
        analyst(2),
        analyst(3),
        contact(1),
        contact(2),
        analyst_as_contact(),
        program(),
        Party::of(By::System),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_way_leads_around_somebody_else(
        by_rule in any::<bool>(),
        severity in select(vec![Severity::Observation, Severity::Minor, Severity::Major]),
        steps in prop::collection::vec((any_step(), anybody()), 0..60),
    ) {
        let mut finding = if by_rule { Finding::proposed(terms(severity)) } else { Finding::raised(terms(severity)) };
        let mut had_a_hand = vec![contact(1)];
        let mut verified = false;
        for (step, by) in steps {
            let Ok(after) = finding.after(&step, &by, TODAY) else { continue };
            if matches!(step, Step::Verify { .. } | Step::Close { .. } | Step::NotEffective { .. }) {
                prop_assert!(matches!(by.by, By::Member(_)));
                prop_assert!(!had_a_hand.iter().any(|hand| hand.is(&by)), "{:?} by {:?}", step, by);
            }
            if step.is_vendors() {
                had_a_hand.push(by);
            } else {
                prop_assert!(by.is_buyer());
            }
            if let Step::Plan { plan } = &step {
                had_a_hand.extend(plan.actions.iter().map(|action| action.owner));
            }
            if let Step::Settle { terms, .. } = &step {
                had_a_hand.extend(terms.owner);
            }
            match after.state {
                State::Verified => verified = true,
                State::Closed => prop_assert!(verified || finding.state == State::Closed),
                State::Reported => {}
                _ => verified = false,
            }
            // What counts as planned has a plan, what is proposed was not shown, and what was shown stays so.
            let needs_plan = matches!(after.state, State::Planned | State::InAction)
                || (after.is_nonconformity() && matches!(after.state, State::Reported | State::Verified));
            prop_assert!(!needs_plan || after.plan.is_some(), "{:?}", after.state);
            prop_assert!(after.was_raised || matches!(after.state, State::Proposed | State::Dismissed));
            prop_assert!(after.was_raised || !finding.was_raised);
            if after.state == State::Reported || after.state == State::Verified {
                prop_assert!(after.open_actions().is_empty());
            }
            finding = after;
        }
    }
}
