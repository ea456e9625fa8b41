//! Conditions, ranges and whole results, on every engine.

use super::{BUYER, OTHER, ask, entry, find, found, marked, named, numbers, put, run, topic};
use candor::platform::search::{Document, Request, SearchIndex};
use domain::register::{Bounds, Sort, Topic};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn conditions_hold_exactly(index: &dyn SearchIndex) {
    let made = |n, texts: &[(Topic, &str)], facets: &[(Topic, &str)], numbers: &[(&str, f64)]| Document {
        numbers: numbers.iter().map(|(id, number)| (topic(id), *number)).collect(),
        ..entry(n, texts, facets)
    };
    let (purpose, kind, tier) = (topic("purpose"), topic("kind"), topic("tier"));
    put(
        index,
        [
            made(
                1,
                &[
                    (Topic::NAME, "Meeting copilot"),
                    (Topic::VENDOR, "Acme"),
                    (purpose, "drafts replies to customer mail"),
                ],
                &[(kind, "agent"), (tier, "high")],
                &[("changed", 20_000.0)],
            ),
            made(
                2,
                &[(Topic::NAME, "Sales copilot"), (Topic::VENDOR, "Bolt"), (purpose, "mail for a customer")],
                &[(kind, "model"), (tier, "limited")],
                &[("changed", 20_100.0), ("use_count", 5.0)],
            ),
            made(
                3,
                &[(Topic::NAME, "Gemini"), (Topic::VENDOR, "Acme Labs"), (topic("model"), "a copilot inside 會議摘要")],
                &[(kind, "agent"), (tier, "unknown")],
                &[("use_count", 2.5)],
            ),
        ],
    );
    for (text, expected) in [
        ("copilot -sales", &[1, 3][..]),
        ("-copilot", &[]),
        ("-copil", &[1, 2, 3]),
        ("-copil*", &[]),
        ("-\"customer mail\"", &[2, 3]),
        ("name:copilot", &[1, 2]),
        ("name:copilt", &[]),
        ("vendor:acme", &[1, 3]),
        ("vendor:acm", &[1, 3]),
        ("vendor:acm kind:agent", &[]),
        ("vendor:acm* kind:agent", &[1, 3]),
        ("vendor:\"acme labs\"", &[3]),
        ("purpose:\"customer mail\"", &[1]),
        ("model:會議", &[3]),
        ("name:會議", &[]),
        ("kind:agent", &[1, 3]),
        ("-kind:agent", &[2]),
        ("tier:unknown", &[3]),
        ("has:purpose", &[1, 2]),
        ("-has:purpose", &[3]),
        ("has:tier", &[1, 2]),
        ("gemini OR sales", &[2, 3]),
        ("(gemini OR sales) kind:agent", &[3]),
        ("(gemini OR \"customer mail\") -tier:unknown", &[1]),
        ("-(gemini OR sales)", &[1]),
        ("-(kind:agent tier:high)", &[2, 3]),
        ("(meeting tier:high) OR vendor:bolt", &[1, 2]),
        // Day 20,000 is 2024-10-04, day 20,100 is 2025-01-12.
        ("changed:2024", &[1]),
        ("changed:[2024-10-04..2025-01-12]", &[1, 2]),
        ("changed:[2024-10-05..2025-01-11]", &[]),
        ("changed:[2025..]", &[2]),
        ("-changed:[..]", &[3]),
        ("use_count:>=2.5", &[2, 3]),
        ("use_count:>2.5", &[2]),
        ("use_count:[..4] copilot", &[3]),
    ] {
        let mut numbers = found(index, text);
        numbers.sort_unstable();
        assert_eq!(numbers, expected, "{text}");
    }
    let page = find(index, &ask("(gemini OR purpose:replies) -sales"));
    let mut shown: Vec<_> = page.hits.iter().flat_map(marked).collect();
    shown.sort();
    assert_eq!(shown, [(Topic::NAME, "Gemini".to_owned()), (purpose, "replies".to_owned())]);
}

