//! SPDX 3.0 in JSON-LD: elements of a graph that name each other, relationships that are elements themselves.

mod elements;
mod facts;

use super::graph::{Edge, Graph, Item, Link, Nature, resolve};
use super::notes::{Notes, repeated_members};
use super::refusal::Refusal;
use super::result::{Bom, Entry, Format, Subject, Totals};
use super::text::{clean, shortened};
use super::tree::{Id, Tree, Value};
use super::{Limits, gaps, words, write};
use elements::Elements;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Reads a document that has no `bomFormat`.
pub(super) fn read(tree: &Tree<'_>, sha256: &str, limits: &Limits) -> Result<Bom, Refusal> {
    let mut notes = Notes::default();
    let version = version(tree)?;
    repeated_members(tree, &mut notes);
    let elements = Elements::of(tree, &mut notes)?;
    let (mut graph, nodes) = things(&elements)?;
    let relationships = links(&elements, &mut graph, &nodes, &mut notes)?;
    settle_natures(&elements, &mut graph);
    let resolved = resolve(&graph, limits.relations, |n| elements.words(graph.items[n].node));
    let many = resolved.kinds.iter().flatten().count();
    if many > limits.entries {
        return Err(Refusal::new("too-many-entries", tree.place(tree.root())).with("most", limits.entries));
    }
    for circle in &resolved.circles {
        let names: Vec<String> = circle.iter().take(10).map(|n| elements.name(graph.items[*n].node)).collect();
        if let Some(first) = circle.first() {
            notes.add("circle", tree, graph.items[*first].node, &[("names", &names.join(" → "))]);
        }
    }
    for (item, _) in graph.items.iter().zip(&resolved.kinds).filter(|(_, kind)| kind.is_none()) {
        if item.nature == Nature::Software && words::artificial(&elements.words(item.node)) {
            notes.add("may-be-ai", tree, item.node, &[("name", &elements.name(item.node))]);
        }
    }

    let mut entries: Vec<Entry> = Vec::with_capacity(many);
    let mut facts = 0;
    let mut at: BTreeMap<usize, usize> = BTreeMap::new();
    let mut seen: HashSet<String> = HashSet::new();
    for (n, kind) in resolved.kinds.iter().enumerate() {
        let Some((kind, why)) = kind else { continue };
        let node = graph.items[n].node;
        let mut entry = facts::entry(&elements, node, kind, &relationships, &mut notes);
        let own = elements.id(node).map(clean).filter(|own| seen.insert(own.clone()));
        entry.own_id = own.as_ref().is_some_and(|own| !own.starts_with("_:"));
        entry.id = own.unwrap_or_else(|| tree.place(node).path);
        entry.kind_from = why.map(str::to_owned);
        at.insert(n, entries.len());
        facts += entry.facts.len();
        if facts > limits.facts {
            return Err(Refusal::new("too-many-facts", entry.place).with("most", limits.facts));
        }
        entries.push(entry);
    }
    let relations = write::relations(tree, &resolved, &mut entries, &at, limits)?;
    let subject = graph.items.iter().position(|item| item.subject).map(|n| Subject {
        name: elements.name(graph.items[n].node),
        version: elements.said(graph.items[n].node, "software", "packageVersion").map(|(text, _)| clean(text)),
        entry: at.get(&n).map(|n| entries[*n].id.clone()),
    });
    let mut others: BTreeMap<String, u64> = BTreeMap::new();
    for (item, _) in graph.items.iter().zip(&resolved.kinds).filter(|(_, kind)| kind.is_none()) {
        *others.entry(elements.class(item.node).to_lowercase()).or_default() += 1;
    }
    let profiled =
        |item: &&Item| matches!(item.nature, Nature::Model | Nature::System) && elements.has_ai_fields(item.node);
    let cards = graph.items.iter().filter(profiled).count();
    let head = elements.head();
    let mut bom = Bom {
        format: Format::Spdx,
        syntax: tree.syntax,
        spec_version: version,
        sha256: sha256.to_owned(),
        serial: head.document,
        revision: None,
        created: head.created,
        created_by: head.created_by,
        tools: head.tools,
        subject,
        entries,
        relations,
        others,
        totals: Totals {
            elements: write::count(elements.listed),
            model_cards: write::count(cards),
            ..Totals::default()
        },
        gaps: relationships.completeness,
        notes: notes.done(),
    };
    gaps::fill(&mut bom);
    Ok(bom)
}

