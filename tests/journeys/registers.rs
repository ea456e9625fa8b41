//! Strangers' registers: each is read whole, what cannot be read or was withheld is shown, nothing is lost, and all of it
//! can be taken back. The numbers were counted in the files with Python's csv module.

use crate::harness::{Server, Session, Settings, Value, fixture};
use domain::access::Role;
use entity::import;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::json;
use std::collections::BTreeMap;

const BUYER: &str = "Harbour Bank";

/// What there is in a file.
struct Register {
    file: &'static str,
    /// Rows under the heading.
    rows: u64,
    in_use: u64,
    not_in_use: u64,
    not_stated: u64,
    withheld: u64,
    /// Meanings of columns, with their headings.
    columns: &'static [(&'static str, &'static str)],
    /// Columns from which nothing is taken.
    unread: usize,
    remarks: &'static [(&'static str, u64)],
    /// Entries, where they are named by rows; a list of products is counted otherwise.
    entries: Option<u64>,
    /// Of how many entries something is said.
    said: &'static [(&'static str, usize)],
    /// An entry: name, field, what is said.
    example: (&'static str, &'static str, &'static str),
}

const OMB: &[(&str, &str)] = &[
    ("unit", "Agency"),
    ("use_case", "AI Use Case"),
    ("in_use", "Agency Use (Y/N)?"),
    ("product", "Name of Commercial Product or Service Used"),
    ("users", "Estimated # of Licenses/Users"),
];

const REGISTERS: [Register; 6] = [
    Register {
        file: "register/omb-2025-cots.csv",
        rows: 900,
        in_use: 468,
        not_in_use: 416,
        not_stated: 16,
        withheld: 0,
        columns: OMB,
        unread: 0,
        remarks: &[],
        entries: None,
        said: &[],
        example: ("Microsoft 365 Copilot GCC", "vendor", "Microsoft"),
    },
    Register {
        file: "workbooks/real/omb-2025-cots.xlsx",
        rows: 900,
        in_use: 468,
        not_in_use: 416,
        not_stated: 16,
        withheld: 0,
        columns: OMB,
        unread: 0,
        remarks: &[],
        entries: None,
        said: &[],
        example: ("Microsoft 365 Copilot GCC", "product", "Microsoft 365 Copilot GCC"),
    },
    Register {
        file: "workbooks/real/usda-2023.csv",
        rows: 39,
        in_use: 39,
        not_in_use: 0,
        not_stated: 0,
        withheld: 0,
        columns: &[
            ("id", "Use Case ID"),
            ("use_case", "Use Case Name"),
            ("unit", "Agency"),
            ("purpose", "Summary of Use Case"),
            ("approach", "What specific AI techniques were used?"),
            ("training_data", "Where did/does the training data originate?"),
        ],
        unread: 12,
        remarks: &[],
        entries: Some(39),
        said: &[("purpose", 39), ("identifiers", 39), ("approach", 39), ("training_data", 37)],
        example: ("4% Repair Dashboard", "approach", "Natural Language Processing"),
    },
    Register {
        file: "workbooks/real/dol-2023.csv",
        rows: 18,
        in_use: 18,
        not_in_use: 0,
        not_stated: 0,
        withheld: 0,
        columns: &[
            ("id", "ID"),
            ("use_case", "AI Use Case Name"),
            ("purpose", "Summary of Use Case"),
            ("approach", "AI Technique"),
        ],
        unread: 1,
        remarks: &[],
        entries: Some(18),
        said: &[("purpose", 18), ("identifiers", 18), ("approach", 17)],
        example: ("Expenditure Classification Autocoder", "approach", "Random Forest"),
    },
    Register {
        file: "workbooks/real/ssa-2023.csv",
        rows: 14,
        in_use: 14,
        not_in_use: 0,
        not_stated: 0,
        withheld: 0,
        columns: &[("use_case", "Use Case Name"), ("unit", "Bureau / Department"), ("purpose", "Summary of Use Case")],
        unread: 0,
        remarks: &[],
        entries: Some(14),
        said: &[("purpose", 14)],
        // Written in Windows-1252.
        example: ("Insight", "purpose", "Insight’s features are powered by"),
    },
    Register {
        file: "workbooks/real/dot-2023.csv",
        rows: 31,
        in_use: 14,
        not_in_use: 0,
        not_stated: 0,
        withheld: 17,
        columns: &[
            ("use_case", "AI Use Case Name"),
            ("unit", "Agency With AI Use Case"),
            ("purpose", "Summary"),
            ("approach", "AI Techniques Used"),
            ("training_data", "Training Data Origins"),
        ],
        unread: 15,
        // Rows 26 and 27 have one name, and are two things.
        remarks: &[("entries-called-alike", 1)],
        entries: Some(14),
        said: &[("purpose", 14), ("approach", 11), ("training_data", 11)],
        example: ("Machine Learning for Occupant Safety Research", "purpose", "Description: Utilize deep learning"),
    },
];

