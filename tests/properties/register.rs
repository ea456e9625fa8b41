//! What holds for the register's rules whatever is declared, submitted again or imported.

use domain::ids::ComponentId;
use domain::register::fold::{folded, words};
use domain::register::{
    Declared, Identity, InUse, KINDS, Naming, Product, ProductTable, Separator, Standing, Step, declared,
    recognise_columns, reconcile, separators, split, use_row,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

type Row = BTreeMap<String, String>;
type Cell = (&'static str, &'static str);

fn row(cells: &[(&str, &str)]) -> Row {
    cells.iter().map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned())).collect()
}

/// The entries as an earlier submission left them, numbered from 1.
fn standing(entries: &[Declared]) -> Vec<Standing> {
    (1..)
        .zip(entries)
        .map(|(n, entry)| Standing {
            component: ComponentId(Uuid::from_u128(n)),
            key: entry.key.clone(),
            fields: entry.fields.iter().map(|(field, said)| ((*field).to_owned(), said.text.clone())).collect(),
            row: entry.rows[0],
            withdrawn: false,
        })
        .collect()
}

/// What became of each standing entry (by number), and how many are new.
fn outcome(steps: &[Step]) -> (BTreeMap<u128, &'static str>, usize) {
    let mut of = BTreeMap::new();
    let mut added = 0;
    for step in steps {
        let (component, what) = match step {
            Step::Keep { component, .. } => (component, "kept"),
            Step::Update { component, renamed: true, .. } => (component, "renamed"),
            Step::Update { component, .. } => (component, "updated"),
            Step::Withdraw { component } => (component, "withdrawn"),
            Step::Add { .. } => {
                added += 1;
                continue;
            }
        };
        assert!(of.insert(component.0.as_u128(), what).is_none(), "{component} twice");
    }
    (of, added)
}

fn nothing_changes(old: &[Standing], new: &[Declared]) -> bool {
    reconcile(old, new).iter().all(|step| matches!(step, Step::Keep { .. }))
}

fn codes(problems: &[domain::problem::Problem]) -> Vec<(&str, &str)> {
    problems.iter().map(|problem| (problem.at.as_str(), problem.code.as_str())).collect()
}

const FEATURES: [(&str, &str); 10] = [
    ("Meeting recap", "summarises recorded meetings for those who missed them"),
    ("Email drafting", "proposes replies to customer mail in the help desk"),
    ("Lead scoring", "ranks sales leads by the chance that they buy"),
    ("Invoice reading", "reads amounts and dates out of scanned invoices"),
    ("Fraud alerts", "marks card payments that look unlike the customer"),
    ("Shift planning", "proposes rosters from sales forecasts and absences"),
    ("Candidate matching", "orders applications by fit with the vacancy"),
    ("Code completion", "completes source code while it is being written"),
    ("Voice transcription", "turns calls into text for quality checks"),
    ("Route planning", "plans delivery routes from traffic and orders"),
];

fn forty() -> Vec<Row> {
    (0..40)
        .map(|n| {
            let (name, purpose) = FEATURES[n % 10];
            row(&[
                ("name", name),
                ("kind", KINDS[2 + n % 2]),
                ("product", ["Suite", "Desk", "Cloud", "Mobile"][n / 10]),
                ("purpose", purpose),
                ("default_state", ["on", "off", "opt_in"][n % 3]),
            ])
        })
        .collect()
}

#[test]
fn forty_rows_with_renames_reordering_duplicates_and_losses() {
    let before = declared(&forty());
    assert_eq!((before.entries.len(), before.problems.len()), (40, 0));
    let old = standing(&before.entries);

    let mut rows = forty();
    rows.rotate_left(7);
    assert!(nothing_changes(&old, &declared(&rows).entries));

    // Numbers are those of the entries: row n of the first submission.
    let mut rows = forty();
    rows[0].insert("name".into(), "Meeting recaps (beta)".into());
    rows[11].insert("name".into(), "Reply assistant".into());
    rows[22].insert("default_state".into(), "by_plan".into());
    rows[33].insert("name".into(), "Recipe ideas".into());
    rows[33].insert("purpose".into(), "invents dishes from what is in the fridge".into());
    rows.remove(5);
    rows.reverse();
    rows.push(forty()[8].clone());
    rows.push(row(&[
        ("name", "  VOICE   transcription "),
        ("kind", KINDS[2]),
        ("product", "suite"),
        ("tier", "limited"),
    ]));
    let after = declared(&rows);
    assert_eq!(after.entries.len(), 39);
    assert_eq!(codes(&after.problems), [("rows[40]", "repeated-row"), ("rows[41]", "repeated-row")]);
    let steps = reconcile(&old, &after.entries);
    let (of, added) = outcome(&steps);
    assert_eq!(added, 1, "the recipe ideas");
    for n in 1..=40 {
        let expected = match n {
            1 | 12 => "renamed",
            9 | 23 => "updated",
            6 | 34 => "withdrawn",
            _ => "kept",
        };
        assert_eq!(of[&n], expected, "entry {n}");
    }
}

