//! The shipped content: it parses, and its files agree with each other.

use crate::harness::fixture;
use candor::actions::content::{CONTROLS, CROSSWALKS, PRODUCTS, REASONS, shipped, shipped_templates};
use candor::platform::search::Synonyms;
use domain::questionnaire::check::{self, Known};
use domain::questionnaire::{Authored, Feed, Kind};
use domain::scoring::{DOMAINS, Policy};
use std::collections::{BTreeMap, BTreeSet};

fn templates() -> Vec<(String, Authored)> {
    let factors = policy().factors.into_iter().map(|(factor, values)| (factor, values.into_iter().collect())).collect();
    let controls = CONTROLS.ids();
    let known = Known { factors: Some(&factors), controls: Some(&controls) };
    let read = |name: String| {
        let document =
            check::read_knowing(&shipped(&name), known).unwrap_or_else(|problems| panic!("{name}: {problems}"));
        (name, document)
    };
    let templates: Vec<_> = shipped_templates().into_iter().map(read).collect();
    assert!(!templates.is_empty(), "no template is shipped");
    templates
}

fn policy() -> Policy {
    Policy::parse(&shipped("policies/default.json")).expect("the default policy")
}

fn ids<V>(map: &BTreeMap<String, V>) -> BTreeSet<&str> {
    map.keys().map(String::as_str).collect()
}

fn filled(what: &str, text: &str) {
    assert!(text.trim().chars().count() >= 3, "{what} says nothing");
}

#[test]
fn the_controls_are_all_of_annex_a_in_their_groups() {
    let groups: BTreeSet<&str> = CONTROLS.groups.iter().map(|group| group.id.as_str()).collect();
    assert_eq!(groups.len(), 9);
    let controls: BTreeSet<&str> = CONTROLS.controls.iter().map(|control| control.id.as_str()).collect();
    assert_eq!((controls.len(), CONTROLS.controls.len()), (38, 38));
    for control in controls {
        let group: Vec<&str> = control.splitn(3, '.').take(2).collect();
        assert!(groups.contains(group.join(".").as_str()), "{control} is in no group");
    }
    for topic in CONTROLS.groups.iter().chain(&CONTROLS.controls).chain(&CONTROLS.clauses) {
        filled(&topic.id, &topic.topic);
    }
}

#[test]
fn templates_name_controls_and_clauses_that_exist() {
    let known: BTreeSet<&str> =
        CONTROLS.controls.iter().chain(&CONTROLS.clauses).map(|topic| topic.id.as_str()).collect();
    for (name, document) in templates() {
        for question in document.questions() {
            for named in question.controls.iter().chain(&question.clauses) {
                assert!(known.contains(named.as_str()), "{name}: {} names {named}", question.id);
            }
            assert!(
                question.weight == 0.0 || !(question.controls.is_empty() && question.clauses.is_empty()),
                "{name}: {} has a weight and speaks to no control and no clause",
                question.id
            );
            filled(
                &format!("{name}: why {} is asked", question.id),
                question.why.as_ref().map_or("", |why| why.read("en", "en")),
            );
            filled(
                &format!("{name}: why {} weighs what it does", question.id),
                question.weight_reason.as_deref().unwrap_or_default(),
            );
        }
    }
}

#[test]
fn the_long_questionnaire_covers_the_whole_standard() {
    let templates = templates();
    let (_, iso) = templates.iter().find(|(name, _)| name == "templates/iso-42001.json").expect("it is shipped");
    let coverage = check::coverage(iso);
    let all: BTreeSet<&str> = CONTROLS.controls.iter().map(|control| control.id.as_str()).collect();
    assert_eq!(coverage.controls.keys().map(String::as_str).collect::<BTreeSet<_>>(), all);
    assert_eq!(coverage.deep(), 38, "each by two questions, one of which asks for something to show: {coverage:?}");
    assert_eq!(coverage.clauses, ["4", "5", "6", "7", "8", "9", "10"].map(str::to_owned).into());
}

