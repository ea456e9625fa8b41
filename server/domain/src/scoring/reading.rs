//! Reading JSON so that nothing is lost on the way: a key that stands twice is refused instead of the last one
//! winning, and every fault is found with its JSON Pointer.

use super::refusal::{Document, Refusal};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// The value of a JSON text.
///
/// # Errors
/// Text that is no JSON, a key that stands twice in one object, a number too large for a double, more than 127 levels of
/// nesting.
pub(super) fn read(document: Document, json: &str) -> Result<Value, Refusal> {
    let mut pointer = String::new();
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let read = Node { pointer: &mut pointer }.deserialize(&mut deserializer);
    let whole = read.and_then(|value| {
        pointer.clear();
        deserializer.end().map(|()| value)
    });
    whole.map_err(|fault| {
        let reason = if fault.is_data() { fault.to_string() } else { format!("cannot be read as JSON: {fault}") };
        Refusal { document, pointer, reason }
    })
}

/// Appends one reference token to a JSON Pointer, escaped.
fn descend(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
}

/// Reads one value. On failure the pointer is left where the fault is.
struct Node<'p> {
    pointer: &'p mut String,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("the number is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let here = self.pointer.len();
        let mut items = Vec::new();
        loop {
            descend(self.pointer, &items.len().to_string());
            let item = sequence.next_element_seed(Node { pointer: self.pointer })?;
            self.pointer.truncate(here);
            match item {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let here = self.pointer.len();
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            descend(self.pointer, &key);
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {key:?} stands twice in this object")));
            }
            let value = entries.next_value_seed(Node { pointer: self.pointer })?;
            self.pointer.truncate(here);
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

/// A value together with where it stands.
#[derive(Clone)]
pub(super) struct Place<'v> {
    document: Document,
    pointer: String,
    value: &'v Value,
}

impl<'v> Place<'v> {
    /// The whole document.
    pub(super) fn whole(document: Document, value: &'v Value) -> Self {
        Self { document, pointer: String::new(), value }
    }

    /// The place of a member or an item.
    fn at(&self, token: &str, value: &'v Value) -> Self {
        let mut pointer = self.pointer.clone();
        descend(&mut pointer, token);
        Self { document: self.document, pointer, value }
    }

    /// The refusal of what stands here.
    pub(super) fn refuse(&self, reason: impl Into<String>) -> Refusal {
        Refusal { document: self.document, pointer: self.pointer.clone(), reason: reason.into() }
    }

    /// The refusal of a member that is not here.
    pub(super) fn missing(&self, member: &str, reason: impl Into<String>) -> Refusal {
        self.at(member, &Value::Null).refuse(reason)
    }

    pub(super) fn is_null(&self) -> bool {
        self.value.is_null()
    }

    pub(super) fn text(&self) -> Result<&'v str, Refusal> {
        self.value.as_str().ok_or_else(|| self.refuse("must be a text"))
    }

    /// A text with at least one character.
    pub(super) fn name(&self) -> Result<&'v str, Refusal> {
        match self.text()? {
            "" => Err(self.refuse("must not be empty")),
            name => Ok(name),
        }
    }

    pub(super) fn truth(&self) -> Result<bool, Refusal> {
        self.value.as_bool().ok_or_else(|| self.refuse("must be true or false"))
    }

    /// A number; always finite, because nothing else can be read.
    pub(super) fn number(&self) -> Result<f64, Refusal> {
        self.value.as_f64().ok_or_else(|| self.refuse("must be a number"))
    }

    /// A number from `low` to `high`, both allowed.
    pub(super) fn within(&self, low: f64, high: f64) -> Result<f64, Refusal> {
        let number = self.number()?;
        if (low..=high).contains(&number) {
            Ok(number)
        } else {
            Err(self.refuse(format!("is {number}, must be from {low} to {high}")))
        }
    }

    /// A whole number, however it is written: `18` and `18.0` are the same number.
    pub(super) fn integer(&self) -> Result<f64, Refusal> {
        let number = self.number()?;
        if number.fract() == 0.0 { Ok(number) } else { Err(self.refuse(format!("is {number}, must be an integer"))) }
    }

    pub(super) fn items(&self) -> Result<Vec<Self>, Refusal> {
        let items = self.value.as_array().ok_or_else(|| self.refuse("must be an array"))?;
        Ok(items.iter().enumerate().map(|(n, item)| self.at(&n.to_string(), item)).collect())
    }

    /// The members of an object whose keys are names of the author's choosing.
    pub(super) fn members(&self) -> Result<Vec<(&'v str, Self)>, Refusal> {
        let map = self.value.as_object().ok_or_else(|| self.refuse("must be an object"))?;
        Ok(map.iter().map(|(key, value)| (key.as_str(), self.at(key, value))).collect())
    }

    /// An object that has no other members than `known`.
    pub(super) fn object(&self, known: &[&str]) -> Result<Fields<'v>, Refusal> {
        for (key, member) in self.members()? {
            if !known.contains(&key) {
                return Err(member.refuse(format!("unknown field {key:?}; known here: {}", known.join(", "))));
            }
        }
        Ok(Fields { place: self.clone() })
    }
}

/// The members of an object whose keys are known.
pub(super) struct Fields<'v> {
    place: Place<'v>,
}

impl<'v> Fields<'v> {
    /// The member, if it is there; it may be null.
    pub(super) fn given(&self, name: &str) -> Option<Place<'v>> {
        self.place.value.get(name).map(|value| self.place.at(name, value))
    }

    /// The member, if it is there and not null.
    pub(super) fn not_null(&self, name: &str) -> Option<Place<'v>> {
        self.given(name).filter(|member| !member.is_null())
    }

    /// The member.
    pub(super) fn required(&self, name: &str) -> Result<Place<'v>, Refusal> {
        self.given(name).ok_or_else(|| self.place.missing(name, format!("the field {name:?} is missing")))
    }

    /// The items of an array that may be absent.
    pub(super) fn items_or_none(&self, name: &str) -> Result<Vec<Place<'v>>, Refusal> {
        self.given(name).map_or_else(|| Ok(Vec::new()), |list| list.items())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused_at(json: &str) -> String {
        read(Document::Input, json).expect_err("refused").pointer
    }

    #[test]
    fn finds_the_place_of_a_fault() {
        assert_eq!(refused_at(r#"{"a":{"b/c":1,"b\u002fc":2}}"#), "/a/b~1c");
        assert_eq!(refused_at(r#"{"a":[1,{"~":1e400}]}"#), "/a/1/~0");
        assert_eq!(refused_at(r#"{"a":[1,NaN]}"#), "/a/1");
        assert_eq!(refused_at(r#"{"a":1} x"#), "");
        assert_eq!(refused_at(r#"{"a":"\ud800"}"#), "/a");
        assert!(read(Document::Input, &"[".repeat(5000)).is_err());
    }

    #[test]
    fn reads_the_nearest_double() {
        for text in [
            "0.1",
            "6.631236846766476e-316",
            "9007199254740993",
            "0.500000000000000166533453693773481063544750213623046875",
        ] {
            let value = read(Document::Input, text).expect("a number");
            assert_eq!(value.as_f64(), text.parse().ok(), "{text}");
        }
    }
}
