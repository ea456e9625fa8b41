//! The shape of an index: what is found, what is counted, what is kept for showing.

use super::super::{Change, Document, MAX_FIELD, UNKNOWN};
use domain::ids::OrganisationId;
use domain::register::fold::{Word, folded, words};
use domain::register::{Subject, Topic, Weight};
use tantivy::TantivyDocument;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};
use uuid::Uuid;

/// Raise it with every change of what is written here or by [`domain::register::fold`]: an index of another format is
/// thrown away when it is opened.
pub(super) const FORMAT: u32 = 4;

/// What stands before the part of a thing where a topic stands before a text: no topic is called so.
const PART: &str = "";

const TOKENIZER: &str = "register";
/// The same for texts that begin with the mark of their topic: every word is marked.
const MARKED: &str = "marked";
/// Characters of a value that is counted: the engine takes 65,530 bytes.
const MAX_VALUE: usize = 1_000;
/// Characters of a name that results are ordered by.
const SORTED_BY: usize = 200;

/// The groups in which texts are searched, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Name,
    Maker,
    Rest,
}

impl Group {
    pub(super) const ALL: [Self; 3] = [Self::Name, Self::Maker, Self::Rest];

    pub(super) fn of(topic: Topic) -> Self {
        match topic.about().weight {
            Weight::Most => Self::Name,
            Weight::More => Self::Maker,
            Weight::Some => Self::Rest,
        }
    }
}

/// The fields of the index.
#[derive(Clone)]
pub(super) struct Fields {
    /// What is indexed.
    pub(super) subject: Subject,
    /// The place of its first topic.
    first: usize,
    pub(super) schema: Schema,
    pub(super) organisation: Field,
    key: Field,
    groups: [Field; 3],
    /// Every word again, marked with its topic.
    pub(super) within: Field,
    pub(super) whole_name: Field,
    pub(super) known: Field,
    /// By topic of the subject, those that are counted.
    facets: Vec<Option<Facet>>,
    /// By topic of the subject, those with a day or a number.
    numbers: Vec<Option<Field>>,
    sort_name: Field,
    sort_vendor: Field,
    id_high: Field,
    id_low: Field,
    updated: Field,
    pub(super) shown: Field,
}

/// Where the values of a topic stand.
#[derive(Clone, Copy)]
struct Facet {
    /// To be found by; what is unknown is not there, since that is most of what there is.
    said: Field,
    /// To be counted by, the unknown too.
    column: Field,
}

/// Names of the columns that collecting reads.
pub(super) mod column {
    pub(in super::super) const ORGANISATION: &str = "organisation";
    pub(in super::super) const NAME: &str = "sort_name";
    pub(in super::super) const VENDOR: &str = "sort_vendor";
    pub(in super::super) const ID_HIGH: &str = "component_high";
    pub(in super::super) const ID_LOW: &str = "component_low";
    pub(in super::super) const UPDATED: &str = "updated";

    /// The column of a topic's values.
    pub(in super::super) fn values(topic: super::Topic) -> String {
        format!("value_{}", topic.id())
    }

    /// The column of a topic's days or numbers.
    pub(in super::super) fn number(topic: super::Topic) -> String {
        format!("number_{}", topic.id())
    }
}

