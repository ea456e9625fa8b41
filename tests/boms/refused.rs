//! Read or refused: one table, printed, with what was expected and where.

use super::{bom, codes, documents, of_components, tried};
use crate::harness::fixture;

/// What a document is, its text, and for a refusal its code, line and column.
type Case<'a> = (&'a str, Vec<u8>, Option<(&'a str, u32, u32)>);

fn cases() -> Vec<Case<'static>> {
    let text = |text: &str| text.as_bytes().to_vec();
    let root = |members: &str| format!("{{\"bomFormat\": \"CycloneDX\", {members}}}").into_bytes();
    let xml = |inside: &str| format!("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">{inside}</bom>").into_bytes();
    let utf16 = |text: &str, mark: [u8; 2], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect()
    };
    let plain = of_components(r#"{"type": "machine-learning-model", "name": "m"}"#);
    vec![
        ("nothing at all", text(" \n"), Some(("empty-file", 0, 0))),
        ("a comma too many", text("{\n  \"bomFormat\": \"CycloneDX\",\n}"), Some(("malformed-json", 3, 1))),
        ("a comma too few", text("{\"a\": 1\n \"b\": 2}"), Some(("malformed-json", 2, 2))),
        ("a name without quotes", text("{bomFormat: 1}"), Some(("malformed-json", 1, 2))),
        ("single quotes", text("{'bomFormat': 1}"), Some(("malformed-json", 1, 2))),
        ("an unknown word", text("{\"a\": True}"), Some(("malformed-json", 1, 7))),
        ("cut off in a text", text("{\"bomFormat\": \"Cyclo"), Some(("malformed-json", 1, 21))),
        ("cut off in an object", text("{\"a\": 1,\n"), Some(("malformed-json", 2, 1))),
        ("more after the end", text("{} {}"), Some(("malformed-json", 1, 4))),
        ("a bare line end in a text", text("{\"a\": \"b\nc\"}"), Some(("malformed-json", 1, 9))),
        ("an escape that is none", text("{\"a\": \"\\x\"}"), Some(("malformed-json", 1, 9))),
        ("half a surrogate pair", text("{\"a\": \"\\ud800\"}"), Some(("malformed-json", 1, 14))),
        ("a number with a leading zero", text("{\"a\": 012}"), Some(("malformed-json", 1, 8))),
        ("a list", text("[1]"), Some(("not-a-bom", 1, 1))),
        ("any other JSON", text("{\"name\": \"x\"}"), Some(("not-a-bom", 1, 1))),
        ("another format", text("{\"bomFormat\": \"Other\"}"), Some(("not-a-bom", 1, 15))),
        ("a format that is a number", text("{\"bomFormat\": [7]}"), Some(("wrong-type", 1, 15))),
        ("no version", root("\"version\": 1"), Some(("member-required", 1, 1))),
        ("CycloneDX 1.3", root("\"specVersion\": \"1.3\""), Some(("version-not-read", 1, 43))),
        ("CycloneDX 2.0", root("\"specVersion\": \"2.0\""), Some(("version-not-read", 1, 43))),
        ("SPDX 2.3", text("{\"spdxVersion\": \"SPDX-2.3\"}"), Some(("version-not-read", 1, 17))),
        (
            "SPDX 3.1",
            text("{\"@context\": \"https://spdx.org/rdf/3.1.0/spdx-context.jsonld\", \"@graph\": []}"),
            Some(("version-not-read", 1, 14)),
        ),
        ("another graph", text("{\"@context\": \"https://schema.org\", \"@graph\": []}"), Some(("not-a-bom", 1, 1))),
        (
            "a graph that is no list",
            text("{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\", \"@graph\": {}}"),
            Some(("wrong-type", 1, 74)),
        ),
        ("a component that is a text", text(&of_components("\"x\"")), Some(("wrong-type", 1, 79))),
        (
            "a name that is an object",
            text(&of_components("{\"type\": \"data\", \"name\": {}}")),
            Some(("wrong-type", 1, 104)),
        ),
        (
            "components that are an object",
            root("\"specVersion\": \"1.6\", \"components\": {}"),
            Some(("wrong-type", 1, 64)),
        ),
        ("tag-value", text("SPDXVersion: SPDX-2.3\n"), Some(("malformed-json", 1, 1))),
        ("any other XML", text("<html></html>"), Some(("not-a-bom", 1, 1))),
        ("another namespace", text("<bom xmlns=\"urn:x\"/>"), Some(("not-a-bom", 1, 1))),
        (
            "CycloneDX 1.2 in XML",
            text("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.2\"/>"),
            Some(("version-not-read", 1, 1)),
        ),
        ("a wrong end", xml("\n<components><component></components>"), Some(("malformed-xml", 2, 24))),
        (
            "no end",
            text("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">\n<components>"),
            Some(("malformed-xml", 2, 13)),
        ),
        ("an unknown entity", xml("<serial>&nbsp;</serial>"), Some(("unknown-entity", 1, 58))),
        (
            "entities that name a file",
            text("<?xml version=\"1.0\"?>\n<!DOCTYPE bom [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>\n<bom/>"),
            Some(("document-type", 2, 1)),
        ),
        ("the same attribute twice", xml("<a b=\"1\" b=\"2\"/>"), Some(("malformed-xml", 1, 50))),
        (
            "two documents in one",
            text(
                "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/><bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"/>",
            ),
            Some(("malformed-xml", 1, 51)),
        ),
        ("Latin-1", b"{\"bomFormat\":\n \"\xE9\"}".to_vec(), Some(("wrong-encoding", 2, 3))),
        (
            "declared as Latin-1",
            text(
                "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"><a>é</a></bom>",
            ),
            Some(("wrong-encoding", 1, 1)),
        ),
        ("half of UTF-16", b"\xFF\xFE{".to_vec(), Some(("wrong-encoding", 1, 1))),
        ("nested too deep", text(&"[".repeat(100_000)), Some(("nested-too-deep", 1, 65))),
        ("an image", b"\x89PNG\r\n\x1a\n".to_vec(), Some(("wrong-encoding", 1, 1))),
        // Read.
        ("nothing but the format", root("\"specVersion\": \"1.5\""), None),
        ("nothing but an element", text("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\"/>"), None),
        ("a model's name alone", text(&plain), None),
        ("a mark at the beginning", format!("\u{FEFF}{plain}").into_bytes(), None),
        ("UTF-16, little end first", utf16(&plain, [0xFF, 0xFE], u16::to_le_bytes), None),
        ("UTF-16, big end first", utf16(&plain, [0xFE, 0xFF], u16::to_be_bytes), None),
        (
            "a version that is a number",
            root(
                "\"specVersion\": 1.6, \"components\": [{\"type\": \"machine-learning-model\", \"name\": \"m\", \"version\": 2}]",
            ),
            None,
        ),
        (
            "a prefix for the namespace",
            text(
                "<c:bom xmlns:c=\"http://cyclonedx.org/schema/bom/1.6\"><c:components><c:component type=\"machine-learning-model\"><c:name>m</c:name></c:component></c:components></c:bom>",
            ),
            None,
        ),
        (
            "a name in CDATA",
            xml(
                "<components><component type=\"machine-learning-model\"><name><![CDATA[a & <b>]]></name></component></components>",
            ),
            None,
        ),
        ("null in place of a list", root("\"specVersion\": \"1.6\", \"components\": null, \"services\": null"), None),
        (
            "an element of SPDX without a graph",
            text(
                "{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\", \"type\": \"ai_AIPackage\", \"spdxId\": \"urn:m\", \"name\": \"m\"}",
            ),
            None,
        ),
        (
            "an empty graph",
            text("{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\", \"@graph\": []}"),
            None,
        ),
    ]
}

#[test]
fn documents_are_read_or_refused_where_they_are_wrong() {
    let mut lines = Vec::new();
    let mut wrong = Vec::new();
    for (name, bytes, expected) in cases() {
        let found = tried(&bytes);
        let said = match &found {
            Ok(bom) => format!("read: {} entries", bom.entries.len()),
            Err(refusal) => format!("refused: {refusal}"),
        };
        lines.push(format!("{name:<36} {said}"));
        let found = found.err().map(|refusal| {
            let place = refusal.place.unwrap_or_default();
            (refusal.code, place.line, place.column)
        });
        if found != expected {
            wrong.push(format!("{name}: expected {expected:?}, found {found:?}"));
        }
    }
    for folder in ["real", "own"] {
        for (name, bytes) in documents(folder) {
            let said = match tried(&bytes) {
                Ok(bom) => {
                    format!(
                        "read: {} entries, {} relations, {} notes",
                        bom.entries.len(),
                        bom.relations.len(),
                        bom.notes.len()
                    )
                }
                Err(refusal) => format!("refused: {refusal}"),
            };
            lines.push(format!("{name:<36} {said}"));
        }
    }
    println!("BOMs read and refused\n{}", lines.join("\n"));
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_refusal_is_a_problem_at_its_path() {
    let refusal = tried(of_components("{\"type\": \"data\", \"name\": {}}")).expect_err("a name that is an object");
    let problem = refusal.problem();
    assert_eq!((problem.at.as_str(), problem.code.as_str()), ("/components/0/name", "wrong-type"));
    assert_eq!((problem.with["expected"].as_str(), problem.with["found"].as_str()), ("a text", "an object"));
    assert_eq!((problem.with["line"].as_str(), problem.with["column"].as_str()), ("1", "104"));
    assert_eq!(refusal.to_string(), "line 1, column 104 (/components/0/name): expected a text, found an object");
}

#[test]
fn thin_documents_are_read_and_their_gaps_named() {
    let bom = bom(of_components(r#"{"type": "machine-learning-model", "name": "m"}"#));
    assert_eq!(bom.gaps, ["no-serial-number", "no-date", "no-author", "no-subject"]);
    assert_eq!(
        bom.entries[0].gaps,
        [
            "no-supplier",
            "no-version",
            "no-licence",
            "no-origin",
            "no-purpose",
            "no-training-data",
            "no-test-results",
            "no-limitations",
            "no-model-card"
        ]
    );
    assert!(bom.notes.is_empty());
}

#[test]
fn what_stands_only_a_little_beside_the_standard_is_noted() {
    let bom = bom(of_components(
        r#"{"name": "a"}, {"type": "mystery", "name": "b", "name": "c"}, {"type": "machine-learning-model", "purl": "pkg:huggingface/a/b@1"}"#,
    ));
    assert_eq!(codes(&bom), ["named-otherwise", "no-type", "repeated-member", "unknown-type"]);
    assert_eq!(bom.entries[0].name, "pkg:huggingface/a/b@1");
}

#[test]
fn the_comma_that_a_real_document_has_too_many_is_shown() {
    let refusal = tried(fixture("bom/real/cyclonedx-open-source-invalid.json")).expect_err("a trailing comma");
    assert_eq!(
        refusal.to_string(),
        "line 9, column 5 (/metadata): not JSON: expected a name in double quotes after the comma, found \"}\""
    );
}
