//! A document as a tree whose every value knows where it stands: the one form in which JSON and XML are read.
//!
//! Values lie in one list and point at each other by number, so that neither building nor dropping a deep tree recurses.

use super::refusal::Refusal;
use super::result::Place;
use super::{Limits, Syntax};
use std::borrow::Cow;

/// A value of the tree, by its number.
pub(super) type Id = u32;

/// No value.
const NONE: Id = Id::MAX;

/// The member that holds an element's own text where the element has attributes or other elements beside it.
pub(super) const OWN_TEXT: &str = "#text";

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// JSON's null.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number, as written.
    Number(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// A JSON array.
    List,
    /// A JSON object, or an XML element that holds more than text.
    Members,
}

#[derive(Debug)]
struct Node<'a> {
    name: Cow<'a, str>,
    value: Value<'a>,
    /// Byte of the text.
    at: u32,
    parent: Id,
    first: Id,
    last: Id,
    next: Id,
    /// In a list: place from 0. In XML: number among brothers of the same name, from 1; 0 for an attribute.
    ordinal: u32,
}

/// A read document.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) syntax: Syntax,
    text: &'a str,
    nodes: Vec<Node<'a>>,
    /// The byte at which each line begins.
    lines: Vec<u32>,
    most: usize,
}

impl<'a> Tree<'a> {
    /// A tree without values over a text.
    pub(super) fn new(text: &'a str, syntax: Syntax, limits: &Limits) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| number(at) + 1);
        Self { syntax, text, nodes: Vec::new(), lines: std::iter::once(0).chain(breaks).collect(), most: limits.values }
    }

    /// Adds a value below another; the first has no parent.
    pub(super) fn add(
        &mut self,
        parent: Option<Id>,
        name: impl Into<Cow<'a, str>>,
        value: Value<'a>,
        at: usize,
        ordinal: u32,
    ) -> Result<Id, Refusal> {
        if self.nodes.len() >= self.most {
            let place = self.place_at(at, parent);
            return Err(Refusal::new("bom-too-many-values", place).with("most", self.most));
        }
        let id = number(self.nodes.len());
        let parent_id = parent.unwrap_or(NONE);
        let node = Node {
            name: name.into(),
            value,
            at: number(at),
            parent: parent_id,
            first: NONE,
            last: NONE,
            next: NONE,
            ordinal,
        };
        self.nodes.push(node);
        if let Some(parent) = parent {
            match self.node(parent).last {
                NONE => self.nodes[parent as usize].first = id,
                before => self.nodes[before as usize].next = id,
            }
            self.nodes[parent as usize].last = id;
        }
        Ok(id)
    }

    /// Gives an element its text once it has ended.
    pub(super) fn set(&mut self, id: Id, value: Value<'a>) {
        self.nodes[id as usize].value = value;
    }

