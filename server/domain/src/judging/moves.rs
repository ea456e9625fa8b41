//! What is other between what two scores of one use were computed from: why a score moved.

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What is other in the later input. The day is none of it: evidence that has aged counts at another level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Factors of the profile.
    pub factors: BTreeSet<String>,
    /// An analyst's own numbers.
    pub overrides: bool,
    /// Questions of both whose answer counts otherwise: changed, given, hidden or shown, or an N/A agreed to.
    pub answers: usize,
    /// Questions of both whose answer counts as before and whose evidence is at another level, or from another day.
    pub evidence: usize,
    /// Other questions are asked, or the same ones weigh or are mapped otherwise.
    pub questions: bool,
    /// Certificates.
    pub certificates: bool,
}

impl Moves {
    /// Whether nothing is other.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// What is read of an input as it is kept.
#[derive(Deserialize)]
struct Kept {
    profile: BTreeMap<String, String>,
    #[serde(default)]
    overrides: Vec<Value>,
    questions: Vec<Question>,
    #[serde(default)]
    certificates: Vec<Value>,
}

#[derive(Deserialize)]
struct Question {
    id: String,
    state: String,
    #[serde(default)]
    value: Option<f64>,
    #[serde(default)]
    assurance: Option<String>,
    #[serde(default)]
    evidence_date: Option<String>,
    #[serde(flatten)]
    as_asked: BTreeMap<String, Value>,
}

/// What is other between two inputs as they are kept, canonical or not; none where a text is no input.
pub fn moves(before: &str, after: &str) -> Option<Moves> {
    let (before, after): (Kept, Kept) = (serde_json::from_str(before).ok()?, serde_json::from_str(after).ok()?);
    let factors = before.profile.keys().chain(after.profile.keys());
    let mut moves = Moves {
        factors: factors.filter(|factor| before.profile.get(*factor) != after.profile.get(*factor)).cloned().collect(),
        overrides: before.overrides != after.overrides,
        certificates: before.certificates != after.certificates,
        questions: before.questions.len() != after.questions.len(),
        ..Moves::default()
    };
    let known: BTreeMap<&str, &Question> =
        before.questions.iter().map(|question| (question.id.as_str(), question)).collect();
    for now in &after.questions {
        let Some(was) = known.get(now.id.as_str()) else {
            moves.questions = true;
            continue;
        };
        moves.questions |= was.as_asked != now.as_asked;
        if (&was.state, was.value) != (&now.state, now.value) {
            moves.answers += 1;
        } else if (&was.assurance, &was.evidence_date) != (&now.assurance, &now.evidence_date) {
            moves.evidence += 1;
        }
    }
    Some(moves)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_thing_that_is_other_is_named_and_nothing_else() {
        let input = json!({
            "as_of": "2026-11-21",
            "profile": {"data": "ordinary", "exposure": "team"},
            "questions": [
                {"id": "a", "weight": 3, "controls": ["A.6.2.4"], "tags": [], "state": "answered", "value": 0.5, "best": 1,
                 "assurance": "documented", "evidence_date": "2026-02-01"},
                {"id": "b", "weight": 1, "controls": [], "tags": [], "state": "unanswered", "value": null, "best": 1},
            ],
        });
        let other = |change: &dyn Fn(&mut Value)| {
            let mut after = input.clone();
            change(&mut after);
            moves(&input.to_string(), &after.to_string()).expect("two inputs")
        };
        assert!(other(&|_| {}).is_none());
        assert!(other(&|after| after["as_of"] = json!("2027-11-21")).is_none(), "the day alone");
        let none = Moves::default;
        let factors = BTreeSet::from(["exposure".to_owned()]);
        assert_eq!(other(&|after| after["profile"]["exposure"] = json!("public")), Moves { factors, ..none() });
        let own = json!([{"domain": "misinformation", "severity": 5, "likelihood": null, "reason": "r", "by": "b"}]);
        assert_eq!(other(&|after| after["overrides"] = own.clone()), Moves { overrides: true, ..none() });
        assert_eq!(other(&|after| after["certificates"] = json!([{}])), Moves { certificates: true, ..none() });
        assert_eq!(other(&|after| after["questions"][0]["value"] = json!(1)), Moves { answers: 1, ..none() });
        assert_eq!(other(&|after| after["questions"][1]["state"] = json!("declined")), Moves { answers: 1, ..none() });
        assert_eq!(
            other(&|after| after["questions"][0]["assurance"] = json!("verified")),
            Moves { evidence: 1, ..none() }
        );
        assert_eq!(other(&|after| after["questions"][1]["weight"] = json!(2)), Moves { questions: true, ..none() });
        assert_eq!(other(&|after| after["questions"][1]["id"] = json!("c")), Moves { questions: true, ..none() });
        assert_eq!(moves("{}", &input.to_string()), None);
    }
}
