//! Conditions as text, in the one form that reads back as the same condition.

use super::{Condition, Order, Source, Test};
use std::fmt::{self, Display, Formatter};

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => joined(f, parts, " and ", |part| matches!(part, Self::Any(_) | Self::All(_))),
            Self::Any(parts) => joined(f, parts, " or ", |part| matches!(part, Self::Any(_) | Self::All(_))),
            Self::Not(part) => write!(f, "not ({part})"),
            Self::Test(test) => test.fmt(f),
        }
    }
}

fn joined(
    f: &mut Formatter<'_>,
    parts: &[Condition],
    word: &str,
    in_brackets: impl Fn(&Condition) -> bool,
) -> fmt::Result {
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            f.write_str(word)?;
        }
        if in_brackets(part) {
            write!(f, "({part})")?;
        } else {
            part.fmt(f)?;
        }
    }
    Ok(())
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is { of, value, negated } => {
                write!(f, "{of} {} '{value}'", if *negated { "!=" } else { "=" })
            }
            Self::Among { of, values } => {
                write!(f, "{of} in ")?;
                list(f, values)
            }
            Self::Number { question, order, value } => write!(f, "{{{question}}} {order} {value}"),
            Self::Has { question, options } => match options.as_slice() {
                [one] => write!(f, "{{{question}}} has '{one}'"),
                _ => {
                    write!(f, "{{{question}}} has any ")?;
                    list(f, options)
                }
            },
            Self::Answered { question } => write!(f, "{{{question}}} answered"),
            Self::Role(role) => write!(f, "role has '{}'", role.name()),
            Self::AnyRow { question, row } => write!(f, "{{{question}}} any row where ({row})"),
        }
    }
}

fn list(f: &mut Formatter<'_>, values: &[String]) -> fmt::Result {
    let quoted: Vec<_> = values.iter().map(|value| format!("'{value}'")).collect();
    write!(f, "({})", quoted.join(", "))
}

impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Question(id) => write!(f, "{{{id}}}"),
            Self::Profile(factor) => write!(f, "profile.{factor}"),
            Self::Cell(column) => write!(f, "[{column}]"),
        }
    }
}

impl Display for Order {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        })
    }
}
