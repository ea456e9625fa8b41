//! Ids as people write them: in cells of their own, in front of a question, several in one cell; and numbers that lost
//! their last zero.

use super::grid::{CellValue, Row};
use super::vocabulary::{HeadingWord, Vocabulary};
use std::borrow::Cow;

/// Characters that an id in front of a text has at most.
const LONGEST: usize = 24;
/// Letters that follow an id in front of a question.
const SHORTEST_QUESTION: usize = 6;

/// An id in front of a text, and the text behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefixed<'t> {
    pub(super) id: &'t str,
    pub(super) text: &'t str,
}

/// Splits `A&A-01.1 Are policies kept?` and `Q3: Who decides?`; `None` for a text that begins otherwise.
pub(super) fn prefixed<'t>(text: &'t str, words: &Vocabulary) -> Option<Prefixed<'t>> {
    let text = text.trim();
    let inner = text.strip_prefix(['(', '[']).unwrap_or(text);
    let opened = inner.len() < text.len();
    let (start, skipped) = without_label(inner, words);
    let mut end = 0;
    let mut digits = false;
    for (at, c) in start.char_indices().take(LONGEST) {
        let joins = matches!(c, '.' | '-' | '_' | '&' | '/' | '–') && at > 0;
        if c.is_ascii_digit() {
            digits = true;
        } else if !(c.is_ascii_alphabetic() || joins) {
            break;
        }
        end = at + c.len_utf8();
    }
    let raw = &start[..end];
    let id = raw.trim_end_matches(['.', '-', '_', '/', '–', '&']);
    if !digits || id.is_empty() || !has_shape(id) {
        return None;
    }
    let rest = &start[id.len()..];
    let bare = rest.trim_start_matches(|c: char| {
        matches!(c, '.' | ')' | ']' | ':' | '-' | '–' | '—' | '、' | '．' | '）' | '：' | '/') || c.is_whitespace()
    });
    let separated = rest.len() > bare.len() || opened;
    let unspaced = rest.chars().next().is_some_and(|c| !c.is_ascii());
    let enough = bare.chars().filter(|c| c.is_alphabetic()).count() >= SHORTEST_QUESTION
        || !bare.is_ascii() && bare.chars().count() >= 4;
    ((separated || unspaced || skipped) && enough).then_some(Prefixed { id, text: bare })
}

/// Leaves out a word such as "Question" in front of a number.
fn without_label<'t>(text: &'t str, words: &Vocabulary) -> (&'t str, bool) {
    let Some(at) = text.find(|c: char| c.is_ascii_digit()) else { return (text, false) };
    let label = text[..at].trim_end_matches([' ', '.', '#', ':', '\u{a0}']);
    let known = label.chars().count() >= 2
        && label.chars().count() <= 12
        && words
            .meanings(label)
            .iter()
            .any(|m| m.fit >= 950 && matches!(m.word, HeadingWord::Question | HeadingWord::Id));
    if known { (&text[at..], true) } else { (text, false) }
}

/// Up to six letters, then numbers, perhaps a letter at the end; no word that happens to hold a digit, no year alone.
fn has_shape(id: &str) -> bool {
    let first_digit = id.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let front: String = id[..first_digit].chars().filter(char::is_ascii_alphabetic).collect();
    let upper = front.chars().all(|c| c.is_ascii_uppercase()) || front.len() <= 1;
    let parts: Vec<&str> = id.split(['.', '-', '_', '/']).collect();
    let lower_run = id.chars().filter(char::is_ascii_lowercase).count();
    front.len() <= 8
        && upper
        && lower_run <= 2
        && parts.len() <= 6
        && !(parts.len() == 1 && id.len() >= 4 && front.is_empty())
}

/// The questions of a cell that holds several, each with its own id; empty for a cell that holds one.
pub(super) fn several<'t>(text: &'t str, has_own_id: bool, words: &Vocabulary) -> Vec<Prefixed<'t>> {
    if !text.contains('\n') {
        return Vec::new();
    }
    let mut found: Vec<(usize, Prefixed<'t>)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(part) = prefixed(line, words) {
            found.push((at, part));
        }
        at += line.len();
    }
    if found.len() < 2 || found[0].0 > 0 {
        return Vec::new();
    }
    let simple = found.iter().all(|(_, part)| part.id.chars().all(|c| c.is_ascii_digit()) || part.id.len() < 2);
    let asking = found.iter().all(|(_, part)| words.asks(part.text));
    let distinct: std::collections::BTreeSet<&str> = found.iter().map(|(_, part)| part.id).collect();
    if distinct.len() < found.len() || simple && (has_own_id || !asking) {
        return Vec::new();
    }
    let ends: Vec<usize> = found.iter().skip(1).map(|(start, _)| *start).chain([text.len()]).collect();
    let whole = |(n, (start, part)): (usize, (usize, Prefixed<'t>))| {
        let span = &text[start..ends[n]];
        let from = span.find(part.text).unwrap_or(0);
        Prefixed { id: part.id, text: span[from..].trim() }
    };
    found.into_iter().enumerate().map(whole).collect()
}

/// The lines of a reply that belong to the ids of a cell with several questions; `None` when they cannot be told apart.
pub(super) fn shared_out(reply: &str, ids: &[&str]) -> Option<Vec<Option<String>>> {
    let lines: Vec<&str> = reply.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let labelled: Vec<Option<String>> = ids
        .iter()
        .map(|id| {
            lines.iter().find_map(|line| {
                let rest = line.strip_prefix(id)?;
                let text = rest.trim_start_matches([' ', ':', '.', ')', '-', '–', '=', '：']);
                (text.len() < rest.len() && !rest.starts_with(|c: char| c.is_ascii_digit())).then(|| text.to_owned())
            })
        })
        .collect();
    if labelled.iter().any(Option::is_some) {
        return Some(labelled.into_iter().map(|text| text.filter(|text| !text.is_empty())).collect());
    }
    (lines.len() == ids.len() && lines.len() > 1).then(|| lines.into_iter().map(|line| Some(line.to_owned())).collect())
}

