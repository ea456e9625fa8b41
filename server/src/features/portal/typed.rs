//! What stands in the fields of a question: read from a posted form or from a saved answer, and turned into a reply.

use crate::actions::save_answer::Said;
use crate::web::fields::Fields;
use domain::answer::{Reply, iso_date};
use domain::problem::Problem;
use domain::questionnaire::{Kind, Question};
use std::collections::BTreeMap;

/// What the vendor says about a question as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stand {
    /// They answer it.
    #[default]
    Given,
    /// It does not apply.
    NotApplicable,
    /// They decline to say.
    Declined,
}

impl Stand {
    /// As the form posts it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::NotApplicable => "not_applicable",
            Self::Declined => "declined",
        }
    }
}

/// What stands in the fields of a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Typed {
    pub stand: Stand,
    pub reason: String,
    pub comment: String,
    /// The text, or the chosen options.
    pub values: Vec<String>,
    /// Rows of a table, blank ones included: column to cell.
    pub rows: Vec<BTreeMap<String, String>>,
    /// The revision that the vendor saw.
    pub revision: Option<i64>,
}

impl Typed {
    /// What a saved answer puts into the fields.
    pub fn of(reply: Option<&Reply>, comment: Option<&str>) -> Self {
        let mut typed = Self { comment: comment.unwrap_or_default().to_owned(), ..Self::default() };
        match reply {
            None | Some(Reply::File) => {}
            Some(Reply::Choice { option: one } | Reply::Text { text: one } | Reply::Url { url: one }) => {
                typed.values.push(one.clone())
            }
            Some(Reply::Choices { options }) => typed.values.extend(options.iter().cloned()),
            Some(Reply::Number { number }) => typed.values.push(number.to_string()),
            Some(Reply::Date { date }) => typed.values.push(iso_date::write(*date)),
            Some(Reply::Table { rows }) => typed.rows.clone_from(rows),
            Some(Reply::NotApplicable { reason }) => {
                typed.stand = Stand::NotApplicable;
                typed.reason.clone_from(reason);
            }
            Some(Reply::Declined { reason }) => {
                typed.stand = Stand::Declined;
                typed.reason = reason.clone().unwrap_or_default();
            }
        }
        typed
    }

    /// What a form says about a question; nothing where the question is not in it.
    pub fn posted(fields: &Fields, question: &Question) -> Option<Self> {
        let id = &question.id;
        let [answer, stand, reason, comment, revision] =
            ["answer", "stand", "reason", "comment", "revision"].map(|name| format!("{name}:{id}"));
        let cells = format!("{answer}:");
        let mut rows: BTreeMap<usize, BTreeMap<String, String>> = BTreeMap::new();
        for (rest, value) in fields.below(&cells) {
            if let Some((n, column)) = rest.split_once(':')
                && let Ok(n) = n.parse()
            {
                rows.entry(n).or_default().insert(column.to_owned(), value.to_owned());
            }
        }
        let names = [&answer, &stand, &reason, &comment, &revision];
        if rows.is_empty() && !fields.0.iter().any(|(name, _)| names.contains(&name)) {
            return None;
        }
        Some(Self {
            stand: match fields.one(&stand) {
                "not_applicable" => Stand::NotApplicable,
                "declined" => Stand::Declined,
                _ => Stand::Given,
            },
            reason: fields.one(&reason).to_owned(),
            comment: fields.one(&comment).to_owned(),
            values: fields.all(&answer).filter(|value| !value.trim().is_empty()).map(str::to_owned).collect(),
            rows: rows.into_values().collect(),
            revision: fields.one(&revision).parse().ok(),
        })
    }

