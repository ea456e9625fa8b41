//! Everything that a CycloneDX document lists, and the links between.

use super::OWN;
use super::component::{own_words, purl_type};
use crate::bom::Syntax;
use crate::bom::graph::{Edge, Graph, Item, Link, Nature};
use crate::bom::notes::Notes;
use crate::bom::refusal::Refusal;
use crate::bom::tree::{Id, Tree};
use crate::bom::words;
use crate::register::KINDS;
use std::collections::{HashMap, HashSet};

/// Package URL types that hold models.
const MODEL_PURLS: [&str; 2] = ["huggingface", "mlflow"];

/// What a document lists.
pub(super) struct Gathered {
    pub(super) graph: Graph,
    /// Components and services.
    pub(super) elements: usize,
}

/// Lists components and services, nested ones too, and the datasets that a model card describes in place.
pub(super) fn gather(tree: &Tree<'_>, notes: &mut Notes) -> Result<Gathered, Refusal> {
    let root = tree.root();
    let mut graph = Graph::default();
    let subject = tree.get(root, "metadata").and_then(|metadata| tree.get(metadata, "component"));
    if let Some(subject) = subject
        && tree.is_bare(subject)
        && tree.text(subject).is_none_or(|text| !text.trim().is_empty())
    {
        return Err(tree.wrong_type(subject, "an object"));
    }
    let subject = subject.filter(|subject| !tree.is_bare(*subject));
    listed(tree, subject.into_iter().collect(), true, &mut graph)?;
    listed(tree, tree.objects(root, "components")?, false, &mut graph)?;
    services(tree, tree.objects(root, "services")?, &mut graph)?;
    let elements = graph.items.len();
    unusual(tree, &graph, notes);

    let mut by_ref: HashMap<&str, usize> = HashMap::new();
    for n in 0..elements {
        for node in refs_of(tree, graph.items[n].node) {
            let Some((own, at)) = tree.said(node, "bom-ref") else { continue };
            match by_ref.get(own) {
                None => {
                    by_ref.insert(own, n);
                }
                Some(_) => notes.add("repeated-ref", tree, at, &[("given", &own)]),
            }
        }
    }
    cards(tree, &mut graph, &mut by_ref, notes);
    let mut refs = Refs { tree, by_ref: &by_ref, notes };
    own_relations(tree, &mut graph, &mut refs);
    dependencies(tree, &mut graph, &mut refs)?;
    promote(tree, &mut graph);
    subject_needs(&mut graph);
    Ok(Gathered { graph, elements })
}

/// Types of components that the standard knows.
const TYPES: [&str; 13] = [
    "application",
    "framework",
    "library",
    "container",
    "platform",
    "operating-system",
    "device",
    "device-driver",
    "firmware",
    "file",
    "machine-learning-model",
    "data",
    "cryptographic-asset",
];

/// Notes what the standard does not allow and the register can live with.
fn unusual(tree: &Tree<'_>, graph: &Graph, notes: &mut Notes) {
    for item in graph.items.iter().filter(|item| item.nature != Nature::Service) {
        match tree.said(item.node, "type") {
            Some((kind, at)) if !TYPES.contains(&kind) => notes.add("unknown-type", tree, at, &[("given", &kind)]),
            Some(_) => {}
            None => notes.add("no-type", tree, item.node, &[]),
        }
    }
    let serial = tree.said(tree.root(), "serialNumber");
    if let Some((serial, at)) = serial.filter(|(serial, _)| !serial.starts_with("urn:uuid:")) {
        notes.add("not-a-serial-number", tree, at, &[("given", &serial)]);
    }
}

/// Components with all that are nested in them, each parent before its parts.
fn listed(tree: &Tree<'_>, first: Vec<Id>, subject: bool, graph: &mut Graph) -> Result<(), Refusal> {
    let mut waiting: Vec<(Id, Option<usize>)> = first.into_iter().rev().map(|node| (node, None)).collect();
    while let Some((node, whole)) = waiting.pop() {
        tree.optional(node, "name", "a text")?;
        let kind = tree.optional(node, "type", "a text")?.unwrap_or_default();
        tree.optional(node, "version", "a text")?;
        let (nature, why) = nature(tree, node, kind);
        let n = graph.items.len();
        let said = own_words(tree, node);
        graph.items.push(Item {
            node,
            nature,
            kind: own_property(tree, node, "kind").and_then(|(kind, _)| KINDS.into_iter().find(|known| *known == kind)),
            why,
            worded: false,
            agent: words::agent(&said),
            library: matches!(kind, "library" | "framework"),
            subject: subject && whole.is_none(),
        });
        if let Some(whole) = whole {
            graph.edges.push(Edge { from: whole, to: n, link: Link::Contains, place: node, inferred: false });
        }
        let parts = tree.objects(node, "components")?;
        waiting.extend(parts.into_iter().rev().map(|part| (part, Some(n))));
    }
    Ok(())
}