/// Template, and how many questions it has.
const SIZES: [(&str, std::ops::RangeInclusive<usize>); 7] = [
    ("ai-screening", 25..=35),
    ("annual-change", 10..=15),
    ("embedded-ai-features", 30..=40),
    ("generative-ai", 25..=35),
    ("high-risk-eu", 30..=40),
    ("hong-kong", 25..=35),
    ("iso-42001", 110..=150),
];

#[test]
fn every_questionnaire_is_there_in_both_languages_and_no_longer_than_it_says() {
    let templates = templates();
    assert_eq!(templates.len(), SIZES.len());
    for (key, sizes) in SIZES {
        let (_, document) = templates.iter().find(|(_, document)| document.key == key).expect(key);
        assert_eq!(document.languages, ["en", "zh-Hant"], "{key}");
        let count = document.questions().count();
        assert!(sizes.contains(&count), "{key} has {count} questions");
        let shown = check::size(document).with_evidence;
        assert!(shown * 3 <= count, "{key}: {shown} of {count} expect evidence");
    }
}

#[test]
fn crosswalks_name_questions_that_are_asked() {
    let templates = templates();
    let asked: BTreeSet<&str> =
        templates.iter().flat_map(|(_, document)| document.questions()).map(|question| question.id.as_str()).collect();
    let named: Vec<&str> =
        CROSSWALKS.values().flat_map(|crosswalk| &crosswalk.questions).map(|row| row.question.as_str()).collect();
    let unknown: Vec<&&str> = named.iter().filter(|id| !asked.contains(**id)).collect();
    assert!(unknown.is_empty() && named.len() > 50, "{unknown:?} of {}", named.len());
}

#[test]
fn one_question_means_one_thing_in_every_questionnaire() {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (name, document) in templates() {
        for question in document.questions() {
            for language in &document.languages {
                let text = question.text.read(language, "en").to_owned();
                let known = texts.entry(format!("{} {language}", question.id)).or_insert_with(|| text.clone());
                assert_eq!(*known, text, "{name}: {}", question.id);
            }
        }
    }
}

/// Characters of simplified Chinese that traditional Chinese writes otherwise.
const SIMPLIFIED: &str = "这们个为来对时会发过还进动种样开关问题务业应该员认证计记设说请让谁语读调谈论识词试话详误诉数据传统类级组织经营结给线练终网络专东两严丧丰临举乐习书买乱争产亲亿仅从价众优伤伦伪体余侧侦侨俭债倾储儿兑党兰兴养兽";

