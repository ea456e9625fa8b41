//! Questionnaires that many use: known by their structure (what their headings say and how their ids look), whatever the
//! file is called. A family is a file of `fixtures/workbooks/families`; none of them holds a question.

use super::columns::ColumnRole;
use super::header::Header;
use super::vocabulary::{BadVocabulary, plain};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The files that are part of the program, by name; the first family that fits is the one.
const SHIPPED: [(&str, &str); 5] = [
    ("caiq-4.json", include_str!("../../../../fixtures/workbooks/families/caiq-4.json")),
    ("ai-caiq.json", include_str!("../../../../fixtures/workbooks/families/ai-caiq.json")),
    ("caiq-3.json", include_str!("../../../../fixtures/workbooks/families/caiq-3.json")),
    ("hecvat-4.json", include_str!("../../../../fixtures/workbooks/families/hecvat-4.json")),
    ("sig.json", include_str!("../../../../fixtures/workbooks/families/sig.json")),
];

static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| {
        Family::read(name, text).expect("the shipped files have this shape: a test reads them")
    };
    SHIPPED.iter().map(read).collect()
});

/// Ids that are looked at.
const SAMPLE: usize = 40;

/// A questionnaire that many use.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Its short name: `caiq-4`.
    pub key: String,
    /// Its full name.
    pub name: String,
    /// How its ids look: `A` is a capital letter or `&`, `9` a digit, `+` one or more of them, `4` and other digits that
    /// many; everything else is itself.
    id: String,
    /// Headings that it has, as folded texts.
    headings: Vec<String>,
    /// How many of them must be there.
    fewest_headings: usize,
    /// Which headings name which column, the surest first.
    columns: BTreeMap<ColumnRole, Vec<String>>,
    /// The answer is a mark in one of its answer columns.
    #[serde(default)]
    pub(super) one_answer_column_per_option: bool,
    /// Headings on a sheet of all questions, hidden perhaps, over the answers that count as good.
    #[serde(default)]
    pub(super) wanted_answers: Vec<String>,
    /// Controls of ISO/IEC 42001 that its rows speak to, by the beginning of their ids: `DSP-20`, `AIGN`. Our own reading,
    /// good for a suggestion and for nothing else.
    #[serde(default)]
    controls: BTreeMap<String, Vec<String>>,
}

impl Family {
    /// Reads a family's file; `name` is the file's.
    ///
    /// # Errors
    /// When the text is no family.
    pub fn read(name: &str, json: &str) -> Result<Self, BadVocabulary> {
        serde_json::from_str(json).map_err(|e| BadVocabulary { file: name.to_owned(), reason: e.to_string() })
    }

    /// The families that are shipped.
    pub fn shipped() -> &'static [Self] {
        &FAMILIES
    }

    /// The family of this short name.
    pub(super) fn of_key(key: &str) -> Option<&'static Self> {
        FAMILIES.iter().find(|family| family.key == key)
    }

    /// The controls that the row of this id speaks to; the longest known beginning of the id counts.
    pub(super) fn controls_of(&self, id: &str) -> &[String] {
        let id = id.trim();
        let begins = |known: &&String| {
            id.strip_prefix(known.as_str()).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        };
        let known = self.controls.keys().filter(begins).max_by_key(|known| known.len());
        known.map_or(&[], |known| self.controls[known].as_slice())
    }

    /// Whether a table is of this family: its headings say so, and most of its ids look so.
    pub(super) fn fits<'i>(&self, header: &Header, ids: impl Iterator<Item = &'i str>) -> bool {
        let texts: Vec<String> = header.headings.values().flatten().map(|text| plain(text)).collect();
        let said = self.headings.iter().filter(|heading| texts.iter().any(|text| begins(text, heading))).count();
        if said < self.fewest_headings {
            return false;
        }
        let (mut like, mut all) = (0, 0);
        for id in ids.take(SAMPLE) {
            all += 1;
            like += usize::from(matches(&self.id, id));
        }
        all > 0 && like * 10 >= all * 6
    }

    /// The columns that the family's headings name.
    pub(super) fn columns(&self, header: &Header) -> BTreeMap<ColumnRole, Vec<u32>> {
        let mut found = BTreeMap::new();
        for (role, headings) in &self.columns {
            let exact = |heading: &String| -> Vec<u32> {
                let says = |column: &u32| header.lowest(*column).is_some_and(|text| plain(text) == *heading);
                header.headings.keys().filter(|column| says(column)).copied().collect()
            };
            let named = |heading: &String| -> Vec<u32> {
                let says = |column: &u32| header.headings[column].iter().any(|text| begins(&plain(text), heading));
                header.headings.keys().filter(|column| says(column)).copied().collect()
            };
            let several = *role == ColumnRole::Answer && self.one_answer_column_per_option;
            let columns: Vec<u32> = if several {
                headings.iter().flat_map(exact).collect()
            } else {
                let found = headings.iter().map(exact).chain(headings.iter().map(named));
                found.into_iter().find(|columns| !columns.is_empty()).into_iter().flatten().take(1).collect()
            };
            if !columns.is_empty() {
                found.insert(*role, columns);
            }
        }
        found
    }
}

