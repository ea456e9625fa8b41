//! The one spelling of a document, and the hash over it.

use super::refusal::{Document, Refusal};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The canonical form of a JSON value (RFC 8785): no space, keys in UTF-16 order, numbers as ECMAScript writes them.
pub fn canonical(value: &Value) -> String {
    serde_json_canonicalizer::to_string(value).expect("a JSON value holds only finite numbers and each key once")
}

/// The canonical form of `{"input": ..., "policy": ...}`: what a stored score keeps beside it, and what its hash is
/// over.
///
/// # Errors
/// A text that is no JSON, or in which a key stands twice. What the documents say is not checked here.
pub fn canonical_documents(policy_json: &str, input_json: &str) -> Result<String, Refusal> {
    let policy = super::reading::read(Document::Policy, policy_json)?;
    let input = super::reading::read(Document::Input, input_json)?;
    Ok(joined(&canonical(&policy), &canonical(&input)))
}

/// The canonical form of both documents from the canonical form of each.
pub(super) fn joined(policy: &str, input: &str) -> String {
    format!(r#"{{"input":{input},"policy":{policy}}}"#)
}

/// SHA-256 of a text, as 64 lower-case hexadecimal digits.
pub fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        let policy = r#"{ "b": 1.0, "a": -0.0, "\u20ac": 1e21, "\ud83d\ude00": 1e-7, "\ufb33": "\u0007é\"\/" }"#;
        let both = canonical_documents(policy, "[18446744073709551615]").expect("JSON");
        let expected = "{\"input\":[18446744073709552000],\"policy\":{\"a\":0,\"b\":1,\"\u{20ac}\":1e+21,\"\u{1f600}\":1e-7,\
                        \"\u{fb33}\":\"\\u0007é\\\"/\"}}";
        assert_eq!(both, expected);
        assert_eq!(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
