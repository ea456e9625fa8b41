//! Reading the query language, one look at each character, brackets counted and not recursed into.

use super::super::fold::words;
use super::super::topic::{Subject, Topic};
use super::{Bounds, Item, MAX_DEPTH, MAX_TERMS, MAX_TEXT, Query, Term};
use crate::problem::Problem;

/// Notes that are given: more would hide the first.
const MAX_NOTES: usize = 5;

pub(super) fn parse(subject: Subject, text: &str) -> Query {
    let mut reader =
        Reader { subject, rest: text, at: 1, notes: Vec::new(), frames: vec![Frame::default()], ..Reader::default() };
    let length = text.chars().count();
    if length > MAX_TEXT {
        reader.rest = text.char_indices().nth(MAX_TEXT).map_or(text, |(end, _)| &text[..end]);
        reader.note(MAX_TEXT + 1, "query-cut", &[("most", MAX_TEXT.to_string()), ("given", length.to_string())]);
    }
    reader.read();
    let mut items = reader.close_all();
    if let Some(term) = items.last_mut().and_then(last_term)
        && !term.quoted
    {
        term.open = true;
    }
    Query { items, notes: reader.notes }
}

/// The term that was typed last, where it may still be unfinished.
fn last_term(item: &mut Item) -> Option<&mut Term> {
    match item {
        Item::Text(term) | Item::In(_, term) => Some(term),
        Item::Any(items) | Item::All(items) => items.last_mut().and_then(last_term),
        Item::Not(_) | Item::Is(..) | Item::Has(_) | Item::Within(..) => None,
    }
}

/// What stands within one pair of brackets.
#[derive(Default)]
struct Frame {
    /// The brackets are negated.
    negated: bool,
    items: Vec<Item>,
    /// `OR` was read, and what follows it was not.
    or: bool,
}

impl Frame {
    fn push(&mut self, item: Item) {
        if std::mem::take(&mut self.or)
            && let Some(before) = self.items.pop()
        {
            let mut any = alternatives(before);
            any.extend(alternatives(item));
            self.items.push(Item::Any(any));
        } else {
            self.items.push(item);
        }
    }

    /// Everything within the brackets as one thing; nothing where there was nothing.
    fn close(self) -> Option<Item> {
        let mut items = flat(self.items);
        let item = if items.len() > 1 { Item::All(items) } else { items.pop()? };
        Some(if self.negated { negated(item) } else { item })
    }
}

fn alternatives(item: Item) -> Vec<Item> {
    if let Item::Any(items) = item { items } else { vec![item] }
}

fn flat(items: Vec<Item>) -> Vec<Item> {
    items.into_iter().flat_map(|item| if let Item::All(items) = item { items } else { vec![item] }).collect()
}

/// What must not be there is not guessed while it is typed.
fn negated(mut item: Item) -> Item {
    settle(&mut item);
    if let Item::Not(item) = item { *item } else { Item::Not(Box::new(item)) }
}

fn settle(item: &mut Item) {
    match item {
        Item::Text(term) | Item::In(_, term) => term.open = term.typed.ends_with('*'),
        Item::Any(items) | Item::All(items) => items.iter_mut().for_each(settle),
        Item::Not(_) | Item::Is(..) | Item::Has(_) | Item::Within(..) => {}
    }
}

#[derive(Default)]
struct Reader<'a> {
    subject: Subject,
    rest: &'a str,
    /// The place of `rest`, in characters from 1.
    at: usize,
    notes: Vec<Problem>,
    frames: Vec<Frame>,
    /// Brackets that were passed over because they stand too deep.
    passed_over: usize,
    terms: usize,
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '「' | '」' | '«' | '»')
}

fn ends_chunk(c: char) -> bool {
    c.is_whitespace() || is_quote(c) || matches!(c, '(' | ')')
}

impl<'a> Reader<'a> {
    fn note(&mut self, at: usize, code: &str, parameters: &[(&str, String)]) {
        if self.notes.len() < MAX_NOTES && !self.notes.iter().any(|note| note.code == code && code != "unknown-field") {
            let note = Problem::new("q", code).with("from", at);
            self.notes.push(parameters.iter().fold(note, |note, (name, value)| note.with(*name, value)));
        }
    }

