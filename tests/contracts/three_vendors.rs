//! The whole ISO questionnaire as three vendors meet it: what each is asked, and how long that takes. The numbers stand in
//! docs/templates.md, for whoever chooses a questionnaire.

use crate::harness::{fixture, root};
use domain::answer::{Reply, visibility};
use domain::questionnaire::Authored;
use std::collections::{BTreeMap, BTreeSet};

/// Minutes that a question takes.
const EACH: f64 = 0.5;

/// A vendor: as the table calls it, and the replies that decide what else it is asked.
struct Vendor<'a> {
    name: &'static str,
    replies: &'a [(&'static str, &'static [&'static str])],
}

const VENDORS: [Vendor<'static>; 4] = [
    Vendor {
        name: "the API of a foundation model, by its maker",
        replies: &[
            ("PROD-2", &["own_models"]),
            ("ROLE-1", &["producer", "provider"]),
            ("PROD-3", &["generates", "converses"]),
            ("CERT-1", &["accredited"]),
            ("C.4.3-1", &["named"]),
            ("A.2.2-1", &["current"]),
            ("C.6.1.2-1", &["ai_people"]),
            ("C.6.1.3-3", &["reasons"]),
            ("A.5.2-1", &["current"]),
            ("C.9.2-1", &["independent"]),
            ("C.10.2-1", &["full"]),
            ("A.6.1.2-1", &["fairness", "safety"]),
            ("A.6.2.2-1", &["measurable"]),
            ("A.6.2.4-1", &["shared"]),
            ("A.6.2.6-1", &["continuous"]),
            ("A.6.2.8-1", &["user", "version"]),
            ("A.7.2-1", &["never"]),
            ("A.7.4-1", &["batches"]),
            ("A.9.4-1", &["yes_enforced"]),
            ("A.10.3-1", &["regular"]),
        ],
    },
    Vendor {
        name: "a CRM with an assistant on a bought model",
        replies: &[
            ("PROD-2", &["other_models"]),
            ("ROLE-1", &["provider"]),
            ("PROD-3", &["generates", "converses", "recommends"]),
            ("CERT-1", &["no"]),
            ("C.4.3-1", &["drafting"]),
            ("A.2.2-1", &["current"]),
            ("C.6.1.2-1", &["extended"]),
            ("C.6.1.3-3", &["planned"]),
            ("A.5.2-1", &["earlier"]),
            ("C.9.2-1", &["planned"]),
            ("C.10.2-1", &["tickets"]),
            ("A.6.1.2-1", &["privacy"]),
            ("A.6.2.2-1", &["words"]),
            ("A.6.2.4-1", &["internal"]),
            ("A.6.2.6-1", &["quarterly"]),
            ("A.6.2.8-1", &["user"]),
            ("A.7.2-1", &["never"]),
            ("A.7.4-1", &["words"]),
            ("A.9.4-1", &["yes"]),
            ("A.10.3-1", &["regular"]),
        ],
    },
    Vendor {
        name: "a reseller of somebody else's AI product",
        replies: &[
            ("PROD-2", &["other_models"]),
            ("ROLE-1", &["partner"]),
            ("PROD-3", &["generates", "converses"]),
            ("CERT-1", &["no"]),
            ("C.4.3-1", &["none"]),
            ("A.2.2-1", &["draft"]),
            ("C.6.1.2-1", &["general"]),
            ("C.6.1.3-3", &["none"]),
            ("C.9.2-1", &["never"]),
            ("C.10.2-1", &["tickets"]),
            ("A.6.2.8-1", &["user"]),
            ("A.7.2-1", &["never"]),
            ("A.9.4-1", &["yes"]),
            ("A.10.3-1", &["once"]),
        ],
    },
    Vendor { name: "a reseller of a product without AI", replies: &[("PROD-2", &["no"])] },
];

fn iso() -> Authored {
    serde_json::from_slice(&fixture("templates/iso-42001.json")).expect("a questionnaire")
}

