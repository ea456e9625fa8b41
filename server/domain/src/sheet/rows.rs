//! What each row under a header is: a question, a heading between questions, or something to pass over.

use super::columns::ColumnRole;
use super::grid::{CellValue, Row};
use super::ids;
use super::items::{Reading, first_text, longest_text};
use super::own;
use super::profile::is_code;
use std::collections::{BTreeMap, BTreeSet};

/// Characters that a heading between questions has at most.
const LONGEST_TITLE: usize = 150;
/// Share of the rows of which something is usual.
const USUAL: f64 = 0.6;

/// What is usual in the rows of a block.
pub(super) struct Habits {
    pub(super) ids: bool,
    pub(super) codes: bool,
    pub(super) lists: bool,
    pub(super) asks: bool,
    pub(super) answered: bool,
    pub(super) prefixed: bool,
    /// Section columns that are blank in many rows.
    pub(super) sparse: BTreeSet<u32>,
    pub(super) filled_columns: bool,
}

/// How many rows with a question have what.
#[derive(Default)]
struct Seen {
    rows: usize,
    ids: usize,
    codes: usize,
    lists: usize,
    asking: usize,
    answered: usize,
    guidance: usize,
    options: usize,
}

impl Seen {
    fn share(&self, count: usize) -> f64 {
        if self.rows == 0 { 0.0 } else { count as f64 / self.rows as f64 }
    }
}

/// What a row between the header and the end is.
pub(super) enum Kind {
    Question,
    Title(String),
    Passed(&'static str),
}

impl<'r> Reading<'r> {
    /// In one walk: a large sheet does not fit into the processor's caches.
    pub(super) fn habits(&self) -> Habits {
        let words = self.help.words;
        let question = self.column(ColumnRole::Question).unwrap_or(0);
        let answer = self.column(ColumnRole::Answer);
        let (guidance, options) = (self.column(ColumnRole::Guidance), self.column(ColumnRole::Options));
        let mut seen = Seen::default();
        let mut sections: BTreeMap<u32, usize> =
            self.columns().all(ColumnRole::Section).iter().map(|column| (*column, 0)).collect();
        for row in self.rows().iter().filter(|row| self.has_question(row)) {
            seen.rows += 1;
            if let Some(id) = self.id_text(row) {
                seen.ids += 1;
                seen.codes += usize::from(is_code(&id));
            }
            let holds = |column: Option<u32>| column.is_some_and(|column| row.text(column).is_some());
            seen.lists += usize::from(answer.is_some_and(|column| self.view.options(row.number, column).is_some()));
            seen.asking += usize::from(row.text(question).is_none_or(|text| words.asks(&text)));
            seen.answered += usize::from(self.replies.touched(row));
            seen.guidance += usize::from(holds(guidance));
            seen.options += usize::from(holds(options));
            for (column, filled) in &mut sections {
                *filled += usize::from(self.view.text(row, *column).is_some());
            }
        }
        let ids = seen.share(seen.ids) >= USUAL;
        let is_prefixed = |row: &&Row| {
            self.has_question(row) && row.text(question).is_some_and(|text| ids::prefixed(&text, words).is_some())
        };
        let prefixed = if ids { 0 } else { self.rows().iter().filter(is_prefixed).count() };
        Habits {
            ids,
            codes: ids && seen.codes * 2 >= seen.ids,
            lists: seen.share(seen.lists) >= USUAL,
            asks: seen.share(seen.asking) >= USUAL,
            answered: seen.share(seen.answered) >= 0.8,
            prefixed: seen.share(prefixed) >= 0.5 && prefixed >= 2,
            sparse: sections.into_iter().filter(|(_, filled)| seen.share(*filled) < 0.8).map(|(c, _)| c).collect(),
            filled_columns: seen.share(seen.guidance) >= 0.9 || seen.share(seen.options) >= 0.9,
        }
    }

    /// A title in the question column with nothing that sets it apart but its length.
    pub(super) fn ambiguous_title(&self, row: &'r Row, habits: &Habits) -> bool {
        let in_place = self.has_question(row) && row.cells.len() == 1;
        in_place && !habits.ids && !habits.lists && !habits.asks
    }

    pub(super) fn kind(&self, row: &'r Row, below: &'r [Row], habits: &Habits) -> Kind {
        let words = self.help.words;
        let id = self.id_text(row);
        if self.ours {
            let ours = id.as_deref().is_some_and(|id| own::row_key(id).is_some());
            return match (ours && self.has_question(row), first_text(row)) {
                (true, _) => Kind::Question,
                (false, Some(text)) => Kind::Title(text),
                (false, None) => Kind::Passed("nothing to read"),
            };
        }
        if row.cells.iter().all(|cell| cell.value.text().is_none() && !matches!(cell.value, CellValue::NotComputed)) {
            return Kind::Passed("nothing to read");
        }
        if id.as_deref().is_some_and(|id| words.is_example(id)) {
            return Kind::Passed("an example");
        }
        if row.cells.len() >= 2 && row.cells.iter().all(|cell| cell.value.text().is_some_and(|text| in_brackets(&text)))
        {
            return Kind::Passed("it explains the columns");
        }
        let touched = self.replies.touched(row);
        if !self.has_question(row) {
            return self.without_question(row, id.as_deref(), touched);
        }
        let Some(text) = self.question_text(row) else {
            let is_item = id.is_some() || !habits.ids;
            return if is_item { Kind::Question } else { Kind::Passed("a formula whose value the file does not hold") };
        };
        self.with_question(row, &text, id, below, habits)
    }

