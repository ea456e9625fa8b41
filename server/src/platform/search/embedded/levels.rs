//! How well each entry of a segment matches a clause: a level per entry, made from the postings of every word that will
//! do. Scores are fixed amounts, so nothing has to be weighed, and the words within reach of a typing error are looked
//! up once per dictionary.

use super::super::UNKNOWN;
use super::super::matching::{Alternative, Class, Clause, Form, Need};
use super::bits::Bits;
use super::schema::{Fields, Group, column, marked};
use domain::register::Topic;
use domain::register::query::Bounds;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::query::{DfaWrapper, EnableScoring, FuzzyTermQuery, PhrasePrefixQuery, PhraseQuery, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, InvertedIndexReader, SegmentReader, Term};

/// What a match is worth, by class (rows) and group of texts (name, maker, rest). Fixed amounts keep the order the same
/// whatever else the register holds. Anything typed right comes before anything with an error; within that, a name before
/// a maker before the rest, and a word before the beginning of a longer one.
const WORTH: [[f32; 3]; 5] = [
    [9.0, 6.0, 4.0], // exact
    [7.0, 5.0, 3.0], // beginning
    [2.8, 2.6, 2.4], // synonym
    [2.0, 1.5, 1.0], // errors
    [0.9, 0.7, 0.5], // beginning with an error
];
/// More for an entry whose whole name was asked for.
pub(super) const WHOLE_NAME: f32 = 4.0;
/// More for an entry whose name begins with what was asked for.
pub(super) const NAME_BEGINS: f32 = 1.0;
/// Words that a phrase's last, unfinished word may become.
const MAX_PHRASE_ENDINGS: u32 = 1_000;

/// A level: 0 is no match, [`HOLDS`] a condition that holds and weighs nothing, every other an amount of [`WORTH`], the
/// higher the better.
pub(super) type Level = u8;

/// The level of what is no text: it holds.
const HOLDS: Level = 1;

/// Something that must hold, prepared once for all segments.
pub(super) enum Prepared {
    Said { ways: Vec<(Class, Way)>, only: Option<Topic> },
    Is(Topic, String),
    Has(Topic),
    Within(Topic, Bounds),
    Not(Box<Prepared>),
    Any(Vec<Prepared>),
    All(Vec<Prepared>),
}

pub(super) enum Way {
    Word(String),
    Beginning(String),
    Near(Box<DfaWrapper>),
    Phrase { words: Vec<String>, open: bool },
}

impl Prepared {
    pub(super) fn new(fields: &Fields, need: &Need) -> tantivy::Result<Self> {
        let each = |needs: &[Need]| needs.iter().map(|need| Self::new(fields, need)).collect::<tantivy::Result<_>>();
        Ok(match need {
            Need::Said { clause, only } => Self::Said { ways: ways(fields, clause, *only)?, only: *only },
            Need::Is(topic, value) => Self::Is(*topic, value.clone()),
            Need::Has(topic) => Self::Has(*topic),
            Need::Within(topic, bounds) => Self::Within(*topic, *bounds),
            Need::Not(need) => Self::Not(Box::new(Self::new(fields, need)?)),
            Need::Any(needs) => Self::Any(each(needs)?),
            Need::All(needs) => Self::All(each(needs)?),
        })
    }

