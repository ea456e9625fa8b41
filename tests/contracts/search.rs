//! What a search engine owes the register, whichever engine it is. Each function takes `&dyn SearchIndex`; the macro at
//! the end runs all of them on every engine there is.

use candor::platform::search::{
    Change, Embedded, Entry, FRAGMENT, Hit, Opened, Page, Request, SearchError, SearchIndex, Synonyms, Text,
};
use domain::ids::{ComponentId, OrganisationId};
use domain::register::{Facet, Query, Sort};
use futures::stream;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const BUYER: OrganisationId = OrganisationId(Uuid::from_u128(1));
const OTHER: OrganisationId = OrganisationId(Uuid::from_u128(2));

fn component(n: u128) -> ComponentId {
    ComponentId(Uuid::from_u128(n))
}

fn entry(n: u128, texts: &[(Text, &str)], facets: &[(Facet, &str)]) -> Entry {
    let mut by_facet: BTreeMap<Facet, BTreeSet<String>> = BTreeMap::new();
    for (facet, value) in facets {
        by_facet.entry(*facet).or_default().insert((*value).to_owned());
    }
    Entry {
        organisation: BUYER,
        component: component(n),
        texts: texts.iter().map(|(text, content)| (*text, (*content).to_owned())).collect(),
        facets: by_facet,
        updated_at: n as i64,
    }
}