#[test]
fn what_differs_is_named_field_by_field() {
    let old =
        standing(&declared(&[row(&[("name", "A"), ("kind", "agent"), ("tier", "high"), ("plan", "Pro")])]).entries);
    let new = declared(&[row(&[("name", "A"), ("kind", "agent"), ("plan", "Pro"), ("model", "GPT-4o")])]).entries;
    let [Step::Update { changed, renamed: false, restored: false, .. }] = &reconcile(&old, &new)[..] else {
        panic!("one update");
    };
    let changed: Vec<_> = changed.iter().map(|c| (c.field.as_str(), c.before.as_deref(), c.after.as_deref())).collect();
    assert_eq!(changed, [("model", None, Some("GPT-4o")), ("tier", Some("high"), None)]);
}

#[test]
fn two_features_are_not_taken_for_one() {
    let one = |cells: &[Cell]| declared(&[row(cells)]).entries;
    let cases: [(&[Cell], &[Cell]); 6] = [
        (&[("name", "Feature 7"), ("kind", "agent")], &[("name", "Feature 41"), ("kind", "model")]),
        (
            &[("name", "Summaries"), ("kind", "agent"), ("product", "Desk")],
            &[("name", "Summary"), ("kind", "agent"), ("product", "Payroll")],
        ),
        (
            &[("name", "Copilot"), ("kind", "agent"), ("plan", "Free")],
            &[("name", "Copilots"), ("kind", "agent"), ("plan", "Pro")],
        ),
        (&[("name", "Lead scoring"), ("kind", "agent")], &[("name", "Fraud alerts"), ("kind", "agent")]),
        (&[("name", "Lead scoring"), ("kind", "agent")], &[("name", "Lead scorer"), ("kind", "dataset")]),
        (
            &[("name", "A"), ("kind", "agent"), ("purpose", "help")],
            &[("name", "B"), ("kind", "agent"), ("purpose", "help")],
        ),
    ];
    for (before, after) in cases {
        let steps = reconcile(&standing(&one(before)), &one(after));
        let (of, added) = outcome(&steps);
        assert_eq!((of[&1], added), ("withdrawn", 1), "{before:?} {after:?}");
    }
    // Two that fit equally well: nobody can say which was renamed.
    let old = standing(&declared(&[row(&[("name", "Summary"), ("kind", "agent")])]).entries);
    let twins = [
        row(&[("name", "x"), ("kind", "model")]),
        row(&[("name", "Summary A"), ("kind", "agent")]),
        row(&[("name", "Summary B"), ("kind", "agent")]),
    ];
    assert_eq!(outcome(&reconcile(&old, &declared(&twins).entries)).0[&1], "withdrawn");
}

#[test]
fn a_withdrawn_entry_comes_back_under_its_key() {
    let entries = declared(&[row(&[("name", "Recap"), ("kind", "agent")])]).entries;
    let mut old = standing(&entries);
    old[0].withdrawn = true;
    assert!(reconcile(&old, &[]).is_empty());
    let steps = reconcile(&old, &entries);
    assert!(matches!(&steps[..], [Step::Update { restored: true, changed, .. }] if changed.is_empty()));
    let other = declared(&[row(&[("name", "Recaps"), ("kind", "agent")])]).entries;
    assert!(matches!(&reconcile(&old, &other)[..], [Step::Add { .. }]));
}