impl Fields {
    pub(super) fn new(subject: Subject) -> Self {
        let indexed = |tokenizer: &str, positions: bool| {
            let record = if positions { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::Basic };
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default().set_tokenizer(tokenizer).set_fieldnorms(false).set_index_option(record),
            )
        };
        let column = || TextOptions::default().set_fast("raw");
        let mut schema = Schema::builder();
        Self {
            subject,
            first: subject.topics().next().map_or(0, Topic::place),
            organisation: schema.add_text_field(column::ORGANISATION, indexed("raw", false).set_fast("raw")),
            key: schema.add_bytes_field("key", INDEXED),
            groups: ["name", "maker", "rest"].map(|group| schema.add_text_field(group, indexed(TOKENIZER, true))),
            within: schema.add_text_field("within", indexed(MARKED, true)),
            whole_name: schema.add_text_field("whole_name", indexed("raw", false)),
            known: schema.add_text_field("known", indexed("raw", false)),
            facets: subject
                .topics()
                .map(|topic| {
                    topic.about().facet.then(|| Facet {
                        said: schema.add_text_field(&format!("said_{}", topic.id()), indexed("raw", false)),
                        column: schema.add_text_field(&column::values(topic), column()),
                    })
                })
                .collect(),
            numbers: subject
                .topics()
                .map(|topic| topic.about().scale.map(|_| schema.add_f64_field(&column::number(topic), FAST)))
                .collect(),
            sort_name: schema.add_text_field(column::NAME, column()),
            sort_vendor: schema.add_text_field(column::VENDOR, column()),
            id_high: schema.add_u64_field(column::ID_HIGH, FAST),
            id_low: schema.add_u64_field(column::ID_LOW, FAST),
            updated: schema.add_i64_field(column::UPDATED, FAST),
            shown: schema.add_bytes_field("shown", STORED),
            schema: schema.build(),
        }
    }

    pub(super) fn group(&self, group: Group) -> Field {
        self.groups[group as usize]
    }

    fn facet(&self, topic: Topic) -> Option<Facet> {
        self.facets.get(topic.place().checked_sub(self.first)?).copied().flatten()
    }

    /// Where the values of a topic are found by; none where it is not counted by value.
    pub(super) fn said(&self, topic: Topic) -> Option<Field> {
        Some(self.facet(topic)?.said)
    }

    /// The field of a topic's days or numbers; none where it has none.
    fn number(&self, topic: Topic) -> Option<Field> {
        self.numbers.get(topic.place().checked_sub(self.first)?).copied().flatten()
    }

    /// The term that stands for what a change is of.
    pub(super) fn key_term(&self, change: &Change) -> tantivy::Term {
        tantivy::Term::from_field_bytes(self.key, &key(change.place()))
    }

    /// The term that stands for all documents of one organisation.
    pub(super) fn scope_term(&self, scope: OrganisationId) -> tantivy::Term {
        tantivy::Term::from_field_text(self.organisation, &scope.to_string())
    }

    pub(super) fn document(&self, of: &Document) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_text(self.organisation, of.organisation.to_string());
        let part = of.part.as_ref().map(|part| part.id.as_str());
        document.add_bytes(self.key, &key((of.organisation, of.id, part)));
        let mut shown: Vec<(&str, &str)> = Vec::with_capacity(of.texts.len() + 1);
        shown.extend(part.map(|part| (PART, part)));
        for (topic, content) in of.texts.iter().filter(|(_, content)| !content.trim().is_empty()) {
            let content = cut(content, MAX_FIELD);
            document.add_text(self.within, marked(*topic, content));
            document.add_text(self.group(Group::of(*topic)), content);
            shown.push((topic.id(), content));
        }
        for topic in of.known() {
            document.add_text(self.known, topic.id());
        }
        let name = cut(of.name(), SORTED_BY);
        document.add_text(self.whole_name, in_words(name));
        document.add_text(self.sort_name, folded(name) + &of.behind_name());
        document.add_text(self.sort_vendor, folded(cut(of.vendor(), SORTED_BY)));
        for (topic, value) in of.facets.iter() {
            let Some(facet) = self.facet(topic) else { continue };
            let value = cut(value, MAX_VALUE);
            document.add_text(facet.column, value);
            if value != UNKNOWN {
                document.add_text(facet.said, value);
            }
        }
        for (topic, number) in &of.numbers {
            if let Some(field) = self.number(*topic) {
                document.add_f64(field, *number);
            }
        }
        let (high, low) = of.id.as_u64_pair();
        document.add_u64(self.id_high, high);
        document.add_u64(self.id_low, low);
        document.add_i64(self.updated, of.updated_at);
        let shown = serde_json::to_vec(&shown).expect("numbers and texts are JSON");
        document.add_bytes(self.shown, &shown);
        document
    }
}

/// What was kept for showing.
#[derive(Default)]
pub(super) struct Shown {
    /// Which part of the thing it is.
    pub(super) part: Option<String>,
    /// The texts, in the order in which they were given.
    pub(super) texts: Vec<(Topic, String)>,
}

impl Shown {
    /// Reads what was kept of a document of this subject.
    pub(super) fn read(subject: Subject, stored: &[u8]) -> Result<Self, serde_json::Error> {
        let mut shown = Self::default();
        for (topic, content) in serde_json::from_slice::<Vec<(String, String)>>(stored)? {
            match subject.topic(&topic) {
                Some(topic) => shown.texts.push((topic, content)),
                None if topic == PART => shown.part = Some(content),
                None => {}
            }
        }
        Ok(shown)
    }
}

/// A word with the mark of the topic in whose text it stands: a character that no word has.
pub(super) fn marked(topic: Topic, word: &str) -> String {
    format!("{}{word}", mark(topic))
}

/// The mark of a topic.
pub(super) fn mark(topic: Topic) -> char {
    u32::try_from(topic.place()).ok().and_then(|place| char::from_u32(0xE000 + place)).unwrap_or(char::MAX)
}

/// A name by its words, as a whole query is compared with it.
pub(super) fn in_words(name: &str) -> String {
    words(name).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
}

fn key((organisation, id, part): (OrganisationId, Uuid, Option<&str>)) -> Vec<u8> {
    [organisation.0.as_bytes(), id.as_bytes(), part.unwrap_or_default().as_bytes()].concat()
}

fn cut(text: &str, characters: usize) -> &str {
    match text.char_indices().nth(characters) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}

/// Makes the index read texts by the same words as queries and highlights.
pub(super) fn register_tokenizer(index: &tantivy::Index) {
    index.tokenizers().register(TOKENIZER, TextAnalyzer::builder(RegisterWords).build());
    index.tokenizers().register(MARKED, TextAnalyzer::builder(MarkedWords).build());
}

#[derive(Clone)]
struct RegisterWords;

impl Tokenizer for RegisterWords {
    type TokenStream<'a> = Words;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Words {
        Words { words: words(text).into_iter(), mark: None, token: Token::default() }
    }
}

#[derive(Clone)]
struct MarkedWords;

impl Tokenizer for MarkedWords {
    type TokenStream<'a> = Words;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Words {
        let mut rest = text.chars();
        let mark = rest.next();
        Words { words: words(rest.as_str()).into_iter(), mark, token: Token::default() }
    }
}

struct Words {
    words: std::vec::IntoIter<Word>,
    mark: Option<char>,
    token: Token,
}

impl TokenStream for Words {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else {
            return false;
        };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = word.from;
        self.token.offset_to = word.to;
        match self.mark {
            None => self.token.text = word.text,
            Some(mark) => {
                self.token.text.clear();
                self.token.text.push(mark);
                self.token.text.push_str(&word.text);
            }
        }
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
