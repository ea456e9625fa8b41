//! The reader of workbooks without the server around it.

#![allow(dead_code, reason = "the reader comes as the server has it, with doors that only the server uses")]

#[path = "../../../server/src/config/workbook.rs"]
mod limits;

#[path = "../../../server/src/platform/workbook/reading/mod.rs"]
pub mod reading;

pub use limits::ReadLimits;
