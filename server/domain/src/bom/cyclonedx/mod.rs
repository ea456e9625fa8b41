//! CycloneDX 1.4 to 1.7, JSON and XML alike: what the tree holds as components, services and dependencies.

mod component;
mod gather;
mod service;

use super::gaps;
use super::graph::{Graph, Nature, Resolved, resolve};
use super::notes::{Notes, repeated_members};
use super::refusal::Refusal;
use super::result::{Bom, Entry, Format, Subject, Totals};
use super::text::clean;
use super::tree::{Id, Tree};
use super::{Limits, words, write};
use gather::{Gathered, gather};
use std::collections::{BTreeMap, HashSet};

/// What properties begin with that stand for a field of the register.
const OWN: &str = "candor:";

/// Reads a document of a version that is known.
pub(super) fn read(tree: &Tree<'_>, version: &str, sha256: &str, limits: &Limits) -> Result<Bom, Refusal> {
    let root = tree.root();
    let mut notes = Notes::default();
    repeated_members(tree, &mut notes);
    let gathered = gather(tree, &mut notes)?;
    let words = |n: usize| component::own_words(tree, gathered.graph.items[n].node);
    let resolved = resolve(&gathered.graph, limits.relations, words);
    let many = resolved.kinds.iter().flatten().count();
    if many > limits.entries {
        return Err(Refusal::new("too-many-entries", tree.place(root)).with("most", limits.entries));
    }
    note_circles(tree, &gathered, &resolved, &mut notes);
    note_possible(tree, &gathered.graph, &resolved, &mut notes);

    let ids = ids(tree, &gathered, &resolved);
    let mut entries: Vec<Entry> = Vec::with_capacity(many);
    let mut facts = 0;
    let mut at: BTreeMap<usize, usize> = BTreeMap::new();
    // What a model card describes in place was found last and stands before.
    let mut order: Vec<usize> = (0..resolved.kinds.len()).collect();
    order.sort_by_key(|n| gathered.graph.items[*n].node);
    for n in order {
        let Some((kind, why)) = &resolved.kinds[n] else { continue };
        let (id, own_id) = ids[n].clone();
        at.insert(n, entries.len());
        let item = &gathered.graph.items[n];
        let mut entry = if item.nature == Nature::Service {
            service::entry(tree, item.node, &mut notes)
        } else {
            component::entry(tree, item.node, kind, &mut notes)
        };
        entry.id = id;
        entry.own_id = own_id;
        entry.kind_from = why.map(str::to_owned);
        facts += entry.facts.len();
        if facts > limits.facts {
            return Err(Refusal::new("too-many-facts", entry.place).with("most", limits.facts));
        }
        entries.push(entry);
    }
    let relations = write::relations(tree, &resolved, &mut entries, &at, limits)?;
    let head = Head::read(tree);
    let subject = gathered.graph.items.iter().position(|item| item.subject).map(|n| Subject {
        name: component::name(tree, gathered.graph.items[n].node),
        version: tree.word(gathered.graph.items[n].node, "version").map(clean),
        entry: resolved.kinds[n].map(|_| ids[n].0.clone()),
    });
    let mut others: BTreeMap<String, u64> = BTreeMap::new();
    for (item, _) in gathered.graph.items.iter().zip(&resolved.kinds).filter(|(_, kind)| kind.is_none()) {
        *others.entry(component::type_of(tree, item)).or_default() += 1;
    }
    let cards = gathered.graph.items.iter().filter(|item| tree.get(item.node, "modelCard").is_some()).count();
    let services = gathered.graph.items.iter().filter(|item| item.nature == Nature::Service).count();
    let mut bom = Bom {
        format: Format::CycloneDx,
        syntax: tree.syntax,
        spec_version: version.to_owned(),
        sha256: sha256.to_owned(),
        serial: tree.word(root, "serialNumber").map(clean),
        revision: tree.word(root, "version").map(clean),
        created: head.created,
        created_by: head.created_by,
        tools: head.tools,
        subject,
        entries,
        relations,
        others,
        totals: Totals {
            elements: write::count(gathered.elements),
            services: write::count(services),
            model_cards: write::count(cards),
            ..Totals::default()
        },
        gaps: gather::completeness(tree),
        notes: notes.done(),
    };
    gaps::fill(&mut bom);
    Ok(bom)
}

/// What the document says of itself.
struct Head {
    created: Option<String>,
    created_by: Vec<String>,
    tools: Vec<String>,
}

impl Head {
    fn read(tree: &Tree<'_>) -> Self {
        let Some(metadata) = tree.get(tree.root(), "metadata") else {
            return Self { created: None, created_by: Vec::new(), tools: Vec::new() };
        };
        let mut people: Vec<Id> = tree.list(metadata, "authors");
        people.extend(["manufacturer", "manufacture", "supplier"].iter().filter_map(|name| tree.get(metadata, name)));
        let mut tools = tree.list(metadata, "tools");
        if let Some(held) = tree.get(metadata, "tools") {
            tools.retain(|tool| !matches!(tree.name(*tool), "components" | "services"));
            tools.extend(tree.list(held, "components"));
            tools.extend(tree.list(held, "services"));
        }
        let name = |id: &Id| tree.word(*id, "name").map(clean);
        let tool = |id: &Id| {
            let version = tree.word(*id, "version").map(|version| format!(" {}", clean(version))).unwrap_or_default();
            name(id).map(|name| name + &version)
        };
        Self {
            created: tree.word(metadata, "timestamp").map(clean),
            created_by: once_each(people.iter().filter_map(name)),
            tools: once_each(tools.iter().filter_map(tool)),
        }
    }
}

/// At most as many as a person reads.
pub(super) fn once_each(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.filter(|name| seen.insert(name.clone())).take(50).collect()
}

/// The id of each thing that is an entry, and whether it is the document's own: one that another thing has as well is not.
fn ids(tree: &Tree<'_>, gathered: &Gathered, resolved: &Resolved) -> Vec<(String, bool)> {
    let mut seen: HashSet<&str> = HashSet::new();
    let items = gathered.graph.items.iter().zip(&resolved.kinds);
    items
        .map(|(item, kind)| {
            if kind.is_none() {
                return (String::new(), false);
            }
            match tree.word(item.node, "bom-ref").filter(|own| seen.insert(own)) {
                Some(own) => (clean(own), true),
                None => (tree.place(item.node).path, false),
            }
        })
        .collect()
}

fn note_circles(tree: &Tree<'_>, gathered: &Gathered, resolved: &Resolved, notes: &mut Notes) {
    for circle in &resolved.circles {
        let names: Vec<String> =
            circle.iter().take(10).map(|n| component::name(tree, gathered.graph.items[*n].node)).collect();
        let Some(first) = circle.first() else { continue };
        notes.add("circle", tree, gathered.graph.items[*first].node, &[("names", &names.join(" → "))]);
    }
}

/// Software that is no entry, though its own words speak of AI.
fn note_possible(tree: &Tree<'_>, graph: &Graph, resolved: &Resolved, notes: &mut Notes) {
    let others = graph.items.iter().zip(&resolved.kinds).filter(|(_, kind)| kind.is_none());
    for (item, _) in others.filter(|(item, _)| matches!(item.nature, Nature::Software | Nature::Service)) {
        if words::artificial(&component::own_words(tree, item.node)) {
            notes.add("may-be-ai", tree, item.node, &[("name", &component::name(tree, item.node))]);
        }
    }
}
