//! What a person may make of a proposed tier, by the shipped rules.

use super::*;
use crate::classification::{Facts, Proposal, Rules, Tier};
use crate::judging::tier::{
    Confirmation, Confirmed, confirm, is_high_risk, is_prohibited, profile_value, still_holds, unconfirmed,
};
use crate::problem::Problems;
use crate::register::Certainty;
use std::collections::{BTreeMap, BTreeSet};

fn rules() -> Rules {
    let text = include_str!("../../../../../fixtures/classification/eu-ai-act.json");
    Rules::read(text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn facts(said: &[(&str, &str)]) -> Facts {
    said.iter().map(|(id, says)| ((*id).to_owned(), vec![(*says).to_owned()])).collect()
}

fn given(tier: Tier, areas: &[&str], reason: &str, document: &str) -> Confirmation {
    let areas = areas.iter().map(|area| (*area).to_owned()).collect();
    Confirmation { tier: Some(tier), areas, reason: reason.to_owned(), document: document.to_owned() }
}

fn codes(result: Result<Confirmed, Problems>) -> Vec<String> {
    result.expect_err("refused").0.into_iter().map(|problem| format!("{}: {}", problem.at, problem.code)).collect()
}

/// A use that words make a high-risk one.
const HIRING: &str = "Ranks job applicants by their CVs and recommends whom to invite";

#[test]
fn what_is_proposed_is_confirmed_and_what_differs_has_a_reason() {
    let rules = rules();
    let hiring = facts(&[("purpose", HIRING)]);
    let found = rules.classify(&hiring);
    assert_eq!(found.tier, Tier::High);
    let areas: BTreeSet<String> =
        found.proposals.iter().filter(|of| of.tier == Some(Tier::High)).filter_map(|of| of.rule.area.clone()).collect();
    let areas: Vec<&str> = areas.iter().map(String::as_str).collect();
    let confirmed = confirm(&rules, &hiring, &given(Tier::High, &areas, "", "")).expect("confirmed");
    assert_eq!((confirmed.tier, confirmed.proposed, confirmed.reason), (Tier::High, Tier::High, None));
    assert_eq!(codes(confirm(&rules, &hiring, &given(Tier::High, &[], "", ""))), ["reason: required"]);
    assert_eq!(codes(confirm(&rules, &hiring, &given(Tier::Minimal, &[], " ", ""))), ["reason: required"]);
    assert!(confirm(&rules, &hiring, &given(Tier::Minimal, &[], "it ranks dummy data in a course", "")).is_ok());
    assert!(confirm(&rules, &hiring, &given(Tier::Prohibited, &[], "it scores them socially", "")).is_ok());
    assert_eq!(codes(confirm(&rules, &hiring, &Confirmation::default()))[0], "tier: required");
    let unknown = codes(confirm(&rules, &hiring, &given(Tier::High, &["99"], "x", "")));
    assert_eq!(unknown, ["areas: not-an-option"]);
    let areas_of_limited = codes(confirm(&rules, &hiring, &given(Tier::Limited, &areas, "x", "")));
    assert_eq!(areas_of_limited, ["areas: areas-of-high-risk-only"]);
    let elsewhere = codes(confirm(&rules, &hiring, &given(Tier::OutOfScope, &[], "we are far away", "")));
    assert_eq!(elsewhere, ["tier: not-stated"]);
}

#[test]
fn people_who_are_profiled_bar_the_way_out() {
    let rules = rules();
    let profiled = facts(&[("purpose", HIRING), ("profiling", "yes"), ("derogation_documented", "yes")]);
    let refused = codes(confirm(&rules, &profiled, &given(Tier::Minimal, &[], "a narrow task", "DMS 17")));
    assert!(refused == ["tier: profiled"] || refused == ["tier: stated"], "{refused:?}");
}

#[test]
fn words_for_a_stricter_tier_open_no_way_past_what_bars_a_milder_one() {
    let rules = rules();
    let scoring = format!("{HIRING}. Social scoring of tenants from their online behaviour");
    let by_words = facts(&[("purpose", scoring.as_str()), ("profiling", "yes")]);
    let found = rules.classify(&by_words);
    assert_eq!(found.tier, Tier::Prohibited);
    assert!(found.certainty < Certainty::Certain, "by words: {:?}", found.certainty);
    assert!(found.proposals.iter().any(|of| of.tier == Some(Tier::High)));
    assert_eq!(codes(confirm(&rules, &by_words, &given(Tier::Minimal, &[], "only words", ""))), ["tier: profiled"]);
    assert!(confirm(&rules, &by_words, &given(Tier::High, &["4(a)"], "nobody is scored socially", "")).is_ok());

    let stated = [("emotion_recognition", "yes"), ("from_biometric_data", "yes"), ("at_work_or_school", "no")];
    let purpose = [("purpose", "Social scoring of tenants from their online behaviour")];
    let stated = facts(&[&purpose[..], &stated[..]].concat());
    let found = rules.classify(&stated);
    assert_eq!(found.tier, Tier::Prohibited);
    let is_stated = |of: &Proposal<'_>| of.tier == Some(Tier::High) && of.certainty == Certainty::Certain;
    assert!(found.proposals.iter().any(is_stated), "{:?}", found.proposals);
    assert_eq!(codes(confirm(&rules, &stated, &given(Tier::Limited, &[], "only words", ""))), ["tier: stated"]);
    assert!(confirm(&rules, &stated, &given(Tier::High, &["1(c)"], "nobody is scored socially", "")).is_ok());

    let said = format!("{HIRING}. It ranks applicants by their personality");
    let (words, denied) =
        (facts(&[("purpose", said.as_str())]), facts(&[("purpose", said.as_str()), ("profiling", "no")]));
    let mild = given(Tier::Minimal, &[], "it is a course", "");
    assert_eq!(codes(confirm(&rules, &words, &mild)), ["tier: profiled"]);
    assert!(confirm(&rules, &denied, &mild).is_ok(), "somebody answers for it");
}

#[test]
fn a_confirmed_tier_holds_until_what_is_known_speaks_against_it() {
    let rules = rules();
    let harmless = facts(&[("purpose", "Sorts incoming invoices by supplier"), ("evaluates_people", "no")]);
    let proposed = rules.classify(&harmless).tier;
    assert!(proposed > Tier::High, "{proposed:?}");
    let milder = confirm(&rules, &harmless, &given(Tier::Minimal, &[], "it touches nobody", "")).expect("confirmed");
    assert!(still_holds(&rules, &harmless, &milder));
    let hiring = facts(&[("purpose", HIRING)]);
    assert!(!still_holds(&rules, &hiring, &milder), "a stricter tier is proposed by now");
    let high = confirm(&rules, &harmless, &given(Tier::High, &[], "we know better", "")).expect("confirmed");
    assert!(still_holds(&rules, &hiring, &high), "it was confirmed as strictly as that");
    let by_reason = confirm(&rules, &hiring, &given(Tier::Minimal, &[], "it is a course", "")).expect("confirmed");
    assert!(still_holds(&rules, &hiring, &by_reason), "no rule speaks that did not then");
    let profiled = facts(&[("purpose", HIRING), ("profiling", "yes")]);
    assert!(!still_holds(&rules, &profiled, &by_reason), "it could not be confirmed any more");
}

#[test]
fn a_reason_given_for_one_practice_covers_no_other_of_the_same_tier() {
    let rules = rules();
    let (hiring, credit) =
        (facts(&[("purpose", HIRING)]), facts(&[("purpose", "Credit scoring of people who want a loan")]));
    let both = format!("{HIRING}. Credit scoring of people who want a loan");
    let both = facts(&[("purpose", both.as_str())]);
    for known in [&hiring, &credit, &both] {
        assert_eq!(rules.classify(known).tier, Tier::High);
    }
    let course = confirm(&rules, &hiring, &given(Tier::Minimal, &[], "it is a course", "")).expect("confirmed");
    assert!(!still_holds(&rules, &credit, &course), "nobody judged credit scoring");
    assert!(!still_holds(&rules, &both, &course), "nobody judged it beside the other one either");
    let judged = confirm(&rules, &both, &given(Tier::Minimal, &[], "it is a course", "")).expect("confirmed");
    assert!(still_holds(&rules, &credit, &judged) && still_holds(&rules, &hiring, &judged), "both were judged");
    let high = confirm(&rules, &hiring, &given(Tier::High, &["4(a)"], "x", "")).expect("confirmed");
    assert!(still_holds(&rules, &both, &high), "it is as strict as what is proposed");

    let scoring = facts(&[("purpose", "Social scoring of tenants from their online behaviour")]);
    let subliminal = facts(&[("purpose", "Uses subliminal messages to make shoppers buy what harms them")]);
    assert_eq!((rules.classify(&scoring).tier, rules.classify(&subliminal).tier), (Tier::Prohibited, Tier::Prohibited));
    let none = confirm(&rules, &scoring, &given(Tier::Minimal, &[], "nobody is scored", "")).expect("confirmed");
    assert!(still_holds(&rules, &scoring, &none));
    assert!(!still_holds(&rules, &subliminal, &none), "another practice of Art. 5");

    // Where the Act did not apply, nobody had to judge what the rules say.
    let elsewhere = facts(&[("purpose", HIRING), ("eu_scope", "no")]);
    assert_eq!(rules.classify(&elsewhere).tier, Tier::OutOfScope);
    let outside = confirm(&rules, &elsewhere, &given(Tier::Minimal, &[], "as inside", "")).expect("confirmed");
    assert!(still_holds(&rules, &elsewhere, &outside));
    assert!(!still_holds(&rules, &hiring, &outside), "it applies by now");
}

#[test]
fn the_way_out_names_its_ground_and_its_document() {
    let rules = rules();
    let formatting = facts(&[
        ("purpose", "Puts the CVs of job applicants into one layout, for recruitment"),
        ("narrow_procedural", "yes"),
        ("profiling", "no"),
        ("materially_influences", "no"),
        ("derogation_documented", "yes"),
        ("evaluates_people", "yes"),
    ]);
    let found = rules.classify(&formatting);
    let is_taken =
        found.proposals.iter().any(|of| matches!(of.way_out, Some(crate::classification::WayOut::Taken { .. })));
    assert!(is_taken, "{:?}", found.proposals.iter().map(|of| (&of.rule.id, &of.way_out)).collect::<Vec<_>>());
    let tier = found.tier;
    assert!(tier > Tier::High);
    assert_eq!(codes(confirm(&rules, &formatting, &given(tier, &[], "", " "))), ["document: required"]);
    let confirmed = confirm(&rules, &formatting, &given(tier, &[], "", "DMS 17")).expect("confirmed");
    assert!(confirmed.grounds.contains("6(3)(a)"), "{:?}", confirmed.grounds);
    assert_eq!(confirmed.document.as_deref(), Some("DMS 17"));
}

#[test]
fn a_tier_becomes_a_value_of_the_profile() {
    let policy = policy();
    assert_eq!(profile_value(&policy, Tier::Prohibited).as_deref(), Some("unacceptable"));
    assert_eq!(profile_value(&policy, Tier::OutOfScope).as_deref(), Some("unknown"), "it has no value of its own here");
    assert_eq!(profile_value(&policy, Tier::Limited), None, "the policy does not know it");
    assert!(is_prohibited(&profile("unacceptable", "none")) && !is_prohibited(&profile("high", "none")));
    assert!(is_high_risk(&profile("high", "none")) && !is_high_risk(&BTreeMap::new()));
}

#[test]
fn a_stricter_tier_that_nobody_confirmed_stands_out_until_somebody_judged_it() {
    let rules = rules();
    let said = |tier: &str| BTreeMap::from([("ai_act_tier".to_owned(), tier.to_owned())]);
    let plain = facts(&[("purpose", "Drafts replies to customers")]);
    assert_eq!(unconfirmed(&rules, &plain, &said("limited"), None), None);
    assert_eq!(unconfirmed(&rules, &plain, &said("high"), None), Some(Tier::High), "a profile confirms nothing");
    assert_eq!(unconfirmed(&rules, &plain, &said("unacceptable"), None), Some(Tier::Prohibited));
    let hiring = facts(&[("purpose", HIRING)]);
    assert_eq!(unconfirmed(&rules, &hiring, &said("minimal"), None), Some(Tier::High));

    let minimal = confirm(&rules, &hiring, &given(Tier::Minimal, &[], "dummy data", "")).expect("confirmed");
    assert_eq!(unconfirmed(&rules, &hiring, &said("minimal"), Some(&minimal)), None, "they had it before them");
    let scoring = format!("{HIRING}. Social scoring of tenants from their online behaviour");
    let scoring = facts(&[("purpose", scoring.as_str())]);
    assert_eq!(unconfirmed(&rules, &scoring, &said("minimal"), Some(&minimal)), Some(Tier::Prohibited));
    let high = confirm(&rules, &hiring, &given(Tier::High, &[], "recruiting", "")).expect("confirmed");
    assert_eq!(unconfirmed(&rules, &hiring, &said("high"), Some(&high)), None, "it is no stricter");
}
