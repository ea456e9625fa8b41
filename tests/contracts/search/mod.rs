//! What a search engine owes the register, whichever engine it is. Each function takes `&dyn SearchIndex`; the macro at
//! the end run all of them on the embedded engine and on the Meilisearch server that the environment names.

mod conditions;
mod parts;

use candor::platform::search::{
    Change, Document, Embedded, FRAGMENT, Facets, Hit, Page, Request, SearchError, SearchIndex, Standing, Synonyms,
};
use conditions::{
    a_whole_result_is_had_in_the_order_of_its_pages, a_whole_result_is_taken_away_in_steps, conditions_hold_exactly,
    ranges_filter_and_order,
};
use domain::ids::OrganisationId;
use domain::register::{Query, Sort, Subject, Topic};
use futures::stream;
use parts::parts_of_a_thing_are_found_each_by_itself;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const BUYER: OrganisationId = OrganisationId(Uuid::from_u128(1));
const OTHER: OrganisationId = OrganisationId(Uuid::from_u128(2));

fn component(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn entry(n: u128, texts: &[(Topic, &str)], facets: &[(Topic, &str)]) -> Document {
    Document {
        organisation: BUYER,
        id: component(n),
        part: None,
        texts: texts.iter().map(|(text, content)| (*text, (*content).to_owned())).collect(),
        facets: counted_by(facets),
        numbers: BTreeMap::new(),
        // Few moments: a debug build of Meilisearch gives up on numbers that only ever rise.
        updated_at: (n % 7) as i64,
    }
}

/// What an entry is counted by.
pub(super) fn counted_by(values: &[(Topic, &str)]) -> Facets {
    let mut facets = Facets::default();
    for (facet, value) in values {
        facets.add(*facet, (*value).to_owned());
    }
    facets
}

fn topic(id: &str) -> Topic {
    Topic::of(id).expect("a topic")
}

fn named(n: u128, name: &str) -> Document {
    entry(n, &[(Topic::NAME, name)], &[])
}

fn run<T>(work: impl Future<Output = T>) -> T {
    crate::contracts::meilisearch::RUNTIME.block_on(work)
}

fn put(index: &dyn SearchIndex, entries: impl IntoIterator<Item = Document>) {
    let changes = entries.into_iter().map(|entry| Change::Upsert(Box::new(entry))).collect();
    run(index.apply(changes)).expect("changes are applied");
}

fn ask(text: &str) -> Request {
    Request { query: Query::parse(text), limit: 50, ..Request::default() }
}

fn find(index: &dyn SearchIndex, request: &Request) -> Page {
    run(index.search(BUYER, request)).expect("a search")
}

fn found(index: &dyn SearchIndex, text: &str) -> Vec<u128> {
    numbers(&find(index, &ask(text)))
}

fn numbers(page: &Page) -> Vec<u128> {
    page.hits.iter().map(|hit| hit.id.as_u128()).collect()
}

fn marked(hit: &Hit) -> Vec<(Topic, String)> {
    let marked = hit.highlights.iter().flat_map(|highlight| {
        let ranges = highlight.ranges.iter().map(|(from, to)| highlight.fragment[*from..*to].to_owned());
        ranges.map(|range| (highlight.topic, range)).collect::<Vec<_>>()
    });
    marked.collect()
}

fn what_is_applied_can_be_found(index: &dyn SearchIndex) {
    put(index, [named(1, "Meeting notes"), named(2, "Code review")]);
    assert_eq!(found(index, "meeting"), [1]);
    put(index, [named(1, "Call notes")]);
    assert_eq!(found(index, "meeting"), [] as [u128; 0]);
    assert_eq!(found(index, "call"), [1]);
    run(index.apply(vec![Change::Remove { organisation: BUYER, id: component(1), part: None }])).expect("removed");
    assert_eq!(found(index, "call"), [] as [u128; 0]);
    assert_eq!(run(index.document_count(BUYER)).expect("a count"), 1);
    run(index.apply(Vec::new())).expect("nothing to do");
}

fn changes_of_one_batch_apply_in_order(index: &dyn SearchIndex) {
    let upsert = |name: &str| Change::Upsert(Box::new(named(1, name)));
    let remove = Change::Remove { organisation: BUYER, id: component(1), part: None };
    run(index.apply(vec![upsert("First"), upsert("Second"), remove.clone(), upsert("Third")])).expect("applied");
    assert_eq!(run(index.document_count(BUYER)).expect("a count"), 1);
    assert_eq!(found(index, "third"), [1]);
    run(index.apply(vec![upsert("Fourth"), remove])).expect("applied");
    assert_eq!(run(index.document_count(BUYER)).expect("a count"), 0);
}

fn nothing_crosses_tenants(index: &dyn SearchIndex) {
    let mut foreign = named(7, "Payroll forecast");
    foreign.organisation = OTHER;
    foreign.facets.add(topic("tier"), "high");
    put(index, [foreign, entry(1, &[(Topic::NAME, "Payroll check")], &[(topic("tier"), "limited")])]);
    for text in ["", "payroll", "pay", "forecast", "payrol"] {
        let mut request = ask(text);
        request.facets = BTreeSet::from([topic("tier")]);
        let page = find(index, &request);
        assert!(numbers(&page).iter().all(|n| *n == 1), "{text}");
        assert!(page.facets[&topic("tier")].iter().all(|(value, _)| value != "high"), "{text}");
    }
    // Another tenant's id in a removal reaches nothing.
    run(index.apply(vec![Change::Remove { organisation: BUYER, id: component(7), part: None }])).expect("applied");
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
            entry(5, &[(Topic::NAME, "A"), (Topic::PRODUCT, "Translator")], &[]),
            entry(6, &[(Topic::NAME, "B"), (topic("limitations"), "no translator for Thai")], &[]),
            entry(7, &[(Topic::NAME, "C"), (topic("limitations"), "translatr")], &[]),
        ],
    );
    assert_eq!(found(index, "translator"), [4, 3, 2, 5, 6, 1, 7]);
}