#[test]
fn rows_that_say_too_little_or_too_much_are_reported() {
    let rows = [
        row(&[("product", "Joule"), ("kind", "agent")]),
        row(&[("kind", "agent"), ("purpose", "something")]),
        row(&[("name", "A"), ("kind", "robot"), ("tier", "huge"), ("colour", "red")]),
        row(&[("name", " ")]),
        row(&[("name", "C++ help"), ("kind", "agent"), ("tier", "high")]),
        row(&[("name", "C# help"), ("kind", "agent")]),
        row(&[("name", "c++  HELP"), ("kind", "agent"), ("tier", "minimal"), ("model", "M")]),
    ];
    let found = declared(&rows);
    let names: Vec<&str> = found.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["Joule", "A", "C++ help", "C# help"]);
    assert_eq!(
        codes(&found.problems),
        [
            ("rows[1].name", "named-after-another-field"),
            ("rows[2].name", "name-required"),
            ("rows[3].colour", "column-not-in-register"),
            ("rows[3].kind", "not-an-option"),
            ("rows[3].tier", "not-an-option"),
            ("rows[3].kind", "kind-not-stated"),
            ("rows[4]", "empty-row"),
            ("rows[7]", "repeated-row"),
            ("rows[7].tier", "rows-disagree"),
        ]
    );
    let merged = &found.entries[2];
    assert_eq!(
        (merged.rows.as_slice(), merged.fields["tier"].text.as_str(), merged.fields["model"].row),
        (&[5, 7][..], "high", 7)
    );
}

prop_compose! {
    fn any_row()(
        name in prop::sample::select(vec!["Recap", "recap", "Recaps", "Feature 1", "Feature 2", "Résumé", "摘要", ""]),
        kind in prop::sample::select(vec!["agent", "model", "embedded_feature", "", "robot"]),
        product in prop::sample::select(vec!["", "Suite", "Suites", "Desk"]),
        plan in prop::sample::select(vec!["", "Free", "Pro"]),
        purpose in prop::sample::select(vec!["", "help", "summarises recorded meetings for everyone", "ranks leads by the chance to buy"]),
        tier in prop::sample::select(vec!["", "high", "limited"]),
    ) -> Row {
        row(&[("name", name), ("kind", kind), ("product", product), ("plan", plan), ("purpose", purpose), ("tier", tier)])
    }
}

proptest! {
    #[test]
    fn every_row_is_accounted_for_and_no_key_is_there_twice(rows in prop::collection::vec(any_row(), 0..40)) {
        let found = declared(&rows);
        prop_assert_eq!(&found, &declared(&rows));
        let keys: BTreeSet<_> = found.entries.iter().map(|entry| &entry.key).collect();
        prop_assert_eq!(keys.len(), found.entries.len());
        let mut told: Vec<usize> = found.entries.iter().flat_map(|entry| entry.rows.clone()).collect();
        for problem in found.problems.iter().filter(|problem| matches!(problem.code.as_str(), "name-required" | "empty-row")) {
            let digits: String = problem.at.chars().filter(char::is_ascii_digit).collect();
            told.push(digits.parse().expect("rows[n]"));
        }
        told.sort_unstable();
        prop_assert_eq!(told, (1..=rows.len()).collect::<Vec<_>>());
    }

    #[test]
    fn the_same_rows_again_change_nothing(rows in prop::collection::vec(any_row(), 0..40), turn in 0_usize..40) {
        let first = declared(&rows).entries;
        let old = standing(&first);
        prop_assert!(nothing_changes(&old, &first));
        // In another order too, as long as no row is repeated with other words.
        let mut single: Vec<Row> = first.iter().map(|entry| rows[entry.rows[0] - 1].clone()).collect();
        let old = standing(&declared(&single).entries);
        let by = turn % single.len().max(1);
        single.rotate_left(by);
        prop_assert!(nothing_changes(&old, &declared(&single).entries));
    }

    #[test]
    fn every_entry_has_one_step_and_keys_stay_unique(
        before in prop::collection::vec(any_row(), 0..30),
        after in prop::collection::vec(any_row(), 0..30),
        gone in prop::collection::vec(any::<bool>(), 30),
    ) {
        let mut old = standing(&declared(&before).entries);
        old.iter_mut().zip(gone).for_each(|(old, gone)| old.withdrawn = gone);
        let new = declared(&after).entries;
        let steps = reconcile(&old, &new);
        prop_assert_eq!(&steps, &reconcile(&old, &new));
        let (of, added) = outcome(&steps);
        for standing in old.iter().filter(|standing| !standing.withdrawn) {
            prop_assert!(of.contains_key(&standing.component.0.as_u128()));
        }
        let mut declared: Vec<usize> = steps.iter().filter_map(|step| match step {
            Step::Keep { declared, .. } | Step::Update { declared, .. } | Step::Add { declared } => Some(*declared),
            Step::Withdraw { .. } => None,
        }).collect();
        declared.sort_unstable();
        prop_assert_eq!(declared, (0..new.len()).collect::<Vec<_>>());
        prop_assert!(added <= new.len());
    }

    #[test]
    fn words_stand_where_they_say(text in any::<String>()) {
        let mut end = 0;
        for word in words(&text) {
            prop_assert!(end <= word.from && word.from < word.to && text.get(word.from..word.to).is_some());
            prop_assert!(!word.text.is_empty() && word.text.chars().count() <= 60);
            end = word.to;
        }
        let once = folded(&text);
        prop_assert_eq!(folded(&once), once.clone(), "folding twice is folding once");
        prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
    }

    #[test]
    fn a_split_loses_no_word(cell in "[A-Za-z0-9 ,;/&()\n]{0,60}") {
        let all = [Separator::Comma, Separator::Semicolon, Separator::Slash, Separator::Ampersand, Separator::NewLine];
        let said = |text: &str| words(text).into_iter().map(|word| word.text).collect::<BTreeSet<_>>();
        let parts: BTreeSet<String> = split(&cell, &all).iter().flat_map(|part| said(part)).collect();
        prop_assert_eq!(parts, said(&cell));
        prop_assert!(split(&cell, &[]).len() <= 1);
        for proposal in separators(&cell) {
            prop_assert!(proposal.parts.len() > 1);
        }
    }
}

