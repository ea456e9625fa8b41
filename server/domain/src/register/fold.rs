//! What a text is compared by: letters without case, width or accents, cut into words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word longer than this is cut: nobody types it, and an index has to keep it.
pub const MAX_WORD: usize = 60;

/// Bytes that most words stay within.
const ORDINARY: usize = 16;

/// A word of a text, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Folded: lower case, usual width, no accents.
    pub text: String,
    /// The byte of the original text where it begins.
    pub from: usize,
    /// The byte after its end.
    pub to: usize,
    /// `false` for one character of a script that is written without blanks between words (Han, kana, Hangul, Thai ...):
    /// there each character is a word of its own, and a search for several is a search for their sequence.
    pub spaced: bool,
}

/// The words of a text.
pub fn words(text: &str) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut open: Option<Word> = None;
    let mut length = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        if c.is_ascii_alphanumeric() {
            let word = open.get_or_insert_with(|| begin(at));
            push(word, c.to_ascii_lowercase(), &mut length);
            word.to = end;
        } else if unspaced(c) {
            close(&mut found, &mut open, &mut length);
            let mut unit = c.to_string();
            let mut to = end;
            while let Some((mark_at, mark)) = chars.next_if(|(_, next)| joins_kana(*next)) {
                unit.push(mark);
                to = mark_at + mark.len_utf8();
            }
            found.push(Word { text: unit.nfkc().collect(), from: at, to, spaced: false });
        } else if c.is_alphanumeric() || (open.is_some() && is_combining_mark(c)) {
            let word = open.get_or_insert_with(|| begin(at));
            fold_char(c, |folded| push(word, folded, &mut length));
            word.to = end;
        } else if matches!(c, '\'' | '’')
            && open.is_some()
            && chars.peek().is_some_and(|(_, next)| next.is_alphabetic() && !unspaced(*next))
        {
            // "vendor's" is one word.
        } else {
            close(&mut found, &mut open, &mut length);
        }
    }
    close(&mut found, &mut open, &mut length);
    found
}

/// A text for telling equal from different: folded letters, blanks of any kind and number made one, punctuation kept
/// (`C++` is not `C#`).
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // Some letters fold to several with a blank between or before them.
        let mut keep = |folded: char| {
            if !folded.is_whitespace() {
                out.push(folded);
            } else if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        };
        if unspaced(c) {
            std::iter::once(c).nfkc().for_each(keep);
        } else {
            fold_char(c, &mut keep);
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

fn begin(at: usize) -> Word {
    Word { text: String::with_capacity(ORDINARY), from: at, to: at, spaced: true }
}

fn push(word: &mut Word, c: char, length: &mut usize) {
    if *length < MAX_WORD && !c.is_whitespace() {
        word.text.push(c);
        *length += 1;
    }
}

fn close(found: &mut Vec<Word>, open: &mut Option<Word>, length: &mut usize) {
    found.extend(open.take().filter(|word| !word.text.is_empty()));
    *length = 0;
}

/// Gives the letters that one letter is compared by; none for an accent that stands alone.
fn fold_char(c: char, mut give: impl FnMut(char)) {
    if c.is_ascii() {
        give(c.to_ascii_lowercase());
        return;
    }
    for part in c.nfkd().filter(|part| !matches!(u32::from(*part), 0x0300..=0x036F)) {
        for lower in part.to_lowercase().filter(|lower| !matches!(u32::from(*lower), 0x0300..=0x036F)) {
            match lower {
                'ß' => ['s', 's'].into_iter().for_each(&mut give),
                'æ' => ['a', 'e'].into_iter().for_each(&mut give),
                'œ' => ['o', 'e'].into_iter().for_each(&mut give),
                'þ' => ['t', 'h'].into_iter().for_each(&mut give),
                'ø' => give('o'),
                'đ' | 'ð' => give('d'),
                'ł' => give('l'),
                'ı' => give('i'),
                'ς' => give('σ'),
                other => give(other),
            }
        }
    }
}

/// A letter of a script without blanks between words.
fn unspaced(c: char) -> bool {
    let in_script = matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF          // Thai, Lao, Myanmar, Khmer
        | 0x3005..=0x3007 | 0x3041..=0x309F | 0x30A0..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F // kana
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF // Han
        | 0x1100..=0x11FF | 0xAC00..=0xD7AF); // Hangul
    in_script && (c.is_alphanumeric() || is_combining_mark(c))
}

/// A mark that makes one character with the kana before it.
fn joins_kana(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309A}' | '\u{FF9E}' | '\u{FF9F}')
}
