//! The shipped rules of classification, held against cases that were labelled by hand, each with the article that its label
//! rests on (`classification.json`).

use crate::harness::{fixture, root};
use candor::actions::content::CLASSIFICATION;
use domain::classification::{Classification, Facts, Tier, WayOut};
use domain::register::Certainty;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    facts: BTreeMap<String, String>,
    tier: Tier,
    article: Option<String>,
    area: Option<String>,
    #[serde(default)]
    missing: Vec<String>,
    way_out: Option<String>,
    /// Written after the rules, before they were run on it.
    #[serde(default)]
    fresh: bool,
}

fn cases() -> Vec<Case> {
    let path = root().join("tests/properties/classification.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).expect("cases")
}

fn facts(said: &BTreeMap<String, String>) -> Facts {
    said.iter().map(|(id, says)| (id.clone(), vec![says.clone()])).collect()
}

fn wrong(case: &Case, got: &Classification<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    if got.tier != case.tier {
        wrong.push(format!("tier {:?}", got.tier));
    }
    let proposed: Vec<_> = got.proposals.iter().filter(|proposal| proposal.tier == Some(got.tier)).collect();
    if let Some(article) = &case.article
        && !proposed.iter().any(|proposal| proposal.rule.article.starts_with(article))
    {
        wrong.push(format!("{:?}", proposed.iter().map(|proposal| &proposal.rule.article).collect::<Vec<_>>()));
    }
    if case.area.is_some() && !proposed.iter().any(|proposal| proposal.rule.area == case.area) {
        wrong.push("another area".to_owned());
    }
    wrong.extend(
        case.missing.iter().filter(|id| !got.missing.contains(id.as_str())).map(|id| format!("{id} not asked")),
    );
    let ways: Vec<&str> = got
        .proposals
        .iter()
        .filter_map(|proposal| proposal.way_out.as_ref())
        .map(|way| match way {
            WayOut::Barred => "barred",
            WayOut::Possible { .. } => "possible",
            WayOut::Taken { .. } => "taken",
        })
        .collect();
    if let Some(way) = &case.way_out
        && !ways.contains(&way.as_str())
    {
        wrong.push(format!("way out {ways:?}"));
    }
    wrong
}

#[test]
fn cases_are_classified_as_they_are_labelled() {
    let cases = cases();
    let mut areas = BTreeSet::new();
    let mut found = Vec::new();
    for case in &cases {
        let said = facts(&case.facts);
        let got = CLASSIFICATION.classify(&said);
        areas.extend(case.article.clone().into_iter().chain(case.area.clone()));
        let wrong = wrong(case, &got);
        if !wrong.is_empty() {
            found.push(format!("{:?} ({:?}): {}", case.facts, case.tier, wrong.join(", ")));
        }
    }
    assert!(found.is_empty(), "{} of {}: {found:#?}", found.len(), cases.len());
    assert!(cases.len() >= 140 && cases.iter().filter(|case| case.fresh).count() >= 26);
    let all = "1(a) 1(b) 1(c) 2 3(a) 3(b) 3(c) 3(d) 4(a) 4(b) 5(a) 5(b) 5(c) 5(d) 6(a) 6(b) 6(c) 6(d) 6(e) 7(a) 7(b) 7(c) \
               7(d) 8(a) 8(b) I";
    let untested: Vec<&str> = all.split_whitespace().filter(|area| !areas.contains(*area)).collect();
    assert!(untested.is_empty(), "no case of {untested:?}");
    for practice in ["a", "b", "ba", "bb", "c", "d", "e", "f", "g", "h"] {
        let article = format!("Art. 5(1)({practice})");
        assert!(areas.contains(&article), "no case of {article}");
    }
}

#[test]
fn every_proposal_says_why_on_what_and_from_when() {
    for case in cases() {
        let said = facts(&case.facts);
        for proposal in CLASSIFICATION.classify(&said).proposals {
            let rule = proposal.rule;
            assert!(!proposal.evidence.is_empty(), "{}: {:?}", rule.id, case.facts);
            assert!(proposal.applies.is_some(), "{}", rule.id);
            assert_eq!(
                proposal.certainty == Certainty::Uncertain,
                !own_gaps(&proposal.missing).is_empty(),
                "{}",
                rule.id
            );
        }
    }
}

/// What is missing for the rule itself, not for Art. 6(3).
fn own_gaps<'a>(missing: &BTreeSet<&'a str>) -> Vec<&'a str> {
    let of_way_out = ["profiling", "materially_influences", "derogation_documented"];
    missing.iter().copied().filter(|id| !of_way_out.contains(id)).collect()
}

#[test]
fn dates_are_those_of_the_amended_act() {
    let from = |id: &str| {
        let rule = CLASSIFICATION.rules.iter().find(|rule| rule.id == id).expect("a rule");
        let date = CLASSIFICATION.dates.iter().find(|date| date.key == rule.applies).expect("its date");
        (date.from.as_str(), date.existing_from.as_deref())
    };
    assert_eq!(from("art5-f"), ("2025-02-02", None));
    assert_eq!(from("art5-ba"), ("2026-12-02", None));
    assert_eq!(from("annex3-4a"), ("2027-12-02", Some("2030-08-02")));
    assert_eq!(from("annex1"), ("2028-08-02", None));
    assert_eq!(from("art50-1"), ("2026-08-02", None));
    assert_eq!(from("art50-2"), ("2026-08-02", Some("2026-12-02")));
    assert_eq!(from("gpai"), ("2025-08-02", Some("2027-08-02")));
}

/// The stock uses of commercial AI that agencies were asked about: ordinary office work, none of it high-risk.
#[test]
fn ordinary_office_work_raises_no_alarm() {
    let bytes = fixture("register/omb-2025-cots.csv");
    let mut rows = csv::Reader::from_reader(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes));
    let uses: BTreeSet<String> = rows.records().map(|row| row.expect("a row")[1].to_owned()).collect();
    assert_eq!(uses.len(), 21);
    for one in uses {
        let said = facts(&BTreeMap::from([("purpose".to_owned(), one.clone())]));
        let tier = CLASSIFICATION.classify(&said).tier;
        assert!(matches!(tier, Tier::Limited | Tier::Minimal), "{one}: {tier:?}");
    }
}
