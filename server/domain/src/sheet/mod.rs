//! Spreadsheets, whatever program wrote them: the grid that a reader gives us, what we understand of a stranger's
//! sheets ([`inspect`]), and the answers in a workbook that we made ourselves ([`own`]).

mod assign;
mod columns;
mod corrections;
mod doubt;
mod families;
mod grid;
mod header;
mod ids;
mod inspect;
mod items;
mod lookups;
pub mod matching;
pub mod own;
mod place;
mod profile;
mod replies;
mod role;
mod rows;
mod shape;
mod tables;
mod template;
mod told;
mod view;
mod vocabulary;

pub use columns::{ColumnRole, Columns};
pub use corrections::{Corrections, Meanings, NOTHING, SheetCorrection};
pub use doubt::Doubt;
pub use families::Family;
pub use grid::{Cell, CellValue, DropDown, Format, Row, Sheet, Visibility, Workbook};
pub use inspect::{ColumnPlace, Inspection, Item, SheetReport, Skipped, Totals, inspect, inspect_with};
pub use place::{Area, LAST_COLUMN, LAST_ROW, address, column_letters, column_number};
pub use role::Role;
pub use shape::{Outline, Shape};
pub use template::{Made, template};
pub use vocabulary::{AnswerWord, BadVocabulary, HeadingWord, Meaning, SheetWord, Vocabulary, plain};