pub(super) fn ranges_filter_and_order(index: &dyn SearchIndex) {
    let with = |n, changed: Option<f64>| {
        let mut entry = named(n, "Tool");
        entry.numbers = changed.into_iter().map(|day| (topic("changed"), day)).collect();
        entry.facets.add(topic("kind"), if n < 3 { "agent" } else { "model" });
        entry
    };
    put(index, [with(1, Some(300.0)), with(2, Some(-5.0)), with(3, None), with(4, Some(100.0))]);
    put(index, [with(5, Some(200.5))]);
    let changed = topic("changed");
    for text in ["", "tool"] {
        let sorted = |sort| numbers(&find(index, &Request { sort, ..ask(text) }));
        assert_eq!(sorted(Sort::Rising(changed)), [2, 4, 5, 1, 3], "{text}");
        assert_eq!(sorted(Sort::Falling(changed)), [1, 5, 4, 2, 3], "{text}");
        for (from, to, expected) in [
            (Some(100.0), Some(200.5), &[4, 5][..]),
            (Some(100.5), None, &[1, 5]),
            (None, Some(0.0), &[2]),
            (None, None, &[1, 2, 4, 5]),
            (Some(301.0), None, &[]),
        ] {
            let ranges = BTreeMap::from([(changed, Bounds { from, to })]);
            let page = find(index, &Request { ranges, facets: BTreeSet::from([topic("kind")]), ..ask(text) });
            let mut numbers = numbers(&page);
            numbers.sort_unstable();
            assert_eq!(numbers, expected, "{text} {from:?} {to:?}");
            let counted: u64 = page.facets[&topic("kind")].iter().map(|(_, count)| count).sum();
            assert_eq!((page.total, counted), (expected.len() as u64, expected.len() as u64), "facets respect ranges");
        }
    }
    // An index in which nothing has a number of that kind.
    assert_eq!(numbers(&find(index, &Request { sort: Sort::Rising(topic("since")), ..ask("") })), [1, 2, 3, 4, 5]);
    assert_eq!(found(index, "since:2020"), [] as [u128; 0]);
}

pub(super) fn a_whole_result_is_taken_away_in_steps(index: &dyn SearchIndex) {
    // With a fourth step they would be put together.
    for batch in 0..3_u128 {
        put(
            index,
            (0..25).map(|n| named(1 + (batch * 25 + n) * 7 % 100, ["Kept", "Kept too", "Other"][n as usize % 3])),
        );
    }
    let request = |text: &str| Request { limit: 5, offset: 3, ..ask(text) };
    for text in ["", "kept", "-kept"] {
        let mut wanted = numbers(&find(index, &Request { limit: 100, ..ask(text) }));
        wanted.sort_unstable();
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let step = run(index.matching(BUYER, &request(text), after, 9)).expect("a step");
            assert!(step.len() <= 9);
            let Some(last) = step.last() else { break };
            after = Some(*last);
            all.extend(step.iter().map(uuid::Uuid::as_u128));
        }
        assert_eq!(all, wanted, "{text}");
    }
    assert_eq!(run(index.matching(OTHER, &request(""), None, 9)).expect("a step"), [] as [uuid::Uuid; 0]);
}

pub(super) fn a_whole_result_is_had_in_the_order_of_its_pages(index: &dyn SearchIndex) {
    let since = topic("since");
    // Written in several steps: an index that is kept in segments has texts of its own in each.
    for batch in 0..4_u128 {
        let entry = |n: u128| {
            let n = batch * 25 + n;
            let place = n * 37 % 100;
            let mut entry = entry(
                1 + n,
                &[
                    (Topic::NAME, &format!("{} {}", ["Kept", "kept too", "Other"][n as usize % 3], place / 2)),
                    (Topic::VENDOR, &format!("Vendor {}", place % 7)),
                ],
                &[(topic("tier"), ["high", "limited"][n as usize % 2])],
            );
            if !n.is_multiple_of(5) {
                entry.numbers.insert(since, (n % 11) as f64);
            }
            entry
        };
        put(index, (0..25).map(entry));
    }
    let filters = BTreeMap::from([(topic("tier"), BTreeSet::from(["high".to_owned()]))]);
    let sorts = [Sort::Relevance, Sort::Name, Sort::Vendor, Sort::Updated, Sort::Rising(since), Sort::Falling(since)];
    for (text, filters) in [("", BTreeMap::new()), ("", filters.clone()), ("kept", filters), ("-kept", BTreeMap::new())]
    {
        for sort in sorts {
            let request = Request { sort, limit: 100, filters: filters.clone(), ..ask(text) };
            let paged = numbers(&find(index, &request));
            let short = Request { limit: 1, offset: 3, ..request };
            let whole = run(index.in_order(BUYER, &short)).expect("an order");
            assert_eq!(whole.is_some(), index.orders_everything());
            if let Some(whole) = whole {
                let whole: Vec<u128> = whole.iter().map(uuid::Uuid::as_u128).collect();
                assert_eq!(whole, paged, "{text} by {sort:?}");
            }
        }
    }
    let nobody = run(index.in_order(OTHER, &ask(""))).expect("an order");
    assert!(nobody.is_none_or(|ids| ids.is_empty()), "nothing of another organisation");
}
