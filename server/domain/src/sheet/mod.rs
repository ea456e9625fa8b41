//! Spreadsheets, whatever program wrote them: the grid that a reader gives us, what we understand of a stranger's
//! sheets ([`inspect`]), and the answers in a workbook that we made ourselves ([`own`]).

mod columns;
mod grid;
mod header;
mod headings;
mod inspect;
mod items;
pub mod matching;
pub mod own;
mod place;
mod role;
mod vocabulary;

pub use columns::{ColumnRole, Columns};
pub use grid::{Cell, CellValue, DropDown, Format, Row, Sheet, Visibility, Workbook};
pub use header::Header;
pub use headings::{Headings, plain};
pub use inspect::{ColumnPlace, Inspection, Item, SheetReport, Skipped, Totals, inspect};
pub use place::{Area, LAST_COLUMN, LAST_ROW, address, column_letters, column_number};
pub use role::Role;
pub use vocabulary::{AnswerWord, BadVocabulary, HeadingWord, Meaning, SheetWord, Vocabulary};
