//! What stands in the answer cells of a row: a text, a mark in one of several columns, ticked boxes.

use super::columns::{ColumnRole, Columns};
use super::grid::Row;
use super::header::Header;
use super::view::{View, clean, is_void};
use super::vocabulary::Vocabulary;

/// Boxes that are ticked, and boxes that are not.
const TICKED: [char; 8] = ['☑', '☒', '■', '✓', '✔', '✅', '⬛', '◉'];
const UNTICKED: [char; 4] = ['☐', '□', '⬜', '○'];
/// Rows that share one answer cell can be that many.
const LARGEST_SHARED: u32 = 60;

/// What a row answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    /// The answer's text.
    pub(super) text: Option<String>,
    /// Its column, or where it would stand.
    pub(super) column: Option<u32>,
    /// A text that stood where a mark was expected.
    pub(super) remark: Option<String>,
    /// Why a person should look at it.
    pub(super) doubt: Option<&'static str>,
}

/// How the answers of a table are given.
pub(super) struct Replies<'t> {
    pub(super) view: &'t View<'t>,
    pub(super) header: &'t Header,
    pub(super) columns: &'t Columns,
    pub(super) one_per_option: bool,
    pub(super) words: &'t Vocabulary,
}

impl<'t> Replies<'t> {
    /// What a row answers.
    pub(super) fn of(&self, row: &'t Row) -> Given {
        if self.one_per_option {
            return self.marked(row);
        }
        let column = self.columns.of(ColumnRole::Answer);
        Given { text: column.and_then(|column| self.text(row, column)), column, ..Given::default() }
    }

    /// Whether anything stands in the answer cells, be it a placeholder.
    pub(super) fn touched(&self, row: &'t Row) -> bool {
        self.columns.all(ColumnRole::Answer).iter().any(|column| row.text(*column).is_some())
    }

    /// The texts that a row may choose from: its drop-down's, or the headings of its columns.
    pub(super) fn options(&self, row: &Row) -> Option<Vec<String>> {
        if self.one_per_option {
            let headings = self.columns.all(ColumnRole::Answer).iter().filter_map(|column| self.header.lowest(*column));
            return Some(headings.map(str::to_owned).collect());
        }
        let column = self.columns.of(ColumnRole::Answer)?;
        let offered = self.view.options(row.number, column)?;
        let texts: Vec<String> =
            offered.iter().map(|option| clean(option)).filter(|option| !option.is_empty()).collect();
        (!texts.is_empty()).then_some(texts)
    }

    fn text(&self, row: &'t Row, column: u32) -> Option<String> {
        if row.cell(column).is_some_and(is_void) {
            return None;
        }
        let text = match row.text(column) {
            Some(text) => text,
            None => {
                let (top, _) = self
                    .view
                    .anchor(row.number, column)
                    .filter(|(top, _)| *top < row.number && row.number - top <= LARGEST_SHARED)?;
                let _ = top;
                self.view.text(row, column)?
            }
        };
        let text = clean(&text);
        if text.contains(UNTICKED) && text.chars().count() > 1
            || text.contains(TICKED) && text.chars().any(char::is_alphabetic)
        {
            return ticked(&text);
        }
        (!text.is_empty() && !self.words.is_placeholder(&text) && !matches!(text.as_str(), "☐" | "□")).then_some(text)
    }

    fn marked(&self, row: &'t Row) -> Given {
        let columns = self.columns.all(ColumnRole::Answer);
        let mut marked: Vec<(u32, bool)> = Vec::new();
        let mut remark = None;
        for column in columns {
            let Some(text) = row.cell(*column).filter(|cell| !is_void(cell)).and_then(|cell| cell.value.text()) else {
                continue;
            };
            if self.words.is_unmarked(&text) {
                continue;
            }
            let heading = self.header.lowest(*column).unwrap_or_default();
            let is_mark = self.words.is_mark(&text) || self.words.answer(&text).is_some() || text.trim() == heading;
            if !is_mark {
                if self.words.is_placeholder(&text) {
                    continue;
                }
                remark = Some(clean(&text));
            }
            marked.push((*column, is_mark));
        }
        if marked.len() > 1 && marked.iter().any(|(_, is_mark)| *is_mark) {
            marked.retain(|(_, is_mark)| *is_mark);
        }
        let headings = marked.iter().filter_map(|(column, _)| self.header.lowest(*column));
        let text = headings.collect::<Vec<_>>().join("; ");
        Given {
            text: Some(text).filter(|text| !text.is_empty()),
            column: marked.first().map(|(column, _)| *column).or_else(|| columns.first().copied()),
            doubt: match marked.as_slice() {
                [_, _, ..] => Some("several options are marked"),
                [(_, false)] => Some("a text stands where a mark is expected"),
                _ => None,
            },
            remark,
        }
    }
}

/// The texts behind the ticked boxes of a cell: `☒ Yes ☐ No` says yes.
fn ticked(text: &str) -> Option<String> {
    let mut chosen = Vec::new();
    let mut current: Option<String> = None;
    for c in text.chars() {
        if TICKED.contains(&c) || UNTICKED.contains(&c) {
            chosen.extend(current.take());
            current = TICKED.contains(&c).then(String::new);
        } else if let Some(text) = &mut current {
            text.push(c);
        }
    }
    chosen.extend(current);
    let chosen: Vec<&str> = chosen
        .iter()
        .map(|text| text.trim().trim_end_matches([',', ';', '/']))
        .filter(|text| !text.is_empty())
        .collect();
    (!chosen.is_empty()).then(|| chosen.join("; "))
}

#[cfg(test)]
mod tests {
    use super::ticked;

    #[test]
    fn ticked_boxes_say_what_stands_behind_them() {
        assert_eq!(ticked("☒ Yes ☐ No").as_deref(), Some("Yes"));
        assert_eq!(ticked("☐ Yes\n☑ No\n☐ N/A").as_deref(), Some("No"));
        assert_eq!(ticked("■ 是　□ 否").as_deref(), Some("是"));
        assert_eq!(ticked("☐ Yes ☐ No"), None);
    }
}
