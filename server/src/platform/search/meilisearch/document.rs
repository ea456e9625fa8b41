//! What the server is given: documents cut into the same words as queries, and the settings of the index.

use super::super::matching::{ONE_ERROR_FROM, TWO_ERRORS_FROM};
use super::super::{Change, Document, MAX_FACET_VALUES, MAX_FIELD, Synonyms, known_topics};
use domain::ids::OrganisationId;
use domain::register::fold::{folded, words};
use domain::register::query::{MAX_LIMIT, MAX_OFFSET};
use domain::register::{Subject, Topic, Weight};
use meilisearch_sdk::settings::{
    FacetSortValue, FacetingSettings, MinWordSizeForTypos, PaginationSetting, Settings, TypoToleranceSettings,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Raise it with every change of what is written here or by [`domain::register::fold`].
pub(super) const FORMAT: u32 = 1;
/// The primary key. An index with another one is not ours.
pub(super) const KEY: &str = "candor_key";
/// The key of the document that says what the index is.
pub(super) const STAMP: &str = "candor-stamp";
/// Bytes of a value that is counted: the server keeps 468.
const MAX_VALUE: usize = 400;
/// Characters of a name that results are ordered by.
const SORTED_BY: usize = 100;

/// Attributes of a document.
pub(super) mod attribute {
    use domain::register::Topic;

    pub(in super::super) const ORGANISATION: &str = "organisation";
    pub(in super::super) const ID: &str = "component";
    /// Which part of the thing it is.
    pub(in super::super) const PART: &str = "part";
    /// The words, the most telling texts first.
    pub(in super::super) const TEXTS: [&str; 3] = ["name", "maker", "rest"];
    /// Words and pairs of neighbours, for conditions.
    pub(in super::super) const SAID: &str = "said";
    /// The same with the topic before each.
    pub(in super::super) const SAID_IN: &str = "said_in";
    pub(in super::super) const KNOWN: &str = "known";
    pub(in super::super) const SORT_NAME: &str = "sort_name";
    pub(in super::super) const SORT_VENDOR: &str = "sort_vendor";
    pub(in super::super) const UPDATED: &str = "updated";
    pub(in super::super) const SHOWN: &str = "shown";

    pub(in super::super) fn values(topic: Topic) -> String {
        format!("value_{}", topic.id())
    }

    pub(in super::super) fn number(topic: Topic) -> String {
        format!("number_{}", topic.id())
    }
}

/// What the index says of itself.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    #[serde(rename = "candor_key")]
    pub(super) key: String,
    pub(super) format: u32,
    pub(super) topics: String,
    pub(super) complete: bool,
    /// The name under which it was filled; empty where it was not filled as a whole.
    #[serde(default)]
    pub(super) built_as: String,
}

impl Stamp {
    pub(super) fn new(subject: Subject, complete: bool) -> Self {
        Self { key: STAMP.to_owned(), format: FORMAT, topics: known_topics(subject), complete, built_as: String::new() }
    }
}

/// A document as it is read back.
#[derive(Deserialize)]
pub(super) struct Found {
    pub(super) organisation: OrganisationId,
    #[serde(rename = "component")]
    pub(super) id: Uuid,
    #[serde(default)]
    pub(super) part: Option<String>,
    #[serde(default)]
    pub(super) shown: Vec<(String, String)>,
}

/// What a document holds, where it is one of this organisation and of no other.
pub(super) fn believed(document: Map<String, Value>, scope: OrganisationId) -> Option<Found> {
    let found: Option<Found> = serde_json::from_value(Value::Object(document)).ok();
    let ours = found.filter(|found| found.organisation == scope);
    if ours.is_none() {
        tracing::error!(organisation = %scope, "the search engine gave a document that is not one of the organisation");
    }
    ours
}

pub(super) fn key(change: &Change) -> String {
    key_of(change.place())
}

fn key_of((organisation, id, part): (OrganisationId, Uuid, Option<&str>)) -> String {
    let whole = format!("{}_{}", organisation.0.simple(), id.simple());
    // The server takes few characters for a key, and the ids of questions have others.
    part.map_or_else(|| whole.clone(), |part| format!("{whole}_{}", &hex::encode(Sha256::digest(part))[..32]))
}

/// The word or pair of words as conditions name it within a topic.
pub(super) fn said_in(topic: Topic, words: &str) -> String {
    format!("{}:{words}", topic.id())
}

