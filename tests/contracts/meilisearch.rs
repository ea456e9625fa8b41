//! The Meilisearch engine and its server: settings, keys, indexes that are not ours, other versions, rebuilds by several
//! servers, and a server that is killed, halted or not there.

use super::search::counted_by;
use crate::harness::meilisearch::{Instance, Place};
use candor::config;
use candor::platform::clock::Clock;
use candor::platform::search::{
    Change, Document, Meilisearch, Request, SearchError, SearchIndex, Standing, Synonyms, UNKNOWN,
};
use domain::ids::OrganisationId;
use domain::register::{Query, Subject, Topic};
use futures::stream;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// One for all: connections to a server live as long as the runtime that opened them.
pub(super) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

const BUYER: OrganisationId = OrganisationId(Uuid::from_u128(1));
const OTHER: OrganisationId = OrganisationId(Uuid::from_u128(2));

fn settings(place: &Place) -> config::Search {
    config::Search {
        url: Some(place.url.clone()),
        key: Some(place.key.clone()),
        index_prefix: place.prefix.clone(),
        answer_seconds: 30,
        change_seconds: 60,
        rebuild_step_seconds: 60,
    }
}

fn engine(settings: &config::Search) -> Meilisearch {
    engine_of(Subject::Entries, settings)
}

fn engine_of(about: Subject, settings: &config::Search) -> Meilisearch {
    let synonyms = Synonyms::shipped().expect("the shipped synonyms are sound");
    let url = settings.url.as_deref().expect("an address");
    Meilisearch::new(settings, url, about, synonyms, Clock::system()).expect("usable settings")
}

/// The index of one test on the server that the environment names.
pub(super) struct Configured {
    pub(super) index: Meilisearch,
    place: Place,
}

/// None, and said aloud, where the environment names no server.
pub(super) fn configured(test: &str) -> Option<Configured> {
    configured_for(Subject::Entries, test)
}

/// The index of a subject.
pub(super) fn configured_for(about: Subject, test: &str) -> Option<Configured> {
    let place = Place::configured(test)?;
    Some(Configured { index: engine_of(about, &settings(&place)), place })
}

impl Configured {
    /// What stands in the index under a path, as the server says.
    fn get(&self, path: &str) -> Value {
        let path = format!("/indexes/{}{path}", self.place.index());
        RUNTIME.block_on(self.place.ask(Method::GET, &path, None)).1
    }

    /// Does something to the index behind the engine's back.
    fn have(&self, method: Method, path: &str, body: &Value) {
        let path = format!("/indexes/{}{path}", self.place.index());
        RUNTIME.block_on(self.place.have(method, &path, body));
    }

    /// The engine as a server that starts just now has it.
    fn anew(&self) -> Meilisearch {
        engine(&settings(&self.place))
    }
}

impl Drop for Configured {
    fn drop(&mut self) {
        RUNTIME.block_on(self.place.remove());
    }
}

fn entry(n: u128, name: &str) -> Document {
    Document {
        organisation: BUYER,
        id: Uuid::from_u128(n),
        part: None,
        texts: vec![(Topic::NAME, name.to_owned())],
        facets: counted_by(&[(Topic::VENDOR, UNKNOWN)]),
        numbers: BTreeMap::new(),
        updated_at: 0,
    }
}

fn put(index: &Meilisearch, entry: Document) -> Result<(), SearchError> {
    RUNTIME.block_on(index.apply(vec![Change::Upsert(Box::new(entry))]))
}

fn total(index: &Meilisearch, text: &str) -> Result<u64, SearchError> {
    let request = Request { query: Query::parse(text), limit: 10, ..Request::default() };
    RUNTIME.block_on(index.search(BUYER, &request)).map(|page| page.total)
}

fn rebuild(index: &Meilisearch, names: &[&str]) -> Result<u64, SearchError> {
    let entries = (1..).zip(names).map(|(n, name)| entry(n, name)).collect();
    RUNTIME.block_on(index.rebuild(Box::pin(stream::iter([Ok(entries)]))))
}

fn standing(index: &Meilisearch) -> Result<Standing, SearchError> {
    RUNTIME.block_on(index.standing())
}

fn reason<T: std::fmt::Debug>(outcome: Result<T, SearchError>) -> String {
    match outcome {
        Err(SearchError::Down(reason)) => reason,
        other => panic!("not down: {other:?}"),
    }
}

