//! Three values of conditions, words and what negates them, Art. 6(3), and what is wrong with a file of rules.

use super::{EVALUATES, Facts, Rules, Tier, WayOut};
use crate::register::Certainty;
use serde_json::{Value, json};

fn text(words: &str) -> Value {
    json!({ "en": words, "zh-Hant": "字" })
}

fn sample() -> Value {
    let rule = |id: &str, tier: &str, more: Value| {
        let mut rule = json!({ "id": id, "tier": tier, "article": format!("Art. {id}"), "title": text("Title"),
            "reason": text("Reason"), "applies": "day" });
        rule.as_object_mut().expect("a rule").extend(more.as_object().expect("parts").clone());
        rule
    };
    let ids =
        ["eu", "profiling", "materially_influences", "derogation_documented", "narrow", "ranking", "safe", EVALUATES];
    let facts = ids.map(|id| json!({ "id": id, "question": text("Does it?") }));
    json!({
        "format": super::FORMAT, "key": "act", "version": 1, "date": "2026-11-21", "title": text("Act"),
        "source": "Act", "licence_note": "Ours", "texts": ["purpose"],
        "facts": facts,
        "words": [
            { "id": "hiring", "any": ["applicant*", "招聘"], "hidden_by": ["visa applicant*"] },
            { "id": "ranks", "fact": "ranking", "open": true, "any": ["rank*"] },
            { "id": "narrow", "fact": "narrow", "any": ["format*"] },
            { "id": "moods", "any": ["mood"] },
            { "id": "people", "any": ["people", "applicant*"] },
        ],
        "out_of_scope": [{ "fact": "eu", "is": "no", "article": "Art. 2", "reason": text("Elsewhere") }],
        "rules": [
            rule("ban", "prohibited", json!({ "trigger": { "words": "moods" },
                "unless": [{ "is": { "fact": { "id": "safe", "is": ["yes"] } }, "reason": text("Safe") }] })),
            rule("hire", "high", json!({ "trigger": { "words": "hiring" }, "area": "4(a)", "way_out": true,
                "when": { "any": [{ "words": "ranks" }, { "words": "narrow" }] } })),
        ],
        "people": { "words": "people" },
        "ways_out": [{ "id": "6(3)(a)", "is": { "words": "narrow" }, "title": text("Narrow") }],
        "dates": [{ "key": "day", "from": "2027-12-02", "basis": "Art. 113", "source": "Notes", "as_of": "2026-11-21" }],
    })
}

