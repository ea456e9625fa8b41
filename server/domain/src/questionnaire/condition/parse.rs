//! From text to a condition.

use super::{Condition, Order, Source, Test};
use std::fmt;
use std::str::FromStr;

/// Bytes of a condition: the longest that somebody wrote with sense has a tenth of them.
const LONGEST: usize = 4_000;
/// How deep brackets may stand in brackets.
const DEEPEST: usize = 32;

/// Why a text is no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misread {
    /// The place, in characters from 1.
    pub at: usize,
    /// What would have fitted there.
    pub expected: &'static str,
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "condition, character {}: expected {}", self.at, self.expected)
    }
}

impl FromStr for Condition {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        if text.len() > LONGEST {
            return Err(Misread { at: LONGEST, expected: "the end" });
        }
        let mut reader = Reader { text, at: 0, depth: 0 };
        let condition = reader.any()?;
        if reader.peek().is_some() { Err(reader.misread("and, or, or the end")) } else { Ok(condition) }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

type Read<T> = Result<T, Misread>;

impl<'a> Reader<'a> {
    fn misread(&self, expected: &'static str) -> Misread {
        Misread { at: self.text[..self.at].chars().count() + 1, expected }
    }

    /// The next character that is no blank.
    fn peek(&mut self) -> Option<char> {
        let rest = self.text[self.at..].trim_start();
        self.at = self.text.len() - rest.len();
        rest.chars().next()
    }

    fn sign(&mut self, sign: &str) -> bool {
        self.peek();
        let found = self.text[self.at..].starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn need(&mut self, sign: &'static str) -> Read<()> {
        if self.sign(sign) { Ok(()) } else { Err(self.misread(sign)) }
    }

    /// The word, if it stands next.
    fn word(&mut self, word: &str) -> bool {
        self.peek();
        let rest = &self.text[self.at..];
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        let found = rest.strip_prefix(word).is_some_and(ends);
        if found {
            self.at += word.len();
        }
        found
    }

    /// What stands up to a closing mark.
    fn until(&mut self, close: char) -> Read<&'a str> {
        let rest = &self.text[self.at..];
        let end = rest.find(close).filter(|end| *end > 0).ok_or_else(|| self.misread("a closing mark"))?;
        self.at += end + close.len_utf8();
        Ok(&rest[..end])
    }

    fn any(&mut self) -> Read<Condition> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.word("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self) -> Read<Condition> {
        let first = self.one()?;
        let mut parts = vec![first];
        while self.word("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Condition::All(parts) })
    }

    fn one(&mut self) -> Read<Condition> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.misread("fewer brackets"));
        }
        let condition = if self.word("not") {
            Condition::Not(Box::new(self.one()?))
        } else if self.sign("(") {
            let inner = self.any()?;
            self.need(")")?;
            inner
        } else {
            Condition::Test(self.test()?)
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn test(&mut self) -> Read<Test> {
        if self.word("role") {
            if !self.word("has") {
                return Err(self.misread("has"));
            }
            let name = self.quoted()?;
            return name.parse().map(Test::Role).map_err(|_| self.misread("producer, provider, customer or partner"));
        }
        if self.sign("{") {
            let question = self.until('}')?.trim().to_owned();
            return self.about_question(question);
        }
        let of = if self.sign("profile.") {
            let rest = &self.text[self.at..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            self.at += end;
            Source::Profile(rest[..end].to_owned())
        } else if self.sign("[") {
            Source::Cell(self.until(']')?.trim().to_owned())
        } else {
            return Err(self.misread("{question}, [column], profile.factor, role, not or ("));
        };
        if self.word("in") {
            return Ok(Test::Among { of, values: self.list()? });
        }
        let negated = self.equality()?;
        Ok(Test::Is { of, value: self.quoted()?.to_owned(), negated })
    }

    /// `=` or `!=`.
    fn equality(&mut self) -> Read<bool> {
        if self.sign("!=") {
            Ok(true)
        } else if self.sign("=") {
            Ok(false)
        } else {
            Err(self.misread("=, != or in"))
        }
    }

    fn about_question(&mut self, question: String) -> Read<Test> {
        if self.word("answered") {
            return Ok(Test::Answered { question });
        }
        if self.word("any") {
            if !(self.word("row") && self.word("where")) {
                return Err(self.misread("row where"));
            }
            self.need("(")?;
            let row = Box::new(self.any()?);
            self.need(")")?;
            return Ok(Test::AnyRow { question, row });
        }
        if self.word("has") {
            let options = if self.word("any") { self.list()? } else { vec![self.quoted()?.to_owned()] };
            return Ok(Test::Has { question, options });
        }
        if self.word("in") {
            return Ok(Test::Among { of: Source::Question(question), values: self.list()? });
        }
        let orders = [(">=", Order::AtLeast), ("<=", Order::AtMost), (">", Order::Above), ("<", Order::Below)];
        for (sign, order) in orders {
            if self.sign(sign) {
                return Ok(Test::Number { question, order, value: self.number()? });
            }
        }
        let negated = self.equality()?;
        if !negated && self.peek().is_some_and(|c| c.is_ascii_digit() || c == '-') {
            return Ok(Test::Number { question, order: Order::Equal, value: self.number()? });
        }
        Ok(Test::Is { of: Source::Question(question), value: self.quoted()?.to_owned(), negated })
    }

    fn quoted(&mut self) -> Read<&'a str> {
        if self.sign("'") { self.until('\'') } else { Err(self.misread("a value in quotes")) }
    }

    fn list(&mut self) -> Read<Vec<String>> {
        self.need("(")?;
        let mut values = vec![self.quoted()?.to_owned()];
        while self.sign(",") {
            values.push(self.quoted()?.to_owned());
        }
        self.need(")")?;
        Ok(values)
    }

    fn number(&mut self) -> Read<f64> {
        self.peek();
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).unwrap_or(rest.len());
        let number: f64 = rest[..end].parse().map_err(|_| self.misread("a number"))?;
        self.at += end;
        Ok(number)
    }
}
