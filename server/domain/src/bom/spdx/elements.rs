//! The elements of an SPDX 3 graph: found by their identifiers, wherever they stand.

use crate::bom::notes::Notes;
use crate::bom::refusal::Refusal;
use crate::bom::text::{clean, shortened};
use crate::bom::tree::{Id, Tree, Value};
use crate::bom::{cyclonedx, words};
use crate::register::field::MAX_ELEMENT;
use std::collections::{HashMap, HashSet};

/// Elements by identifier.
pub(super) struct Elements<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    /// Everything with a type, in the order in which it stands.
    pub(super) all: Vec<Id>,
    /// How many the graph lists.
    pub(super) listed: usize,
    by_id: HashMap<&'t str, Id>,
    /// Identifiers that the document says are described elsewhere.
    elsewhere: HashSet<&'t str>,
}

/// What the document says of itself.
pub(super) struct Head {
    pub(super) document: Option<String>,
    pub(super) created: Option<String>,
    pub(super) created_by: Vec<String>,
    pub(super) tools: Vec<String>,
}

/// `AIPackage` of `ai_AIPackage`, or of the term's address.
pub(super) fn class_of(name: &str) -> &str {
    name.rsplit(['/', '#', '_', ':']).next().unwrap_or(name)
}

impl<'t, 'a> Elements<'t, 'a> {
    /// Lists the elements of a document: those of its graph, or the one that it is; elements may stand within others.
    pub(super) fn of(tree: &'t Tree<'a>, notes: &mut Notes) -> Result<Self, Refusal> {
        let root = tree.root();
        let listed = match tree.get(root, "@graph") {
            Some(_) => tree.objects(root, "@graph")?.len(),
            None => 1,
        };
        let mut found = Self { tree, all: Vec::new(), listed, by_id: HashMap::new(), elsewhere: HashSet::new() };
        for node in tree.all().filter(|node| *tree.value(*node) == Value::Members) {
            if tree.word(node, "type").or_else(|| tree.word(node, "@type")).is_none() {
                continue;
            }
            found.all.push(node);
            if found.class(node) == "ExternalMap" {
                found.elsewhere.extend(tree.word(node, "externalSpdxId"));
            }
            let Some((id, at)) = tree.said(node, "spdxId").or_else(|| tree.said(node, "@id")) else { continue };
            // An element may be repeated by reference, with nothing but its type.
            if let Some(first) = found.by_id.get(id) {
                if tree.children(node).count() > 2 && tree.children(*first).count() > 2 {
                    notes.add("repeated-ref", tree, at, &[("given", &id)]);
                    continue;
                }
                if tree.children(*first).count() > 2 {
                    continue;
                }
            }
            found.by_id.insert(id, node);
        }
        Ok(found)
    }

