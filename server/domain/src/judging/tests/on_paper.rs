//! Figures worked out on paper: `E_c` by control, `E_d` over weights 2, 1, 1, `R = 40 (1 - 0.9 E_d)`.

use super::*;
use crate::judging::finding::{Existing, Outcome, State, Trigger, With, if_closed, proposals, reconcile};
use crate::judging::what_if::{Change, Refused, Supposed, supposable, what_if};
use crate::questionnaire::{Question, Severity};
use crate::scoring::{Level, inherent};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn where_the_inherent_risk_comes_from() {
    let domains = inherent(&policy(), &profile("high", "sensitive"), &[]).expect("a profile");
    assert_eq!(domains.len(), 7);
    let privacy = &domains[1];
    // 1 + 1 + 3 = 5 and 1 + 1 = 2: 4 * 5 * 2.
    assert_eq!((privacy.severity, privacy.likelihood, privacy.inherent, privacy.band.as_str()), (5, 2, 40, "high"));
    let steps: Vec<_> =
        privacy.severity_from.iter().map(|step| (step.factor.as_str(), step.value.as_str(), step.points)).collect();
    assert_eq!(steps, [("ai_act_tier", "high", 1.0), ("data", "sensitive", 3.0)]);
    assert_eq!(privacy.likelihood_from.len(), 1);
    assert!(domains.iter().filter(|domain| domain.domain != "privacy_security").all(|domain| domain.inherent == 4));
    let nothing = inherent(&policy(), &profile("minimal", "none"), &[]).expect("a profile");
    assert!(nothing[1].severity_from.is_empty(), "an entry of 0 moves nothing");
    let missing = inherent(&policy(), &BTreeMap::from([("data".to_owned(), "none".to_owned())]), &[]);
    assert_eq!(missing, Err(vec!["ai_act_tier".to_owned()]));
}

#[test]
fn a_review_moves_the_score_as_it_does_on_paper() {
    let document = document();
    let mut case = case(&document);
    // A.6.2.4: (3 * 0.75 + 1 * 0.5 * 0.6) / 4 = 0.6375. A.7.2: 0.3. A.9.4: 0. E = (1.275 + 0.3) / 4 = 0.39375.
    let first = scored(&case).output;
    same(first.residual, 25.825);
    assert_eq!((first.rating.as_str(), first.knock_outs.len()), ("moderate", 0));
    // The N/A agreed to: A.9.4 drops out. E = 1.575 / 3 = 0.525.
    review(&mut case, "scope", Verdict::NaAccepted, &[]);
    same(scored(&case).output.residual, 21.1);
    // The document accepted: A.6.2.4 is (2.7 + 0.3) / 4 = 0.75. E = 1.8 / 3 = 0.6.
    review(&mut case, "watch", Verdict::Accepted, &[("aa", Support::Accepted)]);
    let last = scored(&case).output;
    same(last.residual, 18.4);
    assert_eq!(last.rating, "low");
    // The answer changed after it was accepted: back to documented, 21.1 again.
    case.said.get_mut("watch").expect("said").comment = Some("only at night".to_owned());
    same(scored(&case).output.residual, 21.1);
    // The document refused: claimed, (1.8 + 0.3) / 4 = 0.525, E = 1.35 / 3 = 0.45, R = 23.8; and the knock-out fires.
    review(&mut case, "watch", Verdict::Accepted, &[("aa", Support::Refused)]);
    let refused = scored(&case).output;
    same(refused.residual, 23.8);
    assert_eq!((refused.band.as_str(), refused.rating.as_str()), ("moderate", "high"));
    assert_eq!(refused.knock_outs[0].questions, ["watch"]);
}

#[test]
fn the_server_and_the_command_give_the_same_score() {
    let document = document();
    let scored = scored(&case(&document));
    let again = crate::scoring::score_documents(policy().canonical(), &scored.text).expect("a score");
    assert_eq!(again, scored.output);
}

