//! What a person chose for rows of an import: which are ticked, and which question and option each was put to. What was
//! posted is kept beside it, so that a refused page shows it again.

use crate::actions::answers_import::Pick;
use crate::actions::questionnaire::Opened;
use crate::web::fields::Fields;
use domain::problem::Problem;
use domain::questionnaire::Question;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The value of the choice "another question", which is named beside it.
pub(super) const OTHER: &str = "other";

/// What was posted.
#[derive(Clone, Debug, Default)]
pub(super) struct Chosen {
    /// Rows that were ticked.
    pub ticked: BTreeSet<Uuid>,
    /// The choice of each row: a question, a question and its option, [`OTHER`], or nothing.
    pub picked: BTreeMap<Uuid, String>,
    /// Another question, as somebody named it.
    pub named: BTreeMap<Uuid, String>,
}

impl Chosen {
    pub fn of(fields: &Fields) -> Self {
        let id = |text: &str| text.parse::<Uuid>().ok();
        let below = |prefix: &'static str| {
            let given = fields.below(prefix).filter(|(_, value)| !value.trim().is_empty());
            given.filter_map(move |(row, value)| Some((id(row)?, value.trim().to_owned()))).collect()
        };
        Self { ticked: fields.all("apply").filter_map(id).collect(), picked: below("pick:"), named: below("other:") }
    }

    /// What is to be applied; or what is wrong with it, at the rows.
    pub fn picks(&self, opened: &Opened) -> Result<BTreeMap<Uuid, Pick>, Vec<Problem>> {
        let mut picks: BTreeMap<Uuid, Pick> = self.ticked.iter().map(|row| (*row, Pick::default())).collect();
        let mut problems = Vec::new();
        for (row, value) in self.picked.iter().filter(|(_, value)| *value != OTHER) {
            match read(value) {
                Some(pick) => {
                    picks.insert(*row, pick);
                }
                None => problems.push(Problem::new(row.to_string(), "no-such-question")),
            }
        }
        // Somebody who names a question has chosen it, wherever the mark stands, unless another one is marked.
        let to_others = self.picked.iter().filter(|(_, value)| *value == OTHER).map(|(row, _)| *row);
        let others: BTreeSet<Uuid> = to_others.chain(self.named.keys().copied()).collect();
        for row in others.into_iter().filter(|row| self.picked.get(row).is_none_or(|value| value == OTHER)) {
            let name = self.named.get(&row).map(String::as_str).unwrap_or_default();
            match named(opened, name) {
                Some(question) => {
                    let pick = Pick { question: Some(question.id.clone()), ..Pick::default() };
                    picks.insert(row, pick);
                }
                None if name.is_empty() => problems.push(Problem::new(row.to_string(), "choose-a-question")),
                None => problems.push(Problem::new(row.to_string(), "no-question-of-that-name").with("name", name)),
            }
        }
        if problems.is_empty() { Ok(picks) } else { Err(problems) }
    }
}

/// A choice as a form posts it: `A.2.2-1@3`, and with an option `A.2.2-1@3:current`. Ids hold neither sign.
pub(super) fn value(question: &str, revision: i64, option: Option<&str>) -> String {
    let option = option.map(|option| format!(":{option}")).unwrap_or_default();
    format!("{question}@{revision}{option}")
}

fn read(value: &str) -> Option<Pick> {
    let (question, rest) = value.split_once('@')?;
    let (revision, option) = rest.split_once(':').map_or((rest, None), |(revision, option)| (revision, Some(option)));
    Some(Pick {
        question: Some(question.to_owned()),
        option: option.map(str::to_owned),
        revision: Some(revision.parse().ok()?),
    })
}

/// A question as people name it: by its number, its id, its words, or number and words as they are offered.
pub(super) fn named<'a>(opened: &'a Opened, name: &str) -> Option<&'a Question> {
    let name = name.trim();
    let number = name.split_once(". ").map_or(name.trim_end_matches('.'), |(number, _)| number);
    let by_number = || {
        let at: usize = number.parse().ok()?;
        opened.whole.document.questions().nth(at.checked_sub(1)?)
    };
    let by_name = |question: &&Question| question.id.eq_ignore_ascii_case(name) || question.text == name;
    let found = opened.version.document.questions().find(by_name).or_else(by_number)?;
    opened.version.document.question(&found.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_was_written() {
        for option in [None, Some("current")] {
            let pick = read(&value("A&A-01.1", 3, option)).expect("a choice");
            assert_eq!((pick.question.as_deref(), pick.option.as_deref()), (Some("A&A-01.1"), option));
            assert_eq!(pick.revision, Some(3));
        }
        for text in ["", "A.2.2-1", "A.2.2-1@", "A.2.2-1@x", "A.2.2-1@1@2"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