async fn entries(analyst: &Session) -> Vec<Value> {
    let mut found = Vec::new();
    let mut address = "/api/v1/components?limit=200".to_owned();
    loop {
        let page = analyst.read(&address).await;
        found.extend(page["items"].as_array().expect("items").iter().cloned());
        match page["next"].as_str() {
            Some(next) => address = format!("/api/v1/components?limit=200&cursor={next}"),
            None => return found,
        }
    }
}

fn says(row: &Value, field: &str, part: &str) -> bool {
    match &row["fields"][field] {
        Value::Array(values) => values.iter().any(|value| value == part),
        Value::String(value) => value.contains(part),
        _ => false,
    }
}

#[tokio::test]
async fn every_register_loads_and_nothing_of_it_is_lost() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    for register in &REGISTERS {
        let file = register.file;
        let name = file.rsplit('/').next().expect("a name");
        let read = analyst.upload("/api/v1/components/import", &[], (name, fixture(file))).await;
        let read = read.expect(201, file).json();
        let summary = &read["summary"];
        let counted = ["rows", "in_use", "not_in_use", "not_stated", "withheld", "invalid"].map(|key| &summary[key]);
        let expected = [register.rows, register.in_use, register.not_in_use, register.not_stated, register.withheld, 0];
        assert_eq!(counted, expected.map(|count| json!(count)).each_ref(), "{file}");
        let columns: BTreeMap<&str, &str> = register.columns.iter().copied().collect();
        assert_eq!(summary["columns"], json!(columns), "{file}");
        assert_eq!(summary["unread"].as_array().map(Vec::len), Some(register.unread), "{file}: {}", summary["unread"]);
        let remarks: BTreeMap<&str, u64> = register.remarks.iter().copied().collect();
        assert_eq!(summary["remarks"], json!(remarks), "{file}: {}", read["remarks"]);
        assert_eq!(read["withheld"].as_array().map(|rows| rows.len() as u64), Some(register.withheld), "{file}");
        if let Some(withheld) = read["withheld"].get(0) {
            assert!(withheld["label"].as_str().is_some_and(|label| label.starts_with("REDACTED | ")), "{withheld}");
        }

        let import = format!("/api/v1/imports/{}", read["id"].as_str().expect("an id"));
        assert_eq!(entries(&analyst).await.len(), 0, "{file}: nothing shows before it is applied");
        analyst.post(&format!("{import}/apply"), &json!({})).await.expect(200, file);
        let there = entries(&analyst).await;
        let named = summary["products"].as_u64();
        assert_eq!(Some(there.len() as u64), named, "{file}: each that is named becomes an entry");
        if register.entries.is_some() {
            assert_eq!(named, register.entries, "{file}");
        }
        for (field, count) in register.said {
            let saying = there.iter().filter(|row| !row["fields"][field].is_null()).count();
            assert_eq!(saying, *count, "{file}: {field}");
        }
        let unnamed = summary["unnamed"].as_u64().expect("a number");
        assert_eq!(unnamed, if register.entries.is_none() { 48 } else { 0 }, "{file}: used, and not named");
        let page =
            analyst.get("/register/not-in-use?state=unnamed").await.expect(200, "what is used and not named").text;
        assert!(page.contains(&format!("<b>{unnamed}</b>")), "{file}: {unnamed}");
        let (name, field, part) = register.example;
        let example = there.iter().find(|row| row["name"] == name && says(row, field, part));
        let example = example.unwrap_or_else(|| panic!("{file}: {name} does not say {part} of {field}"));
        let facts = format!("/api/v1/components/{}/facts", example["id"].as_str().expect("an id"));
        let facts = analyst.items(&facts).await;
        let of_field = facts.as_array().expect("facts").iter().find(|fact| fact["field"] == field).expect("the fact");
        let source = &of_field["says"][0]["source"];
        assert!(source["kind"] == "import" || field == "vendor", "{file}: {source}");
        let uses = analyst.items(&format!("/api/v1/components/{}/uses", example["id"].as_str().expect("an id"))).await;
        assert!(!uses.as_array().expect("uses").is_empty(), "{file}: {uses}");

        analyst.post(&format!("{import}/undo"), &json!({})).await.expect(200, file);
        assert_eq!(entries(&analyst).await.len(), 0, "{file}: taken back whole");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_list_says_of_entries_whatever_the_catalogue_knows() {
    let (server, _) = Server::set_up(BUYER).await;
    let (buyer, analyst) = (server.program(BUYER, Role::Procurement), server.program(BUYER, Role::Analyst));
    let vendor = buyer.make("/api/v1/vendors", &json!({ "name": "Northwind" })).await;
    let list = "No.;Name;Vendor;Kind;Plan;Default state;Trains on customer data;Personal data;Residency;Autonomy;Released on;Colour;Product;Purpose\n\
        1;Reply Drafter;Northwind;Embedded feature;Pro;Opt-in;opt_out;Y;\"EU, US\";partial;2026-02-01;red;Northwind Desk;Writes\n\
        2;Ticket Sorter;Northwind;Robot;;on;never;no;EU;;yesterday;blue;;\n\
        ;Ticket Sorter;Northwind;agent;;on;;no;US;;;blue;;\n\
        2;Voice Notes;Acme;agent;;off;;;;;;;;\n\
        4;;Acme;agent;;off;;;;;;;;\n";
    let read = analyst.upload("/api/v1/components/import", &[], ("own.csv", list.as_bytes().to_vec())).await;
    let read = read.expect(201, "a list").json();
    let summary = &read["summary"];
    assert_eq!(summary["columns"]["name"], "Name", "{summary}");
    assert_eq!((&summary["unread"], &summary["products"]), (&json!(["Colour"]), &json!(3)), "{summary}");
    let places = |kind: &str| -> Vec<(String, String)> {
        let told = read[kind].as_array().expect(kind).iter();
        told.map(|row| (row["place"].to_string(), row["problem"]["code"].to_string())).collect()
    };
    let at = |told: &[(&str, &str)]| -> Vec<(String, String)> {
        told.iter().map(|(place, code)| (format!("\"csv!{place}\""), format!("\"{code}\""))).collect()
    };
    assert_eq!(places("invalid"), at(&[("B6", "name-required")]));
    let expected = [
        ("D3", "not-an-option"),
        ("G3", "not-an-option"),
        ("K3", "not-a-date"),
        ("A4", "id-missing"),
        ("A5", "id-repeated"),
    ];
    assert_eq!(places("remarks"), at(&expected));
    let import = format!("/api/v1/imports/{}", read["id"].as_str().expect("an id"));
    analyst.post(&format!("{import}/apply"), &json!({})).await.expect(200, "applied");
    let there = entries(&analyst).await;
    let entry = |name: &str| there.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    let drafter = entry("Reply Drafter");
    assert_eq!((&drafter["vendor"], &drafter["kind"]), (&json!(vendor), &json!("embedded_feature")), "{drafter}");
    let fields = [
        ("default_state", json!("opt_in")),
        ("trains_on_customer_data", json!("opt_out")),
        ("personal_data", json!("yes")),
        ("residency", json!(["EU", "US"])),
        ("autonomy", json!("partial")),
        ("released_on", json!("2026-02-01")),
        ("plan", json!("Pro")),
        ("product", json!("Northwind Desk")),
        ("purpose", json!("Writes")),
        ("identifiers", json!(["1"])),
    ];
    for (field, value) in fields {
        assert_eq!(drafter["fields"][field], value, "{field}");
    }
    let sorter = entry("Ticket Sorter");
    assert_eq!((&sorter["kind"], &sorter["fields"]["residency"]), (&json!("agent"), &json!(["EU", "US"])), "{sorter}");

    let again = analyst.upload("/api/v1/components/import", &[], ("own.csv", list.as_bytes().to_vec())).await;
    let again = again.expect(201, "once more").json();
    assert_eq!(again["follows"], read["id"], "it is taken for a newer version: {again}");
    assert_eq!(again["summary"]["changes"]["unchanged"], json!(3), "{again}");
    server.finish().await;
}

#[tokio::test]
async fn what_is_called_like_an_entry_of_another_source_is_told_beforehand() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let by_hand = json!({ "name": "Reply Drafter", "kind": "agent", "vendor_name": "Northwind" });
    let by_hand = analyst.make("/api/v1/components", &by_hand).await;
    let list = "ID,Name,Vendor,Purpose\n1,reply  DRAFTER,NorthWind,Writes\n2,Reply Drafter,Fabrikam,Writes\n3,Notes,Northwind,Writes\n";
    let upload = async || {
        let read = analyst.upload("/api/v1/components/import", &[], ("own.csv", list.as_bytes().to_vec())).await;
        read.expect(201, "a list").json()
    };
    let read = upload().await;
    assert_eq!(read["summary"]["remarks"], json!({ "called-like-an-entry": 1 }), "{read}");
    assert_eq!(read["remarks"][0]["label"], "reply DRAFTER", "{read}");
    let id = read["id"].as_str().expect("an id");
    let page = analyst.get(&format!("/register/imports/{id}")).await.expect(200, "the page").text;
    assert!(page.contains("is in the register already"), "{page}");
    assert!(page.contains(&format!("<a href=\"/register/{by_hand}\">")), "and leads there: {page}");
    analyst.post(&format!("/api/v1/imports/{id}/apply"), &json!({})).await.expect(200, "applied");
    assert_eq!(upload().await["summary"]["remarks"], json!({}), "what the list brought is known by the list");
    server.finish().await;
}