    /// Takes so many bytes.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        self.at += taken.chars().count();
        taken
    }

    fn take_until(&mut self, ends: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        self.take(end)
    }

    fn next(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn skip_one(&mut self) {
        if let Some(c) = self.next() {
            self.take(c.len_utf8());
        }
    }

    fn read(&mut self) {
        loop {
            self.take_until(|c| !c.is_whitespace());
            if self.rest.is_empty() {
                return;
            }
            let dashes = self.rest.len() - self.rest.trim_start_matches('-').len();
            self.take(dashes);
            let negated = dashes > 0;
            match self.next() {
                None => return,
                Some(c) if c.is_whitespace() => {}
                Some('(') => {
                    self.skip_one();
                    self.open_bracket(negated);
                }
                Some(')') => {
                    self.skip_one();
                    self.close_bracket();
                }
                Some(_) => self.read_item(negated),
            }
        }
    }

    fn open_bracket(&mut self, negated: bool) {
        if self.frames.len() > MAX_DEPTH {
            self.passed_over += 1;
            self.note(self.at - 1, "brackets-too-deep", &[("most", MAX_DEPTH.to_string())]);
        } else {
            self.frames.push(Frame { negated, ..Frame::default() });
        }
    }

    fn close_bracket(&mut self) {
        if self.passed_over > 0 {
            self.passed_over -= 1;
        } else if self.frames.len() > 1 {
            let closed = self.frames.pop().and_then(Frame::close);
            if let Some(item) = closed {
                self.push(item);
            }
        } else {
            self.note(self.at - 1, "bracket-not-opened", &[]);
        }
    }

    fn close_all(&mut self) -> Vec<Item> {
        while self.frames.len() > 1 {
            if let Some(item) = self.frames.pop().and_then(Frame::close) {
                self.push(item);
            }
        }
        flat(self.frames.pop().unwrap_or_default().items)
    }

    fn push(&mut self, item: Item) {
        if let Some(frame) = self.frames.last_mut() {
            frame.push(item);
        }
    }

    /// A word, a phrase, or a field with what is asked of it.
    fn read_item(&mut self, is_negated: bool) {
        let from = self.at;
        let item = match self.next() {
            Some(c) if is_quote(c) => self.phrase().map(Item::Text),
            _ => match (self.compared(), self.field_name()) {
                (Some(topic), _) => self.comparison(topic),
                (None, Some(name)) => self.field(name),
                (None, None) => {
                    let chunk = self.take_until(ends_chunk);
                    if matches!(chunk, "OR" | "|") {
                        // "-OR" asks for nothing that could be meant.
                        if !is_negated && let Some(frame) = self.frames.last_mut() {
                            frame.or = !frame.items.is_empty();
                        }
                        return;
                    }
                    term(chunk, chunk, false).map(Item::Text)
                }
            },
        };
        let Some(item) = item else { return };
        if self.terms == MAX_TERMS {
            self.note(from, "query-terms-left-out", &[("most", MAX_TERMS.to_string())]);
            return;
        }
        self.terms += 1;
        self.push(if is_negated { negated(item) } else { item });
    }

    /// A phrase, the quote before it not yet taken.
    fn phrase(&mut self) -> Option<Term> {
        self.skip_one();
        let inside = self.take_until(is_quote);
        let closed = self.next().is_some();
        self.skip_one();
        let mut term = term(inside, inside, true)?;
        // Quotes that are not closed yet are still being typed.
        term.open |= !closed;
        Some(term)
    }

    /// The name before a colon, where one stands next.
    fn field_name(&self) -> Option<&'a str> {
        let name = &self.rest[..self.rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-'))?];
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && self.rest[name.len()..].starts_with(':');
        // An address is no field.
        (is_name && !self.rest[name.len()..].starts_with("://")).then_some(name)
    }

    /// The topic before a `<` or `>`, where one with days or numbers stands next: people leave the colon out.
    fn compared(&self) -> Option<Topic> {
        let name = &self.rest[..self.rest.find(['<', '>'])?];
        self.subject.called(name).filter(|topic| topic.about().scale.is_some())
    }

    fn comparison(&mut self, topic: Topic) -> Option<Item> {
        let (from, chunk) = (self.at, self.take_until(ends_chunk));
        let value = &chunk[chunk.find(['<', '>'])?..];
        if let Some(bounds) = topic.about().scale.and_then(|scale| Bounds::read(scale, value)) {
            return Some(Item::Within(topic, bounds, value.to_owned()));
        }
        self.note(from, "not-a-range", &[("field", topic.id().to_owned()), ("given", short(value))]);
        term(chunk, chunk, false).map(Item::Text)
    }

    fn field(&mut self, name: &'a str) -> Option<Item> {
        let (from, whole) = (self.at, self.rest);
        let has = name.eq_ignore_ascii_case("has");
        let topic = self.subject.called(name);
        if topic.is_none() && !has {
            self.note(from, "unknown-field", &[("given", short(name))]);
            let chunk = self.take_until(ends_chunk);
            return term(chunk, chunk, false).map(Item::Text);
        }
        self.take(name.len() + 1);
        let value_from = self.at;
        let as_text = |reader: &mut Self, code: &str, value: &str, known: String| {
            reader.note(value_from, code, &[("field", short(name)), ("given", short(value)), ("known", known)]);
            let typed = &whole[..name.len() + 1 + value.len()];
            term(typed, value, false).map(Item::Text)
        };
        match (self.next(), topic) {
            (Some(c), Some(topic)) if is_quote(c) => {
                let term = self.phrase()?;
                if topic.about().text {
                    return Some(Item::In(topic, term));
                }
                let value = chosen(topic, &term.words);
                if value.is_none() {
                    self.note(
                        value_from,
                        "unknown-value",
                        &[("field", short(name)), ("given", short(&term.typed)), ("known", known_values(topic))],
                    );
                }
                Some(value.map_or(Item::Text(term), |value| Item::Is(topic, value)))
            }
            (None, _) => None,
            (Some(c), _) if ends_chunk(c) => {
                self.note(from, "field-without-value", &[("field", short(name))]);
                None
            }
            (Some('['), _) => {
                let inside = self.rest.find(|c| c == ']' || ends_chunk(c)).unwrap_or(self.rest.len());
                let closing = usize::from(self.rest[inside..].starts_with(']'));
                let typed = self.take(inside + closing);
                let scaled = topic.and_then(|topic| Some((topic, topic.about().scale?)));
                let Some((topic, scale)) = scaled else {
                    return as_text(self, "no-range-of-field", typed, String::new());
                };
                match Bounds::read(scale, typed) {
                    Some(bounds) => Some(Item::Within(topic, bounds, within_brackets(typed))),
                    None => as_text(self, "not-a-range", typed, String::new()),
                }
            }
            (Some(_), topic) => {
                let value = self.take_until(ends_chunk);
                let Some(topic) = topic else {
                    return match self.subject.called(value) {
                        Some(topic) => Some(Item::Has(topic)),
                        None => as_text(self, "unknown-field", value, String::new()),
                    };
                };
                let about = topic.about();
                if let Some(scale) = about.scale {
                    return match Bounds::read(scale, value) {
                        Some(bounds) => Some(Item::Within(topic, bounds, value.to_owned())),
                        None => as_text(self, "not-a-range", value, String::new()),
                    };
                }
                if about.text {
                    return term(value, value, false).map(|term| Item::In(topic, term));
                }
                let said: Vec<String> = words(value).into_iter().map(|word| word.text).collect();
                match chosen(topic, &said) {
                    Some(value) => Some(Item::Is(topic, value)),
                    None => as_text(self, "unknown-value", value, known_values(topic)),
                }
            }
        }
    }
}

/// The value of a topic that these words name.
fn chosen(topic: Topic, said: &[String]) -> Option<&'static str> {
    let said = said.join("_");
    topic.about().values.iter().copied().find(|value| *value == said)
}

fn known_values(topic: Topic) -> String {
    topic.about().values.join(", ")
}

/// With the bracket that was not closed yet.
fn within_brackets(typed: &str) -> String {
    let closing = if typed.ends_with(']') { "" } else { "]" };
    format!("{typed}{closing}")
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

fn term(typed: &str, text: &str, quoted: bool) -> Option<Term> {
    let found = words(text);
    let spaced = found.iter().all(|word| word.spaced);
    let words: Vec<String> = found.into_iter().map(|word| word.text).collect();
    let open = text.ends_with('*');
    (!words.is_empty()).then(|| Term { typed: typed.to_owned(), words, spaced, quoted, open })
}
