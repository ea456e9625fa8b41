//! Changing a questionnaire that is being written, one step at a time.
//!
//! A step names what it moves or replaces by id, so that steps of two authors at different places both hold; one that
//! replaces something carries the fingerprint of what its author saw, so that none is lost without a word.

use super::check::{MOST_QUESTIONS, folded, is_id};
use super::words::Translated;
use super::{Authored, FORMAT, Kind, Question, Section, Text};
use crate::problem::Problem;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Sections of a questionnaire at most.
pub const MOST_SECTIONS: usize = 200;

/// What is said of a questionnaire as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// What the vendor sees on top.
    pub title: Text,
    /// What it is for.
    pub summary: Text,
    /// BCP 47 tags, the language that it is written in first.
    pub languages: Vec<String>,
    /// Minutes that answering takes.
    pub minutes: u32,
    /// Who wrote it, and how it may be shared.
    pub licence: Option<String>,
    /// The id of the question that asks for the vendor's roles.
    pub roles_question: Option<String>,
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Says something else of the whole.
    About {
        /// [`Authored::about_fingerprint`] as the author saw it.
        seen: String,
        /// What is said now.
        about: About,
        /// Also when that drops what is worded in a language.
        drop: bool,
    },
    /// A section at the end.
    AddSection {
        /// Its id; made up where empty.
        id: String,
        /// Its heading, in the language that the document is written in.
        title: String,
    },
    /// Another heading or introduction.
    PutSection {
        /// Which.
        id: String,
        /// [`Section::fingerprint`] as the author saw it.
        seen: String,
        /// The heading.
        title: Text,
        /// The introduction.
        intro: Option<Text>,
    },
    /// One place up or down.
    MoveSection {
        /// Which.
        id: String,
        /// Where to.
        to: Way,
    },
    /// Takes a section away with its questions.
    RemoveSection {
        /// Which.
        id: String,
        /// [`Section::whole_fingerprint`] as the author saw it.
        seen: String,
    },
    /// Texts of a section in another language.
    Translate {
        /// The section.
        section: String,
        /// The tag of the language.
        language: String,
        /// What was changed.
        texts: Vec<Translated>,
    },
    /// A question at the end of a section.
    AddQuestion {
        /// The section.
        section: String,
        /// The question; its id is made up where empty.
        question: Box<Question<Text>>,
    },
    /// Another wording, another kind, another weight.
    PutQuestion {
        /// [`Question::fingerprint`] as the author saw it.
        seen: String,
        /// The question as it is to be; its id says which.
        question: Box<Question<Text>>,
    },
    /// One place up or down, also into the section before or behind.
    MoveQuestion {
        /// Which.
        id: String,
        /// Where to.
        to: Way,
    },
    /// To a place of its own.
    PlaceQuestion {
        /// Which.
        id: String,
        /// The section.
        section: String,
        /// In front of this question; at the section's end where there is none.
        before: Option<String>,
    },
    /// Takes a question away.
    RemoveQuestion {
        /// Which.
        id: String,
        /// [`Question::fingerprint`] as the author saw it.
        seen: String,
    },
}

/// Up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the beginning.
    Up,
    /// Towards the end.
    Down,
}

/// Why a step was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// What it names is not there any more.
    Gone,
    /// What it replaces is not what its author saw.
    Changed,
    /// It cannot be.
    Wrong(Problem),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Wrong(problem)
    }
}

impl Step {
    /// A name for the audit log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::About { .. } => "about",
            Self::AddSection { .. } => "section_added",
            Self::PutSection { .. } => "section_edited",
            Self::MoveSection { .. } => "section_moved",
            Self::RemoveSection { .. } => "section_removed",
            Self::Translate { .. } => "section_translated",
            Self::AddQuestion { .. } => "question_added",
            Self::PutQuestion { .. } => "question_edited",
            Self::MoveQuestion { .. } | Self::PlaceQuestion { .. } => "question_moved",
            Self::RemoveQuestion { .. } => "question_removed",
        }
    }
}

impl Authored {
    /// A questionnaire that asks nothing yet.
    pub fn blank(key: &str, title: &str, language: &str) -> Self {
        Self {
            format: FORMAT.to_owned(),
            key: key.to_owned(),
            version: 1,
            title: Text::One(title.to_owned()),
            summary: Text::One(String::new()),
            languages: vec![language.to_owned()],
            minutes: 10,
            licence: None,
            roles_question: None,
            sections: Vec::new(),
        }
    }

