//! The texts of a section one by one, each with its place: for translating them side by side.

use super::edit::{Refused, fingerprint};
use super::{Authored, Choice, Kind, Question, Section, Text};
use std::collections::{BTreeMap, BTreeSet};

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The heading of a section.
    Title,
    /// The introduction of a section.
    Intro,
    /// The question itself.
    Text,
    /// Why it is asked.
    Why,
    /// Guidance.
    Help,
    /// What a number counts.
    Unit,
    /// The label of an option.
    Option,
    /// The heading of a column.
    Column,
    /// The guidance of a column.
    ColumnHelp,
    /// An entry that a column allows.
    Entry,
    /// What good evidence looks like.
    Evidence,
}

impl Part {
    /// Its name, as wording is keyed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Intro => "intro",
            Self::Text => "text",
            Self::Why => "why",
            Self::Help => "help",
            Self::Unit => "unit",
            Self::Option => "option",
            Self::Column => "column",
            Self::ColumnHelp => "column_help",
            Self::Entry => "entry",
            Self::Evidence => "evidence",
        }
    }
}

/// A text in the language that the document is written in, and in another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worded {
    /// Its place in the section: `A.2.2-1:option:yes`. It stays when questions and options change their order.
    pub at: String,
    /// The question that it belongs to; none where it is the section's own.
    pub question: Option<String>,
    /// What it is for.
    pub part: Part,
    /// As it was written; empty where it is missing.
    pub original: String,
    /// In the other language; empty where it is missing.
    pub translation: String,
}

impl Worded {
    /// Tells one state of the two texts from another.
    pub fn fingerprint(&self) -> String {
        fingerprint(&(&self.original, &self.translation))
    }

    /// One of the two is there, and the other is not.
    pub fn is_missing(&self) -> bool {
        self.translation.trim().is_empty() || self.original.trim().is_empty()
    }
}

/// Tells one text from another.
pub fn told_apart(text: &str) -> String {
    fingerprint(&text)
}

/// A translation as its author leaves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translated {
    /// [`Worded::at`].
    pub at: String,
    /// [`Worded::fingerprint`] as the author saw it.
    pub seen: String,
    /// The translation; empty takes it away.
    pub text: String,
}

impl Section<Text> {
    /// Its texts in the order in which they are read.
    pub fn texts(&self, language: &str, written_in: &str) -> Vec<Worded> {
        let mut texts = Vec::new();
        // Texts are visited to be changed; what is only read is visited in a copy.
        self.clone().each_text(&mut |at, question, part, text| {
            let in_language = |language: &str| text.exactly(language, written_in).unwrap_or_default().to_owned();
            texts.push(Worded {
                at,
                question: question.map(str::to_owned),
                part,
                original: in_language(written_in),
                translation: in_language(language),
            });
        });
        texts
    }

    fn each_text(&mut self, see: &mut impl FnMut(String, Option<&str>, Part, &mut Text)) {
        see("title".to_owned(), None, Part::Title, &mut self.title);
        if let Some(intro) = &mut self.intro {
            see("intro".to_owned(), None, Part::Intro, intro);
        }
        for question in &mut self.questions {
            question.each_text(see);
        }
    }
}

impl Question<Text> {
    fn each_text(&mut self, see: &mut impl FnMut(String, Option<&str>, Part, &mut Text)) {
        let id = self.id.as_str();
        let mut own = |rest: &str, part: Part, text: &mut Text| see(format!("{id}:{rest}"), Some(id), part, text);
        own("text", Part::Text, &mut self.text);
        let parts = [("why", Part::Why, &mut self.why), ("help", Part::Help, &mut self.help)];
        for (rest, part, text) in parts {
            if let Some(text) = text {
                own(rest, part, text);
            }
        }
        let mut options = |rest: &str, part: Part, options: &mut Vec<Choice<Text>>| {
            for option in options {
                own(&format!("{rest}:{}", option.id), part, &mut option.label);
            }
        };
        match &mut self.kind {
            Kind::Single { options: all } | Kind::Multiple { options: all } => options("option", Part::Option, all),
            Kind::Number { unit: Some(unit), .. } => own("unit", Part::Unit, unit),
            Kind::Table { columns, .. } => {
                for column in columns {
                    let at = format!("column:{}", column.id);
                    own(&at, Part::Column, &mut column.label);
                    if let Some(help) = &mut column.help {
                        own(&format!("{at}:help"), Part::ColumnHelp, help);
                    }
                    for option in &mut column.options {
                        own(&format!("{at}:entry:{}", option.id), Part::Entry, &mut option.label);
                    }
                }
            }
            _ => {}
        }
        for (n, kind) in self.evidence.iter_mut().flat_map(|wanted| &mut wanted.kinds).enumerate() {
            own(&format!("evidence:{n}"), Part::Evidence, kind);
        }
    }
}

impl Authored {
    /// Texts of a section in another language, all or none.
    ///
    /// # Errors
    /// [`Refused::Gone`] without the section or the language, [`Refused::Changed`] when one of the texts, or what it translates, is not
    /// what its author saw, unless it already says the same.
    pub(super) fn translate(&mut self, id: &str, language: &str, texts: &[Translated]) -> Result<(), Refused> {
        let written_in = self.written_in().to_owned();
        if language == written_in || !self.languages.iter().any(|known| known == language) {
            return Err(Refused::Gone);
        }
        let section = self.sections.iter_mut().find(|section| section.id == id).ok_or(Refused::Gone)?;
        let standing: BTreeMap<String, Worded> =
            section.texts(language, &written_in).into_iter().map(|worded| (worded.at.clone(), worded)).collect();
        let mut wanted: BTreeMap<&str, &str> = BTreeMap::new();
        for translated in texts {
            let worded = standing.get(&translated.at).ok_or(Refused::Changed)?;
            if worded.translation == translated.text {
                continue;
            }
            if worded.fingerprint() != translated.seen {
                return Err(Refused::Changed);
            }
            wanted.insert(&translated.at, &translated.text);
        }
        section.each_text(&mut |at, _, _, text| {
            if let Some(words) = wanted.get(at.as_str()) {
                text.put(language, &written_in, words);
            }
        });
        Ok(())
    }

    /// Languages in which something is worded, the listed ones and others.
    pub fn worded_in(&self) -> BTreeSet<String> {
        let mut languages = BTreeSet::new();
        let mut see = |text: &Text| {
            let written = text.languages(self.written_in()).into_iter();
            let said = written.filter(|tag| text.exactly(tag, self.written_in()).is_some_and(|text| !text.is_empty()));
            languages.extend(said.map(str::to_owned));
        };
        see(&self.title);
        see(&self.summary);
        for section in &self.sections {
            section.clone().each_text(&mut |_, _, _, text| see(text));
        }
        languages
    }
}

impl Text {
    /// Says it in a language; nothing takes that language away.
    fn put(&mut self, language: &str, written_in: &str, words: &str) {
        let mut texts = match std::mem::replace(self, Self::By(BTreeMap::new())) {
            Self::One(text) => BTreeMap::from([(written_in.to_owned(), text)]),
            Self::By(texts) => texts,
        };
        if words.is_empty() {
            texts.remove(language);
        } else {
            texts.insert(language.to_owned(), words.to_owned());
        }
        *self = Self::By(texts);
    }
}
