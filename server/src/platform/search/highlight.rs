//! Showing where an entry matches: a fragment of the text that was found, with the places marked, never as HTML.

use super::matching::{Class, Form, Sought};
use domain::register::Topic;
use domain::register::fold::{MAX_WORD, Word, words};
use serde::Serialize;

/// Characters of a fragment; a little more where it is completed to whole words.
pub const FRAGMENT: usize = 160;
/// Fragments per entry.
const MAX_HIGHLIGHTS: usize = 6;

/// Where an entry matches in one of its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// The text it stands in.
    pub topic: Topic,
    /// The text, or a part of it around the matches.
    pub fragment: String,
    /// The bytes of the fragment that match: ascending, apart from each other, at character boundaries.
    pub ranges: Vec<(usize, usize)>,
    /// Something was left out before the fragment.
    pub cut_before: bool,
    /// Something was left out after it.
    pub cut_after: bool,
}

/// A part of a fragment, for a page that shows one part after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The text of the part.
    pub text: String,
    /// Whether it matches.
    pub hit: bool,
}

impl Highlight {
    /// The whole fragment in parts, alternately outside and inside of a match.
    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = 0;
        let mut add = |text: &str, hit| {
            if !text.is_empty() {
                pieces.push(Piece { text: text.to_owned(), hit });
            }
        };
        for &(from, to) in &self.ranges {
            add(&self.fragment[at..from], false);
            add(&self.fragment[from..to], true);
            at = to;
        }
        add(&self.fragment[at..], false);
        pieces
    }
}

/// A match within a text: words `from..to`.
struct Place {
    clause: usize,
    class: Class,
    from: usize,
    to: usize,
}

/// The highlights of one entry. A term that stands in it as typed, or as the beginning of a word, is not also shown where
/// something merely resembles it.
pub(super) fn highlights(texts: &[(Topic, String)], sought: &[Sought<'_>]) -> Vec<Highlight> {
    let mut best: Vec<Option<Class>> = vec![None; sought.len()];
    let found: Vec<(Topic, &str, Vec<Word>, Vec<Place>)> = texts
        .iter()
        .map(|(topic, content)| {
            let said = words(content);
            let places = places(*topic, &said, sought);
            for place in &places {
                let class = &mut best[place.clause];
                *class = Some(class.map_or(place.class, |known| known.min(place.class)));
            }
            (*topic, content.as_str(), said, places)
        })
        .collect();
    let worth_showing =
        |place: &&Place| place.class <= Class::Beginning || best[place.clause].is_some_and(|best| place.class == best);
    let mut shown: Vec<Highlight> = found
        .iter()
        .filter_map(|(topic, content, said, places)| {
            let ranges = byte_ranges(said, places.iter().filter(worth_showing));
            (!ranges.is_empty()).then(|| fragment(*topic, content, &ranges))
        })
        .collect();
    shown.sort_by_key(|highlight| highlight.topic);
    shown.truncate(MAX_HIGHLIGHTS);
    shown
}

fn places(topic: Topic, said: &[Word], sought: &[Sought<'_>]) -> Vec<Place> {
    let mut places = Vec::new();
    let here = sought.iter().enumerate().filter(|(_, sought)| sought.only.is_none_or(|only| only == topic));
    for (clause, sought) in here {
        for alternative in sought.clause {
            let class = alternative.class;
            let length = if let Form::Phrase { words, .. } = &alternative.form { words.len() } else { 1 };
            for (from, here) in said.windows(length).enumerate() {
                if stands(&alternative.form, here) {
                    places.push(Place { clause, class, from, to: from + length });
                }
            }
        }
    }
    places
}

fn stands(form: &Form, here: &[Word]) -> bool {
    let word = here[0].text.as_str();
    match form {
        Form::Word(wanted) => word == wanted,
        Form::Beginning(wanted) => word.starts_with(wanted.as_str()),
        // Bytes first: a letter has at most four.
        Form::Errors { word: wanted, errors } => {
            let most = usize::from(*errors);
            wanted.len().abs_diff(word.len()) <= 4 * most && distance(wanted, word, most, false)
        }
        Form::BeginningWithError(wanted) => distance(wanted, word, 1, true),
        Form::Phrase { words, open } => words.iter().zip(here).enumerate().all(|(n, (wanted, word))| {
            if *open && n + 1 == words.len() { word.text.starts_with(wanted.as_str()) } else { word.text == *wanted }
        }),
    }
}

/// Whether two words are within so many typing errors: a letter too many, too few, another, or two exchanged. With
/// `beginning`, whether the word wanted is that near to a beginning of the other.
fn distance(wanted: &str, word: &str, most: usize, beginning: bool) -> bool {
    // An error makes one letter of the wanted word be missing, at most.
    if (kinds_of_letters(wanted) & !kinds_of_letters(word)).count_ones() as usize > most {
        return false;
    }
    let (mut a, mut b) = (['\0'; MAX_WORD], ['\0'; MAX_WORD]);
    let (a, b) = (letters(wanted, &mut a), letters(word, &mut b));
    if a.len() > b.len() + most || (!beginning && b.len() > a.len() + most) {
        return false;
    }
    // Rows of the table of distances between beginnings: one for each letter of `a`, a place for each of `b`.
    let (mut before_last, mut last, mut row) = ([0_u8; MAX_WORD + 1], [0; MAX_WORD + 1], [0; MAX_WORD + 1]);
    last.iter_mut().zip(0..).for_each(|(errors, j)| *errors = j);
    for i in 1..=a.len() {
        row[0] = last[0] + 1;
        let mut least = row[0];
        for j in 1..=b.len() {
            let other = u8::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + other);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
            least = least.min(row[j]);
        }
        // Two letters exchanged can mend one error of the row before, no more.
        if usize::from(least) > most + 1 {
            return false;
        }
        (before_last, last, row) = (last, row, before_last);
    }
    let nearest = if beginning { last[..=b.len()].iter().min().copied() } else { Some(last[b.len()]) };
    nearest.is_some_and(|errors| usize::from(errors) <= most)
}

/// Which letters a word has, as a set in which some letters are taken for each other.
fn kinds_of_letters(word: &str) -> u64 {
    word.chars().fold(0, |kinds, letter| kinds | 1 << (u32::from(letter) % 64))
}

fn letters<'a>(word: &str, into: &'a mut [char; MAX_WORD]) -> &'a [char] {
    let mut length = 0;
    for (place, c) in into.iter_mut().zip(word.chars()) {
        *place = c;
        length += 1;
    }
    &into[..length]
}