/// Ids of what the vendor is asked.
fn asked(document: &Authored, vendor: &Vendor<'_>) -> BTreeSet<String> {
    let mut replies = BTreeMap::new();
    for (id, chosen) in vendor.replies {
        let question = document.question(id).unwrap_or_else(|| panic!("there is no question {id}"));
        for option in *chosen {
            assert!(question.options().iter().any(|known| known.id == *option), "{id} has no option {option}");
        }
        let reply = if question.kind.name() == "multiple" {
            Reply::Choices { options: chosen.iter().map(|option| (*option).to_owned()).collect() }
        } else {
            Reply::Choice { option: chosen[0].to_owned() }
        };
        replies.insert((*id).to_owned(), reply);
    }
    let shown = visibility(document, &replies, &BTreeMap::new());
    document.questions().map(|question| question.id.clone()).filter(|id| shown.shows(id)).collect()
}

#[test]
fn each_is_asked_as_much_as_the_documentation_says() {
    let told = std::fs::read_to_string(root().join("docs/templates.md")).expect("the documentation");
    let document = iso();
    let row = |vendor: &Vendor| {
        let count = asked(&document, vendor).len();
        format!("| {} | {count} | {} |", vendor.name, count as f64 * EACH)
    };
    let lacking: Vec<String> = VENDORS.iter().map(row).filter(|row| !told.contains(row.as_str())).collect();
    assert!(lacking.is_empty(), "docs/templates.md lacks {lacking:#?}");
}

#[test]
fn nobody_is_asked_what_makes_no_sense_for_them() {
    let document = iso();
    let [maker, crm, reseller, without] = VENDORS.each_ref().map(|vendor| asked(&document, vendor));
    // Whoever makes the model has no maker to ask, and says where its data came from.
    assert!(!maker.contains("A.5.3-3") && maker.contains("A.7.5-1") && maker.contains("A.7.6-2"));
    // Whoever buys it has no training data with versions and nobody who labels it, and knows what the maker says.
    for id in ["A.4.3-2", "A.7.5-1", "A.7.6-2"] {
        assert!(!crm.contains(id), "{id} of a bought model");
    }
    assert!(crm.contains("A.5.3-3") && crm.contains("A.7.5-2") && crm.contains("A.6.1.3-2"));
    // Whoever only resells has no management system for AI to show: scope, statement of applicability, audit, review.
    for id in ["C.4.3-1", "C.4.4-1", "C.6.1.3-3", "C.9.2-1", "C.9.3-1", "C.10.2-1", "A.4.6-1", "A.6.2.4-1", "A.7.4-1"] {
        assert!(!reseller.contains(id), "{id} of a reseller");
    }
    // But it answers for what becomes of our data, for what it passes on, and for what it knows of the maker.
    for id in ["A.5.3-3", "A.7.2-1", "A.8.4-1", "A.8.5-1", "A.9.2-2", "A.10.3-1", "REG-1"] {
        assert!(reseller.contains(id), "{id} of a reseller");
    }
    assert_eq!(without, BTreeSet::from(["PROD-1", "PROD-2"].map(str::to_owned)));
    // Where no impact was ever assessed, nobody asks how the results are kept.
    let mut replies = crm_without_impact(&document);
    assert!(!replies.remove("A.5.3-1") && !replies.remove("A.5.2-3") && !replies.remove("C.8.4-1"));
    assert!(replies.contains("A.5.2-2"), "whether there is a procedure is still asked");
}

/// What the CRM is asked that has assessed no impact.
fn crm_without_impact(document: &Authored) -> BTreeSet<String> {
    let others = VENDORS[1].replies.iter().filter(|(id, _)| *id != "A.5.2-1").copied();
    let replies: Vec<(&'static str, &'static [&'static str])> = others.chain([("A.5.2-1", &["no"][..])]).collect();
    asked(document, &Vendor { name: "", replies: &replies })
}