#[test]
fn settings_come_from_the_program_and_are_mended() {
    let Some(server) = configured("settings") else { return };
    let index = &server.index;
    assert_eq!(standing(index).expect("an answer"), Standing::Empty("it is new"));
    rebuild(index, &["Copilot"]).expect("rebuilt");
    assert_eq!(standing(index).expect("an answer"), Standing::Ready);
    let ours = server.get("/settings");
    assert_eq!(ours["searchableAttributes"], json!(["name", "maker", "rest"]));
    assert_eq!(ours["typoTolerance"]["minWordSizeForTypos"], json!({ "oneTypo": 4, "twoTypos": 8 }));
    let synonyms = ours["synonyms"]["llm"].as_array().expect("synonyms");
    assert!(synonyms.contains(&json!("large language model")) && !synonyms.contains(&json!("llm")), "{synonyms:?}");
    // Nothing is set again while nothing differs.
    let version = |of: &Configured| of.get("")["updatedAt"].clone();
    let before = version(&server);
    assert_eq!(standing(index).expect("an answer"), Standing::Ready);
    assert_eq!(version(&server), before);
    // Somebody changes them by hand.
    server.have(Method::PATCH, "/settings", &json!({ "stopWords": ["copilot"], "rankingRules": ["typo"] }));
    assert_eq!(standing(index).expect("an answer"), Standing::Ready);
    assert_eq!(server.get("/settings"), ours);
    // Builds are taken away again.
    let (_, all) = RUNTIME.block_on(server.place.ask(Method::GET, "/indexes?limit=1000", None));
    let named = |index: &&Value| index["uid"].as_str().is_some_and(|uid| uid.starts_with(&server.place.prefix));
    assert_eq!(all["results"].as_array().expect("indexes").iter().filter(named).count(), 1);
}

