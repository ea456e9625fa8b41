//! The worked cases of the scoring method, made by an independent implementation: what is scored is scored the
//! same, what is refused is refused.

use domain::scoring::{Document, Documents, Group, Level, Policy, groups, missing_factors, score_documents, standings};
use serde_json::{Value, json};

const CASES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/scoring/cases.json"));

/// The first place at which two documents differ. Numbers may differ by 1e-9: relative, and absolute below 1.
fn difference(place: &str, expected: &Value, found: &Value) -> Option<String> {
    match (expected, found) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64()?, other.as_f64()?);
            let near = (one - other).abs() <= 1e-9 * one.abs().max(1.0);
            (!near).then(|| format!("{place}: {other}, not {one}"))
        }
        (Value::Array(ones), Value::Array(others)) if ones.len() == others.len() => {
            let mut pairs = ones.iter().zip(others).enumerate();
            pairs.find_map(|(n, (one, other))| difference(&format!("{place}/{n}"), one, other))
        }
        (Value::Object(ones), Value::Object(others)) if ones.keys().eq(others.keys()) => {
            ones.iter().find_map(|(key, one)| difference(&format!("{place}/{key}"), one, &others[key]))
        }
        _ => (expected != found).then(|| format!("{place}: {found}, not {expected}")),
    }
}

