//! The shape of the index: what is found, what is counted, what is kept for showing.

use super::super::{Entry, MAX_FIELD, Text};
use domain::ids::{ComponentId, OrganisationId};
use domain::register::Facet;
use domain::register::fold::{Word, folded, words};
use tantivy::TantivyDocument;
use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};

/// Raise it with every change of what is written here or by [`domain::register::fold`]: an index of another format is
/// thrown away when it is opened.
pub(super) const FORMAT: u32 = 1;

const TOKENIZER: &str = "register";
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

    fn of(text: Text) -> Self {
        match text {
            Text::Name => Self::Name,
            Text::Vendor | Text::Product => Self::Maker,
            _ => Self::Rest,
        }
    }
}

/// The fields of the index.
#[derive(Clone)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    pub(super) organisation: Field,
    key: Field,
    groups: [Field; 3],
    pub(super) whole_name: Field,
    facets: [Field; Facet::ALL.len()],
    sort_name: Field,
    sort_vendor: Field,
    component_high: Field,
    component_low: Field,
    updated: Field,
    pub(super) shown: Field,
}

/// Names of the columns that collecting reads.
pub(super) mod column {
    pub(in super::super) const ORGANISATION: &str = "organisation";
    pub(in super::super) const NAME: &str = "sort_name";
    pub(in super::super) const VENDOR: &str = "sort_vendor";
    pub(in super::super) const COMPONENT_HIGH: &str = "component_high";
    pub(in super::super) const COMPONENT_LOW: &str = "component_low";
    pub(in super::super) const UPDATED: &str = "updated";
}

impl Fields {
    pub(super) fn new() -> Self {
        let indexed = |tokenizer: &str, positions: bool| {
            let record = if positions { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::Basic };
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default().set_tokenizer(tokenizer).set_fieldnorms(false).set_index_option(record),
            )
        };
        let column = || TextOptions::default().set_fast("raw");
        let mut schema = Schema::builder();
        Self {
            organisation: schema.add_text_field(column::ORGANISATION, indexed("raw", false).set_fast("raw")),
            key: schema.add_text_field("key", indexed("raw", false)),
            groups: ["name", "maker", "rest"].map(|group| schema.add_text_field(group, indexed(TOKENIZER, true))),
            whole_name: schema.add_text_field("whole_name", indexed("raw", false)),
            facets: Facet::ALL.map(|facet| schema.add_text_field(facet.name(), column())),
            sort_name: schema.add_text_field(column::NAME, column()),
            sort_vendor: schema.add_text_field(column::VENDOR, column()),
            component_high: schema.add_u64_field(column::COMPONENT_HIGH, FAST),
            component_low: schema.add_u64_field(column::COMPONENT_LOW, FAST),
            updated: schema.add_i64_field(column::UPDATED, FAST),
            shown: schema.add_bytes_field("shown", STORED),
            schema: schema.build(),
        }
    }

    pub(super) fn group(&self, group: Group) -> Field {
        self.groups[group as usize]
    }

    /// The term that stands for one entry.
    pub(super) fn key_term(&self, organisation: OrganisationId, component: ComponentId) -> tantivy::Term {
        tantivy::Term::from_field_text(self.key, &key(organisation, component))
    }

    /// The term that stands for all entries of one organisation.
    pub(super) fn scope_term(&self, scope: OrganisationId) -> tantivy::Term {
        tantivy::Term::from_field_text(self.organisation, &scope.to_string())
    }

    pub(super) fn document(&self, entry: &Entry) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_text(self.organisation, entry.organisation.to_string());
        document.add_text(self.key, key(entry.organisation, entry.component));
        let mut shown: Vec<(usize, &str)> = Vec::with_capacity(entry.texts.len());
        for (text, content) in entry.texts.iter().filter(|(_, content)| !content.trim().is_empty()) {
            let content = cut(content, MAX_FIELD);
            document.add_text(self.group(Group::of(*text)), content);
            shown.push((*text as usize, content));
        }
        let name = cut(entry.name(), SORTED_BY);
        document.add_text(self.whole_name, in_words(name));
        document.add_text(self.sort_name, folded(name));
        let vendor = entry.texts.iter().find(|(text, _)| *text == Text::Vendor).map_or("", |(_, vendor)| vendor);
        document.add_text(self.sort_vendor, folded(cut(vendor, SORTED_BY)));
        for (facet, values) in &entry.facets {
            for value in values {
                document.add_text(self.facets[*facet as usize], value);
            }
        }
        let (high, low) = entry.component.0.as_u64_pair();
        document.add_u64(self.component_high, high);
        document.add_u64(self.component_low, low);
        document.add_i64(self.updated, entry.updated_at);
        let shown = serde_json::to_vec(&shown).expect("numbers and texts are JSON");
        document.add_bytes(self.shown, &shown);
        document
    }
}

/// The texts that were kept for showing, in the order in which they were given.
pub(super) fn shown_texts(stored: &[u8]) -> Result<Vec<(Text, String)>, serde_json::Error> {
    let texts: Vec<(usize, String)> = serde_json::from_slice(stored)?;
    Ok(texts.into_iter().filter_map(|(text, content)| Some((*Text::ALL.get(text)?, content))).collect())
}

/// A name by its words, as a whole query is compared with it.
pub(super) fn in_words(name: &str) -> String {
    words(name).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
}

fn key(organisation: OrganisationId, component: ComponentId) -> String {
    format!("{organisation}/{component}")
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
}

#[derive(Clone)]
struct RegisterWords;

impl Tokenizer for RegisterWords {
    type TokenStream<'a> = Words;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Words {
        Words { words: words(text).into_iter(), token: Token::default() }
    }
}

struct Words {
    words: std::vec::IntoIter<Word>,
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
        self.token.text = word.text;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