    /// Takes a step; gives the id of what it made or changed, empty where that is the whole.
    ///
    /// # Errors
    /// Why it was not taken; then nothing has changed.
    pub fn take(&mut self, step: Step) -> Result<String, Refused> {
        match step {
            Step::About { seen, about, drop } => self.put_about(&seen, about, drop).map(|()| String::new()),
            Step::AddSection { id, title } => self.add_section(&id, title),
            Step::PutSection { id, seen, title, intro } => {
                let section = self.sections.iter_mut().find(|section| section.id == id).ok_or(Refused::Gone)?;
                if section.fingerprint() != seen {
                    return Err(Refused::Changed);
                }
                (section.title, section.intro) = (title, intro);
                Ok(id)
            }
            Step::MoveSection { id, to } => {
                let n = self.sections.iter().position(|section| section.id == id).ok_or(Refused::Gone)?;
                match to {
                    Way::Up if n > 0 => self.sections.swap(n, n - 1),
                    Way::Down if n + 1 < self.sections.len() => self.sections.swap(n, n + 1),
                    _ => {}
                }
                Ok(id)
            }
            Step::RemoveSection { id, seen } => {
                let n = self.sections.iter().position(|section| section.id == id).ok_or(Refused::Gone)?;
                if self.sections[n].whole_fingerprint() != seen {
                    return Err(Refused::Changed);
                }
                self.sections.remove(n);
                Ok(id)
            }
            Step::Translate { section, language, texts } => {
                self.translate(&section, &language, &texts)?;
                Ok(section)
            }
            Step::AddQuestion { section, question } => self.add_question(&section, *question),
            Step::PutQuestion { seen, question } => {
                let (s, q) = self.place_of(&question.id).ok_or(Refused::Gone)?;
                let standing = &mut self.sections[s].questions[q];
                if standing.fingerprint() != seen {
                    return Err(Refused::Changed);
                }
                *standing = *question;
                Ok(standing.id.clone())
            }
            Step::MoveQuestion { id, to } => {
                let (s, q) = self.place_of(&id).ok_or(Refused::Gone)?;
                self.move_question(s, q, to);
                Ok(id)
            }
            Step::PlaceQuestion { id, section, before } => {
                let (s, q) = self.place_of(&id).ok_or(Refused::Gone)?;
                let target = self.sections.iter().position(|known| known.id == section).ok_or(Refused::Gone)?;
                if before.as_ref() == Some(&id) {
                    return Ok(id);
                }
                let question = self.sections[s].questions.remove(q);
                let questions = &mut self.sections[target].questions;
                let at = before.and_then(|before| questions.iter().position(|known| known.id == before));
                questions.insert(at.unwrap_or(questions.len()), question);
                Ok(id)
            }
            Step::RemoveQuestion { id, seen } => {
                let (s, q) = self.place_of(&id).ok_or(Refused::Gone)?;
                if self.sections[s].questions[q].fingerprint() != seen {
                    return Err(Refused::Changed);
                }
                self.sections[s].questions.remove(q);
                Ok(id)
            }
        }
    }

    fn put_about(&mut self, seen: &str, about: About, drop: bool) -> Result<(), Refused> {
        if self.about_fingerprint() != seen {
            return Err(Refused::Changed);
        }
        let goes = |tag: &&String| self.languages.contains(tag) && !about.languages.contains(tag);
        let lost: Vec<String> = self.worded_in().iter().filter(goes).cloned().collect();
        if !lost.is_empty() && !drop {
            return Err(Problem::new("drop", "language-would-drop").with("language", lost.join(", ")).into());
        }
        if about.languages != self.languages {
            *self = self.in_languages(&about.languages);
        }
        self.title = about.title;
        self.summary = about.summary;
        self.minutes = about.minutes;
        self.licence = about.licence;
        self.roles_question = about.roles_question;
        Ok(())
    }

    fn add_section(&mut self, id: &str, title: String) -> Result<String, Refused> {
        if self.sections.len() >= MOST_SECTIONS {
            return Err(Problem::new("title", "too-many-sections").with("most", MOST_SECTIONS).into());
        }
        let taken: Vec<&str> = self.sections.iter().map(|section| section.id.as_str()).collect();
        let id = free_id(id, "S", &taken, "section")?;
        let title = self.wording(title);
        self.sections.push(Section { id: id.clone(), title, intro: None, questions: Vec::new() });
        Ok(id)
    }

    fn add_question(&mut self, section: &str, mut question: Question<Text>) -> Result<String, Refused> {
        let s = self.sections.iter().position(|known| known.id == section).ok_or(Refused::Gone)?;
        if self.questions().count() >= MOST_QUESTIONS {
            return Err(Problem::new("text", "too-many-questions").with("most", MOST_QUESTIONS).into());
        }
        let taken: Vec<&str> = self.questions().map(|question| question.id.as_str()).collect();
        question.id = free_id(&question.id, "Q", &taken, "id")?;
        let id = question.id.clone();
        self.sections[s].questions.push(question);
        Ok(id)
    }