    /// The level of every entry of a segment, and how many have one.
    pub(super) fn levels(&self, fields: &Fields, reader: &SegmentReader) -> tantivy::Result<Levels> {
        let mut levels = Levels { of: vec![0; reader.max_doc() as usize], entries: 0 };
        match self {
            Self::Said { ways, only: Some(topic) } => {
                let (field, level_of) = (fields.within, |class| level(class, Group::of(*topic)));
                let index = reader.inverted_index(field)?;
                for (class, way) in ways {
                    for_each_doc(way, fields, reader, field, &index, |docs| levels.raise(docs, level_of(*class)))?;
                }
            }
            Self::Said { ways, only: None } => {
                for group in Group::ALL {
                    let field = fields.group(group);
                    let index = reader.inverted_index(field)?;
                    for (class, way) in ways {
                        let level = level(*class, group);
                        for_each_doc(way, fields, reader, field, &index, |docs| levels.raise(docs, level))?;
                    }
                }
            }
            Self::Is(topic, value) => {
                holding(fields, reader, *topic, value)?.in_blocks(|docs| levels.raise(docs, HOLDS));
            }
            Self::Has(topic) => {
                let known = reader.inverted_index(fields.known)?;
                each_of_term(&known, topic.id(), |docs| levels.raise(docs, HOLDS))?;
            }
            Self::Within(topic, bounds) => {
                let mut docs = Vec::new();
                // A segment in which no entry has one has no column.
                if let Some(values) = reader.fast_fields().column_opt::<f64>(&column::number(*topic))? {
                    let (from, to) = (bounds.from.unwrap_or(f64::NEG_INFINITY), bounds.to.unwrap_or(f64::INFINITY));
                    // The column takes a range that lies wholly beside its values for one that touches them.
                    let (least, most) = (values.min_value(), values.max_value());
                    if from <= most && to >= least {
                        let range = from.max(least)..=to.min(most);
                        values.get_docids_for_value_range(range, 0..reader.max_doc(), &mut docs);
                    }
                }
                levels.raise(&docs, HOLDS);
            }
            Self::Not(need) => {
                let held = need.levels(fields, reader)?;
                levels.entries = held.of.len() - held.entries;
                levels.of = held.of.into_iter().map(|level| if level == 0 { HOLDS } else { 0 }).collect();
            }
            Self::Any(needs) => {
                for need in needs {
                    levels.raise_all(&need.levels(fields, reader)?);
                }
            }
            Self::All(needs) => {
                let mut each = needs.iter();
                if let Some(first) = each.next() {
                    levels = first.levels(fields, reader)?;
                }
                for need in each {
                    levels.keep_both(&need.levels(fields, reader)?);
                }
            }
        }
        Ok(levels)
    }
}

fn ways(fields: &Fields, clause: &Clause, only: Option<Topic>) -> tantivy::Result<Vec<(Class, Way)>> {
    let near = |query: FuzzyTermQuery| query.automaton().map(|automaton| Way::Near(Box::new(automaton)));
    // The automaton is the same for every field.
    let term = |word: &str| Term::from_field_text(fields.group(Group::Name), word);
    let here = |word: &String| only.map_or_else(|| word.clone(), |topic| marked(topic, word));
    let way = |Alternative { class, form }: &Alternative| -> tantivy::Result<(Class, Way)> {
        let way = match form {
            Form::Word(word) => Way::Word(here(word)),
            Form::Beginning(word) => Way::Beginning(here(word)),
            Form::Errors { word, errors } => near(FuzzyTermQuery::new(term(word), *errors, true))?,
            Form::BeginningWithError(word) => near(FuzzyTermQuery::new_prefix(term(word), 1, true))?,
            Form::Phrase { words, open } => Way::Phrase { words: words.iter().map(here).collect(), open: *open },
        };
        Ok((*class, way))
    };
    clause.iter().map(way).collect()
}

/// The levels of one clause in one segment.
pub(super) struct Levels {
    pub(super) of: Vec<Level>,
    /// How many are not 0.
    pub(super) entries: usize,
}

impl Levels {
    fn raise(&mut self, docs: &[DocId], level: Level) {
        for &doc in docs {
            let here = &mut self.of[doc as usize];
            self.entries += usize::from(*here == 0);
            *here = (*here).max(level);
        }
    }

    fn raise_all(&mut self, other: &Self) {
        for (here, level) in self.of.iter_mut().zip(&other.of) {
            self.entries += usize::from(*here == 0 && *level > 0);
            *here = (*here).max(*level);
        }
    }

    fn keep_both(&mut self, other: &Self) {
        self.entries = 0;
        for (here, level) in self.of.iter_mut().zip(&other.of) {
            *here = if *level == 0 || *here == 0 { 0 } else { (*here).max(*level) };
            self.entries += usize::from(*here > 0);
        }
    }
}

/// What a level is worth.
pub(super) fn amount(level: Level) -> f32 {
    AMOUNTS[level as usize]
}

fn level(class: Class, group: Group) -> Level {
    LEVELS[class as usize][group as usize]
}

/// The amounts in ascending order, after 0 for what does not match and 0 for what merely holds.
const AMOUNTS: [f32; 17] = {
    let mut amounts = [0.0; 17];
    let mut next = 2;
    while next < 17 {
        let (mut c, mut least) = (0, f32::MAX);
        while c < 15 {
            let amount = WORTH[c / 3][c % 3];
            if amount > amounts[next - 1] && amount < least {
                least = amount;
            }
            c += 1;
        }
        amounts[next] = least;
        next += 1;
    }
    amounts
};

