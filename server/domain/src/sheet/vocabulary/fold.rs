//! Texts without what makes no difference to their meaning.

use unicode_normalization::UnicodeNormalization;

/// A text without case, punctuation, accents, and widths of letters and blanks.
pub fn plain(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        for word in ascii_words(text) {
            if !folded.is_empty() {
                folded.push(' ');
            }
            folded.push_str(word);
        }
        folded.make_ascii_lowercase();
        return folded;
    }
    let mut gap = false;
    for c in text.nfkd().filter(|c| !is_accent(*c)).nfc() {
        if c.is_alphanumeric() || is_vowel_sign(c) {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            folded.extend(c.to_lowercase());
        } else {
            gap = true;
        }
    }
    folded
}

/// Whether two texts are the same but for what [`plain`] leaves out; most pairs differ in their first word.
pub(in super::super) fn alike(one: &str, other: &str) -> bool {
    if !(one.is_ascii() && other.is_ascii()) {
        return plain(one) == plain(other);
    }
    let (mut one, mut other) = (ascii_words(one), ascii_words(other));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(word), Some(same)) if word.eq_ignore_ascii_case(same) => {}
            _ => return false,
        }
    }
}

fn ascii_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// A text as a sign: without blanks around it, case, and the selectors that only choose how it is drawn.
pub(super) fn glyphs(text: &str) -> String {
    text.trim()
        .chars()
        .filter(|c| !matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200b}'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The words of a folded text; in scripts that write none, its characters.
pub(super) fn tokens(folded: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        let mut start = None;
        for (at, c) in word.char_indices() {
            if is_unspaced(c) {
                tokens.extend(start.take().map(|from| &word[from..at]));
                tokens.push(&word[at..at + c.len_utf8()]);
            } else if start.is_none() {
                start = Some(at);
            }
        }
        tokens.extend(start.map(|from| &word[from..]));
    }
    tokens
}

/// Characters of scripts in which a blank does not say where a word ends.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// Accents, and the selectors that only choose how a sign is drawn.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}')
}

/// Marks that some scripts write their vowels with: part of a word.
fn is_vowel_sign(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}
