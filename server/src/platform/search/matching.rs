//! What may stand in an entry for each term of a query: the word itself, a longer word, another word for it, the word
//! with typing errors. The engines build their queries from it, and highlighting finds the places by it.

use super::synonyms::Synonyms;
use domain::register::Query;
use domain::register::query::Term;

/// Letters from which a word may have one typing error.
const ONE_ERROR_FROM: usize = 4;
/// Letters from which a word may have two.
const TWO_ERRORS_FROM: usize = 8;
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

/// All ways in which one term can be found. An entry must have one for every clause.
pub(super) type Clause = Vec<Alternative>;

/// The clauses of a query, one per term.
pub(super) fn clauses(query: &Query, synonyms: &Synonyms) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = query.terms.iter().map(alone).collect();
    together(query, &mut clauses);
    otherwise(query, synonyms, &mut clauses);
    clauses
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
    match word.chars().count() {
        TWO_ERRORS_FROM.. => 2,
        ONE_ERROR_FROM.. => 1,
        _ => 0,
    }
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
fn together(query: &Query, clauses: &mut [Clause]) {
    if query.terms.len() > JOINED_UP_TO {
        return;
    }
    for (n, pair) in query.terms.windows(2).enumerate() {
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
fn otherwise(query: &Query, synonyms: &Synonyms, clauses: &mut [Clause]) {
    for from in 0..query.terms.len() {
        let mut phrase: Vec<String> = Vec::new();
        for to in from..query.terms.len() {
            if query.terms[to].quoted {
                break;
            }
            phrase.extend(query.terms[to].words.iter().cloned());
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
