//! Workbooks in and out: any spreadsheet becomes the grid of [`domain::sheet`], and a questionnaire becomes a workbook
//! to answer in.
//!
//! Reading trusts nothing: the format is found by content, a zip is inflated and counted first, cells are streamed
//! under limits, and all of that happens in a child process ([`read_in_child`]), so that a file which makes a reader
//! abort costs an answer and not the server.

mod archive;
mod child;
mod collect;
mod detect;
mod lists;
mod ods;
mod parts;
mod read;
mod refusal;
mod text;
mod value;
mod whole;
mod words;
pub mod write;
mod xlsx;

pub use crate::config::ReadLimits;
pub use child::{SUBCOMMAND, child_main, read_in_child};
pub use read::read_here;
pub use refusal::Refusal;
pub use words::words;
