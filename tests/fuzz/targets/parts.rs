//! The parts of an archive behind their compression and their checksums: the input is a list of parts, which is zipped
//! before it is read. What mutates a zip itself seldom gets past its checksums.

#![no_main]

use candor_fuzz::{ReadLimits, only_ours_may_not_panic, parts, reading::read_here, sound};
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: only_ours_may_not_panic(),
    |bytes: &[u8]| {
        if let Ok(workbook) = read_here(&parts::zipped(bytes), &ReadLimits::default()) {
            sound::grid(&workbook);
        }
    }
);
