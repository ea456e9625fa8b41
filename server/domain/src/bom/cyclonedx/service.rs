//! A service as an entry: an API that a model stands behind.

use super::component::{confidentiality, governance, identity, licences, properties, references};
use crate::bom::Syntax;
use crate::bom::describe::Sheet;
use crate::bom::notes::Notes;
use crate::bom::result::Entry;
use crate::bom::text::clean;
use crate::bom::tree::{Id, Tree};

/// Reads a service.
pub(super) fn entry(tree: &Tree<'_>, node: Id, notes: &mut Notes) -> Entry {
    let mut sheet = Sheet::new(tree, notes);
    let name = identity(&mut sheet, node, "ai_api");
    let provider = tree.get(node, "provider").and_then(|provider| tree.said(provider, "name"));
    if let Some((provider, at)) = provider {
        sheet.say("vendor", provider, at);
    }
    sheet.member("version", node, "version");
    sheet.member("purpose", node, "description");
    for endpoint in tree.list(node, "endpoints") {
        if let Some(text) = tree.text(endpoint) {
            sheet.say("identifiers", &format!("endpoint:{}", text.trim()), endpoint);
        }
    }
    flows(&mut sheet, node);
    for (name, field, word) in [
        ("authenticated", "notes", "Requires authentication"),
        ("x-trust-boundary", "deployment_boundary", "Crosses a trust boundary"),
        ("trustZone", "deployment_boundary", "Trust zone"),
    ] {
        if let Some((text, at)) = tree.said(node, name) {
            sheet.say(field, &format!("{word}: {text}"), at);
        }
    }
    licences(&mut sheet, node);
    references(&mut sheet, node);
    properties(&mut sheet, node);
    Entry {
        id: String::new(),
        kind: "ai_api".to_owned(),
        name,
        supplier: provider.map(|(provider, _)| clean(provider)),
        version: tree.word(node, "version").map(clean),
        purl: None,
        own_id: false,
        kind_from: None,
        place: tree.place(node),
        confidence: None,
        facts: sheet.done(),
        gaps: Vec::new(),
    }
}

/// Data that flows in and out. The three forms that the versions have: a list of classifications with their flow, a list
/// of flows that hold one or several classifications, and in XML either of them.
fn flows(sheet: &mut Sheet<'_, '_>, node: Id) {
    let tree = sheet.tree;
    let list = match tree.syntax {
        Syntax::Json => tree.each(node, "data"),
        Syntax::Xml => tree.list(node, "data"),
    };
    for data in list {
        let own_name = tree.word(data, "name");
        let classes = match tree.each(data, "classification") {
            held if held.is_empty() => vec![data],
            held => held,
        };
        for class in classes {
            let Some(text) = tree.text(class).map(str::trim).filter(|text| !text.is_empty()) else { continue };
            confidentiality(sheet, text, class);
            let flow = tree.word(class, "flow").or_else(|| tree.word(data, "flow"));
            let said = own_name.map_or_else(|| text.to_owned(), |name| format!("{name} ({text})"));
            for (field, flows) in
                [("inputs", ["inbound", "bi-directional"]), ("outputs", ["outbound", "bi-directional"])]
            {
                if flow.is_some_and(|flow| flows.contains(&flow)) {
                    sheet.say(field, &said, class);
                }
            }
        }
        governance(sheet, data);
    }
}
