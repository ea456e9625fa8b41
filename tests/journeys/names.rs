//! Names that are written in several ways: whose an entry is, by hand and by a list, and whether it is there already.

use crate::harness::{Server, Session, Value};
use domain::access::Role;
use serde_json::json;
use std::collections::BTreeMap;

const BUYER: &str = "Harbour Bank";

/// The vendor's record to which an entry goes that somebody enters as theirs.
async fn by_hand(analyst: &Session, n: usize, vendor: &str) -> Value {
    let entry = json!({ "name": format!("By hand {n}"), "kind": "model", "vendor_name": vendor });
    let entry = analyst.make("/api/v1/components", &entry).await;
    analyst.read(&format!("/api/v1/components/{entry}")).await["vendor"].clone()
}

/// The same of entries in a list.
async fn by_list(analyst: &Session, vendors: &[&str]) -> Vec<Value> {
    let row = |(n, vendor): (usize, &&str)| format!("Listed {n};{vendor};Sorts pile {n}\n");
    let list: String =
        std::iter::once("Name;Vendor;Purpose\n".to_owned()).chain(vendors.iter().enumerate().map(row)).collect();
    let read = analyst.upload("/api/v1/components/import", &[], ("own.csv", list.into_bytes())).await;
    let import = read.expect(201, "read").json();
    let apply = format!("/api/v1/imports/{}/apply", import["id"].as_str().expect("an id"));
    analyst.post(&apply, &json!({})).await.expect(200, "applied");
    let there = analyst.read("/api/v1/components?limit=200").await;
    let of = |row: &Value| (row["name"].as_str().unwrap_or_default().to_owned(), row["vendor"].clone());
    let found: BTreeMap<String, Value> = there["items"].as_array().expect("items").iter().map(of).collect();
    (0..vendors.len()).map(|n| found[&format!("Listed {n}")].clone()).collect()
}

#[tokio::test]
async fn a_vendor_is_the_same_by_hand_and_in_a_list_however_the_name_is_written() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let vendor = async |name: &str| json!(analyst.make("/api/v1/vendors", &json!({ "name": name })).await);
    let (nestle, mueller) = (vendor("Nestlé").await, vendor("Müller AG").await);
    let (lower, upper) = (vendor("Pied Piper").await, vendor("PIED PIPER").await);
    let renamed = vendor("Initrode").await;
    let path = format!("/api/v1/vendors/{}", renamed.as_str().expect("an id"));
    analyst.put(&path, &json!({ "name": "Initech" })).await.expect(200, "renamed");
    let nobody = Value::Null;
    let expected = [
        ("Nestlé", &nestle),
        ("nestle", &nestle),
        ("Ｎｅｓｔｌｅ", &nestle),
        ("MÜLLER  ag", &mueller),
        ("Muller AG", &mueller),
        ("Pied Piper", &lower),
        ("PIED PIPER", &upper),
        // Nobody knows which of the two.
        ("pied piper", &nobody),
        ("INITECH", &renamed),
        ("Initrode", &nobody),
        ("Nestl", &nobody),
    ];
    for (n, (name, record)) in expected.iter().enumerate() {
        assert_eq!(by_hand(&analyst, n, name).await, **record, "{name} by hand");
    }
    let found = by_list(&analyst, &expected.map(|(name, _)| name)).await;
    for ((name, record), found) in expected.iter().zip(found) {
        assert_eq!(found, **record, "{name} in a list");
    }
    server.finish().await;
}

#[tokio::test]
async fn an_entry_of_no_record_is_brought_back_however_its_name_is_written() {
    let (server, _) = Server::set_up(BUYER).await;
    let analyst = server.program(BUYER, Role::Analyst);
    let document = |models: &[&str]| {
        let model = |name: &&str| json!({ "type": "machine-learning-model", "bom-ref": name, "name": name });
        json!({
            "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "serialNumber": "urn:uuid:5f0c5a54-0f5e-4f0e-9a3d-0c3f5b2a1606",
            "components": models.iter().map(model).collect::<Vec<_>>(),
        })
    };
    for models in [&["Meeting notes", "Reply drafter"][..], &["Reply drafter"]] {
        let file = ("tools.json", document(models).to_string().into_bytes());
        let read = analyst.upload("/api/v1/components/boms", &[], file).await.expect(201, "read").json();
        let apply = format!("/api/v1/components/boms/{}/apply", read["id"].as_str().expect("an id"));
        analyst.post(&apply, &json!({})).await.expect(200, "applied");
    }
    let there = analyst.read("/api/v1/components").await["items"].clone();
    let there =
        there.as_array().expect("items").iter().find(|row| row["name"] == "Meeting notes").expect("the one left out");
    assert_eq!((&there["withdrawn"], &there["vendor"]), (&json!(true), &Value::Null), "{there}");
    let again = analyst.make("/api/v1/components", &json!({ "name": "Meeting  NOTES", "kind": "model" })).await;
    assert_eq!(json!(again), there["id"], "the same entry, with its history");
    assert_eq!(analyst.read(&format!("/api/v1/components/{again}")).await["withdrawn"], false);
    server.finish().await;
}