#[tokio::test]
async fn a_person_says_which_field_a_column_holds_and_it_is_remembered() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let list =
        |name: &str| format!("Tool,What for,Whose brain\n{name},Drafting mail,GPT-4o\nLedger Eye,Reading invoices,\n");
    let read = analyst.upload("/api/v1/components/import", &[], ("tools.csv", list("Pen Pal").into_bytes())).await;
    let read = read.expect(201, "a list").json();
    assert_eq!(read["summary"]["unread"], json!(["What for", "Whose brain"]), "{}", read["summary"]);
    let person = server.person(BUYER, Role::Analyst).await;
    let sheets = format!("/register/imports/{}/sheets", read["id"].as_str().expect("an id"));
    let page = person.get(&sheets).await.expect(200, "the mapping screen").text;
    assert!(page.contains("<option value=\"sub_processors\">"), "every field that a list can state is offered");
    let fields = [("sheet", "1"), ("sheet_name", "csv"), ("column:B", "purpose"), ("column:C", "model")];
    let said = person.submit(&sheets, &fields).await;
    assert_eq!(said.status, 303, "{}", said.text);
    let import = format!("/api/v1/imports/{}", read["id"].as_str().expect("an id"));
    analyst.post(&format!("{import}/apply"), &json!({})).await.expect(200, "applied");
    let there = entries(&analyst).await;
    let pen = there.iter().find(|row| row["name"] == "Pen Pal").expect("the entry");
    assert_eq!((&pen["fields"]["model"], &pen["fields"]["purpose"]), (&json!(["GPT-4o"]), &json!("Drafting mail")));
    let next = analyst.upload("/api/v1/components/import", &[], ("next.csv", list("Quill").into_bytes())).await;
    let next = next.expect(201, "another list of the same shape").json();
    assert_eq!(next["summary"]["columns"]["model"], "Whose brain", "what was said is remembered");
    server.finish().await;
}

