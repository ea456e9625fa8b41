//! What a vendor said to one question, as it is judged: the reply, the comment, the evidence.

use crate::answer::{Reply, iso_date};
use crate::scoring;
use serde::{Deserialize, Serialize};
use time::Date;

/// What was said to a question. By default nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The reply.
    pub reply: Option<Reply>,
    /// The comment beside it.
    pub comment: Option<String>,
    /// The files beside it, in any order.
    pub evidence: Vec<Piece>,
}

/// A file beside an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Piece {
    /// SHA-256 of its content, hexadecimal: the same file attached twice is judged once.
    pub sha256: String,
    /// From when it is effective.
    #[serde(with = "iso_date")]
    pub effective_on: Date,
}

impl Said {
    /// SHA-256 over the canonical form of all that was said: what a review is about. The order of files is no part of it.
    pub fn sha256(&self) -> String {
        let mut sorted = self.clone();
        sorted.evidence.sort();
        sorted.evidence.dedup();
        let value =
            serde_json::to_value(&sorted).expect("an answer is JSON: its dates are years that four digits write");
        scoring::sha256(&scoring::canonical(&value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn any_change_of_what_was_said_changes_the_hash() {
        let piece = |sha256: &str, effective_on| Piece { sha256: sha256.to_owned(), effective_on };
        let said = Said {
            reply: Some(Reply::Choice { option: "yes".to_owned() }),
            comment: None,
            evidence: vec![piece("aa", date!(2026 - 01 - 01)), piece("bb", date!(2026 - 01 - 01))],
        };
        let mut turned = said.clone();
        turned.evidence.reverse();
        assert_eq!(said.sha256(), turned.sha256());
        let others = [
            Said { reply: Some(Reply::Choice { option: "no".to_owned() }), ..said.clone() },
            Said { comment: Some("but".to_owned()), ..said.clone() },
            Said { evidence: vec![piece("aa", date!(2026 - 01 - 01))], ..said.clone() },
            Said {
                evidence: vec![piece("aa", date!(2026 - 01 - 02)), piece("bb", date!(2026 - 01 - 01))],
                ..said.clone()
            },
            Said::default(),
        ];
        for other in others {
            assert_ne!(said.sha256(), other.sha256(), "{other:?}");
        }
    }
}