fn nature(tree: &Tree<'_>, node: Id, kind: &str) -> (Nature, Option<&'static str>) {
    if kind == "machine-learning-model" {
        return (Nature::Model, None);
    }
    if tree.get(node, "modelCard").is_some() {
        return (Nature::Model, Some("has-a-model-card"));
    }
    if tree.word(node, "purl").and_then(purl_type).is_some_and(|kind| MODEL_PURLS.contains(&kind.as_str())) {
        return (Nature::Model, Some("its-package-url"));
    }
    match kind {
        "data" => {
            let data = data_of(tree, node);
            let is_set = |data: &Id| tree.word(*data, "type") == Some("dataset");
            if data.is_empty() {
                (Nature::Dataset, Some("data-of-no-stated-type"))
            } else if data.iter().any(is_set) {
                (Nature::Dataset, None)
            } else {
                (Nature::Software, None)
            }
        }
        "file" => (Nature::File, None),
        _ => (Nature::Software, None),
    }
}

/// The descriptions of a component's data.
pub(super) fn data_of(tree: &Tree<'_>, node: Id) -> Vec<Id> {
    tree.each(node, "data")
}

fn services(tree: &Tree<'_>, first: Vec<Id>, graph: &mut Graph) -> Result<(), Refusal> {
    let mut waiting: Vec<(Id, Option<usize>)> = first.into_iter().rev().map(|node| (node, None)).collect();
    while let Some((node, whole)) = waiting.pop() {
        tree.optional(node, "name", "a text")?;
        tree.optional(node, "version", "a text")?;
        let said = own_words(tree, node);
        let n = graph.items.len();
        graph.items.push(Item {
            node,
            nature: Nature::Service,
            kind: None,
            why: None,
            worded: words::artificial(&said),
            agent: false,
            library: false,
            subject: false,
        });
        if let Some(whole) = whole {
            graph.edges.push(Edge { from: whole, to: n, link: Link::Contains, place: node, inferred: false });
        }
        let parts = tree.objects(node, "services")?;
        waiting.extend(parts.into_iter().rev().map(|part| (part, Some(n))));
    }
    Ok(())
}

/// Everything of a thing that can be referred to in its place.
fn refs_of(tree: &Tree<'_>, node: Id) -> Vec<Id> {
    let data = if tree.word(node, "type") == Some("data") { data_of(tree, node) } else { Vec::new() };
    std::iter::once(node).chain(tree.get(node, "modelCard")).chain(data).collect()
}

/// The datasets that model cards name or describe.
fn cards<'t>(tree: &'t Tree<'_>, graph: &mut Graph, by_ref: &mut HashMap<&'t str, usize>, notes: &mut Notes) {
    let models: Vec<(usize, Id)> = graph.items.iter().enumerate().map(|(n, item)| (n, item.node)).collect();
    let mut named: Vec<(usize, Id)> = Vec::new();
    for (model, node) in models {
        let Some(parameters) = tree.at(node, &["modelCard", "modelParameters"]) else { continue };
        for set in tree.list(parameters, "datasets") {
            if referred(tree, set).is_some() {
                named.push((model, set));
                continue;
            }
            if tree.is_bare(set) || matches!(tree.word(set, "type"), Some(other) if other != "dataset") {
                continue;
            }
            let n = graph.items.len();
            graph.items.push(Item {
                node: set,
                nature: Nature::Dataset,
                kind: None,
                why: None,
                worded: false,
                agent: false,
                library: false,
                subject: false,
            });
            graph.edges.push(Edge { from: model, to: n, link: Link::Data, place: set, inferred: false });
            if let Some((own, at)) = tree.said(set, "bom-ref") {
                if by_ref.contains_key(own) {
                    notes.add("repeated-ref", tree, at, &[("given", &own)]);
                } else {
                    by_ref.insert(own, n);
                }
            }
        }
    }
    let mut refs = Refs { tree, by_ref, notes };
    for (model, set) in named {
        let to = referred(tree, set).and_then(|given| refs.find(given, set));
        if let Some(to) = to.filter(|to| *to != model) {
            graph.edges.push(Edge { from: model, to, link: Link::Data, place: set, inferred: false });
        }
    }
}

/// What a dataset of a model card refers to: in JSON its member `ref`, in XML an element of that name.
fn referred<'t>(tree: &'t Tree<'_>, set: Id) -> Option<&'t str> {
    let text = if tree.name(set) == "ref" { tree.text(set) } else { tree.word(set, "ref") };
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// What references lead to; those that lead nowhere are noted.
struct Refs<'r, 't, 'a> {
    tree: &'t Tree<'a>,
    by_ref: &'r HashMap<&'t str, usize>,
    notes: &'r mut Notes,
}

impl Refs<'_, '_, '_> {
    fn find(&mut self, given: &str, at: Id) -> Option<usize> {
        let found = self.by_ref.get(given).copied();
        if found.is_none() {
            let code = if given.starts_with("urn:cdx:") { "reference-elsewhere" } else { "dangling-reference" };
            self.notes.add(code, self.tree, at, &[("given", &given)]);
        }
        found
    }
}