#[tokio::test]
async fn a_long_list_with_a_broken_byte_loads_whole() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let mut list = b"ID,Name,Vendor,Purpose\n".to_vec();
    for n in 0..2_500 {
        list.extend(format!("{n},Système {n},Fabrikam,Purpose {n}\n").bytes());
    }
    // Neither UTF-8 nor Windows-1252.
    list.extend(b"2500,Bro\x81ken,Fabrikam,Last\n");
    let read = analyst.upload("/api/v1/components/import", &[], ("long.csv", list)).await.expect(201, "read").json();
    assert_eq!((&read["summary"]["rows"], &read["summary"]["products"]), (&json!(2_501), &json!(2_501)));
    let odd = &read["remarks"][0];
    assert_eq!((&odd["place"], &odd["problem"]["code"]), (&json!("csv!B2502"), &json!("broken-characters")), "{odd}");
    assert_eq!(read["remarks"].as_array().map(Vec::len), Some(1), "the others are as they should be");
    let import = format!("/api/v1/imports/{}", read["id"].as_str().expect("an id"));
    analyst.post(&format!("{import}/apply"), &json!({})).await.expect(200, "applied");
    let there = entries(&analyst).await;
    assert_eq!(there.len(), 2_501);
    let odd: Vec<&Value> =
        there.iter().map(|row| &row["name"]).filter(|name| !name.to_string().contains("Système")).collect();
    assert_eq!(odd, ["Bro\u{81}ken"], "the others keep their letters");
    server.finish().await;
}