#[test]
fn where_nothing_applies_nothing_is_gained() {
    let document = document();
    let mut case = case(&document);
    for id in ["watch", "clean", "scope"] {
        let reply = Some(Reply::NotApplicable { reason: "no".to_owned() });
        case.said.insert(id.to_owned(), Said { reply, ..Said::default() });
    }
    case.said.insert(
        "stop".to_owned(),
        Said { reply: Some(Reply::NotApplicable { reason: "no".to_owned() }), ..Said::default() },
    );
    same(scored(&case).output.residual, 40.0);
    for id in ["watch", "clean", "scope"] {
        review(&mut case, id, Verdict::NaAccepted, &[]);
    }
    let output = scored(&case).output;
    same(output.residual, 40.0);
    same(output.confidence, 0.0);
    same(output.domains[1].coverage, 1.0);
    assert!(output.controls.is_empty() && output.contributions.is_empty());
}

#[test]
fn a_factor_that_the_policy_dropped_is_left_aside() {
    let document = document();
    let mut case = case(&document);
    case.profile.insert("colour".to_owned(), "red".to_owned());
    same(scored(&case).output.residual, 25.825);
}

#[test]
fn what_if_an_answer_were_another() {
    let document = document();
    let case = case(&document);
    let change = |reply| Change { reply, ..Change::default() };
    let supposed = |changes: Vec<(&str, Change)>| Supposed {
        questions: changes.into_iter().map(|(id, change)| (id.to_owned(), change)).collect(),
        ..Supposed::default()
    };
    // Not watched: "stop" is asked and open. A.6.2.4: 0.3 / 8 = 0.0375. E = (0.075 + 0.3) / 4 = 0.09375.
    let worse = what_if(&case, &policy(), &supposed(vec![("watch", change(chosen("no")))])).expect("a move");
    same(worse.before.output.residual, 25.825);
    same(worse.after.output.residual, 36.625);
    assert_eq!(worse.after.output.rating, "high");
    assert_eq!((worse.shown, worse.hidden), (vec!["stop".to_owned()], Vec::new()));
    // Verified instead of documented: A.6.2.4 is 0.75. E = 1.8 / 4 = 0.45.
    let proved = Change { level: Some(Level::Verified), ..Change::default() };
    let better = what_if(&case, &policy(), &supposed(vec![("watch", proved)])).expect("a move");
    same(better.after.output.residual, 23.8);
    let agreed = Change { na_accepted: Some(true), ..Change::default() };
    let without = what_if(&case, &policy(), &supposed(vec![("scope", agreed)])).expect("a move");
    same(without.after.output.residual, 21.1);
    let none = what_if(&case, &policy(), &Supposed::default()).expect("a move");
    assert_eq!(none.before, none.after);
    let ordinary =
        Supposed { profile: BTreeMap::from([("data".to_owned(), "ordinary".to_owned())]), ..Supposed::default() };
    // Severity 3, likelihood 1: 12 instead of 40, three tenths of the risk.
    same(what_if(&case, &policy(), &ordinary).expect("a move").after.output.residual, 7.7475);
}

#[test]
fn evidence_of_which_nothing_is_supposed_stays_as_it_was_judged() {
    let document = document();
    let mut case = case(&document);
    review(&mut case, "scope", Verdict::NaAccepted, &[]);
    case.said.get_mut("watch").expect("said").reply = chosen("no");
    let watched = Change { reply: chosen("yes"), ..Change::default() };
    let supposed = Supposed { questions: BTreeMap::from([("watch".to_owned(), watched)]), profile: BTreeMap::new() };
    let after = |case: &Case<'_>| what_if(case, &policy(), &supposed).expect("a move").after.output;
    // As where "yes" is reviewed: its document not judged, accepted, refused.
    same(after(&case).residual, 21.1);
    review(&mut case, "watch", Verdict::Accepted, &[("aa", Support::Accepted)]);
    same(after(&case).residual, 18.4);
    review(&mut case, "watch", Verdict::Accepted, &[("aa", Support::Refused)]);
    same(after(&case).residual, 23.8);
    assert_eq!(after(&case).knock_outs[0].questions, ["watch"], "a refused document proves nothing");
}

