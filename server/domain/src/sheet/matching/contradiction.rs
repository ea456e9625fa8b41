//! Answers whose comment says something else: "No", and beside it "Not applicable, we host nothing".

use crate::sheet::vocabulary::{AnswerWord, Vocabulary};

/// Words that a comment's first words are looked up in, at most.
const FIRST: usize = 4;

/// What the comment says instead of the answer; `None` where the two go together.
pub fn contradicts(answer: &str, comment: &str, words: &Vocabulary) -> Option<AnswerWord> {
    let (said, _) = words.leading_answer(answer)?;
    let (beside, rest) = match words.leading_answer(comment) {
        Some((beside, rest)) => (Some(beside), rest),
        None => (None, comment),
    };
    [beside, begins(rest, words)].into_iter().flatten().find(|beside| clash(said, *beside))
}

/// What the first words of a text say. "Yes" and "no" begin many sentences, so they count only where they are set off.
fn begins(text: &str, words: &Vocabulary) -> Option<AnswerWord> {
    let text = text.trim();
    let ends = text.char_indices().filter(|(_, c)| c.is_whitespace() || matches!(c, ',' | '.' | ';' | ':' | '-'));
    let ends: Vec<usize> = ends.map(|(at, _)| at).take(FIRST).chain([text.len()]).collect();
    let found = ends.iter().rev().find_map(|end| words.answer(&text[..*end]))?;
    (!matches!(found, AnswerWord::Yes | AnswerWord::No | AnswerWord::Declined)).then_some(found)
}

fn clash(answer: AnswerWord, comment: AnswerWord) -> bool {
    use AnswerWord::{No, NotApplicable, Partial, Planned, Unknown, Yes};
    match answer {
        Yes => matches!(comment, No | Partial | Planned | NotApplicable | Unknown),
        No => matches!(comment, Yes | Partial | NotApplicable | Unknown),
        Partial => matches!(comment, No | NotApplicable),
        Planned => matches!(comment, Yes | NotApplicable),
        NotApplicable => matches!(comment, Yes | Partial | Planned),
        Unknown | AnswerWord::Declined => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_that_says_something_else_is_found() {
        let words = Vocabulary::shipped();
        for (answer, comment, wanted) in [
            ("No", "Not applicable: we host nothing.", Some(AnswerWord::NotApplicable)),
            ("No", "Not applicable to a cloud service", Some(AnswerWord::NotApplicable)),
            ("Yes", "Not yet, planned for March", Some(AnswerWord::Planned)),
            ("Yes", "Partially implemented in the EU", Some(AnswerWord::Partial)),
            ("yes", "Planned for 2027", Some(AnswerWord::Planned)),
            ("Yes", "No. We stopped last year.", Some(AnswerWord::No)),
            ("N/A", "Yes, in all regions", Some(AnswerWord::Yes)),
            ("是", "尚未，計劃於明年完成", Some(AnswerWord::Planned)),
            ("Ja", "Noch nicht, geplant für 2027", Some(AnswerWord::Planned)),
            ("Yes", "No exceptions are allowed", None),
            ("Yes", "See the policy", None),
            ("No", "Planned for 2027", None),
            ("Yes", "", None),
            ("Every quarter", "Not applicable", None),
        ] {
            assert_eq!(contradicts(answer, comment, words), wanted, "{answer} / {comment}");
        }
    }
}
