//! What may stand in an entry for each term of a query: the word itself, a longer word, another word for it, the word
//! with typing errors. The engines build their queries from it, and highlighting finds the places by it.

use super::synonyms::Synonyms;
use domain::register::query::Bounds;
use domain::register::{Item, Query, Term, Topic};

/// Letters from which a word may have one typing error.
pub(super) const ONE_ERROR_FROM: u8 = 4;
/// Letters from which a word may have two.
pub(super) const TWO_ERRORS_FROM: u8 = 8;
/// Letters from which a word still being typed may have one: shorter beginnings are like too many words.
const ERROR_IN_BEGINNING_FROM: usize = 5;
/// Terms up to which neighbours are also tried written together ("chat gpt").
const JOINED_UP_TO: usize = 8;

/// How something was matched, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// As typed.
    Exact,
    /// The beginning of a longer word.
    Beginning,
    /// Another word for it.
    Synonym,
    /// With typing errors.
    Errors,
    /// The beginning of a longer word, with a typing error.
    BeginningWithError,
}

/// What has to stand in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// This word.
    Word(String),
    /// A word that begins so.
    Beginning(String),
    /// A word within so many typing errors of this.
    Errors { word: String, errors: u8 },
    /// A word that begins within one typing error of this.
    BeginningWithError(String),
    /// These words in this order; the last may be the beginning of a longer one.
    Phrase { words: Vec<String>, open: bool },
}

/// One way in which a term can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alternative {
    pub(super) class: Class,
    pub(super) form: Form,
}

/// All ways in which one term can be found.
pub(super) type Clause = Vec<Alternative>;

/// One thing that must hold of an entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Need {
    /// One of these ways is found, in any text or only in those of one topic.
    Said { clause: Clause, only: Option<Topic> },
    /// The topic has this value.
    Is(Topic, String),
    /// Something is known of it.
    Has(Topic),
    /// The day or number lies in this range.
    Within(Topic, Bounds),
    /// It does not hold.
    Not(Box<Need>),
    /// One of them holds.
    Any(Vec<Need>),
    /// All of them hold.
    All(Vec<Need>),
}

/// A clause that is shown where it is found.
pub(super) struct Sought<'a> {
    pub(super) clause: &'a Clause,
    pub(super) only: Option<Topic>,
}

/// What a query needs: all of it must hold. The terms that are looked for in any text come first, in their order.
pub(super) fn needs(query: &Query, synonyms: &Synonyms) -> Vec<Need> {
    all(&query.items, synonyms)
}

/// The clauses that make an entry be found, to be shown where they stand.
pub(super) fn sought(needs: &[Need]) -> Vec<Sought<'_>> {
    needs
        .iter()
        .flat_map(|need| match need {
            Need::Said { clause, only } => vec![Sought { clause, only: *only }],
            Need::Any(needs) | Need::All(needs) => sought(needs),
            Need::Is(..) | Need::Has(_) | Need::Within(..) | Need::Not(_) => Vec::new(),
        })
        .collect()
}