    /// Its type without the profile's prefix.
    pub(super) fn class(&self, node: Id) -> &'t str {
        class_of(self.tree.word(node, "type").or_else(|| self.tree.word(node, "@type")).unwrap_or_default())
    }

    /// Its identifier.
    pub(super) fn id(&self, node: Id) -> Option<&'t str> {
        self.tree.word(node, "spdxId").or_else(|| self.tree.word(node, "@id"))
    }

    /// What it is called.
    pub(super) fn name(&self, node: Id) -> String {
        let tree = self.tree;
        let tail = || self.id(node).map(|id| id.rsplit(['/', '#']).next().unwrap_or(id));
        let name = tree.word(node, "name").or_else(tail).map_or_else(|| tree.place(node).path, clean);
        shortened(&name, MAX_ELEMENT)
    }

    /// The words of its name, summary and description.
    pub(super) fn words(&self, node: Id) -> Vec<String> {
        let texts = ["name", "summary", "description"].into_iter().filter_map(|name| self.tree.word(node, name));
        texts.flat_map(|text| words::of(&text.chars().take(1_000).collect::<String>())).collect()
    }

    /// The values of a property of a profile (`ai`, `domain`: `ai_domain`).
    pub(super) fn values(&self, node: Id, profile: &str, name: &str) -> Vec<Id> {
        match self.tree.each(node, &format!("{profile}_{name}")) {
            found if found.is_empty() => self.tree.each(node, name),
            found => found,
        }
    }

    /// The first text of a property.
    pub(super) fn said(&self, node: Id, profile: &str, name: &str) -> Option<(&'t str, Id)> {
        self.values(node, profile, name).into_iter().find_map(|id| {
            let text = self.tree.text(id)?.trim();
            (!text.is_empty()).then_some((text, id))
        })
    }

    /// The same without its place; of a term's address, its last part.
    pub(super) fn word(&self, node: Id, profile: &str, name: &str) -> Option<&'t str> {
        self.said(node, profile, name).map(|(text, _)| text.rsplit('/').next().unwrap_or(text))
    }

    /// What a value refers to: the element of that identifier, or the element that stands there itself.
    pub(super) fn find(&self, value: Id, notes: &mut Notes) -> Option<Id> {
        if *self.tree.value(value) == Value::Members {
            return self.id(value).and_then(|id| self.by_id.get(id)).copied().or(Some(value));
        }
        let id = self.tree.text(value)?.trim();
        let found = self.by_id.get(id).copied();
        if found.is_none() && !is_nothing(id) && !is_listed_licence(id) {
            let code = if self.elsewhere.contains(id) { "reference-elsewhere" } else { "dangling-reference" };
            notes.add(code, self.tree, value, &[("given", &id)]);
        }
        found
    }

    /// The type of a relationship; `None` of any other element.
    pub(super) fn relationship(&self, node: Id) -> Result<Option<&'t str>, Refusal> {
        if !matches!(self.class(node), "Relationship" | "LifecycleScopedRelationship") {
            return Ok(None);
        }
        for name in ["relationshipType", "from"] {
            if let Some(found) = self.tree.get(node, name)
                && matches!(self.tree.value(found), Value::Number(_) | Value::Bool(_) | Value::List)
            {
                return Err(self.tree.wrong_type(found, "a text"));
            }
        }
        Ok(self.tree.word(node, "relationshipType").map(class_of))
    }

    /// Names of the agents that a property refers to.
    pub(super) fn agents(&self, node: Id, name: &str, notes: &mut Notes) -> Vec<(String, Id)> {
        let refer = self.tree.each(node, name).into_iter();
        refer
            .filter_map(|value| {
                let name = match self.find(value, notes) {
                    Some(agent) => self.tree.word(agent, "name").map(clean)?,
                    None => self.tree.text(value).map(str::trim).filter(|id| !is_nothing(id)).map(clean)?,
                };
                Some((shortened(&name, MAX_ELEMENT), value))
            })
            .collect()
    }

    /// Whether it has any field of the AI profile.
    pub(super) fn has_ai_fields(&self, node: Id) -> bool {
        self.tree.children(node).any(|child| self.tree.name(child).starts_with("ai_"))
    }

    /// What the document is about: the root elements, through collections.
    pub(super) fn subjects(&self) -> Vec<Id> {
        let mut notes = Notes::default();
        let of_class = |wanted: &[&str]| -> Vec<Id> {
            self.all.iter().copied().filter(|node| wanted.contains(&self.class(*node))).collect()
        };
        let documents = of_class(&["SpdxDocument"]);
        let mut waiting = if documents.is_empty() { of_class(&["Sbom", "Bom", "Bundle"]) } else { documents };
        let mut found = Vec::new();
        let mut steps = 0;
        while let Some(here) = waiting.pop() {
            steps += 1;
            if steps > 100 {
                break;
            }
            for root in self.tree.each(here, "rootElement") {
                match self.find(root, &mut notes) {
                    Some(node) if matches!(self.class(node), "Sbom" | "Bom" | "Bundle") => waiting.push(node),
                    Some(node) => found.push(node),
                    None => {}
                }
            }
        }
        found
    }

    /// What the document says of itself.
    pub(super) fn head(&self) -> Head {
        let mut notes = Notes::default();
        let document = self.all.iter().copied().find(|node| self.class(*node) == "SpdxDocument");
        let own = document.and_then(|document| self.tree.get(document, "creationInfo"));
        let own = own.and_then(|value| self.find(value, &mut notes));
        let any = || self.all.iter().copied().find(|node| self.class(*node) == "CreationInfo");
        let Some(information) = own.or_else(any) else {
            let document = document.and_then(|node| self.id(node)).map(clean);
            return Head { document, created: None, created_by: Vec::new(), tools: Vec::new() };
        };
        let mut names = |name: &str| {
            cyclonedx::once_each(self.agents(information, name, &mut notes).into_iter().map(|(name, _)| name))
        };
        Head {
            document: document.and_then(|node| self.id(node)).map(clean),
            created_by: names("createdBy"),
            tools: names("createdUsing"),
            created: self.tree.word(information, "created").map(clean),
        }
    }
}

/// `NoneElement`, `NoAssertionElement`, `noAssertion` and their addresses.
pub(super) fn is_nothing(id: &str) -> bool {
    matches!(
        class_of(id),
        "NoneElement" | "NoAssertionElement" | "NoAssertion" | "noAssertion" | "NoneLicense" | "NoAssertionLicense"
    )
}

/// A licence of the SPDX list, which needs no description.
pub(super) fn is_listed_licence(id: &str) -> bool {
    id.contains("spdx.org/licenses/")
}