fn begins(text: &str, heading: &str) -> bool {
    text.strip_prefix(heading).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Whether an id looks like a pattern.
fn matches(pattern: &str, id: &str) -> bool {
    let mut rest = id.trim();
    let mut pattern = pattern.chars().peekable();
    while let Some(wanted) = pattern.next() {
        let is = |c: char| match wanted {
            'A' => c.is_ascii_uppercase() || c == '&',
            '9' => c.is_ascii_digit(),
            other => c == other,
        };
        let run = rest.chars().take_while(|c| is(*c)).count();
        let taken = match pattern.peek() {
            Some('+') => run,
            Some(count) if wanted == 'A' && count.is_ascii_digit() && *count != '9' => {
                let wanted = count.to_digit(10).unwrap_or(0) as usize;
                if run == wanted { run } else { 0 }
            }
            _ => run.min(1),
        };
        if taken == 0 {
            return false;
        }
        if pattern.peek().is_some_and(|next| *next == '+' || wanted == 'A' && next.is_ascii_digit() && *next != '9') {
            pattern.next();
        }
        rest = &rest[taken..];
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_families_are_read() {
        for family in Family::shipped() {
            let folded = family.headings.iter().chain(family.columns.values().flatten()).chain(&family.wanted_answers);
            folded.for_each(|text| assert_eq!(&plain(text), text, "{}", family.key));
        }
    }

    #[test]
    fn the_controls_of_a_row_are_found_by_the_beginning_of_its_id() {
        let caiq = Family::of_key("ai-caiq").expect("a family");
        assert_eq!(caiq.controls_of("GRC-10.2"), caiq.controls_of("GRC-10"));
        assert!(caiq.controls_of("GRC-10.2").iter().any(|control| control == "A.5.2"));
        assert_ne!(caiq.controls_of("GRC-10.2"), caiq.controls_of("GRC-01.1"));
        assert_eq!(caiq.controls_of("GRC-101.1"), caiq.controls_of("CEK-01.1"), "neither is known");
        let point = |control: &String| control.split('.').filter(|part| !part.is_empty()).count();
        for family in Family::shipped() {
            for control in family.controls.values().flatten() {
                assert!((2..=4).contains(&point(control)), "{}: {control}", family.key);
            }
        }
    }

    #[test]
    fn ids_are_known_by_their_look() {
        for (pattern, id) in
            [("A+-9+.9+", "A&A-01.1"), ("A+-9+.9+", "AIS-02.13"), ("A4-99", "GNRL-01"), ("A+.9+", "D.12")]
        {
            assert!(matches(pattern, id), "{pattern} {id}");
        }
        for (pattern, id) in
            [("A+-9+.9+", "A&A-01"), ("A4-99", "GNR-01"), ("A4-99", "GNRL-011"), ("A+-9+.9+", "5.1"), ("A4-99", "")]
        {
            assert!(!matches(pattern, id), "{pattern} {id}");
        }
    }
}
