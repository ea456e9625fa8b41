//! The words of spreadsheets in many languages: what headings mean, what answers say, which texts in answer cells say
//! nothing. All of it is data: `fixtures/workbooks/vocabulary/*.json`, one file per language, and an installation can
//! add its own.

mod file;
mod fold;
mod heading;

pub use file::{AnswerWord, BadVocabulary, HeadingWord, SheetWord};
pub use fold::plain;
pub use heading::Meaning;

use file::WordFile;
pub(super) use fold::alike;
use fold::glyphs;
use heading::Phrases;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The files that are part of the program, by name.
const SHIPPED: [(&str, &str); 12] = [
    ("de.json", include_str!("../../../../../fixtures/workbooks/vocabulary/de.json")),
    ("en.json", include_str!("../../../../../fixtures/workbooks/vocabulary/en.json")),
    ("es.json", include_str!("../../../../../fixtures/workbooks/vocabulary/es.json")),
    ("fr.json", include_str!("../../../../../fixtures/workbooks/vocabulary/fr.json")),
    ("it.json", include_str!("../../../../../fixtures/workbooks/vocabulary/it.json")),
    ("ja.json", include_str!("../../../../../fixtures/workbooks/vocabulary/ja.json")),
    ("ko.json", include_str!("../../../../../fixtures/workbooks/vocabulary/ko.json")),
    ("nl.json", include_str!("../../../../../fixtures/workbooks/vocabulary/nl.json")),
    ("pt.json", include_str!("../../../../../fixtures/workbooks/vocabulary/pt.json")),
    ("zh-hans.json", include_str!("../../../../../fixtures/workbooks/vocabulary/zh-hans.json")),
    ("zh-hant.json", include_str!("../../../../../fixtures/workbooks/vocabulary/zh-hant.json")),
    ("zxx.json", include_str!("../../../../../fixtures/workbooks/vocabulary/zxx.json")),
];

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut words = Vocabulary::default();
    for (name, text) in SHIPPED {
        words.add(name, text).expect("the shipped files have this shape: a test reads them");
    }
    words
});

/// What is known of the words in spreadsheets.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    headings: Phrases<HeadingWord>,
    sheets: Phrases<SheetWord>,
    answers: HashMap<String, AnswerWord>,
    glyphs: HashMap<String, AnswerWord>,
    marks: HashSet<String>,
    unmarked: HashSet<String>,
    placeholders: HashSet<String>,
    kinds: HashSet<String>,
    examples: HashSet<String>,
    placeholder_glyphs: HashSet<String>,
    defaults: HashSet<String>,
    trailers: HashSet<String>,
    most_trailer_words: usize,
    ask_begins: HashSet<String>,
    ask_holds: Vec<String>,
    ask_ends: Vec<String>,
}