pub(super) fn document(of: &Document) -> Map<String, Value> {
    let mut texts: [Vec<String>; 3] = Default::default();
    let (mut said, mut said_there): (BTreeSet<String>, BTreeSet<String>) = Default::default();
    let mut shown = Vec::new();
    for (topic, content) in of.texts.iter().filter(|(_, content)| !content.trim().is_empty()) {
        let content = cut(content, MAX_FIELD);
        let here: Vec<String> = words(content).into_iter().map(|word| word.text).collect();
        let pairs = here.windows(2).map(|pair| pair.join(" "));
        for one in here.iter().cloned().chain(pairs) {
            said_there.insert(said_in(*topic, &one));
            said.insert(one);
        }
        let place = match topic.about().weight {
            Weight::Most => 0,
            Weight::More => 1,
            Weight::Some => 2,
        };
        texts[place].push(here.join(" "));
        shown.push((topic.id(), content));
    }
    let known: Vec<&str> = of.known().into_iter().map(Topic::id).collect();
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
    let part = of.part.as_ref().map(|part| part.id.as_str());
    put(KEY, key_of((of.organisation, of.id, part)).into());
    if let Some(part) = part {
        put(attribute::PART, part.into());
    }
    put(attribute::ORGANISATION, of.organisation.to_string().into());
    put(attribute::ID, of.id.to_string().into());
    for (name, texts) in attribute::TEXTS.iter().zip(texts) {
        put(name, texts.into());
    }
    put(attribute::SAID, said.into_iter().collect::<Vec<_>>().into());
    put(attribute::SAID_IN, said_there.into_iter().collect::<Vec<_>>().into());
    put(attribute::KNOWN, known.into());
    // The server puts empty texts after all others.
    let order = |text: &str, behind: &str| Value::from(format!("n {}{behind}", folded(cut(text, SORTED_BY))));
    put(attribute::SORT_NAME, order(of.name(), &of.behind_name()));
    put(attribute::SORT_VENDOR, order(of.vendor(), ""));
    put(attribute::UPDATED, of.updated_at.into());
    put(attribute::SHOWN, json!(shown));
    let counted: BTreeSet<Topic> =
        of.facets.iter().map(|(topic, _)| topic).filter(|topic| topic.about().facet).collect();
    for topic in counted {
        put(&attribute::values(topic), of.facets.of(topic).map(value_of).collect::<Vec<_>>().into());
    }
    for (topic, number) in of.numbers.iter().filter(|(topic, _)| topic.about().scale.is_some()) {
        put(&attribute::number(*topic), json!(number));
    }
    document
}

/// A value as it is counted.
pub(super) fn value_of(value: &str) -> &str {
    let mut end = value.len().min(MAX_VALUE);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    &value[..end]
}

fn cut(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

pub(super) fn settings(subject: Subject, synonyms: &Synonyms) -> Settings {
    let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let values = subject.facets().map(attribute::values);
    let numbers = || subject.topics().filter(|topic| topic.about().scale.is_some()).map(attribute::number);
    let mut filterable =
        strings(&[attribute::ORGANISATION, attribute::ID, attribute::SAID, attribute::SAID_IN, attribute::KNOWN]);
    filterable.extend(values.chain(numbers()));
    let mut sortable = strings(&[attribute::SORT_NAME, attribute::SORT_VENDOR, attribute::UPDATED, attribute::ID]);
    sortable.extend(numbers());
    let synonyms: HashMap<String, Vec<String>> = synonyms
        .all()
        .map(|(phrase, others)| (phrase.join(" "), others.iter().map(|other| other.join(" ")).collect()))
        .collect();
    Settings::new()
        .with_searchable_attributes(attribute::TEXTS)
        .with_filterable_attributes(filterable)
        .with_sortable_attributes(sortable)
        // Anything typed right before anything with an error; within that a name before a maker before the rest.
        .with_ranking_rules([
            "sort",
            "words",
            "typo",
            "attributeRank",
            "exactness",
            "proximity",
            "sort_name:asc",
            "component:asc",
        ])
        .with_synonyms(synonyms)
        .with_stop_words([] as [&str; 0])
        .with_typo_tolerance(TypoToleranceSettings {
            enabled: Some(true),
            disable_on_attributes: Some(Vec::new()),
            disable_on_words: Some(Vec::new()),
            min_word_size_for_typos: Some(MinWordSizeForTypos {
                one_typo: Some(ONE_ERROR_FROM),
                two_typos: Some(TWO_ERRORS_FROM),
            }),
            disable_on_numbers: Some(true),
        })
        .with_pagination(PaginationSetting { max_total_hits: MAX_OFFSET + MAX_LIMIT })
        .with_faceting(FacetingSettings {
            // Those that were chosen are listed beyond the most frequent ones.
            max_values_per_facet: MAX_FACET_VALUES * 10,
            sort_facet_values_by: Some(BTreeMap::from([("*".to_owned(), FacetSortValue::Count)])),
        })
}

/// Whether the settings that stand are those wanted, order of lists aside where it means nothing.
pub(super) fn same(standing: &Settings, wanted: &Settings) -> bool {
    let plain = |settings: &Settings| {
        let mut of = serde_json::to_value(settings).unwrap_or_default();
        let sorted = |value: &mut Value| {
            if let Some(list) = value.as_array_mut() {
                list.sort_by_key(Value::to_string);
            }
        };
        for list in ["filterableAttributes", "sortableAttributes", "stopWords"] {
            of.get_mut(list).map(sorted);
        }
        of.get_mut("synonyms").and_then(Value::as_object_mut).into_iter().flatten().for_each(|(_, list)| sorted(list));
        of
    };
    let (standing, wanted) = (plain(standing), plain(wanted));
    wanted.as_object().into_iter().flatten().all(|(name, value)| standing.get(name) == Some(value))
}
