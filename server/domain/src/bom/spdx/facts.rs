//! An SPDX package or file as an entry: what the Software, AI and Dataset profiles say of it.

use super::Relationships;
use super::elements::{Elements, is_nothing};
use crate::bom::describe::Sheet;
use crate::bom::notes::Notes;
use crate::bom::result::Entry;
use crate::bom::text::clean;
use crate::bom::tree::Id;

/// Properties of the AI profile and the fields that take their texts.
const AI: [(&str, &str); 9] = [
    ("domain", "application_domain"),
    ("informationAboutApplication", "purpose"),
    ("informationAboutTraining", "training_information"),
    ("limitation", "limitations"),
    ("modelDataPreprocessing", "preprocessing"),
    ("modelExplainability", "explainability"),
    ("safetyRiskAssessment", "safety_risk"),
    ("standardCompliance", "standards"),
    ("typeOfModel", "approach"),
];
/// Properties of the Dataset profile.
const DATASET: [(&str, &str); 10] = [
    ("anonymizationMethodUsed", "dataset_anonymisation"),
    ("confidentialityLevel", "dataset_confidentiality"),
    ("dataCollectionProcess", "dataset_collection"),
    ("dataPreprocessing", "preprocessing"),
    ("datasetSize", "dataset_size"),
    ("datasetType", "dataset_type"),
    ("datasetUpdateMechanism", "dataset_update"),
    ("intendedUse", "purpose"),
    ("knownBias", "dataset_bias"),
    ("datasetNoise", "limitations"),
];

/// Reads a package or file.
pub(super) fn entry(
    elements: &Elements<'_, '_>,
    node: Id,
    kind: &'static str,
    relationships: &Relationships,
    notes: &mut Notes,
) -> Entry {
    let tree = elements.tree;
    let name = elements.name(node);
    let suppliers = match elements.agents(node, "suppliedBy", notes) {
        found if found.is_empty() => elements.agents(node, "originatedBy", notes),
        found => found,
    };
    let supplier = suppliers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let mut sheet = Sheet::new(tree, notes);
    match tree.said(node, "name") {
        Some((_, at)) => sheet.say("name", &name, at),
        None => {
            sheet.notes.add("named-otherwise", tree, node, &[("name", &name)]);
            sheet.say("name", &name, node);
        }
    }
    sheet.say("kind", kind, tree.get(node, "type").or_else(|| tree.get(node, "@type")).unwrap_or(node));
    if let Some((_, at)) = suppliers.first() {
        sheet.say("vendor", &supplier, *at);
    }
    software(elements, &mut sheet, node);
    for (property, field) in AI {
        plain(elements, &mut sheet, node, "ai", property, field);
    }
    artificial(elements, &mut sheet, node);
    for (property, field) in DATASET {
        plain(elements, &mut sheet, node, "dataset", property, field);
    }
    dataset(elements, &mut sheet, node);
    // What it is for comes before what it is.
    let described = ["description", "summary"].into_iter().find_map(|name| tree.said(node, name));
    if let Some((text, at)) = described {
        let field = if sheet.has("purpose") { "notes" } else { "purpose" };
        sheet.say(field, text, at);
    }
    if let Some((text, at)) = tree.said(node, "comment") {
        sheet.say("notes", text, at);
    }
    for licence in relationships.licences.get(&node).into_iter().flatten() {
        let text = ["simplelicensing_licenseExpression", "licenseExpression", "name"]
            .into_iter()
            .find_map(|name| tree.word(*licence, name))
            .or_else(|| {
                elements.id(*licence).or_else(|| tree.text(*licence)).map(|id| id.rsplit('/').next().unwrap_or(id))
            });
        if let Some(text) = text.filter(|text| !is_nothing(text)) {
            sheet.say("licence", text, *licence);
        }
    }
    Entry {
        id: String::new(),
        kind: kind.to_owned(),
        name,
        supplier: Some(supplier).filter(|supplier| !supplier.is_empty()),
        version: elements.said(node, "software", "packageVersion").map(|(text, _)| clean(text)),
        purl: purl(elements, node).map(|(text, _)| clean(text)),
        own_id: false,
        kind_from: None,
        place: tree.place(node),
        confidence: None,
        facts: sheet.done(),
        gaps: Vec::new(),
    }
}

/// Every text of a property, unless it says that it says nothing.
fn plain(elements: &Elements<'_, '_>, sheet: &mut Sheet<'_, '_>, node: Id, profile: &str, name: &str, field: &str) {
    for value in elements.values(node, profile, name) {
        let Some(text) = elements.tree.text(value).filter(|text| !is_nothing(text)) else { continue };
        let term = matches!(field, "safety_risk" | "dataset_confidentiality" | "dataset_type");
        let text = if term { text.rsplit('/').next().unwrap_or(text) } else { text };
        let text = if field == "dataset_size" { format!("{text} bytes") } else { text.to_owned() };
        sheet.say(field, &text, value);
    }
}

fn purl<'t>(elements: &Elements<'t, '_>, node: Id) -> Option<(&'t str, Id)> {
    let tree = elements.tree;
    elements.said(node, "software", "packageUrl").or_else(|| {
        let identifiers = tree.each(node, "externalIdentifier").into_iter();
        let mut purls = identifiers
            .filter(|one| tree.word(*one, "externalIdentifierType").is_some_and(|kind| kind.ends_with("packageUrl")));
        purls.find_map(|one| tree.said(one, "identifier"))
    })
}

