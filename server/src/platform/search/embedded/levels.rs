//! How well each entry of a segment matches a clause: a level per entry, made from the postings of every word that will
//! do. Scores are fixed amounts, so nothing has to be weighed, and the words within reach of a typing error are looked
//! up once per dictionary.

use super::super::matching::{Alternative, Class, Clause, Form};
use super::schema::{Fields, Group};
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

/// A level: 0 is no match, every other is an amount of [`WORTH`], the higher the better.
pub(super) type Level = u8;

/// A clause, prepared once for all segments.
pub(super) struct Prepared {
    ways: Vec<(Class, Way)>,
}

enum Way {
    Word(String),
    Beginning(String),
    Near(Box<DfaWrapper>),
    Phrase { words: Vec<String>, open: bool },
}

impl Prepared {
    pub(super) fn new(fields: &Fields, clause: &Clause) -> tantivy::Result<Self> {
        let near = |query: FuzzyTermQuery| query.automaton().map(|automaton| Way::Near(Box::new(automaton)));
        // The automaton is the same for every field.
        let term = |word: &str| Term::from_field_text(fields.group(Group::Name), word);
        let way = |Alternative { class, form }: &Alternative| -> tantivy::Result<(Class, Way)> {
            let way = match form {
                Form::Word(word) => Way::Word(word.clone()),
                Form::Beginning(word) => Way::Beginning(word.clone()),
                Form::Errors { word, errors } => near(FuzzyTermQuery::new(term(word), *errors, true))?,
                Form::BeginningWithError(word) => near(FuzzyTermQuery::new_prefix(term(word), 1, true))?,
                Form::Phrase { words, open } => Way::Phrase { words: words.clone(), open: *open },
            };
            Ok((*class, way))
        };
        Ok(Self { ways: clause.iter().map(way).collect::<tantivy::Result<_>>()? })
    }

    /// The level of every entry of a segment, and how many have one.
    pub(super) fn levels(&self, fields: &Fields, reader: &SegmentReader) -> tantivy::Result<Levels> {
        let mut levels = Levels { of: vec![0; reader.max_doc() as usize], entries: 0 };
        for group in Group::ALL {
            let field = fields.group(group);
            let index = reader.inverted_index(field)?;
            for (class, way) in &self.ways {
                let level = level(*class, group);
                for_each_doc(way, fields, reader, field, &index, |docs| levels.raise(docs, level))?;
            }
        }
        Ok(levels)
    }
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
}

/// What a level is worth.
pub(super) fn amount(level: Level) -> f32 {
    AMOUNTS[level as usize]
}

fn level(class: Class, group: Group) -> Level {
    LEVELS[class as usize][group as usize]
}

/// The amounts in ascending order, 0 first.
const AMOUNTS: [f32; 16] = {
    let mut amounts = [0.0; 16];
    let mut next = 1;
    while next < 16 {
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
        let mut level = 1;
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