    /// The reply and the comment. `has_file`: a file stands beside the question.
    pub fn said(&self, question: &Question, has_file: bool) -> Result<Said, Problem> {
        let reason = self.reason.trim();
        let reply = match self.stand {
            Stand::NotApplicable => Some(Reply::NotApplicable { reason: reason.to_owned() }),
            Stand::Declined => Some(Reply::Declined { reason: (!reason.is_empty()).then(|| reason.to_owned()) }),
            Stand::Given => self.given(question, has_file)?,
        };
        let comment = self.comment.trim();
        Ok(Said { reply, comment: (!comment.is_empty()).then(|| comment.to_owned()) })
    }

    fn given(&self, question: &Question, has_file: bool) -> Result<Option<Reply>, Problem> {
        let at = |code: &str, given: &str| Problem::new(question.id.clone(), code).with("given", given);
        if let Kind::Table { .. } = question.kind {
            let any = self.rows.iter().any(|row| row.values().any(|cell| !cell.trim().is_empty()));
            return Ok(any.then(|| Reply::Table { rows: self.rows.clone() }));
        }
        if let Kind::File { .. } = question.kind {
            return Ok(has_file.then_some(Reply::File));
        }
        let Some(first) = self.values.first().map(|value| value.trim()) else { return Ok(None) };
        Ok(Some(match question.kind {
            Kind::Single { .. } => Reply::Choice { option: first.to_owned() },
            Kind::Multiple { .. } => Reply::Choices { options: self.values.iter().cloned().collect() },
            Kind::Number { .. } => {
                Reply::Number { number: first.replace(',', ".").parse().map_err(|_| at("not-a-number", first))? }
            }
            Kind::Date { .. } => Reply::Date { date: iso_date::read(first).map_err(|_| at("not-a-date", first))? },
            Kind::Url { .. } => Reply::Url { url: first.to_owned() },
            Kind::Text { .. } | Kind::LongText { .. } | Kind::File { .. } | Kind::Table { .. } => {
                Reply::Text { text: first.to_owned() }
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: &str) -> Question {
        let text = format!(r#"{{"id": "A.1-1", "text": "Q", "weight": 0, {kind}}}"#);
        serde_json::from_str(&text).expect("a question")
    }

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_form_gives_the_reply_that_it_was_filled_with() {
        let number = question(r#""type": "number""#);
        let typed =
            Typed::posted(&fields(&[("answer:A.1-1", " 99,5 "), ("revision:A.1-1", "3")]), &number).expect("posted");
        assert_eq!(typed.revision, Some(3));
        assert_eq!(typed.said(&number, false).expect("said").reply, Some(Reply::Number { number: 99.5 }));
        let wrong = Typed::posted(&fields(&[("answer:A.1-1", "many")]), &number).expect("posted");
        assert_eq!(wrong.said(&number, false).expect_err("no number").code, "not-a-number");
        assert_eq!(Typed::posted(&fields(&[("answer:A.1-10", "1")]), &number), None);
    }

    #[test]
    fn table_rows_keep_their_order_and_blank_tables_say_nothing() {
        let table = question(r#""type": "table", "columns": [{"id": "name", "label": "Name"}], "max_rows": 20"#);
        let posted = fields(&[("answer:A.1-1:10:name", "last"), ("answer:A.1-1:9:name", "first")]);
        let typed = Typed::posted(&posted, &table).expect("posted");
        let names: Vec<&str> = typed.rows.iter().map(|row| row["name"].as_str()).collect();
        assert_eq!(names, ["first", "last"]);
        let blank = Typed::posted(&fields(&[("answer:A.1-1:1:name", " ")]), &table).expect("posted");
        assert_eq!(blank.said(&table, false).expect("said").reply, None);
    }

    #[test]
    fn a_saved_answer_comes_back_from_its_own_fields() {
        let text = question(r#""type": "text""#);
        let saved = Reply::Declined { reason: Some("a secret".to_owned()) };
        let said = Typed::of(Some(&saved), Some("see above")).said(&text, false).expect("said");
        assert_eq!(said, Said { reply: Some(saved), comment: Some("see above".to_owned()) });
    }
}