    fn node(&self, id: Id) -> &Node<'a> {
        &self.nodes[id as usize]
    }

    /// The outermost value.
    pub(super) fn root(&self) -> Id {
        0
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Every value, in the order in which they stand.
    pub(super) fn all(&self) -> impl Iterator<Item = Id> + '_ {
        0..number(self.nodes.len())
    }

    /// The member's or element's name; empty for an item of a list.
    pub(super) fn name(&self, id: Id) -> &str {
        &self.node(id).name
    }

    /// What it is.
    pub(super) fn value(&self, id: Id) -> &Value<'a> {
        &self.node(id).value
    }

    /// What holds it.
    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        Some(self.node(id).parent).filter(|parent| *parent != NONE)
    }

    /// Whether nothing stands in it.
    pub(super) fn is_bare(&self, id: Id) -> bool {
        self.node(id).first == NONE
    }

    /// Everything directly in it.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let step = |id: Id| Some(id).filter(|id| *id != NONE);
        std::iter::successors(step(self.node(id).first), move |id| step(self.node(*id).next))
    }

    /// The first member of this name.
    pub(super) fn get(&self, id: Id, name: &str) -> Option<Id> {
        if *self.value(id) == Value::List {
            return None;
        }
        self.children(id).find(|child| self.name(*child) == name)
    }

    /// Follows names from a value.
    pub(super) fn at(&self, id: Id, names: &[&str]) -> Option<Id> {
        names.iter().try_fold(id, |id, name| self.get(id, name))
    }

    /// The items of a JSON list, or what stands in the XML element of that name.
    pub(super) fn list(&self, id: Id, name: &str) -> Vec<Id> {
        let Some(found) = self.get(id, name) else { return Vec::new() };
        self.items(found)
    }

    /// The items of a list itself.
    pub(super) fn items(&self, list: Id) -> Vec<Id> {
        match (self.syntax, self.value(list)) {
            (_, Value::List) => self.children(list).collect(),
            (Syntax::Xml, Value::Members) => self
                .children(list)
                .filter(|child| self.node(*child).ordinal > 0 && self.name(*child) != OWN_TEXT)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Every value of this name: the member itself, or the items of the list that it is; in XML, every such element.
    pub(super) fn each(&self, id: Id, name: &str) -> Vec<Id> {
        let mut found = Vec::new();
        for child in self.children(id).filter(|child| self.name(*child) == name) {
            if *self.value(child) == Value::List {
                found.extend(self.children(child));
            } else {
                found.push(child);
            }
        }
        found
    }

    /// The text of a value: its own, or that of an element with attributes. Numbers and truth values as written.
    pub(super) fn text(&self, id: Id) -> Option<&str> {
        match self.value(id) {
            Value::Text(text) => Some(text),
            Value::Number(number) => Some(number),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Members => match self.value(self.get(id, OWN_TEXT)?) {
                Value::Text(text) => Some(text),
                _ => None,
            },
            Value::Null | Value::List => None,
        }
    }

    /// The text of a member, outer blanks removed, when it says anything.
    pub(super) fn said(&self, id: Id, name: &str) -> Option<(&str, Id)> {
        let found = self.get(id, name)?;
        let text = self.text(found)?.trim();
        (!text.is_empty()).then_some((text, found))
    }

    /// The text of a member without its place.
    pub(super) fn word(&self, id: Id, name: &str) -> Option<&str> {
        self.said(id, name).map(|(text, _)| text)
    }

    /// Where a value stands.
    pub(super) fn place(&self, id: Id) -> Place {
        let (line, column) = self.line_and_column(self.node(id).at as usize);
        Place { path: self.path(id), line, column }
    }

    /// Where a byte of the text stands, in the value that is open there.
    pub(super) fn place_at(&self, at: usize, inside: Option<Id>) -> Place {
        let (line, column) = self.line_and_column(at);
        Place { path: inside.map(|id| self.path(id)).unwrap_or_default(), line, column }
    }

    /// Line and column, both from 1; columns count characters.
    fn line_and_column(&self, at: usize) -> (u32, u32) {
        let line = self.lines.partition_point(|begin| *begin as usize <= at).max(1);
        let begin = self.lines[line - 1] as usize;
        // A line can be the whole document: what lies before its last stretch is counted by bytes.
        const COUNTED: usize = 4_096;
        let end = at.min(self.text.len());
        let mut from = begin.max(end.saturating_sub(COUNTED));
        while !self.text.is_char_boundary(from) {
            from -= 1;
        }
        let end = (from..=end).rev().find(|end| self.text.is_char_boundary(*end)).unwrap_or(from);
        let column = from - begin + self.text[from..end].chars().count();
        (number(line), number(column) + 1)
    }

    /// A JSON Pointer, or the path of an XML element or attribute.
    fn path(&self, id: Id) -> String {
        let mut steps = Vec::new();
        let mut here = id;
        while let Some(parent) = self.parent(here) {
            steps.push(self.step(here, parent));
            here = parent;
        }
        if self.syntax == Syntax::Xml {
            steps.push(self.name(here).to_owned());
        }
        steps.iter().rev().fold(String::new(), |path, step| path + "/" + step)
    }

    fn step(&self, id: Id, parent: Id) -> String {
        let node = self.node(id);
        match self.syntax {
            Syntax::Json if *self.value(parent) == Value::List => node.ordinal.to_string(),
            Syntax::Json => node.name.replace('~', "~0").replace('/', "~1"),
            Syntax::Xml if node.name == OWN_TEXT => "text()".to_owned(),
            Syntax::Xml if node.ordinal == 0 => format!("@{}", node.name),
            Syntax::Xml => {
                let alone = node.ordinal == 1 && (node.next == NONE || self.name(node.next) != node.name);
                if alone { node.name.to_string() } else { format!("{}[{}]", node.name, node.ordinal) }
            }
        }
    }
}

/// Counts stay far below four billion: the limits on bytes and values see to that.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What must be there, and of the right type.
impl Tree<'_> {
    /// What a value is, in words.
    pub(super) fn kind_of(&self, id: Id) -> &'static str {
        match self.value(id) {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(text) if text.trim().is_empty() => "nothing",
            Value::Text(_) => "a text",
            Value::List => "a list",
            Value::Members if self.syntax == Syntax::Xml => "an element with others in it",
            Value::Members => "an object",
        }
    }

    /// A text that must be there. A number is taken as it is written.
    pub(super) fn required(&self, id: Id, name: &str, expected: &str) -> Result<&str, Refusal> {
        match self.optional(id, name, expected)? {
            Some(text) => Ok(text),
            None => {
                let place = self.place(self.get(id, name).unwrap_or(id));
                Err(Refusal::new("member-required", place)
                    .with("expected", format!("{name}: {expected}"))
                    .with("found", "nothing"))
            }
        }
    }

    /// A text that may be absent, but must be one where it is there.
    pub(super) fn optional(&self, id: Id, name: &str, expected: &str) -> Result<Option<&str>, Refusal> {
        let Some(found) = self.get(id, name) else { return Ok(None) };
        match (self.value(found), self.text(found)) {
            (Value::Null, _) => Ok(None),
            (_, Some(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
            (_, None) => Err(self.wrong_type(found, expected)),
        }
    }

    /// A list that may be absent; every item must hold members.
    pub(super) fn objects(&self, id: Id, name: &str) -> Result<Vec<Id>, Refusal> {
        let Some(found) = self.get(id, name) else { return Ok(Vec::new()) };
        let (list, empty) = match (self.syntax, self.value(found)) {
            (_, Value::Null) => (true, true),
            (Syntax::Json, value) => (*value == Value::List, false),
            (Syntax::Xml, Value::Text(text)) => (text.trim().is_empty(), true),
            (Syntax::Xml, _) => (true, false),
        };
        if !list {
            return Err(self.wrong_type(found, "a list"));
        }
        if empty {
            return Ok(Vec::new());
        }
        let items = self.items(found);
        match items.iter().find(|item| self.syntax == Syntax::Json && *self.value(**item) != Value::Members) {
            Some(other) => Err(self.wrong_type(*other, "an object")),
            None => Ok(items),
        }
    }

    /// A refusal of what stands there.
    pub(super) fn wrong_type(&self, id: Id, expected: &str) -> Refusal {
        Refusal::new("wrong-type", self.place(id)).with("expected", expected).with("found", self.kind_of(id))
    }
}
