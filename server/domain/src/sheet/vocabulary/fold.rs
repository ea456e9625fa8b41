//! Texts without what makes no difference to their meaning.

use unicode_normalization::UnicodeNormalization;

/// A text without case, punctuation, accents, and widths of letters and blanks.
pub fn plain(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    let mut push = |c: char| {
        if c.is_alphanumeric() || is_vowel_sign(c) {
            if gap && !folded.is_empty() {
                folded.push(' ');
            }
            gap = false;
            folded.extend(c.to_lowercase());
        } else {
            gap = true;
        }
    };
    if text.is_ascii() {
        text.chars().for_each(&mut push);
    } else {
        text.nfkd().filter(|c| !is_accent(*c)).nfc().for_each(&mut push);
    }
    folded
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