/// The version, from what an SPDX 3 document must have; what else it may be is said.
fn version(tree: &Tree<'_>) -> Result<String, Refusal> {
    let root = tree.root();
    if let Some((older, at)) = tree.said(root, "spdxVersion") {
        let refusal = Refusal::new("version-not-read", tree.place(at)).with("expected", "SPDX 3.0");
        return Err(refusal.with("found", format!("\"{}\"", shortened(&clean(older), 40))));
    }
    let contexts: Vec<Id> = tree.each(root, "@context");
    let context = contexts.iter().find_map(|id| tree.text(*id).filter(|text| text.contains("spdx.org/rdf/")));
    let information = tree.all().filter(|id| *tree.value(*id) == Value::Members).find_map(|id| {
        let kind = elements::class_of(tree.word(id, "type").or_else(|| tree.word(id, "@type"))?);
        if kind == "CreationInfo" { tree.said(id, "specVersion") } else { None }
    });
    let (version, at) = match (information, context) {
        (Some((version, at)), _) => (version.to_owned(), at),
        (None, Some(context)) => {
            let rest = context.split("spdx.org/rdf/").nth(1).unwrap_or_default();
            (rest.split('/').next().unwrap_or_default().trim_start_matches('v').to_owned(), contexts[0])
        }
        (None, None) => {
            let found = if tree.get(root, "@graph").is_some() {
                "a graph whose @context is not that of SPDX"
            } else {
                "neither"
            };
            let refusal = Refusal::new("not-a-bom", tree.place(root));
            return Err(refusal
                .with("expected", "\"bomFormat\": \"CycloneDX\", or the @context and @graph of SPDX 3")
                .with("found", found));
        }
    };
    if version == "3.0" || version.starts_with("3.0.") {
        return Ok(version);
    }
    let refusal = Refusal::new("version-not-read", tree.place(at)).with("expected", "SPDX 3.0");
    Err(refusal.with("found", format!("\"{}\"", shortened(&clean(&version), 40))))
}

/// Packages and files, each with its node's number.
fn things(elements: &Elements<'_, '_>) -> Result<(Graph, HashMap<Id, usize>), Refusal> {
    let tree = elements.tree;
    let mut graph = Graph::default();
    let mut nodes = HashMap::new();
    let subjects = elements.subjects();
    for &node in &elements.all {
        let purpose = elements.word(node, "software", "primaryPurpose");
        let (nature, why) = match elements.class(node) {
            "AIPackage" => (Nature::Model, None),
            "DatasetPackage" => (Nature::Dataset, None),
            "Package" if purpose == Some("model") => (Nature::Model, Some("its-purpose")),
            "Package" => (Nature::Software, None),
            "File" if purpose == Some("model") => (Nature::Model, Some("its-purpose")),
            "File" => (Nature::File, None),
            _ => continue,
        };
        tree.optional(node, "name", "a text")?;
        let agent = words::agent(&elements.words(node));
        let subject = subjects.first() == Some(&node);
        nodes.insert(node, graph.items.len());
        let library = matches!(purpose, Some("library" | "framework"));
        graph.items.push(Item { node, nature, kind: None, why, worded: false, agent, library, subject });
    }
    Ok((graph, nodes))
}

/// What relationships say beside the links between things.
#[derive(Default)]
struct Relationships {
    /// Of a thing: the licences it is under.
    licences: HashMap<Id, Vec<Id>>,
    completeness: Vec<String>,
}

