//! Parts of things, on every engine: answers of assessments, each found, changed and removed by itself.

use super::{BUYER, OTHER, counted_by, run};
use candor::platform::search::{Change, Document, Part, Request, SearchIndex};
use domain::ids::OrganisationId;
use domain::register::{Query, Sort, Subject, Topic};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn topic(id: &str) -> Topic {
    Subject::Answers.topic(id).expect("a topic of answers")
}

fn answer(organisation: OrganisationId, n: u128, place: u16, vendor: &str, said: &str) -> Document {
    Document {
        organisation,
        id: Uuid::from_u128(n),
        part: Some(Part { id: format!("A.{place} x"), place }),
        texts: vec![
            (topic("answer"), said.to_owned()),
            (topic("question"), format!("Question {place} about retention")),
            (topic("vendor"), vendor.to_owned()),
        ],
        facets: counted_by(&[(topic("vendor"), vendor), (topic("stand"), "given")]),
        numbers: BTreeMap::new(),
        updated_at: 0,
    }
}

fn request(text: &str) -> Request {
    Request {
        about: Subject::Answers,
        query: Query::about(Subject::Answers, text),
        facets: BTreeSet::from([topic("vendor")]),
        limit: 50,
        ..Request::default()
    }
}

fn found(index: &dyn SearchIndex, text: &str) -> Vec<(u128, String)> {
    let page = run(index.search(BUYER, &request(text))).expect("a search");
    assert_eq!(page.total, page.hits.len() as u64, "{text}");
    page.hits.into_iter().map(|hit| (hit.id.as_u128(), hit.part.expect("a part"))).collect()
}

fn at(n: u128, place: u16) -> (u128, String) {
    (n, format!("A.{place} x"))
}

pub(super) fn parts_of_a_thing_are_found_each_by_itself(index: &dyn SearchIndex) {
    let upsert = |document| Change::Upsert(Box::new(document));
    let first = [
        answer(BUYER, 1, 11, "Bolt", "thirty days"),
        answer(BUYER, 1, 2, "Bolt", "never"),
        answer(BUYER, 2, 2, "Acme", "thirty years"),
        answer(OTHER, 1, 2, "Bolt", "thirty weeks"),
    ];
    run(index.apply(first.map(upsert).into())).expect("applied");
    assert_eq!(run(index.document_count(BUYER)).expect("a count"), 3);
    // By vendor, and within an assessment in the order of its questions.
    assert_eq!(found(index, ""), [at(2, 2), at(1, 2), at(1, 11)]);
    assert_eq!(found(index, "retention"), [at(2, 2), at(1, 2), at(1, 11)]);
    assert_eq!(found(index, "thirty day"), [at(1, 11)]);
    assert_eq!(found(index, "answer:thirty -acme"), [at(1, 11)]);
    assert_eq!(found(index, "stand:given vendor:bolt"), [at(1, 2), at(1, 11)]);
    let page = run(index.search(BUYER, &request("thirty"))).expect("a search");
    assert_eq!(page.facets[&topic("vendor")], [("Acme".to_owned(), 1), ("Bolt".to_owned(), 1)]);
    assert_eq!(page.hits[0].highlights[0].topic, topic("answer"));
    let by_name = Request { sort: Sort::Name, ..request("thirty") };
    let hits = run(index.search(BUYER, &by_name)).expect("a search").hits;
    assert_eq!(hits.iter().map(|hit| hit.id.as_u128()).collect::<Vec<_>>(), [2, 1]);
    // One of them changes, another goes, the rest stay.
    let gone = Change::Remove { organisation: BUYER, id: Uuid::from_u128(1), part: Some("A.2 x".to_owned()) };
    run(index.apply(vec![upsert(answer(BUYER, 1, 11, "Bolt", "forty days")), gone])).expect("applied");
    assert_eq!(found(index, ""), [at(2, 2), at(1, 11)]);
    assert_eq!(found(index, "thirty"), [at(2, 2)]);
    assert_eq!(run(index.document_count(OTHER)).expect("a count"), 1);
}
