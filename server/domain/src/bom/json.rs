//! JSON (RFC 8259) into a tree that knows where everything stands.
//!
//! A parser of our own, because the register shows for each fact the line that says it, and a refusal says at which line
//! and column what was expected; serde_json keeps no places. It takes and refuses what serde_json does.

use super::refusal::Refusal;
use super::tree::{Id, Tree, Value};
use super::{Limits, Syntax};
use std::borrow::Cow;

/// Reads a text.
///
/// # Errors
/// `malformed-json` with what was expected and found, `nested-too-deep`, `bom-too-many-values`.
pub(super) fn read<'a>(text: &'a str, limits: &Limits) -> Result<Tree<'a>, Refusal> {
    let mut reader =
        Reader { text, at: 0, tree: Tree::new(text, Syntax::Json, limits), open: Vec::new(), depth: limits.depth };
    reader.document()?;
    Ok(reader.tree)
}

struct Open {
    id: Id,
    list: bool,
    items: u32,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    tree: Tree<'a>,
    open: Vec<Open>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<(), Refusal> {
        self.blanks();
        self.value("", "a value")?;
        while let Some(open) = self.open.last() {
            let (list, items) = (open.list, open.items);
            self.blanks();
            let end = if list { b']' } else { b'}' };
            if self.peek() == Some(end) {
                self.at += 1;
                self.open.pop();
                continue;
            }
            if items > 0 {
                if self.peek() != Some(b',') {
                    return Err(self.expected(if list { "a comma or \"]\"" } else { "a comma or \"}\"" }));
                }
                self.at += 1;
                self.blanks();
            }
            if list {
                self.value("", if items > 0 { "a value after the comma" } else { "a value or \"]\"" })?;
            } else {
                if self.peek() != Some(b'"') {
                    let after = if items > 0 { " after the comma" } else { " or \"}\"" };
                    return Err(self.expected(&format!("a name in double quotes{after}")));
                }
                let name = self.string()?;
                self.blanks();
                if self.peek() != Some(b':') {
                    return Err(self.expected("a colon after the name"));
                }
                self.at += 1;
                self.blanks();
                self.value(name, "a value")?;
            }
        }
        self.blanks();
        if self.at < self.text.len() { Err(self.expected("the end of the file")) } else { Ok(()) }
    }

    /// Reads a value; a list or object is left open.
    fn value(&mut self, name: impl Into<Cow<'a, str>>, expected: &str) -> Result<(), Refusal> {
        let begin = self.at;
        let value = match self.peek() {
            Some(b'{') => Value::Members,
            Some(b'[') => Value::List,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.expected(expected)),
        };
        let opens = match value {
            Value::List => Some(true),
            Value::Members => Some(false),
            _ => None,
        };
        if opens.is_some() && self.open.len() >= self.depth {
            let place = self.tree.place_at(begin, self.inside());
            return Err(Refusal::new("nested-too-deep", place).with("most", self.depth));
        }
        let ordinal = self.open.last().map_or(0, |open| open.items);
        let id = self.tree.add(self.inside(), name, value, begin, ordinal)?;
        if let Some(open) = self.open.last_mut() {
            open.items += 1;
        }
        if let Some(list) = opens {
            self.at += 1;
            self.open.push(Open { id, list, items: 0 });
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Refusal> {
        self.at += 1;
        let begin = self.at;
        let mut built: Option<String> = None;
        let mut copied = begin;
        loop {
            match self.peek() {
                None => return Err(self.expected("a closing double quote")),
                Some(b'"') => {
                    let rest = &self.text[copied..self.at];
                    self.at += 1;
                    return Ok(match built {
                        Some(text) => Cow::Owned(text + rest),
                        None => Cow::Borrowed(rest),
                    });
                }
                Some(b'\\') => {
                    let text = built.get_or_insert_with(String::new);
                    text.push_str(&self.text[copied..self.at]);
                    self.at += 1;
                    let c = self.escape()?;
                    built.get_or_insert_with(String::new).push(c);
                    copied = self.at;
                }
                Some(0..=0x1F) => {
                    return Err(self.expected("a closing double quote (line ends and tabs are written \\n, \\t)"));
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refusal> {
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.expected("one of \" \\ / b f n r t u after \\")),
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode(&mut self) -> Result<char, Refusal> {
        let first = self.hex()?;
        let code = if (0xD800..0xDC00).contains(&first) {
            if !self.text[self.at..].starts_with("\\u") {
                return Err(self.expected("the second half of a surrogate pair"));
            }
            self.at += 2;
            let begin = self.at;
            let second = self.hex()?;
            if !(0xDC00..0xE000).contains(&second) {
                self.at = begin;
                return Err(self.expected("the second half of a surrogate pair"));
            }
            0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.expected("the first half of a surrogate pair before this"))
    }

    fn hex(&mut self) -> Result<u32, Refusal> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let code = digits
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        let Some(code) = code else { return Err(self.expected("four hexadecimal digits")) };
        self.at += 4;
        Ok(code)
    }

    fn number(&mut self) -> Result<&'a str, Refusal> {
        let begin = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.expected("no digit after a leading 0"));
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[begin..self.at])
    }

    fn digits(&mut self) -> Result<(), Refusal> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.expected("a digit"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, Refusal> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.expected("a value (a text stands in double quotes)"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn inside(&self) -> Option<Id> {
        self.open.last().map(|open| open.id)
    }

    fn expected(&self, expected: &str) -> Refusal {
        let found = match self.text[self.at..].chars().next() {
            None => "the end of the file".to_owned(),
            Some(c) if c.is_control() => format!("the control character U+{:04X}", u32::from(c)),
            Some('"') => "a double quote".to_owned(),
            Some(c) => format!("\"{c}\""),
        };
        let place = self.tree.place_at(self.at, self.inside());
        Refusal::new("malformed-json", place).with("expected", expected).with("found", found)
    }
}