#[test]
fn what_the_server_answers_is_looked_at_again() {
    let Some(server) = configured("looked_at_again") else { return };
    let index = &server.index;
    put(index, entry(1, "Payroll")).expect("applied");
    let ours = server.get(&format!("/documents/{}_{}", BUYER.0.simple(), Uuid::from_u128(1).simple()));
    assert_eq!(ours["organisation"], json!(BUYER.to_string()), "the document that the program made");
    // Documents that the server's own filter lets pass, and that are not this organisation's alone; and one that is not
    // a document of ours at all.
    let made = |n: u128, organisation: Value| {
        let mut document = ours.clone();
        document["candor_key"] = json!(format!("foreign-{n}"));
        document["component"] = json!(Uuid::from_u128(n).to_string());
        document["organisation"] = organisation;
        document
    };
    let mut broken = made(5, json!(BUYER.to_string()));
    broken["component"] = json!(["no", "id"]);
    let foreign = json!([
        made(2, json!(OTHER.to_string())),
        made(3, json!([BUYER.to_string(), OTHER.to_string()])),
        made(4, json!({ "": BUYER.to_string() })),
        broken,
    ]);
    server.have(Method::POST, "/documents", &foreign);
    let asked = json!({ "q": "payroll", "filter": format!("organisation = \"{BUYER}\"") });
    let path = format!("/indexes/{}/search", server.place.index());
    let (_, answer) = RUNTIME.block_on(server.place.ask(Method::POST, &path, Some(&asked)));
    assert!(answer["hits"].as_array().expect("hits").len() >= 3, "the server itself would give them away: {answer}");
    let request = Request { query: Query::parse("payroll"), limit: 10, ..Request::default() };
    let page = RUNTIME.block_on(index.search(BUYER, &request)).expect("a search");
    let ids = |found: &[Uuid]| found.iter().map(|id| id.as_u128()).collect::<Vec<_>>();
    assert_eq!(ids(&page.hits.iter().map(|hit| hit.id).collect::<Vec<_>>()), [1]);
    let step = RUNTIME.block_on(index.matching(BUYER, &request, None, 100)).expect("a step");
    assert_eq!(ids(&step), [1]);
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let place = Place { url: "http://127.0.0.1:9".to_owned(), key: "k".to_owned(), prefix: "t_".to_owned() };
    let nowhere = engine(&settings(&place));
    for said in [
        reason(total(&nowhere, "x")),
        reason(put(&nowhere, entry(1, "x"))),
        reason(rebuild(&nowhere, &["x"])),
        reason(standing(&nowhere)),
        reason(RUNTIME.block_on(nowhere.health())),
    ] {
        assert!(said.contains("127.0.0.1:9 does not answer"), "{said}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused_at_once() {
    let unusable = |url: &str, key: &str, prefix: &str| {
        let place = Place { url: url.to_owned(), key: key.to_owned(), prefix: prefix.to_owned() };
        Meilisearch::new(&settings(&place), url, Subject::Entries, Synonyms::default(), Clock::system()).is_err()
    };
    assert!(unusable("http://127.0.0.1:1", "a\nb", "t_"));
    assert!(unusable("not an address", "k", "t_"));
    assert!(unusable("ftp://127.0.0.1", "k", "t_"));
    assert!(unusable("http://127.0.0.1:1", "k", "t/../"));
    assert!(!unusable("https://search.example:7700/", "k\n", "t_"));
}

#[test]
fn a_key_that_is_refused_is_named() {
    let Some(server) = configured("keys") else { return };
    rebuild(&server.index, &["Copilot"]).expect("rebuilt");
    let (status, elsewhere) = RUNTIME.block_on(server.place.ask(
        Method::POST,
        "/keys",
        Some(&json!({ "actions": ["*"], "indexes": ["elsewhere_*"], "expiresAt": null })),
    ));
    assert_eq!(status, 201, "the key of the tests may make keys: {elsewhere}");
    let (of_others, uid) = (elsewhere["key"].as_str().expect("a key"), elsewhere["uid"].as_str().expect("an id"));
    for key in ["another-key-of-16-bytes", "", of_others] {
        let index = engine(&config::Search { key: Some(key.to_owned()), ..settings(&server.place) });
        for said in [reason(total(&index, "x")), reason(put(&index, entry(1, "x"))), reason(standing(&index))] {
            assert!(said.contains("refuses the key") && said.contains("search.key"), "{said}");
        }
    }
    RUNTIME.block_on(server.place.ask(Method::DELETE, &format!("/keys/{uid}"), None));
    // The rights that the manual asks for are enough.
    let wanted = json!({
        "actions": ["search", "indexes.*", "documents.*", "settings.*", "tasks.*", "stats.*"],
        "indexes": [format!("{}*", server.place.prefix)],
        "expiresAt": null,
    });
    let (_, made) = RUNTIME.block_on(server.place.ask(Method::POST, "/keys", Some(&wanted)));
    let key = made["key"].as_str().expect("a key").to_owned();
    let index = engine(&config::Search { key: Some(key), ..settings(&server.place) });
    assert_eq!(rebuild(&index, &["Gemini", "Claude"]).expect("rebuilt"), 2);
    put(&index, entry(3, "Copilot")).expect("applied");
    assert_eq!(total(&index, "copilot").expect("found"), 1);
    assert_eq!(standing(&index).expect("an answer"), Standing::Ready);
    assert_eq!(RUNTIME.block_on(index.health()).expect("health").documents, 3);
    RUNTIME.block_on(index.clear()).expect("cleared");
    let path = format!("/keys/{}", made["uid"].as_str().expect("an id"));
    RUNTIME.block_on(server.place.ask(Method::DELETE, &path, None));
}

#[test]
fn an_index_that_is_not_ours_is_left_alone() {
    type Foreign = fn(&Configured);
    let cases: [(&str, Foreign); 4] = [
        ("its primary key is id", |server| {
            let made = json!({ "uid": server.place.index(), "primaryKey": "id" });
            RUNTIME.block_on(server.place.have(Method::POST, "/indexes", &made));
            server.have(Method::POST, "/documents", &json!([{ "id": 1, "title": "Theirs" }]));
        }),
        ("it has no primary key", |server| {
            RUNTIME.block_on(server.place.have(Method::POST, "/indexes", &json!({ "uid": server.place.index() })));
        }),
        ("does not say that they are ours", |server| {
            rebuild(&server.index, &["Copilot"]).expect("rebuilt");
            server.have(Method::POST, "/documents/delete-batch", &json!(["candor-stamp"]));
        }),
        ("newer version", |server| {
            rebuild(&server.index, &["Copilot"]).expect("rebuilt");
            server.have(Method::PUT, "/documents", &json!([{ "candor_key": "candor-stamp", "format": 999 }]));
        }),
    ];
    for (n, (why, make)) in cases.into_iter().enumerate() {
        let Some(server) = configured(&format!("foreign_{n}")) else { return };
        make(&server);
        let before = (server.get("/documents"), server.get("/settings"));
        let index = server.anew();
        for said in [
            reason(standing(&index)),
            reason(total(&index, "x")),
            reason(put(&index, entry(2, "x"))),
            reason(rebuild(&index, &["x"])),
            reason(RUNTIME.block_on(index.clear())),
        ] {
            assert!(said.contains(why), "{why}: {said}");
        }
        assert_eq!((server.get("/documents"), server.get("/settings")), before, "{why}");
    }
}

#[test]
fn an_older_index_waits_for_its_rebuild() {
    for (field, value) in [("format", json!(0)), ("topics", json!("other")), ("complete", json!(false))] {
        let Some(server) = configured(&format!("older_{field}")) else { return };
        rebuild(&server.index, &["Copilot"]).expect("rebuilt");
        server.have(Method::PUT, "/documents", &json!([{ "candor_key": "candor-stamp", field: value }]));
        let index = server.anew();
        assert!(matches!(standing(&index), Ok(Standing::Empty(_))), "{field}");
        assert_eq!(rebuild(&index, &["Gemini"]).expect("rebuilt"), 1);
        assert_eq!(standing(&index).expect("an answer"), Standing::Ready);
        assert_eq!((total(&index, "gemini").expect("found"), total(&index, "copilot").expect("gone")), (1, 0));
    }
}

#[test]
fn a_change_during_another_servers_rebuild_is_made_twice() {
    let Some(server) = configured("two_servers") else { return };
    let index = &server.index;
    rebuild(index, &["Copilot"]).expect("rebuilt");
    let building = format!("{}-build-x", server.place.index());
    let made = json!({ "uid": building, "primaryKey": "candor_key" });
    RUNTIME.block_on(server.place.have(Method::POST, "/indexes", &made));
    let said = reason(put(index, entry(2, "Gemini")));
    assert!(said.contains("again"), "{said}");
    assert_eq!(total(index, "gemini").expect("found at once all the same"), 1);
    RUNTIME.block_on(server.place.have(Method::DELETE, &format!("/indexes/{building}"), &json!({})));
    put(index, entry(2, "Gemini")).expect("and for good after it");
}

#[test]
fn the_old_entries_are_found_until_the_new_ones_are() {
    let Some(server) = configured("swap") else { return };
    let index = &server.index;
    rebuild(index, &["Copilot"]).expect("rebuilt");
    let looked = server.anew();
    let entries = stream::unfold(0_u128, |n| {
        let looked = &looked;
        async move {
            let request = Request { query: Query::parse("copilot"), limit: 10, ..Request::default() };
            let page = looked.search(BUYER, &request).await.expect("searched without a gap");
            assert_eq!(page.total, 1, "batch {n}");
            (n < 5).then(|| (Ok(vec![entry(n + 10, "Gemini")]), n + 1))
        }
    });
    assert_eq!(RUNTIME.block_on(index.rebuild(Box::pin(entries))).expect("rebuilt"), 5);
    assert_eq!((total(&looked, "copilot").expect("gone"), total(&looked, "gemini").expect("there")), (0, 5));
}

#[test]
fn a_server_that_is_killed_keeps_what_it_acknowledged() {
    let Some(mut instance) = Instance::start("a_server_that_is_killed_keeps_what_it_acknowledged") else { return };
    let index = engine(&settings(&instance.place));
    rebuild(&index, &["Copilot"]).expect("rebuilt");
    for round in 0..5_u128 {
        put(&index, entry(round + 2, "Gemini")).expect("applied");
        instance.kill();
        let said = reason(put(&index, entry(100, "Claude")));
        assert!(said.contains("does not answer"), "{said}");
        assert!(reason(total(&index, "gemini")).contains("does not answer"));
        instance.run();
        RUNTIME.block_on(crate::harness::until("the engine to be used again", async || {
            let request = Request { query: Query::parse("gemini"), ..Request::default() };
            index.search(BUYER, &request).await.ok().filter(|page| u128::from(page.total) == round + 1)
        }));
        assert_eq!(standing(&index).expect("an answer"), Standing::Ready);
    }
}

#[test]
fn a_server_that_hangs_is_not_waited_for_long() {
    let Some(instance) = Instance::start("a_server_that_hangs_is_not_waited_for_long") else { return };
    let index = engine(&config::Search { answer_seconds: 1, change_seconds: 1, ..settings(&instance.place) });
    rebuild(&index, &["Copilot"]).expect("rebuilt");
    instance.halt(true);
    let begun = std::time::Instant::now();
    for said in [reason(total(&index, "copilot")), reason(put(&index, entry(2, "Gemini")))] {
        assert!(said.contains("did not answer within 1 s"), "{said}");
    }
    assert!(begun.elapsed().as_secs() < 10);
    instance.halt(false);
    RUNTIME.block_on(crate::harness::until("the change to be made after all", async || {
        index.apply(vec![Change::Upsert(Box::new(entry(2, "Gemini")))]).await.ok()
    }));
    assert_eq!(total(&index, "gemini").expect("found"), 1);
}
