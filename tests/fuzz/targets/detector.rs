//! Whatever cells a workbook holds: every row is accounted for, and answers come from where they are said to.

#![no_main]

use candor_fuzz::{grid::workbook, sound};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let workbook = workbook(bytes);
    sound::grid(&workbook);
    sound::understood(&workbook);
});
