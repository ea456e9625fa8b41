//! A component as an entry: identity, licences, model card, data.

use super::OWN;
use super::gather::data_of;
use crate::bom::describe::Sheet;
use crate::bom::graph::{Item, Nature};
use crate::bom::notes::Notes;
use crate::bom::result::Entry;
use crate::bom::text::{clean, shortened};
use crate::bom::tree::{Id, Tree};
use crate::bom::words;
use crate::register::Field;
use crate::register::field::MAX_ELEMENT;

/// What it is called: its name, or what the document has instead.
pub(super) fn name(tree: &Tree<'_>, node: Id) -> String {
    let name = named(tree, node).map_or_else(|| tree.place(node).path, |(name, _)| clean(name));
    shortened(&name, MAX_ELEMENT)
}

fn named<'t>(tree: &'t Tree<'_>, node: Id) -> Option<(&'t str, Id)> {
    let data = || data_of(tree, node).into_iter().find_map(|data| tree.said(data, "name"));
    let url = || tree.at(node, &["contents"]).and_then(|contents| tree.said(contents, "url"));
    tree.said(node, "name")
        .or_else(data)
        .or_else(|| tree.said(node, "purl"))
        .or_else(|| tree.said(node, "bom-ref"))
        .or_else(url)
}

/// The type by which it is counted where it is no entry.
pub(super) fn type_of(tree: &Tree<'_>, item: &Item) -> String {
    if item.nature == Nature::Service {
        return "service".to_owned();
    }
    tree.word(item.node, "type").map_or_else(|| "unknown".to_owned(), |kind| shortened(&clean(kind), 40))
}

/// The words of its name, group, description, tags and endpoints.
pub(super) fn own_words(tree: &Tree<'_>, node: Id) -> Vec<String> {
    /// Characters of each text that are looked at.
    const LOOKED_AT: usize = 1_000;
    let texts = ["name", "group", "description"].into_iter().filter_map(|name| tree.word(node, name));
    let tags = tree.list(node, "tags").into_iter().chain(tree.list(node, "endpoints")).take(20);
    let data = data_of(tree, node).into_iter().take(20);
    let described = data.flat_map(|data| [tree.word(data, "name"), tree.word(data, "description")]).flatten();
    let provider = tree.get(node, "provider").and_then(|provider| tree.word(provider, "name"));
    let all = texts.chain(provider).chain(tags.filter_map(|tag| tree.text(tag))).chain(described);
    all.flat_map(|text| words::of(&text.chars().take(LOOKED_AT).collect::<String>())).collect()
}

/// `pypi` of `pkg:pypi/torch@2.4`.
pub(super) fn purl_type(purl: &str) -> Option<String> {
    let rest = purl.trim().strip_prefix("pkg:")?.trim_start_matches('/');
    Some(rest.split_once('/')?.0.to_lowercase())
}

/// Reads a component, or a dataset that a model card describes in place.
pub(super) fn entry(tree: &Tree<'_>, node: Id, kind: &'static str, notes: &mut Notes) -> Entry {
    let mut sheet = Sheet::new(tree, notes);
    let name = identity(&mut sheet, node, kind);
    let (supplier, version) = (supplier(tree, node), tree.word(node, "version").map(clean));
    if let Some((supplier, at)) = &supplier {
        sheet.say("vendor", supplier, *at);
    }
    sheet.member("version", node, "version");
    sheet.member("purpose", node, "description");
    identifiers(&mut sheet, node);
    licences(&mut sheet, node);
    references(&mut sheet, node);
    for ancestor in tree.get(node, "pedigree").map(|pedigree| tree.list(pedigree, "ancestors")).unwrap_or_default() {
        if kind == "model"
            && let Some((base, at)) = tree.said(ancestor, "name")
        {
            let version = tree.word(ancestor, "version").map(|version| format!(" {version}")).unwrap_or_default();
            sheet.say("model", &format!("{base}{version}"), at);
        }
    }
    if let Some(card) = tree.get(node, "modelCard") {
        model_card(&mut sheet, card);
    }
    let described = if kind == "dataset" && tree.get(node, "name").is_some() && data_of(tree, node).is_empty() {
        vec![node]
    } else {
        data_of(tree, node)
    };
    if kind == "dataset" {
        for data in described {
            dataset(&mut sheet, data, node);
        }
    }
    properties(&mut sheet, node);
    let facts = sheet.done();
    Entry {
        id: String::new(),
        kind: kind.to_owned(),
        name,
        supplier: supplier.map(|(supplier, _)| supplier),
        version: version.filter(|version| !version.is_empty()),
        purl: tree.word(node, "purl").map(clean),
        own_id: false,
        kind_from: None,
        place: tree.place(node),
        confidence: confidence(tree, node),
        facts,
        gaps: Vec::new(),
    }
}