#[test]
fn worked_cases() {
    let cases: Vec<Value> = serde_json::from_str(CASES).expect("a list of cases");
    assert!(cases.len() >= 33, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().expect("a name");
        let fault = match (case.get("expect"), score_documents(&case["policy"].to_string(), &case["input"].to_string()))
        {
            (Some(expected), Ok(output)) => difference("", expected, &serde_json::to_value(&output).expect("JSON")),
            (None, Err(refusal)) => refusal.reason.is_empty().then(|| "refused without a reason".to_owned()),
            (Some(_), Err(refusal)) => Some(format!("refused: {refusal}")),
            (None, Ok(_)) => Some("scored, should have been refused".to_owned()),
        };
        wrong.extend(fault.map(|fault| format!("{name}: {fault}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The policy and the input of the case that was worked by hand.
fn by_hand() -> (Value, Value) {
    let cases: Vec<Value> = serde_json::from_str(CASES).expect("a list of cases");
    let case = cases.into_iter().find(|case| case["name"].as_str().is_some_and(|name| name.starts_with("by-hand")));
    let mut case = case.expect("the case is there");
    (case["policy"].take(), case["input"].take())
}

/// `document` with `value` at the pointer; an item more where the pointer ends in `-`; a member less where there is
/// no value.
fn changed(document: &Value, pointer: &str, value: Option<Value>) -> Value {
    let mut document = document.clone();
    let (parent, token) = pointer.rsplit_once('/').expect("a pointer");
    let token = token.replace("~1", "/");
    match (document.pointer_mut(parent).expect("the parent is there"), value) {
        (Value::Array(list), Some(value)) if token == "-" => list.push(value),
        (Value::Array(list), Some(value)) => list[token.parse::<usize>().expect("a position")] = value,
        (Value::Object(map), Some(value)) => drop(map.insert(token, value)),
        (Value::Object(map), None) => drop(map.remove(&token).expect("the member is there")),
        _ => panic!("{pointer} cannot be changed like that"),
    }
    document
}

/// What is wrong with the policy: where a change is made, to what, and the place that must be named.
fn bad_policies() -> Vec<(&'static str, Option<Value>, &'static str)> {
    let profile = |value: Value| Some(json!({"id": "x", "floor": "high", "when": {"profile": value}}));
    let when = |when: Value| Some(json!({"id": "x", "floor": "high", "when": when}));
    vec![
        ("/colour", Some(json!(1)), "/colour"),
        ("/id", None, "/id"),
        ("/id", Some(json!("")), "/id"),
        ("/version", Some(json!("1")), "/version"),
        ("/version", Some(json!(1.5)), "/version"),
        ("/assurance/claimed", Some(json!(-0.1)), "/assurance/claimed"),
        ("/assurance/certified", Some(json!(1.01)), "/assurance/certified"),
        ("/assurance/documented", Some(json!(0.59)), "/assurance/documented"),
        ("/assurance/verified", None, "/assurance/verified"),
        ("/assurance/rumoured", Some(json!(0.1)), "/assurance/rumoured"),
        ("/evidence_valid_months", Some(json!(0)), "/evidence_valid_months"),
        ("/evidence_valid_months", Some(json!(1.5)), "/evidence_valid_months"),
        ("/evidence_valid_months", Some(json!("18")), "/evidence_valid_months"),
        ("/max_mitigation", Some(json!(1)), "/max_mitigation"),
        ("/max_mitigation", Some(json!(1.2)), "/max_mitigation"),
        ("/max_mitigation", Some(json!(-0.1)), "/max_mitigation"),
        ("/certificate_standards/0", Some(json!("")), "/certificate_standards/0"),
        ("/bands", Some(json!([])), "/bands"),
        ("/bands/0/below", None, "/bands/0/below"),
        ("/bands/1/below", Some(json!(20)), "/bands/1/below"),
        ("/bands/1/below", Some(json!(19.9)), "/bands/1/below"),
        ("/bands/3/below", Some(json!(90)), "/bands/3/below"),
        ("/bands/1/rating", Some(json!("low")), "/bands/1/rating"),
        ("/bands/1/colour", Some(json!("red")), "/bands/1/colour"),
        ("/factors/personal_data/1", Some(json!("none")), "/factors/personal_data/1"),
        ("/factors/personal_data", Some(json!([])), "/factors/personal_data"),
        ("/severity/weather", Some(json!({})), "/severity/weather"),
        ("/likelihood/weather", Some(json!({})), "/likelihood/weather"),
        ("/domain_controls/weather", Some(json!({})), "/domain_controls/weather"),
        ("/severity/privacy_security/colour", Some(json!({})), "/severity/privacy_security/colour"),
        (
            "/severity/privacy_security/personal_data/much",
            Some(json!(1)),
            "/severity/privacy_security/personal_data/much",
        ),
        (
            "/severity/privacy_security/personal_data/none",
            Some(json!(0.5)),
            "/severity/privacy_security/personal_data/none",
        ),
        ("/domain_controls/privacy_security/A.7.2", Some(json!(-1)), "/domain_controls/privacy_security/A.7.2"),
        ("/domain_controls/privacy_security/a~1b", Some(json!(null)), "/domain_controls/privacy_security/a~1b"),
        ("/knock_outs/0/floor", Some(json!("purple")), "/knock_outs/0/floor"),
        ("/knock_outs/0/floor", None, "/knock_outs/0/floor"),
        ("/knock_outs/1/id", Some(json!("prohibited-practice")), "/knock_outs/1/id"),
        ("/knock_outs/0/when", None, "/knock_outs/0/when"),
        ("/knock_outs/-", when(json!({})), "/knock_outs/4/when"),
        ("/knock_outs/-", when(json!({"moon": "full"})), "/knock_outs/4/when/moon"),
        ("/knock_outs/-", when(json!({"coverage_below": "half"})), "/knock_outs/4/when/coverage_below"),
        ("/knock_outs/-", when(json!({"tag_below": {"value": 0.5}})), "/knock_outs/4/when/tag_below/tag"),
        ("/knock_outs/-", when(json!({"tag_below": {"tag": "t", "value": 2}})), "/knock_outs/4/when/tag_below/value"),
        (
            "/knock_outs/-",
            when(json!({"tag_below": {"tag": "t", "value": 0.5, "assurance": "sworn"}})),
            "/knock_outs/4/when/tag_below/assurance",
        ),
        ("/knock_outs/-", profile(json!({})), "/knock_outs/4/when"),
        ("/knock_outs/-", profile(json!({"colour": ["red"]})), "/knock_outs/4/when/profile/colour"),
        (
            "/knock_outs/-",
            profile(json!({"personal_data": ["none", "much"]})),
            "/knock_outs/4/when/profile/personal_data/1",
        ),
    ]
}

/// The same for the input.
fn bad_inputs() -> Vec<(&'static str, Option<Value>, &'static str)> {
    let own = |member: &str, value: Value| {
        let own = json!({"domain": "system_safety", "severity": 4, "likelihood": null, "reason": "x", "by": "y"});
        Some(json!([changed(&own, member, Some(value))]))
    };
    let certificate = |member: &str, value: Value| {
        let certificate = json!({"standard": "s", "accredited": true, "in_scope": true, "valid_from": "2025-06-01",
                                 "valid_to": "2028-05-31", "controls": []});
        Some(json!([changed(&certificate, member, Some(value))]))
    };
    vec![
        ("/colour", Some(json!(1)), "/colour"),
        ("/as_of", None, "/as_of"),
        ("/as_of", Some(json!("2026-02-29")), "/as_of"),
        ("/as_of", Some(json!("20261121")), "/as_of"),
        ("/as_of", Some(json!("2026-11-21T00:00:00Z")), "/as_of"),
        ("/as_of", Some(json!("2026-1é-21")), "/as_of"),
        ("/profile/personal_data", None, "/profile/personal_data"),
        ("/profile/personal_data", Some(json!(null)), "/profile/personal_data"),
        ("/profile/personal_data", Some(json!("much")), "/profile/personal_data"),
        ("/profile/colour", Some(json!("red")), "/profile/colour"),
        ("/questions", None, "/questions"),
        ("/questions/0/id", Some(json!("")), "/questions/0/id"),
        ("/questions/1/id", Some(json!("q1")), "/questions/1/id"),
        ("/questions/0/weight", None, "/questions/0/weight"),
        ("/questions/0/weight", Some(json!(10.5)), "/questions/0/weight"),
        ("/questions/0/weight", Some(json!(-1)), "/questions/0/weight"),
        ("/questions/0/weight", Some(json!("2")), "/questions/0/weight"),
        ("/questions/1/controls/1", Some(json!("A.7.3")), "/questions/1/controls/1"),
        ("/questions/1/controls/1", Some(json!("")), "/questions/1/controls/1"),
        ("/questions/0/tags/0", Some(json!(7)), "/questions/0/tags/0"),
        ("/questions/0/state", Some(json!("done")), "/questions/0/state"),
        ("/questions/0/value", None, "/questions/0/value"),
        ("/questions/0/value", Some(json!(null)), "/questions/0/value"),
        ("/questions/0/value", Some(json!(1.1)), "/questions/0/value"),
        ("/questions/2/value", Some(json!(0)), "/questions/2/value"),
        ("/questions/0/best", Some(json!(0.9)), "/questions/0/value"),
        ("/questions/0/best", Some(json!(1.1)), "/questions/0/best"),
        ("/questions/0/assurance", Some(json!("certified")), "/questions/0/assurance"),
        ("/questions/0/evidence_date", None, "/questions/0/evidence_date"),
        ("/questions/0/evidence_date", Some(json!("2026-11-22")), "/questions/0/evidence_date"),
        ("/questions/2/assurance", Some(json!("documented")), "/questions/2/evidence_date"),
        ("/questions/1/evidence_date", Some(json!("soon")), "/questions/1/evidence_date"),
        ("/questions/0/comment", Some(json!("")), "/questions/0/comment"),
        ("/overrides", Some(json!({})), "/overrides"),
        ("/overrides", own("/domain", json!("weather")), "/overrides/0/domain"),
        ("/overrides", own("/severity", json!(0)), "/overrides/0/severity"),
        ("/overrides", own("/likelihood", json!(6)), "/overrides/0/likelihood"),
        ("/overrides", own("/severity", json!(2.5)), "/overrides/0/severity"),
        ("/overrides", own("/reason", json!("")), "/overrides/0/reason"),
        ("/overrides", own("/by", json!(" ")), "/overrides/0/by"),
        ("/overrides", own("/note", json!("")), "/overrides/0/note"),
        ("/certificates", certificate("/standard", json!("")), "/certificates/0/standard"),
        ("/certificates", certificate("/accredited", json!("yes")), "/certificates/0/accredited"),
        ("/certificates", certificate("/valid_to", json!("2026-13-01")), "/certificates/0/valid_to"),
        ("/certificates", certificate("/body", json!("z")), "/certificates/0/body"),
    ]
}

#[test]
fn a_refusal_names_its_place() {
    let (policy, input) = by_hand();
    for (pointer, value, place) in bad_policies() {
        let bad = changed(&policy, pointer, value.clone()).to_string();
        let refusal = score_documents(&bad, &input.to_string()).expect_err(&format!("policy {pointer} = {value:?}"));
        assert_eq!((refusal.document, refusal.pointer.as_str()), (Document::Policy, place), "{refusal}");
    }
    for (pointer, value, place) in bad_inputs() {
        let bad = changed(&input, pointer, value.clone()).to_string();
        let refusal = score_documents(&policy.to_string(), &bad).expect_err(&format!("input {pointer} = {value:?}"));
        assert_eq!((refusal.document, refusal.pointer.as_str()), (Document::Input, place), "{refusal}");
    }
    let twice = json!([
        {"domain": "system_safety", "severity": 4, "likelihood": null, "reason": "x", "by": "y"},
        {"domain": "system_safety", "severity": null, "likelihood": 2, "reason": "x", "by": "y"},
    ]);
    let bad = changed(&input, "/overrides", Some(twice)).to_string();
    assert_eq!(score_documents(&policy.to_string(), &bad).expect_err("twice").pointer, "/overrides/1/domain");
}

#[test]
fn a_key_that_stands_twice_and_a_number_without_end_are_refused() {
    let (policy, input) = by_hand();
    let refused = |from: &str, to: &str| {
        let text = input.to_string();
        assert!(text.contains(from), "{from} is not in {text}");
        let refusal = score_documents(&policy.to_string(), &text.replacen(from, to, 1)).expect_err(to);
        refusal.pointer
    };
    assert_eq!(refused("{", r#"{"as_of":1,"as_of":1,"#), "/as_of");
    assert_eq!(refused(r#""id":"q2""#, r#""id":"q2","i\u0064":"q2""#), "/questions/1/id");
    assert_eq!(refused(r#""weight":2"#, r#""weight":1e999"#), "/questions/0/weight");
    assert_eq!(refused(r#""weight":2"#, r#""weight":NaN"#), "/questions/0/weight");
    assert_eq!(refused(r#""weight":2"#, r#""weight":-Infinity"#), "/questions/0/weight");
    assert_eq!(score_documents("", "{}").expect_err("empty").document, Document::Policy);
    assert_eq!(score_documents("[]", "{}").expect_err("no object").pointer, "");
}

#[test]
fn what_may_be_left_out() {
    let (policy, mut input) = by_hand();
    let whole = score_documents(&policy.to_string(), &input.to_string()).expect("valid");
    let map = input.as_object_mut().expect("an object");
    map.remove("overrides");
    map.remove("certificates");
    input["questions"][1].as_object_mut().expect("an object").remove("assurance");
    input["questions"][1].as_object_mut().expect("an object").remove("tags");
    // With claimed, a date is ignored, even one to come.
    input["questions"][1]["evidence_date"] = json!("2027-01-01");
    input["questions"][2]["value"] = Value::Null;
    let mut less = score_documents(&policy.to_string(), &input.to_string()).expect("valid");
    assert_ne!(less.inputs_sha256, whole.inputs_sha256);
    less.inputs_sha256.clone_from(&whole.inputs_sha256);
    assert_eq!(less, whole);
}

#[test]
fn ties_are_decided_exactly() {
    let (policy, input) = by_hand();
    let rated =
        |policy: &Value, input: &Value| score_documents(&policy.to_string(), &input.to_string()).expect("valid");
    // R is 24.51 to the digit, and a value equal to an end is in the next band.
    let exactly = changed(&policy, "/bands/0/below", Some(json!(24.51)));
    assert_eq!(rated(&exactly, &input).band, "moderate");
    let above = changed(&policy, "/bands/0/below", Some(json!(24.510000000000005)));
    assert_eq!(rated(&above, &input).band, "low");

    // Coverage is 0.8 to the digit, though 0.7 + 0.1 is less in doubles.
    let weights = json!({"A.7.2": 0.7, "A.7.3": 0.1, "never asked": 0.2});
    let covered = changed(&policy, "/domain_controls/privacy_security", Some(weights));
    let at = |limit: f64| changed(&covered, "/knock_outs/2/when/coverage_below", Some(json!(limit)));
    assert!(rated(&at(0.8), &input).knock_outs.is_empty());
    assert_eq!(rated(&at(0.8000000000000002), &input).knock_outs[0].id, "too-little-asked");

    // Confidence is 0.3 to the digit: 0.1 + 0.2 of 1.
    let answered = |id: &str, weight: f64, level: &str| {
        json!({"id": id, "weight": weight, "controls": ["A.7.2"], "state": "answered", "value": 1, "assurance": level,
               "evidence_date": "2026-11-01"})
    };
    let questions =
        json!([answered("b", 0.1, "documented"), answered("a", 0.2, "documented"), answered("c", 0.7, "claimed")]);
    let confident = changed(&input, "/questions", Some(questions));
    let stakes = changed(&policy, "/knock_outs/3/when/inherent_at_least", Some(json!(48)));
    assert!(rated(&stakes, &confident).knock_outs.is_empty());
    let above = changed(&stakes, "/knock_outs/3/when/confidence_below", Some(json!(0.30000000000000004)));
    assert_eq!(rated(&above, &confident).knock_outs[0].id, "high-stakes-on-claims-alone");
    let higher = changed(&above, "/knock_outs/3/when/inherent_at_least", Some(json!(48.00000000000001)));
    assert!(rated(&higher, &confident).knock_outs.is_empty());

    // What is left to gain is the same for both: through one control of 0.3, or through three of 0.1 each.
    let one = json!({"id": "b", "weight": 1, "controls": ["A"], "state": "unanswered"});
    let three = json!({"id": "a", "weight": 1, "controls": ["B", "C", "D"], "state": "unanswered"});
    let open = changed(&input, "/questions", Some(json!([one, three])));
    let weights = json!({"A": 0.3, "B": 0.1, "C": 0.1, "D": 0.1});
    let output = rated(&changed(&policy, "/domain_controls/privacy_security", Some(weights)), &open);
    let order: Vec<_> = output.opportunities.iter().map(|line| &*line.question).collect();
    assert_eq!(order, ["a", "b"]);
    assert_eq!(output.opportunities[0].reduction, output.opportunities[1].reduction);

    // Nothing is left to gain where the answer already counts like a verified best one: 0.9 * 1/3 of nothing is no
    // line.
    let level = changed(
        &policy,
        "/assurance",
        Some(json!({"claimed": 0.3, "documented": 0.3, "verified": 0.3, "certified": 0.3})),
    );
    assert!(rated(&level, &confident).opportunities.is_empty());
}

#[test]
fn fields_come_in_their_order() {
    let (policy, input) = by_hand();
    let output = score_documents(&policy.to_string(), &input.to_string()).expect("valid");
    let text = serde_json::to_string(&output).expect("JSON");
    let start = r#"{"method":1,"policy":{"id":"candor-default","version":1},"as_of":"2026-11-21","inputs_sha256":""#;
    assert!(text.starts_with(start), "{text}");
    let names =
        ["residual", "best_case", "driver", "band", "rating", "completeness", "confidence", "knock_outs", "domains"];
    let more = ["controls", "contributions", "opportunities"];
    let positions: Vec<_> =
        names.iter().chain(&more).map(|name| text.find(&format!("\"{name}\":")).expect("there")).collect();
    // `residual` and `band` stand in every domain too; the first of each is the score's own.
    assert!(positions.is_sorted(), "{positions:?}");
    assert!(text.contains(r#""inherent":4.0"#), "{text}");
}

/// A certificate that counts and lists these controls.
fn certificate(controls: &[&str]) -> Value {
    json!({"standard": "ISO/IEC 42001:2023", "accredited": true, "in_scope": true, "valid_from": "2026-11-21",
           "valid_to": "2026-11-21", "controls": controls})
}

#[test]
fn a_raise_through_any_control_counts_for_a_tag() {
    let (policy, input) = by_hand();
    let asked =
        json!({"id": "x", "floor": "high", "when": {"tag_below": {"tag": "t", "value": 0, "assurance": "documented"}}});
    let policy = changed(&policy, "/knock_outs", Some(json!([asked]))).to_string();
    let tagged = changed(&input, "/questions/1/tags", Some(json!(["t", "t"])));
    let output = score_documents(&policy, &tagged.to_string()).expect("valid");
    assert_eq!((output.band.as_str(), output.rating.as_str()), ("moderate", "high"));
    assert_eq!(output.knock_outs[0].questions, ["q2"]);
    let covered = changed(&tagged, "/certificates", Some(json!([certificate(&["A.10.3"])])));
    assert!(score_documents(&policy, &covered.to_string()).expect("valid").knock_outs.is_empty());
    // Nothing bears the tag: the knock-out fires, and no question made it.
    let output = score_documents(&policy, &input.to_string()).expect("valid");
    assert_eq!((output.knock_outs.len(), output.knock_outs[0].questions.len()), (1, 0));
}

#[test]
fn what_pages_show_beside_a_score() {
    let (policy, input) = by_hand();
    let covered = changed(&input, "/certificates", Some(json!([certificate(&["A.10.3"])])));
    let documents = Documents::read(&policy.to_string(), &covered.to_string()).expect("valid");
    let standings = standings(&documents.policy, &documents.input);
    assert_eq!(standings[1].level, Level::Claimed);
    assert_eq!((standings[1].level_in("A.7.3"), standings[1].level_in("A.10.3")), (Level::Claimed, Level::Documented));
    assert_eq!(standings[1].level_through_any(), Level::Documented);

    // q2 has two labels that are the same and counts once: 1 * 0.5 * 0.75 of a weight of 1; q3 is open: 0 of 3.
    let group = |control: &String| control.split('.').nth(1).expect("a group").to_owned();
    let shown = groups(&documents.policy, &documents.input, |question| {
        let mut labels: Vec<String> = question.controls.iter().map(group).collect();
        labels.push("all".to_owned());
        labels.push("all".to_owned());
        labels
    });
    let expected = [
        ("10", Group { weight: 4.0, effectiveness: 0.375 / 4.0 }),
        ("7", Group { weight: 3.0, effectiveness: 2.175 / 3.0 }),
        ("all", Group { weight: 6.0, effectiveness: 2.175 / 6.0 }),
    ];
    assert!(shown.keys().map(String::as_str).eq(expected.iter().map(|(label, _)| *label)), "{shown:?}");
    for (label, group) in expected {
        let found = shown[label];
        assert_eq!(found.weight, group.weight, "{label}");
        assert!((found.effectiveness - group.effectiveness).abs() < 1e-12, "{label}: {found:?}");
    }

    // What the server builds is read back as it was.
    let text = serde_json::to_string(&documents.input).expect("JSON");
    assert_eq!(Documents::read(&policy.to_string(), &text).expect("valid").input, documents.input);

    let policy = Policy::parse(&policy.to_string()).expect("valid");
    let mut profile = documents.input.profile.clone();
    assert!(missing_factors(&policy, &profile).is_empty());
    profile.remove("trains_on_our_data");
    profile.insert("ai_act_tier".to_owned(), "unheard of".to_owned());
    assert_eq!(missing_factors(&policy, &profile), ["ai_act_tier", "trains_on_our_data"]);
}
