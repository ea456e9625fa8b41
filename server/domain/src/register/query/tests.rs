//! What the query language understands, and that nothing it is given is lost or breaks it.

use super::{Item, MAX_TERMS, Query, Topic};
use proptest::prelude::*;

/// The query in a form that shows its structure.
fn read(text: &str) -> String {
    fn shown(item: &Item) -> String {
        let list = |items: &[Item]| items.iter().map(shown).collect::<Vec<_>>().join(" ");
        let of = |term: &super::Term| {
            let words = term.words.join(if term.spaced { " " } else { "" });
            let (mark, open) = (if term.quoted { "\"" } else { "" }, if term.open { "…" } else { "" });
            format!("{mark}{words}{open}{mark}")
        };
        match item {
            Item::Text(term) => of(term),
            Item::In(topic, term) => format!("{}={}", topic.id(), of(term)),
            Item::Is(topic, value) => format!("{}!{value}", topic.id()),
            Item::Has(topic) => format!("has!{}", topic.id()),
            Item::Within(topic, bounds, _) => {
                let (from, to) = bounds.ends(topic.about().scale.expect("a scale"));
                format!("{}[{from}..{to}]", topic.id())
            }
            Item::Not(item) => format!("not({})", shown(item)),
            Item::Any(items) => format!("any({})", list(items)),
            Item::All(items) => format!("all({})", list(items)),
        }
    }
    Query::parse(text).items.iter().map(shown).collect::<Vec<_>>().join(" ")
}

fn notes(text: &str) -> Vec<(String, String)> {
    let of = |note: &crate::problem::Problem| (note.code.clone(), note.with.get("from").cloned().unwrap_or_default());
    Query::parse(text).notes.iter().map(of).collect()
}