fn table() -> ProductTable {
    let product = |contains: &[&str], vendor: &str| Product {
        contains: contains.iter().map(|phrase| (*phrase).to_owned()).collect(),
        vendor: vendor.to_owned(),
    };
    ProductTable::new(vec![
        product(&["Microsoft", "M365 Copilot", "Copilot"], "Microsoft"),
        product(&["GitHub Copilot"], "GitHub"),
        product(&["ChatGPT", "OpenAI"], "OpenAI"),
        product(&["Azure OpenAI"], "Microsoft"),
    ])
    .expect("a sound table")
}

#[test]
fn a_vendor_is_named_only_when_it_is_certain() {
    let table = table();
    for (cell, vendor) in [
        ("Microsoft 365 Copilot GCC", Some("Microsoft")),
        ("CoPilot ", Some("Microsoft")),
        ("GITHUB CoPilot", Some("GitHub")),
        ("Microsoft Copilot 365,\nMicrosoft Copilot Studio", Some("Microsoft")),
        ("Azure OpenAI", Some("Microsoft")),
        ("Microsoft Teams\nintegrated with \nMicrosoft Copilot", Some("Microsoft")),
        ("ChatGPT, Copilot", None),
        ("GitHub Copilot; Microsoft Teams", None),
        ("Copilot, Westlaw", None),
        ("Copilots", None),
        ("Westlaw", None),
        ("Various", None),
        ("N/A", None),
        ("", None),
    ] {
        assert_eq!(table.vendor_of(cell), vendor, "{cell}");
    }
    let identity = |cell| Identity::of(&table, Some(cell));
    assert_eq!(identity("Github Copilot"), identity("GitHub  CoPilot "));
    assert_ne!(identity("Copilot"), identity("GitHub Copilot"));
    let json = r#"{"products":[{"contains":["GitHub Copilot"],"vendor":"GitHub"}]}"#;
    assert_eq!(ProductTable::from_json(json).expect("sound").vendor_of("github copilot chat"), Some("GitHub"));
    for (bad, code) in [
        ("{", "not-a-product-table"),
        (r#"{"products":[{"contains":["!"],"vendor":"V"}]}"#, "not-a-product-table"),
        (r#"{"products":[{"contains":["a"],"vendor":"V"},{"contains":["A"],"vendor":"W"}]}"#, "not-a-product-table"),
    ] {
        assert_eq!(ProductTable::from_json(bad).map_err(|problem| problem.code), Err(code.to_owned()), "{bad}");
    }
}

#[test]
fn a_product_cell_is_split_only_where_a_person_says() {
    use Separator::{And, Comma, NewLine, Slash};
    let proposed = |cell| separators(cell).into_iter().map(|p| (p.separator, p.parts.len())).collect::<Vec<_>>();
    assert_eq!(proposed("ChatGPT, Claude, Copilot"), [(Comma, 3)]);
    assert_eq!(proposed("Claude, Meta and Gemini"), [(Comma, 2), (And, 2)]);
    assert_eq!(proposed("Microsoft 365 suite (Teams, SharePoint, Word), Apple iOS"), [(Comma, 2)]);
    assert_eq!(proposed("Microsoft Copilot / Teams\nZoom"), [(NewLine, 2), (Slash, 2)]);
    for whole in ["N/A", "Various", "TBD", "REDACTED", "10,000 seats", "Android", "Copilot", ""] {
        assert_eq!(proposed(whole), [], "{whole}");
    }
    assert_eq!(split("A, B,, a ,\nC", &[Comma]), ["A", "B", "C"]);
    assert_eq!(split("Adobe \nFirefly, Canva", &[Comma]), ["Adobe Firefly", "Canva"]);
    assert_eq!(split("A, B", &[]), ["A, B"]);
    let holds = [
        ("N/A", Naming::None),
        ("-", Naming::None),
        ("none", Naming::None),
        ("Various", Naming::Unnamed),
        ("Various (see list)", Naming::Unnamed),
        ("TBD", Naming::NotKnown),
        ("REDACTED", Naming::Withheld),
        ("Various Adobe tools", Naming::Named),
        ("Notion", Naming::Named),
    ];
    for (cell, naming) in holds {
        assert_eq!(Naming::of(cell), naming, "{cell}");
    }
}

#[test]
fn the_federal_register_reads_as_its_description_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/register/omb-2025-cots.csv");
    let text = std::fs::read_to_string(path).expect("the shipped register");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut records =
        reader.records().map(|record| record.expect("a record").iter().map(str::to_owned).collect::<Vec<_>>());
    let headings = records.next().expect("headings");
    let columns = recognise_columns(&headings).expect("recognised");
    assert_eq!(
        (columns.unit, columns.use_case, columns.in_use, columns.product, columns.users),
        (Some(0), 1, Some(2), Some(3), Some(4))
    );
    let uses: Vec<_> = (2..)
        .zip(records)
        .map(|(n, cells)| use_row(&columns, n, &cells).expect("readable").expect("not blank"))
        .collect();
    let count = |state| uses.iter().filter(|one| one.in_use == state).count();
    assert_eq!((uses.len(), count(InUse::Yes), count(InUse::No), count(InUse::NotStated)), (900, 468, 416, 16));
    // The shipped table names a vendor where it is certain; the rest is "unknown".
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/register/product-vendors.json");
    let table = ProductTable::from_json(&std::fs::read_to_string(table).expect("the shipped table")).expect("sound");
    let vendor = |cell: &str| table.vendor_of(cell);
    assert_eq!(vendor("Microsoft M365 Copilot AI"), Some("Microsoft"));
    assert_eq!(vendor("ChatGPT, Claude, Copilot, Perplexity"), None);
    assert!(uses.iter().any(|one| one.product_cell.as_deref().is_some_and(|cell| vendor(cell).is_none())));
    let flagged = |naming| {
        uses.iter()
            .filter(|one| one.in_use == InUse::Yes && one.product_cell.as_deref().map(Naming::of) == Some(naming))
            .count()
    };
    assert_eq!((flagged(Naming::Unnamed), flagged(Naming::None)), (24, 16));
}

#[test]
fn other_headings_and_bad_rows() {
    let headings = |of: &[&str]| of.iter().map(|heading| (*heading).to_owned()).collect::<Vec<_>>();
    let usda = headings(&["Use Case ID", "Use Case Name", "Agency", "Bureau / Department", "Summary of Use Case"]);
    let columns = recognise_columns(&usda).expect("recognised");
    assert_eq!((columns.use_case, columns.unit, columns.in_use, columns.product), (1, Some(2), None, None));
    let dot =
        headings(&["AI Use Case Name", "Agency With AI Use Case", "Office With AI Use Case", "Withhold Use Case"]);
    assert_eq!(recognise_columns(&dot).map(|columns| (columns.use_case, columns.unit)), Ok((0, Some(1))));
    let none = recognise_columns(&headings(&["Colour", "Weight"])).map_err(|problem| problem.code);
    assert_eq!(none, Err("no-use-case-column".to_owned()));

    let columns =
        recognise_columns(&headings(&["Business unit", "Purpose", "In use?", "Product", "Users"])).expect("recognised");
    let read = |cells: &[&str]| use_row(&columns, 7, &headings(cells));
    assert_eq!(
        read(&["HR", "Screening", "maybe", "", ""]).map_err(|p| (p.at, p.code)),
        Err(("C7".to_owned(), "not-yes-or-no".to_owned()))
    );
    assert_eq!(
        read(&["HR", "", "Y", "X", ""]).map_err(|p| (p.at, p.code)),
        Err(("B7".to_owned(), "use-case-required".to_owned()))
    );
    assert_eq!(
        read(&["", "Screening", "Y", "X", ""]).map_err(|p| (p.at, p.code)),
        Err(("A7".to_owned(), "unit-required".to_owned()))
    );
    assert_eq!(read(&["", " ", "", "", ""]), Ok(None));
    let short = read(&["HR", "Screening"]).expect("readable").expect("a use");
    assert_eq!((short.in_use, short.product_cell), (InUse::NotStated, None));
}
