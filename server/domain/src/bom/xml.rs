//! XML into the same tree as JSON: attributes and child elements are members, an element with nothing but text is a text.
//!
//! Elements and attributes of other namespaces are extensions and passed over. Nothing is fetched or expanded: a document
//! type declaration is refused, and only the five entities that XML itself defines are known.

use super::refusal::Refusal;
use super::tree::{Id, OWN_TEXT, Tree, Value};
use super::{Limits, Syntax};
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use std::collections::HashMap;

/// Attributes of one element at most.
const ATTRIBUTES: usize = 64;

/// Reads a text; the second value is the namespace of the outermost element.
///
/// # Errors
/// `malformed-xml`, `document-type`, `unknown-entity`, `wrong-encoding`, `nested-too-deep`, `bom-too-many-values`.
pub(super) fn read<'a>(text: &'a str, limits: &Limits) -> Result<(Tree<'a>, String), Refusal> {
    let mut builder = Builder {
        tree: Tree::new(text, Syntax::Xml, limits),
        open: Vec::new(),
        passed: 0,
        namespace: None,
        depth: limits.depth,
    };
    let mut reader = NsReader::from_str(text);
    reader.config_mut().check_comments = true;
    loop {
        let begin = place_in(reader.buffer_position(), text);
        let (namespace, event) = match reader.read_resolved_event() {
            Ok((namespace, event)) => (named(&namespace), event),
            Err(wrong) => {
                let at = place_in(reader.error_position(), text);
                return Err(builder.wrong(at, wrong));
            }
        };
        match event {
            Event::Eof => break,
            Event::Start(element) => builder.start(&namespace, &element, begin)?,
            Event::Empty(element) => {
                builder.start(&namespace, &element, begin)?;
                builder.end()?;
            }
            Event::End(_) => builder.end()?,
            Event::Text(said) => builder.said(&said.xml10_content(), begin)?,
            Event::CData(said) => builder.said(&said.xml10_content(), begin)?,
            Event::GeneralRef(entity) => {
                let character = entity.resolve_char_ref().map_err(|wrong| builder.wrong(begin, wrong))?;
                match character {
                    Some(character) => builder.said(character.encode_utf8(&mut [0; 4]), begin)?,
                    None => {
                        let name = entity.xml10_content();
                        let Some(meaning) = resolve_predefined_entity(&name) else {
                            let place = builder.tree.place_at(begin, builder.inside());
                            return Err(Refusal::new("unknown-entity", place).with("found", name));
                        };
                        builder.said(meaning, begin)?;
                    }
                }
            }
            Event::DocType(_) => return Err(Refusal::new("document-type", builder.tree.place_at(begin, None))),
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().and_then(Result::ok).unwrap_or_default().to_ascii_lowercase();
                let read = matches!(encoding.as_str(), "" | "utf-8" | "utf8" | "utf-16" | "us-ascii" | "ascii");
                if !read && !text.is_ascii() {
                    let place = builder.tree.place_at(begin, None);
                    let refusal = Refusal::new("wrong-encoding", place);
                    return Err(refusal.with("expected", "UTF-8 or UTF-16").with("found", format!("\"{encoding}\"")));
                }
            }
            Event::Comment(_) | Event::PI(_) => {}
        }
    }
    if let Some(open) = builder.open.last() {
        let name = builder.tree.name(open.id).to_owned();
        return Err(builder.wrong(text.len(), format!("<{name}> is not closed")));
    }
    match builder.namespace {
        Some(namespace) => Ok((builder.tree, namespace)),
        None => Err(builder.wrong(text.len(), "there is no element")),
    }
}

fn place_in(position: u64, text: &str) -> usize {
    usize::try_from(position).map_or(text.len(), |at| at.min(text.len()))
}

fn named(namespace: &ResolveResult<'_>) -> String {
    match namespace {
        ResolveResult::Bound(namespace) => namespace.0.to_owned(),
        ResolveResult::Unbound => String::new(),
        ResolveResult::Unknown(prefix) => format!("(undeclared) {prefix}"),
    }
}

struct Open {
    id: Id,
    text: String,
    text_at: usize,
    /// How many children of each name there are.
    names: HashMap<String, u32>,
}

struct Builder<'a> {
    tree: Tree<'a>,
    open: Vec<Open>,
    /// How many elements of other namespaces are open.
    passed: usize,
    namespace: Option<String>,
    depth: usize,
}

impl Builder<'_> {
    fn start(&mut self, namespace: &str, element: &BytesStart<'_>, at: usize) -> Result<(), Refusal> {
        let own = self.namespace.get_or_insert_with(|| namespace.to_owned());
        if self.open.len() + self.passed >= self.depth {
            let place = self.tree.place_at(at, self.inside());
            return Err(Refusal::new("nested-too-deep", place).with("most", self.depth));
        }
        if self.passed > 0 || own != namespace {
            self.passed += 1;
            return Ok(());
        }
        if self.open.is_empty() && self.tree.len() > 0 {
            return Err(self.wrong(at, "a second outermost element"));
        }
        let name = element.local_name().into_inner().to_owned();
        let ordinal = self.open.last_mut().map_or(1, |open| {
            let count = open.names.entry(name.clone()).or_default();
            *count += 1;
            *count
        });
        let id = self.tree.add(self.inside(), name, Value::Members, at, ordinal)?;
        self.open.push(Open { id, text: String::new(), text_at: at, names: HashMap::new() });
        let mut seen: Vec<&str> = Vec::new();
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|wrong| self.wrong(at, wrong))?;
            if seen.len() >= ATTRIBUTES || seen.contains(&attribute.key.into_inner()) {
                return Err(self.wrong(at, "an attribute that is there twice, or too many of them"));
            }
            seen.push(attribute.key.into_inner());
            if attribute.key.prefix().is_some() || attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|wrong| self.wrong(at, wrong))?;
            let name = attribute.key.local_name().into_inner().to_owned();
            self.tree.add(Some(id), name, Value::Text(value.into_owned().into()), at, 0)?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Refusal> {
        if self.passed > 0 {
            self.passed -= 1;
            return Ok(());
        }
        let Some(open) = self.open.pop() else { return Ok(()) };
        if self.tree.is_bare(open.id) {
            self.tree.set(open.id, Value::Text(open.text.into()));
        } else if !open.text.trim().is_empty() {
            self.tree.add(Some(open.id), OWN_TEXT, Value::Text(open.text.into()), open.text_at, 1)?;
        }
        Ok(())
    }

    fn said(&mut self, text: &str, at: usize) -> Result<(), Refusal> {
        if self.passed > 0 {
            return Ok(());
        }
        match self.open.last_mut() {
            Some(open) => {
                if open.text.is_empty() {
                    open.text_at = at;
                }
                open.text.push_str(text);
                Ok(())
            }
            None if text.trim().is_empty() => Ok(()),
            None => Err(self.wrong(at, "a text outside the outermost element")),
        }
    }

    fn inside(&self) -> Option<Id> {
        self.open.last().map(|open| open.id)
    }

    fn wrong(&self, at: usize, found: impl std::fmt::Display) -> Refusal {
        Refusal::new("malformed-xml", self.tree.place_at(at, self.inside()))
            .with("found", found.to_string().replace('\n', " "))
    }
}
