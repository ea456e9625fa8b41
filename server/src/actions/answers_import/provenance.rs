//! Where an answer came from, kept for ever: with the answer, through every later edit of it, and in the audit log.

use serde_json::{Value, json};

/// Imports that an answer remembers; the audit log knows all of them.
const REMEMBERED: usize = 20;

/// The source of an answer that is written over one with another source: what was imported before stays with it.
pub fn kept(previous: Option<&Value>, mut source: Value) -> Value {
    let Some(previous) = previous else { return source };
    let mut imports: Vec<Value> = earlier(previous).cloned().collect();
    if previous["kind"] == "imported" {
        let mut last = previous.clone();
        if let Some(fields) = last.as_object_mut() {
            fields.remove("earlier");
        }
        imports.push(last);
    }
    let forgotten = imports.len().saturating_sub(REMEMBERED);
    imports.drain(..forgotten);
    if !imports.is_empty() {
        source["earlier"] = Value::Array(imports);
    }
    source
}

/// The imports that an answer came from before it came from where it comes from now, the oldest first.
pub fn earlier(source: &Value) -> impl Iterator<Item = &Value> {
    source["earlier"].as_array().into_iter().flatten()
}

/// The source of an answer that an import gave and that was taken back: the import stays known, as undone.
pub(super) fn undone(previous: Option<&Value>, import: domain::ids::ImportId) -> Value {
    let mut source = kept(previous, json!({ "kind": "undone", "import": import }));
    for earlier in source["earlier"].as_array_mut().into_iter().flatten() {
        if earlier["import"] == json!(import) {
            earlier["undone"] = Value::Bool(true);
        }
    }
    source
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_remembered_through_every_later_edit() {
        let first = json!({ "kind": "imported", "file": "a.xlsx" });
        let typed = kept(Some(&first), json!({ "kind": "typed" }));
        let again = kept(Some(&typed), json!({ "kind": "typed" }));
        let second = kept(Some(&again), json!({ "kind": "imported", "file": "b.xlsx" }));
        let last = kept(Some(&second), json!({ "kind": "typed" }));
        let files: Vec<&str> = earlier(&last).filter_map(|one| one["file"].as_str()).collect();
        assert_eq!(files, ["a.xlsx", "b.xlsx"]);
        assert_eq!(kept(Some(&json!({ "kind": "typed" })), json!({ "kind": "typed" })), json!({ "kind": "typed" }));
        let many = (0..50).fold(first, |before, n| kept(Some(&before), json!({ "kind": "imported", "file": n })));
        assert_eq!(earlier(&many).count(), REMEMBERED);
    }
}