/// Name and kind; a name that had to be taken from elsewhere is noted.
pub(super) fn identity(sheet: &mut Sheet<'_, '_>, node: Id, kind: &'static str) -> String {
    let tree = sheet.tree;
    let name = name(tree, node);
    let at = named(tree, node).map_or(node, |(_, at)| at);
    if tree.said(node, "name").is_none() {
        sheet.notes.add("named-otherwise", tree, node, &[("name", &name)]);
    }
    sheet.say("name", &name, at);
    sheet.say("kind", kind, tree.get(node, "type").unwrap_or(node));
    name
}

/// Who supplies it: the supplier, or else the manufacturer, the publisher, the authors.
fn supplier(tree: &Tree<'_>, node: Id) -> Option<(String, Id)> {
    let organisation = |name: &str| tree.get(node, name).and_then(|found| tree.said(found, "name"));
    let single = organisation("supplier")
        .or_else(|| organisation("manufacturer"))
        .or_else(|| tree.said(node, "publisher"))
        .map(|(name, at)| (clean(name), at));
    single
        .or_else(|| {
            let authors = tree.list(node, "authors");
            let names: Vec<String> =
                authors.iter().filter_map(|author| tree.word(*author, "name")).map(clean).collect();
            (!names.is_empty()).then(|| (names.join(", "), authors[0]))
        })
        .or_else(|| tree.said(node, "author").map(|(name, at)| (clean(name), at)))
        .map(|(name, at)| (shortened(&name, MAX_ELEMENT), at))
}

fn identifiers(sheet: &mut Sheet<'_, '_>, node: Id) {
    let tree = sheet.tree;
    for name in ["purl", "cpe"] {
        sheet.member("identifiers", node, name);
    }
    for name in ["swhid", "omniborId"] {
        sheet.items("identifiers", &tree.each(node, name));
    }
    for hash in tree.list(node, "hashes") {
        let content = tree.word(hash, "content").or_else(|| tree.text(hash));
        if let (Some(algorithm), Some(content)) = (tree.word(hash, "alg"), content) {
            sheet.say("identifiers", &format!("{algorithm}:{}", content.trim()), hash);
        }
    }
}

/// Licences by id, name or expression.
pub(super) fn licences(sheet: &mut Sheet<'_, '_>, node: Id) {
    let tree = sheet.tree;
    for item in tree.list(node, "licenses") {
        let licence = tree.get(item, "license").unwrap_or(item);
        let said = tree.said(licence, "id").or_else(|| tree.said(licence, "name"));
        let expression = || tree.said(item, "expression").or_else(|| tree.text(item).map(|text| (text, item)));
        if let Some((text, at)) = said.or_else(expression) {
            sheet.say("licence", text, at);
        }
    }
}

/// What external references are for the register.
pub(super) fn references(sheet: &mut Sheet<'_, '_>, node: Id) {
    let tree = sheet.tree;
    for reference in tree.list(node, "externalReferences") {
        let field = match tree.word(reference, "type") {
            Some("distribution") => "download_location",
            Some("model-card") => "model_card",
            Some("certification-report" | "attestation") => "certificates",
            Some("quality-metrics") => "test_results",
            Some("risk-assessment") => "impact_assessment",
            _ => continue,
        };
        sheet.member(field, reference, "url");
    }
}

/// Names and values that the standard has no place for: those of our own are facts, the others notes.
pub(super) fn properties(sheet: &mut Sheet<'_, '_>, node: Id) {
    /// Properties of others that are kept; scanners write hundreds.
    const KEPT: usize = 30;
    /// Fields that are read elsewhere: what an entry is, and its relations.
    const ELSEWHERE: [&str; 5] = ["kind", "name", "trained_on", "tested_on", "part_of"];
    let tree = sheet.tree;
    let mut kept = 0;
    for property in tree.list(node, "properties") {
        let Some(name) = tree.word(property, "name") else { continue };
        let value = tree.word(property, "value").or_else(|| tree.text(property)).unwrap_or_default().trim();
        match name.strip_prefix(OWN) {
            Some(field) if ELSEWHERE.contains(&field) => {}
            Some(field) if Field::named(field).is_some_and(Field::is_declarable) => sheet.say(field, value, property),
            _ if kept < KEPT => {
                kept += 1;
                sheet.say("notes", &format!("{name}: {value}"), property);
            }
            _ => {}
        }
    }
}

