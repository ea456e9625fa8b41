//! The words of spreadsheets that this installation knows: those of the program, and those of its override folder.

use crate::platform::templates::files_below;
use domain::sheet::{BadVocabulary, Vocabulary};
use std::borrow::Cow;
use std::path::Path;

/// The words of the program, with those of `vocabulary/*.json` in the override folder, which win.
///
/// # Errors
/// When a file of the folder is no file of words: the message names it and the place in it.
pub fn words(overrides: Option<&Path>) -> Result<Cow<'static, Vocabulary>, BadVocabulary> {
    let mut words = Cow::Borrowed(Vocabulary::shipped());
    let files = overrides.map(|dir| files_below(&dir.join("vocabulary"))).unwrap_or_default();
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".json")) {
        words.to_mut().add(name, &String::from_utf8_lossy(bytes))?;
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::sheet::AnswerWord;

    #[test]
    fn an_installation_adds_its_own_words() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = folder.path().join("vocabulary");
        std::fs::create_dir(&own).expect("a folder");
        std::fs::write(own.join("cy.json"), r#"{"language": "cy", "answers": {"yes": ["ydy"]}}"#).expect("a file");
        let found = words(Some(folder.path())).expect("words");
        assert_eq!((found.answer("Ydy"), found.answer("Ja")), (Some(AnswerWord::Yes), Some(AnswerWord::Yes)));
        assert_eq!(words(None).expect("words").answer("Ydy"), None);
        std::fs::write(own.join("cy.json"), r#"{"answers": 3}"#).expect("a file");
        assert!(words(Some(folder.path())).expect_err("no words").to_string().starts_with("cy.json: "));
    }
}
