//! What is wrong with a file is found in its place; what holds where; what changed between two versions.

use super::recognise::{Aside, Outcome, Reason, Recogniser};
use super::region::Regions;
use super::{Answer, Catalogue, Change, Document, FORMAT, Place, Use, compare, may_be_on};
use crate::register::{Certainty, Source};
use serde_json::{Value, json};
use time::macros::date;

fn regions() -> Regions {
    let regions = json!({ "format": "candor-regions/1", "regions": [
        { "id": "eu", "name": "European Union" }, { "id": "de", "name": "Germany", "within": ["eu"] },
        { "id": "hk", "name": "Hong Kong" },
    ] });
    Regions::read(&regions.to_string()).expect("regions")
}

fn sample() -> Value {
    json!({
        "format": FORMAT, "key": "acme", "version": 1, "date": "2026-11-21", "licence": "Ours", "vendor": "Acme",
        "vendor_names": ["acme inc"],
        "sources": [
            { "id": "page", "title": "Acme's page", "url": "https://acme.example/ai", "kind": "vendor",
              "read": "2026-11-21", "dated": "2026-05-01" },
            { "id": "blog", "title": "A weblog", "url": "https://blog.example/acme", "kind": "third_party",
              "read": "2026-11-21" },
        ],
        "products": [{
            "id": "desk", "name": "Acme Desk", "names": ["acme desk", "acmedesk365"], "ask": ["desk"],
            "not": ["standing desk"],
            "plans": [{ "id": "pro", "name": "Pro" }, { "id": "pro-plus", "name": "Pro+" }],
            "features": [{
                "id": "desk-helper", "name": "Helper", "kind": "embedded_feature", "status": "unverified",
                "source": "page", "facts": [
                    { "field": "purpose", "value": "Drafts" },
                    { "field": "data_categories", "value": ["tickets", "mails"] },
                    { "field": "default_state", "value": "on" },
                    { "field": "default_state", "value": "off", "regions": ["eu"], "note": "Since the law changed" },
                    { "field": "default_state", "value": "opt_in", "plans": ["pro-plus"] },
                    { "field": "trains_own_models", "value": "no", "until": "2026-04-23" },
                    { "field": "trains_own_models", "value": "opt_out", "from": "2026-04-24" },
                    { "field": "trains_own_models", "value": "always", "source": "blog" },
                ],
            }],
        }],
    })
}