    fn move_question(&mut self, s: usize, q: usize, to: Way) {
        let sections = self.sections.len();
        let questions = &mut self.sections[s].questions;
        match to {
            Way::Up if q > 0 => questions.swap(q, q - 1),
            Way::Up if s > 0 => {
                let question = questions.remove(q);
                self.sections[s - 1].questions.push(question);
            }
            Way::Down if q + 1 < questions.len() => questions.swap(q, q + 1),
            Way::Down if s + 1 < sections => {
                let question = questions.remove(q);
                self.sections[s + 1].questions.insert(0, question);
            }
            _ => {}
        }
    }

    fn place_of(&self, id: &str) -> Option<(usize, usize)> {
        self.sections
            .iter()
            .enumerate()
            .find_map(|(s, section)| section.questions.iter().position(|question| question.id == id).map(|q| (s, q)))
    }

    /// What is said of it as a whole.
    pub fn about(&self) -> About {
        About {
            title: self.title.clone(),
            summary: self.summary.clone(),
            languages: self.languages.clone(),
            minutes: self.minutes,
            licence: self.licence.clone(),
            roles_question: self.roles_question.clone(),
        }
    }

    /// Tells apart what is said of it as a whole.
    pub fn about_fingerprint(&self) -> String {
        fingerprint(&(
            (&self.title, &self.summary, &self.languages),
            (self.minutes, &self.licence, &self.roles_question),
        ))
    }

    /// A text in the language that it is written in; where there are several, it says which.
    pub fn wording(&self, text: String) -> Text {
        match self.languages.as_slice() {
            [_] => Text::One(text),
            _ => Text::By(BTreeMap::from([(self.written_in().to_owned(), text)])),
        }
    }

    /// The same in these languages: what was worded in others is dropped, what is missing stays missing.
    pub fn in_languages(&self, languages: &[String]) -> Self {
        let written_in = self.written_in();
        let words = |text: &Text| {
            let worded =
                |language: &String| text.exactly(language, written_in).map(|text| (language.clone(), text.to_owned()));
            let mut texts: BTreeMap<String, String> = languages.iter().filter_map(worded).collect();
            match languages {
                [only] => Text::One(texts.remove(only).unwrap_or_default()),
                _ => Text::By(texts),
            }
        };
        Self { languages: languages.to_vec(), ..self.worded(&words) }
    }

    /// Questions whose condition looks at one of these, themselves left out; each once, in their order.
    pub fn looking_at(&self, ids: &[&str]) -> Vec<&Question<Text>> {
        let looks = |question: &&Question<Text>| {
            let condition = question.show_if.as_ref();
            !ids.contains(&question.id.as_str())
                && condition.is_some_and(|condition| condition.questions().iter().any(|id| ids.contains(id)))
        };
        self.questions().filter(looks).collect()
    }
}

impl Question<Text> {
    /// A question of this kind that says nothing but its text.
    pub fn fresh(id: &str, text: Text, kind: Kind<Text>) -> Self {
        Self {
            id: id.to_owned(),
            text,
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
            may_be_na: true,
            may_decline: true,
            evidence: None,
            show_if: None,
            poor_answer: None,
        }
    }

    /// Tells one state of it from another.
    pub fn fingerprint(&self) -> String {
        fingerprint(self)
    }
}

impl Section<Text> {
    /// Tells one state of its own words from another; its questions have their own.
    pub fn fingerprint(&self) -> String {
        fingerprint(&(&self.title, &self.intro))
    }

    /// The same with its questions: what goes when it is taken away.
    pub fn whole_fingerprint(&self) -> String {
        fingerprint(self)
    }
}

/// The first 128 bits of the SHA-256 of the JSON, in hexadecimal.
pub fn fingerprint(value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).unwrap_or_default();
    hex::encode(&Sha256::digest(json)[..16])
}

/// The id that is wanted, or the next one of its letter; told apart also from those that only look different.
fn free_id(wanted: &str, letter: &str, taken: &[&str], at: &str) -> Result<String, Problem> {
    let taken: Vec<String> = taken.iter().map(|id| folded(id)).collect();
    let wanted = wanted.trim();
    if wanted.is_empty() {
        let free = (1..).map(|n| format!("{letter}-{n}")).find(|id| !taken.contains(&folded(id)));
        return Ok(free.unwrap_or_default());
    }
    if !is_id(wanted) {
        return Err(Problem::new(at, "not-an-id").with("given", wanted.chars().take(80).collect::<String>()));
    }
    if taken.contains(&folded(wanted)) {
        return Err(Problem::new(at, "already-there").with("given", wanted));
    }
    Ok(wanted.to_owned())
}
