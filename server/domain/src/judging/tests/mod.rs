//! One small assessment, judged by hand on paper, and what must always hold.

mod acceptance;
mod laws;
mod on_paper;
mod people;
mod statements;
mod tier;

use super::case::{Case, Scored};
use super::review::{Review, Support, Verdict};
use super::said::{Piece, Said};
use crate::answer::Reply;
use crate::questionnaire::Document;
use crate::scoring::Policy;
use serde_json::json;
use std::collections::BTreeMap;
use time::macros::date;

/// One domain with three controls of weights 2, 1 and 1. High-risk over sensitive data makes severity 5 and likelihood 2
/// there, so 40; everywhere else 1 and 1, so 4.
pub(super) fn policy() -> Policy {
    let document = json!({
        "id": "small", "version": 1,
        "assurance": {"claimed": 0.6, "documented": 0.75, "verified": 0.9, "certified": 1.0},
        "evidence_valid_months": 18, "max_mitigation": 0.9, "certificate_standards": ["ISO/IEC 42001:2023"],
        "bands": [{"rating": "low", "below": 20}, {"rating": "moderate", "below": 40},
                  {"rating": "high", "below": 65}, {"rating": "critical"}],
        "factors": {"ai_act_tier": ["minimal", "high", "unacceptable", "unknown"], "data": ["none", "ordinary", "sensitive"]},
        "severity": {"privacy_security": {"ai_act_tier": {"high": 1}, "data": {"none": 0, "ordinary": 1, "sensitive": 3}}},
        "likelihood": {"privacy_security": {"data": {"sensitive": 1}}},
        "domain_controls": {"privacy_security": {"A.6.2.4": 2, "A.7.2": 1, "A.9.4": 1}},
        "knock_outs": [
            {"id": "no-oversight", "floor": "high", "when": {"profile": {"ai_act_tier": ["high"]},
                "tag_below": {"tag": "human-oversight", "value": 0.5, "assurance": "documented"}}},
            {"id": "too-little-asked", "floor": "moderate", "when": {"coverage_below": 0.5}}],
    });
    Policy::parse(&document.to_string()).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// `watch` is tagged and hides `stop` when it is answered well; `clean` speaks to two controls; `scope` may not apply;
/// `note` weighs nothing.
pub(super) fn document() -> Document {
    let choice = |id: &str, value: f64, finding: Option<&str>| json!({"id": id, "label": id, "value": value, "finding": finding});
    let document = json!({
        "format": "candor-template/2", "key": "small", "version": 1, "title": "Small", "summary": "Four questions",
        "languages": ["en"], "minutes": 5,
        "sections": [{"id": "S", "title": "All", "questions": [
            {"id": "watch", "text": "Is it watched?", "type": "single", "weight": 3.0, "controls": ["A.6.2.4"],
             "tags": ["human-oversight"], "options": [choice("yes", 1.0, None), choice("no", 0.0, Some("major"))]},
            {"id": "stop", "text": "Can it be stopped?", "type": "single", "weight": 4.0, "controls": ["A.6.2.4"],
             "show_if": "{watch} = 'no'", "options": [choice("yes", 1.0, None), choice("no", 0.0, None)]},
            {"id": "clean", "text": "Is data clean?", "type": "single", "weight": 1.0, "controls": ["A.6.2.4", "A.7.2"],
             "options": [choice("yes", 1.0, None), choice("partial", 0.5, Some("minor")), choice("no", 0.0, Some("major"))]},
            {"id": "scope", "text": "Used as intended?", "type": "single", "weight": 2.0, "controls": ["A.9.4"],
             "options": [choice("yes", 1.0, None), choice("no", 0.0, Some("observation"))]},
            {"id": "note", "text": "Anything else?", "type": "text"},
        ]}],
    });
    serde_json::from_value(document).expect("a questionnaire")
}

pub(super) fn chosen(option: &str) -> Option<Reply> {
    Some(Reply::Choice { option: option.to_owned() })
}

/// Watched, with a document from June 2025; data half clean, on the vendor's word; "scope" said not to apply.
pub(super) fn case(document: &Document) -> Case<'_> {
    let evidence = vec![Piece { sha256: "aa".to_owned(), effective_on: date!(2025 - 06 - 01) }];
    let na = Some(Reply::NotApplicable { reason: "We only deliver".to_owned() });
    let said = [
        ("watch", Said { reply: chosen("yes"), comment: None, evidence }),
        ("clean", Said { reply: chosen("partial"), ..Said::default() }),
        ("scope", Said { reply: na, ..Said::default() }),
    ];
    Case {
        document,
        said: said.into_iter().map(|(id, said)| (id.to_owned(), said)).collect(),
        reviews: BTreeMap::new(),
        asked_with: BTreeMap::new(),
        profile: profile("high", "sensitive"),
        overrides: Vec::new(),
        certificates: Vec::new(),
        as_of: date!(2026 - 11 - 21),
    }
}

pub(super) fn profile(tier: &str, data: &str) -> BTreeMap<String, String> {
    [("ai_act_tier", tier), ("data", data)].map(|(factor, value)| (factor.to_owned(), value.to_owned())).into()
}

pub(super) fn scored(case: &Case<'_>) -> Scored {
    case.score(&policy()).unwrap_or_else(|unscored| panic!("{unscored:?}"))
}

/// Reviews an answer of the case as it stands.
pub(super) fn review(case: &mut Case<'_>, question: &str, verdict: Verdict, evidence: &[(&str, Support)]) {
    let evidence = evidence.iter().map(|(sha256, support)| ((*sha256).to_owned(), *support)).collect();
    let review = Review::of(&case.said[question], verdict, evidence, Some("because")).expect("a review");
    case.reviews.insert(question.to_owned(), review);
}

/// Agrees to the 1e-9 that scores are exact to.
#[track_caller]
pub(super) fn same(one: f64, other: f64) {
    assert!((one - other).abs() < 1e-9, "{one} is not {other}");
}