/// The bytes of these places, overlapping and touching ones made one.
fn byte_ranges<'a>(said: &[Word], places: impl Iterator<Item = &'a Place>) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = places.map(|place| (said[place.from].from, said[place.to - 1].to)).collect();
    ranges.sort_unstable();
    let mut apart: Vec<(usize, usize)> = Vec::new();
    for (from, to) in ranges {
        match apart.last_mut() {
            Some((_, end)) if from <= *end => *end = (*end).max(to),
            _ => apart.push((from, to)),
        }
    }
    apart
}

/// The part of a text around its first matches.
fn fragment(topic: Topic, content: &str, ranges: &[(usize, usize)]) -> Highlight {
    let (first, first_end) = ranges[0];
    let whole = content.chars().count() <= FRAGMENT;
    let (mut from, mut to) = (0, content.len());
    if !whole {
        let lead = content[..first].char_indices().rev().take(FRAGMENT / 4).last().map_or(first, |(at, _)| at);
        from = if lead == 0 { 0 } else { next_word(content, lead).min(first) };
        to = content[from..].char_indices().nth(FRAGMENT).map_or(content.len(), |(at, _)| from + at);
        if to < content.len() {
            let blank = content[from..to].char_indices().rev().find(|(_, c)| c.is_whitespace());
            to = blank.map_or(to, |(at, _)| from + at).max(first_end);
        }
    }
    let inside = ranges.iter().filter(|(start, end)| *start >= from && *end <= to);
    Highlight {
        topic,
        fragment: content[from..to].to_owned(),
        ranges: inside.map(|(start, end)| (start - from, end - from)).collect(),
        cut_before: from > 0,
        cut_after: to < content.len(),
    }
}

/// Where the next word begins; the place itself in a script without blanks.
fn next_word(content: &str, at: usize) -> usize {
    let near = content[at..].char_indices().take(FRAGMENT / 8);
    near.skip_while(|(_, c)| !c.is_whitespace()).find(|(_, c)| !c.is_whitespace()).map_or(at, |(next, _)| at + next)
}