fn read(value: &Value) -> Document {
    Document::read(&value.to_string(), &regions()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn catalogue(value: &Value) -> Catalogue {
    Catalogue::join(vec![read(value)]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn codes(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut value = sample();
    change(&mut value);
    match Document::read(&value.to_string(), &regions()) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.0.into_iter().map(|p| format!("{} {}", p.at, p.code)).collect(),
    }
}

#[test]
fn what_is_wrong_is_found_in_its_place() {
    assert_eq!(codes(|_| {}), Vec::<String>::new());
    let fact =
        |field: &'static str, with: Value| codes(move |c| c["products"][0]["features"][0]["facts"][2][field] = with);
    assert_eq!(fact("plans", json!(["gold"])), ["/products/0/features/0/facts/2/plans/0 unknown-plan"]);
    assert_eq!(fact("regions", json!(["mars"])), ["/products/0/features/0/facts/2/regions/0 unknown-region"]);
    assert_eq!(fact("source", json!("rumour")), ["/products/0/features/0/facts/2/source unknown-source"]);
    assert_eq!(fact("value", json!("perhaps")), ["/products/0/features/0/facts/2/value not-an-option"]);
    assert_eq!(fact("value", json!(["on", "off"])), ["/products/0/features/0/facts/2/value one-value"]);
    assert_eq!(fact("from", json!("May 2026")), ["/products/0/features/0/facts/2/from not-a-date"]);
    let feature = |field: &'static str, with: Value| codes(move |c| c["products"][0]["features"][0][field] = with);
    assert_eq!(feature("kind", json!("robot")), ["/products/0/features/0/kind not-an-option"]);
    assert_eq!(
        feature("source", json!("x")),
        ["/sources/0/id not-used", "/products/0/features/0/source unknown-source"]
    );
    assert_eq!(feature("status", json!("verified")), ["/products/0/features/0/verified_on required"]);
    assert_eq!(codes(|c| c["sources"][1]["url"] = json!("blog")), ["/sources/1/url not-an-address"]);
    assert_eq!(codes(|c| c["sources"][0]["dated"] = json!("2027-01-01")), ["/sources/0/dated after-it-was-read"]);
    assert_eq!(
        codes(|c| c["products"][0]["features"] = json!([])),
        ["/sources/0/id not-used", "/sources/1/id not-used", "/products/0/features required"]
    );
    assert_eq!(
        codes(|c| c["products"][0]["plans"][1]["name"] = json!("Pro")),
        ["/products/0/plans/1/names of-two-plans"]
    );
    let again = |c: &mut Value| {
        let feature = c["products"][0]["features"][0].clone();
        c["products"][0]["features"].as_array_mut().expect("features").push(feature);
    };
    assert_eq!(codes(again), ["/products/0/features/1/id twice"]);
}

#[test]
fn facts_are_checked_against_the_register_s_fields() {
    let with = |fact: Value| {
        codes(move |c| c["products"][0]["features"][0]["facts"].as_array_mut().expect("facts").push(fact))
    };
    let at = "/products/0/features/0/facts/8";
    assert_eq!(with(json!({ "field": "colour", "value": "blue" })), [format!("{at}/field unknown-field")]);
    assert_eq!(with(json!({ "field": "owner", "value": "we" })), [format!("{at}/field unknown-field")]);
    assert_eq!(with(json!({ "field": "name", "value": "x" })), [format!("{at}/field unknown-field")]);
    assert_eq!(
        with(json!({ "field": "oversight", "value": "x", "plans": ["pro"] })),
        [format!("{at}/field does-not-vary")]
    );
    assert_eq!(with(json!({ "field": "default_state", "value": "off" })), [format!("{at} twice")]);
    let gone = codes(|c| {
        c["products"][0]["features"][0]["facts"].as_array_mut().expect("facts").remove(0);
    });
    assert_eq!(gone, ["/products/0/features/0/facts fact-required"]);
}

#[test]
fn what_is_no_catalogue_is_told_with_its_place_in_the_text() {
    let problems = Document::read("{\n  \"format\": 3\n}", &regions()).expect_err("no catalogue");
    assert_eq!((problems.0[0].at.as_str(), problems.0[0].code.as_str()), ("line 2, column 13", "not-a-catalogue"));
    let mut extra = sample();
    extra["products"][0]["colour"] = json!("blue");
    let problems = Document::read(&extra.to_string(), &regions()).expect_err("an unknown key");
    assert!(problems.0[0].with["reason"].contains("colour"), "{problems}");
}

#[test]
fn two_files_cannot_claim_one_id() {
    let (one, mut two) = (read(&sample()), read(&sample()));
    two.key = "other".to_owned();
    let problems = Catalogue::join(vec![one, two]).expect_err("twice");
    let told: Vec<String> = problems.0.iter().map(|p| format!("{} {} {}", p.at, p.code, p.with["other"])).collect();
    assert_eq!(told, ["other/products/0/id twice acme", "other/products/0/features/0/id twice acme"]);
}

#[test]
fn the_closest_fact_holds() {
    let catalogue = catalogue(&sample());
    let feature = catalogue.entry("desk-helper").expect("the feature").feature;
    let state = |plan: Option<&str>, region: Option<&str>| {
        feature.standing("default_state", Place { plan, region, on: "2026-11-21" }, &regions()).value()
    };
    assert_eq!(state(None, None).as_deref(), Some("on"));
    assert_eq!(state(Some("pro"), Some("hk")).as_deref(), Some("on"));
    assert_eq!(state(Some("pro"), Some("de")).as_deref(), Some("off"), "Germany lies in the Union");
    assert_eq!(state(Some("pro-plus"), Some("de")).as_deref(), Some("opt_in"), "a plan is closer than a region");
    let trains =
        |on: &'static str| feature.standing("trains_own_models", Place { plan: None, region: None, on }, &regions());
    assert_eq!(trains("2026-11-21").value().as_deref(), Some("opt_out"), "what began last");
    assert!(trains("2026-04-01").is_disputed(), "the page and the weblog differ");
}

#[test]
fn which_features_may_be_on() {
    let catalogue = catalogue(&sample());
    let asked = |plan: Option<&str>, region: Option<&str>| {
        let uses = [
            Use { product: "desk".to_owned(), plan: plan.map(str::to_owned) },
            Use { product: "elsewhere".to_owned(), plan: None },
        ];
        let found = may_be_on(&catalogue, &regions(), &uses, region, "2026-11-21");
        let [one] = &found[..] else { panic!("one feature: {found:?}") };
        (one.answer, one.missing.iter().copied().collect::<Vec<_>>(), one.facts.len())
    };
    assert_eq!(asked(Some("pro"), Some("hk")), (Answer::On, vec![], 1));
    assert_eq!(asked(Some("pro"), Some("de")), (Answer::Off, vec![], 1));
    assert_eq!(asked(Some("pro-plus"), None), (Answer::OptIn, vec![], 1), "in every region alike");
    assert_eq!(asked(Some("pro"), None), (Answer::Depends, vec!["region"], 2));
    assert_eq!(asked(None, Some("de")), (Answer::Depends, vec!["plan"], 2));
    assert_eq!(asked(None, None), (Answer::Depends, vec!["plan", "region"], 3));
    assert_eq!(asked(Some("unheard of"), None), (Answer::Depends, vec!["plan", "region"], 3));
}

#[test]
fn a_newer_version_is_compared_fact_by_fact() {
    let older = catalogue(&sample());
    assert!(compare(&older, &older).is_empty());
    let mut value = sample();
    let feature = &mut value["products"][0]["features"][0];
    feature["name"] = json!("Helper 2");
    feature["facts"][2]["value"] = json!("off");
    feature["facts"][3]["as_of"] = json!("2026-11-01");
    feature["facts"].as_array_mut().expect("facts").remove(4);
    feature["facts"].as_array_mut().expect("facts").push(json!({ "field": "retention", "value": "30 days" }));
    feature["facts"].as_array_mut().expect("facts").swap(0, 1);
    let mut other = feature.clone();
    other["id"] = json!("desk-other");
    value["products"][0]["features"].as_array_mut().expect("features").push(other);
    let newer = catalogue(&value);
    let found = compare(&older, &newer);
    assert_eq!((found.added, found.gone), (vec!["desk-other".to_owned()], Vec::new()));
    let told: Vec<String> = found.changed[0].changes.iter().map(shown).collect();
    assert_eq!(
        told,
        [
            "name: Helper -> Helper 2",
            "default_state [] []: on -> off",
            "default_state [] [\"eu\"]: seen 2026-05-01 -> 2026-11-01",
            "retention [] []: + 30 days",
            "default_state [\"pro-plus\"] []: - opt_in",
        ]
    );
    assert_eq!(compare(&newer, &older).gone, ["desk-other"]);
}

fn shown(change: &Change) -> String {
    let key = |fact: &super::FactKey| format!("{} {:?} {:?}", fact.field, fact.plans, fact.regions);
    match change {
        Change::Named { what, before, after } => format!("{what}: {before} -> {after}"),
        Change::Said { fact, value, .. } => format!("{}: + {}", key(fact), value.joined()),
        Change::Withdrawn { fact, value } => format!("{}: - {}", key(fact), value.joined()),
        Change::Changed { fact, before, after, .. } => {
            format!("{}: {} -> {}", key(fact), before.joined(), after.joined())
        }
        Change::SeenAgain { fact, before, after } => format!("{}: seen {before} -> {after}", key(fact)),
    }
}

#[test]
fn a_feature_becomes_statements_page_by_page() {
    let catalogue = catalogue(&sample());
    let pages = catalogue.entry("desk-helper").expect("the feature").adopted(date!(2026 - 11 - 21), &regions());
    let pages = pages.unwrap_or_else(|problems| panic!("{problems}"));
    let sources: Vec<(String, time::Date)> = pages.iter().map(|page| (page.source.key(), page.last_seen)).collect();
    assert_eq!(
        sources,
        [
            ("catalogue:desk-helper".to_owned(), date!(2026 - 05 - 01)),
            ("catalogue:desk-helper/blog".to_owned(), date!(2026 - 11 - 21)),
        ]
    );
    let Source::Catalogue { url, .. } = &pages[1].source else { panic!("not of the catalogue") };
    assert_eq!(url.as_deref(), Some("https://blog.example/acme"));
    let mut said: Vec<String> = pages[0]
        .statements
        .iter()
        .map(|s| {
            let part = |text: &Option<String>| text.clone().unwrap_or_default();
            format!("{}/{}/{}={}", s.field.id, part(&s.plan), part(&s.region), s.value)
        })
        .collect();
    said.sort();
    assert_eq!(
        said,
        [
            "data_categories//=mails",
            "data_categories//=tickets",
            "default_state//=on",
            "default_state//European Union=off",
            "default_state/Pro+/=opt_in",
            "kind//=embedded_feature",
            "name//=Helper",
            "notes//=default_state (European Union): Since the law changed",
            "product//=Acme Desk",
            "purpose//=Drafts",
            "trains_own_models//=opt_out",
            "vendor//=Acme",
        ]
    );
    let training = pages[0].statements.iter().find(|s| s.field.id == "trains_own_models").expect("it is said");
    assert_eq!((training.as_of, training.certainty), (Some(date!(2026 - 04 - 24)), Certainty::Certain));
    assert_eq!(pages[1].statements[0].certainty, Certainty::Likely, "somebody else's page");
}

#[test]
fn names_are_recognised_or_asked_about() {
    let catalogue = catalogue(&sample());
    let words = json!({ "format": "candor-catalogue-words/1", "aside": ["seats", "licence"] });
    let aside = Aside::read(&words.to_string()).expect("words");
    let recogniser = Recogniser::new(&catalogue, &aside);
    let one = |line: &str| {
        let readings = recogniser.read(line);
        let [reading] = &readings[..] else { panic!("{line}: {readings:?}") };
        match &reading.outcome {
            Outcome::Certain(found) => ("certain", found.plan.clone(), Some(found.reason)),
            Outcome::Ask(found) => ("ask", found[0].plan.clone(), Some(found[0].reason)),
            Outcome::Unknown => ("unknown", None, None),
            Outcome::NotAProduct(_) => ("none", None, None),
        }
    };
    let plan = |plan: &str| Some(plan.to_owned());
    assert_eq!(one("Acme Desk"), ("certain", None, Some(Reason::Name)));
    assert_eq!(one("ＡＣＭＥ　ＤＥＳＫ Pro+ (50 Seats)"), ("certain", plan("pro-plus"), Some(Reason::NameAndPlan)));
    assert_eq!(one("acme desk pro"), ("certain", plan("pro"), Some(Reason::NameAndPlan)));
    assert_eq!(one("Acme Desk; Pro; 12"), ("certain", plan("pro"), Some(Reason::NameAndPlan)));
    assert_eq!(one("Acme Desk Pro / Pro+").0, "certain");
    assert_eq!(one("Acme Desk migration"), ("ask", None, Some(Reason::OtherWords)));
    assert_eq!(one("migration (Acme Desk)"), ("ask", None, Some(Reason::InBrackets)));
    assert_eq!(one("desk"), ("ask", None, Some(Reason::CommonName)));
    assert_eq!(one("standing desk"), ("unknown", None, None));
    assert_eq!(one("AcmeDesk 365"), ("certain", None, Some(Reason::Name)));
    assert_eq!(one("AcmeDesk366"), ("unknown", None, None), "another number is another product");
    assert_eq!(one("Amce Desk"), ("ask", None, Some(Reason::CommonName)));
    assert_eq!(one("AcmeDsek365"), ("ask", None, Some(Reason::SpeltNearly)));
    assert_eq!(one("Acme Inc"), ("ask", None, Some(Reason::VendorOnly)));
    assert_eq!(one("Acme Rocket"), ("unknown", None, None));
    assert_eq!(one("N/A"), ("none", None, None));
    assert!(recogniser.read(" \t ").is_empty());
    let two = recogniser.read("Acme Desk, Rocket");
    assert_eq!(two.iter().map(|r| r.text.as_str()).collect::<Vec<_>>(), ["Acme Desk", "Rocket"]);
}

#[test]
fn regions_lie_within_each_other() {
    let regions = regions();
    assert!(regions.is_within("de", "eu") && regions.is_within("eu", "eu") && !regions.is_within("eu", "de"));
    let wrong = json!({ "format": "candor-regions/1", "regions": [
        { "id": "a", "name": "A", "within": ["b"] }, { "id": "b", "name": "B", "within": ["a", "c"] },
        { "id": "b", "name": " " },
    ] });
    let problems = Regions::read(&wrong.to_string()).expect_err("wrong");
    let codes: Vec<String> = problems.0.iter().map(|p| format!("{} {}", p.at, p.code)).collect();
    assert!(codes.contains(&"/regions/2/name required".to_owned()), "{codes:?}");
    assert!(codes.contains(&"/regions/2/id twice".to_owned()), "{codes:?}");
}