#[test]
fn chinese_is_written_as_in_hong_kong() {
    for (name, document) in templates() {
        let edition = serde_json::to_string(&document.edition("zh-Hant")).expect("JSON");
        // Words for authors stay English, so every Chinese character is the vendor's to read.
        let wrong: BTreeSet<char> = edition.chars().filter(|c| SIMPLIFIED.contains(*c)).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
        for word in ["人工智慧", "隱私", "資訊安全性", "默認", "信息", "程序員", "質量"] {
            assert!(!edition.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn a_careful_reader_has_nothing_to_remark_on() {
    for (name, document) in templates() {
        let remarks: Vec<String> = check::remarks(&document).iter().map(ToString::to_string).collect();
        assert_eq!(remarks, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_template_can_feed_the_register() {
    let feeds = |document: &Authored| {
        document.questions().any(|question| matches!(&question.kind, Kind::Table { feeds: Some(Feed::Register), .. }))
    };
    assert!(templates().iter().any(|(_, document)| feeds(document)));
}

#[test]
fn knock_outs_look_at_tags_that_a_template_has() {
    let templates = templates();
    let tags: BTreeSet<&str> = templates
        .iter()
        .flat_map(|(_, document)| document.questions())
        .flat_map(|question| question.tags.iter().map(String::as_str))
        .collect();
    let policy = policy();
    for knock_out in &policy.knock_outs {
        if let Some(below) = &knock_out.when.tag_below {
            assert!(
                tags.contains(below.tag.as_str()),
                "{} looks at {}, which no question has",
                knock_out.id,
                below.tag
            );
        }
    }
    assert!(policy.knock_outs.iter().any(|knock_out| knock_out.when.tag_below.is_some()));
}

#[test]
fn the_policy_treats_every_domain_with_known_controls() {
    let policy = policy();
    assert_eq!(ids(&policy.domain_controls), BTreeSet::from(DOMAINS));
    let known: BTreeSet<&str> = CONTROLS.controls.iter().map(|control| control.id.as_str()).collect();
    let used: BTreeSet<&str> = policy.domain_controls.values().flat_map(ids).collect();
    assert_eq!(used, known, "every control treats some domain, and no other is named");
}

#[test]
fn every_number_of_the_policy_has_its_words_and_its_reason() {
    let policy = policy();
    let reasons = &*REASONS;
    assert_eq!((&reasons.policy, reasons.version), (&policy.id, policy.version));
    assert_eq!(ids(&reasons.factors), ids(&policy.factors), "factors");
    for (factor, values) in &policy.factors {
        let words = &reasons.factors[factor];
        for (what, text) in [("question", &words.question), ("help", &words.help), ("reason", &words.reason)] {
            filled(&format!("{what} of {factor}"), text);
        }
        let worded = ids(&words.values);
        assert_eq!(worded, values.iter().map(String::as_str).collect(), "values of {factor}");
        let labels: BTreeSet<&str> = words.values.values().map(|value| value.label.as_str()).collect();
        assert_eq!(labels.len(), values.len(), "two values of {factor} read the same");
    }
    assert_eq!(ids(&reasons.domains), BTreeSet::from(DOMAINS), "domains");
    for (domain, words) in &reasons.domains {
        filled(domain, &words.name);
        filled(domain, &words.summary);
        assert_eq!(ids(&words.controls), ids(&policy.domain_controls[domain]), "controls of {domain}");
        words.controls.iter().for_each(|(control, reason)| filled(&format!("{control} in {domain}"), reason));
    }
    let fired: BTreeSet<&str> = policy.knock_outs.iter().map(|knock_out| knock_out.id.as_str()).collect();
    assert_eq!(ids(&reasons.knock_outs), fired, "knock-outs");
    for (id, words) in &reasons.knock_outs {
        filled(id, &words.title);
        filled(id, &words.reason);
    }
    let bands: BTreeSet<&str> = policy.bands.iter().map(|band| band.rating.as_str()).collect();
    assert_eq!(ids(&reasons.bands), bands, "bands");
    filled("assurance", &reasons.assurance);
    filled("max_mitigation", &reasons.max_mitigation);
}

#[test]
fn the_product_table_and_the_synonyms_read() {
    let vendor = PRODUCTS.vendor_of("Microsoft Copilot for Sales");
    assert_eq!(vendor, Some("Microsoft"));
    Synonyms::shipped().expect("the shipped synonyms");
    let groups: serde_json::Value = serde_json::from_slice(&fixture("search/synonyms.json")).expect("JSON");
    assert!(groups["about"].is_string() && groups["groups"].as_array().is_some_and(|groups| groups.len() > 10));
}

#[test]
fn what_was_taken_over_from_others_says_from_where() {
    for folder in ["bom", "catalogue", "classification", "register", "search", "workbooks"] {
        let sources = String::from_utf8(fixture(&format!("{folder}/SOURCES.md"))).expect("UTF-8");
        for file in std::fs::read_dir(crate::harness::root().join("fixtures").join(folder)).expect("a folder") {
            let name = file.expect("a file").file_name().to_string_lossy().into_owned();
            assert!(name == "SOURCES.md" || sources.contains(&name), "{folder}/SOURCES.md says nothing of {name}");
        }
    }
}
