//! What holds for the register's facts whatever is recorded, and in whatever order it comes.

use domain::ids::{AssessmentId, EngagementId, ImportId, MemberId, UseId};
use domain::register::fact::day;
use domain::register::{
    By, Certainty, Check, Choice, FIELDS, Fact, Field, Ground, PRODUCT_TABLE, Slot, Source, Statement, Summed,
    difference, elements, is_named_by_others, open, recognise_list, settle, summary, until,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use time::macros::date;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const BY: By = By::Member(MemberId(Uuid::from_u128(1)));

fn source(n: u8) -> Source {
    match n {
        0 => Source::Person { reason: None },
        1 => Source::Answer {
            engagement: EngagementId(Uuid::from_u128(2)),
            assessment: AssessmentId(Uuid::from_u128(3)),
            question: "REG-1".to_owned(),
            round: 1,
            row: Some(1),
        },
        2 => Source::Bom { document: "urn:uuid:1".to_owned(), sha256: String::new(), element: "m".to_owned() },
        3 => {
            Source::Import { import: ImportId(Uuid::from_u128(4)), list: "uses.csv".to_owned(), cell: "A1".to_owned() }
        }
        _ => Source::Catalogue { entry: "e".to_owned(), url: None },
    }
}

/// A fact that was seen on the `seen`th day and recorded `at` minutes after the beginning.
fn fact(id: u128, (field, value): (&str, &str), by: u8, seen: i64, at: i64) -> Fact {
    Fact {
        id: Uuid::from_u128(id),
        of_use: None,
        said: Statement::new(field, value).expect("a statement"),
        taken_back: false,
        last_seen: date!(2026 - 01 - 01) + Duration::days(seen),
        source: source(by),
        recorded_at: moment(at),
        recorded_by: BY,
    }
}

fn moment(minutes: i64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::minutes(minutes)
}

fn slot(field: &'static str) -> Slot {
    Slot { of_use: None, field, plan: None, region: None, element: None }
}

fn choice(id: u128, field: &'static str, of: Option<&Fact>, facing: &[Fact], at: i64) -> Choice {
    let facing = facing.iter().map(|fact| fact.id).collect();
    let fact = of.map(|fact| fact.id);
    Choice { id: Uuid::from_u128(id), slot: slot(field), fact, facing, reason: "seen".into(), at: moment(at), by: BY }
}

fn check(id: u128, fact: &Fact, holds: bool, at: i64) -> Check {
    Check { id: Uuid::from_u128(id), fact: fact.id, holds, note: "looked".into(), at: moment(at), by: BY }
}

/// By slot what is shown and why.
fn shown(facts: &[Fact], choices: &[Choice], checks: &[Check]) -> BTreeMap<Slot, (Option<String>, &'static str)> {
    settle(facts, choices, checks)
        .into_iter()
        .map(|one| (one.slot.clone(), (one.value().map(str::to_owned), one.ground.name())))
        .collect()
}

fn value(facts: &[Fact], choices: &[Choice], checks: &[Check], field: &'static str) -> (Option<String>, &'static str) {
    shown(facts, choices, checks).remove(&slot(field)).unwrap_or((None, "silent"))
}

const STATES: [&str; 3] = ["on", "off", "unknown"];
const REGIONS: [&str; 3] = ["EU", "US", "eu"];

/// Facts of a few slots by a few sources; ids from 1.
fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let one = (0_usize..3, 0_usize..3, 0_u8..5, 0_i64..5, 0_i64..50, any::<bool>(), 0_usize..3, any::<bool>());
    proptest::collection::vec(one, 1..14).prop_map(|rows| {
        let row = |(n, (which, v, by, seen, at, taken_back, certainty, in_plan))| {
            let said = match which {
                0 => ("default_state", STATES[v]),
                1 => ("residency", REGIONS[v]),
                _ => ("purpose", STATES[v]),
            };
            let mut fact = fact(n, said, by, seen, at);
            fact.taken_back = taken_back && at % 3 == 0;
            fact.said = fact.said.with_certainty(Certainty::ALL[certainty]);
            if in_plan && which < 2 {
                fact.said = fact.said.only_for("Enterprise", "").expect("it varies");
            }
            fact
        };
        (1..).zip(rows).map(row).collect()
    })
}

