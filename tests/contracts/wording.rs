//! Every text that a person reads stands in `web/locales/`: each key that is used exists, and no text stands elsewhere.

use crate::harness::sources::{Source, below, code};
use candor::platform::wording::Wording;
use domain::access::Role;
use domain::assessment::State;
use domain::register::{STANDS, Subject};
use std::collections::BTreeSet;

fn wording() -> Wording {
    Wording::load(None).expect("the wording reads, and no key stands twice")
}

/// The text between a quotation mark and the next.
fn literal(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix('"')?;
    rest.find('"').map(|end| &rest[..end])
}

/// What stands in the first literal after each mark.
fn literals_after<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    text.match_indices(mark).filter_map(|(at, _)| literal(&text[at + mark.len()..])).collect()
}

fn rust() -> Vec<Source> {
    let mut sources = below("server/src", ".rs");
    for source in &mut sources {
        source.text = source.text.lines().map(code).collect::<Vec<_>>().join("\n");
    }
    sources
}

/// Keys that a text names in pairs, for one and for several.
fn counted(key: &str) -> [String; 2] {
    [format!("{key}.one"), format!("{key}.other")]
}

#[test]
fn no_file_has_a_key_twice() {
    for file in below("web/locales", ".json") {
        let mut seen = BTreeSet::new();
        for key in file.text.lines().filter_map(literal) {
            assert!(seen.insert(key), "{}: {key}", file.path);
        }
    }
}