impl Vocabulary {
    /// The words that are shipped.
    pub fn shipped() -> &'static Self {
        &VOCABULARY
    }

    /// The names of the files that are shipped.
    pub fn shipped_files() -> impl Iterator<Item = &'static str> {
        SHIPPED.into_iter().map(|(name, _)| name)
    }

    /// Adds a file of words; where it gives a known answer word another meaning, the later file wins.
    ///
    /// # Errors
    /// When the text is no file of words; `name` says which one.
    pub fn add(&mut self, name: &str, json: &str) -> Result<(), BadVocabulary> {
        let file: WordFile =
            serde_json::from_str(json).map_err(|e| BadVocabulary { file: name.to_owned(), reason: e.to_string() })?;
        for (word, texts) in &file.headings {
            texts.iter().for_each(|text| self.headings.add(text, *word));
        }
        for (word, texts) in &file.sheets {
            texts.iter().for_each(|text| self.sheets.add(text, *word));
        }
        self.headings.add_context(&file.actors, &file.links);
        for (word, texts) in &file.answers {
            for text in texts {
                match plain(text) {
                    folded if folded.is_empty() || folded.len() < 2 && !text.is_ascii() => {
                        self.glyphs.insert(glyphs(text), *word)
                    }
                    folded => self.answers.insert(folded, *word),
                };
            }
        }
        self.kinds.extend(file.kinds.iter().map(|text| plain(text)));
        self.examples.extend(file.examples.iter().map(|text| plain(text)));
        self.marks.extend(file.marks.iter().map(|text| glyphs(text)));
        self.unmarked.extend(file.unmarked.iter().map(|text| glyphs(text)));
        for text in &file.placeholders {
            match plain(text) {
                folded if folded.is_empty() => self.placeholder_glyphs.insert(glyphs(text)),
                folded => self.placeholders.insert(folded),
            };
        }
        self.defaults.extend(file.defaults.iter().map(|text| plain(text)));
        for text in &file.trailers {
            let folded = plain(text);
            self.most_trailer_words = self.most_trailer_words.max(folded.split(' ').count());
            self.trailers.insert(folded);
        }
        self.ask_begins.extend(file.asks.begin.iter().map(|text| plain(text)));
        self.ask_holds.extend(file.asks.hold.iter().map(|text| text.to_lowercase()));
        self.ask_ends.extend(file.asks.end.iter().map(|text| text.to_lowercase()));
        Ok(())
    }

    /// What a heading can mean, the best first; empty when no word of it is known.
    pub fn meanings(&self, heading: &str) -> Vec<Meaning<HeadingWord>> {
        self.headings.meanings(heading)
    }

    /// What the name of a sheet says about it, the best first.
    pub fn sheet_meanings(&self, name: &str) -> Vec<Meaning<SheetWord>> {
        self.sheets.meanings(name)
    }

    /// What a text says as an answer, when the whole of it is an answer word or glyph: `N.A.`, `teilweise`, `✓`.
    pub fn answer(&self, text: &str) -> Option<AnswerWord> {
        self.glyphs.get(&glyphs(text)).or_else(|| self.answers.get(&plain(text))).copied()
    }

    /// What a longer text says at its beginning, and the rest of it: `Yes - see SOC 2` is yes, with `see SOC 2`.
    ///
    /// The word must be set off from the rest by punctuation or the end of a line, so that `No data is kept` is none.
    pub fn leading_answer<'t>(&self, text: &'t str) -> Option<(AnswerWord, &'t str)> {
        let text = text.trim();
        if let Some(word) = self.answer(text) {
            return Some((word, ""));
        }
        let stop = |c: char| {
            matches!(c, ',' | ';' | ':' | '.' | '(' | '\n' | '\r' | '–' | '—' | '、' | '，' | '。' | '；' | '：' | '（')
        };
        let mut found = None;
        for (at, c) in text.char_indices() {
            let is_dash = c == '-' && text[..at].ends_with(' ');
            if at > LONGEST_ANSWER_WORD {
                break;
            }
            if (stop(c) || is_dash)
                && let Some(word) = self.answer(&text[..at])
            {
                let rest = text[at..].trim_start_matches(|c: char| stop(c) || c == '-' || c.is_whitespace());
                found = Some((word, rest));
            }
        }
        found
    }

    /// Whether a cell in a column of its own marks that option: `x`, `✓`, `●`.
    pub fn is_mark(&self, text: &str) -> bool {
        self.marks.contains(&glyphs(text))
    }

    /// Whether a cell shows that an option is not marked: `☐`.
    pub fn is_unmarked(&self, text: &str) -> bool {
        self.unmarked.contains(&glyphs(text))
    }

    /// Whether a text is what a cell shows until somebody answers: `Please select`.
    pub fn is_placeholder(&self, text: &str) -> bool {
        let folded = plain(text);
        if folded.is_empty() {
            let bare = glyphs(text);
            return self.placeholder_glyphs.contains(&bare)
                || !self.glyphs.contains_key(&bare) && !self.marks.contains(&bare);
        }
        self.placeholders.contains(&folded)
    }

    /// Whether a text names a kind of answer: `Free text`, `Yes/No`.
    pub fn is_kind(&self, text: &str) -> bool {
        self.kinds.contains(&plain(text))
    }

    /// Whether a text says that its row only shows how to answer: `Example`, `Beispiel:`.
    pub fn is_example(&self, text: &str) -> bool {
        let start = text.trim().trim_start_matches(['(', '[', '（', '【', '<']);
        let end = start.find([':', '：', ')', ']', '）', '】', '>']).unwrap_or(start.len());
        self.examples.contains(&plain(&start[..end]))
    }

    /// Whether a text is one that lists start with and nobody chooses: `Not verified`, `To do`.
    pub fn is_default(&self, text: &str) -> bool {
        self.defaults.contains(&plain(text))
    }

    /// Whether a text begins like one that stands under a table: a total, a copyright line.
    pub fn is_trailer(&self, text: &str) -> bool {
        let folded = plain(text);
        if text.trim_start().starts_with(['©', '*', '†']) || text.trim_start().starts_with("(c)") {
            return true;
        }
        let ends = folded.match_indices(' ').map(|(at, _)| at).chain([folded.len()]).take(self.most_trailer_words);
        ends.into_iter().any(|end| self.trailers.contains(&folded[..end]))
    }

    /// Whether a text asks or demands something of its reader.
    pub fn asks(&self, text: &str) -> bool {
        let text = text.trim();
        if text.contains(['?', '？']) {
            return true;
        }
        let lower: String = text.chars().take(LOOKED_AT).flat_map(char::to_lowercase).collect();
        let tail = text.char_indices().rev().nth(12).map_or(text, |(at, _)| &text[at..]).to_lowercase();
        let end = tail.trim_end_matches(['.', '。', ' ']);
        if self.ask_holds.iter().any(|part| lower.contains(part.as_str()))
            || self.ask_ends.iter().any(|part| tail.ends_with(part.as_str()) || end.ends_with(part.as_str()))
        {
            return true;
        }
        let folded: String = plain(&text.chars().take(60).collect::<String>());
        let mut words = folded.match_indices(' ').map(|(at, _)| at).chain([folded.len()]).take(3);
        words.any(|end| self.ask_begins.contains(&folded[..end]))
    }
}

/// Characters of a text in which it shows that it asks.
const LOOKED_AT: usize = 400;
/// Bytes that an answer word in front of a longer text has at most.
const LONGEST_ANSWER_WORD: usize = 60;

#[cfg(test)]
mod tests;