fn every_word_counts_in_whatever_field(index: &dyn SearchIndex) {
    put(
        index,
        [
            entry(1, &[(Topic::NAME, "Copilot"), (Topic::VENDOR, "Microsoft"), (topic("model"), "GPT-4o")], &[]),
            entry(2, &[(Topic::NAME, "Copilot"), (Topic::VENDOR, "GitHub")], &[]),
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
            entry(1, &[(Topic::NAME, "A"), (topic("purpose"), "drafts replies to customer mail")], &[]),
            entry(2, &[(Topic::NAME, "B"), (topic("purpose"), "mail for a customer")], &[]),
            entry(
                3,
                &[(Topic::NAME, "C"), (topic("uses"), "about the customer"), (topic("uses"), "mail sorting")],
                &[],
            ),
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
            entry(1, &[(Topic::NAME, "會議摘要助手"), (topic("purpose"), "自動產生會議紀錄")], &[]),
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
    assert_eq!(marked(&page.hits[0]), [(Topic::NAME, "摘要".to_owned())]);
}

fn accents_case_and_width_do_not_matter(index: &dyn SearchIndex) {
    put(index, [named(1, "Résumé-Prüfer Straße"), named(2, "Ｗｉｄｅ Łódź")]);
    for typed in ["resume", "RÉSUMÉ", "prufer", "strasse", "re\u{301}sume\u{301}"] {
        assert_eq!(found(index, typed), [1], "{typed}");
    }
    assert_eq!(found(index, "wide"), [2]);
    assert_eq!(found(index, "lodz"), [2]);
    let page = find(index, &ask("resume"));
    assert_eq!(marked(&page.hits[0]), [(Topic::NAME, "Résumé".to_owned())]);
}

fn synonyms_are_found_after_the_word_itself(index: &dyn SearchIndex) {
    put(
        index,
        [
            entry(1, &[(Topic::NAME, "A"), (topic("model"), "a large language model of its own")], &[]),
            entry(2, &[(Topic::NAME, "B"), (topic("model"), "an LLM")], &[]),
            entry(3, &[(Topic::NAME, "C"), (topic("purpose"), "large screens in any language")], &[]),
        ],
    );
    assert_eq!(found(index, "llm"), [2, 1]);
    assert_eq!(found(index, "large language model"), [1, 2]);
    assert_eq!(found(index, "\"large language model\""), [1], "quotes mean exactly this");
    let page = find(index, &ask("llm"));
    assert_eq!(marked(&page.hits[1]), [(topic("model"), "large language model".to_owned())]);
    // A kind is found when what it is a kind of is asked for, under whatever name, and not the other way round.
    put(index, [entry(4, &[(Topic::NAME, "Gemini in mail")], &[]), entry(5, &[(Topic::NAME, "GenAI drafts")], &[])]);
    assert!(found(index, "llm").contains(&4) && found(index, "large language models").contains(&4));
    let generative = found(index, "genai");
    assert_eq!(generative[0], 5, "the word itself first");
    assert!(generative.contains(&2) && generative.contains(&4), "{generative:?}");
    assert!(found(index, "generative ai").contains(&4));
    assert_eq!(found(index, "gemini"), [4]);
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
            entry(1, &[(Topic::NAME, "Zeta tool"), (Topic::VENDOR, "Acme")], &[]),
            entry(2, &[(Topic::NAME, "Alpha tool"), (Topic::VENDOR, "Zeta")], &[]),
            entry(3, &[(Topic::NAME, "Mid tool"), (Topic::VENDOR, "Acme")], &[]),
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
    let product = |n, kind, state| {
        entry(n, &[(Topic::NAME, "Assistant")], &[(topic("kind"), kind), (topic("default_state"), state)])
    };
    put(
        index,
        [
            product(1, "agent", "on"),
            product(2, "agent", "off"),
            product(3, "model", "on"),
            entry(4, &[(Topic::NAME, "Assistant")], &[(topic("residency"), "EU"), (topic("residency"), "US")]),
            entry(5, &[(Topic::NAME, "Else")], &[(topic("kind"), "dataset"), (topic("default_state"), "on")]),
        ],
    );
    let request = |filters: &[(Topic, &[&str])]| Request {
        filters: filters
            .iter()
            .map(|(facet, values)| (*facet, values.iter().map(|value| (*value).to_owned()).collect()))
            .collect(),
        facets: Topic::facets().collect(),
        ..ask("assistant")
    };
    let counts = |page: &Page, facet: Topic| {
        page.facets[&facet].iter().map(|(value, count)| format!("{value} {count}")).collect::<Vec<_>>()
    };
    let page = find(index, &request(&[]));
    assert_eq!(page.total, 4);
    assert_eq!(counts(&page, topic("kind")), ["agent 2", "model 1"]);
    assert_eq!(counts(&page, topic("default_state")), ["on 2", "off 1"]);
    assert_eq!(counts(&page, topic("residency")), ["EU 1", "US 1"]);
    assert_eq!(counts(&page, topic("status")), [] as [&str; 0]);

    let page = find(index, &request(&[(topic("kind"), &["agent"])]));
    assert_eq!(page.total, 2);
    assert_eq!(counts(&page, topic("kind")), ["agent 2", "model 1"], "the other kinds can still be chosen");
    assert_eq!(counts(&page, topic("default_state")), ["off 1", "on 1"]);
    assert_eq!(counts(&page, topic("residency")), [] as [&str; 0]);

    let page = find(index, &request(&[(topic("kind"), &["agent", "model"]), (topic("default_state"), &["on"])]));
    assert_eq!(numbers(&page), [1, 3], "one of these kinds, and on");
    assert_eq!(counts(&page, topic("kind")), ["agent 1", "model 1"]);
    assert_eq!(counts(&page, topic("default_state")), ["on 2", "off 1"]);

    let page = find(index, &request(&[(topic("residency"), &["EU", "HK"])]));
    assert_eq!(numbers(&page), [4]);
    assert_eq!(counts(&page, topic("residency")), ["EU 1", "US 1", "HK 0"], "what is chosen stays visible");

    let page = find(index, &request(&[(topic("status"), &["approved"])]));
    assert_eq!((page.total, page.hits.len()), (0, 0));
    assert_eq!(counts(&page, topic("status")), ["approved 0"]);
}

fn facets_agree_with_counting_one_by_one(index: &dyn SearchIndex) {
    let values = ["on", "off", "by_plan"];
    let kinds = ["agent", "model"];
    let entries: Vec<Document> = (0..400_u128)
        .map(|n| {
            let name = if n % 3 == 0 { "Writing aid" } else { "Reading aid" };
            let mut facets =
                vec![(topic("kind"), kinds[n as usize % 2]), (topic("default_state"), values[n as usize / 7 % 3])];
            facets.extend([(topic("residency"), "EU")].into_iter().filter(|_| n % 5 == 0));
            facets.extend([(topic("residency"), "HK")].into_iter().filter(|_| n % 4 == 0));
            entry(n + 1, &[(Topic::NAME, name)], &facets)
        })
        .collect();
    for batch in entries.chunks(60) {
        put(index, batch.to_vec());
    }
    put(index, entries[100..130].to_vec());
    let has = |entry: &Document, facet: Topic, value: &str| entry.facets.has(facet, value);
    let page = find(
        index,
        &Request {
            filters: BTreeMap::from([
                (topic("default_state"), BTreeSet::from(["on".to_owned(), "off".to_owned()])),
                (topic("residency"), BTreeSet::from(["EU".to_owned()])),
            ]),
            facets: Topic::facets().collect(),
            ..ask("writing")
        },
    );
    let writing: Vec<&Document> = entries.iter().filter(|entry| entry.name().starts_with("Writing")).collect();
    let state =
        |entry: &Document| has(entry, topic("default_state"), "on") || has(entry, topic("default_state"), "off");
    let eu = |entry: &Document| has(entry, topic("residency"), "EU");
    let count = |of: &dyn Fn(&Document) -> bool| writing.iter().filter(|entry| of(entry)).count() as u64;
    assert_eq!(page.total, count(&|e| state(e) && eu(e)));
    let get = |facet: Topic, value: &str| page.facets[&facet].iter().find(|(v, _)| v == value).map_or(0, |(_, n)| *n);
    for value in values {
        assert_eq!(get(topic("default_state"), value), count(&|e| eu(e) && has(e, topic("default_state"), value)));
    }
    for value in kinds {
        assert_eq!(get(topic("kind"), value), count(&|e| eu(e) && state(e) && has(e, topic("kind"), value)));
    }
    for value in ["EU", "HK"] {
        assert_eq!(get(topic("residency"), value), count(&|e| state(e) && has(e, topic("residency"), value)));
    }
}

fn highlights_show_what_matched(index: &dyn SearchIndex) {
    let long = format!("{} The assistant transcribes calls. {}", "Before it. ".repeat(60), "After it. ".repeat(60));
    put(
        index,
        [
            entry(
                1,
                &[(Topic::NAME, "Call <b>Copilot</b>"), (topic("purpose"), &long), (topic("uses"), "copilots at sea")],
                &[],
            ),
            entry(2, &[(Topic::NAME, "Pilot"), (topic("limitations"), "no copilto here")], &[]),
        ],
    );
    let page = find(index, &ask("copilot"));
    assert_eq!(numbers(&page), [1, 2]);
    assert_eq!(marked(&page.hits[0]), [(Topic::NAME, "Copilot".to_owned()), (topic("uses"), "copilots".to_owned())]);
    let name = &page.hits[0].highlights[0];
    assert_eq!(name.fragment, "Call <b>Copilot</b>", "no markup is made of it, and none is lost");
    assert_eq!(name.pieces().iter().map(|piece| piece.text.as_str()).collect::<String>(), name.fragment);
    assert_eq!(marked(&page.hits[1]), [(topic("limitations"), "copilto".to_owned())]);

    let page = find(index, &ask("transcribs call"));
    let highlight = page.hits[0].highlights.iter().find(|h| h.topic == topic("purpose")).expect("the purpose matches");
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
            entry(1, &[(Topic::NAME, "ChatGPT"), (Topic::VENDOR, "OpenAI"), (topic("uses"), "drafting of memos")], &[]),
            entry(2, &[(Topic::NAME, "Vertex AI"), (Topic::VENDOR, "Google"), (topic("plan"), "Enterprise")], &[]),
            entry(3, &[(Topic::NAME, "語音助手"), (topic("sub_processors"), "Amazon Web Services")], &[]),
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
    let request = Request { filters: BTreeMap::from([(Topic::VENDOR, many)]), ..ask("x") };
    assert_eq!(refused(request), ("vendor".to_owned(), "too-many-values".to_owned()));
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
        [entry(90, &[(Topic::NAME, &overlong), (topic("purpose"), &overlong)], &[(Topic::VENDOR, &overlong[..500])])],
    );
    for text in texts {
        for cut in text.char_indices().map(|(at, _)| at) {
            find(index, &Request { facets: Topic::facets().collect(), ..ask(&text[cut..]) });
        }
    }
    assert_eq!(found(index, "alert"), [1]);
    assert_eq!(found(index, "xxxxx"), [90]);
}

macro_rules! on_every_engine {
    ($subject:ident, $embedded:ident, $meilisearch:ident: $($promise:ident),+ $(,)?) => {
        mod $embedded {
            $(#[test]
            fn $promise() {
                let folder = tempfile::tempdir().expect("a folder");
                let synonyms = super::Synonyms::shipped().expect("the shipped synonyms are sound");
                let about = super::Subject::$subject;
                let (index, opened) = super::Embedded::open(folder.path(), about, synonyms).expect("an index");
                assert!(matches!(opened, super::Standing::Empty(_)));
                super::$promise(&index);
            })+
        }

        mod $meilisearch {
            $(#[test]
            fn $promise() {
                let about = super::Subject::$subject;
                if let Some(server) = crate::contracts::meilisearch::configured_for(about, stringify!($promise)) {
                    super::$promise(&server.index);
                }
            })+
        }
    };
}

on_every_engine! { Answers, embedded_answers, meilisearch_answers: parts_of_a_thing_are_found_each_by_itself }

on_every_engine! {
    Entries, embedded, meilisearch:
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
    a_whole_result_is_had_in_the_order_of_its_pages,
    a_whole_result_is_taken_away_in_steps,
    a_facet_counts_with_its_own_filter_lifted,
    facets_agree_with_counting_one_by_one,
    conditions_hold_exactly,
    ranges_filter_and_order,
    highlights_show_what_matched,
    everything_found_is_highlighted,
    a_rebuild_replaces_everything_at_once,
    limits_are_refused_by_name,
    hostile_texts_do_no_harm,
}
