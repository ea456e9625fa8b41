//! What the cells of a column look like, whatever its heading says.

use super::grid::{CellValue, Row};
use super::view::View;
use super::vocabulary::Vocabulary;
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Rows that are looked at: enough to know a column.
pub(super) const SAMPLE: usize = 400;
/// Characters that a code has at most; a GUID has 36.
const LONGEST_CODE: usize = 40;

/// Boxes to tick: what stands behind them is a choice, not a kind of answer.
const BOXES: [char; 5] = ['☐', '☑', '☒', '□', '■'];

/// Counts over the sampled cells of a column.
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    /// Rows that were looked at.
    pub(super) rows: usize,
    pub(super) filled: usize,
    characters: usize,
    asking: usize,
    answers: usize,
    marks: usize,
    codes: usize,
    kinds: usize,
    listed: usize,
    uncomputed: usize,
    distinct: HashSet<u64>,
}

impl Profile {
    /// Looks at the columns of these rows.
    pub(super) fn of(view: &View<'_>, rows: &[&Row], words: &Vocabulary) -> BTreeMap<u32, Self> {
        let mut profiles: BTreeMap<u32, Self> = BTreeMap::new();
        for row in rows.iter().take(SAMPLE) {
            for cell in &row.cells {
                profiles.entry(cell.column).or_default().add(&cell.value, words);
            }
        }
        let looked_at = rows.len().min(SAMPLE);
        let columns: Vec<u32> = profiles.keys().copied().collect();
        let last = columns.last().copied().unwrap_or(0) + 8;
        for column in (1..=last).filter(|column| view.has_lists(*column)) {
            let listed = rows.iter().take(SAMPLE).filter(|row| view.options(row.number, column).is_some()).count();
            profiles.entry(column).or_default().listed = listed;
        }
        for profile in profiles.values_mut() {
            profile.rows = looked_at;
        }
        profiles
    }

    fn add(&mut self, value: &CellValue, words: &Vocabulary) {
        self.uncomputed += usize::from(matches!(value, CellValue::NotComputed));
        let Some(text) = value.text() else { return };
        if matches!(value, CellValue::Error(_)) {
            return;
        }
        let length = text.chars().take(500).count();
        self.filled += 1;
        self.characters += length;
        self.codes += usize::from(is_code(&text));
        if length <= 60 {
            self.answers += usize::from(
                matches!(value, CellValue::Bool(_))
                    || words.leading_answer(&text).is_some()
                    || words.is_default(&text)
                    || words.is_placeholder(&text),
            );
            self.marks += usize::from(words.is_mark(&text) || words.is_unmarked(&text));
            self.kinds += usize::from(words.is_kind(&text) && !text.contains(BOXES));
        }
        self.asking +=
            usize::from(length >= 8 && !is_code(&text) && matches!(value, CellValue::Text(_)) && words.asks(&text));
        let mut hash = DefaultHasher::new();
        text.hash(&mut hash);
        self.distinct.insert(hash.finish());
    }

    fn of_filled(&self, count: usize) -> f64 {
        if self.filled == 0 { 0.0 } else { count as f64 / self.filled as f64 }
    }

    /// Share of the rows in which the column holds something.
    pub(super) fn fill(&self) -> f64 {
        if self.rows == 0 { 0.0 } else { self.filled as f64 / self.rows as f64 }
    }

    /// Characters of a text on average.
    pub(super) fn length(&self) -> f64 {
        self.of_filled(self.characters)
    }

    /// Share of texts that ask something.
    pub(super) fn asks(&self) -> f64 {
        self.of_filled(self.asking)
    }

    /// Share of texts that are answer words, or begin with one, or say that nothing was answered.
    pub(super) fn answers(&self) -> f64 {
        self.of_filled(self.answers)
    }

    /// Share of cells that are marks.
    pub(super) fn marks(&self) -> f64 {
        self.of_filled(self.marks)
    }

    /// Share of texts that are codes.
    pub(super) fn codes(&self) -> f64 {
        self.of_filled(self.codes)
    }

    /// Share of texts that name a kind of answer.
    pub(super) fn kinds(&self) -> f64 {
        self.of_filled(self.kinds)
    }

    /// Share of the rows whose cell has a drop-down.
    pub(super) fn listed(&self) -> f64 {
        if self.rows == 0 { 0.0 } else { self.listed as f64 / self.rows as f64 }
    }

    /// Share of the rows whose cell is a formula without a value.
    pub(super) fn uncomputed(&self) -> f64 {
        if self.rows == 0 { 0.0 } else { self.uncomputed as f64 / self.rows as f64 }
    }

    /// Share of different texts among those that are there.
    pub(super) fn variety(&self) -> f64 {
        self.of_filled(self.distinct.len())
    }

    /// Different texts.
    pub(super) fn different(&self) -> usize {
        self.distinct.len()
    }
}

/// Whether a text is a number or a code, as ids are: `A&A-01.1`, `5.10`, `Q 7`, a GUID.
pub(super) fn is_code(text: &str) -> bool {
    let text = text.trim();
    if text.chars().count() > LONGEST_CODE || text.contains(['?', '？', '\n']) {
        return false;
    }
    let short_letters = text.chars().count() <= 2 && text.chars().all(|c| c.is_ascii_uppercase());
    if short_letters {
        return true;
    }
    if !text.chars().any(|c| c.is_numeric()) || text.split_whitespace().count() > 3 {
        return false;
    }
    if text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
        return true;
    }
    let mut run = 0;
    text.chars().all(|c| {
        run = if c.is_lowercase() { run + 1 } else { 0 };
        run <= 8
    }) && !text.contains(['%', '€', '$', '£'])
}

#[cfg(test)]
mod tests {
    use super::is_code;

    #[test]
    fn codes_are_told_from_words() {
        for code in [
            "1",
            "5.10",
            "A&A-01.1",
            "Q 7",
            "Q1.",
            "GNRL-01",
            "20a734fb-ca83-4ce0-b3a7-935a00b2e9b9",
            "1.2.a",
            "Question 12",
            "4.1 (b)",
            "AC - 02",
        ] {
            assert!(is_code(code), "{code}");
        }
        for text in ["Yes", "Access control", "Are there 2 backups?", "99.9%", "Two sites in 2019, both audited"] {
            assert!(!is_code(text), "{text}");
        }
    }
}
