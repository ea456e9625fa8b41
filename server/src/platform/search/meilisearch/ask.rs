//! A request as the server takes it: words and phrases in `q`, everything else in a filter that begins with the tenant.

use super::super::matching::{Class, Clause, Form, Need, needs, sought};
use super::super::{Request, Synonyms};
use super::document::{attribute, said_in, value_of};
use domain::ids::OrganisationId;
use domain::register::{Bounds, Item, Sort, Term, Topic};
use uuid::Uuid;

/// Words of `q` that the server reads; what is beyond becomes a condition.
const MAX_WORDS: usize = 10;

/// What is sent, and what is shown of what comes back.
pub(super) struct Question {
    pub(super) q: String,
    /// Conditions that hold for every count: the tenant's first.
    pub(super) base: String,
    /// Facet by facet, what was chosen.
    pub(super) chosen: Vec<(Topic, String)>,
    pub(super) sort: Vec<String>,
    pub(super) needs: Vec<Need>,
}

impl Question {
    pub(super) fn new(scope: OrganisationId, request: &Request, synonyms: &Synonyms) -> Self {
        let needs = needs(&request.query, synonyms);
        let terms: Vec<&Term> = request
            .query
            .items
            .iter()
            .filter_map(|item| if let Item::Text(term) = item { Some(term) } else { None })
            .collect();
        let (q, left) = words_of(&terms);
        let mut base = vec![format!("{} = {}", attribute::ORGANISATION, quoted(&scope.to_string()))];
        // The first needs are those of the terms, in their order.
        base.extend(left.into_iter().map(|n| condition(&needs[n])));
        base.extend(needs[terms.len()..].iter().map(condition));
        base.extend(request.ranges.iter().map(|(topic, bounds)| within(*topic, bounds)));
        let chosen = request.filters.iter().filter(|(_, values)| !values.is_empty()).map(|(topic, values)| {
            let values = values.iter().map(|value| quoted(value_of(value))).collect::<Vec<_>>().join(", ");
            (*topic, format!("{} IN [{values}]", attribute::values(*topic)))
        });
        let by_name = [format!("{}:asc", attribute::SORT_NAME), format!("{}:asc", attribute::ID)];
        let first = match request.sort {
            Sort::Relevance if !sought(&needs).is_empty() => None,
            Sort::Relevance | Sort::Name => Some(Vec::new()),
            Sort::Vendor => Some(vec![format!("{}:asc", attribute::SORT_VENDOR)]),
            Sort::Updated => Some(vec![format!("{}:desc", attribute::UPDATED)]),
            Sort::Rising(topic) => Some(vec![format!("{}:asc", attribute::number(topic))]),
            Sort::Falling(topic) => Some(vec![format!("{}:desc", attribute::number(topic))]),
        };
        let sort = first.map_or_else(Vec::new, |mut sort| {
            sort.extend(by_name);
            sort
        });
        Self { q, base: base.join(" AND "), chosen: chosen.collect(), sort, needs }
    }

    /// The filter, the choice in one facet lifted.
    pub(super) fn filter(&self, lifted: Option<Topic>) -> String {
        let chosen = self.chosen.iter().filter(|(topic, _)| Some(*topic) != lifted).map(|(_, condition)| condition);
        std::iter::once(&self.base).chain(chosen).cloned().collect::<Vec<_>>().join(" AND ")
    }
}

impl Question {
    /// The whole filter, for the things whose id comes after this one.
    pub(super) fn after(&self, after: Option<Uuid>) -> String {
        let filter = self.filter(None);
        match after {
            Some(after) => format!("{filter} AND {} > {}", attribute::ID, quoted(&after.to_string())),
            None => filter,
        }
    }
}

/// The terms as `q`, and those (by place) that need a condition: `q` has no room for them, or cannot say them in full. The
/// server takes the last word of `q` for the beginning of a longer one unless a blank follows, and no other.
fn words_of(terms: &[&Term]) -> (String, Vec<usize>) {
    let mut left = Vec::new();
    let mut parts = Vec::new();
    let mut room = MAX_WORDS;
    let last_open = terms.iter().rposition(|term| term.open && term.spaced);
    for (n, term) in terms.iter().enumerate().filter(|(n, _)| Some(*n) != last_open) {
        // A word that is still open can only be the last.
        if room < term.words.len() + 1 || (term.open && term.spaced) {
            left.push(n);
        } else {
            room -= term.words.len();
            parts.push(part(term));
        }
    }
    match last_open.map(|n| (n, terms[n])) {
        Some((n, term)) if room < term.words.len() => left.push(n),
        Some((n, term)) => {
            if let [before @ .., last] = &term.words[..] {
                if term.quoted && !before.is_empty() {
                    // The server knows no phrase whose last word is unfinished: a condition says where that word stands.
                    left.push(n);
                    parts.push(format!("\"{}\"", before.join(" ")));
                } else {
                    parts.extend(before.iter().cloned());
                }
                parts.push(last.clone());
            }
            return (parts.join(" "), left);
        }
        None => {}
    }
    let mut q = parts.join(" ");
    if !q.is_empty() {
        q.push(' ');
    }
    (q, left)
}

fn part(term: &Term) -> String {
    let words = term.words.join(" ");
    if term.quoted || (!term.spaced && term.words.len() > 1) { format!("\"{words}\"") } else { words }
}

fn condition(need: &Need) -> String {
    match need {
        Need::Said { clause, only } => said(clause, *only),
        Need::Is(topic, value) => format!("{} = {}", attribute::values(*topic), quoted(value)),
        Need::Has(topic) => format!("{} = {}", attribute::KNOWN, quoted(topic.id())),
        Need::Within(topic, bounds) => within(*topic, bounds),
        Need::Not(need) => format!("NOT ({})", condition(need)),
        Need::Any(needs) => joined(needs.iter().map(condition), "OR"),
        Need::All(needs) => joined(needs.iter().map(condition), "AND"),
    }
}