#[test]
fn templates_name_keys_that_exist() {
    let wording = wording();
    let mut wrong = Vec::new();
    for template in below("web/templates", ".hbs") {
        for mark in ["{{t ", "(t "] {
            for key in literals_after(&template.text, mark).into_iter().filter(|key| !wording.knows(key)) {
                wrong.push(format!("{}: {key}", template.path));
            }
        }
        for mark in ["{{tn ", "(tn "] {
            for key in literals_after(&template.text, mark).into_iter().flat_map(counted) {
                if !wording.knows(&key) {
                    wrong.push(format!("{}: {key}", template.path));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn code_names_keys_that_exist() {
    let wording = wording();
    let keys: BTreeSet<&str> = wording.keys().collect();
    let mut wrong = Vec::new();
    for source in rust() {
        for key in literals_after(&source.text, ".text(").into_iter().filter(|key| !wording.knows(key)) {
            wrong.push(format!("{}: {key}", source.path));
        }
        for key in literals_after(&source.text, ".counted(").into_iter().flat_map(counted) {
            if !wording.knows(&key) {
                wrong.push(format!("{}: {key}", source.path));
            }
        }
        // A key put together: something must begin like it.
        for mark in [".text(&format!(", ".counted(&format!("] {
            for key in literals_after(&source.text, mark) {
                let start = key.split('{').next().unwrap_or_default();
                if !keys.iter().any(|known| known.starts_with(start)) {
                    wrong.push(format!("{}: {key}", source.path));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Names that reach the wording through a variable.
#[test]
fn names_of_the_product_have_their_words() {
    let wording = wording();
    let mut needed: Vec<String> = Vec::new();
    needed.extend(State::ALL.iter().map(|state| format!("state.{}", state.name())));
    needed.extend(Role::ALL.iter().map(|role| format!("role.{}", role.name())));
    for purpose in ["invitation", "reminder", "renewal", "returned", "receipt", "handover", "signature"] {
        needed.extend(["subject", "opening"].map(|part| format!("mail.{purpose}.{part}")));
    }
    for place in ["answering", "assessments", "vendors", "register", "templates", "audit", "people", "installation"] {
        needed.push(format!("nav.{place}"));
    }
    for subject in Subject::ALL {
        needed.push(format!("search.tab.{}", subject.id()));
    }
    for subject in Subject::ALL.into_iter().filter(|subject| *subject != Subject::Entries) {
        let named = ["title", "about", "hint", "empty", "range_typed", "found.one", "found.other"];
        needed.extend(named.map(|name| format!("search.{}.{name}", subject.id())));
        let topics = subject.topics().filter(|topic| !topic.about().is_hidden);
        needed.extend(topics.map(|topic| format!("search.field.{}", topic.id())));
    }
    needed.extend(STANDS.iter().map(|stand| format!("search.stand.{stand}")));
    let failures = source("server/src/web/failure.rs");
    let (_, failures) = failures.split_once("\nfn code(").expect("where failures get their names");
    for failure in literals_after(failures.split("\n}").next().unwrap_or_default(), "=> ") {
        needed.extend(["title", "detail"].map(|part| format!("failure.{failure}.{part}")));
    }
    let missing: Vec<&String> = needed.iter().filter(|key| !wording.knows(key)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

fn source(path: &str) -> String {
    let file = crate::harness::root().join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Where shipped files are read that nobody uploads: their problems are told to whoever runs the tests.
const TOLD_TO_NOBODY: [&str; 2] = ["server/src/platform/search/synonyms.rs", "server/domain/src/register/products.rs"];

/// The arguments of a call, from behind its opening parenthesis.
fn arguments(text: &str) -> Vec<String> {
    let (mut depth, mut in_text, mut escaped) = (0, false, false);
    let mut found = vec![String::new()];
    for c in text.chars() {
        let now_escaped = in_text && c == '\\' && !escaped;
        match c {
            '"' if !escaped => in_text = !in_text,
            '(' | '[' | '{' if !in_text => depth += 1,
            ')' | ']' | '}' if !in_text => depth -= 1,
            ',' if !in_text && depth == 0 => {
                found.push(String::new());
                continue;
            }
            _ => {}
        }
        if depth < 0 {
            break;
        }
        found.last_mut().expect("one at least").push(c);
        escaped = now_escaped;
    }
    found.into_iter().map(|argument| argument.trim().to_owned()).filter(|argument| !argument.is_empty()).collect()
}

/// The problem codes in a source: the second argument of `Problem::new`, and what is given to a local closure that takes
/// a `code`.
fn codes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, mark) in text.match_indices("Problem::new(") {
        let given = arguments(&text[at + mark.len()..]);
        found.extend(given.get(1).and_then(|code| literal(code)).map(str::to_owned));
    }
    for (at, _) in text.match_indices("code: &str") {
        let before = &text[..at];
        let Some(start) = before.rfind("let ") else { continue };
        let name = before[start + 4..].trim_start_matches("mut ").split([' ', ':', '=']).next().unwrap_or_default();
        if !before[start..].contains('|') || name.is_empty() {
            continue;
        }
        for (at, mark) in text.match_indices(&format!("{name}(")) {
            let whole = text[..at].chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == '.'));
            if whole {
                let given = arguments(&text[at + mark.len()..]);
                found.extend(given.last().and_then(|code| literal(code)).map(str::to_owned));
            }
        }
    }
    found
}

#[test]
fn every_problem_has_its_words() {
    let wording = wording();
    let mut codes_used = BTreeSet::new();
    for source in below("server", ".rs") {
        if TOLD_TO_NOBODY.contains(&source.path.as_str()) {
            continue;
        }
        let tested = source.text.find("#[cfg(test)]").unwrap_or(source.text.len());
        codes_used.extend(codes(&source.text[..tested]));
    }
    codes_used.extend(refusals());
    assert!(codes_used.contains("required") && codes_used.contains("duplicate-option"), "{codes_used:?}");
    let missing: Vec<&String> = codes_used.iter().filter(|code| !wording.knows(&format!("problem.{code}"))).collect();
    assert!(missing.is_empty(), "problems without words: {missing:#?}");
}

/// The codes of refused workbooks: the variants of `Refusal`, with hyphens.
fn refusals() -> Vec<String> {
    let text = source("server/src/platform/workbook/reading/refusal.rs");
    let (_, variants) = text.split_once("pub enum Refusal {").expect("the refusals");
    let (variants, _) = variants.split_once("\n}").expect("their end");
    let named = variants.lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?;
        name.starts_with(|c: char| c.is_ascii_uppercase()).then(|| name.trim_end_matches([' ', '{', ',']))
    });
    let hyphened = |name: &str| {
        let mut code = String::new();
        for (n, c) in name.char_indices() {
            if c.is_ascii_uppercase() && n > 0 {
                code.push('-');
            }
            code.push(c.to_ascii_lowercase());
        }
        code
    };
    named.map(hyphened).collect()
}

#[test]
fn words_use_the_values_that_they_are_given() {
    // A misspelt {name} would be shown as it stands.
    let wording = wording();
    for key in wording.keys() {
        let text = wording.text("en", key, &[]);
        assert!(!text.trim().is_empty(), "{key} is empty");
        assert_eq!(text.matches('{').count(), text.matches('}').count(), "{key}: {text}");
    }
}

/// A template without its mustaches: what is written once whatever the values.
fn without_mustaches(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        out.push_str(&rest[..at]);
        let end = if rest[at..].starts_with("{{!--") { "--}}" } else { "}}" };
        rest = rest[at..].find(end).map_or("", |found| &rest[at + found + end.len()..]);
    }
    out + rest
}

/// Attributes whose values people read or hear.
const READ_ALOUD: [&str; 5] = ["placeholder", "title", "alt", "aria-label", "aria-description"];

/// Letters that a template writes itself. Names of keys (`<kbd>`) are the same in every language.
fn literal_texts(template: &str) -> Vec<String> {
    let text = without_mustaches(template);
    let mut found = Vec::new();
    let mut quiet = false;
    for part in text.split('<').enumerate() {
        let (n, part) = part;
        let (tag, content) = if n == 0 { ("", part) } else { part.split_once('>').unwrap_or((part, "")) };
        let name = tag.split([' ', '\n', '/']).next().unwrap_or_default();
        if matches!(name, "kbd" | "code") {
            quiet = true;
        }
        for attribute in READ_ALOUD {
            for value in literals_after(tag, &format!(" {attribute}=")) {
                if value.chars().any(char::is_alphabetic) {
                    found.push(format!("{attribute}: {value}"));
                }
            }
        }
        if !quiet && decoded(content).chars().any(char::is_alphabetic) {
            found.push(content.trim().to_owned());
        }
        if tag.starts_with("/kbd") || tag.starts_with("/code") {
            quiet = false;
            if decoded(content).chars().any(char::is_alphabetic) {
                found.push(content.trim().to_owned());
            }
        }
    }
    found
}

/// Content without entities such as `&nbsp;`.
fn decoded(content: &str) -> String {
    let mut out = String::new();
    let mut rest = content;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = rest[at..].find(';').map_or("", |end| &rest[at + end + 1..]);
    }
    out + rest
}

#[test]
fn no_text_stands_in_a_template() {
    let mut wrong = Vec::new();
    for template in below("web/templates", ".hbs") {
        for text in literal_texts(&template.text) {
            wrong.push(format!("{}: {text}", template.path));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(literal_texts("<p class=\"a\">{{t \"a.b\"}} of <b>{{n}}</b></p>"), ["of"]);
    assert_eq!(literal_texts("<a title=\"More\" href=\"/x\">&nbsp;{{x}} · 3</a>"), ["title: More"]);
}

#[test]
fn no_sentence_stands_in_a_feature() {
    let mut wrong = Vec::new();
    for source in rust().iter().filter(|source| source.path.starts_with("server/src/features/")) {
        // Samples stand for what people typed; the API's description is for programmers.
        if source.path.ends_with("views.rs") || source.path.contains("sample") {
            continue;
        }
        let tested = source.text.find("#[cfg(test)]").unwrap_or(source.text.len());
        for line in source.text[..tested].lines() {
            let line = line.trim();
            if ["description", "summary", "tracing::", "expect(", "#["].iter().any(|mark| line.contains(mark)) {
                continue;
            }
            for text in line.split('"').skip(1).step_by(2) {
                let words =
                    text.split(' ').filter(|word| word.len() > 2 && word.chars().all(char::is_alphabetic)).count();
                if words >= 3 {
                    wrong.push(format!("{}: {text}", source.path));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