#[test]
fn every_kind_of_question_can_be_supposed_otherwise() {
    let mut document = document();
    let more = json!([
        {"id": "plan", "text": "Which plan?", "type": "long_text", "given": 1.0, "weight": 2.0, "controls": ["A.7.2"],
         "may_decline": true},
        {"id": "since", "text": "Since when?", "type": "date", "given": 0.5, "weight": 2.0, "controls": ["A.7.2"]},
        {"id": "proof", "text": "The report", "type": "file", "given": 1.0, "weight": 2.0, "controls": ["A.7.2"],
         "show_if": "{parts} any row where ([state] = 'on')"},
        {"id": "parts", "text": "Which parts?", "type": "table", "max_rows": 9,
         "columns": [{"id": "state", "label": "State", "options": [{"id": "on", "label": "On"}]}, {"id": "name", "label": "Name"}]},
    ]);
    let more: Vec<Question> = serde_json::from_value(more).expect("questions");
    document.sections[0].questions.extend(more);
    // A table stands before what its rows decide about.
    document.sections[0].questions.swap(7, 8);
    assert_eq!(
        supposable(&document),
        BTreeSet::from(["watch", "stop", "clean", "scope", "plan", "since", "proof", "parts"]),
        "what is scored, and the table that decides what is asked"
    );
    let case = case(&document);
    // A.7.2 holds "clean" (weight 1, 0.3) and three of weight 2, one of which is hidden.
    let control = |changes: Value| {
        let supposed: Supposed = serde_json::from_value(json!({ "questions": changes })).expect("what is supposed");
        let output = what_if(&case, &policy(), &supposed).expect("a move").after.output;
        output.controls.iter().find(|control| &*control.control == "A.7.2").expect("the control").effectiveness
    };
    same(control(json!({})), 0.3 / 5.0);
    let plan = json!({"kind": "text", "text": "the large one"});
    let since = json!({"kind": "date", "date": "2024-02-01"});
    same(control(json!({"plan": {"reply": plan}})), (0.3 + 2.0 * 0.6) / 5.0);
    same(control(json!({"since": {"reply": since}})), (0.3 + 2.0 * 0.5 * 0.6) / 5.0);
    same(control(json!({"plan": {"reply": {"kind": "declined"}}, "clean": {"unanswered": true}})), 0.0);
    let rows = json!({"parts": {"reply": {"kind": "table", "rows": [{"state": "on"}]}}});
    same(control(rows.clone()), 0.3 / 7.0);
    // A file as the answer is a file attached, verified where that is supposed.
    let mut with_file = rows;
    with_file["proof"] = json!({"reply": {"kind": "file"}});
    same(control(with_file.clone()), (0.3 + 2.0 * 0.75) / 7.0);
    with_file["proof"]["level"] = json!("verified");
    same(control(with_file.clone()), (0.3 + 2.0 * 0.9) / 7.0);
    // Verified and 18 months old when the day comes: a level down; twice that, claimed.
    with_file["proof"]["effective_on"] = json!("2025-05-20");
    same(control(with_file.clone()), (0.3 + 2.0 * 0.75) / 7.0);
    with_file["proof"]["effective_on"] = json!("2023-11-20");
    same(control(with_file), (0.3 + 2.0 * 0.6) / 7.0);
}

#[test]
fn what_a_reviewer_would_find_of_the_files_that_are_attached() {
    let document = document();
    let mut case = case(&document);
    review(&mut case, "scope", Verdict::NaAccepted, &[]);
    let after = |case: &Case<'_>, found| {
        let change = Change { evidence: Some(found), ..Change::default() };
        let supposed = Supposed { questions: BTreeMap::from([("watch".to_owned(), change)]), ..Supposed::default() };
        what_if(case, &policy(), &supposed).expect("a move").after.output.residual
    };
    // As on paper above, where it was found so.
    same(after(&case, Support::Accepted), 18.4);
    same(after(&case, Support::Refused), 23.8);
    // The file keeps its day: another 18 months older it is documented once it is accepted, as any file of that age.
    case.said.get_mut("watch").expect("said").evidence[0].effective_on = date!(2025 - 05 - 20);
    same(after(&case, Support::Accepted), 21.1);
    // An N/A that was agreed to stays agreed to, whatever is supposed of its evidence.
    let level = Change { level: Some(Level::Documented), ..Change::default() };
    let supposed = Supposed { questions: BTreeMap::from([("scope".to_owned(), level)]), ..Supposed::default() };
    let moved = what_if(&case, &policy(), &supposed).expect("a move");
    same(moved.after.output.residual, moved.before.output.residual);
}