#[test]
fn words_phrases_beginnings_and_negations() {
    for (text, expected) in [
        ("copilot", "copilot…"),
        ("microsoft copilot", "microsoft copilot…"),
        ("\"customer mail\" drafts", "\"customer mail\" drafts…"),
        ("“Customer  Mail”", "\"customer mail\""),
        ("\"customer mai", "\"customer mai…\""),
        ("cop* sales", "cop… sales…"),
        ("\"customer mai*\" x", "\"customer mai…\" x…"),
        ("gpt-4o -beta", "gpt 4o not(beta)"),
        ("-\"in beta\" x", "not(\"in beta\") x…"),
        ("- x", "x…"),
        ("--x", "not(x)"),
        ("e-mail", "e mail…"),
        ("會議摘要", "會議摘要…"),
        ("「會議摘要」 ｶﾀｶﾅ", "\"會議摘要\" カタカナ…"),
        ("", ""),
        ("?! - ( ) \"\" OR |", ""),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn fields_values_and_ranges() {
    for (text, expected) in [
        ("name:copilot", "name=copilot…"),
        ("supplier:\"Zoom Video\" x", "vendor=\"zoom video\" x…"),
        ("kind:agent", "kind!agent"),
        ("kind:unknown trains:by_plan x", "kind!unknown trains_on_customer_data!by_plan x…"),
        ("has:use_case unit:hr review:2026", "has!uses unit=hr next_review[2026-01-01..2026-12-31]"),
        ("KIND:Embedded-Feature x", "kind!embedded_feature x…"),
        ("default:\"opt in\"", "default_state!opt_in"),
        ("-trains:no", "not(trains_on_customer_data!no)"),
        ("has:model", "has!model"),
        ("-has:model", "not(has!model)"),
        ("changed:[2026-01..2026-03]", "changed[2026-01-01..2026-03-31]"),
        ("changed:[2026-02-28..]", "changed[2026-02-28..]"),
        ("updated:2024-02", "changed[2024-02-01..2024-02-29]"),
        ("changed:[..2025", "changed[..2025-12-31]"),
        ("changed:>2025", "changed[2026-01-01..]"),
        ("changed:<=2025-06", "changed[..2025-06-30]"),
        ("use_count:[2..5] use-count:>=7.5", "use_count[2..5] use_count[7.5..]"),
        ("use_count>=7.5 -changed<2026", "use_count[7.5..] not(changed[..2025-12-31])"),
        ("name:", ""),
        ("residency:eu", "residency=eu…"),
        ("https://example.org/x", "https example org x…"),
    ] {
        assert_eq!(read(text), expected, "{text}");
        assert_eq!(notes(text), [], "{text}");
    }
}

#[test]
fn alternatives_and_brackets() {
    for (text, expected) in [
        ("copilot OR gemini", "any(copilot gemini…)"),
        ("sales copilot OR gemini OR claude beta", "sales any(copilot gemini claude) beta…"),
        ("sales | crm", "any(sales crm…)"),
        ("(a b) OR c", "any(all(a b) c…)"),
        ("a OR (b OR c)", "any(a b c…)"),
        ("((a b) c)", "a b c…"),
        ("-(a OR b) c", "not(any(a b)) c…"),
        ("-(-a) b", "a b…"),
        ("-(a b)", "not(all(a b))"),
        ("(kind:agent OR kind:model) -tier:high", "any(kind!agent kind!model) not(tier!high)"),
        ("a OR", "a…"),
        ("OR a", "a…"),
        ("Teams(GCC)", "teams gcc…"),
        ("(a OR \"b c", "any(a \"b c…\")"),
        ("or and not", "or and not…"),
    ] {
        assert_eq!(read(text), expected, "{text}");
        assert_eq!(notes(text), [], "{text}");
    }
}

#[test]
fn what_is_not_understood_is_looked_for_as_text_and_said() {
    let note = |told: &str, from: &str| (told.to_owned(), from.to_owned());
    for (text, expected, said) in [
        ("colour:red", "colour red…", note("unknown-field", "1")),
        ("x tier:purple", "x purple…", note("unknown-value", "8")),
        ("kind:\"odd one\" x", "\"odd one\" x…", note("unknown-value", "6")),
        ("changed:[soon..later]", "soon later…", note("not-a-range", "9")),
        ("changed:[2026..2025]", "2026 2025…", note("not-a-range", "9")),
        ("changed:2026-13", "2026 13…", note("not-a-range", "9")),
        ("name:[a..b]", "a b…", note("no-range-of-field", "6")),
        ("has:wings", "wings…", note("unknown-field", "5")),
        ("name: x", "x…", note("field-without-value", "1")),
        ("a) b", "a b…", note("bracket-not-opened", "2")),
        ("b changed>soon", "b changed soon…", note("not-a-range", "3")),
    ] {
        assert_eq!(read(text), expected, "{text}");
        assert_eq!(notes(text), [said], "{text}");
    }
    // The rest of the query counts as it would alone.
    assert_eq!(read("colour:red kind:agent"), "colour red kind!agent");
}

#[test]
fn any_amount_of_text_is_read_within_bounds() {
    let pasted = "Summarises the minutes of meetings. ".repeat(300);
    let query = Query::parse(&pasted);
    assert_eq!(query.items.len(), MAX_TERMS);
    assert_eq!(
        notes(&pasted).into_iter().map(|(code, _)| code).collect::<Vec<_>>(),
        ["query-cut", "query-terms-left-out"]
    );
    for operators in ["-", "(", ")", "\"", "OR ", "| ", "*", ":", "[", "-(", "name:(", "\"-", "( OR "] {
        let query = Query::parse(&operators.repeat(10_000));
        assert!(query.items.len() <= 1, "{operators}: {query}");
    }
    assert_eq!(read(&format!("{}a b{} c", "(".repeat(400), ")".repeat(400))), "a b c…");
}

#[test]
fn every_topic_is_known_by_all_its_names() {
    let mut names = std::collections::BTreeSet::new();
    for topic in Topic::all() {
        assert_eq!(Topic::of(topic.id()), Some(topic));
        let about = topic.about();
        assert!(about.text || about.facet || about.scale.is_some(), "{topic:?} cannot be asked about");
        for name in about.aliases.iter().copied().chain([topic.id()]) {
            assert!(names.insert(name), "{name} is two topics");
            assert_eq!(Topic::called(name), Some(topic), "{name}");
        }
    }
    assert!(!names.contains("has"));
}

fn piece() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,6}",
        1 => "[A-Z][a-z]{2,4}-[0-9]{1,2}",
        3 => prop::sample::select(vec![
            "(", ")", "-", "\"", "OR", "|", "*", "[", "]", "..", ":", "name:", "kind:agent", "kind:", "changed:[2026-01..",
            "use_count:5", "has:", "colour:", "「", "生成AI", "-(", "tier:\"high\"", "since:>2025", "½", "か\u{309A}", "--",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    (piece, any::<bool>()).prop_map(|(piece, blank)| if blank { piece + " " } else { piece })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_query_written_down_is_the_same_query(pieces in prop::collection::vec(piece(), 0..40)) {
        let query = Query::parse(&pieces.concat());
        let written = query.to_string();
        let again = Query::parse(&written);
        prop_assert_eq!(&again, &query, "{}", written);
        prop_assert_eq!(again.to_string(), written);
    }

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        let query = Query::parse(&text);
        prop_assert_eq!(&Query::parse(&query.to_string()), &query);
    }
}
