//! Which row asks which question: by id, by the same words, by likeness; one to one over the whole table.

use super::assign::{Edge, assign};
use super::certainty::{Calibration, FEATURES, features};
use super::likeness::{Asked, Candidate, candidates};
use super::text::plain;
use super::thesaurus::Thesaurus;
use super::{HIGH, LOW};
use crate::questionnaire::Authored;
use serde::Serialize;
use std::collections::BTreeMap;

/// Pairs less alike than this are never assigned.
const LEAST: f64 = 0.15;
/// A second row that is this much as like the question as the first is a rival.
const RIVAL: f64 = 0.95;
/// Share of rows that bear a question's id and speak of it, from which on ids of a file are trusted.
const TRUSTED: f64 = 0.8;
/// How sure a pair of the same id is whose texts are alike.
const BY_ID: f64 = 0.98;
/// How sure a pair of the same id is whose texts cannot be compared, because they are in different languages.
const BY_ID_ALONE: f64 = 0.93;
/// How sure a pair of the same words is.
const BY_TEXT: f64 = 0.99;
/// Pairs of the same id that are less alike than this disagree.
const AGREE: f64 = 0.25;
/// No pair that a sign speaks against is surer than this.
const DOUBTFUL: f64 = 0.85;
/// Questions that are shown for a row.
pub(super) const SHOWN: usize = 3;

/// What a row is matched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum By {
    /// The hidden id of our own workbook.
    #[serde(rename = "hidden id")]
    HiddenId,
    /// The question's id.
    #[serde(rename = "id")]
    Id,
    /// The same words, whatever their case, width and punctuation.
    #[serde(rename = "text")]
    Text,
    /// Words and runs of letters in common.
    #[serde(rename = "similarity")]
    Similarity,
    /// A control that both speak to.
    #[serde(rename = "shared control")]
    Control,
}

impl By {
    /// What it is called in reports and where an answer came from.
    pub fn name(self) -> &'static str {
        match self {
            Self::HiddenId => "hidden id",
            Self::Id => "id",
            Self::Text => "text",
            Self::Similarity => "similarity",
            Self::Control => "shared control",
        }
    }
}

/// A row as it is compared.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) text: &'a str,
    /// Tells rows of the same id and text apart, whatever their order.
    pub(super) rest: &'a str,
}

/// A question that a row may ask.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Likely {
    pub(super) question: usize,
    pub(super) certainty: f64,
    /// None where the texts have nothing in common.
    pub(super) likeness: Option<f64>,
    pub(super) features: Option<[f64; FEATURES]>,
}

/// Why a row is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    NotSure,
    SeveralRows,
    Taken,
    IdDisagrees,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// It asks this question.
    Match { likely: Likely, by: By },
    /// A person has to say.
    Ask(Doubt),
    /// It asks none of them.
    None,
}

/// A row with the questions that it may ask, the likeliest first.
#[derive(Clone, Debug)]
pub(super) struct Paired {
    pub(super) likely: Vec<Likely>,
    pub(super) verdict: Verdict,
}

/// The questions of a template as rows are compared with them.
pub(super) struct Questions<'a> {
    asked: Vec<Asked<'a>>,
    ids: BTreeMap<String, usize>,
    /// The question of a text; none where several have it.
    texts: BTreeMap<String, Option<usize>>,
    count: usize,
}

impl<'a> Questions<'a> {
    pub(super) fn of(template: &'a Authored) -> Self {
        let written_in = template.written_in();
        let mut asked: Vec<Asked<'a>> = Vec::new();
        let (mut ids, mut texts) = (BTreeMap::new(), BTreeMap::new());
        let mut count = 0;
        for section in &template.sections {
            for question in &section.questions {
                ids.insert(plain_id(&question.id), count);
                for language in question.text.languages(written_in) {
                    let text = question.text.read(language, written_in);
                    let same = texts.entry(plain(text)).or_insert(Some(count));
                    if *same != Some(count) {
                        *same = None;
                    }
                    asked.push(Asked { question: count, text });
                }
                count += 1;
            }
        }
        Self { asked, ids, texts, count }
    }
}