#[test]
fn what_cannot_be_supposed_is_refused_with_its_place() {
    let document = document();
    let case = case(&document);
    let supposed = json!({
        "questions": {
            "gone": {},
            "watch": {"reply": {"kind": "choice", "option": "perhaps"}, "level": "certified"},
            "clean": {"na_accepted": true, "reply": {"kind": "number", "number": 3}, "unanswered": true,
                      "evidence": "accepted", "effective_on": "2026-01-01"},
            "scope": {"level": "documented", "effective_on": "2026-11-22"},
        },
        "profile": {"data": "secret", "colour": "red"},
    });
    let supposed: Supposed = serde_json::from_value(supposed).expect("what is supposed");
    let Err(Refused::Problems(problems)) = what_if(&case, &policy(), &supposed) else { panic!("not refused") };
    let told: BTreeSet<_> = problems.0.iter().map(|problem| (problem.at.as_str(), problem.code.as_str())).collect();
    let expected = [
        ("profile.colour", "unknown-factor"),
        ("profile.data", "not-an-option"),
        ("questions.clean.effective_on", "no-evidence-supposed"),
        ("questions.clean.evidence", "nothing-attached"),
        ("questions.clean.na_accepted", "says-no-not-applicable"),
        ("questions.clean.reply", "not-an-answer"),
        ("questions.clean.unanswered", "supposed-twice"),
        ("questions.gone", "unknown"),
        ("questions.scope.effective_on", "in-the-future"),
        ("questions.watch.level", "not-an-option"),
        ("questions.watch.reply", "not-an-answer"),
    ];
    assert_eq!(told, BTreeSet::from(expected));
}

#[test]
fn what_closing_a_finding_brings() {
    let document = document();
    let scored = scored(&case(&document));
    // "clean" at its best, verified: A.6.2.4 is (2.25 + 0.9) / 4 = 0.7875, A.7.2 is 0.9. E = 2.475 / 4 = 0.61875.
    let closed = if_closed(&policy(), &scored.input, &BTreeSet::from(["clean"])).expect("a score");
    same(closed.residual, 17.725);
    for nothing in ["note", "stop", "never asked"] {
        let closed = if_closed(&policy(), &scored.input, &BTreeSet::from([nothing])).expect("a score");
        same(closed.residual, 25.825);
    }
}

#[test]
fn rules_propose_findings() {
    let document = document();
    let mut case = case(&document);
    let told = |case: &Case<'_>, contradicted: &[(&str, With)]| -> Vec<(String, Severity, Vec<Trigger>)> {
        let mut by_question: BTreeMap<String, BTreeSet<With>> = BTreeMap::new();
        for (id, with) in contradicted {
            by_question.entry((*id).to_owned()).or_default().insert(*with);
        }
        let found = proposals(case, &policy(), Some(&scored(case).output), &by_question);
        found.into_iter().map(|found| (found.question, found.severity, found.triggers.into_iter().collect())).collect()
    };
    let option = |id: &str| Trigger::Option { option: id.to_owned() };
    assert_eq!(told(&case, &[]), [("clean".to_owned(), Severity::Minor, vec![option("partial")])]);
    // Not watched: the option and the knock-out speak, in one finding. "stop" is open, which is no finding.
    case.said.insert("watch".to_owned(), Said { reply: chosen("no"), ..Said::default() });
    case.said.insert("clean".to_owned(), Said { reply: Some(Reply::Declined { reason: None }), ..Said::default() });
    case.said.insert("scope".to_owned(), Said { reply: chosen("yes"), ..Said::default() });
    let knock_out = Trigger::KnockOut { id: "no-oversight".to_owned() };
    let contradiction = Trigger::Contradiction { with: With::Register };
    let expected = [
        ("watch".to_owned(), Severity::Major, vec![option("no"), knock_out]),
        ("clean".to_owned(), Severity::Major, vec![Trigger::Declined]),
        ("scope".to_owned(), Severity::Minor, vec![contradiction]),
    ];
    assert_eq!(told(&case, &[("scope", With::Register)]), expected);
    // What is hidden brings none, whatever stands there from before.
    case.said.insert("watch".to_owned(), Said { reply: chosen("yes"), ..Said::default() });
    case.said.insert("stop".to_owned(), Said { reply: Some(Reply::Declined { reason: None }), ..Said::default() });
    assert!(told(&case, &[("stop", With::Comment)]).iter().all(|(question, _, _)| question != "stop"));
}