proptest! {
    /// Rows come from a database in any order.
    #[test]
    fn the_order_of_rows_plays_no_part(facts in facts(), picks in proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..5), turned in any::<prop::sample::Index>()) {
        let mut choices = Vec::new();
        let mut checks = Vec::new();
        for (n, (pick, is_choice)) in (100_u128..).zip(&picks) {
            let fact = pick.get(&facts);
            if *is_choice {
                let facing = facts.iter().map(|fact| fact.id).collect();
                choices.push(Choice { id: Uuid::from_u128(n), slot: fact.slot(), fact: Some(fact.id), facing, reason: String::new(), at: moment(60), by: BY });
            } else {
                checks.push(check(n, fact, n % 2 == 0, 60));
            }
        }
        let before = shown(&facts, &choices, &checks);
        let (mut facts, mut choices, mut checks) = (facts, choices, checks);
        let by = turned.index(facts.len());
        facts.rotate_left(by);
        facts.reverse();
        choices.reverse();
        checks.reverse();
        prop_assert_eq!(before, shown(&facts, &choices, &checks));
    }

    /// Two lists, a bill of materials and an answer can be read in any order: when each source spoke once, when it was
    /// recorded does not decide what is shown.
    #[test]
    fn what_is_shown_does_not_depend_on_what_came_first(facts in facts(), times in proptest::collection::vec(0_i64..1_000, 14)) {
        let mut heard = BTreeSet::new();
        let once: Vec<Fact> = facts.into_iter().filter(|fact| heard.insert((fact.slot(), fact.source.key()))).collect();
        let mut later = once.clone();
        for (fact, at) in later.iter_mut().zip(times) {
            fact.recorded_at = moment(at);
        }
        prop_assert_eq!(shown(&once, &[], &[]), shown(&later, &[], &[]));
    }

    /// Whatever other sources say, a choice stands; when its own source says otherwise, it is asked for again.
    #[test]
    fn a_choice_is_never_lost_silently(facts in facts(), pick in any::<prop::sample::Index>(), more in facts()) {
        let settled = settle(&facts, &[], &[]);
        let open: Vec<_> = settled.iter().filter(|one| !one.says.is_empty()).collect();
        prop_assume!(!open.is_empty());
        let one = pick.get(&open);
        let chosen = one.says[one.says.len() - 1].fact;
        let facing = one.says.iter().map(|current| current.fact.id).collect();
        let choice = Choice { id: Uuid::from_u128(99), slot: one.slot.clone(), fact: Some(chosen.id), facing, reason: "r".into(), at: moment(60), by: BY };
        let mut all = facts.clone();
        all.extend((50_u128..).zip(more).map(|(n, fact)| Fact { id: Uuid::from_u128(n), recorded_at: fact.recorded_at + Duration::minutes(100), last_seen: fact.last_seen + Duration::days(10), ..fact }));
        let choices = [choice];
        let after = settle(&all, &choices, &[]);
        let now = after.iter().find(|one| one.slot == choices[0].slot).expect("a slot that was chosen for stays");
        prop_assert!(now.choice.is_some());
        let compared = |fact: &Fact| fact.said.field.compared(&fact.said.value);
        let of_source: Vec<&Fact> = all[facts.len()..].iter().filter(|fact| fact.slot() == now.slot && fact.source.key() == chosen.source.key()).collect();
        let unchanged = of_source.iter().all(|fact| !fact.taken_back && compared(fact) == compared(chosen));
        if unchanged {
            prop_assert_eq!(now.ground, Ground::Chosen);
            prop_assert_eq!(now.fact().map(compared), Some(compared(chosen)));
        } else {
            prop_assert_eq!(now.ground, Ground::AskAgain);
            prop_assert!(now.ground.is_open());
        }
    }

    /// What is settled names each source's newest statement once, and only facts that were recorded.
    #[test]
    fn every_source_is_heard(facts in facts()) {
        let settled = settle(&facts, &[], &[]);
        let ids: BTreeSet<Uuid> = facts.iter().map(|fact| fact.id).collect();
        for fact in &facts {
            let newest = facts.iter().filter(|other| other.slot() == fact.slot() && other.source.key() == fact.source.key())
                .max_by_key(|other| (other.last_seen, other.recorded_at, other.id)).expect("itself");
            let one = settled.iter().find(|one| one.slot == fact.slot());
            let heard = one.map_or(0, |one| one.says.iter().filter(|current| current.fact.id == newest.id).count());
            prop_assert_eq!(heard, usize::from(!newest.taken_back));
        }
        prop_assert!(settled.iter().flat_map(|one| &one.says).flat_map(|current| &current.run).all(|id| ids.contains(id)));
    }

    /// What the register knew at a time is what it would know had nothing come since.
    #[test]
    fn the_past_stays_as_it_was(facts in facts(), at in 0_i64..50) {
        let (then, _, _) = until(moment(at), &facts, &[], &[]);
        let now = settle(&facts, &[], &[]);
        let differs = difference(&settle(&then, &[], &[]), &now);
        let came: BTreeSet<Slot> = facts.iter().filter(|fact| fact.recorded_at > moment(at)).map(Fact::slot).collect();
        prop_assert!(differs.iter().all(|one| came.contains(&one.slot)));
        prop_assert!(difference(&now, &now).is_empty());
    }
}