/// An id without case, blanks and what stands around it.
fn plain_id(id: &str) -> String {
    let bare: String = id.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    bare.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// An id that nobody would give by chance: letters and digits, at least four of them.
fn is_telling(id: &str) -> bool {
    id.chars().filter(|c| c.is_alphanumeric()).count() >= 4
        && id.contains(char::is_alphabetic)
        && id.contains(|c: char| c.is_ascii_digit())
}

/// Compares the rows of a table with the questions of a template. The order of the rows does not matter.
pub(super) fn pair(
    rows: &[Row<'_>],
    questions: &Questions<'_>,
    thesaurus: &Thesaurus,
    calibration: &Calibration,
) -> Vec<Paired> {
    let plains: Vec<String> = rows.iter().map(|row| plain(row.text)).collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|a, b| {
        let key = |n: &usize| (&plains[*n], rows[*n].id, rows[*n].text, rows[*n].rest);
        key(a).cmp(&key(b))
    });
    let sorted: Vec<Row<'_>> = order.iter().map(|n| rows[*n].clone()).collect();
    let plains: Vec<&str> = order.iter().map(|n| plains[*n].as_str()).collect();
    let paired = Table::of(&sorted, &plains, questions, thesaurus).judged(calibration);
    let mut result = vec![Paired { likely: Vec::new(), verdict: Verdict::None }; rows.len()];
    for (n, paired) in order.into_iter().zip(paired) {
        result[n] = paired;
    }
    result
}

/// Rows in an order of their own, with what is known of each.
struct Table {
    candidates: Vec<Vec<Candidate>>,
    /// The question of the same words.
    same_text: Vec<Option<usize>>,
    /// The question of the same id, where the id is telling.
    same_id: Vec<Option<usize>>,
    /// The texts of the row can be compared with the template's at all.
    comparable: Vec<bool>,
    /// Ids of this file mean what they say.
    trusted: bool,
    /// The two likest rows of each question: the row and how like it is.
    likest: Vec<[(usize, f64); 2]>,
}

impl Table {
    fn of(rows: &[Row<'_>], plains: &[&str], questions: &Questions<'_>, thesaurus: &Thesaurus) -> Self {
        let texts: Vec<&str> = rows.iter().map(|row| row.text).collect();
        let candidates = candidates(&texts, &questions.asked, thesaurus);
        let same_text: Vec<_> = plains.iter().map(|plain| questions.texts.get(*plain).copied().flatten()).collect();
        let same_id: Vec<Option<usize>> = rows
            .iter()
            .map(|row| {
                let id = plain_id(row.id?);
                is_telling(&id).then(|| questions.ids.get(&id).copied()).flatten()
            })
            .collect();
        let comparable: Vec<bool> =
            candidates.iter().map(|of_row| of_row.first().is_some_and(|first| first.likeness >= AGREE)).collect();
        let mut table = Self { candidates, same_text, same_id, comparable, trusted: false, likest: Vec::new() };
        table.trusted = table.ids_are_trusted();
        let mut likest = vec![[(usize::MAX, 0.0); 2]; questions.count];
        for row in 0..rows.len() {
            for candidate in &table.candidates[row] {
                let [first, second] = &mut likest[candidate.question];
                let likeness = table.gain(row, candidate.question);
                if likeness > first.1 {
                    *second = *first;
                    *first = (row, likeness);
                } else if likeness > second.1 {
                    *second = (row, likeness);
                }
            }
        }
        table.likest = likest;
        table
    }

    fn candidate(&self, row: usize, question: usize) -> Option<&Candidate> {
        self.candidates[row].iter().find(|candidate| candidate.question == question)
    }

    fn likeness(&self, row: usize, question: usize) -> f64 {
        self.candidate(row, question).map_or(0.0, |candidate| candidate.likeness)
    }

    fn agrees(&self, row: usize, question: usize) -> bool {
        self.same_text[row] == Some(question) || self.likeness(row, question) >= AGREE
    }

    fn ids_are_trusted(&self) -> bool {
        let with: Vec<(usize, usize)> =
            self.same_id.iter().enumerate().filter_map(|(row, question)| Some((row, (*question)?))).collect();
        let speaking = with.iter().filter(|(row, _)| self.comparable[*row]).count();
        let agreeing = with.iter().filter(|(row, question)| self.agrees(*row, *question)).count();
        !with.is_empty() && agreeing as f64 >= TRUSTED * speaking as f64
    }

    /// What is gained by giving the row to the question.
    fn gain(&self, row: usize, question: usize) -> f64 {
        let same = f64::from(u8::from(self.same_text[row] == Some(question)));
        let id = f64::from(u8::from(self.same_id[row] == Some(question)));
        self.likeness(row, question) + same + id
    }

    fn judged(&self, calibration: &Calibration) -> Vec<Paired> {
        let rows = self.candidates.len();
        let mut edges: Vec<Vec<Edge>> = vec![Vec::new(); self.likest.len()];
        for row in 0..rows {
            let alike = self.candidates[row].iter().map(|candidate| candidate.question);
            let mut questions: Vec<usize> = alike.chain(self.same_text[row]).chain(self.same_id[row]).collect();
            questions.sort_unstable();
            questions.dedup();
            for question in questions {
                let gain = self.gain(row, question);
                if gain >= LEAST {
                    edges[question].push(Edge { row, gain });
                }
            }
        }
        let mut of_row = vec![None; rows];
        for (question, row) in assign(&edges, rows).into_iter().enumerate() {
            if let Some(row) = row {
                of_row[row] = Some(question);
            }
        }
        let mut twins: BTreeMap<usize, usize> = BTreeMap::new();
        for question in self.same_text.iter().flatten() {
            *twins.entry(*question).or_default() += 1;
        }
        let mut id_twins: BTreeMap<usize, usize> = BTreeMap::new();
        for question in self.same_id.iter().flatten() {
            *id_twins.entry(*question).or_default() += 1;
        }
        (0..rows)
            .map(|row| {
                let mut likely = self.likely(row, of_row[row], calibration);
                let verdict = self.verdict(row, of_row[row], &likely, &twins, &id_twins);
                if let Verdict::Match { likely: found, .. } = &verdict {
                    likely.retain(|other| other.question != found.question);
                    likely.insert(0, *found);
                }
                likely.truncate(SHOWN);
                Paired { likely, verdict }
            })
            .collect()
    }

    /// The questions that a row may ask, the likeliest first.
    fn likely(&self, row: usize, assigned: Option<usize>, calibration: &Calibration) -> Vec<Likely> {
        let of_row = &self.candidates[row];
        let mut likely: Vec<Likely> = of_row
            .iter()
            .map(|candidate| {
                let others = of_row.iter().filter(|other| other.question != candidate.question);
                let other = others.map(|other| other.likeness).fold(0.0, f64::max);
                let [first, second] = self.likest[candidate.question];
                let rival = if first.0 == row { second.1 } else { first.1 };
                let features = features(
                    &candidate.common,
                    candidate.likeness,
                    candidate.likeness - other,
                    candidate.likeness - rival.min(1.0),
                );
                let certainty = calibration.certainty(&features);
                let doubtful = candidate.common.is_doubtful();
                Likely {
                    question: candidate.question,
                    certainty: if doubtful { certainty.min(DOUBTFUL) } else { certainty },
                    likeness: Some(candidate.likeness),
                    features: Some(features),
                }
            })
            .collect();
        for question in [self.same_id[row], self.same_text[row], assigned].into_iter().flatten() {
            if likely.iter().all(|known| known.question != question) {
                likely.push(Likely { question, certainty: LOW, likeness: None, features: None });
            }
        }
        likely.sort_by(|a, b| b.certainty.total_cmp(&a.certainty).then(a.question.cmp(&b.question)));
        likely
    }

    fn verdict(
        &self,
        row: usize,
        assigned: Option<usize>,
        likely: &[Likely],
        twins: &BTreeMap<usize, usize>,
        id_twins: &BTreeMap<usize, usize>,
    ) -> Verdict {
        let sure = |question: usize, certainty: f64, by: By| {
            let known = likely.iter().find(|known| known.question == question);
            let (likeness, features) = known.map_or((None, None), |known| (known.likeness, known.features));
            Verdict::Match { likely: Likely { question, certainty, likeness, features }, by }
        };
        if let Some(question) = self.same_id[row] {
            if id_twins.get(&question) > Some(&1) {
                return Verdict::Ask(Doubt::SeveralRows);
            }
            let agrees = self.agrees(row, question);
            let other_text = self.same_text[row].is_some_and(|other| other != question);
            return match (agrees && !other_text, self.comparable[row]) {
                (true, _) if assigned == Some(question) => sure(question, BY_ID, By::Id),
                (false, false) if self.trusted && assigned == Some(question) => sure(question, BY_ID_ALONE, By::Id),
                _ => Verdict::Ask(Doubt::IdDisagrees),
            };
        }
        if let Some(question) = self.same_text[row] {
            return if twins.get(&question) > Some(&1) {
                Verdict::Ask(Doubt::SeveralRows)
            } else if assigned == Some(question) {
                sure(question, BY_TEXT, By::Text)
            } else {
                Verdict::Ask(Doubt::Taken)
            };
        }
        let best = likely.first().map_or(0.0, |best| best.certainty);
        let Some(found) = likely.iter().find(|known| Some(known.question) == assigned) else {
            return if best >= LOW { Verdict::Ask(Doubt::Taken) } else { Verdict::None };
        };
        let [first, second] = self.likest[found.question];
        let rival = if first.0 == row { second.1 } else { first.1 };
        let mine = self.likeness(row, found.question);
        if found.certainty >= HIGH && rival >= mine * RIVAL {
            Verdict::Ask(Doubt::SeveralRows)
        } else if found.certainty >= HIGH {
            Verdict::Match { likely: *found, by: By::Similarity }
        } else if best >= LOW {
            Verdict::Ask(Doubt::NotSure)
        } else {
            Verdict::None
        }
    }
}