#[tokio::test]
async fn a_list_that_takes_long_goes_on_by_itself_and_says_how_far_it_is() {
    let (server, _) = Server::set_up_with("Buyer", Settings::default().with("limits__patience_seconds", 0)).await;
    let program = server.program("Buyer", Role::Analyst);
    let person = server.person("Buyer", Role::Analyst).await;
    let rows: String = (0..3_000).map(|n| format!("Sales,Plan {n},Y,Planner {n},{n}\r\n")).collect();
    let list = format!("Business unit,Purpose,In use?,Product,Users\r\n{rows}").into_bytes();
    let read = program.upload("/api/v1/components/import", &[], ("plans.csv", list)).await.expect(201, "read").json();
    let id = read["id"].as_str().expect("an id").to_owned();
    let at = format!("/api/v1/imports/{id}");
    let begun = program.post(&format!("{at}/apply"), &json!({})).await.expect(202, "begun").json();
    assert_eq!(begun["import"]["state"], "preview");
    let mut seen = Vec::new();
    let mut told = false;
    loop {
        let now = program.read(&at).await;
        if now["state"] == "applied" {
            assert_eq!(now["progress"], Value::Null, "nothing is under way any more");
            break;
        }
        if let Some(done) = now["progress"]["done"].as_u64() {
            assert!(Some(done) <= now["progress"]["of"].as_u64(), "{now}");
            let page = person.get(&format!("/register/imports/{id}")).await.expect(200, "the page").text;
            told |= page.contains("is being written down");
            seen.push(done);
        }
    }
    assert!(told && seen.is_sorted() && seen.first() < seen.last(), "{seen:?}");
    assert_eq!(program.read("/api/v1/components?limit=1").await["items"].as_array().map(Vec::len), Some(1));
    program.post(&format!("{at}/undo"), &json!({})).await.expect(202, "begun");
    while program.read(&at).await["state"] == "applied" {}
    assert_eq!(program.read("/api/v1/components?limit=1").await["items"], json!([]));
    server.finish().await;
}

#[tokio::test]
async fn lists_that_were_read_long_ago_are_a_page_away() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let list = b"Name,Purpose\nZora,Sings\n".to_vec();
    analyst.upload("/api/v1/components/import", &[], ("first.csv", list)).await.expect(201, "a list");
    // A hundred more, past the product.
    let platform = server.platform().await;
    let first = import::Entity::find().one(platform.db.read()).await.expect("imports").expect("the first");
    let transaction = platform.db.begin().await.expect("begun");
    for _ in 0..100 {
        let more = import::Model { id: platform.clock.id(), file_name: "later.csv".to_owned(), ..first.clone() };
        import::Entity::insert(more.into_active_model()).exec_without_returning(&transaction).await.expect("one more");
    }
    platform.db.commit(transaction).await.expect("committed");
    platform.db.close().await;
    let page = analyst.get("/register/import").await.expect(200, "the newest").text;
    assert_eq!((page.matches("later.csv").count(), page.contains("first.csv")), (100, false));
    let next = page.split_once("rel=\"next\" href=\"").expect("older ones").1;
    let next = next.split('"').next().expect("an address").replace("&#x3D;", "=");
    let page = analyst.get(&next).await.expect(200, "older ones").text;
    assert!(page.contains("first.csv") && !page.contains("rel=\"next\""), "{page}");
    server.finish().await;
}