#[test]
fn the_rule_by_example() {
    let answer = fact(1, ("default_state", "off"), 1, 1, 1);
    let bom = fact(2, ("default_state", "on"), 2, 9, 9);
    let both = [answer.clone(), bom.clone()];
    let off = || Some("off".to_owned());
    let on = || Some("on".to_owned());
    assert_eq!(value(&both, &[], &[], "default_state"), (off(), "conflict"), "an answer is believed before a document");
    let checked = [check(10, &bom, true, 10)];
    assert_eq!(value(&both, &[], &checked, "default_state"), (on(), "conflict"), "what was checked is believed first");
    let unchecked = [check(10, &bom, true, 10), check(11, &bom, false, 11)];
    assert_eq!(value(&both, &[], &unchecked, "default_state"), (off(), "conflict"));
    let doubted =
        [Fact { said: answer.said.clone().with_certainty(Certainty::Uncertain), ..answer.clone() }, bom.clone()];
    assert_eq!(value(&doubted, &[], &[], "default_state"), (on(), "conflict"), "the surer is believed");

    let chosen = [choice(20, "default_state", Some(&answer), &both, 20)];
    assert_eq!(value(&both, &chosen, &checked, "default_state"), (off(), "chosen"), "a choice beats a check");
    let seen_again = fact(3, ("default_state", "off"), 1, 30, 30);
    let all = [answer.clone(), bom.clone(), seen_again];
    assert_eq!(value(&all, &chosen, &[], "default_state"), (off(), "chosen"), "the same said again changes nothing");
    assert_eq!(settle(&all, &chosen, &[])[0].says[0].as_of, date!(2026 - 01 - 02), "since it was said first");
    let changed = fact(4, ("default_state", "opt_in"), 1, 30, 30);
    let all = [answer.clone(), bom.clone(), changed];
    assert_eq!(value(&all, &chosen, &[], "default_state"), (Some("opt_in".into()), "ask_again"));

    let third = fact(5, ("default_state", "unknown"), 3, 40, 40);
    let all = [answer.clone(), bom.clone(), third];
    let settled = settle(&all, &chosen, &[]);
    assert_eq!((settled[0].value(), settled[0].contested), (Some("off"), true), "it stands, and the new voice is told");
    assert_eq!(open(&settled), 1);

    let none = [choice(21, "default_state", None, &both, 21)];
    assert_eq!(value(&both, &none, &[], "default_state"), (None, "chosen"));
    assert_eq!(value(&all, &none, &[], "default_state"), (off(), "ask_again"));
}