/// As typed, beginnings and other words included; typing errors are for `q`.
fn said(clause: &Clause, only: Option<Topic>) -> String {
    let attribute = if only.is_some() { attribute::SAID_IN } else { attribute::SAID };
    let value = |words: &str| quoted(&only.map_or_else(|| words.to_owned(), |topic| said_in(topic, words)));
    let is = |words: &str| format!("{attribute} = {}", value(words));
    let begins = |words: &str| format!("{attribute} STARTS WITH {}", value(words));
    let ways = clause.iter().filter(|way| way.class <= Class::Synonym).filter_map(|way| match &way.form {
        Form::Word(word) => Some(is(word)),
        Form::Beginning(word) => Some(begins(word)),
        Form::Phrase { words, open } => {
            let pairs: Vec<String> = words.windows(2).map(|pair| pair.join(" ")).collect();
            let (last, before) = pairs.split_last()?;
            let last = if *open { begins(last) } else { is(last) };
            Some(joined(before.iter().map(|pair| is(pair)).chain([last]), "AND"))
        }
        Form::Errors { .. } | Form::BeginningWithError(_) => None,
    });
    joined(ways, "OR")
}

fn joined(conditions: impl Iterator<Item = String>, by: &str) -> String {
    format!("({})", conditions.collect::<Vec<_>>().join(&format!(" {by} ")))
}

fn within(topic: Topic, bounds: &Bounds) -> String {
    let name = attribute::number(topic);
    let from = bounds.from.map(|from| format!("{name} >= {from}"));
    let to = bounds.to.map(|to| format!("{name} <= {to}"));
    let ends: Vec<String> = from.into_iter().chain(to).collect();
    if ends.is_empty() { format!("{name} EXISTS") } else { joined(ends.into_iter(), "AND") }
}

/// A value in double quotes, as the filter language reads it back unchanged.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::register::Query;
    use std::collections::{BTreeMap, BTreeSet};
    use uuid::Uuid;

    const TENANT: &str = r#"organisation = "00000000-0000-0000-0000-000000000001""#;

    fn ask(text: &str) -> (String, String) {
        let request = Request { query: Query::parse(text), ..Request::default() };
        let question = Question::new(OrganisationId(Uuid::from_u128(1)), &request, &Synonyms::default());
        let filter = question.filter(None);
        let rest = filter.strip_prefix(TENANT).expect("the tenant comes first").trim_start_matches(" AND ").to_owned();
        (question.q, rest)
    }

    #[test]
    fn words_go_into_the_query_and_conditions_into_the_filter() {
        for (text, q, filter) in [
            ("", "", ""),
            ("copilot", "copilot", ""),
            ("\"customer mail\" drafts", "\"customer mail\" drafts", ""),
            ("\"customer mail\"", "\"customer mail\" ", ""),
            ("\"customer mai", "\"customer\" mai", r#"((said STARTS WITH "customer mai"))"#),
            ("gpt-4o sales", "gpt 4o sales", ""),
            ("會議摘要", "\"會 議 摘 要\" ", ""),
            // Neighbours may stand written together.
            (
                "cop* sales*",
                "sales",
                r#"(said = "cop" OR said STARTS WITH "cop" OR said STARTS WITH "copsales" OR said = "copsales")"#,
            ),
            ("cop* kind:agent", "cop", r#"value_kind = "agent""#),
            ("-beta x", "x", r#"NOT ((said = "beta"))"#),
            ("name:copilot x", "x", r#"(said_in = "name:copilot")"#),
            ("vendor:\"zoom video inc\"", "", r#"((said_in = "vendor:zoom video" AND said_in = "vendor:video inc"))"#),
            ("(a* OR has:model)", "", r#"((said = "a" OR said STARTS WITH "a") OR known = "model")"#),
            ("changed:[1970-01-02..] x", "x", "(number_changed >= 1)"),
            ("use_count:[..5] x", "x", "(number_use_count <= 5)"),
            ("changed:[..] x", "x", "number_changed EXISTS"),
            ("-(kind:agent tier:high) x", "x", r#"NOT ((value_kind = "agent" AND value_tier = "high"))"#),
        ] {
            assert_eq!(ask(text), (q.to_owned(), filter.to_owned()), "{text}");
        }
        let (q, filter) = ask("one two three four five six seven eight nine ten eleven twelve");
        assert_eq!(q.split(' ').count(), MAX_WORDS);
        assert_eq!(filter, r#"(said = "ten") AND (said = "eleven")"#);
    }

    #[test]
    fn what_is_chosen_cannot_leave_its_quotes() {
        let hostile = r#"x" OR organisation != "\"#;
        let request = Request {
            filters: BTreeMap::from([
                (Topic::VENDOR, BTreeSet::from([hostile.to_owned()])),
                (Topic::PRODUCT, BTreeSet::from(["a".to_owned(), "b".to_owned()])),
            ]),
            ..Request::default()
        };
        let question = Question::new(OrganisationId(Uuid::from_u128(1)), &request, &Synonyms::default());
        assert_eq!(
            question.filter(None),
            format!(r#"{TENANT} AND value_vendor IN ["x\" OR organisation != \"\\"] AND value_product IN ["a", "b"]"#)
        );
        assert_eq!(question.filter(Some(Topic::VENDOR)), format!(r#"{TENANT} AND value_product IN ["a", "b"]"#));
    }
}
