//! Wording: every text that a person reads, by key, from `web/locales/`.

use rust_embed::RustEmbed;
use std::collections::HashMap;
use std::fmt::Display;
use std::path::Path;

/// The files of `web/locales/`, in the binary.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../web/locales"]
#[include = "*.json"]
struct Locales;

/// The language that is always complete.
pub const ENGLISH: &str = "en";

/// A locale file that is not a flat object of texts.
#[derive(Debug, thiserror::Error)]
#[error("locales/{file}: {reason}")]
pub struct BadLocale {
    file: String,
    reason: String,
}

/// Texts by language and key.
#[derive(Debug, Default)]
pub struct Wording {
    languages: HashMap<String, HashMap<String, String>>,
}

impl Wording {
    /// Reads the texts in the binary, then those of the override folder, which win.
    ///
    /// # Errors
    /// When a file is not a flat JSON object of texts, or gives a key twice.
    pub fn load(overrides: Option<&Path>) -> Result<Self, BadLocale> {
        let mut wording = Self::default();
        for file in Locales::iter() {
            let content = Locales::get(&file).map(|f| f.data.into_owned()).unwrap_or_default();
            wording.add(&file, &content, false)?;
        }
        for file in
            overrides.map(|dir| crate::platform::templates::files_below(&dir.join("locales"))).unwrap_or_default()
        {
            wording.add(&file.0, &file.1, true)?;
        }
        Ok(wording)
    }

    fn add(&mut self, file: &str, content: &[u8], replaces: bool) -> Result<(), BadLocale> {
        let bad = |reason: String| BadLocale { file: file.to_owned(), reason };
        let texts: HashMap<String, String> = serde_json::from_slice(content).map_err(|e| bad(e.to_string()))?;
        let language = file.split(['/', '.']).next().unwrap_or(ENGLISH);
        let known = self.languages.entry(language.to_owned()).or_default();
        for (key, text) in texts {
            if known.insert(key.clone(), text).is_some() && !replaces {
                return Err(bad(format!("{key} stands in another file too")));
            }
        }
        Ok(())
    }

    /// The text of a key, with `{name}` replaced; English where the language has none; the key itself where no
    /// language has any, which a test refuses.
    pub fn text(&self, language: &str, key: &str, values: &[(&str, &dyn Display)]) -> String {
        let text = self.find(language, key).unwrap_or(key);
        values
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value.to_string()))
    }

    /// The text for a count: `key.one` or `key.other`, with `{count}` replaced.
    pub fn counted(&self, language: &str, key: &str, count: i64, values: &[(&str, &dyn Display)]) -> String {
        let form = if count == 1 { "one" } else { "other" };
        let mut all: Vec<(&str, &dyn Display)> = vec![("count", &count)];
        all.extend_from_slice(values);
        self.text(language, &format!("{key}.{form}"), &all)
    }

    /// Whether English has the key.
    pub fn knows(&self, key: &str) -> bool {
        self.find(ENGLISH, key).is_some()
    }

    /// All keys of English.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.languages.get(ENGLISH).into_iter().flat_map(|texts| texts.keys().map(String::as_str))
    }

    fn find(&self, language: &str, key: &str) -> Option<&str> {
        let of = |language: &str| self.languages.get(language).and_then(|texts| texts.get(key));
        of(language).or_else(|| of(ENGLISH)).map(String::as_str)
    }
}
