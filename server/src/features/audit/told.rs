//! The details of an entry as people read them: what stood there before and after, and the rest, name by name.

use serde::Serialize;
use serde_json::{Map, Value};

/// The details of an entry.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Told {
    /// What changed.
    pub changes: Vec<Change>,
    /// Everything else.
    pub facts: Vec<Fact>,
}

/// What stood there before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Of what; empty where the entry is about one thing alone.
    pub name: String,
    /// Before; none where there was nothing.
    pub before: Option<String>,
    /// After; none where nothing is left.
    pub after: Option<String>,
}

/// Something that an entry says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What.
    pub name: String,
    /// The value.
    pub text: String,
}

impl Told {
    /// Of details without the address, which stands in a column of its own.
    pub fn of(details: &Value) -> Self {
        let Some(fields) = details.as_object() else {
            let text = text(details);
            let facts = text.map(|text| Fact { name: String::new(), text });
            return Self { changes: Vec::new(), facts: facts.into_iter().collect() };
        };
        let is_change = fields.contains_key("before") || fields.contains_key("after");
        let side = |name: &str| fields.get(name).unwrap_or(&Value::Null);
        let changes = if is_change { changes(side("before"), side("after")) } else { Vec::new() };
        let rest = fields.iter().filter(|(name, _)| !["before", "after", "address"].contains(&name.as_str()));
        let facts = rest.map(|(name, value)| Fact { name: name.clone(), text: text(value).unwrap_or_default() });
        Self { changes, facts: facts.collect() }
    }

    /// There is nothing to be read.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.facts.is_empty()
    }
}

fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let fields = |value: &Value| match value {
        Value::Object(fields) => Some(fields.clone()),
        Value::Null => Some(Map::new()),
        _ => None,
    };
    match (fields(before), fields(after)) {
        (Some(old), Some(new)) if before.is_object() || after.is_object() => {
            let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
            names.sort();
            names.dedup();
            let of = |fields: &Map<String, Value>, name: &str| fields.get(name).and_then(text);
            names
                .into_iter()
                .map(|name| Change { name: name.clone(), before: of(&old, name), after: of(&new, name) })
                // What stayed as it was is no news.
                .filter(|change| change.before != change.after)
                .collect()
        }
        _ => vec![Change { name: String::new(), before: text(before), after: text(after) }],
    }
}

/// A value as it is read; none for nothing.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            Some(items.iter().filter_map(text).collect::<Vec<_>>().join(", "))
        }
        Value::Array(_) | Value::Object(_) => serde_json::to_string_pretty(value).ok(),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_changed_stands_side_by_side() {
        let told = Told::of(&json!({
            "before": { "name": "Old", "website": null, "note": "same" },
            "after": { "name": "New", "website": "https://new.example", "note": "same" },
            "address": "203.0.113.0/24", "roles": ["analyst", "approver"], "way": "link",
        }));
        let change = |name: &str, before: Option<&str>, after: &str| Change {
            name: name.into(),
            before: before.map(str::to_owned),
            after: Some(after.into()),
        };
        assert_eq!(told.changes, [change("name", Some("Old"), "New"), change("website", None, "https://new.example")]);
        let facts: Vec<(&str, &str)> = told.facts.iter().map(|fact| (fact.name.as_str(), fact.text.as_str())).collect();
        assert_eq!(facts, [("roles", "analyst, approver"), ("way", "link")]);
    }

    #[test]
    fn plain_values_and_nothing() {
        let told = Told::of(&json!({ "before": "2026-11-21", "after": "2026-12-01" }));
        let expected =
            Change { name: String::new(), before: Some("2026-11-21".into()), after: Some("2026-12-01".into()) };
        assert_eq!(told.changes, [expected]);
        assert!(Told::of(&json!({ "address": "203.0.113.0/24" })).is_empty());
        assert!(Told::of(&Value::Null).is_empty());
        let removed = Told::of(&json!({ "before": ["analyst"], "after": null }));
        assert_eq!(removed.changes[0].after, None);
    }
}
