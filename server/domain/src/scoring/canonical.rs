//! The one spelling of a document, and the hash over it.

use super::input::Input;
use super::refusal::{Document, Refusal};
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// The canonical form of a JSON value (RFC 8785): no space, keys in UTF-16 order, numbers as ECMAScript writes them.
pub fn canonical(value: &Value) -> String {
    serde_json_canonicalizer::to_string(value).expect("a JSON value holds only finite numbers and each key once")
}

/// The canonical form of an input: as [`canonical`] writes it, many times as fast, since the fields are in order and the names
/// of factors nearly always are.
pub(super) fn of_input(input: &Input) -> String {
    /// From here on the order of UTF-16, which counts, is not that of code points.
    const OUT_OF_ORDER: char = '\u{e000}';
    if input.profile.keys().any(|factor| factor.contains(|c| c >= OUT_OF_ORDER)) {
        return serde_json_canonicalizer::to_string(input).expect("an input is JSON: its keys are texts");
    }
    let mut text = Vec::new();
    input.serialize(&mut Serializer::with_formatter(&mut text, Numbers)).expect("an input is JSON: its keys are texts");
    String::from_utf8(text).expect("JSON is text")
}

/// Numbers as ECMAScript writes them; all else as it is written anyway.
struct Numbers;

impl Formatter for Numbers {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(ryu_js::Buffer::new().format_finite(value).as_bytes())
    }
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
    use super::super::{Certificate, Level, Override, Question, State};
    use super::*;
    use time::macros::date;

    #[test]
    fn an_input_is_written_as_any_value_is() {
        let question = Question {
            assurance: Level::Verified,
            best: 1.0,
            controls: vec!["A.2.2".to_owned(), "\"\\\u{7}\u{e9}\u{2028}\u{7f}".to_owned()],
            evidence_date: Some(date!(2026 - 01 - 02)),
            id: "B\n".to_owned(),
            state: State::NaClaimed,
            tags: Vec::new(),
            value: None,
            weight: 0.1 + 0.2,
        };
        let second = Question { evidence_date: None, value: Some(-0.0), weight: 1e21, best: 1e-7, ..question.clone() };
        let certificate = Certificate {
            accredited: true,
            controls: vec!["A.2.2".to_owned()],
            in_scope: false,
            standard: "ISO/IEC 42001:2023".to_owned(),
            valid_from: date!(2025 - 01 - 01),
            valid_to: date!(2028 - 01 - 01),
        };
        let own = Override {
            by: "Kim".to_owned(),
            domain: "misinformation".to_owned(),
            likelihood: None,
            reason: "Because".to_owned(),
            severity: Some(5),
        };
        for factors in [["autonomy", "b"], ["\u{e001}", "\u{1f600}"]] {
            let input = Input {
                as_of: date!(2026 - 11 - 22),
                certificates: vec![certificate.clone()],
                overrides: vec![own.clone()],
                profile: factors.map(|factor| (factor.to_owned(), "x".to_owned())).into(),
                questions: vec![question.clone(), second.clone()],
            };
            let value = serde_json::to_value(&input).expect("JSON");
            assert_eq!(of_input(&input), canonical(&value));
        }
    }

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