    fn without_question(&self, row: &'r Row, id: Option<&str>, touched: bool) -> Kind {
        let column = self.column(ColumnRole::Question).unwrap_or(0);
        let continues =
            self.view.anchor(row.number, column).is_some_and(|(top, left)| top < row.number && left == column);
        if continues {
            return Kind::Passed("part of the question above");
        }
        let comment = self.column(ColumnRole::Comment).is_some_and(|column| row.text(column).is_some());
        let title =
            longest_text(row).filter(|text| text.chars().count() <= LONGEST_TITLE && !self.help.words.is_trailer(text));
        let answered = touched && self.replies.of(row).text.is_some();
        match title {
            Some(text)
                if !(answered
                    || comment
                    || row.cells.len() > 4
                    || row.cells.len() > 1 && is_code(&text) && id.is_some_and(is_code)) =>
            {
                Kind::Title(text)
            }
            None if row.cells.len() == 1 && !answered => Kind::Passed("a line of text, not a question"),
            _ => Kind::Passed("no question in this row"),
        }
    }

    fn with_question(&self, row: &'r Row, text: &str, id: Option<String>, below: &'r [Row], habits: &Habits) -> Kind {
        let words = self.help.words;
        let asks = words.asks(text);
        let answered = self.replies.of(row).text.is_some();
        let listed =
            self.column(ColumnRole::Answer).is_some_and(|column| self.view.options(row.number, column).is_some());
        let has_id = id.as_deref().is_some_and(|id| !habits.codes || is_code(id))
            || habits.prefixed && ids::prefixed(text, words).is_some();
        if !asks && words.is_example(text) {
            return Kind::Passed("an example");
        }
        if has_id && (asks || answered) {
            return Kind::Question;
        }
        if !asks && !answered && !has_id && words.is_trailer(text) && !listed {
            return Kind::Passed("a line under or between tables, not a question");
        }
        let length = text.chars().count();
        let column = self.column(ColumnRole::Question).unwrap_or(0);
        let lone =
            row.cells.iter().filter(|cell| matches!(cell.value, CellValue::Text(_)) && !is_level(cell)).count() == 1;
        let across = row.cells.first().is_some_and(|cell| {
            let right = self.columns().all(ColumnRole::Answer).last().copied().unwrap_or(column + 1);
            cell.column + self.view.width(row.number, cell.column) > right.max(column + 1) && cell.column <= column
        });
        let heads_others = !answered && !asks && length <= 100 && self.is_parent(row, id.as_deref(), below, habits);
        if heads_others && (habits.asks || length <= 60 && !text.ends_with('.')) {
            return Kind::Title(text.to_owned());
        }
        if !(answered || listed && habits.lists || length > LONGEST_TITLE) {
            let parent = self.is_parent(row, id.as_deref(), below, habits);
            let unlisted = habits.lists && !listed;
            let untouched = habits.answered && !self.replies.touched(row);
            let plain_row = row.cells.len() <= 2 && habits.filled_columns;
            let no_id = habits.ids && !has_id;
            if !asks
                && (across
                    || parent && length <= 100
                    || no_id && lone
                    || (unlisted || untouched || plain_row) && (!has_id || parent || lone && !habits.ids))
                || asks && across && lone && no_id
            {
                return Kind::Title(longest_text(row).filter(|_| id.is_none()).unwrap_or_else(|| text.to_owned()));
            }
            let short = length <= 70 && !text.ends_with(['.', '。', ';', ':'])
                || text.chars().all(|c| !c.is_lowercase()) && length <= 100 && text.is_ascii();
            if !asks && !has_id && lone && habits.asks && short && below.first().is_some_and(|next| self.asks(next)) {
                return Kind::Title(text.to_owned());
            }
        }
        if !asks && !answered && habits.ids && !has_id {
            return Kind::Passed(if lone {
                "a line of text, not a question"
            } else {
                "it has no id, and asks nothing"
            });
        }
        if !asks && words.answer(text).is_some() && !has_id {
            return Kind::Passed("it explains the answers");
        }
        if !asks && id.is_some() && habits.codes && !answered && words.answer(text).is_some() {
            return Kind::Passed("it explains the answers");
        }
        if !asks && !answered && !has_id && lone && length > LONGEST_TITLE && habits.asks {
            return Kind::Passed("a line of text, not a question");
        }
        Kind::Question
    }

    fn asks(&self, row: &'r Row) -> bool {
        self.has_question(row)
            && self
                .question_text(row)
                .is_none_or(|text| self.help.words.asks(&text) || ids::prefixed(&text, self.help.words).is_some())
    }

    /// Whether the next rows' ids continue this row's: `5`, then `5.1`.
    fn is_parent(&self, row: &'r Row, id: Option<&str>, below: &'r [Row], habits: &Habits) -> bool {
        let words = self.help.words;
        let of = |row: &'r Row| -> Option<String> {
            if habits.prefixed {
                let text = self.question_text(row)?;
                return ids::prefixed(&text, words).map(|found| found.id.to_owned());
            }
            self.id_text(row)
        };
        let own = if habits.prefixed { of(row) } else { id.map(str::to_owned) };
        let next = below.iter().find(|row| self.has_question(row)).and_then(of);
        own.zip(next).is_some_and(|(own, next)| ids::is_parent(&own, &next))
    }
}

fn in_brackets(text: &str) -> bool {
    let pairs = [('(', ')'), ('[', ']'), ('（', '）'), ('<', '>')];
    pairs.iter().any(|(open, close)| text.starts_with(*open) && text.ends_with(*close))
}

/// A number of one or two digits, as levels and counts are.
fn is_level(cell: &super::grid::Cell) -> bool {
    matches!(&cell.value, CellValue::Text(text) if text.trim().len() <= 2 && text.trim().chars().all(|c| c.is_ascii_digit()))
}