/// The id in a cell as a person reads it: in one line. A number that comes after `5.9` and says `5.1` a second time
/// stands for `5.10`: spreadsheet programs drop the last zero.
pub(super) fn of_cell(row: &Row, column: u32, text: Cow<'_, str>, before: Option<&str>) -> String {
    let id = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_number = row.cell(column).is_some_and(|cell| matches!(cell.value, CellValue::Number(_)));
    let Some((whole, part)) = id.split_once('.').filter(|_| is_number) else { return id };
    let Some((whole_before, part_before)) = before.and_then(|before| before.split_once('.')) else { return id };
    let restored = format!("{part}0");
    let follows = match (restored.parse::<u32>(), part_before.parse::<u32>()) {
        (Ok(now), Ok(then)) => now == then + 1 && restored.len() > part_before.len().min(restored.len() - 1),
        _ => false,
    };
    if whole == whole_before && follows && part.parse::<u32>() != part_before.parse::<u32>().map(|then| then + 1) {
        format!("{whole}.{restored}")
    } else {
        id
    }
}

/// Whether an id is the beginning of another: `5` of `5.1`, `A` of `A.3`.
pub(super) fn is_parent(id: &str, child: &str) -> bool {
    let id = id.trim_end_matches(['.', ')', ' ', '-', ':']);
    !id.is_empty()
        && child.len() > id.len()
        && child.strip_prefix(id).is_some_and(|rest| {
            let ends_in_letter = id.ends_with(|c: char| c.is_alphabetic());
            rest.starts_with(['.', '-', '_', '/', ' '])
                || ends_in_letter && rest.starts_with(|c: char| c.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Option<(&str, &str)> {
        prefixed(text, Vocabulary::shipped()).map(|found| (found.id, found.text))
    }

    #[test]
    fn ids_stand_in_front_of_questions() {
        for (text, id, question) in [
            ("A&A-01.1 Are policies kept?", "A&A-01.1", "Are policies kept?"),
            ("1.2.3. Who decides on this?", "1.2.3", "Who decides on this?"),
            ("Q3: Who decides on this?", "Q3", "Who decides on this?"),
            ("Question 12 - Who decides on this?", "12", "Who decides on this?"),
            ("(4) Who decides on this?", "4", "Who decides on this?"),
            ("[SEC-07] Who decides on this?", "SEC-07", "Who decides on this?"),
            ("5.10 是否有备份", "5.10", "是否有备份"),
            ("3、是否有备份", "3", "是否有备份"),
            ("2.1a Who decides?", "2.1a", "Who decides?"),
        ] {
            assert_eq!(split(text), Some((id, question)), "{text}");
        }
        for text in [
            "Are 2 backups kept?",
            "2019 was the last audit?",
            "Who?",
            "ISO27001 certificates exist?",
            "24x7 support is offered?",
            "5.1",
        ] {
            assert_eq!(split(text).filter(|(id, _)| !id.starts_with("ISO")), None, "{text}");
        }
    }

    #[test]
    fn several_questions_in_a_cell_each_have_their_id() {
        let words = Vocabulary::shipped();
        let text = "AIS-01.1 Do you test code?\nAIS-01.2 Do you scan\nevery build?\n";
        let found: Vec<_> = several(text, true, words).iter().map(|part| (part.id, part.text)).collect();
        assert_eq!(found, [("AIS-01.1", "Do you test code?"), ("AIS-01.2", "Do you scan\nevery build?")]);
        assert_eq!(several("Describe:\n1. who\n2. when it happens", true, words), []);
        assert_eq!(several("1. Describe your backups.\n2. Where are they?", true, words), []);
        assert_eq!(
            shared_out("AIS-01.1: Yes\nAIS-01.2: No", &["AIS-01.1", "AIS-01.2"]),
            Some(vec![Some("Yes".into()), Some("No".into())])
        );
        assert_eq!(shared_out("Yes\nNo", &["1.1", "1.2"]), Some(vec![Some("Yes".into()), Some("No".into())]));
        assert_eq!(shared_out("Yes", &["1.1", "1.2"]), None);
    }

    #[test]
    fn a_lost_zero_is_found_again() {
        let row = |number: f64| Row {
            number: 9,
            hidden: false,
            cells: vec![super::super::Cell { column: 1, value: CellValue::Number(number), formula: false }],
        };
        let read = |number: f64, before: &str| {
            let row = row(number);
            let text = row.text(1).expect("a number").into_owned();
            of_cell(&row, 1, text.into(), Some(before))
        };
        assert_eq!(read(5.1, "5.9"), "5.10");
        assert_eq!(read(5.2, "5.19"), "5.20");
        assert_eq!(read(5.1, "4.7"), "5.1");
        assert_eq!(read(5.2, "5.1"), "5.2");
        assert_eq!(read(6.0, "5.9"), "6");
    }

    #[test]
    fn parents_are_beginnings() {
        assert!(is_parent("5", "5.1") && is_parent("A.", "A.3") && is_parent("A", "A1") && is_parent("1.2", "1.2.1"));
        assert!(!is_parent("5", "51") && !is_parent("5.1", "5.1") && !is_parent("5.1", "5.10"));
    }
}
