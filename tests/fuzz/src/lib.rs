//! The reader of workbooks without the server around it, and workbooks from any bytes.

#![allow(dead_code, unused_imports, reason = "the reader comes as the server has it, with doors that only the server uses")]

pub mod grid;
pub mod parts;

#[path = "../../../server/src/config/workbook.rs"]
mod limits;

#[path = "../../../server/src/platform/workbook/reading/mod.rs"]
pub mod reading;

#[path = "../../workbooks/sound.rs"]
pub mod sound;

pub use limits::ReadLimits;

/// Panics of the library that reads xls are caught where it is called, and are a refusal. The fuzzer would end at every one
/// of them: it is told only of panics anywhere else.
pub fn only_ours_may_not_panic() {
    let ends = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info.location().is_none_or(|at| !at.file().contains("calamine")) && !within_calamine() {
            ends(info);
        }
    }));
}

/// The standard library panics on behalf of whoever called it.
fn within_calamine() -> bool {
    let trace = std::backtrace::Backtrace::force_capture().to_string();
    let (calamine, own) = (trace.find("calamine::"), trace.find("candor_fuzz::"));
    match (calamine, own) {
        (Some(calamine), Some(own)) => calamine < own,
        (calamine, _) => calamine.is_some(),
    }
}