#[test]
fn a_list_holds_what_any_source_names_and_tells_who_leaves_it_out() {
    let facts = [
        fact(1, ("sub_processors", "OpenAI"), 1, 1, 1),
        fact(2, ("sub_processors", "OPENAI"), 2, 1, 1),
        fact(3, ("sub_processors", "Anthropic"), 2, 1, 1),
    ];
    let settled = settle(&facts, &[], &[]);
    let grounds: Vec<_> = settled.iter().map(|one| (one.value(), one.ground.name(), one.left_out_by.len())).collect();
    assert_eq!(grounds, [(Some("Anthropic"), "conflict", 1), (Some("OpenAI"), "agreed", 0)]);
    let several = |names: &[&str]| Summed::Several(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(summary(&settled, None)["sub_processors"], several(&["Anthropic", "OpenAI"]));
    // Adding by hand what no list names, and nothing else, contradicts nobody's list but shows that nobody names it.
    let by_hand = [facts[0].clone(), fact(4, ("sub_processors", "Mistral"), 0, 2, 2)];
    let settled = settle(&by_hand, &[], &[]);
    let left_out: Vec<_> = settled.iter().map(|one| (one.value(), one.left_out_by.len())).collect();
    assert_eq!(left_out, [(Some("Mistral"), 1), (Some("OpenAI"), 0)]);
}

#[test]
fn plans_have_values_of_their_own() {
    let of_plan = |id, value, plan| {
        let fact = fact(id, ("default_state", value), 1, 1, 1);
        Fact { said: fact.said.only_for(plan, "").expect("it varies"), ..fact }
    };
    let differing = [of_plan(1, "on", "Free"), of_plan(2, "off", "Enterprise")];
    let settled = settle(&differing, &[], &[]);
    assert_eq!(settled.len(), 2);
    assert_eq!(summary(&settled, None)["default_state"], Summed::One("by_plan".to_owned()));
    let alike = [of_plan(1, "on", "Free"), of_plan(2, "on", "ENTERPRISE")];
    assert_eq!(summary(&settle(&alike, &[], &[]), None)["default_state"], Summed::One("on".to_owned()));
    let other_case = [of_plan(1, "on", "Enterprise"), of_plan(2, "on", "ＥＮＴＥＲＰＲＩＳＥ")];
    assert_eq!(settle(&other_case, &[], &[]).len(), 1, "case and width make no other plan");
    let of_use = [Fact { of_use: Some(UseId(Uuid::from_u128(7))), ..fact(9, ("owner", "Sales"), 0, 1, 1) }];
    assert!(summary(&settle(&of_use, &[], &[]), None).is_empty(), "what is said of a use is not said of the entry");
}

#[test]
fn values_are_read_or_refused() {
    let refused = |field: &str, text: &str| Statement::new(field, text).expect_err("refused").code;
    assert_eq!(refused("colour", "red"), "not-a-register-field");
    assert_eq!(refused("default_state", "perhaps"), "not-an-option");
    assert_eq!(refused("next_review", "1.3.2026"), "not-a-date");
    assert_eq!(refused("runs_on", "GPT"), "not-an-entry");
    assert_eq!(refused("purpose", " \n "), "required");
    assert_eq!(refused("purpose", &"x".repeat(4_001)), "too-long");
    assert_eq!(Statement::new("default_state", " ON ").expect("read").value, "on");
    let purpose = Statement::new("purpose", "Drafts").expect("read");
    assert_eq!(purpose.only_for("Free", "").expect_err("refused").code, "does-not-vary");
    assert_eq!(day("as_of", "2026-03-02", date!(2026 - 03 - 01)).expect_err("refused").code, "in-the-future");

    assert_eq!(
        elements("OpenAI, L.L.C., Anthropic;  Google \nopenai, l.l.c."),
        ["OpenAI, L.L.C.", "Anthropic", "Google"]
    );
    assert_eq!(elements("Azure (EU, US), 1,000 hosts"), ["Azure (EU, US)", "1,000 hosts"]);
    let said = Statement::of_cell("residency", "EU; US").expect("read");
    assert_eq!(said.iter().map(|one| one.value.as_str()).collect::<Vec<_>>(), ["EU", "US"]);
    assert_eq!(Statement::of_cell("purpose", "EU; US").expect("read").len(), 1);
}

#[test]
fn fields_are_told_apart() {
    let ids: BTreeSet<&str> = FIELDS.iter().map(|field| field.id).collect();
    assert_eq!(ids.len(), FIELDS.len());
    assert!(Field::named("status").is_some_and(|status| status.ours && !status.is_declarable()));
    let decided = |of_use: bool| -> Vec<&str> {
        FIELDS.iter().filter(|field| field.is_decided(of_use)).map(|field| field.id).collect()
    };
    let of_use = vec!["tier", "annex_iii", "status", "conditions"];
    assert_eq!((decided(false), decided(true)), (vec!["status", "conditions"], of_use));
    assert!(FIELDS.iter().all(|field| (field.shape == domain::register::Shape::Choice) != field.values.is_empty()));
}

/// What a certification auditor asks an inventory of AI for, and what is asked of a feature of bought software: each has
/// a field, and what a vendor or a list can say of it has a column.
#[test]
fn what_an_auditor_asks_for_has_a_field_and_a_column() {
    let asked = "purpose business_function model_provider model decision_role inputs outputs training_data \
        decision_supported affected_people autonomy oversight deployment_boundary integrations limitations failure_modes \
        bias_indicators residency owner tier evidence_confidence next_review status vendor product available enabled used \
        default_state who_can_switch_off trains_own_models trains_shared_models trains_third_party_models sub_processors \
        vendor_changed_on";
    for id in asked.split_whitespace() {
        assert!(Field::named(id).is_some(), "{id}");
    }
    for (heading, id) in [
        ("Known failure modes", "failure_modes"),
        ("Bias indicators", "bias_indicators"),
        ("System boundary", "deployment_boundary"),
        ("Decision supported", "decision_supported"),
        ("Last changed by vendor", "vendor_changed_on"),
    ] {
        let headings = ["Name".to_owned(), heading.to_owned()];
        let columns = recognise_list(&headings, &BTreeMap::new()).expect("a list of things by name");
        let found: Vec<&str> = columns.fields.iter().map(|(_, field)| field.id).collect();
        assert!(found.contains(&id), "{heading}: {found:?}");
    }
    let day = Field::named("vendor_changed_on").expect("a field");
    assert_eq!(day.read("2026-04-24").as_deref(), Ok("2026-04-24"));
    assert!(day.varies && Field::named("evidence_confidence").is_some_and(|field| field.ours && field.is_of_use()));
}

#[test]
fn an_entry_is_named_as_long_as_somebody_else_speaks_of_it() {
    const LIST: u8 = 3;
    let own = source(LIST).speaker();
    let nobody = BTreeSet::new();
    let said = |by: u8| fact(by.into(), ("purpose", "Ranks"), by, 1, 1);
    let taken_back = |by: u8| Fact { id: Uuid::from_u128(9), taken_back: true, recorded_at: moment(2), ..said(by) };
    let of_page = |entry: &str| Fact { source: Source::Catalogue { entry: entry.to_owned(), url: None }, ..said(4) };
    let is_named = |facts: &[Fact]| is_named_by_others(facts, &[], &own, &nobody);
    assert!(!is_named(&[said(LIST)]), "it speaks of it alone");
    for other in [0, 1, 2, 4] {
        assert!(is_named(&[said(LIST), said(other)]), "{other} does too");
        assert!(!is_named(&[said(other), taken_back(other)]), "{other} said so once");
        let again = Fact { id: Uuid::from_u128(10), recorded_at: moment(3), ..said(other) };
        assert!(
            is_named(&[taken_back(other), again, said(other)]),
            "{other} says so again, in whatever order it is read"
        );
        let left_out = BTreeSet::from([source(other).speaker()]);
        assert!(!is_named_by_others(&[said(other)], &[], &own, &left_out), "{other} has left it out itself");
    }
    assert!(!is_named(&[of_page(PRODUCT_TABLE)]), "the table of products names nothing of its own");
    let left_out = BTreeSet::from([of_page("assistant").source.speaker()]);
    let pages = [of_page("assistant"), of_page("assistant/2")];
    assert!(is_named(&pages) && !is_named_by_others(&pages, &[], &own, &left_out), "all pages of a feature go with it");
    let of_use = Fact { of_use: Some(UseId(Uuid::from_u128(7))), ..said(0) };
    assert!(is_named(&[of_use]), "who speaks of a use of it speaks of it");
    let chosen = choice(11, "purpose", None, &[], 3);
    assert!(is_named_by_others(&[said(LIST)], &[chosen], &own, &nobody), "a person chose");
}