fn named(n: u128, name: &str) -> Entry {
    entry(n, &[(Text::Name, name)], &[])
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

fn put(index: &dyn SearchIndex, entries: impl IntoIterator<Item = Entry>) {
    let changes = entries.into_iter().map(|entry| Change::Upsert(Box::new(entry))).collect();
    run(index.apply(changes)).expect("changes are applied");
}

fn ask(text: &str) -> Request {
    Request { query: Query::parse(text).expect("a short text"), limit: 50, ..Request::default() }
}

fn find(index: &dyn SearchIndex, request: &Request) -> Page {
    run(index.search(BUYER, request)).expect("a search")
}

fn found(index: &dyn SearchIndex, text: &str) -> Vec<u128> {
    numbers(&find(index, &ask(text)))
}

fn numbers(page: &Page) -> Vec<u128> {
    page.hits.iter().map(|hit| hit.component.0.as_u128()).collect()
}

fn marked(hit: &Hit) -> Vec<(Text, String)> {
    let marked = hit.highlights.iter().flat_map(|highlight| {
        let ranges = highlight.ranges.iter().map(|(from, to)| highlight.fragment[*from..*to].to_owned());
        ranges.map(|range| (highlight.text, range)).collect::<Vec<_>>()
    });
    marked.collect()
}

fn what_is_applied_can_be_found(index: &dyn SearchIndex) {
    put(index, [named(1, "Meeting notes"), named(2, "Code review")]);
    assert_eq!(found(index, "meeting"), [1]);
    put(index, [named(1, "Call notes")]);
    assert_eq!(found(index, "meeting"), [] as [u128; 0]);
    assert_eq!(found(index, "call"), [1]);
    run(index.apply(vec![Change::Remove { organisation: BUYER, component: component(1) }])).expect("removed");
    assert_eq!(found(index, "call"), [] as [u128; 0]);
    assert_eq!(run(index.document_count(BUYER)).expect("a count"), 1);
    run(index.apply(Vec::new())).expect("nothing to do");
}

fn changes_of_one_batch_apply_in_order(index: &dyn SearchIndex) {
    let upsert = |name: &str| Change::Upsert(Box::new(named(1, name)));
    let remove = Change::Remove { organisation: BUYER, component: component(1) };
    run(index.apply(vec![upsert("First"), upsert("Second"), remove.clone(), upsert("Third")])).expect("applied");
    assert_eq!(run(index.document_count(BUYER)).expect("a count"), 1);
    assert_eq!(found(index, "third"), [1]);
    run(index.apply(vec![upsert("Fourth"), remove])).expect("applied");
    assert_eq!(run(index.document_count(BUYER)).expect("a count"), 0);
}

fn nothing_crosses_tenants(index: &dyn SearchIndex) {
    let mut foreign = named(7, "Payroll forecast");
    foreign.organisation = OTHER;
    foreign.facets.insert(Facet::Tier, BTreeSet::from(["high".to_owned()]));
    put(index, [foreign, entry(1, &[(Text::Name, "Payroll check")], &[(Facet::Tier, "limited")])]);
    for text in ["", "payroll", "pay", "forecast", "payrol"] {
        let mut request = ask(text);
        request.facets = BTreeSet::from([Facet::Tier]);
        let page = find(index, &request);
        assert!(numbers(&page).iter().all(|n| *n == 1), "{text}");
        assert!(page.facets[&Facet::Tier].iter().all(|(value, _)| value != "high"), "{text}");
    }
    // Another tenant's id in a removal reaches nothing.
    run(index.apply(vec![Change::Remove { organisation: BUYER, component: component(7) }])).expect("applied");
    assert_eq!(run(index.document_count(OTHER)).expect("a count"), 1);
    assert_eq!(run(index.document_count(BUYER)).expect("a count"), 1);
}

fn typing_errors_are_forgiven_by_length(index: &dyn SearchIndex) {
    put(index, [named(1, "Risk"), named(2, "Copilot"), named(3, "Transcription"), named(4, "HR")]);
    for right in ["rsik desk", "xyz"] {
        assert_eq!(found(index, right), [] as [u128; 0]);
    }
    for (typed, wanted) in
        [("copliot", 2), ("coilot", 2), ("copillot", 2), ("cipilot", 2), ("trnscripton", 3), ("rusk", 1)]
    {
        assert_eq!(found(index, typed), [wanted], "{typed}");
    }
    // Three letters have none, seven have one, numbers have none.
    assert_eq!(found(index, "rsk"), [] as [u128; 0]);
    assert_eq!(found(index, "cpoliot"), [] as [u128; 0]);
    put(index, [named(5, "Suite 3650")]);
    assert_eq!(found(index, "3651"), [] as [u128; 0]);
}

fn the_last_word_may_be_unfinished(index: &dyn SearchIndex) {
    put(index, [named(1, "Copilot for sales"), named(2, "Sales forecast")]);
    for typed in ["c", "co", "cop", "copil", "copilot", "sales cop", "cop sal"] {
        let expected: &[u128] = if typed == "cop sal" { &[] } else { &[1] };
        assert_eq!(found(index, typed), expected, "{typed}");
    }
    assert_eq!(found(index, "forec"), [2]);
    assert_eq!(found(index, "forcas"), [2], "an error in the part that is typed");
}

fn better_matches_come_first(index: &dyn SearchIndex) {
    put(
        index,
        [
            named(1, "Translater"),
            named(2, "Translators"),
            named(3, "The best translator"),
            named(4, "Translator"),
            entry(5, &[(Text::Name, "A"), (Text::Product, "Translator")], &[]),
            entry(6, &[(Text::Name, "B"), (Text::Limitations, "no translator for Thai")], &[]),
            entry(7, &[(Text::Name, "C"), (Text::Limitations, "translatr")], &[]),
        ],
    );
    assert_eq!(found(index, "translator"), [4, 3, 2, 5, 6, 1, 7]);
}

fn every_word_counts_in_whatever_field(index: &dyn SearchIndex) {
    put(
        index,
        [
            entry(1, &[(Text::Name, "Copilot"), (Text::Vendor, "Microsoft"), (Text::Model, "GPT-4o")], &[]),
            entry(2, &[(Text::Name, "Copilot"), (Text::Vendor, "GitHub")], &[]),
        ],
    );
    assert_eq!(found(index, "microsoft copilot"), [1]);
    assert_eq!(found(index, "copilot github"), [2]);
    assert_eq!(found(index, "gpt-4o microsft"), [1]);
    assert_eq!(found(index, "copilot oracle"), [] as [u128; 0]);
}

fn quotes_mean_exactly_this(index: &dyn SearchIndex) {
    put(
        index,
        [
            entry(1, &[(Text::Name, "A"), (Text::Purpose, "drafts replies to customer mail")], &[]),
            entry(2, &[(Text::Name, "B"), (Text::Purpose, "mail for a customer")], &[]),
            entry(3, &[(Text::Name, "C"), (Text::Uses, "about the customer"), (Text::Uses, "mail sorting")], &[]),
        ],
    );
    assert_eq!(found(index, "customer mail"), [1, 2, 3]);
    assert_eq!(found(index, "\"customer mail\""), [1], "not across two uses either");
    assert_eq!(found(index, "“Customer  Mail” drafts"), [1]);
    assert_eq!(found(index, "\"custmer mail\""), [] as [u128; 0]);
    assert_eq!(found(index, "\"customer\" \"mai\""), [] as [u128; 0]);
    assert_eq!(found(index, "\"customer mai"), [1], "quotes that are still open are being typed");
}

fn words_written_together_or_apart(index: &dyn SearchIndex) {
    put(index, [named(1, "ChatGPT Enterprise"), named(2, "Microsoft365 Copilot"), named(3, "Microsoft 365 apps")]);
    assert_eq!(found(index, "chat gpt"), [1]);
    assert_eq!(found(index, "chat-gpt"), [1]);
    assert_eq!(found(index, "microsoft 365"), [3, 2]);
    assert_eq!(found(index, "microsoft365"), [2, 3]);
}

fn han_kana_and_hangul_are_found_by_any_part(index: &dyn SearchIndex) {
    put(
        index,
        [
            entry(1, &[(Text::Name, "會議摘要助手"), (Text::Purpose, "自動產生會議紀錄")], &[]),
            named(2, "ﾃﾞｰﾀ分析ツール"),
            named(3, "회의 요약"),
            named(4, "生成AI助手"),
        ],
    );
    assert_eq!(found(index, "摘要"), [1]);
    assert_eq!(found(index, "議紀"), [1]);
    assert_eq!(found(index, "要摘"), [] as [u128; 0], "in this order only");
    assert_eq!(found(index, "データ分析"), [2], "half-width kana are kana");
    assert_eq!(found(index, "요약"), [3]);
    assert_eq!(found(index, "生成ai"), [4]);
    assert_eq!(found(index, "ai 助手"), [4]);
    let page = find(index, &ask("摘要"));
    assert_eq!(marked(&page.hits[0]), [(Text::Name, "摘要".to_owned())]);
}

fn accents_case_and_width_do_not_matter(index: &dyn SearchIndex) {
    put(index, [named(1, "Résumé-Prüfer Straße"), named(2, "Ｗｉｄｅ Łódź")]);
    for typed in ["resume", "RÉSUMÉ", "prufer", "strasse", "re\u{301}sume\u{301}"] {
        assert_eq!(found(index, typed), [1], "{typed}");
    }
    assert_eq!(found(index, "wide"), [2]);
    assert_eq!(found(index, "lodz"), [2]);
    let page = find(index, &ask("resume"));
    assert_eq!(marked(&page.hits[0]), [(Text::Name, "Résumé".to_owned())]);
}

fn synonyms_are_found_after_the_word_itself(index: &dyn SearchIndex) {
    put(
        index,
        [
            entry(1, &[(Text::Name, "A"), (Text::Model, "a large language model of its own")], &[]),
            entry(2, &[(Text::Name, "B"), (Text::Model, "an LLM")], &[]),
            entry(3, &[(Text::Name, "C"), (Text::Purpose, "large screens in any language")], &[]),
        ],
    );
    assert_eq!(found(index, "llm"), [2, 1]);
    assert_eq!(found(index, "large language model"), [1, 2]);
    assert_eq!(found(index, "\"large language model\""), [1], "quotes mean exactly this");
    let page = find(index, &ask("llm"));
    assert_eq!(marked(&page.hits[1]), [(Text::Model, "large language model".to_owned())]);
}

fn no_text_lists_everything_by_name(index: &dyn SearchIndex) {
    put(index, [named(3, "beta"), named(2, "Alpha"), named(1, "Écho"), named(5, "alpha"), named(4, "")]);
    assert_eq!(found(index, ""), [4, 2, 5, 3, 1]);
    assert_eq!(found(index, "  ?! "), [4, 2, 5, 3, 1], "punctuation alone asks for nothing");
}

fn results_are_ordered_as_asked(index: &dyn SearchIndex) {
    put(
        index,
        [
            entry(1, &[(Text::Name, "Zeta tool"), (Text::Vendor, "Acme")], &[]),
            entry(2, &[(Text::Name, "Alpha tool"), (Text::Vendor, "Zeta")], &[]),
            entry(3, &[(Text::Name, "Mid tool"), (Text::Vendor, "Acme")], &[]),
        ],
    );
    for text in ["", "tool"] {
        for (sort, expected) in [(Sort::Name, [2, 3, 1]), (Sort::Vendor, [3, 1, 2]), (Sort::Updated, [3, 2, 1])] {
            assert_eq!(numbers(&find(index, &Request { sort, ..ask(text) })), expected, "{text} {sort:?}");
        }
    }
}

fn pages_join_without_gap_or_repetition(index: &dyn SearchIndex) {
    // In several batches, so that an engine has them in several places.
    for batch in 0..5_u128 {
        put(index, (0..20).map(|n| named(1 + batch * 20 + n, ["Same", "Same name", "Other same"][n as usize % 3])));
    }
    for text in ["same", "", "sam"] {
        let whole = numbers(&find(index, &Request { limit: 100, ..ask(text) }));
        assert_eq!(whole.len(), 100, "{text}");
        let mut joined = Vec::new();
        for offset in (0..100).step_by(7) {
            let page = find(index, &Request { offset, limit: 7, ..ask(text) });
            assert_eq!(page.total, 100);
            joined.extend(numbers(&page));
        }
        assert_eq!(joined, whole, "{text}");
        let equal = whole.iter().filter(|n| (**n - 1) % 20 % 3 == 0).copied().collect::<Vec<_>>();
        assert!(equal.is_sorted(), "ties are broken by id");
    }
    assert!(find(index, &Request { offset: 100, ..ask("same") }).hits.is_empty());
    assert_eq!(find(index, &Request { limit: 0, ..ask("same") }).total, 100);
}

fn a_facet_counts_with_its_own_filter_lifted(index: &dyn SearchIndex) {
    let product =
        |n, kind, state| entry(n, &[(Text::Name, "Assistant")], &[(Facet::Kind, kind), (Facet::DefaultState, state)]);
    put(
        index,
        [
            product(1, "agent", "on"),
            product(2, "agent", "off"),
            product(3, "model", "on"),
            entry(4, &[(Text::Name, "Assistant")], &[(Facet::Residency, "EU"), (Facet::Residency, "US")]),
            entry(5, &[(Text::Name, "Else")], &[(Facet::Kind, "dataset"), (Facet::DefaultState, "on")]),
        ],
    );
    let request = |filters: &[(Facet, &[&str])]| Request {
        filters: filters
            .iter()
            .map(|(facet, values)| (*facet, values.iter().map(|value| (*value).to_owned()).collect()))
            .collect(),
        facets: Facet::ALL.into(),
        ..ask("assistant")
    };
    let counts = |page: &Page, facet: Facet| {
        page.facets[&facet].iter().map(|(value, count)| format!("{value} {count}")).collect::<Vec<_>>()
    };
    let page = find(index, &request(&[]));
    assert_eq!(page.total, 4);
    assert_eq!(counts(&page, Facet::Kind), ["agent 2", "model 1"]);
    assert_eq!(counts(&page, Facet::DefaultState), ["on 2", "off 1"]);
    assert_eq!(counts(&page, Facet::Residency), ["EU 1", "US 1"]);
    assert_eq!(counts(&page, Facet::Status), [] as [&str; 0]);

    let page = find(index, &request(&[(Facet::Kind, &["agent"])]));
    assert_eq!(page.total, 2);
    assert_eq!(counts(&page, Facet::Kind), ["agent 2", "model 1"], "the other kinds can still be chosen");
    assert_eq!(counts(&page, Facet::DefaultState), ["off 1", "on 1"]);
    assert_eq!(counts(&page, Facet::Residency), [] as [&str; 0]);

    let page = find(index, &request(&[(Facet::Kind, &["agent", "model"]), (Facet::DefaultState, &["on"])]));
    assert_eq!(numbers(&page), [1, 3], "one of these kinds, and on");
    assert_eq!(counts(&page, Facet::Kind), ["agent 1", "model 1"]);
    assert_eq!(counts(&page, Facet::DefaultState), ["on 2", "off 1"]);

    let page = find(index, &request(&[(Facet::Residency, &["EU", "HK"])]));
    assert_eq!(numbers(&page), [4]);
    assert_eq!(counts(&page, Facet::Residency), ["EU 1", "US 1", "HK 0"], "what is chosen stays visible");

    let page = find(index, &request(&[(Facet::Status, &["approved"])]));
    assert_eq!((page.total, page.hits.len()), (0, 0));
    assert_eq!(counts(&page, Facet::Status), ["approved 0"]);
}

fn facets_agree_with_counting_one_by_one(index: &dyn SearchIndex) {
    let values = ["on", "off", "by_plan"];
    let kinds = ["agent", "model"];
    let entries: Vec<Entry> = (0..400_u128)
        .map(|n| {
            let name = if n % 3 == 0 { "Writing aid" } else { "Reading aid" };
            let mut facets =
                vec![(Facet::Kind, kinds[n as usize % 2]), (Facet::DefaultState, values[n as usize / 7 % 3])];
            facets.extend([(Facet::Residency, "EU")].into_iter().filter(|_| n % 5 == 0));
            facets.extend([(Facet::Residency, "HK")].into_iter().filter(|_| n % 4 == 0));
            entry(n + 1, &[(Text::Name, name)], &facets)
        })
        .collect();
    for batch in entries.chunks(60) {
        put(index, batch.to_vec());
    }
    put(index, entries[100..130].to_vec());
    let has = |entry: &Entry, facet: Facet, value: &str| entry.facets.get(&facet).is_some_and(|of| of.contains(value));
    let page = find(
        index,
        &Request {
            filters: BTreeMap::from([
                (Facet::DefaultState, BTreeSet::from(["on".to_owned(), "off".to_owned()])),
                (Facet::Residency, BTreeSet::from(["EU".to_owned()])),
            ]),
            facets: Facet::ALL.into(),
            ..ask("writing")
        },
    );
    let writing: Vec<&Entry> = entries.iter().filter(|entry| entry.name().starts_with("Writing")).collect();
    let state = |entry: &Entry| has(entry, Facet::DefaultState, "on") || has(entry, Facet::DefaultState, "off");
    let eu = |entry: &Entry| has(entry, Facet::Residency, "EU");
    let count = |of: &dyn Fn(&Entry) -> bool| writing.iter().filter(|entry| of(entry)).count() as u64;
    assert_eq!(page.total, count(&|e| state(e) && eu(e)));
    let get = |facet: Facet, value: &str| page.facets[&facet].iter().find(|(v, _)| v == value).map_or(0, |(_, n)| *n);
    for value in values {
        assert_eq!(get(Facet::DefaultState, value), count(&|e| eu(e) && has(e, Facet::DefaultState, value)));
    }
    for value in kinds {
        assert_eq!(get(Facet::Kind, value), count(&|e| eu(e) && state(e) && has(e, Facet::Kind, value)));
    }
    for value in ["EU", "HK"] {
        assert_eq!(get(Facet::Residency, value), count(&|e| state(e) && has(e, Facet::Residency, value)));
    }
}

fn highlights_show_what_matched(index: &dyn SearchIndex) {
    let long = format!("{} The assistant transcribes calls. {}", "Before it. ".repeat(60), "After it. ".repeat(60));
    put(
        index,
        [
            entry(
                1,
                &[(Text::Name, "Call <b>Copilot</b>"), (Text::Purpose, &long), (Text::Uses, "copilots at sea")],
                &[],
            ),
            entry(2, &[(Text::Name, "Pilot"), (Text::Limitations, "no copilto here")], &[]),
        ],
    );
    let page = find(index, &ask("copilot"));
    assert_eq!(numbers(&page), [1, 2]);
    assert_eq!(marked(&page.hits[0]), [(Text::Name, "Copilot".to_owned()), (Text::Uses, "copilots".to_owned())]);
    let name = &page.hits[0].highlights[0];
    assert_eq!(name.fragment, "Call <b>Copilot</b>", "no markup is made of it, and none is lost");
    assert_eq!(name.pieces().iter().map(|piece| piece.text.as_str()).collect::<String>(), name.fragment);
    assert_eq!(marked(&page.hits[1]), [(Text::Limitations, "copilto".to_owned())]);

    let page = find(index, &ask("transcribs call"));
    let highlight = page.hits[0].highlights.iter().find(|h| h.text == Text::Purpose).expect("the purpose matches");
    assert!(highlight.fragment.contains("The assistant transcribes calls."), "{}", highlight.fragment);
    assert!(highlight.cut_before && highlight.cut_after);
    assert!(highlight.fragment.chars().count() <= FRAGMENT + 20);
    let marked: Vec<&str> = highlight.ranges.iter().map(|(from, to)| &highlight.fragment[*from..*to]).collect();
    assert_eq!(marked, ["transcribes", "calls"]);
    assert!(find(index, &ask("")).hits.iter().all(|hit| hit.highlights.is_empty()));
}

fn everything_found_is_highlighted(index: &dyn SearchIndex) {
    put(
        index,
        [
            entry(1, &[(Text::Name, "ChatGPT"), (Text::Vendor, "OpenAI"), (Text::Uses, "drafting of memos")], &[]),
            entry(2, &[(Text::Name, "Vertex AI"), (Text::Vendor, "Google"), (Text::Plan, "Enterprise")], &[]),
            entry(3, &[(Text::Name, "語音助手"), (Text::SubProcessors, "Amazon Web Services")], &[]),
        ],
    );
    for typed in
        ["chat gpt", "aws", "vertx", "enterprize", "open", "draftng mem", "語音", "google a", "\"web services\""]
    {
        let page = find(index, &ask(typed));
        assert!(!page.hits.is_empty(), "{typed}");
        assert!(page.hits.iter().all(|hit| !marked(hit).is_empty()), "{typed}: {page:?}");
    }
}

fn a_rebuild_replaces_everything_at_once(index: &dyn SearchIndex) {
    put(index, [named(1, "Old")]);
    let batches = vec![Ok(vec![named(2, "New one")]), Ok(vec![named(3, "New two"), named(4, "New three")])];
    let count = run(index.rebuild(Box::pin(stream::iter(batches)))).expect("rebuilt");
    assert_eq!(count, 3);
    assert_eq!(numbers(&find(index, &ask(""))), [2, 4, 3]);
    assert!(run(index.health()).expect("health").complete);

    let failing = vec![Ok(vec![named(9, "Half")]), Err("the database is gone".into())];
    let refused = run(index.rebuild(Box::pin(stream::iter(failing))));
    assert!(matches!(refused, Err(SearchError::Source(_))));
    assert_eq!(numbers(&find(index, &ask(""))), [2, 4, 3], "as before");
    put(index, [named(5, "Later")]);
    assert_eq!(found(index, "later"), [5]);

    run(index.clear()).expect("cleared");
    assert_eq!(find(index, &ask("")).total, 0);
    assert!(!run(index.health()).expect("health").complete);
    run(index.rebuild(Box::pin(stream::empty()))).expect("an empty register is a register");
    assert!(run(index.health()).expect("health").complete);
}

fn limits_are_refused_by_name(index: &dyn SearchIndex) {
    let refused = |request: Request| match run(index.search(BUYER, &request)) {
        Err(SearchError::Refused(problem)) => (problem.at, problem.code),
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(refused(Request { limit: 101, ..ask("x") }), ("limit".to_owned(), "too-large".to_owned()));
    assert_eq!(refused(Request { offset: 10_001, ..ask("x") }), ("offset".to_owned(), "too-large".to_owned()));
    let many: BTreeSet<String> = (0..51).map(|n| n.to_string()).collect();
    let request = Request { filters: BTreeMap::from([(Facet::Vendor, many)]), ..ask("x") };
    assert_eq!(refused(request), ("vendor".to_owned(), "too-many-values".to_owned()));
    assert_eq!(Query::parse(&"x".repeat(301)).map_err(|problem| problem.code), Err("too-long".to_owned()));
    assert_eq!(Query::parse(&"x ".repeat(41)).map_err(|problem| problem.code), Err("too-many-words".to_owned()));
}

fn hostile_texts_do_no_harm(index: &dyn SearchIndex) {
    let texts = [
        "<script>alert(1)</script>",
        "name:* OR 1=1 --",
        "((((",
        "\u{202e}\u{0}\u{feff}",
        "👩‍👩‍👧‍👦 family",
        "a\u{301}\u{301}\u{301}\u{301}",
        "+-&|!(){}[]^\"~*?:\\/",
        "\u{10FFFF}\u{10FFFF}",
    ];
    let overlong = "x".repeat(100_000);
    put(index, texts.iter().zip(1..).map(|(text, n)| named(n, text)));
    put(
        index,
        [entry(90, &[(Text::Name, &overlong), (Text::Purpose, &overlong)], &[(Facet::Vendor, &overlong[..500])])],
    );
    for text in texts {
        for cut in text.char_indices().map(|(at, _)| at) {
            find(index, &Request { facets: Facet::ALL.into(), ..ask(&text[cut..]) });
        }
    }
    assert_eq!(found(index, "alert"), [1]);
    assert_eq!(found(index, "xxxxx"), [90]);
}

macro_rules! on_every_engine {
    ($($promise:ident),+ $(,)?) => {
        mod embedded {
            $(#[test]
            fn $promise() {
                let folder = tempfile::tempdir().expect("a folder");
                let synonyms = super::Synonyms::shipped().expect("the shipped synonyms are sound");
                let (index, opened) = super::Embedded::open(folder.path(), synonyms).expect("an index");
                assert!(matches!(opened, super::Opened::Empty(_)));
                super::$promise(&index);
            })+
        }
    };
}

on_every_engine! {
    what_is_applied_can_be_found,
    changes_of_one_batch_apply_in_order,
    nothing_crosses_tenants,
    typing_errors_are_forgiven_by_length,
    the_last_word_may_be_unfinished,
    better_matches_come_first,
    every_word_counts_in_whatever_field,
    quotes_mean_exactly_this,
    words_written_together_or_apart,
    han_kana_and_hangul_are_found_by_any_part,
    accents_case_and_width_do_not_matter,
    synonyms_are_found_after_the_word_itself,
    no_text_lists_everything_by_name,
    results_are_ordered_as_asked,
    pages_join_without_gap_or_repetition,
    a_facet_counts_with_its_own_filter_lifted,
    facets_agree_with_counting_one_by_one,
    highlights_show_what_matched,
    everything_found_is_highlighted,
    a_rebuild_replaces_everything_at_once,
    limits_are_refused_by_name,
    hostile_texts_do_no_harm,
}