fn links(
    elements: &Elements<'_, '_>,
    graph: &mut Graph,
    nodes: &HashMap<Id, usize>,
    notes: &mut Notes,
) -> Result<Relationships, Refusal> {
    let tree = elements.tree;
    let mut found = Relationships::default();
    for &node in &elements.all {
        let Some(kind) = elements.relationship(node)? else { continue };
        if tree.word(node, "completeness").map(elements::class_of) == Some("incomplete")
            && !found.completeness.iter().any(|known| known == "list-incomplete")
        {
            found.completeness.push("list-incomplete".to_owned());
        }
        let (link, turned) = match kind {
            "hasDeclaredLicense" | "hasConcludedLicense" => {
                let from = tree.get(node, "from").and_then(|from| elements.find(from, notes));
                for licence in tree.each(node, "to") {
                    let described = elements.find(licence, notes).unwrap_or(licence);
                    if let Some(from) = from {
                        found.licences.entry(from).or_default().push(described);
                    }
                }
                continue;
            }
            "trainedOn" | "finetunedOn" => (Link::TrainedOn, false),
            "testedOn" | "validatedOn" => (Link::TestedOn, false),
            "contains" => (Link::Contains, false),
            "dependsOn"
            | "hasDynamicLink"
            | "hasStaticLink"
            | "hasOptionalDependency"
            | "hasProvidedDependency"
            | "hasPrerequisite"
            | "hasDataFile"
            | "descendantOf"
            | "usesTool"
            | "hasOptionalComponent" => (Link::Needs, false),
            "ancestorOf" | "invokedBy" => (Link::Needs, true),
            _ => continue,
        };
        let from = tree.get(node, "from").and_then(|from| elements.find(from, notes));
        for target in tree.each(node, "to") {
            let to = elements.find(target, notes);
            let (Some(from), Some(to)) = (from.and_then(|id| nodes.get(&id)), to.and_then(|id| nodes.get(&id))) else {
                continue;
            };
            let (from, to) = if turned { (*to, *from) } else { (*from, *to) };
            if from != to {
                graph.edges.push(Edge { from, to, link, place: target, inferred: false });
            }
        }
    }
    Ok(found)
}

/// What the rest of the document makes of things: an AI package that is an application over other models, a model's file
/// where there is a package for it, a file or package that something was trained on.
fn settle_natures(elements: &Elements<'_, '_>, graph: &mut Graph) {
    let mut whole_of: HashMap<usize, Vec<usize>> = HashMap::new();
    for edge in graph.edges.iter().filter(|edge| edge.link == Link::Contains) {
        whole_of.entry(edge.to).or_default().push(edge.from);
    }
    let over_models: HashSet<usize> = graph
        .edges
        .iter()
        .filter(|edge| matches!(edge.link, Link::Needs | Link::Contains))
        .filter(|edge| elements.class(graph.items[edge.to].node) == "AIPackage")
        .map(|edge| edge.from)
        .collect();
    let packaged = graph.items.iter().any(|item| elements.class(item.node) == "AIPackage");
    for n in 0..graph.items.len() {
        let node = graph.items[n].node;
        let application = elements.word(node, "software", "primaryPurpose") == Some("application");
        let untyped = elements.values(node, "ai", "typeOfModel").is_empty();
        if elements.class(node) == "AIPackage" && application && untyped {
            graph.items[n].nature = Nature::System;
            graph.items[n].why = Some(if over_models.contains(&n) { "needs-a-model" } else { "its-purpose" });
        }
        // Files are told apart from the model that they make up by the package; without any, the outermost file is it.
        let file = graph.items[n].nature == Nature::Model && elements.class(node) == "File";
        let in_model = |whole: &usize| graph.items[*whole].nature == Nature::Model;
        if file && (packaged || whole_of.get(&n).into_iter().flatten().any(in_model)) {
            graph.items[n].nature = Nature::File;
        }
    }
    let used: Vec<usize> = graph
        .edges
        .iter()
        .filter(|edge| matches!(edge.link, Link::TrainedOn | Link::TestedOn))
        .map(|edge| edge.to)
        .collect();
    for n in used {
        let data = matches!(graph.items[n].nature, Nature::File | Nature::Software);
        if data && !within_package(n, graph, &whole_of, elements) {
            graph.items[n].nature = Nature::Dataset;
            graph.items[n].why = Some("something-was-trained-on-it");
        }
    }
}

/// Whether an AI or dataset package contains it, however far up.
fn within_package(n: usize, graph: &Graph, whole_of: &HashMap<usize, Vec<usize>>, elements: &Elements<'_, '_>) -> bool {
    /// Things looked at before giving up.
    const LOOKED_AT: usize = 200;
    let mut seen = HashSet::from([n]);
    let mut waiting = vec![n];
    while let Some(here) = waiting.pop() {
        for whole in whole_of.get(&here).into_iter().flatten() {
            if matches!(elements.class(graph.items[*whole].node), "AIPackage" | "DatasetPackage") {
                return true;
            }
            if seen.len() < LOOKED_AT && seen.insert(*whole) {
                waiting.push(*whole);
            }
        }
    }
    false
}