fn software(elements: &Elements<'_, '_>, sheet: &mut Sheet<'_, '_>, node: Id) {
    let tree = elements.tree;
    if let Some((version, at)) = elements.said(node, "software", "packageVersion") {
        sheet.say("version", version, at);
    }
    if let Some((time, at)) = tree.said(node, "releaseTime") {
        sheet.say("released_on", &time.chars().take(10).collect::<String>(), at);
    }
    for at in elements.values(node, "software", "downloadLocation") {
        if let Some(address) =
            tree.text(at).filter(|text| !is_nothing(text) && !text.eq_ignore_ascii_case("noassertion"))
        {
            sheet.say("download_location", address, at);
        }
    }
    if let Some((purl, at)) = purl(elements, node) {
        sheet.say("identifiers", purl, at);
    }
    for one in tree.each(node, "externalIdentifier") {
        if let Some((identifier, at)) = tree.said(one, "identifier") {
            let kind = tree.word(one, "externalIdentifierType").map(|kind| kind.rsplit('/').next().unwrap_or(kind));
            match kind {
                Some("packageUrl") => {}
                Some(kind) => sheet.say("identifiers", &format!("{kind}:{identifier}"), at),
                None => sheet.say("identifiers", identifier, at),
            }
        }
    }
    for hash in tree.each(node, "verifiedUsing") {
        if let (Some(algorithm), Some((value, at))) = (tree.word(hash, "algorithm"), tree.said(hash, "hashValue")) {
            sheet.say("identifiers", &format!("{}:{value}", algorithm.rsplit('/').next().unwrap_or(algorithm)), at);
        }
    }
    for reference in tree.each(node, "externalRef") {
        let kind = tree.word(reference, "externalRefType").map(|kind| kind.rsplit('/').next().unwrap_or(kind));
        let field = match kind {
            Some("certificationReport") => "certificates",
            Some("qualityAssessmentReport" | "runtimeAnalysisReport") => "test_results",
            Some("riskAssessment" | "privacyAssessment") => "impact_assessment",
            _ => continue,
        };
        sheet.items(field, &tree.each(reference, "locator"));
    }
}

fn artificial(elements: &Elements<'_, '_>, sheet: &mut Sheet<'_, '_>, node: Id) {
    let tree = elements.tree;
    if let Some((said, at)) = elements.said(node, "ai", "autonomyType").filter(|(said, _)| !is_nothing(said)) {
        let said = said.rsplit('/').next().unwrap_or(said);
        sheet.say("oversight", &format!("Acts without human involvement: {said}"), at);
    }
    for (property, field) in [
        ("hyperparameter", "hyperparameters"),
        ("metric", "metrics"),
        ("metricDecisionThreshold", "decision_thresholds"),
    ] {
        for pair in elements.values(node, "ai", property) {
            let value = tree.word(pair, "value").map(|value| format!(": {value}")).unwrap_or_default();
            if let Some(key) = tree.word(pair, "key") {
                sheet.say(field, &format!("{key}{value}"), pair);
            }
        }
    }
    sensitive(elements, sheet, node, "ai", "useSensitivePersonalInformation");
    for energy in elements.values(node, "ai", "energyConsumption") {
        for (property, word) in [
            ("trainingEnergyConsumption", "training"),
            ("finetuningEnergyConsumption", "fine-tuning"),
            ("inferenceEnergyConsumption", "inference"),
        ] {
            for described in elements.values(energy, "ai", property) {
                let unit = elements.word(described, "ai", "energyUnit").unwrap_or_default();
                if let Some((quantity, _)) = elements.said(described, "ai", "energyQuantity") {
                    sheet.say("energy_consumption", format!("{word}: {quantity} {unit}").trim(), described);
                }
            }
        }
    }
}

fn dataset(elements: &Elements<'_, '_>, sheet: &mut Sheet<'_, '_>, node: Id) {
    let tree = elements.tree;
    sensitive(elements, sheet, node, "dataset", "hasSensitivePersonalInformation");
    if let Some((availability, at)) = elements.said(node, "dataset", "datasetAvailability") {
        sheet.say("notes", &format!("Availability: {}", availability.rsplit('/').next().unwrap_or(availability)), at);
    }
    for sensor in elements.values(node, "dataset", "sensor") {
        let value = tree.word(sensor, "value").map(|value| format!(" ({value})")).unwrap_or_default();
        if let Some(key) = tree.word(sensor, "key") {
            sheet.say("notes", &format!("Sensor: {key}{value}"), sensor);
        }
    }
}

/// Sensitive personal information is personal data of a special category; without any, nothing is said of other
/// personal data.
fn sensitive(elements: &Elements<'_, '_>, sheet: &mut Sheet<'_, '_>, node: Id, profile: &str, name: &str) {
    let Some((said, at)) = elements.said(node, profile, name) else { return };
    match said.rsplit('/').next().unwrap_or(said) {
        "yes" => {
            sheet.say("special_category_data", "yes", at);
            sheet.say("personal_data", "yes", at);
        }
        "no" => sheet.say("special_category_data", "no", at),
        _ => {}
    }
}
