//! Workbooks in and out: any spreadsheet becomes the grid of [`domain::sheet`], and a questionnaire becomes a workbook
//! to answer in.
//!
//! Reading trusts nothing: the format is found by content, parts are counted while they are inflated, cells are streamed
//! under limits, and all of that happens in a child process ([`read_in_child`]), so that a file which makes a reader
//! abort costs an answer and not the server.

mod child;
pub mod reading;
mod words;
pub mod write;

pub use crate::config::ReadLimits;
pub use child::{SUBCOMMAND, child_main, read_in_child};
pub use reading::{Refusal, read_here};
pub use words::words;
