//! A stranger's questionnaire as a template: its questions in their order, sections from its banners, types and options
//! from its drop-downs.
//!
//! Nothing in a workbook says what an answer is worth, so nothing is scored: weights are 0 and options unscored until an
//! author decides. What could not become a question is named, with its cell.

use super::inspect::{Inspection, Item};
use super::vocabulary::{AnswerWord, Vocabulary};
use crate::problem::Problem;
use crate::questionnaire::{Authored, Choice, Document, FORMAT, Kind, Question, Section, Text};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// A template made of a workbook, and what did not get into it.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// A document without problems.
    pub document: Authored,
    /// Cells that hold no question of their own, each with a code: `echo`, `no-text`.
    pub left_out: Vec<Problem>,
}

/// Characters of an id that is made of a stranger's: the longest that a document takes is 64, and a number may follow.
const ID_CHARACTERS: usize = 56;

/// A section holds at least so many questions on average; where the file's own are smaller, their upper levels are taken.
const LEAST_IN_A_SECTION: usize = 3;

/// Makes a template of every question that was understood.
///
/// # Errors
/// `nothing-asked` when nothing in the file asks anything.
pub fn template(inspection: &Inspection, words: &Vocabulary) -> Result<Made, Problem> {
    let mut making = Making { words, ids: BTreeSet::new(), asked: Vec::new(), left_out: Vec::new() };
    for sheet in &inspection.sheets {
        for item in sheet.items.iter().flatten() {
            making.take(&sheet.name, item);
        }
    }
    let count = making.asked.len();
    if count == 0 {
        return Err(Problem::new(inspection.file.clone(), "nothing-asked"));
    }
    let stem = inspection.file.rsplit_once('.').map_or(inspection.file.as_str(), |(stem, _)| stem).trim();
    let language = language(making.asked.iter().map(|asked| asked.text.as_str()));
    let document = Document {
        format: FORMAT.to_owned(),
        key: key(stem),
        version: 1,
        title: Text::One(if stem.is_empty() { inspection.file.clone() } else { stem.to_owned() }),
        summary: Text::One(inspection.file.clone()),
        languages: vec![language.to_owned()],
        // Half a minute a question is what a practised vendor needs.
        minutes: u32::try_from(count.div_ceil(2)).unwrap_or(u32::MAX),
        licence: None,
        roles_question: None,
        sections: sections(making.asked),
    };
    Ok(Made { document, left_out: making.left_out })
}

/// A question and where it stood.
struct Asked {
    sheet: String,
    /// The banner above it, levels joined by ` / `; empty where there is none.
    banner: String,
    text: String,
    question: Question<Text>,
}

/// Puts questions into sections: one for each run under the same banner, or, where banners change with nearly every
/// question, one for each upper level, in the order in which they first appear.
fn sections(asked: Vec<Asked>) -> Vec<Section<Text>> {
    let runs =
        asked.windows(2).filter(|two| (&two[0].sheet, &two[0].banner) != (&two[1].sheet, &two[1].banner)).count();
    let is_scattered = (runs + 1) * LEAST_IN_A_SECTION > asked.len();
    let mut places: Vec<(String, String)> = Vec::new();
    let mut sections: Vec<Section<Text>> = Vec::new();
    for Asked { sheet, banner, question, .. } in asked {
        let upper = banner.split(" / ").next().unwrap_or_default().trim().to_owned();
        let place = if is_scattered { (sheet, upper) } else { (sheet, banner) };
        let known = if is_scattered {
            places.iter().position(|known| *known == place)
        } else {
            places.len().checked_sub(1).filter(|last| places[*last] == place)
        };
        let at = known.unwrap_or_else(|| {
            let title = if place.1.is_empty() { &place.0 } else { &place.1 };
            sections.push(Section {
                id: format!("s{}", sections.len() + 1),
                title: Text::One(title.clone()),
                intro: None,
                questions: Vec::new(),
            });
            places.push(place);
            sections.len() - 1
        });
        sections[at].questions.push(question);
    }
    sections
}

struct Making<'a> {
    words: &'a Vocabulary,
    /// Folded as the check folds them: ids that only look different are the same.
    ids: BTreeSet<String>,
    asked: Vec<Asked>,
    left_out: Vec<Problem>,
}