/// The words of a query that asks for a name as a whole: nothing in quotes, nothing with conditions.
pub(super) fn whole(query: &Query) -> Option<String> {
    let mut words = Vec::new();
    for item in &query.items {
        match item {
            Item::Text(term) if !term.quoted => words.extend(term.words.iter().map(String::as_str)),
            Item::Is(..) | Item::Has(_) | Item::Within(..) => {}
            Item::Text(_) | Item::In(..) | Item::Not(_) | Item::Any(_) | Item::All(_) => return None,
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

fn all(items: &[Item], synonyms: &Synonyms) -> Vec<Need> {
    let terms: Vec<&Term> =
        items.iter().filter_map(|item| if let Item::Text(term) = item { Some(term) } else { None }).collect();
    let mut clauses: Vec<Clause> = terms.iter().map(|term| alone(term)).collect();
    together(&terms, &mut clauses);
    otherwise(&terms, synonyms, &mut clauses);
    let mut needs: Vec<Need> = clauses.into_iter().map(|clause| Need::Said { clause, only: None }).collect();
    needs.extend(items.iter().filter_map(|item| match item {
        Item::Text(_) => None,
        Item::In(topic, term) => Some(Need::Said { clause: exactly(term), only: Some(*topic) }),
        Item::Is(topic, value) => Some(Need::Is(*topic, (*value).to_owned())),
        Item::Has(topic) => Some(Need::Has(*topic)),
        Item::Within(topic, bounds, _) => Some(Need::Within(*topic, *bounds)),
        Item::Not(item) => Some(Need::Not(Box::new(without_guessing(item)))),
        Item::Any(items) => Some(Need::Any(items.iter().map(|item| one(item, synonyms)).collect())),
        Item::All(items) => Some(Need::All(all(items, synonyms))),
    }));
    needs
}

fn one(item: &Item, synonyms: &Synonyms) -> Need {
    let mut needs = all(std::slice::from_ref(item), synonyms);
    if needs.len() == 1 { needs.remove(0) } else { Need::All(needs) }
}

/// What must not be there is only what was typed: no typing errors, no other words for it.
fn without_guessing(item: &Item) -> Need {
    match item {
        Item::Text(term) => Need::Said { clause: exactly(term), only: None },
        Item::In(topic, term) => Need::Said { clause: exactly(term), only: Some(*topic) },
        Item::Is(topic, value) => Need::Is(*topic, (*value).to_owned()),
        Item::Has(topic) => Need::Has(*topic),
        Item::Within(topic, bounds, _) => Need::Within(*topic, *bounds),
        Item::Not(item) => Need::Not(Box::new(without_guessing(item))),
        Item::Any(items) => Need::Any(items.iter().map(without_guessing).collect()),
        Item::All(items) => Need::All(items.iter().map(without_guessing).collect()),
    }
}

/// As typed, or the beginning of a longer word where that was asked for.
fn exactly(term: &Term) -> Clause {
    let mut clause = alone(term);
    clause.retain(|way| way.class <= Class::Beginning);
    clause
}

/// The ways that a term has by itself.
fn alone(term: &Term) -> Clause {
    let mut clause = Vec::new();
    let mut add = |class, form| clause.push(Alternative { class, form });
    match &term.words[..] {
        [word] if !term.spaced => add(Class::Exact, Form::Word(word.clone())),
        [word] => {
            add(Class::Exact, Form::Word(word.clone()));
            if term.open {
                add(Class::Beginning, Form::Beginning(word.clone()));
            }
            if term.quoted {
                return clause;
            }
            let parts = letters_and_digits(word);
            if parts.len() > 1 {
                add(Class::Exact, Form::Phrase { words: parts, open: term.open });
            }
            let errors = errors_allowed(word);
            if errors > 0 {
                add(Class::Errors, Form::Errors { word: word.clone(), errors });
                if term.open && word.chars().count() >= ERROR_IN_BEGINNING_FROM {
                    add(Class::BeginningWithError, Form::BeginningWithError(word.clone()));
                }
            }
        }
        words => {
            // The last character of a run of Han has no longer form.
            let open = term.open && term.spaced;
            add(Class::Exact, Form::Phrase { words: words.to_vec(), open });
            if term.spaced && !term.quoted {
                joined(words.concat(), term.open, &mut clause);
            }
        }
    }
    clause
}

/// How many typing errors a word may have. Numbers are names: a `365` typed wrong is another number.
fn errors_allowed(word: &str) -> u8 {
    if word.chars().any(char::is_numeric) {
        return 0;
    }
    let letters = word.chars().count();
    u8::from(letters >= usize::from(ONE_ERROR_FROM)) + u8::from(letters >= usize::from(TWO_ERRORS_FROM))
}

fn letters_and_digits(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut was_digit = None;
    for c in word.chars() {
        let digit = c.is_numeric();
        match parts.last_mut() {
            Some(part) if was_digit == Some(digit) => part.push(c),
            _ => parts.push(c.to_string()),
        }
        was_digit = Some(digit);
    }
    parts
}

fn joined(word: String, open: bool, clause: &mut Clause) {
    if open {
        clause.push(Alternative { class: Class::Beginning, form: Form::Beginning(word.clone()) });
    }
    clause.push(Alternative { class: Class::Exact, form: Form::Word(word) });
}

/// Neighbours may be one word in the text: "chat gpt" finds "ChatGPT".
fn together(terms: &[&Term], clauses: &mut [Clause]) {
    if terms.len() > JOINED_UP_TO {
        return;
    }
    for (n, pair) in terms.windows(2).enumerate() {
        let [first, second] = pair else { continue };
        let single = |term: &Term| term.spaced && !term.quoted && term.words.len() == 1;
        if single(first) && single(second) {
            let word = format!("{}{}", first.words[0], second.words[0]);
            joined(word.clone(), second.open, &mut clauses[n]);
            joined(word, second.open, &mut clauses[n + 1]);
        }
    }
}

/// Whole terms that are called something else as well.
fn otherwise(terms: &[&Term], synonyms: &Synonyms, clauses: &mut [Clause]) {
    for from in 0..terms.len() {
        let mut phrase: Vec<String> = Vec::new();
        for to in from..terms.len() {
            if terms[to].quoted {
                break;
            }
            phrase.extend(terms[to].words.iter().cloned());
            if phrase.len() > synonyms.longest() {
                break;
            }
            for other in synonyms.of(&phrase) {
                let form = match &other[..] {
                    [word] => Form::Word(word.clone()),
                    words => Form::Phrase { words: words.to_vec(), open: false },
                };
                for clause in &mut clauses[from..=to] {
                    clause.push(Alternative { class: Class::Synonym, form: form.clone() });
                }
            }
        }
    }
}