/// The place of each amount of [`WORTH`] in [`AMOUNTS`].
const LEVELS: [[Level; 3]; 5] = {
    let mut levels = [[0; 3]; 5];
    let mut c = 0;
    while c < 15 {
        let mut level = 2;
        while AMOUNTS[level] != WORTH[c / 3][c % 3] {
            level += 1;
        }
        levels[c / 3][c % 3] = level as Level;
        c += 1;
    }
    levels
};

fn for_each_doc(
    way: &Way,
    fields: &Fields,
    reader: &SegmentReader,
    field: Field,
    index: &InvertedIndexReader,
    mut see: impl FnMut(&[DocId]),
) -> tantivy::Result<()> {
    let term = |word: &String| Term::from_field_text(field, word);
    match way {
        Way::Word(word) => each_of_term(index, word, see)?,
        Way::Beginning(word) => each_of_beginning(index, word, see)?,
        Way::Near(automaton) => {
            let mut near = index.terms().search(&**automaton).without_keys().into_stream()?;
            let mut reader = None;
            while near.advance() {
                postings(index, near.value(), &mut reader, &mut see)?;
            }
        }
        Way::Phrase { words, open } => {
            // Most phrases have a word that the segment does not know.
            let known = if *open { &words[..words.len() - 1] } else { words };
            for word in known {
                if index.terms().get(word)?.is_none() {
                    return Ok(());
                }
            }
            let terms: Vec<Term> = words.iter().map(term).collect();
            let query: Box<dyn Query> = if *open {
                let mut query = PhrasePrefixQuery::new(terms);
                query.set_max_expansions(MAX_PHRASE_ENDINGS);
                Box::new(query)
            } else {
                Box::new(PhraseQuery::new(terms))
            };
            let weight = query.weight(EnableScoring::disabled_from_schema(&fields.schema))?;
            weight.for_each_no_score(reader, &mut see)?;
        }
    }
    Ok(())
}

/// The entries that have this term.
pub(super) fn each_of_term(
    index: &InvertedIndexReader,
    term: &str,
    mut see: impl FnMut(&[DocId]),
) -> tantivy::Result<()> {
    if let Some(info) = index.terms().get(term)? {
        postings(index, &info, &mut None, &mut see)?;
    }
    Ok(())
}

/// The entries that hold a value of a topic that is counted; where that is the unknown one, those that hold none.
pub(super) fn holding(fields: &Fields, reader: &SegmentReader, topic: Topic, value: &str) -> tantivy::Result<Bits> {
    let mut these = Bits::none(reader.max_doc());
    let Some(said) = fields.said(topic) else { return Ok(these) };
    if value == UNKNOWN {
        each_of_term(&*reader.inverted_index(fields.known)?, topic.id(), |docs| these.add(docs))?;
        return Ok(these.but(reader.max_doc()));
    }
    each_of_term(&*reader.inverted_index(said)?, value, |docs| these.add(docs))?;
    Ok(these)
}

/// The entries that have a term that begins so: all between it and it followed by the last character there is.
pub(super) fn each_of_beginning(
    index: &InvertedIndexReader,
    word: &str,
    mut see: impl FnMut(&[DocId]),
) -> tantivy::Result<()> {
    let last = format!("{word}{}", char::MAX);
    let mut longer = index.terms().range().ge(word).le(last).without_keys().into_stream()?;
    let mut reader = None;
    while longer.advance() {
        postings(index, longer.value(), &mut reader, &mut see)?;
    }
    Ok(())
}

/// Hands over the entries of a term, block by block, reusing the reader of the term before.
fn postings(
    index: &InvertedIndexReader,
    of: &TermInfo,
    reader: &mut Option<BlockSegmentPostings>,
    see: &mut impl FnMut(&[DocId]),
) -> tantivy::Result<()> {
    let blocks = match reader {
        Some(blocks) => {
            index.reset_block_postings_from_terminfo(of, blocks)?;
            blocks
        }
        none => none.insert(index.read_block_postings_from_terminfo(of, IndexRecordOption::Basic)?),
    };
    while !blocks.docs().is_empty() {
        see(blocks.docs());
        blocks.advance();
    }
    Ok(())
}