#[test]
fn evidence_that_says_otherwise_is_a_contradiction() {
    let document = document();
    let mut case = case(&document);
    review(&mut case, "watch", Verdict::Accepted, &[("aa", Support::Contradicts)]);
    let found = proposals(&case, &policy(), None, &BTreeMap::new());
    assert_eq!(found[0].question, "watch");
    assert_eq!(found[0].triggers, BTreeSet::from([Trigger::Contradiction { with: With::Evidence }]));
}

#[test]
fn a_proposal_meets_the_findings_that_there_are() {
    let document = document();
    let case = case(&document);
    let found = proposals(&case, &policy(), None, &BTreeMap::new());
    let answer_of = |id: &str| case.said.get(id).map_or_else(|| Said::default().sha256(), Said::sha256);
    let now = answer_of("clean");
    let with = |id: u32, question: &'static str, state, by_rule, settled_over| Existing {
        id,
        question,
        state,
        by_rule,
        settled_over: Some(settled_over),
        was_asked_anew: false,
    };
    let outcomes = |existing: &[Existing<'_, u32>]| -> Vec<String> {
        let told = reconcile(&found, existing, answer_of).into_iter().map(|outcome| match outcome {
            Outcome::New(proposal) => format!("new {}", proposal.question),
            Outcome::Again { id, .. } => format!("again {id}"),
            Outcome::Known { id, .. } => format!("known {id}"),
            Outcome::Gone { id } => format!("gone {id}"),
        });
        told.collect()
    };
    assert_eq!(outcomes(&[]), ["new clean"]);
    assert_eq!(outcomes(&[with(1, "clean", State::InAction, true, "other")]), ["known 1"]);
    assert_eq!(
        outcomes(&[with(1, "clean", State::Dismissed, true, &now)]),
        ["known 1"],
        "dismissed over this very answer"
    );
    assert_eq!(outcomes(&[with(1, "clean", State::Closed, true, "other")]), ["again 1"]);
    assert_eq!(outcomes(&[with(1, "clean", State::Closed, true, &now)]), ["known 1"], "closed over this very answer");
    let anew = |state| Existing { was_asked_anew: true, ..with(1, "clean", state, true, &now) };
    assert_eq!(outcomes(&[anew(State::Closed)]), ["again 1"], "it was put right, and is there again");
    assert_eq!(outcomes(&[anew(State::Dismissed)]), ["known 1"], "it was none, and is none");
    assert_eq!(
        outcomes(&[with(1, "clean", State::Open, true, "x"), with(2, "clean", State::Closed, true, "x")]),
        ["known 1"]
    );
    assert_eq!(outcomes(&[with(1, "watch", State::Open, true, "x")]), ["new clean", "gone 1"]);
    assert_eq!(
        outcomes(&[with(1, "watch", State::Open, false, "x")]),
        ["new clean"],
        "raised by hand: no rule spoke for it"
    );
    assert_eq!(outcomes(&[with(1, "watch", State::Closed, true, "x")]), ["new clean"]);
}