fn model_card(sheet: &mut Sheet<'_, '_>, card: Id) {
    let tree = sheet.tree;
    if let Some(parameters) = tree.get(card, "modelParameters") {
        if let Some(approach) = tree.get(parameters, "approach") {
            sheet.member("approach", approach, "type");
        }
        sheet.member("tasks", parameters, "task");
        sheet.member("architecture", parameters, "architectureFamily");
        sheet.member("architecture", parameters, "modelArchitecture");
        for (list, field) in [("inputs", "inputs"), ("outputs", "outputs")] {
            for item in tree.list(parameters, list) {
                sheet.member(field, item, "format");
            }
        }
    }
    if let Some(analysis) = tree.get(card, "quantitativeAnalysis") {
        for metric in tree.list(analysis, "performanceMetrics") {
            let (kind, value) = (tree.word(metric, "type"), tree.word(metric, "value"));
            let slice = tree.word(metric, "slice").map(|slice| format!(" ({slice})")).unwrap_or_default();
            let text = match (kind, value) {
                (Some(kind), Some(value)) => format!("{kind}: {value}{slice}"),
                (Some(one), None) | (None, Some(one)) => format!("{one}{slice}"),
                (None, None) => continue,
            };
            sheet.say("metrics", &text, metric);
        }
    }
    let Some(considerations) = tree.get(card, "considerations") else {
        properties(sheet, card);
        return;
    };
    for (list, field) in [
        ("users", "intended_users"),
        ("useCases", "use_cases"),
        ("technicalLimitations", "limitations"),
        ("performanceTradeoffs", "trade_offs"),
    ] {
        let items = tree.list(considerations, list);
        sheet.items(field, &items);
    }
    for risk in tree.list(considerations, "ethicalConsiderations") {
        let parts = [("", "name"), ("Mitigation: ", "mitigationStrategy")];
        sentence(sheet, "ethical_considerations", risk, &parts);
    }
    for assessed in tree.list(considerations, "fairnessAssessments") {
        let parts = [
            ("", "groupAtRisk"),
            ("Benefits: ", "benefits"),
            ("Harms: ", "harms"),
            ("Mitigation: ", "mitigationStrategy"),
        ];
        sentence(sheet, "fairness", assessed, &parts);
    }
    if let Some(environment) = tree.get(considerations, "environmentalConsiderations") {
        energy(sheet, environment);
    }
    properties(sheet, card);
}

/// Several members as one line.
fn sentence(sheet: &mut Sheet<'_, '_>, field: &str, of: Id, parts: &[(&str, &str)]) {
    let tree = sheet.tree;
    let said = parts.iter().filter_map(|(before, name)| Some(format!("{before}{}", tree.word(of, name)?)));
    let line = said.map(|part| part.replace('\n', " ")).collect::<Vec<_>>().join(" · ");
    sheet.say(field, &line, of);
}

fn energy(sheet: &mut Sheet<'_, '_>, environment: Id) {
    let tree = sheet.tree;
    let mut found = tree.each(environment, "energyConsumption");
    found.extend(tree.list(environment, "energyConsumptions"));
    for consumption in found {
        let cost = tree.get(consumption, "activityEnergyCost");
        let amount =
            cost.and_then(|cost| Some((tree.word(cost, "value")?, tree.word(cost, "unit").unwrap_or_default())));
        let activity = tree.word(consumption, "activity").unwrap_or("energy");
        if let Some((value, unit)) = amount {
            sheet.say("energy_consumption", format!("{activity}: {value} {unit}").trim(), consumption);
        }
    }
}

fn dataset(sheet: &mut Sheet<'_, '_>, data: Id, of: Id) {
    let tree = sheet.tree;
    if data != of {
        sheet.member("purpose", data, "description");
    }
    if let Some(contents) = tree.get(data, "contents") {
        sheet.member("download_location", contents, "url");
    }
    if let Some((class, at)) = tree.said(data, "classification") {
        confidentiality(sheet, class, at);
    }
    let sensitive = tree.each(data, "sensitiveData");
    sheet.items("data_categories", &sensitive);
    governance(sheet, data);
}

/// A class of the traffic-light protocol is a confidentiality; any other is what the data is classified as.
pub(super) fn confidentiality(sheet: &mut Sheet<'_, '_>, class: &str, at: Id) {
    let light = class.trim().to_lowercase();
    let light = light.trim_start_matches("tlp:").trim();
    let field = if matches!(light, "red" | "amber" | "green" | "clear") {
        "dataset_confidentiality"
    } else {
        "data_categories"
    };
    sheet.say(field, if field == "data_categories" { class } else { light }, at);
}

/// Who answers for data.
pub(super) fn governance(sheet: &mut Sheet<'_, '_>, data: Id) {
    let tree = sheet.tree;
    let Some(governance) = tree.get(data, "governance") else { return };
    for (list, word) in [("owners", "Data owner"), ("custodians", "Data custodian"), ("stewards", "Data steward")] {
        for party in tree.list(governance, list) {
            let held = tree.get(party, "organization").or_else(|| tree.get(party, "contact"));
            if let Some((name, at)) = held.and_then(|held| tree.said(held, "name")) {
                sheet.say("notes", &format!("{word}: {name}"), at);
            }
        }
    }
}

/// The highest confidence with which evidence identifies it.
fn confidence(tree: &Tree<'_>, node: Id) -> Option<String> {
    let evidence = tree.get(node, "evidence")?;
    let said = tree.each(evidence, "identity").into_iter().filter_map(|identity| tree.word(identity, "confidence"));
    let numbers = said.filter_map(|text| Some((text.parse::<f64>().ok().filter(|n| (0.0..=1.0).contains(n))?, text)));
    numbers.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, text)| clean(text))
}