fn rules() -> Rules {
    Rules::read(&sample().to_string()).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Tier, certainty, rules that speak, what is missing, rules that were set aside.
fn classified(facts: &[(&str, &str)]) -> (Tier, Certainty, String, String, String) {
    let facts: Facts = facts.iter().map(|(id, says)| ((*id).to_owned(), vec![(*says).to_owned()])).collect();
    let rules = rules();
    let got = rules.classify(&facts);
    let speaking: Vec<&str> = got.proposals.iter().map(|proposal| proposal.rule.id.as_str()).collect();
    let aside: Vec<&str> = got.set_aside.iter().map(|aside| aside.rule.id.as_str()).collect();
    let missing: Vec<&str> = got.missing.iter().copied().collect();
    (got.tier, got.certainty, speaking.join(" "), missing.join(" "), aside.join(" "))
}

fn told(tier: Tier, certainty: Certainty, rest: [&str; 3]) -> (Tier, Certainty, String, String, String) {
    (tier, certainty, rest[0].to_owned(), rest[1].to_owned(), rest[2].to_owned())
}

#[test]
fn words_speak_and_facts_speak_louder() {
    use Certainty::{Likely, Uncertain};
    let hire = |purpose| classified(&[("purpose", purpose)]);
    assert_eq!(hire("Ranks all applicants"), told(Tier::High, Likely, ["hire", "", ""]));
    assert_eq!(hire("招聘 Ranks many"), told(Tier::High, Likely, ["hire", "", ""]));
    assert_eq!(hire("Helps with applicants"), told(Tier::High, Uncertain, ["hire", "ranking", ""]));
    assert_eq!(hire("Never ranks the applicants"), told(Tier::High, Uncertain, ["hire", "ranking", ""]));
    let stated = [("purpose", "Ranks all applicants"), ("ranking", "no")];
    assert_eq!(classified(&stated), told(Tier::Unknown, Uncertain, ["", "decision_role evaluates_people", "hire"]));
    assert_eq!(
        hire("Ranks visa applicants"),
        told(Tier::Unknown, Uncertain, ["", "decision_role evaluates_people", ""])
    );
}

#[test]
fn silence_is_no_answer_where_people_are_touched() {
    use Certainty::{Certain, Likely, Uncertain};
    let open = "decision_role evaluates_people";
    assert_eq!(classified(&[]), told(Tier::Unknown, Uncertain, ["", "purpose", ""]));
    assert_eq!(classified(&[("purpose", "Something")]), told(Tier::Unknown, Uncertain, ["", "purpose", ""]));
    assert_eq!(classified(&[("purpose", "Sorts the invoices")]), told(Tier::Minimal, Uncertain, ["", open, ""]));
    assert_eq!(classified(&[("purpose", "Suggests films to people")]), told(Tier::Unknown, Uncertain, ["", open, ""]));
    let judged = [("purpose", "Suggests films to people"), ("evaluates_people", "no"), ("decision_role", "informs")];
    assert_eq!(classified(&judged), told(Tier::Minimal, Likely, ["", "", ""]));
    let elsewhere = [("purpose", "Ranks all applicants"), ("eu", "no")];
    assert_eq!(classified(&elsewhere).0, Tier::OutOfScope);
    assert_eq!(classified(&elsewhere).1, Certain);
}

#[test]
fn an_exception_that_is_not_known_takes_nothing_away() {
    use Certainty::{Likely, Uncertain};
    let mood = |safe: &str| classified(&[("purpose", "Reads the mood"), ("safe", safe)]);
    assert_eq!(mood(""), told(Tier::Prohibited, Uncertain, ["ban", "safe", ""]));
    assert_eq!(mood("unknown"), told(Tier::Prohibited, Uncertain, ["ban", "safe", ""]));
    assert_eq!(mood("no"), told(Tier::Prohibited, Likely, ["ban", "", ""]));
    assert_eq!(mood("yes").2, "");
    assert_eq!(mood("yes").4, "ban");
}

#[test]
fn article_6_3_needs_all_of_it_and_never_where_people_are_profiled() {
    let all = [
        ("purpose", "Formats letters of applicants"),
        ("narrow", "yes"),
        ("profiling", "no"),
        ("materially_influences", "no"),
        ("derogation_documented", "yes"),
    ];
    let way = |facts: &[(&str, &str)]| {
        let facts: Facts = facts.iter().map(|(id, says)| ((*id).to_owned(), vec![(*says).to_owned()])).collect();
        let rules = rules();
        let got = rules.classify(&facts);
        let way = got.proposals.iter().find(|proposal| proposal.rule.id == "hire").and_then(|p| p.way_out.clone());
        let way = match way {
            None => "none".to_owned(),
            Some(WayOut::Barred) => "barred".to_owned(),
            Some(WayOut::Taken { grounds }) => format!("taken {}", grounds[0].id),
            Some(WayOut::Possible { missing, .. }) => format!("possible {missing:?}"),
        };
        (got.tier, way)
    };
    assert_eq!(way(&all), (Tier::Minimal, "taken 6(3)(a)".to_owned()));
    for (n, says, tier, expected) in [
        (1, "", Tier::High, "possible {}"),
        (1, "no", Tier::High, "none"),
        (2, "", Tier::High, "possible {\"profiling\"}"),
        (2, "yes", Tier::High, "barred"),
        (3, "", Tier::High, "possible {\"materially_influences\"}"),
        (3, "yes", Tier::High, "none"),
        (4, "no", Tier::High, "possible {\"derogation_documented\"}"),
    ] {
        let mut facts = all.to_vec();
        facts[n].1 = says;
        assert_eq!(way(&facts), (tier, expected.to_owned()), "{} = {says:?}", all[n].0);
    }
    let mut decides = all.to_vec();
    decides[3] = ("decision_role", "decides");
    assert_eq!(way(&decides), (Tier::High, "none".to_owned()), "who decides influences");
}

#[test]
fn what_is_wrong_with_a_file_is_found_in_its_place() {
    let codes = |change: fn(&mut Value)| -> Vec<String> {
        let mut value = sample();
        change(&mut value);
        let found = Rules::read(&value.to_string()).err().map(|problems| problems.0).unwrap_or_default();
        found.into_iter().map(|problem| format!("{} {}", problem.at, problem.code)).collect()
    };
    assert_eq!(codes(|_| {}), Vec::<String>::new());
    assert_eq!(codes(|r| r["rules"][0]["trigger"] = json!({ "words": "x" })), ["/rules/0/trigger unknown-words"]);
    assert_eq!(codes(|r| r["rules"][1]["when"] = json!({ "all": [] })), ["/rules/1/when required"]);
    let fact = |r: &mut Value, is: &str, id: &str| r["people"] = json!({ "not": { "fact": { "id": id, "is": [is] } } });
    assert_eq!(codes(|r| r["rules"][0]["applies"] = json!("never")), ["/rules/0/applies unknown-date"]);
    assert_eq!(codes(|r| r["rules"][0]["article"] = json!(" ")), ["/rules/0/article required"]);
    assert_eq!(codes(|r| r["rules"][0]["reason"] = json!({ "en": "Why" })), ["/rules/0/reason not-translated"]);
    assert_eq!(codes(|r| r["rules"][1]["id"] = json!("ban")), ["/rules/1/id twice"]);
    assert_eq!(codes(|r| r["texts"] = json!(["x"])), ["/texts/0 unknown-fact"]);
    assert_eq!(codes(|r| r["words"][0]["any"] = json!(["…"])), ["/words/0/any/0 empty-phrase"]);
    assert_eq!(codes(|r| r["words"][3]["open"] = json!(true)), ["/words/3/fact required"]);
    assert_eq!(codes(|r| r["dates"][0]["from"] = json!("2027")), ["/dates/0/from not-a-date"]);
    let mut value = sample();
    fact(&mut value, "perhaps", "decision_role");
    let problems = Rules::read(&value.to_string()).expect_err("no such value");
    assert_eq!((problems.0[0].at.as_str(), problems.0[0].code.as_str()), ("/people", "not-an-option"));
    fact(&mut value, "yes", "colour");
    let problems = Rules::read(&value.to_string()).expect_err("no such fact");
    assert_eq!((problems.0[0].at.as_str(), problems.0[0].code.as_str()), ("/people", "unknown-fact"));
}