impl Making<'_> {
    fn take(&mut self, sheet: &str, item: &Item) {
        if let Some(home) = &item.echo_of {
            self.left_out.push(Problem::new(item.cell.clone(), "echo").with("of", home));
            return;
        }
        let text = item.question.trim();
        if text.is_empty() {
            self.left_out.push(Problem::new(item.cell.clone(), "no-text"));
            return;
        }
        let question = self.question(item, text);
        let banner = item.section.as_deref().unwrap_or_default().trim().to_owned();
        self.asked.push(Asked { sheet: sheet.to_owned(), banner, text: text.to_owned(), question });
    }

    fn question(&mut self, item: &Item, text: &str) -> Question<Text> {
        let (kind, may_be_na, may_decline) = self.kind(item);
        Question {
            id: self.id(item.id.as_deref()),
            text: Text::One(text.to_owned()),
            kind,
            required: false,
            why: None,
            help: None,
            weight: 0.0,
            weight_reason: None,
            controls: Vec::new(),
            clauses: Vec::new(),
            domain: None,
            audience: Vec::new(),
            tags: Vec::new(),
            may_be_na,
            may_decline,
            evidence: None,
            show_if: None,
            poor_answer: None,
        }
    }

    /// A choice where the file offers one; "not applicable" and "we decline" are stands that every question can offer, and
    /// so leave the options. Where the file offers a list without them it does not want them.
    fn kind(&self, item: &Item) -> (Kind<Text>, bool, bool) {
        let offered: Vec<&str> = item
            .options
            .iter()
            .flatten()
            .map(|option| option.trim())
            .filter(|option| !option.is_empty())
            .filter(|option| !self.words.is_placeholder(option) && !self.words.is_default(option))
            .collect();
        let says = |word: AnswerWord| offered.iter().any(|option| self.words.answer(option) == Some(word));
        let stands = [AnswerWord::NotApplicable, AnswerWord::Declined];
        let mut taken = BTreeSet::new();
        let mut options: Vec<Choice<Text>> = Vec::new();
        for option in &offered {
            if self.words.answer(option).is_some_and(|word| stands.contains(&word)) {
                continue;
            }
            let wanted = slug(option);
            let id = free(if wanted.is_empty() { "o1" } else { &wanted }, &taken);
            taken.insert(folded(&id));
            options.push(Choice {
                id,
                label: Text::One((*option).to_owned()),
                value: None,
                unscored: true,
                exclusive: false,
                finding: None,
            });
        }
        if options.len() < 2 {
            return (Kind::LongText { given: None, max_length: None }, true, true);
        }
        (Kind::Single { options }, says(AnswerWord::NotApplicable), says(AnswerWord::Declined))
    }

    /// The file's own id, as far as ids can be written so; a number where it gives none.
    fn id(&mut self, given: Option<&str>) -> String {
        let kept: String = given
            .unwrap_or_default()
            .nfkc()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '&') { c } else { '-' })
            .take(ID_CHARACTERS)
            .collect();
        let kept = kept.trim_matches(['-', '.']);
        let wanted = if kept.is_empty() { format!("Q{}", self.ids.len() + 1) } else { kept.to_owned() };
        let id = free(&wanted, &self.ids);
        self.ids.insert(folded(&id));
        id
    }
}

/// The id, or the first of `id-2`, `id-3` that is free.
fn free(wanted: &str, taken: &BTreeSet<String>) -> String {
    if !taken.contains(&folded(wanted)) {
        return wanted.to_owned();
    }
    let numbered = (2_u32..).map(|n| format!("{wanted}-{n}"));
    numbered.into_iter().find(|id| !taken.contains(&folded(id))).unwrap_or_else(|| wanted.to_owned())
}

fn folded(id: &str) -> String {
    id.nfkc().collect::<String>().to_lowercase()
}

/// Letters and digits of the Latin alphabet in lower case, the rest as single underscores.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.nfkd().filter(char::is_ascii) {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
        if slug.len() == ID_CHARACTERS {
            break;
        }
    }
    slug.trim_end_matches('_').to_owned()
}

fn key(stem: &str) -> String {
    let key = slug(stem).replace('_', "-");
    if key.is_empty() { "questionnaire".to_owned() } else { key }
}

/// Small words that stand in nearly every sentence of a language and in few of the others.
const SMALL_WORDS: [(&str, [&str; 8]); 7] = [
    ("en", ["the", "is", "are", "your", "you", "of", "does", "which"]),
    ("de", ["der", "die", "und", "werden", "ist", "ihre", "wie", "sie"]),
    ("fr", ["les", "des", "vous", "votre", "est", "avez", "une", "quels"]),
    ("es", ["los", "las", "su", "una", "cuenta", "tiene", "qué", "para"]),
    ("it", ["il", "gli", "della", "sono", "vostra", "che", "dei", "per"]),
    ("pt", ["os", "sua", "uma", "são", "quais", "dos", "não", "você"]),
    ("nl", ["het", "een", "van", "uw", "wordt", "welke", "zijn", "heeft"]),
];

/// The language that texts are probably in, as a tag of BCP 47; `und` where nothing speaks for one.
fn language<'t>(texts: impl Iterator<Item = &'t str>) -> &'static str {
    let mut counts = [0_usize; SMALL_WORDS.len()];
    let (mut kana, mut hangul, mut han) = (0, 0, 0);
    for text in texts {
        for c in text.chars() {
            match c {
                '\u{3040}'..='\u{30ff}' => kana += 1,
                '\u{ac00}'..='\u{d7af}' => hangul += 1,
                '\u{4e00}'..='\u{9fff}' => han += 1,
                _ => {}
            }
        }
        for word in text.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase) {
            for (count, (_, small)) in counts.iter_mut().zip(&SMALL_WORDS) {
                *count += usize::from(small.contains(&word.as_str()));
            }
        }
    }
    let latin = counts.iter().copied().zip(SMALL_WORDS).max_by_key(|(count, _)| *count);
    match latin {
        _ if kana > 0 && kana + han > hangul => "ja",
        _ if hangul > 0 => "ko",
        Some((count, _)) if han > count => "zh",
        Some((count, (tag, _))) if count > 0 => tag,
        _ => "und",
    }
}