/// Properties of our own of this name.
fn own_properties<'t>(tree: &'t Tree<'_>, node: Id, field: &str) -> Vec<(&'t str, Id)> {
    let own = |property: &Id| tree.word(*property, "name").and_then(|name| name.strip_prefix(OWN)) == Some(field);
    let value = |property: Id| {
        let text = tree.word(property, "value").or_else(|| tree.text(property))?;
        Some((text.trim(), property))
    };
    tree.list(node, "properties").into_iter().filter(own).filter_map(value).collect()
}

fn own_property<'t>(tree: &'t Tree<'_>, node: Id, field: &str) -> Option<(&'t str, Id)> {
    own_properties(tree, node, field).into_iter().next()
}

/// Relations that the standard cannot say, from properties of our own.
fn own_relations(tree: &Tree<'_>, graph: &mut Graph, refs: &mut Refs<'_, '_, '_>) {
    for (n, node) in graph.items.iter().map(|item| item.node).enumerate().collect::<Vec<_>>() {
        for (field, link) in
            [("trained_on", Link::TrainedOn), ("tested_on", Link::TestedOn), ("part_of", Link::Contains)]
        {
            for (given, place) in own_properties(tree, node, field) {
                let Some(other) = refs.find(given, place).filter(|other| *other != n) else { continue };
                let (from, to) = if link == Link::Contains { (other, n) } else { (n, other) };
                graph.edges.push(Edge { from, to, link, place, inferred: false });
            }
        }
    }
}

fn dependencies(tree: &Tree<'_>, graph: &mut Graph, refs: &mut Refs<'_, '_, '_>) -> Result<(), Refusal> {
    let mut seen: HashSet<(usize, usize)> = HashSet::new();
    for dependency in tree.objects(tree.root(), "dependencies")? {
        let Some((own, at)) = tree.said(dependency, "ref") else { continue };
        let from = refs.find(own, at);
        let needs: Vec<(String, Id)> = match tree.syntax {
            Syntax::Json => {
                if let Some(list) = tree.get(dependency, "dependsOn")
                    && matches!(tree.kind_of(list), "an object" | "a text" | "a number")
                {
                    return Err(tree.wrong_type(list, "a list"));
                }
                let items = tree.list(dependency, "dependsOn").into_iter();
                items.filter_map(|item| Some((tree.text(item)?.trim().to_owned(), item))).collect()
            }
            Syntax::Xml => {
                let items = tree.each(dependency, "dependency").into_iter();
                items.filter_map(|item| Some((tree.word(item, "ref")?.to_owned(), item))).collect()
            }
        };
        for (given, at) in needs {
            let to = refs.find(&given, at);
            if let (Some(from), Some(to)) = (from, to)
                && seen.insert((from, to))
            {
                graph.edges.push(Edge { from, to, link: Link::Needs, place: at, inferred: false });
            }
        }
    }
    Ok(())
}

/// Data that a model card names is a dataset, whatever its type says.
fn promote(tree: &Tree<'_>, graph: &mut Graph) {
    let named: Vec<usize> = graph.edges.iter().filter(|edge| edge.link == Link::Data).map(|edge| edge.to).collect();
    for n in named {
        let item = &mut graph.items[n];
        let data = tree.word(item.node, "type") == Some("data");
        if item.nature == Nature::File || (item.nature == Nature::Software && data) {
            item.nature = Nature::Dataset;
            item.why = Some("a-model-card-names-it");
        }
    }
}

/// What a document lists is part of what it is about: where nothing says what needs a model, the subject does.
fn subject_needs(graph: &mut Graph) {
    let Some(subject) = graph.items.iter().position(|item| item.subject && item.nature == Nature::Software) else {
        return;
    };
    let needed: HashSet<usize> = graph
        .edges
        .iter()
        .filter(|edge| matches!(edge.link, Link::Needs | Link::Contains))
        .map(|edge| edge.to)
        .collect();
    for n in (0..graph.items.len()).filter(|n| *n != subject && !needed.contains(n)) {
        let item = &graph.items[n];
        if item.nature == Nature::Model || (item.nature == Nature::Service && item.worded) {
            graph.edges.push(Edge { from: subject, to: n, link: Link::Needs, place: item.node, inferred: true });
        }
    }
}

/// What the document says of its own completeness.
pub(super) fn completeness(tree: &Tree<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for composition in tree.list(tree.root(), "compositions") {
        let code = match tree.word(composition, "aggregate") {
            Some(aggregate) if aggregate.starts_with("incomplete") => "list-incomplete",
            Some("unknown" | "not_specified") => "list-of-unknown-completeness",
            _ => continue,
        };
        if !found.iter().any(|known| known == code) {
            found.push(code.to_owned());
        }
    }
    found
}
